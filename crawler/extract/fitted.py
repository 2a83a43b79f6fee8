"""Points that were fitted over labelled notices: what signs and words together decide."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from pathlib import Path

#: A word of a text in lower case, of Latin letters: a third faster to find than whatever Unicode calls one.
WORD = re.compile(r"[a-zß-öø-ɏḀ-ỿ]+")


#: The words and pairs of neighbours round something, by the place that they stand in (`near`, `title`).
Words = dict[str, Set[str | tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Weighed:
    """What signs and words weigh over what is needed; of each known word its points and its name."""

    points: float
    known: list[tuple[float, str]]

    def reasons(self, most: int) -> list[str]:
        """The words that spoke most for what was told, without the place of each (`giải đáp`).

        Of words within others the longest.
        """
        told = self.points > 0
        spoke = sorted(((p, name) for p, name in self.known if (p > 0 if told else p < 0)), key=_NAME)
        spoke.sort(key=_POINTS, reverse=told)
        chosen: list[str] = []
        for phrase in (name.partition(":")[2].replace("_", " ") for _, name in spoke[: 4 * most]):
            within = next((n for n, other in enumerate(chosen) if other in phrase or phrase in other), None)
            if within is None:
                chosen.append(phrase)
            else:
                chosen[within] = max(chosen[within], phrase, key=len)
        return chosen[:most]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The points of each sign and each word, and how many are needed (`bench/fitting.py` fits them)."""

    needed: float
    signs: Mapping[str, float]
    words: Mapping[str, Mapping[str | tuple[str, str], tuple[float, str]]]

    @classmethod
    def named(cls, name: str) -> Fitted:
        """The points of a file beside this module (`covid` reads covid_points.json)."""
        file = Path(__file__).with_name(f"{name}_points.json")
        stored = json.loads(file.read_text(encoding="utf-8"))
        words: dict[str, dict[str | tuple[str, str], tuple[float, str]]] = {}
        for key, points in stored["words"].items():
            place, _, word = key.rpartition(":")
            one, _, two = word.partition("_")
            words.setdefault(place, {})[(one, two) if two else one] = points, key
        return cls(stored["needed"], stored["signs"], words)

    def weigh(self, signs: Iterable[str], words: Words) -> Weighed:
        """What signs and words weigh: more than 0 points is a yes.

        Words share their weight: of many each says less.
        """
        known: list[tuple[float, str]] = []
        for place, found in words.items():
            if table := self.words.get(place):
                known += filter(None, map(table.get, found))
        shared = math.fsum(map(_POINTS, known)) / math.sqrt(len(known)) if known else 0.0
        return Weighed(math.fsum(self.signs.get(sign, 0.0) for sign in signs) + shared - self.needed, known)


_POINTS, _NAME = itemgetter(0), itemgetter(1)


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
