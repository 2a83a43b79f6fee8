"""The pages in a real browser, walked as an analyst, a journalist and a person with a phone would walk them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import CHROMIUM

#: https://github.com/dequelabs/axe-core (MPL-2.0), as published on npm.
AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
pytestmark = [
    pytest.mark.skipif(
        not CHROMIUM.exists(), reason="Debian's chromium is not installed (.ci/run installs it)"
    ),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(params=[1280, 390], ids=["desk", "phone"])
def page(browser: Browser, sample_site: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A window that fails the test when a page asks another host for anything or complains on the console."""
    context = browser.new_context(viewport={"width": request.param, "height": 900}, base_url=sample_site)
    opened = context.new_page()
    strangers: list[str] = []
    complaints: list[str] = []
    host = urlsplit(sample_site).netloc
    opened.on("request", lambda r: strangers.append(r.url) if urlsplit(r.url).netloc != host else None)
    opened.on("console", lambda m: complaints.append(m.text))
    opened.on("pageerror", lambda e: complaints.append(str(e)))
    yield opened
    opened.wait_for_load_state()  # a page without its style yet is as wide as it likes
    over = wide(opened) if not urlsplit(opened.url).path.startswith("/-/") else 0
    context.close()
    assert (strangers, complaints, over) == ([], [], 0)


