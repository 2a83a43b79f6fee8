"""The site over a crawled index: search, notice, document, hotlines, safety."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from crawler.extract.facts import extract
from crawler.model import Context, Listing, Page, PageKind, PageRead, Portal, Post, View
from crawler.reader import text_of
from db.site.app import build
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


def test_hotline_leads_and_notice_marks_its_evidence(site):
    assert 'href="tel:0888800248"' in get(site, "/?q=088.8800.248").text
    notice = get(site, "/notices/notices.json?_shape=array").json()[0]
    page = get(site, f"/notice/{notice['id']}").text
    assert ">6831/UBND-VP</mark>" in page
    document = get(site, "/notices/documents.json?_shape=array").json()[0]
    assert "Công bố" in get(site, f"/document/{document['id']}").text
    assert get(site, "/province/48").status_code == 200
    assert get(site, "/notice/1").status_code == 404


def test_a_search_can_be_taken_away_as_csv_json_and_atom(site):
    csv_file = get(site, "/search.csv?q=duong+day+nong")
    assert csv_file.text.startswith("\ufeffid,title,")
    assert "Công bố đường dây nóng" in csv_file.text
    found = get(site, "/search.json?q=duong+day+nong").json()
    assert [n["province"] for n in found["notices"]] == ["Đà Nẵng"]
    assert get(site, "/search.json?q=zzzz").json()["notices"] == []
    feed = get(site, "/search.atom?q=duong+day+nong")
    assert feed.headers["content-type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(feed.text)
    (title,) = root.findall("{*}entry/{*}title")
    assert title.text == TITLE
    assert root.find("{*}link").get("href").endswith("/search.atom?q=duong+day+nong")
