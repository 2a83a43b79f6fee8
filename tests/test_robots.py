"""What search engines are told, read by a real robots.txt parser and an XML parser."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from protego import Protego

from bench.site import fill
from db.site import queries
from db.site.app import build
from tests.test_site import get


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    path = tmp_path_factory.mktemp("robots") / "a.db"
    fill(path, 1000)
    return build(path)


def test_pages_that_stay_are_welcome_and_tables_and_searches_are_not(site):
    text = get(site, "/robots.txt").text
    rules = Protego.parse(text)

    def allowed(path: str) -> bool:
        return rules.can_fetch("http://localhost" + path, "AnyBot/1.0")

    for path in ("/", "/notice/12", "/notice/12/versions", "/document/3", "/province/60", "/portal/soyte-brvt", "/map",
                 "/about/data", "/file/4", "/?lang=en", "/notice/12?lang=en", "/hotlines", "/static/site.css",
                 "/sitemap.xml", "/sitemap-notices-1-of-3.xml"):  # fmt: skip
        assert allowed(path), path
    for path in ("/notices", "/notices/", "/notices/texts", "/notices.json?sql=select+1", "/notices?sql=select+1",
                 "/notices/who-cited-first?number=1", "/-/versions", "/?q=covid", "/?province=x&month=2021-07",
                 "/?q=covid&lang=en", "/?lang=en&q=covid", "/search.csv", "/search.json?q=a", "/hotlines?after=1", "/map?month=2021-07",
                 "/capture/5", "/capture/5/page", "/notice/12/cite", "/notice/12/cite.bib", "/notice/12.json"):  # fmt: skip
        assert not allowed(path), path
    assert list(rules.sitemaps) == ["http://localhost/sitemap.xml"]


def addresses(site, path):
    root = ElementTree.fromstring(get(site, path).text)
    return root.tag.split("}")[1], [
        e.text.removeprefix("http://localhost") for e in root.iter() if e.tag.endswith("loc")
    ]


def test_a_small_index_is_one_sitemap_of_pages_that_are_there(site):
    kind, found = addresses(site, "/sitemap.xml")
    assert kind == "urlset"
    assert len(found) == len(set(found))
    rows = get(site, "/notices.json?_shape=array&sql=select+count(*)+as+n+from+notices").json()
    assert sum(a.startswith("/notice/") for a in found) == rows[0]["n"] == 1000
    rules = Protego.parse(get(site, "/robots.txt").text)
    for one in {re.sub(r"\d+$|[\w-]+$", "", a): a for a in found}.values():
        assert get(site, one).status_code == 200, one
    assert all(rules.can_fetch("http://localhost" + a, "AnyBot/1.0") for a in found)
    first = ElementTree.fromstring(get(site, "/sitemap.xml").text).find(".//{*}lastmod")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", first.text)


def test_files_and_the_state_of_portals_are_in_the_sitemap(sample_index):
    sample = build(sample_index)
    _, found = addresses(sample, "/sitemap.xml")
    assert "/status" in found
    files = [address for address in found if address.startswith("/file/")]
    assert files
    assert all(get(sample, address).status_code == 200 for address in files)
    assert addresses(sample, "/sitemap-files-1-of-1.xml")[1] == files


def test_a_large_index_is_a_list_of_parts_that_hold_each_page_once(site, monkeypatch):
    _, whole = addresses(site, "/sitemap.xml")
    monkeypatch.setattr(queries, "SITEMAP_MOST", 500)
    monkeypatch.setattr(queries, "SITEMAP_PART", 100)
    kind, parts = addresses(site, "/sitemap.xml")
    assert kind == "sitemapindex"
    assert len(parts) > 10
    found = []
    for part in parts:
        kind, held = addresses(site, part)
        assert kind == "urlset"
        assert 0 < len(held) <= 500
        found += held
    assert sorted(found) == sorted(whole)


@pytest.mark.parametrize("part", ["notices-0-of-3", "notices-4-of-3", "notices-1-of-0", "texts-1-of-1"])
def test_a_part_that_is_none_is_not_there(site, part):
    assert get(site, f"/sitemap-{part}.xml").status_code == 404
