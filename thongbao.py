"""The command line: crawl, status, ocr, extract, portals, serve, export, publish, reextract, merge …"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import logging
import os
import re
import signal
import socket
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from crawler import contact, log, platforms, registry
from crawler.attachments.facts import Notice, read_facts
from crawler.clock import now
from crawler.extract.facts import extract, to_json
from crawler.extract.plain import read_plain
from crawler.html import block_text, decode, is_html, parse
from crawler.model import Context, FileOutcome, Outcome, Page, Portal, Text
from crawler.provinces import PROVINCES, province_of_page
from crawler.reader import read_page, text_of
from crawler.urls import is_address

WELL, LOOK, WRONG_CALL, COULD_NOT_RUN, INTERRUPTED = 0, 1, 2, 3, 130
LOG_FORMATS = ("text", "json")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    for stream in (sys.stdout, sys.stderr):  # JSON is UTF-8, whatever the locale says
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = parser().parse_args(argv)
    if (wanted := _log_format(options)) not in LOG_FORMATS:
        complain(options, f"THONGBAO_LOG_FORMAT={wanted} is no format of logs: text or json")
        return WRONG_CALL
    log.setup(_logs_json(options), getattr(options, "verbose", 0))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    code = WELL
    try:
        code = int(options.run(options))
        print(end="", flush=True)  # what cannot be written is told here, not by Python's last words
        return code
    except (registry.RegistryError, registry.UnknownPortal, CallError) as error:
        complain(options, str(error))
        return WRONG_CALL
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read has had enough (| head); Python would flush into it once more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return code
    except OSError as error:
        named = f"{error.filename}: {error.strerror}" if error.filename else error.strerror or error
        complain(options, str(named))
        return COULD_NOT_RUN
    except (RuntimeError, sqlite3.Error) as error:
        complain(options, str(error))
        return COULD_NOT_RUN


def complain(options: argparse.Namespace, why: str) -> None:
    """Say on stderr what was not done: a sentence, or with --log-format json an event."""
    if _logs_json(options):
        log.event(logging.ERROR, why)
    else:
        print(f"thongbao: {why}", file=sys.stderr)


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
  thongbao crawl --due --quiet                             the same every hour: what is due, and what is new
  thongbao crawl stc-binhthuan --max-pages 50 --json       a trial, for a program to read

Progress goes to stderr, the table (or the JSON object) to stdout: pages by outcome, seconds, and after !
why a portal needs a look. Outcomes: new, changed, unchanged; irrelevant (not about COVID-19), empty, gone
(404, removed), blocked (403, robots.txt, a block page), failed; the table pages of the index has each page's
reason. The first Ctrl-C lets the pages under way arrive (10 seconds at most), the second does not; what was
read is kept.

{CODES}
"""
STATUS = f"""examples:
  thongbao status                                every portal of the index, those that need a look first
  thongbao status soyte-brvt                     one of them
  thongbao status --json | jq '.portals[] | select(.needs_look)'

Of the last ten readings the newest stands right: . well, ! needs a look, ~ interrupted. Moments are UTC.

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
  thongbao portals --coverage                              provinces by kinds of portal, and what is missing
  thongbao portals --registry my-portals/ --check          each mistake as FILE:LINE: what is wrong
  thongbao portals --probe https://soyte.laocai.gov.vn/    platform, lists, three posts, the entry to paste

"rests on" says what a platform's module was written from: seen pages, selectors of others' scrapers, or
neither (untried).
exit codes: 0 well · 1 mistakes found by --check, no post by --probe · 2 wrong call or registry
"""
SERVE = """examples:
  thongbao serve                                 notices.db on http://127.0.0.1:8001
  thongbao --db out.db serve --port 0            on a free port; the address is the first line on stdout
  thongbao serve --contact covid@site.example    every page says whom to ask for a removal

A crawl may write into the index meanwhile. exit codes: 2 wrong call · 3 could not run · 130 Ctrl-C
"""
EXPORT = """examples:
  thongbao export thong-bao/                     CSV, JSON Lines, SQLite, a dictionary, a README
  thongbao --db out.db export --quiet out/       from a scheduled job: made anew, in place of the last one

A crawl may write into the index meanwhile: the files are of one moment. DIR is replaced when all is written;
one that holds anything else is refused. exit codes: 0 well · 2 wrong call · 3 could not run · 130 Ctrl-C
"""
PUBLISH = """examples:
  thongbao publish --static copy/                open copy/index.html, or put copy/ on any static host
  thongbao publish --static copy/ --lang vi      in one language: half the files

Search runs in the browser; nothing is asked of any other place. A crawl may write into the index meanwhile.
DIR is replaced when all is written; one that holds anything else is refused.

exit codes: 0 well · 2 wrong call · 3 could not run · 130 Ctrl-C
"""
REEXTRACT = f"""examples:
  thongbao reextract --dry-run                   what today's code would find otherwise
  thongbao reextract --portal soyte-brvt         one portal's notices
  thongbao reextract --since 2021-07-01          notices captured on or after a day

Facts are counted as added, removed and altered, with sample lines; captures that cannot be read are named on
stderr. A second run changes nothing.

{CODES}
"""
MERGE = """examples:
  thongbao merge all.db 2020.db 2021.db          what both know is joined as if crawled into one

exit codes: 0 well · 2 wrong call · 3 could not run
"""
SUPPRESS = """examples:
  thongbao suppress 3451291452120939 --reason "asked for by the person named"
  thongbao suppress https://site/notice/3451291452120939        as the site's address names it
  thongbao suppress https://site/file/1520939                   one attached file, not its notice
  thongbao suppress --list
  thongbao suppress --lift 3451291452120939                     a mistake undone

What is suppressed leaves the index for a file beside it (PATH.suppressed), which is never served, and stays
out: of crawls, rebuilds and merges too. The list with its reasons can be read on the site; write no name into
it. The same text on another portal is a notice of its own (so is the same file of another notice), which is
named on stderr: suppress it too.

exit codes: 0 well · 2 nothing of that number · 3 could not run
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
    common.add_argument(
        "-v", "--verbose", action="count", help="log what the crawl does, on stderr; -vv: each page too"
    )
    common.add_argument(
        "--log-format",
        choices=LOG_FORMATS,
        help="json: a JSON object a line on stderr, and no progress (default: text, or THONGBAO_LOG_FORMAT)",
    )
    common.add_argument("--quiet", action="store_true", help="no progress, no table: the exit code tells")
    top = _Parser(
        prog="thongbao",
        parents=[common],
        description="Index what Vietnam's provincial departments announced on COVID-19.",
        epilog=EXAMPLES,
    )
    top.add_argument("--version", action="version", version=f"thongbao {version('thongbao')}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], **told: Any) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = commands.add_parser(name, parents=[common], **told)
        added.set_defaults(run=run)
        return added

    for add in (
        _crawl_options, _status_options, _ocr_options, _extract_options, _portals_options, _serve_options,
        _export_options, _publish_options, _reextract_options, _merge_options, _prune_options,
        _suppress_options,
    ):  # fmt: skip
        add(command)
    return top


#: Adds a command: its name, what runs it, and what argparse tells of it.
Command = Callable[..., argparse.ArgumentParser]


def _crawl_options(command: Command) -> None:
    crawl = command(
        "crawl",
        run_crawl,
        help="crawl portals into the index",
        description="Crawl portals politely (robots.txt, a request a second a host) into the index.\n"
        "Crawling again asks only for what is new. Name portals, a province, --all or --due.",
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
    add(
        "--due",
        action="store_true",
        help="only portals whose time has come: by their own rhythm, every 6 hours to 7 days (`every:` in an"
        " entry sets it); without PORTAL and --province: of all",
    )
    add(
        "--anew",
        action="store_true",
        help="ask for every list page and post again, not only for what is new or was read a month ago",
    )
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
    captures = crawl.add_mutually_exclusive_group()
    captures.add_argument(
        "--captures",
        choices=("all", "notices"),
        default="all",
        help="keep every page fetched as WARC, in captures/ beside the index (default), or only notices and"
        " list pages",
    )
    captures.add_argument("--no-captures", dest="captures", action="store_const", const="", help="keep none")
    add(
        "--warc",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="read portals out of WARC files (.warc, .warc.gz) instead of fetching them; without PORTAL: all",
    )
    add(
        "--archive",
        type=_archive,
        metavar="NAME",
        help="read portals out of a web archive instead: wayback, commoncrawl, or the address of a pywb"
        " collection",
    )
    add("--from", dest="first", type=_day, metavar="DATE", help="with --archive: captured on or after")
    add("--to", dest="last", type=_day, metavar="DATE", help="with --archive: captured on or before")
    add("--unlisted", action="store_true", help="with --warc: hosts of no portal too, as portal unlisted")
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


def _status_options(command: Command) -> None:
    status = command(
        "status",
        run_status,
        help="how each portal is read, and what to do",
        description="Of each portal of the index: when it was last read well, its newest notice, its last\n"
        "ten readings, what is wrong and what to do.",
        epilog=STATUS,
    )
    add = status.add_argument
    add("portals", nargs="*", metavar="PORTAL", help="portal ids; none: every portal of the index")
    add("--registry", type=Path, metavar="DIR", help="a directory of province files of your own")
    add("--json", action="store_true", help="the same as one JSON object on stdout, --quiet or not")


def _ocr_options(command: Command) -> None:
    ocr = command(
        "ocr",
        run_ocr,
        help="recognise the scans of the index",
        description="Recognise the letters of the scans that crawls left (outcome needs-ocr), on all cores.\n"
        "Stopped at any moment, it goes on where it was with the next call.",
        epilog=OCR,
    )
    ocr.add_argument("--limit", type=_count_of("scans"), metavar="N", help="scans of this call, at most")


def _extract_options(command: Command) -> None:
    extract_ = command(
        "extract",
        run_extract,
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


def _portals_options(command: Command) -> None:
    portals = command(
        "portals",
        run_portals,
        help="the registry as a table",
        description="List the portals of the registry, or check its files.",
        epilog=PORTALS,
    )
    add = portals.add_argument
    add("--province", metavar="NAME", help="of one province only (2021 name, diacritics or not)")
    add("--registry", type=Path, metavar="DIR", help="a directory of province files of your own")
    add("--check", action="store_true", help="report every mistake with file and line")
    add("--coverage", action="store_true", help="which kinds of portal each province has, and lacks")
    add("--probe", type=_address, metavar="URL", help="look at a portal (ten pages) and write its entry")
    add("--allow-loopback", action="store_true", help="with --probe: a portal on 127.0.0.1")


def _reextract_options(command: Command) -> None:
    reextract = command(
        "reextract",
        run_reextract,
        help="make the facts again from the stored captures",
        description="Read the stored captures with today's code, on all cores, and say what changed.",
        epilog=REEXTRACT,
    )
    add = reextract.add_argument
    add("--since", type=_day, metavar="DATE", help="notices captured on or after YYYY-MM-DD")
    add("--portal", metavar="ID", help="of one portal only")
    add("--dry-run", action="store_true", help="say what would change, change nothing")
    add("--json", action="store_true", help="what changed as one JSON object on stdout")


def _merge_options(command: Command) -> None:
    merge = command(
        "merge",
        run_merge,
        help="join indexes into one",
        description="Take indexes, with their captures, into OUT (made where it is not there).",
        epilog=MERGE,
    )
    merge.add_argument("out", type=_file, metavar="OUT", help="the index that takes the others")
    merge.add_argument("indexes", nargs="+", type=_file, metavar="IN", help="indexes of other crawls")


def _prune_options(command: Command) -> None:
    prune = command(
        "prune",
        run_prune,
        help="drop captures on which nothing rests",
        description="Keep the captures of notices and list pages alone, as crawl --captures notices does.",
        epilog=f"A capture that a version or witness rests on is never dropped.\n\n{CODES}",
    )
    prune.add_argument("--dry-run", action="store_true", help="say what would be dropped, drop nothing")


def _suppress_options(command: Command) -> None:
    suppress_ = command(
        "suppress",
        run_suppress,
        help="take a notice or file out of the index, for good",
        description="Take notices or files out of the index and keep them out, or list what is kept out.",
        epilog=SUPPRESS,
    )
    add = suppress_.add_argument
    add("names", nargs="*", metavar="NOTICE", help="numbers, or addresses of the site (…/notice/N, …/file/N)")
    add("--reason", metavar="TEXT", help="why, for everybody to read")
    how = suppress_.add_mutually_exclusive_group()
    how.add_argument("--list", action="store_true", help="what is kept out: number, kind, day, reason")
    how.add_argument("--lift", action="store_true", help="let NOTICE in again")
    how.add_argument(
        "--erase",
        action="store_true",
        help="keep nothing aside, and cut its pages out of the WARC files: --lift brings nothing back then",
    )


def _serve_options(command: Command) -> None:
    serve = command(
        "serve",
        run_serve,
        help="the index as a web site (Datasette)",
        description="Serve the index with its search pages; Datasette's tables are under /notices/.",
        epilog=SERVE,
    )
    add = serve.add_argument
    add("--port", type=_port, default=8001, metavar="N", help="default: 8001; 0 takes a free one")
    add("--host", default="127.0.0.1", help="default: 127.0.0.1, this machine alone; 0.0.0.0: every machine")
    _contact_option(serve)


def _export_options(command: Command) -> None:
    export = command(
        "export",
        run_export,
        help="the index as plain files",
        description="Write the index into DIR: CSV, JSON Lines, SQLite, a data dictionary and a README.",
        epilog=EXPORT,
    )
    export.add_argument("directory", type=_directory, metavar="DIR", help="made, or made anew")


def _publish_options(command: Command) -> None:
    publish = command(
        "publish",
        run_publish,
        help="the site as files, for a static host or a USB stick",
        description="Write the site into DIR: it works from any static host, or opened from a disk.",
        epilog=PUBLISH,
    )
    add = publish.add_argument
    add("--static", type=_directory, metavar="DIR", required=True, help="made, or made anew")
    add(
        "--lang",
        action="append",
        choices=("vi", "en"),
        help="a language of its pages (default: both, Vietnamese first); may be given again",
    )
    _contact_option(publish)


def _contact_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--contact",
        type=_contact,
        default=os.environ.get(contact.VARIABLE, ""),
        metavar="WHERE",
        help="an e-mail or web address, shown on every page: whom to ask for a removal"
        " (default: the variable THONGBAO_CONTACT)",
    )


def _contact(text: str) -> str:
    try:
        return contact.checked(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _directory(text: str) -> Path:
    if not text or Path(text).is_file():
        raise argparse.ArgumentTypeError(f"{text or 'an empty name'} is no directory: name one")
    return Path(text)


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


def _address(text: str) -> str:
    if text and not is_address(text):
        raise argparse.ArgumentTypeError(f"{text} is no web address (https://host/…)")
    return text


def _archive(text: str) -> str:
    return text if text in ("wayback", "commoncrawl") else _address(text)


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date: write YYYY-MM-DD, as in 2021-07-19") from None


def _db(options: argparse.Namespace) -> Path:
    return Path(getattr(options, "db", "notices.db"))


def _quiet(options: argparse.Namespace) -> bool:
    return getattr(options, "quiet", False)


def _log_format(options: argparse.Namespace) -> str:
    return str(getattr(options, "log_format", os.environ.get("THONGBAO_LOG_FORMAT")) or "text")


def _logs_json(options: argparse.Namespace) -> bool:
    return _log_format(options) == "json"


def _no_progress(options: argparse.Namespace) -> bool:
    """Whether stderr is to stay free of progress: nobody looks, or programs read JSON there."""
    return _quiet(options) or _logs_json(options)


@contextmanager
def _index(options: argparse.Namespace) -> Iterator[Any]:
    """The store of an index that is there, under its lock."""
    from db.lock import writing  # SQLite is not needed by extract and portals
    from db.schema import refuse_unless_index
    from db.store import Store

    database = _db(options)
    refuse_unless_index(database)
    with writing(database), Store(database) as store:
        yield store


def chosen(options: argparse.Namespace) -> list[Portal]:
    """The portals that a crawl names; `CallError` when it names none."""
    known = registry.load(options.registry)
    if options.unlisted and not options.warc:
        raise CallError("--unlisted goes with --warc")
    if options.archive and options.warc:
        raise CallError("--archive and --warc are two sources: name one")
    if (options.first or options.last) and not options.archive:
        raise CallError("--from and --to go with --archive (posts by their date: --since)")
    if options.warc and not (options.portals or options.province or options.all):
        return []
    if options.due and (options.warc or options.archive):
        raise CallError("--due is for live portals: files and archives have no rhythm")
    if not (options.portals or options.province or options.all or options.due):
        raise CallError("name portals, --province NAME, --all or --due (thongbao portals lists them)")
    found = [known.get(name) for name in options.portals]  # a closed one too, when it is named
    for name in options.province:
        still = [p for p in known.of_province(name) if not p.closed]
        if not still:
            raise CallError(f"--province {name}: the registry has no portal of it that is not closed")
        found += still
    if options.all or (options.due and not found):
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
            _print_json({"outcome": outcome, "portals": [_told(run) for run in runs]})
        elif runs and not _quiet(options):
            print_table(runs)
    return {"well": WELL, "needs a look": LOOK, "interrupted": INTERRUPTED}[outcome]


def _crawl(options: argparse.Namespace, portals: list[Portal], database: Path) -> tuple[str, list[Any]]:
    """Crawl under the index's lock, and write how the run and each portal ended."""
    from db.alerts import AlertError, Channels, send_alerts  # SQLite and Scrapy: not needed by extract
    from db.lock import writing
    from db.store import Store
    from spiders.run import crawl

    try:
        channels = Channels.of(os.environ)  # a mistake in it is told before the crawl, not after
        contact.of(os.environ)
    except (AlertError, ValueError) as error:
        raise CallError(str(error)) from error
    with writing(database), Store(database, options.keep, options.captures) as store:
        store.sync_registry(portals)
        if options.due and not (portals := _due(options, portals, store)):
            return "well", []
        what = " ".join([*(p.id for p in portals), *(f"--warc {file}" for file in options.warc or ())])
        store.start_run(f"crawl {what}", now())
        log.event(logging.INFO, "run started", run=store.run, portals=len(portals))
        via = "warc" if options.warc else "archive" if options.archive else "live"
        counts: Counter[str] = Counter()

        def end(run: Any) -> None:
            """Write at once how a portal's reading ended: others may take hours more."""
            counts.update(run.outcomes)
            try:
                if not run.broken:
                    store.finish_portal(run, now(), via)
            except sqlite3.Error as error:
                run.broken = f"the index cannot be written: {error}"

        if options.warc:
            runs = _read_files(options, portals, store)
            for run in runs:
                end(run)
        elif options.archive:
            runs = _read_archive(options, portals, store, database, end)
        else:
            runs = crawl(
                portals, store, _settings(options), _no_progress(options), ended=end,
                max_pages=options.max_pages, since=options.since, allow_loopback=options.allow_loopback,
                attachments=not options.no_attachments, max_attachment_size=options.max_attachment_size << 20,
                anew=options.anew,
            )  # fmt: skip
        if broken := next((run.broken for run in runs if run.broken), ""):
            raise sqlite3.OperationalError(broken)
        outcome = _ending(runs)
        store.finish_run(outcome, now(), counts, sum(run.notices for run in runs))
        for trouble in send_alerts(store, channels):
            complain(options, trouble)
        log.event(logging.INFO, "run ended", run=store.run, outcome=outcome, pages=sum(counts.values()))
    return outcome, runs


