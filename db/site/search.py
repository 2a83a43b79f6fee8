"""One search: what a person typed, the notices it finds in order, the facets that narrow it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from crawler.extract.normalise import normalise
from crawler.provinces import fold
from db.search import vi_fts
from db.site import queries

Row = dict[str, Any]
_PHONE = re.compile(r"\+?[\d\s.()-]{3,20}")
_NUMBER = re.compile(r"0*(\d{1,6})\s*[/\s-]\s*\S")


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
        filters = {name: arguments[name] for name in queries.FILTERS if arguments.get(name)}
        by_date = arguments.get("sort") == "date" or not words
        after = arguments.get("after") or ""
        valid = re.fullmatch(r"[-\d.e]{0,30}_\d{1,16}", after)
        return cls(words, filters, "date" if by_date else "relevance", after if valid else "")

    def address(self, **changes: str | None) -> str:
        """The address of this query with some of its parts changed; None removes one."""
        parts: dict[str, str | None] = {"q": self.words, **self.filters}
        parts |= {"sort": "date"} if self.sort == "date" and self.words else {}
        found = {k: v for k, v in (parts | changes).items() if v and k != "path"}
        return (changes.get("path") or "/") + "?" + urlencode(found)


@dataclass(slots=True)
class Found:
    """The results of one page, how many there are in all, and where the next page begins."""

    rows: list[Row]
    hits: int
    common: bool
    next: str | None


async def find(database: Any, query: Query, size: int = queries.PAGE) -> Found:
    """The notices of a query, best or newest first, `size` of them."""
    fts = vi_fts(query.words)
    dial = await known_dial(database, query.words)
    hits = await _count(database, fts, dial) if query.words else 0
    common = hits > queries.MANY
    by_date = query.sort == "date" or bool(dial) or common
    ids = await (_dated if by_date else _ranked)(database, query, fts, common, size)
    page = ids[:size]
    rows = await _results(database, [row["id"] for row in page], fts if query.words and not dial else "")
    last = page[-1] if len(ids) > size else None
    after = (
        f"{(last['published'] or '').replace('-', '') if by_date else last['score']}_{last['id']}"
        if last
        else None
    )
    return Found(rows, hits, common and query.sort != "date", query.address(after=after) if after else None)


async def _rows(database: Any, sql: str, values: Mapping[str, Any]) -> list[Row]:
    return [dict(row) for row in (await database.execute(sql, dict(values))).rows]


async def _count(database: Any, fts: str, dial: str) -> int:
    sql = queries.DIAL_COUNT if dial else queries.HIT_COUNT
    return int((await _rows(database, sql, {"fts": fts, "dial": dial}))[0]["hits"])


async def known_dial(database: Any, words: str) -> str:
    """The number that a person dials, where the words are one that a notice gives; else ''."""
    if not _PHONE.fullmatch(words):
        return ""
    digits = re.sub(r"\D", "", words)
    dial = "0" + digits[2:] if digits.startswith("84") and len(digits) > 9 else digits
    known = len(dial) >= 3 and await _rows(database, queries.DIAL_COUNT, {"dial": dial})
    return dial if known and known[0]["hits"] else ""


def _filters(query: Query) -> str:
    return "".join(queries.FILTERS[name] for name in query.filters)


async def _ranked(database: Any, query: Query, fts: str, common: bool, size: int) -> list[Row]:
    score, _, after = query.after.partition("_")
    filters = _filters(query)
    values = {
        **query.filters, "fts": fts, "size": size + 1,
        "after_id": int(after) if after else None, "after_score": float(score) if after else None,
    }  # fmt: skip
    return await _rows(database, queries.RANKED.format(filters=filters), values)


async def _dated(database: Any, query: Query, fts: str, common: bool, size: int) -> list[Row]:
    day, _, after = query.after.partition("_")
    dial = await known_dial(database, query.words)
    matching = (queries.MATCHING_EACH if common else queries.MATCHING_ALL) if query.words else ""
    matching = queries.MATCHING_DIAL if dial else matching
    values = {
        **query.filters, "fts": fts, "dial": dial, "size": size + 1,
        "after_id": int(after) if after else None,
        "after_date": f"{day[:4]}-{day[4:6]}-{day[6:8]}" if len(day) == 8 else "",
    }  # fmt: skip
    sql = queries.DATED.format(filters=_filters(query), matching=matching)
    return await _rows(database, sql, values)


async def _results(database: Any, ids: list[int], fts: str) -> list[Row]:
    values = {"ids": json.dumps(ids), "fts": fts}
    rows = {row["id"]: row for row in await _rows(database, queries.RESULTS, values)}
    marked = (
        {row["id"]: row for row in await _rows(database, queries.SNIPPETS, values)} if fts and ids else {}
    )
    for row in rows.values():
        hit = marked.get(row["id"], {})
        row["title_parts"] = parts(hit.get("title") or row["title"] or "")
        row["parts"] = parts(hit.get("snippet") or opening(row["opening"] or ""))
    return [rows[i] for i in ids if i in rows]


def opening(text: str, most: int = 230) -> str:
    """The first words of a text, cut between two of them."""
    line = " ".join(text.split())
    return line if len(line) < most else line[:most].rsplit(" ", 1)[0] + "…"


def parts(snippet: str) -> list[tuple[str, bool]]:
    """The parts of a marked text, and whether each is a hit: the template escapes every one of them."""
    pieces = re.split(r"(\x01[^\x02]*\x02)", snippet.replace("\x02 \x01", " "))
    return [(piece.strip("\x01\x02"), piece.startswith("\x01")) for piece in pieces if piece]


async def facets(database: Any, query: Query) -> dict[str, list[Row]]:
    """Each facet's values, their counts among the query's notices, the address that narrows to each."""
    found = {}
    dial = await known_dial(database, query.words)
    among = queries.MATCHING_DIAL if dial else queries.AMONG_HITS if query.words else ""
    where = f"{_filters(query)} {among}"
    values = {**query.filters, "fts": vi_fts(query.words), "dial": dial}
    for name, sql in queries.FACET_OF.items():
        if name == "topic" and not where.strip():
            sql = queries.TOPICS_OF_ALL
        rows = [r for r in await _rows(database, sql.format(where=where), values) if r["value"]]
        rows.sort(key=lambda r: (-r["count"], r["value"]))
        if name == "month":
            rows.sort(key=lambda r: r["value"], reverse=True)
        for row in rows:
            row["on"] = query.filters.get(name) == row["value"]
            row["href"] = query.address(**{name: None if row["on"] else row["value"], "after": None})
        found[name] = rows
    return found


async def documents(database: Any, words: str) -> list[Row]:
    """The documents whose number a person typed in any spelling (`6830 ubnd vp`)."""
    number = _NUMBER.match(words)
    if not number:
        return []
    wanted, found = fold(words).lstrip("0"), {}
    for serial in {number[1], number[1].zfill(2), number[1].zfill(3)}:
        values = {"low": serial, "high": serial + ":"}
        for row in await _rows(database, queries.DOCUMENTS_BY_SERIAL, values):
            if fold(row["number"]).lstrip("0").startswith(wanted):
                found[row["id"]] = row
    return sorted(found.values(), key=lambda r: (-r["notices"], r["number"]))[:8]


async def phones(database: Any, words: str) -> list[Row]:
    """The ledger's row of a phone number in any spelling (`088.8800.247`, `+84 88 8800247`)."""
    dial = await known_dial(database, words)
    return await _rows(database, queries.PHONES_BY_DIAL, {"dial": dial}) if dial else []
