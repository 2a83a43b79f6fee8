"""The points of hotline or contact (`crawler/extract/phone_points.json`) fitted again over labelled numbers.

pip install -e '.[fit]'; python -m bench.fit_phones [FILE …] [--write]

The cases of tests/gold/phone_cases.jsonl take part in every fit.
"""

from __future__ import annotations

from bench.fitting import Example, Way, main
from bench.score import GOLD, Record, read
from crawler.extract.facts import phone_evidence
from crawler.extract.fitted import names_of
from crawler.extract.normalise import normalise
from crawler.extract.plain import read_plain
from crawler.model import Context, Text

CASES = GOLD / "phone_cases.jsonl"
CONTEXT = Context(province="Hà Tĩnh")
WAY = Way(least=2, strength=48.0, of_signs=0.2)


def examples_of(number: int, record: Record) -> list[Example]:
    """The signs, words and kind of each place of a notice that gives a labelled number; no fax."""
    wanted = {phone["dial"]: phone["kind"] for phone in record["gold"]["phones"]}
    plain = read_plain(record["text"], record["url"] or "")
    context = Context(record["url"] or "", plain.province, None, plain.published)
    return [
        Example(number, signs, names_of(words), wanted[dial] == "hotline")
        for dial, signs, words in phone_evidence(plain.text, context)
        if wanted.get(dial, "fax") != "fax"
    ]


def examples_of_case(case: Record) -> list[Example]:
    """Those of a case: a text without a page round it unless it says so, and the kinds of its numbers."""
    text = read_plain(case["text"], "").text if case.get("page") else Text(normalise(case["text"]))
    found = phone_evidence(text, CONTEXT)
    told = [kind for kind in case["kinds"] if kind != "fax"]
    return [
        Example(-1, signs, names_of(words), kind == "hotline")
        for (_, signs, words), kind in zip(found, told, strict=True)
        if kind
    ]


if __name__ == "__main__":
    cases = [example for case in read(CASES) for example in examples_of_case(case)]
    main("phone", __doc__, WAY, examples_of, cases)
