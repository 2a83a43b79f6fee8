"""A portal whose platform nobody described: lists, posts, stamp and main text by structure alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import takewhile
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extract.normalise import normalise
from crawler.html import block_text, label_of
from crawler.model import Attachment, Listing, Post, PostLink, View
from crawler.platforms.common import (
    attachments,
    names_file,
    next_postback,
    no_data,
    no_fragment,
    same_site,
    stamp_of,
)
from crawler.platforms.documents import name_document, read_document
from crawler.urls import absolute, canonical, is_trap, stateless

BASIS = "structure alone"
MARKS: tuple[bytes, ...] = ()
PATHS: tuple[str, ...] = ()

# The parameter that numbers posts (id, ItemID, news_id, id_news, IDTinTuc …), not one that numbers sections.
_QUERY_NUMBER = (
    r"[?&](?!\w*(?i:cat|menu|page|parent|list|type|site|lang|portal|tab|module))"
    r"((?i:id|itemid|id_\w+|\w+_id)|\w*[a-z]I[dD]|ID[A-Z]\w*|p)=(\d+)"
)
_NUMBERED = rf"[-/_]\d{{3,}}(?:[-.][^/]*)?/?$|/\d{{4}}/\d{{1,2}}/|{_QUERY_NUMBER}"
_STRONG = re.compile(_NUMBERED)
_POST = re.compile(rf"{_NUMBERED}|(?i:\.(?:html?|aspx|pvd)$|/[a-z0-9]+(?:-[a-z0-9]+){{4,}}/?$)")
_ID = re.compile(r"(?:^|[-_])(\d{5,})(?=[-_.]|$)")
_QUERY_ID = re.compile(_QUERY_NUMBER)
_FILE = re.compile(r"\.(pdf|docx?|xlsx?|zip|rar|jpe?g|png|gif|mp[34])(?:\.aspx)?(?:$|\?)|[?&]download=", re.I)
_PRINT = re.compile(
    r"[?&](?:print|in|dnnprintmode)=|/print/|print\.aspx|viewMode=print|/pop_up/|tmpl=component", re.I
)
_PAGE = re.compile(r"[?&][^=&]*(?:page|trang|pageindex|pagenum|cur|pg)=\d+|/(?:page|trang)[-/]\d+", re.I)
_PAGER_LABEL = re.compile(
    r"\d{1,3}|[»›>]{1,2}|(?:trang )?(?:tiếp|sau|kế)(?: theo)?|next|cuối|older posts?", re.I
)
# A calendar goes on for ever; a post's slug may name one (quyet-dinh-lich-truc).
_CALENDAR = re.compile(
    r"/(?:calendar|lich|lich-(?:cong-tac|lam-viec|tuan)[^/]*)(?:[/.?]|$)|[?&](?:date|ngay|month|thang|year)=",
    re.I,
)
_STAMP = re.compile(
    r"(?:\d{1,2}:\d{2}(?::\d{2})?[^\d\n]{0,12})?\d{1,2}[/.-]\d{1,2}[/.-](?:19"
    r"|20)\d\d(?:[^\d\n]{0,12}\d{1,2}:\d{2}(?::\d{2})?\s*(?:AM|PM|SA|CH)?)?"
    r"|\d{1,2} tháng (?:\d{1,2}|[^\W\d]+(?: [^\W\d]+)?),? (?:19|20)\d\d",
    re.I,
)
#: "Thông báo về … (03/08/2021)": the stamp behind the headline.
_BRACKET = re.compile(r"\s*\((\d{1,2}[/.-]\d{1,2}[/.-]\d{4})\)$")
_MENU = re.compile(r"^(?:trang chủ|home|giới thiệu|liên hệ|sơ đồ|đăng nhập|tìm kiếm)\b", re.I)
_HEADINGS = "h1, h2, h3, h4, .title, .tieude, [class*=title], [itemprop=headline]"
_DROPPED = frozenset(["script", "style", "noscript", "nav", "footer", "aside", "select", "button"])
# Names of blocks that frame a post, by the beginnings of their words: `dnn_FooterPane`, `footleft`.
_FRAMES = (
    "foot", "copyright", "menu", "nav", "breadcrumb", "sidebar", "related", "other", "pagination",
    "paging", "pager", "social", "share", "banner", "toolbar", "tools", "comment", "widget",
)  # fmt: skip
# … and the names that are frames only as a whole (`margin-bottom` is none), or hide what they hold.
_WHOLE = re.compile(r"(?:^| )(?:bottom[\w-]*|hidden|hide|d-none|sr-only)(?= |$)")
_CREDITS = ("author", "source", "attach", "download", "tacgia", "nguon")
#: Blocks in one another beyond which nothing is read.
_DEEP = 200
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_TOOLS = re.compile(
    r"\W*(?:In|In trang|In bài(?: viết)?|Bản in|Gửi (?:bài|email).*|Chia sẻ.*|(?:A[-+]? ?){2,}.*|Quay lại"
    r"|English|Chi tiết"
    r"|(?:View count|Lượt xem|Đã xem)\W*\d*|\d+ lượt (?:xem|đọc))\W*",
    re.I,
)
_LABEL = re.compile(r"ngày đăng|đăng (?:ngày|lúc|tải)|cập nhật|publish|lượt xem|view count|đã xem", re.I)
_OTHER_DAY = re.compile(r"ban hành|hiệu lực|ngày ký|ngày sinh|thời hạn", re.I)
_MORE = re.compile(
    r"\W*(?:(?:Các |Những )?tin (?:khác|liên quan|mới hơn|cũ hơn)|Bài viết (?:khác|liên quan))\W*", re.I
)
fragment = no_fragment
read_data = no_data


# -- lists ---------------------------------------------------------------------------------------------


def read_listing(tree: LexborHTMLParser, url: str) -> Listing:
    """Links with headlines are posts, pagers and short links of navigation are list pages.

    Links are kept as printed: caches answer only the whole address (sotttt.hanoi.gov.vn).
    """
    posts: dict[str, PostLink] = {}
    forms = next_postback(tree, url)
    pages: dict[str, None] = dict.fromkeys(forms)
    for node in tree.css("a[href], link[rel=alternate][type$=xml]"):
        link = absolute(url, node.attributes.get("href"))
        if not link or _FILE.search(link) or is_trap(link):
            continue
        if node.tag == "link":  # a feed
            if same_site(link, url):
                pages.setdefault(link)
            continue
        link, label = stateless(link.partition("#")[0]), label_of(node)
        if _CALENDAR.search(link):
            continue
        inside = same_site(link, url)
        if inside and (_PAGE.search(link) or (_PAGER_LABEL.fullmatch(label) and not _ID.search(link))):
            pages.setdefault(link)
        elif _POST.search(_tail(link)) and len(label) >= (12 if _ID.search(link) else 20):
            posts.setdefault(link, PostLink(_identity(link), _view(link), label))
        elif inside and 2 <= len(label) < 40 and not _PRINT.search(link) and not _STRONG.search(_tail(link)):
            pages.setdefault(link)
    return Listing(tuple(posts.values()), tuple(pages), forms)


def identify(url: str) -> tuple[str, View] | None:
    """Post id and view of an address that looks like a post's, or None."""
    if not _POST.search(_tail(url)) or _PAGE.search(url) or _FILE.search(url) or is_trap(url):
        return None
    return _identity(url), _view(url)


