"""DotNetNuke: `/tabid/255/post/3011/slug.aspx` (addresses of sovhttdl.hatinh; the text by structure)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.model import Listing, Post, View
from crawler.platforms import common, generic

BASIS = "untried"
MARKS = (b"DnnModule", b'id="dnn_')
PATHS = ("/tabid/",)

_POST = re.compile(
    r"/(?:post|articleid|articletype/articleview/articleid|id|newsid)/(\d+)(?:/|$)|-(\d+)(?:\.aspx)?$", re.I
)
_LIST = re.compile(r"\.aspx$|^/?$|^/[a-z0-9/-]+$", re.I)
_SERVICE = re.compile(r"/ctl/|login|register|/language/|terms\.aspx|privacy\.aspx|/DesktopModules/", re.I)
fragment = common.no_fragment
read_data = common.no_data


def identify(url: str) -> tuple[str, View] | None:
    """The number that a module's path names (`post/3011`), whatever tab it stands under."""
    parts = urlsplit(url)
    found = _POST.search(parts.path)
    if not found or _SERVICE.search(url):
        return None
    return next(filter(None, found.groups())), common.view(url, is_print="print" in parts.query.lower())


def read_listing(tree: LexborHTMLParser, url: str) -> Listing:
    """Posts of a page, its pager and the tabs of the menu."""
    return common.read_listing(tree, url, identify, _is_list, items=".post, .article")


def _is_list(link: str) -> bool:
    parts = urlsplit(link)
    return not parts.query and bool(_LIST.search(parts.path)) and not _SERVICE.search(link)


def read_post(tree: LexborHTMLParser, url: str) -> Post | None:
    """The post of a page: no module's markup is known, so its parts are found by structure."""
    return generic.read_named(tree, url, identify(url))
