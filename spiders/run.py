"""Run the portal spider over many portals in one process, and say how each ended."""

from __future__ import annotations

import asyncio
import logging
import shutil
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from typing import Any

from scrapy import Spider, signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.logformatter import LogFormatter
from scrapy.settings import Settings
from scrapy.utils.defer import deferred_from_coro

from crawler.health import Finding, Look, PortalRun
from crawler.log import event, portal_ended
from crawler.model import PageMemory, PageRead, Portal, Sightings
from crawler.processes import collect_seldom
from crawler.readers import Readers
from spiders.portal import PortalSpider

#: Portals crawled at the same time: each has its own delay, and one core serves far more than these.
SIDE_BY_SIDE = 32
#: Seconds after which a crawl that was told to stop no longer waits for the answers under way.
GRACE = 10.0


class Untold(LogFormatter):
    """Scrapy's own words on each page and item are not made: `crawler.log` tells of every page."""

    def crawled(self, *args: Any) -> None:  # type: ignore[override]  # None: nothing is logged, says Scrapy
        """Nothing."""

    def scraped(self, *args: Any) -> None:  # type: ignore[override]
        """Nothing."""


class Progress:
    """How a crawl goes, on stderr: one live line on a terminal, else a plain line now and then."""

    def __init__(self, portals: int, quiet: bool) -> None:
        self.portals, self.quiet = portals, quiet
        self.live = sys.stderr.isatty()
        self.pages = self.notices = self.done = 0
        self.told = 0.0 if self.live else time.monotonic()

    def page(self, portal: str, notice: bool) -> None:
        """One page more."""
        self.pages += 1
        self.notices += notice
        if time.monotonic() - self.told >= (0.2 if self.live else 30):
            self.told = time.monotonic()
            line = (
                f"{self.done}/{self.portals} portals, {self.pages} pages, {self.notices} notices · {portal}"
            )
            self.say(line, "" if self.live else "\n")

    def end(self, run: PortalRun) -> None:
        """One portal ended."""
        self.done += 1
        how = ", stopped" if run.interrupted else ", cut off at --max-pages" if run.bounded else ""
        read = f"{run.pages} pages, {run.notices} notices new or changed"
        self.say(f"{run.portal}: {read} in {run.seconds:.1f} s{how}")

    def say(self, line: str, end: str = "\n") -> None:
        """A line; on a terminal it takes the place of the live one, cut to the terminal's width."""
        if self.quiet:
            return
        if self.live:
            width = shutil.get_terminal_size().columns
            line = "\r\x1b[K" + (line if end else line[: width - 1])
        with suppress(OSError):  # nobody reads stderr any more: no reason to lose the crawl
            print(line, end=end, file=sys.stderr, flush=True)


def crawl(
    portals: Sequence[Portal],
    memory: PageMemory,
    settings: Mapping[str, Any],
    quiet: bool = False,
    spider: type[Spider] = PortalSpider,
    side_by_side: int = SIDE_BY_SIDE,
    ended: Callable[[PortalRun], None] = lambda run: None,
    **arguments: Any,
) -> list[PortalRun]:
    """Crawl portals, some at a time; `ended` is told of each as it ends.

    The first Ctrl-C (SIGTERM, a closed terminal) lets the pages under way arrive, GRACE seconds at most; the
    second does not.
    `settings` are laid over the project's; `arguments` go to the spider. Returns one `PortalRun` a portal.
    """
    base = Settings()
    base.setmodule("crawler.settings", priority="project")
    base.setdict(dict(settings), priority="cmdline")
    progress = Progress(len(portals), quiet)
    base.set("LOG_INSTALL_ROOT_HANDLER", False)  # where logs go is the caller's business: crawler/log.py
    base.set("LOG_FORMATTER", "spiders.run.Untold")
    collect_seldom()
    with closing(Readers()) as readers:
        shared = {**arguments, "memory": memory, "readers": readers}
        process = AsyncCrawlerProcess(base)
        logging.getLogger("scrapy").setLevel(logging.INFO)  # nobody is shown less: crawler/log.py
        return _Crawl(process, portals, progress, shared, spider, ended).run(side_by_side)


