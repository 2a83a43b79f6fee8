"""`thongbao crawl`: portals live, out of WARC files, out of web archives."""

from __future__ import annotations

import argparse
import logging
import os
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from commands.options import (
    INTERRUPTED,
    LOOK,
    WELL,
    CallError,
    complain,
    db_of,
    is_quiet,
    no_progress,
    print_columns,
    print_json,
)
from crawler import contact, log, registry
from crawler.clock import now
from crawler.model import Outcome, Portal


def chosen(options: argparse.Namespace) -> list[Portal]:
    """The portals that a crawl names; `CallError` when it names none."""
    known = registry.load(options.registry)
    if options.unlisted and not options.warc:
        raise CallError("--unlisted goes with --warc")
    if options.archive and options.warc:
        raise CallError("--archive and --warc are two sources: name one")
    if (options.first or options.last) and not options.archive:
        raise CallError("--from and --to go with --archive (posts by their date: --since)")
    if options.first and options.last and options.first > options.last:
        raise CallError(f"--from {options.first} is after --to {options.last}: nothing lies between them")
    if options.warc and options.max_pages is not None:
        raise CallError("--max-pages is for what is fetched: WARC files are read whole")
    if options.anew and (options.warc or options.archive):
        raise CallError("--anew is for live portals: files and archives do not change")
    if options.warc and not (options.portals or options.province):
        return []  # --all too: those that the files hold, and no word of the hundreds that they do not
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
    portals, database = chosen(options), db_of(options)
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
            print_json({"outcome": outcome, "portals": [_told(run) for run in runs]})
        elif runs and not is_quiet(options):
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
            runs = _read_files(options, portals, store, database)
            for run in runs:
                end(run)
        elif options.archive:
            runs = _read_archive(options, portals, store, database, end)
        else:
            runs = crawl(
                portals, store, _settings(options), no_progress(options), ended=end,
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
    from crawler.clock import utc

    times, moment = store.due_times(), utc(now())
    due = [portal for portal in portals if times.get(portal.id, "") <= moment]
    if not due and portals and not no_progress(options):
        first = min(portals, key=lambda portal: times[portal.id])
        print(f"no portal is due; the first is {first.id}, at {times[first.id]}", file=sys.stderr)
    return due


def _read_files(options: argparse.Namespace, portals: list[Portal], store: Any, database: Path) -> list[Any]:
    """Read the WARC files of a call; what could not be read is told, and a portal needs a look for it."""
    from spiders.repack import with_places
    from spiders.warc import crawl_files

    for file in options.warc:
        file.open("rb").close()  # a name mistyped is told before the first record
        if why := next((told for ending, told in _NO_WARC.items() if file.name.endswith(ending)), ""):
            raise CallError(f"{file} is no WARC file: {why}")
    files = [with_places(file, database.parent / "captures") for file in options.warc]
    known, quiet = registry.load(options.registry), no_progress(options)
    reading = crawl_files(
        files, known, store,
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
        portals, store, archive_settings(options), no_progress(options), ArchiveSpider, 1, end,
        archive=options.archive, cache=database.parent / "captures" / "cdx", first=options.first,
        last=options.last, max_pages=options.max_pages, since=options.since,
        allow_loopback=options.allow_loopback,
        attachments=not options.no_attachments, max_attachment_size=options.max_attachment_size << 20,
    )  # fmt: skip


#: Files of web archives that are none, and what to do with them.
_NO_WARC = {
    ".wacz": "unzip it and name the files in its folder archive",
    ".arc": "convert it (warcio recompress)",
    ".arc.gz": "convert it (warcio recompress)",
    ".xz": "unpack it first (unxz)",
    ".zip": "unzip it first",
}


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
    print_columns([heads, *rows], "<" + ">" * (len(heads) - 1))
    for r in runs:
        if r.reason:
            print(f"! {r.portal}: {r.reason}")
