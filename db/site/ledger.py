"""The ledger of hotline numbers in order: by province, then by who answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from crawler.provinces import PROVINCES, Province
from db.search import folded
from db.site import queries
from db.site.named import ledger
from db.site.rows import Row, read_rows

#: Numbers whose rows are read at a time: each is joined from its notices.
BATCH = 25
#: The most that a filter finds, and the most of a page made for paper.
MOST = 1000
_NUMBER = re.compile(r"[\d\s.+()-]+")
_ORDER = sorted(PROVINCES, key=lambda p: folded(p.name))
_PLACE = {p.name: place for place, p in enumerate(_ORDER)}


async def listed(database: Any, province: str | None, after: str, size: int) -> tuple[list[Row], str | None]:
    """The rows after a place, of a province or of all, and the place of the last if there are more.

    A number that several provinces give stands under the first of them, unless one province is asked for.
    """
    code, _, dial = after.partition("_")
    provinces = [p for p in _ORDER if p.name == province] if province else _ORDER
    start = next((place for place, p in enumerate(provinces) if p.code == code), 0)
    found: list[Row] = []
    for place, one in enumerate(provinces[start:]):
        dials = [row["dial"] for row in await _numbers_of(database, one)]
        if not place and dial in dials:
            dials = dials[dials.index(dial) + 1 :]
        for batch in _batches(dials):
            for row in await _rows(database, batch):
                if not province and _first(row) != one.name:
                    continue
                if len(found) == size:
                    return found, f"{found[-1]['code']}_{found[-1]['dial']}"
                found.append(_under(row, one))
    return found, None


async def matching(database: Any, words: str, province: str | None) -> tuple[list[Row], bool]:
    """The rows of numbers that hold the digits, or whose owners hold the words; whether there are more."""
    digits = re.sub(r"\D", "", words)
    digits = "0" + digits[2:] if words.startswith("+84") else digits
    by_number = len(digits) >= 3 and bool(_NUMBER.fullmatch(words))
    one = next((p for p in PROVINCES if p.name == province), None)
    if one:
        numbers = await _numbers_of(database, one)
        dials = [n["dial"] for n in numbers if digits in n["dial"]] if by_number else [
            n["dial"] for n in numbers if _holds(n["owners"], words)]  # fmt: skip
    elif by_number:
        dials = await _dials(database, queries.DIALS_WITH, {"digits": f"%{digits}%", "size": MOST + 1})
    else:
        owners = await read_rows(database, queries.OWNERS)
        named = json.dumps([row["owner"] for row in owners if _holds(row["owner"], words)])
        dials = await _dials(database, queries.DIALS_OF_OWNERS, {"owners": named, "size": MOST + 1})
    found = [row for batch in _batches(dials[:MOST]) for row in await _rows(database, batch)]
    if one:
        found = [_under(row, one) for row in found]
    else:
        found.sort(key=lambda r: (_PLACE.get(_first(r), -1), *_owner(r)))
    return found, len(dials) > MOST


def _holds(owner: str | None, words: str) -> bool:
    return folded(" ".join(words.split())) in folded(owner or "")


async def _numbers_of(database: Any, province: Province) -> list[Row]:
    """The numbers of a province by who answers; those of unknown owners last."""
    found = await read_rows(database, queries.NUMBERS_OF_PROVINCE, {"province": province.name})
    return sorted(found, key=lambda r: (*_owner(r), r["dial"]))


def _owner(row: Row) -> tuple[bool, str]:
    """The owner by which a number is sorted."""
    owners = folded(row["owners"] or "").split("\n")
    return not owners[0], min(owners)


async def _dials(database: Any, sql: str, values: Row) -> list[str]:
    return [row["dial"] for row in await read_rows(database, sql, values)]


async def _rows(database: Any, dials: list[str]) -> list[Row]:
    """The ledger's rows of some numbers, in the order of the numbers."""
    found = {row["dial"]: row for row in await ledger(database, dials)}
    return [found[dial] for dial in dials if dial in found]


def _under(row: Row, province: Province) -> Row:
    """A row where a province's numbers are listed: that province is named before others."""
    others = [name for name in (row["provinces"] or "").split(", ") if name != province.name]
    return row | {"provinces": ", ".join([province.name, *others]), "code": province.code}


def _first(row: Row) -> str:
    """The first of the provinces that give a number."""
    return min((row["provinces"] or "").split(", "), key=lambda name: _PLACE.get(name, -1))


def _batches(dials: list[str]) -> Iterator[list[str]]:
    return (dials[first : first + BATCH] for first in range(0, len(dials), BATCH))
