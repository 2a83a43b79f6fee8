"""Files of notices, whatever the road: which of a notice are wanted, and what the bytes of one say."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from crawler.attachments.apart import read_apart
from crawler.attachments.facts import Notice
from crawler.model import Attachment, FileText, Page, PageMemory, PageRead, Portal
from crawler.reader import notice_of, read_attachment


@dataclass(frozen=True, slots=True)
class Asked:
    """A file that was asked for, and the notice it is read with."""

    post_id: str
    attachment: Attachment
    notice: Notice


class TextMemory(Protocol):
    """Who knows what files said."""

    def file_text(self, sha256: str) -> FileText | None:
        """What some bytes said when they were read before."""


def wanted_files(read: PageRead, portal: Portal, memory: PageMemory) -> Iterator[Asked]:
    """The files of a notice that were not read before; other posts' files are left alone."""
    post = read.post
    if read.problem or not post or not post.attachments or not read.facts or not read.facts.covid:
        return
    notice = notice_of(read, portal)
    for attachment in post.attachments:
        if not memory.has_file(portal.id, post.post_id, attachment.url):
            yield Asked(post.post_id, attachment, notice)


#: Files that are being read, or were a moment ago and are not stored yet, by the hash of their bytes.
_READING: OrderedDict[str, asyncio.Task[FileText]] = OrderedDict()
_MOST_READING = 32


async def read_asked(page: Page, portal: Portal, asked: Asked, memory: TextMemory | None) -> PageRead:
    """What a fetched file says, read in a process of its own; the same bytes are read once."""
    sha256 = hashlib.sha256(page.body).hexdigest()
    content = memory.file_text(sha256) if memory else None
    content = content or await _read_once(sha256, page.body)
    return read_attachment(page, portal, asked.post_id, asked.attachment, asked.notice, content)


async def _read_once(sha256: str, body: bytes) -> FileText:
    """What bytes say; who asks for the same ones meanwhile gets the same answer."""
    reading = _READING.get(sha256)
    if reading is None or reading.cancelled():
        reading = _READING[sha256] = asyncio.ensure_future(read_apart(body))
        if len(_READING) > _MOST_READING:
            _READING.popitem(last=False)
    return await reading
