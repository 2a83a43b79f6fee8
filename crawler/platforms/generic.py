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
from crawler.platforms.common import no_data, no_fragment
from crawler.urls import absolute, canonical, is_trap

BASIS = "structure alone"
MARKS: tuple[bytes, ...] = ()
PATHS: tuple[str, ...] = ()

_POST = re.compile(
    r"[-/_](\d{3,})(?:[-.][^/]*)?$|\.(?:html?|aspx|pvd)$|/\d{4}/\d{1,2}/|[?&](?:id|p|ItemID|news_id|id_news)=\d+"
    r"|/[a-z0-9]+(?:-[a-z0-9]+){4,}/?$",
    re.I,
)
# An address of words alone may be a section's as well (/phong-chong-dich-benh-covid-19).
_SLUG_ONLY = re.compile(r"/[a-z]+(?:-[a-z0-9]{1,7})+/?$", re.I)
_ID = re.compile(r"(?:^|[-_])(\d{5,})(?=[-_.]|$)")
_QUERY_ID = re.compile(r"[?&](id|p|ItemID|news_id|id_news)=(\d+)", re.I)
_FILE = re.compile(r"\.(pdf|docx?|xlsx?|zip|rar|jpe?g|png|gif|mp[34])(?:$|\?)", re.I)
_ATTACHED = re.compile(r"\.(?:pdf|docx?|xlsx?|zip|rar)(?:$|\?)", re.I)
_PRINT = re.compile(r"[?&](?:print|in)=|/print/|viewMode=print|/pop_up/", re.I)
_PAGE = re.compile(r"[?&][^=&]*(?:page|trang|pageindex|pagenum|cur|pg)=\d+|/(?:page|trang)[-/]\d+", re.I)
_PAGER_LABEL = re.compile(
    r"\d{1,3}|[»›>]{1,2}|(?:trang )?(?:tiếp|sau|kế)(?: theo)?|next|cuối|older posts?", re.I
)
_CALENDAR = re.compile(r"calendar|lich|[?&](?:date|ngay|month|thang|year)=", re.I)
_STAMP = re.compile(
    r"(?:\d{1,2}:\d{2}(?::\d{2})?[^\d\n]{0,12})?\d{1,2}[/.-]\d{1,2}[/.-](?:19"
    r"|20)\d\d(?:[^\d\n]{0,12}\d{1,2}:\d{2}(?::\d{2})?\s*(?:AM|PM|SA|CH)?)?",
    re.I,
)
fragment = no_fragment
read_data = no_data
_BLOCKS = "div, article, section, td, main"
_CHROME = (
    "nav, header, footer, aside, script, style, form, .sidebar, .menu, .footer, .breadcrumb, .related"
    ", .pagination"
)


def read_listing(tree: LexborHTMLParser, url: str) -> Listing:
    """Links with headlines are posts, pagers and short links of navigation are list pages.

    Links are kept as printed: caches answer only the whole address (sotttt.hanoi.gov.vn).
    """
    posts: dict[str, PostLink] = {}
    pages: dict[str, None] = {}
    for node in tree.css("a[href]"):
        link = absolute(url, node.attributes.get("href"))
        if not link or urlsplit(link).netloc != urlsplit(url).netloc or _FILE.search(link) or is_trap(link):
            continue
        link, label = link.partition("#")[0], normalise(node.text())
        if _CALENDAR.search(link):
            continue
        if _PAGE.search(link) or (_PAGER_LABEL.fullmatch(label) and not _ID.search(link)):
            pages.setdefault(link)
        elif _POST.search(link) and len(label) >= 20:
            view = View(link, _language(link), bool(_PRINT.search(link)))
            posts.setdefault(link, PostLink(_identity(link), view, label))
            if _SLUG_ONLY.search(link):
                pages.setdefault(link)
        elif 2 <= len(label) < 40 and not _PRINT.search(link) and not _POST.search(link):
            pages.setdefault(link)
    return Listing(tuple(posts.values()), tuple(pages))


def identify(url: str) -> tuple[str, View] | None:
    """Post id and view of an address that looks like a post's, or None."""
    if not _POST.search(url) or _PAGE.search(url) or _FILE.search(url) or is_trap(url):
        return None
    return _identity(url), View(url, _language(url), bool(_PRINT.search(url)))


def _identity(link: str) -> str:
    """What stays the same over a post's sections, languages and print views: its number, else its path."""
    parts = urlsplit(canonical(link))
    last = parts.path.rstrip("/").rsplit("/", 1)[-1]
    if number := _ID.search(last):
        return number[1]
    path = re.sub(r"^/(?:vi|en)(?=/)", "", parts.path)
    if found := _QUERY_ID.search(link):
        return f"{path}?{found[1].lower()}={found[2]}"
    return re.sub(r"[?&](?:print|in)=\w+", "", path + (f"?{parts.query}" if parts.query else ""))


def _language(url: str) -> str:
    return "en" if re.match(r"/en(/|$)", urlsplit(url).path) else "vi"


