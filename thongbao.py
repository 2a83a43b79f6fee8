"""The command line: crawl, extract, portals, serve."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from crawler import registry
from crawler.extract.facts import extract, to_json
from crawler.extract.plain import read_plain
from crawler.model import Context, Outcome, Page, Portal
from crawler.provinces import province_of_host
from crawler.reader import read_page, text_of

WELL, LOOK, WRONG_CALL, COULD_NOT_RUN, INTERRUPTED = 0, 1, 2, 3, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    options = parser().parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = int(options.run(options))
        sys.stdout.flush()
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
        return WELL
    except OSError as error:
        named = f"{error.filename}: {error.strerror}" if error.filename else error.strerror or error
        print(f"thongbao: {named}", file=sys.stderr)
        return COULD_NOT_RUN
    except (RuntimeError, sqlite3.Error) as error:
        print(f"thongbao: {error}", file=sys.stderr)
        return COULD_NOT_RUN


class CallError(ValueError):
    """A call that cannot be meant."""


EXAMPLES = """examples:
  thongbao crawl soyte-brvt stc-binhthuan        two portals of the registry, into notices.db
  thongbao crawl --province "Bình Thuận"         every portal of a province
  thongbao --db out.db crawl --registry my-portals/ sotttt-hanoi
  thongbao extract page.html --url https://stc.binhthuan.gov.vn/…
  thongbao serve

exit codes: 0 well · 1 some portal needs a look · 2 wrong call or registry · 3 could not run · 130 Ctrl-C
"""


def parser() -> argparse.ArgumentParser:
    """The commands and their options; `--db`, `-v` and `--quiet` are taken before or after the command."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--db", type=Path, metavar="PATH", help="the index (default: notices.db)")
    common.add_argument("-v", "--verbose", action="store_true", help="log what the crawl does, on stderr")
    common.add_argument("--quiet", action="store_true", help="no progress, no table: the exit code tells")
    top = argparse.ArgumentParser(
        prog="thongbao",
        parents=[common],
        description="Index what Vietnam's provincial departments announced on COVID-19.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"thongbao {version('thongbao')}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for add in (_crawl_options, _extract_options, _portals_options, _serve_options):
        add(commands, common)
    return top


Commands = Any  # argparse does not export the type of add_subparsers()


def _crawl_options(commands: Commands, common: argparse.ArgumentParser) -> None:
    crawl = commands.add_parser(
        "crawl",
        parents=[common],
        help="crawl portals into the index",
        description="Crawl portals politely (robots.txt, a request a second a host) into the index. Crawling"
        " again changes only what changed. Name portals, a province, or --all.",
    )
    add = crawl.add_argument
    add("portals", nargs="*", metavar="PORTAL", help="portal ids (thongbao portals lists them)")
    add(
        "--province",
        action="append",
        default=[],
        metavar="NAME",
        help="every portal of a province (2021 name)",
    )
    add("--all", action="store_true", help="every portal that is not closed")
    add("--registry", type=Path, metavar="DIR", help="a directory of province files of your own")
    add("--max-pages", type=_positive, metavar="N", help="pages fetched per portal, at most")
    add("--since", type=_day, metavar="DATE", help="posts published on or after YYYY-MM-DD")
    add(
        "--delay",
        type=_seconds,
        metavar="SECONDS",
        help="between requests to a host; 0 switches politeness off",
    )
    add(
        "--keep",
        choices=("covid", "all"),
        default="covid",
        help="store notices only (default), or every post",
    )
    add("--allow-loopback", action="store_true", help="portals on 127.0.0.1, for tests")
    add("--json", action="store_true", help="the summary as one JSON object")
    crawl.set_defaults(run=run_crawl)


def _extract_options(commands: Commands, common: argparse.ArgumentParser) -> None:
    extract_ = commands.add_parser(
        "extract",
        parents=[common],
        help="what one page or text says, as JSON",
        description="Read one page (HTML or text) and print its facts, each with its place in the text.",
    )
    add = extract_.add_argument
    add("file", nargs="?", default="-", help="HTML or plain text (-: standard input, the default)")
    add("--url", default="", help="where the page stood: it tells the province")
    add("--fetched", type=_day, metavar="DATE", help="when it was read, YYYY-MM-DD")
    add("--jsonl", action="store_true", help='lines of {"id","url","text"|"html"} in, one line each out')
    extract_.set_defaults(run=run_extract)


def _portals_options(commands: Commands, common: argparse.ArgumentParser) -> None:
    portals = commands.add_parser(
        "portals",
        parents=[common],
        help="the registry as a table",
        description="List the portals of the registry, or check its files.",
    )
    portals.add_argument("--province", metavar="NAME", help="of one province only (2021 name)")
    portals.add_argument(
        "--registry", type=Path, metavar="DIR", help="a directory of province files of your own"
    )
    portals.add_argument("--check", action="store_true", help="report every mistake with file and line")
    portals.set_defaults(run=run_portals)


def _serve_options(commands: Commands, common: argparse.ArgumentParser) -> None:
    serve = commands.add_parser(
        "serve",
        parents=[common],
        help="the index as a web site (Datasette)",
        description="Serve the index with its search pages; Datasette's tables are under /notices/.",
    )
    serve.add_argument("--port", type=int, default=8001, help="default: 8001; 0 takes a free one")
    serve.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1")
    serve.set_defaults(run=run_serve)


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of pages (1 or more)")
    return int(text)


def _seconds(text: str) -> float:
    try:
        if 0 <= float(text) < 86_400:
            return float(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text} is no delay in seconds (0 or more)")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date: write YYYY-MM-DD, as in 2021-07-19") from None


