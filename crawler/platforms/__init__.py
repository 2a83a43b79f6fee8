"""One module a CMS family: the links of a list page, a post from a page."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from functools import cache
from typing import Protocol, cast

from ahocorasick_rs import BytesAhoCorasick
from selectolax.lexbor import LexborHTMLParser

from crawler.model import Listing, Post, View

# In the order of detection: a family before the one whose marks its pages carry as well.
_NAMES = ("nukeviet", "tandan", "vnportal", "liferay", "wordpress", "vhv", "vccorp", "joomla",
    "dotnetnuke", "websphere", "kentico", "sharepoint", "webforms",
)  # fmt: skip
# Names of cookies that a family alone sets, for pages whose markup tells nothing: a look at a portal sees
# them, the pages that are kept of it do not.
_COOKIES = {
    "liferay": re.compile(r"GUEST_LANGUAGE_ID|COOKIE_SUPPORT"),
    "nukeviet": re.compile(r"nv[34]\w?_\w+"),
    "dotnetnuke": re.compile(r"dnn_IsMobile|\.DOTNETNUKE"),
    "kentico": re.compile(r"CMSPreferredCulture|CMSCsrfCookie|CMSCurrentTheme"),
    "sharepoint": re.compile(r"WSS_FullScreenMode|WSS_KeepSessionAuthenticated"),
    "wordpress": re.compile(r"wordpress_\w+"),
}


class Platform(Protocol):
    """What a platform module offers; a module, not a class.

    `BASIS` is what it rests on: `seen` markup of real portals (or the CMS's own), `selectors` of others,
    or `untried` inference. `MARKS` stand in its pages and in no others, `PATHS` in its own addresses.
    """

    BASIS: str
    MARKS: tuple[bytes | re.Pattern[bytes], ...]
    PATHS: tuple[str, ...]

    def identify(self, url: str) -> tuple[str, View] | None:
        """The post id and view that an address names, or None."""

    def read_listing(self, tree: LexborHTMLParser, url: str) -> Listing:
        """The posts and further list pages that a page links to."""

    def read_data(self, data: object, url: str) -> Listing:
        """The same for a list page that comes as JSON."""

    def fragment(self, body: bytes, url: str) -> bytes | None:
        """The part of a page that holds its post, by checked markers, or None to parse it whole."""

    def read_post(self, tree: LexborHTMLParser, url: str) -> Post | None:
        """The post that a page is, or None for a list page."""


def names() -> tuple[str, ...]:
    """The platforms that a registry entry may name."""
    return ("generic", *_NAMES)


@cache
def get(name: str) -> Platform:
    """The module of a platform; KeyError for an unknown name."""
    if name not in names():
        raise KeyError(name)
    return cast(Platform, importlib.import_module(f"crawler.platforms.{name}"))


def detect(body: bytes, url: str = "") -> str:
    """The platform of a page by its marks, `generic` where it has none."""
    return recognise(body, url)[0]


def recognise(body: bytes, url: str = "") -> tuple[str, str]:
    """The platform of a page and the mark that told it ('' for generic)."""
    automaton, marks = _plain_marks()
    seen: dict[str, str] = {}
    for index, _, _ in automaton.find_matches_as_indexes(body, overlapping=True):
        name, mark = marks[index]
        seen.setdefault(name, mark.decode())
    for name in _NAMES:
        patterns = (m for m in get(name).MARKS if not isinstance(m, bytes))
        if name in seen:
            return name, seen[name]
        if found := next((f for pattern in patterns if (f := pattern.search(body))), None):
            return name, found[0].decode()
        if path := next((p for p in get(name).PATHS if p in url), None):
            return name, path
    return "generic", ""


def recognise_cookies(names: Iterable[str]) -> tuple[str, str]:
    """The platform that sets cookies of these names and the one that told it, as `recognise` does."""
    for cookie in names:
        for name, own in _COOKIES.items():
            if own.fullmatch(cookie):
                return name, f"its cookie {cookie}"
    return "generic", ""


@cache
def _plain_marks() -> tuple[BytesAhoCorasick, list[tuple[str, bytes]]]:
    """The marks of all platforms in one pass over a page: one by one they take longer than its parse."""
    marks = [(name, mark) for name in _NAMES for mark in get(name).MARKS if isinstance(mark, bytes)]
    return BytesAhoCorasick([mark for _, mark in marks]), marks
