"""Points of signs and words fitted over labelled notices: one regression for all of `crawler/extract`'s.

Needs scikit-learn: `make fit`.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Callable, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bench.score import COMPOSED, OWN, SHARED, Record, read
from crawler.extract import fitted

FOLDS, SHUFFLES = 10, 4


@dataclass(frozen=True, slots=True)
class Example:
    """Something labelled: the notice that it stands in, its signs and words, and what it is.

    `told` is what rules say that come before any point; None where points decide.
    """

    notice: int
    signs: Set[str]
    words: Set[str]
    label: bool
    told: bool | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How points are fitted: a word that fewer than `least` examples have says nothing.

    `strength` is the inverse of how strongly small coefficients are preferred, `of_signs` what a sign counts
    where all words together count one.
    """

    least: int
    strength: float
    of_signs: float


class Model:
    """Signs and words with their coefficients."""

    def __init__(self, examples: list[Example], way: Way) -> None:
        self.way = way
        counts = Counter(word for example in examples for word in example.words)
        self.words = sorted(word for word, count in counts.items() if count >= way.least)
        self.signs = sorted({sign for example in examples for sign in example.signs})
        self.signs_at = {name: n for n, name in enumerate(self.signs)}
        self.words_at = {word: n for n, word in enumerate(self.words, len(self.signs))}
        self.regression = LogisticRegression(C=way.strength, max_iter=5000)
        self.regression.fit(self._matrix(examples), [example.label for example in examples])

    def _matrix(self, examples: list[Example]) -> Any:
        """A row an example: signs as they count, words sharing the weight of one."""
        rows, columns, values = [], [], []
        for row, example in enumerate(examples):
            known = [self.words_at[word] for word in example.words if word in self.words_at]
            signs = [self.signs_at[sign] for sign in example.signs if sign in self.signs_at]
            rows += [row] * (len(known) + len(signs))
            columns += known + signs
            values += [1 / math.sqrt(len(known))] * len(known) + [self.way.of_signs] * len(signs)
        return csr_matrix((values, (rows, columns)), (len(examples), len(self.signs) + len(self.words)))

    def right(self, examples: list[Example]) -> int:
        """How many examples are told right."""
        told = self.regression.predict(self._matrix(examples))
        return sum(
            (bool(t) if e.told is None else e.told) == e.label for e, t in zip(examples, told, strict=True)
        )

    def told(self) -> dict[str, Any]:
        """The points as the extractor reads them; a word of none is kept, since it shares the weight."""
        points = self.regression.coef_[0]
        signs = {n: round(self.way.of_signs * points[at], 3) for n, at in self.signs_at.items()}
        words = {word: round(points[at], 3) for word, at in self.words_at.items()}
        needed = round(-self.regression.intercept_[0], 3)
        return {"needed": needed, "signs": signs, "words": words}


def labelled(files: list[Path]) -> list[Record]:
    """All labelled notices but the held-out ones, which never take part."""
    return [record for path in (OWN, COMPOSED, SHARED, *files) if path.exists() for record in read(path)]


def options_of(module_doc: str | None) -> argparse.Namespace:
    """What every command of a fit is told: further `files` of labelled notices, and whether to `write`."""
    parser = argparse.ArgumentParser(description=(module_doc or "").partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, help="further labelled notices, JSON Lines")
    parser.add_argument("--write", action="store_true", help="put the points in the place of those in use")
    return parser.parse_args()


def store(name: str, told: dict[str, Any]) -> None:
    """Put points in the place of those in use (`covid`: crawler/extract/covid_points.json)."""
    text = json.dumps(told, ensure_ascii=False, indent=0, sort_keys=True)
    Path(fitted.__file__).with_name(f"{name}_points.json").write_text(text + "\n", encoding="utf-8")


def main(
    name: str,
    module_doc: str | None,
    way: Way,
    examples_of: Callable[[int, Record], list[Example]],
    always: list[Example],
) -> None:
    """The command of a fit: say how many examples cross-validation by notice gets right; store if asked to.

    `examples_of` gives those of a notice and its number, `always` take part in every fit and are not counted.
    """
    options = options_of(module_doc)
    records = enumerate(labelled(options.files))
    examples = [example for number, record in records for example in examples_of(number, record)]
    notices = sorted({example.notice for example in examples})
    right = 0
    for seed in range(SHUFFLES):
        order = numpy.random.RandomState(seed).permutation(notices)
        for part in numpy.array_split(order, FOLDS):
            test = set(part.tolist())
            train = [example for example in examples if example.notice not in test]
            model = Model([*train, *always], way)
            right += model.right([example for example in examples if example.notice in test])
    print(f"{len(examples)} of {len(notices)} notices: {right / SHUFFLES / len(examples):.3f} right")
    if options.write:
        store(name, Model([*examples, *always], way).told())
