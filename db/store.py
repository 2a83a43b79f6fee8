"""Posts in, rows out: a batch a transaction, outcomes known at once."""

# ruff: noqa: E501, PT018 - SQL stays on its line; three parts of a read that come together are asserted together
from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any

from crawler.captures import CaptureWriter, close_left_open, digest_of
from crawler.clock import utc
from crawler.extract.normalise import plain_words
from crawler.health import ANSWERING, PortalRun
from crawler.model import (
    STANDS_IN,
    Capture,
    Citation,
    Exchange,
    Facts,
    FileOutcome,
    FileRead,
    Outcome,
    Page,
    PageKind,
    PageRead,
    Portal,
    Post,
    PostLink,
    Sightings,
    Text,
    View,
    stable_id,
)
from crawler.provinces import PROVINCES
from db import scans
from db.captured import CAPTURE, capture_of_row, capture_row, captures_of
from db.documents import document_key, year_of
from db.memory import FileRow, KnownFile, Memory, view_of
from db.rhythm import POSTS, interval

#: Pages per WAL transaction (an upsert each costs thirty times that), and the seconds after which a slow
#: crawl commits anyway: an open transaction keeps every other writer out.
BATCH, PATIENCE = 200, 5.0

#: The share of a notice's words that no change of its text leaves out together with its posting day.
KEPT = 0.2
#: Of an upsert of pages: the fetch gave no text, the one before did.
_NO_TEXT = "excluded.text_hash is null and text_hash is not null and excluded.kind <> 'list'"
FACT_TABLES = ("citations", "document_relations", "dates", "phones", "emails", "links")


