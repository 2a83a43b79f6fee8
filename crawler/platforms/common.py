"""What platform modules share: a post's parts by selectors, the links of a list page, stamps, attachments."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from urllib.parse import unquote, urlencode, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extract.dates import parse_stamp
from crawler.extract.normalise import normalise
from crawler.html import block_text, label_of
from crawler.model import Attachment, Form, Listing, Post, PostLink, View
from crawler.urls import absolute, canonical, host, is_trap

#: Post id and view that an address names, or None for the address of no post.
Identify = Callable[[str], tuple[str, View] | None]

VIETNAM = timezone(timedelta(hours=7))
#: The address of a file, by its ending (a picture that is linked to is a scan, mostly), or as that of what
#: gives files without naming them: Liferay's library, Kentico, Joomla, WordPress, DotNetNuke, other scripts.
FILE = re.compile(
    r"\.(?:pdf|doc[xm]?|xls[xmb]?|ods|rtf|pptx?|zip|rar|7z|jpe?g|png|tiff?)(?:\.aspx)?(?:$|[?&])"
    r"|/documents/\d+/\d+/|/get(?:attachment|media)/[\da-f-]{36}/|[?&](?:task=doc_download|wpdmdl=\d)"
    r"|/(?:link-?click|get_?file|\w{0,30}down-?load\w{0,30}|tai-?(?:ve|file|tep)\w{0,30})"
    r"(?:\.(?:as[hp]x|axd|php|jsp|do))?\?[^#=]{1,100}=",
    re.I,
)
_NAMED_FILE = re.compile(r"\S\.(?:pdf|docx?|xlsx?|rtf|zip|rar)\s*(?:\(\s*[\d.,]+\s*[KM]B\s*\))?$", re.I)
#: What a viewer shows: pdf.js, Google's, Microsoft's.
_SHOWN = re.compile(r"[?&](?:file|url|src)=([^&#]+)")
_VIEWER = re.compile(r"/[^/?]*view[^/?]*\?|/op/embed\.aspx\?", re.I)
_MEDIA = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|mp[34]|css|js|ico|xml\.gz)(?:$|\?)", re.I)
_DAY = re.compile(r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d\d(?!\d)")
_ZONED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)")
_COUNTER = re.compile(r"View count|Lượt xem|Đã xem|Đọc bài|Xem\s*:|lượt (?:xem|đọc)", re.I)
_POSTBACK = re.compile(r"__doPostBack\(\s*['\"]([^'\"]+)['\"]\s*,\s*['\"]([^'\"]*)['\"]")
_PAGE_IN_FRAGMENT = re.compile(r"(?:^|&)page=(\d+)")


@dataclass(frozen=True, slots=True)
class Markup:
    """Where a family prints the parts of a post: CSS selectors, the most trusted first.

    `files` are links to attachments outside the body, `junk` what stands in the body but is no part of it.
    """

    title: tuple[str, ...]
    body: tuple[str, ...]
    stamp: tuple[str, ...] = ()
    summary: tuple[str, ...] = ()
    files: str = ""
    junk: str = ""


def first(tree: LexborHTMLParser, selectors: tuple[str, ...], *, filled: bool = False) -> LexborNode | None:
    """The first node of the first selector that finds one; `filled`: one with a text, where there is any."""
    empty = None
    for selector in selectors:
        for node in tree.css(selector):
            if not filled or node.text(strip=True):
                return node
            empty = empty or node
    return empty


def read_post(
    tree: LexborHTMLParser, url: str, found: tuple[str, View] | None, markup: Markup
) -> Post | None:
    """The post of a page by its family's markup, or None where the address or the page holds none."""
    if not found:
        return None
    title, body = first(tree, markup.title), first(tree, markup.body, filled=True)
    if title is None or (body is None and not markup.files):
        return None
    headline = block_text(title).replace("\n", " ")
    when, clock = stamp_in(tree, markup.stamp)
    if markup.junk and body is not None:
        for junk in body.css(markup.junk):
            junk.decompose()
    summary = block_text(first(tree, markup.summary)) if markup.summary else ""
    attached = attachments(body, url)
    for node in tree.css(markup.files) if markup.files else ():
        attached |= {file.url: file for file in _file(node, url)}
    return Post(*found, headline, summary, block_text(body), when, clock, tuple(attached.values()))


def stamp_in(tree: LexborHTMLParser, selectors: tuple[str, ...]) -> tuple[date | None, str | None]:
    """The posting stamp of the first selector whose node holds one."""
    for selector in selectors:
        for node in tree.css(selector):
            printed = node.attributes.get("datetime") or node.attributes.get("content") or node.text()
            when, clock = stamp_of(printed)
            if when:
                return when, clock
    return None, None


def stamp_of(printed: str) -> tuple[date | None, str | None]:
    """Day and `HH:MM` of a stamp in Vietnam; a zone is heeded, a counter after the stamp is not."""
    if zoned := _ZONED.search(printed):
        try:
            moment = datetime.fromisoformat(zoned[0]).astimezone(VIETNAM)
        except (ValueError, OverflowError):  # no day of any calendar
            return None, None
        return moment.date(), f"{moment:%H:%M}"
    return parse_stamp(_COUNTER.split(normalise(printed).replace("\n", " "))[0].strip(" |"))


def attachments(body: LexborNode | None, url: str, pattern: re.Pattern[str] = FILE) -> dict[str, Attachment]:
    """The files that a block links to, or shows in a viewer (`iframe src="…?file=…"`), by address."""
    found: dict[str, Attachment] = {}
    if body is None:
        return found
    for node in body.css("a[href], iframe[src], embed[src], object[data]"):
        for file in _file(node, url, pattern):
            found.setdefault(file.url, file)
    return found


