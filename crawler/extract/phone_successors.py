"""Which number a text names in the place of one that it takes out of use."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from crawler.extract.scan import lowered

#: What may stand between two numbers that are told of together.
TOGETHER = re.compile(r"\s*(?:\([^()\n]{0,50}\))?\s*(?:,|/|-|–|và|hoặc)\s*")
# Everything below is matched against lower-case text: of the gap between two numbers, or of what stands
# before one in its sentence.
_ASIDE = r"\s*(?:\([^()\n]{0,50}\))?"
_TO = r"(?:bằng|bởi|thành|sang|là)\b[^\d,;.\n]{0,30}"
_FOR = re.compile(
    rf"{_ASIDE}[^\d;\n]{{0,60}}(?<!được )(?<!bị )\bthay(?: thế)?(?! vì| bằng| bởi)\b[^\d;.\n]{{0,40}}"
)
_TURNED_INTO = re.compile(rf"{_ASIDE}[^\d;.\n]{{0,30}}\b(?:thay|đổi|chuyển)\b[^\d,;.\n]{{0,15}}{_TO}")
_INTO = re.compile(rf"{_ASIDE}\s*{_TO}")
_CHANGES = re.compile(r"\b(?:thay|đổi|chuyển)\b[^\d;\n]*$")
_INSTEAD_OF = re.compile(r"thay vì[^\d,;.\n]{0,30}$")
_CALL = re.compile(rf"{_ASIDE}[^\d;.\n]{{0,40}}\bgọi\b[^\d,;.\n]{{0,30}}")
_NEW = re.compile(r"\bmới\b|\bnay\b|từ (?:ngày|hôm|\d)")
_NEW_BESIDE = re.compile(r"\bmới\b[^\d,;.\n]{0,25}$")
_OLD_BESIDE = re.compile(r"\bcũ\b[^\d,;.\n]{0,15}$")
_OLD_ONE = re.compile(r"\s*(?:đầu )?số (?:điện thoại |máy )?cũ\b[^\d,;.\n]{0,15}")
_END = re.compile(r"\n|[.!?…]\s")
#: How far a sentence is followed from its first number; how near to a number stands what tells of it.
_BACK, _NEAR = 200, 90


@dataclass(frozen=True, slots=True)
class Mention:
    """One place of a number: its span, what a person dials, and the heading of its table's column."""

    start: int
    end: int
    dial: str
    column: str


def successors(value: str, mentions: Sequence[Mention], out: Collection[str]) -> dict[str, str]:
    """The number that replaces each of those `out` of use, where the text says it and says one."""
    if not out:
        return {}
    found: dict[str, set[str]] = {}
    before: list[Mention] = []
    for sentence in _sentences(value, mentions):
        if any(mention.dial in out for mention in sentence):
            words = _Words(lowered(value), sentence, out)
            for old, new in (*words.told(), *words.told_behind(before), *words.tabled()):
                found.setdefault(old, set()).add(new)
        before = sentence
    return {old: new.pop() for old, new in found.items() if len(new) == 1}


def _sentences(value: str, mentions: Sequence[Mention]) -> Iterator[list[Mention]]:
    """The mentions, those of each sentence together."""
    held = list(mentions[:1])
    for one, other in pairwise(mentions):
        if _END.search(value, one.end, other.start):
            yield held
            held = []
        held.append(other)
    if held:
        yield held


class _Words:
    """The numbers of one sentence, the words between them, and which of them are out of use."""

    def __init__(self, low: str, numbers: list[Mention], out: Collection[str]) -> None:
        self.low, self.numbers, self.out = low, numbers, out
        floor = max(0, numbers[0].start - _BACK)
        ends = [hit.end() for hit in _END.finditer(low, floor, numbers[0].start)]
        self.begin = ends[-1] if ends else floor
        self.gaps = [low[a.end : b.start] for a, b in pairwise(numbers)]

    def before(self, place: int) -> str:
        """The last words between the number before one, or the sentence's beginning, and that one."""
        begin = self.numbers[place - 1].end if place else self.begin
        return self.low[max(begin, self.numbers[place].start - _NEAR) : self.numbers[place].start]

    def told(self) -> Iterator[tuple[str, str]]:
        """Old and new numbers of a sentence that says so: in so many words, or of one old and one new."""
        said = {}
        for place, number in enumerate(self.numbers):
            if number.dial in self.out and (new := self.ahead(place) or self.behind(place)):
                said[place] = new
        for place in range(len(self.numbers) - 2, -1, -1):  # "A và B được thay bằng C"
            together = place + 1 in said and TOGETHER.fullmatch(self.gaps[place])
            if together and place not in said and self.numbers[place].dial in self.out:
                said[place] = said[place + 1]
        yield from ((self.numbers[place].dial, new) for place, new in said.items())
        if not said and len(self.numbers) == 2:
            yield from self.of_two()

    def ahead(self, place: int) -> str | None:
        """The number behind one that it was changed into; None where two stand there."""
        if place + 1 >= len(self.numbers) or self.numbers[place + 1].dial in self.out:
            return None
        gap, before = self.gaps[place], self.before(place)
        changed = _TURNED_INTO.fullmatch(gap) or (_CHANGES.search(before) and _INTO.fullmatch(gap))
        instead = _INSTEAD_OF.search(before) and _CALL.fullmatch(gap)
        several = place + 2 < len(self.numbers) and TOGETHER.fullmatch(self.gaps[place + 1])
        return self.numbers[place + 1].dial if (changed or instead) and not several else None

    def behind(self, place: int) -> str | None:
        """The number before one that takes its place; None where two stand there."""
        if not place or self.numbers[place - 1].dial in self.out or not _FOR.fullmatch(self.gaps[place - 1]):
            return None
        several = place > 1 and TOGETHER.fullmatch(self.gaps[place - 2])
        return None if several else self.numbers[place - 1].dial

    def of_two(self) -> Iterator[tuple[str, str]]:
        """The old and the new of a sentence's two numbers: "nay gọi A, số cũ B thôi dùng"."""
        one, other = self.numbers
        if other.dial in self.out and one.dial not in self.out:
            if _NEW.search(self.before(0)) or _OLD_BESIDE.search(self.gaps[0]):
                yield other.dial, one.dial
        elif one.dial in self.out and other.dial not in self.out and _NEW_BESIDE.search(self.gaps[0]):
            yield one.dial, other.dial

    def told_behind(self, earlier: list[Mention]) -> Iterator[tuple[str, str]]:
        """ "Từ ngày 20/8 số trực là A. Số cũ B không sử dụng nữa.": the sentence before names one number."""
        if len(earlier) != 1 or len(self.numbers) != 1 or earlier[0].dial in self.out:
            return
        first = _Words(self.low, earlier, self.out)
        old_one = self.numbers[0].dial in self.out and _OLD_ONE.fullmatch(self.before(0))
        beside = "\n" not in self.low[earlier[0].end : self.begin]
        if old_one and beside and self.begin - earlier[0].end < _BACK and _NEW.search(first.before(0)):
            yield self.numbers[0].dial, earlier[0].dial

    def tabled(self) -> Iterator[tuple[str, str]]:
        """The two numbers of a table's row, one under "số cũ", one under "số mới"."""
        old = [n.dial for n in self.numbers if n.column.endswith("số cũ") and n.dial in self.out]
        new = [n.dial for n in self.numbers if n.column.endswith("mới") and n.dial not in self.out]
        if len(old) == len(new) == 1:
            yield old[0], new[0]
