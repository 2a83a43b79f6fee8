"""What an index knows: of pages and posts that were read, of files, of what it keeps out."""

# ruff: noqa: E501 - SQL stays on its line
from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from crawler.attachments.facts import Notice
from crawler.clock import now, utc
from crawler.health import REMEMBERED, Seen
from crawler.model import (
    NOT_ARCHIVED,
    Attachment,
    Capture,
    Context,
    FileOutcome,
    FileText,
    Listing,
    Outcome,
    PageRead,
    PageState,
    Place,
    Portal,
    PostLink,
    PostState,
    View,
    stable_id,
)
from db.batch import Batch
from db.captured import CAPTURE, capture_of_row
from db.originals import Originals
from db.rhythm import is_due

#: Pages of a portal that failed and are asked for again by its next crawl.
RETRIED = 200


@dataclass(frozen=True, slots=True)
class Suppressed:
    """What an index keeps out: numbers of notices and files, hashes of their addresses."""

    ids: frozenset[int] = frozenset()
    addresses: frozenset[int] = frozenset()

    def has(self, read: PageRead) -> bool:
        """Whether a page is one of these."""
        if not self.ids:
            return False
        post_id = read.post.post_id if read.post else read.file.post_id if read.file else None
        notice = stable_id(read.portal, post_id)
        file = stable_id(notice, read.file.attachment.url) if read.file else None
        return notice in self.ids or file in self.ids or self.address(read.page.url)

    def address(self, url: str) -> bool:
        """Whether an address is that of one of these."""
        return bool(self.addresses) and address_id(url) in self.addresses


def address_id(url: str) -> int:
    """An address as a number that does not tell it."""
    return stable_id("address", url)


