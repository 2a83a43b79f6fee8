"""Pages of words that are hard to show: without a blank, a megabyte long, against the direction of writing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from crawler.model import Portal
from db.store import Store
from tests.conftest import CHROMIUM, serving
from tests.test_pages import AXE, wide
from tests.test_publish import put

pytestmark = [
    pytest.mark.skipif(
        not CHROMIUM.exists(), reason="Debian's chromium is not installed (.ci/run installs it)"
    ),
    pytest.mark.xdist_group("browser"),
]
LONG = "Côngbốđườngdâynóng" * 20
HOTLINE = "Đường dây nóng phòng, chống dịch Covid-19: 0252.3999.115."


@pytest.fixture(scope="module")
def hard_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hard") / "a.db"
    portal = Portal("kho", LONG, "Bình Thuận", "health", f"http://kho.example/{'a' * 300}/")
    with Store(path) as store:
        store.sync_registry([portal])
        put(store, portal, "dai", f"{LONG} Covid-19", HOTLINE, date(2021, 7, 1))
        put(
            store,
            portal,
            "nguoc",
            "Covid-19 ngược",
            f"Trước \u202eđảo 0252.3999.116 sau. {HOTLINE}",
            date(2021, 7, 2),
        )
        put(store, portal, "lon", "Covid-19 lớn", f"{'dịch Covid-19 ' * 70_000}{HOTLINE}", date(2021, 7, 3))
        store.flush()
    return path


@pytest.fixture(scope="module")
def hard_site(hard_index: Path) -> Iterator[str]:
    with serving(hard_index) as address:
        yield address


@pytest.fixture(params=[1280, 390], ids=["desk", "phone"])
def page(browser: Browser, hard_site: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    size = {"width": request.param, "height": 900}
    with browser.new_context(viewport=size, base_url=hard_site) as context:
        yield context.new_page()


def numbers(index: Path, sql: str) -> list[int]:
    import sqlite3

    with sqlite3.connect(index) as db:
        return [row[0] for row in db.execute(sql)]


def test_no_page_is_wider_than_its_window(page: Page, hard_index: Path) -> None:
    (notice,) = numbers(hard_index, "select id from notices where post_id = 'dai'")
    (file,) = numbers(hard_index, f"select id from attachments where notice = {notice}")
    for address in (
        f"/notice/{notice}", f"/notice/{notice}/cite", f"/notice/{notice}/versions", f"/file/{file}", "/portal/kho",
        "/?q=covid", "/hotlines", "/province/60", "/coverage?province=B%C3%ACnh+Thu%E1%BA%ADn", "/status",
    ):  # fmt: skip
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert (address, wide(page)) == (address, 0)
        page.evaluate(AXE.read_text())
        assert (address, page.evaluate("axe.run()")["violations"]) == (address, [])


def test_states_are_told_in_vietnamese_and_english_reasons_are_marked(page: Page, hard_index: Path) -> None:
    (notice,) = numbers(hard_index, "select id from notices where post_id = 'dai'")
    page.goto(f"/notice/{notice}")
    facts = page.locator("aside")
    expect(facts).to_contain_text("bỏ qua (chưa tải về)")
    expect(facts).to_contain_text("đọc trực tiếp")
    page.goto(f"/notice/{notice}?lang=en")
    expect(facts).to_contain_text("skipped (not fetched)")


def test_no_sign_of_a_portal_turns_the_direction_of_what_follows(page: Page, hard_index: Path) -> None:
    (notice,) = numbers(hard_index, "select id from notices where post_id = 'nguoc'")
    assert numbers(hard_index, "select count(*) from versions where text like '%' || char(8238) || '%'") == [
        1
    ]
    for address in (f"/notice/{notice}", "/?q=covid+nguoc"):
        page.goto(address)
        words = page.locator("p", has_text="đảo").first
        assert "\u202e" not in page.content()
        assert words.evaluate(LEFT_TO_RIGHT)


#: Whether the letters of an element's last line go from left to right.
LEFT_TO_RIGHT = """(element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), places = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        for (let at = 0; at < node.length; at++) {
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            const box = range.getBoundingClientRect();
            if (box.width) places.push([Math.round(box.top), box.left]);
        }
    }
    return places.every(([top, left], n) => !n || places[n - 1][0] !== top || places[n - 1][1] <= left);
}"""


def test_the_facts_of_a_megabyte_are_near_and_lead_into_it(page: Page, hard_index: Path) -> None:
    (notice,) = numbers(hard_index, "select id from notices where post_id = 'lon'")
    page.goto(f"/notice/{notice}")
    assert page.evaluate("document.documentElement.scrollHeight") < 3_000
    page.locator("aside a[title='0252.3999.115']").click()
    expect(page.locator("mark:target").last).to_be_in_viewport()
    page.emulate_media(media="print")
    assert page.locator("section.text").evaluate("(text) => text.scrollHeight === text.clientHeight")


def test_facts_are_printed_and_filters_are_not(page: Page, hard_index: Path) -> None:
    (notice,) = numbers(hard_index, "select id from notices where post_id = 'dai'")
    page.emulate_media(media="print")
    page.goto(f"/notice/{notice}")
    expect(page.locator("aside a[href='tel:02523999115']")).to_be_visible()
    page.goto("/?q=covid")
    expect(page.locator("aside")).to_be_hidden()
