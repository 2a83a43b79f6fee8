"""NukeViet: news, feeds and the laws module (the templates of the CMS; syt.binhdinh, syt.dongnai)."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.model import Listing, Post, View
from crawler.platforms import common

BASIS = "seen"
MARKS = (b'content="NukeViet', b"nv_base_siteurl")
PATHS: tuple[str, ...] = ()

# What stands before a name that may end in a number as well: topics, kinds of documents, pages.
_NOT_A_CATEGORY = frozenset(["topic", "groups", "tag", "cat", "area", "subject", "signer", "rss", "sitemap"])
_NUMBER = re.compile(r"[^/]*-(\d+)(?:\.html?)?$")
_SERVICE = re.compile(
    r"/(?:users|contact|search|seek|tag|statistics|voting|banners|comment|savefile|sendmail|rating)(?:/|$)"
)
_MARKUP = common.Markup(
    title=("h1[itemprop=headline]", "#news_detail h1", "#print h1", "h1.title"),
    body=("#news-bodyhtml", ".bodytext", "#bodytext"),
    stamp=("[itemprop=datePublished]", "span.h5", "#news_detail .time", "#print li"),
    summary=("[itemprop=description].hometext", ".hometext", "#hometext"),
    files=".news-download-file a",
)
fragment = common.no_fragment
read_data = common.no_data


def identify(url: str) -> tuple[str, View] | None:
    """Module with number, and view, of `/vi/news/<cat>/<alias>-<id>.html` or `/vi/laws/detail/<alias>-<id>/`.

    The number is the module's own, so the module is part of the identity; a category is not.
    """
    parts = urlsplit(url)
    path = re.sub(r"^/index\.php(?=/)|^/(?=vi/|en/)", "", parts.path)
    query = parse_qs(parts.query)
    if "nv" in query and "op" in query:
        path = f"/{query['nv'][0]}/{query['op'][0]}"
    segments = [s for s in path.split("/") if s and s not in ("vi", "en")]
    if len(segments) < 2 or _SERVICE.search(parts.path) or "download=1" in url:
        return None
    found = _NUMBER.fullmatch(segments[-1])
    if not found or segments[1] in _NOT_A_CATEGORY or re.fullmatch(r"page-\d+", segments[-1]):
        return None
    # Before version 4 an article's address had no .html, but always a category.
    if not (segments[-1].endswith((".html", ".htm")) or len(segments) > 2 or "nv" in query):
        return None
    return f"{segments[0]}-{found[1]}", common.view(url, is_print=segments[1] == "print")


def read_listing(tree: LexborHTMLParser, url: str) -> Listing:
    """Posts and documents of a page, its pager, its feeds and the categories of the menu."""
    return common.read_listing(tree, url, identify, _is_list, items=".panel-body, .table-rows")


def _is_list(link: str) -> bool:
    parts = urlsplit(link)
    return (
        not parts.query and parts.path.endswith("/") and not _SERVICE.search(parts.path) and "&" not in link
    )


def read_post(tree: LexborHTMLParser, url: str) -> Post | None:
    """The post of a page, or None: a document of the laws module is read by its fields."""
    return common.read_post(tree, url, identify(url), _MARKUP)
