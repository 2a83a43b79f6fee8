"""What a search costs in SQL alone over many notices: newest first, best first, a document's number.

Words of every frequency are drawn from the texts themselves. Times are those of the statements that the site
runs (`db/site/search.py`, `db/site/named.py`), snippets and templates left out; a look-up by rowid in the
same index, in the same run, is the unit for document numbers.

    python -m bench.search [--keep PATH] [--notices N]
"""

from __future__ import annotations

import asyncio
import random
import re
import sqlite3
import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.site import filled, parser
from db.site import named, search
from db.site.plugins.frame import prepare_connection

#: Words of each frequency, document numbers, and texts from which the words are drawn.
WORDS, NUMBERS, TEXTS = 25, 100, 2000
ROUNDS = 3


@dataclass
class Rows:
    """What the site's queries expect of an answer."""

    rows: list[sqlite3.Row]


class Timed:
    """An index that is asked as Datasette's is, and the seconds spent in its statements."""

    def __init__(self, path: Path) -> None:
        self.path, self.spent = str(path), 0.0
        self.db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.db.row_factory = sqlite3.Row
        prepare_connection(self.db)

    async def execute(self, sql: str, values: Mapping[str, Any]) -> Rows:
        """The rows of a statement."""
        started = time.perf_counter()
        found = self.db.execute(sql, values).fetchall()
        self.spent += time.perf_counter() - started
        return Rows(found)

    def seconds(self, work: Callable[[], Any]) -> float:
        """The least seconds that a search spends in SQL, nothing remembered of the time before."""
        least = float("inf")
        for _ in range(ROUNDS):
            search.forget()
            before = self.spent
            asyncio.run(work())
            least = min(least, self.spent - before)
        return least


def drawn_words(db: sqlite3.Connection, rng: random.Random) -> dict[str, list[str]]:
    """Words of the texts: the most common, some in between, and rare ones."""
    texts = [row[0] for row in db.execute("select text from texts limit ?", (TEXTS,))]
    counts = Counter(word for text in texts for word in set(re.findall(r"[^\W\d_]{2,}", text.lower())))
    ranked = [word for word, _ in counts.most_common()]
    rare = [word for word in ranked if counts[word] < len(texts) / 100] or ranked[-WORDS:]
    between = rng.sample(ranked[WORDS:], min(WORDS, len(ranked) - WORDS))
    return {"common": ranked[:WORDS], "between": between, "rare": rng.sample(rare, min(WORDS, len(rare)))}


def told(name: str, values: list[float]) -> None:
    """Print p50, p95 and the longest, in milliseconds."""
    ordered = sorted(1000 * value for value in values)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    print(
        f"{name:42} {statistics.median(ordered):8.2f} ms p50 {p95:8.2f} ms p95 {ordered[-1]:8.2f} ms longest"
    )


def searches(site: Timed, rng: random.Random) -> None:
    """Time words, and pairs of words, in both orders."""

    def of(words: str, sort: str) -> float:
        async def find() -> None:
            chosen = await search.plan(site, search.Query.of({"q": words, "sort": sort}))
            await search.page_ids(site, chosen)

        return site.seconds(find)

    every: dict[str, list[float]] = {"date": [], "relevance": []}
    for kind, words in drawn_words(site.db, rng).items():
        pairs = [" ".join(rng.sample(words, 2)) for _ in words]
        for sort, kept in every.items():
            found = [of(word, sort) for word in [*words, *pairs]]
            kept += found
            told(f"{sort}: {kind} words and pairs", found)
    told("newest first: all", every["date"])
    told("best first: all", every["relevance"])


def numbers(site: Timed, rng: random.Random) -> None:
    """Time document numbers against look-ups by rowid."""
    ids = [row[0] for row in site.db.execute("select id from documents")]
    drawn = rng.sample(ids, min(NUMBERS, len(ids)))
    one = "select id, number from documents where id = ?"
    rows = [site.db.execute(one, (i,)).fetchone() for i in drawn]

    def by_rowid(i: int) -> float:
        async def look() -> None:
            await site.execute(one, (i,))  # type: ignore[arg-type]  # a sequence binds as a mapping does

        return site.seconds(look)

    def by_number(number: str) -> float:
        async def look() -> None:
            await named.documents(site, number)

        return site.seconds(look)

    unit = [by_rowid(row["id"]) for row in rows]
    found = [by_number(row["number"]) for row in rows]
    told("a rowid", unit)
    told("a document's number", found)
    told("a number that thousands cite", [by_number(n) for n in ("16/CT-TTg", "128/NQ-CP")])
    print(f"a document's number / a rowid: {statistics.median(found) / statistics.median(unit):.1f}")


def main() -> None:
    """Fill an index, or take one, and time it."""
    with filled(parser((__doc__ or "").partition("\n")[0]).parse_args()) as path:
        site, rng = Timed(path), random.Random(2021)
        searches(site, rng)
        numbers(site, rng)


if __name__ == "__main__":
    main()
