"""CDX: what an archive's index is asked, what its rows say, and the answers kept for the next run."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from crawler.captures import place_of
from crawler.health import Finding, Look
from crawler.urls import is_address
from crawler.whole import whole_or_not

#: Rows of one answer of Wayback; the next begin at its resume key.
LIMIT = 5_000
#: Answers to one question, and rows of one portal, that are taken in: the real portal has 20,000 rows, and
#: these take 200 MB of memory.
MOST_ANSWERS, MOST_ROWS = 200, 500_000
_TYPES = r"(text/html|application/xhtml\+xml|warc/revisit|unk)"
_STATUS = "(200|-)"
#: What is read of Wayback's rows.
_FIELDS = ("original", "timestamp", "statuscode", "digest")
Days = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Row:
    """One capture of the index. `timestamp` is as printed: Wayback has some with digits too many."""

    url: str
    timestamp: str
    status: str
    digest: str
    filename: str = ""
    offset: int = 0
    length: int = 0

    @property
    def moment(self) -> datetime | None:
        """The time of a capture, None for a timestamp that is none."""
        with suppress(ValueError):
            return datetime.strptime(self.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        return None


@dataclass(frozen=True, slots=True)
class Archive:
    """A web archive: its kind (wayback, commoncrawl, pywb), where its index and its replay are."""

    kind: str
    via: str
    cdx: str
    base: str

    @classmethod
    def of(cls, name: str) -> Archive:
        """The archive of a name or address.

        `…/web/` is one of Wayback's kind, `…/collinfo.json` one of Common Crawl's (its files under the same
        host), any other address a collection of pywb.
        """
        if name == "wayback":
            return cls.of("https://web.archive.org/web/")
        if name == "commoncrawl":
            collections = "https://index.commoncrawl.org/collinfo.json"
            return cls("commoncrawl", "commoncrawl", collections, "https://data.commoncrawl.org/")
        if name.endswith("/collinfo.json"):
            return cls("commoncrawl", "commoncrawl", name, urljoin(name, "/"))
        if name.endswith("/web/"):
            return cls("wayback", "wayback", urljoin(name, "/cdx/search/cdx"), name)
        base = name.rstrip("/") + "/"
        return cls("pywb", "wayback", base + "cdx", base)

    @property
    def hosts(self) -> tuple[str, str]:
        """The addresses whose hosts are asked."""
        return self.cdx, self.base

    def query(self, index: str, host: str, days: Days, newest: str = "") -> str:
        """The question for all HTML captures of a host, after the newest that is known already."""
        first, last = (day.isoformat().replace("-", "") if day else "" for day in days)
        asked = {"url": host, "matchType": "host", "output": "json"}
        if begin := max(first, newest):
            asked["from"] = begin
        if last:
            asked["to"] = last
        if self.kind == "wayback":
            asked |= {"limit": str(LIMIT), "showResumeKey": "true", "gzip": "false"}
            asked["fl"] = "original,timestamp,mimetype,statuscode,digest"
            filters = [f"statuscode:{_STATUS}", f"mimetype:{_TYPES}"]
        else:  # pywb's own language: ~ is a regular expression
            filters = [f"~status:{_STATUS}", f"~mime:{_TYPES}"]
        pairs = [*asked.items(), *(("filter", f) for f in filters)]
        return f"{index}?" + "&".join(f"{key}={quote(value, safe='')}" for key, value in pairs)

    def file_query(self, index: str, url: str) -> str:
        """The question for the captures of one address, of any type (Common Crawl's and pywb's language)."""
        asked = {"url": url, "output": "json", "filter": "~status:200"}
        return f"{index}?" + "&".join(f"{key}={quote(value, safe='')}" for key, value in asked.items())

    def replay(self, row: Row) -> tuple[str, dict[str, str]]:
        """Address and headers of the request for a capture's bytes."""
        if self.kind == "commoncrawl":
            last = row.offset + row.length - 1
            return urljoin(self.base, row.filename), {"Range": f"bytes={row.offset}-{last}"}
        return f"{self.base}{row.timestamp[:14]}id_/{row.url}", {}

    def place(self, row: Row) -> str:
        """The address of a capture as a witness gives it."""
        address, _ = self.replay(row)
        return f"{address}#{row.offset}" if self.kind == "commoncrawl" else place_of(address)

    def inside(self, url: str) -> tuple[str, str] | None:
        """Timestamp and original address of an address within the archive; None for one outside."""
        path = urlsplit(self.base).path
        if urlsplit(url).netloc != urlsplit(self.base).netloc or self.kind == "commoncrawl":
            return None
        found = re.match(
            re.escape(path) + r"(\d{4,14})(?:[a-z]{2}_)?/(.+)", url[len(url.split(path, 1)[0]) :]
        )
        return (found[1], found[2]) if found else None


