"""The points of `crawler/extract/roles.py` fitted again: a logistic regression over labelled documents.

    python -m bench.fit [FILE …]      further labelled notices, JSON Lines; the held-out ones never take part

Prints the points in use beside the fitted ones, and how many roles cross-validation by notice gets right.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from bench.score import COMPOSED, OWN, SHARED, Record, key_of, read
from crawler.extract import roles
from crawler.extract.documents import distinct_documents, latest_day
from crawler.extract.facts import numbers_and_days
from crawler.extract.plain import read_plain
from crawler.model import Context

#: Points are coefficients times this, rounded.
SCALE = 3
#: How strongly small coefficients are preferred, and how the descent steps.
DECAY, RATE, ROUNDS = 0.0002, 1.0, 800
FOLDS = 5

Row = tuple[int, set[str], bool]


def rows_of(records: list[Record]) -> list[Row]:
    """The notice, the signs and the role of each labelled document."""
    rows: list[Row] = []
    for number, record in enumerate(records):
        wanted = {key_of(d): d["role"] == "subject" for d in record["gold"]["documents"]}
        plain = read_plain(record["text"], record["url"] or "")
        text, posted = plain.text, plain.published
        context = Context(record["url"] or "", plain.province, None, posted)
        hits, days = numbers_and_days(text, context)
        keys, known = distinct_documents(text, context, hits, days)
        if roles.listed(text, hits, keys, known):
            continue
        placed = [(hit, key) for hit, key in zip(hits, keys, strict=True) if key in known]
        signs = roles.signs_of(text, hits, placed, known, posted, latest_day(days, known.values()))
        for key, document in known.items():
            named = key_of({"number": document.number, "type": document.type})
            if named in wanted:
                rows.append((number, signs[key], wanted[named]))
    return rows


def fit(rows: list[Row], names: list[frozenset[str]]) -> list[float]:
    """Coefficients of the names and, last, the intercept, by gradient descent with momentum."""
    data = [([i for i, name in enumerate(names) if name <= signs], role) for _, signs, role in rows]
    weights = [0.0] * (len(names) + 1)
    speed = [0.0] * len(weights)
    for _ in range(ROUNDS):
        slope = [DECAY * w for w in weights]
        slope[-1] = 0.0
        for there, role in data:
            total = weights[-1] + sum(weights[i] for i in there)
            error = (1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - role) / len(data)
            slope[-1] += error
            for i in there:
                slope[i] += error
        speed = [0.9 * s - RATE * g for s, g in zip(speed, slope, strict=True)]
        weights = [w + s for w, s in zip(weights, speed, strict=True)]
    return weights


def right(rows: list[Row], names: list[frozenset[str]], weights: list[float]) -> int:
    """How many roles some coefficients get right."""
    return sum(
        (weights[-1] + sum(w for name, w in zip(names, weights, strict=False) if name <= signs) > 0) == role
        for _, signs, role in rows
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, help="further labelled notices, JSON Lines")
    options = parser.parse_args()
    paths = [OWN, COMPOSED, *([SHARED] if SHARED.exists() else []), *options.files]
    rows = rows_of([record for path in paths for record in read(path)])
    names = [name for name, _ in roles._WEIGHTS]
    weights = fit(rows, names)
    for (name, points), weight in zip(roles._WEIGHTS, weights, strict=False):
        print(f"{' '.join(sorted(name)):24} {points:4} {round(weight * SCALE):4}")
    print(f"{'needed':24} {roles._NEEDED:4} {round(-weights[-1] * SCALE):4}")
    held = 0
    for fold in range(FOLDS):
        train, test = ([r for r in rows if (r[0] % FOLDS == fold) is part] for part in (False, True))
        held += right(test, names, fit(train, names))
    print(f"{len(rows)} documents: cross-validation by notice gets {held / len(rows):.3f} right")


if __name__ == "__main__":
    main()
