"""What went over the line, kept with its request until the page is stored: what captures are written from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.exceptions import NotConfigured

from crawler.model import Exchange

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.http.headers import Headers


class ExchangeMiddleware:
    """Downloader middleware next to the line: it sees bodies still compressed, and every redirect."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ExchangeMiddleware:
        """Made by Scrapy; not there at all when no captures are kept."""
        if not crawler.settings["THONGBAO_CAPTURES"]:
            raise NotConfigured
        return cls()

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the exchange in the request's meta, which a redirect hands on."""
        request.meta.setdefault("exchanges", {})[request.url] = Exchange(
            url=request.url.partition("#")[0],
            status=response.status,
            headers=tuple(_pairs(response.headers)),
            body=response.body,
            method=request.method,
            request_headers=(("Host", urlsplit(request.url).netloc), *_pairs(request.headers)),
            request_body=request.body,
        )
        return response


def _pairs(headers: Headers) -> Iterator[tuple[str, str]]:
    for name, values in headers.items():
        for value in values:
            yield name.decode("latin-1"), value.decode("latin-1")


def exchange_of(meta: Mapping[str, Any], url: str) -> Exchange | None:
    """The exchange of one address on a request's way, None where captures are off or nothing came."""
    exchanges: dict[str, Exchange] = meta.get("exchanges", {})
    return exchanges.get(url)