def wide(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def follow_the_evidence(page: Page) -> None:
    """From what a search for "duong day nong" found to the marked number of a notice."""
    expect(page.locator("article").first.locator("mark").first).to_contain_text(
        "đường dây nóng", ignore_case=True
    )
    page.get_by_role("link", name="Công bố số điện thoại đường dây nóng").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Công bố số điện thoại")
    expect(page.locator("mark.phone").first).to_have_text("0252.3999.115")
    expect(page.locator("a[href='tel:02523999115']")).to_be_visible()
    page.locator("aside a[title='0252.3999.115']").click()
    assert "#s" in page.url


def search(page: Page, words: str) -> None:
    page.goto("/")
    page.get_by_role("searchbox").fill(words)
    page.get_by_role("searchbox").press("Enter")


def test_search_without_diacritics_leads_to_the_marked_evidence(page: Page) -> None:
    search(page, "duong day nong")
    follow_the_evidence(page)


def test_words_of_an_attached_table_lead_to_its_sheet_and_its_numbers(page: Page) -> None:
    search(page, "phuong phu trinh")
    expect(page.get_by_role("heading", name="Trong tệp đính kèm")).to_be_visible()
    expect(page.locator("li", has_text="Huyện").locator("mark")).to_have_text("Phường Phú Trinh")
    page.get_by_role("link", name="Danh sách kèm theo").click()
    expect(page.get_by_role("heading", level=2, name="Huyện")).to_be_visible()
    expect(page.locator("mark.phone")).to_have_text(["02523888202", "0913200203", "0986200204"])
    page.locator("p.meta a[href^='/notice/']").click()
    expect(page.locator("aside li", has_text="Danh sách kèm theo")).to_contain_text("Excel")
    page.locator("aside a[title='0986200204']").click()
    assert "/file/" in page.url
    assert page.locator("mark:target").inner_text() == "0986200204"


def test_facets_narrow_combine_and_are_undone(page: Page) -> None:
    page.goto("/?q=covid")
    before = page.locator("article").count()
    page.locator("aside").get_by_role("link", name="Bình Thuận").click()
    expect(page.locator(".active a")).to_have_count(1)
    narrowed = page.locator("article").count()
    assert 0 < narrowed < before
    page.locator("aside").get_by_role("link", name="08/2021").click()
    expect(page.locator(".active a")).to_have_count(2)
    assert 0 < page.locator("article").count() < narrowed
    for _ in range(2):
        page.locator(".active a").first.click()
    expect(page.locator("article")).to_have_count(before)


def test_the_type_of_the_document_that_a_notice_announces_narrows(page: Page) -> None:
    page.goto("/")
    page.locator("aside").get_by_role("link", name="Quyết định", exact=True).click()
    expect(page.locator("article")).to_have_count(1)
    expect(page.locator(".active")).to_contain_text("Quyết định")
    page.locator("article a").first.click()
    expect(page.get_by_role("link", name="2244/QĐ-UBND").first).to_be_visible()
    page.goto("/?type=Quyết+định&lang=en")
    expect(page.locator("aside").get_by_role("link", name="Quyết định (decision)")).to_be_visible()


def test_a_document_number_in_any_spelling_leads_to_its_page_and_relations(page: Page) -> None:
    search(page, "2244 qd-ubnd")
    page.locator(".lead a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Quyết định 2244/QĐ-UBND")
    expect(page.get_by_text("Cơ quan ban hành: UBND Bình Thuận")).to_be_visible()
    expect(page.get_by_text("thay thế", exact=False).first).to_be_visible()
    page.get_by_role("link", name="1990/QĐ-UBND").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Quyết định 1990/QĐ-UBND")


def test_a_withdrawn_hotline_is_no_link_and_a_live_one_is(page: Page) -> None:
    page.goto("/hotlines")
    expect(page.locator("s", has_text="0967000111")).to_be_visible()
    assert page.locator("a[href='tel:0967000111']").count() == 0
    row = page.locator("tr", has=page.locator("s"))
    expect(row.get_by_role("cell").first).to_have_text("0967000111 (thôi dùng, thay bằng 0967000254)")
    expect(row.locator("a[href='tel:0967000254']")).to_be_visible()
    row.get_by_role("link", name="1", exact=True).click()
    expect(page.locator(".lead")).to_contain_text("0967000111 (thôi dùng, thay bằng 0967000254)")
    page.get_by_role("article").get_by_role("link").first.click()
    facts = page.get_by_role("complementary")
    expect(facts.locator("li", has=page.locator("s")).locator("a[href='tel:0967000254']")).to_be_visible()


def test_hotlines_are_found_by_owner_and_by_number(page: Page) -> None:
    page.goto("/hotlines")
    page.get_by_label("Đơn vị hoặc số").fill("tuy phong")
    page.get_by_role("button", name="Xem").click()
    owners = page.locator("tbody td:nth-child(2)")
    assert owners.count() > 0
    assert all("Tuy Phong" in owner for owner in owners.all_inner_texts())
    page.get_by_label("Đơn vị hoặc số").fill("0967 000 111")
    page.get_by_role("button", name="Xem").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("0967000111 (thôi dùng, thay bằng 0967000254)")
    page.get_by_label("Tỉnh").select_option("Bình Thuận")
    page.get_by_role("button", name="Xem").click()
    expect(page.locator("tbody")).to_have_text("Chưa có số nào.")


def test_the_hotlines_of_a_province_can_be_printed(page: Page) -> None:
    page.goto("/hotlines")
    page.get_by_label("Tỉnh").select_option("Bình Thuận")
    page.get_by_role("button", name="Xem").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đường dây nóng · Bình Thuận")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.locator("form")).to_be_hidden()
    expect(page.get_by_text("02523999115")).to_be_visible()
    expect(page.locator(".paper-only")).to_contain_text(f"{page.url} · ")
    assert re.search(r"\d\d/\d\d/20\d\d$", page.locator(".paper-only").inner_text())


def test_the_map_goes_from_month_to_month_and_from_63_provinces_to_34(page: Page) -> None:
    page.goto("/provinces")
    page.get_by_role("main").get_by_role("link", name="Bản đồ").click()
    expect(page.locator(".map a")).to_have_count(63)
    page.get_by_label("Tháng", exact=True).select_option("08/2021")
    page.get_by_role("button", name="Xem").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bản đồ · 08/2021")
    told = page.get_by_role("row", name="Bình Thuận").get_by_role("cell").inner_text()
    assert int(told) > 0
    expect(page.locator(".map").get_by_role("link", name=f"Bình Thuận: {told}")).to_be_visible()
    page.get_by_role("link", name="Gộp theo 34 tỉnh hiện nay").click()
    expect(page.locator(".map a")).to_have_count(34)
    expect(page.get_by_role("row", name="Lâm Đồng")).to_contain_text(f"Bình Thuận {told}")
    page.get_by_role("link", name="Tháng trước").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Bản đồ · 08/2021")
    expect(page.locator(".map a")).to_have_count(34)
    page.locator(".map").get_by_role("link", name="Lâm Đồng").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".active a")).to_contain_text(["Lâm Đồng", "07/2021"])


