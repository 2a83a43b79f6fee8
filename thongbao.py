"""The command line: crawl, ocr, extract, portals, serve."""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import os
import signal
import socket
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from crawler import registry
from crawler.attachments.facts import Notice, read_facts
from crawler.extract.facts import extract, to_json
from crawler.extract.plain import read_plain
from crawler.html import block_text, decode, is_html, parse
from crawler.model import Context, FileOutcome, Outcome, Page, Portal, Text
from crawler.provinces import province_in, province_of_host, province_of_url
from crawler.reader import read_page, text_of

WELL, LOOK, WRONG_CALL, COULD_NOT_RUN, INTERRUPTED = 0, 1, 2, 3, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    for stream in (sys.stdout, sys.stderr):  # JSON is UTF-8, whatever the locale says
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = parser().parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    code = WELL
    try:
        code = int(options.run(options))
        print(end="", flush=True)  # what cannot be written is told here, not by Python's last words
        return code
    except (registry.RegistryError, registry.UnknownPortal, CallError) as error:
        print(f"thongbao: {error}", file=sys.stderr)
        return WRONG_CALL
    except KeyboardInterrupt:
        return INTERRUPTED
    except (
        BrokenPipeError
    ):  # whoever read has had enough (| head); Python would flush into the pipe once more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return code
    except OSError as error:
        named = f"{error.filename}: {error.strerror}" if error.filename else error.strerror or error
        print(f"thongbao: {named}", file=sys.stderr)
        return COULD_NOT_RUN
    except (RuntimeError, sqlite3.Error) as error:
        print(f"thongbao: {error}", file=sys.stderr)
        return COULD_NOT_RUN


class CallError(ValueError):
    """A call that cannot be meant."""


CODES = (
    "exit codes: 0 well · 1 some portal needs a look · 2 wrong call or registry · 3 could not run"
    " · 130 Ctrl-C"
)
EXAMPLES = f"""examples:
  thongbao crawl soyte-brvt stc-binhthuan        two portals of the registry, into notices.db
  thongbao crawl --province "Bình Thuận"         every portal of a province
  thongbao --db out.db crawl --registry my-portals/ sotttt-hanoi
  thongbao extract page.html --url https://stc.binhthuan.gov.vn/…
  thongbao ocr                                   the scans that the crawls found
  thongbao serve                                 the index, on http://127.0.0.1:8001

{CODES}
"""
CRAWL = f"""examples:
  thongbao crawl soyte-brvt                                a portal, as politely as it is due
  thongbao crawl --province "Hà Nội" --province hue        two provinces
  thongbao crawl --all --since 2021-04-27 --quiet          from a scheduled job: the exit code tells
  thongbao crawl stc-binhthuan --max-pages 50 --json       a trial, for a program to read

Progress goes to stderr, the table (or the JSON object) to stdout: pages by outcome, seconds, and after !
why a portal needs a look. Outcomes: new, changed, unchanged; irrelevant (not about COVID-19), empty, gone
(404, removed), blocked (403, robots.txt, a block page), failed; the table pages of the index has each page's
reason. The first Ctrl-C lets the pages under way arrive (10 seconds at most), the second does not; what was
read is kept.

{CODES}
"""
OCR = """examples:
  thongbao ocr                                   every scan that waits, some two seconds a page and core
  thongbao --db out.db ocr --limit 100           a trial

It writes into the index, as a crawl does: one at a time. It needs tesseract with its Vietnamese data
(apt install tesseract-ocr tesseract-ocr-vie).

exit codes: 0 well · 1 some scan could not be read · 3 could not run · 130 Ctrl-C
"""
EXTRACT = """examples:
  thongbao extract page.html --url https://stc.binhthuan.gov.vn/…
  thongbao extract cong-van.pdf --fetched 2021-07-19
  thongbao extract scan.pdf --ocr                a scan, with tesseract
  thongbao extract --jsonl < posts.jsonl > facts.jsonl

Every fact has start and end: text[start:end] == mention. With --jsonl a line that is no record is told on
stderr as FILE:LINE, the others are read all the same, and the exit code is 1.

exit codes: 0 well · 1 some line of --jsonl was no record, or scans want --ocr · 2 wrong call
            3 could not run · 130 Ctrl-C
"""
PORTALS = """examples:
  thongbao portals --province "ba ria vung tau"
  thongbao portals --registry my-portals/ --check          each mistake as FILE:LINE: what is wrong

exit codes: 0 well · 1 mistakes found by --check · 2 wrong call or registry
"""
SERVE = """examples:
  thongbao serve                                 notices.db on http://127.0.0.1:8001
  thongbao --db out.db serve --port 0            on a free port; the address is the first line on stdout

A crawl may write into the index meanwhile. exit codes: 2 wrong call · 3 could not run · 130 Ctrl-C
"""