def read_post(tree: LexborHTMLParser, url: str) -> Post | None:
    """The post of a page with one headline and a text of its own, or None for a list page."""
    link = _canonical_link(tree, url)
    if not _POST.search(link) or _PAGE.search(url):
        return None
    title = _title(tree)
    if not title:
        return None
    when, clock = _stamp(tree, title)
    body, files = _body(tree, title, url)
    if _SLUG_ONLY.search(urlsplit(url).path) and (when is None or len(body) < 200):
        return None
    view = View(url.partition("#")[0], _language(url), bool(_PRINT.search(url)))
    return Post(_identity(link), view, title, "", body, when, clock, files)


def _canonical_link(tree: LexborHTMLParser, url: str) -> str:
    node = tree.css_first("link[rel=canonical]")
    link = absolute(url, node.attributes.get("href")) if node is not None else None
    # A canonical link to the home page is a template's mistake, no identity.
    return link if link and _POST.search(link) else url


def _title(tree: LexborHTMLParser) -> str:
    # The page's own headline: the heading that <title> begins with, else the longest of the top headings.
    node = tree.css_first("title")
    browser = normalise(node.text()) if node is not None else ""
    # A heading that leads elsewhere is a list's or a side bar's.
    nodes = [n for n in tree.css("h1, h2, h3, .title, .tieude, [class*=title]") if not _leads_away(n)]
    headings = [normalise(n.text()) for n in nodes]
    headings = [h for h in headings if 12 <= len(h) <= 300]
    named = [h for h in headings if browser and (browser.startswith(h) or h.startswith(browser))]
    if named:
        return max(named, key=len)
    top = [normalise(n.text()) for n in nodes if n.tag == "h1"]
    return max((h for h in top if len(h) >= 12), key=len, default=headings[0] if headings else "")


def _leads_away(node: LexborNode) -> bool:
    link = node.css_first("a[href]")
    parent = node.parent
    inside = parent is not None and parent.tag == "a"
    return inside or (link is not None and _POST.search(link.attributes.get("href") or "") is not None)


def _body(tree: LexborHTMLParser, title: str, url: str) -> tuple[str, tuple[Attachment, ...]]:
    """The densest block: most text of paragraphs, least text of links, read by BeautifulSoup's patience."""
    best = _main_block(tree, title)
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


def _main_block(tree: LexborHTMLParser, title: str) -> LexborNode | None:
    """The densest block near the headline, with the siblings that belong to it."""
    heading = _heading(tree, title)
    scope = _scope(heading)
    best, best_score = None, 0.0
    for node in scope.css(_BLOCKS) if scope is not None else tree.css(_BLOCKS):
        score = _density(node)
        if score > best_score:
            best, best_score = node, score
    parent = best.parent if best is not None else None
    while best is not None and parent is not None and parent.tag not in ("body", "html"):
        if heading is not None and title in parent.text(deep=True)[: len(title) + 2000]:
            break
        if _all_text(parent) < 1.2 * _all_text(best):
            break
        best, parent = parent, parent.parent
    return best if best is not None else scope


def _heading(tree: LexborHTMLParser, title: str) -> LexborNode | None:
    """The last node that is the headline: breadcrumbs and menus name it before."""
    found = [
        n for n in tree.css("h1, h2, h3, h4, .title, .tieude, [class*=title]") if normalise(n.text()) == title
    ]
    return found[-1] if found else None


def _scope(heading: LexborNode | None) -> LexborNode | None:
    """The smallest block round the headline that holds a text of its own."""
    node = heading.parent if heading is not None else None
    while node is not None and node.tag not in ("body", "html"):
        # A post may be nothing but links to its files; a stamp and a toolbar alone are shorter.
        long = len(node.text(strip=True)) >= 150 + len(heading.text() if heading is not None else "")
        if long or any(_ATTACHED.search(a.attributes.get("href") or "") for a in node.css("a[href]")):
            return node
        node = node.parent
    return None


def _all_text(node: LexborNode) -> int:
    """Characters of a block outside its links."""
    return len(node.text(strip=True)) - 2 * sum(len(a.text(strip=True)) for a in node.css("a"))


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
        if link and _ATTACHED.search(link):
            found[link] = Attachment(link, normalise(node.get_text()) or link.rsplit("/", 1)[-1])
    return tuple(found.values())


def _by_trafilatura(tree: LexborHTMLParser) -> str:
    import trafilatura  # 0.3 s to import: only for pages that structure alone does not open

    text = trafilatura.extract(tree.html or "", include_comments=False)
    return normalise(text) if isinstance(text, str) else ""


def _stamp(tree: LexborHTMLParser, title: str) -> tuple[date | None, str | None]:
    """The posting stamp: right under the headline, else by the page's metadata, else right above it."""
    page = block_text(tree.body)
    places = [m.start() for m in re.finditer(re.escape(title), page)][:6]
    for at in places:
        if match := _STAMP.search(page, at + len(title), at + len(title) + 160):
            return parse_stamp(match[0])
    for node in tree.css("meta[property='article:published_time'], time[datetime]"):
        when, clock = parse_stamp(node.attributes.get("content") or node.attributes.get("datetime") or "")
        if when:
            return when, clock
    for at in places:
        if match := _STAMP.search(page, max(0, at - 90), at):
            return parse_stamp(match[0])
    return None, None
