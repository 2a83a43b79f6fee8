"""Points that were fitted over labelled notices: what signs and words together decide."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

#: A word, without digits.
WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Fitted:
    """The points of each sign and each word, and how many are needed (`bench/fitting.py` fits them)."""

    needed: float
    signs: Mapping[str, float]
    words: Mapping[str, float]

    @classmethod
    def named(cls, name: str) -> Fitted:
        """The points of a file beside this module (`covid` reads covid_points.json)."""
        file = Path(__file__).with_name(f"{name}_points.json")
        return cls(**json.loads(file.read_text(encoding="utf-8")))

    def points(self, signs: Iterable[str], words: Iterable[str]) -> float:
        """What signs and words weigh over what is needed: more than 0 is a yes.

        Words share their weight: of many each says less.
        """
        look_up = self.words.get
        known = [points for word in words if (points := look_up(word)) is not None]
        shared = math.fsum(known) / math.sqrt(len(known)) if known else 0.0
        return math.fsum(self.signs.get(sign, 0.0) for sign in signs) + shared - self.needed

    def reasons(self, words: Iterable[str], told: bool, most: int) -> list[str]:
        """The words that spoke most for what was `told`, without the place of each (`near:giải_đáp`).

        Of words within others the longest.
        """
        sign = 1 if told else -1
        spoke = sorted((-sign * self.words.get(word, 0.0), word) for word in words)[: 4 * most]
        chosen: list[str] = []
        for phrase in (w.partition(":")[2].replace("_", " ") for points, w in spoke if points < 0):
            within = next((n for n, other in enumerate(chosen) if other in phrase or phrase in other), None)
            if within is None:
                chosen.append(phrase)
            else:
                chosen[within] = max(chosen[within], phrase, key=len)
        return chosen[:most]


def words_in(text: str, place: str, most: int | None = None) -> set[str]:
    """The words and pairs of neighbours of a text, each with the place that it stands in (`near:liên_hệ`).

    Of the first `most` words, or where it is negative of the last.
    """
    found = WORD.findall(text)
    if most is not None:
        found = found[:most] if most >= 0 else found[most:]
    return {f"{place}:{word}" for word in found} | {f"{place}:{one}_{two}" for one, two in pairwise(found)}
