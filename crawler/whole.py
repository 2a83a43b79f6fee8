"""Files that stand under their name when they are whole, and not before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_or_not(file: Path) -> Iterator[Path]:
    """Where to write a file that gets its name when it is whole; what an error leaves of it is deleted.

    What stood under the name stays until then.
    """
    unfinished = file.with_name(file.name + ".copying")  # of no name that a crawl takes for its own
    unfinished.unlink(missing_ok=True)  # a kill's, and maybe a link to what must not be written
    try:
        yield unfinished
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
