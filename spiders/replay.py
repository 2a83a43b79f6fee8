"""What an archive's answer holds: the page as it was captured, when, and where it redirects to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import TYPE_CHECKING

from fastwarc.warc import ArchiveIterator

from crawler.captures import LARGEST, http_of, place_of
from crawler.clock import now
from crawler.model import Exchange, Page
from crawler.urls import canonical

if TYPE_CHECKING:
    from scrapy.http import Response

    from spiders.cdx import Row

#: Headers that were true of the bytes on the line only.
_PACKED = frozenset(["content-encoding", "transfer-encoding", "content-length", "connection"])


def page_of_replay(response: Response, via: str) -> tuple[Page, str | None]:
    """The archived page of a replay, with the time that the archive says, and where it redirects to.

    `via` is the archive's name in witnesses (`wayback`).
    """
    headers = {k.decode("latin-1"): b", ".join(v).decode("latin-1") for k, v in response.headers.items()}
    url = response.meta["url"]
    original = {k[15:]: v for k, v in headers.items() if k.lower().startswith("x-archive-orig-")}
    own = {k: v for k, v in headers.items() if k in ("Content-Type", "Location", "Etag", "Last-Modified")}
    kept = {k: v for k, v in {**own, **original}.items() if k.lower() not in _PACKED}
    exchange = Exchange(url, response.status, tuple(kept.items()), response.body, source=response.url)
    return _page(exchange, moment_of(response) or now(), kept, via), headers.get("Location")


def page_of_range(response: Response, via: str) -> tuple[Page, str | None, bool]:
    """The archived page of a record that Common Crawl gave as a range of a WARC file.

    With where it redirects to, and whether the record is whole: Common Crawl cuts payloads at a megabyte.
    Raises ValueError for a record that cannot be read, or that is another's: some servers ignore ranges.
    """
    row: Row = response.meta["row"]
    try:
        record = next(iter(ArchiveIterator(BytesIO(response.body), parse_http=False)))
        whole = "WARC-Truncated" not in record.headers
        if record.content_length > LARGEST:
            raise ValueError("larger than 25 MB")
        told = (record.headers.get("WARC-Target-URI") or "").strip("<>")
        if canonical(told) != canonical(row.url):
            raise ValueError(f"it is of {told or 'no address'}")
        block = record.reader.read()
        headers, body = http_of(block)
        raw = http_of(block, decode=False)[1]
    except (OSError, ValueError, StopIteration) as error:
        why = str(error) or "no record"
        raise ValueError(f"the archive's record cannot be read: {why}") from None
    kept = dict(headers.items())
    source = f"{response.url}#{row.offset}"
    exchange = Exchange(row.url, headers.status_code or 0, tuple(kept.items()), raw, source=source)
    page = _page(exchange, row.moment or record.record_date or now(), kept, via)
    return replace(page, body=body), headers.get("Location"), whole


def _page(exchange: Exchange, moment: datetime, headers: dict[str, str], via: str) -> Page:
    lower = {k.lower(): v for k, v in headers.items()}
    return Page(
        exchange.url, exchange.status, exchange.body, moment.astimezone(UTC), lower.get("content-type", ""),
        lower.get("etag"), lower.get("last-modified"), via, exchange, place_of(exchange.source),
    )  # fmt: skip


def moment_of(response: Response) -> datetime | None:
    """The time of a capture: as the replay tells it, else as the index does (some of its rows have none)."""
    told = (response.headers.get("Memento-Datetime") or b"").decode("latin-1")
    try:
        return parsedate_to_datetime(told)
    except (TypeError, ValueError):
        moment: datetime | None = response.meta["row"].moment
        return moment


def unfit(response: Response) -> str:
    """Why an answer cannot be taken for an archived page; '' where it can."""
    if not is_archived(response) and response.status >= 400:
        return f"the archive answers HTTP {response.status}"
    return "" if moment_of(response) or response.status >= 300 else "the archive tells no time of capture"


def is_archived(response: Response) -> bool:
    """Whether an answer is an archived one, not the archive's own trouble."""
    return "Memento-Datetime" in response.headers or any(
        name.lower().startswith(b"x-archive-orig-") for name in response.headers
    )