class _Parser(argparse.ArgumentParser):
    """A wrong call gets one sentence, not a page of usage; no abbreviated options: scripts outlive them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter)

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_CALL, f"{self.prog}: {message} (see {self.prog} --help)\n")


def parser() -> argparse.ArgumentParser:
    """The commands and their options; `--db`, `-v` and `--quiet` are taken before or after the command."""
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument(
        "--db", type=_file, metavar="PATH", help="the index, a SQLite file (default: notices.db)"
    )
    common.add_argument("-v", "--verbose", action="store_true", help="log what the crawl does, on stderr")
    common.add_argument("--quiet", action="store_true", help="no progress, no table: the exit code tells")
    top = _Parser(
        prog="thongbao",
        parents=[common],
        description="Index what Vietnam's provincial departments announced on COVID-19.",
        epilog=EXAMPLES,
    )
    top.add_argument("--version", action="version", version=f"thongbao {version('thongbao')}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for add in (_crawl_options, _ocr_options, _extract_options, _portals_options, _serve_options):
        add(commands, common)
    return top


Commands = Any  # argparse does not export the type of add_subparsers()


def _crawl_options(commands: Commands, common: argparse.ArgumentParser) -> None:
    crawl = commands.add_parser(
        "crawl",
        parents=[common],
        help="crawl portals into the index",
        description="Crawl portals politely (robots.txt, a request a second a host) into the index.\n"
        "Crawling again changes only what changed. Name portals, a province, or --all.",
        epilog=CRAWL,
    )
    add = crawl.add_argument
    add("portals", nargs="*", metavar="PORTAL", help="portal ids (thongbao portals lists them)")
    add(
        "--province",
        action="append",
        default=[],
        metavar="NAME",
        help="every portal of a province that is not closed (2021 name, diacritics or not);"
        " may be given again",
    )
    add("--all", action="store_true", help="every portal that is not closed")
    add("--registry", type=Path, metavar="DIR", help="a directory of province files of your own")
    add(
        "--max-pages",
        type=_count_of("pages"),
        metavar="N",
        help="pages fetched per portal, at most (default: 20000)",
    )
    add("--since", type=_day, metavar="DATE", help="posts published on or after YYYY-MM-DD")
    add(
        "--delay",
        type=_seconds,
        metavar="SECONDS",
        help="between requests to a host (default: 1); 0 switches politeness off",
    )
    add(
        "--keep",
        choices=("covid", "all"),
        default="covid",
        help="store notices only (default), or every post",
    )
    add("--no-attachments", action="store_true", help="leave the files of notices alone")
    add(
        "--max-attachment-size",
        type=_count_of("megabytes"),
        default=25,
        metavar="MB",
        help="larger files are skipped (default: 25)",
    )
    add("--allow-loopback", action="store_true", help="portals on 127.0.0.1, for tests")
    add("--json", action="store_true", help="the summary as one JSON object on stdout, --quiet or not")
    crawl.set_defaults(run=run_crawl)


def _ocr_options(commands: Commands, common: argparse.ArgumentParser) -> None:
    ocr = commands.add_parser(
        "ocr",
        parents=[common],
        help="recognise the scans of the index",
        description="Recognise the letters of the scans that crawls left (outcome needs-ocr), on all cores.\n"
        "Stopped at any moment, it goes on where it was with the next call.",
        epilog=OCR,
    )
    ocr.add_argument("--limit", type=_count_of("scans"), metavar="N", help="scans of this call, at most")
    ocr.set_defaults(run=run_ocr)


def _extract_options(commands: Commands, common: argparse.ArgumentParser) -> None:
    extract_ = commands.add_parser(
        "extract",
        parents=[common],
        help="what one page, text or file says, as JSON",
        description="Read one page (HTML or text) or file (PDF, Word, Excel, ZIP, RAR) and print its facts,\n"
        "each with its place in the text.",
        epilog=EXTRACT,
    )
    add = extract_.add_argument
    add(
        "file",
        nargs="?",
        default="-",
        metavar="FILE",
        help="HTML, plain text, PDF, Word, Excel, ZIP or RAR (default: -, standard input)",
    )
    add("--url", default="", type=_address, metavar="URL", help="where the page stood: it tells the province")
    add(
        "--fetched",
        type=_day,
        metavar="DATE",
        help="when it was read, YYYY-MM-DD: the year of days without one",
    )
    add("--ocr", action="store_true", help="recognise the letters of scans (needs tesseract)")
    add("--jsonl", action="store_true", help='lines of {"id","url","text"|"html"} in, one line each out')
    extract_.set_defaults(run=run_extract)


def _portals_options(commands: Commands, common: argparse.ArgumentParser) -> None:
    portals = commands.add_parser(
        "portals",
        parents=[common],
        help="the registry as a table",
        description="List the portals of the registry, or check its files.",
        epilog=PORTALS,
    )
    add = portals.add_argument
    add("--province", metavar="NAME", help="of one province only (2021 name, diacritics or not)")
    add("--registry", type=Path, metavar="DIR", help="a directory of province files of your own")
    add("--check", action="store_true", help="report every mistake with file and line")
    portals.set_defaults(run=run_portals)


def _serve_options(commands: Commands, common: argparse.ArgumentParser) -> None:
    serve = commands.add_parser(
        "serve",
        parents=[common],
        help="the index as a web site (Datasette)",
        description="Serve the index with its search pages; Datasette's tables are under /notices/.",
        epilog=SERVE,
    )
    add = serve.add_argument
    add("--port", type=_port, default=8001, metavar="N", help="default: 8001; 0 takes a free one")
    add("--host", default="127.0.0.1", help="default: 127.0.0.1, this machine alone; 0.0.0.0: every machine")
    serve.set_defaults(run=run_serve)


def _file(text: str) -> Path:
    if not text or Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"{text or 'an empty name'} is a directory: name a file")
    return Path(text)


def _count_of(what: str) -> Callable[[str], int]:
    """A whole number of something, 1 or more."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or int(text) < 1:
            raise argparse.ArgumentTypeError(f"{text} is no number of {what} (1 or more)")
        return int(text)

    return read


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text} is no port (0 to 65535)")
    return int(text)


