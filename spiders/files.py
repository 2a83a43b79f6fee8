"""Files of notices, whatever the road: which of a notice are wanted, and what the bytes of one say."""

from __future__ import annotations

import hashlib
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


async def read_asked(page: Page, portal: Portal, asked: Asked, memory: TextMemory | None) -> PageRead:
    """What a fetched file says, read in a process of its own; the same bytes are read once."""
    content = memory.file_text(hashlib.sha256(page.body).hexdigest()) if memory else None
    content = content or await read_apart(page.body)
    return read_attachment(page, portal, asked.post_id, asked.attachment, asked.notice, content)
