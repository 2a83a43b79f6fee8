"""Responses as the reader takes them, and what went over the line, kept until the page is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.exceptions import NotConfigured

from crawler.clock import now
from crawler.model import Exchange, Form, Page, PageKind

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


def asked_kind(meta: Mapping[str, Any]) -> PageKind:
    """What a page was asked for as, by its request's meta."""
    return PageKind.POST if meta.get("post_id") else PageKind.LIST


def asked_url(response: Response) -> str:
    """The address that was asked for last: that of a form, or where a redirect led."""
    return response.request.url if response.request else response.url


def posted(request: Request, form: Form) -> Request:
    """The request of a list page that wants a form; the page keeps its own address."""
    return request.replace(
        url=form.url,
        method="POST",
        body=form.body,
        headers={"Content-Type": form.media_type},
        meta=request.meta | {"address": request.url},
    )


def page_of(response: Response) -> Page:
    """The response as the reader takes it."""

    def header(name: str) -> str:
        return (response.headers.get(name) or b"").decode("latin-1")

    return Page(
        url=response.meta.get("address", response.url),
        status=response.status,
        body=response.body,
        fetched_at=now(),
        content_type=header("Content-Type"),
        etag=header("ETag") or None,
        last_modified=header("Last-Modified") or None,
        capture=exchange_of(response.meta, response.url),
    )
