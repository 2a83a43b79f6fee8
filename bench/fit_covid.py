"""The points of COVID-19 or not (`crawler/extract/covid_points.json`) fitted again over labelled texts.

    pip install -e '.[fit]'; python -m bench.fit_covid [FILE …] [--write]

The cases of tests/gold/cases.jsonl, which are near the line, take part in every fit, each twice: they
stand for many.
"""

from __future__ import annotations

from datetime import date

from bench.fitting import Example, Way, main
from bench.score import GOLD, Record, read
from crawler.extract import covid
from crawler.extract.facts import covid_evidence
from crawler.extract.fitted import names_of
from crawler.extract.normalise import normalise
from crawler.extract.plain import read_plain
from crawler.model import Context, Text

CASES = GOLD / "cases.jsonl"
WAY = Way(least=3, strength=10.0, of_signs=0.5)


def examples_of(number: int, record: Record) -> list[Example]:
    """The signs and words of a notice, which is one example."""
    plain = read_plain(record["text"], record["url"] or "")
    context = Context(record["url"] or "", plain.province, None, plain.published)
    return [example_of(number, plain.text, context, bool(record["gold"]["covid"]))]


def example_of(number: int, text: Text, context: Context, label: bool) -> Example:
    """A text with what is weighed of it."""
    sure, found, when = covid_evidence(text, context)
    signs = found.signs | ({when} if when else set())
    return Example(number, signs, names_of(covid.words_of(text)), label, True if sure else None)


def examples_of_case(case: Record) -> list[Example]:
    """One of a case: a text without a page round it, posted in the year of most notices."""
    if case["url"]:
        return examples_of(-1, case)
    context = Context(published=date(2021, 8, 1))
    return [example_of(-1, Text(normalise(case["text"])), context, bool(case["gold"]["covid"]))]


if __name__ == "__main__":
    cases = [example for case in read(CASES) for example in examples_of_case(case)]
    main("covid", __doc__, WAY, examples_of, 2 * cases)
