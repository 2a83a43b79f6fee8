"""Processes beside the crawl's own: what they find on their way, what they may take, when they end."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of linux/prctl.h
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
    return ProcessPoolExecutor(workers, context, begin, given)


def environment(**further: str) -> Mapping[str, str]:
    """The environment of a child that imports this project's code."""
    paths = [str(_ROOT), *([path] if (path := os.environ.get("PYTHONPATH")) else [])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)} | further


def limit(limits: Mapping[int, int]) -> None:
    """Take at most so much, by `resource.RLIMIT_…`; not every system knows every limit."""
    for what, most in limits.items():
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, resource.getrlimit(what)[1]))


def end_with_parent() -> None:
    """On Linux: end with whoever started this process, by a second Ctrl-C or killed."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
