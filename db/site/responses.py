"""What the handlers of pages share: the reader's language, rows, rendered pages, addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from datasette.utils.asgi import NotFound, Response

from db.site.direction import in_one_direction
from db.site.rows import Row, read_rows

YEAR = 365 * 24 * 3600
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def language(request: Any) -> str:
    """`vi` unless the address or the cookie of an earlier address asks for `en`."""
    chosen = request and (asked_language(request) or request.cookies.get("lang"))
    return "en" if chosen == "en" else "vi"


def asked_language(request: Any) -> str | None:
    """The language that the address names (of a table's address, before `lang` was taken out of it)."""
    asked = request.scope.get("lang") or request.args.get("lang")
    return asked if asked in ("vi", "en") else None


def other_language(request: Any, lang: str) -> str:
    """The address of the same page in the other language."""
    if request is None:
        return "/?lang=en"
    arguments = {k: request.args.get(k) for k in request.args if k != "lang"}
    return f"{request.path}?" + urlencode(arguments | {"lang": "vi" if lang == "en" else "en"})


def day(iso: str | None) -> str:
    """A date as people here write it (15/06/2021), '' for none."""
    return "/".join(reversed(iso[:10].split("-"))) if iso else ""


def safe(url: str | None) -> str | None:
    """A URL that may be a link, or None (`javascript:` stays text)."""
    try:
        return url if url and urlsplit(url).scheme in ("http", "https") else None
    except ValueError:
        return None


async def rows(datasette: Any, sql: str, values: Mapping[str, Any] | None = None) -> list[Row]:
    """The rows of a query as dicts."""
    return await read_rows(datasette.get_database("notices"), sql, values)


async def one(datasette: Any, sql: str, values: Mapping[str, Any]) -> Row:
    """The only row of a query; `NotFound` when there is none."""
    found = await rows(datasette, sql, values)
    if not found:
        raise NotFound("not in the index")
    return found[0]


async def page(datasette: Any, request: Any, template: str, context: Row) -> Response:
    """A rendered page; the language that an address asks for is remembered."""
    rendered = await datasette.render_template(template, context, request=request)
    response = Response.html(in_one_direction(rendered))
    if asked := asked_language(request):
        response.set_cookie("lang", asked, max_age=YEAR, samesite="lax", httponly=True)
    return response


def base_of(request: Any) -> str:
    """Scheme and host by which the site was asked."""
    return f"{request.scheme}://{request.host}"


def permalink(request: Any) -> str:
    """The address of a page without what only suits one reader."""
    return base_of(request) + str(request.path)
