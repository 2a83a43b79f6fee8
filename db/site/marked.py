"""A text with the facts that stand in it marked."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from itertools import pairwise

from db.site import queries
from db.site.rows import Row

#: The facts that are shown beside a text, and what marks them in it.
FACTS = {
    "documents": (queries.NOTICE_CITATIONS, "document"),
    "phones": (queries.NOTICE_PHONES, "phone"),
    "dates": (queries.NOTICE_DATES, "date"),
    "emails": (queries.NOTICE_EMAILS, "email"),
    "topics": (queries.NOTICE_TOPICS, "topic"),
}


def marks(found: Mapping[str, list[Row]]) -> list[tuple[int, int, str]]:
    """Where the facts of a notice stand in its text: start, end, kind of fact."""
    return [
        (fact["span_start"], fact["span_end"], FACTS[name][1])
        for name, facts in found.items()
        for fact in facts
        if not fact.get("attachment") and (fact["span_end"] or 0) > (fact["span_start"] or 0)
    ]


Piece = tuple[str, str, int | None]


def paragraphs(
    text: str, spans: list[tuple[int, int, str]], start: int = 0, stop: int | None = None
) -> list[list[Piece]]:
    """The text (from `start` to `stop`) in paragraphs, each cut into pieces.

    A piece is its words, the kind of fact or '', and the start of facts that begin there.
    """
    found: list[list[Piece]] = []
    at, waiting, open_spans = start, deque(sorted(spans)), list[tuple[int, int, str]]()
    for line in text[start:stop].split("\n"):
        end = at + len(line)
        while waiting and waiting[0][0] < end:
            open_spans.append(waiting.popleft())
        open_spans = [s for s in open_spans if s[1] > at]
        if line.strip():
            found.append(_pieces(text, at, end, open_spans))
        at = end + 1
    return found


def _pieces(text: str, at: int, end: int, spans: list[tuple[int, int, str]]) -> list[Piece]:
    """One paragraph, cut wherever a fact begins or ends: of facts that overlap each is marked and reached."""
    cuts = sorted({at, end, *(min(max(edge, at), end) for span in spans for edge in span[:2])})
    starts, waiting, held = {s[0] for s in spans}, deque(spans), list[tuple[int, int, str]]()
    found: list[Piece] = []
    for start, stop in pairwise(cuts):
        while waiting and waiting[0][0] <= start:
            held.append(waiting.popleft())
        held = [s for s in held if s[1] >= stop]
        kind = min((s[2] for s in held), key=_ORDER.index, default="")
        found.append((text[start:stop], kind, start if start in starts else None))
    return found


#: Of kinds that overlap the first is shown.
_ORDER = ["phone", "email", "document", "date", "topic"]
