"""The store: identity, versions, views and documents, on real databases."""

# ruff: noqa: SIM905, PT012
from __future__ import annotations

import itertools
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from crawler.extract.facts import extract
from crawler.model import Context, Listing, Outcome, Page, PageKind, PageRead, Portal, Post, PostLink, View
from crawler.reader import text_of
from db.schema import SchemaError, open_database
from db.store import Store

PORTAL = Portal("soyte-mau", "Sở Y tế mẫu", "Đà Nẵng", "health", "http://p.example/")
NOON = datetime(2021, 7, 20, 5, tzinfo=UTC)
BODY = "Sở Y tế công bố đường dây nóng 0888800248 phòng chống dịch Covid-19."


def read(
    post_id="1", title="Phòng dịch Covid-19", body=BODY, published=date(2021, 7, 20), view=None, later=0
):
    view = view or View(f"http://p.example/{post_id}")
    post = Post(post_id, view, title, "", body, published)
    text = text_of(post)
    page = Page(view.url, 200, b"", NOON + timedelta(minutes=later))
    return PageRead(
        page, PORTAL.id, PageKind.POST, Listing(), post, text, extract(text, Context(province="Đà Nẵng"))
    )


def dump(path, *left_out):
    db = open_database(path)
    tables = "notices texts versions witnesses documents citations dates phones notice_topics ledger".split()
    columns = {t: [c for c in (d[0] for d in db.execute(f"select * from {t}").description) if c not in left_out] for t in tables}  # fmt: skip
    return {t: sorted(map(repr, db.execute(f"select {', '.join(c)} from {t}"))) for t, c in columns.items()}


def store(path, *reads, keep="covid"):
    with Store(path, keep) as opened:
        opened.sync_registry([PORTAL])
        return [opened.add(r)[0] for r in reads]


def test_twice_stored_changes_only_sight(tmp_path):
    path = tmp_path / "a.db"
    assert store(path, read()) == [Outcome.NEW]
    before = dump(path, "last_seen", "seen")
    assert store(path, read(later=9)) == [Outcome.UNCHANGED]
    assert dump(path, "last_seen", "seen") == before


def test_another_text_is_a_new_version_and_the_old_facts_stay(tmp_path):
    path = tmp_path / "a.db"
    outcomes = store(path, read(), read(body=BODY.replace("248", "249"), later=5), read(later=9))
    assert outcomes == [Outcome.NEW, Outcome.CHANGED, Outcome.CHANGED]
    db = open_database(path)
    assert db["versions"].count == 2
    assert {r["dial"] for r in db["phones"].rows} == {"0888800248", "0888800249"}
    assert [r["dial"] for r in db["ledger"].rows] == ["0888800248"]


def test_views_in_any_order_give_one_notice(tmp_path):
    reads = [
        read(),
        read(view=View("http://p.example/en/1", "en"), title="Covid-19 prevention", later=0),
        read(view=View("http://p.example/print/1", "vi", True), body=BODY + " In trang", later=0),
        read(view=View("http://p.example/muc/1"), body=BODY + " Mục", later=0),
    ]
    dumps = []
    for index, order in enumerate(itertools.permutations(reads)):
        outcomes = store(tmp_path / f"{index}.db", *order)
        assert set(outcomes[1:]) == {Outcome.UNCHANGED}
        dumps.append(dump(tmp_path / f"{index}.db"))
    assert all(d == dumps[0] for d in dumps)
    assert len(dumps[0]["notices"]) == len(dumps[0]["versions"]) == 1


def archived(read):
    """The same page out of an archive."""
    place = f"http://archive.example/{read.page.fetched_at:%Y%m%d%H%M%S}/{read.page.url}"
    return replace(read, page=replace(read.page, via="wayback", place=place))


def test_an_archives_views_in_any_order_give_one_notice(tmp_path):
    """A text of the past stood under the address that was read last, not under its best."""
    long, day = View("http://p.example/muc/1"), 24 * 60
    reads = [
        archived(read(view=long)),
        archived(read(later=1)),
        archived(read(body=BODY + " Sửa", view=long, later=3 * day)),
        archived(read(body=BODY + " Sửa", later=3 * day + 1)),
    ]
    dumps = []
    for index, order in enumerate(itertools.permutations(reads)):
        store(tmp_path / f"{index}.db", *order)
        dumps.append(dump(tmp_path / f"{index}.db"))
    assert all(d["versions"] == dumps[0]["versions"] for d in dumps)
    assert all(d["notices"] == dumps[0]["notices"] for d in dumps)


