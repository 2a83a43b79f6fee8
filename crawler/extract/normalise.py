"""One spelling for text before any span is taken: NFC, plain blanks, nothing invisible."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"))
# Ð and ð stand for Đ and đ in pages typed on a Western keyboard (cp1252).
_LETTERS = {0x00D0: "Đ", 0x00F0: "đ", 0x0D: "\n", 0x2028: "\n", 0x2029: "\n"}
_ODD = re.compile("[" + "".join(map(chr, _INVISIBLE | _LETTERS)) + "]")


def normalise(raw: str) -> str:
    """NFC text with single blanks, no invisible characters, at most one empty line in a row."""
    text = raw.translate(_INVISIBLE | _LETTERS) if _ODD.search(raw) else raw
    text = unicodedata.normalize("NFC", text)
    text = "\n".join([" ".join(line.split()) for line in text.split("\n")])
    return re.sub(r"\n{3,}", "\n\n", text).strip() if "\n\n\n" in text else text.strip()
