"""The live spider: from a portal's start pages through list pages and their paging to its posts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import scrapy
from scrapy import signals
from scrapy.exceptions import DontCloseSpider, IgnoreRequest
from scrapy.utils.defer import deferred_from_coro
from twisted.python.failure import Failure

from crawler import registry
from crawler.guard import Guard, Refused
from crawler.model import (
    Outcome,
    Page,
    PageKind,
    PageMemory,
    PageRead,
    Portal,
    PostLink,
)
from crawler.reader import read_page
from crawler.urls import canonical, is_trap

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

#: A chain of list pages ends when this many in a row bring no post that is new to this crawl: calendars
#: and date filters go on for ever, while portals repeat a section's first page under two or three addresses.
BARREN_LIMIT = 8
#: Responses asked of one portal when --max-pages does not say otherwise.
MAX_PAGES = 20_000

Produced = PageRead | scrapy.Request


class PortalSpider(scrapy.Spider):
    """Crawl one portal of the registry.

    `portal` is a `Portal` or the id of one; `max_pages` counts requests of pages; `since` (`YYYY-MM-DD` or a
    date) leaves out posts published before that day; `memory` is what was seen before.
    """

    name = "portal"

    def __init__(
        self,
        portal: Portal | str = "",
        *,
        registry_dir: str | None = None,
        memory: PageMemory | None = None,
        max_pages: int | str | None = None,
        since: date | str | None = None,
        allow_loopback: bool | str = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not portal:
            raise ValueError("name a portal: scrapy crawl portal -a portal=ID (thongbao portals lists them)")
        if isinstance(portal, str):
            portal = registry.load(Path(registry_dir) if registry_dir else None).get(portal)
        self.portal = portal
        self.memory = memory
        self.budget = int(max_pages) if max_pages is not None else MAX_PAGES
        self.since = date.fromisoformat(since) if isinstance(since, str) else since
        loopback = allow_loopback not in (False, "", "0", "false")
        self.guard = Guard.of([portal.url, *portal.start, *portal.hosts], loopback)
        self.posts: dict[str, PostViews] = {}
        self.listed: set[str] = set()
        self.starts: set[str] = set()
        self.start_problems: list[str] = []
        self.stopped_by_budget = False
        self.broken = ""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> PortalSpider:
        """Made by Scrapy; the held-back views are asked for when nothing else is left."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.ask_for_held_views, signals.spider_idle)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """The start pages of the registry entry, or the home page."""
        for url in self.portal.start or (self.portal.url,):
            self.starts.add(canonical(url))
            if why := self.guard.refusal(url):
                self.note_problem(url, why)
                yield self.unread(url, PageKind.LIST, Outcome.BLOCKED, why)
            for request in self.list_requests([url], barren=0):
                yield request

    # -- requests --------------------------------------------------------------------------------

    def list_requests(self, urls: Iterator[str] | list[str], barren: int) -> Iterator[scrapy.Request]:
        """Requests of list pages not asked for before, within the budget and outside traps."""
        for url in urls:
            address = canonical(url)
            if address in self.listed or is_trap(url) or self.guard.refusal(url):
                continue
            if self.within_budget():
                self.listed.add(address)
                yield scrapy.Request(
                    url, callback=self.read, errback=self.failed, meta={"barren": barren}, dont_filter=True
                )

    def post_request(self, link: PostLink) -> scrapy.Request | None:
        """The request of one view of a post, or None when the budget is spent."""
        if not self.within_budget():
            return None
        self.posts[link.post_id].asked.add(link.view.url)
        self.posts[link.post_id].dead = False
        return scrapy.Request(
            link.view.url,
            callback=self.read,
            errback=self.failed,
            priority=10,
            meta={"post_id": link.post_id, "barren": 0},
            dont_filter=True,
        )

    def within_budget(self) -> bool:
        """Take one page from the budget; False when none is left."""
        if self.budget <= 0:
            self.stopped_by_budget = True
            return False
        self.budget -= 1
        return True

    # -- pages -----------------------------------------------------------------------------------

    def read(self, response: Response) -> Iterator[Produced]:
        """Read a page, and go on to where it leads."""
        read = read_page(page_of(response), self.portal)
        asked_as = response.meta.get("post_id")
        if read.problem:
            self.note_problem(response.request.url if response.request else response.url, read.reason)
            yield read
            yield from self.next_view(asked_as)
            return
        if read.post:
            self.posts.setdefault(read.post.post_id, PostViews()).read_rank = read.post.view.text_rank
            if self.since and read.post.published and read.post.published < self.since:
                read = replace(
                    read,
                    problem=Outcome.IRRELEVANT,
                    reason=f"published {read.post.published}, before --since",
                )
        yield read
        yield from self.follow(read, response.meta.get("barren", 0))

    def follow(self, read: PageRead, barren: int) -> Iterator[scrapy.Request]:
        """Requests of the posts and list pages that a page leads to."""
        listing = read.listing
        fresh = False
        for link in listing.posts:
            if self.too_old(link) or self.guard.refusal(link.view.url) or is_trap(link.view.url):
                continue
            views = self.posts.get(link.post_id)
            if views is None:
                views, fresh = self.posts.setdefault(link.post_id, PostViews()), True
            views.links.setdefault(link.view.url, link)
            if (
                link.view.url not in views.asked
                and (not views.asked or views.dead)
                and link.view.text_rank == (False, False)
                and (r := self.post_request(link))
            ):
                yield r
        barren = 0 if fresh or canonical(read.page.url) in self.starts else barren + 1
        all_old = bool(self.since and listing.posts) and all(map(self.too_old, listing.posts))
        if barren < BARREN_LIMIT and not all_old:
            yield from self.list_requests(list(listing.pages), barren)

    def too_old(self, link: PostLink) -> bool:
        """Whether the list page itself dates a post before --since."""
        return bool(self.since and link.published and link.published < self.since)

    def next_view(self, post_id: str | None) -> Iterator[scrapy.Request]:
        """Another view of a post whose asked view was dead; none yet known: the next one found will do."""
        views = self.posts.get(post_id) if post_id else None
        if views is None or views.read_rank is not None:
            return
        views.dead = True
        if (link := views.best_unasked()) and (request := self.post_request(link)):
            yield request

    def ask_for_held_views(self) -> None:
        """Ask for English and print views of posts of which no better view was read: the last resort."""
        requests = [
            request
            for views in self.posts.values()
            if views.read_rank is None and (not views.asked or views.dead) and (link := views.best_unasked())
            if (request := self.post_request(link))
        ]
        if requests:
            for request in requests:
                self.crawler.engine.crawl(request)
            raise DontCloseSpider

    # -- trouble ---------------------------------------------------------------------------------

    def failed(self, failure: Failure) -> Iterator[Produced]:
        """A page that gave no response: its outcome and reason."""
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
        outcome, reason = problem_of(failure)
        # A redirect that leads outside is the trouble of the page that was asked for.
        url = request.meta.get("redirect_urls", [request.url])[0]
        self.note_problem(url, reason)
        kind = PageKind.POST if request.meta.get("post_id") else PageKind.LIST
        yield self.unread(url, kind, outcome, reason)
        yield from self.next_view(request.meta.get("post_id"))

    def unread(self, url: str, kind: PageKind, outcome: Outcome, reason: str) -> PageRead:
        """A page of which nothing came, with its outcome and reason."""
        return PageRead(
            Page(url, 0, b"", datetime.now(UTC)), self.portal.id, kind, problem=outcome, reason=reason
        )

    def stop(self, why: str) -> None:
        """End the crawl of this portal for a reason that no further page can mend."""
        if not self.broken:
            self.broken = why
            deferred_from_coro(self.crawler.engine.close_spider_async(reason="broken"))

    def note_problem(self, url: str, reason: str) -> None:
        """Remember what was wrong with a start page: it decides whether the portal needs a look."""
        if canonical(url) in self.starts:
            self.start_problems.append(f"{url}: {reason}")


class PostViews:
    """The views of one post that links named, those asked for, and the text rank of what was read."""

    __slots__ = ("asked", "dead", "links", "read_rank")

    def __init__(self) -> None:
        self.links: dict[str, PostLink] = {}
        self.asked: set[str] = set()
        self.dead = False  # every view asked for so far was dead
        self.read_rank: tuple[bool, bool] | None = None

    def best_unasked(self) -> PostLink | None:
        """The most canonical view not asked for yet."""
        open_links = [link for url, link in self.links.items() if url not in self.asked]
        return min(open_links, key=lambda link: link.view.rank, default=None)


def page_of(response: Response) -> Page:
    """The response as the reader takes it."""

    def header(name: str) -> str:
        return (response.headers.get(name) or b"").decode("latin-1")

    return Page(
        url=response.url,
        status=response.status,
        body=response.body,
        fetched_at=datetime.now(UTC),
        content_type=header("Content-Type"),
        etag=header("ETag") or None,
        last_modified=header("Last-Modified") or None,
    )


def problem_of(failure: Failure) -> tuple[Outcome, str]:
    """Outcome and reason of a request that failed: refused by the guard or robots.txt, or a broken line."""
    error = failure.value
    if isinstance(error, Refused):
        return Outcome.BLOCKED, str(error)
    if isinstance(error, IgnoreRequest):
        return Outcome.BLOCKED, str(error) or "robots.txt forbids it"
    return Outcome.FAILED, f"{type(error).__name__}: {error}"[:300]
