"""The commands with their options, helps and examples."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from commands.crawl import run_crawl
from commands.index import run_merge, run_ocr, run_prune, run_reextract, run_suppress
from commands.options import LOG_FORMATS, WRONG_CALL
from commands.portals import run_portals
from commands.site import run_export, run_publish, run_serve
from commands.status import run_status
from commands.values import address, archive, contact_address, count_of, day, directory, file, port, seconds
from crawler import contact


def run_extract(options: argparse.Namespace) -> int:
    """`thongbao extract`; what it imports takes a fifth of a second, which no other command waits for."""
    from commands import extract

    return extract.run_extract(options)


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

Crawls may go on meanwhile: what is recognised while one writes is kept beside the index, and written by the
next call. It needs tesseract with its Vietnamese data (apt install tesseract-ocr tesseract-ocr-vie).

exit codes: 0 well · 1 some scan could not be read, or waits to be written · 3 could not run · 130 Ctrl-C
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
  thongbao portals --record syt-binhdinh                   a list page and a notice as a test, into recorded/

"rests on" says what a platform's module was written from: seen pages, selectors of others' scrapers, or
neither (untried).
exit codes: 0 well · 1 mistakes found by --check, no post by --probe or --record · 2 wrong call or registry
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
        "--db", type=file, metavar="PATH", help="the index, a SQLite file (default: notices.db)"
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
        type=count_of("pages"),
        metavar="N",
        help="pages fetched per portal, at most (default: 20000)",
    )
    add("--since", type=day, metavar="DATE", help="posts published on or after YYYY-MM-DD")
    add(
        "--delay",
        type=seconds,
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
        type=archive,
        metavar="NAME",
        help="read portals out of a web archive instead: wayback, commoncrawl, or the address of a pywb"
        " collection",
    )
    add("--from", dest="first", type=day, metavar="DATE", help="with --archive: captured on or after")
    add("--to", dest="last", type=day, metavar="DATE", help="with --archive: captured on or before")
    add("--unlisted", action="store_true", help="with --warc: hosts of no portal too, as portal unlisted")
    add("--no-attachments", action="store_true", help="leave the files of notices alone")
    add(
        "--max-attachment-size",
        type=count_of("megabytes"),
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
    ocr.add_argument("--limit", type=count_of("scans"), metavar="N", help="scans of this call, at most")


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
    add("--url", default="", type=address, metavar="URL", help="where the page stood: it tells the province")
    add(
        "--fetched",
        type=day,
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
    add("--probe", type=address, metavar="URL", help="look at a portal (ten pages) and write its entry")
    add("--record", metavar="PORTAL", help="keep its list page and a notice, with what must be found there")
    add("--into", type=Path, metavar="DIR", help="with --record: where it is written (default: recorded)")
    add("--allow-loopback", action="store_true", help="with --probe, --record: a portal on 127.0.0.1")


def _reextract_options(command: Command) -> None:
    reextract = command(
        "reextract",
        run_reextract,
        help="make the facts again from the stored captures",
        description="Read the stored captures with today's code, on all cores, and say what changed.",
        epilog=REEXTRACT,
    )
    add = reextract.add_argument
    add("--since", type=day, metavar="DATE", help="notices captured on or after YYYY-MM-DD")
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
    merge.add_argument("out", type=file, metavar="OUT", help="the index that takes the others")
    merge.add_argument("indexes", nargs="+", type=file, metavar="IN", help="indexes of other crawls")


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
    add("--port", type=port, default=8001, metavar="N", help="default: 8001; 0 takes a free one")
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
    export.add_argument("directory", type=directory, metavar="DIR", help="made, or made anew")


def _publish_options(command: Command) -> None:
    publish = command(
        "publish",
        run_publish,
        help="the site as files, for a static host or a USB stick",
        description="Write the site into DIR: it works from any static host, or opened from a disk.",
        epilog=PUBLISH,
    )
    add = publish.add_argument
    add("--static", type=directory, metavar="DIR", required=True, help="made, or made anew")
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
        type=contact_address,
        default=os.environ.get(contact.VARIABLE, ""),
        metavar="WHERE",
        help="an e-mail or web address, shown on every page: whom to ask for a removal"
        " (default: the variable THONGBAO_CONTACT)",
    )