def _file(node: LexborNode, url: str, pattern: re.Pattern[str] = FILE) -> Iterator[Attachment]:
    target = next((v for name in ("href", "src", "data") if (v := node.attributes.get(name))), "")
    link, label = _without_session(absolute(url, target)), label_of(node).replace("\n", " ")
    if link is None:
        return
    if shown := _shown(node, link):
        yield Attachment(shown, label or _last(shown))
        return
    # A script's address names no file, but its link does: `<a href="/xem.ashx?id=7">CV 12.pdf</a>`.
    named = (label, *(normalise(node.attributes.get(name) or "") for name in ("download", "title")))
    if pattern.search(link) or names_file(link) or any(map(_NAMED_FILE.search, named)):
        yield Attachment(link, next(filter(None, named), "") or _last(link))


# A portal's menus repeat the same addresses on every page.
@lru_cache(maxsize=16_384)
def names_file(link: str) -> bool:
    """Whether an address is a file's."""
    return FILE.search(link) is not None


def _shown(node: LexborNode, link: str) -> str | None:
    """The address of the file that a viewer shows; a script that gives a file by its name is none."""
    shown = _SHOWN.search(link)
    if not shown or (node.tag == "a" and not _VIEWER.search(link)):
        return None
    file = _without_session(absolute(link, unquote(shown[1])))
    return file if shown[0][1:].startswith("file=") or (file and names_file(file)) else None


def _without_session(link: str | None) -> str | None:
    return None if link is None else re.sub(r";jsessionid=[^/?]*", "", link.partition("#")[0], flags=re.I)


def _last(link: str) -> str:
    """The name in an address that has no other: its last part."""
    return unquote(urlsplit(link).path.rstrip("/").rsplit("/", 1)[-1]) or link


def read_listing(
    tree: LexborHTMLParser, url: str, identify: Identify, list_page: Callable[[str], bool], items: str = ""
) -> Listing:
    """The posts of a page in order, and those of its links that `list_page` takes for list pages.

    Posts may be linked under another of the portal's hosts: many have moved since the merger of provinces.
    `items` selects the rows of a list: the first day that a row prints dates its post.
    """
    days = _days(tree, url, items) if items else {}
    posts: dict[str, PostLink] = {}
    pages: dict[str, None] = {}
    for node in tree.css("a[href], link[rel=alternate][type$=xml]"):
        link = absolute(url, node.attributes.get("href"))
        if not link:
            continue
        found, is_list = _leads_to(link, identify, list_page)
        link = link.partition("#")[0]
        if found:
            # An image's link has its label in an attribute, and there VCCorp escapes twice ("tr&amp;#237;").
            label = label_of(node) or normalise(html.unescape(node.attributes.get("title") or ""))
            posts.setdefault(found[1].url, PostLink(*found, label, days.get(link)))
        elif is_list and same_site(link, url):
            pages.setdefault(link)
    return Listing(tuple(posts.values()), tuple(pages))


@lru_cache(maxsize=16_384)
def _leads_to(
    link: str, identify: Identify, list_page: Callable[[str], bool]
) -> tuple[tuple[str, View] | None, bool]:
    """The post that an address names, else whether it may be a list page's."""
    if is_trap(link) or names_file(link) or _MEDIA.search(link):
        return None, False
    link = link.partition("#")[0]
    found = identify(link)
    return found, not found and list_page(link)


def _days(tree: LexborHTMLParser, url: str, items: str) -> dict[str, date]:
    found: dict[str, date] = {}
    for row in tree.css(items):
        link = row.css_first("a[href]")
        day = _DAY.search(row.text(separator=" "))
        target = absolute(url, link.attributes.get("href")) if link is not None else None
        if target and day and (when := parse_stamp(day[0])[0]):
            found.setdefault(target.partition("#")[0], when)
    return found


def same_site(link: str, url: str) -> bool:
    """Whether two addresses have one host, with or without `www.`."""
    return host(link) == host(url)


def view(url: str, *, is_print: bool = False) -> View:
    """A view of a post; /en/ at the start of its path says English."""
    return View(canonical(url), "en" if re.match(r"/en(/|$)", urlsplit(url).path) else "vi", is_print)


def no_fragment(body: bytes, url: str) -> bytes | None:
    """None: the family's pages are small, or have no markers to cut by."""
    return None


def no_data(data: object, url: str) -> Listing:
    """Nothing: the family sends no JSON."""
    return Listing()


# -- paging by POST ----------------------------------------------------------------------------------


def page_number(url: str) -> int:
    """The number of a list page that was asked for with POST (`…#page=3`), 1 for any other."""
    found = _PAGE_IN_FRAGMENT.search(urlsplit(url).fragment)
    return int(found[1]) if found else 1


def next_postback(tree: LexborHTMLParser, url: str) -> dict[str, Form]:
    """The next page of a list whose pager posts its form back (ASP.NET WebForms), by its address `…#page=N`.

    Only the next: the numbers that a pager shows are a window, and belong to the state of this page.
    """
    number = page_number(url) + 1
    links = [(normalise(a.text()), a.attributes.get("href") or "") for a in tree.css("a[href*=__doPostBack]")]
    target = next((_POSTBACK.search(href) for label, href in links if label == str(number)), None)
    if target is None:
        return {}
    page = url.partition("#")[0]
    fields = {
        name: node.attributes.get("value") or ""
        for node in tree.css("input[type=hidden][name]")
        if (name := node.attributes.get("name"))
    }
    fields |= {"__EVENTTARGET": target[1], "__EVENTARGUMENT": target[2]}
    return {f"{page}#page={number}": Form(page, urlencode(fields))}
