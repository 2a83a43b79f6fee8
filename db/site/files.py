"""Hits of a search in attached files, each with its page or sheet."""

from __future__ import annotations

import json
from typing import Any

from db.search import folded, hits
from db.site import queries
from db.site.rows import Row, read_rows
from db.site.search import Plan, snippet


async def find_files(database: Any, chosen: Plan) -> list[Row]:
    """The files that hold the words of a query, the best few; of a common word any few."""
    query = chosen.query
    pattern = hits(query.words)
    if not pattern or query.after:
        return []
    counted = await database.execute(queries.FILE_HITS, chosen.values | {"most": queries.RANKED})
    ranked = counted.rows[0][0] <= queries.RANKED
    filters = "".join(queries.FILTERS[name] for name in query.filters)
    sql = queries.FILES_FOUND.format(filters=filters, order="order by f.rank" if ranked else "")
    found = await read_rows(database, sql, chosen.values)
    for row in found:
        row |= _best_place(row.pop("text") or "", row.pop("places"), pattern)
    return found


def _best_place(text: str, places: str | None, pattern: Any) -> Row:
    """The page or sheet with most hits, and the words round one of them."""

    def count(place: Row) -> int:
        return sum(1 for _ in pattern.finditer(folded(text[place["start"] : place["end"]])))

    known = json.loads(places or "[]")[:200]
    best = max(known, key=count, default=None)
    if best is None:
        return {"number": None, "place": "", "parts": []}
    piece = text[best["start"] : best["end"]][:50_000]
    return {"number": best["number"], "place": best["name"], "parts": snippet(piece, pattern)}
