"""The pages in a real browser, walked as an analyst, a journalist and a person with a phone would walk them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.skipif(
        not CHROMIUM.exists(), reason="Debian's chromium is not installed (.ci/run installs it)"
    ),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield started
        started.close()


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
    wide = opened.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    context.close()
    assert (strangers, complaints, wide) == ([], [], False)


def search(page: Page, words: str) -> None:
    page.goto("/")
    page.get_by_role("searchbox").fill(words)
    page.get_by_role("searchbox").press("Enter")


def test_search_without_diacritics_leads_to_the_marked_evidence(page: Page) -> None:
    search(page, "duong day nong")
    expect(page.locator("article").first.locator("mark").first).to_contain_text(
        "đường dây nóng", ignore_case=True
    )
    page.get_by_role("link", name="Công bố số điện thoại đường dây nóng").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Công bố số điện thoại")
    expect(page.locator("mark.phone").first).to_have_text("0252.3999.115")
    expect(page.locator("a[href='tel:02523999115']")).to_be_visible()
    page.locator("aside a[title='0252.3999.115']").click()
    assert "#s" in page.url


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


def test_a_document_number_in_any_spelling_leads_to_its_page_and_relations(page: Page) -> None:
    search(page, "2244 qd-ubnd")
    page.locator(".lead a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Quyết định 2244/QĐ-UBND")
    expect(page.get_by_text("UBND Bình Thuận")).to_be_visible()
    expect(page.get_by_text("thay thế", exact=False).first).to_be_visible()
    page.get_by_role("link", name="1990/QĐ-UBND").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Quyết định 1990/QĐ-UBND")


def test_a_withdrawn_hotline_is_no_link_and_a_live_one_is(page: Page) -> None:
    page.goto("/hotlines")
    expect(page.locator("s", has_text="0967000111")).to_be_visible()
    assert page.locator("a[href='tel:0967000111']").count() == 0
    expect(page.locator("a[href='tel:0967000254']")).to_be_visible()


def test_the_language_is_one_click_away_and_remembered(page: Page) -> None:
    page.goto("/?q=covid")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert "q=covid" in page.url
    page.goto("/hotlines")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hotlines")


@pytest.mark.parametrize("address", ["/", "/provinces", "/province/60", "/portal/soyte-mau", "/about"])
def test_each_page_has_one_heading_and_named_landmarks(page: Page, address: str) -> None:
    page.goto(address)
    assert page.locator("h1").count() == 1
    assert page.locator("main, nav[aria-label], header").count() == 3
    assert page.locator("input:not([type=hidden])").count() == page.locator("label[for]").count()
    assert page.locator("th:not([scope])").count() == 0
