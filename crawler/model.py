"""The words of the project as data: portals, pages, posts, facts, outcomes. Standard library only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from crawler.health import Seen


class Outcome(StrEnum):
    """How one fetch, run or attachment ended; never silence."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    IRRELEVANT = "irrelevant"
    EMPTY = "empty"
    GONE = "gone"
    BLOCKED = "blocked"
    FAILED = "failed"
    SKIPPED = "skipped"


#: The reason of a file of which a web archive has no capture: a crawl of the portal asks for it.
#: How the reason of a post ends whose page holds none.
STANDS_IN = "stands in its place"
NOT_ARCHIVED = "the archive has no capture of it"


class FileOutcome(StrEnum):
    """What became of an attached file; one never fetched is `skipped`."""

    READ = "read"
    EMPTY = "empty"
    NEEDS_OCR = "needs-ocr"
    SKIPPED = "skipped"
    GONE = "gone"
    BLOCKED = "blocked"
    FAILED = "failed"


class PageKind(StrEnum):
    """What a fetched URL turned out to be."""

    LIST = "list"
    POST = "post"
    ATTACHMENT = "attachment"
    OTHER = "other"


# -- portals ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Portal:
    """The web site of one department or authority, as its registry entry describes it.

    `province` is the 2021 name, `kind` one of `registry.KINDS`, `url` the home page with a trailing slash,
    `start` absolute URLs of list pages (empty: the home page is explored), `hosts` further allowed hosts,
    `expect` lower bounds such as `{"posts": 140}`, `settings` per-portal Scrapy settings, `every` the time
    between crawls (None: by the portal's own rhythm).
    """

    id: str
    name: str
    province: str
    kind: str
    url: str
    platform: str | None = None
    start: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    expect: Mapping[str, int] = field(default_factory=dict)
    closed: date | None = None
    successor: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    every: timedelta | None = None
    file: str = ""
    line: int = 0


# -- pages and posts -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer as they went over the line: what a capture is written from.

    `body` is the answer's, still compressed where the server compressed it; header names keep their order.
    `source` is the address within an archive that gave the answer ('' live): then `url` and the headers are
    those of the archived page, and there is no request to keep.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    method: str = "GET"
    request_headers: tuple[tuple[str, str], ...] = ()
    request_body: bytes = b""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Capture:
    """Where the bytes of one page at one time lie: a record of a WARC file.

    `url` is the page's address, `warc` a file name within the captures folder or an absolute path, `digest`
    that of the payload (`sha256:` and hex digits in what is written here), `refers_to` the capture that holds
    the same payload (then the record is a revisit).
    """

    id: int
    url: str
    fetched_at: datetime
    status: int
    media_type: str
    digest: str
    warc: str
    offset: int
    length: int
    via: str = "live"
    refers_to: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The bytes of one fetched URL with what HTTP said about them.

    `url` is the final URL; `content_type` the header as sent (`text/html; charset=utf-8`, may be empty);
    `fetched_at` an aware UTC time; `via` one of live, wayback, commoncrawl, warc; `capture` where the bytes
    lie, or the exchange that is still to be written; `place` the address of an archive's copy ('' live).
    """

    url: str
    status: int
    body: bytes
    fetched_at: datetime
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    via: str = "live"
    capture: Exchange | Capture | None = field(default=None, repr=False)
    place: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """One of the URLs under which a post can be read; the view of smallest rank is the canonical one."""

    url: str
    language: str = "vi"
    is_print: bool = False

    @property
    def rank(self) -> tuple[bool, bool, int, str]:
        """Sort key: the canonical view of a post has the smallest rank."""
        return (self.language != "vi", self.is_print, len(self.url), self.url)

    @property
    def text_rank(self) -> tuple[bool, bool]:
        """What decides whether another view would give a better text; views of equal rank say the same."""
        return (self.language != "vi", self.is_print)


@dataclass(frozen=True, slots=True)
class PostLink:
    """A link that leads to a post, with the post's identity within its portal (`post_id`)."""

    post_id: str
    view: View
    title: str = ""
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """What a list page that is asked for with POST wants to be sent."""

    url: str
    body: str
    media_type: str = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Listing:
    """Where a page leads: its posts in page order, and the further list pages (paging and sections).

    A page that is asked for with POST has a form under its address; the address is the asked URL with a
    fragment that tells such pages apart (`…/LoadArticle#page=2`).
    """

    posts: tuple[PostLink, ...] = ()
    pages: tuple[str, ...] = ()
    forms: Mapping[str, Form] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file linked from a post's body or attachment field; `name` is the link text or file name."""

    url: str
    name: str


