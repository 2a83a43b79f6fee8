"""The road itself: page → platform → post → text → facts. A pure function of bytes and context."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import date

from selectolax.lexbor import LexborHTMLParser

from crawler import platforms
from crawler.attachments.facts import Notice, read_facts
from crawler.attachments.head import Head
from crawler.extract.facts import extract
from crawler.extract.normalise import normalise
from crawler.extract.plain import read_plain
from crawler.html import block_text, decode, headlines, may_have_base, parse
from crawler.model import (
    Attachment,
    Context,
    FileOutcome,
    FileRead,
    FileText,
    Listing,
    Outcome,
    Page,
    PageKind,
    PageRead,
    Portal,
    Post,
    Text,
    Zone,
)
from crawler.platforms import generic
from crawler.platforms.data import read_data
from crawler.platforms.documents import read_document, read_rows
from crawler.walls import standstill

#: Words by which a wall in front of a portal answers under HTTP 200: Incapsula, Cloudflare, cookie gates of
#: Vietnamese hosters, F5, FortiGate, Sucuri.
_WALLS = (
    b"Request unsuccessful. Incapsula",
    b"cf-browser-verification",
    b"Just a moment...",
    b"Attention Required! | Cloudflare",
    b"D1N=",
    b"The requested URL was rejected. Please consult with your administrator",
    b"Web Page Blocked",
    b"Sucuri Website Firewall",
)
_SUBJECT = (
    r"(?:trang|bài viết|bài|tin bài|tin|nội dung|thông tin|đường dẫn|địa chỉ|dữ liệu|liên kết|page|resource)"
)
_ASKED = (
    r"(?: (?:web|này|đó|nào|bạn|quý vị|mà|đã|đang|muốn|cần|vừa|được|yêu cầu|tìm kiếm|tìm|truy cập|xem|chọn"
    r"|theo|phù hợp|you(?: are| were)? (?:looking for|requested)))*"
)
_REMOVED = r"(?:đã )?bị (?:xóa|xoá|gỡ)(?: bỏ)?"
# A whole headline or line, so that "Không tìm thấy vi rút SARS-CoV-2 trong mẫu xét nghiệm" stays a post's.
_DEAD = re.compile(
    rf"(?:(?:lỗi|error|http|thông báo)\W*)?(?:404|410)?\W*(?:không tìm thấy {_SUBJECT}{_ASKED}"
    rf"|(?:the )?{_SUBJECT}{_ASKED} (?:không (?:còn )?tồn tại|không (?:được )?tìm thấy|{_REMOVED}"
    rf"|(?:can ?not|could not|can't) be found)(?: hoặc {_REMOVED})?"
    r"|the requested (?:url|page|resource)(?: \S+)? (?:was not found.*|could not be found)"
    r"|(?:page|file or directory|file) not found|not found)\W*|(?:(?:lỗi|error|http)\W*)404\W*",
    re.I,
)
# What the departments of Hà Nam answered after they were switched off.
_SWITCHED_OFF = b"NotActive.htm"
_STATUS = {
    401: (Outcome.BLOCKED, "HTTP 401: a login is asked for"),
    403: (Outcome.BLOCKED, "HTTP 403: forbidden"),
    404: (Outcome.GONE, "HTTP 404: not found"),
    410: (Outcome.GONE, "HTTP 410: gone"),
    429: (Outcome.BLOCKED, "HTTP 429: too many requests"),
}


def text_of(post: Post) -> Text:
    """Title, blank line, summary, blank line, body as one text with zones."""
    value, zones = "", []
    for name, part in (("title", post.title), ("summary", post.summary), ("body", post.body)):
        if part := normalise(part):
            value += "\n\n" if value else ""
            zones.append(Zone(name, len(value), len(value) + len(part)))
            value += part
    return Text(value, tuple(zones))


def problem_of(page: Page) -> tuple[Outcome, str] | None:
    """What a status or a block page under HTTP 200 says, or None for a page to be read."""
    if page.status in _STATUS:
        return _STATUS[page.status]
    if page.status >= 400 or page.status < 200:
        return Outcome.FAILED, f"HTTP {page.status}"
    if page.status >= 300:  # Scrapy follows those that name where to
        return Outcome.FAILED, f"HTTP {page.status} that leads nowhere"
    if page.url.endswith("/NotActive.htm") or (len(page.body) < 12_000 and _SWITCHED_OFF in page.body):
        return Outcome.GONE, f"the portal says that it is not active, under HTTP {page.status}"
    if not page.body.strip():
        return Outcome.EMPTY, "an empty page"
    return _wall(page) if len(page.body) < 12_000 else None


def _wall(page: Page) -> tuple[Outcome, str] | None:
    """The wall that a page is; a long page is asked only where no post was found: it takes 0.1 ms."""
    words = next((w for w in _WALLS if w in page.body), None) if len(page.body) < 60_000 else None
    return (Outcome.BLOCKED, f"a block page under HTTP {page.status}: {words.decode()}") if words else None


def _obituary(tree: LexborHTMLParser, text: str) -> str | None:
    """The words by which a page under HTTP 200 says that there is none, or None.

    They stand in its title or headline; on a page that leads to no post, on any line of a short `text`.
    """
    lines = headlines(tree)
    if len(text) < 3_000:
        lines += map(normalise, text.split("\n"))
    return next(filter(_DEAD.fullmatch, lines), None)


def _gone(page: Page, portal: Portal, words: str) -> PageRead:
    return PageRead(page, portal.id, PageKind.OTHER, problem=Outcome.GONE, reason=f"the page says: {words}")


def _post_in_fragment(page: Page, portal: Portal) -> Post | None:
    """The post of a page whose platform can cut it out, if the fragment holds all of it."""
    platform = platforms.get(portal.platform) if portal.platform else None
    body = platform.fragment(page.body, page.url) if platform else None
    if not platform or not body or may_have_base(page.body):
        return None
    try:
        tree = LexborHTMLParser(body.decode("utf-8"))
    except UnicodeDecodeError:  # only the page's head names its charset
        return None
    post = platform.read_post(tree, page.url)
    return post if post and post.title and post.body else None


def _understood(
    tree: LexborHTMLParser, page: Page, named: str | None
) -> tuple[platforms.Platform, Post | None, Listing]:
    """The platform that reads a page, and its post, else where it leads.

    A platform that nobody named but its marks is believed where it finds something: SharePoint's marks stand
    in many a portal of another make, which structure alone reads.
    """
    platform = platforms.get(named or platforms.detect(page.body, page.url))
    post = platform.read_post(tree, page.url) or _by_structure(platform, tree, page.url)
    listing = Listing() if post else platform.read_listing(tree, page.url)
    if named or post or listing.posts:
        return platform, post, listing
    platform = platforms.get("generic")
    post = platform.read_post(tree, page.url)
    return platform, post, Listing() if post else platform.read_listing(tree, page.url)


def read_text(page: Page, portal: Portal) -> PageRead:
    """A page of which an archive holds the plain text only; its address must name a post.

    The text ranks behind any page: of a post whose page is known it gives no version.
    """
    named = platforms.get(portal.platform or platforms.detect(b"", page.url)).identify(page.url)
    if named is None:
        return PageRead(page, portal.id, PageKind.OTHER, reason="plain text whose address names no post")
    plain = read_plain(decode(page), page.url, page.fetched_at.date())
    view = replace(named[1], is_print=True)
    post = Post(
        named[0], view, plain.title or "", "", plain.text.value, plain.published, plain.published_time
    )
    context = Context(page.url, portal.province, portal.kind, post.published, page.fetched_at.date())
    facts = extract(plain.text, context)
    return PageRead(page, portal.id, PageKind.POST, Listing(), post, plain.text, facts)


def read_page(page: Page, portal: Portal, keep_all: bool = True) -> PageRead:
    """One page as the portal's platform understands it, with the facts of its post.

    Without `keep_all` a post that is not about COVID-19 has no facts: nobody will keep them, and most posts
    of a portal are such.
    Raises nothing for bad input: what cannot be read ends in a problem with its reason.
    """
    if problem := problem_of(page):
        return PageRead(page, portal.id, PageKind.OTHER, problem=problem[0], reason=problem[1])
    if (listing := read_data(page, portal.platform)) is not None:
        return PageRead(page, portal.id, PageKind.LIST, listing)
    if page.via != "live" and page.content_type.lower().startswith("text/plain"):
        return read_text(page, portal)
    if page.content_type and "html" not in page.content_type.lower():
        return PageRead(page, portal.id, PageKind.OTHER, reason=f"not HTML: {page.content_type}")
    post = _post_in_fragment(page, portal)
    if post is None:
        tree = parse(page)
        platform, post, listing = _understood(tree, page, portal.platform)
        if post is None and (wall := _wall(page)):
            return PageRead(page, portal.id, PageKind.OTHER, problem=wall[0], reason=wall[1])
        if post is None:
            text = "" if listing.posts else block_text(tree.body)
            if dead := _obituary(tree, text):
                return _gone(page, portal, dead)
            if not listing.posts and (stop := standstill(tree, page, text)):
                return PageRead(page, portal.id, PageKind.OTHER, problem=stop[0], reason=stop[1])
            found = read_rows(tree, page.url, platform.identify)
            rows = tuple(_row(page, portal, row, keep_all) for row in found)
            return PageRead(page, portal.id, PageKind.LIST, listing, rows=rows)
        if _may_be_none(post) and (stop := standstill(tree, page, f"{post.title}\n{post.body}")):
            return PageRead(page, portal.id, PageKind.OTHER, problem=stop[0], reason=stop[1])
    if _DEAD.fullmatch(post.title):
        return _gone(page, portal, post.title)
    return _post(page, portal, post, keep_all)


def _may_be_none(post: Post) -> bool:
    """Whether what looks like a post may be an error's page: such a one has no stamp, no files, few words."""
    return not (post.published or post.attachments) and len(post.title) + len(post.body) < 300


