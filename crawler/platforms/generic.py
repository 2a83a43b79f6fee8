"""A portal whose platform nobody described: lists, posts, stamp and main text by structure alone."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from bs4.element import Tag
from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extract.dates import parse_stamp
from crawler.extract.normalise import normalise
from crawler.html import block_text
from crawler.model import Attachment, Listing, Post, PostLink, View
from crawler.urls import absolute, canonical, is_trap

_POST = re.compile(
    r"[-/_](\d{3,})(?:[-.][^/]*)?$|\.(?:html?|aspx)$|/\d{4}/\d{1,2}/|[?&](?:id|p|ItemID|news_id"
    r"|id_news)=\d+|/[a-z0-9]+(?:-[a-z0-9]+){4,}/?$",
    re.I,
)
_FILE = re.compile(r"\.(pdf|docx?|xlsx?|zip|rar|jpe?g|png|gif|mp[34])(?:$|\?)", re.I)
_PRINT = re.compile(r"[?&](?:print|in)=|/print/|viewMode=print|/pop_up/", re.I)
_PAGE = re.compile(r"[?&](?:page|trang|p|PageIndex|_?cur|pageNum)=\d+|/(?:page|trang)[-/]\d+", re.I)
_CALENDAR = re.compile(r"calendar|lich|[?&](?:date|ngay|month|thang|year)=", re.I)
_STAMP = re.compile(
    r"(?:\d{1,2}:\d{2}(?::\d{2})?[^\d\n]{0,12})?\d{1,2}[/.-]\d{1,2}[/.-](?:19"
    r"|20)\d\d(?:[^\d\n]{0,12}\d{1,2}:\d{2}(?::\d{2})?\s*(?:AM|PM|SA|CH)?)?",
    re.I,
)
_CHROME = (
    "nav, header, footer, aside, script, style, form, .sidebar, .menu, .footer, .breadcrumb, .related"
    ", .pagination"
)


def read_listing(tree: LexborHTMLParser, url: str) -> Listing:
    """Links with headlines are posts, pagers and short links of navigation are list pages."""
    posts: dict[str, PostLink] = {}
    pages: dict[str, None] = {}
    for node in tree.css("a[href]"):
        link = absolute(url, node.attributes.get("href"))
        if not link or urlsplit(link).netloc != urlsplit(url).netloc or _FILE.search(link) or is_trap(link):
            continue
        link, label = canonical(link), normalise(node.text())
        if _CALENDAR.search(link):
            continue
        if _PAGE.search(link):
            pages.setdefault(link)
        elif _POST.search(link) and not _PRINT.search(link) and len(label) >= 20:
            posts.setdefault(link, PostLink(link, View(link, _language(link)), label))
        elif 2 <= len(label) < 40 and not _PRINT.search(link) and not _POST.search(link):
            pages.setdefault(link)
    return Listing(tuple(posts.values()), tuple(pages))


def _language(url: str) -> str:
    return "en" if re.match(r"/en(/|$)", urlsplit(url).path) else "vi"


def fragment(body: bytes, url: str) -> bytes | None:
    """None: an unknown portal has no markers to cut by."""
    return None


def read_post(tree: LexborHTMLParser, url: str) -> Post | None:
    """The post of a page with one headline and a text of its own, or None for a list page."""
    link = _canonical_link(tree, url)
    if not _POST.search(link) or _PAGE.search(url):
        return None
    title = _title(tree)
    if not title:
        return None
    body, files = _body(tree, title, url)
    when, clock = _stamp(tree, title)
    view = View(canonical(url), _language(url), bool(_PRINT.search(url)))
    return Post(link, view, title, "", body, when, clock, files)


def _canonical_link(tree: LexborHTMLParser, url: str) -> str:
    node = tree.css_first("link[rel=canonical]")
    link = absolute(url, node.attributes.get("href")) if node is not None else None
    return re.sub(r"[?&](?:print|in)=\w+", "", canonical(link or url))


def _title(tree: LexborHTMLParser) -> str:
    # The page's own headline: the heading that <title> begins with, else the longest of the top headings.
    node = tree.css_first("title")
    browser = normalise(node.text()) if node is not None else ""
    headings = [normalise(n.text()) for n in tree.css("h1, h2, h3, .title, .tieude, [class*=title]")]
    headings = [h for h in headings if 12 <= len(h) <= 300]
    named = [h for h in headings if browser and (browser.startswith(h) or h.startswith(browser))]
    if named:
        return max(named, key=len)
    top = [normalise(n.text()) for n in tree.css("h1")]
    return max((h for h in top if len(h) >= 12), key=len, default=headings[0] if headings else "")


def _body(tree: LexborHTMLParser, title: str, url: str) -> tuple[str, tuple[Attachment, ...]]:
    """The densest block: most text of paragraphs, least text of links, read by BeautifulSoup's patience."""
    best, best_score = None, 0.0
    for node in tree.css("div, article, section, td, main"):
        score = _density(node)
        if score > best_score:
            best, best_score = node, score
    text = ""
    files: tuple[Attachment, ...] = ()
    if best is not None:
        soup = BeautifulSoup(best.html or "", "lxml")
        for chrome in soup.select(_CHROME):
            chrome.decompose()
        files = _files(soup, url)
        text = block_text(LexborHTMLParser(str(soup)).body)
    if len(text) < 200 and not files:
        text = _by_trafilatura(tree) or text
    lines = [line for line in text.split("\n") if line != title and not _STAMP.fullmatch(line)]
    return "\n".join(lines).strip(), files


def _density(node: LexborNode) -> float:
    own = linked = 0
    child = node.child
    while child is not None:
        if child.tag in ("p", "ul", "ol", "table", "-text", "blockquote", "span", "h3", "h4"):
            own += (
                len(child.text(strip=True))
                if child.tag != "-text"
                else len((child.text_content or "").strip())
            )
            if child.tag != "-text":
                linked += sum(len(a.text(strip=True)) for a in child.css("a"))
        child = child.next
    return own - 2.0 * linked


def _files(soup: BeautifulSoup, url: str) -> tuple[Attachment, ...]:
    found = {}
    for node in soup.find_all("a", href=True):
        link = absolute(url, str(node["href"])) if isinstance(node, Tag) else None
        if link and re.search(r"\.(pdf|docx?|xlsx?|zip|rar)(?:$|\?)", link, re.I):
            found[link] = Attachment(link, normalise(node.get_text()) or link.rsplit("/", 1)[-1])
    return tuple(found.values())


def _by_trafilatura(tree: LexborHTMLParser) -> str:
    import trafilatura  # 0.3 s to import: only for pages that structure alone does not open

    text = trafilatura.extract(tree.html or "", include_comments=False)
    return normalise(text) if isinstance(text, str) else ""


def _stamp(tree: LexborHTMLParser, title: str) -> tuple[date | None, str | None]:
    page = block_text(tree.body)
    at = page.find(title, page.find(title) + 1 if page.count(title) > 1 and page.find(title) < 200 else 0)
    window = page[max(0, at) : max(0, at) + len(title) + 300] if at >= 0 else page[:600]
    match = _STAMP.search(window)
    return parse_stamp(match[0]) if match else (None, None)
