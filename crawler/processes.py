"""Processes beside the crawl's own: what they find on their way, what they may take, when they end."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import resource
import signal
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of linux/prctl.h
T = TypeVar("T")
_ROOT = Path(__file__).parents[1]


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0))


def pool(
    workers: int, module: str, begin: Callable[..., None] | None = None, *given: Any
) -> ProcessPoolExecutor:
    """Processes forked from one that has read the code of a module and nothing else.

    Connections to the index are not theirs. Each calls `begin` with `given` first.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload([module])
    return _Pool(workers, context, begin, given)


class _Pool(ProcessPoolExecutor):
    """Ctrl-C is this process's alone: it ends the others, which print no tracebacks of where it met them."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Submit a call; a process that this starts inherits that Ctrl-C is not for it."""
        with _undisturbed():
            return super().submit(fn, *args, **kwargs)

    def __exit__(self, kind: type[BaseException] | None, *more: Any) -> bool | None:
        """Wait for what is under way; after an error for nothing."""
        if kind:
            for process in list((self._processes or {}).values()):
                process.kill()
            self.shutdown(cancel_futures=True)
        return super().__exit__(kind, *more)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put Ctrl-C off, for the processes that are started meanwhile for good.

    They inherit that it is blocked. Here it may still come, to another thread or because multiprocessing
    lifts the block as it starts its tracker: a process half started would not be known, and would complain of
    its parent's end.
    """
    came: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, frame: came.append(number))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    if came and callable(handler):
        handler(signal.SIGINT, None)


def environment(**further: str) -> Mapping[str, str]:
    """The environment of a child that imports this project's code."""
    paths = [str(_ROOT), *([path] if (path := os.environ.get("PYTHONPATH")) else [])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)} | further


def limit(limits: Mapping[int, int]) -> None:
    """Take at most so much, by `resource.RLIMIT_…`; not every system knows every limit."""
    for what, most in limits.items():
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, resource.getrlimit(what)[1]))


def collect_seldom() -> None:
    """Look for rings of dead objects after 50,000 new ones instead of 700, and never among the modules.

    A crawl makes thousands of tasks and callbacks a second, nearly all of which end without such a look: it
    took a seventh of a crawl's time.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def run_until_stopped(work: Coroutine[Any, Any, T]) -> T:
    """What asynchronous work gives; SIGTERM ends it as Ctrl-C does, what it began being cleared away."""

    async def stoppable() -> T:
        task = asyncio.current_task()
        if task:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await work

    before = signal.getsignal(signal.SIGTERM)
    try:
        return asyncio.run(stoppable())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        signal.signal(signal.SIGTERM, before)


def end_with_parent() -> None:
    """On Linux: end with whoever started this process, by a second Ctrl-C or killed."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