def _tail(url: str) -> str:
    """What tells a post's address from others: path and query."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _view(link: str) -> View:
    language = "en" if re.match(r"/en(/|$)", urlsplit(link).path) else "vi"
    return View(link, language, bool(_PRINT.search(link)))


def _identity(link: str) -> str:
    """What stays the same over a post's sections, languages and print views: its number, else its path."""
    parts = urlsplit(stateless(canonical(link)))
    last = parts.path.rstrip("/").rsplit("/", 1)[-1]
    if number := _ID.search(last):
        return number[1]
    path = re.sub(r"^/(?:vi|en)(?=/)", "", parts.path)
    if found := _QUERY_ID.search(link):
        return f"{path}?{found[1].lower()}={found[2]}"
    return re.sub(r"[?&](?:print|in)=\w+", "", path + (f"?{parts.query}" if parts.query else ""))


# -- posts ---------------------------------------------------------------------------------------------


def read_post(tree: LexborHTMLParser, url: str) -> Post | None:
    """The post of a page with one headline and a text of its own, or None for a list page."""
    link = _canonical_link(tree, url)
    if not _POST.search(_tail(link)) or _PAGE.search(url):
        return None
    found = _identity(link), _view(url.partition("#")[0])
    if document := read_document(tree, url, found):
        return document
    post = read_parts(tree, url)
    # An address of words alone may be a section's (/phong-chong-dich-benh-covid-19): a post has a stamp.
    if post and not _STRONG.search(_tail(link)) and post.published is None and len(post.body) < 200:
        return None
    return post


