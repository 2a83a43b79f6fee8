"""What search engines are told: robots.txt and the sitemap of the pages that stay."""

from __future__ import annotations

import math
from typing import Any
from xml.etree import ElementTree

from datasette.utils.asgi import NotFound, Response
from pluggy import HookimplMarker

from crawler.provinces import PROVINCES
from db.site import queries
from db.site.responses import base_of, one, rows

hookimpl = HookimplMarker("datasette")  # datasette.hookimpl itself carries no types

#: Ids are below this: the first 52 bits of a hash.
IDS = 1 << 52
#: Pages without an id.
PAGES = (
    "/", "/hotlines", "/provinces", "/map", "/timeline", "/coverage", "/status", "/about", "/about/data",
    "/about/tables",
)  # fmt: skip
#: Pages that stay are welcome, in English too; tables, SQL, files to take away, captures and the endless
#: combinations of a search are not. `$` and `*` are those of RFC 9309, of two rules the longer one counts.
ROBOTS = """User-agent: *
Disallow: /notices$
Disallow: /notices?
Disallow: /notices/
Disallow: /notices.
Disallow: /-/
Disallow: /search.
Disallow: /capture/
Disallow: /notice/*/cite
Disallow: /notice/*.json
Disallow: /*?
Allow: /*?lang=en$

Sitemap: {base}/sitemap.xml
"""
Row = dict[str, Any]


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Addresses that every site has."""
    return [
        (r"^/robots\.txt$", robots),
        (r"^/sitemap\.xml$", sitemap),
        (
            r"^/sitemap-(?P<kind>pages|notices|documents|files)-(?P<place>\d{1,4})-of-(?P<count>\d{1,4})\.xml$",
            part,
        ),
    ]


async def robots(datasette: Any, request: Any) -> Response:
    """robots.txt."""
    return Response(ROBOTS.format(base=base_of(request)), content_type="text/plain; charset=utf-8")


async def sitemap(datasette: Any, request: Any) -> Response:
    """The pages that stay, as one file, or as the list of its parts where one would hold too many."""
    sizes = await one(datasette, queries.SITEMAP_SIZES, {})
    fixed = await pages(datasette)
    if len(fixed) + sum(sizes.values()) <= queries.SITEMAP_MOST:
        parts = [await listed(datasette, kind, 1, 1) for kind in sizes]
        return urlset(request, [*fixed, *(row for part in parts for row in part)])
    counts = {kind: math.ceil(size / queries.SITEMAP_PART) for kind, size in sizes.items()}
    places = [f"{kind}-{place}-of-{count}" for kind, count in counts.items() for place in range(1, count + 1)]
    addresses = [f"{base_of(request)}/sitemap-{place}.xml" for place in ("pages-1-of-1", *places)]
    return as_xml("sitemapindex", "sitemap", [{"loc": address} for address in addresses])


async def part(datasette: Any, request: Any) -> Response:
    """One part of the sitemap, as `sitemap` names it; `NotFound` for one that is none."""
    kind, place, count = (request.url_vars[name] for name in ("kind", "place", "count"))
    if not 1 <= int(place) <= int(count):
        raise NotFound("no such part")
    if kind == "pages":
        return urlset(request, await pages(datasette))
    return urlset(request, await listed(datasette, kind, int(place), int(count)))


async def pages(datasette: Any) -> list[Row]:
    """Pages without an id, provinces and portals."""
    portals = await rows(datasette, queries.SITEMAP_PORTALS)
    found = [
        *PAGES,
        *(f"/province/{p.code}" for p in PROVINCES),
        *(f"/portal/{row['id']}" for row in portals),
    ]
    return [{"loc": address} for address in found]


async def listed(datasette: Any, kind: str, place: int, count: int) -> list[Row]:
    """A part of the notices (with the day their text was first read), documents or files, by id."""
    values = {"first": (place - 1) * IDS // count, "last": place * IDS // count}
    found = await rows(datasette, queries.SITEMAP_PARTS[kind], values)
    return [{"loc": f"/{kind[:-1]}/{row['id']}", "lastmod": row["day"]} for row in found]


def urlset(request: Any, found: list[Row]) -> Response:
    """A sitemap of addresses of this site."""
    base = base_of(request)
    return as_xml("urlset", "url", [row | {"loc": base + row["loc"]} for row in found])


def as_xml(outer: str, inner: str, found: list[Row]) -> Response:
    """The rows as XML elements, what is empty left out."""
    root = ElementTree.Element(outer, {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"})
    for row in found:
        entry = ElementTree.SubElement(root, inner)
        for name, value in row.items():
            if value:
                ElementTree.SubElement(entry, name).text = value
    text = ElementTree.tostring(root, encoding="unicode", xml_declaration=True)
    return Response(text, content_type="application/xml; charset=utf-8")