def test_the_map_s_slider_shows_what_the_page_of_its_month_says(page: Page) -> None:
    def told() -> list[object]:
        drawn = page.locator(".map a").evaluate_all(
            "links => links.map(a => [a.getAttribute('aria-label'), a.querySelector('path').getAttribute('class'),"
            " a.getAttribute('href'), a.querySelector('title').textContent]).sort()"
        )
        heads = [page.title(), page.locator("h1").inner_text(), page.locator("caption").inner_text()]
        ways = page.get_by_role("main").get_by_role("link").evaluate_all("all => all.map(a => a.href).sort()")
        return [
            drawn,
            page.locator(".counts tbody").inner_text(),
            ways,
            *heads,
            page.locator("#month").input_value(),
        ]

    for today in ("", "&today=1"):
        page.goto(f"/map?month=2021-08{today}")
        slider = page.get_by_role("slider", name="Kéo để đổi tháng")
        before = told()
        slider.focus()
        months = [page.locator("#month").input_value()]
        for key in ("ArrowRight", "ArrowLeft", "Home", "ArrowRight", "End"):
            page.keyboard.press(key)
            months.append(page.locator("#month").input_value())
            seen, address = told(), page.url
            assert f"month={months[-1]}" in address
            expect(slider).to_have_attribute("aria-valuetext", "/".join(reversed(months[-1].split("-"))))
            expect(page.locator("output")).to_have_text("/".join(reversed(months[-1].split("-"))))
            other = page.context.new_page()
            other.goto(address)
            page, kept = other, page
            assert told() == seen
            page = kept
            other.close()
            if key == "ArrowLeft":
                assert seen == before
        assert len(set(months)) >= 3


def test_without_scripts_the_map_has_its_months_to_choose(browser: Browser, sample_site: str) -> None:
    with browser.new_context(java_script_enabled=False, base_url=sample_site) as context:
        page = context.new_page()
        page.goto("/map")
        expect(page.get_by_role("slider")).to_have_count(0)
        page.get_by_label("Tháng", exact=True).select_option("08/2021")
        page.get_by_role("button", name="Xem").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Bản đồ · 08/2021")


