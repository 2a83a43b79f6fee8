"""One writer an index: a second crawl into the same file is told so at once."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Locked(RuntimeError):
    """Another process writes into the index; the message names it and the remedy."""


@contextmanager
def writing(database: Path) -> Iterator[None]:
    """Hold the index for writing; `Locked` when another process does. The lock dies with its process.

    A link and the file that it names are one index.
    Raises FileNotFoundError for an index in a directory that is not there.
    """
    index = database.resolve()
    path = index.with_name(index.name + ".lock")
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, f"there is no directory {path.parent}", str(database))
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise Locked(
                f"{database} is being written by another thongbao (process {holder}):"
                " wait for it, or name another index with --db"
            ) from None
        with suppress(OSError):  # a full disk: who holds the lock is a courtesy, the lock is not
            os.truncate(file.fileno(), 0)
            os.write(file.fileno(), str(os.getpid()).encode())
        yield
