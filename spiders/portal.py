"""The live spider: from a portal's start pages through list pages and their paging to its posts."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from http import HTTPStatus
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import scrapy
from scrapy import signals
from scrapy.exceptions import (
    DontCloseSpider,
)
from scrapy.utils.defer import deferred_from_coro
from twisted.python.failure import Failure

from crawler import settings
from crawler.clock import now
from crawler.guard import Guard, Refused
from crawler.health import Finding, Look, trouble_of
from crawler.model import (
    STANDS_IN,
    Exchange,
    Form,
    Listing,
    Outcome,
    Page,
    PageKind,
    PageMemory,
    PageRead,
    Portal,
    PostLink,
    PostState,
)
from crawler.reader import (
    left_out_before,
    read_page,
    too_large,
    unread_attachment,
)
from crawler.reader import problem_of as problem_of_page
from crawler.readers import Readers, Unread
from crawler.urls import PAGING, canonical, is_trap
from spiders.arguments import day_of, is_on, pages_of, portal_of
from spiders.exchange import asked_kind, asked_url, exchange_of, page_of, posted
from spiders.failures import problem_of
from spiders.files import Asked, read_asked, wanted_files
from spiders.reading import ReadingSpider
from spiders.views import PostViews

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

#: A chain of list pages ends when this many in a row bring no post that is new to this crawl: calendars
#: and date filters go on for ever, while portals repeat a section's first page under two or three addresses.
BARREN_LIMIT = 8
#: While fewer posts than these are under way list pages go before them, so that the line is never idle; with
#: more, posts go first, and little waits in memory.
AHEAD = 40
#: Addresses at which one undated text about other matters is no post's.
SAME = 3
#: Days for which a dead link is not asked for again, and days back to which list pages are read although they
#: bring nothing new: portals publish late, and under earlier days.
DEAD_DAYS, BACK_DAYS = 7, 31
_READ = frozenset([Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.IRRELEVANT])
#: What is known of a post that is not kept; one whose page was an error is not known.
_KNOWN = _READ | {Outcome.SKIPPED}
#: Responses asked of one portal when --max-pages does not say otherwise.
MAX_PAGES = settings.THONGBAO_PORTAL_PAGES
#: Posts of one portal that are kept in mind: list pages of a gigabyte would name more than memory holds.
MAX_POSTS = 10 * MAX_PAGES
#: Bytes of an attached file when --max-attachment-size does not say otherwise.
MAX_FILE = 25 * 1024 * 1024
Produced = PageRead | scrapy.Request


class PortalSpider(ReadingSpider):
    """Crawl one portal of the registry: what is new to `memory`, and what was read a month ago.

    `portal` is a `Portal` or the id of one; `max_pages` counts requests of pages; `since` (`YYYY-MM-DD` or a
    date) leaves out posts published before that day; `memory` is what was seen before; `attachments` (0:
    none) and `max_attachment_size` (bytes) say which files of notices are fetched; `anew` asks for all again.
    """

    name = "portal"
    via = "live"

    def __init__(
        self,
        portal: Portal | str = "",
        *,
        registry_dir: str | None = None,
        memory: PageMemory | None = None,
        readers: Readers | None = None,
        max_pages: int | str | None = None,
        since: date | str | None = None,
        allow_loopback: bool | str = False,
        attachments: bool | str = True,
        max_attachment_size: int | str = MAX_FILE,
        anew: bool | str = False,
    ) -> None:
        super().__init__()
        self.portal = portal = portal_of(portal, registry_dir, self.name)
        self.memory = memory
        self.readers = readers or Readers()
        self.budget = self.most_pages = pages_of(max_pages, MAX_PAGES)
        self.bounded = max_pages is not None  # by who called
        self.since = day_of("since", since)
        self.keep_all = False
        self.anew = is_on(anew)
        self.before: PageMemory | None = None  # the memory, where earlier crawls left something that counts
        self.only_new = False  # all its lists were read to their ends before
        self.wants_files = is_on(attachments)
        self.max_file = int(max_attachment_size)
        self.files: set[tuple[str, str]] = set()
        self.bad_files = 0  # that failed or were blocked
        self.reading = asyncio.Semaphore(os.cpu_count() or 1)
        self.guard = Guard.of([portal.url, *portal.start, *portal.hosts], is_on(allow_loopback))
        self.posts: dict[str, PostViews] = {}
        self.listed: set[str] = set()
        self.led_to: set[str] = set()
        self.undated: dict[str, list[str]] = {}  # addresses by the text that their undated posts have
        self.starts: set[str] = set()
        self.start_problems: list[Look] = []
        self.first: set[str] = set()  # posts that the start pages name
        self.stopped_by_budget = False
        self.lost_form = False  # a list page failed that no address alone asks for again
        self.under_way = 0  # posts asked for and not yet answered
        self.unreadable = 0  # pages asked for as posts that hold none
        self.overspent = ""  # which budget of the portal was spent, as a reason

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> PortalSpider:
        """Made by Scrapy; the held-back views are asked for when nothing else is left.

        The settings of the registry entry are laid over the project's, under those of the command line.
        """
        if isinstance(kwargs.get("portal", ""), str) and (task := asyncio.current_task()):
            # Under `scrapy crawl` nobody else asks how it ended: a wrong call is a sentence, no traceback.
            task.add_done_callback(_tell_failure)
        kwargs.pop("_job", None)  # what scrapyd calls its job, and gives to every spider
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.settings.setdict(spider.portal.settings, priority="spider")
        if kwargs.get("max_pages") is None:
            spider.budget = spider.most_pages = crawler.settings.getint("THONGBAO_PORTAL_PAGES")
        spider.keep_all = crawler.settings["THONGBAO_KEEP"] == "all"
        crawler.signals.connect(spider.ask_for_held_views, signals.spider_idle)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """The start pages of the registry entry, or the home page; then what is to be read again."""
        if self.memory:
            was_whole = self.memory.was_read_whole(self.portal.id)
            if self.memory.begin(self.portal) and not self.anew and self.memory.knows(self.portal.id):
                self.before, self.only_new = self.memory, was_whole
        for url in self.portal.start or (self.portal.url,):
            self.starts.add(canonical(url))
            if why := self.guard.refusal(url):
                self.note_problem(url, Finding.BLOCKED, why)
                yield self.unread(url, PageKind.LIST, Outcome.BLOCKED, why)
            for request in self.list_requests([url], barren=0):
                yield request
        for again in self.due():
            yield again

    def due(self) -> Iterator[Produced]:
        """Requests of notices read a month ago, of pages that failed, of files that were left over."""
        if not self.memory:
            return
        for link in self.memory.posts_due(self.portal.id, now()):
            if not self.guard.refusal(link.view.url):
                self.posts[link.post_id] = PostViews(self.memory.post(self.portal.id, link.post_id))
                if request := self.post_request(link):
                    yield request
        if self.before:
            yield from self.list_requests(list(self.before.lists_failed(self.portal.id)), barren=0)
            yield from self.failed_before(self.before)
        for post_id, attachment, notice in self.memory.files_due(self.portal.id) if self.wants_files else ():
            yield from self.file_request(Asked(post_id, attachment, notice))

    def failed_before(self, before: PageMemory) -> Iterator[scrapy.Request]:
        """Requests of posts whose last fetch failed: no list page that brings nothing new leads to them."""
        for link in before.posts_failed(self.portal.id):
            if link.post_id not in self.posts and not self.guard.refusal(link.view.url):
                views = self.met(link)
                views.links[link.view.url] = link
                if not views.asked and (request := self.post_request(link)):
                    yield request

    @property
    def done(self) -> bool:
        """Whether nothing that this crawl came for was left over, but pages that failed."""
        return not (self.stopped_by_budget or self.overspent or self.since or self.lost_form)

    @property
    def read_whole(self) -> bool:
        """Whether this crawl read all list pages to their ends, not only until they brought nothing new."""
        return self.done and not self.only_new

    # -- requests --------------------------------------------------------------------------------

    def list_requests(
        self, urls: Iterator[str] | list[str], barren: int, forms: Mapping[str, Form] = MappingProxyType({})
    ) -> Iterator[scrapy.Request]:
        """Requests of list pages not asked for before, within the budget and outside traps."""
        for url in urls:
            address = url if url in forms else canonical(url)
            if address in self.listed or is_trap(url) or self.guard.refusal(url):
                continue
            if address not in self.starts and self.is_dead(url):
                continue
            if self.within_budget():
                self.listed.add(address)
                request = scrapy.Request(
                    url,
                    callback=self.read,
                    errback=self.failed,
                    priority=11 if self.under_way < AHEAD else 0,
                    headers=self.conditions(url),
                    meta={"barren": barren},
                    dont_filter=True,
                )
                yield posted(request, forms[url]) if url in forms else request

    def post_request(self, link: PostLink) -> scrapy.Request | None:
        """The request of one view of a post, or None when the budget is spent."""
        if not self.within_budget():
            return None
        views = self.posts[link.post_id]
        views.asked.add(link.view.url)
        views.dead = False
        self.under_way += 1
        return scrapy.Request(
            link.view.url,
            callback=self.read,
            errback=self.failed,
            priority=10,
            headers=self.conditions(link.view.url) if views.known else None,
            meta={"post_id": link.post_id, "barren": 0},
            dont_filter=True,
        )

    def conditions(self, url: str) -> dict[str, str]:
        """Headers that ask for a page only if it is not what it was when it was read."""
        state = self.before.page(url) if self.before else None
        if not self.before or not state or state.outcome not in _READ:
            return {}
        asked = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
        found = {name: value for name, value in asked.items() if value}
        # The forms of pages that want one are not kept: who leads to such has to be read.
        if found and any("#" in page for page in self.before.listing_of(url).pages):
            return {}
        return found

    def is_dead(self, url: str) -> bool:
        """Whether a link was dead some days ago."""
        state = self.before.page(url) if self.before else None
        if not state or state.outcome not in (Outcome.GONE, Outcome.EMPTY):
            return False
        return now() - state.fetched_at < timedelta(days=DEAD_DAYS)

    def within_budget(self) -> bool:
        """Take one page from the budget; False when none is left."""
        if self.budget <= 0:
            self.stopped_by_budget = True
            return False
        self.budget -= 1
        return True

    # -- pages -----------------------------------------------------------------------------------

    async def read(self, response: Response) -> Iterator[Produced]:
        """Read a page, and go on to where it leads."""
        page, kind = page_of(response), asked_kind(response.meta)
        self.under_way -= kind is PageKind.POST
        if page.status == HTTPStatus.NOT_MODIFIED and "redirect_urls" not in response.meta:
            return self.not_modified(response, page)
        first = kind is PageKind.LIST
        try:
            read = await self.readers.ask_for(first, read_page, page, self.portal, self.keep_all)
        except Unread as error:  # hostile, or a mistake of a platform's module: the page has its row
            return self.unreadable_page(response, page, error)
        return self.go_on(response, read)

    def not_modified(self, response: Response, page: Page) -> Iterator[Produced]:
        """A page that is what it was: a list page leads where it led."""
        state = self.before.page(page.url) if self.before else None
        if not self.before or not state:  # nobody had asked for this
            yield PageRead(page, self.portal.id, PageKind.OTHER, problem=Outcome.FAILED, reason="HTTP 304")
            return
        page = replace(
            page,
            capture=None,
            etag=page.etag or state.etag,
            last_modified=page.last_modified or state.last_modified,
        )
        kind = asked_kind(response.meta)
        listing = self.before.listing_of(page.url) if kind is PageKind.LIST else Listing()
        why = "not modified since it was read (HTTP 304)"
        read = PageRead(page, self.portal.id, kind, listing, problem=Outcome.UNCHANGED, reason=why)
        yield read
        yield from self.follow(read, response.meta.get("barren", 0))

    def unreadable_page(self, response: Response, page: Page, error: Unread) -> Iterator[Produced]:
        """The outcome of a page that broke its reader."""
        why = f"could not be read: {error}"
        self.note_problem(asked_url(response), Finding.ERROR, why)
        kind = asked_kind(response.meta)
        yield PageRead(page, self.portal.id, kind, problem=Outcome.FAILED, reason=why)
        raise error

    def go_on(self, response: Response, read: PageRead) -> Iterator[Produced]:
        """What a page gives to the store, and the requests of where it leads."""
        asked_as = response.meta.get("post_id")
        if "redirect_urls" in response.meta:
            yield from self.redirected(response, read, asked_as)
            if read.kind is PageKind.LIST:
                yield from self.next_view(asked_as, gone=True)
            if self.read_elsewhere(response.meta["redirect_urls"][0], read):
                return
        elif asked_as and read.kind is PageKind.LIST and not self.is_list(read):
            read = self.without_post(read)
        if read.problem:
            self.note_problem(asked_url(response), trouble_of(read.problem), read.reason)
            self.lost_form |= "address" in response.meta
            if read.kind is PageKind.OTHER:
                read = replace(read, kind=asked_kind(response.meta))
            yield read
            yield from self.next_view(asked_as, read.problem in (Outcome.GONE, Outcome.EMPTY))
            return
        if read.kind is PageKind.OTHER:
            self.note_problem(response.url, Finding.NO_POSTS, read.reason)
        if read.post:
            self.posts.setdefault(read.post.post_id, PostViews()).read_rank = read.post.view.text_rank
            read = left_out_before(read, self.since)
        repeated = self.repeated(read) or [read]
        yield from repeated
        read = repeated[-1]
        for one in (read, *read.rows):
            if one is not read:
                if one.post:
                    self.posts.setdefault(one.post.post_id, PostViews()).read_rank = one.post.view.text_rank
                yield one
            yield from self.file_requests(one)
        yield from self.follow(read, response.meta.get("barren", 0))

    def follow(self, read: PageRead, barren: int) -> Iterator[scrapy.Request]:
        """Requests of the posts and list pages that a page leads to."""
        listing = read.listing
        fresh = news = False
        days: list[date] = []
        met: list[tuple[PostLink, PostViews]] = []
        # All before the first request: a post may be read, and judged by `is_list`, before the next is taken.
        self.led_to.update(map(canonical, listing.pages))
        for link in listing.posts:
            if self.too_old(link) or self.guard.refusal(link.view.url) or is_trap(link.view.url):
                continue
            views = self.posts.get(link.post_id)
            if views is None and len(self.posts) >= MAX_POSTS:
                self.stopped_by_budget = True
                continue
            if views is None:
                views, fresh = self.met(link), True
                news = news or not (views.known or views.dead)
                days += [day for day in (link.published, views.known and views.known.published) if day]
            views.links.setdefault(link.view.url, link)
            met.append((link, views))
        for link, views in met:
            if self.is_wanted(link, views) and (r := self.post_request(link)):
                yield r
        is_start = canonical(read.page.url) in self.starts
        if is_start:
            self.first.update(link.post_id for link in listing.posts)
            self.seen.first = len(self.first)
        barren = 0 if fresh or is_start else barren + 1
        all_old = bool(self.since and listing.posts) and all(map(self.too_old, listing.posts))
        if barren < BARREN_LIMIT and not all_old:
            pages = list(listing.pages)
            back = (now() - timedelta(days=BACK_DAYS)).date()
            if self.only_new and not news and max(days, default=date.min) < back:
                pages = [url for url in pages if not PAGING.search(url)]
            yield from self.list_requests(pages, barren, listing.forms)

    def met(self, link: PostLink) -> PostViews:
        """The views of a post that a link names first in this crawl; `dead` where it was so some days ago."""
        views = self.posts[link.post_id] = PostViews(self.known(link.post_id))
        if not views.known:
            self.found_dead(link, views)
        return views

    def found_dead(self, link: PostLink, views: PostViews) -> bool:
        """Whether a view was dead some days ago: it counts as one that was asked for."""
        if not self.is_dead(link.view.url):
            return False
        views.asked.add(link.view.url)
        views.dead = True
        return True

    def known(self, post_id: str) -> PostState | None:
        """What an earlier crawl made of a post, None where it is to be read (again)."""
        state = self.before.post(self.portal.id, post_id) if self.before else None
        if state and not state.url and state.outcome not in _KNOWN:
            return None
        if state and state.outcome is Outcome.IRRELEVANT:
            too_old = self.since and state.published and state.published < self.since
            if self.keep_all or (state.reason.endswith("before --since") and not too_old):
                return None
        return state

    def is_wanted(self, link: PostLink, views: PostViews) -> bool:
        """Whether a view of a post is to be asked for: of a known one only a better view than was read."""
        if link.view.url in views.asked or (views.asked and not views.dead):
            return False
        if views.known and (views.known.gone or views.dead):  # moved, perhaps
            return link.view.url != views.known.url
        if views.known:
            return link.view.text_rank < views.known.text_rank
        return link.view.text_rank == (False, False) and not self.found_dead(link, views)

    def too_old(self, link: PostLink) -> bool:
        """Whether the list page itself dates a post before --since."""
        return bool(self.since and link.published and link.published < self.since)

    def next_view(self, post_id: str | None, gone: bool = False) -> Iterator[scrapy.Request]:
        """Another view of a post whose asked view was dead; none yet known: the next one found will do.

        A notice whose address is `gone` may stand at another one now.
        """
        views = self.posts.get(post_id) if post_id else None
        if views is None:
            return
        if gone and views.known:
            views.read_rank = None
        if views.read_rank is not None:
            return
        views.dead = True
        if (link := self.next_link(views)) and (request := self.post_request(link)):
            yield request

    def next_link(self, views: PostViews) -> PostLink | None:
        """The most canonical view that was neither asked for nor found dead some days ago."""
        while (link := views.best_unasked()) and self.is_dead(link.view.url):
            views.asked.add(link.view.url)
        return link

    def ask_for_held_views(self) -> None:
        """Ask for English and print views of posts of which no better view was read: the last resort."""
        requests = [
            request
            for views in self.posts.values()
            if views.read_rank is None and (not views.asked or views.dead) and (link := self.next_link(views))
            if (request := self.post_request(link))
        ]
        if requests:
            for request in requests:
                self.crawler.engine.crawl(request)
            raise DontCloseSpider

    # -- files of notices ------------------------------------------------------------------------

    def file_requests(self, read: PageRead) -> Iterator[Produced]:
        """Requests of a notice's files that are not known yet; other posts' files are left alone."""
        if self.wants_files and self.memory:
            for asked in wanted_files(read, self.portal, self.memory):
                yield from self.file_request(asked)

    def file_request(self, asked: Asked) -> Iterator[Produced]:
        """The request of a file, once in a crawl."""
        file = asked.post_id, asked.attachment.url
        if file in self.files:
            return
        self.files.add(file)
        if why := self.guard.refusal(asked.attachment.url):
            yield self.without_file(asked, Outcome.BLOCKED, why)
        elif self.within_budget():
            yield scrapy.Request(
                asked.attachment.url,
                callback=self.read_file,
                errback=self.file_failed,
                priority=5,
                meta={"file": asked, "download_maxsize": self.max_file},
                dont_filter=True,
            )

    async def read_file(self, response: Response) -> AsyncIterator[PageRead]:
        """Read a file in a process of its own; the same bytes are read once."""
        asked: Asked = response.meta["file"]
        page = page_of(response)
        for url, to in pairwise([*response.meta.get("redirect_urls", ()), page.url]):
            self.budget -= 1
            exchange = exchange_of(response.meta, url)
            yield self.unread(url, PageKind.ATTACHMENT, Outcome.UNCHANGED, f"redirected to {to}", exchange)
        if problem := problem_of_page(page):
            yield self.without_file(asked, *problem, page)
            return
        async with self.reading:
            read = await read_asked(page, self.portal, asked, self.memory)
        yield read

    def file_failed(self, failure: Failure) -> PageRead:
        """A file that gave no response; one over the size limit is `skipped`."""
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
        outcome, reason = problem_of(failure)
        if "DOWNLOAD_MAXSIZE" in reason:
            outcome, reason = Outcome.SKIPPED, too_large(self.max_file)
        asked: Asked = request.meta["file"]
        url = request.meta.get("redirect_urls", [request.url])[0]
        page = Page(url, 0, b"", now(), capture=exchange_of(request.meta, url))
        return self.without_file(asked, outcome, reason, page)

    def without_file(self, asked: Asked, outcome: Outcome, reason: str, page: Page | None = None) -> PageRead:
        """The outcome of a file of which no bytes came."""
        self.bad_files += outcome in (Outcome.FAILED, Outcome.BLOCKED)
        page = page or Page(asked.attachment.url, 0, b"", now())
        return unread_attachment(page, self.portal, asked.post_id, asked.attachment, (outcome, reason))

    # -- redirects and pages in the place of a post ---------------------------------------------------

    def redirected(self, response: Response, read: PageRead, asked_as: str | None) -> Iterator[PageRead]:
        """The addresses that led to another one: each was fetched, each has its outcome."""
        hops: list[str] = response.meta["redirect_urls"]
        self.budget -= len(hops)
        kind = asked_kind(response.meta)
        for url, to in zip(hops, [*hops[1:], read.page.url], strict=True):
            outcome, reason = Outcome.UNCHANGED, f"redirected to {to}"
            if read.problem:
                outcome, reason = read.problem, f"{reason}: {read.reason}"
                self.note_problem(url, trouble_of(read.problem), reason)
            elif asked_as and read.kind is PageKind.LIST:
                home = canonical(read.page.url) == canonical(self.portal.url)
                outcome = Outcome.GONE
                reason = "redirected to the home page" if home else f"redirected to a list page: {to}"
            yield self.unread(url, kind, outcome, reason, exchange_of(response.meta, url))

    def read_elsewhere(self, asked: str, read: PageRead) -> bool:
        """Whether a redirect led to a list page that is asked for under its own address anyway."""
        address = canonical(read.page.url)
        if read.problem or read.kind is not PageKind.LIST or address == canonical(asked):
            return False
        if canonical(asked) in self.starts:
            self.starts.add(address)
        known = address in self.listed
        self.listed.add(address)
        return known

    def is_list(self, read: PageRead) -> bool:
        """Whether a page asked for as a post is a section after all: it leads to what nobody led to before.

        An address may be either's; the template round a dead post leads where the home page led already.
        """
        posts = read.listing.posts
        pages = {canonical(url) for url in read.listing.pages if not is_trap(url)}
        return (
            canonical(read.page.url) in self.listed
            or any(link.post_id not in self.posts for link in posts)
            or bool(pages - self.listed - self.led_to)
        )

    def without_post(self, read: PageRead) -> PageRead:
        """A dead post under HTTP 200: its template, or a list of others, stands in its place."""
        self.unreadable += 1
        what = "a list of other posts" if read.listing.posts else "a page without a post"
        return replace(
            read, kind=PageKind.POST, listing=Listing(), problem=Outcome.EMPTY,
            reason=f"{what} {STANDS_IN}",
        )  # fmt: skip

    def repeated(self, read: PageRead) -> list[PageRead]:
        """Of undated posts of one text the third, those before it, each after: an error's page in any words.

        The last one is that of `read`. What is about COVID-19 is none.
        """
        if not (read.post and read.text and read.facts) or read.post.published or read.facts.covid:
            return []
        same = self.undated.setdefault(read.text.hash, [])
        same.append(read.page.url)
        if len(same) < SAME:
            return []
        why = f"the same page {STANDS_IN} at {SAME} addresses and more: {read.post.title[:100]}"
        pages = [Page(url, 0, b"", now()) for url in same[:-1]] if len(same) == SAME else []
        self.unreadable += 1 + len(pages)
        return [
            PageRead(page, self.portal.id, PageKind.POST, problem=Outcome.EMPTY, reason=why)
            for page in (*pages, read.page)
        ]

    # -- trouble ---------------------------------------------------------------------------------

    def failed(self, failure: Failure) -> Iterator[Produced]:
        """A page that gave no response: its outcome and reason."""
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
        kind = asked_kind(request.meta)
        self.under_way -= kind is PageKind.POST
        outcome, reason = problem_of(failure)
        # A redirect that leads outside is the trouble of the page that was asked for.
        url = request.meta.get("redirect_urls", [request.url])[0]
        finding = Finding.BLOCKED if outcome is Outcome.BLOCKED else Finding.UNREACHABLE
        if isinstance(failure.value, Refused) and url != request.url:
            finding, reason = Finding.MOVED, f"redirects to {request.url}: {reason}"
        self.note_problem(url, finding, reason)
        self.lost_form |= "address" in request.meta
        yield self.unread(url, kind, outcome, reason, exchange_of(request.meta, url))
        yield from self.next_view(request.meta.get("post_id"))

    def unread(
        self, url: str, kind: PageKind, outcome: Outcome, reason: str, exchange: Exchange | None = None
    ) -> PageRead:
        """A page of which nothing came to be read, with its outcome and reason."""
        page = Page(url, 0, b"", now(), capture=exchange)
        return PageRead(page, self.portal.id, kind, problem=outcome, reason=reason)

    def stop(self, why: str) -> None:
        """End the crawl of this portal for a reason that no further page can mend."""
        if not self.broken:
            self.broken = why
            deferred_from_coro(self.crawler.engine.close_spider_async(reason="broken"))

    def note_problem(self, url: str, finding: Finding, reason: str) -> None:
        """Remember what was wrong with a start page: it decides whether the portal needs a look."""
        if canonical(url) in self.starts:
            self.start_problems.append(Look(finding, f"{url}: {reason}"))


def _tell_failure(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()):
        logging.getLogger("thongbao").error("%s", error)
