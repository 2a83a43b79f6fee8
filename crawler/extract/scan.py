"""One scan of a text for its digits: numbers, days and phones all begin at one of them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from operator import attrgetter
from typing import Protocol, TypeVar


class Placed(Protocol):
    """Whatever stands at a place of a text."""

    @property
    def start(self) -> int:
        """Its first character."""


Match = re.Match[str]
T = TypeVar("T", bound=Placed)

_DIGITS = re.compile(r"[0-9]+")
#: What begins a numbered row of a table whose cells nothing parts: "4 Cẩm Giàng …", "4. Cẩm Giàng …".
NUMBERED_ROW = re.compile(r"\d{1,3}[.)]?\s[^\W\d]")


@lru_cache(maxsize=4)
def digit_runs(value: str) -> Sequence[tuple[int, int]]:
    """Start and end of every run of digits; cached, because several finders ask for the same text."""
    return [m.span() for m in _DIGITS.finditer(value)]


@lru_cache(maxsize=4)
def lowered(value: str) -> str:
    """The text in lower case with every character at its place (`İ` would otherwise become two)."""
    low = value.lower()
    return low if len(low) == len(value) else "".join(c.lower() if len(c.lower()) == 1 else c for c in value)


class Spans:
    """Stretches of a text, asked about in logarithmic time: hostile pages name a hundred thousand days."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self.starts = [start for start, _ in ordered]
        self.reach = list(accumulate((end for _, end in ordered), max))

    def overlap(self, start: int, end: int) -> bool:
        """Whether a stretch shares a character with any of them."""
        before = bisect_left(self.starts, end)
        return before > 0 and self.reach[before - 1] > start


def starting_in(facts: Sequence[T], low: int, high: int) -> Sequence[T]:
    """Of facts in order of place those that start from `low` on and before `high`."""
    first = bisect_left(facts, low, key=_start)
    return facts[first : bisect_left(facts, high, lo=first, key=_start)]


_start = attrgetter("start")


def last_match(pattern: re.Pattern[str], value: str, start: int = 0, end: int | None = None) -> Match | None:
    """The last place of a pattern in a stretch of a text."""
    found = None
    for found in pattern.finditer(value, start, len(value) if end is None else end):  # noqa: B007 - the last one
        pass
    return found


def after_last(text: str, marks: Iterable[str]) -> str:
    """What stands behind the last of some marks, all of the text where none stands in it."""
    begin = 0
    for mark in marks:
        found = text.rfind(mark)
        if found >= 0 and found + len(mark) > begin:
            begin = found + len(mark)
    return text[begin:]


def stands_alone(low: str, start: int, end: int, whole: bool) -> bool:
    """Whether a phrase at a place begins a word (`whole`: and ends one)."""
    if start and low[start - 1].isalnum():
        return False
    return not (whole and end < len(low) and low[end].isalnum())
