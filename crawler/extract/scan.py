"""One scan of a text for its digits: numbers, days and phones all begin at one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_DIGITS = re.compile(r"[0-9]+")


@lru_cache(maxsize=4)
def digit_runs(value: str) -> tuple[tuple[int, int], ...]:
    """Start and end of every run of digits; cached, because several finders ask for the same text."""
    return tuple(m.span() for m in _DIGITS.finditer(value))


@lru_cache(maxsize=4)
def lowered(value: str) -> str:
    """The text in lower case with every character at its place (`İ` would otherwise become two)."""
    low = value.lower()
    return low if len(low) == len(value) else "".join(c.lower() if len(c.lower()) == 1 else c for c in value)


def occurrences(low: str, phrase: str, whole: bool = False) -> Iterator[int]:
    """Where a lower-case phrase begins a word (`whole`: and ends one)."""
    at = low.find(phrase)
    while at >= 0:
        end = at + len(phrase)
        if not (at and low[at - 1].isalnum()) and not (whole and end < len(low) and low[end].isalnum()):
            yield at
        at = low.find(phrase, end)
