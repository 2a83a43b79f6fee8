"""A page out of an archive as the reader understands it: nothing is followed, nothing fetched."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from crawler.captures import CaptureError, page_of_capture
from crawler.model import Capture, Listing, Outcome, Page, PageKind, PageRead, Portal
from crawler.provinces import province_of_host
from crawler.reader import read_page
from crawler.urls import netloc

#: The portal of hosts that the registry does not know.
UNLISTED = Portal("unlisted", "Unlisted hosts", "", "other", "")
#: A capture with the one that holds its payload (None: itself) and its portal.
Job = tuple[Capture, Capture | None, Portal]


def read_archived(
    page: Page, portal: Portal, location: str | None = None, since: date | None = None
) -> PageRead:
    """An archived page; a redirect is told, a post published before `since` is irrelevant.

    `location` is where a redirect led. Hosts of no portal number their posts each for itself.
    """
    if 300 <= page.status < 400:
        reason = f"redirected to {location}" if location else f"HTTP {page.status}"
        return PageRead(page, portal.id, PageKind.OTHER, problem=Outcome.UNCHANGED, reason=reason)
    host = netloc(page.url)
    if portal.id == UNLISTED.id:
        province = province_of_host(host)
        portal = replace(portal, province=province.name if province else "")
    try:
        read = read_page(page, portal)
    except Exception as error:  # a mistake of a platform's module costs one page
        why = f"could not be read: {type(error).__name__}: {error}"
        return PageRead(page, portal.id, PageKind.OTHER, problem=Outcome.FAILED, reason=why)
    if portal.id == UNLISTED.id and read.post:
        read = replace(read, post=replace(read.post, post_id=f"{host} {read.post.post_id}"))
    if since and read.post and read.post.published and read.post.published < since:
        reason = f"published {read.post.published}, before --since"
        read = replace(read, problem=Outcome.IRRELEVANT, reason=reason)
    return read


def read_captures(jobs: list[Job], folder: Path) -> list[PageRead | str]:
    """Some captures read again, without their bytes and links; what cannot be read is told in its place.

    For processes beside the one that writes: it takes and gives what can be sent.
    """
    return [_read_capture(job, folder) for job in jobs]


def _read_capture(job: Job, folder: Path) -> PageRead | str:
    capture, original, portal = job
    try:
        page = page_of_capture(capture, folder, original)
    except CaptureError as error:
        return str(error)
    read = read_archived(page, portal)
    return replace(read, page=replace(read.page, body=b""), listing=Listing())
