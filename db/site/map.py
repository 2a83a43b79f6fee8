"""What each area of the map counts and how dark it is; the outlines are another module's."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from crawler.provinces import PROVINCES, Province, by_name
from db.site.outlines import outlines

#: Notices by the province's name and the month.
Counts = Mapping[tuple[str, str], int]
#: Shades of the map besides that of none; their bounds are the same in every month, or months could not be
#: compared.
SHADES = 5


@dataclass(frozen=True, slots=True)
class Area:
    """What is one area of the map: a province, the provinces of 2021 in it with their counts, its outline."""

    code: str
    name: str
    members: tuple[tuple[Province, int], ...]
    path: str
    shade: int

    @property
    def count(self) -> int:
        """Its notices of the month."""
        return sum(count for _, count in self.members)


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


def areas(counts: Counts, month: str | None, today: bool, bounds: list[int]) -> list[Area]:
    """The areas of the map, most notices first, then by name."""
    groups: dict[str, list[Province]] = {}
    for province in PROVINCES:
        groups.setdefault(province.name_2025 if today else province.name, []).append(province)
    drawn, found = outlines(), []
    for name, provinces in groups.items():
        members = tuple((p, counts.get((p.name, month or ""), 0)) for p in provinces)
        count = sum(n for _, n in members)
        named = by_name(name)
        assert named  # each province of today is called after one of 2021
        shade = bisect(bounds, count) + 1 if count else 0
        found.append(Area(named.code, name, members, "".join(drawn[p.code] for p in provinces), shade))
    return sorted(found, key=lambda a: (-a.count, a.code))
