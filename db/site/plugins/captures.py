"""The bytes behind a notice: its captures to look at and to download, and how to cite it."""

from __future__ import annotations

import asyncio
import html
import json
import re
import string
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import nh3
from datasette.utils.asgi import NotFound, Response
from pluggy import HookimplMarker

from crawler.captures import CaptureError, page_of_capture, payload_of, raw_record
from crawler.html import base_in, decode, is_html
from crawler.model import Capture
from crawler.urls import is_address
from db.captured import captures_of, with_original
from db.site import queries
from db.site.responses import base_of, day, language, one, page, rows, safe
from db.site.whole import told

hookimpl = HookimplMarker("datasette")  # datasette.hookimpl itself carries no types

#: A captured page is shown inert: nothing runs, nothing is asked for, whatever the cleaning left.
SANDBOX = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_TAGS = nh3.ALLOWED_TAGS - {"img", "area", "map", "col", "colgroup"} | {
    "h1", "h2", "h3", "h4", "h5", "h6", "main", "section",
}  # fmt: skip
#: What an address keeps in BibTeX's own field of addresses: all but the braces and backslashes.
_OF_URLS = string.printable.strip().translate({ord(c): None for c in "{}\\"})
#: Captures of a notice that its page lists.
SHOWN = 10
Row = dict[str, Any]


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Addresses that stay."""
    return [
        (r"^/capture/(?P<id>\d{1,16})$", capture),
        (r"^/capture/(?P<id>\d{1,16})/page$", captured_page),
        (r"^/capture/(?P<id>\d{1,16})/payload$", payload),
        (r"^/capture/(?P<id>\d{1,16})/record$", record),
        (r"^/notice/(?P<id>\d{1,16})\.json$", notice_json),
        (r"^/notice/(?P<id>\d{1,16})/cite$", cite),
        (r"^/notice/(?P<id>\d{1,16})/cite\.(?P<shape>txt|json|bib)$", cite_as),
    ]


@hookimpl
def extra_template_vars(datasette: Any) -> Row:
    """What the page of a notice asks: its captures, and the archived copy of one that is gone."""

    async def captures_of_notice(notice: int) -> list[Row]:
        return (await rows(datasette, queries.NOTICE_CAPTURES, {"id": notice}))[:SHOWN]

    async def archived_copy(notice: int) -> str | None:
        found = await rows(datasette, queries.NOTICE_ARCHIVED, {"id": notice})
        return safe(found[0]["url"]) if found else None

    return {"captures_of_notice": captures_of_notice, "archived_copy": archived_copy}


# -- captures --------------------------------------------------------------------------------------


async def _held(datasette: Any, capture_id: int) -> tuple[Capture, Capture | None, Path]:
    """A capture, the one that holds its payload, and the folder of the files; `NotFound` for none."""
    database = datasette.get_database("notices")
    found = [tuple(row) for row in (await database.execute(queries.CAPTURE_HELD, {"id": capture_id})).rows]
    if not found:
        raise NotFound("not in the index")
    return *with_original(found[0]), captures_of(Path(database.path))


async def capture(datasette: Any, request: Any) -> Response:
    """What is known of a capture, with the ways to its bytes."""
    found, original, folder = await _held(datasette, int(request.url_vars["id"]))
    try:
        await asyncio.to_thread(payload_of, original or found, folder)
        there = True
    except CaptureError:
        there = False
    context = {"c": found, "there": there, "source": safe(found.url), "shown": _is_shown(found)}
    return await page(datasette, request, "tb_capture.html", context)


def _is_shown(found: Capture) -> bool:
    """Whether a capture may be a page; some servers do not say what they send."""
    return found.media_type == "" or "html" in found.media_type or found.media_type.startswith("text/plain")


async def captured_page(datasette: Any, request: Any) -> Response:
    """The captured page itself, made inert; `NotFound` where its bytes are not at hand or no text."""
    found, original, folder = await _held(datasette, int(request.url_vars["id"]))
    if not _is_shown(found):
        raise NotFound("no page to show")
    try:
        held = await asyncio.to_thread(page_of_capture, found, folder, original)
    except CaptureError as error:
        raise NotFound("its bytes are not at hand") from error
    text = decode(held)
    if found.media_type == "" and not is_html(text):
        raise NotFound("no page to show")
    if _is_too_deep(text):
        raise NotFound("its blocks lie too deep in one another to be shown: save its bytes instead")
    body = await asyncio.to_thread(inert, text, found)
    headers = {
        "content-security-policy": SANDBOX,
        "x-robots-tag": "noindex",
        "cache-control": "max-age=86400",
    }
    return Response.html(body, headers=headers)


#: Blocks in one another beyond which cleaning a page takes minutes; the deepest real ones have some sixty.
_DEEPEST = 1_000
_BLOCK = re.compile(
    r"<(/?)(?:div|span|table|section|article|blockquote|center|font|ul|ol|dl|a|b|i|u|em|strong|pre|main|header|footer"
    r"|nav|aside|form|fieldset|object|code|small|sup|sub|s)\b",
    re.I,
)


def _is_too_deep(text: str) -> bool:
    """Whether a page was made to hold whoever cleans it: its parser's time grows with the depth's square."""
    depth = deepest = 0
    for tag in _BLOCK.finditer(text):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest > _DEEPEST


def inert(text: str, found: Capture) -> str:
    """A page without scripts, forms, images and styles; its links lead to where they led."""
    if found.media_type.startswith("text/plain"):
        clean = f"<pre>{html.escape(text)}</pre>"
    else:
        attributes = {
            "a": {"href"},
            "td": {"colspan", "rowspan"},
            "th": {"colspan", "rowspan"},
            "*": {"lang", "dir"},
        }
        base = base_in(text, found.url)
        clean = nh3.clean(
            text, tags=set(_TAGS), attributes=attributes, url_schemes={"http", "https"},
            clean_content_tags={"script", "style", "title"}, link_rel="noreferrer noopener nofollow",
            url_relative=("rewrite_with_base", base) if is_address(base) and " " not in base else "deny",
        )  # fmt: skip
    head = html.escape(f"{found.url} · {found.fetched_at:%Y-%m-%d %H:%M:%S} UTC")
    return (
        f'<!doctype html><html lang="vi"><meta charset="utf-8"><title>{head}</title><p>{head}</p><hr>{clean}'
    )


async def payload(datasette: Any, request: Any) -> Response:
    """The captured bytes, unpacked, to save: a browser is given no reason to open them here."""
    found, original, folder = await _held(datasette, int(request.url_vars["id"]))
    try:
        _, body = await asyncio.to_thread(payload_of, original or found, folder)
    except CaptureError as error:
        raise NotFound("its bytes are not at hand") from error
    headers = {
        "content-disposition": f"attachment; {named(found)}", "x-robots-tag": "noindex",
        "x-file-digest": f"sha256:{sha256(body).hexdigest()}",
    }  # fmt: skip
    return Response(body, headers=headers, content_type="application/octet-stream")


def named(found: Capture) -> str:
    """The file name of a capture for a header: its address's last part, plain and as it is (RFC 6266)."""
    path = found.url.partition("?")[0].partition("#")[0]  # some addresses in old files are none
    last = unquote(path.rsplit("/", 1)[-1])
    name = re.sub(r"[^\w.-]+", "_", last).strip("._")[-100:] or str(found.id)
    plain = re.sub(r"[^A-Za-z0-9.-]+", "_", name)
    return f"filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"


