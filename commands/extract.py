"""`thongbao extract`: what a page, a text or a file says, as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from commands.options import LOOK, WELL, CallError, complain, print_json
from crawler.attachments.facts import Notice, read_facts
from crawler.clock import now
from crawler.extract.facts import extract, to_json
from crawler.extract.plain import read_plain
from crawler.html import block_text, decode, is_html, parse
from crawler.model import Context, FileOutcome, Page, Portal, Text
from crawler.processes import run_until_stopped
from crawler.provinces import province_of_page
from crawler.reader import read_page, text_of
from crawler.urls import is_address


def run_extract(options: argparse.Namespace) -> int:
    """`thongbao extract`."""
    name = "standard input" if options.file == "-" else options.file
    if options.file == "-" and sys.stdin is None:
        raise CallError("standard input is closed: name a file")
    if options.jsonl and options.url:
        raise CallError("--url is a single page's: with --jsonl each line has its own")
    with sys.stdin.buffer if options.file == "-" else Path(options.file).open("rb") as source:
        if options.jsonl:
            return _extract_lines(source, name, options)
        raw = source.read()
    if found := _facts_of_file(raw, name, options):
        print_json(found, indent=1)
        return LOOK if found["outcome"] == FileOutcome.NEEDS_OCR else WELL
    if b"\0" in raw and raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise CallError(f"{name} is neither HTML nor text nor a file that is read (see docs/attachments.md)")
    print_json(facts_of(raw, options.url, options.fetched), indent=1)
    return WELL


def _facts_of_file(raw: bytes, name: str, options: argparse.Namespace) -> dict[str, Any] | None:
    """The facts of a PDF, Word, Excel or archive file or a picture; None for HTML and text.

    `CallError`, with the reason, for one that gives no text.
    """
    from crawler.attachments.apart import read_apart  # its parsers are not needed by other calls
    from crawler.attachments.kinds import kind_of

    if kind_of(raw) in ("", "html"):
        return None
    content = run_until_stopped(read_apart(raw, ocr=options.ocr))
    if content.outcome is FileOutcome.NEEDS_OCR:
        complain(options, f"{name}: {content.reason}; --ocr reads scans")
    elif not content.text:
        raise CallError(f"{name}: {content.reason}")
    province = province_of_page(options.url, content.text, "")
    named = province.name if province else None
    context = Context(options.url, named, None, None, options.fetched)
    facts, head = read_facts(content, Notice(context))
    found = to_json(options.url or "-", head.subject or None, named, None, None, facts, Text(content.text))
    told = asdict(content)
    return found | {key: told[key] for key in ("media_type", "outcome", "reason", "ocr", "places")}


def _extract_lines(source: Iterable[bytes], name: str, options: argparse.Namespace) -> int:
    """A line out for each record as it comes in; one that is no record is told, and the others go on."""
    code = WELL
    for number, line in enumerate(source, 1):
        if line.strip():
            try:
                record_id, url, body, html = _record(line, number)
            except ValueError as error:
                complain(options, f"{name}:{number}: {error}")
                code = LOOK
                continue
            found = facts_of(body.encode("utf-8", "replace"), url, options.fetched, html)
            print_json(found | {"id": record_id})
    return code


def _record(line: bytes, number: int) -> tuple[str | int | float, str, str, bool]:
    """Id (the line's number where none is given), URL, text, and whether that is HTML.

    Raises ValueError, which says what is wrong with the line.
    """
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError(f"no UTF-8 text: {error.reason} at byte {error.start + 1}") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"no JSON: {error}") from None
    if not isinstance(record, dict):
        raise ValueError(f"no object with text or html but {_shown(record)}")
    for key, kinds in (("id", str | int | float), ("url", str), ("text", str), ("html", str)):
        if record.get(key) is not None and not isinstance(record[key], kinds):
            raise ValueError(f"{key} is no text but {_shown(record[key])}")
    html, text, url = record.get("html"), record.get("text"), record.get("url") or ""
    if html is None and text is None:
        raise ValueError("no object with text or html")
    if url and not is_address(url):
        raise ValueError(f"url {_shown(url)} is no web address")
    record_id = record.get("id")
    return str(number) if record_id is None else record_id, url, html or text or "", bool(html)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"


def facts_of(raw: bytes, url: str, fetched: date | None, html: bool | None = None) -> dict[str, Any]:
    """The facts of one page (HTML or text; None: whichever it looks like) as a JSON object."""
    page = Page(url or "http://unknown.invalid/a-page-1234.html", 200, raw, now(), "text/html")
    text = decode(page)
    if html or (html is None and is_html(text)):
        text = block_text(parse(page).body)
        province = province_of_page(url, text, "")
        name = province.name if province else None
        # An address that was made up tells no platform.
        read = read_page(page, Portal("unlisted", "", name or "", "other", url, None if url else "generic"))
        if read.post:
            whole = text_of(read.post)
            context = Context(url, name, None, read.post.published, fetched)
            p = read.post
            return to_json(
                url or "-", p.title, name, p.published, p.published_time, extract(whole, context), whole
            )
    plain = read_plain(text, url, fetched)
    facts = extract(plain.text, Context(url, plain.province, None, plain.published, fetched))
    return to_json(
        url or "-", plain.title, plain.province, plain.published, plain.published_time, facts, plain.text
    )
