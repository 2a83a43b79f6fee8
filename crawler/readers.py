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
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO, Concatenate, ParamSpec, TypeVar

from crawler.model import Page
from crawler.processes import end_with_parent, environment, limit

#: Seconds and bytes that reading one page may take. An ordinary page takes a millisecond, one of 25 MB some
#: seconds; 100,000 open `<div>` took 34.
PATIENCE, MEMORY = 20.0, 2 << 30
_CHILD = "import crawler.archived; from crawler.readers import child; child()"
_SIZE = struct.Struct("!I")
_BUFFER = 1 << 20  # bytes that one call may send or take: a page goes over in one

P = ParamSpec("P")
R = TypeVar("R")


class Unread(Exception):
    """A page that could not be read; the text says why, a note holds the reader's own traceback."""


class Readers:
    """Processes that read pages, one page at a time each.

    `processes` at most (None: as many as cores): the first at once, others while all are busy; `patience` in
    seconds a page.
    """

    def __init__(self, processes: int | None = None, patience: float = PATIENCE) -> None:
        self.patience = patience
        self.all: list[_Reader] = []
        self.free: asyncio.LifoQueue[_Reader | None] = asyncio.LifoQueue()
        for _ in range((processes or len(os.sched_getaffinity(0))) - 1):
            self.free.put_nowait(None)
        self.free.put_nowait(self.start())

    async def ask(
        self, function: Callable[Concatenate[Page, P], R], page: Page, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """What a function of this package makes of a page, in a process of its own.

        Raises `Unread` where it raises, takes too long or too much memory, or its process dies.
        """
        reader = await self.free.get()
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
            self.free.put_nowait(kept)
        if isinstance(answer, _Raised):
            unread = Unread(answer.what)
            unread.add_note(answer.traceback)
            raise unread
        found: R = answer
        return found

    def start(self) -> _Reader:
        """A new process; it reads its code meanwhile."""
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        ours.setblocking(False)
        command = [sys.executable, "-c", _CHILD, str(theirs.fileno())]
        with theirs:
            process = subprocess.Popen(
                command, env=environment(), stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()],
                start_new_session=True,
            )  # fmt: skip
        self.all.append(reader := _Reader(process, ours))
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

    async def ask(self, job: Any, page: Page) -> Any:
        """Send a job, wait for its answer; the page's bytes go one way only."""
        loop = asyncio.get_running_loop()
        sent = _packed(job, {id(page.capture): "capture"} if page.capture else {})
        await loop.sock_sendall(self.line, sent)
        got = bytearray()
        while len(got) < _SIZE.size or len(got) < _SIZE.size + _SIZE.unpack_from(got)[0]:
            if not (part := await loop.sock_recv(self.line, _BUFFER)):
                raise ConnectionError(f"exit code {self.process.wait()}")
            got += part
        return _unpacked(got[_SIZE.size :], {"capture": page.capture, "body": page.body})

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()
        self.line.close()


class _Packer(pickle.Pickler):
    """Pickles all but the objects that the other side holds, which it names."""

    held: dict[int, str]

    def persistent_id(self, thing: Any) -> str | None:
        return self.held.get(id(thing))


class _Unpacker(pickle.Unpickler):
    held: dict[str, Any]

    def persistent_load(self, name: str) -> Any:
        return self.held[name]


def _packed(thing: Any, held: dict[int, str]) -> bytes:
    into = io.BytesIO(bytes(_SIZE.size))
    into.seek(_SIZE.size)
    packer = _Packer(into, pickle.HIGHEST_PROTOCOL)
    packer.held = held
    packer.dump(thing)
    _SIZE.pack_into(into.getbuffer(), 0, into.tell() - _SIZE.size)
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
    limit({resource.RLIMIT_AS: MEMORY, resource.RLIMIT_CORE: 0})
    line = socket.socket(fileno=int(sys.argv[1]))
    with suppress(ConnectionError):
        _answer(line, line.makefile("rb"))


def _answer(line: socket.socket, stream: BinaryIO) -> None:
    capture = _Capture()
    while head := stream.read(_SIZE.size):
        function, page, args, kwargs = _unpacked(stream.read(_SIZE.unpack(head)[0]), {"capture": capture})
        try:
            answer = function(page, *args, **kwargs)
        except MemoryError:
            answer = _Raised(f"needed over {MEMORY >> 20} MB of memory", "")
        except Exception as error:
            answer = _Raised(f"{type(error).__name__}: {error}", traceback.format_exc())
        line.sendall(_packed(answer, {id(capture): "capture", id(page.body): "body"}))
