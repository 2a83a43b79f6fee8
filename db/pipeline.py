"""The Scrapy item pipeline that feeds the store and counts outcomes."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.exceptions import DropItem, NotConfigured

from crawler.clock import now
from crawler.health import PortalRun
from crawler.log import event
from crawler.model import Outcome, PageRead, Sightings
from db.alerts import Channels, send_alerts
from db.lock import writing
from db.store import Store

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class StorePipeline:
    """Adds each page to the store that the runner gave the spider, or to the database of THONGBAO_DB."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.own: Store | None = None  # the store of THONGBAO_DB, under `scrapy crawl`
        self.opened = ExitStack()
        self.channels = Channels()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StorePipeline:
        """Made by Scrapy; no part of other spiders' business (scrapy shell, scrapy fetch).

        Opens the index here, not in open_spider, so that Scrapy has nothing to take down when it fails.
        """
        spider: Any = crawler.spider
        if not hasattr(spider, "memory"):
            raise NotConfigured
        pipeline = cls(crawler)
        if spider.memory is None:
            spider.memory = pipeline.open_own()
        crawler.signals.connect(pipeline.spider_closed, signals.spider_closed)
        return pipeline

    def open_own(self) -> Store:
        """The database of the settings, locked, with a run begun: what the command does for its crawls."""
        spider: Any = self.crawler.spider
        path = Path(self.crawler.settings["THONGBAO_DB"])
        self.channels = Channels.of(os.environ)
        self.opened.enter_context(writing(path))
        settings = self.crawler.settings
        self.own = self.opened.enter_context(
            Store(path, settings["THONGBAO_KEEP"], settings["THONGBAO_CAPTURES"])
        )
        self.own.sync_registry([spider.portal])
        self.own.start_run(f"scrapy crawl portal -a portal={spider.portal.id}", now())
        return self.own

    def close_spider(self) -> None:
        """Commit; a disk that is full is the spider's trouble, not this method's."""
        spider: Any = self.crawler.spider
        try:
            spider.memory.flush()
        except sqlite3.Error as error:
            spider.broken = spider.broken or f"the index cannot be written: {error}"

    def spider_closed(self, spider: Any) -> None:
        """Write how the run ended and close what was opened here."""
        if self.own is None:
            return
        run, ended = PortalRun(spider.portal.id), now()
        run.take(spider, self.crawler.stats.get_stats())
        try:
            with self.opened:
                self.own.finish_portal(run, ended, spider.via)
                self.own.finish_run(run.outcome, ended, run.outcomes, run.notices)
                for trouble in send_alerts(self.own, self.channels):
                    logging.getLogger("thongbao").error("%s", trouble)
        except sqlite3.Error as error:
            run.reason = f"the index cannot be written: {error}"
        if run.reason:
            logging.getLogger("thongbao").error("%s: %s", spider.portal.id, run.reason)

    def process_item(self, item: PageRead | Sightings) -> PageRead | Sightings:
        """Store a page and count its outcome."""
        spider: Any = self.crawler.spider
        try:
            if isinstance(item, Sightings):
                spider.memory.see(item)
                return item
            outcome, reason = spider.memory.add(item)
        except (sqlite3.Error, OSError) as error:
            spider.stop(f"the index cannot be written: {error}")
            raise DropItem(str(error), log_level="DEBUG") from error
        self.crawler.stats.inc_value(f"thongbao/outcome/{outcome.value}")
        spider.seen.count(item)
        event(logging.DEBUG, "page", portal=item.portal, url=item.page.url, kind=item.kind.value,
              outcome=outcome.value, reason=reason)  # fmt: skip
        if item.post and outcome in (Outcome.NEW, Outcome.CHANGED):
            self.crawler.stats.inc_value("thongbao/notices")
        return item