class NoIndex(ValueError):
    """An answer that is none of an index; the text shows how it begins."""

    def __init__(self, answer: str) -> None:
        begins = " ".join(answer[:200].split())[:80]
        super().__init__(f"{begins!r}, which is no list")


class Listing:
    """What an index answers to one question after the other: the rows of the one under way, within bounds."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.rows: dict[Row, None] = {}  # of the question under way
        self.keys: set[str] = set()
        self.total = self.malformed = 0
        self.trouble: Look | None = None
        self.cut_off = False  # the question under way

    @property
    def is_full(self) -> bool:
        """Whether no further rows are taken in."""
        return self.total >= MOST_ROWS

    def begin(self) -> None:
        """Begin with the next question."""
        self.rows, self.keys, self.cut_off = {}, set(), False

    def add(self, text: str) -> str:
        """Take in an answer; returns the resume key to go on with, '' at the end. Raises `NoIndex`."""
        rows, resume, bad = rows_of(text, self.kind)
        known = len(self.rows)
        self.rows.update(dict.fromkeys(rows))
        self.malformed += bad
        self.total += len(self.rows) - known
        if resume and (look := self._without_end(resume, len(self.rows) > known)):
            self.trouble, self.cut_off = self.trouble or look, True
            return ""
        self.keys.add(resume)
        return resume

    def _without_end(self, resume: str, brings_new: bool) -> Look | None:
        if resume in self.keys:
            return Look(
                Finding.UNREADABLE, "the archive's index goes round: it gave the same resume key twice"
            )
        if not brings_new:
            return Look(Finding.UNREADABLE, "the archive's index goes on without a capture that is new")
        if self.is_full or len(self.keys) + 1 >= MOST_ANSWERS:
            bound = f"{MOST_ROWS:,} rows" if self.is_full else f"{MOST_ANSWERS} answers"
            return Look(
                Finding.COSTLY, f"the archive's index goes on after {bound}: bound the days, --from and --to"
            )
        return None


def crawls_of(body: bytes, days: Days) -> list[str]:
    """The indexes of those of Common Crawl's crawls that touch some days. Raises `NoIndex`."""
    first, last = (day.isoformat() if day else "" for day in days)
    text = body.decode("utf-8", "replace")
    try:
        crawls = [
            (str(c["cdx-api"]), str(c.get("from", "")), str(c.get("to", "9"))) for c in json.loads(text)
        ]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise NoIndex(text) from None
    return [
        api
        for api, begin, end in crawls
        if not (last and begin[:10] > last) and not (first and end[:10] < first)
    ]


def nearest(indexes: Sequence[str], filename: str, most: int) -> list[str]:
    """Of Common Crawl's indexes, in order of time, those nearest to the crawl that a record's file is of.

    `crawl-data/CC-MAIN-2021-31/segments/…` is of the crawl whose index is `…/CC-MAIN-2021-31-index`.
    """
    crawl = next((part for part in filename.split("/") if part.startswith("CC-MAIN-")), "")
    at = next((n for n, index in enumerate(indexes) if crawl and crawl in index), 0)
    return sorted(indexes, key=lambda index: abs(indexes.index(index) - at))[:most]


def rows_of(text: str, kind: str) -> tuple[list[Row], str, int]:
    """The rows of an answer, the resume key ('' at the end), and how many rows could not be read.

    Raises `NoIndex` for what is no answer of an index at all.
    """
    if not text.strip():
        return [], "", 0
    return _wayback_rows(text) if kind == "wayback" else _json_rows(text)


