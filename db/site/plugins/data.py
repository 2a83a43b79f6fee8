"""What journalists and programs are offered: ready questions, stable addresses, the data dictionary."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import Response
from markupsafe import Markup
from pluggy import HookimplMarker

from crawler.provinces import PROVINCES, fold
from db.dictionary import INTERNAL, dictionary
from db.site import answers, queries
from db.site.canned import EXAMPLES, canned_queries, titles
from db.site.responses import language, one, page
from db.site.spellings import province_named
from db.site.words import translator

hookimpl = HookimplMarker("datasette")  # datasette.hookimpl itself carries no types

#: Addresses that stay: the form, an example (with the ids of `SOME_IDS`), the word that tells what it gives.
ENDPOINTS = (
    ("/search.json?q=…&province=…&today=…&kind=…&month=…&topic=…&type=…&portal=…&sort=date",
     "/search.json?q=duong+day+nong", "e_search"),
    ("/search.csv?q=…", "/search.csv?q=duong+day+nong", "e_csv"),
    ("/search.atom?q=…", "/search.atom?q=duong+day+nong", "e_atom"),
    ("/notice/ID.json", "/notice/{notice}.json", "e_notice"),
    ("/notice/ID/cite.json", "/notice/{notice}/cite.json", "e_cite"),
    ("/capture/ID/payload", "/capture/{capture}/payload", "e_payload"),
    ("/capture/ID/record", "/capture/{capture}/record", "e_record"),
    ("/notices/QUESTION.json?_shape=array", "/notices/who-cited-first.json?_shape=array&number=16/CT-TTg",
     "e_question"),
    ("/notices/TABLE.json?_shape=array", "/notices/documents.json?_shape=array&_size=5&type=Chỉ+thị",
     "e_table"),
    ("/notices/TABLE/ID.json?_shape=array", "/notices/documents/{document}.json?_shape=array", "e_row"),
    ("/notices.json?_shape=array&sql=…",
     "/notices.json?_shape=array&sql=select+kind,+count(*)+from+notices+group+by+kind", "e_sql"),
)  # fmt: skip


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Addresses that stay."""
    return [(r"^/about/data$", data), (r"^/about/tables$", tables), (r"^/tables$", offline_tables)]


@hookimpl
def extra_template_vars(request: Any) -> dict[str, Any]:
    """What the page of a ready question shows: its words, its boxes, its rows."""
    lang = language(request)
    return {
        "question": lambda name, values: question(name, values, lang),
        "answer_heads": lambda columns: answers.heads(columns, lang),
        "answer_cells": lambda row, columns: answers.cells(dict(row), columns, lang),
    }


def question(name: str, values: Mapping[str, str], lang: str) -> dict[str, Any]:
    """A ready question in words, with a box for each of its parameters; an empty one shows its example."""
    title, about = titles(lang)[name]
    boxes = []
    for parameter, example in EXAMPLES.get(name, {}).items():
        is_province = parameter == "province"
        value = values.get(parameter) or example
        boxes.append({
            "name": parameter, "label": translator(lang)(f"box_{parameter}"), "all": not example,
            "value": province_named(value) if is_province else value,
            "choices": sorted((p.name for p in PROVINCES), key=fold) if is_province else [],
        })  # fmt: skip
    return {"title": title, "about": about, "boxes": boxes}


@hookimpl
def render_cell(value: Any, column: str, table: str | None) -> Markup | None:
    """In the result of a query a notice, a document and a page of changes lead to their pages."""
    if table is None and column in ("notice", "document") and isinstance(value, int):
        return Markup('<a href="/{}/{}">{}</a>').format(column, value, value)
    if table is None and column == "changes" and re.fullmatch(r"/notice/\d+/versions", str(value)):
        return Markup('<a href="{}">{}</a>').format(value, value)
    return None


async def data(datasette: Any, request: Any) -> Response:
    """Ready questions for journalists, and addresses for programs with examples that run."""
    ids = await one(datasette, queries.SOME_IDS, {})
    endpoints = [
        {"form": form, "example": example.format(**ids), "told": told}
        for form, example, told in ENDPOINTS
        if all(ids[name] for name in ids if "{" + name + "}" in example)
    ]
    questions = [
        {"title": title, "told": told, "href": f"/notices/{name}?" + urlencode(EXAMPLES.get(name, {}))}
        for name, (title, told) in titles(language(request)).items()
    ]
    return await page(datasette, request, "tb_data.html", {"questions": questions, "endpoints": endpoints})


async def tables(datasette: Any, request: Any) -> Response:
    """The data dictionary: every table and column in words."""
    context = {"tables": dictionary(), "internal": INTERNAL, "place": 1 if language(request) == "en" else 0}
    return await page(datasette, request, "tb_tables.html", context)


async def offline_tables(datasette: Any, request: Any) -> Response:
    """The tables of a copy without a server, which the browser opens; the site itself has Datasette's."""
    if not request.scope.get("static"):
        return Response.redirect("/notices")
    queries_ = canned_queries()
    questions = [
        {"name": name, "title": title, "told": told, "sql": queries_[name]["sql"],
         "href": "?" + urlencode({"question": name, **EXAMPLES.get(name, {})})}
        for name, (title, told) in titles(language(request)).items()
    ]  # fmt: skip
    context = {"tables": dictionary(), "internal": INTERNAL, "place": 1 if language(request) == "en" else 0}
    return await page(datasette, request, "tb_offline_tables.html", context | {"questions": questions})
