"""The second stage of files: scans of an index recognised on all cores, each result kept as it comes."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from crawler.attachments.apart import read_apart
from crawler.attachments.facts import read_facts
from crawler.attachments.head import Head
from crawler.model import FileOutcome, FileRead, FileText
from db import scans
from db.store import KnownFile, Store


@dataclass(slots=True)
class Recognised:
    """How many scans there were, how many gave text, how many stay as they were or failed."""

    files: int = 0
    read: int = 0
    left: int = 0


async def recognise_all(store: Store, tell: Callable[[str], None], limit: int | None = None) -> Recognised:
    """Recognise the scans that wait, `limit` at most; `tell` gets a line of progress a file.

    Stopped at any moment it loses only the files under way: the next call goes on with the rest.
    """
    waiting = list(store.waiting_scans().items())[:limit]
    done, started = Recognised(len(waiting)), time.monotonic()
    cores = asyncio.Semaphore(os.cpu_count() or 1)

    async def one(sha256: str, files: list[KnownFile]) -> None:
        async with cores:
            body = scans.read(store.path, sha256)
            if body is None:
                content = FileText("", FileOutcome.FAILED, "its bytes are gone: crawl it again")
            else:
                content = await read_apart(body, ocr=True)
        if content.outcome is not FileOutcome.NEEDS_OCR:
            for known in files:
                _write(store, sha256, known, content)
            scans.forget(store.path, sha256)
        good = content.outcome in (FileOutcome.READ, FileOutcome.EMPTY)
        done.read, done.left = done.read + good, done.left + (not good)
        count = done.read + done.left
        each = (time.monotonic() - started) / count
        tell(
            f"{count}/{done.files} scans, {each:.1f} s each, {each * (done.files - count) / 60:.0f} min left"
        )

    await asyncio.gather(*(one(sha256, files) for sha256, files in waiting))
    return done


def _write(store: Store, sha256: str, known: KnownFile, content: FileText) -> None:
    facts, head = read_facts(content, known.read_with) if content.text else (None, Head())
    file = FileRead(known.post_id, known.attachment, content, sha256, known.size, head.subject)
    store.read_again(known, file, facts)


def to_stderr(line: str) -> None:
    """A line of progress; on a terminal it takes the place of the one before."""
    end = "\r" if sys.stderr.isatty() else "\n"
    print(line, end=end, file=sys.stderr, flush=True)
