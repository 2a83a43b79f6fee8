"""Who answers for a crawl and a site: an e-mail address or a web page, named by whoever runs them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from crawler.urls import is_address

VARIABLE = "THONGBAO_CONTACT"
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)


def checked(text: str) -> str:
    """The contact, or '' for none; raises ValueError for what is neither an e-mail nor a web address."""
    text = text.strip()
    plain = text.isascii() and text.isprintable() and not re.search(r"[\s<>()\"']", text)
    if text and not (plain and (_MAIL.fullmatch(text) or is_address(text))):
        raise ValueError(f"{text!r} is no contact: name an e-mail address, or a web page (https://host/…)")
    return text


def of(environment: Mapping[str, str]) -> str:
    """The contact that the environment names, or ''; raises ValueError as `checked` does."""
    try:
        return checked(environment.get(VARIABLE, ""))
    except ValueError as error:
        raise ValueError(f"{VARIABLE}: {error}") from error


def link(contact: str) -> str:
    """Where a link to a contact leads."""
    return f"mailto:{contact}" if _MAIL.fullmatch(contact) else contact


def user_agent(environment: Mapping[str, str]) -> str:
    """How a crawl names itself; a contact that is none is left out here, and told by the command line."""
    try:
        contact = of(environment)
    except ValueError:
        contact = ""
    named = contact or "see the project's README"
    return f"thongbao/0.1 (index of public COVID-19 notices; contact: {named})"