def _db(options: argparse.Namespace) -> Path:
    return Path(getattr(options, "db", "notices.db"))


def chosen(options: argparse.Namespace) -> list[Portal]:
    """The portals that a crawl names; `CallError` when it names none."""
    known = registry.load(options.registry)
    if not (options.portals or options.province or options.all):
        raise CallError("name portals, --province NAME or --all (thongbao portals lists them)")
    found = [known.get(name) for name in options.portals]
    for name in options.province:
        found += known.of_province(name)
    if options.all:
        found += [p for p in known.portals.values() if not p.closed]
    return list({p.id: p for p in found}.values())


def run_crawl(options: argparse.Namespace) -> int:
    """`thongbao crawl`."""
    portals, database = chosen(options), _db(options)
    try:
        outcome, runs = _crawl(options, portals, database)
    except sqlite3.Error as error:
        remedy = "close the program that holds it" if "locked" in str(error) else "free space on its disk"
        raise RuntimeError(
            f"{database} cannot be written ({error}): {remedy}, or name another index with --db;"
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
    heads = ["portal", "pages", *(o.value for o in Outcome), "seconds"]
    rows = [
        [r.portal, str(r.pages), *(str(r.outcomes.get(o.value, 0)) for o in Outcome), f"{r.seconds:.1f}"]
        for r in runs
    ]
    _print_columns([heads, *rows], "<" + ">" * 10)
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
    raw = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    if not options.jsonl:
        print(json.dumps(facts_of(raw, options.url, options.fetched), ensure_ascii=False, indent=1))
        return WELL
    for number, line in enumerate(raw.decode("utf-8").splitlines(), 1):
        if line.strip():
            try:
                record = json.loads(line)
                body = str(record.get("html") or record["text"])
            except (ValueError, KeyError, AttributeError) as error:
                raise CallError(f"{options.file}:{number}: no object with text or html: {error}") from error
            found = facts_of(
                body.encode(), record.get("url") or "", options.fetched, bool(record.get("html"))
            )
            print(json.dumps(found | {"id": record.get("id", str(number))}, ensure_ascii=False))
    return WELL


def facts_of(raw: bytes, url: str, fetched: date | None, html: bool | None = None) -> dict[str, Any]:
    """The facts of one page (HTML or text) as a JSON object."""
    if html is None:
        html = (
            raw.lstrip()[:200]
            .lower()
            .startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<body", b"<div"))
        )
    if html:
        now = datetime.now(UTC)
        province = province_of_host(url.split("/")[2]) if url.count("/") >= 2 else None
        name = province.name if province else None
        page = Page(url or "http://unknown.invalid/a-page-1234.html", 200, raw, now, "text/html")
        read = read_page(page, Portal("unlisted", "", name or "", "other", url))
        if read.post:
            text = text_of(read.post)
            context = Context(url, name, None, read.post.published, fetched)
            p = read.post
            return to_json(
                url or "-", p.title, name, p.published, p.published_time, extract(text, context), text
            )
        from crawler.html import block_text, parse

        raw = block_text(parse(page).body).encode()
    plain = read_plain(raw.decode("utf-8", "replace"), url, fetched)
    facts = extract(plain.text, Context(url, plain.province, None, plain.published, fetched))
    return to_json(
        url or "-", plain.title, plain.province, plain.published, plain.published_time, facts, plain.text
    )


def run_portals(options: argparse.Namespace) -> int:
    """`thongbao portals`."""
    if options.check:
        mistakes = registry.check(options.registry)
        print("\n".join(mistakes) or "every file is sound")
        return LOOK if mistakes else WELL
    known = registry.load(options.registry)
    found = known.of_province(options.province) if options.province else list(known.portals.values())
    width = max((len(p.id) for p in found), default=0)
    for p in found:
        closed = f" (closed {p.closed})" if p.closed else ""
        print(f"{p.id:{width}} {p.province:18} {p.kind:26} {p.platform or '-':10} {p.url}{closed}")
    kinds = ", ".join(f"{kind} {n}" for kind, n in Counter(p.kind for p in found).most_common())
    provinces = len({p.province for p in found})
    print(f"{len(found)} portals of {provinces} of 63 provinces: {kinds}", file=sys.stderr)
    return WELL


def run_serve(options: argparse.Namespace) -> int:
    """`thongbao serve`."""
    from db.site.app import serve

    return serve(_db(options), options.host, options.port)


if __name__ == "__main__":
    sys.exit(main())
