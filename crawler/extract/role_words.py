"""The words round each document of a text, of which some tell its role."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from crawler.extract.fitted import WORD, words_in
from crawler.extract.numbers import NumberHit
from crawler.extract.reported import CLAUSE_ENDS
from crawler.extract.scan import after_last, lowered
from crawler.model import Citation, Text

_END = re.compile(r"\n|\. |; ")
# The day of a number and brackets tell nothing: "số 6830/UBND-VP ngày 15/6/2021 (hỏa tốc) của UBND tỉnh".
_DAY_OR_BRACKET = re.compile(r"ngày\s*[\d/.\- ]+(?:tháng \d+ năm \d{4})?|\([^()\n]*\)")
_BEFORE, _BEHIND = 200, 120
#: So many words count of the clause before a number, of its sentence, and behind it; from the next sentence.
_CLAUSE, _SENTENCE, _AFTER, _NEXT = 8, 20, 8, 4
#: A number named this often is named often; so many documents are many.
_OFTEN, _MANY = 4, 6
_LONGEST_SYMBOL = 12


def words_of(
    text: Text, placed: Sequence[tuple[NumberHit, str]], known: Mapping[str, Citation]
) -> dict[str, set[str]]:
    """What stands round the places of each document, what it is called, where among the others it comes.

    `placed` are the hits with the key of each one's document, `known` the documents by key.
    """
    found: dict[str, set[str]] = {key: set() for key in known}
    named: dict[str, list[NumberHit]] = {}
    for hit, key in placed:
        named.setdefault(key, []).append(hit)
        if text.zone_at(hit.start) != "chrome":
            found[key] |= _round(text, hit)
    for order, (key, hits) in enumerate(named.items()):
        found[key] |= _of_document(known[key], hits, order, len(named), len(text.value))
    return found


def _round(text: Text, hit: NumberHit) -> set[str]:
    """The words of one place."""
    low = lowered(text.value)
    before = low[max(0, hit.noun_at - _BEFORE) : hit.noun_at]
    clause, sentence = after_last(before, CLAUSE_ENDS), after_last(before, ("\n", ". "))
    words = words_in(clause, "clause", -_CLAUSE)
    words |= {f"sentence:{word}" for word in WORD.findall(sentence)[-_SENTENCE:]}
    last = WORD.findall(clause)[-2:]
    words.add(f"last:{last[-1] if last else '^'}")
    if len(last) > 1:
        words.add(f"last two:{last[0]}_{last[1]}")
    behind = _END.split(low[hit.end : hit.end + _BEHIND], maxsplit=1)[0]
    following = _DAY_OR_BRACKET.sub("", behind)
    words |= words_in(following, "behind", _AFTER)
    first = WORD.findall(following)[:2]
    if first:
        words.add(f"first:{first[0]}")
    if len(first) > 1:
        words.add(f"first two:{first[0]}_{first[1]}")
    end = hit.end + len(behind)
    words |= words_in(low[end + 1 : end + 60], "next", _NEXT)
    words |= {f"zone:{text.zone_at(hit.start)}", f"noun:{(hit.noun or '').lower()}"}
    return words


def _of_document(
    document: Citation, hits: Sequence[NumberHit], order: int, count: int, length: int
) -> set[str]:
    """What a document is called, and where it comes among `count` others in a text of some length."""
    symbol = "-".join(re.split(r"[/-]", document.number)[1:])[:_LONGEST_SYMBOL]
    place = min(order, _OFTEN)
    return {
        f"symbol:{symbol}", f"type:{document.type}", f"order:{place}", f"documents:{min(count, _MANY)}",
        f"named:{min(len(hits), _OFTEN)}", f"order of documents:{place}_{min(count, _OFTEN)}",
        f"tenth:{10 * hits[0].start // (length + 1)}",
    }  # fmt: skip
