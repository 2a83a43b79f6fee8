"""The site's own pages: search, notice, document, hotlines, province, portal."""

from __future__ import annotations

import re
import sqlite3
from typing import Any
from urllib.parse import urlencode

from datasette import hookimpl
from datasette.utils.asgi import NotFound, Response

from crawler.provinces import PROVINCES
from db.search import vi_fts
from db.site import queries

CSP = ("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
       " frame-ancestors 'none'")  # fmt: skip
#: Datasette's own table pages carry inline scripts and styles.
CSP_TABLES = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Our query builder, also behind Datasette's own table search (which registers escape_fts before us)."""
    conn.create_function("vi_fts", 1, vi_fts, deterministic=True)
    conn.create_function("escape_fts", 1, vi_fts, deterministic=True)


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Addresses that stay."""
    return [
        (r"^/$", home),
        (r"^/notice/(?P<id>\d+)$", notice),
        (r"^/document/(?P<id>\d+)$", document),
        (r"^/hotlines$", hotlines),
        (r"^/province/(?P<code>\d\d)$", province),
        (r"^/portal/(?P<id>[\w-]+)$", portal),
    ]


@hookimpl
def asgi_wrapper() -> Any:
    """Security headers on every response."""

    def wrap(app: Any) -> Any:
        async def headed(scope: Any, receive: Any, send: Any) -> None:
            tables = scope.get("path", "").startswith(("/notices", "/-/"))

            async def send_headed(event: Any) -> None:
                if event["type"] == "http.response.start":
                    policy = CSP_TABLES if tables else CSP
                    event["headers"] = [
                        *event["headers"],
                        (b"content-security-policy", policy.encode()),
                        (b"x-content-type-options", b"nosniff"),
                        (b"referrer-policy", b"no-referrer"),
                    ]
                await send(event)

            await app(scope, receive, send_headed)

        return headed

    return wrap


async def _rows(datasette: Any, sql: str, values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    result = await datasette.get_database("notices").execute(sql, values or {})
    return [dict(row) for row in result.rows]


async def _page(datasette: Any, request: Any, template: str, **context: Any) -> Response:
    return Response.html(await datasette.render_template(template, context, request=request))


def day(iso: str | None) -> str:
    """A date as people here write it (15/06/2021)."""
    return "/".join(reversed(iso[:10].split("-"))) if iso else "không rõ ngày"


def marked(snippet: str) -> list[tuple[str, bool]]:
    """The parts of an FTS snippet, and whether each is a hit: the template escapes every one."""
    return [
        (part.strip("\x01\x02"), part.startswith("\x01")) for part in re.split(r"(\x01[^\x02]*\x02)", snippet)
    ]


def safe(url: str | None) -> str | None:
    """A URL that may be a link, or None (`javascript:` stays text)."""
    return url if url and url.startswith(("http://", "https://")) else None


async def home(datasette: Any, request: Any) -> Response:
    """Search box, ranked results, facets that combine."""
    q = (request.args.get("q") or "").strip()
    active = {name: request.args.get(name) for name in queries.FILTERS if request.args.get(name)}
    filters = "".join(queries.FILTERS[name] for name in active)
    values = {"q": q, **active}
    sql = (queries.SEARCH if q else queries.NEWEST).format(filters=filters)
    results = [
        r | {"parts": marked(r["snippet"] or ""), "day": day(r["published"])}
        for r in await _rows(datasette, sql, values)
    ]
    where = filters + (f" and n.id in ({queries.MATCHING})" if q else "")
    facets = []
    for name, sql in queries.FACETS.items():
        rows = (await _rows(datasette, sql.format(where=where), values))[:12]
        for row in rows:
            on = active.get(name) == row["value"]
            chosen = {k: v for k, v in active.items() if k != name} | ({} if on else {name: row["value"]})
            row |= {"on": on, "href": "/?" + urlencode({"q": q, **chosen})}
        facets.append((name, rows))
    dial = re.sub(r"\D", "", q)
    documents = (
        await _rows(datasette, queries.DOCUMENTS_BY_NUMBER, {"q": q.replace(" ", "")})
        if "/" in q or "-" in q
        else []
    )
    phones = await _rows(datasette, queries.PHONES_BY_DIAL, {"dial": dial}) if len(dial) >= 3 else []
    return await _page(datasette, request, "tb_home.html", q=q, active=active, results=results, facets=facets, documents=documents, phones=phones)  # fmt: skip


async def notice(datasette: Any, request: Any) -> Response:
    """One notice with its facts, each marked where it stands."""
    found = await _rows(datasette, queries.NOTICE, {"id": int(request.url_vars["id"])})
    if not found:
        raise NotFound("no such notice")
    n = found[0]
    values = {"id": n["id"], "version": n["version"]}
    documents = await _rows(datasette, queries.NOTICE_CITATIONS, values)
    phones = await _rows(datasette, queries.NOTICE_PHONES, values)
    dates = await _rows(datasette, queries.NOTICE_DATES, values)
    witnesses = await _rows(datasette, queries.NOTICE_WITNESSES, values)
    files = await _rows(datasette, queries.NOTICE_FILES, values)
    parts = pieces(n["full_text"], [(f["span_start"], f["span_end"]) for f in (*documents, *phones, *dates)])
    for row in (*files, *witnesses):
        row["href"] = safe(row["url"])
    return await _page(datasette, request, "tb_notice.html", n=n, day=day, source=safe(n["url"]), documents=documents,
                       phones=phones, dates=dates, parts=parts, witnesses=witnesses, files=files)  # fmt: skip


def pieces(text: str, spans: list[tuple[int, int]]) -> list[tuple[str, int | None]]:
    """The text cut at its evidence: each piece with its start when it is evidence, else None."""
    found: list[tuple[str, int | None]] = []
    at = 0
    for start, end in sorted(spans):
        if start >= at:
            found += [(text[at:start], None), (text[start:end], start)]
            at = end
    return [*found, (text[at:], None)]


async def document(datasette: Any, request: Any) -> Response:
    """One official document and the notices that name it."""
    values = {"id": int(request.url_vars["id"])}
    found = await _rows(datasette, queries.DOCUMENT, values)
    if not found:
        raise NotFound("no such document")
    notices = await _rows(datasette, queries.DOCUMENT_NOTICES, values)
    return await _page(datasette, request, "tb_list.html", title=f"{found[0]['type'] or ''} {found[0]['number']}".strip(),
                       lead=f"Ban hành: {day(found[0]['issued'])} · Cơ quan: {found[0]['issuer'] or 'không rõ'}", notices=notices, day=day)  # fmt: skip


async def hotlines(datasette: Any, request: Any) -> Response:
    """The ledger of hotline numbers."""
    return await _page(
        datasette, request, "tb_hotlines.html", rows=await _rows(datasette, queries.HOTLINES), day=day
    )


async def province(datasette: Any, request: Any) -> Response:
    """The notices of one province."""
    found = [p for p in PROVINCES if p.code == request.url_vars["code"]]
    if not found:
        raise NotFound("no such province")
    notices = await _rows(datasette, queries.BY_PROVINCE, {"name": found[0].name})
    lead = f"Nay thuộc {found[0].name_2025}" if found[0].name_2025 != found[0].name else ""
    return await _page(
        datasette, request, "tb_list.html", title=found[0].name, lead=lead, notices=notices, day=day
    )


async def portal(datasette: Any, request: Any) -> Response:
    """The notices of one portal."""
    name = request.url_vars["id"]
    notices = await _rows(datasette, queries.BY_PORTAL, {"name": name})
    return await _page(datasette, request, "tb_list.html", title=name, lead="", notices=notices, day=day)
