"""Liferay 6: asset publisher lists and posts (seen: sotttt.hanoi.gov.vn, capture of August 2022)."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.extract.dates import parse_stamp
from crawler.extract.normalise import normalise
from crawler.html import block_text
from crawler.model import Attachment, Listing, Post, PostLink, View
from crawler.urls import absolute, canonical, is_trap

_ASSET = re.compile(r"/-/view_content/(?:pop_up/)?(\d+)")
_SLUG = re.compile(r"/-/(?:asset_publisher/[^/]+/content/|details/\d+/)?([^/?]{12,})$")
_CUR = re.compile(r"(?:^|_)cur$")
_HEADLINE = b"asset-full-content-title"
_FILE = re.compile(r"/documents/|\.(?:pdf|docx?|xlsx?|zip|rar)(?:$|\?)", re.I)


def identify(url: str) -> tuple[str, View] | None:
    """Post id and view that a URL names (`…/-/view_content/3602824-…`), or None."""
    parts = urlsplit(url)
    found = _ASSET.search(parts.path) or _SLUG.search(parts.path)
    if not found or is_trap(url):
        return None
    language = "en" if re.match(r"/en(/|$)", parts.path) else "vi"
    is_print = "/pop_up/" in parts.path or "viewMode=print" in parts.query
    return found[1], View(canonical(url), language, is_print)


def read_listing(tree: LexborHTMLParser, url: str) -> Listing:
    """Posts of a page in order, its pager's pages and the sections of its navigation."""
    posts: dict[str, PostLink] = {}
    pages: dict[str, None] = {}
    for node in tree.css("a[href]"):
        link = absolute(url, node.attributes.get("href"))
        if not link or urlsplit(link).netloc != urlsplit(url).netloc:
            continue
        if found := identify(link):
            post_id, view = found
            posts.setdefault(view.url, PostLink(post_id, view, normalise(node.text())))
        elif pager := _list_page(link):
            pages.setdefault(pager)
    return Listing(tuple(posts.values()), tuple(pages))


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
    post_id, view = found
    title = tree.css_first("div.asset-full-content-title, h1.title-detail, h3.header-title")
    body = tree.css_first("div.journal-content-article, div.asset-content")
    if title is None and body is None:
        return None
    stamp = tree.css_first("div.assetPublishDate, .block_timer")
    when, clock = parse_stamp(_before_counter(stamp.text())) if stamp is not None else (None, None)
    summary = block_text(tree.css_first("div.sapo-wrapper p.sapo"))
    return Post(
        post_id,
        view,
        block_text(title).replace("\n", " "),
        summary,
        block_text(body),
        when,
        clock,
        _attachments(body, url),
    )


def _before_counter(stamp: str) -> str:
    # "Ngày đăng 09/09/2020 | 05:07 PM | View count: 842": the counter is no part of the stamp.
    return re.split(r"View count|Lượt xem", stamp, flags=re.I)[0].strip(" |\n\t\xa0")


def _attachments(body: object, url: str) -> tuple[Attachment, ...]:
    if body is None:
        return ()
    found = {}
    for node in body.css("a[href]"):  # type: ignore[attr-defined]  # a LexborNode
        link = absolute(url, node.attributes.get("href"))
        if link and _FILE.search(link):
            found[link] = Attachment(link, normalise(node.text()) or link.rsplit("/", 1)[-1])
    return tuple(found.values())
