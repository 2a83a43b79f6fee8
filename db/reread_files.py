"""The captured bytes of attached files read again, on all cores: the parsers and tools of today."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from crawler.attachments.apart import read_apart
from crawler.captures import CaptureError, page_of_capture
from crawler.model import FileOutcome, FileText
from crawler.processes import cores, run_until_stopped
from db import scans
from db.captured import CAPTURE_AND_ORIGINAL, captures_of, with_original
from db.store import Store

#: Files of which the bytes are held at once.
_CHUNK = 32
_SQL = f"""
select p.text_hash, {CAPTURE_AND_ORIGINAL}
from pages p join captures c on c.id = p.capture left join captures r on r.id = c.refers_to
where p.kind = 'attachment' and p.text_hash is not null and (:portal is null or p.portal = :portal)
and (:since is null or c.fetched_at >= :since) group by p.text_hash order by min(c.id)
"""


def reread_files(
    store: Store,
    portal: str | None,
    since: date | None,
    dry_run: bool,
    unreadable: list[str],
    tell: Callable[[int, int], None],
) -> dict[str, FileText]:
    """What captured files say now that is not what they said, by the hash of their bytes.

    Of a portal, captured on or after a day. `unreadable` takes a line for each capture that cannot be read,
    `tell` hears of progress. What is a scan now waits for `thongbao ocr`, unless `dry_run`.
    """
    values = {"since": since.isoformat() if since else None, "portal": portal}
    found = store.database.conn.execute(_SQL, values).fetchall()
    changed: dict[str, FileText] = {}
    for first in range(0, len(found), _CHUNK):
        rows = found[first : first + _CHUNK]
        bodies = dict(_bodies(store, rows, unreadable))
        for sha256, content in run_until_stopped(_read(bodies)).items():
            if _differs(store.file_said(sha256), content):
                changed[sha256] = content
                if content.outcome is FileOutcome.NEEDS_OCR and not dry_run:
                    scans.keep(store.path, sha256, bodies[sha256])
        tell(first + len(rows), len(found))
    return changed


def _bodies(
    store: Store, rows: Sequence[Sequence[Any]], unreadable: list[str]
) -> Iterator[tuple[str, bytes]]:
    """The bytes of captured files by their hash; those that are others now are left out."""
    for sha256, *row in rows:
        capture, original = with_original(row)
        try:
            body = page_of_capture(capture, captures_of(store.path), original).body
        except CaptureError as error:
            unreadable.append(f"{capture.url}: {error}")
            continue
        if hashlib.sha256(body).hexdigest() == sha256:
            yield sha256, body


async def _read(bodies: dict[str, bytes]) -> dict[str, FileText]:
    free = asyncio.Semaphore(cores())

    async def one(body: bytes) -> FileText:
        async with free:
            return await read_apart(body)

    return dict(zip(bodies, await asyncio.gather(*map(one, bodies.values())), strict=True))


def _differs(before: FileText | None, now: FileText) -> bool:
    """Whether what a file says now is to be taken over: what is read never gives way to what is not."""
    if before is None or before == now:
        return False
    if before.ocr or before.text:
        return now.outcome is FileOutcome.READ
    return (before.outcome, before.reason) != (now.outcome, now.reason) or bool(now.text)