def test_documents_do_not_depend_on_the_order(tmp_path):
    reads = [
        read("1", body=BODY + " Thực hiện Công văn số 6831/UBND-VP ngày 15/6/2021 của UBND thành phố."),
        read("2", body=BODY + " Thực hiện Công văn số 6831/UBND-VP của UBND thành phố."),
        read("3", body=BODY + " Theo Công văn số 6831/UBND-VP.", published=date(2023, 1, 2)),
    ]
    dumps = []
    for index, order in enumerate(itertools.permutations(reads)):
        store(tmp_path / f"{index}.db", *order)
        dumps.append(dump(tmp_path / f"{index}.db"))
    assert all(d == dumps[0] for d in dumps)
    years = open_database(tmp_path / "0.db").execute("select year from documents order by 1").fetchall()
    assert years == [(0,), (2021,)]


def test_a_year_that_one_notice_misprints_makes_no_document(tmp_path):
    """A citation keeps what is printed; the document is the one that all others mean. So in any order."""
    act = " Thực hiện Chỉ thị số 15/CT-TTg ngày 27/3/{} của Thủ tướng Chính phủ."
    reads = [read(str(n), body=BODY + act.format(year)) for n, year in enumerate((2020, 2020, 2021), 1)]
    reads.append(read("4", body=BODY + " Thực hiện Chỉ thị số 15/CT-TTg của Thủ tướng Chính phủ."))
    reads.append(read("5", body=BODY + " Theo Chỉ thị số 15/CT-TTg ngày 5/5/2021 của Thủ tướng Chính phủ."))
    dumps = []
    for index, order in enumerate(itertools.permutations(reads, 5)):
        if index % 24 == 0:
            store(tmp_path / f"{index}.db", *order)
            dumps.append(dump(tmp_path / f"{index}.db"))
    assert all(d == dumps[0] for d in dumps)
    db = open_database(tmp_path / "0.db")
    assert db.execute("select issued from documents order by 1").fetchall() == [
        ("2020-03-27",),
        ("2021-05-05",),
    ]
    misprint = "select d.issued, c.rule from citations c join documents d on d.id = c.document where c.date = '2021-03-27'"
    ((issued, rule),) = db.execute(misprint).fetchall()
    assert issued == "2020-03-27"
    assert rule.endswith("year of the only document that fits")
    db.conn.close()


def test_what_is_not_covid(tmp_path):
    other = read("2", "Họp giao ban", "Sở họp giao ban quý III.")
    assert store(tmp_path / "a.db", other) == [Outcome.IRRELEVANT]
    assert open_database(tmp_path / "a.db")["notices"].count == 0
    assert store(tmp_path / "b.db", other, keep="all") == [Outcome.NEW]
    store(
        tmp_path / "c.db", read("2"), replace(other, page=replace(other.page, fetched_at=NOON + timedelta(1)))
    )
    assert [r["covid"] for r in open_database(tmp_path / "c.db")["notices"].rows] == [0]


def test_list_pages_are_judged_by_their_links(tmp_path):
    page = Page("http://p.example/ds", 200, b"", NOON)
    one = PageRead(page, PORTAL.id, PageKind.LIST, Listing((PostLink("1", View("http://p.example/1")),)))
    two = replace(one, listing=Listing(one.listing.posts, ("http://p.example/ds?p=2",)))
    assert store(tmp_path / "a.db", one, one, two) == [Outcome.NEW, Outcome.UNCHANGED, Outcome.CHANGED]


def test_what_was_read_before_an_error_is_kept(tmp_path):
    with pytest.raises(ZeroDivisionError), Store(tmp_path / "a.db") as opened:
        opened.add(read())
        raise ZeroDivisionError
    assert open_database(tmp_path / "a.db")["notices"].count == 1


def test_a_file_that_is_no_index_is_named(tmp_path):
    (tmp_path / "x.db").write_text("không phải cơ sở dữ liệu " * 99, encoding="utf-8")
    with pytest.raises(SchemaError, match=r"x\.db.*--db"):
        open_database(tmp_path / "x.db")
    db = open_database(tmp_path / "y.db")
    with db.atomic():
        db["_sqlite_migrations"].insert({"migration_set": "thongbao", "name": "later", "applied_at": ""})
    db.conn.close()
    with pytest.raises(SchemaError, match=r"y\.db.*upgrade"):
        open_database(tmp_path / "y.db")


def test_a_killed_crawl_keeps_what_was_committed(tmp_path):
    script = (
        "import os, signal; from tests.test_store import *; s = Store(tmp); s.sync_registry([PORTAL]);"
        "[s.add(read(str(i))) for i in range(250)]; os.kill(os.getpid(), signal.SIGKILL)"
    )
    script = script.replace("tmp)", f"__import__('pathlib').Path({str(tmp_path / 'a.db')!r}))")
    done = subprocess.run([sys.executable, "-c", script], check=False, cwd=Path(__file__).parents[1])
    assert done.returncode == -signal.SIGKILL
    assert open_database(tmp_path / "a.db")["notices"].count >= 200
