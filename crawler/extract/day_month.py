"""Days that a text names by day and month alone ("từ 0 giờ ngày 19/7", "22/11 - 24/11")."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from crawler.extract.days import LUNAR, Run, day_of
from crawler.extract.normalise import CAPITALS
from crawler.extract.scan import NUMBERED_ROW, Spans
from crawler.extract.years import Year, YearSource
from crawler.model import DateFact

_WORDS = re.compile(r"(?<![\d/.,])(?P<d>[0-3]?\d)\s*tháng\s*(?P<m>[01]?\d)(?![\d/]|\s*,?\s*năm\s*\d)", re.I)
_SHORT = re.compile(
    r"(?<![\d/.,])(?P<d>[0-3]?\d)(?P<s>\s?/\s?|-|\.)(?P<m>[01]?\d)"
    r"(?![\d/%]|[.,]\d|-\d(?!\d?/)|\s?%| ?(?:ngày|giờ|âm lịch|ÂL)\b)",
    re.I,
)
# "09/10 huyện" is a share, unless a word right before it says that it is a day ("ngày 15/11 thành lập").
_COUNTED = re.compile(
    rf" ?(?:(?:huyện|xã|phường|tỉnh|thành phố|thị xã)(?! (?-i:[{CAPITALS}]))"
    r"|đơn vị|chỉ tiêu|hộ|người|mẫu|cơ sở|lượt|doanh|trường|điểm|ca|tổ|thôn|số|tổng|diện)\b",
    re.I,
)
_DAY_WORD = re.compile(r"\b(?:ng[àa]y|sáng|trưa|chiều|tối|đêm|hôm)\s*$", re.I)
# A day and month without a year counts only after a word that announces a day: 24/7 and 09/10 huyện are none.
_ANNOUNCED = re.compile(
    # "14/12/2021Ngày 13/12": glued to a stamp.
    r"(?:(?:\b|(?<=\d))(?P<day>ng[àa]y(?:\s(?:nghỉ|lễ|tết|chợ|hội|truyền thống|cao điểm))?|buổi|hôm|mùng"
    r"|mồng)"
    r"|\b(?:sáng|trưa|chiều|tối|đêm|khuya)(?:\s+ngày|\s+nay|\s+qua"
    r"|\s+mai)?"
    r"|\b(?:hôm|ngày)\s+(?:nay|qua|mai|kia)|\b(?:thứ\s\w+|chủ nhật)"
    r"|\b(?:lễ(?:\skhai giảng|\sbế giảng|\skhai mạc)?|dịp|nghỉ lễ|tết|quốc khánh|giải phóng|bầu cử|dự kiến"
    r"|huy hiệu đảng đợt)"
    r"|\b(?:hạn(?:\s(?:chót|cuối(?:\scùng)?|đăng ký|nộp(?: hồ sơ)?|nhận(?: hồ sơ)?))?|ký)"
    r"|\b(?P<bound>từ|đến|tới|hết|trước|sau|vào|bắt đầu|tức)(?:\s(?:ít nhất|khoảng))?"
    r"|\d\s?(?:h|g|giờ)(?:\s?\d\d)?(?:\s?phút)?['’]?)\s*[-–,(:]?\s*"
    # … and the days of a list before its last: "các ngày 19, 20, 21/10".
    r"(?:[0-3]?\d\s*(?:,|và|-|–|đến|tới)\s*){0,6}$",
    re.I,
)
# "hưởng ứng Ngày Sách và Văn hóa đọc Việt Nam 21/4": the day of this year.
# … or in brackets: "Ngày vi chất dinh dưỡng (1-2/6)".
NAMED_DAY = re.compile(
    r"\b(?:[Nn]gày|NGÀY) (?=[A-ZĐ])(?:[^\W\d]+,? ){1,9}$"
    r"|\b(?:Ngày|NGÀY) (?:[^\W\d]+,? ){1,9}\((?:[0-3]?\d\s?[-–]\s?)?$"
)
#: What joins two days of a list or range, a clock or part of the day between them allowed.
AND = (
    r"\s*(?:,|;|và|hoặc|-|–|đến(?:\s+hết)?|tới|hết|rạng)\s*"
    r"(?:\d{1,2}\s?(?:h|g|giờ)\s?(?:\d\d)?(?:\s?phút)?['’]?\s*)?(?:(?:sáng|trưa|chiều|tối"
    r"|đêm)\s*)?(?:ngày\s*)?"
)
# … or another day of the list, whose month stands behind: "24/11 và 26, 27/11".
_JOINED = re.compile(AND + r"(?:[0-3]?\d\s*(?:,|và)\s*){0,6}", re.I)
RANGE = re.compile(r"đến|tới|hết|-|–|rạng", re.I)
_TO = re.compile(r"\s*(?:đến|tới)(?: hết)?(?: ngày)?\s*\d{1,2}[-/]\d{1,2}(?![\d-])", re.I)
# "hằng năm, vào ngày 27/7" names no day of any year.
_RECURRING = re.compile(r"(?:hằng|hàng|mỗi) năm[^.;\n]{0,60}$", re.I)
_EACH_YEAR = re.compile(
    r"\s*\)?(?:\s*(?:,|và)\s*(?:trước |sau )?(?:ngày )?\d{1,2}[/-]\d{1,2})?\s*(?:hằng|hàng|mỗi) năm", re.I
)
_TILL_NOW = re.compile(r"\s*(?:đến|tới) nay\b", re.I)
_YEAR_BEHIND = re.compile(r"\s*,?\s*(?:của\s)?năm\s(?P<y>20\d\d)(?!\d)", re.I)
#: The head of a table's column of days ("STT | Điểm tiêm | Ngày | Buổi").
_COLUMN = re.compile(r"(?:\||[-–]|\n|^)\s*(?:Ngày|Thời gian|Lịch)\b[^|\n]{0,24}(?=\||\s[-–]\s|\n|$)")
#: The same where nothing parts the cells, and the line that announces a schedule.
_HEAD_ROW = re.compile(r"^(?:S?TT|Số TT|Số thứ tự)\b.*\b(?:Ngày|Thời gian|Lịch)\b", re.I)
_SCHEDULE = re.compile(r"\b(?:lịch|thời gian|các ngày)\b[^.:\n]{0,30}:$", re.I)
#: No row is longer.
_LINE = 300
_CELL_ENDS = ("|", " -", " –", "\n")
#: How far below its head a table's row may stand, and how far two days of a chain may stand apart.
_TABLE, _CHAIN = 3000, 40
#: Days of one list; hostile text joins a hundred thousand.
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class _Day:
    """A day and month at a place; `fact` where the text gives its year, too."""

    start: int
    end: int
    month: int
    day: int
    separator: str
    fact: DateFact | None = None


def days_without_year(
    value: str, runs: Sequence[Run], years: YearSource, full: Sequence[DateFact], taken: Spans
) -> list[DateFact]:
    """Days given as `26/3`, `25-8` or `2 tháng 9`.

    They count where a word announces them, where they stand in a table's column of days, or where a list or
    range joins them to another day. `full` are the days with a year, `taken` their spans and the numbers'.
    """
    short = [d for run in runs if (d := _day_at(value, run)) and not taken.overlap(d.start, d.end)]
    if not short:
        return []
    given = [_Day(f.start, f.end, f.date.month, f.date.day, "", f) for f in full]
    table = _Table(value)
    found: list[DateFact] = []
    for chain in _chains(value, sorted([*short, *given], key=lambda d: d.start)):
        found += _dated(value, chain, years, table)
    return found


def _day_at(value: str, run: Run) -> _Day | None:
    start, end, ahead = run
    if end - start > 2 or ahead in ", ":
        return None
    match = (_SHORT if ahead in "/.-" else _WORDS).match(value, start)
    if match is None or day_of(2020, int(match["m"]), int(match["d"])) is None:
        return None
    end = match.end()
    if LUNAR.match(value, end) or _EACH_YEAR.match(value, end):
        return None
    if _RECURRING.search(value, max(0, start - 80), start):
        return None
    separator = match["s"].strip() if ahead in "/.-" else "tháng"
    counted = separator != "tháng" and _COUNTED.match(value, end)
    if counted and not _DAY_WORD.search(value, max(0, start - 7), start):
        return None
    return _Day(start, end, int(match["m"]), int(match["d"]), separator)


def _chains(value: str, days: Sequence[_Day]) -> Iterator[list[_Day]]:
    """Days that a list or range joins."""
    chain: list[_Day] = []
    for day in days:
        gap = day.start - chain[-1].end if chain else 0
        joined = 0 <= gap <= _CHAIN and len(chain) < _LONGEST
        if chain and not (joined and _JOINED.fullmatch(value, chain[-1].end, day.start)):
            yield chain
            chain = []
        chain.append(day)
    if chain:
        yield chain


def _dated(value: str, chain: list[_Day], years: YearSource, table: _Table) -> Iterator[DateFact]:
    """The days of a chain that count, each with its year."""
    if all(day.fact for day in chain):
        return
    given = [day.fact for day in chain if day.fact]
    behind = _YEAR_BEHIND.match(value, chain[-1].end)
    sure = bool(behind) or any(day.fact for day in chain) or _is_range(value, chain) or _is_list(value, chain)
    for day in chain:
        sure = (
            sure
            or day.fact is not None
            or _announced(value, day)
            or table.is_day(day)
            or table.is_scheduled(day)
        )
        if day.fact or not sure:
            continue
        year = Year(int(behind["y"]), "year behind the days") if behind else None
        year = year or _year_of_chain(value, day, given) or years.of(
            day.month, day.day, day.start, past=bool(_TILL_NOW.match(value, day.end))
        )  # fmt: skip
        if year and (when := day_of(year.value, day.month, day.day)):
            yield DateFact(when, True, value[day.start : day.end], day.start, day.end, year.rule)


def _is_range(value: str, chain: Sequence[_Day]) -> bool:
    """Two days with a slash on both sides of a dash, the earlier first ("04/02-10/02")."""
    return any(
        a.separator == b.separator == "/"
        and (a.month, a.day) < (b.month, b.day)
        and bool(_DASH.fullmatch(value, a.end, b.start))
        for a, b in pairwise(chain)
    )


def _is_list(value: str, chain: Sequence[_Day]) -> bool:
    """Days in order that fill a bracket or stand behind a colon: "Lao Bảo: 13/7, 16/7", "(18/3)"."""
    days = [(d.month, d.day) for d in chain]
    if days != sorted(set(days)) or any(d.separator != "/" for d in chain):
        return False
    before, after = (
        value[max(0, chain[0].start - 8) : chain[0].start],
        value[chain[-1].end : chain[-1].end + 1],
    )
    in_bracket = bool(_OPENED.search(before)) and after == ")"
    return (in_bracket and chain[-1].day > 12) or (len(chain) > 1 and before.rstrip().endswith(":"))


_OPENED = re.compile(r"\((?:[0-3]?\d\s*(?:,|và|-|–)\s*)*$")
_DASH = re.compile(r"\s*(?:-|–|đến|tới)\s*")


def _year_of_chain(value: str, day: _Day, given: Sequence[DateFact]) -> Year | None:
    """The year of the nearest day of the chain that has one: "18/5, 17/6 và 7/9/2021"."""
    if not given:
        return None
    fact = min(given, key=lambda f: abs(f.start - day.start))
    low, high = sorted((fact.start, day.start))
    year = fact.date.year
    if RANGE.search(value, low, high):  # "từ 20/12 đến 05/01/2022"
        earlier = day.start < fact.start
        here, there = (day.month, day.day), (fact.date.month, fact.date.day)
        year += -1 if earlier and here > there else 1 if not earlier and here < there else 0
    return Year(year, "year of the day it is listed with")


def _announced(value: str, day: _Day) -> bool:
    before = _ANNOUNCED.search(value, max(0, day.start - 48), day.start)
    if not before and day.separator == "/" and NAMED_DAY.search(value, max(0, day.start - 60), day.start):
        return True
    if not before or day.separator == "tháng":
        return before is not None
    if before[0].lower().strip() == "từ" and _TO.match(value, day.end):
        return True  # "từ 9-7 đến 15-7"
    # "từ 7-14", "đạt 1.5", "vào 1-2": with a dash or a full stop only the word ngày announces a day …
    if day.separator == "/" or before["day"] or _PART_OF_DAY.match(before[0]):
        return True
    # … or a bound before what can be no range: "trước 30-11".
    return day.separator == "-" and before["bound"] is not None and day.day > 12


_PART_OF_DAY = re.compile(r"sáng|trưa|chiều|tối|đêm|khuya|hôm", re.I)


class _Table:
    """The columns of days of a text's tables, looked for when a cell asks."""

    def __init__(self, value: str) -> None:
        self.value = value
        self.under: dict[re.Pattern[str], dict[int, bool]] = {}  # by head, then by line

    @cached_property
    def heads(self) -> list[int]:
        return [m.start() for m in _COLUMN.finditer(self.value)]

    def is_day(self, day: _Day) -> bool:
        """Whether a day and month fill a cell below the head of a column of days."""
        if day.separator not in ("/", "-"):
            return False
        before, after = self.value[max(0, day.start - 3) : day.start], self.value[day.end : day.end + 3]
        opens = before.rstrip(" ").endswith(_CELL_ENDS) or not before
        if not opens or not (not after or after.startswith((" |", "\n", " - ", " – "))):
            return False
        below = bisect_left(self.heads, day.start)
        return below > 0 and day.start - self.heads[below - 1] < _TABLE

    def is_scheduled(self, day: _Day) -> bool:
        """Whether a day stands in a row of a schedule whose cells nothing parts.

        Rows with a number stand under a head that names a column of days ("STT Điểm tiêm Ngày Giờ"); lines
        that end with a day stand under one that announces a schedule ("về cơ sở theo lịch:").
        """
        line = self.value.rfind("\n", max(0, day.start - _LINE), day.start) + 1
        if day.separator != "/" or not (line or day.start < _LINE):
            return False
        numbered = NUMBERED_ROW.match(self.value, line) is not None
        last = self.value[day.end : day.end + 2].strip(" ;.,")[:1] in ("", "\n")
        return (numbered and self._is_under(_HEAD_ROW, line)) or (last and self._is_under(_SCHEDULE, line))

    def _is_under(self, head: re.Pattern[str], line: int) -> bool:
        """Whether the line above one is such a head, or stands under one itself, no empty line between."""
        known, lines = self.under.setdefault(head, {}), []
        found: bool | None = None
        while found is None and (found := known.get(line)) is None:
            lines.append(line)
            start = self.value.rfind("\n", max(0, line - 1 - _LINE), max(0, line - 1)) + 1
            above = self.value[start : max(0, line - 1)]
            if head.search(above):
                found = True
            elif not above or len(above) >= _LINE:
                found = False
            line = start
        known.update(dict.fromkeys(lines, found))
        return found
