"""Where the payloads lie of files that are being read: beside the index, for as long as they are read."""

from __future__ import annotations

import sqlite3

from crawler.model import Capture
from db.captured import CAPTURE, capture_of_row, capture_row

_COLUMNS = CAPTURE.replace("c.", "").replace("offset", '"offset"')


class Originals:
    """Captures by the digest of their payload, and by address and time.

    Millions of them take no memory: a database of its own, which SQLite moves to the disk when it grows and
    removes in the end.
    """

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.execute(f"create table captures ({_COLUMNS}, run)")
        self._connection.execute("begin")

    def close(self) -> None:
        """Forget them."""
        self._connection.close()

    def learn(self, capture: Capture) -> None:
        """Remember a capture."""
        self._connection.execute(
            "insert into captures values (?,?,?,?,?,?,?,?,?,?,?,?)", capture_row(capture, None)
        )

    def original_of(self, digest: str, url: str, moment: str) -> Capture | None:
        """The first that was learnt of an address and time (as the index writes it), else of a payload."""
        for column in ("url", "digest"):  # not before somebody asks: most files have no revisits
            self._connection.execute(f"create index if not exists by_{column} on captures ({column})")
        by_place = self._first("url = ? and fetched_at = ?", url, moment) if moment else None
        return by_place or (self._first("digest = ?", digest) if digest else None)

    def _first(self, condition: str, *values: str) -> Capture | None:
        row = self._connection.execute(
            f"select * from captures where {condition} order by rowid limit 1", values
        ).fetchone()
        return capture_of_row(row[:-1]) if row else None
