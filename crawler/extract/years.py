"""The year of a day that a text names without one ("từ 0 giờ ngày 19/7")."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from operator import attrgetter

from crawler.extract.covid import is_covid
from crawler.extract.scan import starting_in
from crawler.model import Context, DateFact, Text

#: Years by their names in the sexagenary cycle, as notices of a New Year say them ("Tết Tân Sửu").
_LUNAR_YEARS = {
    "kỷ hợi": 2019, "canh tý": 2020, "tân sửu": 2021, "nhâm dần": 2022, "quý mão": 2023, "giáp thìn": 2024,
    "ất tỵ": 2025, "bính ngọ": 2026,
}  # fmt: skip
_LUNAR = re.compile("|".join(_LUNAR_YEARS), re.I)
_NAMED = re.compile(
    r"(?:\bnăm|\bhè|\bmùa (?:hè|xuân|thu|đông)|\b(?:tháng\s?\d{1,2}|quý\s?[1-4IV]{1,3})\s?[/-])\s?(20[012]\d)"
    r"(?!\d|\s?[-–]\s?20)",
    re.I,
)
#: "năm học mới 2022 - 2023" begins in September.
_SCHOOL_YEAR = re.compile(r"\bnăm học\s(?:mới\s)?(20[012]\d)\s?[-–]\s?20[012]\d", re.I)
# Before WHO named the disease on 11 February 2020; the long name lived on in notices of that spring.
_EARLY_NAME = re.compile(r"nco-?v|chủng mới|vi\s?rút corona|virus corona|viêm phổi cấp", re.I)


_FILED = re.compile(r"/(20[12]\d)(0[1-9]|1[0-2])/|/(20[12]\d)[/-](0?[1-9]|1[0-2])[/-]")

#: How far a sentence is looked at on either side of a day.
SENTENCE = 400
#: Days between two dates on either side of a New Year.
NEW_YEAR = 75


@dataclass(frozen=True, slots=True)
class Year:
    """A year with the rule that gave it."""

    value: int
    rule: str


class YearSource:
    """Gives a day and month its year: from the posting day, else from the dates and years of the text."""

    def __init__(self, text: Text, context: Context, full: Sequence[DateFact]) -> None:
        self.text = text
        self.context = context
        self.full = sorted((f for f in full if text.zone_at(f.start) != "chrome"), key=lambda f: f.start)
        chrome = [f for f in full if text.zone_at(f.start) == "chrome"]
        self.clock = max((f.date for f in chrome), default=None)
        self.written = next((f.date for f in chrome if text.value.endswith(", ngày ", 0, f.start)), None)

    def of(self, month: int, day: int, position: int, past: bool = False) -> Year | None:
        """The year of a day that stands at a position, or None when nothing tells it.

        A posting day tells best: the year that brings the day nearest to it. Else so does the nearest full
        date of the same line, or of the text; then a year or New Year that the text names, the course of the
        epidemic, the day of fetching. `past` marks a day of "từ ngày … đến nay".
        """
        if self.clock and self.text.zone_at(position) == "chrome":
            return Year(_beside(self.clock, month, day, past), "year of the header's clock")
        if posted := self.context.published:
            return Year(_nearest(posted, month, day, past), "year of the posting day")
        if posted := self._of_address:
            return Year(_nearest(posted, month, day, past), "year of the month in the address")
        if past and (written := self.written):
            return Year(_nearest(written, month, day, past), "year of the letter's day")
        if near := self._same_line(position):
            return Year(_beside(near.date, month, day, past), "year of the date beside it")
        if near := self._nearest_date(position):
            return Year(_beside(near.date, month, day, past), "year of the text's nearest date")
        return (
            self._named_beside(position)
            or self._named
            or self._of_school(month)
            or self._of_the_epidemic(month, day)
            or self._fetched()
        )

    @cached_property
    def _of_address(self) -> date | None:
        """The middle of the month by which a portal files the page: "…/202107/…", "…/2021/7/…"."""
        filed = _FILED.search(self.context.url)
        return date(int(filed[1] or filed[3]), int(filed[2] or filed[4]), 15) if filed else None

    def _sentence(self, position: int) -> tuple[int, int]:
        value = self.text.value
        first, last = max(0, position - SENTENCE), position + SENTENCE
        low = max(value.rfind("\n", first, position), value.rfind(". ", first, position), first - 1) + 1
        ends = [e for e in (value.find("\n", position, last), value.find(". ", position, last)) if e >= 0]
        return low, min(ends, default=last)

    def _same_line(self, position: int) -> DateFact | None:
        near = starting_in(self._recent, *self._sentence(position))
        return min(near, key=lambda f: abs(f.start - position), default=None)

    def _nearest_date(self, position: int) -> DateFact | None:
        """The full date that stands nearest, laws and plans of other times left out."""
        behind = bisect_left(self._recent, position, key=attrgetter("start"))
        sides = self._recent[max(0, behind - 1) : behind + 1]
        return min(sides, key=lambda f: abs(f.start - position), default=None)

    @cached_property
    def _recent(self) -> list[DateFact]:
        """The full dates of the year in which most of them lie."""
        if not self.full:
            return []
        # Days, not places: a directive of another year may be named with its day again and again.
        usual = Counter(day.year for day in {f.date for f in self.full})
        year = max(usual, key=lambda y: (usual[y], y))
        return [f for f in self.full if f.date.year == year]

    @cached_property
    def _years_named(self) -> list[tuple[int, int]]:
        return [(m.start(), int(m[1])) for m in _NAMED.finditer(self.text.value)]

    def _named_beside(self, position: int) -> Year | None:
        """The year that the same sentence names: "sáng 5/12 … kỳ họp cuối năm 2022"."""
        if not self._years_named:
            return None
        low, high = self._sentence(position)
        near = [year for place, year in self._years_named if low <= place < high]
        return Year(max(near), "year named in the sentence") if near else None

    @cached_property
    def _named(self) -> Year | None:
        value = self.text.value
        if self._years_named:
            return Year(max(year for _, year in self._years_named), "year named in the text")
        if lunar := _LUNAR.search(value):
            return Year(_LUNAR_YEARS[lunar[0].lower()], "lunar year named in the text")
        return None

    def _of_school(self, month: int) -> Year | None:
        """The year of a day in the school year that the text names: its first from July on."""
        begins = self._school_year
        return Year(begins + (month < 7), "school year named in the text") if begins else None

    @cached_property
    def _school_year(self) -> int | None:
        named = _SCHOOL_YEAR.search(self.text.value)
        return int(named[1]) if named else None

    @cached_property
    def _is_covid(self) -> bool:
        return is_covid(self.text)

    @cached_property
    def _is_early(self) -> bool:
        return bool(_EARLY_NAME.search(self.text.value))

    def _of_the_epidemic(self, month: int, day: int) -> Year | None:
        # From January 2020 on the first wave brought most notices without any year, from 27 April 2021 on the
        # fourth.
        if not self._is_covid:
            return None
        # By its later name nobody called the disease before 11 February 2020.
        named = (month, day) > (2, 10) or self._is_early
        early = (1, 20) <= (month, day) < (4, 27) and named
        if early or (month <= 6 and self._is_early):
            return Year(2020, "year of the epidemic's course")
        return Year(2021, "year of the epidemic's course")

    def _fetched(self) -> Year | None:
        day = self.context.fetched or self.clock
        return Year(day.year, "year of the fetch day") if day else None


def _beside(other: date, month: int, day: int, past: bool) -> int:
    """The year of another date, but for the days round New Year: "từ 20/12" beside 05/01/2022."""
    year = _nearest(other, month, day, past)
    near = past or abs((date(year, month, min(day, 28)) - other).days) <= NEW_YEAR
    return year if near else other.year


def _nearest(posted: date, month: int, day: int, past: bool) -> int:
    """Of the year before, of and after a posting day the one that brings a day nearest to it."""

    def distance(year: int) -> int:
        return abs((date(year, month, min(day, 28)) - posted).days)

    if past:  # "từ ngày 27/4 đến nay"
        return posted.year - ((month, day) > (posted.month, posted.day))
    return (
        min((posted.year - 1, posted.year, posted.year + 1), key=distance)
        if 1 <= month <= 12
        else posted.year
    )
