"""Pages and files of notices out of WARC files: records of portals, read where they lie, nothing fetched."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import starmap
from pathlib import Path
from typing import Protocol

from fastwarc.warc import ArchiveIterator, HeaderMap, WarcRecord, WarcRecordType

from crawler.archived import UNLISTED, read_archived_by
from crawler.attachments.facts import Notice
from crawler.attachments.kinds import kind_of
from crawler.captures import (
    HTTP,
    LARGEST,
    CaptureError,
    capture_id,
    digest_of,
    http_of,
    page_of_answer,
    page_of_capture,
)
from crawler.clock import utc
from crawler.health import Finding, Look, PortalRun
from crawler.log import portal_ended
from crawler.model import Attachment, Capture, Outcome, Page, PageRead, Portal
from crawler.reader import problem_of, too_large, unread_attachment
from crawler.readers import Readers
from crawler.registry import Registry
from crawler.urls import absolute, canonical, netloc, without_user
from spiders.files import Asked, TextMemory, read_asked
from spiders.mend import Bytes, Place, bytes_of
from spiders.run import Progress

#: So many redirects of a file are followed from record to record.
MOST_REDIRECTS = 5
#: Pages read ahead of the one that is stored: some for each process.
AHEAD = 16
_PAGES = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion


class Originals(Protocol):
    """Where the payloads lie to which revisits refer."""

    def learn(self, capture: Capture) -> None:
        """Remember one of the files that are read."""

    def original_of(self, digest: str, url: str, moment: str) -> Capture | None:
        """One of these files, else one that was read before: by its address and time, or by its digest."""


class Keeper(TextMemory, Originals, Protocol):
    """What is asked of the store; `keep` is `covid` or `all`."""

    keep: str

    def sync_registry(self, portals: Sequence[Portal]) -> None:
        """Write portals."""

    def add(self, read: PageRead) -> tuple[Outcome, str]:
        """Store a page."""

    def hold(self, capture: Capture) -> None:
        """Know where a payload lies to which a capture refers that is stored."""

    def files_of(self, portal: str) -> list[tuple[str, Attachment, Notice]]:
        """The files of a portal's notices: the number of the post, the file, what it is read with."""


