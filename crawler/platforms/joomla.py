"""Joomla: articles `<category>/<id>-<alias>` (the CMS's own templates; sotnmt.hanoi)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.model import Listing, Post, View
from crawler.platforms import common

BASIS = "untried"
MARKS = (b'content="Joomla!', b"/media/jui/js/")
PATHS = ("option=com_content",)

# Aliases lose accented letters (tin-t-c), so the number is all there is.
_POST = re.compile(r"/(\d+)-[^/]+?(?:\.html)?$")
_PLAIN = re.compile(r"[?&]view=article\b.*?[?&]id=(\d+)")
_LIST = re.compile(r"(?:(?:start|limitstart)=\d+)?")
_SERVICE = re.compile(r"/component/|/administrator|com_(?:users|mailto|search|finder)|format=", re.I)
_MARKUP = common.Markup(
    title=("[itemprop=headline]", ".item-page h1", ".item-page h2", "article h1"),
    body=("[itemprop=articleBody]", ".item-page"),
    stamp=("time[itemprop=datePublished]", ".published time", ".published", ".create"),
    junk=".icons, .article-info, .pagenav, .pager, .page-header",
)
fragment = common.no_fragment
read_data = common.no_data


def identify(url: str) -> tuple[str, View] | None:
    """The number before an article's alias; `?tmpl=component&print=1` is its print view."""
    parts = urlsplit(url)
    found = _POST.search(parts.path) or _PLAIN.search(url)
    if not found or _SERVICE.search(url):
        return None
    return found[1], common.view(url, is_print="print=1" in parts.query or "tmpl=component" in parts.query)


def read_listing(tree: LexborHTMLParser, url: str) -> Listing:
    """Posts of a page, its pager (`?start=N`) and the sections of the menu."""
    return common.read_listing(tree, url, identify, _is_list)


def _is_list(link: str) -> bool:
    return bool(_LIST.fullmatch(urlsplit(link).query)) and not _SERVICE.search(link)


def read_post(tree: LexborHTMLParser, url: str) -> Post | None:
    """The post of a page, or None where the address names none."""
    return common.read_post(tree, url, identify(url), _MARKUP)
