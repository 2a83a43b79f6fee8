"""Kentico on ASP.NET (seen: a copy of pages of dinhdoclap.gov.vn)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.model import Listing, Post, View
from crawler.platforms import common

BASIS = "seen"
MARKS = (b"CMSBreadCrumbsLink", b"ctl00_manPage", b"/CMSPages/GetResource")
PATHS: tuple[str, ...] = ()

_ASPX = re.compile(r"(/.+?)(?:\.aspx)?$", re.I)
_PAGER = re.compile(r"(?:page=\d+)?")
_SERVICE = re.compile(r"/CMSPages/|/getattachment/|/getmedia/|/getfile/|/SpecialPages/", re.I)
_MARKUP = common.Markup(
    title=(".article h1",), body=(".article time.ct_time + div", ".article .content"), stamp=("time.ct_time",)
)
fragment = common.no_fragment
read_data = common.no_data


def identify(url: str) -> tuple[str, View] | None:
    """The path in lower case; an address does not tell a post from a section, the page does."""
    parts = urlsplit(url)
    found = _ASPX.match(parts.path)
    if not found or parts.query or _SERVICE.search(parts.path) or found[1].count("/") < 2:
        return None
    return found[1].lower(), common.view(url)


def read_listing(tree: LexborHTMLParser, url: str) -> Listing:
    """Posts of a page, its pager (`?page=N`) and the sections of the menu."""
    return common.read_listing(tree, url, identify, _is_list, items=".news-item li")


def _is_list(link: str) -> bool:
    parts = urlsplit(link)
    return bool(_PAGER.fullmatch(parts.query)) and not _SERVICE.search(parts.path)


def read_post(tree: LexborHTMLParser, url: str) -> Post | None:
    """The post of a page, or None for a section."""
    return common.read_post(tree, url, identify(url), _MARKUP)
