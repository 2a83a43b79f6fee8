"""How each portal of an index is read: what `thongbao status`, the site's page and the alerts tell."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from crawler.clock import now
from db.schema import connect_to_read
from db.site import queries

WELL, CLOSED, NEVER, LOOK = "well", "closed", "never read", "needs a look"
#: Read out of archives and files alone: how the portal itself stands nobody has seen.
ARCHIVED = "archives only"
CUT_OFF, OVERDUE = "cut off", "overdue"
#: How long a reading may be under way (its budget is six hours), and how late a crawl may come.
UNDER_WAY, LATE = timedelta(hours=12), timedelta(days=7)
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a portal; `outcome` is `well`, `needs a look` or `interrupted`."""

    run: int
    finished: str
    via: str
    outcome: str
    finding: str | None
    reason: str | None
    pages: int
    posts: int
    notices: int


@dataclass(frozen=True, slots=True)
class Status:
    """How a portal stands.

    `state` is `well`, `closed`, `never read`, or what somebody should look at (a `Finding`; `cut off` of a
    reading that was killed, `overdue` of one that nobody began; `needs a look` of readings from before
    findings were kept), with its `reason`. Moments are `YYYY-MM-DDTHH:MM:SSZ` or None.
    `last_new` is when a notice was first seen last, `newest` the last posting day of one (`YYYY-MM-DD`).
    `next_due` is None where nothing in the index says when the portal is read again. `runs` are its last ten
    readings, the newest first.
    """

    portal: str
    name: str
    province: str
    url: str
    state: str
    reason: str
    last_run: str | None
    last_success: str | None
    last_new: str | None
    newest: str | None
    next_due: str | None
    closed: str | None
    successor: str | None
    alerted: str | None
    runs: tuple[Reading, ...]

    @property
    def needs_look(self) -> bool:
        """Whether somebody should look at it."""
        return self.state not in (WELL, CLOSED, NEVER, ARCHIVED)


def statuses(portals: Iterable[Row], runs: Iterable[Row]) -> list[Status]:
    """The rows of `STATUS_PORTALS` and `STATUS_RUNS` as what they say, those that need a look first."""
    of_portal = {name: list(found) for name, found in groupby(runs, lambda row: row["portal"])}
    found = [_status(row, of_portal.get(row["id"], [])) for row in portals]
    return sorted(found, key=lambda s: (not s.needs_look, s.state == CLOSED, s.province, s.portal))


def _status(row: Row, runs: Sequence[Row]) -> Status:
    readings = tuple(Reading(**{name: run[name] for name in Reading.__slots__}) for run in runs)
    # What an archive or a file gave says nothing about the portal itself.
    live = next((r for r in readings if r.via == "live" and r.outcome != "interrupted"), None)
    if live:
        state, reason = live.finding or live.outcome, live.reason
    elif readings and all(r.via != "live" for r in readings):
        state, reason = ARCHIVED, ""
    else:
        state, reason = row["last_outcome"] or NEVER, row["reason"]
    if state in (WELL, NEVER, ARCHIVED):
        state, reason = _unfinished(row, readings) or (state, reason)
    if row["closed"]:
        state = CLOSED
    return Status(
        row["id"], row["name"], row["province"] or "", row["url"] or "", state, reason or "", row["last_run"],
        row["last_success"], row["last_new"], row["newest"], row.get("next_due"), row["closed"],
        row["successor"], row["alerted"], readings,
    )  # fmt: skip


def _unfinished(row: Row, readings: Sequence[Reading]) -> tuple[str, str] | None:
    """What nobody reported: a reading that began and left no end, a portal whose time came and went."""
    since, due, moment = row.get("reading_since"), row.get("next_due"), now()
    ended = max((r.finished for r in readings if r.via == "live"), default="")
    if since and since > ended and moment - datetime.fromisoformat(since) > UNDER_WAY:
        return CUT_OFF, f"the reading that began on {since} never ended: was the crawl killed?"
    if due and moment - datetime.fromisoformat(due) > LATE:
        return OVERDUE, f"due since {due}, and no crawl has come: does the schedule run?"
    return None


def read_statuses(connection: sqlite3.Connection) -> list[Status]:
    """How the portals of an index stand."""
    values = {"portal": None}
    return statuses(
        *(_rows(connection, sql, values) for sql in (queries.STATUS_PORTALS, queries.STATUS_RUNS))
    )


def status_of(database: Path) -> list[Status]:
    """How the portals of an index file stand; one of an earlier version is brought to this one first.

    Raises `SchemaError` for what is no index or cannot be read by this version.
    """
    with closing(connect_to_read(database)) as connection:
        return read_statuses(connection)


def _rows(connection: sqlite3.Connection, sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
