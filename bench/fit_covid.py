"""The points of COVID-19 or not (`crawler/extract/covid_points.json`) fitted again over labelled texts.

    pip install -e '.[fit]'; python -m bench.fit_covid [FILE …] [--write]

Notices of what is near the line (those of tests/gold/cases.jsonl with an address) take part in every fit, each
twice: they stand for many.
"""

from __future__ import annotations

from bench.fitting import Example, Way, main
from bench.score import GOLD, Record, read
from crawler.extract import covid
from crawler.extract.facts import covid_evidence
from crawler.extract.fitted import names_of
from crawler.extract.plain import read_plain
from crawler.model import Context

CASES = GOLD / "cases.jsonl"
WAY = Way(least=3, strength=10.0, of_signs=0.5)


def examples_of(number: int, record: Record) -> list[Example]:
    """The signs and words of a notice, which is one example."""
    plain = read_plain(record["text"], record["url"] or "")
    context = Context(record["url"] or "", plain.province, None, plain.published)
    sure, found, when = covid_evidence(plain.text, context)
    signs = found.signs | ({when} if when else set())
    label = bool(record["gold"]["covid"])
    return [Example(number, signs, names_of(covid.words_of(plain.text)), label, True if sure else None)]


if __name__ == "__main__":
    cases = [example for case in read(CASES) if case["url"] for example in examples_of(-1, case)]
    main("covid", __doc__, WAY, examples_of, 2 * cases)