@dataclass(slots=True)
class Reading:
    """How the reading of some files went: a run a portal, what could not be read, whose hosts are unknown."""

    runs: dict[str, PortalRun] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A record of a page: where it lies, its headers and body (None of a revisit), and whom it refers to."""

    capture: Capture
    headers: HeaderMap | None
    body: bytes | None
    refers_to: tuple[str, str] = ("", "")
    is_wanted: bool = True  # or but the original of what is
    original: Capture | None = None  # of a revisit


def crawl_files(
    files: Sequence[Path],
    known: Registry,
    store: Keeper,
    *,
    portals: Sequence[Portal] = (),
    unlisted: bool = False,
    since: date | None = None,
    quiet: bool = False,
    max_file: int = LARGEST,
) -> Reading:
    """Read WARC files into the store.

    `portals` limits what is read to theirs (empty: every portal of the registry); `unlisted` takes unknown
    hosts under a portal of that name; `since` leaves out posts published before; files of notices are read
    up to `max_file` bytes (0: none is). Ctrl-C ends it cleanly.
    """
    reading, wanted, posts = Reading(), {p.id for p in portals}, dict[str, set[str]]()
    held = _Held(store, max_file)
    progress = Progress(len(wanted) or len(known.portals), quiet)
    started = time.monotonic()

    async def read_and_store(readers: Readers) -> None:
        wants = _Wanted(known, wanted, unlisted, reading.unknown)
        found = pages(files, reading, store, wants.is_wanted)
        of_portals = ((portal, f) for f in found if (portal := wants.portal_of(f.capture.url)))
        chosen = _originals_held(of_portals, store)
        pages_first = held.without_files(chosen) if max_file else chosen
        async for portal, reads in _read_ahead(readers, pages_first, since, store.keep == "all"):
            keep(portal, reads)
        async for portal, reads in held.files(readers, since, reading.troubles):
            keep(portal, reads)

    def keep(portal: Portal, reads: list[PageRead]) -> None:
        if portal.id not in reading.runs:
            store.sync_registry([portal])
            reading.runs[portal.id] = PortalRun(portal.id)
        run = reading.runs[portal.id]
        for read in reads:
            outcome, _ = store.add(read)
            run.pages += 1
            run.seen.count(read)
            run.outcomes[outcome] = run.outcomes.get(outcome, 0) + 1
            run.notices += bool(read.post) and outcome in (Outcome.NEW, Outcome.CHANGED)
            if read.post:
                posts.setdefault(portal.id, set()).add(read.post.post_id)
            progress.page(portal.id, bool(read.facts and read.facts.covid))
        run.seconds = time.monotonic() - started

    try:
        with closing(Readers()) as readers:
            asyncio.run(read_and_store(readers))
    except KeyboardInterrupt:
        reading.interrupted = True
    for portal in portals:
        if portal.id not in reading.runs:
            reading.runs[portal.id] = PortalRun(portal.id)
            reading.runs[portal.id].look_at(Look(Finding.NO_POSTS, "no record of its hosts in these files"))
    for run in reading.runs.values():
        run.posts, run.interrupted = len(posts.get(run.portal, ())), reading.interrupted
        portal_ended(run)
    return reading


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The portals whose records are read; pages of no portal are counted in `unknown`."""

    known: Registry
    wanted: set[str]
    unlisted: bool
    unknown: Counter[str]

    def portal_of(self, url: str) -> Portal | None:
        """The wanted portal of an address."""
        portal = self.known.of_url(url) or (UNLISTED if self.unlisted else None)
        taken = portal and (not self.wanted or portal.id in self.wanted or portal is UNLISTED)
        return portal if taken else None

    def is_wanted(self, url: str) -> bool:
        """Whether a record is read: what others' records lack is nobody's trouble."""
        if self.portal_of(url):
            return True
        if self.known.of_url(url) is None:
            self.unknown[netloc(url)] += 1
        return False


def _originals_held(records: Iterator[tuple[Portal, Found]], store: Keeper) -> Iterator[tuple[Portal, Found]]:
    """Records as they are; the store learns where the payloads of revisits lie, whoever sent them."""
    for portal, found in records:
        if found.original:
            store.hold(found.original)
        yield portal, found


async def _read_ahead(
    readers: Readers, records: Iterator[tuple[Portal, Found]], since: date | None, keep_all: bool
) -> AsyncIterator[tuple[Portal, list[PageRead]]]:
    """What the pages of records say, in their order, some read ahead."""
    ahead: deque[tuple[Portal, asyncio.Task[list[PageRead]]]] = deque()
    for portal, found in records:
        ahead.append((portal, asyncio.create_task(_read(readers, portal, found, since, keep_all))))
        if len(ahead) > AHEAD:
            first, task = ahead.popleft()
            yield first, await task
    for portal, task in ahead:
        yield portal, await task


