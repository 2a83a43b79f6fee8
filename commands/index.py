"""Commands that work on an index: ocr, reextract, merge, prune, suppress."""

from __future__ import annotations

import argparse
import re
import sqlite3
import sys

from commands.options import (
    LOOK,
    WELL,
    CallError,
    complain,
    counter,
    db_of,
    index_of,
    is_quiet,
    no_progress,
    print_columns,
    print_json,
)
from crawler.clock import now
from crawler.processes import run_until_stopped


def run_ocr(options: argparse.Namespace) -> int:
    """`thongbao ocr`."""
    from crawler.attachments import ocr  # an image library, which other calls do not need
    from db.recognise import recognise_all, to_stderr
    from db.schema import refuse_unless_index

    refuse_unless_index(db_of(options))
    if not ocr.is_installed():
        raise RuntimeError(f"tesseract with its Vietnamese data is not installed: {ocr.INSTALL}")
    tell = (lambda line: None) if no_progress(options) else to_stderr
    done = run_until_stopped(recognise_all(db_of(options), tell, options.limit))
    if not is_quiet(options):
        print(f"{done.files} scans: {done.read} read, {done.left} not")
    if done.held:
        complain(
            options,
            f"{done.held} wait to be written, since a crawl is under way: thongbao ocr again after it",
        )
    return LOOK if done.left or done.held else WELL


def run_reextract(options: argparse.Namespace) -> int:
    """`thongbao reextract`."""
    from db.rebuild import rebuild

    with index_of(options) as store:
        if options.portal and options.portal not in store.kinds:
            raise CallError(f"the index has no portal {options.portal}")
        report = rebuild(
            store, since=options.since, portal=options.portal, dry_run=options.dry_run,
            tell=counter("captures", options),
        )  # fmt: skip
    for trouble in report.unreadable:
        complain(options, trouble)
    if options.json:
        print_json(report.told())
    elif not is_quiet(options):
        print(f"{report.captures} captures read again{', nothing written' if options.dry_run else ''}")
        heads = ["", "added", "removed", "altered"]
        if report.files:
            print(f"{report.files} attached files say something else")
        kinds = {"notices": report.notices, **report.facts}
        print_columns([heads, *([k, *(str(n[h]) for h in heads[1:])] for k, n in kinds.items())], "<>>>")
        for line in report.samples:
            print(line)
    return LOOK if report.unreadable else WELL


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
        lost = 0
        for index in options.indexes:
            try:
                merged = merge(store, index)
            except sqlite3.DatabaseError as error:
                raise RuntimeError(f"{index}: {error}: nothing of it was taken in") from error
            if not is_quiet(options):
                print(f"{index}: {merged.new} notices that were not known", file=sys.stderr)
            for line in merged.lost:
                complain(options, line)
            lost += len(merged.lost)
    return LOOK if lost else WELL


def run_prune(options: argparse.Namespace) -> int:
    """`thongbao prune`."""
    from db.prune import prune

    with index_of(options) as store:
        pruned = prune(store, dry_run=options.dry_run)
    if not is_quiet(options):
        how = "would be dropped" if options.dry_run else "dropped"
        print(f"{pruned.dropped} of {pruned.captures} captures {how}, {pruned.freed / 1e6:.1f} MB")
    for trouble in pruned.troubles:
        complain(options, trouble)
    return LOOK if pruned.troubles else WELL


def run_suppress(options: argparse.Namespace) -> int:
    """`thongbao suppress`."""
    from db import suppress
    from db.suppressions import find, suppressions

    if options.list == bool(options.names):
        raise CallError("name notices or files, or --list alone")
    named = [_number_of(name) for name in options.names]
    with index_of(options) as store:
        if options.list:
            rows = [[str(s.id), s.kind, s.day, s.reason or ""] for s in suppressions(store)]
            print_columns([["number", "kind", "day", "reason"], *rows], "<<<<")
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
            if not is_quiet(options):
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
