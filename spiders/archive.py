"""The archive spider: a portal's posts as Wayback, Common Crawl or a pywb collection captured them.

The archive's CDX index is the list; archived list pages are not walked, and the live host is not asked.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from email.utils import parsedate_to_datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import scrapy

from crawler import platforms
from crawler.archived import read_archived_by
from crawler.clock import now
from crawler.guard import Guard, address_refusal
from crawler.model import NOT_ARCHIVED, Outcome, Page, PageKind, PageMemory, PageRead, Portal, Sightings
from crawler.reader import problem_of as problem_of_page
from crawler.reader import too_large, unread_attachment
from crawler.readers import Readers
from crawler.urls import absolute, canonical, is_address, is_trap, netloc
from spiders.arguments import day_of, is_on, pages_of, portal_of
from spiders.cdx import (
    Archive,
    CdxCache,
    Listing,
    NoIndex,
    Row,
    crawls_of,
    distinct,
    nearest,
    repeats,
    rows_of,
)
from spiders.failures import problem_of
from spiders.files import Asked, read_asked, wanted_files
from spiders.portal import MAX_FILE, MAX_PAGES
from spiders.reading import ReadingSpider
from spiders.replay import is_archived, page_of_range, page_of_replay, unfit

if TYPE_CHECKING:
    from scrapy.http import Response
    from twisted.python.failure import Failure

#: Answers by which an archive says: not now.
_BUSY = frozenset([429, 500, 502, 503, 504, 509])
#: Times in a row that the archive may refuse before the job stops, and redirects that are followed.
TRIES, HOPS = 3, 5
#: So many of Common Crawl's crawls are asked for a file: that of its post, and those before and after it.
CRAWLS = 3
#: Why a file of more than a megabyte is none of Common Crawl's.
CUT_SHORT = "Common Crawl holds only its beginning"
#: Seconds between questions to an archive's index, and between its pages.
PACE = (2.5, 1.0)
#: What becomes of an answer is decided here: Scrapy would follow an archived redirect to the live host.
PLAIN: dict[str, Any] = {"dont_redirect": True, "handle_httpstatus_all": True, "dont_retry": True}
Produced = PageRead | Sightings | scrapy.Request


@dataclass(slots=True)
class Candidates:
    """Captures of one post on one day, the best view first: the next is asked for when one is dead."""

    rows: list[Row]

    def next(self) -> Row | None:
        """The best capture not asked for yet."""
        return self.rows.pop(0) if self.rows else None


class ArchiveSpider(ReadingSpider):
    """Read one portal of the registry out of a web archive.

    `portal` is a `Portal` or the id of one, `archive` an `Archive` or what `Archive.of` takes; `first` and
    `last` bound the days of capture; `memory` is what was seen before, `cache` the folder of the index's
    answers (None: beside the database); `max_pages` counts pages asked of the archive; `attachments` (0:
    none) and `max_attachment_size` (bytes) say which files of notices are asked for.
    """

    name = "archive"
    via = "archive"
    read_whole = done = False  # what an archive holds of list pages says nothing about the portal's
    #: One request at a time (one that waits within the downloader would go out in a pause), 24 questions a
    #: minute to the index: what the Internet Archive bears.
    custom_settings = {  # noqa: RUF012 - Scrapy's name and type
        "CONCURRENT_REQUESTS": 1,
        "AUTOTHROTTLE_ENABLED": False,
        "DOWNLOAD_DELAY": PACE[1],
        "DOWNLOAD_DELAY_JITTER": 0,
        "DOWNLOAD_TIMEOUT": 180,
        # MAX_PAGES at a page a second, the questions to the index, the waits that the archive asks for.
        "THONGBAO_PORTAL_SECONDS": 12 * 3600.0,
        "DOWNLOAD_SLOTS": {"cdx": {"concurrency": 1, "delay": PACE[0], "jitter": 0.0}},
    }

    def __init__(
        self,
        portal: Portal | str = "",
        *,
        archive: Archive | str = "wayback",
        registry_dir: str | None = None,
        memory: PageMemory | None = None,
        readers: Readers | None = None,
        cache: Path | None = None,
        first: date | str | None = None,
        last: date | str | None = None,
        max_pages: int | str | None = None,
        since: date | str | None = None,
        allow_loopback: bool | str = False,
        attachments: bool | str = True,
        max_attachment_size: int | str = MAX_FILE,
    ) -> None:
        super().__init__()
        portal = portal_of(portal, registry_dir, self.name)
        archive = Archive.of(archive) if isinstance(archive, str) else archive
        self.portal, self.archive, self.memory = portal, archive, memory
        self.readers = readers or Readers()
        self.since = day_of("since", since)
        self.days = (day_of("first", first), day_of("last", last))
        self.budget = pages_of(max_pages, MAX_PAGES)
        self.guard = Guard.of(archive.hosts, is_on(allow_loopback))
        self.hosts = sorted(
            {netloc(u) for u in (portal.url, *portal.start)} | {h.lower() for h in portal.hosts}
        )
        self.own = Guard.of([portal.url, *portal.start, *portal.hosts], allow_loopback=True)
        self.cache = CdxCache(cache, archive) if cache else None
        self.wants_files = is_on(attachments)
        self.max_file = int(max_attachment_size)
        self.files: set[tuple[str, str]] = set()
        self.posts: dict[str, int] = {}
        self.listed = 0
        self.refused = ""
        self.overspent = ""  # which budget of the portal was spent, as a reason
        self.refusals = 0  # in a row
        self.rows: dict[str, list[Row]] = {}
        self.repeats: dict[Row, list[Row]] = {}  # captures of the same bytes as one that is read
        self.indexes: list[str] = []  # of Common Crawl's crawls, those of the wanted days
        self.listing = Listing(archive.kind)
        self.patience = 60.0

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> ArchiveSpider:
        """Made by Scrapy."""
        kwargs.pop("_job", None)  # what scrapyd calls its job, and gives to every spider
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.patience = crawler.settings.getfloat("THONGBAO_ARCHIVE_PATIENCE")
        # Of the entry's settings only what the portal may cost: the others are of its own line and pace.
        costs = {k: v for k, v in spider.portal.settings.items() if k.startswith("THONGBAO_PORTAL_")}
        crawler.settings.setdict(costs, priority="spider")
        if spider.cache is None:
            folder = Path(crawler.settings["THONGBAO_DB"]).parent / "captures" / "cdx"
            spider.cache = CdxCache(folder, spider.archive)
        return spider

    # -- the index -------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Any]:
        """The first question to the index; the others follow its answers, one at a time."""
        if self.archive.kind == "commoncrawl":
            yield self.cdx_request(self.archive.cdx, self.read_crawls, {})
        else:
            yield self.list_request(list(self.queries([self.archive.cdx])))

    def queries(self, indexes: Sequence[str]) -> Iterator[tuple[str, str]]:
        """What is to be asked: an index and a host of the portal each."""
        for index in indexes:
            for host in self.hosts:
                yield index, host

    def read_crawls(self, response: Response) -> Iterator[Produced]:
        """Common Crawl has an index for each of its crawls: those of the wanted days."""
        if (again := self.held_up(response)) is not None:
            yield from again
            return
        if response.status != 200:
            self.refused = f"the archive's list of crawls answers HTTP {response.status}"
            return
        try:
            wanted = crawls_of(response.body, self.days)
        except NoIndex as error:
            self.refused = f"the archive's list of crawls answers with {error}"
            return
        self.indexes = wanted
        if wanted:
            yield self.list_request(list(self.queries(wanted)))

    def list_request(self, queries: list[tuple[str, str]]) -> Any:
        """The request for the captures of the first query; the others wait."""
        self.listing.begin()
        index, host = queries[0]
        cached = self.cache.rows(index, host, self.days) if self.cache else []
        self.keep_rows(host, cached)
        newest = max((row.timestamp for row in cached), default="")
        url = self.archive.query(index, host, self.days, newest)
        return self.cdx_request(url, self.read_rows, {"queries": queries, "query_url": url})

    def cdx_request(
        self, url: str, callback: Any, meta: dict[str, Any], errback: Any = None
    ) -> scrapy.Request:
        """A request to the index: one at a time, at the index's pace."""
        meta, errback = meta | PLAIN | {"download_slot": "cdx"}, errback or self.failed
        return scrapy.Request(
            url, callback=callback, errback=errback, meta=meta, dont_filter=True, priority=20
        )

    def read_rows(self, response: Response) -> Iterator[Produced]:
        """Keep the rows of one answer, then ask for the rest, the next query, or the pages."""
        if (again := self.held_up(response)) is not None:
            yield from again
            return
        queries = response.meta["queries"]
        index, host = queries[0]
        if response.status not in (200, 404):  # Common Crawl's 404: no capture
            self.refused = f"the archive's index answers HTTP {response.status} for {host}"
            return
        if response.status == 200:
            try:
                resume = self.listing.add(response.body.decode("utf-8", "replace"))
            except NoIndex as error:
                self.refused = f"the archive's index answers for {host} with {error}"
                return
            if resume:
                url = f"{response.meta['query_url']}&resumeKey={resume}"
                yield self.cdx_request(url, self.read_rows, {**_own(response.meta), "queries": queries})
                return
            rows = list(self.listing.rows)
            self.keep_rows(host, rows)
            if self.cache and not self.listing.cut_off:  # Wayback's order is by address, not by time
                self.cache.add(index, host, self.days, rows)
        if queries[1:] and not self.listing.is_full:
            yield self.list_request(queries[1:])
            return
        yield from self.page_requests()

    def keep_rows(self, host: str, rows: Sequence[Row]) -> None:
        """Rows of pages that may be posts of the portal."""
        for row in rows:
            url = row.url
            if not is_address(url) or self.own.refusal(url) or is_trap(url):
                continue
            self.listed += 1
            self.rows.setdefault(url, []).append(row)

    def page_requests(self) -> Iterator[Produced]:
        """A request for each page version, of a post's views on one day the best."""
        days: dict[tuple[str, str], list[tuple[Any, Row]]] = {}
        for url, rows in self.rows.items():
            named = platforms.get(self.portal.platform or platforms.detect(b"", url)).identify(url)
            if named is None and self.portal.platform not in (None, "generic"):
                continue  # a list page, by an address of which the platform is known
            post_id, rank = (named[0], named[1].rank) if named else (url, (False, False, 0, ""))
            chosen = distinct(rows)
            self.repeats |= repeats(rows, chosen)
            for row in chosen:
                days.setdefault((post_id, row.timestamp[:8]), []).append((rank, row))
        best: dict[str, Any] = {}
        for (post_id, _), found in days.items():
            rank = min(r[:2] for r, _ in found)
            best[post_id] = min(rank, best.get(post_id, rank))
        for (post_id, _), found in days.items():
            found = [f for f in found if f[0][:2] == best[post_id]]
            first = min(found, key=lambda f: f[0])[1].url if found else ""
            for row in [row for _, row in found if row.url == first]:
                others = [r for _, r in sorted(found, key=lambda f: f[0]) if r.url != first]
                yield from self.page_request(Candidates([row, *others]))
        self.rows.clear()

    # -- pages -----------------------------------------------------------------------------------------

    def page_request(self, candidates: Candidates) -> Iterator[Produced]:
        """The request of the next candidate, unless it was read before or the budget is spent."""
        row = candidates.next()
        if row is None or self.budget <= 0 or self.refused:
            return
        if self.was_read(row):
            yield from self.sightings(row, row.url, self.archive.place(row))
            return
        self.budget -= 1
        yield self.replay_request(row, row.url, row.timestamp, candidates, hops=0)

    def was_read(self, row: Row) -> bool:
        """Whether an earlier run read a capture; one whose row tells no time is known by its witness."""
        if self.memory is None:
            return False
        if row.moment:
            return self.memory.was_captured(row.url, self.archive.via, row.moment)
        return self.memory.was_seen(self.archive.place(row))

    def sightings(self, row: Row, url: str, known: str) -> Iterator[Sightings]:
        """Where the bytes of a capture that was read stood at other times: told, not asked for."""
        if places := [(self.archive.place(r), r.moment) for r in self.repeats.get(row, ()) if r.moment]:
            yield Sightings(url, known, self.archive.via, tuple(places))

    def replay_request(
        self, row: Row, url: str, timestamp: str, candidates: Candidates, hops: int
    ) -> scrapy.Request:
        """The request of one capture, its bytes as they were."""
        address, headers = self.archive.replay(replace(row, url=url, timestamp=timestamp))
        meta = PLAIN | {
            "row": row,
            "url": url,
            "timestamp": timestamp,
            "candidates": candidates,
            "hops": hops,
        }
        return scrapy.Request(
            address, headers=headers, callback=self.read, errback=self.failed, meta=meta, dont_filter=True
        )

    async def read(self, response: Response) -> Iterable[Produced]:
        """Read one archived page; a redirect is followed inside the archive."""
        if self.archive.kind == "commoncrawl" and response.status in (200, 206):
            try:
                page, location, _ = page_of_range(response, self.archive.via)
            except ValueError as error:
                unread = self.unread(response.meta, Outcome.FAILED, str(error))
                return chain([unread], self.page_request(response.meta["candidates"]))
        else:
            if not is_archived(response) and (again := self.held_up(response)) is not None:
                return again
            if why := unfit(response):
                unread = self.unread(response.meta, Outcome.FAILED, why)
                return chain([unread], self.page_request(response.meta["candidates"]))
            page, location = page_of_replay(response, self.archive.via)
        if 300 <= page.status < 400 and location and (further := self.follow(response, page, location)):
            return further
        keep_all = self.crawler.settings["THONGBAO_KEEP"] == "all"
        found = await read_archived_by(self.readers, page, self.portal, location, self.since, keep_all)
        return self.go_on(response, found)

    def go_on(self, response: Response, found: list[PageRead]) -> Iterator[Produced]:
        """What an archived page gives to the store; another capture of it where it gives nothing."""
        for read in found:
            if read.post:
                self.posts[read.post.post_id] = self.posts.get(read.post.post_id, 0) + 1
            yield read
            yield from self.file_requests(read, response.meta)
        if found[0].post and canonical(found[0].page.url) == canonical(response.meta["row"].url):
            page = found[0].page
            yield from self.sightings(response.meta["row"], page.url, page.place)
        if found[0].problem in (Outcome.GONE, Outcome.BLOCKED, Outcome.FAILED, Outcome.EMPTY):
            yield from self.page_request(response.meta["candidates"])

    def follow(self, response: Response, page: Page, location: str) -> list[Produced]:
        """Where a redirect leads, inside the archive; [] for one that leads off the portal or nowhere."""
        meta = response.meta
        if meta["hops"] >= HOPS:
            why = f"redirects without end: {HOPS} followed"
            failed = PageRead(page, self.portal.id, PageKind.OTHER, problem=Outcome.FAILED, reason=why)
            return [failed, *self.page_request(meta["candidates"])]
        if not (to := self.further(response, page, location)):
            return []
        url, timestamp = to
        request = self.replay_request(meta["row"], url, timestamp, meta["candidates"], meta["hops"] + 1)
        if canonical(url) == canonical(page.url):  # to the exact time of the same page
            return [request]
        told = PageRead(
            page, self.portal.id, PageKind.OTHER, problem=Outcome.UNCHANGED, reason=f"redirected to {url}"
        )
        return [told, request]

    def further(self, response: Response, page: Page, location: str) -> tuple[str, str] | None:
        """Address and timestamp where a redirect leads; None for one off the portal or one too many."""
        inside = self.archive.inside(absolute(response.url, location) or "")
        timestamp, url = inside or (response.meta["timestamp"], absolute(page.url, location))
        if not url or not is_address(url) or response.meta["hops"] >= HOPS or self.own.refusal(url):
            return None
        return url, timestamp

    # -- files of notices ------------------------------------------------------------------------------

    def file_requests(self, read: PageRead, meta: dict[str, Any]) -> Iterator[scrapy.Request]:
        """Requests of a notice's files as they were nearest to its own capture: the archive redirects there.

        Common Crawl has no such address: its crawls nearest to that of the notice are asked for the file.
        """
        if not self.wants_files or not self.memory:
            return
        for asked in wanted_files(read, self.portal, self.memory):
            url = asked.attachment.url
            if (asked.post_id, url) in self.files:
                continue
            self.files.add((asked.post_id, url))
            if self.budget > 0 and not self.own.refusal(url):
                self.budget -= 1
                row = Row(url, meta["timestamp"], "200", "")
                if self.archive.kind == "commoncrawl":
                    indexes = nearest(self.indexes, meta["row"].filename, CRAWLS)
                    yield self.file_question(asked, row, indexes)
                else:
                    yield self.file_request(asked, row, hops=0)

    def file_question(self, asked: Asked, row: Row, indexes: list[str]) -> scrapy.Request:
        """The question to the first of some indexes where a file of the notice of `row` lies."""
        meta = {"file": asked, "row": row, "url": row.url, "indexes": indexes}
        url = self.archive.file_query(indexes[0], row.url)
        return self.cdx_request(url, self.read_file_rows, meta, self.file_failed)

    def read_file_rows(self, response: Response) -> Iterator[Produced]:
        """Ask for the newest capture of a file that an index knows, or ask the next index."""
        if (again := self.held_up(response)) is not None:
            yield from again
            return
        asked, row, indexes = (response.meta[name] for name in ("file", "row", "indexes"))
        found: list[Row] = []
        if response.status == 200:
            with suppress(NoIndex):
                found, _, _ = rows_of(response.body.decode("utf-8", "replace"), self.archive.kind)
        if found:
            yield self.file_request(asked, max(found, key=lambda r: r.timestamp), hops=0)
        elif indexes[1:]:
            yield self.file_question(asked, row, indexes[1:])
        else:
            yield self.without_file(asked, response.meta, Outcome.SKIPPED, NOT_ARCHIVED)

    def file_request(self, asked: Asked, row: Row, hops: int) -> scrapy.Request:
        """The request of one capture of a file."""
        address, headers = self.archive.replay(row)
        meta = PLAIN | {"file": asked, "row": row, "url": row.url, "timestamp": row.timestamp, "hops": hops}
        return scrapy.Request(
            address, headers=headers, callback=self.read_file, errback=self.file_failed, meta=meta,
            dont_filter=True,
        )  # fmt: skip

    async def read_file(self, response: Response) -> AsyncIterator[Produced]:
        """Read an archived file; a redirect is followed inside the archive."""
        asked: Asked = response.meta["file"]
        if self.archive.kind == "commoncrawl" and response.status in (200, 206):
            try:
                page, _, whole = page_of_range(response, self.archive.via)
            except ValueError as error:
                yield self.without_file(asked, response.meta, Outcome.FAILED, str(error))
                return
            if whole:
                yield await self.file_of(page, asked, response.meta)
            else:
                yield self.without_file(asked, response.meta, Outcome.SKIPPED, CUT_SHORT)
            return
        if not is_archived(response) and (again := self.held_up(response)) is not None:
            for request in again:
                yield request
            return
        if why := unfit(response):
            missing = not is_archived(response) and response.status == 404
            yield self.without_file(asked, response.meta, Outcome.SKIPPED if missing else Outcome.FAILED,
                                    NOT_ARCHIVED if missing else why)  # fmt: skip
            return
        page, location = page_of_replay(response, self.archive.via)
        if 300 <= response.status < 400 and location and (to := self.further(response, page, location)):
            yield self.file_request(asked, Row(*to, "200", ""), response.meta["hops"] + 1)
            return
        yield await self.file_of(page, asked, response.meta)

    async def file_of(self, page: Page, asked: Asked, meta: dict[str, Any]) -> PageRead:
        """What an archived file says, or why it was not read."""
        if problem := problem_of_page(page):
            return self.without_file(asked, meta, *problem)
        if len(page.body) > self.max_file:
            return self.without_file(asked, meta, Outcome.SKIPPED, too_large(self.max_file))
        return await read_asked(page, self.portal, asked, self.memory)

    def file_failed(self, failure: Failure) -> PageRead:
        """A file that gave no response."""
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
        return self.without_file(request.meta["file"], request.meta, *problem_of(failure))

    def without_file(self, asked: Asked, meta: dict[str, Any], outcome: Outcome, reason: str) -> PageRead:
        """The outcome of a file of which no bytes came."""
        page = Page(meta["url"], 0, b"", meta["row"].moment or now(), via=self.archive.via)
        return unread_attachment(page, self.portal, asked.post_id, asked.attachment, (outcome, reason))

    # -- trouble ---------------------------------------------------------------------------------------

    def held_up(self, response: Response) -> list[scrapy.Request] | None:
        """The same request again after the wait that the archive asks for; None where it answered.

        A 429 is waited for 60 seconds at least: the Internet Archive shuts out who asks on. After TRIES in a
        row the job stops.
        """
        if response.status not in _BUSY:
            self.refusals = 0
            return None
        self.refusals += 1
        asked = (response.headers.get("Retry-After") or b"").decode("latin-1")
        wait = max(self.patience * (1 if response.status == 429 else self.refusals / 6), _seconds(asked))
        request = response.request
        assert request
        if self.refusals > TRIES or wait > 60 * self.patience:
            return self.give_up(f"the archive refuses (HTTP {response.status}), asked {self.refusals} times")
        self.pause(wait)
        return [request.replace(meta=_own(request.meta), priority=request.priority + 1)]

    def pause(self, seconds: float) -> None:
        """Ask nothing for some time."""
        from twisted.internet import reactor

        loop: Any = reactor
        engine: Any = self.crawler.engine
        self.logger.info("waiting %.0f seconds for the archive", seconds)
        engine.pause()
        loop.callLater(seconds, engine.unpause)

    def give_up(self, why: str) -> list[scrapy.Request]:
        """Stop the job: who is refused does not go on asking."""
        from scrapy.utils.defer import deferred_from_coro

        if not self.refused:
            self.refused = why
            deferred_from_coro(self.crawler.engine.close_spider_async(reason="refused"))
        return []

    def failed(self, failure: Failure) -> Iterator[Produced]:
        """A request without an answer: the index's ends the job, a page's is its outcome."""
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
        outcome, reason = problem_of(failure)
        if "row" not in request.meta:
            self.refused = self.refused or f"the archive's index cannot be asked: {reason}"
            return
        yield self.unread(request.meta, outcome, reason)
        yield from self.page_request(request.meta["candidates"])

    def unread(self, meta: dict[str, Any], outcome: Outcome, reason: str) -> PageRead:
        """A capture of which nothing came to be read."""
        page = Page(meta["url"], 0, b"", meta["row"].moment or now(), via=self.archive.via)
        return PageRead(page, self.portal.id, PageKind.OTHER, problem=outcome, reason=reason)

    def stop(self, why: str) -> None:
        """End for a reason that no further page can mend."""
        self.broken = self.broken or why
        self.give_up(why)


def _own(meta: dict[str, Any]) -> dict[str, Any]:
    """The meta of a request without what Scrapy wrote into it."""
    return {k: v for k, v in meta.items() if k not in ("exchanges", "download_latency", "depth")}


def _seconds(header: str) -> float:
    """What Retry-After asks for: seconds, or the time until a date."""
    if header.isascii() and header.isdigit():
        return float(header)
    try:
        return max(0.0, (parsedate_to_datetime(header) - now()).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def is_loopback(url: str) -> bool:
    """Whether an address is this machine's."""
    return bool(re.match(r"(127\.|localhost$|\[?::1)", urlsplit(url).hostname or "")) and bool(
        address_refusal(urlsplit(url).hostname or "", False)
    )
