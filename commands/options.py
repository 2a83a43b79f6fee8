"""What every command shares: exit codes, the options they all take, how they print and complain."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crawler import log

WELL, LOOK, WRONG_CALL, COULD_NOT_RUN, INTERRUPTED = 0, 1, 2, 3, 130
LOG_FORMATS = ("text", "json")


def complain(options: argparse.Namespace, why: str) -> None:
    """Say on stderr what was not done: a sentence, or with --log-format json an event."""
    if logs_json(options):
        log.event(logging.ERROR, why)
    else:
        print(f"thongbao: {why}", file=sys.stderr)


class CallError(ValueError):
    """A call that cannot be meant."""


def db_of(options: argparse.Namespace) -> Path:
    return Path(getattr(options, "db", "notices.db"))


def is_quiet(options: argparse.Namespace) -> bool:
    return getattr(options, "quiet", False)


def log_format(options: argparse.Namespace) -> str:
    return str(getattr(options, "log_format", os.environ.get("THONGBAO_LOG_FORMAT")) or "text")


def logs_json(options: argparse.Namespace) -> bool:
    return log_format(options) == "json"


def no_progress(options: argparse.Namespace) -> bool:
    """Whether stderr is to stay free of progress: nobody looks, or programs read JSON there."""
    return is_quiet(options) or logs_json(options)


@contextmanager
def index_of(options: argparse.Namespace) -> Iterator[Any]:
    """The store of an index that is there, under its lock."""
    from db.lock import writing  # SQLite is not needed by extract and portals
    from db.schema import refuse_unless_index
    from db.store import Store

    database = db_of(options)
    refuse_unless_index(database)
    with writing(database), Store(database) as store:
        yield store


def print_columns(rows: list[list[str]], align: str) -> None:
    widths = [max(len(row[n]) for row in rows) for n in range(len(align))]
    for row in rows:
        cells = (f"{cell:{side}{width}}" for cell, side, width in zip(row, align, widths, strict=True))
        print(" ".join(cells).rstrip())


def print_json(value: dict[str, Any], indent: int | None = None) -> None:
    """A value at once, so that the next program of a pipe can work on it."""
    print(json.dumps(value, ensure_ascii=False, indent=indent), flush=True)


def counter(what: str, options: argparse.Namespace) -> Callable[[int, int], None]:
    """Progress on stderr, where it is wanted: a line every 2 seconds, over the last one on a terminal."""
    last, live, quiet = time.monotonic(), sys.stderr.isatty(), no_progress(options)

    def tell(done: int, of: int) -> None:
        nonlocal last
        if not quiet and (time.monotonic() - last > 2 or (live and done == of)):
            last = time.monotonic()
            end = "\r" if live and done < of else "\n"
            print(f"{done}/{of} {what}", end=end, file=sys.stderr, flush=True)

    return tell