class Store(Memory):
    """The index as a crawl writes it; a context manager that commits what it has even after an error.

    `keep` is `covid` (only notices are stored) or `all` (others too, with covid = 0); `captures` is `all`,
    `notices` (of list pages and what is stored) or '' (none are written).
    """

    def __init__(self, path: Path, keep: str = "covid", captures: str = "") -> None:
        super().__init__(path)
        self.keep, self.captures = keep, captures
        self.writer = CaptureWriter(captures_of(path))
        self.listed: deque[tuple[Exchange, Capture]] = deque(maxlen=64)  # list pages whose rows follow
        if captures:
            close_left_open(self.writer.folder)
        rows = self._do("select id, province, kind from portals")
        self.kinds: dict[str, tuple[str, str]] = {row[0]: (row[1], row[2]) for row in rows}

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Settle the documents, commit and close."""
        try:
            self.flush()
        finally:
            self.database.conn.close()
            self.originals.close()
            self.writer.close()

    # -- registry and runs -----------------------------------------------------------------------

    def sync_registry(self, portals: Iterable[Portal]) -> None:
        """Write the provinces and the portals of a crawl."""
        rows = [
            {"code": p.code, "name": p.name, "slug": p.slug, "name_2025": p.name_2025, "region": p.region}
            for p in PROVINCES
        ]
        self.database["provinces"].upsert_all(rows, pk="code")
        for p in portals:
            self.kinds[p.id] = (p.province, p.kind)
            row = {"id": p.id, "province": p.province, "kind": p.kind, "name": p.name, "url": p.url,
                   "platform": p.platform, "closed": str(p.closed) if p.closed else None, "successor": p.successor}  # fmt: skip
            self.database["portals"].upsert(row, pk="id")

    def start_run(self, command: str, started: datetime) -> int:
        """Open a row in runs and return its id. A run still open is one that was killed: one writer an index."""
        self._do("update runs set outcome = 'interrupted' where outcome = 'running'")
        cursor = self._do(
            "insert into runs (started, command, outcome) values (?, ?, 'running')", utc(started), command
        )
        self.run = int(cursor.lastrowid)
        self.flush()
        return self.run

    def finish_run(
        self, outcome: str, finished: datetime, counts: Mapping[str, int], notices: int = 0
    ) -> None:
        """Close the run's row: its outcome, the count of each page outcome, the notices it wrote."""
        self._do("update runs set finished = ?, outcome = ?, pages = ?, counts = ?, notices = ? where id = ?",
                 utc(finished), outcome, sum(counts.values()), json.dumps(dict(counts)), notices, self.run)  # fmt: skip
        self.flush()

    def finish_portal(self, run: PortalRun, finished: datetime, via: str = "live") -> None:
        """Write how the reading of a portal ended (`via`: live, archive, warc), its health, and when it is due again."""
        if run.portal not in self.kinds:  # files of portals that none of them knows
            return
        look, seen = bool(run.reason), run.seen
        answers = not look or run.finding in ANSWERING
        done, whole = (live := via == "live") and run.done and answers, live and run.whole and answers
        self._do("insert or replace into portal_runs values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                 run.portal, self.run, via, utc(finished), round(run.seconds, 1), run.outcome, run.finding or None,
                 run.reason or None, run.pages, run.notices, run.posts, seen.first, seen.read, seen.titled,
                 seen.dated, seen.texted, run.whole if live else None)  # fmt: skip
        if via != "live":
            self._write_rows()
            self.mark_gone_later(run.portal)
        if run.interrupted:
            self._commit()
            return
        self._do("update portals set last_run = ?1, last_outcome = ?2, reason = ?3,"
                 " posts = case when ?7 then ?4 else max(ifnull(posts, 0), ?4) end,"
                 " failures = case when ?8 then 0 else coalesce(failures, 0) + 1 end,"
                 " last_success = case when ?5 or not ?10 then last_success else ?1 end,"
                 " read_whole = case when ?7 then ?1 else read_whole end,"
                 " reading_since = case when ?9 then null else reading_since end where id = ?6",
                 utc(finished), run.outcome, run.reason or None, run.posts, look, run.portal, whole, answers,
                 done, live)  # fmt: skip
        if live:
            self._set_due(run, finished)
        self._commit()

    def _set_due(self, run: PortalRun, finished: datetime) -> None:
        """When a portal is to be crawled again: by the days of its posts, its entry, and its failures."""
        (failures,) = self._do("select failures from portals where id = ?", run.portal).fetchone()
        days = self._do(f"select published from pages where portal = ? and published is not null"
                        f" order by published desc limit {POSTS}", run.portal)  # fmt: skip
        past = [date.fromisoformat(day) for (day,) in days]
        wait = interval(past, finished.date(), run.every, failures or 0)
        self._do("update portals set next_due = ? where id = ?", utc(finished + wait), run.portal)

    def mark_alerted(self, states: Mapping[str, str]) -> None:
        """Remember which state of each portal people were told of."""
        for portal, state in states.items():
            self._do("update portals set alerted = ? where id = ?", state, portal)
        self.flush()

    # -- pages ---------------------------------------------------------------------------------------

    def add(self, read: PageRead) -> tuple[Outcome, str]:
        """Store one page; return its outcome and the reason.

        A view that ranks below the one stored adds a witness and is `unchanged`; a better one takes over
        title, text and URL. Equal text changes nothing but `last_seen` and witnesses. Of what was suppressed
        nothing is written, not even that it was read.
        """
        if self.suppressed.has(read):
            return Outcome.SKIPPED, "suppressed"
        self._begin()
        self._do("savepoint page")
        self.marks = {table: len(rows) for table, rows in self.rows.items()}
        try:
            if read.page.capture:
                read = replace(read, page=self._captured(read))
            outcome, reason = self._add(read)
            self._write_page(read, outcome, reason)
        except BaseException:
            self._do("rollback to page")  # half a page is none; the pages before it stay
            for table, mark in self.marks.items():
                del self.rows[table][mark:]
            self.payloads.clear()  # nothing may refer to a capture without a row
            raise
        finally:
            self._do("release page")
        self._end_of_page()
        return outcome, reason

    def _end_of_page(self) -> None:
        """Commit when the batch is full, or old."""
        self.pending += 1
        if self.pending >= BATCH or time.monotonic() - self.since > PATIENCE:
            self._commit()

    def _captured(self, read: PageRead) -> Page:
        """The page of a read with the capture that its row names: written now, or lying in a file already."""
        page = read.page
        capture = page.capture
        if isinstance(capture, Exchange):
            if known := next((c for exchange, c in self.listed if exchange is capture), None):
                return replace(page, capture=known)  # a row of a list page lies where the page does
            if not (self.captures == "all" or (self.captures and self._is_kept(read))):
                return replace(page, capture=None)
            digest = digest_of(capture.body)
            # Errors, redirects and empty bodies are small.
            same = self._same_payload(digest) if capture.status == 200 and capture.body else None
            capture = self.writer.write(capture, page, digest, same)
            self.payloads.setdefault(digest, same or capture)
            if read.rows and isinstance(page.capture, Exchange):
                self.listed.append((page.capture, capture))
        if capture:
            capture = self._at_home(capture)
            self.rows["captures"].append(capture_row(capture, self.run))
        return replace(page, capture=capture)

    def hold(self, capture: Capture) -> None:
        """Know where a payload lies to which a capture refers that is stored: it may be of no page here."""
        self._begin()
        self.rows["captures"].append(capture_row(self._at_home(capture), self.run))

    def _at_home(self, capture: Capture) -> Capture:
        """A capture in a file of this index, read with --warc, under the file's name alone."""
        home = Path(capture.warc).parent == self.writer.folder.resolve()
        return replace(capture, warc=Path(capture.warc).name) if home else capture

    def _is_kept(self, read: PageRead) -> bool:
        """Whether a page is a list page, a post that is (or was) stored, or a file of such a post."""
        if read.file:
            return not read.problem and self._current(stable_id(read.portal, read.file.post_id)) is not None
        if read.problem or not (read.post and read.facts):
            return read.kind in (PageKind.LIST, PageKind.ATTACHMENT) and not read.problem
        notice = stable_id(read.portal, read.post.post_id)
        return self.keep == "all" or read.facts.covid or self._current(notice) is not None

    def _same_payload(self, digest: str) -> Capture | None:
        """The earlier capture that holds a payload."""
        if digest in self.payloads:
            return self.payloads[digest]
        row = self._do(f"select {CAPTURE} from captures c where digest = ? and refers_to is null and"
                       " warc not like '/%' limit 1", digest).fetchone()  # fmt: skip
        return capture_of_row(row) if row else None

    def _add(self, read: PageRead) -> tuple[Outcome, str]:
        if read.file:
            return self._add_file(read, read.file)
        if read.problem:
            if read.page.status == HTTPStatus.NOT_MODIFIED:
                self._still_there(read.page)
            if read.problem is Outcome.GONE or self._is_template_again(read):
                self._mark_gone(read)
            return read.problem, read.reason
        if read.kind is PageKind.LIST:
            return self._add_list(read), ""
        if read.post and read.text and read.facts:
            return self._add_post(read)
        return Outcome.IRRELEVANT, read.reason

    def _is_template_again(self, read: PageRead) -> bool:
        """Whether a post's address gives a page without one, as it did when it was asked last.

        Once alone may be an error of a day, in words that nobody knows.
        """
        found = read.problem is Outcome.EMPTY and read.reason.endswith(STANDS_IN)
        return found and self._was_empty(read.page.url)

    def _was_empty(self, url: str) -> bool:
        state = self.page(url)
        return state is not None and state.outcome is Outcome.EMPTY

    def _mark_gone(self, read: PageRead) -> None:
        # An archive may tell of a time before the notice was last seen.
        self._do("update notices set gone_since = min(coalesce(gone_since, ?1), ?1)"
                 " where portal = ?2 and url = ?3 and last_seen < ?1",
                 utc(read.page.fetched_at), read.portal, read.page.url)  # fmt: skip

    def is_gone(self, url: str) -> bool:
        """Whether the last answer of an address was that nothing is there."""
        return self._do("select 1 from pages where url = ? and outcome = 'gone'", url).fetchone() is not None

    def mark_gone_later(self, portal: str | None = None) -> None:
        """Mark notices (of a portal) whose address answered later that nothing is there: since the first such answer held.

        A later answer may have been read before the notice: out of another file, on another side of a merge.
        """
        last = ("select p.fetched_at from pages p where p.url = notices.url and p.portal = notices.portal"
                " and p.outcome = 'gone' and p.fetched_at > notices.last_seen")  # fmt: skip
        first = ("select min(c.fetched_at) from captures c where c.url = notices.url and c.status in (404, 410)"
                 " and c.fetched_at > notices.last_seen")  # fmt: skip
        self._do(f"update notices set gone_since = coalesce(({first}), ({last})) where gone_since is null"
                 f" and (?1 is null or portal = ?1) and exists ({last})", portal)  # fmt: skip

    def _is_another_page(self, version: int, post: Post, text: str) -> bool:
        """Whether what is read at a notice's address now is none: an error, a login under HTTP 200, in any words.

        It has lost the posting day and next to all words of the text that is known.
        """
        if post.published:
            return False
        day, known = self._do("select n.published, v.text from versions v join notices n on n.id = v.notice"
                              " where v.id = ?", version).fetchone()  # fmt: skip
        words = set(plain_words(known))
        return bool(day) and len(words & set(plain_words(text))) < KEPT * len(words)

    def _still_there(self, page: Page) -> None:
        """A post that its portal says to be what it was: seen again, under its address."""
        seen = utc(page.fetched_at)
        self._do("update versions set last_seen = max(last_seen, ?1) where id in"
                 " (select version from notices where url = ?2)", seen, page.url)  # fmt: skip
        self._do("update witnesses set seen = max(seen, ?1) where via = 'live' and url = ?2", seen, page.url)
        self._do("update notices set last_seen = max(last_seen, ?1),"
                 " gone_since = case when gone_since > ?1 then gone_since end where url = ?2", seen, page.url)  # fmt: skip

    def _write_page(self, read: PageRead, outcome: Outcome, reason: str) -> None:
        page, published = read.page, read.post.published if read.post else None
        self._do(
            "insert into pages (url, portal, kind, outcome, reason, fetched_at, etag, last_modified,"
            " text_hash, post_id, capture, run, published) values (?,?,?,?,?,?,?,?,?,?,?,?,?)"
            " on conflict (url) do update set"
            f" portal = excluded.portal, kind = case when {_NO_TEXT} and kind = 'attachment' then kind else excluded.kind end,"
            " outcome = excluded.outcome,"
            " reason = excluded.reason, fetched_at = excluded.fetched_at, etag = excluded.etag,"
            " last_modified = excluded.last_modified, run = excluded.run,"
            " published = coalesce(excluded.published, published),"
            # A failed fetch says nothing against what the page was.
            " text_hash = coalesce(excluded.text_hash, text_hash), post_id = coalesce(excluded.post_id,"
            f" post_id), capture = case when {_NO_TEXT} then capture else coalesce(excluded.capture, capture) end"
            " where excluded.fetched_at >= fetched_at",
            page.url, read.portal, read.kind.value, outcome.value, reason or None, utc(page.fetched_at), page.etag,
            page.last_modified, read.text.hash if read.text else read.file.sha256 or None if read.file else None,
            read.post.post_id if read.post else read.file.post_id if read.file else None, _capture_id(page), self.run,
            published.isoformat() if published else None,
        )  # fmt: skip
        if page.via != "live" and read.post and read.text:
            self._remember_page(page, read.post, read.text)

    def _remember_page(self, page: Page, post: Post, text: Text) -> None:
        """What an address was before the later answer that is known of it: that nothing is there, say."""
        self._do("update pages set post_id = ?, text_hash = ?, published = coalesce(published, ?), capture = ?, kind = 'post'"
                 " where url = ? and fetched_at > ? and post_id is null and kind <> 'list'",
                 post.post_id, text.hash, post.published.isoformat() if post.published else None, _capture_id(page),
                 page.url, utc(page.fetched_at))  # fmt: skip

    def _add_list(self, read: PageRead) -> Outcome:
        state = self.page(read.page.url)
        # An archive's may be older than what is known.
        if state and utc(read.page.fetched_at) < utc(state.fetched_at):
            return Outcome.UNCHANGED
        url, columns = read.page.url, "url, post_id, language, is_print, published"
        old = self._do(f"select {columns} from page_links where page = ? order by position", url).fetchall()
        links = {page: (page, None, None, None, None) for page in read.listing.pages}
        links |= {p.view.url: _link_row(p) for p in read.listing.posts}
        links = {page: row for page, row in links.items() if not self.suppressed.address(page)}
        if (new := list(links.values())) != old:
            self._do("delete from page_links where page = ?", url)
            self.database.conn.executemany(
                f"insert into page_links (page, position, {columns}) values (?,?,?,?,?,?,?)",
                [(url, position, *row) for position, row in enumerate(new)],
            )
        known = old or state
        same = {row[0] for row in old} == links.keys()
        return Outcome.UNCHANGED if known and same else Outcome.CHANGED if known else Outcome.NEW

    def _add_post(self, read: PageRead) -> tuple[Outcome, str]:
        """Three questions: is it a notice, does this view give the text, and is that text another one?

        A better view (Vietnamese before English, full before print; the shorter URL within one run) puts its
        text in the place of a worse view's version: the post did not change. A view of equal kind under a
        longer URL decides only when the better URL was not read in this run (of archives: on the same day), so
        the order of arrival is moot.
        """
        post, text, facts = read.post, read.text, read.facts
        assert post and text and facts
        notice, seen = stable_id(read.portal, post.post_id), utc(read.page.fetched_at)
        old = self._current(notice)
        if old is None and not facts.covid and self.keep != "all":
            return Outcome.IRRELEVANT, "not about COVID-19"
        version = stable_id(notice, text.hash)
        if old and version != old["version"] and self._is_another_page(old["version"], post, text.value):
            if self._was_empty(read.page.url):
                self._mark_gone(read)
            return Outcome.EMPTY, f"another page {STANDS_IN}: {post.title[:100]}"
        self._witness(notice, read, seen)
        if old is None:
            self._write_notice(notice, read, version, seen, is_new=True)
            return Outcome.NEW, ""
        self._was_seen(notice, seen, seen)
        stored, view = view_of(old), post.view
        moved = old["gone_since"] is not None and old["gone_since"] <= seen  # what is stored is dead
        same_visit = not moved and old["run"] == self.run and _within_a_day(old["last_seen"], seen)
        if view.text_rank > stored.text_rank:
            return Outcome.UNCHANGED, "another view of a known post"
        if version == old["version"]:
            best = view if moved else min(self._alive(read, view, stored), key=lambda v: v.rank)
            self._see_again(old["version"], notice, best, seen, _capture_id(read.page))
            return Outcome.UNCHANGED, ""
        if view.text_rank == stored.text_rank and view.rank > stored.rank and same_visit:
            return Outcome.UNCHANGED, "another view of a known post"
        better = view.text_rank < stored.text_rank or (view.rank < stored.rank and same_visit)
        if not better and seen < old["last_seen"]:
            self._write_version(notice, read, version, seen, is_current=False)
            return Outcome.CHANGED, "an earlier text of the post"
        if better:
            self._forget_version(old["version"])
        self._write_notice(notice, read, version, seen, is_new=False)
        return (Outcome.UNCHANGED, "a better view of a known post") if better else (Outcome.CHANGED, "")

    def _alive(self, read: PageRead, *views: View) -> Sequence[View]:
        """Of some views those that did not answer later that nothing is there; all, where none is left.

        What is read live is there, and what is stored is known to be gone.
        """
        if read.page.via == "live":
            return views
        gone = "select 1 from pages where url = ? and outcome = 'gone' and fetched_at > ?"
        seen = utc(read.page.fetched_at)
        return [v for v in views if not self._do(gone, v.url, seen).fetchone()] or views

    def _witness(self, notice: int, read: PageRead, seen: str) -> None:
        """A live address has one witness, its last sight; archives have one for each capture."""
        page, place = read.page, read.page.place or read.page.url
        if page.via == "live":
            self._do("delete from witnesses where notice = ? and url = ? and via = 'live' and seen <= ?",
                     notice, place, seen)  # fmt: skip
        elif page.capture:
            self._do("delete from witnesses where notice = ? and url = ? and capture is null", notice, place)
        self._do("insert into witnesses (notice, url, via, capture, seen) values (?1,?2,?3,?4,?5)"
                 " on conflict (notice, url, via, ifnull(capture, 0)) do update set seen = max(seen,"
                 " excluded.seen)",
                 notice, place, page.via, _capture_id(page), seen)  # fmt: skip

    def see(self, sightings: Sightings) -> None:
        """Witnesses of a notice that an archive's index tells: the same bytes at other times."""
        notice = self._do("select w.notice from pages p cross join notices n on n.portal = p.portal and n.post_id = p.post_id"
                          " cross join witnesses w on w.notice = n.id and w.url = ? where p.url = ?",
                          sightings.known, sightings.url).fetchone()  # fmt: skip
        if notice is None:
            return
        self._begin()
        places = [(notice[0], place, sightings.via, utc(moment)) for place, moment in sightings.places]
        self.database.conn.executemany(
            "insert or ignore into witnesses (notice, url, via, seen) select ?1, ?2, ?3, ?4 where not exists"
            " (select 1 from witnesses where notice = ?1 and url = ?2 and via = ?3)", places,
        )  # fmt: skip
        seen = [utc(moment) for _, moment in sightings.places]
        self._was_seen(notice[0], min(seen), max(seen))
        self._end_of_page()

    def _was_seen(self, notice: int, first: str, last: str) -> None:
        """A notice was there at some times, from the first to the last."""
        self._do("update notices set first_seen = min(first_seen, ?1), last_seen = max(last_seen, ?2),"
                 " gone_since = case when gone_since > ?2 then gone_since end where id = ?3", first, last, notice)  # fmt: skip

    def _see_again(self, version: int, notice: int, view: View, seen: str, capture: int | None) -> None:
        """A version's text once more: it rests on its earliest capture."""
        self._do("update versions set capture = case when ?1 < seen or capture is null then ifnull(?2, capture)"
                 " else capture end, seen = min(seen, ?1), last_seen = max(last_seen, ?1), url = ?3, language = ?4,"
                 " is_print = ?5, run = ?6 where id = ?7",
                 seen, capture, view.url, view.language, view.is_print, self.run, version)  # fmt: skip
        # That the address before is gone says nothing of this one.
        self._do("update notices set gone_since = case when url = ?1 then gone_since end, url = ?1 where id = ?2",
                 view.url, notice)  # fmt: skip

    def _forget_version(self, version: int) -> None:
        self._write_rows_first()
        forget_version(self.database.conn, version)

    def _write_notice(self, notice: int, read: PageRead, version: int, seen: str, is_new: bool) -> None:
        post, facts = read.post, read.facts
        assert post and facts
        province, kind = self.kinds.get(read.portal, ("", ""))
        published = post.published.isoformat() if post.published else None
        self._do(
            "insert into notices (id, portal, province, kind, post_id, url, covid, title, published,"
            " published_time,"
            " month, topics, first_seen, last_seen, version) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
            " on conflict (id) do update set url = excluded.url, covid = excluded.covid, title ="
            " excluded.title,"
            " published = excluded.published, published_time = excluded.published_time, month ="
            " excluded.month,"
            " topics = excluded.topics, version = excluded.version",
            notice, read.portal, province, kind, post.post_id, post.view.url, facts.covid, post.title, published,
            post.published_time, published[:7] if published else None, json.dumps([t.id for t in facts.topics]),
            seen, seen, version,
        )  # fmt: skip
        if not is_new:
            self._write_rows_first()
            self._do("delete from notice_topics where notice = ?", notice)
            self._move_file_facts(version, [stable_id(notice, a.url) for a in post.attachments])
        self._write_version(notice, read, version, seen)
        self.rows["texts"].append((notice, post.title, post.summary, post.body))
        self.rows["notice_topics"] += [
            (notice, t.id, t.mention, t.start, t.end, t.rule) for t in facts.topics
        ]
        self.rows["attachments"] += [
            (stable_id(notice, a.url), notice, a.url, a.name)
            for a in post.attachments
            if stable_id(notice, a.url) not in self.suppressed.ids
        ]

    def _write_version(
        self, notice: int, read: PageRead, version: int, seen: str, is_current: bool = True
    ) -> None:
        """A text and its facts; one that comes back after another keeps the time of its first sight.

        It keeps the best of its views too, unless nothing is there any more.
        """
        post, text = read.post, read.text
        assert post and text
        sql = "select seen, last_seen, capture, url, language, is_print from versions where id = ?"
        known, view = self._do(sql, version).fetchone(), post.view
        if known:
            self._forget_version(version)
            before = View(known[3], known[4], bool(known[5]))
            if not (is_current and self.is_gone(before.url)):
                view = min(view, before, key=lambda v: v.rank)
            if is_current:
                self._do("update notices set url = ? where id = ?", view.url, notice)
        first = known or (seen, seen, None)
        capture = first[2] if first[2] and first[0] <= seen else _capture_id(read.page)
        self._do(
            "insert into versions (id, notice, seen, last_seen, title, text, text_hash, url, language,"
            " is_print, capture, run)"
            " values (?,?,?,?,?,?,?,?,?,?,?,?)",
            version, notice, min(seen, first[0]), max(seen, first[1]), post.title, text.value, text.hash,
            view.url, view.language, view.is_print, capture, self.run,
        )  # fmt: skip
        assert read.facts
        self._write_facts(notice, version, None, read.facts)

    def _write_facts(self, notice: int, version: int, attachment: int | None, facts: Facts) -> None:
        rows = self.rows
        documents = self._cite(notice, version, attachment, facts.documents)
        subjects = [documents[c.number] for c in facts.documents if c.role == "subject"]
        own = subjects[0] if len(subjects) == 1 else None
        rows["document_relations"] += [
            (documents.get(r.number, own if not r.number else None), documents.get(r.other), r.kind, notice,
             r.start, r.end, version, r.mention, r.rule, attachment) for r in facts.relations]  # fmt: skip
        rows["dates"] += [
            (notice, version, attachment, d.date.isoformat(), d.inferred, d.mention, d.start, d.end, d.rule)
            for d in facts.dates]  # fmt: skip
        rows["phones"] += [
            (notice, version, attachment, p.dial, p.e164, p.kind, p.status, p.owner, p.mention, p.start, p.end, p.rule,
             p.inferred, p.replaced_by) for p in facts.phones]  # fmt: skip
        for table, values in (("emails", facts.emails), ("links", facts.links)):
            rows[table] += [(notice, version, attachment, v.value, v.start, v.end) for v in values]

    # -- files ---------------------------------------------------------------------------------------

    def _add_file(self, read: PageRead, file: FileRead) -> tuple[Outcome, str]:
        """A file of a notice that is stored: its text, and its facts beside those of the notice's version."""
        notice = stable_id(read.portal, file.post_id)
        current = self._do("select version from notices where id = ?", notice).fetchone()
        if current is None:
            return read.problem or Outcome.IRRELEVANT, read.reason or "its post is not stored"
        attachment = stable_id(notice, file.attachment.url)
        known = self._hash_of(attachment)
        if known and not file.sha256:  # a failed fetch says nothing against what the file was
            return read.problem or Outcome.FAILED, read.reason
        if file.content.outcome is FileOutcome.NEEDS_OCR:
            scans.keep(self.path, file.sha256, read.page.body)
        if known:
            self._write_rows_first()
            forget_file_facts(self.database.conn, attachment)
        self._write_file(notice, attachment, file)
        if read.facts:
            self._write_facts(notice, current[0], attachment, read.facts)
        if read.problem:
            return read.problem, read.reason
        same = Outcome.UNCHANGED if known == file.sha256 else Outcome.CHANGED
        return (same if known else Outcome.NEW), read.reason

    def read_again(self, known: KnownFile, file: FileRead, facts: Facts | None) -> None:
        """Put what a file says now in the place of what it said; one that failed keeps the text it had."""
        self._begin()
        if file.content.outcome is FileOutcome.FAILED:
            self._do(
                "update attachments set outcome = 'failed', reason = ? where id = ?",
                file.content.reason,
                known.id,
            )
        else:
            forget_file_facts(self.database.conn, known.id)
            self._write_file(known.notice, known.id, file)
            version = self._do("select version from notices where id = ?", known.notice).fetchone()
            if facts and version:
                self._write_facts(known.notice, version[0], known.id, facts)
        self.flush()

    def _write_file(self, notice: int, attachment: int, file: FileRead) -> None:
        content = file.content
        places = json.dumps([asdict(place) for place in content.places])
        self.rows["files"].append(
            FileRow(attachment, notice, file.attachment.url, file.attachment.name, content.media_type, file.sha256 or None,
             file.size, content.text, places, content.outcome.value, content.reason or None, file.subject or None,
             content.ocr))  # fmt: skip

    def _move_file_facts(self, version: int, attachments: list[int]) -> None:
        """Facts of files stand beside the newest version's: files do not change with the text round their links."""
        for table in FACT_TABLES if attachments else ():
            self._do(f"update {table} set version = ? where attachment in (select value from json_each(?))",
                     version, json.dumps(attachments))  # fmt: skip

    # -- documents -----------------------------------------------------------------------------------

    def _cite(
        self, notice: int, version: int, attachment: int | None, citations: Sequence[Citation]
    ) -> dict[str, int]:
        """Write citations under the documents that they name by themselves; `flush` settles the rest.

        Returns the id of each number's document.
        """
        documents: dict[str, int] = {}
        for c in citations:
            key = document_key(c.number, c.type)
            document = documents[c.number] = stable_id(key, year_of(c.number, c.date), c.issuer)
            self.rows["citations"].append(
                (notice, version, attachment, document, c.role, c.type, c.date.isoformat() if c.date else None, c.mention,
                 c.start, c.end, c.rule, c.number, c.issuer, key))  # fmt: skip
            self.rows["stale_documents"].append((key,))
        return documents


