"""Logs: one line an event on stderr, as text or as JSON.

Levels: DEBUG, each page; INFO, what began and ended; WARNING, what somebody should look at; ERROR, work that
was not done (an index not written, a page that broke its reader, an alert not delivered).
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from crawler.health import PortalRun

OURS = "thongbao"
_logger = logging.getLogger(OURS)
_logger.addHandler(logging.NullHandler())  # a caller that set up no logs gets none


def event(level: int, what: str, **fields: Any) -> None:
    """One event: a few words that stay the same, and what is particular to it."""
    if _logger.isEnabledFor(level):
        _logger.log(level, what, extra={"fields": fields})


def portal_ended(run: PortalRun) -> None:
    """How the reading of a portal ended: a warning where somebody should look."""
    fields = {
        "portal": run.portal, "outcome": run.outcome, "pages": run.pages, "outcomes": run.outcomes,
        "notices": run.notices, "posts": run.posts, "seconds": round(run.seconds, 1),
    }  # fmt: skip
    look = {"finding": run.finding, "reason": run.reason} if run.reason else {}
    event(logging.WARNING if look else logging.INFO, "portal ended", **fields, **look)


def setup(as_json: bool, verbosity: int) -> None:
    """Log to stderr: nothing as text unless asked to (`verbosity` 1: INFO, 2: DEBUG), as JSON INFO at least.

    Of other libraries nothing is logged below INFO, and as JSON without `verbosity` their errors alone.
    """
    if not as_json and not verbosity:
        ours = others = logging.CRITICAL
    else:
        ours = logging.DEBUG if verbosity > 1 else logging.INFO
        others = logging.INFO if verbosity else logging.ERROR
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else TextLines())
    handler.addFilter(lambda record: record.levelno >= (ours if _is_ours(record) else others))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(min(ours, others))


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.split(".", 1)[0] == OURS


class TextLines(logging.Formatter):
    """`2021-07-19T02:00:00Z WARNING thongbao: portal ended portal=… reason="…"`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        fields = _fields(self, record)
        told = "".join(f" {key}={json.dumps(value, ensure_ascii=False)}" for key, value in fields.items())
        line = f"{_moment(record)} {record.levelname} {record.name}: {record.getMessage()}{told}"
        return "\\n".join(line.splitlines())


class JsonLines(logging.Formatter):
    """`{"time", "level", "logger", "event", …}`, with `error` (a traceback) where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object."""
        head = {"time": _moment(record), "level": record.levelname, "logger": record.name}
        told = head | {"event": record.getMessage()} | _fields(self, record)
        return json.dumps(told, ensure_ascii=False, default=str)


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _fields(formatter: logging.Formatter, record: logging.LogRecord) -> dict[str, Any]:
    error = {"error": formatter.formatException(record.exc_info)} if record.exc_info else {}
    return getattr(record, "fields", {}) | error
