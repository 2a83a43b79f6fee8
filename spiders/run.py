"""Run the portal spider over many portals in one process, and say how each ended."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.model import Outcome, PageMemory, Portal
from spiders.portal import PortalSpider


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


def crawl(
    portals: Sequence[Portal],
    memory: PageMemory,
    settings: Mapping[str, Any],
    quiet: bool = False,
    **arguments: Any,
) -> list[PortalRun]:
    """Crawl portals side by side; Ctrl-C ends every spider cleanly.

    `settings` are laid over the project's; `arguments` go to the spider. Returns one `PortalRun` a portal.
    """
    base = Settings()
    base.setmodule("crawler.settings", priority="project")
    process = AsyncCrawlerProcess(base)
    runs = []
    for portal in portals:
        crawler = process.create_crawler(PortalSpider)
        crawler.settings.setdict({**portal.settings, **settings}, priority="cmdline")
        run = PortalRun(portal.id)
        runs.append(run)
        started = time.monotonic()

        def closed(spider: PortalSpider, reason: str, run: PortalRun = run, started: float = started) -> None:
            _finish(run, spider, reason, time.monotonic() - started)
            if not quiet:
                print(f"{run.portal}: {run.pages} pages in {run.seconds:.1f} s", file=sys.stderr)

        crawler.signals.connect(closed, signals.spider_closed, weak=False)
        process.crawl(crawler, portal=portal, memory=memory, **arguments)
    process.start()
    return runs


def _finish(run: PortalRun, spider: PortalSpider, reason: str, seconds: float) -> None:
    stats = spider.crawler.stats
    assert stats
    found = stats.get_stats()
    run.outcomes = {o.value: n for o in Outcome if (n := found.get(f"thongbao/outcome/{o.value}"))}
    run.pages, run.seconds, run.posts = sum(run.outcomes.values()), seconds, len(spider.posts)
    run.interrupted = reason == "shutdown"
    run.reason = _needs_look(run, spider, found.get("spider_exceptions/count", 0))


def _needs_look(run: PortalRun, spider: PortalSpider, exceptions: int) -> str:
    portal = spider.portal
    if spider.start_problems:
        archive = " (its pages may be in an archive: --archive wayback)" if portal.closed else ""
        return spider.start_problems[0] + archive
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
