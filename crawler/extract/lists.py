"""Lists of documents: rows under the heads of columns, or rows that name their columns themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.extract.numbers import NumberHit
from crawler.extract.scan import lowered

_SEPARATOR = r"(?:[ \t]{2,}|\s*[|\n]\s*|\t)"
_NUMBER_HEAD = r"(?:số(?: ?[/,] ?| và | )?(?:ký|kí) ?hiệu|số hiệu|số văn bản|số vb)(?: văn bản)?"
_OTHER_HEAD = r"(?:ngày (?:ban hành|văn bản|ký)|trích yếu|tên văn bản|nội dung)"
#: The heads of columns, as a portal's list prints them: with bars, with wide blanks, or each on its line.
_HEADS = re.compile(
    rf"^[^\n]{{0,60}}\b{_NUMBER_HEAD}"
    rf"(?:{_SEPARATOR}(?:[^\n|.:]{{2,30}}{_SEPARATOR}){{0,3}}| ){_OTHER_HEAD}\b",
    re.I | re.M,
)
#: The same as cells between bars, which tell a table's row by themselves.
_BARS = re.compile(
    r"^[^\n|]{0,30}(?:\|[^\n|]{0,30})??(?:ký hiệu|số hiệu|số văn bản|số VB)[^\n]{0,80}\|[^\n]{0,80}"
    r"(?:trích yếu|ban hành|nội dung)",
    re.I | re.M,
)
#: Words one of which each of these heads and labels holds: most texts have none.
_WORDS = ("ký hiệu", "kí hiệu", "kýhiệu", "kíhiệu", "số hiệu", "số văn bản", "số vb")
#: What may stand before the number of a row: its place in the list, its day.
_BEFORE = re.compile(
    r"\s*(?:[»►•▪*+–-]\s*)?(?:\|\s*)?(?:\d{1,4}[.)]?\s+(?:\|\s*)?)?(?:\d{1,2}[/-]\d{1,2}[/-]\d{4}\s+(?:\|\s*)?)?"
)
_LABEL = re.compile(rf"(?:^|[\n|])[ \t]*{_NUMBER_HEAD}\s*:\s*$", re.I)
#: A row without bars is one of a list where another one stands beside it.
LEAST = 2


def rows_of_list(value: str, hits: Sequence[NumberHit]) -> list[NumberHit]:
    """The numbers that begin the rows of a list of documents; [] where there is none."""
    low = lowered(value)
    if not hits or not any(word in low for word in _WORDS):
        return []
    if rows := _rows_with_bars(value, hits):
        return rows
    rows = [hit for hit in hits if _LABEL.search(value[max(0, hit.start - 40) : hit.start])]
    if len(rows) < LEAST and (head := _HEADS.search(value)):
        rows = [hit for hit in hits if hit.start >= head.end() and _opens_row(value, hit)]
    return rows if len(rows) >= LEAST else []


def _rows_with_bars(value: str, hits: Sequence[NumberHit]) -> list[NumberHit]:
    """The first number of each row below the head of a table (Số ký hiệu | Ngày ban hành | …)."""
    head = _BARS.search(value) if "|" in value else None
    rows: dict[int, NumberHit] = {}
    for hit in hits if head else ():
        begin = value.rfind("\n", 0, hit.start) + 1
        barred = "|" in value[begin : row_end(value, hit)] and value.count("|", begin, hit.start) <= 2
        if head and begin > head.start() and barred:
            rows.setdefault(begin, hit)
    return list(rows.values())


def _opens_row(value: str, hit: NumberHit) -> bool:
    return bool(_BEFORE.fullmatch(value, value.rfind("\n", 0, hit.start) + 1, hit.start))


def row_end(value: str, hit: NumberHit) -> int:
    """Where the line of a row ends."""
    end = value.find("\n", hit.end)
    return end if end >= 0 else len(value)