def forget_version(conn: Any, version: int) -> None:
    """Delete a version as `forget_versions` does."""
    forget_versions(conn, "?", version)


def forget_versions(conn: Any, versions: str, *values: Any) -> None:
    """Delete versions, given by a query of ids with its values; facts of files go on to the next version.

    The documents of their other facts are settled anew.
    """
    conn.execute(
        f"insert or ignore into stale_documents select document_key from main.citations where version in ({versions})",
        values,
    )
    for table in FACT_TABLES:
        conn.execute(f"delete from main.{table} where version in ({versions}) and attachment is null", values)
    conn.execute(f"delete from main.versions where id in ({versions})", values)


def forget_file_facts(conn: Any, attachment: int) -> None:
    """Delete the facts of a file; its documents are settled anew."""
    conn.execute(
        "insert or ignore into stale_documents select document_key from main.citations where attachment = ?",
        (attachment,),
    )
    for table in FACT_TABLES:
        conn.execute(f"delete from main.{table} where attachment = ?", (attachment,))


def forget_files(store: Store, files: Iterable[int]) -> None:
    """Delete files with their facts."""
    conn = store.database.conn
    for file in files:
        forget_file_facts(conn, file)
        conn.execute("delete from main.attachments where id = ?", (file,))


def _link_row(link: PostLink) -> tuple[Any, ...]:
    day = link.published.isoformat() if link.published else None
    return link.view.url, link.post_id, link.view.language, int(link.view.is_print), day


def _within_a_day(one: str, other: str) -> bool:
    return abs(datetime.fromisoformat(one) - datetime.fromisoformat(other)) <= timedelta(days=1)


def _capture_id(page: Page) -> int | None:
    return page.capture.id if isinstance(page.capture, Capture) else None
