"""What a person types in a search box as an FTS5 query that never fails, with and without diacritics."""

from __future__ import annotations

import itertools
import json
import re
import unicodedata

from crawler.extract.normalise import normalise


def vi_fts(query: str | None) -> str:
    """An FTS5 query: each word or "phrase" quoted and joined by AND; ASCII words with d also search đ.

    unicode61 with remove_diacritics 2 folds every Vietnamese mark but the bar of đ, so `duong` becomes
    `("duong" OR "đuong")`. A word typed with diacritics is not widened. Nothing to search gives `""`.
    """
    found = []
    for term in _terms(query):
        quoted = [f'"{variant}"' for variant in _variants(term)]
        found.append(quoted[0] if len(quoted) == 1 else f"({' OR '.join(quoted)})")
    return " AND ".join(found) or '""'


def vi_phrase(query: str | None) -> str:
    """An FTS5 query of all words as one phrase, in all readings of d; "" for one word or many readings."""
    words = [word for term in _terms(query) for word in term.split()]
    readings = [*itertools.islice(itertools.product(*map(_variants, words)), MOST_READINGS + 1)]
    if len(words) < 2 or len(readings) > MOST_READINGS:
        return ""
    return " OR ".join('"{}"'.format(" ".join(reading)) for reading in readings)


#: Readings of a phrase that are worth asking for: each reads the places of all its words.
MOST_READINGS = 16


def hits(query: str) -> re.Pattern[str] | None:
    """What finds the words of a query, neighbours together, in a `folded` text; None when there are none.

    FTS5's own snippet() takes 19 s of a megabyte that repeats the word, and no time limit stops it.
    """
    phrases = []
    for term in _terms(query)[:24]:  # enough to show; each alternative costs time at every word
        for variant in _variants(term):
            words = re.findall(r"[^\W_]+", folded(variant))
            phrases.append(r"[\W_]+".join(map(re.escape, words)))
    alternatives = "|".join(sorted(set(phrases), key=len, reverse=True))
    word = rf"(?<![^\W_])(?:{alternatives})(?![^\W_])"
    return re.compile(rf"{word}(?:\s{word})*") if phrases else None


def marked_words(query: str) -> list[str]:
    """The words and phrases of a query that were typed with diacritics, in small letters."""
    return [term.lower() for term in _terms(query) if folded(term) != term.lower()]


def has_words(words: str, *texts: str | None) -> bool:
    """Whether texts hold each of some words (a JSON array) letter for letter, capitals aside: for SQL."""
    whole = " ".join(text or "" for text in texts).lower()
    return all(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", whole) for word in json.loads(words))


def folded(text: str) -> str:
    """A text in small letters without diacritics (but the bar of đ), letter for letter, as FTS5 folds it."""
    return text.translate(_FOLD)


def _letters() -> dict[int, str]:
    letters = map(chr, (*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00)))
    bases = {c: unicodedata.normalize("NFD", c.lower())[0] for c in letters}
    return {ord(c): base for c, base in bases.items() if base != c}


_FOLD = _letters()


def _terms(query: str | None) -> list[str]:
    text = normalise((query or "").replace("\0", " "))
    found = (phrase or word for phrase, word in re.findall(r'"([^"]*)"|([^\s"]+)', text))
    return [term for term in found if re.search(r"[^\W_]", term)]


def _variants(term: str) -> list[str]:
    places = [i for i, c in enumerate(term) if c in "dD"]
    if not term.isascii() or not places or len(places) > 4:
        return [term]
    found = []
    for choice in itertools.product("dđ", repeat=len(places)):
        letters = list(term)
        for place, letter in zip(places, choice, strict=True):
            letters[place] = letter
        found.append("".join(letters))
    return found
