"""The points of `crawler/extract/covid_points.json` fitted again: a logistic regression over labelled texts.

    pip install -e '.[fit]'; python -m bench.fit_covid [FILE …] [--write]

FILE: further labelled notices, JSON Lines; the held-out ones never take part. Notices of what is near the
line (those of tests/gold/cases.jsonl with an address) always do. Prints how many notices cross-validation
gets right; with `--write` the points of all take the place of those in use.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy
from sklearn.linear_model import LogisticRegression

from bench.score import COMPOSED, GOLD, OWN, SHARED, Record, read
from crawler.extract import covid
from crawler.extract.facts import covid_evidence
from crawler.extract.plain import read_plain
from crawler.model import Context

CASES = GOLD / "cases.jsonl"
OUT = Path(covid.__file__).with_name("covid_points.json")
#: A word that fewer notices have says nothing.
LEAST = 3
#: The inverse of how strongly small coefficients are preferred; a sign counts half as a word does.
STRENGTH, OF_SIGNS = 10.0, 0.5
FOLDS, SHUFFLES = 10, 4

Seen = tuple[frozenset[str], frozenset[str]]


def seen_in(record: Record) -> tuple[bool, Seen]:
    """Whether rules decide before any point does, and the signs and words of a notice."""
    plain = read_plain(record["text"], record["url"] or "")
    context = Context(record["url"] or "", plain.province, None, plain.published)
    sure, found, when = covid_evidence(plain.text, context)
    return sure, (found.signs | ({when} if when else set()), covid.words_of(plain.text))


class Model:
    """Signs and words with their coefficients."""

    def __init__(self, seen: list[Seen], labels: list[bool]) -> None:
        counts = Counter(word for _, words in seen for word in words)
        self.words = sorted(word for word, count in counts.items() if count >= LEAST)
        self.signs = sorted({sign for signs, _ in seen for sign in signs})
        self.places = {name: n for n, name in enumerate([*self.signs, *(f"={word}" for word in self.words)])}
        self.regression = LogisticRegression(C=STRENGTH, max_iter=5000)
        self.regression.fit(self.matrix(seen), labels)

    def matrix(self, seen: list[Seen]) -> Any:
        """A row a notice: signs as they count, words sharing the weight of one."""
        made = numpy.zeros((len(seen), len(self.places)))
        for row, (signs, words) in zip(made, seen, strict=True):
            known = [f"={word}" for word in words if f"={word}" in self.places]
            for name in signs:
                if name in self.places:
                    row[self.places[name]] = OF_SIGNS
            for name in known:
                row[self.places[name]] = 1 / math.sqrt(len(known))
        return made

    def told(self) -> dict[str, Any]:
        """The points as the extractor reads them."""
        points = dict(zip(self.places, self.regression.coef_[0], strict=True))
        signs = {name: round(OF_SIGNS * points[name], 3) for name in self.signs}
        words = {word: round(points[f"={word}"], 3) for word in self.words}
        return {"needed": round(-self.regression.intercept_[0], 3), "signs": signs, "words": words}


def main() -> None:
    """Cross-validate, and write the points if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, help="further labelled notices, JSON Lines")
    parser.add_argument("--write", action="store_true", help=f"write {OUT.name}")
    options = parser.parse_args()
    records = [r for path in (OWN, COMPOSED, SHARED, *options.files) if path.exists() for r in read(path)]
    cases = [case for case in read(CASES) if case["url"]]
    found = [seen_in(record) for record in [*records, *cases]]
    labels = [bool(record["gold"]["covid"]) for record in [*records, *cases]]
    right = 0
    for seed in range(SHUFFLES):
        order = numpy.random.RandomState(seed).permutation(len(records))
        for test in numpy.array_split(order, FOLDS):
            train = sorted(set(range(len(found))) - set(test))  # the cases always take part
            model = Model([found[n][1] for n in train], [labels[n] for n in train])
            told = model.regression.predict(model.matrix([found[n][1] for n in test]))
            right += sum((found[n][0] or bool(t)) == labels[n] for n, t in zip(test, told, strict=True))
    print(f"{len(records)} notices: cross-validation gets {right / SHUFFLES / len(records):.3f} right")
    if options.write:
        points = Model([seen for _, seen in found], labels).told()
        OUT.write_text(
            json.dumps(points, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
