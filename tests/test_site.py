"""The site over a crawled index: search, notice, document, hotlines, safety."""

from __future__ import annotations

import asyncio
import csv
import html
import io
import json
import os
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
import sqlite_utils

from bench.site import addresses, ask, fill
from crawler.extract.facts import extract
from crawler.health import PortalRun
from crawler.model import Attachment, Context, Listing, Outcome, Page, PageKind, PageRead, Portal, Post, View
from crawler.reader import text_of
from db.schema import SchemaError, migrations, open_database
from db.search import folded
from db.site import queries
from db.site.app import build
from db.site.marked import paragraphs
from db.site.plugins import exports
from db.site.spellings import filter_named
from db.site.words import reason
from db.store import Store

PORTAL = Portal("soyte-mau", "Sở Y tế mẫu", "Đà Nẵng", "health", "http://127.0.0.1:1/")
TITLE = "Công bố đường dây nóng phòng dịch Covid-19 <script>alert(1)</script>"
BODY = "Theo Văn bản số 6831/UBND-VP ngày 15/06/2021, người dân gọi đường dây nóng 088.8800.248 về dịch Covid-19."


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    path = tmp_path_factory.mktemp("site") / "out.db"
    with Store(path) as store:
        store.sync_registry([PORTAL])
        post = Post("1", View("javascript:alert(1)"), TITLE, "", BODY)
        text = text_of(post)
        page = Page("http://127.0.0.1:1/1", 200, b"", datetime.now(UTC))
        store.add(
            PageRead(
                page,
                PORTAL.id,
                PageKind.POST,
                Listing(),
                post,
                text,
                extract(text, Context(province="Đà Nẵng")),
            )
        )
    return build(path)


def get(site, path: str):
    return asyncio.run(site.client.get(path))


TYPED = [
    "duong day nong", "đường dây nóng", "6831/UBND-VP", "covid-19", "088.8800.248", '"', "\0", "a\0b", "x" * 5000,
    "đ d " * 1250, "' OR 1=1", "<script>alert(1)</script>", "😷", unicodedata.normalize("NFD", "đường dây nóng"),
    "*", "NEAR(", "AND", "title:x", "(", "²/x", "\x01\x02",
]  # fmt: skip


@pytest.mark.parametrize("q", TYPED, ids=[ascii(q)[:20] for q in TYPED])
def test_nothing_that_is_typed_anywhere_breaks_a_page(site, q):
    typed = quote(q)
    for address in ("/?q=", "/?sort=date&q=", "/?q=covid&after=", "/?after=", "/?province=", "/?month=", "/?topic=",
                    "/hotlines?after=", "/hotlines?province=", "/search.csv?q=", "/search.json?q=", "/search.atom?q=",
                    "/notices/notices?_search=", "/notices/texts?_search=", "/notices/texts?_search_title=",
                    "/notices/attachments?_search="):  # fmt: skip
        page = get(site, address + typed)
        is_none = address == "/hotlines?province=" and q.strip()  # of no province there is no such page
        assert (address, page.status_code) == (address, 404 if is_none else 200)
        if page.headers["content-type"].startswith("text/html"):
            assert "<script>alert" not in page.text
    for table in ("notices", "texts"):
        page = get(site, f"/notices/{table}?_searchmode=raw&_search={typed}")
        assert page.status_code in (200, 400)
        assert "default-src 'self'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize(
    "address",
    ["/notice/1", "/notice/99999999999999999999", "/notice/-1", "/notice/x", "/document/0", "/document/1'",
     "/document/99999999999999999", "/province/99", "/province/1", "/province/x", "/portal/nobody", "/hotlines/x",
     "/portal/" + "a" * 500, "/nothing", "/notices/nothing", "/notices/notices/1"],
)  # fmt: skip
def test_what_is_not_there_is_a_404_with_a_search_box_in_the_reader_s_language(site, address, lang):
    page = get(site, f"{address}?lang={lang}")
    assert page.status_code == 404
    assert f'<html lang="{lang}">' in page.text
    assert 'role="search"' in page.text
    assert "content-security-policy" in page.headers


def test_a_page_that_takes_too_long_says_so_with_a_search_box(site, monkeypatch):
    slow = "with recursive r(x) as (select 1 union all select x + 1 from r) select x from r where x < 0"
    monkeypatch.setattr(queries, "PROVINCES", slow)
    page = get(site, "/provinces")
    assert page.status_code == 503
    assert "mất quá nhiều thời gian" in page.text
    assert 'role="search"' in page.text


def test_the_language_is_remembered_and_never_taken_for_a_column(site):
    assert get(site, "/about?lang=en").cookies["lang"] == "en"
    assert "Công bố" in get(site, "/notices/notices?lang=en").text


@pytest.mark.parametrize(
    "q", ["duong day nong", "đường dây nóng", "6831/UBND-VP", "covid-19", "088.8800.248"]
)
def test_search_finds_it_in_any_spelling(site, q):
    for path in (f"/?q={quote(q)}", f"/notices/notices?_search={quote(q)}"):
        page = get(site, path)
        assert page.status_code == 200
        assert "Công bố" in page.text


def test_a_lone_quote_is_an_empty_search(site):
    assert get(site, "/?q=%22").status_code == 200
    assert "Không tìm thấy" in get(site, "/?q=zzzz").text


def test_nothing_a_portal_wrote_is_html_and_no_script_runs(site):
    notice = get(site, "/notices/notices.json?_shape=array").json()[0]
    for path in ("/", "/?q=covid", f"/notice/{notice['id']}", "/hotlines"):
        page = get(site, path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert 'href="javascript' not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]


EVIL = '=HYPERLINK("http://evil.example";"x")<img src=x onerror=alert(1)>\u202etxt'


