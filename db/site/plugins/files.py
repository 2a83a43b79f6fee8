"""Attached files on the site: a page a file, its text with the evidence marked, page by page."""

from __future__ import annotations

import json
from typing import Any

from pluggy import HookimplMarker

from db.site import queries
from db.site.marked import FACTS, paragraphs
from db.site.responses import one, page, rows, safe
from db.site.rows import Row

hookimpl = HookimplMarker("datasette")  # datasette.hookimpl itself carries no types


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """An address that stays: the id is derived from the notice's identity and the file's address."""
    return [(r"^/file/(?P<id>\d{1,16})$", file)]


async def file(datasette: Any, request: Any) -> Any:
    """One file: what it is, what became of it, what it says."""
    values = {"id": int(request.url_vars["id"])}
    f = await one(datasette, queries.FILE, values)
    spans = []
    for name, sql in queries.FILE_FACTS.items():
        kind = FACTS[name][1]
        spans += [(s["span_start"], s["span_end"], kind) for s in await rows(datasette, sql, values)]
    context = {
        "f": f, "href": safe(f["url"]), "parts": parts(f["text"] or "", f["places"], spans),
        "captures": await rows(datasette, queries.FILE_CAPTURES, {"url": f["url"]}),
    }  # fmt: skip
    return await page(datasette, request, "tb_file.html", context)


def parts(text: str, places: str | None, spans: list[tuple[int, int, str]]) -> list[Row]:
    """The pages or sheets of a file: what names each, and its lines cut where facts begin and end."""
    return [
        {**place, "lines": paragraphs(text, spans, place["start"], place["end"])}
        for place in json.loads(places or "[]")
    ]