def left_out_before(read: PageRead, since: date | None) -> PageRead:
    """A post published before a day as irrelevant; every other page as it is."""
    if not (since and read.post and read.post.published and read.post.published < since):
        return read
    reason = f"published {read.post.published}, before --since"
    return replace(read, problem=Outcome.IRRELEVANT, reason=reason)


def _by_structure(platform: platforms.Platform, tree: LexborHTMLParser, url: str) -> Post | None:
    """A post whose address its platform knows and whose markup it does not: a document's fields, which no
    platform prints in a way of its own, or another theme's text, if it has a stamp."""
    found = platform.identify(url)
    document = read_document(tree, url, found) if found else None
    post = document or generic.read_named(tree, url, found)
    return post if post and (document or post.published) else None


def _row(page: Page, portal: Portal, post: Post, keep_all: bool) -> PageRead:
    """A row of a list page as a page of its own."""
    return _post(replace(page, url=post.view.url, etag=None, last_modified=None), portal, post, keep_all)


def _post(page: Page, portal: Portal, post: Post, keep_all: bool) -> PageRead:
    text = text_of(post)
    if not post.body.strip() and not post.attachments and not post.title:
        return PageRead(
            page, portal.id, PageKind.POST, Listing(), post, problem=Outcome.EMPTY, reason="no text"
        )
    context = Context(page.url, portal.province, portal.kind, post.published, page.fetched_at.date())
    facts = extract(text, context, of_all=keep_all)
    return PageRead(page, portal.id, PageKind.POST, Listing(), post, text, facts)


