"""What the readers of single formats give, and how it becomes one text with places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crawler.attachments.legacy import convert
from crawler.extract.normalise import normalise
from crawler.model import FileOutcome, FileText, Place

#: Characters of one file's text, as many as some 700 pages have.
MOST = 2_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """The text of a page, a sheet or a member of an archive."""

    text: str
    number: int | None = None
    name: str = ""


class Unreadable(Exception):
    """A file of which nothing can be read; its text says why, `outcome` what that makes of it."""

    def __init__(self, why: str, outcome: FileOutcome = FileOutcome.FAILED) -> None:
        super().__init__(why)
        self.outcome = outcome


def joined(media_type: str, parts: Iterable[Part], reason: str = "") -> FileText:
    """Parts as one text: legacy fonts converted, NFC, an empty line between two parts."""
    value, places = "", []
    for part in parts:
        text = normalise(convert(part.text))
        if not text:
            continue
        if len(value) + len(text) > MOST:
            reason = reason or f"its first {MOST} characters were read"
            break
        start = len(value) + 2 if value else 0
        value += "\n\n" + text if value else text
        places.append(Place(start, len(value), part.number, part.name))
    if not value:
        return FileText(media_type, FileOutcome.EMPTY, reason or "no text")
    return FileText(media_type, FileOutcome.READ, reason, value, tuple(places))


def row(cells: Sequence[str]) -> str:
    """A table's row as `a | b | c`, as the reader of pages writes it; '' for one without text."""
    flat = [" ".join(cell.split()) for cell in cells]
    while flat and not flat[-1]:
        flat.pop()
    return " | ".join(flat)