class _Held:
    """Records of files, kept back until all pages are read: whose a file is, the page of its notice tells."""

    def __init__(self, store: Keeper, max_file: int) -> None:
        self.store, self.max_file = store, max_file
        self.captures: list[tuple[Portal, Capture, Capture | None]] = []
        self.moved: dict[str, str] = {}

    def without_files(self, records: Iterator[tuple[Portal, Found]]) -> Iterator[tuple[Portal, Found]]:
        """The records of pages; those of files are held, but not in a WARC file compressed as a whole."""
        originals: dict[int, Capture] = {}
        for portal, found in records:
            capture = found.capture
            original = originals.get(capture.refers_to or 0)
            to = found.headers.get("Location") if found.headers and 300 <= capture.status < 400 else None
            if address := absolute(capture.url, to):  # None for a broken one
                self.moved[canonical(capture.url)] = canonical(address)
            held = capture.warc and (original or not capture.refers_to)
            if held and found.body and _is_file(found.body):
                self.captures.append((portal, capture, original))
                originals[capture.id] = capture
            else:
                yield portal, found

    async def files(
        self, readers: Readers, since: date | None, troubles: list[str]
    ) -> AsyncIterator[tuple[Portal, list[PageRead]]]:
        """What the held records say, the oldest first: those of no notice as pages."""
        known: dict[str, dict[str, list[Asked]]] = {}
        for portal, capture, original in sorted(self.captures, key=lambda held: held[1].fetched_at):
            if portal.id not in known:
                known[portal.id] = self._by_address(portal)
            try:
                page = page_of_capture(capture, Path("/"), original)
            except CaptureError as error:
                troubles.append(f"{capture.warc}: byte {capture.offset}: {error}")
                continue
            asked = known[portal.id].get(canonical(capture.url))
            if asked and not problem_of(page):
                yield portal, [await self._read(page, portal, file) for file in asked]
            else:
                keep_all = self.store.keep == "all"
                yield portal, await read_archived_by(readers, page, portal, None, since, keep_all)

    def _by_address(self, portal: Portal) -> dict[str, list[Asked]]:
        """The files of a portal's notices by the address where their redirects end."""
        found: dict[str, list[Asked]] = {}
        for asked in starmap(Asked, self.store.files_of(portal.id)):
            address = canonical(asked.attachment.url)
            for _ in range(MOST_REDIRECTS):
                address = self.moved.get(address, address)
            found.setdefault(address, []).append(asked)
        return found

    async def _read(self, page: Page, portal: Portal, asked: Asked) -> PageRead:
        if len(page.body) > self.max_file:
            problem = Outcome.SKIPPED, too_large(self.max_file)
            return unread_attachment(page, portal, asked.post_id, asked.attachment, problem)
        return await read_asked(page, portal, asked, self.store)


def _is_file(body: bytes) -> bool:
    """Whether a body is of a kind that attached files are; a page is told by its first letter."""
    return body[:100].lstrip()[:1] != b"<" and kind_of(body) not in ("", "html")


async def _read(
    readers: Readers, portal: Portal, found: Found, since: date | None, keep_all: bool
) -> list[PageRead]:
    page = page_of_answer(found.headers, found.body or b"", found.capture)
    to = found.headers.get("Location") if found.headers else None
    return await read_archived_by(readers, page, portal, to, since, keep_all)


# -- records -------------------------------------------------------------------------------------------


def pages(
    files: Sequence[Path],
    reading: Reading,
    memory: Originals,
    is_wanted: Callable[[str], bool] = lambda url: True,
) -> Iterator[Found]:
    """The pages of files at wanted addresses; what cannot be read of them is noted in `reading`.

    Revisits are resolved among all pages, for one host may send what another sent.
    """
    waiting: list[Found] = []
    for file in files:
        for found in _records(file, reading, is_wanted):
            if found.body is None:
                waiting += [found] if found.is_wanted else []
                continue
            if found.capture.warc:
                memory.learn(found.capture)
            if found.is_wanted:
                yield found
    for found in waiting:
        original = memory.original_of(found.capture.digest, *found.refers_to)
        try:
            if original is None:
                raise CaptureError("a revisit of a capture that is in none of the files, nor was read before")
            page = page_of_capture(original, Path("/"))
            digest = found.capture.digest or original.digest
            capture = replace(found.capture, refers_to=original.id, status=original.status, digest=digest)
            yield replace(found, capture=capture, body=page.body, headers=found.headers, original=original)
        except CaptureError as error:
            reading.troubles.append(f"{found.capture.warc}: byte {found.capture.offset}: {error}")


def _records(file: Path, reading: Reading, is_wanted: Callable[[str], bool]) -> Iterator[Found]:
    """The pages of one file, each with the place of its record; what is broken is passed over and noted."""
    if not file.stat().st_size:
        reading.troubles.append(f"{file}: is empty")
        return
    at: int | None = 0
    with bytes_of(file) as data:
        while at is not None:
            at = yield from _records_from(file, data, at, reading, is_wanted)


