"""What the words of a search name: a document by its number, a phone by its digits."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import chain
from typing import Any

from crawler.extract.numbers import TYPES
from crawler.provinces import fold
from db.site import queries
from db.site.rows import Row, read_rows
from db.site.spellings import beginnings, plain_number

_PHONE = re.compile(r"\+?[\d\s.()-]{3,20}")
_DIGITS = re.compile(r"\+?\d+")
#: Groups in which the digits of one number are printed, and digits below which a number among words is none.
MOST_GROUPS, LEAST_DIGITS = 6, 8
#: What people write before the number of a document.
_NOUNS = frozenset(map(fold, TYPES.values())) | {"vanban", "so", "cv"}
_SERIAL = re.compile(r"0*(\d{1,6})(?!\d)(.*)", re.S)
#: Documents that lead a result.
MOST_DOCUMENTS = 8


async def dial(database: Any, words: str) -> str:
    """The number that a person dials, where the words hold one that a notice gives; else ''.

    Alone it may be short (`115`); among words it has the digits of a whole number.
    """
    words = words.strip(" \"'.,;:")
    candidates = _dials(words) if not _PHONE.fullmatch(words) else [_dial(re.sub(r"\D", "", words))]
    candidates = [number for number in candidates if len(number) >= 3]
    if not candidates:
        return ""
    found = await read_rows(database, queries.DIAL_KNOWN, {"dials": json.dumps(candidates)})
    return str(found[0]["dial"]) if found else ""


def _dials(words: str) -> list[str]:
    """The numbers that neighbouring groups of digits may be, the longest first."""
    groups = [(hit.start(), hit.end(), re.sub(r"\D", "", hit[0])) for hit in _DIGITS.finditer(words)]
    found = []
    for first in range(len(groups)):
        number, end = "", groups[first][0]
        for start, stop, digits in groups[first : first + MOST_GROUPS]:
            if re.search(r"[^\s.()-]", words[end:start]):
                break
            number, end = number + digits, stop
            found.append(_dial(number))
    return sorted((n for n in found if LEAST_DIGITS <= len(n) <= 12), key=len, reverse=True)


def _dial(digits: str) -> str:
    """Digits with the country's code, as they are dialled at home."""
    digits = digits.removeprefix("00") if digits.startswith("0084") else digits
    return "0" + digits[2:] if digits.startswith("84") and len(digits) > 9 else digits


async def documents(database: Any, words: str) -> list[Row]:
    """The documents whose number a person typed in any spelling, with what stands before it or without.

    `6830 ubnd vp`, `16CT-TTg`, `Chỉ thị số 16/CT-TTg ngày 31/3/2020`, `Quyết định 2244` (one of that type).
    """
    noun, serial, rest = _number(words)
    if not serial:
        return []
    parts = re.findall(r"\S+", rest)
    prefixes = {fold(serial + "".join(parts[: n + 1])) for n in range(len(parts))}
    whole, found = fold(serial + rest), {}
    for printed in beginnings(serial):
        for row in await read_rows(database, queries.DOCUMENTS_BY_SERIAL, {"serial": printed}):
            number = plain_number(row["number"])
            of_noun = noun in ("so", "vanban", fold(row["type"] or ""))
            if (number.startswith(whole) or number in prefixes) if rest else of_noun:
                found[row["id"]] = row
    return sorted(found.values(), key=lambda r: (-r["notices"], r["number"]))[:MOST_DOCUMENTS]


def _number(words: str) -> tuple[str, str, str]:
    """The noun, the serial and what follows it, where words begin with the number of a document; else ''."""
    words = words.replace('"', " ").strip(" '.,;:")
    at = re.search(r"\d", words)
    hit = _SERIAL.match(words, at.start()) if at else None
    if not at or not hit:
        return "", "", ""
    before, rest = fold(words[: at.start()]), hit[2].strip()
    noun = before.removesuffix("so") or before
    known = noun in _NOUNS if noun else bool(rest)
    return (noun, hit[1], rest) if known else ("", "", "")


async def ledger(database: Any, dials: list[str]) -> list[Row]:
    """The ledger's rows of some numbers, in their order; `ocr`: only recognised letters give the number."""
    found = await _of_dials(database, queries.LEDGER, dials)
    scanned = await read_rows(database, queries.ONLY_RECOGNISED, {"dials": json.dumps(dials)})
    only = {row["dial"] for row in scanned}
    for row in found:
        row["ocr"] = row["dial"] in only
    return await with_successors(database, found)


async def with_successors(database: Any, phones: list[Row]) -> list[Row]:
    """Numbers with those that replace them as `successors`, each with whether it is out of use too."""
    dials = sorted(set(chain.from_iterable(map(successors, phones))))
    found = await _of_dials(database, queries.WITHDRAWN, dials) if dials else []
    out = {row["dial"] for row in found}
    for phone in phones:
        phone["successors"] = [{"dial": dial, "withdrawn": dial in out} for dial in successors(phone)]
    return phones


def successors(phone: Mapping[str, Any]) -> list[str]:
    """The numbers that replace one, of a row of phones or of the ledger."""
    return [dial for dial in (phone["replaced_by"] or "").split(", ") if dial]


async def _of_dials(database: Any, sql: str, dials: list[str]) -> list[Row]:
    """The rows of a query over some numbers, named one by one: the ledger looks each up in an index."""
    names = [f"d{n}" for n in range(len(dials))]
    filled = sql.format(dials=", ".join(f":{name}" for name in names))
    return await read_rows(database, filled, dict(zip(names, dials, strict=True)))
