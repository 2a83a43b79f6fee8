"""Words at their places on a page → its lines, its paragraphs unwrapped, its tables as rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from crawler.attachments.tables import Table

#: A gap of this many letter heights parts two columns; those of justified prose are narrower.
WIDE = 1.6
#: What begins a paragraph however full the line before it is: a bullet, a number, an article, a label
#: (`Nơi nhận:`).
_OPENS = re.compile(r"[-–+*•] |\d{1,2}[.)] |[a-zđ]\) |Điều \d|(?P<label>[^\W\d_]+(?: [^\W\d_]+){0,3}): ")


@dataclass(slots=True)
class Word:
    """Letters that follow each other without a gap; y grows upwards."""

    text: str
    left: float
    right: float
    bottom: float
    top: float

    @property
    def height(self) -> float:
        """From its lowest to its highest point."""
        return self.top - self.bottom

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    def goes_on(self, left: float, bottom: float, height: float) -> bool:
        """Whether a letter that begins at `left` belongs to this word."""
        return abs(bottom - self.bottom) < 0.5 * height and -0.6 * height < left - self.right < 0.25 * height


@dataclass(slots=True)
class Line:
    """What stands side by side on a page; `cells` of one part are prose."""

    cells: list[Word] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its words; a wide gap parts columns."""
        parts = [self.cells[0].text]
        for before, word in zip(self.cells, self.cells[1:], strict=False):
            wide = word.left - before.right > WIDE * word.height
            parts.append((" | " if wide else " ") + word.text)
        return "".join(parts)

    @property
    def is_prose(self) -> bool:
        """Whether it has one column."""
        return " | " not in self.text


def _lines(words: Iterable[Word]) -> list[Line]:
    """Words whose middles lie within each other's height stand on one line; from the top down."""
    lines: list[Line] = []
    for word in sorted(words, key=lambda w: -w.middle[1]):
        last = lines[-1].cells[0] if lines else None
        if last and last.bottom < word.middle[1] < last.top and word.bottom < last.middle[1] < word.top:
            lines[-1].cells.append(word)
        else:
            lines.append(Line([word]))
    for line in lines:
        line.cells.sort(key=lambda w: w.left)
    return lines


def layout(words: list[Word], grids: list[Table]) -> str:
    """A page's text from the top down, the rows of its tables in their place."""
    in_table: dict[int, list[Word]] = {}
    free: list[Word] = []
    for word in words:
        index = next((i for i, grid in enumerate(grids) if grid.holds(*word.middle)), None)
        (free if index is None else in_table.setdefault(index, [])).append(word)
    blocks: list[tuple[float, str]] = []
    for index, inside in in_table.items():
        grid = grids[index]
        rows = grid.rows((w.middle, w.text) for line in _lines(inside) for w in line.cells)
        blocks.append((grid.top, "\n".join(rows)))
    paragraphs = list(_paragraphs(_lines(free), [top for top, _ in blocks]))
    return "\n".join(text for _, text in sorted(blocks + paragraphs, key=lambda b: -b[0]))


def _paragraphs(lines: list[Line], tops: list[float]) -> Iterator[tuple[float, str]]:
    """Lines joined again where they were only wrapped: the one before is full, the next is not indented."""
    margin = max((line.cells[-1].right for line in lines if line.is_prose), default=0.0)
    before: Line | None = None
    text, top = "", 0.0
    for line in lines:
        first = line.cells[0]
        table_between = before and any(first.top < t < before.cells[0].top for t in tops)
        if before and not table_between and _wraps(before, line, margin):
            text += " " + line.text
        else:
            if text:
                yield top, text
            text, top = line.text, first.top
        before = line
    if text:
        yield top, text


def _wraps(before: Line, line: Line, margin: float) -> bool:
    last, first = before.cells[-1], line.cells[0]
    # Where the next word had room on the line before, somebody began a new one.
    full = last.right + 0.25 * last.height + first.right - first.left > margin
    near = before.cells[0].bottom - first.top < 1.0 * first.height
    alike = abs(last.height - first.height) < 0.2 * first.height
    indented = first.left > before.cells[0].left + 0.5 * first.height
    if not (full and near and alike) or indented or not before.is_prose or not line.is_prose:
        return False
    opening = _OPENS.match(line.text)
    return opening is None or (bool(opening["label"]) and not line.text[0].isupper())