def _due(options: argparse.Namespace, portals: list[Portal], store: Any) -> list[Portal]:
    """Those portals whose time has come; where there is none, when the first one's will."""
    from db.store import utc

    times, moment = store.due_times(), utc(now())
    due = [portal for portal in portals if times.get(portal.id, "") <= moment]
    if not due and portals and not _no_progress(options):
        first = min(portals, key=lambda portal: times[portal.id])
        print(f"no portal is due; the first is {first.id}, at {times[first.id]}", file=sys.stderr)
    return due


def _read_files(options: argparse.Namespace, portals: list[Portal], store: Any) -> list[Any]:
    """Read the WARC files of a call; what could not be read is told, and a portal needs a look for it."""
    from spiders.warc import crawl_files

    for file in options.warc:
        file.open("rb").close()  # a name mistyped is told before the first record
    known, quiet = registry.load(options.registry), _no_progress(options)
    reading = crawl_files(
        options.warc, known, store,
        portals=portals, unlisted=options.unlisted, since=options.since, quiet=quiet,
        max_file=0 if options.no_attachments else options.max_attachment_size << 20,
    )  # fmt: skip
    for trouble in reading.troubles:
        complain(options, trouble)
    if reading.unknown and not quiet:
        hosts = ", ".join(f"{host} {count}" for host, count in reading.unknown.most_common(10))
        print(f"pages of hosts that are no portal's: {hosts} (--unlisted takes them)", file=sys.stderr)
    runs = sorted(reading.runs.values(), key=lambda run: run.portal)
    if reading.troubles or (reading.interrupted and not runs):
        from crawler.health import PortalRun

        count = len(reading.troubles)
        why = f"{count} of the records could not be read" if count else ""
        runs.append(PortalRun("(files)", reason=why, interrupted=reading.interrupted))
    return runs