class FileRow(NamedTuple):
    """A row of attachments as a file's reading writes it."""

    id: int
    notice: int
    url: str
    name: str
    media_type: str | None
    sha256: str | None
    size: int | None
    text: str | None
    places: str | None
    outcome: str
    reason: str | None
    subject: str | None
    ocr: bool | None


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file of the index, and what it is read with."""

    id: int
    notice: int
    post_id: str
    attachment: Attachment
    size: int
    read_with: Notice


class Memory(Batch):
    """An index with what was seen before (`crawler.model.PageMemory`)."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.originals = Originals()
        self.suppressed = Suppressed()
        self.load_suppressed()

    def load_suppressed(self) -> None:
        """Read what the index keeps out."""
        ids, addresses = (
            frozenset(row[0] for row in self._do(f"select {column} from {table}"))
            for column, table in (("id", "suppressions"), ("address", "suppressed_addresses"))
        )
        self.suppressed = Suppressed(ids, addresses)

    # -- pages and posts ---------------------------------------------------------------------------

    def page(self, url: str) -> PageState | None:
        """The last fetch of a URL, or None."""
        row = self._do(
            "select outcome, fetched_at, etag, last_modified, post_id from pages where url = ?", url
        ).fetchone()
        if row is None:
            return None
        return PageState(url, Outcome(row[0]), datetime.fromisoformat(row[1]), row[2], row[3], row[4])

    def was_captured(self, url: str, via: str, moment: datetime) -> bool:
        """Whether an archive's capture of a URL was read before (and kept)."""
        sql = "select 1 from captures where url = ? and via = ? and fetched_at = ?"
        return self._do(sql, url, via, utc(moment)).fetchone() is not None

    def was_seen(self, place: str) -> bool:
        """Whether an archive's copy at an address is a witness of a notice."""
        return self._do("select 1 from witnesses where url = ?", place).fetchone() is not None

    def listing_of(self, url: str) -> Listing:
        """Where a list page led when it was last read."""
        rows = self._do("select url, post_id, language, is_print, published from page_links where page = ?"
                        " order by position", url).fetchall()  # fmt: skip
        posts = tuple(_post_link(*row) for row in rows if row[1])
        return Listing(posts, tuple(row[0] for row in rows if not row[1]))

    def post(self, portal: str, post_id: str) -> PostState | None:
        """What is known of a post, or None for one that was never read; a suppressed one is known."""
        if stable_id(portal, post_id) in self.suppressed.ids:
            return PostState(Outcome.SKIPPED, "suppressed", None)
        row = self._do("select outcome, reason, published from pages where portal = ? and post_id = ? and kind = 'post'"
                       " order by fetched_at desc limit 1", portal, post_id).fetchone()  # fmt: skip
        if row is None:
            return None
        state = PostState(Outcome(row[0]), row[1] or "", _day(row[2]))
        current = self._current(stable_id(portal, post_id))
        if not current:
            return state
        gone = current["gone_since"] is not None
        return replace(state, text_rank=view_of(current).text_rank, url=current["address"], gone=gone)

    def learn(self, capture: Capture) -> None:
        """Remember where a payload lies in a file outside, for as long as this index is open."""
        self.originals.learn(capture)

    def original_of(self, digest: str, url: str, moment: str) -> Capture | None:
        """A capture of a file outside: one that was learnt, else one of the index; by its payload's digest,
        or by address and time."""
        if learnt := self.originals.original_of(digest, url, moment):
            return learnt
        by_digest, by_place = "c.digest = ?1 and ?1 <> ''", "c.url = ?2 and c.fetched_at = ?3"
        row = self._do(f"select {CAPTURE} from captures c where ({by_digest} or {by_place}) and c.refers_to is null"
                       " and c.warc like '/%' limit 1", digest, url, moment).fetchone()  # fmt: skip
        return capture_of_row(row) if row else None

    def posts_due(self, portal: str, moment: datetime) -> list[PostLink]:
        """The notices of a portal that are to be read again: each once a month at most, in turns."""
        rows = self._do("select n.id, p.fetched_at, v.url, n.post_id, v.language, v.is_print, n.published"
                        " from notices n join versions v on v.id = n.version left join pages p on p.url = n.url"
                        " where n.portal = ? order by p.fetched_at, n.id", portal)  # fmt: skip
        return [
            _post_link(*link)
            for notice, read, *link in rows
            if link[0] and (read is None or is_due(notice, datetime.fromisoformat(read), moment))
        ]

    def posts_failed(self, portal: str) -> list[PostLink]:
        """The posts of a portal whose last fetch failed or was blocked, as list pages name them."""
        rows = self._do("select l.url, l.post_id, l.language, l.is_print, l.published from pages p"
                        " cross join page_links l on l.url = p.url where p.portal = ? and p.kind = 'post' and"
                        " p.outcome in ('failed', 'blocked') and l.post_id is not null group by l.url"
                        " order by p.fetched_at limit ?", portal, RETRIED)  # fmt: skip
        return [_post_link(*row) for row in rows]

    def lists_failed(self, portal: str) -> list[str]:
        """The list pages of a portal whose last fetch failed or was blocked."""
        rows = self._do("select url from pages where portal = ? and kind = 'list' and outcome in ('failed', 'blocked')"
                        " order by fetched_at limit ?", portal, RETRIED)  # fmt: skip
        return [url for (url,) in rows]

    def files_due(self, portal: str) -> list[tuple[str, Attachment, Notice]]:
        """The files of a portal's notices that a crawl which was cut off did not come to."""
        waiting = f"a.outcome = 'skipped' and a.reason in ('not fetched', '{NOT_ARCHIVED}')"
        unread = "a.outcome = 'failed' and a.reason like 'no reader%'"  # installed meanwhile, perhaps
        return self._files_to_read(f"({waiting} or {unread}) and n.portal = ?", portal)

    def files_of(self, portal: str) -> list[tuple[str, Attachment, Notice]]:
        """The files of a portal's notices about COVID-19, read or not."""
        self.flush()
        return self._files_to_read("n.covid = 1 and n.portal = ?", portal)

    def _files_to_read(self, condition: str, portal: str) -> list[tuple[str, Attachment, Notice]]:
        files = self._files(condition, portal)
        return [(file.post_id, file.attachment, file.read_with) for _, file in files]

    def files_read(self, portal: str | None, since: date | None) -> list[tuple[str, KnownFile]]:
        """The files (of a portal, of notices seen on or after a day) whose bytes were read, with their hashes."""
        self.flush()
        chosen = "(?1 is null or n.portal = ?1) and (?2 is null or n.last_seen >= ?2)"
        return list(self._files(f"a.sha256 <> '' and {chosen}", portal, since.isoformat() if since else None))

    def knows(self, portal: str) -> bool:
        """Whether any page of a portal was read before."""
        return self._do("select 1 from pages where portal = ? limit 1", portal).fetchone() is not None

    def was_read_whole(self, portal: str) -> bool:
        """Whether all list pages of a portal were read to their ends before."""
        sql = "select 1 from portals where id = ? and read_whole is not null and reading_since is null"
        return self._do(sql, portal).fetchone() is not None

    def begin(self, portal: Portal) -> bool:
        """A live reading begins; False where the portal's entry reads otherwise than at the last one.

        What begins is not whole until it ends: who kills the crawl leaves it to the next one.
        """
        settings = sorted(portal.settings.items())
        reads = f"{stable_id(portal.url, portal.start, sorted(portal.hosts), portal.platform, settings):x}"
        row = self._do("select read_as from portals where id = ?", portal.id).fetchone()
        same = row is None or row[0] in (None, reads)
        self._do(
            "update portals set reading_since = ?, read_as = ? where id = ?", utc(now()), reads, portal.id
        )
        self._commit()
        return same

    def due_times(self) -> dict[str, str]:
        """When each portal is to be crawled again; one that never was is not among them."""
        return dict(self._do("select id, next_due from portals where next_due is not null"))

    def earlier(self, portal: str) -> list[Seen]:
        """What the portal's earlier live readings saw, the newest first."""
        sql = ("select first, read, titled, dated, texted, ifnull(finding, ''), case when whole then posts end"
               " from portal_runs where portal = ?"
               " and run is not ? and via = 'live' and outcome <> 'interrupted' order by run desc limit ?")  # fmt: skip
        return [Seen(*row) for row in self._do(sql, portal, self.run, REMEMBERED)]

    def posts_of(self, portal: str) -> int:
        """How many posts the list pages of a portal named when all were read, or since."""
        row = self._do("select posts from portals where id = ?", portal).fetchone()
        return int(row[0] or 0) if row else 0

    def notices_of(self, portal: str) -> int:
        """How many notices about COVID-19 a portal has in the index, those that were suppressed among them."""
        sql = ("select (select count(*) from notices where portal = ? and covid)"
               " + (select count(*) from suppressions where portal = ? and kind = 'notice')")  # fmt: skip
        return int(self._do(sql, portal, portal).fetchone()[0])

    def _current(self, notice: int) -> dict[str, Any] | None:
        cursor = self._do("select n.version, n.url as address, n.gone_since, v.url, v.language, v.is_print, v.run,"
                          " v.last_seen from notices n join versions v on v.id = n.version where n.id = ?", notice)  # fmt: skip
        row = cursor.fetchone()
        return dict(zip((c[0] for c in cursor.description), row, strict=True)) if row else None

    # -- files ---------------------------------------------------------------------------------------

    def has_file(self, portal: str, post_id: str, url: str) -> bool:
        """Whether this attachment of a post was fetched before: its address stands for its bytes.

        One that could not be read is none: its reader may have been installed meanwhile. One that is
        suppressed, or whose notice is, need not be fetched.
        """
        notice = stable_id(portal, post_id)
        attachment = stable_id(notice, url)
        if {notice, attachment} & self.suppressed.ids:
            return True
        if waiting := self._waiting_file(attachment):
            return waiting.sha256 is not None and waiting.outcome != FileOutcome.FAILED
        known = "select 1 from attachments where id = ? and sha256 is not null and outcome <> 'failed'"
        return self._do(known, attachment).fetchone() is not None

    def _waiting_file(self, attachment: int) -> FileRow | None:
        return next((row for row in reversed(self.rows["files"]) if row[0] == attachment), None)

    def _hash_of(self, attachment: int) -> str | None:
        """The hash of a file's bytes as they were read last."""
        if waiting := self._waiting_file(attachment):
            return waiting.sha256
        found = self._do("select sha256 from attachments where id = ?", attachment).fetchone()
        return found[0] if found else None

    def file_text(self, sha256: str) -> FileText | None:
        """What the same bytes said when they were read before, or None; a failure is tried again."""
        said = self.file_said(sha256)
        return None if said is None or said.outcome is FileOutcome.FAILED else said

    def file_said(self, sha256: str) -> FileText | None:
        """What some bytes said when they were read, a failure too; None for those that never were."""
        rows: list[Any] = [row for row in self.rows["files"] if row[5] == sha256]
        rows += self._do("select id, notice, url, name, media_type, sha256, size, text, places, outcome, reason,"
                         " subject, ocr from attachments where sha256 = ? order by ocr desc limit 1", sha256)  # fmt: skip
        if not rows:
            return None
        row = FileRow(*rows[0])
        places = tuple(Place(**place) for place in json.loads(row.places or "[]"))
        return FileText(
            row.media_type or "",
            FileOutcome(row.outcome),
            row.reason or "",
            row.text or "",
            places,
            bool(row.ocr),
        )

    def waiting_scans(self, sha256: str) -> list[KnownFile]:
        """The files of the same bytes that need OCR."""
        self.flush()
        return [file for _, file in self._files("a.outcome = 'needs-ocr' and a.sha256 = ?", sha256)]

    def _files(self, condition: str, *values: Any) -> Iterator[tuple[str, KnownFile]]:
        """The files of a condition, with the hash of their bytes."""
        cursor = self._do("select a.sha256, a.id, a.notice, n.post_id, a.url, a.name, a.size, n.url as page, n.title,"
                          " n.province, n.kind, n.published, (select json_group_array(number) from citations c where"
                          " c.version = n.version and c.attachment is null and c.role = 'subject') as subjects"
                          " from attachments a join notices n on n.id = a.notice"
                          f" where {condition} order by a.id", *values)  # fmt: skip
        names = [column[0] for column in cursor.description]
        for row in [dict(zip(names, values, strict=True)) for values in cursor]:
            day = date.fromisoformat(row["published"]) if row["published"] else None
            context = Context(row["page"], row["province"], row["kind"], day)
            read_with = Notice(context, row["title"] or "", json.loads(row["subjects"]))
            attachment = Attachment(row["url"], row["name"])
            known = row["id"], row["notice"], row["post_id"]
            yield row["sha256"], KnownFile(*known, attachment, row["size"] or 0, read_with)


def view_of(version: Mapping[str, Any]) -> View:
    """The view that gave a version its text."""
    return View(version["url"], version["language"], bool(version["is_print"]))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _post_link(url: str, post_id: str, language: str, is_print: int, published: str | None) -> PostLink:
    return PostLink(post_id, View(url, language, bool(is_print)), "", _day(published))