def _wayback_rows(text: str) -> tuple[list[Row], str, int]:
    """A list of lists with its header row; with a key behind an empty row."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise NoIndex(text) from None
    if found == []:
        return [], "", 0
    if (
        not isinstance(found, list)
        or not isinstance(found[0], list)
        or not set(_FIELDS) <= set(map(str, found[0]))
    ):
        raise NoIndex(text)
    header, *rows = found
    resume = ""
    if len(rows) >= 2 and rows[-2] == [] and isinstance(rows[-1], list) and len(rows[-1]) == 1:
        resume = str(rows[-1][0])
        rows = rows[:-2]
    kept, bad = [], 0
    for row in rows:
        try:
            named = dict(zip(header, row, strict=False))
            kept.append(_row(*(named[name] for name in _FIELDS)))
        except (KeyError, ValueError, TypeError):
            bad += 1
    return kept, resume, bad


def _json_rows(text: str) -> tuple[list[Row], str, int]:
    """A JSON object a line, as pywb and Common Crawl give them."""
    kept, bad = [], 0
    for line in text.splitlines():
        try:
            named = json.loads(line)
            kept.append(
                _row(
                    named["url"],
                    named["timestamp"],
                    named.get("status", "-"),
                    named["digest"],
                    named.get("filename", ""),
                    int(named.get("offset", 0)),
                    int(named.get("length", 0)),
                )
            )
        except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
            bad += 1
    if bad and not kept:
        raise NoIndex(text)
    return kept, "", bad


def _row(url: Any, timestamp: Any, status: Any, digest: Any, *place: object) -> Row:
    """A row; ValueError for one whose address or time is none, TypeError for what is no text."""
    if not isinstance(status, str) or not isinstance(digest, str):
        raise TypeError("no text")
    if not re.fullmatch(r"\d{14,16}", timestamp) or not is_address(url):
        raise ValueError(timestamp)
    return Row(url, timestamp, status, digest, *place)  # type: ignore[arg-type]  # filename, offset, length


def distinct(rows: Iterable[Row]) -> list[Row]:
    """One capture a page version: the first of each payload. A revisit repeats a payload's digest.

    Of a payload that came back and is the newest, the first of that time too.
    """
    found: dict[str, Row] = {}
    again: Row | None = None
    last = ""
    for row in sorted(rows, key=lambda r: (r.timestamp, r.status == "-")):
        known = found.get(row.digest)
        if known is None or (known.status == "-" and row.status != "-"):
            found[row.digest] = row
        if row.digest != last:
            again = row if known and (row.status != "-" or not row.filename) else None
        last = row.digest
    return sorted({*found.values(), *([again] if again else [])}, key=lambda r: r.timestamp)


def repeats(rows: Iterable[Row], chosen: Sequence[Row]) -> dict[Row, list[Row]]:
    """The captures that hold the same bytes as one of those chosen."""
    found: dict[Row, list[Row]] = {}
    first, read = {row.digest: row for row in reversed(chosen)}, set(chosen)
    for row in dict.fromkeys(rows):
        if row not in read and row.digest in first:
            found.setdefault(first[row.digest], []).append(row)
    return found


class CdxCache:
    """The answers of an archive's index on disk: a second run asks only for what came since."""

    def __init__(self, folder: Path, archive: Archive) -> None:
        self.folder, self.archive = folder, archive

    def path(self, index: str, host: str, days: Days) -> Path:
        """The file of one question."""
        return self.folder / (
            sha256(self.archive.query(index, host, days).encode()).hexdigest()[:32] + ".jsonl.gz"
        )

    def rows(self, index: str, host: str, days: Days) -> list[Row]:
        """The rows kept of a question; none of a file that is cut or broken: what it lost nobody knows."""
        path = self.path(index, host, days)
        try:
            with gzip.open(path, "rt", encoding="utf-8") as file:
                return list(dict.fromkeys(Row(*json.loads(line)) for line in file))
        except (OSError, EOFError, ValueError, TypeError, zlib.error):
            return []

    def add(self, index: str, host: str, days: Days, rows: Sequence[Row]) -> None:
        """Keep the rows of one answer beside those known: all or, on a full disk, as it was."""
        path = self.path(index, host, days)
        kept = dict.fromkeys([*self.rows(index, host, days), *rows])
        self.folder.mkdir(parents=True, exist_ok=True)
        with whole_or_not(path) as unfinished, gzip.open(unfinished, "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(astuple(row)) + "\n" for row in kept)
