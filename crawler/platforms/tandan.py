"""Tân Dân's portal on SharePoint, `/portal/Pages/2021-8-5/….aspx` (classes: scrapers of dienbien)."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.model import Listing, Post, View
from crawler.platforms import common

BASIS = "selectors"
MARKS = (b"tandan-",)
PATHS = ("/portal/Pages/20",)

# The day in the path is the day of creation, without leading noughts; the slug ends in random letters.
_POST = re.compile(r"/portal/pages/(\d{4}-\d{1,2}-\d{1,2}/[^/]+)\.aspx$", re.I)
_LIST = re.compile(r"/portal/pages/[^/]+\.aspx$", re.I)
_PAGER = re.compile(r"(?:PageIndex=\d+)?", re.I)
_MARKUP = common.Markup(
    title=(".tandan-p-article-news-title",),
    # `<p class="tandan-p-article-main">` opens before the text's <div>, which closes it: it holds nothing.
    body=(".ms-rtestate-field", ".tandan-p-article-news-content", ".tandan-p-article-main"),
    stamp=(".tandan-span-date-publish",),
    summary=(".tandan-p-article-news-summary",),
    junk="#ctl00_PlaceHolderMain_ctl08_label, .td-tags, .tandan-div-article-other",
)
fragment = common.no_fragment
read_data = common.no_data


def identify(url: str) -> tuple[str, View] | None:
    """Day of creation and slug. A print view (`print.aspx?p=33406`) has another number: no view."""
    found = _POST.search(unquote(urlsplit(url).path))
    return (found[1].lower(), common.view(url)) if found else None


def read_listing(tree: LexborHTMLParser, url: str) -> Listing:
    """Posts of a page, its pager (`?PageIndex=N`) and the sections of the menu."""
    return common.read_listing(tree, url, identify, _is_list, items=".channel-news-item, .channel-news")


def _is_list(link: str) -> bool:
    parts = urlsplit(link)
    return bool(_LIST.search(parts.path) and _PAGER.fullmatch(parts.query))


def read_post(tree: LexborHTMLParser, url: str) -> Post | None:
    """The post of a page, or None where the address names none."""
    return common.read_post(tree, url, identify(url), _MARKUP)
