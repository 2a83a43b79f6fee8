"""`thongbao publish --static`: the copy in Chromium, opened from the disk without a network and from a plain server."""

from __future__ import annotations

import csv
import html
import io
import re
import sqlite3
import sys
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

import thongbao
from crawler.extract.facts import extract
from crawler.model import Attachment, Context, Listing, PageKind, PageRead, Portal, Post, View
from crawler.model import Page as Fetched
from crawler.reader import text_of
from db.store import Store
from tests import prepared
from tests.conftest import CHROMIUM
from tests.test_pages import AXE, follow_the_evidence, wide

pytestmark = [
    pytest.mark.skipif(
        not CHROMIUM.exists(), reason="Debian's chromium is not installed (.ci/run installs it)"
    ),
    pytest.mark.xdist_group("browser"),
]


def publish(database: Path, folder: Path, *more: str) -> int:
    """Its exit code: of a process of its own, since a browser's loop runs in this one."""
    done = prepared.run(["--db", database, "publish", "--static", folder, "--quiet", *more])
    print(done.stderr, end="", file=sys.stderr)
    return done.returncode


@pytest.fixture(scope="module")
def copy(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published") / "bản sao"  # what a person may call it
    assert publish(sample_index, folder, "--contact", "go-bo@site.example") == thongbao.WELL
    return folder


@pytest.fixture(scope="module")
def served(copy: Path) -> Iterator[str]:
    """The address of a server that knows nothing but files."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(copy))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@dataclass
class Reader:
    """A window on a copy."""

    page: Page
    base: str

    def open(self, place: str = "index.html", **query: str) -> None:
        self.page.goto(f"{self.base}/{place}" + (f"?{urlencode(query)}" if query else ""))
        if query and place.endswith("index.html"):
            self.answered()

    def search(self, words: str) -> None:
        self.open()
        self.page.get_by_role("searchbox").fill(words)
        self.page.get_by_role("searchbox").press("Enter")
        self.page.wait_for_url("**/index.html?q=*")
        self.answered()

    def answered(self) -> None:
        expect(self.page.locator(".columns")).to_have_attribute("aria-busy", "false")

    def ids(self) -> list[int]:
        links = self.page.locator("article h2 a").evaluate_all("links => links.map(link => link.href)")
        return [int(re.search(r"/(\d+)\.html", link)[1]) for link in links]


def reading(browser: Browser, base: str, width: int) -> Iterator[Reader]:
    """A window that fails the test when anything outside the copy is asked for, or the console complains."""
    context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True)
    context.set_offline(base.startswith("file:"))
    page = context.new_page()
    strangers: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda r: None if r.url.startswith((base, "blob:")) else strangers.append(r.url))
    page.on(
        "console",  # Chromium asks a server for a picture of its own accord; a copy has none
        lambda m: None if m.location["url"].endswith("/favicon.ico") else complaints.append(m.text),
    )
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.on("dialog", lambda d: complaints.append(d.message))
    yield Reader(page, base)
    page.wait_for_load_state()
    over = wide(page)
    context.close()
    assert (strangers, complaints, over) == ([], [], 0)


@pytest.fixture(params=["disk", "disk-phone", "server"])
def reader(browser: Browser, copy: Path, served: str, request: pytest.FixtureRequest) -> Iterator[Reader]:
    base = served if request.param == "server" else copy.as_uri()
    yield from reading(browser, base, 390 if request.param == "disk-phone" else 1280)


@pytest.fixture
def from_disk(browser: Browser, copy: Path) -> Iterator[Reader]:
    yield from reading(browser, copy.as_uri(), 1280)


def test_a_person_searches_opens_follows_and_calls(reader: Reader) -> None:
    page = reader.page
    reader.search("duong day nong")
    follow_the_evidence(page)
    page.locator("aside").get_by_role("link", name="1742/UBND-KGVXNV").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1742/UBND-KGVXNV")
    page.get_by_role("link", name="Đường dây nóng", exact=True).click()
    expect(page.locator("s", has_text="0967000111")).to_be_visible()
    assert page.locator("a[href='tel:0967000111']").count() == 0
    row = page.locator("tr", has=page.locator("s"))
    expect(row.get_by_role("cell").first).to_have_text("0967000111 (thôi dùng, thay bằng 0967000254)")
    row.get_by_role("link", name="1", exact=True).click()
    expect(page.locator(".lead")).to_contain_text("0967000111 (thôi dùng, thay bằng 0967000254)")
    expect(page.locator(".lead a[href='tel:0967000254']")).to_be_visible()
    page.get_by_role("link", name="Đường dây nóng", exact=True).first.click()
    page.get_by_text("Tỉnh", exact=True).first.click()
    page.locator("details a", has_text="Bình Thuận").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đường dây nóng · Bình Thuận")
    page.locator("tr", has_text="02523999115").get_by_role("link", name="1", exact=True).click()
    expect(page.locator(".lead a").first).to_have_text("02523999115")
    expect(page.locator("article")).to_have_count(1)
    page.get_by_role("link", name="Tỉnh, thành").click()
    page.get_by_role("link", name="Bình Thuận").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bình Thuận")
    page.get_by_role("link", name="Tất cả thông báo").click()
    expect(page.locator(".active a")).to_contain_text("Bình Thuận")


SEARCHES = [
    {"q": "duong day nong"}, {"q": "đường dây nóng"}, {"q": unicodedata.normalize("NFD", "đường dây nóng")},
    {"q": "ĐƯỜNG DÂY"}, {"q": '"day nong"'}, {"q": '"nong day"'}, {"q": "covid-19"}, {"q": "dich"}, {"q": "dịch"},
    {"q": "2244 qd-ubnd"}, {"q": "2244/QĐ-UBND"}, {"q": "1742/UBND-KGVXNV"}, {"q": "0252.3999.115"},
    {"q": "+84 252 3999 115"}, {"q": "02523999115"}, {"q": "zzzz"}, {"q": '"'}, {"q": "(*"}, {"q": "toString"},
    {"q": "<script>alert(1)</script>"}, {"q": "covid", "province": "Bình Thuận"}, {"month": "2021-08"},
    {"type": "Quyết định"}, {"q": "covid", "type": "Kế hoạch"}, {"today": "Lâm Đồng"}, {"q": "covid", "today": "Hà Nội"},
    {"q": "covid", "topic": "hotline", "kind": "health"}, {"portal": "stttt-mau"}, {"q": "covid", "sort": "date"},
]  # fmt: skip


def test_it_finds_what_the_site_finds(from_disk: Reader, sample_site: str) -> None:
    for query in SEARCHES:
        from_disk.open(**query)
        found = httpx.get(f"{sample_site}search.json?{urlencode(query)}").json()["notices"]
        assert sorted(from_disk.ids()) == sorted(n["id"] for n in found), query
        if query.get("sort") == "date" or "q" not in query:
            assert from_disk.ids() == [n["id"] for n in found]
        live = httpx.get(f"{sample_site}?{urlencode(query)}").text
        facets = re.findall(r'<li><a href="[^"]*"[^>]*>([^<]*)</a> <span class="meta">(\d+)</span>', live)
        shown = from_disk.page.locator("aside li").evaluate_all(
            "items => items.map(i => [i.querySelector('a').textContent, i.querySelector('span').textContent])"
        )
        assert shown == [[html.unescape(name), count] for name, count in facets], query
        leads = re.findall(r'<p class="lead">.*?<(?:a|s)\b[^>]*>(.*?)</', live, re.S)
        assert from_disk.page.locator(".lead > :first-child").all_inner_texts() == leads, query


def test_where_nothing_is_found_the_copy_says_what_the_site_says(reader: Reader) -> None:
    reader.search('"zzzz yyyy"')
    results = reader.page.get_by_role("region", name="Kết quả")
    expect(results).to_contain_text(
        "Không tìm thấy thông báo nào. Hãy thử: ít từ hơn; bỏ dấu ngoặc kép. Ví dụ: duong day nong."
    )
    expect(results).not_to_contain_text("Xếp theo")
    reader.search("covid")
    reader.page.get_by_role("link", name="ngày đăng", exact=True).click()
    reader.page.get_by_role("searchbox").press("Enter")
    expect(results.locator("b")).to_have_text("ngày đăng")


def test_facets_are_undone_words_of_files_are_found_and_the_language_keeps_the_search(reader: Reader) -> None:
    page = reader.page
    reader.search("covid")
    before = len(reader.ids())
    page.locator("aside").get_by_role("link", name="Bình Thuận").click()
    page.wait_for_url("**province=*")
    reader.answered()
    assert 0 < len(reader.ids()) < before
    page.get_by_role("link", name="English").click()
    page.wait_for_url("**/en/index.html?*province=*")
    reader.answered()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("aside h3").first).to_have_text("Province")
    page.locator(".active a").click()
    page.wait_for_url("**/en/index.html?q=covid")
    reader.answered()
    assert len(reader.ids()) == before
    reader.search("phuong phu trinh")
    item = page.locator("li", has_text="Danh sách kèm theo")
    expect(item.locator("mark")).to_have_text("Phường Phú Trinh")
    expect(item).to_contain_text("Danh sách kèm theo, Huyện ")  # the sheet
    item.get_by_role("link", name="Danh sách kèm theo").click()
    expect(page.locator("mark.phone").first).to_have_text("02523888202")
    page.locator("p.meta a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("danh sách điện thoại")


def test_every_page_names_whom_to_ask_for_a_removal(copy: Path) -> None:
    for page in copy.rglob("*.html"):
        assert 'href="mailto:go-bo@site.example"' in page.read_text(encoding="utf-8"), page


def test_no_notice_is_lost_and_no_link_leads_nowhere(copy: Path, sample_index: Path) -> None:
    with closing(sqlite3.connect(sample_index)) as index:
        texts = index.execute(
            "select n.id, v.text from notices n join versions v on v.id = n.version"
        ).fetchall()
    assert len(texts) == 10
    for lang in ("", "en/"):
        for notice, text in texts:
            page = (copy / f"{lang}notice/{str(notice)[-2:]}/{notice}.html").read_text(encoding="utf-8")
            shown = html.unescape(re.sub(r"<[^>]+>", "", page))
            assert all(line in shown for line in text.splitlines() if line), notice
    assert (copy / "map" / "month-202108.html").is_file()  # led to by the month after it
    pages = list(copy.rglob("*.html"))
    assert len(pages) > 100
    for path in pages:
        page = path.read_text(encoding="utf-8")
        assert "default-src 'none'" in page
        for name, value in re.findall(r'\b(href|src|action)="([^"]*)"', page):
            parts = urlsplit(html.unescape(value))
            if parts.scheme:
                assert parts.scheme in ("http", "https", "tel", "mailto"), (path, value)
                assert name == "href", (path, value)
            else:
                place = (path.parent / unquote(parts.path)).resolve() if parts.path else path
                assert not value.startswith("/"), (path, value)
                assert place.is_file(), (path, value)
                assert place.is_relative_to(copy), (path, value)


def test_the_map_s_slider_needs_no_server(reader: Reader) -> None:
    page = reader.page
    reader.open()
    page.get_by_role("link", name="Bản đồ").click()
    months = set()
    slider = page.get_by_role("slider")
    for key in ("Home", "End", "ArrowLeft"):
        slider.press(key)
        month = page.locator("output").inner_text()
        months.add(month)
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Bản đồ · {month}")
    assert len(months) > 1
    told = page.locator(".map a").evaluate_all("links => links.map(a => a.getAttribute('aria-label')).sort()")
    page.get_by_role("link", name="Tháng sau").click()
    page.get_by_role("link", name="Tháng trước").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Bản đồ · {month}")
    assert told == page.locator(".map a").evaluate_all(
        "links => links.map(a => a.getAttribute('aria-label')).sort()"
    )


def ready(reader: Reader) -> None:
    expect(reader.page.locator("body")).to_have_attribute("data-ready", "true")


def test_tables_are_narrowed_sorted_asked_and_saved_without_a_server(
    reader: Reader, sample_index: Path
) -> None:
    page = reader.page
    with closing(sqlite3.connect(sample_index)) as index:
        phones = index.execute("select count(*) from phones").fetchone()[0]
        hotlines = index.execute(
            "select dial from phones where kind = 'hotline' order by dial desc"
        ).fetchall()
        counted = index.execute("select kind, count(*) from phones group by kind order by 2 desc").fetchall()
    reader.open()
    page.get_by_role("link", name="Dữ liệu").click()
    ready(reader)
    page.get_by_role("list", name="Mọi bảng và cột").get_by_role("link", name="phones").click()
    ready(reader)
    answer = page.locator("#answer")
    expect(answer.get_by_role("status")).to_contain_text(f"{min(phones, 100)} dòng")
    page.get_by_label("Cột", exact=True).select_option("kind")
    page.get_by_label("Giá trị").fill("hotline")
    page.get_by_role("button", name="Lọc").click()
    ready(reader)
    for _ in range(2):  # up, then down
        answer.get_by_role("link", name="dial", exact=True).click()
        ready(reader)
    place = answer.get_by_role("columnheader").all_inner_texts().index("dial ↓")
    shown = answer.locator(f"tbody tr td:nth-child({place + 1})").all_inner_texts()
    assert shown == [dial for (dial,) in hotlines[:100]]
    assert "where \"kind\" = 'hotline'" in page.get_by_label("SQL").input_value()
    page.get_by_label("SQL").fill("select kind, count(*) as n from phones group by kind order by 2 desc")
    page.get_by_role("button", name="Chạy").click()
    ready(reader)
    rows = [tuple(row.split("\t")) for row in answer.locator("tbody tr").all_inner_texts()]
    assert rows == [(kind, str(n)) for kind, n in counted]
    with page.expect_download() as download:
        answer.get_by_role("button", name="CSV").click()
    saved = list(csv.reader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
    assert saved == [["kind", "n"], *([kind, str(n)] for kind, n in counted)]
    page.get_by_label("SQL").fill("select notice from phones limit 1")
    page.get_by_role("button", name="Chạy").click()
    ready(reader)
    answer.locator("td a").click()
    expect(page.locator("section.text")).to_be_visible()
    reader.open("tables.html", sql="select 1 from nowhere")
    expect(page.get_by_role("alert")).to_have_text("no such table: nowhere")
    for query in ({"table": "phones"}, {"sql": "select 1 as one"}, {}):
        page.goto(f"{reader.base}/en/tables.html?{urlencode(query)}")
        ready(reader)
        assert faults(page) == [], query


def test_ready_questions_answer_as_on_the_site(from_disk: Reader, sample_site: str) -> None:
    page = from_disk.page
    for name, values in (("who-cited-first", {"number": "6830/ubnd-vp"}), ("hotlines-of-a-province", {"province": "binh thuan"}),
                         ("published-in-a-month", {"province": "Bình Thuận", "month": "7/2021"}), ("most-cited-by-provinces", {}),
                         ("withdrawn-hotlines", {"province": ""}), ("what-replaced-what", {"number": ""})):  # fmt: skip
        asked = f"{sample_site.rstrip('/')}/notices/{name}.json?{urlencode({'_shape': 'arrays', **values})}"
        expected = [
            ["" if cell is None else str(cell) for cell in row] for row in httpx.get(asked).json()["rows"]
        ]
        from_disk.open("tables.html", question=name, **values)
        ready(from_disk)
        rows = page.locator("#answer tbody tr").evaluate_all(
            "rows => rows.map(r => [...r.cells].map(c => c.textContent))"
        )
        assert rows == expected, name
    from_disk.open("tables.html")
    ready(from_disk)
    page.get_by_text("Câu hỏi").first.click()
    page.get_by_role("link", name="Ai dẫn Chỉ thị 16 trước tiên?").click()
    ready(from_disk)
    page.get_by_label("Số văn bản").fill("21/NQ-CP")
    page.get_by_role("button", name="Chạy").first.click()
    ready(from_disk)
    assert "21/NQ-CP" in page.get_by_label("SQL").input_value()
    assert faults(page) == []


def test_without_scripts_every_page_but_search_is_there(browser: Browser, copy: Path) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((copy / "index.html").as_uri())
    page.locator("article h2 a").first.click()
    expect(page.locator("section.text p").first).to_be_visible()
    context.close()


def test_no_page_has_a_fault_that_axe_finds(reader: Reader, sample_index: Path) -> None:
    with closing(sqlite3.connect(sample_index)) as index:
        (notice,) = index.execute("select notice from citations limit 1").fetchone()
    for place in (
        f"notice/{str(notice)[-2:]}/{notice}.html",
        "en/hotlines.html",
        "timeline.html",
        "coverage.html",
    ):
        reader.open(place)
        assert faults(reader.page) == [], place
    for query in ({"q": "duong day nong"}, {"q": "phuong phu trinh"}, {"q": "zzzz"}, {"month": "2021-08"}):
        for place in ("index.html", "en/index.html"):
            reader.open(place, **query)
            assert faults(reader.page) == [], query


def faults(page: Page) -> list[Any]:
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({preload: false})")  # it would fetch the style, which the policy forbids
    return [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found["violations"]]


EVIL = '=HYPERLINK("http://evil.example";"x")<img src=x onerror=alert(1)></script><script>alert(2)</script>\u202etxt'


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is hard: hostile words, a megabyte, two notices of one text, words that differ by a mark."""
    folder = tmp_path_factory.mktemp("hard")
    evil = Portal("xau", EVIL, "Đà Nẵng", "health", "javascript:alert(2)")
    other = Portal("khac", "Cổng khác", "Hà Nội", "finance", "http://khac.example/")
    with Store(folder / "a.db") as store:
        store.sync_registry([evil, other])
        put(store, evil, "1", EVIL, EVIL + " dịch Covid-19" * 70_000, date(2021, 7, 1))
        for portal, day in ((evil, 2), (other, 3)):
            put(
                store,
                portal,
                "chung",
                "Thông báo chung Covid-19",
                "Một nội dung của hai cổng.",
                date(2021, 7, day),
            )
        for n, text in enumerate(("bán bán bán bán", "Bàn " + "chữ " * 90, "bận bận bận")):
            put(store, other, f"b{n}", f"Covid-19 tin {n}", text, date(2021, 8, n + 1))
        for n in range(45):
            put(store, other, f"n{n}", f"Covid-19 số {n}", f"Nhiều trang {n}.", date(2020, 3, 1 + n % 30))
        store.flush()
        store.database.execute("update portals set name = ?", [EVIL])
    assert publish(folder / "a.db", folder / "copy", "--lang", "vi") == thongbao.WELL
    return folder / "copy"


def put(store: Store, portal: Portal, name: str, title: str, body: str, day: date) -> None:
    url = f"{portal.url}{name}"
    post = replace(Post(name, View(url), title, "", body), published=day)
    post = replace(post, attachments=(Attachment("data:text/html,<script>alert(3)</script>", EVIL),))
    text = text_of(post)
    facts = extract(text, Context(province=portal.province))
    page = Fetched(url, 200, b"", datetime.now(UTC))
    store.add(PageRead(page, portal.id, PageKind.POST, Listing(), post, text, facts))


@pytest.fixture
def hard_reader(browser: Browser, hard: Path) -> Iterator[Reader]:
    yield from reading(browser, hard.as_uri(), 1280)


def test_what_a_portal_wrote_is_text_and_no_cell_a_formula(hard_reader: Reader) -> None:
    page = hard_reader.page
    hard_reader.search("hyperlink")
    expect(page.locator("article")).to_have_count(1)
    expect(page.locator("article h2")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("img, main script, [href^='javascript'], [href^='data']").count() == 0
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV").click()
    table = list(csv.reader(io.StringIO(Path(saved.value.path()).read_text(encoding="utf-8-sig"))))
    assert table[1][1].startswith("'=HYPERLINK")
    page.locator("article h2 a").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("img, script, [href^='javascript'], [href^='data']").count() == 0
    hard_reader.open("tables.html", table="notices")
    ready(hard_reader)
    expect(page.locator("#answer td", has_text="onerror=alert(1)").first).to_be_visible()
    assert page.locator("img, #answer script, [href^='javascript'], [href^='data']").count() == 0
    assert "\u202e" not in page.locator("#answer").inner_text()
    with page.expect_download() as saved:
        page.locator("#answer").get_by_role("button", name="CSV").click()
    cells = [
        cell
        for row in csv.reader(io.StringIO(Path(saved.value.path()).read_text("utf-8-sig")))
        for cell in row
    ]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not any(cell.startswith("=") for cell in cells)


def test_diacritics_typed_come_first_twins_are_one_and_pages_follow(hard_reader: Reader) -> None:
    page = hard_reader.page
    hard_reader.search("bàn")
    titles = page.locator("article h2").all_inner_texts()
    assert titles[0] == "Covid-19 tin 1"
    assert sorted(titles) == ["Covid-19 tin 0", "Covid-19 tin 1", "Covid-19 tin 2"]
    hard_reader.search("hai cong")
    expect(page.locator("article")).to_have_count(1)
    expect(page.locator("article .meta", has_text="Cùng nội dung ở").locator("a")).to_have_count(1)
    hard_reader.search("covid")
    seen = hard_reader.ids()
    for number in (2, 3):
        page.get_by_role("link", name="Trang sau").click()
        page.wait_for_url(f"**page={number}")
        hard_reader.answered()
        seen += hard_reader.ids()
    assert page.get_by_role("link", name="Trang sau").count() == 0
    assert len(seen) == len(set(seen)) == 50
    assert page.get_by_role("link", name="English").count() == 0


def test_a_copy_is_made_anew_and_what_it_did_not_make_is_never_lost(
    sample_index, hard, tmp_path, capfd
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert publish(sample_index, tmp_path) == thongbao.WRONG_CALL
    assert "mine.txt" in capfd.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
    assert publish(tmp_path / "none.db", tmp_path / "copy") == thongbao.COULD_NOT_RUN
    before = sorted(p.relative_to(hard) for p in hard.rglob("*"))
    assert publish(hard.parent / "a.db", hard, "--lang", "vi") == thongbao.WELL
    assert sorted(p.relative_to(hard) for p in hard.rglob("*")) == before
