"""No page, however broken, makes a platform raise: what cannot be read is no post and no link."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler import platforms
from crawler.model import Page, PageRead, Portal
from crawler.platforms.common import stamp_of
from crawler.reader import read_page

#: Addresses that each platform takes for its own: posts, lists, interfaces.
URLS = [
    "http://p.example/tin/-/view_content/3602824-bai.html", "http://p.example/?p=3123", "http://p.example/a/1204-b",
    "http://p.example/vi/news/a/bai-12.html", "http://p.example/portal/Pages/2021-8-5/bai.aspx", "http://p.example/a/bai-c2804.html",
    "http://p.example/wps/portal/x/131a2c47-a6e7-4e2b-9605-b45903598728/", "http://p.example/x?ItemID=5&l=Tin", "http://p.example/a/b.aspx",
    "http://p.example/LoadArticle#article_category_id=x&last=y&page=2", "http://p.example/QUERYDATA#UrlList=/a&start=0&length=3",
    "http://p.example/x?pageNum=1", "http://p.example/wp-json/wp/v2/posts?page=1", "http://p.example/",
]  # fmt: skip
PIECES = [
    "<div class=asset-full-content-title>", "<h1>", "<h1 class=title-detail>", "<h1 itemprop=headline>", "<a href='http://['>", "<a href=/x-12345.html>",
    "<a href=\"javascript:__doPostBack('a','Page$2')\">2</a>", "<table><tr><td>Số ký hiệu</td><td>1/KH</td></tr>", "<td>Trích yếu</td><td>x", "<time datetime=2021-99-99T99:99:99+07:00>",
    "<div id=news-bodyhtml>", "<div class=ArticleContent>", "<script>var maxPage = parseInt(99); article_category_id: 1, LoadArticle</script>", "</div>", "</table>",
    "<div class=entry-content>", "<article class=post-5>", "12/07/2021 08:15", "Thông báo khẩn số 12 về phòng, chống dịch Covid-19", "<p>", "&#x110000;", "<iframe src='?file=http://['>",
    "<input type=hidden name=a>", "<script>loadPageURL='http://['</script>", "<link rel=canonical href='//['>",
]  # fmt: skip
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(["", "x", "http://[", "/x-12345.html", "<a href='http://['>"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "d",
                    "data",
                    "items",
                    "ID",
                    "link",
                    "title",
                    "date",
                    "urlDetail",
                    "createdDate",
                    "totalPageNum",
                    "rendered",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
each_platform = pytest.mark.parametrize("name", platforms.names())


def read(name: str, url: str, body: str, content_type: str) -> PageRead:
    return read_page(
        Page(url, 200, body.encode("utf-8", "replace"), datetime.now(UTC), content_type),
        Portal("p", "P", "Hà Nội", "other", "http://p.example/", name),
    )


@each_platform
@settings(max_examples=25, deadline=None)
@given(st.sampled_from(URLS), st.lists(st.sampled_from(PIECES), max_size=14))
def test_html(name: str, url: str, pieces: list[str]) -> None:
    found = read(name, url, "<html>" + "".join(pieces), "text/html")
    assert all(link.view.url.startswith("http") for link in found.listing.posts)


@each_platform
@settings(max_examples=25, deadline=None)
@given(st.sampled_from(URLS), JSON)
def test_json(name: str, url: str, data: object) -> None:
    read(name, url, json.dumps(data), "application/json")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(URLS),
    st.sampled_from(["rss", "feed", "urlset", "sitemapindex"]),
    st.lists(
        st.sampled_from(
            [
                "<rss>",
                "<item>",
                "<link>http://[</link>",
                "<link>/x-12345.html</link>",
                "<pubDate>x</pubDate>",
                "<pubDate/>",
                "</item>",
                "<urlset>",
                "<loc>http://[</loc>",
                "<loc>x</loc>",
                "<title>&x;</title>",
            ]
        ),
        max_size=8,
    ),
)
def test_feeds(url: str, root: str, pieces: list[str]) -> None:
    read("generic", url, f"<?xml version='1.0'?><{root}>" + "".join(pieces), "text/xml")


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="0123456789/-.:T+ |ZAPM", max_size=30))
def test_stamps(printed: str) -> None:
    stamp_of(printed)


@pytest.mark.parametrize("name", ["generic", "liferay", "sharepoint", "wordpress"])
@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 4000 + "<h1>Thông báo khẩn số 12 về phòng, chống dịch</h1>" + "<p>x</p>" * 4000,
        "<h1>Thông báo khẩn số 12 về phòng, chống dịch</h1>12/07/2021"
        + "<div><a href=/tin/bai-12345.html>Thông báo khẩn số 13 về chống dịch</a>" * 2000,
        "<table><tr><td>" * 1000 + "Số ký hiệu</td><td>Trích yếu</td></tr>",
        "<h2>Thông báo khẩn số 12 về phòng, chống dịch</h2>12/07/2021<br>" * 2000,
    ],
    ids=["deep", "deep with links", "tables in tables", "headlines"],
)
def test_hostile_pages_take_no_more_than_seconds(name: str, html: str) -> None:
    began = time.process_time()
    for url in (URLS[0], URLS[3], "http://p.example/tin/bai-33871.html"):
        read(name, url, html, "text/html")
    assert time.process_time() - began < 5
