"""What each area of the map counts and how dark it is; the outlines are another module's."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crawler.provinces import PROVINCES, Province, by_name
from db.site.coverage import Portal, cells
from db.site.outlines import outlines

#: Notices by the province's name and the month.
Counts = Mapping[tuple[str, str], int]
#: Shades of the map besides that of none; their bounds are the same in every month, or months could not be
#: compared.
SHADES = 5


@dataclass(frozen=True, slots=True)
class Area:
    """What is one area of the map: a province of 2021 or of today, those of 2021 in it, its outline.

    `marks` is what stands for each month: a count, or the sign of why there is none; so are those of the
    `members`. `place` is the month that is shown.
    """

    code: str
    name: str
    members: tuple[tuple[Province, tuple[str, ...]], ...]
    path: str
    marks: tuple[str, ...]
    place: int
    bounds: tuple[int, ...]

    @property
    def mark(self) -> str:
        """What stands for the month that is shown."""
        return self.marks[self.place]

    @property
    def count(self) -> int:
        """Its notices of the month."""
        return int(self.mark) if self.mark.isdecimal() else 0

    @property
    def shade(self) -> str:
        """The class of its shade."""
        if not self.mark.isdecimal():
            return "unread"
        return f"s{bisect(self.bounds, self.count) + 1 if self.count else 0}"


def chosen_month(asked: str | None, counts: Counts, months: list[str]) -> str | None:
    """The month asked for, or the one with most notices; None where there is no notice at all."""
    if asked in months:
        return asked
    totals: Counter[str] = Counter()
    for (_, month), count in counts.items():
        totals[month] += count
    return max(months, key=lambda m: totals[m], default=None)


def sums(counts: Counts, today: bool) -> list[int]:
    """The counts of every area and month."""
    names = {p.name: p.name_2025 if today else p.name for p in PROVINCES}
    found: Counter[tuple[str, str]] = Counter()
    for (name, month), count in counts.items():
        found[names.get(name, name), month] += count
    return sorted(found.values())


def scale(values: list[int]) -> list[int]:
    """The first count of each shade but the lightest, so that each shade has as many areas and months.

    Of values of one or two digits they are as they are, of larger ones rounded to two digits.
    """
    found = [values[len(values) * shade // SHADES] for shade in range(1, SHADES)] if values else []
    rounded = [round(value, 2 - len(str(value))) if value > 99 else value for value in found]
    return sorted({value for value in rounded if value > 1})


def areas(
    counts: Counts,
    portals: Sequence[Portal],
    months: list[str],
    month: str | None,
    today: bool,
    bounds: Sequence[int],
) -> list[Area]:
    """The areas of the map of a month, most notices first, then by code."""
    groups: dict[str, list[Province]] = {}
    for province in PROVINCES:
        groups.setdefault(province.name_2025 if today else province.name, []).append(province)
    of_province: dict[str, list[Portal]] = {}
    for portal in portals:
        of_province.setdefault(portal["province"], []).append(portal)
    drawn, found = outlines(), []
    for name, provinces in groups.items():
        members = tuple((p, _marks(counts, [p], of_province, months)) for p in provinces)
        named = by_name(name)
        assert named  # each province of today is called after one of 2021
        marks = _marks(counts, provinces, of_province, months) if len(provinces) > 1 else members[0][1]
        path = "".join(drawn[p.code] for p in provinces)
        place = months.index(month) if month else 0
        found.append(Area(named.code, name, members, path, marks, place, tuple(bounds)))
    return sorted(found, key=lambda a: (-a.count, a.code))


def _marks(
    counts: Counts, provinces: list[Province], portals: Mapping[str, list[Portal]], months: list[str]
) -> tuple[str, ...]:
    """What stands for each month of some provinces together; without months, how they were read."""
    read = [portal for p in provinces for portal in portals.get(p.name, ())]
    summed = {month: sum(counts.get((p.name, month), 0) for p in provinces) for month in months}
    return tuple(str(c.count) if c.count else c.sign for c in cells(summed, read, months or [""]))
