"""Tables told by the lines that are drawn round their cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from crawler.attachments.parts import row

#: Points within which two drawn lines are one (a thin filled box has two edges, a cell's border stands beside
#: its neighbour's), or meet; no line of print is as low.
_NEAR = 5.0
#: Lines of one page beyond which its drawing is a map or a chart.
_MOST = 1_000

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Edge:
    """A straight line: level at height `at` from `low` to `high`, or upright at `at`."""

    level: bool
    at: float
    low: float
    high: float

    @classmethod
    def between(cls, a: Point, b: Point) -> Iterator[Edge]:
        """The edge between two points, if it is level or upright and long enough to part cells."""
        if abs(a[1] - b[1]) < 1 and abs(a[0] - b[0]) > 2 * _NEAR:
            yield cls(True, (a[1] + b[1]) / 2, min(a[0], b[0]), max(a[0], b[0]))
        elif abs(a[0] - b[0]) < 1 and abs(a[1] - b[1]) > 2 * _NEAR:
            yield cls(False, (a[0] + b[0]) / 2, min(a[1], b[1]), max(a[1], b[1]))

    def meets(self, other: Edge) -> bool:
        """Whether a level and an upright edge touch."""
        return (
            self.level != other.level
            and other.low - _NEAR <= self.at <= other.high + _NEAR
            and self.low - _NEAR <= other.at <= self.high + _NEAR
        )

    def covers(self, at: float, position: float) -> bool:
        """Whether this edge parts two cells at a place of the line `at`."""
        return abs(self.at - at) <= _NEAR and self.low - _NEAR <= position <= self.high + _NEAR


@dataclass(frozen=True, slots=True)
class Table:
    """A grid: `xs` from left to right, `ys` from the top down, and the edges that part its cells."""

    xs: Sequence[float]
    ys: Sequence[float]
    edges: Sequence[Edge]

    @property
    def top(self) -> float:
        """The height of its uppermost line."""
        return self.ys[0]

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies within."""
        return self.xs[0] <= x <= self.xs[-1] and self.ys[-1] <= y <= self.ys[0]

    def rows(self, words: Iterable[tuple[Point, str]]) -> list[str]:
        """Its rows as `a | b | c`. A cell that spans rows counts for each of them: it names their owner."""
        cells: dict[tuple[int, int], list[str]] = {}
        for (x, y), text in words:
            place = self._origin(sum(y < at for at in self.ys) - 1, sum(x > at for at in self.xs) - 1)
            cells.setdefault(place, []).append(text)
        found = []
        for r in range(len(self.ys) - 1):
            places = [self._origin(r, c) for c in range(len(self.xs) - 1)]
            distinct = list(dict.fromkeys(places))
            if any(place[0] == r for place in distinct if place in cells):
                found.append(row([" ".join(cells.get(place, ())) for place in distinct]))
        return [line for line in found if line]

    def _origin(self, r: int, c: int) -> tuple[int, int]:
        """The first of the merged cells to which a cell of the grid belongs."""
        while r > 0 and not self._parted(True, self.ys[r], (self.xs[c] + self.xs[c + 1]) / 2):
            r -= 1
        while c > 0 and not self._parted(False, self.xs[c], (self.ys[r] + self.ys[r + 1]) / 2):
            c -= 1
        return r, c

    def _parted(self, level: bool, at: float, position: float) -> bool:
        return any(e.level == level and e.covers(at, position) for e in self.edges)


def tables(edges: Iterable[Edge]) -> list[Table]:
    """The grids that edges draw: those that touch each other, two columns and one row at least."""
    known = _joined(edges)
    if len(known) > _MOST:
        return []
    found = []
    for group in _groups(known):
        xs = _clustered(e.at for e in group if not e.level)
        ys = _clustered(e.at for e in group if e.level)[::-1]
        if len(xs) >= 3 and len(ys) >= 2:
            found.append(Table(xs, ys, group))
    return found


def _joined(edges: Iterable[Edge]) -> list[Edge]:
    """Edges that go on in each other as one: every cell draws its own four."""
    found: list[Edge] = []
    for edge in sorted(set(edges), key=lambda e: (e.level, round(e.at), e.low)):
        last = found[-1] if found else None
        if (
            last
            and last.level == edge.level
            and round(last.at) == round(edge.at)
            and edge.low <= last.high + 1
        ):
            found[-1] = replace(last, high=max(last.high, edge.high))
        else:
            found.append(edge)
    return found


def _groups(edges: Sequence[Edge]) -> list[list[Edge]]:
    """Edges that touch, directly or through others."""
    level, upright = [e for e in edges if e.level], [e for e in edges if not e.level]
    groups: list[list[Edge]] = []
    waiting = {id(e): e for e in edges}
    while waiting:
        group = [waiting.popitem()[1]]
        for edge in group:
            for other in upright if edge.level else level:
                if id(other) in waiting and edge.meets(other):
                    group.append(waiting.pop(id(other)))
        groups.append(group)
    return groups


def _clustered(values: Iterable[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found
