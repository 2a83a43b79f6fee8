"""The main road: portals over HTTP on loopback, through the command line, into the index."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests import made, prepared
from tests.portals.sites import HEALTH, POSTS, sample_portals

ROOT = Path(__file__).parents[1]


def thongbao(*arguments: str) -> subprocess.CompletedProcess[str]:
    return prepared.run(arguments)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("crawl")
    registry = folder / "registry"
    registry.mkdir()
    with sample_portals(registry) as log:
        call = ("--db", str(folder / "out.db"), "crawl", "--all", "--registry", str(registry), "--allow-loopback",
                "--delay", "0", "--json")  # fmt: skip
        first = thongbao(*call)
        asked = list(log)
        second = thongbao(*call)
    assert first.returncode == 0, first.stdout + first.stderr
    return sqlite3.connect(folder / "out.db"), json.loads(first.stdout), json.loads(second.stdout), asked


def test_every_notice_is_stored_once_and_nothing_else(crawled):
    stored = {row[0] for row in crawled[0].execute("select post_id from notices where portal = 'stttt-mau'")}
    assert stored == {str(p.id) for p in POSTS if p.covid}
    titles = sorted(
        row[0] for row in crawled[0].execute("select title from notices where portal = 'soyte-mau'")
    )
    assert titles == sorted(p.title for p in HEALTH if p.covid)


def test_posting_date_and_time(crawled):
    rows = dict(
        crawled[0].execute("select post_id, published || ' ' || coalesce(published_time, '-') from notices")
    )
    assert rows["7102"] == "2021-07-20 14:30"
    assert rows["7103"] == "2021-08-03 -"  # 12:00 AM stands for a date without a time
    assert rows["7105"] is None


def test_hotlines_are_offered_numbers_not_footers(crawled):
    rows = dict(crawled[0].execute("select dial, status from phones where kind = 'hotline'"))
    assert {"02523999115", "0918300115", "1022", "0967000254"} <= set(rows)
    assert rows["0967000111"] == "withdrawn"
    assert not {"02523777888", "02543777666"} & set(rows)


def test_documents_with_dates_and_roles(crawled):
    rows = set(
        crawled[0].execute(
            "select d.number, c.date, c.role from citations c join documents d on d.id = c.document"
        )
    )
    assert ("88/KH-STTTT", "2021-07-19", "subject") in rows
    assert ("21/NQ-CP", "2021-02-26", "cited") in rows
    assert ("1742/UBND-KGVXNV", "2021-05-10", "cited") in rows


def test_a_second_crawl_changes_nothing(crawled):
    outcomes = [portal["outcomes"] for portal in crawled[2]["portals"]]
    assert all("new" not in o and "changed" not in o for o in outcomes), outcomes


def test_views_of_a_known_post_and_traps_are_not_fetched(crawled):
    asked = crawled[3]
    assert not [line for line in asked if "pop_up" in line or "/vi/vi" in line or "/lich/" in line]
    assert len([line for line in asked if "7101-" in line]) == 1


def test_hotlines_that_only_an_attached_table_gives(crawled):
    database, _, _, asked = crawled
    found = database.execute(
        "select p.dial, p.kind, p.owner, a.text, p.mention, p.span_start, p.span_end from phones p"
        " join attachments a on a.id = p.attachment join notices n on n.id = p.notice and n.version = p.version"
        " where n.post_id = '7109' order by p.dial"
    ).fetchall()
    given = {r[0]: (r[1], r[2]) for r in found}
    assert given == {dial: ("hotline", owner) for dial, owner in made.DIALS.items() if owner != "Sở Y tế"}
    assert all(text[start:end] == mention for _, _, _, text, mention, start, end in found)
    assert set(given) <= {row[0] for row in database.execute("select dial from ledger")}
    assert len([line for line in asked if "danh-sach-duong-day-nong" in line]) == 1
    row = database.execute("select outcome, media_type, size, length(sha256) from attachments").fetchall()
    assert [(r[0], r[1].rsplit(".", 1)[-1], r[2] > 3000, r[3]) for r in row] == [("read", "sheet", True, 64)]


def test_evidence_stands_where_it_says(crawled):
    rows = crawled[0].execute("select v.text, c.mention, c.span_start, c.span_end from citations c join versions v on v.id = c.version").fetchall()  # fmt: skip
    assert rows
    assert all(text[start:end] == mention for text, mention, start, end in rows)


def test_wrong_calls_say_what_to_do():
    assert thongbao("crawl").returncode == 2
    unknown = thongbao("crawl", "soyte-brvtt")
    assert unknown.returncode == 2
    assert "soyte-brvt" in unknown.stderr


def test_a_dead_portal_needs_a_look(tmp_path):
    (tmp_path / "x.yml").write_text(
        "province: Hà Nội\nportals:\n  - {id: gone-hanoi, name: x, kind: health, url:"
        " 'http://127.0.0.1:9/'}\n",
        encoding="utf-8",
    )
    done = thongbao("--db", str(tmp_path / "o.db"), "crawl", "gone-hanoi", "--registry", str(tmp_path), "--allow-loopback", "--delay", "0")  # fmt: skip
    assert done.returncode == 1
    assert "! gone-hanoi" in done.stdout