def test_a_journalist_asks_a_ready_question_and_reads_the_notice(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Dữ liệu").click()
    page.get_by_role("link", name="Những số đường dây nóng nào đã thôi dùng?").click()
    expect(page.get_by_role("cell", name="0967000111")).to_be_visible()
    page.get_by_label("Tỉnh").select_option("Bà Rịa - Vũng Tàu")
    page.get_by_role("button", name="Chạy").click()
    page.locator("td.col-title a").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ngừng sử dụng")


def test_the_language_is_one_click_away_and_remembered(page: Page) -> None:
    page.goto("/?q=covid")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert "q=covid" in page.url
    page.goto("/hotlines")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hotlines")


@pytest.fixture(scope="session")
def every_page(sample_index: Path) -> list[str]:
    """One address of each kind of page over the sample index."""
    db = sqlite3.connect(sample_index)
    (notice,) = db.execute("select notice from phones group by notice order by count(*) desc").fetchone()
    (document,) = db.execute("select other from document_relations where other is not null").fetchone()
    (file,) = db.execute("select id from attachments where outcome = 'read'").fetchone()
    (capture,) = db.execute("select capture from witnesses where notice = ?", [notice]).fetchone()
    db.close()
    return ["/", f"/file/{file}", "/?q=phuong+phu+trinh", "/?q=duong+day+nong", "/?q=2244/QD-UBND", "/?q=zzzz", f"/notice/{notice}", f"/document/{document}",
            "/hotlines", "/provinces", "/map", "/map?today=1&month=2021-08", "/province/60", "/portal/soyte-mau", "/about", "/about/data", "/about/tables", "/timeline",
            "/timeline?province=B%C3%ACnh+Thu%E1%BA%ADn&topic=hotline", "/coverage", f"/notice/{notice}/versions", f"/notice/{notice}/cite", f"/capture/{capture}", "/notices/published-in-a-month?province=binh+thuan&month=8/2021", "/notices/what-replaced-what",
            "/coverage?province=B%C3%ACnh+Thu%E1%BA%ADn", "/status"]  # fmt: skip


def test_no_page_has_a_fault_that_axe_finds(page: Page, every_page: list[str]) -> None:
    for address in every_page:
        for lang in ("vi", "en"):
            page.goto(f"{address}{'&' if '?' in address else '?'}lang={lang}")
            page.evaluate(AXE.read_text())
            found = page.evaluate("axe.run()")
            assert len(found["passes"]) > 10
            faults = [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found["violations"]]
            assert (address, lang, faults) == (address, lang, [])
            assert wide(page) == 0, address


@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_wrong_with_a_portal_is_one_click_from_the_coverage(
    browser: Browser, watched_site: str, width: int
) -> None:
    with browser.new_context(viewport={"width": width, "height": 900}, base_url=watched_site) as context:
        page = context.new_page()
        for lang, link in (("vi", "Tình trạng các trang"), ("en", "How the portals are read")):
            page.goto(f"/coverage?lang={lang}")
            page.get_by_role("link", name=link).click()
            expect(page.get_by_role("heading", level=1)).to_have_text(link)
            expect(page.locator("tbody tr")).to_have_count(5)
            expect(page.locator("tbody tr").first).to_contain_text("--archive wayback soyte-chan")
            page.evaluate(AXE.read_text())
            assert page.evaluate("axe.run()")["violations"] == []
            assert wide(page) == 0
        page.get_by_role("link", name="Sở Y tế mat").click()
        page.get_by_role("link", name="State").click()
        assert page.url.endswith("/status#soyte-mat")


def test_a_keyboard_skips_to_the_content_and_sees_where_it_is(page: Page) -> None:
    page.goto("/?q=covid")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Đến nội dung")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#main$"))
    for _ in range(2):  # the box and its button follow
        page.keyboard.press("Tab")
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style == "solid"
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"


@pytest.mark.parametrize(
    "address",
    ["/notices", "/notices/notices?_search=duong+day+nong&_facet=province", "/notices?sql=select+1", "/notices/ledger",
     "/-/versions", "/notices/notices?_facet_array=topics", "/notices/who-cited-first?number=16/CT-TTg"],
)  # fmt: skip
def test_datasette_s_own_pages_work_under_the_policy(page: Page, address: str) -> None:
    assert page.goto(address).status == 200  # the fixture fails on a word in the console


@pytest.mark.parametrize("address", ["/", "/provinces", "/province/60", "/portal/soyte-mau", "/about"])
def test_each_page_has_one_heading_and_named_landmarks(page: Page, address: str) -> None:
    page.goto(address)
    assert page.locator("h1").count() == 1
    assert page.locator("main, nav[aria-label], header").count() == 3
    assert page.locator("input:not([type=hidden])").count() == page.locator("label[for]").count()
    assert page.locator("th:not([scope])").count() == 0