def read_named(tree: LexborHTMLParser, url: str, found: tuple[str, View] | None) -> Post | None:
    """The parts of a page whose platform names its post in the address (`found`), by structure alone."""
    if not found:
        return None
    if document := read_document(tree, url, found):
        return document
    post = read_parts(tree, url)
    return replace(post, post_id=found[0], view=found[1]) if post else None


def read_parts(tree: LexborHTMLParser, url: str) -> Post | None:
    """The parts of a page whose address may be a post's; None where it is a list or has no headline."""
    link = _canonical_link(tree, url)
    _unwrap_runaway_links(tree)
    lines = block_text(tree.body).split("\n")
    heading, title = _headline(tree, url, lines)
    scope = _scope(heading, url) if heading is not None else None
    if scope is None or _is_list(scope, title, url, bool(_STRONG.search(_tail(link)))):
        return None
    text, files = _body(scope, title, url)
    if not text and not files:
        text = _by_trafilatura(tree)
    when, clock = _stamp(tree, title, lines)
    if when is None and (bracket := _BRACKET.search(title)):
        when, title = stamp_of(bracket[1])[0], title[: bracket.start()]
    post = Post(_identity(link), _view(url.partition("#")[0]), title, "", text, when, clock, files)
    return name_document(post, scope)


def _unwrap_runaway_links(tree: LexborHTMLParser) -> None:
    """Take away a link that nobody closed: parsers repeat it round every block that follows."""
    links: dict[str, list[LexborNode]] = {}
    for node in tree.css("a[href]"):
        links.setdefault(node.attributes.get("href") or "", []).append(node)
    for nodes in links.values():
        if len(nodes) > 5 and sum(len(n.text()) for n in nodes) > 1000:
            for node in nodes:
                node.unwrap()


def _canonical_link(tree: LexborHTMLParser, url: str) -> str:
    node = tree.css_first("link[rel=canonical]")
    link = absolute(url, node.attributes.get("href")) if node is not None else None
    # A canonical link to the home page is a template's mistake, no identity; nor does one make a list a post
    # (`/vi/thong-tin-dt` of sotttt.hanoi.gov.vn names `/thong-tin-dt.html`).
    return link if link and _POST.search(_tail(link)) and _POST.search(_tail(url)) else url


def _headline(tree: LexborHTMLParser, url: str, lines: list[str]) -> tuple[LexborNode | None, str]:
    """The page's own headline: a heading that <title> names and that has a stamp, else one with a stamp (for
    <title> may name the portal alone), else one that <title> names, else a top heading."""
    node = tree.css_first("title")
    browser = normalise(node.text()) if node is not None else ""
    nodes = [(n, normalise(n.text().replace("\n", " "))) for n in tree.css(_HEADINGS)]
    nodes = [x for x in nodes if 12 <= len(x[1]) <= 300 and not _leads_away(x[0], url) and not _framed(x[0])]
    named = [x for x in nodes if browser and (x[1] in browser or x[1].startswith(browser))]
    stamped = {text for text in {text for _, text in nodes} if _stamp_beside(lines, text)}
    for fits in (
        [x for x in named if x[1] in stamped],
        [x for x in nodes if x[1] in stamped],
        named,
        [x for x in nodes if x[0].tag == "h1"],
        nodes[:1],
    ):
        if fits:
            title = max((text for _, text in fits), key=len)
            # The last node that is the headline: breadcrumbs and menus name it before.
            return [n for n, text in fits if text == title][-1], title
    return None, ""


