"""The map of a month: as many areas as provinces, the same numbers as the table and the search."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from urllib.parse import quote

import pytest

from bench.site import fill
from crawler.health import PortalRun
from crawler.model import Outcome, Page, PageKind, PageRead, Portal
from crawler.provinces import PROVINCES
from db.schema import open_database
from db.site.app import build
from db.site.map import scale
from db.site.outlines import HEIGHT, WIDTH, outlines
from db.store import Store
from tests.test_site import get, put


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    path = tmp_path_factory.mktemp("map") / "a.db"
    fill(path, 2000)
    return build(path)


def test_every_province_is_drawn_where_it_lies():
    drawn = outlines()
    assert set(drawn) == {p.code for p in PROVINCES}

    def middle(slug):
        path = drawn[next(p.code for p in PROVINCES if p.slug == slug)]
        x, y = map(int, re.match(r"M(-?\d+) (-?\d+)", path).groups())
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT
        return x, y

    assert (
        middle("hagiang")[1] < middle("hanoi")[1] < middle("hue")[1] < middle("hcm")[1] < middle("camau")[1]
    )
    assert middle("kiengiang")[0] < middle("binhthuan")[0]
    # The archipelagos lie far out at sea, with the provinces that administer them.
    for slug in ("danang", "khanhhoa"):
        path = drawn[next(p.code for p in PROVINCES if p.slug == slug)]
        assert max(int(x) for x in re.findall(r"M(-?\d+)", path)) > 1100


def told(page):
    """The numbers of the drawing and of the table, by name."""
    drawing = page[page.index('class="map"') : page.index("</svg>")]
    drawn = re.findall(r'aria-label="([^"]+): ([\d.]+|chưa đọc)"', drawing)
    table = re.findall(
        r'<th scope="row"><a[^>]*>([^<]+)</a>.*?</th>\s*<td[^>]*><(?:a [^>]*hidden.*?<abbr|a)[^>]*>([\d.]+|\?)<',
        page,
    )
    return {name: count.replace("chưa đọc", "?") for name, count in drawn}, dict(table)


def test_map_table_and_search_tell_the_same_numbers(site):
    page = get(site, "/map?month=2021-07").text
    drawn, table = told(page)
    assert drawn == table
    assert len(drawn) == 63
    found = get(site, "/search.json?month=2021-07&province=" + quote("Lạng Sơn")).json()["notices"]
    assert int(table["Lạng Sơn"]) == len(found) > 0
    today, same = told(get(site, "/map?month=2021-07&today=1").text)
    assert today == same
    assert len(today) == 34
    for name in ("Lâm Đồng", "Huế"):
        members = [p.name for p in PROVINCES if p.name_2025 == name]
        assert int(today[name].replace("?", "0")) == sum(
            int(table[member].replace("?", "0")) for member in members
        )
    # What is grouped leads to its own: the province of today is another than the one of its name.
    page = get(site, "/map?month=2021-07&today=1").text
    drawing = page[page.index('class="map"') : page.index("</svg>")]
    address = "/?today=L%C3%A2m+%C4%90%E1%BB%93ng"
    assert f'<a href="{address}&amp;month=2021-07" aria-label="Lâm Đồng: ' in drawing
    assert f'<th scope="row"><a href="{address}">Lâm Đồng</a>' in page

    assert f'<a href="{address}&amp;month=2021-07">{today["Lâm Đồng"]}</a>' in page
    assert len(get(site, f"/search.json{address[1:]}&month=2021-07").json()["notices"]) == int(
        today["Lâm Đồng"]
    )


def test_a_month_that_is_none_shows_the_fullest(site):
    fullest = re.search(r"<h1>(.*?)</h1>", get(site, "/map").text)[1]
    for asked in ("2021-13", "1999-01", "x", "%00", "<script>alert(1)</script>"):
        page = get(site, f"/map?month={asked}").text
        assert f"<h1>{fullest}</h1>" in page
        assert "<script>" not in page


def test_the_shades_are_the_same_in_every_month(site):
    legends = {re.search(r'class="legend".*?</ul>', get(site, f"/map?month={m}").text, re.S)[0]
               for m in ("2020-05", "2021-07", "2022-01")}  # fmt: skip
    assert len(legends) == 1
    assert scale([]) == []
    assert scale([1, 1, 1]) == []
    assert scale([1, 2, 3, 4, 5]) == [2, 3, 4, 5]
    assert scale([1, 1, 1, 117, 1230]) == [117 // 10 * 10 + 10, 1200]


def test_an_index_without_notices_has_a_map_all_the_same(tmp_path):
    open_database(tmp_path / "a.db").conn.close()
    page = get(build(tmp_path / "a.db"), "/map")
    assert page.status_code == 200
    assert page.text.count('<path class="unread"') == 63
    assert "slider" not in page.text


def test_a_province_that_nobody_read_is_not_one_that_published_nothing(tmp_path):
    read = datetime(2021, 6, 9, tzinfo=UTC)
    names = ("Hà Nội", "Bình Thuận", "Đà Nẵng", "Lâm Đồng")
    portals = [Portal(f"p{n}", name, name, "health", f"http://p{n}.example/") for n, name in enumerate(names)]
    with Store(tmp_path / "a.db") as store:
        store.sync_registry(portals)
        store.start_run("crawl", read)
        for month in (4, 7):
            put(
                store,
                portals[0],
                f"{month}",
                f"Tin {month} Covid-19",
                "Tin về Covid-19.",
                date(2021, month, 1),
            )
        page = Page("http://p2.example/", 403, b"", read)
        store.add(PageRead(page, "p2", PageKind.LIST, problem=Outcome.BLOCKED, reason="403"))
        for portal, reason in zip(portals[:3], ("", "", "blocked"), strict=True):
            store.finish_portal(PortalRun(portal.id, reason=reason), read)
    site = build(tmp_path / "a.db")

    def classes(address):
        areas = re.findall(r'aria-label="([^"]+): ([^"]+)".*?<path class="(\w+)"', get(site, address).text)
        return {name: (told, shade) for name, told, shade in areas}

    april = classes("/map?month=2021-04")
    assert april["Hà Nội"] == ("1", "s1")
    assert april["Bình Thuận"] == ("0", "s0")
    assert april["Đà Nẵng"] == ("bị chặn", "unread")
    assert april["Lâm Đồng"] == ("chưa đọc", "unread")
    assert classes("/map?month=2021-07")["Bình Thuận"] == ("chưa đọc", "unread")
    assert classes("/map?month=2021-04&today=1")["Lâm Đồng"] == ("0", "s0")  # Bình Thuận is part of it
    page = get(site, "/map?month=2021-04").text
    assert re.search(r'chưa đọc hoặc bị chặn \(<a href="/coverage">', page)
