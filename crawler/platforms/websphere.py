"""IBM WebSphere Portal: `/wps/portal/…/<uuid>/!ut/p/<state>/` (camau, angiang; text by structure)."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.model import Listing, Post, PostLink, View
from crawler.platforms import common, generic
from crawler.urls import canonical, stateless

BASIS = "untried"
MARKS = (b'"/wps/portal', b"wpsPortlet")
PATHS = ("/wps/portal", "/wps/wcm/")

_UUID = re.compile(r"/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:/|$)", re.I)
_LIST = re.compile(r"/wps/(?:my)?portal/", re.I)
fragment = common.no_fragment
read_data = common.no_data


def identify(url: str) -> tuple[str, View] | None:
    """The content's own id in the path, or the WCM path that a query names; None for a section."""
    plain = stateless(url)
    if found := _UUID.search(urlsplit(plain).path):
        return found[1].lower(), View(canonical(plain))
    query = parse_qs(urlsplit(url).query)
    for key in ("WCM_GLOBAL_CONTEXT", "urile"):
        if key in query:
            # The state may be all that leads there: the address stays as printed.
            return query[key][0].removeprefix("wcm:path:").strip("/"), View(canonical(url))
    return None


def read_listing(tree: LexborHTMLParser, url: str) -> Listing:
    """Posts of a page and its sections, each once: addresses without their state."""
    found = common.read_listing(tree, url, identify, lambda link: bool(_LIST.search(link)))
    posts: dict[str, PostLink] = {}
    for link in found.posts:
        posts.setdefault(link.view.url, link)
    return Listing(tuple(posts.values()), tuple(dict.fromkeys(map(stateless, found.pages))))


def read_post(tree: LexborHTMLParser, url: str) -> Post | None:
    """The post of a page: its parts are found by structure."""
    return generic.read_named(tree, url, identify(url))
