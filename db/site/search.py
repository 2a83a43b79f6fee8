"""One search: what a person typed, the notices it finds in order, the facets that narrow it."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from datasette.database import QueryInterrupted

from crawler.extract.normalise import normalise
from crawler.provinces import PROVINCES
from db.search import folded, hits, marked_words, vi_fts, vi_phrase
from db.site import named, queries
from db.site.rows import Row, read_rows
from db.site.spellings import filter_named

_AFTER_DAY = re.compile(r"(?:\d{8})?_\d{1,16}")
_AFTER_SCORE = re.compile(r"-?\d{1,20}(?:\.\d{1,20})?(?:e[-+]\d{1,3})?_\d{1,16}")
#: The province of today of each of 2021.
_TODAY = {province.name: province.name_2025 for province in PROVINCES}


@dataclass(frozen=True, slots=True)
class Query:
    """What the address says: the words, the filters, the order, and after which result a page begins."""

    words: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = "relevance"
    after: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Query:
        """The query of an address; what makes no sense is left out."""
        words = normalise((arguments.get("q") or "").replace("\0", " "))[:300]
        filters = {n: filter_named(n, arguments[n]) for n in queries.FILTERS if arguments.get(n)}
        by_date = arguments.get("sort") == "date" or not words
        after = arguments.get("after") or ""
        valid = _AFTER_DAY.fullmatch(after) or (not by_date and _AFTER_SCORE.fullmatch(after))
        return cls(words, filters, "date" if by_date else "relevance", after if valid else "")

    @property
    def tips(self) -> list[str]:
        """What to try where nothing was found, each as the key of its words."""
        fit = {
            "try_fewer": len(self.words.split()) > 1, "try_quotes": bool(re.search('["“”]', self.words)),
            "try_filters": bool(self.filters), "try_marks": bool(marked_words(self.words)),
        }  # fmt: skip
        return [key for key, fits in fit.items() if fits]

    def address(self, **changes: str | None) -> str:
        """The address of this query with some of its parts changed; None removes one."""
        parts: dict[str, str | None] = {"q": self.words, **self.filters}
        parts |= {"sort": "date"} if self.sort == "date" and self.words else {}
        found = {k: v for k, v in (parts | changes).items() if v and k != "path"}
        return (changes.get("path") or "/") + "?" + urlencode(found)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a query is answered, which depends on how many notices hold its words (None: there are none).

    `source` of its notices, whether they are `ranked`, whether each is `counted`, and the values for SQL.
    """

    query: Query
    source: str = "all"
    hits: int | None = None
    dial: str = ""

    @property
    def ranked(self) -> bool:
        """Best first: asked for, and not of too many hits."""
        few = self.hits is not None and self.hits <= queries.RANKED
        return self.query.sort != "date" and few

    @property
    def windowed(self) -> bool:
        """Best first was asked for, of so many hits that only the newest are ranked."""
        return self.query.sort != "date" and (self.hits or 0) > queries.RANKED

    @property
    def counted(self) -> bool:
        """Every hit counts, not only the newest."""
        return self.hits is None or self.hits <= queries.COUNTED

    @property
    def values(self) -> dict[str, Any]:
        """What the SQL names."""
        fts = vi_fts(self.query.words)
        return {**self.query.filters, "fts": fts, "dial": self.dial, "newest": queries.NEWEST}

    def sql(self, statement: str, source: str = "", first: str = "") -> str:
        """A statement over the notices of this query; `first` is added to the rank of each."""
        filters = "".join(queries.FILTERS[name] for name in self.query.filters)
        found = queries.SOURCES[source or self.source].format(filters=filters)
        return statement.format(source=found, filters=filters, first=first)


async def plan(database: Any, query: Query) -> Plan:
    """Look how many notices a query's words hit, and choose."""
    if not query.words:
        return Plan(query)
    if dial := await named.dial(database, query.words):
        return Plan(query, "dial", None, dial)
    found = await read_rows(
        database, queries.HIT_COUNT, {"fts": vi_fts(query.words), "most": queries.COUNTED}
    )
    return Plan(query, "words", int(found[0]["hits"]))


@dataclass(slots=True)
class Found:
    """The results of one page, and where the next page begins."""

    rows: list[Row]
    next: str | None
    after: str = ""


async def find(database: Any, chosen: Plan, size: int = queries.PAGE, fold: bool = True) -> Found:
    """The notices of a query, best or newest first, `size` of them.

    With `fold`, notices of one text (several portals carry it) are one result, the first in order, which
    lists the others as its `twins`.
    """
    led: dict[int, list[Row]] = {}
    after, more = chosen.query.after, True
    for _ in range(BATCHES):
        ids = await _ids(database, chosen, after, size)
        twins = await _twins(database, chosen, ids[:size]) if fold else {}
        for place, row in enumerate(ids[:size], 1):
            others = twins.get(row["id"], [])
            if all(_before(row, other, chosen.ranked) for other in others if other["wanted"]):
                led[row["id"]] = others
            after, more = _key(row), place < len(ids)
            if len(led) == size:
                break
        if len(led) == size or len(ids) <= size:
            break
    found = await _results(database, list(led), chosen)
    for row in found:
        row["twins"] = led[row["id"]]
    after = after if ids and more else ""
    return Found(found, chosen.query.address(after=after) if after else None, after)


