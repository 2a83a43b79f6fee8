"""The outlines of the provinces, from @svg-maps/vietnam 2.0.0 (CC BY 4.0, static/map/), made coarser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from xml.etree import ElementTree

from crawler.provinces import PROVINCES

#: Half of the drawing's unit, to which points are moved: borders that two provinces share stay shared, and a
#: page holds a third of the letters.
GRID = 0.5
#: The drawing's size in steps of the grid.
WIDTH, HEIGHT = 1624, 1746
_FILE = Path(__file__).parent / "static" / "map" / "vietnam.svg"
#: Where the drawing's names are not our slugs; the archipelagos belong to Đà Nẵng and Khánh Hòa.
_NAMES = {"baria": "brvt", "tthue": "hue", "hoangsa": "danang", "truongsa": "khanhhoa"}
_COMMAND = re.compile(r"([mlcz])([^mlcz]*)", re.I)
_NUMBER = re.compile(r"-?[\d.]+(?:e-?\d+)?")
Point = tuple[float, float]


@cache
def outlines() -> dict[str, str]:
    """The SVG path of each province, by its code, in steps of the grid.

    Raises ValueError for a drawing that lacks a province or names an unknown one.
    """
    codes = {p.slug: p.code for p in PROVINCES}
    found: dict[str, str] = {}
    for shape in ElementTree.parse(_FILE).iter("{http://www.w3.org/2000/svg}path"):
        name = shape.attrib["id"]
        code = codes.get(_NAMES.get(name, name))
        if code is None:
            raise ValueError(f"{_FILE} draws {name}, which is no province")
        found[code] = found.get(code, "") + "".join(map(_coarse, _rings(shape.attrib["d"])))
    if missing := set(codes.values()) - set(found):
        raise ValueError(f"{_FILE} does not draw {', '.join(sorted(missing))}")
    return found


def _rings(path: str) -> Iterator[list[Point]]:
    """The closed lines of a path; curves (the shores of islets) are straight from end to end."""
    ring: list[Point] = []
    at = (0.0, 0.0)
    for command, listed in _COMMAND.findall(path):
        if command in "zZ":
            yield ring
            at, ring = ring[0], []
            continue
        step = 6 if command in "cC" else 2
        numbers = [float(n) for n in _NUMBER.findall(listed)]
        for x, y in zip(numbers[step - 2 :: step], numbers[step - 1 :: step], strict=True):
            at = (at[0] + x, at[1] + y) if command.islower() else (x, y)
            ring.append(at)


def _coarse(ring: list[Point]) -> str:
    """A closed line as a path with its points on the grid; an islet smaller than that stays as a dot."""
    points = [point for point, _ in groupby((round(x / GRID), round(y / GRID)) for x, y in ring)]
    (x, y), steps = points[0], [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
    line = "".join(f"{dx if dx < 0 or n == 0 else f' {dx}'}{dy if dy < 0 else f' {dy}'}"
                   for n, (dx, dy) in enumerate(steps))  # fmt: skip
    return f"M{x} {y}l{line or '0 0'}z"
