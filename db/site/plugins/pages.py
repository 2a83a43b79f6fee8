"""The site's own pages on Datasette: addresses, handlers, and the headers that keep them safe."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections import Counter, deque
from collections.abc import Container, Mapping
from contextlib import suppress
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, Forbidden, NotFound, Response
from pluggy import HookimplMarker

from crawler import contact
from crawler.clock import now
from crawler.provinces import PROVINCES, by_name, fold
from db.search import has_words, vi_fts
from db.site import charts, ledger, named, queries, search
from db.site import coverage as silence
from db.site import files as attached
from db.site.accuracy import card
from db.site.compare import compare
from db.site.direction import in_one_direction
from db.site.rows import Row, read_rows
from db.site.spellings import FUNCTIONS
from db.site.spreadsheet import without_formulas
from db.site.words import TOPICS, advice, counted, decimal, issuer_name, label, number, reason, translator
from db.status import NEVER, Status, statuses

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
YEAR = 365 * 24 * 3600
#: What remembers the language that the address of a table or question asks for; of a page `page` does.
LANGUAGE_COOKIE = {
    lang: f"lang={lang}; Max-Age={YEAR}; Path=/; SameSite=lax; HttpOnly".encode() for lang in ("vi", "en")
}
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
#: Rows of one page of a list.
PAGE = 50
#: Characters of a text from which on it has a frame to scroll in, so that its facts stay near.
LONG = 20_000


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Search's functions; Datasette's own table search (it registers escape_fts before us) uses ours."""
    conn.create_function("vi_fts", 1, vi_fts, deterministic=True)
    conn.create_function("escape_fts", 1, vi_fts, deterministic=True)
    conn.create_function("has_words", -1, has_words, deterministic=True)
    for function in FUNCTIONS:
        conn.create_function(function.__name__, 1, function, deterministic=True)


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Addresses that stay."""
    return [
        (r"^/$", home),
        (r"^/notice/(?P<id>\d{1,16})$", notice),
        (r"^/notice/(?P<id>\d{1,16})/versions$", versions),
        (r"^/document/(?P<id>\d{1,16})$", document),
        (r"^/hotlines$", hotlines),
        (r"^/provinces$", provinces),
        (r"^/province/(?P<code>\d\d)$", province),
        (r"^/portal/(?P<id>[\w-]{1,80})$", portal),
        (r"^/timeline$", timeline),
        (r"^/coverage$", coverage),
        (r"^/status$", status),
        (r"^/about$", about),
    ]


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
            policy = CSP_TABLES if tables else CSP_SCRIPT if path == "/map" else CSP
            headers = [(b"content-security-policy", policy), *HEADERS]
            scope = _without_language(scope) if tables else scope
            if asked := tables and LANGUAGE_COOKIE.get(scope.get("lang")):
                headers.append((b"set-cookie", asked))

            async def send_headed(event: Any) -> None:
                if event["type"] == "http.response.start":
                    given = (
                        h for h in event["headers"] if not (as_csv and h[0].lower() == b"content-length")
                    )
                    event["headers"] = [*given, *headers]
                elif as_csv:
                    event["body"] = without_formulas(event.get("body", b""))
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


# -- helpers ---------------------------------------------------------------------------------------


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


# -- pages -----------------------------------------------------------------------------------------


async def home(datasette: Any, request: Any) -> Response:
    """Search box, ranked results, facets that combine and can be undone."""
    database = datasette.get_database("notices")
    query = search.Query.of({key: request.args.get(key) for key in request.args})
    plan = await search.plan(database, query)
    found, counts, documents = await asyncio.gather(
        search.find(database, plan),
        search.counts(database, plan),
        named.documents(database, query.words),
    )
    lang = language(request)
    active = [
        {"label": label(name, value, lang), "href": query.address(**{name: None, "after": None})}
        for name, value in query.filters.items()
    ]
    context = {
        "query": query, "found": found, "counts": counts, "active": active, "plan": plan,
        "unranked": plan.windowed, "ranked_most": queries.RANKED, "newest": queries.NEWEST,
        "window": queries.WINDOW, "documents": documents,
        "files": await attached.find_files(database, plan) if plan.source == "words" else [],
        "phones": await named.ledger(database, [plan.dial]) if plan.dial else [],
        "exports": {shape: query.address(path=f"/search.{shape}") for shape in ("csv", "json", "atom")},
        "by_relevance": query.address(sort=None), "by_date": query.address(sort="date"),
    }  # fmt: skip
    return await page(datasette, request, "tb_home.html", context)


async def notice(datasette: Any, request: Any) -> Response:
    """One notice with its facts, each marked where it stands."""
    n = await one(datasette, queries.NOTICE, {"id": int(request.url_vars["id"])})
    values = {"id": n["id"], "version": n["version"]}
    found = {name: await rows(datasette, sql, values) for name, (sql, _) in FACTS.items()}
    await named.with_successors(datasette.get_database("notices"), found["phones"])
    twins = await rows(datasette, queries.TWINS.format(filters=""), {"ids": f"[{n['id']}]"})
    files = await rows(datasette, queries.NOTICE_FILES, values)
    witnesses = await rows(datasette, queries.NOTICE_WITNESSES, values)
    for row in (*files, *witnesses):
        row["href"] = safe(row["url"])
    lines = paragraphs(n["full_text"], marks(found))
    context = {
        "n": n, **found, "files": files, "scans": {f["id"] for f in files if f["ocr"]},
        "witnesses": witnesses, "source": safe(n["url"]),
        "twins": twins, "permalink": permalink(request), "today": str(now().astimezone(HANOI).date()),
        "versions": await rows(datasette, queries.NOTICE_VERSIONS, values),
        "heading": lines.pop(0) if lines and n["full_text"].split("\n", 1)[0] == n["title"] else None,
        "paragraphs": lines, "long": len(n["full_text"]) > LONG,
    }  # fmt: skip
    return await page(datasette, request, "tb_notice.html", context)


def base_of(request: Any) -> str:
    """Scheme and host by which the site was asked."""
    return f"{request.scheme}://{request.host}"


def permalink(request: Any) -> str:
    """The address of a page without what only suits one reader."""
    return base_of(request) + str(request.path)


async def versions(datasette: Any, request: Any) -> Response:
    """The texts that a notice had, each compared with the one before it."""
    n = await one(datasette, queries.NOTICE, {"id": int(request.url_vars["id"])})
    texts = await rows(datasette, queries.NOTICE_TEXTS, {"id": n["id"]})
    loop = asyncio.get_running_loop()
    for newer, older in pairwise(texts):
        newer["changes"] = await loop.run_in_executor(None, compare, older["text"], newer["text"])
    return await page(datasette, request, "tb_versions.html", {"n": n, "texts": texts})


#: The facts that are shown beside a text, and what marks them in it.
FACTS = {
    "documents": (queries.NOTICE_CITATIONS, "document"),
    "phones": (queries.NOTICE_PHONES, "phone"),
    "dates": (queries.NOTICE_DATES, "date"),
    "emails": (queries.NOTICE_EMAILS, "email"),
    "topics": (queries.NOTICE_TOPICS, "topic"),
}


def marks(found: Mapping[str, list[Row]]) -> list[tuple[int, int, str]]:
    """Where the facts of a notice stand in its text: start, end, kind of fact."""
    return [
        (fact["span_start"], fact["span_end"], FACTS[name][1])
        for name, facts in found.items()
        for fact in facts
        if not fact.get("attachment") and (fact["span_end"] or 0) > (fact["span_start"] or 0)
    ]


Piece = tuple[str, str, int | None]


def paragraphs(
    text: str, spans: list[tuple[int, int, str]], start: int = 0, stop: int | None = None
) -> list[list[Piece]]:
    """The text (from `start` to `stop`) in paragraphs, each cut into pieces.

    A piece is its words, the kind of fact or '', and the start of facts that begin there.
    """
    found: list[list[Piece]] = []
    at, waiting, open_spans = start, deque(sorted(spans)), list[tuple[int, int, str]]()
    for line in text[start:stop].split("\n"):
        end = at + len(line)
        while waiting and waiting[0][0] < end:
            open_spans.append(waiting.popleft())
        open_spans = [s for s in open_spans if s[1] > at]
        if line.strip():
            found.append(_pieces(text, at, end, open_spans))
        at = end + 1
    return found


def _pieces(text: str, at: int, end: int, spans: list[tuple[int, int, str]]) -> list[Piece]:
    """One paragraph, cut wherever a fact begins or ends: of facts that overlap each is marked and reached."""
    cuts = sorted({at, end, *(min(max(edge, at), end) for span in spans for edge in span[:2])})
    starts, waiting, held = {s[0] for s in spans}, deque(spans), list[tuple[int, int, str]]()
    found: list[Piece] = []
    for start, stop in pairwise(cuts):
        while waiting and waiting[0][0] <= start:
            held.append(waiting.popleft())
        held = [s for s in held if s[1] >= stop]
        kind = min((s[2] for s in held), key=_ORDER.index, default="")
        found.append((text[start:stop], kind, start if start in starts else None))
    return found


#: Of kinds that overlap the first is shown.
_ORDER = ["phone", "email", "document", "date", "topic"]


async def document(datasette: Any, request: Any) -> Response:
    """One official document, the notices that name it over time and by province, and its relations."""
    values = {"id": int(request.url_vars["id"])}
    d = await one(datasette, queries.DOCUMENT, values)
    counts = await rows(datasette, queries.DOCUMENT_COUNTS, values)
    subject = {"role": "subject", "after_id": None, "after_date": "", "size": PAGE}
    citing = after_day(request) | {"role": "cited", "size": PAGE + 1}
    cited_by = await rows(datasette, queries.DOCUMENT_NOTICES, values | citing)
    relations = await rows(datasette, queries.DOCUMENT_RELATIONS, values)
    context = {
        "d": d,
        "subjects": sum(c["count"] for c in counts if c["subject"]),
        "citations": sum(c["count"] for c in counts if not c["subject"]),
        "subject_of": await rows(datasette, queries.DOCUMENT_NOTICES, values | subject),
        "cited_by": cited_by[:PAGE],
        "next": next_day(request, cited_by),
        "relations": relations,
        "graph": charts.graph(d, relations),
        "months": monthly(totals(counts, "month")),
        "provinces": sorted(totals(counts, "province").items(), key=lambda p: (-p[1], p[0])),
        "codes": {p.name: p.code for p in PROVINCES},
        "permalink": permalink(request),
        "today": str(now().astimezone(HANOI).date()),
    }
    return await page(datasette, request, "tb_document.html", context)


def monthly(counts: Mapping[str, int]) -> charts.Bars | None:
    """The drawing of counts by month."""
    return charts.bars(counts, charts.months_between(min(counts), max(counts)) if counts else [])


def totals(counts: list[Row], name: str) -> dict[str, int]:
    """The sum of the counts of each value of a column."""
    found: Counter[str] = Counter()
    for row in counts:
        if row[name]:
            found[row[name]] += row["count"]
    return dict(found)


def after_day(request: Any) -> Row:
    """The day and id after which a page of a list begins (`after=20210615_1234`)."""
    day, _, after = (request.args.get("after") or "").partition("_")
    if not re.fullmatch(r"\d{1,16}", after) or not re.fullmatch(r"(\d{8})?", day):
        return {"after_id": None, "after_date": ""}
    return {"after_id": int(after), "after_date": f"{day[:4]}-{day[4:6]}-{day[6:]}" if day else ""}


def next_day(request: Any, found: list[Row]) -> str | None:
    """The address of the next page of a list by day, of which one row too many was read."""
    if len(found) <= PAGE:
        return None
    last = found[PAGE - 1]
    return f"{request.path}?after={(last['published'] or '').replace('-', '')}_{last['id']}"


async def hotlines(datasette: Any, request: Any) -> Response:
    """The ledger of hotline numbers by province and owner, a page at a time, narrowed, or whole for paper."""
    database = datasette.get_database("notices")
    province, on_paper = chosen_province(request), request.args.get("print") == "1"
    words = (request.args.get("q") or "").replace("\0", " ").strip()[:100]
    following, narrowed = None, {"province": province} if province else {}
    if words:
        found, more = await ledger.matching(database, words, province)
    else:
        size = ledger.MOST if on_paper else PAGE
        found, following = await ledger.listed(database, province, request.args.get("after") or "", size)
        more = on_paper and following is not None
    paged = following and not on_paper
    context = {
        "rows": found, "province": province, "words": words, "more": more, "on_paper": on_paper,
        "provinces": sorted((p.name for p in PROVINCES), key=fold),
        "next": "/hotlines?" + urlencode({"after": following} | narrowed) if paged else None,
        "whole": "/hotlines?" + urlencode(narrowed | {"print": 1}) if paged else None,
        "permalink": base_of(request) + request.full_path, "today": str(now().astimezone(HANOI).date()),
    }  # fmt: skip
    return await page(datasette, request, "tb_hotlines.html", context)


async def provinces(datasette: Any, request: Any) -> Response:
    """The 63 provinces of 2021 with their notices, and what they are part of today."""
    return await page(
        datasette, request, "tb_provinces.html", {"rows": await rows(datasette, queries.PROVINCES)}
    )


async def province(datasette: Any, request: Any) -> Response:
    """One province: its portals, months, documents, newest notices, and what it is part of today."""
    found = next((p for p in PROVINCES if p.code == request.url_vars["code"]), None)
    if found is None:
        raise NotFound("no such province")
    values = {"name": found.name}
    months = await rows(datasette, queries.MONTHS, values)
    most = max((m["count"] for m in months), default=1)
    for month in months:
        month["share"] = round(100 * month["count"] / most)
        month["href"] = search.Query(filters={"province": found.name, "month": month["month"]}).address()
    context = {
        "province": found, "months": months,
        "of_today": await rows(datasette, queries.PROVINCES_OF_TODAY, {"today": found.name_2025}),
        "portals": await rows(datasette, queries.PROVINCE_PORTALS, values),
        "documents": await rows(datasette, queries.PROVINCE_DOCUMENTS, values),
        "notices": await rows(datasette, queries.BY_PROVINCE, values),
    }  # fmt: skip
    return await page(datasette, request, "tb_province.html", context)


async def portal(datasette: Any, request: Any) -> Response:
    """One portal: how its reading went, and its notices."""
    values = {"id": request.url_vars["id"]}
    p = await one(datasette, queries.PORTAL, values)
    (stands,) = await portal_statuses(datasette, p["id"])
    context = {
        "p": p, "home": safe(p["url"]), "stands": stands,
        "outcomes": await rows(datasette, queries.PORTAL_OUTCOMES, values),
        "notices": await rows(datasette, queries.BY_PORTAL, values),
    }  # fmt: skip
    return await page(datasette, request, "tb_portal.html", context)


def chosen_province(request: Any) -> str | None:
    """The province that the address names in any spelling; None for none and for a name that is none."""
    found = by_name(request.args.get("province") or "")
    return found.name if found else None


async def timeline(datasette: Any, request: Any) -> Response:
    """Notices a week, of all or of one province and topic, and the national acts that most name."""
    province, topic = chosen_province(request), request.args.get("topic")
    topic = topic if topic in TOPICS else None
    values = {"province": province, "topic": topic}
    narrowed = "".join(queries.FILTERS[name] for name, value in values.items() if value)
    found = await rows(datasette, queries.DAYS.format(filters=narrowed), values)
    by_topic = await rows(datasette, queries.TOPIC_DAYS, values) if province and not topic else []
    milestones = sorted(await rows(datasette, queries.MILESTONES), key=lambda m: str(m["issued"]))
    counts = weekly(found)
    weeks = charts.weeks_between(min(counts), max(counts)) if counts else []
    chart = charts.bars(counts, weeks, [charts.monday(m["issued"]) for m in milestones])
    drawn = {name: weekly([r for r in by_topic if r["topic"] == name]) for name in TOPICS}
    context = {
        "chart": chart,
        "topics": {name: charts.bars(of_topic, weeks) for name, of_topic in drawn.items() if of_topic},
        "milestones": milestones, "province": province, "topic": topic, "all_topics": list(TOPICS),
        "provinces": sorted((p.name for p in PROVINCES), key=fold),
    }  # fmt: skip
    return await page(datasette, request, "tb_timeline.html", context)


def weekly(found: list[Row]) -> dict[str, int]:
    """Counts by day as counts by week; a stamp that is no day counts for none."""
    summed: Counter[str] = Counter()
    for row in found:
        with suppress(ValueError):
            summed[charts.monday(row["day"])] += row["count"]
    return dict(summed)


async def coverage(datasette: Any, request: Any) -> Response:
    """What each province, or each portal of one, published in each month, and where nobody can tell."""
    province = chosen_province(request)
    sql = queries.PORTAL_MONTHS if province else queries.PROVINCE_MONTHS
    counts = await rows(datasette, sql, {"province": province})
    months = charts.months_between(*(f(r["month"] for r in counts) for f in (min, max))) if counts else []
    by_name: dict[str, Row] = {}
    for row in counts:
        by_name.setdefault(row["name"], {})[row["month"]] = row["count"]
    read = await rows(datasette, queries.PORTALS_READ, {"province": province})
    shown = read if province else provinces_read(read, by_name)
    for row in shown:
        of_row = [row] if province else [p for p in read if p["province"] == row["name"]]
        row["cells"] = silence.cells(by_name.get(row["name"], {}), of_row, months)
    names = {row["name"] for row in shown}
    context = {
        "province": province, "months": months, "rows": shown,
        "states": dict(Counter(silence.state(portal) for portal in read)),
        "unread": [] if province else [p.name for p in PROVINCES if p.name not in names],
        "provinces": sorted((p.name for p in PROVINCES), key=fold),
    }  # fmt: skip
    return await page(datasette, request, "tb_coverage.html", context)


def provinces_read(portals: list[Row], given: Container[str]) -> list[Row]:
    """The provinces of which a portal was read, or blocked its reading, or a notice is `given`."""
    read = {portal["province"] for portal in portals if portal["last_run"]}
    return [{"name": p.name} for p in PROVINCES if p.name in read or p.name in given]


async def portal_statuses(datasette: Any, portal: str | None = None) -> list[Status]:
    """How the portals stand, or one of them."""
    values = {"portal": portal}
    return statuses(
        await rows(datasette, queries.STATUS_PORTALS, values),
        await rows(datasette, queries.STATUS_RUNS, values),
    )


async def status(datasette: Any, request: Any) -> Response:
    """How each portal is read: what `thongbao status` says."""
    found = await portal_statuses(datasette)
    context = {
        "portals": [s for s in found if s.state != NEVER],
        "never_read": [s for s in found if s.state == NEVER],
        "look": sum(s.needs_look for s in found),
        "due": any(s.next_due for s in found),
    }
    return await page(datasette, request, "tb_status.html", context)


async def about(datasette: Any, request: Any) -> Response:
    """How the index was made, its limits, and how to ask for a removal."""
    return await page(datasette, request, "tb_about.html", {"sizes": await one(datasette, queries.SIZES, {})})
