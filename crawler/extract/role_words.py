"""The words round each document of a text, of which some tell its role."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from crawler.extract.fitted import WORD, Words, words_in
from crawler.extract.numbers import NumberHit
from crawler.extract.reported import lead
from crawler.extract.scan import lowered
from crawler.model import Citation, Text

_END = re.compile(r"\n|\. |; ")
# The day of a number and brackets tell nothing: "số 6830/UBND-VP ngày 15/6/2021 (hỏa tốc) của UBND tỉnh".
_DAY_OR_BRACKET = re.compile(r"ngày\s*[\d/.\- ]+(?:tháng \d+ năm \d{4})?|\([^()\n]*\)")
_BEHIND = 120
#: So many words count of the clause before a number, of its sentence, and behind it; from the next sentence.
_CLAUSE, _SENTENCE, _AFTER, _NEXT = 8, 20, 8, 4
#: A number named this often is named often; so many documents are many.
_OFTEN, _MANY = 4, 6
_LONGEST_SYMBOL = 12
_SEPARATOR = re.compile(r"[/-]")


def words_of(
    text: Text, placed: Sequence[tuple[NumberHit, str]], known: Mapping[str, Citation]
) -> dict[str, Words]:
    """What stands round the places of each document, what it is called, where among the others it comes.

    `placed` are the hits with the key of each one's document, `known` the documents by key.
    """
    found: dict[str, Words] = {}
    named: dict[str, list[NumberHit]] = {}
    for hit, key in placed:
        named.setdefault(key, []).append(hit)
        if text.zone_at(hit.start) != "chrome":
            here = _round(text, hit)
            found[key] = {place: found[key][place] | here[place] for place in here} if key in found else here
    count, length = len(named), len(text.value)
    return {
        key: found.get(key, {}) | _of_document(known[key], hits, order, count, length)
        for order, (key, hits) in enumerate(named.items())
    }


def _round(text: Text, hit: NumberHit) -> Words:
    """The words of one place."""
    low = lowered(text.value)
    _, sentence, clause = lead(text.value, hit.noun_at)
    behind = _END.split(low[hit.end : hit.end + _BEHIND], maxsplit=1)[0]
    end = hit.end + len(behind)
    last = WORD.findall(clause)[-_CLAUSE:]
    first = WORD.findall(_DAY_OR_BRACKET.sub("", behind))[:_AFTER]
    return {
        "clause": {*last, *pairwise(last)},
        "sentence": set(WORD.findall(sentence)[-_SENTENCE:]),
        "last": {last[-1] if last else "^"},
        "last two": {*pairwise(last[-2:])},
        "behind": {*first, *pairwise(first)},
        "first": {*first[:1]},
        "first two": {*pairwise(first[:2])},
        "next": words_in(low[end + 1 : end + 60], _NEXT),
        "zone": {text.zone_at(hit.start)},
        "noun": {(hit.noun or "").lower()},
    }


def _of_document(document: Citation, hits: Sequence[NumberHit], order: int, count: int, length: int) -> Words:
    """What a document is called, and where it comes among `count` others in a text of some length."""
    symbol = "-".join(_SEPARATOR.split(document.number)[1:])[:_LONGEST_SYMBOL]
    place = str(min(order, _OFTEN))
    return {
        "symbol": {symbol},
        "type": {str(document.type)},
        "order": {place},
        "documents": {str(min(count, _MANY))},
        "named": {str(min(len(hits), _OFTEN))},
        "order of documents": {(place, str(min(count, _OFTEN)))},
        "tenth": {str(10 * hits[0].start // (length + 1))},
    }
