"""Documents as the set of their citations gives them: one spelling, one year, the days that are meant."""

# ruff: noqa: E501 - SQL stays on its line
from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from crawler.model import (
    stable_id,
)

#: What a citation's rule says when the year comes from the only document that fits.
JOINED = "; year of the only document that fits"
_PARTS = re.compile(r"(\w*)[/-]?(?:(?:19|20)\d\d/)?(.*)", re.S)
_NAMED_YEAR = re.compile(r"/((?:19|20)\d\d)/")


def settle(conn: Any, keys: Sequence[str]) -> None:
    """Make the documents of some numbers anew from all their citations (design rule 4)."""
    cursor = _do(conn, "select c.document_key as key, c.rowid as id, c.version, c.document, c.type, c.date, c.rule,"
                      " c.number, c.issuer, c.date as printed, n.published from json_each(?) k"
                      " join citations c on c.document_key = k.value join notices n on n.id = c.notice"
                      " order by k.id", json.dumps(keys))  # fmt: skip
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    settled: list[tuple[Any, ...]] = []
    for key, found in groupby(rows, itemgetter("key")):
        settled += _settle_one(conn, key, list(found))
    settled.sort(key=itemgetter(0))
    conn.executemany(
        "insert into documents (id, number, serial, symbol, year, type, issuer, issued) values (?,?,?,?,?,?,?,?)"
        " on conflict (id) do update set number = excluded.number, serial = excluded.serial,"
        " symbol = excluded.symbol, type = excluded.type, issued = excluded.issued", settled)  # fmt: skip


def _settle_one(conn: Any, key: str, rows: list[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """The documents of one number; its citations are placed under them."""
    meant = _days_meant(Counter((row["date"], row["issuer"]) for row in rows if row["date"]))
    groups: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for row in rows:
        row["date"] = meant.get((row["date"], row["issuer"]), row["date"])
        groups.setdefault((_year_of(row["number"], row["date"]), row["issuer"]), []).append(row)
    issued = {k: _most([r["date"] for r in found]) for k, found in groups.items() if k[0]}
    places: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for (year, issuer), found in groups.items():
        for row in found:
            fits = [] if year else _fitting(issued, issuer, row["published"])
            place = fits[0] if len(fits) == 1 else (year, issuer)
            places.setdefault(place, []).append(row)
    for (year, issuer), found in places.items():
        document = stable_id(key, year, issuer)
        for row in found:
            joined = _year_of(row["number"], row["printed"]) != year
            _place(conn, row, document, row["rule"].removesuffix(JOINED) + (JOINED if joined else ""))
    return (_document(key, year, issuer, found) for (year, issuer), found in places.items())


def _place(conn: Any, row: Mapping[str, Any], document: int, rule: str) -> None:
    if row["document"] == document and row["rule"] == rule:
        return
    _do(conn, "update citations set document = ?, rule = ? where rowid = ?", document, rule, row["id"])
    for column in ("document", "other"):
        _do(conn, f"update document_relations set {column} = ? where version = ? and {column} = ?",
                 document, row["version"], row["document"])  # fmt: skip


def _do(conn: Any, sql: str, *values: Any) -> Any:
    return conn.execute(sql, values)


def _document(key: str, year: int, issuer: str, found: list[dict[str, Any]]) -> tuple[Any, ...]:
    """The row of a document, as most of its citations give it."""
    number = _most([r["number"] for r in found]) or key
    serial, symbol = _PARTS.match(number).groups()  # type: ignore[union-attr]  # matches all
    type_, issued = _most([r["type"] for r in found]), _most([r["date"] for r in found])
    return stable_id(key, year, issuer), number, serial, symbol, year, type_, issuer, issued


def document_key(number: str, type_: str | None) -> str:
    """One spelling of a number: upper case, no leading zeros; a bare number goes with its type."""
    plain = number.upper().lstrip("0")
    return f"{type_ or ''} {plain}" if number.isdigit() else plain


def year_of(number: str, day: date | None) -> int:
    """The year of a document: of its number (`21/2021/TT-BYT`), else of its date, else 0."""
    return _year_of(number, day.isoformat() if day else None)


def _year_of(number: str, day: str | None) -> int:
    named = _NAMED_YEAR.search(number)
    return int(named[1]) if named else int(day[:4]) if day else 0


def _most(values: list[str | None]) -> str | None:
    """The value given most often, the first in order among equals: no matter who came first."""
    if len(values) == 1:
        return values[0] or None
    counts = Counter(v for v in values if v)
    return min(counts, key=lambda v: (-counts[v], v)) if counts else None


def _days_meant(printed: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], str]:
    """The days, with their issuers, whose year is misprinted, and the day that each means.

    Numbers begin anew each year, so that one number hardly falls on one day twice: fewer citations print
    "15/CT-TTg ngày 27/3/2021" than the right 2020.
    """
    best: dict[tuple[str, str], tuple[int, str]] = {}
    for (day, issuer), count in printed.items():
        place = day[5:], issuer
        best[place] = max(best.get(place, (0, "")), (count, day))
    return {
        (day, issuer): meant
        for (day, issuer), count in printed.items()
        for most, meant in [best[day[5:], issuer]]
        if most > count
    }


def _fitting(
    issued: Mapping[tuple[int, str], str | None], issuer: str, published: str | None
) -> list[tuple[int, str]]:
    """The dated documents of an issuer that were issued within the 12 months before a notice."""
    if not published:
        return []
    year_before = f"{int(published[:4]) - 1:04}{published[4:]}"
    return [k for k, day in issued.items() if k[1] == issuer and day and year_before <= day <= published]
