"""The result of a search to take away: CSV for Excel, JSON for programs, Atom for readers of news."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

from datasette.utils.asgi import AsgiStream, Response
from pluggy import HookimplMarker

from db.site import search
from db.site.responses import base_of
from db.site.rows import Row
from db.site.spreadsheet import cell

hookimpl = HookimplMarker("datasette")  # datasette.hookimpl itself carries no types

#: Notices read at once: of one JSON answer, and of each piece of a CSV file. Of a file that has begun no
#: error can be told any more, so its pieces are read in a fraction of the time that a query may take.
PIECE, CSV_PIECE = 1000, 250
#: Notices of a feed.
NEWEST = 50
#: `notice` is the address on this site (a spreadsheet rounds the 16 digits of an id), `url` the source's.
FIELDS = ("id", "title", "province", "authority", "published", "portal", "kind", "opening", "notice", "url")


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """The same query as the search page's, in three shapes."""
    return [(r"^/search\.csv$", as_csv), (r"^/search\.json$", as_json), (r"^/search\.atom$", feed)]


def asked(request: Any) -> search.Query:
    """The query of an address."""
    return search.Query.of({key: request.args.get(key) for key in request.args})


async def piece(
    datasette: Any, request: Any, chosen: search.Plan, most: int, fields: Sequence[str] = FIELDS
) -> tuple[list[Row], str]:
    """Notices of a search from where its address begins, and the place after which the next ones do."""
    base = base_of(request)
    found = await search.find(datasette.get_database("notices"), chosen, most, fold=False)
    rows = [row | {"notice": f"{base}/notice/{row['id']}"} for row in found.rows]
    return [{name: row[name] for name in fields} for row in rows], found.after


async def as_csv(datasette: Any, request: Any) -> AsgiStream:
    """The whole result as CSV with the byte order mark that Excel needs; no cell passes for a formula."""

    async def write(stream: Any) -> None:
        out = io.StringIO("\ufeff")
        out.seek(0, io.SEEK_END)
        writer = csv.DictWriter(out, FIELDS)
        writer.writeheader()
        chosen = await search.plan(datasette.get_database("notices"), asked(request))
        more = True
        while more:
            rows, after = await piece(datasette, request, chosen, CSV_PIECE)
            writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
            await stream.write(out.getvalue())
            out.seek(0)
            out.truncate()
            chosen, more = replace(chosen, query=replace(chosen.query, after=after)), bool(after)

    headers = {"content-disposition": 'attachment; filename="thong-bao.csv"'}
    return AsgiStream(write, headers=headers, content_type="text/csv; charset=utf-8")


async def as_json(datasette: Any, request: Any) -> Response:
    """A JSON object with the query, its notices, and where the `next` ones are."""
    query = asked(request)
    chosen = await search.plan(datasette.get_database("notices"), query)
    rows, after = await piece(datasette, request, chosen, PIECE)
    following = base_of(request) + query.address(path="/search.json", after=after) if after else None
    told = {"query": query.words, "filters": dict(query.filters), "notices": rows, "next": following}
    answer: Response = Response.json(told)
    return answer


async def feed(datasette: Any, request: Any) -> Response:
    """The newest notices of a search, whatever its order: a reader asks again and sees what is new."""
    query = replace(asked(request), sort="date", after="")
    chosen = await search.plan(datasette.get_database("notices"), query)
    rows, _ = await piece(datasette, request, chosen, NEWEST, (*FIELDS, "first_seen"))
    return as_atom(request, query, rows)


def as_atom(request: Any, query: search.Query, rows: list[Row]) -> Response:
    """An Atom feed of notices."""
    base = base_of(request)
    root = ElementTree.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "vi"})
    _child(root, "title", f"Thông Báo: {query.words or 'COVID-19'}")
    _child(root, "id", base + query.address())
    ElementTree.SubElement(root, "link", rel="self", href=base + query.address(path="/search.atom"))
    _child(root, "updated", _time(rows[0]) if rows else "2020-01-01T00:00:00+07:00")
    _child(ElementTree.SubElement(root, "author"), "name", "Thông Báo")
    for row in rows:
        entry = ElementTree.SubElement(root, "entry")
        address = row["notice"]
        _child(entry, "title", row["title"] or "")
        _child(entry, "id", address)
        ElementTree.SubElement(entry, "link", href=address)
        _child(entry, "updated", _time(row))
        _child(entry, "summary", row["opening"] or "")
    text = ElementTree.tostring(root, encoding="unicode", xml_declaration=True)
    return Response(text, content_type="application/atom+xml; charset=utf-8")


def _child(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = "".join(c for c in text if c >= " " or c in "\n\t")


def _time(row: Row) -> str:
    """When a notice was published; of one without a day, when it was first seen."""
    return f"{row['published']}T00:00:00+07:00" if row["published"] else str(row["first_seen"])
