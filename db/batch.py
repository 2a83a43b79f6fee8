"""Rows that wait for the end of their batch, and the transaction that takes them in."""

# ruff: noqa: E501 - SQL stays on its line
from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from crawler.model import Capture
from db.documents import settle
from db.schema import open_database

#: Rows that wait for the end of their batch, by the table they go to. Written in order of their first column:
#: FTS5 begins a new segment at every row id that is lower than the one before, and ids are hashes.
_BATCHED = {
    "captures": 'insert or ignore into captures (id, url, fetched_at, status, media_type, digest, warc, "offset",'
    " length, via, refers_to, run) values (?,?,?,?,?,?,?,?,?,?,?,?)",
    "texts": "insert into texts values (?,?,?,?) on conflict (notice) do update set title = excluded.title,"
    " summary = excluded.summary, text = excluded.text",
    "notice_topics": "insert or ignore into notice_topics values (?,?,?,?,?,?)",
    "attachments": "insert or ignore into attachments (id, notice, url, name, outcome, reason)"
    " values (?,?,?,?,'skipped','not fetched')",
    "files": "insert into attachments (id, notice, url, name, media_type, sha256, size, text, places, outcome, reason,"
    " subject, ocr) values (?,?,?,?,?,?,?,?,?,?,?,?,?) on conflict (id) do update set media_type = excluded.media_type,"
    " sha256 = excluded.sha256, size = excluded.size, text = excluded.text, places = excluded.places,"
    " outcome = excluded.outcome, reason = excluded.reason, subject = excluded.subject, ocr = excluded.ocr",
    "citations": "insert into citations values (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    "stale_documents": "insert or ignore into stale_documents values (?)",
    "document_relations": "insert into document_relations values (?,?,?,?,?,?,?,?,?,?)",
    "dates": "insert into dates values (?,?,?,?,?,?,?,?,?)",
    "phones": "insert into phones values (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    "emails": "insert into emails values (?,?,?,?,?,?)",
    "links": "insert into links values (?,?,?,?,?,?)",
}
#: Documents settled at a time.
SETTLED = 500


def _first_column(row: tuple[Any, ...]) -> Any:
    return row[0] or 0


class Batch:
    """An index that is written: rows are gathered by table and go in together, sorted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = open_database(path)
        self.run: int | None = None
        self.payloads: dict[str, Capture] = {}  # by digest: captures whose rows wait for the end of the batch
        self.pending, self.since = 0, time.monotonic()
        self.rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _BATCHED}
        self.marks = dict.fromkeys(_BATCHED, 0)

    def flush(self) -> None:
        """Settle which documents the citations name, and commit."""
        self._write_rows()
        keys = [key for (key,) in self._do("select document_key from stale_documents order by 1")]
        for first in range(0, len(keys), SETTLED):
            settle(self.database.conn, keys[first : first + SETTLED])
        if keys:
            self._do("delete from stale_documents")
            self._do("delete from documents where not exists"
                     " (select 1 from citations where citations.document = documents.id)")  # fmt: skip
        self._commit()

    def leave_documents(self) -> None:
        """Settle none of the documents that wait for it: of an index whose citations are settled in another."""
        self._write_rows()
        self._do("delete from stale_documents")
        self._commit()

    def _begin(self) -> None:
        """Begin a transaction, unless one is under way."""
        if not self.database.conn.in_transaction:
            self._do("begin immediate")

    def _commit(self) -> None:
        self._write_rows()
        self.database.conn.commit()
        self.payloads.clear()
        self.pending, self.since = 0, time.monotonic()

    def _write_rows(self) -> None:
        """Write the rows that wait for the end of the batch."""
        for table, rows in self.rows.items():
            if rows:
                rows.sort(key=_first_column)
                self.database.conn.executemany(_BATCHED[table], rows)
                rows.clear()

    def _write_rows_first(self) -> None:
        """Write the waiting rows in the midst of a page, because the page changes rows that may be among them.

        They belong to earlier pages, so they leave this page's savepoint.
        """
        self._do("release page")
        self._write_rows()
        self.marks = dict.fromkeys(_BATCHED, 0)
        self._do("savepoint page")

    def _do(self, sql: str, *values: Any) -> Any:
        return self.database.conn.execute(sql, values)
