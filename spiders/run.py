"""Run the portal spider over many portals in one process, and say how each ended."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from crawler.model import Outcome, PageMemory, PageRead, Portal
from spiders.portal import PortalSpider

#: Portals crawled at the same time: each has its own delay, and one core serves far more than these.
SIDE_BY_SIDE = 32


@dataclass(slots=True)
class PortalRun:
    """How the crawl of one portal ended; `reason` is '' where nobody needs to look."""

    portal: str
    pages: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    posts: int = 0
    reason: str = ""
    interrupted: bool = False
    notices: int = 0
    broken: str = ""


class Progress:
    """How a crawl goes, on stderr: one live line on a terminal, else a plain line now and then."""

    def __init__(self, portals: int, quiet: bool) -> None:
        self.portals, self.quiet = portals, quiet
        self.live = sys.stderr.isatty()
        self.pages = self.notices = self.done = 0
        self.told = time.monotonic()

    def page(self, portal: str, notice: bool) -> None:
        """One page more."""
        self.pages += 1
        self.notices += notice
        if time.monotonic() - self.told >= (0.2 if self.live else 30):
            self.tell(portal)

    def end(self, run: PortalRun) -> None:
        """One portal ended."""
        self.done += 1
        self._print(
            f"{run.portal}: {run.pages} pages, {run.notices} notices new or changed in {run.seconds:.1f} s\n"
        )

    def tell(self, portal: str) -> None:
        """Where the crawl stands."""
        self.told = time.monotonic()
        line = f"{self.done}/{self.portals} portals, {self.pages} pages, {self.notices} notices · {portal}"
        self._print(line if self.live else line + "\n")

    def _print(self, line: str) -> None:
        if not self.quiet:
            print(f"\r\x1b[K{line}" if self.live else line, end="", file=sys.stderr, flush=True)


def crawl(
    portals: Sequence[Portal],
    memory: PageMemory,
    settings: Mapping[str, Any],
    quiet: bool = False,
    **arguments: Any,
) -> list[PortalRun]:
    """Crawl portals, SIDE_BY_SIDE at a time; Ctrl-C ends every spider cleanly.

    `settings` are laid over the project's; `arguments` go to the spider. Returns one `PortalRun` a portal.
    """
    base = Settings()
    base.setmodule("crawler.settings", priority="project")
    process = AsyncCrawlerProcess(base)
    progress = Progress(len(portals), quiet)
    runs = [PortalRun(portal.id) for portal in portals]
    waiting = deque(zip(portals, runs, strict=True))

    def start_next(stopping: bool = False) -> None:
        while stopping and waiting:  # Ctrl-C: the portals that did not get their turn are interrupted too
            waiting.popleft()[1].interrupted = True
        if waiting:
            portal, run = waiting.popleft()
            crawler = process.create_crawler(PortalSpider)
            crawler.settings.setdict({**portal.settings, **settings}, priority="cmdline")
            _watch(crawler, run, progress, start_next)
            process.crawl(crawler, portal=portal, memory=memory, **arguments)

    for _ in range(min(SIDE_BY_SIDE, len(portals))):
        start_next()
    process.start()
    return runs


def _watch(crawler: Crawler, run: PortalRun, progress: Progress, start_next: Callable[[bool], None]) -> None:
    """Tell progress of each page, fill the run when its spider closes, and let the next portal begin."""
    started = time.monotonic()

    def scraped(item: PageRead) -> None:
        progress.page(run.portal, bool(item.post and item.facts and item.facts.covid))

    def closed(spider: PortalSpider, reason: str) -> None:
        _finish(run, spider, reason, time.monotonic() - started)
        progress.end(run)
        start_next(run.interrupted)

    crawler.signals.connect(scraped, signals.item_scraped, weak=False)
    crawler.signals.connect(closed, signals.spider_closed, weak=False)


def _finish(run: PortalRun, spider: PortalSpider, reason: str, seconds: float) -> None:
    stats = spider.crawler.stats
    assert stats
    found = stats.get_stats()
    run.outcomes = {o.value: n for o in Outcome if (n := found.get(f"thongbao/outcome/{o.value}"))}
    run.notices, run.broken = found.get("thongbao/notices", 0), spider.broken
    run.pages, run.seconds, run.posts = sum(run.outcomes.values()), seconds, len(spider.posts)
    run.interrupted = reason == "shutdown"
    run.reason = _needs_look(run, spider, found.get("spider_exceptions/count", 0))


def _fate(portal: Portal) -> str:
    """What the registry knows of a portal that is no longer there."""
    if not portal.closed:
        return ""
    heir = f", {portal.successor} took over" if portal.successor else ""
    return f" (closed on {portal.closed}{heir}; what it published may be in a web archive)"


def _needs_look(run: PortalRun, spider: PortalSpider, exceptions: int) -> str:
    portal = spider.portal
    if spider.broken:
        return spider.broken
    if spider.start_problems:
        return spider.start_problems[0] + _fate(portal)
    if exceptions:
        return f"{exceptions} pages raised an error: run again with -v"
    if not run.posts and not run.interrupted:
        return "no posts found: is the start page right, is the platform known?"
    bad = run.outcomes.get("failed", 0) + run.outcomes.get("blocked", 0)
    if bad > run.pages * 0.05:
        return f"{bad} of {run.pages} pages failed or were blocked"
    expected = portal.expect.get("posts", 0)
    if run.posts < expected and not spider.stopped_by_budget and not run.interrupted:
        return f"{run.posts} posts found, {expected} expected"
    return ""