def _read_archive(
    options: argparse.Namespace,
    portals: list[Portal],
    store: Any,
    database: Path,
    end: Callable[[Any], None],
) -> list[Any]:
    """Read portals out of a web archive, one after the other and one request at a time."""
    from spiders.archive import ArchiveSpider
    from spiders.run import crawl

    return crawl(
        portals, store, archive_settings(options), _no_progress(options), ArchiveSpider, 1, end,
        archive=options.archive, cache=database.parent / "captures" / "cdx", first=options.first,
        last=options.last, max_pages=options.max_pages, since=options.since,
        allow_loopback=options.allow_loopback,
        attachments=not options.no_attachments, max_attachment_size=options.max_attachment_size << 20,
    )  # fmt: skip


def archive_settings(options: argparse.Namespace) -> dict[str, Any]:
    """Scrapy's settings for a web archive: --delay makes it slower; faster goes only one on this machine."""
    from spiders.archive import PACE, is_loopback
    from spiders.cdx import Archive

    settings = {key: value for key, value in _settings(options).items() if not key.startswith("CONCURRENT")}
    delay = options.delay or 0.0
    own = options.delay is not None and is_loopback(Archive.of(options.archive).base)
    index, pages = (delay, delay) if own else (max(delay, pace) for pace in PACE)
    slot = {"concurrency": 1, "delay": index, "jitter": 0.0}
    return settings | {
        "AUTOTHROTTLE_ENABLED": False,
        "DOWNLOAD_DELAY": pages,
        "DOWNLOAD_SLOTS": {"cdx": slot},
    }


