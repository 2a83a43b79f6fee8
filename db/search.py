"""What a person types in a search box as an FTS5 query that never fails, with and without diacritics."""

from __future__ import annotations

import itertools
import re

from crawler.extract.normalise import normalise


def vi_fts(query: str | None) -> str:
    """An FTS5 query: each word or "phrase" quoted and joined by AND; ASCII words with d also search đ.

    unicode61 with remove_diacritics 2 folds every Vietnamese mark but the bar of đ, so `duong` becomes
    `("duong" OR "đuong")`. A word typed with diacritics is not widened. Nothing to search gives `""`.
    """
    text = normalise((query or "").replace("\0", " "))
    terms = []
    for phrase, word in re.findall(r'"([^"]*)"|([^\s"]+)', text):
        term = phrase or word
        if re.search(r"\w", term):
            terms.append(_variants(term))
    return " AND ".join(terms) or '""'


def _variants(term: str) -> str:
    places = [i for i, c in enumerate(term) if c in "dD"]
    if not term.isascii() or not places or len(places) > 4:
        return f'"{term}"'
    found = []
    for choice in itertools.product("dđ", repeat=len(places)):
        letters = list(term)
        for place, letter in zip(places, choice, strict=True):
            letters[place] = letter
        found.append('"' + "".join(letters) + '"')
    return "(" + " OR ".join(found) + ")"
