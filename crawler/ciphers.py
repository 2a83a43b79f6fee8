"""The security level of a cipher list (`DEFAULT@SECLEVEL=1`), lost on the way from a setting to OpenSSL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from twisted.internet.interfaces import IAcceptableCiphers, ICipher
from twisted.internet.ssl import AcceptableCiphers
from zope.interface import implementer

_LEVEL = re.compile(r"@SECLEVEL=[0-5]")


@implementer(ICipher)
class _Level:
    """The level as a further word of the list that Twisted hands on: OpenSSL reads it there as well."""

    def __init__(self, word: str) -> None:
        self.fullName = word


@implementer(IAcceptableCiphers)
class _Levelled:
    """The ciphers of a list, and the level behind them."""

    def __init__(self, ciphers: str, level: str) -> None:
        self.ciphers = AcceptableCiphers.fromOpenSSLCipherString(ciphers)  # type: ignore[no-untyped-call]
        self.level = _Level(level)

    def selectCiphers(self, availableCiphers: Iterable[Any]) -> tuple[Any, ...]:
        return (*self.ciphers.selectCiphers(availableCiphers), self.level)


def levelled(ciphers: str | None) -> _Levelled | None:
    """What a context factory of Scrapy takes as its ciphers where their list names a level, else None."""
    level = _LEVEL.search(ciphers or "")
    return _Levelled(ciphers, level[0]) if ciphers and level else None
