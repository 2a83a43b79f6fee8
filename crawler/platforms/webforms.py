"""ASP.NET WebForms whose pager posts the form back (a scraper of khanhhoa.gov.vn; addresses by structure)."""

from __future__ import annotations

from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser

from crawler.model import Listing, Post
from crawler.platforms import common, generic

BASIS = "selectors"
MARKS = (b"chitietbaiviet", b'id="datearticle"', b'id="ogdescription"')
PATHS: tuple[str, ...] = ()

_MARKUP = common.Markup(
    title=(".title-article", "h1"),
    body=(".chitietbaiviet", ".tinmoii", ".detail-content", "#box_t"),
    stamp=("#datearticle", ".detail-time", ".ngaythang"),
    summary=(".sapo",),
)
identify = generic.identify
fragment = common.no_fragment
read_data = common.no_data


def read_listing(tree: LexborHTMLParser, url: str) -> Listing:
    """Posts and sections by structure, and the next page of the pager as a form."""
    listing = generic.read_listing(tree, url)
    forms = common.next_postback(tree, url)
    return replace(listing, pages=(*forms, *listing.pages), forms=forms)


def read_post(tree: LexborHTMLParser, url: str) -> Post | None:
    """The post of a page, or None where the address looks like no post's."""
    return common.read_post(tree, url, identify(url), _MARKUP)
