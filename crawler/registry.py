"""Portals as data: YAML files read, validated with clear errors, looked up by id, province or host."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import yaml

from crawler import platforms, provinces
from crawler.model import Portal
from crawler.urls import is_address, netloc

#: What kinds of authority a portal may belong to.
KINDS = (
    "people_committee", "health", "covid_site", "finance", "information_communications", "education",
    "transport", "labour", "industry_trade", "culture_tourism", "justice", "planning_investment",
    "science_technology",
    "natural_resources", "construction", "agriculture", "home_affairs", "industrial_zones", "district",
    "other",
)  # fmt: skip
_TLS = ("TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
#: Scrapy settings that an entry may lay over the project's: the pace and the line of one portal. robots.txt,
#: the guard and the store are not one portal's business.
SETTINGS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "AUTOTHROTTLE_TARGET_CONCURRENCY": ("a number above 0", lambda v: _is_number(v) and v > 0),
    "CONCURRENT_REQUESTS_PER_DOMAIN": ("a whole number, 1 to 16", lambda v: _is_whole(v) and 1 <= v <= 16),
    "DOWNLOADER_CLIENT_TLS_CIPHERS": ("an OpenSSL cipher list", lambda v: _are_ciphers(v)),
    "DOWNLOAD_DELAY": ("seconds, 0 or more", lambda v: _is_number(v) and 0 <= v < 86_400),
    "DOWNLOAD_TIMEOUT": ("seconds, 1 to 600", lambda v: _is_number(v) and 1 <= v <= 600),
    "DOWNLOAD_TLS_MAX_VERSION": ("TLSv1.0 to TLSv1.3", lambda v: v in _TLS),
    "DOWNLOAD_TLS_MIN_VERSION": ("TLSv1.0 to TLSv1.3", lambda v: v in _TLS),
    "RETRY_TIMES": ("a whole number, 0 to 10", lambda v: _is_whole(v) and 0 <= v <= 10),
    "THONGBAO_PORTAL_BYTES": ("a whole number above 0", lambda v: _is_whole(v) and v > 0),
    "THONGBAO_PORTAL_PAGES": ("a whole number above 0", lambda v: _is_whole(v) and v > 0),
    "THONGBAO_PORTAL_SECONDS": ("seconds above 0", lambda v: _is_number(v) and v > 0),
    "USER_AGENT": ("one line of text", lambda v: isinstance(v, str) and v.isprintable() and bool(v.strip())),
}
#: The least and the most time between two crawls of a portal.
OFTEN, SELDOM = timedelta(hours=6), timedelta(days=7)
_SPAN = re.compile(r"(\d{1,3})([hd])")
_ID = re.compile(r"[a-z0-9]+(?:[-._][a-z0-9]+)*")
_HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?::\d{1,5})?", re.I
)


class RegistryError(ValueError):
    """Mistakes in the registry, each as `file:line: sentence`."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class UnknownPortal(LookupError):
    """A portal id that no file names; the text offers close ones."""


@dataclass(frozen=True)
class Registry:
    """The portals of a directory, by id."""

    portals: dict[str, Portal]

    def get(self, portal_id: str) -> Portal:
        """The portal of an id; `UnknownPortal` names close ids."""
        if portal_id in self.portals:
            return self.portals[portal_id]
        close = difflib.get_close_matches(portal_id, self.portals, 3)
        hint = f"; did you mean {', '.join(close)}?" if close else " (thongbao portals lists them)"
        raise UnknownPortal(f"no portal {portal_id} in the registry{hint}")

    def of_province(self, name: str) -> list[Portal]:
        """The portals of a province, named with or without diacritics; `UnknownPortal` for no province."""
        province = provinces.by_name(name)
        if province is None:
            raise UnknownPortal(f"{name} is none of the 63 provinces of 2021")
        return [p for p in self.portals.values() if p.province == province.name]

    def of_url(self, url: str) -> Portal | None:
        """The portal whose host (and, where several share it, path) an address belongs to."""
        host = netloc(url).removeprefix("www.")
        there = self.by_host.get(host, [])
        fits = [p for p in there if _place(url).startswith(_place(p.url))]
        return max(fits or there, key=lambda p: len(p.url), default=None)

    @cached_property
    def by_host(self) -> dict[str, list[Portal]]:
        """Portals by each of their hosts, without www."""
        found: dict[str, list[Portal]] = {}
        for portal in self.portals.values():
            hosts = {netloc(url) for url in (portal.url, *portal.start)} | {h.lower() for h in portal.hosts}
            for host in hosts:
                found.setdefault(host.removeprefix("www."), []).append(portal)
        return found


