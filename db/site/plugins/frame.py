"""Round every page: SQL functions, words of the reader's language, headers that keep pages safe, errors."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, Forbidden, NotFound, Response
from pluggy import HookimplMarker

from crawler import contact
from db.search import has_words, vi_fts
from db.site import queries
from db.site.accuracy import card
from db.site.responses import YEAR, day, language, other_language, page, rows
from db.site.rows import Row
from db.site.spellings import FUNCTIONS
from db.site.spreadsheet import without_formulas
from db.site.words import advice, counted, decimal, issuer_name, label, number, reason, translator

hookimpl = HookimplMarker("datasette")  # datasette.hookimpl itself carries no types

CSP = (
    b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    b" frame-ancestors 'none'"
)
#: Datasette's own table pages carry inline scripts and styles.
CSP_TABLES = (
    b"default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';"
    b" img-src 'self' data:; object-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: The map has a slider of its own; everything else of it is plain HTML.
CSP_SCRIPT = CSP + b"; script-src 'self'"
HEADERS = [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer")]
TABLES = ("/notices", "/-/")
#: What remembers the language that the address of a table or question asks for; of a page `page` does.
LANGUAGE_COOKIE = {
    lang: f"lang={lang}; Max-Age={YEAR}; Path=/; SameSite=lax; HttpOnly".encode() for lang in ("vi", "en")
}


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Search's functions; Datasette's own table search (it registers escape_fts before us) uses ours."""
    conn.create_function("vi_fts", 1, vi_fts, deterministic=True)
    conn.create_function("escape_fts", 1, vi_fts, deterministic=True)
    conn.create_function("has_words", -1, has_words, deterministic=True)
    for function in FUNCTIONS:
        conn.create_function(function.__name__, 1, function, deterministic=True)


@hookimpl
def extra_template_vars(datasette: Any, request: Any) -> Row:
    """What every template may use: the words of the reader's language, and how things are written."""
    lang = language(request)
    t = translator(lang)
    return {
        "lang": lang,
        "t": t,
        "day": lambda iso: day(iso) or t("no_date"),
        "month": lambda value: label("month", value, lang),
        "label": lambda facet, value: label(facet, value, lang),
        "number": lambda value: number(value, lang),
        "counted": lambda value, what: counted(value, what, lang),
        "reason": lambda text: reason(text, lang),
        "decimal": lambda value: decimal(value, lang),
        "accuracy": card(),
        "contact": datasette.metadata("contact"),
        "contact_link": contact.link,
        "issuer_name": issuer_name,
        "advice": lambda state, portal: advice(state, portal, lang),
        "other_language": other_language(request, lang),
        # The day of a copy without a server (`thongbao publish`): what needs one is left out of its pages.
        "static": request and request.scope.get("static"),
    }


@hookimpl
def asgi_wrapper() -> Any:
    """Only GET and HEAD; headers that keep pages safe; no formula in a CSV; no column `lang` of a table."""

    def wrap(app: Any) -> Any:
        async def headed(scope: Any, receive: Any, send: Any) -> None:
            path = scope.get("path", "")
            tables = path.startswith(TABLES)
            as_csv = tables and path.endswith(".csv")
            # Excel reads UTF-8 only behind this mark; programs ask without `_dl` and get none.
            mark = "\ufeff".encode() if as_csv and b"_dl=" in scope.get("query_string", b"") else b""
            policy = CSP_TABLES if tables else CSP_SCRIPT if path == "/map" else CSP
            headers = [(b"content-security-policy", policy), *HEADERS]
            scope = _without_language(scope) if tables else scope
            if asked := tables and LANGUAGE_COOKIE.get(scope.get("lang")):
                headers.append((b"set-cookie", asked))

            async def send_headed(event: Any) -> None:
                nonlocal mark
                if event["type"] == "http.response.start":
                    given = (
                        h for h in event["headers"] if not (as_csv and h[0].lower() == b"content-length")
                    )
                    event["headers"] = [*given, *headers]
                elif as_csv:
                    body = without_formulas(event.get("body", b""))
                    event["body"], mark = (mark + body, b"") if body else (body, mark)
                await send(event)

            if scope.get("method", "GET") not in ("GET", "HEAD"):  # Datasette answers a POST with a traceback
                refused = Response.text("nothing is taken here", 405, {"allow": "GET, HEAD"})
                await refused.asgi_send(send_headed)
                return
            await app(scope, receive, send_headed)

        return headed

    return wrap


def _without_language(scope: Any) -> Any:
    parts = scope.get("query_string", b"").split(b"&")
    asked = [p[5:].decode("latin-1") for p in parts if p.startswith(b"lang=")]
    kept = b"&".join(p for p in parts if not p.startswith(b"lang="))
    return scope | {"query_string": kept, "lang": asked[0]} if asked else scope


@hookimpl
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    """What is not there, takes too long or fails is said in the site's own words, with a search box.

    JSON and CSV, and the mistakes of Datasette's own pages, stay Datasette's.
    """
    missing = isinstance(exception, NotFound)
    if request.path.endswith((".json", ".csv", ".atom")):
        return removed_json(datasette, request) if missing else None
    if not missing and (request.path.startswith(TABLES) or isinstance(exception, (Base400, Forbidden))):
        return None
    late = isinstance(exception, QueryInterrupted)
    what, status = ("not_found", 404) if missing else ("too_long", 503) if late else ("broken", 500)

    async def said() -> Response:
        nonlocal what, status
        day = await removed_on(datasette, request.path) if missing else None
        what, status = ("removed", 410) if day else (what, status)
        response = await page(datasette, request, "tb_error.html", {"what": what, "removed_on": day})
        response.status = status
        return response

    return said


async def removed_json(datasette: Any, request: Any) -> Response | None:
    """What programs are told of something that was suppressed; None for what never was here."""
    day = await removed_on(datasette, request.path)
    told = {"ok": False, "error": "removed on request", "removed_on": day, "status": 410}
    return Response.json(told, status=410) if day else None


async def removed_on(datasette: Any, path: str) -> str | None:
    """The day on which what an address names was suppressed, or None."""
    named = re.match(r"/(notice|file)/(\d{1,16})(?:[/.]|$)", path)
    if not named:
        return None
    found = await rows(datasette, queries.SUPPRESSED, {"kind": named[1], "id": int(named[2])})
    return found[0]["day"] if found else None