def _told(run: Any) -> dict[str, Any]:
    """What `--json` tells of a portal: the table's columns and what is behind them."""
    inner = ("broken", "whole", "every", "done", "bounded")
    return {key: value for key, value in asdict(run).items() if key not in inner}


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    """Scrapy's settings as the options change them."""
    settings: dict[str, Any] = {"THONGBAO_KEEP": options.keep}
    settings["THONGBAO_CAPTURES"] = options.captures
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


def run_status(options: argparse.Namespace) -> int:
    """`thongbao status`."""
    from db.schema import refuse_unless_index
    from db.status import status_of

    database = _db(options)
    refuse_unless_index(database)
    found = {s.portal: s for s in status_of(database)}
    for name in options.portals:
        if name not in found:  # one that the registry does not know either is told as such
            registry.load(options.registry).get(name)
            raise CallError(f"{name} was never read into this index: thongbao crawl {name}")
    shown = [found[name] for name in options.portals] or list(found.values())
    look = any(s.needs_look for s in shown)
    if options.json:
        told = [asdict(s) | {"needs_look": s.needs_look, "advice": _advice(s)} for s in shown]
        _print_json({"outcome": "needs a look" if look else "well", "portals": told})
    elif not _quiet(options):
        print_status(shown)
    return LOOK if look else WELL


