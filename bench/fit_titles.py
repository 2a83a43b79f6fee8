"""The points of headlines (`crawler/extract/title_points.json`) fitted again over labelled notices.

    pip install -e '.[fit]'; python -m bench.fit_titles [FILE …] [--write]

A conditional choice: of a page's lines and "none of them" one is right. Cross-validated by where the
notices come from, one round of labelling at a time: notices of one author resemble each other. The cases
of tests/gold/title_cases.jsonl take part in every fit, each twice: they stand for many.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set
from dataclasses import dataclass
from typing import Any

import numpy
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from bench.fitting import labelled, options_of, store
from bench.score import GOLD, Record, folded, read
from crawler.extract.headlines import signs_of
from crawler.extract.lines import Line
from crawler.extract.plain import head_of

CASES = GOLD / "title_cases.jsonl"
#: A sign that fewer lines have says nothing; the inverse of how strongly small points are preferred.
LEAST, STRENGTH = 3, 1.0
#: The part of an id that tells the round of labelling: "r17-12", "comp-khanhhoa-hoidap".
ROUND = re.compile(r"(?:comp|composed4|[a-z]\d+[a-z]?)(?=-)")


@dataclass(frozen=True, slots=True)
class Page:
    """The signs of each line above a text, and which line is the headline (None: there is none)."""

    source: str
    signs: list[Set[str]]
    right: int | None


def page_of(record: Record) -> Page | None:
    """A labelled notice; None where its headline is no line of its own."""
    head, posted = head_of(record["text"])
    title = record["gold"]["title"]
    right = line_of(head, title) if title else None
    if title and right is None:
        return None
    named = ROUND.match(record["id"])
    return Page(named[0] if named else "others", signs_of(head, posted, record["url"] or ""), right)


def line_of(head: list[Line], title: str) -> int | None:
    """The line that prints a headline, or its first part where it is wrapped."""
    wanted, lines = folded(title), [folded(line.text) for line in head]
    for tells in (
        wanted.__eq__,
        lambda line: wanted in line,
        lambda line: len(line) > 8 and wanted.startswith(line),
    ):
        if found := [n for n, line in enumerate(lines) if line and tells(line)]:
            return min(found, key=lambda n: len(lines[n]))
    return None


class Model:
    """Points of signs, fitted over pages: what a line has beyond `needed` is its claim to be the headline."""

    def __init__(self, pages: list[Page]) -> None:
        counts = Counter(sign for page in pages for signs in page.signs for sign in signs)
        self.names = sorted(sign for sign, count in counts.items() if count >= LEAST)
        self.at = {name: n for n, name in enumerate(self.names)}
        self.points, self.needed = self._fit([page for page in pages if any(page.signs)])

    def _matrix(self, page: Page) -> list[list[int]]:
        return [[self.at[sign] for sign in signs if sign in self.at] for signs in page.signs]

    def _fit(self, pages: list[Page]) -> tuple[Any, float]:
        rows = [line for page in pages for line in self._matrix(page)]
        starts = numpy.cumsum([0, *(len(page.signs) for page in pages)])
        right = [
            start + page.right for start, page in zip(starts, pages, strict=False) if page.right is not None
        ]
        none = numpy.array([page.right is None for page in pages], float)
        indices = [at for row in rows for at in row]
        pointers = numpy.cumsum([0, *map(len, rows)])
        matrix = csr_matrix((numpy.ones(len(indices)), indices, pointers), (len(rows), len(self.names)))
        chosen = numpy.zeros(len(rows))
        chosen[right] = 1
        page_at = numpy.repeat(numpy.arange(len(pages)), numpy.diff(starts))

        def loss(given: Any) -> tuple[float, Any]:
            claims, needed = matrix @ given[:-1], given[-1]
            top = numpy.maximum(numpy.maximum.reduceat(claims, starts[:-1]), needed)
            odds, odds_of_none = numpy.exp(claims - top[page_at]), numpy.exp(needed - top)
            total = numpy.add.reduceat(odds, starts[:-1]) + odds_of_none
            share, share_of_none = odds / total[page_at], odds_of_none / total
            said = (
                (chosen * (claims - top[page_at])).sum()
                + (none * (needed - top)).sum()
                - numpy.log(total).sum()
            )
            slope = matrix.T @ (share - chosen) + given[:-1] / STRENGTH
            size = given[:-1] @ given[:-1] / (2 * STRENGTH)
            return size - said, numpy.append(slope, (share_of_none - none).sum())

        found = minimize(loss, numpy.zeros(len(self.names) + 1), jac=True, method="L-BFGS-B")
        return found.x[:-1], float(found.x[-1])

    def tells(self, page: Page) -> bool:
        """Whether the right line of a page is told."""
        claims = [self.points[line].sum() if line else -numpy.inf for line in self._matrix(page)]
        best = int(numpy.argmax(claims)) if claims else None
        return (best if best is not None and claims[best] > self.needed else None) == page.right

    def told(self) -> dict[str, Any]:
        """The points as the extractor reads them."""
        signs = {name: round(float(self.points[n]), 3) for name, n in self.at.items()}
        return {"needed": round(self.needed, 3), "signs": signs, "words": {}}


def main() -> None:
    """Say how many headlines of a round are told by points of the others; store the points if asked to."""
    options = options_of(__doc__)
    pages = [page for page in map(page_of, labelled(options.files)) if page]
    cases = [page for page in map(page_of, read(CASES)) if page]
    right = 0
    for source in sorted({page.source for page in pages}):
        model = Model([page for page in pages if page.source != source] + 2 * cases)
        right += sum(model.tells(page) for page in pages if page.source == source)
    print(f"{len(pages)} headlines: {right / len(pages):.3f} right")
    if options.write:
        store("title", Model(pages + 2 * cases).told())


if __name__ == "__main__":
    main()
