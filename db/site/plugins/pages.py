"""The site's own pages on Datasette: addresses and handlers."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Container, Mapping
from contextlib import suppress
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import NotFound, Response
from pluggy import HookimplMarker

from crawler.clock import now
from crawler.provinces import PROVINCES, by_name, fold
from db.site import charts, ledger, named, queries, search
from db.site import coverage as silence
from db.site import files as attached
from db.site.compare import compare
from db.site.marked import FACTS, marks, paragraphs
from db.site.responses import HANOI, base_of, language, one, page, permalink, rows, safe
from db.site.rows import Row
from db.site.words import TOPICS, label
from db.status import NEVER, Status, statuses

hookimpl = HookimplMarker("datasette")  # datasette.hookimpl itself carries no types

#: Rows of one page of a list.
PAGE = 50
#: Characters of a text from which on it has a frame to scroll in, so that its facts stay near.
LONG = 20_000


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


async def versions(datasette: Any, request: Any) -> Response:
    """The texts that a notice had, each compared with the one before it."""
    n = await one(datasette, queries.NOTICE, {"id": int(request.url_vars["id"])})
    texts = await rows(datasette, queries.NOTICE_TEXTS, {"id": n["id"]})
    loop = asyncio.get_running_loop()
    for newer, older in pairwise(texts):
        newer["changes"] = await loop.run_in_executor(None, compare, older["text"], newer["text"])
    return await page(datasette, request, "tb_versions.html", {"n": n, "texts": texts})


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
    """The province that the address names in any spelling, None for none; `NotFound` for what is none."""
    name = request.args.get("province") or ""
    found = by_name(name)
    if name.strip() and not found:
        raise NotFound("no such province")
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
