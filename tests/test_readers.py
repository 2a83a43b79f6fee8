"""Pages are read in processes of their own: what breaks a reader costs one page."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawler.model import Exchange, Page, PageKind, Portal
from crawler.reader import read_page
from crawler.readers import MEMORY, Readers, Unread

PORTAL = Portal("so-thu", "Sở Thử", "Hà Nội", "health", "https://soyte.hanoi.gov.vn/", "generic")
BODY = (
    "<html><body><h1>Thông báo về phòng, chống dịch COVID-19</h1><p>Ngày đăng: 15/06/2021</p>"
    f"<p>{'Đề nghị người dân thực hiện 5K. ' * 20}Đường dây nóng: 0888 800 247.</p></body></html>"
).encode()
PAGE = Page("https://soyte.hanoi.gov.vn/thong-bao-12345.html", 200, BODY, datetime.now(UTC), "text/html",
            capture=Exchange("https://soyte.hanoi.gov.vn/", 200, (), BODY))  # fmt: skip


@pytest.fixture
def readers() -> Iterator[Readers]:
    """One process, and little patience."""
    with closing(Readers(1, patience=2.0)) as made:
        yield made


def hang(page: Page) -> None:
    """Never come back, as a parser does that a page was made to hang."""
    signal.pause()


def die(page: Page) -> None:
    """End as a parser does that a page was made to crash."""
    os.kill(os.getpid(), signal.SIGSEGV)


def devour(page: Page) -> int:
    """Want more memory than a page may have."""
    return len(bytearray(MEMORY + 1))


def mistake(page: Page) -> None:
    """Fail as a platform's module does."""
    raise KeyError("tiêu đề")


async def then_reads(readers: Readers, broken: Callable[[Page], object]) -> str:
    """What the crawl is told of a page that breaks its reader; the next page is read all the same."""
    with pytest.raises(Unread) as told:
        await readers.ask(broken, PAGE)
    read = await readers.ask(read_page, PAGE, PORTAL)
    assert read.kind is PageKind.POST
    return str(told.value) + "".join(getattr(told.value, "__notes__", []))


def test_a_page_is_read_as_it_is_read_here(readers: Readers) -> None:
    found = asyncio.run(readers.ask(read_page, PAGE, PORTAL))
    assert found == read_page(PAGE, PORTAL)
    assert found.page.body is BODY  # neither sent back nor lost
    assert found.page.capture is PAGE.capture


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (hang, "took longer than 2 seconds to read"),
        (die, "its reader died: exit code -11"),
        (devour, "needed over 2048 MB of memory"),
        (mistake, "KeyError: 'tiêu đề'"),
    ],
)
def test_what_breaks_a_reader_costs_one_page(
    readers: Readers, broken: Callable[[Page], object], why: str
) -> None:
    told = asyncio.run(then_reads(readers, broken))
    assert told.startswith(why)
    if broken is mistake:  # for who mends it
        assert "test_readers.py" in told


def test_a_page_made_to_hang_its_parser_ends_in_time(readers: Readers) -> None:
    """100,000 open elements took 34 seconds: every one is closed by a walk through all that are open."""
    hostile = replace(PAGE, body=b"<div>" * 400_000 + BODY)

    async def read() -> None:
        with pytest.raises(Unread, match="took longer"):
            await readers.ask(read_page, hostile, PORTAL)

    started = time.monotonic()
    asyncio.run(read())
    assert time.monotonic() - started < 10


def test_tables_within_tables_take_no_time_of_their_depth() -> None:
    """Found by fuzzing: the text of a hundred nested tables was read a hundred times, 3 seconds for 80 KB."""
    seconds = []
    for depth in (40, 160):
        nested = "<table><tr><td>Trang<td><table><tr><td>" * depth + "<p>chữ trong bảng</p>" * 400
        page = replace(PAGE, body=BODY.replace(b"</body>", nested.encode() + b"</body>"))
        began = time.process_time()
        for _ in range(3):
            read_page(page, PORTAL)
        seconds.append(time.process_time() - began)
    assert seconds[1] < 4 * seconds[0], seconds


def test_readers_end_with_the_crawl(readers: Readers) -> None:
    asyncio.run(readers.ask(read_page, PAGE, PORTAL))
    readers.close()
    assert [reader.process.poll() for reader in readers.all] == [-signal.SIGKILL]
