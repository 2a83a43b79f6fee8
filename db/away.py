"""A directory of files to take away: written beside its place and moved there whole, or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from crawler.clock import now, utc
from db.schema import connect_to_read

#: What tells that a directory is ours: which command made it, when, and the names that lie in it.
MARK = "thongbao.json"


class NotOurs(ValueError):
    """A directory with files that this command did not make; the message names one and the remedy."""


@contextmanager
def directory(target: Path, command: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """A new directory to fill, and what its mark says; it takes the target's place when the block ends well.

    `command` (`export`) names who makes it. Raises `NotOurs` for a target that holds anything the same
    command did not put there. An error or Ctrl-C leaves the target as it was.
    """
    target = target.resolve()
    _refuse_strangers(target, command)
    target.parent.mkdir(parents=True, exist_ok=True)
    part, old = (target.with_name(f".{target.name}.{os.getpid()}.{end}") for end in ("part", "old"))
    part.mkdir()
    made = {"made_by": f"thongbao {command}", "version": version("thongbao"), "made": utc(now())}
    mark: dict[str, Any] = made
    try:
        yield part, mark
        mark["entries"] = sorted([*(entry.name for entry in part.iterdir()), MARK])
        (part / MARK).write_text(json.dumps(mark, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        _refuse_strangers(target, command)  # it took minutes: a person may have put something there
        if target.exists():
            target.rename(old)
        part.rename(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.rename(target)
        raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _refuse_strangers(target: Path, command: str) -> None:
    if target.exists() and not target.is_dir():
        raise NotOurs(f"{target} is no directory: name another")
    there = {entry.name for entry in target.iterdir()} if target.exists() else set()
    if not there:
        return
    try:
        mark = json.loads((target / MARK).read_text(encoding="utf-8"))
        ours = set(mark["entries"]) if mark["made_by"] == f"thongbao {command}" else set()
    except (OSError, ValueError, KeyError, TypeError):
        ours = set()
    if strange := sorted(there - ours):
        raise NotOurs(f"{target} holds {strange[0]}, which no {command} made: name another directory")


def snapshot(database: Path, copy: Path) -> None:
    """A clean copy of an index (no WAL, no free pages) as it is at one moment, while a crawl may write.

    Raises FileNotFoundError for an index that is not there, `SchemaError` for a file that is none.
    """
    if not database.exists():
        raise FileNotFoundError(f"{database} does not exist: crawl first (thongbao crawl --help)")
    with closing(connect_to_read(database)) as connection:
        connection.execute("vacuum into ?", [str(copy)])
