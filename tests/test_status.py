"""What `thongbao status` and the site's page tell of portals that nobody watches."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from db.site.app import build
from tests.captured import rows
from tests.test_cli import thongbao


def told(index: Path, *more: str) -> tuple[int, dict[str, dict]]:
    done = thongbao("--db", index, "status", *more, "--json")
    found = json.loads(done.stdout)
    assert found["outcome"] == ("needs a look" if done.returncode else "well")
    return done.returncode, {p["portal"].removeprefix("soyte-"): p for p in found["portals"]}


def test_each_portal_stands_as_it_is(watched_index: Path) -> None:
    code, found = told(watched_index)
    assert code == 1
    states = {name: (p["state"], [r["outcome"] for r in p["runs"]]) for name, p in found.items()}
    well, look = "well", "needs a look"
    assert states == {
        "khoe": ("well", [well] * 3),
        "vang": ("well", [well] * 3),
        "chan": ("blocked", [look, look, well]),
        "mat": ("unreachable", [look, look, well]),
        "dong": ("closed", [look, look, well]),
    }
    assert list(found)[:2] == ["chan", "mat"]  # those that need a look come first
    assert "Incapsula" in found["chan"]["reason"]
    for name in ("chan", "mat", "dong"):
        assert f"--archive wayback soyte-{name}" in found[name]["advice"]
        assert found[name]["last_success"] < found[name]["last_run"]


def test_the_last_new_notice_is_the_last_new_one(watched_index: Path) -> None:
    _, found = told(watched_index)
    first, second, _ = sorted(r["finished"] for r in found["khoe"]["runs"])
    new = rows(
        watched_index, "select min(first_seen), max(first_seen) from notices where portal = 'soyte-khoe'"
    )[0]
    assert found["khoe"]["last_new"] == new[1]
    assert new[0] <= first <= new[1] <= second
    assert found["vang"]["last_new"] <= first


def test_the_newest_notice_is_told_by_its_posting_day_and_else_by_when_it_was_seen(
    watched_index: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "a.db"
    with closing(sqlite3.connect(watched_index)) as source, closing(sqlite3.connect(copy)) as db:
        source.backup(db)
        db.execute("update notices set published = null where portal = 'soyte-vang'")
        db.execute(
            "update portals set last_outcome = null, reason = null, last_run = null where id = 'soyte-mat'"
        )
        db.execute("delete from portal_runs where portal = 'soyte-mat'")
        posted = db.execute("select max(published) from notices where portal = 'soyte-khoe'").fetchone()[0]
        seen = db.execute("select max(first_seen) from notices where portal = 'soyte-vang'").fetchone()[0]
        db.commit()
    _, found = told(copy)
    assert (found["khoe"]["newest"], found["vang"]["newest"]) == (posted, None)
    table = thongbao("--db", copy, "status").stdout
    assert f" {posted} " in table
    assert f" seen {seen[:10]} " in table
    page = asyncio.run(build(copy).client.get("/status")).text
    day = "/".join(reversed(posted.split("-")))
    assert f'<td data-label="Thông báo mới nhất">{day}</td>' in page
    assert f"thấy ngày {'/'.join(reversed(seen[:10].split('-')))}</td>" in page
    never = page.partition('<section aria-labelledby="never-read">')[2]
    assert "Chưa đọc lần nào (1)" in never
    assert never.count("<li") == never.count('<li id="soyte-mat">') == 1
    assert 'id="soyte-mat"' not in page.partition("<section aria-labelledby")[0]


@pytest.mark.parametrize(("name", "code"), [("khoe", 0), ("vang", 0), ("dong", 0), ("chan", 1), ("mat", 1)])
def test_the_exit_code_is_of_the_portals_asked_for(watched_index: Path, name: str, code: int) -> None:
    assert told(watched_index, f"soyte-{name}")[0] == code


def test_the_table_says_what_is_wrong_and_what_to_do(watched_index: Path) -> None:
    done = thongbao("--db", watched_index, "status")
    table = {line.split()[0]: line for line in done.stdout.splitlines() if line.startswith("soyte-")}
    assert table["soyte-chan"].split()[1] == "blocked"
    assert table["soyte-mat"].endswith(".!!")
    assert "! soyte-chan: http" in done.stdout
    assert "closed since 2025-07-01, soyte-khoe took over" in done.stdout
    assert "thongbao crawl --archive wayback soyte-dong" in done.stdout
    assert "soyte-vang:" not in done.stdout
    assert (done.returncode, thongbao("--db", watched_index, "status", "--quiet").stdout) == (1, "")


def test_wrong_calls_are_told(watched_index: Path, tmp_path: Path) -> None:
    unknown = thongbao("--db", watched_index, "status", "soyte-nowhere")
    assert (unknown.returncode, "no portal soyte-nowhere" in unknown.stderr) == (2, True)
    unread = thongbao("--db", watched_index, "status", "soyte-brvt")
    assert (unread.returncode, "never read into this index" in unread.stderr) == (2, True)
    assert thongbao("--db", tmp_path / "none.db", "status").returncode == 3


def test_the_site_tells_the_same(watched_index: Path) -> None:
    site = build(watched_index)
    page = asyncio.run(site.client.get("/status?lang=en")).text
    _, found = told(watched_index)
    assert "Need a look: 2" in page
    for name, p in found.items():
        row = page[page.index(f'<tr id="soyte-{name}"') :].partition("</tr>")[0]
        assert f"<strong>{p['state']}</strong>" in row
        assert row.count('<li class="needs"') == sum(r["outcome"] != "well" for r in p["runs"])
        assert p["advice"] in row
    portal = asyncio.run(site.client.get("/portal/soyte-mat?lang=en")).text
    assert 'href="/status#soyte-mat"' in portal
    assert "unreachable" in portal


def test_an_archives_reading_says_nothing_about_the_portal(watched_index: Path, tmp_path: Path) -> None:
    """The blocked portal is read out of the captures of its better day: it is blocked all the same."""
    from shutil import copytree

    copytree(watched_index.parent, tmp_path / "copy")
    copy, registry = tmp_path / "copy" / "a.db", tmp_path / "copy" / "registry"
    warcs = sorted((tmp_path / "copy" / "captures").glob("*.warc.gz"))
    before = told(copy, "soyte-chan")[1]["chan"]["last_success"]
    done = thongbao("--db", copy, "crawl", "soyte-chan", "--registry", registry, "--warc", *warcs)
    assert done.returncode == 0, done.stdout + done.stderr
    _, found = told(copy, "soyte-chan")
    assert (found["chan"]["state"], found["chan"]["runs"][0]["via"]) == ("blocked", "warc")
    assert found["chan"]["last_success"] == before
    # An index made of such files alone knows nothing of how the portal stands.
    done = thongbao(
        "--db", tmp_path / "b.db", "crawl", "soyte-chan", "--registry", registry, "--warc", *warcs
    )
    assert done.returncode == 0, done.stdout + done.stderr
    done, found = told(tmp_path / "b.db", "soyte-chan")
    assert (found["chan"]["state"], found["chan"]["needs_look"]) == ("archives only", False)
