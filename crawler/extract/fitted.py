"""Points that were fitted over labelled notices: what signs and words together decide."""

from __future__ import annotations

import heapq
import json
import math
import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

#: A word of a text in lower case, of Latin letters: a third faster to find than whatever Unicode calls one.
WORD = re.compile(r"[a-zß-öø-ɏḀ-ỿ]+")


#: The words and pairs of neighbours round something, by the place that they stand in (`near`, `title`).
Words = dict[str, Set[str | tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The points of each sign and each word, and how many are needed (`bench/fitting.py` fits them)."""

    needed: float
    signs: Mapping[str, float]
    words: Mapping[str, Mapping[str | tuple[str, str], float]]

    @classmethod
    def named(cls, name: str) -> Fitted:
        """The points of a file beside this module (`covid` reads covid_points.json)."""
        file = Path(__file__).with_name(f"{name}_points.json")
        stored = json.loads(file.read_text(encoding="utf-8"))
        words: dict[str, dict[str | tuple[str, str], float]] = {}
        for key, points in stored["words"].items():
            place, _, word = key.rpartition(":")
            one, _, two = word.partition("_")
            words.setdefault(place, {})[(one, two) if two else one] = points
        return cls(stored["needed"], stored["signs"], words)

    def points(self, signs: Iterable[str], words: Words) -> float:
        """What signs and words weigh over what is needed: more than 0 is a yes.

        Words share their weight: of many each says less.
        """
        known: list[float] = []
        for place, found in words.items():
            if table := self.words.get(place):
                known += map(table.__getitem__, table.keys() & found)
        shared = math.fsum(known) / math.sqrt(len(known)) if known else 0.0
        return math.fsum(self.signs.get(sign, 0.0) for sign in signs) + shared - self.needed

    def reasons(self, words: Words, told: bool, most: int) -> list[str]:
        """The words that spoke most for what was `told`, without the place of each (`giải đáp`).

        Of words within others the longest.
        """
        sign = -1 if told else 1
        spoke: list[tuple[float, str, str]] = []
        for place, found in words.items():
            table = self.words.get(place, {})
            for word in table.keys() & found:
                if sign * table[word] < 0:
                    spoke.append(
                        (sign * table[word], place, word if isinstance(word, str) else "_".join(word))
                    )
        chosen: list[str] = []
        for phrase in (word.replace("_", " ") for _, _, word in heapq.nsmallest(4 * most, spoke)):
            within = next((n for n, other in enumerate(chosen) if other in phrase or phrase in other), None)
            if within is None:
                chosen.append(phrase)
            else:
                chosen[within] = max(chosen[within], phrase, key=len)
        return chosen[:most]


def words_in(text: str, most: int | None = None) -> set[str | tuple[str, str]]:
    """Words and pairs of neighbours of a text: of its first `most` words, or where negative of its last."""
    found = WORD.findall(text)
    if most is not None:
        found = found[:most] if most >= 0 else found[most:]
    words: set[str | tuple[str, str]] = set(found)
    words.update(pairwise(found))
    return words


def names_of(words: Words) -> set[str]:
    """Words by the names that they have in files of points: `near:liên_hệ`, `title:dịch`."""
    return {
        f"{place}:" * bool(place) + (word if isinstance(word, str) else "_".join(word))
        for place, found in words.items()
        for word in found
    }
