"""The result of a search to take away: CSV for Excel, JSON for programs, Atom for readers of news."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

from datasette.utils.asgi import Response
from pluggy import HookimplMarker

from db.site import search
from db.site.plugins.pages import base_of
from db.site.spreadsheet import cell

hookimpl = HookimplMarker("datasette")  # datasette.hookimpl itself carries no types

#: Notices of one file; a longer result is in the tables under /notices/.
MOST = 1000
#: Notices of a feed.
NEWEST = 50
FIELDS = ("id", "title", "province", "authority", "published", "portal", "kind", "opening")
Row = dict[str, Any]


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """The same query as the search page's, in three shapes."""
    return [
        (r"^/search\.csv$", export(as_csv)),
        (r"^/search\.json$", export(as_json)),
        (r"^/search\.atom$", feed),
    ]


def export(shape: Callable[[Any, search.Query, list[Row]], Response]) -> Any:
    """A page that answers a search in one shape."""

    async def answer(datasette: Any, request: Any) -> Response:
        query = search.Query.of({key: request.args.get(key) for key in request.args})
        return shape(request, query, await result(datasette, query, MOST))

    return answer


async def result(datasette: Any, query: search.Query, most: int) -> list[Row]:
    """The first notices of a search."""
    database = datasette.get_database("notices")
    found = await search.find(database, await search.plan(database, query), most, fold=False)
    return [{name: row[name] for name in FIELDS} for row in found.rows]


def as_csv(request: Any, query: search.Query, rows: list[Row]) -> Response:
    """CSV with the byte order mark that Excel needs for Vietnamese; no cell passes for a formula."""
    out = io.StringIO()
    writer = csv.DictWriter(out, FIELDS)
    writer.writeheader()
    for row in rows:
        writer.writerow({name: cell(value) for name, value in row.items()})
    headers = {"content-disposition": 'attachment; filename="thong-bao.csv"'}
    return Response("\ufeff" + out.getvalue(), headers=headers, content_type="text/csv; charset=utf-8")


def as_json(request: Any, query: search.Query, rows: list[Row]) -> Response:
    """A JSON object with the query and its notices."""
    answer: Response = Response.json({"query": query.words, "filters": dict(query.filters), "notices": rows})
    return answer


async def feed(datasette: Any, request: Any) -> Response:
    """The newest notices of a search, whatever its order: a reader asks again and sees what is new."""
    query = search.Query.of({key: request.args.get(key) for key in request.args})
    rows = await result(datasette, replace(query, sort="date", after=""), NEWEST)
    return as_atom(request, query, rows)


def as_atom(request: Any, query: search.Query, rows: list[Row]) -> Response:
    """An Atom feed of notices."""
    base = base_of(request)
    root = ElementTree.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "vi"})
    _child(root, "title", f"Thông Báo: {query.words or 'COVID-19'}")
    _child(root, "id", base + query.address())
    ElementTree.SubElement(root, "link", rel="self", href=base + query.address(path="/search.atom"))
    _child(root, "updated", _time(rows[0]["published"] if rows else None))
    _child(ElementTree.SubElement(root, "author"), "name", "Thông Báo")
    for row in rows:
        entry = ElementTree.SubElement(root, "entry")
        address = f"{base}/notice/{row['id']}"
        _child(entry, "title", row["title"] or "")
        _child(entry, "id", address)
        ElementTree.SubElement(entry, "link", href=address)
        _child(entry, "updated", _time(row["published"]))
        _child(entry, "summary", row["opening"] or "")
    text = ElementTree.tostring(root, encoding="unicode", xml_declaration=True)
    return Response(text, content_type="application/atom+xml; charset=utf-8")


def _child(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = "".join(c for c in text if c >= " " or c in "\n\t")


def _time(day: str | None) -> str:
    return f"{day or '2020-01-01'}T00:00:00+07:00"
