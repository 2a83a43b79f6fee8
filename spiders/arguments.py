"""What spiders are started with: of the command line as values, of `scrapy crawl -a` as text."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from crawler import registry
from crawler.model import Portal


def portal_of(portal: Portal | str, registry_dir: str | None, spider: str) -> Portal:
    """The portal, by its id in the registry; ValueError where none is named."""
    if not portal:
        raise ValueError(f"name a portal: scrapy crawl {spider} -a portal=ID (thongbao portals lists them)")
    if isinstance(portal, Portal):
        return portal
    return registry.load(Path(registry_dir) if registry_dir else None).get(portal)


def is_on(value: bool | str) -> bool:
    """Whether a switch is on."""
    return value not in (False, "", "0", "false")


def pages_of(text: int | str | None, most: int) -> int:
    """A number of pages, `most` where none is given; ValueError for what is no number."""
    if text is None:
        return most
    if not str(text).isdigit() or int(text) < 1:
        raise ValueError(f"max_pages={text} is no number of pages (1 or more)")
    return int(text)


def day_of(name: str, value: date | str | None) -> date | None:
    """A day; ValueError, naming the argument, for a text that is none."""
    if not isinstance(value, str):
        return value
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()
    except ValueError:
        raise ValueError(f"{name}={value} is no date: write YYYY-MM-DD, as in 2021-07-19") from None