def _leads_away(node: LexborNode, url: str) -> bool:
    parent = node.parent
    inside = parent is not None and parent.tag == "a"
    link = parent if inside else node.css_first("a[href]")
    target = absolute(url, link.attributes.get("href")) if link is not None else None
    if target is None or urlsplit(target).path == urlsplit(url).path:
        return False
    return inside or _POST.search(_tail(target)) is not None


def _framed(node: LexborNode) -> bool:
    """Whether a node stands in a frame of the page: a menu, a banner, a side bar."""
    above = node.parent
    for _ in range(60):  # no page is deeper but one that means harm
        if above is None or above.tag in ("body", "html"):
            return False
        if _is_frame(above):
            return True
        above = above.parent
    return False


def _is_frame(node: LexborNode) -> bool:
    if node.tag in _DROPPED:
        return True
    return _says(_names(node), _FRAMES)


def _names(node: LexborNode) -> str:
    given = node.attributes
    return f"{given.get('class') or ''} {given.get('id') or ''}"


# Blocks share their names with hundreds of others.
@lru_cache(maxsize=4096)
def _says(names: str, beginnings: tuple[str, ...]) -> bool:
    return _WHOLE.search(names) is not None or any(
        word.lower().startswith(beginnings) for word in _WORDS.findall(names)
    )


def _prose(node: LexborNode, depth: int = 0) -> int:
    """Characters of a block outside its links and frames."""
    if node.tag == "-text":
        return len((node.text_content or "").strip())
    if node.tag == "a" or depth > _DEEP or _is_frame(node):
        return 0
    total, child = 0, node.child
    while child is not None:
        total += _prose(child, depth + 1)
        child = child.next
    return total


def _weight(node: LexborNode, url: str) -> int:
    """The prose that a block would add to a post: a side bar of headlines and polls adds none."""
    return 0 if node.tag != "-text" and _is_link_list(node, url) else _prose(node)


def _scope(heading: LexborNode, url: str) -> LexborNode | None:
    """The block round the headline that holds the post: a wider one would have to add much to it.

    A stamp, a toolbar and a summary may share a block of their own with the headline; what a post of a few
    lines lies in must not grow to take in the footer. A notice may be nothing but a link to its file.
    """
    node, total = heading, 0
    best: LexborNode | None = None
    held = 0
    while (parent := node.parent) is not None and parent.tag != "html":
        child = parent.child
        while child is not None:
            total += _weight(child, url) if child.mem_id != node.mem_id else 0
            child = child.next
        grown = total >= (2.5 * held if held >= 150 else 1.4 * held + 20)
        if grown or (held < 60 and _has_file(parent) and not (best is not None and _has_file(best))):
            best, held = parent, total
        node = parent
    return best if best is not None else heading.parent


def _has_file(node: LexborNode) -> bool:
    return any(names_file(a.attributes.get("href") or "") for a in node.css("a[href]"))


def _is_list(scope: LexborNode, title: str, url: str, numbered: bool) -> bool:
    """Whether headlines of other posts fill a block, or come before any text of its own."""
    labels = []
    for node in scope.css("a[href]"):
        target, label = absolute(url, node.attributes.get("href")), label_of(node)
        if not target or len(label) < 20 or label == title or not same_site(target, url):
            continue
        if _POST.search(_tail(target)) and not names_file(target) and not _framed(node):
            labels.append(label)
    if len(labels) < 3:
        return False
    if numbered and sum(map(len, labels)) <= _prose(scope):
        return False
    before = 0
    for line in _after(title, block_text(scope).split("\n")):
        if any(label in line for label in labels):
            break
        before += len(line)
    return before < 80


def _after(title: str, lines: list[str]) -> list[str]:
    return lines[lines.index(title) + 1 :] if title in lines else lines


def _body(scope: LexborNode, title: str, url: str) -> tuple[str, tuple[Attachment, ...]]:
    """The text after the headline, without frames, tools and lists of other posts; and its files."""
    copy = LexborHTMLParser(scope.html or "").body
    if copy is None:
        return "", ()
    _drop(copy, lambda node: _is_frame(node) or _is_link_list(node, url), title)
    files = _files(copy, url)
    _drop(copy, lambda node: _says(_names(node), _CREDITS), title)
    text: list[str] = []
    for line in _after(title, block_text(copy).split("\n")):
        if _MORE.fullmatch(line):
            break
        stamp = _stamp_in(line) and (not text or _LABEL.search(line))
        if line and line != title and not _TOOLS.fullmatch(line) and not stamp:
            text.append(line)
    return normalise("\n".join(text)), files


