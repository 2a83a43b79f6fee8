"""The Scrapy item pipeline that feeds the store and counts outcomes."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import DropItem

from crawler.model import Outcome, PageRead
from db.store import Store

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class StorePipeline:
    """Adds each page to the store that the runner gave the spider, or to the database of THONGBAO_DB."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.own: Store | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StorePipeline:
        """Made by Scrapy."""
        return cls(crawler)

    def open_spider(self) -> None:
        """Open the database of the settings when nobody gave the spider a store."""
        spider: Any = self.crawler.spider
        if not isinstance(spider.memory, Store):
            settings = self.crawler.settings
            self.own = spider.memory = Store(Path(settings["THONGBAO_DB"]), settings["THONGBAO_KEEP"])
            self.own.sync_registry([spider.portal])

    def close_spider(self) -> None:
        """Commit; close what was opened here."""
        spider: Any = self.crawler.spider
        spider.memory.flush()
        if self.own:
            self.own.close()

    def process_item(self, item: PageRead) -> PageRead:
        """Store a page and count its outcome."""
        spider: Any = self.crawler.spider
        try:
            outcome, _ = spider.memory.add(item)
        except sqlite3.Error as error:
            spider.stop(f"the index cannot be written: {error}")
            raise DropItem(str(error)) from error
        assert self.crawler.stats
        self.crawler.stats.inc_value(f"thongbao/outcome/{outcome.value}")
        if item.post and outcome in (Outcome.NEW, Outcome.CHANGED):
            self.crawler.stats.inc_value("thongbao/notices")
        return item
