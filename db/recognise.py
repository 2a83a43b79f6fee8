"""The second stage of files: scans of an index recognised on all cores, each result kept as it comes."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from crawler.attachments.apart import read_apart
from crawler.attachments.facts import read_facts
from crawler.attachments.head import Head
from crawler.model import FileOutcome, FileRead, FileText
from crawler.processes import cores
from db import scans
from db.lock import Locked, writing
from db.memory import KnownFile
from db.schema import connect_to_read
from db.store import Store


@dataclass(slots=True)
class Recognised:
    """How many scans there were, how many gave text, how many stay as they were or failed.

    `held` of these results wait beside the index, since something else was writing into it.
    """

    files: int = 0
    read: int = 0
    left: int = 0
    held: int = 0


async def recognise_all(database: Path, tell: Callable[[str], None], limit: int | None = None) -> Recognised:
    """Recognise the scans of an index that wait, `limit` at most; `tell` gets a line of progress a file.

    The index is locked only while a result is written, so that a crawl may begin meanwhile; what cannot be
    written for it is kept, and taken over by the next call. Stopped at any moment this loses only the files
    under way. Raises `Locked` when another process recognises them already.
    """
    with writing(scans.folder_of(database)):
        held = take_over(database)
        waiting = _waiting(database)[:limit]
        done, started = Recognised(len(waiting), held=held), time.monotonic()
        free = asyncio.Semaphore(cores())

        async def one(sha256: str) -> None:
            async with free:
                content = await _recognised(database, sha256)
            if content.outcome is not FileOutcome.NEEDS_OCR:
                scans.keep_text(database, sha256, content)
                done.held = take_over(database)
            good = content.outcome in (FileOutcome.READ, FileOutcome.EMPTY)
            done.read, done.left = done.read + good, done.left + (not good)
            count = done.read + done.left
            each = (time.monotonic() - started) / count
            left = each * (done.files - count) / 60
            tell(f"{count}/{done.files} scans, {each:.1f} s each, {left:.0f} min left")

        await asyncio.gather(*map(one, waiting))
        return done


def take_over(database: Path) -> int:
    """Write the results that are kept into the index; how many wait on, when something else is writing."""
    if not (kept := scans.with_text(database)):
        return 0
    try:
        with writing(database), Store(database) as store:
            for sha256 in kept:
                content = scans.text(database, sha256)
                for known in store.waiting_scans(sha256):
                    _write(store, sha256, known, content)
                scans.forget(database, sha256)
    except Locked:
        return len(kept)
    return 0


def _waiting(database: Path) -> list[str]:
    """The hashes of the scans that are to be recognised: the same bytes are recognised once."""
    done = set(scans.with_text(database))
    with closing(connect_to_read(database)) as connection:
        found = connection.execute(
            "select sha256 from attachments where outcome = 'needs-ocr' group by 1 order by min(id)"
        )
        return [sha256 for (sha256,) in found if sha256 not in done]


async def _recognised(database: Path, sha256: str) -> FileText:
    body = scans.read(database, sha256)
    if body is None:
        return FileText("", FileOutcome.FAILED, "its bytes are gone: crawl it again")
    return await read_apart(body, ocr=True)


def _write(store: Store, sha256: str, known: KnownFile, content: FileText) -> None:
    facts, head = read_facts(content, known.read_with) if content.text else (None, Head())
    file = FileRead(known.post_id, known.attachment, content, sha256, known.size, head.subject)
    store.read_again(known, file, facts)


def to_stderr(line: str) -> None:
    """A line of progress; on a terminal it takes the place of the one before."""
    end = "\r" if sys.stderr.isatty() else "\n"
    print(line, end=end, file=sys.stderr, flush=True)