@pytest.fixture(scope="module")
def evil(tmp_path_factory):
    """A portal that wrote markup, formulas, script addresses and a megabyte wherever it could."""
    path = tmp_path_factory.mktemp("evil") / "out.db"
    portal = Portal("xau", EVIL, "Đà Nẵng", "health", "javascript:alert(2)")
    with Store(path) as store:
        store.sync_registry([portal])
        post = Post("1", View("javascript:alert(1)"), EVIL, EVIL, BODY + EVIL + " dịch Covid-19" * 70_000)
        post = replace(post, attachments=(Attachment("data:text/html,<script>alert(3)</script>", EVIL),))
        text = text_of(post)
        page = Page("javascript:alert(1)", 200, b"", datetime.now(UTC))
        facts = extract(text, Context(province="Đà Nẵng"))
        store.add(PageRead(page, portal.id, PageKind.POST, Listing(), post, text, facts))
        store.flush()
        store.database.execute("update phones set owner = ?, kind = 'hotline'", [EVIL])
        store.database.execute("update documents set title = ?, type = ?", [EVIL, EVIL])
    return build(path)


def test_what_a_portal_wrote_is_text_on_every_page_of_ours_and_of_datasette(evil):
    one = {
        t: get(evil, f"/notices/{t}.json?_shape=array").json()[0]
        for t in ("notices", "documents", "versions")
    }
    pages = ["/", "/?q=covid", "/?q=hyperlink", f"/notice/{one['notices']['id']}", "/hotlines", "/province/48", "/portal/xau",
             f"/document/{one['documents']['id']}", "/?q=6831/UBND-VP", "/?q=0888800248",
             f"/notices/versions/{one['versions']['id']}"]  # fmt: skip
    pages += [
        f"/notices/{t}"
        for t in ("notices", "texts", "portals", "phones", "ledger", "attachments", "witnesses")
    ]
    for address in pages:
        page = get(evil, address)
        assert page.status_code == 200, address
        assert "HYPERLINK" in page.text, address
        assert "<img" not in page.text, address
        assert not re.search(r"""href=["']?\s*(javascript|data):""", page.text), address


def test_no_cell_of_any_csv_is_a_formula(evil):
    csv.field_size_limit(10_000_000)
    for address in ("/search.csv?q=covid", "/notices/texts.csv", "/notices/ledger.csv", "/notices/phones.csv?_stream=on",
                    "/notices/portals.csv?_labels=on", "/notices.csv?sql=select+title,1,-5,'%2B84888'+from+texts"):  # fmt: skip
        table = list(csv.reader(io.StringIO(get(evil, address).text.removeprefix("\ufeff"))))
        cells = [cell for row in table[1:] for cell in row]
        assert any("HYPERLINK" in cell for cell in cells), address
        assert not [cell for cell in cells if cell.lstrip().startswith("=")], address
    assert cells[1:] == ["1", "-5", "+84888"]


def test_a_feed_is_well_formed_and_holds_the_newest(evil, busy):
    root = ElementTree.fromstring(get(evil, "/search.atom?q=covid").text)
    assert "<img" in root.find("{*}entry/{*}title").text
    newest = [n["id"] for n in get(build(busy), "/search.json?q=covid&sort=date").json()["notices"][:50]]
    feed = ElementTree.fromstring(get(build(busy), "/search.atom?q=covid").text)
    assert [int(e.text.rsplit("/", 1)[1]) for e in feed.findall("{*}entry/{*}id")] == newest


def test_a_notice_without_a_day_is_in_the_feed_by_when_it_was_seen(tmp_path):
    db = open_database(tmp_path / "a.db")
    seen = "2021-12-01T03:00:00Z"
    db["notices"].insert(
        {"id": 1, "portal": "p", "post_id": "1", "covid": 1, "title": "Tin", "first_seen": seen}
    )
    db["texts"].insert({"notice": 1, "title": "Tin", "summary": "", "text": "dịch Covid-19"})
    db.conn.close()
    feed = ElementTree.fromstring(get(build(tmp_path / "a.db"), "/search.atom").text)
    assert [e.text for e in feed.findall(".//{*}updated")] == [seen, seen]


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/?q=zzzz", ""),
        ("/?q=zzzz+yyyy", "Hãy thử: ít từ hơn."),
        ("/?q=%22zzzz%22", "Hãy thử: bỏ dấu ngoặc kép."),
        ("/?q=zzz%E1%BA%A1", "Hãy thử: viết không dấu."),
        ("/?q=zzzz&month=1999-01", "Hãy thử: bỏ bớt bộ lọc."),
        ("/?month=1999-01", "Hãy thử: bỏ bớt bộ lọc."),
        (
            "/?q=%22zz+y%C3%A1%22&topic=x",
            "Hãy thử: ít từ hơn; bỏ dấu ngoặc kép; bỏ bớt bộ lọc; viết không dấu.",
        ),
    ],
)
def test_where_nothing_is_found_only_what_fits_is_advised(site, address, told):
    page = get(site, address).text
    words = " ".join(
        re.sub(
            r"<[^>]+>", "", page.partition("Không tìm thấy thông báo nào.")[2].partition("</p>")[0]
        ).split()
    )
    assert words == f"{told} Ví dụ: duong day nong.".strip()


def test_a_new_search_keeps_order_and_filters(site):
    page = get(site, "/?q=covid&sort=date&kind=health").text
    form = page.partition("<form")[2].partition("</form>")[0]
    assert dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)) == {
        "kind": "health",
        "sort": "date",
    }
    for address in (
        "/?q=covid",
        "/?sort=date",
        "/?kind=health",
    ):  # without words the newest come first anyway
        assert 'name="sort"' not in get(site, address).text


