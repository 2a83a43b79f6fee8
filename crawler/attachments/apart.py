"""Each file is read in a process of its own, with limits: what breaks it breaks no crawl."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict

from crawler.model import FileOutcome, FileText, Place
from crawler.processes import end_with_parent, environment, limit

#: Seconds and bytes that one file may take; LibreOffice, the last resort for DOC, is given more memory.
PATIENCE, MEMORY = 60, 1 << 30
#: Seconds for all the scans of one file, at some two seconds a page.
OCR_PATIENCE = 1800
#: How Python, C++ and Rust say that they got none.
_NO_MEMORY = b"MemoryError", b"bad_alloc", b"memory allocation of"
_CHILD = "from crawler.attachments.apart import child; child()"


async def read_apart(data: bytes, *, ocr: bool = False, patience: float | None = None) -> FileText:
    """What `read_file` (with `ocr`, `recognise`) makes of some bytes, in a process of its own.

    A parser that crashes, hangs or wants too much memory is the file's outcome `failed`; what it wrote goes
    with it.
    """
    with tempfile.TemporaryDirectory(prefix="thongbao-", ignore_cleanup_errors=True) as folder:
        return await _read_in(folder, data, ocr, patience or (OCR_PATIENCE if ocr else PATIENCE))


async def _read_in(folder: str, data: bytes, ocr: bool, patience: float) -> FileText:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CHILD, *(["ocr"] if ocr else []), str(int(patience)),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env=environment(TMPDIR=folder), start_new_session=True,
    )  # fmt: skip
    try:
        out, err = await asyncio.wait_for(process.communicate(data), patience)
    except TimeoutError:
        return _failed(f"took longer than {patience:g} seconds")
    finally:
        with suppress(ProcessLookupError):  # its tools too
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    if process.returncode == 0:
        return from_json(out)
    if any(sign in err for sign in _NO_MEMORY):
        return _failed(f"needed over {MEMORY >> 20} MB of memory")
    said = err.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1][:200]
    return _failed(f"its parser ended with {process.returncode}: {said}")


def _failed(reason: str) -> FileText:
    return FileText("", FileOutcome.FAILED, reason)


def to_json(content: FileText) -> str:
    """What a file says, for another process or another day."""
    return json.dumps(asdict(content))


def from_json(told: bytes) -> FileText:
    """The same out of its JSON."""
    values = json.loads(told)
    places = tuple(Place(**place) for place in values.pop("places"))
    return FileText(**{**values, "outcome": FileOutcome(values["outcome"]), "places": places})


def child() -> None:
    """The process itself: bytes on stdin, JSON on stdout."""
    *ocr, patience = sys.argv[1:]
    end_with_parent()
    limit({
        resource.RLIMIT_CPU: int(patience) + 1,
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_FSIZE: MEMORY,
        resource.RLIMIT_CORE: 0,
    })  # fmt: skip
    data = sys.stdin.buffer.read()
    if ocr:
        from crawler.attachments.ocr import recognise as read
    else:
        from crawler.attachments.read import read_file as read
    sys.stdout.write(to_json(read(data)))
