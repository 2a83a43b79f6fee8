"""Bounds that Scrapy leaves open: the head of an answer, robots.txt, and what one portal may cost in all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.defer import deferred_from_coro

from crawler.ciphers import levelled

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred

#: Bytes of status line and headers: no portal sends a tenth. Twisted keeps them all: a head without end took
#: 3 GB of memory in 8 seconds, and DOWNLOAD_MAXSIZE counts bodies only.
HEAD = 64 * 1024
#: Bytes of robots.txt that are read, as RFC 9309, 2.5, has it: the rules of 20 MB stop every portal for 12 s.
ROBOTS = 500 * 1024


class HeadTooLong(Exception):
    """Headers without end; the text is the reason."""


class _Parser(_LenientHTTPClientParser):
    head = 0

    def lineReceived(self, line: bytes) -> None:
        self.head += len(line) + 1
        if self.head > HEAD:
            raise HeadTooLong(f"headers without end: over {HEAD >> 10} KB")
        super().lineReceived(line)


class _Protocol(_LenientHTTP11ClientProtocol):
    def request(self, request: Any) -> Deferred[Any]:
        answer: Deferred[Any] = super().request(request)
        self._parser.__class__ = _Parser  # as Scrapy does: Twisted names its parser in the midst of request()
        return answer


class _Factory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _Protocol:
        return _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class BoundedHandler(HTTP11DownloadHandler):
    """Scrapy's download handler, giving up on a head that does not end; a cipher list keeps its level."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _Factory
        if ciphers := levelled(crawler.settings["DOWNLOADER_CLIENT_TLS_CIPHERS"]):
            self._contextFactory.tls_ciphers = ciphers


class BoundedRobots(ProtegoRobotParser):
    """Scrapy's reader of robots.txt, which reads no more of it than it must."""

    def __init__(self, robotstxt_body: bytes, spider: Any) -> None:
        super().__init__(robotstxt_body[:ROBOTS], spider)


class Budget:
    """Extension: a portal that has cost its seconds or its bytes is asked for nothing more.

    Bytes are those of bodies, on the line or unpacked, whichever are more. The reason goes to the spider's
    `overspent`; pages under way arrive. Spiders without that attribute are left alone.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.bytes = crawler.settings.getint("THONGBAO_PORTAL_BYTES")
        self.seconds = crawler.settings.getfloat("THONGBAO_PORTAL_SECONDS")
        self.received = self.unpacked = 0
        self.clock: Any = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Budget:
        """Made by Scrapy."""
        budget = cls(crawler)
        if hasattr(crawler.spider, "overspent"):
            connect = crawler.signals.connect
            connect(budget.opened, signals.spider_opened)
            connect(budget.on_the_line, signals.bytes_received)
            connect(budget.arrived, signals.response_received)
            connect(budget.closed, signals.spider_closed)
        return budget

    def opened(self) -> None:
        """Start the clock."""
        from twisted.internet import reactor

        loop: Any = reactor
        why = f"{self.seconds:g} seconds (THONGBAO_PORTAL_SECONDS)"
        self.clock = loop.callLater(self.seconds, self.end, why)

    def on_the_line(self, data: bytes) -> None:
        """Count a piece of a body."""
        self.received += len(data)
        self.check()

    def arrived(self, response: Response) -> None:
        """Count a body as it was unpacked."""
        self.unpacked += len(response.body)
        self.check()

    def check(self) -> None:
        """End the crawl when its bytes are spent."""
        if max(self.received, self.unpacked) > self.bytes:
            self.end(f"{self.bytes / 1e6:g} MB (THONGBAO_PORTAL_BYTES)")

    def end(self, budget: str) -> None:
        """Ask for nothing more, once."""
        spider: Any = self.crawler.spider
        if not spider.overspent:
            spider.overspent = f"stopped at its budget of {budget}"
            deferred_from_coro(self.crawler.engine.close_spider_async(reason="budget"))

    def closed(self) -> None:
        """Stop the clock."""
        if self.clock and self.clock.active():
            self.clock.cancel()
