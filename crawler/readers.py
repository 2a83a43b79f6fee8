"""Pages are read in processes of their own: on another core, and what breaks a reader breaks no crawl."""

from __future__ import annotations

import asyncio
import io
import os
import pickle
import resource
import socket
import struct
import subprocess
import sys
import traceback
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from mmap import mmap
from typing import Any, BinaryIO, Concatenate, ParamSpec, TypeVar

from crawler import sending  # noqa: F401 - how the project's words are pickled
from crawler.model import Page
from crawler.processes import collect_seldom, cores, end_with_parent, environment, limit

#: Seconds and bytes that reading one page may take. An ordinary page takes a millisecond, one of 25 MB some
#: seconds; 100,000 open `<div>` took 34.
PATIENCE, MEMORY = 20.0, 2 << 30
_CHILD = "import crawler.reader; from crawler.readers import child; child()"
_SIZES = struct.Struct("!II")  # of a message, and of the page's body in the shared memory
_BUFFER = 1 << 20  # bytes that one call may take: an answer comes in one
#: Bytes of a body that memory shared with a reader holds; only those that were ever used take room. A pipe
#: would cost a tenth of the time that a page takes altogether.
_SHARED = 32 << 20
#: Pages that wait, and seconds that one waits, before another process is started: it reads its code half a
#: second, which a crawl of a few pages is over in.
FEW, LONG = 8, 1.5


P = ParamSpec("P")
R = TypeVar("R")


class Unread(Exception):
    """A page that could not be read; the text says why, a note holds the reader's own traceback."""


