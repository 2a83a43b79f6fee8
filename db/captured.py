"""Captures as rows: where their files lie, and what a row says."""

# ruff: noqa: E501 - SQL stays on its line
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.clock import utc
from crawler.model import Capture

#: The columns of a capture (table c) as `capture_of_row` takes them.
CAPTURE = "c.id, c.url, c.fetched_at, c.status, c.media_type, c.digest, c.warc, c.offset, c.length, c.via, c.refers_to"

#: The same of a capture and of the one that holds its payload (table r), as `with_original` takes them.
CAPTURE_AND_ORIGINAL = f"{CAPTURE}, {CAPTURE.replace('c.', 'r.')}"
_WIDTH = len(CAPTURE.split(","))


def captures_of(database: Path) -> Path:
    """The folder of the WARC files beside an index; beside the file itself where the index is a link."""
    return (database.resolve() if database.is_symlink() else database).parent / "captures"


def capture_of_row(row: Sequence[Any]) -> Capture:
    """A capture from the columns of `CAPTURE`."""
    return Capture(row[0], row[1], datetime.fromisoformat(row[2]), *row[3:])


def with_original(row: Sequence[Any]) -> tuple[Capture, Capture | None]:
    """A capture and the one that it refers to, None for none; further columns of the row are left alone."""
    original = row[_WIDTH : 2 * _WIDTH]
    return capture_of_row(row[:_WIDTH]), capture_of_row(original) if original[0] is not None else None


def capture_row(capture: Capture, run: int | None) -> tuple[Any, ...]:
    """The row of a capture that a run wrote."""
    c = capture
    return (c.id, c.url, utc(c.fetched_at), c.status, c.media_type, c.digest, c.warc, c.offset, c.length, c.via,
            c.refers_to, run)  # fmt: skip
