"""One module a CMS family: the links of a list page, a post from a page."""

from __future__ import annotations

import importlib
from typing import Protocol, cast

from selectolax.lexbor import LexborHTMLParser

from crawler.model import Listing, Post

_NAMES = ("generic", "liferay")


class Platform(Protocol):
    """What a platform module offers; a module, not a class."""

    def read_listing(self, tree: LexborHTMLParser, url: str) -> Listing:
        """The posts and further list pages that a page links to."""

    def fragment(self, body: bytes, url: str) -> bytes | None:
        """The part of a page that holds its post, by checked markers, or None to parse it whole."""

    def read_post(self, tree: LexborHTMLParser, url: str) -> Post | None:
        """The post that a page is, or None for a list page."""


def names() -> tuple[str, ...]:
    """The platforms that a registry entry may name."""
    return _NAMES


def get(name: str) -> Platform:
    """The module of a platform; KeyError for an unknown name."""
    if name not in _NAMES:
        raise KeyError(name)
    return cast(Platform, importlib.import_module(f"crawler.platforms.{name}"))


def detect(tree: LexborHTMLParser) -> str:
    """The platform of a page by its marks: Liferay's portlets, else generic."""
    return (
        "liferay"
        if tree.css_first(".portlet-asset-publisher, #p_p_id_101_, .asset-full-content")
        else "generic"
    )
