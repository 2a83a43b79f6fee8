"""WordPress: its classes, feeds and REST interface (the CMS's own; ncovi.angiang, covid.vinhphuc)."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.extract.normalise import normalise
from crawler.model import Listing, Post, PostLink, View
from crawler.platforms import common
from crawler.platforms.common import stamp_of
from crawler.urls import absolute

BASIS = "untried"
# Links to another site's uploads make no WordPress of a page.
MARKS = (b"/wp-content/themes/", b"/wp-content/plugins/", b"/wp-includes/", b'content="WordPress')
PATHS = ("/wp-json/wp/v2/",)

_PLAIN = re.compile(r"[?&]p=(\d+)")
_NUMBERED = re.compile(r"/archives/(\d+)|^/(\d+)/?$")
_LIST = re.compile(r"/(?:category|chuyen-muc|tag|feed|author)/|/page/\d+/?$|^/?$")
_SERVICE = re.compile(r"/wp-(?:admin|login|content|includes|json)|/xmlrpc|/comments/|/feed/?.+/|/embed/?$")
_POST_ID = re.compile(r"\bpost-(\d+)\b")
_MARKUP = common.Markup(
    title=("h1.entry-title", ".entry-header h1", "article h1", "h1.post-title"),
    body=(".entry-content", ".post-content", ".td-post-content", "article .content"),
    stamp=(
        "time.entry-date",
        "time.published",
        "meta[property='article:published_time']",
        ".posted-on",
        ".entry-date",
    ),
    junk=".sharedaddy, .jp-relatedposts, .post-views, .yarpp-related",
)
fragment = common.no_fragment
_PER_PAGE = 50


def identify(url: str) -> tuple[str, View] | None:
    """The number of `?p=3123`, else the path of a pretty address, which may turn out to be a page's."""
    parts = urlsplit(url)
    if plain := _PLAIN.search(url):
        return plain[1], common.view(url)
    if parts.query or _LIST.search(parts.path) or _SERVICE.search(parts.path) or not parts.path.strip("/"):
        return None
    numbered = _NUMBERED.search(parts.path)
    post_id = next(filter(None, numbered.groups())) if numbered else parts.path.strip("/")
    return post_id, common.view(url)


def read_listing(tree: LexborHTMLParser, url: str) -> Listing:
    """Posts of a page, its pager, its feed, and the first page of the REST interface where it is offered."""
    found = common.read_listing(tree, url, identify, _is_list)
    pages = list(found.pages)
    if (offer := tree.css_first("link[rel='https://api.w.org/']")) is not None:
        root = absolute(url, offer.attributes.get("href")) or urljoin(url, "/wp-json/")
        if "?" not in root:
            pages.insert(0, f"{root}wp/v2/posts?per_page={_PER_PAGE}&_fields=link,title,date&page=1")
    return Listing(found.posts, tuple(pages))


def _is_list(link: str) -> bool:
    parts = urlsplit(link)
    if _SERVICE.search(parts.path):
        return False
    return (
        bool(_LIST.search(parts.path)) if not parts.query else set(parse_qs(parts.query)) <= {"cat", "paged"}
    )


def read_data(data: object, url: str) -> Listing:
    """Posts of a page of the REST interface, and its next page when this one was full."""
    if not isinstance(data, list):
        return Listing()
    posts = []
    for item in data:
        found = identify(str(item.get("link") or "")) if isinstance(item, dict) else None
        if found:
            title = item.get("title")
            printed = title.get("rendered", "") if isinstance(title, dict) else ""
            posts.append(
                PostLink(*found, normalise(html.unescape(printed)), stamp_of(str(item.get("date") or ""))[0])
            )
    number = re.search(r"[?&]page=(\d+)", url)
    if not number or len(data) < _PER_PAGE:
        return Listing(tuple(posts))
    return Listing(tuple(posts), (f"{url[: number.start(1)]}{int(number[1]) + 1}{url[number.end(1) :]}",))


def read_post(tree: LexborHTMLParser, url: str) -> Post | None:
    """The post of a page; the number in its article's class is its identity. A page (`type-page`) is none."""
    found = identify(url)
    article = tree.css_first("article[class*=post-], article[id^=post-], div[id^=post-]")
    if not found or article is None or tree.css_first("h1.page-title") is not None:
        return None
    marks = f"{article.attributes.get('class') or ''} {article.attributes.get('id') or ''}"
    if "type-page" in marks:
        return None
    number = _POST_ID.search(marks)
    return common.read_post(tree, url, (number[1] if number else found[0], found[1]), _MARKUP)
