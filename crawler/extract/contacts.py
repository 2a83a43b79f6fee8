"""E-mail and web addresses printed in a text."""

from __future__ import annotations

import re

from crawler.extract.scan import lowered
from crawler.model import Text, Value

_EMAIL = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9_][\w.+-]{0,63}@[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,63}){1,5}", re.A
)
_LINK = re.compile(r"(?:https?://|\bwww\.)[^\s<>\"'“”)\]}]{3,500}", re.I)


def find_emails(text: Text) -> tuple[Value, ...]:
    """Distinct e-mail addresses, lower-cased, at their first place."""
    if "@" not in text.value:
        return ()
    return _distinct([Value(m[0].rstrip(".-").lower(), m.start(), m.start() + len(m[0].rstrip(".-")))
                      for m in _EMAIL.finditer(text.value)])  # fmt: skip


def find_links(text: Text) -> tuple[Value, ...]:
    """Distinct web addresses as printed, without the punctuation of their sentence."""
    found: list[Value] = []
    low = lowered(text.value)
    if "http" not in low and "www." not in low:
        return ()
    for match in _LINK.finditer(text.value):
        link = match[0].rstrip(".,;:!?…")
        found.append(Value(link, match.start(), match.start() + len(link)))
    return _distinct(found)


def _distinct(values: list[Value]) -> tuple[Value, ...]:
    return tuple({v.value: v for v in reversed(values)}.values())[::-1]
