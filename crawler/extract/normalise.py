"""One spelling for text before any span is taken: NFC, plain blanks, nothing invisible."""

from __future__ import annotations

import re
import unicodedata

#: Vietnamese capitals and small letters, for classes of patterns: a range (à-ỹ) would hold both.
CAPITALS = "A-ZÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
SMALL = CAPITALS.lower()
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"))
# Ð and ð stand for Đ and đ in pages typed on a Western keyboard (cp1252).
_LETTERS = {0x00D0: "Đ", 0x00F0: "đ", 0x0D: "\n", 0x2028: "\n", 0x2029: "\n"}
_EMPTY_LINES = re.compile(r"\n{3,}")
_ODD = {**_INVISIBLE, **_LETTERS}
_ODD_CHARACTERS = tuple(map(chr, _ODD))
_ODD_CHARACTER = re.compile("[" + "".join(_ODD_CHARACTERS) + "]")
_WORD = re.compile(r"[a-z0-9]+")
#: What `str.split` parts words at besides a single blank: text without any of it has nothing to fold.
_TO_FOLD = ("  ", " \n", "\n ", *(c for c in map(chr, range(0x3001)) if c.isspace() and c not in " \n"))
# Halves of a surrogate pair come from broken JSON: no database and no UTF-8 file takes them.
_SURROGATE = re.compile("[\ud800-\udfff]")
#: From this length on, a look for each character is cheaper than a pattern's pass over the text.
_LONG = 400


def normalise(raw: str) -> str:
    """NFC text with single blanks, no invisible characters, at most one empty line in a row."""
    short = len(raw) < _LONG
    odd = _ODD_CHARACTER.search(raw) if short else any(c in raw for c in _ODD_CHARACTERS)
    text = raw.translate(_ODD) if odd else raw
    try:
        text.encode()
    except UnicodeEncodeError:
        text = _SURROGATE.sub("", text)
    text = unicodedata.normalize("NFC", text)
    if short or any(blanks in text for blanks in _TO_FOLD):
        text = "\n".join([" ".join(line.split()) for line in text.split("\n")])
    return _EMPTY_LINES.sub("\n\n", text).strip() if "\n\n\n" in text else text.strip()


def plain_words(text: str) -> list[str]:
    """The words of a text without marks and case: hoà and hòa are one, đ is d."""
    plain = unicodedata.normalize("NFD", text).casefold().replace("đ", "d")
    return _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))
