"""What the arguments of options may be; a wrong one is a sentence of argparse."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from crawler import contact
from crawler.urls import is_address


def contact_address(text: str) -> str:
    try:
        return contact.checked(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def directory(text: str) -> Path:
    if not text or Path(text).is_file():
        raise argparse.ArgumentTypeError(f"{text or 'an empty name'} is no directory: name one")
    return Path(text)


def file(text: str) -> Path:
    if not text or Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"{text or 'an empty name'} is a directory: name a file")
    return Path(text)


def count_of(what: str) -> Callable[[str], int]:
    """A whole number of something, 1 or more."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or int(text) < 1:
            raise argparse.ArgumentTypeError(f"{text} is no number of {what} (1 or more)")
        return int(text)

    return read


def port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text} is no port (0 to 65535)")
    return int(text)


def seconds(text: str) -> float:
    try:
        if 0 <= float(text) < 86_400:
            return float(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text} is no delay in seconds (0 or more)")


def address(text: str) -> str:
    if text and not is_address(text):
        raise argparse.ArgumentTypeError(f"{text} is no web address (https://host/…)")
    return text


def archive(text: str) -> str:
    if not text:  # a script's variable that is not set must not ask the live host
        raise argparse.ArgumentTypeError("no archive is named: wayback, commoncrawl, or an address")
    return text if text in ("wayback", "commoncrawl") else address(text)


def day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date: write YYYY-MM-DD, as in 2021-07-19") from None
