"""What a person types for a number, a province, a month: as the index spells it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from crawler.extract.numbers import TYPES
from crawler.provinces import by_name, fold, today_name


def plain_number(number: str | None) -> str:
    """A document's number without case, marks and signs: 128/nq-cp and 128/NQ-CP are one."""
    return fold(number or "").lstrip("0")


def number_beginnings(number: str | None) -> str:
    """What the numbers that a person may mean begin with, a JSON array: 5/CT, 05/CT and 005/CT are one."""
    serial = re.match(r"\s*0*(\d{1,6})", number or "")
    return json.dumps(beginnings(serial[1]) if serial else [])


def beginnings(serial: str) -> list[str]:
    """A serial as numbers print it, with leading zeros and without."""
    return sorted({serial, serial.zfill(2), serial.zfill(3)})


def province_named(name: str | None) -> str:
    """The province of 2021 of a name in any spelling; a name that is none as it is."""
    found = by_name(name or "")
    return found.name if found else name or ""


def month_named(month: str | None) -> str:
    """A month as 2021-07, however it is written (7/2021, 2021-7); what is none as it is."""
    text = (month or "").strip()
    if found := re.fullmatch(r"(\d{1,2})[/.-](\d{4})", text):
        return f"{found[2]}-{found[1]:0>2}"
    found = re.fullmatch(r"(\d{4})[/.-](\d{1,2})", text)
    return f"{found[1]}-{found[2]:0>2}" if found else text


_TYPES = {fold(name): name for name in TYPES.values()}
#: The filters of a search that people type too.
_FILTERS: dict[str, Callable[[str], str]] = {
    "province": province_named,
    "today": lambda name: today_name(name) or name,
    "month": month_named,
    "type": lambda name: _TYPES.get(fold(name), name),
}


def filter_named(facet: str, value: str) -> str:
    """The value of a search's filter as the index spells it (`da nang`, `TPHCM`, `7/2021`, `cong van`)."""
    return _FILTERS[facet](value) if facet in _FILTERS else value


#: By the names that SQL calls them.
FUNCTIONS = (plain_number, number_beginnings, province_named, month_named)
