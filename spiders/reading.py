"""What the spiders of live portals and of web archives have in common."""

from __future__ import annotations

import logging
from typing import Any

import scrapy

from crawler.health import Look, Seen
from crawler.log import event
from crawler.model import PageMemory, Portal


class ReadingSpider(scrapy.Spider):
    """Reads one portal; how that ended is checked by `spiders/monitors.py`."""

    portal: Portal
    memory: PageMemory | None
    via: str  # as witnesses are told: live, archive
    most_pages = 0  # its budget
    stopped_by_budget = False  # of pages
    bounded = False  # the budget is that of who called

    def __init__(self) -> None:
        super().__init__()
        self.seen = Seen()  # the pipeline counts the posts read
        self.broken = ""  # why no further page can be stored
        self.look: Look | None = None  # what the checks found

    def log(self, message: Any, level: int = logging.DEBUG, **fields: Any) -> None:
        """What Spidermon tells of each check, on request alone: what a check finds is told with the run."""
        event(logging.DEBUG, "checked", portal=self.portal.id, told=str(message).strip())