def _advice(status: Any) -> str:
    from db.site.words import advice

    return advice(status.state, status.portal, "en")


def print_status(portals: Sequence[Any]) -> None:
    """A line a portal, and below the table what is wrong and what to do."""
    due = any(s.next_due for s in portals)
    heads = ["portal", "state", "last success", "newest notice", *(["next due"] if due else []), "last ten"]
    rows = []
    for s in portals:
        marks = {"well": ".", "interrupted": "~"}
        runs = "".join(marks.get(run.outcome, "!") for run in reversed(s.runs))
        newest = s.newest or (f"seen {_moment(s.last_new)}" if s.last_new else "never")
        moments = [_moment(s.last_success), newest, *([_moment(s.next_due)] if due else [])]
        rows.append([s.portal, s.state, *moments, runs or "-"])
    _print_columns([heads, *rows], "<" * len(heads))
    for s in portals:
        if s.needs_look or s.closed:
            heir = f", {s.successor} took over" if s.successor else ""
            told = f"closed on {s.closed}{heir}" if s.closed else s.reason
            print(f"{'!' if s.needs_look else ' '} {s.portal}: {told}\n    {_advice(s)}")


def _moment(iso: str | None) -> str:
    return iso[:16].replace("T", " ") if iso else "never"


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
    if url and not is_address(url):
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