class _Crawl:
    """The portals of one call: those waiting for their turn, those under way, and how each ended."""

    def __init__(
        self,
        process: AsyncCrawlerProcess,
        portals: Sequence[Portal],
        progress: Progress,
        arguments: Mapping[str, Any],
        spider: type[Spider],
        ended: Callable[[PortalRun], None],
    ) -> None:
        self.ended = ended
        self.process, self.progress, self.spider, self.arguments = process, progress, spider, arguments
        self.runs = [PortalRun(portal.id) for portal in portals]
        self.waiting = deque(zip(portals, self.runs, strict=True))
        self.under_way: dict[str, tuple[Crawler, PortalRun, float]] = {}
        self.stopping = False

    def run(self, side_by_side: int) -> list[PortalRun]:
        """Crawl all; returns when the last portal ended or was stopped."""
        for _ in range(side_by_side):
            self.start_next()
        numbers = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup means it
            numbers.append(signal.SIGHUP)
        before = [(number, signal.signal(number, self.stop)) for number in numbers]
        self.process.start(install_signal_handlers=False)
        for crawler, run, started in list(self.under_way.values()):  # cut off by a second Ctrl-C
            self.finish(crawler, run, started, cut_off=True)
        for _, run in self.waiting:
            run.interrupted = True
            self.ended(run)
        for number, handler in before:  # who is ending anyway is not to be cut off in the last commit
            signal.signal(number, signal.SIG_IGN if any(r.interrupted for r in self.runs) else handler)
        return self.runs

    def start_next(self) -> None:
        """Let the next portal begin, unless the crawl is to stop."""
        if not self.waiting or self.stopping:
            return
        portal, run = self.waiting.popleft()
        started = time.monotonic()
        crawler = self.process.create_crawler(self.spider)
        self.under_way[portal.id] = crawler, run, started
        event(logging.INFO, "portal started", portal=portal.id)

        def scraped(item: PageRead | Sightings) -> None:
            if isinstance(item, Sightings):
                return
            self.progress.page(run.portal, bool(item.post and item.facts and item.facts.covid))

        def ended(task: asyncio.Task[None]) -> None:
            error = None if task.cancelled() else task.exception()
            if error and not run.broken:
                why = f"could not be crawled: {type(error).__name__}: {error}"
                run.look_at(Look(Finding.ERROR, why))
                logging.getLogger("thongbao").error("portal broke: %s", portal.id, exc_info=error)
            self.finish(crawler, run, started)
            self.start_next()

        crawler.signals.connect(scraped, signals.item_scraped, weak=False)
        task = self.process.crawl(crawler, portal=portal, **self.arguments)
        task.add_done_callback(ended)

    def finish(self, crawler: Crawler, run: PortalRun, started: float, cut_off: bool = False) -> None:
        """Fill the run of a portal whose crawl ended, from what its spider counted; once."""
        if self.under_way.pop(run.portal, None) is None:
            return
        run.seconds, run.interrupted = time.monotonic() - started, cut_off
        spider: Any = crawler.spider
        with suppress(RuntimeError):  # it failed before it had stats
            run.take(spider, crawler.stats.get_stats())
        self.ended(run)
        self.stopping = self.stopping or bool(run.broken)  # nothing more can be written
        self.progress.end(run)
        portal_ended(run)

    def stop(self, number: int, frame: Any) -> None:
        """A signal: the first stops asking, the second stops waiting."""
        from twisted.internet import reactor

        loop: Any = reactor
        if self.stopping:
            loop.callFromThread(_end, loop)
            return
        self.stopping = True
        loop.callFromThread(self.begin_to_stop, loop)

    def begin_to_stop(self, loop: Any) -> None:
        """Say so (not in the signal's handler, which may have cut off another line) and bound the wait."""
        event(logging.WARNING, "stopping", seconds=GRACE)
        self.progress.say(
            f"stopping: the pages under way have {GRACE:.0f} seconds; Ctrl-C again ends at once"
        )
        loop.callLater(GRACE, _end, loop)
        self.stop_asking(loop)

    def stop_asking(self, loop: Any) -> None:
        """Ask for no further page; a spider that is only about to start is told when it has."""
        for crawler, _, _ in list(self.under_way.values()):
            with suppress(RuntimeError):  # it has no engine yet
                if crawler.engine.running:
                    deferred_from_coro(crawler.stop_async())
        if self.under_way:
            loop.callLater(0.1, self.stop_asking, loop)


def _end(loop: Any) -> None:
    with suppress(RuntimeError):  # has ended by itself meanwhile
        loop.stop()