#: So often a page is filled up where twins are left out; what is missing then is on the next page.
BATCHES = 5


async def page_ids(database: Any, chosen: Plan) -> list[Row]:
    """The ids of a query's first page with what orders them: what `find` asks before it reads texts."""
    return await _ids(database, chosen, chosen.query.after, queries.PAGE)


async def _ids(database: Any, chosen: Plan, after: str, size: int) -> list[Row]:
    """The ids after a place, one more than asked for, with what orders them."""
    if chosen.windowed and not _AFTER_DAY.fullmatch(after):
        return await _window_ids(database, chosen, after, size)
    place, _, last = after.partition("_")
    values: dict[str, Any] = {"size": size + 1, "after_id": int(last) if last else None}
    if chosen.ranked:
        values["after_score"] = float(place or 0) if last else None
        first = ""
        if (chosen.hits or 0) <= queries.LOOKED_THROUGH and (exact := marked_words(chosen.query.words)):
            first, values["exact"] = queries.EXACT_FIRST, json.dumps(exact)
        if phrase := vi_phrase(chosen.query.words):
            first += queries.TOGETHER_FIRST
            values |= {"phrase": phrase, "title_phrase": f"title : ({phrase})"}
        return await read_rows(database, chosen.sql(queries.RANKED_IDS, first=first), chosen.values | values)
    # Hits are gathered and sorted where a filter may leave few of them; else one in a few is a hit.
    walk = (chosen.hits or 0) > (queries.COUNTED if chosen.query.filters else queries.COMMON)
    values["after_date"] = f"{place[:4]}-{place[4:6]}-{place[6:8]}" if len(place) == 8 else ""
    sql = chosen.sql(queries.DATED_IDS, "walk" if walk else "")
    return await read_rows(database, sql, chosen.values | values)


async def _window_ids(database: Any, chosen: Plan, after: str, size: int) -> list[Row]:
    """Of the newest hits those whose titles hold most of the words, most together; then the rest by day."""
    pattern = hits(chosen.query.words)
    newest = await remembered(
        database, chosen.sql(queries.NEWEST_TITLES, "walk"), chosen.values | {"window": queries.WINDOW}
    )
    ranked = sorted(
        ({"id": row["id"], "score": _title_score(row["title"], pattern)} for row in newest),
        key=lambda row: row["score"],  # sorted() keeps the order of days within a score
    )
    places = [row["id"] for row in ranked]
    last = int(after.partition("_")[2] or 0)
    found = ranked[places.index(last) + 1 if last in places else 0 :][: size + 1]
    if len(found) <= size and newest:
        oldest = newest[-1]
        found += await _ids(database, chosen, _key(oldest), size - len(found))
    return found


def _title_score(title: str | None, pattern: re.Pattern[str] | None) -> float:
    """How well a title fits, the less the better: its different words, and the most of them in a row."""
    found = [hit[0].split() for hit in pattern.finditer(folded(title or ""))] if pattern else []
    return -float(len({word for words in found for word in words}) + max(map(len, found), default=0))


async def _twins(database: Any, chosen: Plan, ids: list[Row]) -> dict[int, list[Row]]:
    values = chosen.values | {"ids": json.dumps([row["id"] for row in ids])}
    found: dict[int, list[Row]] = {}
    for row in await read_rows(database, chosen.sql(queries.TWINS), values):
        found.setdefault(row["id"], []).append(row)
    return found


def _before(row: Row, twin: Row, ranked: bool) -> bool:
    """Whether a notice comes before its twin; texts that are equal rank equal, and ties end by id."""
    if ranked:
        return bool(row["id"] < twin["twin"])
    return (row["published"] or "", row["id"]) > (twin["published"] or "", twin["twin"])


def _key(row: Row) -> str:
    place = row["score"] if "score" in row else (row["published"] or "").replace("-", "")
    return f"{place}_{row['id']}"


async def _results(database: Any, ids: list[int], chosen: Plan) -> list[Row]:
    """The rows of some notices, in their order; of a page (not of an export) with the hits in their texts."""
    values = {"ids": json.dumps(ids)}
    rows = {row["id"]: row for row in await read_rows(database, queries.RESULTS, values)}
    pattern = hits(chosen.query.words) if chosen.source == "words" and len(ids) <= queries.PAGE else None
    texts = {row["id"]: row for row in await read_rows(database, queries.TEXTS, values)} if pattern else {}
    for row in rows.values():
        row["title_parts"] = marked(row["title"] or "", pattern)
        text = texts.get(row["id"], {})
        shown = snippet(text.get("text") or "", pattern) or snippet(text.get("summary") or "", pattern)
        row["parts"] = shown or [(opening(row["opening"] or ""), False)]
    return [rows[i] for i in ids if i in rows]


def opening(text: str, most: int = 230) -> str:
    """The first words of a text, cut between two of them."""
    line = " ".join(text.split())
    return line if len(line) < most else line[:most].rsplit(" ", 1)[0] + "…"