def run_ocr(options: argparse.Namespace) -> int:
    """`thongbao ocr`."""
    from crawler.attachments import ocr  # an image library, which other calls do not need
    from db.recognise import recognise_all, to_stderr
    from db.schema import refuse_unless_index

    refuse_unless_index(_db(options))
    if not ocr.is_installed():
        raise RuntimeError(f"tesseract with its Vietnamese data is not installed: {ocr.INSTALL}")
    quiet = _quiet(options)
    with _index(options) as store:
        tell = (lambda line: None) if _no_progress(options) else to_stderr
        done = asyncio.run(recognise_all(store, tell, options.limit))
    if not quiet:
        print(f"{done.files} scans: {done.read} read, {done.left} not")
    return LOOK if done.left else WELL


def run_portals(options: argparse.Namespace) -> int:
    """`thongbao portals`."""
    quiet = _quiet(options)
    if options.check:
        mistakes = registry.check(options.registry)
        for mistake in () if quiet else mistakes:
            print(mistake)
        if not mistakes and not quiet:
            print("every file is sound", file=sys.stderr)
        return LOOK if mistakes else WELL
    if options.probe:
        return _probe(options.probe, options.allow_loopback)
    known = registry.load(options.registry)
    found = known.of_province(options.province) if options.province else list(known.portals.values())
    if quiet:
        return WELL
    if options.coverage:
        _print_coverage(found)
    else:
        heads = ["id", "province", "kind", "platform", "rests on", "url", "closed"]
        _print_columns([heads, *map(_portal_row, found)], "<<<<<<<")
    count = len({p.province for p in found})
    print(f"{len(found)} portals of {count} of 63 provinces", file=sys.stderr)
    return WELL


