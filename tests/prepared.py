"""The command in a process forked from one that has read its code.

Reading it takes half of the time of a crawl of three pages, and the suite makes hundreds. What runs is `thongbao.main` in
a process of its own, with streams, directory and environment as under `python -m thongbao`, and ends as Python does.
Calls that get signals, a terminal or limits start Python itself.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile

ROOT = Path(__file__).parents[1]
#: What most calls need.
_CODE = ("thongbao", "spiders.archive", "spiders.monitors", "spiders.warc", "db.pipeline", "db.rebuild")


class Prepared:
    """A process that has read the code, and forks another for each call."""

    def __init__(self) -> None:
        self.line, theirs = socket.socketpair()
        with theirs:
            call = [sys.executable, "-m", "tests.prepared", str(theirs.fileno())]
            self.process = subprocess.Popen(call, pass_fds=[theirs.fileno()], cwd=ROOT)
        atexit.register(self.line.close)

    def run(self, job: dict[str, object], stdin: str, timeout: float) -> tuple[int, str, str]:
        """A call's exit code and what it printed; raises `subprocess.TimeoutExpired` after some seconds."""
        with TemporaryFile() as given, TemporaryFile() as out, TemporaryFile() as error:
            given.write(stdin.encode())
            given.seek(0)
            ours, theirs = socket.socketpair()
            with ours:
                with theirs:
                    streams = [given.fileno(), out.fileno(), error.fileno(), theirs.fileno()]
                    socket.send_fds(self.line, [json.dumps(job).encode()], streams)
                code = _ended(ours, timeout)
            out.seek(0)
            error.seek(0)
            return code, out.read().decode(), error.read().decode()


def _ended(line: socket.socket, timeout: float) -> int:
    """The exit code of the child whose number comes first."""
    line.settimeout(timeout)
    told = line.makefile("rb")
    child = int(told.readline())
    try:
        return int(told.readline())
    except TimeoutError:
        os.kill(child, signal.SIGKILL)
        raise subprocess.TimeoutExpired("thongbao", timeout) from None


@cache
def _prepared() -> Prepared:
    return Prepared()


def command(*arguments: str | Path) -> list[str]:
    """The call that starts Python itself."""
    return [sys.executable, "-m", "thongbao", *map(str, arguments)]


def run(
    arguments: Sequence[str | Path],
    stdin: str = "",
    *,
    timeout: float = 120,
    cwd: Path = ROOT,
    before: str = "",
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """What `python -m thongbao` with some arguments returns and prints.

    `before` is Python that the process runs first; `environment` is what differs from this process's.
    """
    call = [*map(str, arguments)]
    job = {
        "arguments": call,
        "cwd": str(cwd),
        "before": before,
        "environment": {**os.environ, **(environment or {})},
    }
    return subprocess.CompletedProcess(call, *_prepared().run(job, stdin, timeout))


# -- the process itself --------------------------------------------------------------------------------


def serve(line: socket.socket) -> None:
    """Fork a process for each call that comes, until the other side is gone."""
    for name in _CODE:
        importlib.import_module(name)
    sys.modules["__main__"] = sys.modules["thongbao"]  # as children of the call's own name it
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for who answers a call
    gc.freeze()
    while True:
        message, streams, _, _ = socket.recv_fds(line, 1 << 20, 4)
        if not message:
            return
        if os.fork() == 0:
            line.close()
            _answer(json.loads(message), streams)
        for stream in streams:
            os.close(stream)


def _answer(job: dict[str, str], streams: list[int]) -> None:
    """Run a call in a child, and tell its number and its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    teller = socket.socket(fileno=streams.pop())
    if (child := os.fork()) == 0:
        teller.close()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        _call(**job)
    teller.sendall(f"{child}\n".encode())
    _, status = os.waitpid(child, 0)
    teller.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _call(arguments: list[str], cwd: str, before: str, environment: dict[str, str]) -> None:
    """Run the command; Python's own end follows."""
    import thongbao

    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    for name in ("crawler.clock", "crawler.settings"):  # they ask the environment as they are imported
        importlib.reload(importlib.import_module(name))
    exec(before, {})
    sys.argv = ["thongbao.py", *arguments]
    sys.exit(thongbao.main())


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