async def record(datasette: Any, request: Any) -> Response:
    """The record as it lies in its WARC file, a file of its own; with the digest of its payload."""
    found, _, folder = await _held(datasette, int(request.url_vars["id"]))
    try:
        # A place that holds no record is nobody's business.
        await asyncio.to_thread(payload_of, found, folder)
        data = await asyncio.to_thread(raw_record, found, folder)
    except CaptureError as error:
        raise NotFound("its bytes are not at hand") from error
    ending = "warc.gz" if data[:2] == b"\x1f\x8b" else "warc"
    headers = {
        "content-disposition": f'attachment; filename="{found.id}.{ending}"',
        "x-payload-digest": found.digest,
        "x-record-digest": f"sha256:{sha256(data).hexdigest()}",
    }
    return Response(data, headers=headers, content_type="application/warc")


# -- notices ---------------------------------------------------------------------------------------


async def notice_json(datasette: Any, request: Any) -> Response:
    """A notice for programs: its text, facts with their places, files, witnesses, versions, citation."""
    n = await one(datasette, queries.NOTICE_WHOLE, {"id": int(request.url_vars["id"])})
    values = {"id": n["id"], "version": n["version"]}
    facts = {name: await rows(datasette, sql, values) for name, sql in queries.WHOLE_FACTS.items()}
    files = await rows(datasette, queries.WHOLE_FILES, values)
    witnesses = await rows(datasette, queries.WHOLE_WITNESSES, values)
    versions = await rows(datasette, queries.WHOLE_VERSIONS, values)
    whole = told(n, facts, files, witnesses, versions)
    whole["citation"] = await citation(datasette, request, n["id"])
    answer: Response = Response.json(whole)
    return answer