def _portal_row(p: Portal) -> list[str]:
    basis = platforms.get(p.platform).BASIS if p.platform else "-"
    return [p.id, p.province, p.kind, p.platform or "-", basis, p.url, str(p.closed or "")]


def _print_coverage(portals: list[Portal]) -> None:
    """Provinces by kinds of portal: how many there are, a dot where there is none."""
    counts = Counter((p.province, p.kind) for p in portals)
    kinds = [kind for kind in registry.KINDS if any((p.name, kind) in counts for p in PROVINCES)]
    places = [p.name for p in PROVINCES if any((p.name, kind) in counts for kind in kinds)]
    rows = [[name, *(str(counts[name, kind] or ".") for kind in kinds)] for name in places]
    heads = ["province", *(str(n) for n in range(1, len(kinds) + 1))]
    have = [str(sum((name, kind) in counts for name in places)) for kind in kinds]
    _print_columns([heads, *rows, ["provinces", *have]], "<" + ">" * len(kinds))
    print(*(f"{n} {kind}" for n, kind in enumerate(kinds, 1)), sep=", ")


def _probe(url: str, allow_loopback: bool) -> int:
    """Look at a portal and print what was seen and the registry entry to paste; LOOK when no post was."""
    from crawler.platforms.probe import probe
    from spiders.look import Look

    with Look(url, allow_loopback, 0.0 if allow_loopback else 1.0) as look:
        seen = probe(url, look.fetch)
    told = f"{seen.platform} ({seen.basis})" + (f", told by {seen.why}" if seen.why else "")
    print(f"platform: {told}")
    for address, posts in seen.lists:
        print(f"list page: {address} ({posts} posts)")
    print(f"paging: {seen.paging or 'none seen'}")
    for post in seen.posts:
        print(f"post: {post.published or 'no date'} | {post.title}\n      {post.first_words} …")
    if seen.entry:
        print("\nentry for the province's file under crawler/portals/, or in a directory for --registry:")
        print(seen.entry)
    for problem in dict.fromkeys([*look.problems, *seen.problems]):
        print(f"! {problem}", file=sys.stderr)
    return WELL if seen.posts else LOOK


def run_reextract(options: argparse.Namespace) -> int:
    """`thongbao reextract`."""
    from db.rebuild import rebuild

    with _index(options) as store:
        if options.portal and options.portal not in store.kinds:
            raise CallError(f"the index has no portal {options.portal}")
        report = rebuild(
            store, since=options.since, portal=options.portal, dry_run=options.dry_run,
            tell=_counter("captures", options),
        )  # fmt: skip
    for trouble in report.unreadable:
        complain(options, trouble)
    if options.json:
        _print_json(report.told())
    elif not _quiet(options):
        print(f"{report.captures} captures read again{', nothing written' if options.dry_run else ''}")
        heads = ["", "added", "removed", "altered"]
        if report.files:
            print(f"{report.files} attached files say something else")
        kinds = {"notices": report.notices, **report.facts}
        _print_columns([heads, *([k, *(str(n[h]) for h in heads[1:])] for k, n in kinds.items())], "<>>>")
        for line in report.samples:
            print(line)
    return LOOK if report.unreadable else WELL


def _counter(what: str, options: argparse.Namespace) -> Callable[[int, int], None]:
    """Progress on stderr, where it is wanted: a line every 2 seconds, over the last one on a terminal."""
    last, live, quiet = time.monotonic(), sys.stderr.isatty(), _no_progress(options)

    def tell(done: int, of: int) -> None:
        nonlocal last
        if not quiet and (time.monotonic() - last > 2 or (live and done == of)):
            last = time.monotonic()
            end = "\r" if live and done < of else "\n"
            print(f"{done}/{of} {what}", end=end, file=sys.stderr, flush=True)

    return tell


