"""WARC in and out: captures written as they are fetched, and read back."""

from __future__ import annotations

import fcntl
import io
import os
import re
import secrets
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO, Literal
from urllib.parse import urlsplit

from fastwarc.warc import ArchiveIterator, HeaderMap, WarcRecord, WarcRecordType
from warcio.statusandheaders import StatusAndHeaders
from warcio.timeutils import datetime_to_iso_date
from warcio.warcwriter import WARCWriter

from crawler.clock import now
from crawler.model import Capture, Exchange, Page, stable_id
from crawler.whole import whole_or_not

#: Bytes after which the next file begins: one is copied, read again after a kill, and pruned as a whole.
ROTATE = 256 * 1024 * 1024
#: Bytes of an unpacked body that are read, as of a live one (DOWNLOAD_MAXSIZE).
LARGEST = 25 * 1024 * 1024
#: Of zlib's levels the one from which on a page grows no smaller for twice the time.
_LEVEL = 4
#: What lets others act as who crawled, and what was true of the line only.
_SECRET = frozenset(
    ["cookie", "set-cookie", "set-cookie2", "authorization", "proxy-authorization", "www-authenticate"]
)
_OF_THE_LINE = frozenset(["transfer-encoding", "connection", "keep-alive", "content-length"])
#: What the name of a file ends in while it is written.
OPEN = ".open"
#: A chunk's length, and the end of the body.
_CHUNK = re.compile(rb"\s*[0-9A-Fa-f]+[ \t]*(;[^\n]*)?\r?\n")
#: HTTP headers whose lines end as those of old servers do.
_HEAD_OF_LINE_FEEDS = re.compile(rb"HTTP/[^\r\n]+\n(?:[^\r\n]+\n)*\n")
#: An answer that says to go on, before the answer (RFC 9110 15.2).
_INTERIM = re.compile(rb"\AHTTP/[\d.]+ 1\d\d\b[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n(?=HTTP/)")
#: Records whose block is an answer.
HTTP = (WarcRecordType.response, WarcRecordType.revisit)


class CaptureError(ValueError):
    """A capture that cannot be read back; the text names file and place."""