def read_attachment(
    page: Page, portal: Portal, post_id: str, attachment: Attachment, notice: Notice, content: FileText
) -> PageRead:
    """An attached file of a notice, whose bytes say `content`, with its facts."""
    facts, head = read_facts(content, notice) if content.text else (None, Head())
    digest = hashlib.sha256(page.body).hexdigest()
    file = FileRead(post_id, attachment, content, digest, len(page.body), head.subject)
    return PageRead(page, portal.id, PageKind.ATTACHMENT, facts=facts, reason=content.reason, file=file)


def too_large(most: int) -> str:
    """The reason of a file that is larger than `most` bytes."""
    return f"larger than --max-attachment-size ({most >> 20} MB)"


def unread_attachment(
    page: Page, portal: Portal, post_id: str, attachment: Attachment, problem: tuple[Outcome, str]
) -> PageRead:
    """An attached file of which no bytes came, with the outcome and the reason."""
    outcome, reason = problem
    file = FileRead(post_id, attachment, FileText("", FileOutcome(outcome.value), reason))
    return PageRead(page, portal.id, PageKind.ATTACHMENT, problem=outcome, reason=reason, file=file)


def notice_of(read: PageRead, portal: Portal) -> Notice:
    """What the files of a notice are read with."""
    assert read.post
    assert read.facts
    context = Context(
        read.page.url, portal.province, portal.kind, read.post.published, read.page.fetched_at.date()
    )
    subjects = frozenset(d.number for d in read.facts.documents if d.role == "subject")
    return Notice(context, read.post.title, subjects)
