"""The answer to a ready question as a page shows it: heads in words, days, names and links for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from db.site.canned import HEADS
from db.site.words import issuer_name, label, number, translator

_LINK = Markup('<a href="{}">{}</a>')
_DAYS = ("published", "issued", "first_cited", "first_seen", "last_seen", "gone_since")


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: the column that it is of, the column's head, and how it is shown."""

    column: str
    head: str
    shown: Markup


def cells(row: Mapping[str, Any], columns: Sequence[str], lang: str) -> list[Cell]:
    """A row as it is shown; what only leads somewhere is the link of what it leads to."""
    return [Cell(name, head, shown(name, row, lang)) for name, head in heads(columns, lang)]


def heads(columns: Sequence[str], lang: str) -> list[tuple[str, str]]:
    """The columns that are shown, and what stands above each."""
    left_out = {"notice"} if "title" in columns else set()
    left_out |= {"document"} if "number" in columns else set()
    place = 1 if lang == "en" else 0
    return [(name, HEADS[name][place]) for name in columns if name not in left_out]


def shown(name: str, row: Mapping[str, Any], lang: str) -> Markup:
    """One value of a row."""
    value, t = row[name], translator(lang)
    if name == "title":
        return _LINK.format(f"/notice/{row['notice']}", value or t("untitled"))
    if value is None or value == "":
        return Markup("")
    if name in _DAYS:
        iso = str(value)[:10]
        return Markup('<time datetime="{}">{}</time>').format(iso, "/".join(reversed(iso.split("-"))))
    if name == "notice":
        return _LINK.format(f"/notice/{value}", t("show"))
    if name == "number" and "document" in row:
        return _LINK.format(f"/document/{row['document']}", value)
    if name == "changes":
        return _LINK.format(value, t("see_changes").format(number(row["texts"], lang)))
    if name == "url":
        safe = str(value).startswith(("http://", "https://"))
        link = Markup('<a href="{}" rel="noreferrer noopener">{}</a>')
        return link.format(value, t("source")) if safe else escape(value)
    if name == "topics":
        return escape(", ".join(label("topic", topic, lang) for topic in json.loads(value)))
    if name == "withdrawn":
        return escape(t("withdrawn") if value else "")
    if name == "issuer":
        return escape(issuer_name(value))
    if name == "type":
        return escape(label("type", value, lang))
    if name == "relation":
        return escape(t(value))
    whole = isinstance(value, int) and name != "year"
    return escape(number(value, lang) if whole else "" if (name, value) == ("year", 0) else value)