def _place(url: str) -> str:
    return url.split("://")[-1].removeprefix("www.")


def load(directory: Path | None = None) -> Registry:
    """Read a registry (None: the packaged one). Raises `RegistryError` with every mistake."""
    portals, mistakes = _read(directory)
    if mistakes:
        raise RegistryError(mistakes)
    return Registry(portals)


def check(directory: Path | None = None) -> list[str]:
    """Every mistake of a registry as `file:line: sentence`; empty when it is sound."""
    return _read(directory)[1]


def _read(directory: Path | None) -> tuple[dict[str, Portal], list[str]]:
    directory = directory or Path(__file__).parent / "portals"
    portals: dict[str, Portal] = {}
    mistakes: list[str] = []
    ids: dict[str, str] = {}  # of mistaken entries too, and where they stand
    files = sorted(directory.glob("[!.]*")) if directory.is_dir() else []
    files = [file for file in files if file.suffix.lower() in (".yml", ".yaml")]
    if not files:
        mistakes.append(
            f"{directory}:1: no .yml file here: name a directory of province files with --registry"
        )
    for file in files:
        found = _File(file, ids)
        portals |= {portal.id: portal for portal in found.portals()}
        mistakes += found.mistakes
    mistakes += _heirs(portals.values(), ids)
    return portals, mistakes


def _heirs(portals: Iterable[Portal], ids: Mapping[str, str]) -> Iterator[str]:
    """A successor that is nobody is told when all files are known."""
    for portal in portals:
        if portal.successor == portal.id:
            yield f"{portal.file}:{portal.line}: {portal.id} cannot be its own successor"
        elif portal.successor and portal.successor not in ids:
            close = difflib.get_close_matches(portal.successor, ids, 1)
            hint = f"; did you mean {close[0]}?" if close else ""
            yield f"{portal.file}:{portal.line}: successor {portal.successor} is in no file{hint}"


