"""The map: notices of a month in each province, of 2021 or of today, and a table that says the same."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import Response
from pluggy import HookimplMarker

from db.site import outlines, queries, search
from db.site.map import areas, chosen_month, scale, sums
from db.site.responses import page

hookimpl = HookimplMarker("datasette")  # datasette.hookimpl itself carries no types


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """An address that stays."""
    return [(r"^/map$", show)]


async def show(datasette: Any, request: Any) -> Response:
    """The map of a month (`month=2021-07`; else the fullest), of 63 provinces or (`today=1`) of 34."""
    found = await search.remembered(datasette.get_database("notices"), queries.PROVINCE_MONTHS, {})
    counts = {(row["name"], row["month"]): row["count"] for row in found}
    months = sorted({row["month"] for row in found})
    month = chosen_month(request.args.get("month"), counts, months)
    today = request.args.get("today") == "1"
    bounds = scale(sums(counts, today))
    portals = await search.remembered(
        datasette.get_database("notices"), queries.PORTALS_READ, {"province": None}
    )
    place = months.index(month) if month else 0
    context = {
        "areas": areas(counts, portals, months, month, today, bounds), "bounds": bounds, "place": place,
        "here": address(month, today), "months": months, "chosen": month, "today": today,
        "legend": list(zip([1, *bounds], [*(b - 1 for b in bounds), None], strict=True)),
        "previous": address(months[place - 1], today) if place else None,
        "next": address(months[place + 1], today) if place + 1 < len(months) else None,
        "others": address(month, not today), "width": outlines.WIDTH, "height": outlines.HEIGHT,
    }  # fmt: skip
    return await page(datasette, request, "tb_map.html", context)


def address(month: str | None, today: bool) -> str:
    """The address of the map of a month."""
    return "/map?" + urlencode(({"month": month} if month else {}) | ({"today": 1} if today else {}))
