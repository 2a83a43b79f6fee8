"""Portals as data: YAML files read, validated with clear errors, looked up by id, province or host."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import yaml

from crawler import platforms, provinces
from crawler.model import Portal

#: What kinds of authority a portal may belong to.
KINDS = (
    "people_committee", "health", "covid_site", "finance", "information_communications", "education",
    "transport", "labour", "industry_trade", "culture_tourism", "justice", "planning_investment",
    "science_technology",
    "natural_resources", "construction", "agriculture", "home_affairs", "industrial_zones", "district",
    "other",
)  # fmt: skip
_KEYS = {
    "id",
    "name",
    "kind",
    "url",
    "platform",
    "start",
    "hosts",
    "expect",
    "closed",
    "successor",
    "settings",
}


class RegistryError(ValueError):
    """Mistakes in the registry, each as `file:line: sentence`."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class UnknownPortal(LookupError):
    """A portal id that no file names; the text offers close ones."""


@dataclass(frozen=True, slots=True)
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
    files = (
        sorted(p for p in directory.glob("*") if p.suffix in (".yml", ".yaml")) if directory.is_dir() else []
    )
    if not files:
        mistakes.append(
            f"{directory}:1: no .yml file here: name a directory of province files with --registry"
        )
    for file in files:
        for portal, mistake in _file(file):
            if portal and portal.id in portals:
                first = portals[portal.id]
                mistake = f"{file}:{portal.line}: id {portal.id} is taken ({first.file}:{first.line})"
            elif portal:
                portals[portal.id] = portal
            if mistake:
                mistakes.append(mistake)
    return portals, mistakes


def _file(file: Path) -> Iterator[tuple[Portal | None, str]]:
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        yield (
            None,
            f"{file}:{mark.line + 1 if mark else 1}: not readable YAML: {getattr(error, 'problem', error)}",
        )
        return
    if (
        not isinstance(data, dict)
        or set(data) != {"province", "portals"}
        or not isinstance(data["portals"], list)
    ):
        yield None, f"{file}:1: a file has two keys, province: and portals: (a list)"
        return
    province = provinces.by_name(str(data["province"]))
    if province is None:
        yield None, f"{file}:1: {data['province']!r} is none of the 63 provinces of 2021"
        return
    lines = next(v for k, v in (node.value if node else ()) if k.value == "portals").value
    for entry, entry_node in zip(data["portals"], lines, strict=True):
        yield _entry(entry, province.name, file, entry_node)


def _entry(entry: Any, province: str, file: Path, node: Any) -> tuple[Portal | None, str]:
    line = node.start_mark.line + 1
    if not isinstance(entry, dict):
        return None, f"{file}:{line}: an entry is a mapping with id, name, kind and url"
    at = {k.value: k.start_mark.line + 1 for k, _ in node.value}
    for key, why in _mistakes(entry):
        return None, f"{file}:{at.get(key, line)}: {why}"
    url = str(entry["url"]).rstrip("/") + "/"
    start = tuple(urljoin(url, str(s)) for s in entry.get("start") or ())
    return (
        Portal(
            entry["id"], entry["name"], province, entry["kind"], url, entry.get("platform"), start,
            tuple(entry.get("hosts") or ()), entry.get("expect") or {}, entry.get("closed"),
            entry.get("successor"), entry.get("settings") or {}, str(file), line,
        ),
        "",
    )  # fmt: skip


def _mistakes(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key in entry:
        if key not in _KEYS:
            close = difflib.get_close_matches(str(key), _KEYS, 1)
            yield str(key), f"unknown key {key}" + (f"; did you mean {close[0]}?" if close else "")
    for key in ("id", "name", "kind", "url"):
        if not isinstance(entry.get(key), str):
            yield key, f"{key}: is missing or no text"
            return
    if entry["kind"] not in KINDS:
        yield "kind", f"unknown kind {entry['kind']}; one of {', '.join(KINDS)}"
    if (platform := entry.get("platform")) and platform not in platforms.names():
        yield (
            "platform",
            f"unknown platform {platform}; one of {', '.join(platforms.names())}, or leave it out",
        )
    parts = urlsplit(entry["url"])
    if parts.scheme not in ("http", "https") or not parts.hostname:
        yield "url", f"{entry['url']} is no web address"
    for key, kind in (
        ("start", list),
        ("hosts", list),
        ("expect", dict),
        ("settings", dict),
        ("closed", date),
    ):
        if entry.get(key) is not None and not isinstance(entry[key], kind):
            yield key, f"{key}: must be a {kind.__name__}"
    if isinstance(entry.get("expect"), dict) and not set(entry["expect"]) <= {"posts", "notices"}:
        yield "expect", "expect: knows posts and notices"