def marked(text: str, pattern: re.Pattern[str] | None) -> list[tuple[str, bool]]:
    """The parts of a text, and whether each is a hit: the template escapes every one of them."""
    found, at = [], 0
    for hit in pattern.finditer(folded(text)) if pattern else ():
        found += [(text[at : hit.start()], False), (text[hit.start() : hit.end()], True)]
        at = hit.end()
    return [part for part in [*found, (text[at:], False)] if part[0]]


def snippet(text: str, pattern: re.Pattern[str] | None, most: int = 230) -> list[tuple[str, bool]]:
    """The piece of a text with most different hits, as `marked` parts; [] where there is no hit."""
    found = [*itertools.islice(pattern.finditer(folded(text)), 50)] if pattern else []
    if not found:
        return []

    def words(hit: re.Match[str]) -> int:
        near = (other[0].split() for other in found if 0 <= other.start() - hit.start() < most - 60)
        return len(set(itertools.chain.from_iterable(near)))

    best = max(found, key=words)
    start = max(0, best.start() - 60)
    start = text.rfind(" ", 0, start) + 1 if start else 0
    piece = opening(text[start : start + 2 * most], most)
    return marked(("…" if start else "") + piece, pattern)


@dataclass(slots=True)
class Counts:
    """How many notices a query has (at least `total`, where not `exact`), and its facets' values.

    With `sampled` only the newest hits were counted; with `uncounted` the machine was too busy even for that.
    """

    total: int
    exact: bool
    sampled: bool
    facets: dict[str, list[Row]]
    uncounted: bool = False


async def counts(database: Any, chosen: Plan) -> Counts:
    """Each facet's values, their counts among the query's notices, the address that narrows to each."""
    sampled = not chosen.counted
    try:
        found, listed = await _counted(database, chosen, "newest" if sampled else "")
    except QueryInterrupted:
        exact = chosen.hits is not None and chosen.counted and not chosen.query.filters
        sampled, uncounted = True, Counts(chosen.hits or 0, exact, False, {}, uncounted=True)
        if (chosen.hits or 0) <= queries.COMMON:
            return uncounted
        try:
            found, listed = await _counted(database, chosen, "newest")
        except QueryInterrupted:
            return uncounted
    total = sum(row["count"] for row in found)
    sampled = sampled and total >= queries.NEWEST
    at_least = queries.NEWEST if chosen.query.filters else min(chosen.hits or 0, queries.COUNTED)
    found = [row | {"today": _TODAY.get(row["province"])} for row in found]
    facets = {name: _facet(chosen.query, name, found) for name in ("province", "today", "kind", "month")}
    facets |= {name: _facet(chosen.query, name, rows) for name, rows in listed.items()}
    return Counts(at_least if sampled else total, not sampled, sampled, facets)


async def _counted(database: Any, chosen: Plan, source: str) -> tuple[list[Row], dict[str, list[Row]]]:
    """The counts of what each notice has one of, and of each thing that it may have several of."""
    plain = chosen.source == "all" and not chosen.query.filters
    topics = queries.TOPICS_OF_ALL if plain else chosen.sql(queries.TOPIC_COUNTS, source)
    types = queries.TYPES_OF_ALL if plain else chosen.sql(queries.TYPE_COUNTS, source)
    found, by_topic, by_type = await asyncio.gather(
        remembered(database, chosen.sql(queries.COUNTS, source), chosen.values),
        remembered(database, topics, chosen.values),
        remembered(database, types, chosen.values),
    )
    each = [row | {"type": name} for row in by_type for name in (row["types"] or "").split(",")]
    return found, {"topic": by_topic, "type": each}


_answers: OrderedDict[tuple[Any, ...], list[Row]] = OrderedDict()
#: So many answers are remembered.
ANSWERS = 100


async def remembered(database: Any, sql: str, values: Mapping[str, Any]) -> list[Row]:
    """The rows of a query that many readers ask, read once for as long as the index does not change."""
    files = (Path(database.path + ending) for ending in ("", "-wal"))
    state = tuple((s.st_ino, s.st_mtime_ns, s.st_size) for s in (f.stat() for f in files if f.exists()))
    key = (database.path, state, sql, json.dumps(dict(values), sort_keys=True))
    if key not in _answers:
        _answers[key] = await read_rows(database, sql, values)
        if len(_answers) > ANSWERS:
            _answers.popitem(last=False)
    return _answers[key]


def forget() -> None:
    """Forget all answers: the next reader pays for them again."""
    _answers.clear()


def _facet(query: Query, name: str, found: list[Row]) -> list[Row]:
    """One facet's values, most first (months: newest first)."""
    summed: Counter[str] = Counter()
    for row in found:
        if row[name]:
            summed[row[name]] += row["count"]
    order = sorted(summed, reverse=True) if name == "month" else sorted(summed, key=lambda v: (-summed[v], v))
    chosen = query.filters.get(name)
    return [
        {
            "value": value,
            "count": summed[value],
            "on": value == chosen,
            "href": query.address(**{name: None if value == chosen else value, "after": None}),
        }
        for value in order
    ]