@dataclass(frozen=True, slots=True)
class Post:
    """What a portal published under one identity, as one view of it says.

    `body` is plain text with line breaks between blocks; `published` the portal's local date
    (Asia/Ho_Chi_Minh), `published_time` `HH:MM` or None (a stamp of 12:00 AM means none).
    """

    post_id: str
    view: View
    title: str
    summary: str
    body: str
    published: date | None = None
    published_time: str | None = None
    attachments: tuple[Attachment, ...] = ()


# -- text ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of a text with one role: `title`, `summary`, `body` or `chrome`. Code point offsets."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Text:
    """A version's text (NFC, folded blanks) and its zones; every span of a fact points into `value`."""

    value: str
    zones: tuple[Zone, ...] = ()

    def zone_at(self, position: int) -> str:
        """The name of the zone that holds a position, `body` where none does."""
        for zone in self.zones:
            if zone.start <= position < zone.end:
                return zone.name
        return "body"

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of the text: equal hashes mean an unchanged version."""
        return _sha256(self.value)


@lru_cache(maxsize=4)
def _sha256(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a file's text: a page (`number`, from 1), a sheet (`name`) or a member of an archive.

    Members lead the name: `ds.zip/Phụ lục.xlsx/Sheet1`.
    """

    start: int
    end: int
    number: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class FileText:
    """What one file says: `text` with its places, or why it says nothing (`outcome`, `reason`).

    `media_type` is what its bytes are, whatever its name; with `ocr` the letters were recognised on a scan.
    """

    media_type: str
    outcome: FileOutcome
    reason: str = ""
    text: str = ""
    places: tuple[Place, ...] = ()
    ocr: bool = False


# -- facts: each carries its evidence (mention, start, end, rule) ------------------------------------


@dataclass(frozen=True, slots=True)
class Citation:
    """A notice naming an official document. `role` is `subject` or `cited`; `issuer` a code such as `TTg`,
    `BYT`, `UBND:77` or '' (unknown); `date` the signing date as this notice gives it."""

    number: str
    type: str | None
    date: date | None
    role: str
    issuer: str
    mention: str
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class Relation:
    """What a notice says of two documents: `number` replaces, amends, rests on … `other`.

    `kind` is one of replaces, amends, supplements, repeals, expires, based_on, implements; `number` and
    `other` are numbers of citations of the same notice (`number` '' = the notice's own act)."""

    number: str
    kind: str
    other: str
    mention: str
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class DateFact:
    """A calendar day that the text names; `inferred` when its year (or month) comes from the context."""

    date: date
    inferred: bool
    mention: str
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone or fax number. `dial` is what a person dials, as printed; `e164` today's international form
    or '' where that stays open; `kind` hotline, contact or fax; `status` active or withdrawn; `replaced_by`
    the `dial` of the number that the text names in its place."""

    dial: str
    e164: str
    kind: str
    status: str
    owner: str | None
    inferred: bool
    mention: str
    start: int
    end: int
    rule: str
    replaced_by: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """An e-mail address (lower-cased) or a web address (as printed)."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic id of the design's list with the evidence that chose it."""

    id: str
    mention: str
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that extraction found in one text."""

    covid: bool
    documents: tuple[Citation, ...] = ()
    relations: tuple[Relation, ...] = ()
    dates: tuple[DateFact, ...] = ()
    phones: tuple[Phone, ...] = ()
    topics: tuple[Topic, ...] = ()
    emails: tuple[Value, ...] = ()
    links: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about a text besides its words: `province` by its 2021 name, `kind` of the portal."""

    url: str = ""
    province: str | None = None
    kind: str | None = None
    published: date | None = None
    fetched: date | None = None


# -- what the reader hands to the store --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileRead:
    """An attached file of a post as it was fetched; `sha256` '' where no bytes came.

    `subject` is what the file's own head says it is about (`V/v …`).
    """

    post_id: str
    attachment: Attachment
    content: FileText
    sha256: str = ""
    size: int = 0
    subject: str = ""