def _seconds(text: str) -> float:
    try:
        if 0 <= float(text) < 86_400:
            return float(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text} is no delay in seconds (0 or more)")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # http://[
        return False


def _address(text: str) -> str:
    if text and not _is_address(text):
        raise argparse.ArgumentTypeError(f"{text} is no web address (https://host/…)")
    return text


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date: write YYYY-MM-DD, as in 2021-07-19") from None


def _db(options: argparse.Namespace) -> Path:
    return Path(getattr(options, "db", "notices.db"))


def chosen(options: argparse.Namespace) -> list[Portal]:
    """The portals that a crawl names; `CallError` when it names none."""
    known = registry.load(options.registry)
    if not (options.portals or options.province or options.all):
        raise CallError("name portals, --province NAME or --all (thongbao portals lists them)")
    found = [known.get(name) for name in options.portals]  # a closed one too, when it is named
    for name in options.province:
        still = [p for p in known.of_province(name) if not p.closed]
        if not still:
            raise CallError(f"--province {name}: the registry has no portal of it that is not closed")
        found += still
    if options.all:
        found += [p for p in known.portals.values() if not p.closed]
    if not found:
        raise CallError("--all: the registry has no portal that is not closed")
    return list({p.id: p for p in found}.values())


def run_crawl(options: argparse.Namespace) -> int:
    """`thongbao crawl`."""
    portals, database = chosen(options), _db(options)
    try:
        outcome, runs = _crawl(options, portals, database)
    except sqlite3.Error as error:
        from db.schema import remedy

        why = str(error).removeprefix("the index cannot be written: ")
        raise RuntimeError(
            f"{database} cannot be written ({why}): {remedy(error)}name another index with --db;"
            " what was stored before is kept"
        ) from error
    with suppress(BrokenPipeError):  # the crawl's ending is not the pager's
        if options.json:
            told = {"outcome": outcome, "portals": [_told(run) for run in runs]}
            print(json.dumps(told, ensure_ascii=False), flush=True)
        elif not getattr(options, "quiet", False):
            print_table(runs)
    return {"well": WELL, "needs a look": LOOK, "interrupted": INTERRUPTED}[outcome]