class CaptureWriter:
    """The WARC files of one index: one open at a time, a gzip member a record, named by time and chance.

    A file is `….warc.gz.open` while it is written and holds whole records at every moment but one; closing
    takes the ending off. Nothing is made before the first capture.
    """

    def __init__(self, folder: Path, rotate: int = ROTATE) -> None:
        self.folder, self.rotate = folder, rotate
        self.file: BinaryIO | None = None
        self.name = ""
        self.place = 0
        self.count = 0
        self.builder = WARCWriter(io.BytesIO(), gzip=False, warc_version="WARC/1.1")

    def write(self, exchange: Exchange, page: Page, digest: str, same: Capture | None = None) -> Capture:
        """Write the answer (or that it is the same payload as of an earlier capture) and its request.

        `page` gives address, time and via, `digest` is that of the body. Returns where the bytes lie. Raises
        OSError on a full disk.
        """
        response = self._response(exchange, page.fetched_at, digest, same)
        records = [response]
        if not exchange.source:
            records.append(self._request(exchange, page.fetched_at, response))
        if self.file is None or self.place >= self.rotate:
            self._begin()
        offset, lengths = self.place, [self._append(_member(self._bytes(r))) for r in records]
        media_type = next((v for n, v in exchange.headers if n.lower() == "content-type"), "")
        return Capture(
            capture_id(page.via, page.url, page.fetched_at, digest), page.url, page.fetched_at,
            exchange.status, media_type.partition(";")[0].strip().lower(), digest, self.name, offset,
            lengths[0], page.via, same.id if same else None,
        )  # fmt: skip

    def close(self) -> None:
        """End the file under way and give it its name."""
        if self.file is None:
            return
        path = Path(self.file.name)
        with self.file:
            os.fsync(self.file.fileno())
            path.rename(path.with_name(self.name))
        self.file = None

    def _begin(self) -> None:
        self.close()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.count += 1
        self.name = f"thongbao-{now():%Y%m%d%H%M%S}-{secrets.token_hex(4)}-{self.count:05}.warc.gz"
        self.file = (self.folder / (self.name + OPEN)).open("xb", buffering=0)
        fcntl.flock(self.file, fcntl.LOCK_EX)  # says that it is being written to whoever mends files
        self.place = 0
        software = f"thongbao/{version('thongbao')}"
        info = self.builder.create_warcinfo_record(
            self.name, {"software": software, "format": "WARC File Format 1.1"}
        )
        self._append(_member(self._bytes(info)))

    def _append(self, member: bytes) -> int:
        assert self.file
        try:
            written = self.file.write(member)
            while written < len(member):  # an unbuffered file may take a part; a full disk raises at the next
                written += self.file.write(member[written:])
        except OSError:  # what follows, when there is room again, does not follow half a record
            self.file.truncate(self.place)
            self.file.seek(self.place)
            raise
        self.place += len(member)
        return len(member)

    def _bytes(self, record: Any) -> bytes:
        self.builder.out = out = io.BytesIO()
        self.builder.write_record(record)
        return out.getvalue()

    def _response(self, exchange: Exchange, time: datetime, digest: str, same: Capture | None) -> Any:
        kept = [(n, v) for n, v in exchange.headers if n.lower() not in _SECRET | _OF_THE_LINE]
        kept.append(("Content-Length", str(len(exchange.body))))
        try:
            phrase = HTTPStatus(exchange.status).phrase
        except ValueError:  # 520 and other numbers of proxies
            phrase = "Unknown"
        headers = StatusAndHeaders(f"{exchange.status} {phrase}", _clean(kept), protocol="HTTP/1.1")
        named = {"WARC-Date": datetime_to_iso_date(time), "WARC-Payload-Digest": digest}
        if exchange.source:  # as cdx_toolkit names where an archived page was taken from
            named |= {
                "WARC-Source-URI": exchange.source,
                "WARC-Creation-Date": datetime_to_iso_date(now()),
            }
        if same is None:
            body = io.BytesIO(exchange.body)
            return self.builder.create_warc_record(
                exchange.url, "response", payload=body, length=len(exchange.body), http_headers=headers,
                warc_headers_dict=named,
            )  # fmt: skip
        first = same.url.partition("#")[0], datetime_to_iso_date(same.fetched_at)
        return self.builder.create_revisit_record(exchange.url, digest, *first, headers, named)

    def _request(self, exchange: Exchange, time: datetime, response: Any) -> Any:
        parts = urlsplit(exchange.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        kept = [(n, v) for n, v in exchange.request_headers if n.lower() not in _SECRET]
        line = f"{exchange.method} {target} HTTP/1.1"
        named = {
            "WARC-Date": datetime_to_iso_date(time),
            "WARC-Concurrent-To": response.rec_headers["WARC-Record-ID"],
        }
        body = exchange.request_body
        return self.builder.create_warc_record(
            exchange.url, "request", payload=io.BytesIO(body), length=len(body),
            http_headers=StatusAndHeaders(line, _clean(kept), is_http_request=True), warc_headers_dict=named,
        )  # fmt: skip


def digest_of(payload: bytes) -> str:
    """The digest of a payload as captures give it."""
    return f"sha256:{sha256(payload).hexdigest()}"


def capture_id(via: str, url: str, time: datetime, digest: str) -> int:
    """The id of a capture: the same on every machine and in every order."""
    return stable_id("capture", via, url, f"{time.astimezone(UTC):%Y%m%d%H%M%S%f}", digest)


def _clean(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Headers that cannot break out of their line."""
    return [(name, " ".join(value.split("\n")).replace("\r", "")) for name, value in headers]


def _member(record: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return packer.compress(record) + packer.flush()


# -- after a kill ------------------------------------------------------------------------------------


def close_left_open(folder: Path) -> list[Path]:
    """Give the files that a killed crawl left open their names, cut after their last whole record.

    A file that another crawl is writing stays. Returns the files that were closed.
    """
    closed = []
    for path in sorted(folder.glob("*" + OPEN)):
        with path.open("r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            file.truncate(_whole_members(file))
            closed.append(path.rename(path.with_name(path.name.removesuffix(OPEN))))
    return closed


def cut_to_whole(path: Path) -> None:
    """Cut a file after its last whole record."""
    with path.open("r+b") as file:
        file.truncate(_whole_members(file))


def _whole_members(file: BinaryIO) -> int:
    """Where the last whole gzip member of a file ends, read from where the file stands."""
    end, unpacker, rest = file.tell(), zlib.decompressobj(16 + zlib.MAX_WBITS), b""
    with suppress(zlib.error):
        while data := rest or file.read(1 << 20):
            unpacker.decompress(data)
            rest = unpacker.unused_data
            if unpacker.eof:
                end, unpacker = file.tell() - len(rest), zlib.decompressobj(16 + zlib.MAX_WBITS)
    return end


# -- reading -----------------------------------------------------------------------------------------


def path_of(capture: Capture, folder: Path) -> Path:
    """The file that holds a capture; one whose crawl is under way (or was killed) is still called open."""
    path = folder / capture.warc
    still_open = path.with_name(path.name + OPEN)
    return still_open if still_open.exists() and not path.exists() else path


def raw_record(capture: Capture, folder: Path) -> bytes:
    """The record of a capture as it lies in its file (a gzip member where the file is compressed).

    Raises `CaptureError`.
    """
    path = path_of(capture, folder)
    try:
        with path.open("rb") as file:
            file.seek(capture.offset)
            data = file.read(capture.length)
    except OSError as error:
        raise CaptureError(f"{path}: {error.strerror}") from None
    if len(data) < capture.length:
        raise CaptureError(f"{path}: ends before byte {capture.offset + capture.length}")
    return data


def http_of(block: bytes, decode: bool = True) -> tuple[HeaderMap, bytes]:
    """HTTP headers and body of the block of a record, its chunks joined; `decode`: unpacked, too.

    Read apart from its file: fastwarc loses the records behind a chunked body that it decodes on the way. Of
    a revisit the block may be empty. Raises OSError or ValueError for what is no HTTP, broken, or larger than
    LARGEST when unpacked.
    """
    block = _INTERIM.sub(b"", block, count=1)
    if told := _HEAD_OF_LINE_FEEDS.match(block):
        block = told[0].replace(b"\n", b"\r\n") + block[told.end() :]
    headers, body = _parsed(block)
    if block and headers.status_code is None:
        raise ValueError(f"no HTTP: {block[:40]!r}")
    # Some tools undo what was true of the line and leave its headers.
    if "chunked" in (headers.get("Transfer-Encoding") or "").lower() and _CHUNK.match(body):
        headers, body = _parsed(block, "transfer")
    packed = headers.get("Content-Encoding") if decode else None
    return headers, _unpacked(body, packed) if packed else body


def _parsed(block: bytes, decode: Literal["none", "transfer"] = "none") -> tuple[HeaderMap, bytes]:
    record = WarcRecord()
    record.init_headers(WarcRecordType.response)
    record.is_http = True
    record.set_bytes_content(block)
    record.parse_http(auto_decode=decode)
    return record.http_headers, record.reader.read(LARGEST + 1)


def _unpacked(body: bytes, encodings: str) -> bytes:
    """A body unpacked as a crawl unpacks a live one; encodings that are none (`utf-8`) are passed over.

    By Scrapy's middleware, within LARGEST: fastwarc makes the gigabyte of a bomb before one may count.
    """
    from crawler.packed import WholeCompression as Packed

    for encoding in Packed._split_encodings([encodings.encode("latin-1", "replace")])[0]:
        try:
            body = Packed._decode(body, encoding, LARGEST)
        except Exception as error:  # its decompressors raise what they like
            if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" and "exceeded" not in str(error):
                return body  # a page that was unpacked already
            why = "over 25 MB" if "exceeded" in str(error) else f"broken: {error}"
            raise ValueError(f"packed as {encoding.decode()}, {why}") from None
    return body


def payload_of(capture: Capture, folder: Path, decode: bool = True) -> tuple[HeaderMap | None, bytes]:
    """HTTP headers (None for a record without) and body of a capture, as sent unless `decode`: then unpacked.

    Raises `CaptureError`.
    """
    return _read(capture, folder, decode)[:2]


def _read(capture: Capture, folder: Path, decode: bool) -> tuple[HeaderMap | None, bytes, str]:
    """Headers, body, and the address within an archive that gave them ('' for none)."""
    data, place = raw_record(capture, folder), f"{path_of(capture, folder)} at byte {capture.offset}"
    try:
        for record in ArchiveIterator(io.BytesIO(data), parse_http=False):
            block, source = record.reader.read(), record.headers.get("WARC-Source-URI") or ""
            is_http = record.record_type in HTTP
            headers, body = http_of(block, decode) if is_http else (None, block)
            if record.record_type != WarcRecordType.revisit:
                _refuse_others(capture, body, block if is_http else b"")
            return headers, body, source
    except (OSError, ValueError) as error:
        raise CaptureError(f"{place}: {error}") from None
    raise CaptureError(f"{place}: no record")


def _refuse_others(capture: Capture, body: bytes, block: bytes) -> None:
    """Raise ValueError where a payload is not the one that was captured; its SHA-256 may be of it as sent."""
    if not _SHA256.fullmatch(capture.digest) or digest_of(body) == capture.digest:
        return
    if block and any(digest_of(http_of(block, packed)[1]) == capture.digest for packed in (False, True)):
        return
    raise ValueError("its bytes are not those that were captured: their SHA-256 is another")


_SHA256 = re.compile(r"sha256:[0-9a-f]{64}")


def place_of(source: str) -> str:
    """The address of an archive's copy for people: without the modifier that asks for plain bytes."""
    return re.sub(r"(/\d{4,14})id_/", r"\1/", source, count=1)


def page_of_capture(capture: Capture, folder: Path, original: Capture | None = None) -> Page:
    """The page that was captured; `original` is the capture that a revisit refers to.

    Raises `CaptureError`.
    """
    headers, body, source = _read(capture, folder, decode=True)
    if original:
        first, body = payload_of(original, folder)
        headers = headers or first
    return replace(page_of_answer(headers, body, capture), place=place_of(source))


def page_of_answer(headers: HeaderMap | None, body: bytes, capture: Capture) -> Page:
    """The page that an archived answer was."""
    get = headers.get if headers else lambda name: None
    return Page(
        capture.url, capture.status, body, capture.fetched_at, get("Content-Type") or capture.media_type,
        get("ETag"), get("Last-Modified"), capture.via, capture,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes of one record in its file, and whether it is dropped."""

    start: int
    end: int
    dropped: bool


def spans_without(path: Path, is_dropped: Callable[[int], bool]) -> list[Span]:
    """The records of a file, those of captures at some places and their requests dropped."""
    found, unwanted = list[tuple[int, bool]](), set[str]()
    for record in ArchiveIterator(str(path), parse_http=False):
        drop = record.record_type in HTTP and is_dropped(record.stream_pos)
        if drop:
            unwanted.add(record.record_id or "")
        found.append((record.stream_pos, drop or record.headers.get("WARC-Concurrent-To") in unwanted))
    ends = [start for start, _ in found[1:]] + [path.stat().st_size]
    return [Span(start, end, drop) for (start, drop), end in zip(found, ends, strict=True)]


def copy_kept(path: Path, spans: Sequence[Span]) -> tuple[Path, dict[int, int]]:
    """Copy the records of a file that are not dropped.

    Returns the new file and where each record of the old one stands in it. Bytes are copied as they are.
    """
    stem = path.name.removesuffix(".warc.gz")
    new = path.with_name(f"{stem}-{secrets.token_hex(4)}.warc.gz")
    places: dict[int, int] = {}
    with whole_or_not(new) as unfinished, path.open("rb") as source, unfinished.open("xb") as target:
        for span in spans:
            if not span.dropped:
                places[span.start] = target.tell()
                source.seek(span.start)
                target.write(source.read(span.end - span.start))
        target.flush()
        os.fsync(target.fileno())
    return new, places
