"""VCCorp's CMS: `/<slug>-115241129123739455.htm` (links of chinhphu.vn; the detail page is untried)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.model import Listing, Post, View
from crawler.platforms import common

BASIS = "untried"
MARKS = (b"box-link-title", b'data-role="publishdate"')
PATHS: tuple[str, ...] = ()

_POST = re.compile(r"-(\d{15,20})\.html?$")
_LIST = re.compile(r"/(?:trang-\d+|[a-z0-9-]+)\.html?$|^/?$")
_MARKUP = common.Markup(
    title=("h1[data-role=title]", "h1.detail-title"),
    body=("[data-role=content]", ".detail-content"),
    stamp=("[data-role=publishdate]", ".detail-time", "meta[property='article:published_time']"),
    summary=("[data-role=sapo]", ".detail-sapo"),
)
fragment = common.no_fragment
read_data = common.no_data


def identify(url: str) -> tuple[str, View] | None:
    """The number at the end of a slug: the site's prefix and the moment of writing."""
    found = _POST.search(urlsplit(url).path)
    return (found[1], common.view(url)) if found else None


def read_listing(tree: LexborHTMLParser, url: str) -> Listing:
    """Posts of a page, its pager (`trang-N.htm`) and the sections of the menu."""
    return common.read_listing(tree, url, identify, _is_list, items=".box-category-item")


def _is_list(link: str) -> bool:
    parts = urlsplit(link)
    return not parts.query and bool(_LIST.search(parts.path))


def read_post(tree: LexborHTMLParser, url: str) -> Post | None:
    """The post of a page, or None where the address names none."""
    return common.read_post(tree, url, identify(url), _MARKUP)