@dataclass(frozen=True, slots=True)
class PageRead:
    """One page as the reader understood it: the unit that spiders yield and the store takes.

    `problem` is an outcome that the page itself decides (blocked, gone, failed, empty; unchanged for an
    address that redirects); None leaves new, changed, unchanged or irrelevant to the store. `post`, `text`
    and `facts` come together; so do `file` and its `facts`.
    `rows` are the posts that a list page itself holds, each under an address of its own.
    """

    page: Page
    portal: str
    kind: PageKind
    listing: Listing = Listing()
    post: Post | None = None
    text: Text | None = None
    facts: Facts | None = None
    problem: Outcome | None = None
    reason: str = ""
    rows: tuple[PageRead, ...] = ()
    file: FileRead | None = None


@dataclass(frozen=True, slots=True)
class Sightings:
    """Captures of the same bytes as one that was read, known from an archive's index alone.

    `url` is the address of the page, `known` that of the archive's copy that was read; each of `places` that
    of another copy, with its time (aware, UTC).
    """

    url: str
    known: str
    via: str
    places: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True)
class PageState:
    """What the store remembers of an earlier fetch of a URL."""

    url: str
    outcome: Outcome
    fetched_at: datetime
    etag: str | None
    last_modified: str | None
    post_id: str | None


@dataclass(frozen=True, slots=True)
class PostState:
    """What an earlier crawl made of a post: the outcome of its last fetch, its day, how good its view was.

    `text_rank` is that of `View`; a post of which no text is kept counts as read in its best view.
    """

    outcome: Outcome
    reason: str
    published: date | None
    text_rank: tuple[bool, bool] = (False, False)
    url: str = ""  # of the notice; '' where none is kept
    gone: bool = False  # its address is dead


class PageMemory(Protocol):
    """What was seen before, for spiders that must not know the database."""

    def page(self, url: str) -> PageState | None:
        """The last fetch of a URL, or None."""

    def was_captured(self, url: str, via: str, moment: datetime) -> bool:
        """Whether an archive's capture of a URL was read before."""

    def was_seen(self, place: str) -> bool:
        """Whether an archive's copy at an address is a witness of a notice."""

    def listing_of(self, url: str) -> Listing:
        """Where a list page led when it was last read."""

    def post(self, portal: str, post_id: str) -> PostState | None:
        """What is known of a post, or None for one that was never read."""

    def posts_due(self, portal: str, moment: datetime) -> Sequence[PostLink]:
        """The notices of a portal that are to be read again."""

    def files_due(self, portal: str) -> Sequence[tuple[str, Attachment, Any]]:
        """Post id, file and `Notice` of the files that a crawl that was cut off did not come to."""

    def posts_failed(self, portal: str) -> Sequence[PostLink]:
        """The posts of a portal whose last fetch failed or was blocked."""

    def lists_failed(self, portal: str) -> Sequence[str]:
        """The list pages of a portal whose last fetch failed or was blocked."""

    def knows(self, portal: str) -> bool:
        """Whether any page of a portal was read before."""

    def was_read_whole(self, portal: str) -> bool:
        """Whether all list pages of a portal were read to their ends, and no crawl was cut off since."""

    def begin(self, portal: Portal) -> bool:
        """A live reading begins; False where the portal's entry reads otherwise than at the last one."""

    def earlier(self, portal: str) -> Sequence[Seen]:
        """What the portal's earlier live readings saw, the newest first."""

    def posts_of(self, portal: str) -> int:
        """How many posts the list pages of a portal named when all were read, or since."""

    def notices_of(self, portal: str) -> int:
        """How many notices the index has of a portal."""

    def has_file(self, portal: str, post_id: str, url: str) -> bool:
        """Whether this attachment of a post was fetched and kept before."""

    def file_text(self, sha256: str) -> FileText | None:
        """What the same bytes said when they were read before, or None."""


def stable_id(*parts: object) -> int:
    """An integer id from an identity, the same on every machine and in every order.

    The first 52 bits of the SHA-256 of the parts joined by newlines: exact in JSON numbers and JavaScript.
    """
    digest = hashlib.sha256("\n".join(map(str, parts)).encode("utf-8")).digest()
    return int.from_bytes(digest[:7], "big") >> 4