async def citation(datasette: Any, request: Any, notice: int) -> Row:
    """What a citation of a notice says; None where it is not known."""
    n = await one(datasette, queries.NOTICE_CITED, {"id": notice})
    numbers = await rows(datasette, queries.NOTICE_SUBJECTS, {"id": notice})
    archived = await rows(datasette, queries.NOTICE_ARCHIVED, {"id": notice})
    captured: Row = {"captured": None, "sha256": None, "capture_url": None}
    for row in await rows(datasette, queries.CAPTURED, {"id": n["capture"]}):
        captured = {
            "captured": row["fetched_at"], "sha256": await _sha256(datasette, n["capture"], row["digest"]),
            "capture_url": f"{base_of(request)}/capture/{n['capture']}",
        }  # fmt: skip
    return {
        "title": n["title"], "authority": n["authority"] or n["portal"], "province": n["province"],
        # An act of its own, not the list of those that a notice names.
        "number": numbers[0]["number"] if len(numbers) == 1 else None,
        "published": n["published"], "url": n["url"], "archive_url": archived[0]["url"] if archived else None,
        "index_url": f"{base_of(request)}/notice/{notice}", **captured,
    }  # fmt: skip


async def _sha256(datasette: Any, capture_id: int, digest: str) -> str | None:
    """The SHA-256 of a capture's payload as sent: as written, or (in files of others) from its bytes."""
    if written := re.fullmatch(r"sha256:([0-9a-f]{64})", digest):
        return written[1]
    found, original, folder = await _held(datasette, capture_id)
    try:
        _, body = await asyncio.to_thread(payload_of, original or found, folder, False)
    except CaptureError:
        return None
    return sha256(body).hexdigest()


async def cite(datasette: Any, request: Any) -> Response:
    """A notice's citation, to copy."""
    told = await citation(datasette, request, int(request.url_vars["id"]))
    context = {
        "id": int(request.url_vars["id"]), "title": told["title"], "text": as_text(told, language(request)),
        "bibtex": as_bibtex(told), "json": json.dumps(told, ensure_ascii=False, indent=1),
    }  # fmt: skip
    return await page(datasette, request, "tb_cite.html", context)


async def cite_as(datasette: Any, request: Any) -> Response:
    """A notice's citation in one shape."""
    told = await citation(datasette, request, int(request.url_vars["id"]))
    shape = request.url_vars["shape"]
    if shape == "json":
        answer: Response = Response.json(told)
        return answer
    if shape == "bib":
        return Response(as_bibtex(told), content_type="application/x-bibtex; charset=utf-8")
    return Response(as_text(told, language(request)) + "\n", content_type="text/plain; charset=utf-8")


def as_text(told: Row, lang: str) -> str:
    """A citation as one line of text."""
    words = {
        "vi": ("Số", "đăng ngày", "bản lưu lúc", "kho lưu trữ"),
        "en": ("No.", "posted on", "captured at", "archive"),
    }[lang]
    number, posted, captured, archive = words
    parts = [told["authority"], f"“{told['title']}”"]
    parts += [f"{number} {told['number']}"] if told["number"] else []
    parts += [f"{posted} {day(told['published'])}"] if told["published"] else []
    parts += [told["url"]]
    parts += [f"{captured} {told['captured']}"] if told["captured"] else []
    parts += [f"{archive}: {told['archive_url']}"] if told["archive_url"] else []
    parts += [f"SHA-256 {told['sha256']}"] if told["sha256"] else []
    return ", ".join(parts) + "."


def as_bibtex(told: Row) -> str:
    """A citation as a BibTeX entry; braces and backslashes of a title would end it early."""
    key = re.sub(r"\D", "", told["index_url"].rsplit("/", 1)[-1])
    note = [f"SHA-256 {told['sha256']}"] if told["sha256"] else []
    note += [f"archived: {told['archive_url']}"] if told["archive_url"] else []
    fields = {
        "author": f"{{{_plain(told['authority'])}}}", "title": _plain(told["title"] or ""),
        "number": _plain(told["number"] or ""), "date": told["published"] or "",
        "year": (told["published"] or "")[:4], "url": quote(told["url"], safe=_OF_URLS),
        "urldate": (told["captured"] or "")[:10], "note": _plain("; ".join(note)),
    }  # fmt: skip
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@online{{thongbao{key},\n{lines}}}\n"


def _plain(text: str) -> str:
    """A value of BibTeX: the characters that mean something to TeX are escaped or left out.

    Of an address too, where it stands in a text: its % would make a remark of what follows.
    """
    escaped = re.sub(r"([#$%&_])", r"\\\1", re.sub(r"[{}\\]", "", text))
    return escaped.replace("~", r"\textasciitilde{}").replace("^", r"\textasciicircum{}")