def test_the_snippet_shows_the_hit_wherever_it_stands(tmp_path):
    path = tmp_path / "a.db"
    db = open_database(path)
    rows = {1: ("Chuyện hiếm có", "", "Văn bản về dịch."), 2: ("Tin", "Điều hiếm có ở tóm tắt", "Văn bản."),
            3: ("Tin", "", "Chữ " * 500 + "điều hiếm có ở giữa" + " chữ" * 500)}  # fmt: skip
    for n, (title, summary, text) in rows.items():
        db["notices"].insert({"id": n, "portal": "p", "post_id": str(n), "covid": 1, "title": title})
        db["texts"].insert({"notice": n, "title": title, "summary": summary, "text": text})
    db.conn.close()
    page = get(build(path), "/?q=hiem").text
    assert page.index("/notice/1") < page.index("/notice/2")  # a hit in the title weighs more
    articles = re.findall(r"<article>.*?</article>", page, re.S)
    assert [a.count("<mark>hiếm</mark>") for a in articles] == [1, 1, 1]


def test_hotline_leads_and_notice_marks_its_evidence(site):
    assert 'href="tel:0888800248"' in get(site, "/?q=088.8800.248").text
    notice = get(site, "/notices/notices.json?_shape=array").json()[0]
    page = get(site, f"/notice/{notice['id']}").text
    assert ">6831/UBND-VP</mark>" in page
    document = get(site, "/notices/documents.json?_shape=array").json()[0]
    assert "Công bố" in get(site, f"/document/{document['id']}").text
    assert get(site, "/province/48").status_code == 200
    assert get(site, "/notice/1").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "province=da+nang", "province=TP.+Đà+Nẵng", "province=ĐÀ+NẴNG", "today=da%20nang", "today=quang+nam",
    ],
)  # fmt: skip
def test_a_filter_typed_into_the_address_may_be_spelled_in_any_way(site, address):
    found = get(site, f"/search.json?{address}").json()["notices"]
    assert [n["province"] for n in found] == ["Đà Nẵng"]
    assert get(site, "/search.json?province=atlantis").json()["notices"] == []


@pytest.mark.parametrize(
    ("facet", "typed", "value"),
    [("month", "7/2021", "2021-07"), ("type", "cong van", "Công văn"), ("type", "thư ngỏ", "thư ngỏ"), ("today", "TPHCM", "Hồ Chí Minh"),
     ("today", "Bình Dương", "Hồ Chí Minh"), ("province", "hue", "Thừa Thiên Huế"), ("kind", "health", "health")],
)  # fmt: skip
def test_each_filter_is_looked_for_as_the_index_spells_it(facet, typed, value):
    assert filter_named(facet, typed) == value


def test_a_province_that_was_merged_leads_to_the_province_of_today(site):
    page = get(site, "/province/49").text
    assert 'href="/?today=%C4%90%C3%A0+N%E1%BA%B5ng"' in page or "/?today=%C4%90%C3%A0%20N%E1%BA%B5ng" in page
    assert re.search(r'<a href="/province/48">Đà Nẵng</a> 1\b', page)
    assert "1 thông báo" in page
    assert "Từ 01/07/2025" not in get(site, "/province/01").text


