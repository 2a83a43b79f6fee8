"""Where the marks of a drawing stand: computed from the same rows that its table shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any

#: Height of the bars, width of a drawing, and the most that one bar takes of it.
HEIGHT, WIDTH, STEP = 100, 660, 40
#: The largest letter of a label (24 units high, in the small drawings), and the room between two labels.
LETTER, ROOM = 14.5, 12
#: What stands above the bars: the number of the highest, or flags too; and what stands below.
ABOVE, FLAGS_ABOVE, BELOW = 30, 72, 30


@dataclass(frozen=True, slots=True)
class Bar:
    """One month or week: its name in the data, its count, its rectangle, and whether its name is written.

    `peak` is how the count of the highest is written: from the bar's left edge on (`start`) or up to its
    right edge (`end`); of the others it is ''.
    """

    name: str
    count: int
    x: float
    y: float
    height: float
    labelled: bool
    peak: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A number over a place of a drawing; where several stand close its label is moved aside."""

    number: int
    x: float
    label: float


@dataclass(frozen=True, slots=True)
class Bars:
    """A drawing of bars, `step` apart, with flags over some; a line of labels stands below its height."""

    bars: list[Bar]
    step: float
    flags: list[Flag]
    width: int = WIDTH
    height: int = HEIGHT
    below: int = BELOW

    @property
    def above(self) -> int:
        """The room over the bars."""
        return FLAGS_ABOVE if self.flags else ABOVE


def months_between(first: str, last: str) -> list[str]:
    """Every month from one to another, both included (`2020-11`, `2020-12`, `2021-01`); at most 240."""
    year, month = int(first[:4]), int(first[5:7])
    found: list[str] = []
    while (name := f"{year:04}-{month:02}") <= last and len(found) < 240:
        found.append(name)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def monday(day: str) -> str:
    """The Monday of a day's week, by which the week is called."""
    found = date.fromisoformat(day)
    return (found - timedelta(days=found.weekday())).isoformat()


def weeks_between(first: str, last: str) -> list[str]:
    """The Monday of every week from one Monday to another, both included; at most 600."""
    found = [date.fromisoformat(first)]
    while (following := found[-1] + timedelta(days=7)).isoformat() <= last and len(found) < 600:
        found.append(following)
    return [day.isoformat() for day in found]


def bars(counts: Mapping[str, int], names: list[str], flagged: Sequence[str] = ()) -> Bars | None:
    """The bars of counts, one a name, in the names' order; None without two names.

    A flag with its place in the list stands over each of the `flagged` names. As many names are written as
    have room in the largest letters: they are as long as they are written to people.
    """
    if len(names) < 2:
        return None
    most = max(counts.values(), default=0)
    step = min(STEP, round(WIDTH / len(names), 2))
    places = {name: round(place * step, 1) for place, name in enumerate(names)}
    flags = flags_over([(n, places[name]) for n, name in enumerate(flagged, 1) if name in places])
    written = len(names[0]) * LETTER
    every = ceil((written + ROOM) / step)
    highest = next((name for name in names if most and counts.get(name) == most), None)
    drawn: list[Bar] = []
    for place, (name, x) in enumerate(places.items()):
        count = counts.get(name, 0)
        height = round(HEIGHT * count / max(most, 1), 1)
        labelled = place % every == 0 and x + written <= WIDTH
        peak = _side(x, step, len(f"{count:,}") * LETTER, flags) if name == highest else ""
        drawn.append(Bar(name, count, x, HEIGHT - height, height, labelled, peak))
    return Bars(drawn, step, flags)


def flags_over(places: list[tuple[int, float]]) -> list[Flag]:
    """Flags over places, by number and x: their labels in one row, in order of place, none over another."""
    ordered = sorted(places, key=lambda p: (p[1], p[0]))
    width = 2 * LETTER
    labels: list[float] = []
    for _, x in ordered:
        labels.append(max(x, labels[-1] + width if labels else width / 2))
    limit = WIDTH - width / 2
    for place in range(len(labels) - 1, -1, -1):
        labels[place] = limit = min(labels[place], limit)
        limit -= width
    return [Flag(number, x, round(label, 1)) for (number, x), label in zip(ordered, labels, strict=True)]


def _side(x: float, step: float, width: float, flags: list[Flag]) -> str:
    """To which side of a bar a number of some width has room, away from the lines of flags if it can.

    Steps are rounded: the last bar may end a fraction behind the drawing.
    """
    sides = {"start": (x, x + width), "end": (x + step - width, x + step)}
    crossed = {side: sum(first <= flag.x <= last for flag in flags) for side, (first, last) in sides.items()}
    fitting = [side for side, (first, last) in sides.items() if first >= 0 and last <= WIDTH + 1]
    return min(fitting or ["start"], key=lambda side: crossed[side])


@dataclass(frozen=True, slots=True)
class Node:
    """A document of a graph: its id, number, and the middle of its box."""

    id: int | None
    number: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Edge:
    """What one document does to another: the relation, and the two ends of its arrow."""

    relation: str
    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True, slots=True)
class Graph:
    """A document in the middle, those that act on it to the left, those it acts on to the right."""

    nodes: list[Node]
    edges: list[Edge]
    width: int
    height: int


#: A box of the graph, the room between rows, and so many documents on a side.
BOX, ROW, MOST = (170, 34), 56, 12


def graph(document: Mapping[str, Any], relations: list[dict[str, Any]]) -> Graph | None:
    """The graph of a document's relations, one arrow a pair and relation; None where no other is named."""
    left: dict[tuple[int, str], str] = {}
    right: dict[tuple[int, str], str] = {}
    for r in relations:
        if r["other"] == document["id"] and r["actor"] and r["actor"] != document["id"]:
            left[r["actor"], r["relation"]] = r["actor_number"]
        elif r["actor"] == document["id"] and r["other"] and r["other"] != document["id"]:
            right[r["other"], r["relation"]] = r["other_number"]
    rows = min(max(len(left), len(right)), MOST)
    if not rows:
        return None
    sides = bool(left) + bool(right)
    width, height = BOX[0] + sides * (BOX[0] + 150), rows * ROW
    x = width // 2 if sides == 2 else width - BOX[0] // 2 if left else BOX[0] // 2
    middle = Node(document["id"], document["number"], x, height // 2)
    nodes, edges = [middle], []
    for side, x in ((left, BOX[0] // 2), (right, width - BOX[0] // 2)):
        shown = list(side.items())[:MOST]
        for place, ((other, relation), number) in enumerate(shown):
            y = int((place + 0.5) * height / len(shown))
            nodes.append(Node(other, number, x, y))
            inner = (middle.x + (BOX[0] // 2 if x > middle.x else -BOX[0] // 2), middle.y)
            outer = (x + (-BOX[0] // 2 if x > middle.x else BOX[0] // 2), y)
            start, end = (inner, outer) if x > middle.x else (outer, inner)
            edges.append(Edge(relation, *start, *end))
    return Graph(nodes, edges, width, height)
