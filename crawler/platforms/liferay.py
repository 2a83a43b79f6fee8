"""Liferay: asset publishers of 6.2 and 7, VNPT's portlets (seen: sotttt.hanoi.gov.vn, August 2022)."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extract.dates import parse_stamp
from crawler.extract.normalise import normalise
from crawler.html import block_text, label_of
from crawler.model import Attachment, Listing, Post, PostLink, View
from crawler.platforms.common import attachments
from crawler.urls import absolute, canonical, is_trap

BASIS = "seen"
MARKS = (b"portlet-boundary", b"portlet-asset-publisher", b"Liferay.currentURL")
PATHS = ("p_p_id=",)

_ASSET = re.compile(r"/-/view_content/(?:pop_up/)?(\d+)")
# soyte.hanoi and quangngai (slug), bacninh (a number after it), quangtri (number and milliseconds).
_OTHER = re.compile(
    r"/-/(?:asset_publisher/[^/]+/content/(?:id/)?([^/]+)|view-article/\d+/(\d+)|(?:[\w-]+/)?details/\d+/[^/]*-(\d+)|([^/]{12,}))"
)
_ARTICLE = re.compile(r"[?&]_?[^=&]*articleId=(\d+)")
_CUR = re.compile(r"(?:^|_)cur$")
_HEADLINE = b"asset-full-content-title"
_FILE = re.compile(r"/documents/|\.(?:pdf|docx?|xlsx?|zip|rar)(?:$|\?)", re.I)
_LOAD_PAGE = re.compile(r"loadPageURL\s*[:=]\s*['\"]([^'\"]+)")
_PER_PAGE = re.compile(r"recordPerPage\s*[=:]\s*['\"]?(\d+)")


def identify(url: str) -> tuple[str, View] | None:
    """Post id and view that a URL names (`…/-/view_content/3602824-…`), or None."""
    parts = urlsplit(url)
    post_id = ""
    if found := _ASSET.search(parts.path) or _OTHER.search(parts.path) or _ARTICLE.search(url):
        post_id = next(filter(None, found.groups()))
    if not post_id or is_trap(url) or _FILE.search(parts.path):
        return None
    language = "en" if re.match(r"/en(/|$)", parts.path) else "vi"
    is_print = "/pop_up/" in parts.path or "viewMode=print" in parts.query
    return post_id, View(canonical(url), language, is_print)


def read_listing(tree: LexborHTMLParser, url: str) -> Listing:
    """Posts of a page in order, its pager's pages and the sections of its navigation."""
    posts: dict[str, PostLink] = {}
    pages: dict[str, None] = {}
    own = urlsplit(url).netloc
    for node in tree.css("a[href]"):
        link = absolute(url, node.attributes.get("href"))
        if not link:
            continue
        netloc, found, pager = _leads_to(link)
        if netloc != own:
            continue
        if found:
            post_id, view = found
            posts.setdefault(view.url, PostLink(post_id, view, label_of(node)))
        elif pager:
            pages.setdefault(pager)
    if loader := _loader(tree, url):
        pages.setdefault(loader)
    return Listing(tuple(posts.values()), tuple(pages))


# A portal's menus repeat the same addresses on every page.
@lru_cache(maxsize=16_384)
def _leads_to(link: str) -> tuple[str, tuple[str, View] | None, str | None]:
    """The host of an address, the post that it names, else the list page."""
    found = identify(link)
    return urlsplit(link).netloc, found, None if found else _list_page(link)


def _list_page(link: str) -> str | None:
    """A pager link, or the link of a section (no query), or None."""
    parts = urlsplit(link)
    if _FILE.search(parts.path) or "/c/portal/" in parts.path or is_trap(link):
        return None
    if "p_p_state=pop_up" in parts.query or "/-/" in parts.path:
        return None
    keys = [key for key, _ in parse_qsl(parts.query)]
    # Asked for as printed: the portal's cache answers only the pager's whole address.
    return link.partition("#")[0] if not keys or any(map(_CUR.search, keys)) else None


