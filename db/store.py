"""Posts in, rows out: a batch a transaction, outcomes known at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from crawler.model import Citation, Outcome, PageKind, PageRead, PageState, Portal, View, stable_id
from crawler.provinces import PROVINCES
from db.schema import open_database

#: Pages per WAL transaction: an upsert each costs thirty times that.
BATCH = 200


def utc(moment: datetime) -> str:
    """A machine time as the index writes it (`2021-06-15T02:00:00Z`)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Store:
    """The index as a crawl writes it; a context manager that commits what it has even after an error.

    `keep` is `covid` (only notices are stored) or `all` (others too, with covid = 0).
    """

    def __init__(self, path: Path, keep: str = "covid") -> None:
        self.database = open_database(path)
        self.keep = keep
        self.run: int | None = None
        self.pending = 0
        self.kinds: dict[str, tuple[str, str]] = {}

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Commit and close."""
        self.flush()
        self.database.conn.close()

    def flush(self) -> None:
        """Commit what is pending."""
        self.database.conn.commit()
        self.pending = 0

    def _do(self, sql: str, *values: Any) -> Any:
        return self.database.conn.execute(sql, values)

    # -- registry and runs -----------------------------------------------------------------------

    def sync_registry(self, portals: Iterable[Portal]) -> None:
        """Write the provinces and the portals of a crawl."""
        rows = [{"code": p.code, "name": p.name, "slug": p.slug, "name_2025": p.name_2025} for p in PROVINCES]
        self.database["provinces"].upsert_all(rows, pk="code")
        for p in portals:
            self.kinds[p.id] = (p.province, p.kind)
            row = {"id": p.id, "province": p.province, "kind": p.kind, "name": p.name, "url": p.url,
                   "platform": p.platform, "closed": str(p.closed) if p.closed else None}  # fmt: skip
            self.database["portals"].upsert(row, pk="id")

    def start_run(self, command: str, started: datetime) -> int:
        """Open a row in runs and return its id."""
        cursor = self._do(
            "insert into runs (started, command, outcome) values (?, ?, 'running')", utc(started), command
        )
        self.run = int(cursor.lastrowid)
        self.flush()
        return self.run

    def finish_run(self, outcome: str, finished: datetime, counts: Mapping[str, int]) -> None:
        """Close the run's row with its outcome and the count of each page outcome."""
        self._do("update runs set finished = ?, outcome = ?, pages = ?, counts = ? where id = ?",
                 utc(finished), outcome, sum(counts.values()), json.dumps(dict(counts)), self.run)  # fmt: skip
        self.flush()

    # -- PageMemory --------------------------------------------------------------------------------

    def page(self, url: str) -> PageState | None:
        """The last fetch of a URL, or None."""
        row = self._do(
            "select outcome, fetched_at, etag, last_modified, post_id from pages where url = ?", url
        ).fetchone()
        if row is None:
            return None
        return PageState(url, Outcome(row[0]), datetime.fromisoformat(row[1]), row[2], row[3], row[4])

    def links_of(self, url: str) -> Iterable[str]:
        """The links that a list page had when it was last read."""
        return [row[0] for row in self._do("select url from page_links where page = ?", url)]

    # -- pages ---------------------------------------------------------------------------------------

    def add(self, read: PageRead) -> tuple[Outcome, str]:
        """Store one page; return its outcome and the reason.

        A view that ranks below the one stored adds a witness and is `unchanged`; a better one takes over
        title, text and URL. Equal text changes nothing but `last_seen` and witnesses.
        """
        if read.problem:
            outcome, reason = read.problem, read.reason
        elif read.kind is PageKind.LIST:
            outcome, reason = self._add_list(read), ""
        elif read.post and read.text and read.facts:
            outcome, reason = self._add_post(read)
        else:
            outcome, reason = Outcome.IRRELEVANT, read.reason
        self._write_page(read, outcome, reason)
        self.pending += 1
        if self.pending >= BATCH:
            self.flush()
        return outcome, reason

    def _write_page(self, read: PageRead, outcome: Outcome, reason: str) -> None:
        page = read.page
        self._do(
            "insert or replace into pages (url, portal, kind, outcome, reason, fetched_at, etag, last_modified,"
            " text_hash, post_id, run) values (?,?,?,?,?,?,?,?,?,?,?)",
            page.url, read.portal, read.kind.value, outcome.value, reason or None, utc(page.fetched_at), page.etag,
            page.last_modified, read.text.hash if read.text else None, read.post.post_id if read.post else None, self.run,
        )  # fmt: skip

    def _add_list(self, read: PageRead) -> Outcome:
        old = set(self.links_of(read.page.url))
        known = old or self.page(read.page.url)
        new = {p.view.url for p in read.listing.posts} | set(read.listing.pages)
        if new != old:
            self._do("delete from page_links where page = ?", read.page.url)
            self.database.conn.executemany(
                "insert into page_links values (?, ?)", [(read.page.url, url) for url in sorted(new)]
            )
        return Outcome.UNCHANGED if known and new == old else Outcome.CHANGED if known else Outcome.NEW

    def _add_post(self, read: PageRead) -> tuple[Outcome, str]:
        assert read.post and read.text and read.facts
        notice = stable_id(read.portal, read.post.post_id)
        old = self._do("select n.url, v.text_hash, n.version from notices n join versions v on v.id = n.version"
                       " where n.id = ?", notice).fetchone()  # fmt: skip
        if old is None and not read.facts.covid and self.keep != "all":
            return Outcome.IRRELEVANT, "not about COVID-19"
        seen = utc(read.page.fetched_at)
        self._do(
            "insert or replace into witnesses values (?, ?, ?, null, ?)",
            notice,
            read.page.url,
            read.page.via,
            seen,
        )
        if old is None:
            self._write_notice(notice, read, stable_id(notice, read.text.hash), seen)
            return Outcome.NEW, ""
        stored_rank, rank = view_of(old[0]).rank, read.post.view.rank
        if old[1] == read.text.hash:
            url = min((stored_rank, old[0]), (rank, read.post.view.url))[1]
            self._do(
                "update notices set last_seen = max(last_seen, ?), url = ? where id = ?", seen, url, notice
            )
            return Outcome.UNCHANGED, ""
        if rank[:2] > stored_rank[:2] or (
            rank[:2] == stored_rank[:2] and old[0] != read.post.view.url and rank > stored_rank
        ):
            self._do("update notices set last_seen = max(last_seen, ?) where id = ?", seen, notice)
            return Outcome.UNCHANGED, "another view of a known post"
        if rank[:2] < stored_rank[:2]:
            # A better view of the same publication is no change of it: its text takes the worse one's place.
            self._forget_version(old[2])
        self._write_notice(notice, read, stable_id(notice, read.text.hash), seen)
        return Outcome.CHANGED, ""

    def _forget_version(self, version: int) -> None:
        for table in ("citations", "dates", "phones", "emails", "links"):
            self._do(f"delete from {table} where version = ?", version)
        self._do("delete from versions where id = ?", version)

    def _write_notice(self, notice: int, read: PageRead, version: int, seen: str) -> None:
        post, text, facts = read.post, read.text, read.facts
        assert post and text and facts
        province, kind = self.kinds.get(read.portal, ("", ""))
        published = post.published.isoformat() if post.published else None
        self._do(
            "insert into notices (id, portal, province, kind, post_id, url, covid, title, published, published_time,"
            " month, topics, first_seen, last_seen, version) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
            " on conflict (id) do update set url = excluded.url, covid = excluded.covid, title = excluded.title,"
            " published = excluded.published, published_time = excluded.published_time, month = excluded.month,"
            " topics = excluded.topics, last_seen = excluded.last_seen, version = excluded.version",
            notice, read.portal, province, kind, post.post_id, post.view.url, facts.covid, post.title, published,
            post.published_time, published[:7] if published else None, json.dumps([t.id for t in facts.topics]),
            seen, seen, version,
        )  # fmt: skip
        self._do("insert into texts values (?,?,?,?) on conflict (notice) do update set title = excluded.title,"
                 " summary = excluded.summary, text = excluded.text", notice, post.title, post.summary, post.body)  # fmt: skip
        self._forget_version(version)
        self._do("insert into versions (id, notice, seen, title, text, text_hash) values (?,?,?,?,?,?)",
                 version, notice, seen, post.title, text.value, text.hash)  # fmt: skip
        self._write_facts(notice, version, read)

    def _write_facts(self, notice: int, version: int, read: PageRead) -> None:
        facts = read.facts
        assert facts
        many = self.database.conn.executemany
        year = read.post.published if read.post else None
        for c in facts.documents:
            document = self._document(c, year.isoformat() if year else None)
            self._do("insert into citations values (?,?,null,?,?,?,?,?,?,?,?)", notice, version, document, c.role, c.type,
                     c.date.isoformat() if c.date else None, c.mention, c.start, c.end, c.rule)  # fmt: skip
        many("insert into dates values (?,?,null,?,?,?,?,?,?)",
             [(notice, version, d.date.isoformat(), d.inferred, d.mention, d.start, d.end, d.rule) for d in facts.dates])  # fmt: skip
        many("insert into phones values (?,?,null,?,?,?,?,?,?,?,?,?)",
             [(notice, version, p.dial, p.e164, p.kind, p.status, p.owner, p.mention, p.start, p.end, p.rule)
              for p in facts.phones])  # fmt: skip
        for table, values in (("emails", facts.emails), ("links", facts.links)):
            many(
                f"insert into {table} values (?,?,null,?,?,?)",
                [(notice, version, v.value, v.start, v.end) for v in values],
            )
        self._do("delete from notice_topics where notice = ?", notice)
        many("insert into notice_topics values (?,?,?,?,?,?)",
             [(notice, t.id, t.mention, t.start, t.end, t.rule) for t in facts.topics])  # fmt: skip
        self._do("delete from attachments where notice = ?", notice)
        many("insert into attachments (id, notice, url, name) values (?,?,?,?)",
             [(stable_id(notice, a.url), notice, a.url, a.name) for a in (read.post.attachments if read.post else ())])  # fmt: skip

    def _document(self, c: Citation, published: str | None) -> int:
        """The id of a cited document, its row made or completed (design rule 4)."""
        named = re.search(r"/((?:19|20)\d\d)/", c.number)
        year = c.date.year if c.date else int(named[1]) if named else 0
        key = f"{c.type} {c.number}" if c.number.isdigit() else c.number.upper()
        document = stable_id(key, year, c.issuer)
        serial, _, symbol = c.number.partition("/" if "/" in c.number else "-")
        issued = c.date.isoformat() if c.date else None
        self._do("insert into documents (id, number, serial, symbol, year, type, issuer, issued) values (?,?,?,?,?,?,?,?)"
                 " on conflict (id) do update set issued = coalesce(min(issued, excluded.issued), issued, excluded.issued)",
                 document, c.number, serial, symbol, year, c.type, c.issuer, issued)  # fmt: skip
        return document


def view_of(url: str) -> View:
    """The view that a stored URL is, by the marks that every platform shares."""
    return View(
        url, "en" if re.search(r"//[^/]+/en(/|$)", url) else "vi", bool(re.search(r"/pop_up/|[?&]print", url))
    )
