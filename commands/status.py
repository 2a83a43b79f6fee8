"""`thongbao status`: how each portal is read, and what to do."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from commands.options import LOOK, WELL, CallError, db_of, is_quiet, print_columns, print_json
from crawler import registry


def run_status(options: argparse.Namespace) -> int:
    """`thongbao status`."""
    from db.schema import refuse_unless_index
    from db.status import status_of

    database = db_of(options)
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
        print_json({"outcome": "needs a look" if look else "well", "portals": told})
    elif not is_quiet(options):
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
    print_columns([heads, *rows], "<" * len(heads))
    for s in portals:
        if s.needs_look or s.closed:
            heir = f", {s.successor} took over" if s.successor else ""
            told = f"closed since {s.closed}{heir}" if s.closed else s.reason
            print(f"{'!' if s.needs_look else ' '} {s.portal}: {told}\n    {_advice(s)}")


def _moment(iso: str | None) -> str:
    return iso[:16].replace("T", " ") if iso else "never"