def _loader(tree: LexborHTMLParser, url: str) -> str | None:
    """The first page of a list that a VNPT portlet's script fetches as JSON (bacninh.gov.vn)."""
    for node in tree.css("script"):
        script = node.text()
        if found := _LOAD_PAGE.search(script):
            size = _PER_PAGE.search(script)
            query = {"pageNum": 1, "recordPerPage": size[1] if size else 20, "keyword": ""}
            return absolute(url, f"{found[1]}&{urlencode(query)}")
    return None


def read_data(data: object, url: str) -> Listing:
    """The posts of a VNPT portlet's JSON (`items`, `urlDetail`, `createdDate`), and its next page."""
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        return Listing()
    posts = []
    for item in data["items"]:
        link = _detail(item, url) if isinstance(item, dict) else None
        if link and (found := identify(link)):
            posts.append(
                PostLink(
                    *found,
                    normalise(str(item.get("title") or "")),
                    parse_stamp(str(item.get("createdDate")))[0],
                )
            )
    number = re.search(r"[?&]pageNum=(\d+)", url)
    if not number or int(number[1]) >= int(data.get("totalPageNum") or 0):
        return Listing(tuple(posts))
    following = f"{url[: number.start(1)]}{int(number[1]) + 1}{url[number.end(1) :]}"
    return Listing(tuple(posts), (following,))


def _detail(item: dict[str, object], url: str) -> str | None:
    """The address of an item of that JSON; one without `urlDetail` is shown by the list's portlet."""
    if item.get("urlDetail"):
        return absolute(url, str(item["urlDetail"]))
    portlet = dict(parse_qsl(urlsplit(url).query)).get("p_p_id")
    if not portlet or not item.get("id"):
        return None
    query = {"p_p_id": portlet, "p_p_lifecycle": 0, f"_{portlet}_articleId": item["id"]}
    return f"{url.partition('?')[0]}?{urlencode(query)}"


def fragment(body: bytes, url: str) -> bytes | None:
    """The bytes of a post page from its headline to the footer, or None where the markers do not stand once.

    A post is a fifth of its page (sotttt.hanoi.gov.vn): parsing the rest costs more than all that follows.
    """
    if body.count(_HEADLINE) != 1 or not identify(url):
        return None
    marker = body.index(_HEADLINE)
    footer = body.find(b'id="footer"', marker)
    return body[body.rfind(b"<", 0, marker) : body.rfind(b"<", 0, footer) if footer > 0 else None]


def read_post(tree: LexborHTMLParser, url: str) -> Post | None:
    """The post of a page, or None where the URL names none."""
    found = identify(url)
    if not found:
        return None
    title = tree.css_first(
        "div.asset-full-content-title, h1.title-detail, h3.header-title, .title-news h1"
        ", h1#titleDetail, h1#contentDetailTitleId"
    )
    content = tree.css_first("div.asset-content, div.journal-content-article, #contentDetail")
    if title is None or content is None:  # another theme's page: the reader falls back on its structure
        return None
    # The summary stands within the content, before the article (sotttt.hanoi.gov.vn): no part of the body.
    body = content.css_first("div.journal-content-article") or content
    for byline in body.css("p.view-content-author"):
        byline.decompose()  # "admin admin", or who typed the post: no part of what it says
    stamp = tree.css_first("div.assetPublishDate, .block_timer, .date_time, .date-detail")
    when, clock = parse_stamp(_before_counter(stamp.text())) if stamp is not None else (None, None)
    summary = block_text(tree.css_first("div.sapo-wrapper p.sapo, #leadDetail, #sapoDetailId"))
    return Post(
        *found,
        block_text(title).replace("\n", " "),
        summary,
        block_text(body),
        when,
        clock,
        _attachments(tree, content, url),
    )


def _before_counter(stamp: str) -> str:
    # "Ngày đăng 09/09/2020 | 05:07 PM | View count: 842": the counter is no part of the stamp.
    return re.split(r"View count|Lượt xem", stamp, flags=re.I)[0].strip(" |\n\t\xa0")


def _attachments(tree: LexborHTMLParser, body: LexborNode | None, url: str) -> tuple[Attachment, ...]:
    found = attachments(body, url, _FILE) | attachments(tree.css_first("div.attachment"), url, _FILE)
    return tuple(found.values())
