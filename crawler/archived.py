"""A page out of an archive as the reader understands it: nothing is followed, nothing fetched."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from crawler import sending  # noqa: F401 - how the project's words are pickled
from crawler.captures import CaptureError, page_of_capture
from crawler.model import Capture, Listing, Outcome, Page, PageKind, PageRead, Portal
from crawler.provinces import province_of_host
from crawler.reader import left_out_before, read_page
from crawler.readers import Readers, Unread
from crawler.urls import netloc

#: The portal of hosts that the registry does not know.
UNLISTED = Portal("unlisted", "Unlisted hosts", "", "other", "")
#: A capture with the one that holds its payload (None: itself) and its portal.
Job = tuple[Capture, Capture | None, Portal]


def read_archived(
    page: Page, portal: Portal, location: str | None = None, since: date | None = None, keep_all: bool = True
) -> list[PageRead]:
    """An archived page, and the posts that its rows are; a redirect is told, not followed.

    `location` is where a redirect led; a post published before `since` is irrelevant; `keep_all` as of
    `read_page`. Hosts of no portal number their posts each for itself.
    """
    if 300 <= page.status < 400:
        reason = f"redirected to {location}" if location else f"HTTP {page.status}"
        return [PageRead(page, portal.id, PageKind.OTHER, problem=Outcome.UNCHANGED, reason=reason)]
    if portal.id == UNLISTED.id:
        province = province_of_host(netloc(page.url))
        portal = replace(portal, province=province.name if province else "")
    try:
        read = read_page(page, portal, keep_all)
    except Exception as error:  # a mistake of a platform's module costs one page
        return [unread_archived(page, portal, f"{type(error).__name__}: {error}")]
    return [_told(each, since) for each in (read, *read.rows)]


async def read_archived_by(
    readers: Readers,
    page: Page,
    portal: Portal,
    location: str | None = None,
    since: date | None = None,
    keep_all: bool = True,
) -> list[PageRead]:
    """What `read_archived` says of a page, in a process of its own; one that breaks it is `failed`."""
    try:
        return await readers.ask(read_archived, page, portal, location, since, keep_all)
    except Unread as error:
        return [unread_archived(page, portal, str(error))]


def unread_archived(page: Page, portal: Portal, why: str) -> PageRead:
    """The outcome of an archived page that could not be read."""
    return PageRead(
        page, portal.id, PageKind.OTHER, problem=Outcome.FAILED, reason=f"could not be read: {why}"
    )


def _told(read: PageRead, since: date | None) -> PageRead:
    """A post under its own number, irrelevant when it is too old."""
    if read.portal == UNLISTED.id and read.post:
        named = f"{netloc(read.page.url)} {read.post.post_id}"
        read = replace(read, post=replace(read.post, post_id=named))
    return left_out_before(read, since)


def read_captures(jobs: list[Job], folder: Path, keep_all: bool) -> list[list[PageRead] | str]:
    """Some captures read again, without their bytes and links; what cannot be read is told in its place.

    For processes beside the one that writes: it takes and gives what can be sent.
    """
    return [_read_capture(job, folder, keep_all) for job in jobs]


def _read_capture(job: Job, folder: Path, keep_all: bool) -> list[PageRead] | str:
    capture, original, portal = job
    try:
        page = page_of_capture(capture, folder, original)
    except CaptureError as error:
        return str(error)
    found = read_archived(page, portal, keep_all=keep_all)
    return [replace(r, page=replace(r.page, body=b""), listing=Listing(), rows=()) for r in found]
