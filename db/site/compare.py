"""What changed between two texts, in paragraphs and words, as a reader would say it."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

#: Unchanged paragraphs that are shown on either side of a change.
AROUND = 1
#: Words of a paragraph beyond which it is shown whole, old and new, not compared word for word.
WORDS = 2000


@dataclass(frozen=True, slots=True)
class Change:
    """One paragraph: its parts, each `same`, `gone` or `new`; or a number of unchanged ones, `skipped`."""

    parts: tuple[tuple[str, str], ...]
    skipped: int = 0


def compare(old: str, new: str) -> list[Change]:
    """The changed paragraphs of a text with their neighbours; what lies between is counted."""
    before, after = _lines(old), _lines(new)
    found: list[Change] = []
    blocks = difflib.SequenceMatcher(None, before, after).get_opcodes()
    for place, (tag, a, a_end, b, b_end) in enumerate(blocks):
        if tag == "equal":
            found += _around(after[b:b_end], first=place == 0, last=place == len(blocks) - 1)
        elif tag == "replace" and a_end - a == b_end - b:
            found += [Change(_words(*pair)) for pair in zip(before[a:a_end], after[b:b_end], strict=True)]
        else:
            found += [Change(((line, "gone"),)) for line in before[a:a_end]]
            found += [Change(((line, "new"),)) for line in after[b:b_end]]
    return found


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _around(lines: list[str], first: bool, last: bool) -> list[Change]:
    head = [] if first else lines[:AROUND]
    tail = [] if last else lines[max(len(head), len(lines) - AROUND) :]
    skipped = len(lines) - len(head) - len(tail)
    between = [Change((), skipped)] if skipped else []
    shown = [[Change(((line, "same"),)) for line in part] for part in (head, tail)]
    return shown[0] + between + shown[1]


def _words(old: str, new: str) -> tuple[tuple[str, str], ...]:
    before, after = (re.findall(r"\s*\S+", line) for line in (old, new))
    if max(len(before), len(after)) > WORDS:
        return (old, "gone"), (new, "new")
    found: list[tuple[str, str]] = []
    for tag, a, a_end, b, b_end in difflib.SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            found.append(("".join(after[b:b_end]), "same"))
            continue
        found += [("".join(before[a:a_end]), "gone")] if a < a_end else []
        found += [("".join(after[b:b_end]), "new")] if b < b_end else []
    return tuple(found)