def _records_from(
    file: Path, data: Bytes, at: int, reading: Reading, is_wanted: Callable[[str], bool]
) -> Generator[Found, None, int | None]:
    """Those from a byte on, up to the first that is broken; returns where to go on, None at the end."""
    last: Found | None = None
    place: Place | None = None
    why = ""
    try:
        with file.open("rb") as source:
            source.seek(at)
            kinds = WarcRecordType.any_type
            for record in ArchiveIterator(source if at else str(file), record_types=kinds, parse_http=False):
                before, place = place, data.place(record.stream_pos, record.content_length, place)
                if last and before:
                    yield _placed(last, file, before, before.start if place.shared else place.start)
                last = _found(record, file, reading, is_wanted)
    except (OSError, ValueError) as error:
        why = str(error)
    end = at if not place else None if why and place.shared else data.end_of(place)
    if last and place and end is not None:
        yield _placed(last, file, place, end)
    if end is not None and data.is_end(end):
        return None
    broken = end if end is not None else place.start if place else at
    on = data.next_record(broken + 1)
    why = why or "no record" if end is not None else "cut, broken, or not as long as its Content-Length says"
    further = f"passed over, read on at byte {on}" if on < data.size else "nothing behind it can be read"
    reading.troubles.append(f"{file}: byte {broken}: {why}; {further}")
    return on if on < data.size else None


def _placed(found: Found, file: Path, place: Place, end: int) -> Found:
    """A page with its place; one that shares a gzip member with others has none."""
    if place.shared or end <= place.start:
        return found
    start = place.start
    capture = replace(found.capture, warc=str(file.resolve()), offset=start, length=end - start)
    return replace(found, capture=capture)


def _found(
    record: WarcRecord, file: Path, reading: Reading, is_wanted: Callable[[str], bool]
) -> Found | None:
    """The page of a record, or None for one that is none; what cannot be read is noted."""
    url = without_user((record.headers.get("WARC-Target-URI") or "").strip("<>").partition("#")[0])
    revisit = record.record_type == WarcRecordType.revisit
    if not (revisit or record.record_type & _PAGES) or not url.lower().startswith(("http://", "https://")):
        return None
    wanted = is_wanted(url)
    try:
        if record.content_length > LARGEST:
            raise ValueError("larger than 25 MB")
        headers, block = None, record.reader.read()
        body = sent = block
        if record.record_type in HTTP:
            headers, body = http_of(block)
        if len(body) > LARGEST:
            raise ValueError("larger than 25 MB")
        if headers and "WARC-Payload-Digest" not in record.headers:
            sent = http_of(block, decode=False)[1]
        return replace(_page(record, url, headers, None if revisit else body, sent), is_wanted=wanted)
    except (OSError, ValueError, TypeError) as error:
        if wanted:
            reading.troubles.append(f"{file}: byte {record.stream_pos}: {error}")
        return None


def _page(
    record: WarcRecord, url: str, headers: HeaderMap | None, body: bytes | None, payload: bytes
) -> Found:
    """The page of a record; a digest that it does not name is that of its `payload` as it was sent."""
    seen = record.record_date
    if seen is None:
        raise ValueError(f"no time in WARC-Date: {record.headers.get('WARC-Date')}")
    seen = (seen if seen.tzinfo else seen.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    # A map of no headers is false, and an answer all the same.
    sent = (record.headers if headers is None else headers).get("Content-Type") or ""
    told = record.headers.get("WARC-Payload-Digest")
    digest = told or digest_of(b"" if body is None else payload)
    status = 200 if headers is None else headers.status_code or 0
    media_type = sent.partition(";")[0].strip().lower()
    capture = Capture(
        capture_id("warc", url, seen, digest), url, seen, status, media_type,
        told or ("" if body is None else digest), "", 0, 0, "warc",
    )  # fmt: skip
    day = (record.headers.get("WARC-Refers-To-Date") or "")[:19]
    moment = utc(datetime.fromisoformat(day).replace(tzinfo=UTC)) if day else ""
    return Found(capture, headers, body, (record.headers.get("WARC-Refers-To-Target-URI") or "", moment))