def _crawl(options: argparse.Namespace, portals: list[Portal], database: Path) -> tuple[str, list[Any]]:
    """Crawl under the index's lock, and write how the run and each portal ended."""
    from db.lock import writing  # Scrapy and SQLite are not needed by extract and portals
    from db.store import Store
    from spiders.run import crawl

    with writing(database), Store(database, options.keep) as store:
        store.sync_registry(portals)
        store.start_run("crawl " + " ".join(p.id for p in portals), datetime.now(UTC))
        runs = crawl(
            portals, store, _settings(options), getattr(options, "quiet", False),
            max_pages=options.max_pages, since=options.since, allow_loopback=options.allow_loopback,
            attachments=not options.no_attachments, max_attachment_size=options.max_attachment_size << 20,
        )  # fmt: skip
        if broken := next((run.broken for run in runs if run.broken), ""):
            raise sqlite3.OperationalError(broken)
        counts: Counter[str] = Counter()
        for run in runs:
            counts.update(run.outcomes)
            if not run.interrupted:
                store.finish_portal(run.portal, datetime.now(UTC), run.reason, run.posts)
        outcome = _ending(runs)
        store.finish_run(outcome, datetime.now(UTC), counts, sum(run.notices for run in runs))
    return outcome, runs


def _told(run: Any) -> dict[str, Any]:
    """What `--json` tells of a portal: the table's columns and what is behind them."""
    return {key: value for key, value in asdict(run).items() if key != "broken"}


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    """Scrapy's settings as the options change them."""
    settings: dict[str, Any] = {"LOG_LEVEL": "INFO" if getattr(options, "verbose", False) else "CRITICAL"}
    if options.delay is not None:
        polite = options.delay > 0
        settings |= {"DOWNLOAD_DELAY": options.delay, "AUTOTHROTTLE_ENABLED": polite}
        settings |= {} if polite else {"CONCURRENT_REQUESTS_PER_DOMAIN": 8}
    return settings


def _ending(runs: Sequence[Any]) -> str:
    if any(run.interrupted for run in runs):
        return "interrupted"
    return "needs a look" if any(run.reason for run in runs) else "well"


def print_table(runs: Sequence[Any]) -> None:
    """The summary of a crawl: a line a portal, a column an outcome, and why a portal needs a look.

    Columns are as wide as their heading or widest number: an ordinary portal fits into 100 characters.
    """
    # Files over the size limit are rare: their column is there when there are any.
    shown = [o.value for o in Outcome if o is not Outcome.SKIPPED or any(o.value in r.outcomes for r in runs)]
    heads = ["portal", "pages", *shown, "seconds"]
    rows = [
        [r.portal, str(r.pages), *(str(r.outcomes.get(o, 0)) for o in shown), f"{r.seconds:.1f}"]
        for r in runs
    ]
    _print_columns([heads, *rows], "<" + ">" * (len(heads) - 1))
    for r in runs:
        if r.reason:
            print(f"! {r.portal}: {r.reason}")


def _print_columns(rows: list[list[str]], align: str) -> None:
    widths = [max(len(row[n]) for row in rows) for n in range(len(align))]
    for row in rows:
        cells = (f"{cell:{side}{width}}" for cell, side, width in zip(row, align, widths, strict=True))
        print(" ".join(cells).rstrip())


def run_extract(options: argparse.Namespace) -> int:
    """`thongbao extract`."""
    name = "standard input" if options.file == "-" else options.file
    if options.file == "-" and sys.stdin is None:
        raise CallError("standard input is closed: name a file")
    with sys.stdin.buffer if options.file == "-" else Path(options.file).open("rb") as source:
        if options.jsonl:
            return _extract_lines(source, name, options.fetched)
        raw = source.read()
    if found := _facts_of_file(raw, name, options):
        _print_json(found, indent=1)
        return LOOK if found["outcome"] == FileOutcome.NEEDS_OCR else WELL
    if b"\0" in raw and raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise CallError(f"{name} is neither HTML nor text nor a file that is read (see docs/attachments.md)")
    _print_json(facts_of(raw, options.url, options.fetched), indent=1)
    return WELL


def _facts_of_file(raw: bytes, name: str, options: argparse.Namespace) -> dict[str, Any] | None:
    """The facts of a PDF, Word, Excel or archive file or a picture; None for HTML and text.

    `CallError`, with the reason, for one that gives no text.
    """
    from crawler.attachments.apart import read_apart  # its parsers are not needed by other calls
    from crawler.attachments.read import kind_of

    if kind_of(raw) in ("", "html"):
        return None
    content = asyncio.run(read_apart(raw, ocr=options.ocr))
    if content.outcome is FileOutcome.NEEDS_OCR:
        print(f"thongbao: {name}: {content.reason}; --ocr reads scans", file=sys.stderr)
    elif not content.text:
        raise CallError(f"{name}: {content.reason}")
    province = province_of_url(options.url) or province_in(content.text)
    named = province.name if province else None
    context = Context(options.url, named, None, None, options.fetched)
    facts, head = read_facts(content, Notice(context))
    found = to_json(options.url or "-", head.subject or None, named, None, None, facts, Text(content.text))
    told = asdict(content)
    return found | {key: told[key] for key in ("media_type", "outcome", "reason", "ocr", "places")}