class _File:
    """One province file on its way to portals; mistakes are noted with their lines, none ends the reading."""

    def __init__(self, file: Path, ids: dict[str, str]) -> None:
        self.file, self.ids = file, ids
        self.noted: set[tuple[int, str]] = set()

    @property
    def mistakes(self) -> list[str]:
        """The mistakes noted, in the order of their lines."""
        return [f"{self.file}:{line}: {why}" for line, why in sorted(self.noted)]

    def mistake(self, line: int, why: str) -> None:
        """Note a mistake."""
        self.noted.add((line, why))

    def portals(self) -> Iterator[Portal]:
        """The portals of the file; those with a mistake are told, not given."""
        root = self._compose()
        if root is None:
            return
        nodes = self._mapping(root, ("province", "portals"))
        if nodes is None or not {"province", "portals"} <= set(nodes):
            self.mistake(1, "a file has two keys, province: and portals: (a list)")
        if not nodes:
            return
        province = self._province(nodes["province"]) if "province" in nodes else ""
        entries = nodes.get("portals")
        if isinstance(entries, yaml.SequenceNode):
            for entry in entries.value:
                if portal := self._entry(entry, province):
                    yield portal
        elif entries is not None:
            self.mistake(_line(entries), "portals: must be a list of entries")

    def _compose(self) -> yaml.Node | None:
        """The file as nodes that know their lines, or None with the mistake noted."""
        raw = b""
        try:
            raw = self.file.read_bytes()
            root = yaml.compose(raw.decode("utf-8-sig"), Loader=yaml.SafeLoader)
            if root is None:
                self.mistake(1, "the file is empty: it has two keys, province: and portals: (a list)")
            return root
        except OSError as error:
            self.mistake(1, f"the file cannot be read: {error.strerror}")
        except UnicodeDecodeError as error:
            self.mistake(raw.count(b"\n", 0, error.start) + 1, "no UTF-8 text: save the file as UTF-8")
        except yaml.reader.ReaderError as error:
            line = raw.decode("utf-8-sig")[: error.position].count("\n") + 1
            self.mistake(
                line, f"not readable YAML: the character U+{int(error.character):04X} may not stand here"
            )
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            tab = "'\\t'" in (error.problem or "")
            why = "a tab; YAML is indented with blanks" if tab else error.problem or error.context
            self.mistake(mark.line + 1 if mark else 1, f"not readable YAML: {why}")
        return None

    def _mapping(
        self, node: yaml.Node, known: Sequence[str], what: str = "key"
    ) -> dict[str, yaml.Node] | None:
        """The value nodes of a mapping by key, or None for no mapping; unknown and doubled keys are told."""
        if not isinstance(node, yaml.MappingNode):
            return None
        found: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            if key not in known:
                close = difflib.get_close_matches(key, known, 1)
                hint = f"did you mean {close[0]}?" if close else f"one of {', '.join(known)}"
                self.mistake(_line(key_node), f"unknown {what} {key}; {hint}")
            elif key in found:
                self.mistake(_line(key_node), f"{key}: stands twice (line {_line(found[key])} too)")
            else:
                found[key] = value
        return found

    def _value(self, key: str, node: yaml.Node) -> Any:
        """What a node says; a value that YAML itself cannot make (the 40th of a month) is told and None."""
        try:
            return yaml.SafeLoader("").construct_document(node)
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            why = getattr(error, "problem", None) or error
            shown = f"{node.value} " if isinstance(node, yaml.ScalarNode) else ""
            self.mistake(_line(node), f"{key}: {shown}cannot be read: {why}")
            return None

    def _province(self, node: yaml.Node) -> str:
        name = self._value("province", node)
        province = provinces.by_name(name) if isinstance(name, str) else None
        if province is None:
            self.mistake(_line(node), f"{name!r} is none of the 63 provinces of 2021")
        return province.name if province else ""

    def _entry(self, node: yaml.Node, province: str) -> Portal | None:
        before = len(self.noted)
        nodes = self._mapping(node, tuple(_CHECKS))
        if nodes is None:
            self.mistake(_line(node), "an entry is a mapping with id, name, kind and url")
            return None
        for key in ("id", "name", "kind", "url"):
            if key not in nodes:
                self.mistake(_line(node), f"{key}: is missing or no text")
        entry = {key: self._value(key, value) for key, value in nodes.items()}
        if name := entry.get("id"):
            if first := self.ids.get(str(name)):
                self.mistake(_line(node), f"id {name} is taken ({first})")
            self.ids.setdefault(str(name), f"{self.file}:{_line(node)}")
        for key, value in entry.items():
            if value is not None or key in ("id", "name", "kind", "url"):
                for why in _CHECKS[key](value):
                    self.mistake(_line(nodes[key]), why)
        for key, known in (("expect", ("posts", "notices")), ("settings", tuple(SETTINGS))):
            if key in nodes:
                self._mapping(nodes[key], known, f"{key} key")
        if len(self.noted) > before:
            return None
        url = entry["url"].rstrip("/") + "/"
        start = tuple(self._start(url, nodes["start"])) if entry.get("start") else ()
        return Portal(
            entry["id"], entry["name"], province, entry["kind"], url, entry.get("platform"), start,
            tuple(entry.get("hosts") or ()), entry.get("expect") or {}, entry.get("closed"),
            entry.get("successor"), entry.get("settings") or {}, _span(entry.get("every")), str(self.file),
            _line(node),
        )  # fmt: skip

    def _start(self, url: str, node: yaml.Node) -> Iterator[str]:
        """The list pages to begin at as whole addresses, each judged on its own line."""
        for item in node.value:
            try:
                address = urljoin(url, item.value)
            except ValueError:  # http://[
                address = item.value
            for why in _url_mistakes(address):
                self.mistake(_line(item), f"start: {why}")
            yield address


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _are_ciphers(value: Any) -> bool:
    import ssl  # 10 ms, for the one portal in hundreds that needs old ciphers

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).set_ciphers(value.encode("ascii").decode())
    except (AttributeError, UnicodeError, ssl.SSLError):
        return False
    return True