class Readers:
    """Processes that read pages, one page at a time each.

    `processes` at most (None: as many as cores): the first at once, others while pages wait; `patience` in
    seconds a page.
    """

    def __init__(self, processes: int | None = None, patience: float = PATIENCE) -> None:
        self.patience = patience
        self.all: list[_Reader] = []
        most = processes or cores()
        self.free: list[_Reader | None] = [None] * (most - 1) + [self.start()]
        self.waiting: deque[asyncio.Future[_Reader | None]] = deque()
        self.busy = 0

    async def ask(
        self, function: Callable[Concatenate[Page, P], R], page: Page, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """What a function of this package makes of a page, in a process of its own.

        Raises `Unread` where it raises, takes too long or too much memory, or its process dies.
        """
        return await self.ask_for(False, function, page, *args, **kwargs)

    async def ask_for(
        self,
        first: bool,
        function: Callable[Concatenate[Page, P], R],
        page: Page,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """The same; with `first` before the pages that wait: a crawl goes on where a list page leads."""
        reader = await self.turn(first)
        kept: _Reader | None = None
        try:
            reader = reader or self.start()
            async with asyncio.timeout(self.patience):
                answer = await reader.ask((function, page, args, kwargs), page)
            kept = reader
        except TimeoutError:
            raise Unread(f"took longer than {self.patience:g} seconds to read") from None
        except OSError as error:
            raise Unread(f"its reader died: {error}") from error
        finally:
            if reader and not kept:  # it has an answer under way, also when a crawl is cut off
                reader.kill()
            self.give_back(kept)
        if isinstance(answer, _Raised):
            unread = Unread(answer.what)
            unread.add_note(answer.traceback)
            raise unread
        found: R = answer
        return found

    async def turn(self, first: bool) -> _Reader | None:
        """The reader whose turn it is, None for one that is still to be started."""
        if self.free and (self.free[-1] or not self.busy or len(self.waiting) >= FEW):
            self.busy += 1
            return self.free.pop()
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[_Reader | None] = loop.create_future()
        (self.waiting.appendleft if first else self.waiting.append)(turn)
        soon = loop.call_later(LONG, self.start_another, turn) if self.free else None
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give_back(turn.result())
            raise
        finally:
            if soon:
                soon.cancel()

    def start_another(self, turn: asyncio.Future[_Reader | None]) -> None:
        """Give a page that waits too long a process of its own, if there may be one more."""
        if self.free and not turn.done():
            self.busy += 1
            turn.set_result(self.free.pop())

    def give_back(self, reader: _Reader | None) -> None:
        """Let the next page that waits have its turn."""
        while self.waiting:
            if not (turn := self.waiting.popleft()).done():
                turn.set_result(reader)
                return
        self.busy -= 1
        self.free.append(reader)

    def start(self) -> _Reader:
        """A new process; it reads its code meanwhile."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs, os.fdopen(os.memfd_create("page"), "r+b") as memory:
            given = [theirs.fileno(), memory.fileno()]
            shared = _shared(given[1])
            process = subprocess.Popen(
                [sys.executable, "-c", _CHILD, *map(str, given)], env=environment(), stdin=subprocess.DEVNULL,
                pass_fds=given, start_new_session=True,
            )  # fmt: skip
        self.all.append(reader := _Reader(process, ours, shared))
        return reader

    def close(self) -> None:
        """End all processes, whatever they are reading."""
        for reader in self.all:
            reader.kill()


@dataclass(frozen=True, slots=True)
class _Raised:
    what: str
    traceback: str


@dataclass(slots=True)
class _Reader:
    """One process and the line to it."""

    process: subprocess.Popen[bytes]
    line: socket.socket
    shared: mmap | None
    loop: asyncio.AbstractEventLoop | None = None  # that listens to the line
    got: bytearray = field(default_factory=bytearray)
    answer: asyncio.Future[bytearray] | None = None  # that somebody waits for

    async def ask(self, job: Any, page: Page) -> Any:
        """Send a job, wait for its answer; the page's bytes lie in the shared memory, and never come back."""
        loop = asyncio.get_running_loop()
        if self.loop is not loop:  # once: to listen anew for each answer takes two calls of the system
            loop.add_reader(self.line, self.arrived)
            self.loop = loop
        held = {id(page.capture): "capture"} if page.capture else {}
        size = len(page.body) if self.shared and len(page.body) <= _SHARED else 0
        if self.shared and size:
            self.shared[:size] = page.body
            held[id(page.body)] = "body"
        self.answer = loop.create_future()
        await loop.sock_sendall(self.line, _packed(job, held, size))
        return _unpacked(await self.answer, {"capture": page.capture, "body": page.body})

    def arrived(self) -> None:
        """Take what came on the line, and hand over an answer that is whole."""
        try:
            part = self.line.recv(_BUFFER)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        if not part:
            self.end(ConnectionError(f"exit code {self.process.wait()}"))
            return
        self.got += part
        if len(self.got) >= _SIZES.size and len(self.got) >= _SIZES.size + _SIZES.unpack_from(self.got)[0]:
            answer, self.got = self.got[_SIZES.size :], bytearray()
            if self.answer and not self.answer.done():
                self.answer.set_result(answer)

    def end(self, why: ConnectionError) -> None:
        """Nothing more comes: who waits is told."""
        if self.loop:
            self.loop.remove_reader(self.line)
        if self.answer and not self.answer.done():
            self.answer.set_exception(why)

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()
        if self.loop and not self.loop.is_closed():
            self.loop.remove_reader(self.line)
        self.line.close()
        self.shared = None


def _shared(file: int) -> mmap | None:
    """The memory of a file for both sides; None where a limit on the size of files forbids it."""
    try:
        os.ftruncate(file, _SHARED)
        return mmap(file, _SHARED)
    except OSError:
        return None


class _Packer(pickle.Pickler):
    """Pickles all but the objects that the other side holds, which it names."""

    def __init__(self, into: io.BytesIO, held: dict[int, str]) -> None:
        super().__init__(into, pickle.HIGHEST_PROTOCOL)
        self.held = held

    def persistent_id(self, thing: Any) -> str | None:
        return self.held.get(id(thing))


class _Unpacker(pickle.Unpickler):
    held: dict[str, Any]

    def persistent_load(self, name: str) -> Any:
        return self.held[name]


def _packed(thing: Any, held: dict[int, str], shared: int = 0) -> bytes:
    into = io.BytesIO(bytes(_SIZES.size))
    into.seek(_SIZES.size)
    _Packer(into, held).dump(thing)
    _SIZES.pack_into(into.getbuffer(), 0, into.tell() - _SIZES.size, shared)
    return into.getvalue()


def _unpacked(data: bytes | bytearray, held: dict[str, Any]) -> Any:
    unpacker = _Unpacker(io.BytesIO(data))
    unpacker.held = held
    return unpacker.load()


# -- the process itself --------------------------------------------------------------------------------


class _Capture:
    """Stands for what a page was captured from, which stays on the other side."""


def child() -> None:
    """Answer jobs until the other side is gone."""
    end_with_parent()
    os.nice(5)  # who fetches and stores goes first: it is one, and all wait for it
    limit({resource.RLIMIT_AS: MEMORY, resource.RLIMIT_CORE: 0})
    collect_seldom()
    line, shared = socket.socket(fileno=int(sys.argv[1])), _shared(int(sys.argv[2]))
    with suppress(ConnectionError):
        _answer(line, line.makefile("rb"), shared)


def _answer(line: socket.socket, stream: BinaryIO, shared: mmap | None) -> None:
    capture = _Capture()
    while head := stream.read(_SIZES.size):
        size, length = _SIZES.unpack(head)
        held = {"capture": capture, "body": shared[:length] if shared else b""}
        function, page, args, kwargs = _unpacked(stream.read(size), held)
        try:
            answer = function(page, *args, **kwargs)
        except MemoryError:
            answer = _Raised(f"needed over {MEMORY >> 20} MB of memory", "")
        except Exception as error:
            answer = _Raised(f"{type(error).__name__}: {error}", traceback.format_exc())
        line.sendall(_packed(answer, {id(capture): "capture", id(page.body): "body"}))
