"""The points of a document's role (`crawler/extract/role_points.json`) fitted again over labelled documents.

    pip install -e '.[fit]'; python -m bench.fit_roles [FILE …] [--write]

Documents of pages that are lists are no examples: their role is told without points. The cases of
tests/gold/role_cases.jsonl take part in every fit.
"""

from __future__ import annotations

from bench.fitting import Example, Way, main
from bench.score import GOLD, Record, key_of, read
from crawler.extract import roles
from crawler.extract.documents import distinct_documents, latest_day
from crawler.extract.facts import numbers_and_days
from crawler.extract.fitted import names_of
from crawler.extract.plain import read_plain
from crawler.extract.role_words import words_of
from crawler.model import Citation, Context

CASES = GOLD / "role_cases.jsonl"
WAY = Way(least=3, strength=24.0, of_signs=0.28)


def examples_of(number: int, record: Record) -> list[Example]:
    """The signs, words and role of each labelled document of a notice."""
    wanted = {key_of(d): d["role"] == "subject" for d in record["gold"]["documents"]}
    found = seen_in(record["text"], record["url"] or "")
    named = {key_of({"number": d.number, "type": d.type}): key for key, (d, _, _) in found.items()}
    return [Example(number, *found[named[name]][1:], role) for name, role in wanted.items() if name in named]


def examples_of_case(case: Record) -> list[Example]:
    """Those of a case: a text, and the numbers that it is about."""
    found = seen_in(case["text"], "").values()
    return [Example(-1, signs, words, d.number in case["subjects"]) for d, signs, words in found]


def seen_in(value: str, url: str) -> dict[str, tuple[Citation, set[str], set[str]]]:
    """The documents of a text with their signs and words; none of a list."""
    plain = read_plain(value, url)
    text, posted = plain.text, plain.published
    context = Context(url, plain.province, None, posted)
    hits, days = numbers_and_days(text, context)
    keys, known = distinct_documents(text, context, hits, days)
    if roles.listed(text, hits, keys, known):
        return {}
    placed = [(hit, key) for hit, key in zip(hits, keys, strict=True) if key in known]
    signs = roles.signs_of(text, hits, placed, known, posted, latest_day(days, known.values()))
    words = words_of(text, placed, known)
    return {key: (document, signs[key], names_of(words[key])) for key, document in known.items()}


if __name__ == "__main__":
    cases = [example for case in read(CASES) for example in examples_of_case(case)]
    main("role", __doc__, WAY, examples_of, cases)