def _text(key: str) -> Callable[[Any], Iterator[str]]:
    def check(value: Any) -> Iterator[str]:
        if not isinstance(value, str) or not value.strip():
            yield f"{key}: is missing or no text"

    return check


def _id(value: Any) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"id: {value!r} is missing or no text: put it in quotes"
    elif not _ID.fullmatch(value):
        yield f"id {value!r} must be small letters, digits and dashes, as in soyte-brvt"


def _kind(value: Any) -> Iterator[str]:
    if value not in KINDS:
        yield f"unknown kind {value}; one of {', '.join(KINDS)}"


def _platform(value: Any) -> Iterator[str]:
    if value not in platforms.names():
        yield f"unknown platform {value}; one of {', '.join(platforms.names())}, or leave it out"


def _url_mistakes(value: Any) -> Iterator[str]:
    if not isinstance(value, str) or not is_address(value) or re.search(r"\s", value):
        yield f"{value} is no web address (https://host/…)"


def _url(value: Any) -> Iterator[str]:
    wrong = list(_url_mistakes(value))
    yield from wrong
    if not wrong and re.search(r"[?#]", value):
        yield "url: is the home page, without ? and #; list pages stand under start:"


def _texts(key: str) -> Callable[[Any], Iterator[str]]:
    def check(value: Any) -> Iterator[str]:
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            yield f"{key}: must be a list of texts"

    return check


def _hosts(value: Any) -> Iterator[str]:
    wrong = list(_texts("hosts")(value))
    yield from wrong
    for host in () if wrong else value:
        if not _HOST.fullmatch(host) or int(host.partition(":")[2] or 1) > 65_535:
            yield f"hosts: {host!r} is no host name (covid.hanoi.gov.vn, without https:// and path)"


def _closed(value: Any) -> Iterator[str]:
    if not isinstance(value, date) or isinstance(value, datetime):
        yield f"closed: {value!r} is no day: write it plain, as in closed: 2025-07-01"


def _expect(value: Any) -> Iterator[str]:
    if not isinstance(value, dict):
        yield "expect: must be a mapping, as in expect: {posts: 140}"
        return
    for key, number in value.items():
        if key in ("posts", "notices") and (not _is_whole(number) or number < 0):
            yield f"expect: {key}: {number!r} is no number of {key}"


def _settings(value: Any) -> Iterator[str]:
    if not isinstance(value, dict):
        yield "settings: must be a mapping, as in settings: {DOWNLOAD_DELAY: 5}"
        return
    for key, setting in value.items():
        if key in SETTINGS and not SETTINGS[key][1](setting):
            yield f"settings: {key}: {setting!r} is not {SETTINGS[key][0]}"


def _every(value: Any) -> Iterator[str]:
    if not isinstance(value, str) or not OFTEN <= (_span(value) or timedelta()) <= SELDOM:
        yield f"every: {value!r} is no time between crawls: 6h to 168h or 1d to 7d, as in every: 12h"


def _span(value: Any) -> timedelta | None:
    """The time that `12h` or `2d` says, or None."""
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    return timedelta(**{{"h": "hours", "d": "days"}[found[2]]: int(found[1])}) if found else None


#: The keys of an entry, and what is wrong with a value of each.
_CHECKS: dict[str, Callable[[Any], Iterator[str]]] = {
    "id": _id,
    "name": _text("name"),
    "kind": _kind,
    "url": _url,
    "platform": _platform,
    "start": _texts("start"),
    "hosts": _hosts,
    "expect": _expect,
    "closed": _closed,
    "successor": _text("successor"),
    "settings": _settings,
    "every": _every,
}
