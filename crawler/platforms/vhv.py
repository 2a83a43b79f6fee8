"""The "VHV" type: `-c216-1.html` lists, `/upload/<site>/<day>/` files (scrapers of hungyen and gialai)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.model import Listing, Post, View
from crawler.platforms import common
from crawler.urls import absolute

BASIS = "selectors"
MARKS = (  # its own uploads: a link to another portal's would be absolute
    # The letters come first, by which the pattern is found in a tenth of the time.
    re.compile(rb"/upload/(?<=[\"'(]/upload/)\d{5,}/20\d\d[01]\d[0-3]\d/"),
    b"article-title common-title",
    b"Article-Detail-default",
    b"page=Article.",
    b"news-detail-layout-type",
)
PATHS: tuple[str, ...] = ()

_LIST = re.compile(r"/[^/]+-c\d+-\d+\.html$")
_POST = re.compile(r"/([^/]*[a-z][^/]*)\.html$", re.I)
_SECTION = re.compile(r"(?:/[a-z0-9-]+){1,3}/?", re.I)
_PAGER = re.compile(r"(?:page(?:No)?=\d+)?", re.I)
_MARKUP = common.Markup(
    title=("h1.title-detail", "article.news-detail-layout-type-2 h1", ".article-detail h1", "h1"),
    body=(
        ".content-detail",
        ".article-content",
        ".common-content",
        ".new-detail-layout-type-2",
        ".article-detail .content",
    ),
    stamp=("time.post-date[datetime]", ".post-date", ".article-date"),
    summary=("article .brief", ".article-brief", ".common-brief"),
)
fragment = common.no_fragment
read_data = common.no_data


def identify(url: str) -> tuple[str, View] | None:
    """The slug; whether `-c2804` counts posts or categories is not known, so it stays in the identity.

    A print view (`?page=Article.Print.detail&id=…`) names its post by another id: it is no view.
    """
    parts = urlsplit(url)
    found = _POST.search(parts.path)
    return (
        (found[1], common.view(url)) if found and not parts.query and not _LIST.search(parts.path) else None
    )


def read_listing(tree: LexborHTMLParser, url: str) -> Listing:
    """Posts of a page, its pager and the sections of the menu."""
    found = common.read_listing(
        tree, url, identify, _is_list, items=".item, article.Article-News, .news-item"
    )
    # The pager's own links count whatever parameters they carry.
    pager = [absolute(url, a.attributes.get("href")) for a in tree.css(".wrapper-pagination a[href]")]
    following = [link for link in pager if link and common.same_site(link, url)]
    return Listing(found.posts, tuple(dict.fromkeys([*following, *found.pages])))


def _is_list(link: str) -> bool:
    parts = urlsplit(link)
    path = _LIST.search(parts.path) or _SECTION.fullmatch(parts.path)
    return bool(path and _PAGER.fullmatch(parts.query))


def read_post(tree: LexborHTMLParser, url: str) -> Post | None:
    """The post of a page, or None for a section (`/hoi-dong-nhan-dan.html` is one)."""
    return common.read_post(tree, url, identify(url), _MARKUP)