def run_merge(options: argparse.Namespace) -> int:
    """`thongbao merge`."""
    from db.lock import writing
    from db.merge import merge
    from db.schema import refuse_unless_index
    from db.store import Store

    for index in options.indexes:
        refuse_unless_index(index)
        if index.resolve() == options.out.resolve():
            raise CallError(f"{index} cannot be taken into itself")
    with writing(options.out), Store(options.out) as store:
        for index in options.indexes:
            new = merge(store, index)
            if not _quiet(options):
                print(f"{index}: {new} notices that were not known", file=sys.stderr)
    return WELL


def run_prune(options: argparse.Namespace) -> int:
    """`thongbao prune`."""
    from db.prune import prune

    with _index(options) as store:
        pruned = prune(store, dry_run=options.dry_run)
    if not _quiet(options):
        how = "would be dropped" if options.dry_run else "dropped"
        print(f"{pruned.dropped} of {pruned.captures} captures {how}, {pruned.freed / 1e6:.1f} MB")
    return WELL


def run_export(options: argparse.Namespace) -> int:
    """`thongbao export`."""
    from db.away import NotOurs
    from db.schema import refuse_unless_index
    from db.site.export import export

    refuse_unless_index(_db(options))
    try:
        files = export(_db(options), options.directory, _counter("rows", options))
    except NotOurs as error:
        raise CallError(str(error)) from error
    if not _quiet(options):
        print(f"{len(files)} files, {sum(f.size for f in files) / 1e6:.1f} MB in {options.directory}")
    return WELL


def run_publish(options: argparse.Namespace) -> int:
    """`thongbao publish`."""
    from db.away import NotOurs
    from db.schema import refuse_unless_index
    from db.site.publish import LANGUAGES, publish

    refuse_unless_index(_db(options))
    languages = list(dict.fromkeys(options.lang or LANGUAGES))
    try:
        indexed, written = (_counter(what, options) for what in ("notices for search", "pages"))
        made = publish(_db(options), options.static, languages, indexed, written, options.contact)
    except NotOurs as error:
        raise CallError(str(error)) from error
    if not _quiet(options):
        print(f"{made.pages} pages, {made.files} files, {made.size / 1e6:.1f} MB in {options.static}")
    return WELL


def run_suppress(options: argparse.Namespace) -> int:
    """`thongbao suppress`."""
    from db import suppress
    from db.suppressions import find, suppressions

    if options.list == bool(options.names):
        raise CallError("name notices or files, or --list alone")
    named = [_number_of(name) for name in options.names]
    with _index(options) as store:
        if options.list:
            rows = [[str(s.id), s.kind, s.day, s.reason or ""] for s in suppressions(store)]
            _print_columns([["number", "kind", "day", "reason"], *rows], "<<<<")
            return WELL
        known = {s.id: s for s in suppressions(store)}
        for number, kind in named:
            if options.lift and number not in known:
                raise CallError(f"{number} is not suppressed (thongbao suppress --list)")
            if not options.lift and number not in known and not find(store, number, kind):
                raise CallError(f"the index has no {kind or 'notice or file'} {number}")
        for number, kind in named:
            if options.lift:
                back = suppress.lift(store, known[number])
                told = "is back" if back else "comes back with the next crawl"
            elif found := find(store, number, kind):
                for twin, title in suppress.twins(store, found[0], number):
                    complain(options, f"{found[0]} {twin} says the same: “{title}”")
                suppress.suppress(
                    store, found[0], number, options.reason, now().astimezone().date(), options.erase
                )
                told = f"is suppressed: {found[0]} “{found[1]}”"
            elif options.erase:
                suppress.erase(store, known[number])
                told = "was suppressed before and is erased now"
            else:
                told = "was suppressed before"
            if not _quiet(options):
                print(f"{number} {told}")
    return WELL


def _number_of(name: str) -> tuple[int, str | None]:
    """The number of a notice or file, and which of the two an address of the site says it is."""
    found = re.fullmatch(r"(?:.*/(notice|file)/)?(\d{1,16})(?:[/?#.].*)?", name)
    if not found:
        raise CallError(
            f"{name} is neither a number nor an address of a notice or file (…/notice/N, …/file/N)"
        )
    return int(found[2]), found[1]


def run_serve(options: argparse.Namespace) -> int:
    """`thongbao serve`."""
    from db.schema import refuse_unless_index
    from db.site.app import serve

    refuse_unless_index(_db(options))
    try:
        socket.getaddrinfo(options.host, options.port)
    except OSError as error:
        raise RuntimeError(f"--host {options.host} cannot be served on: {error.strerror}") from error
    return serve(_db(options), options.host, options.port, options.contact)


if __name__ == "__main__":
    sys.exit(main())