def _extract_lines(source: Iterable[bytes], name: str, fetched: date | None) -> int:
    """A line out for each record as it comes in; one that is no record is told, and the others go on."""
    code = WELL
    for number, line in enumerate(source, 1):
        if line.strip():
            try:
                record_id, url, body, html = _record(line, number)
            except ValueError as error:
                print(f"thongbao: {name}:{number}: {error}", file=sys.stderr)
                code = LOOK
                continue
            found = facts_of(body.encode("utf-8", "replace"), url, fetched, html)
            _print_json(found | {"id": record_id})
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
    if url and not _is_address(url):
        raise ValueError(f"url {_shown(url)} is no web address")
    record_id = record.get("id")
    return str(number) if record_id is None else record_id, url, html or text or "", bool(html)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"


def _print_json(value: dict[str, Any], indent: int | None = None) -> None:
    """A value at once, so that the next program of a pipe can work on it."""
    print(json.dumps(value, ensure_ascii=False, indent=indent), flush=True)


def facts_of(raw: bytes, url: str, fetched: date | None, html: bool | None = None) -> dict[str, Any]:
    """The facts of one page (HTML or text; None: whichever it looks like) as a JSON object."""
    page = Page(url or "http://unknown.invalid/a-page-1234.html", 200, raw, datetime.now(UTC), "text/html")
    text = decode(page)
    if html or (html is None and is_html(text)):
        province = province_of_host(urlsplit(url).hostname or "")
        name = province.name if province else None
        read = read_page(page, Portal("unlisted", "", name or "", "other", url))
        if read.post:
            whole = text_of(read.post)
            context = Context(url, name, None, read.post.published, fetched)
            p = read.post
            return to_json(
                url or "-", p.title, name, p.published, p.published_time, extract(whole, context), whole
            )
        text = block_text(parse(page).body)
    plain = read_plain(text, url, fetched)
    facts = extract(plain.text, Context(url, plain.province, None, plain.published, fetched))
    return to_json(
        url or "-", plain.title, plain.province, plain.published, plain.published_time, facts, plain.text
    )


def run_ocr(options: argparse.Namespace) -> int:
    """`thongbao ocr`."""
    from crawler.attachments import ocr  # an image library, which other calls do not need
    from db.lock import writing
    from db.recognise import recognise_all, to_stderr
    from db.schema import refuse_unless_index
    from db.store import Store

    database = _db(options)
    refuse_unless_index(database)
    if not ocr.is_installed():
        raise RuntimeError(f"tesseract with its Vietnamese data is not installed: {ocr.INSTALL}")
    quiet = getattr(options, "quiet", False)
    with writing(database), Store(database) as store:
        tell = (lambda line: None) if quiet else to_stderr
        done = asyncio.run(recognise_all(store, tell, options.limit))
    if not quiet:
        print(f"{done.files} scans: {done.read} read, {done.left} not")
    return LOOK if done.left else WELL


def run_portals(options: argparse.Namespace) -> int:
    """`thongbao portals`."""
    quiet = getattr(options, "quiet", False)
    if options.check:
        mistakes = registry.check(options.registry)
        for mistake in () if quiet else mistakes:
            print(mistake)
        if not mistakes and not quiet:
            print("every file is sound", file=sys.stderr)
        return LOOK if mistakes else WELL
    known = registry.load(options.registry)
    found = known.of_province(options.province) if options.province else list(known.portals.values())
    if not quiet:
        heads = ["id", "province", "kind", "platform", "url", "closed"]
        rows = [[p.id, p.province, p.kind, p.platform or "-", p.url, str(p.closed or "")] for p in found]
        _print_columns([heads, *rows], "<<<<<<")
        count = len({p.province for p in found})
        print(f"{len(found)} portals of {count} of 63 provinces", file=sys.stderr)
    return WELL


def run_serve(options: argparse.Namespace) -> int:
    """`thongbao serve`."""
    from db.schema import refuse_unless_index
    from db.site.app import serve

    refuse_unless_index(_db(options))
    try:
        socket.getaddrinfo(options.host, options.port)
    except OSError as error:
        raise RuntimeError(f"--host {options.host} cannot be served on: {error.strerror}") from error
    return serve(_db(options), options.host, options.port)


if __name__ == "__main__":
    sys.exit(main())