def _drop(node: LexborNode, unwanted: Callable[[LexborNode], bool], title: str, depth: int = 0) -> None:
    """Take unwanted blocks out of a tree, but none that holds the headline."""
    child = node.child
    while child is not None:
        following = child.next
        if child.tag != "-text":
            if unwanted(child) and title not in normalise(child.text()):
                child.decompose()
            elif depth < _DEEP:
                _drop(child, unwanted, title, depth + 1)
        child = following


def _is_link_list(node: LexborNode, url: str) -> bool:
    """Whether a block is mostly links to other pages of the portal, none of them a file."""
    if node.tag not in ("ul", "ol", "table", "td", "div", "section"):
        return False
    if len(anchors := node.css("a[href]")) < 2:
        return False
    labels = [
        label
        for anchor in anchors
        if _is_inner(anchor.attributes.get("href") or "", label := label_of(anchor), url)
    ]
    linked, text = sum(map(len, labels)), len(normalise(node.text()))
    return (len(labels) > 1 and linked > 0.7 * text) or (len(labels) > 3 and linked > 0.4 * text)


def _is_inner(href: str, label: str, url: str) -> bool:
    """Whether a link is a tool (a script, "Gửi mail") or leads to another page of the portal."""
    target = absolute(url, href)
    return "@" not in label if target is None else same_site(target, url) and not names_file(target)


def _files(node: LexborNode, url: str) -> tuple[Attachment, ...]:
    return tuple(attachments(node, url).values())


def _by_trafilatura(tree: LexborHTMLParser) -> str:
    """The main text of a page that structure does not open; '' where it is no paragraphs but scraps."""
    import trafilatura  # 0.3 s to import: only for pages that structure alone does not open

    found = trafilatura.extract(tree.html or "", include_comments=False)
    text = normalise(found) if isinstance(found, str) else ""
    # A table (`| … |`) of a page without paragraphs is its layout.
    prose = sum(len(line) for line in text.split("\n") if len(line) >= 80 and not line.startswith("|"))
    return text if prose >= 200 else ""


# -- stamps --------------------------------------------------------------------------------------------


def _stamp_in(line: str) -> str | None:
    """The stamp of a line; after its label where it has one, for the page's clock may stand before it."""
    label = _LABEL.search(line)
    match = (_STAMP.search(line, label.start()) if label else None) or _STAMP.search(line)
    if not match or line.endswith((".", ";")) or _OTHER_DAY.search(line):
        return None
    return match[0] if len(line) - len(match[0]) <= (90 if label else 50) else None


def _stamp_beside(lines: list[str], title: str, above: bool = True) -> str | None:
    """The stamp on one of the lines under a headline, else (`above`) over it."""
    places = [n for n, line in enumerate(lines) if line == title][:6]
    under = (line for n in places for line in [x for x in lines[n + 1 : n + 9] if x][:4])
    over = (line for n in places for line in _above(lines, n))
    return next(filter(None, map(_stamp_in, [*under, *(over if above else ())])), None)


def _above(lines: list[str], place: int) -> list[str]:
    """The lines over a headline, as far as a menu: what stands over that is a header's clock."""
    found = [x for x in reversed(lines[max(0, place - 6) : place]) if x][:3]
    return list(takewhile(lambda line: not _MENU.search(line), found))


def _stamp(tree: LexborHTMLParser, title: str, lines: list[str]) -> tuple[date | None, str | None]:
    """The posting stamp: right under the headline, else by the page's metadata, else right above it."""
    machine: tuple[date | None, str | None] = (None, None)
    for node in tree.css("meta[property='article:published_time'], [itemprop=datePublished], time[datetime]"):
        machine = stamp_of(node.attributes.get("content") or node.attributes.get("datetime") or node.text())
        if machine[0]:
            break
    printed = _stamp_beside(lines, title, above=not machine[0])
    when, clock = stamp_of(printed) if printed else (None, None)
    if when is None or (clock is None and when == machine[0]):
        return machine
    return when, clock