def test_a_search_can_be_taken_away_as_csv_json_and_atom(site):
    csv_file = get(site, "/search.csv?q=duong+day+nong")
    assert csv_file.text.startswith("\ufeffid,title,")
    assert "Công bố đường dây nóng" in csv_file.text
    found = get(site, "/search.json?q=duong+day+nong").json()
    assert [n["province"] for n in found["notices"]] == ["Đà Nẵng"]
    (row,) = csv.DictReader(io.StringIO(csv_file.text.removeprefix("\ufeff")))
    assert row["notice"].endswith(f"/notice/{found['notices'][0]['id']}")  # a spreadsheet rounds long ids
    assert "url" in row
    assert get(site, "/search.json?q=zzzz").json()["notices"] == []
    feed = get(site, "/search.atom?q=duong+day+nong")
    assert feed.headers["content-type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(feed.text)
    (title,) = root.findall("{*}entry/{*}title")
    assert title.text == TITLE
    assert root.find("{*}link").get("href").endswith("/search.atom?q=duong+day+nong&sort=date")


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """Three thousand notices with the rows of a real crawl: documents and numbers that hundreds name."""
    path = tmp_path_factory.mktemp("busy") / "out.db"
    fill(path, 3000)
    return path


def test_no_page_that_is_linked_to_fails_or_times_out(busy):
    assert asyncio.run(ask(build(busy), addresses(busy), 1)) == 0


def test_what_is_taken_away_is_the_whole_result(busy, monkeypatch):
    monkeypatch.setattr(exports, "PIECE", 400)
    site = build(busy)
    rows = list(csv.DictReader(io.StringIO(get(site, "/search.csv?q=covid&sort=date").text)))
    assert len({row["notice"] for row in rows}) == len(rows) == shown(get(site, "/?q=covid"))
    seen, address = [], "/search.json?q=covid"
    while address:
        answer = get(site, address.removeprefix("http://localhost")).json()
        seen += [row["id"] for row in answer["notices"]]
        address = answer["next"]
    assert len(set(seen)) == len(seen) == len(rows)


@pytest.mark.parametrize("typed", ["duong day nong", "đường dây nóng", "duong dây nong"])
def test_words_that_stand_together_come_first_with_and_without_marks(tmp_path, typed):
    """Of `duong` the rare reading Dương outweighed the đường that was meant."""
    path = tmp_path / "a.db"
    db = open_database(path)
    titles = [
        "Bình Dương nóng từng ngày, dạy trực tuyến", "Danh sách đường dây nóng", "Ngày nóng dưới dây điện bên đường",
        "Đường dây nóng phòng, chống dịch", "Nắng nóng ở Dương Minh Châu, cắt dây cứu hộ", "Số đường dây nóng",
    ]  # fmt: skip
    for n, title in enumerate(titles + [f"Con đường số {n}" for n in range(50)], 1):
        db["notices"].insert({"id": n, "portal": "p", "post_id": str(n), "covid": 1, "title": title})
        text = "Đường dây, dây nóng. Ngày nóng." if n <= len(titles) else "Con đường mới."
        db["texts"].insert({"notice": n, "title": title, "summary": "", "text": text})
    db.conn.close()
    found = [n["id"] for n in get(build(path), "/search.json?q=" + quote(typed)).json()["notices"]]
    assert sorted(found[:3]) == [2, 4, 6]


def test_of_too_many_hits_the_newest_are_ranked_by_their_titles_and_the_rest_follow_by_day(
    tmp_path, monkeypatch
):
    path = tmp_path / "a.db"
    db = open_database(path)
    for n in range(1, 61):
        title = {55: "Xét nghiệm ở chợ", 58: "Chợ mở lại", 3: "Xét nghiệm"}.get(n, f"Tin {n}")
        day = f"2021-07-{n // 2 + 1:02}"
        db["notices"].insert(
            {"id": n, "portal": "p", "post_id": str(n), "covid": 1, "title": title, "published": day}
        )
        db["texts"].insert({"notice": n, "title": title, "summary": "", "text": "xét nghiệm tại chợ"})
    db.conn.close()
    monkeypatch.setattr(queries, "RANKED", 20)
    monkeypatch.setattr(queries, "WINDOW", 30)
    site, seen, address = build(path), [], "/?q=" + quote("xét nghiệm chợ")
    while address:
        page = get(site, address).text
        seen += list(map(int, re.findall(r'<h2 lang="vi"><a href="/notice/(\d+)"', page)))
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = html.unescape(following[1]) if following else ""
    assert seen[:2] == [55, 58]
    assert seen[2:] == [n for n in range(60, 0, -1) if n not in (55, 58)]


@pytest.mark.parametrize(
    "typed",
    ["6831/UBND-VP", "6831UBND-VP", "Văn bản số 6831/UBND-VP", "công văn 6831", '"6831/UBND-VP"', "số 6831",
     "CV 6831/UBND-VP ngày 15/6/2021"],
)  # fmt: skip
def test_a_document_leads_however_its_number_is_typed(site, typed):
    assert re.search(r'href="/document/\d+">[^<]*6831/UBND-VP', get(site, "/?q=" + quote(typed)).text)


@pytest.mark.parametrize("typed", ["6831", "tỉnh 6831", "quyết định 6831", "covid 6831/UBND-VP"])
def test_other_words_before_a_number_name_no_document(site, typed):
    assert not re.search(r'href="/document/\d+">', get(site, "/?q=" + quote(typed)).text)


@pytest.mark.parametrize(
    "typed",
    ["gọi 088.8800.248", "đường dây nóng 0888800248", "0084888800248", '"0888800248"', "0888800248;",
     "+84 88 8800 248", "088 8800 248 covid"],
)  # fmt: skip
def test_a_hotline_leads_however_its_number_is_typed(site, typed):
    page = get(site, "/?q=" + quote(typed))
    assert 'href="tel:0888800248"' in page.text
    assert shown(page) == 1


def shown(page) -> int:
    """The number of notices that a page of results tells, 0 for none."""
    found = re.search(r'<p class="meta">\s*([\d.]+) thông báo', page.text)
    return int(found[1].replace(".", "")) if found else 0


@pytest.mark.parametrize("q", ["covid", "thong bao 12", "16/CT-TTg", "19009095", ""])
def test_the_number_of_notices_heeds_every_filter_and_is_the_facet_s(busy, q):
    site = build(busy)
    address = f"/search.json?q={quote(q)}"
    found = get(site, address).json()["notices"]
    province, month = found[0]["province"], found[0]["published"][:7]
    for narrowed in ({"province": province}, {"province": province, "month": month}):
        extra = "".join(f"&{k}={quote(v)}" for k, v in narrowed.items())
        count = len(get(site, address + extra).json()["notices"])
        page = get(site, f"/?q={quote(q)}{extra}")
        assert shown(page) == count > 0
    facet = re.search(
        rf'aria-current="true">{month[5:]}/{month[:4]}</a> <span class="meta">(\d+)<', page.text
    )
    assert int(facet[1]) == count


def test_hits_beyond_count_are_called_the_newest_and_unranked(busy, monkeypatch):
    site = build(busy)
    assert "còn lại xếp theo ngày" not in get(site, "/?q=covid").text
    for name, value in {"RANKED": 100, "COUNTED": 200, "NEWEST": 50, "WINDOW": 50}.items():
        monkeypatch.setattr(queries, name, value)
    page = get(site, "/?q=covid").text
    assert "hơn 200 thông báo" in page
    assert (
        "Hơn 100 thông báo có từ này: 50 thông báo mới nhất xếp theo tiêu đề, còn lại xếp theo ngày" in page
    )
    assert "Các số dưới đây đếm trong 50 thông báo mới nhất" in page
    assert sum(map(int, re.findall(r'province=[^"]*">[^<]*</a> <span class="meta">(\d+)<', page))) == 50


@pytest.mark.parametrize(
    "start", ["/?q=covid", "/?q=covid&sort=date", "/?q=19009095", "/?topic=schools", "/hotlines"]
)
def test_next_pages_show_every_row_once(busy, start):
    site, seen, address = build(busy), [], start
    for _ in range(4):
        page = get(site, address).text
        seen += re.findall(r'<h2 lang="vi"><a href="(/notice/\d+)"|<tr><td><a href="(tel:\d+)"', page)
        address = html.unescape(re.search(r'rel="next" href="([^"]+)"', page)[1])
    assert len(seen) == len(set(seen)) >= 80


def test_the_list_of_a_document_goes_on_over_pages_and_tells_how_many(busy):
    site = build(busy)
    address = next(a for a in addresses(busy) if a.startswith("/document/"))
    page = get(site, address).text
    whole = int(re.search(r"Thông báo dẫn văn bản này \((\d+)\)", page)[1])
    seen = set(re.findall(r'<a href="(/notice/\d+)"', page))
    while following := re.search(r'rel="next" href="([^"]+)"', page):
        page = get(site, following[1]).text
        seen |= set(re.findall(r'<a href="(/notice/\d+)"', page))
    assert len(seen) >= whole > 300


def test_a_misprinted_day_is_shown_as_printed_and_as_meant(tmp_path):
    portal = Portal("p1", "Cổng", "Hà Nội", "health", "http://p1.example/")
    with Store(tmp_path / "a.db") as store:
        store.sync_registry([portal])
        for n, year in enumerate((2020, 2020, 2021)):
            put(
                store,
                portal,
                str(n),
                f"Tin {n} Covid-19",
                f"Thực hiện Chỉ thị số 15/CT-TTg ngày 27/3/{year} của Thủ tướng.",
            )
    site = build(tmp_path / "a.db")
    (document,) = get(site, "/notices/documents.json?_shape=array").json()
    cited = get(site, f"/document/{document['id']}").text
    assert len(set(re.findall(r'href="/notice/(\d+)"', cited))) == 3
    pages = [get(site, f"/notice/{n}").text for n in set(re.findall(r'href="/notice/(\d+)"', cited))]
    assert (
        sum("27/03/2021" in page and "in như vậy; các nơi khác ghi 27/03/2020" in page for page in pages) == 1
    )
    assert sum("các nơi khác ghi" in page for page in pages) == 1


def test_hotlines_of_one_province(busy):
    site = build(busy)
    page = get(site, "/hotlines?province=" + quote("Hà Nội")).text
    rows = re.findall(r"<tr><td>.*?</tr>", page, re.S)
    assert rows
    assert all("Hà Nội" in row for row in rows)
    assert re.search(r"<option selected>Hà Nội", page)
    for path in ("/hotlines", "/timeline", "/coverage"):  # all of them, as if that were the answer
        assert get(site, path + "?province=atlantis").status_code == 404


def test_the_ledger_is_sorted_by_province_and_owner_and_can_be_had_whole(busy):
    def rows_of(page):
        cells = (
            re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
            for row in re.findall(r"<tr><td>.*?</tr>", page, re.S)
        )
        return [[html.unescape(re.sub("<.*?>", "", cell)) for cell in row] for row in cells]

    site, pages, address = build(busy), [], "/hotlines"
    for _ in range(3):
        page = get(site, address).text
        pages += rows_of(page)
        address = html.unescape(re.search(r'rel="next" href="([^"]+)"', page)[1])
    first = [min(row[2].split(", "), key=folded) for row in pages]
    assert first == sorted(first, key=folded)
    assert len(set(first)) > 1
    owners = [folded(row[1]) for row in pages if row[2] == first[0] and ", " not in row[1]]
    assert len(set(owners)) > 3
    assert owners == sorted(owners, key=lambda owner: (not owner, owner))
    whole = get(site, "/hotlines?print=1").text
    assert [row[0] for row in rows_of(whole)][: len(pages)] == [row[0] for row in pages]
    assert 'rel="next"' not in whole
    assert whole.count("<tr><td>") == 1000
    assert "Chỉ có 1.000 số đầu tiên" in whole
    of_one = "/hotlines?province=" + quote("Hà Nội")
    one = get(site, f"{of_one}&print=1").text
    assert "đầu tiên:" not in one
    assert "/hotlines?province=H%C3%A0+N%E1%BB%99i&amp;print=1" in get(site, of_one).text
    seen, address = [], of_one
    while address:
        page = get(site, address).text
        seen += rows_of(page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = html.unescape(found[1]) if found else None
    assert seen == rows_of(one)


def test_the_ledger_is_narrowed_by_owner_and_number(busy):
    site = build(busy)
    whole = json.loads(get(site, "/notices/ledger.json?_shape=array&_size=max").text)
    owner = next(row["owners"] for row in whole if row["owners"] and row["notices"] == 1)
    page = get(site, "/hotlines?q=" + quote(folded(owner).upper())).text
    found = re.findall(r"<tr><td>.*?</td>\s*<td>(.*?)</td>", page, re.S)
    assert found
    assert all(owner.lower() in html.unescape(cell).lower() for cell in found)
    for words in ("1900 9095", "9009095", "1900.9095", "(1900) 9095"):
        page = get(site, "/hotlines?q=" + quote(words)).text
        assert page.count("<tr><td>") == 1
        assert 'href="tel:19009095"' in page or "<s>19009095</s>" in page
    for words in ("%", "_", "'", '"', "\0", "<script>", "a" * 5000, "٣٣٣٣"):
        assert get(site, "/hotlines?q=" + quote(words)).status_code == 200
    for after in ("99_1", "01_", "_", "x", "01_0999999999", "\0"):
        assert get(site, "/hotlines?after=" + quote(after)).status_code == 200


def test_the_ledger_tells_when_numbers_were_posted_not_when_they_were_read(tmp_path):
    posts = {
        "1": date(2021, 7, 10),
        "2": date(2021, 7, 2),
        "3": date(2012, 1, 1),
        "4": date(2031, 1, 1),
        "5": None,
    }
    with Store(tmp_path / "a.db") as store:
        store.sync_registry([PORTAL])
        for name, day in posts.items():
            dial = "0888.800.248" if name in "12" else f"0888.800.25{name}"
            put(
                store,
                PORTAL,
                name,
                f"Tin {name} Covid-19",
                f"Dịch Covid-19: gọi đường dây nóng {dial} ngay.",
                day,
            )
    page = get(build(tmp_path / "a.db"), "/hotlines").text
    days = {
        dial: re.findall(r"\d\d/\d\d/\d{4}", rest)
        for dial, rest in re.findall(r'<tr><td><a href="tel:(\d+)(.*?)</tr>', page, re.S)
    }
    assert days["0888800248"] == ["02/07/2021", "10/07/2021"]
    for name in "345":  # no day, or none that a notice on COVID-19 may have: the day of reading
        assert days[f"088880025{name}"] == ["01/08/2021"] * 2


def phone_rows(path, *rows):
    db = open_database(path)
    for n, (owner, dial) in enumerate(rows, 1):
        day = "2021-07-01T00:00:00Z"
        notice = {"id": n, "portal": "p", "post_id": str(n), "covid": 1, "version": n, "province": "Đà Nẵng",
                  "first_seen": day, "last_seen": day}  # fmt: skip
        db["notices"].insert(notice)
        db["phones"].insert(
            {"notice": n, "version": n, "dial": dial, "kind": "hotline", "status": "active", "owner": owner}
        )
    db.conn.close()


def test_an_owner_in_capitals_is_the_same_owner(tmp_path):
    path = tmp_path / "a.db"
    phone_rows(path, ("SỞ Y TẾ ĐÀ NẴNG", "1022"), ("Sở Y tế Đà Nẵng", "1022"), ("Công an", "1022"), ("CÔNG AN", "1022"),
               ("Công an", "1022"), ("Sở Y tế", "1023"))  # fmt: skip
    rows = {r["dial"]: r["owners"] for r in open_database(path)["ledger"].rows}
    assert rows == {"1022": "Công an, Sở Y tế Đà Nẵng", "1023": "Sở Y tế"}


def earlier_index(path):
    """An index as the first version left it, with one notice."""
    db = sqlite_utils.Database(path)
    migrations.apply(db, stop_before="facet_indexes")
    db.conn.close()
    return path


def test_an_index_of_an_earlier_version_is_migrated_by_serving_it(tmp_path):
    path = earlier_index(tmp_path / "old.db")
    site = build(path)
    for page in ("/", "/hotlines", "/about", "/provinces"):
        assert get(site, page).status_code == 200
    assert not migrations.pending(sqlite_utils.Database(path))


@pytest.fixture
def nobody():
    """The process without the right to write what root owns."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


@pytest.fixture
def sealed(tmp_path):
    """Makes an index that cannot be written, nor its folder."""

    def seal(make):
        folder = tmp_path / "sealed"
        folder.mkdir()
        make(folder / "a.db")
        for parent in (tmp_path, *tmp_path.parents[:3]):
            parent.chmod(parent.stat().st_mode | 0o055)
        (folder / "a.db").chmod(0o444)
        folder.chmod(0o555)
        return folder / "a.db"

    yield seal
    (tmp_path / "sealed").chmod(0o755)


def test_an_index_that_cannot_be_written_is_served_all_the_same(sealed, site, request):
    path = sealed(lambda p: phone_rows(p, ("Sở Y tế", "1022")))
    get(site, "/hotlines")  # what a first answer imports may lie where only root reads
    request.getfixturevalue("nobody")
    assert "tel:1022" in get(build(path), "/hotlines").text


def test_an_earlier_index_that_cannot_be_written_says_what_to_do(sealed, request):
    path = sealed(earlier_index)
    request.getfixturevalue("nobody")
    with pytest.raises(
        SchemaError, match="earlier version and cannot be written now: make it and its folder"
    ):
        build(path)


def test_what_is_no_index_or_a_newer_one_is_refused_in_a_sentence(tmp_path):
    strange = tmp_path / "strange.db"
    sqlite_utils.Database(strange)["t"].insert({"a": 1})
    newer = tmp_path / "newer.db"
    db = open_database(newer)
    db["_sqlite_migrations"].insert(
        {"migration_set": "thongbao", "name": "of_tomorrow", "applied_at": "2030"}
    )
    db.conn.close()
    text = tmp_path / "text.db"
    text.write_text("no database at all, only words " * 9)
    for path, words in (
        (strange, "no index"),
        (newer, "newer version"),
        (text, "cannot be used as an index"),
    ):
        with pytest.raises(SchemaError, match=words):
            build(path)


def test_facts_that_overlap_or_cross_lines_are_each_marked_and_reached():
    text = "Tên\n\nGọi 0888 theo 12/CV-UB ngày 1/6\nnăm 2021 nhé"
    start = text.index
    spans = [(start("0888"), start("0888") + 4, "phone"), (start("0888"), start(" ngày"), "topic"),
             (start("12/"), start(" ngày"), "document"), (start("1/6"), start(" nhé"), "date")]  # fmt: skip
    found = paragraphs(text, spans)
    assert ["".join(words for words, _, _ in line) for line in found] == [
        line for line in text.split("\n") if line
    ]
    marked = [(words, kind) for line in found for words, kind, _ in line if kind]
    assert marked == [
        ("0888", "phone"),
        (" theo ", "topic"),
        ("12/CV-UB", "document"),
        ("1/6", "date"),
        ("năm 2021", "date"),
    ]
    reached = [at for line in found for _, _, at in line if at is not None]
    assert reached == sorted({s[0] for s in spans})


def test_every_fact_of_a_notice_leads_to_a_mark(site):
    notice = get(site, "/notices/notices.json?_shape=array").json()[0]
    page = get(site, f"/notice/{notice['id']}").text
    targets = set(re.findall(r'href="#(s\d+)"', page))
    assert len(targets) >= 4
    assert targets <= set(re.findall(r'<mark class="\w+" id="(s\d+)">', page))


def put(store, portal, post_id, title, body, published=None, later=0):
    """Store one post as a crawl would."""
    post = Post(post_id, View(f"http://{portal.id}.example/{post_id}"), title, "", body, published)
    text = text_of(post)
    page = Page(post.view.url, 200, b"", datetime(2021, 8, 1, 3, later, tzinfo=UTC))
    facts = extract(text, Context(province=portal.province))
    store.add(PageRead(page, portal.id, PageKind.POST, Listing(), post, text, facts))


def test_the_texts_of_a_notice_are_compared_word_by_word(tmp_path):
    body = (
        "Đoạn một về dịch Covid-19.\n"
        + "Đoạn giữa.\n" * 5
        + "Gọi đường dây nóng 0888.800.248 ngay.\nĐoạn cuối."
    )
    with Store(tmp_path / "a.db") as store:
        store.sync_registry([PORTAL])
        put(store, PORTAL, "1", "Tin Covid-19", body)
        changed = body.replace("0888.800.248", "0888.800.999").replace(
            "\nĐoạn cuối.", "\nĐoạn cuối.\nThêm <b>một</b>."
        )
        put(store, PORTAL, "1", "Tin Covid-19", changed, later=5)
        put(store, PORTAL, "2", "Tin khác về Covid-19", body)
    site = build(tmp_path / "a.db")
    one, two = (n["id"] for n in get(site, "/notices/notices.json?_shape=array&_sort=post_id").json())
    assert f'href="/notice/{one}/versions"' in get(site, f"/notice/{one}").text
    assert "/versions" not in get(site, f"/notice/{two}").text
    page = get(site, f"/notice/{one}/versions").text
    assert "Gọi đường dây nóng<del> 0888.800.248</del><ins> 0888.800.999</ins> ngay." in page
    assert "<ins>Thêm &lt;b&gt;một&lt;/b&gt;.</ins>" in page
    assert re.search(r"\d đoạn không đổi", page)
    assert "Đoạn một" not in page  # far from any change
    assert get(site, "/notice/5/versions").status_code == 404


def test_one_text_of_several_portals_is_one_result_that_lists_them(tmp_path):
    portals = [
        Portal(f"p{n}", f"Cổng {n}", p, "health", f"http://p{n}.example/")
        for n, p in enumerate(("Đà Nẵng", "Hà Nội", "Hà Nội"))
    ]
    with Store(tmp_path / "a.db") as store:
        store.sync_registry(portals)
        for n, portal in enumerate(portals):
            put(store, portal, "1", "Thông báo chung Covid-19", BODY, date(2021, 7, 10 + n))
            for other in range(30):
                put(
                    store,
                    portal,
                    f"own{other}",
                    f"Tin {n}-{other} Covid-19",
                    f"Tin riêng {n} {other} về dịch Covid-19.",
                    date(2021, 7, 1 + other),
                )
    site = build(tmp_path / "a.db")
    for start in ("/?q=covid", "/?q=covid&sort=date", "/", "/?province=" + quote("Hà Nội")):
        titles, address, pages = [], start, []
        while address:
            page = get(site, address).text
            pages.append(page)
            titles += [
                html.unescape(re.sub("<.*?>", "", t))
                for t in re.findall(r"<h2[^>]*><a[^>]*>(.*?)</a></h2>", page)
            ]
            following = re.search(r'rel="next" href="([^"]+)"', page)
            address = html.unescape(following[1]) if following else None
        assert len(titles) == len(set(titles)) == (61 if "province" in start else 91)
        (listing,) = [line for page in pages for line in page.splitlines() if "Cùng nội dung ở" in line]
        assert len(re.findall(r"/notice/", listing)) == 2
    assert len(get(site, "/search.json?q=covid").json()["notices"]) == 93


def test_a_notice_says_how_to_cite_it(site):
    notice = get(site, "/notices/notices.json?_shape=array").json()[0]
    cited = re.search(r'<p class="cite">(.*?)</p>', get(site, f"/notice/{notice['id']}?lang=vi").text)[1]
    for part in (
        PORTAL.name,
        "Công bố đường dây nóng",
        notice["url"],
        f"http://localhost/notice/{notice['id']} ",
    ):
        assert part in cited


def test_a_document_of_nobody_known_is_cited_without_an_issuer(tmp_path):
    db = open_database(tmp_path / "a.db")
    db["documents"].insert({"id": 1, "number": "16", "type": "Chỉ thị", "year": 0, "issuer": ""})
    db.conn.close()
    page = get(build(tmp_path / "a.db"), "/document/1").text
    assert '<p class="cite">Chỉ thị 16. ' in page


def test_a_document_is_told_over_time_and_by_province_and_drawn_from_its_rows(busy, sample_index):
    address = next(a for a in addresses(busy) if a.startswith("/document/"))
    page = get(build(busy), address).text
    whole = int(re.search(r"Thông báo dẫn văn bản này \((\d+)\)", page)[1])
    bars = {name: int(n) for name, n in re.findall(r"<title>(\d\d/\d{4}): (\d+)</title>", page)}
    table = {name: int(n) for name, n in re.findall(r'<th scope="row">(\d\d/\d{4})</th><td>(\d+)</td>', page)}
    assert {name: n for name, n in bars.items() if n} == table
    assert sum(table.values()) == whole
    aside = page[page.index("<aside") :]
    assert (
        sum(int(n) for n in re.findall(r'href="/province/\d\d">[^<]*</a></th><td>(\d+)</td>', aside)) == whole
    )
    site = build(sample_index)
    (number,) = get(site, "/notices/documents.json?_shape=array&number=2244/QĐ-UBND").json()
    page = get(site, f"/document/{number['id']}").text
    drawn = set(re.findall(r'rx="5"></rect><text[^>]*>([^<]+)</text>', page))
    told = set(re.findall(r'<td><a href="/document/\d+">([^<]+)</a></td>', page))
    assert drawn == told == {"2244/QĐ-UBND", "1990/QĐ-UBND", "1063/CĐ-TTg"}


def test_the_timeline_counts_each_notice_in_its_week_and_names_the_acts(busy):
    site = build(busy)
    for query, narrowed in (
        ("", ""),
        ("?topic=schools", "&topic=schools"),
        ("?province=" + quote("Hà Nội"), "&province=" + quote("Hà Nội")),
    ):
        page = get(site, "/timeline" + query).text
        chart = page[page.index("<svg") : page.index("</svg>")]
        weeks = re.findall(r"<title>(\d\d)/(\d\d)/(\d{4}): ([\d.]+)</title>", chart)
        assert (
            sum(int(n.replace(".", "")) for *_, n in weeks) == shown(get(site, "/?" + narrowed.lstrip("&")))
            or not query
        )
        assert {date(int(y), int(m), int(d)).weekday() for d, m, y, _ in weeks} == {0}
    assert "16/CT-TTg" in page
    assert "tiêm chủng</figcaption>" in page


def test_coverage_tells_silence_from_a_portal_that_was_not_read(tmp_path):
    portals = [Portal(f"p{n}", f"Cổng {n}", "Hà Nội", "health", f"http://p{n}.example/") for n in range(4)]
    with Store(tmp_path / "a.db") as store:
        store.sync_registry(portals)
        store.start_run("crawl", datetime.now(UTC))
        for month in (5, 7):
            put(store, portals[0], f"{month}", f"Tin {month} Covid-19", BODY, date(2021, month, 1))
        page = Page("http://p1.example/", 403, b"", datetime.now(UTC))
        store.add(PageRead(page, "p1", PageKind.LIST, problem=Outcome.BLOCKED, reason="403"))
        for portal, reason in zip(portals[:3], ("", "blocked", ""), strict=True):
            store.finish_portal(PortalRun(portal.id, reason=reason), datetime.now(UTC))
    site = build(tmp_path / "a.db")
    page = get(site, "/coverage?province=" + quote("Hà Nội")).text
    rows = re.findall(r'<th scope="row">.*?Cổng (\d).*?</th>(.*?)</tr>', page, re.S)
    cells = {
        name: [re.sub("<.*?>", "", c) for c in re.findall(r"<td.*?>(.*?)</td>", row)] for name, row in rows
    }
    assert cells == {"0": ["1", "0", "1"], "1": ["✕"] * 3, "2": ["0"] * 3, "3": ["?"] * 3}
    whole = get(site, "/coverage").text
    assert re.search(r"2 đã đọc · 1 bị chặn · 1 chưa rõ", whole)


def test_coverage_of_all_provinces_tells_none_from_blocked_and_unknown(tmp_path):
    read = datetime(2021, 6, 9, tzinfo=UTC)
    how = {"Hà Nội": "", "Bình Thuận": "", "Đà Nẵng": "blocked", "Lâm Đồng": None}
    portals = [
        Portal(f"p{n}", f"Cổng {n}", name, "health", f"http://p{n}.example/") for n, name in enumerate(how)
    ]
    portals.append(Portal("p9", "Cổng 9", "Hà Nội", "health", "http://p9.example/"))
    with Store(tmp_path / "a.db") as store:
        store.sync_registry(portals)
        store.start_run("crawl", read)
        for month in (4, 7):
            put(store, portals[0], f"{month}", f"Tin {month} Covid-19", BODY, date(2021, month, 1))
        page = Page("http://p2.example/", 403, b"", read)
        store.add(PageRead(page, "p2", PageKind.LIST, problem=Outcome.BLOCKED, reason="403"))
        for portal, reason in zip(portals, how.values(), strict=False):
            if reason is not None:
                store.finish_portal(PortalRun(portal.id, reason=reason), read)
    page = get(build(tmp_path / "a.db"), "/coverage").text
    found = {
        name: re.findall(r"<td.*?>(?:<[^>]+>)*([^<]+)", row)
        for name, row in re.findall(r'<th scope="row"><a[^>]*>([^<]+)</a></th>(.*?)</tr>', page)
    }
    # Of Hà Nội a portal was never tried; what was read in June says nothing of July.
    assert found == {
        "Hà Nội": ["1", "0", "0", "1"],
        "Bình Thuận": ["0", "0", "0", "?"],
        "Đà Nẵng": ["✕"] * 4,
    }
    assert "Chưa đọc trang nào của 60 tỉnh, thành:" in page
    assert re.search(r"Chưa đọc.*>Lâm Đồng<", page)


def test_the_diacritics_that_were_typed_come_before_others(tmp_path):
    path = tmp_path / "a.db"
    db = open_database(path)
    for n, text in enumerate(
        ("bán bán bán", "Bàn " + "chữ " * 50, "bận bận", "bàn " + "chữ " * 90, "bạn bạn bạn bạn"), 1
    ):
        db["notices"].insert({"id": n, "portal": "p", "post_id": str(n), "covid": 1, "title": f"Tin {n}"})
        db["texts"].insert({"notice": n, "title": f"Tin {n}", "summary": "", "text": text})
    db.conn.close()
    found = [n["id"] for n in get(build(path), "/search.json?q=" + quote("bàn")).json()["notices"]]
    assert found[:2] == [2, 4]
    assert sorted(found) == [1, 2, 3, 4, 5]
    assert get(build(path), "/search.json?q=ban").json()["notices"][0]["id"] not in (2, 4)


@pytest.mark.parametrize(
    "address", ["/?q=covid&month=2021-07", "/?q=covid", "/?q=16/CT-TTg", "/?topic=schools", "/"]
)
@pytest.mark.parametrize("common", [100, 100_000])
def test_a_machine_too_busy_to_count_shows_the_results_all_the_same(busy, monkeypatch, address, common):
    slow = (
        "with recursive r(x) as (select 1 union all select x + 1 from r) select x as count from r where x < 0"
    )
    monkeypatch.setattr(queries, "COMMON", common)
    monkeypatch.setattr(queries, "COUNTS", slow)
    page = get(build(busy), address)
    assert page.status_code == 200
    assert "<article>" in page.text
    assert "quá bận để đếm" in page.text


def test_counts_are_of_the_index_as_it_is_now(tmp_path):
    portal = Portal("p1", "Cổng", "Hà Nội", "health", "http://p1.example/")
    with Store(tmp_path / "a.db") as store:
        store.sync_registry([portal])
        put(store, portal, "1", "Tin 1 Covid-19", BODY)
        site = build(tmp_path / "a.db")
        store.flush()
        assert shown(get(site, "/?q=covid")) == 1
        put(store, portal, "2", "Tin 2 Covid-19", BODY + " Thêm.")
        store.flush()
        assert shown(get(site, "/?q=covid")) == 2


@pytest.mark.parametrize(
    "why",
    ["not about COVID-19", "another view of a known post", "a better view of a known post", "an earlier text of the post",
     "suppressed"],
)  # fmt: skip
def test_a_reason_that_many_pages_have_is_told_in_vietnamese(why):
    assert "lang=" not in reason(why, "vi")
    assert reason(why, "en") == why
