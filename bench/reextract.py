"""Captures a second of `reextract`, rows written, against fastwarc alone on the same file, in one run.

A WARC file of made-up pages is written through the project's own writer, or one is given (`--warc`; its hosts
need no portal, so that its pages are read whole, by structure alone); `fastwarc` reads it (HTTP headers
parsed, bodies read); `one` and `all` make the index from its captures with one process and with all cores.
Each is a process of its own, in alternating order; only ratios within one round count. Both count records.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastwarc.warc import ArchiveIterator

from bench.portal import pages
from crawler.model import Exchange, Outcome, Page, PageKind, PageRead, Portal
from db.captured import captures_of
from db.rebuild import rebuild
from db.store import Store

PORTAL = Portal("bench-hanoi", "Cổng đo", "Hà Nội", "health", "http://bench.example/", "liferay")


def write(folder: Path, posts: int) -> None:
    """An index whose captures are written and of which nothing else is known yet."""
    folder.mkdir()
    moment, rng = datetime(2021, 8, 1, tzinfo=UTC), random.Random(20211)
    with Store(folder / "n.db", captures="all") as store:
        store.sync_registry([PORTAL])
        for number, (path, body) in enumerate(pages(posts).items()):
            url = PORTAL.url.rstrip("/") + path
            # Real pages are packed to a quarter, these repeat themselves to a fourteenth: what ASP.NET hides.
            state = b64encode(rng.randbytes(15_000))
            body = body.replace(b"</body>", b"<input type=hidden value=" + state + b"></body>")
            headers = (("Content-Type", "text/html; charset=utf-8"),)
            exchange = Exchange(url, 200, headers, body, request_headers=(("Host", "bench.example"),))
            page = Page(url, 200, body, moment + timedelta(seconds=number), headers[0][1], capture=exchange)
            store.add(PageRead(page, PORTAL.id, PageKind.POST, problem=Outcome.EMPTY, reason="not read yet"))


def crawl(folder: Path, file: Path) -> None:
    """An index of what a WARC file holds."""
    folder.mkdir()
    call = [
        "-m",
        "thongbao",
        "--db",
        str(folder / "n.db"),
        "crawl",
        "--warc",
        str(file.resolve()),
        "--unlisted",
    ]
    subprocess.run([sys.executable, *call], check=True, stdout=sys.stderr)


def run_fastwarc(folder: Path) -> int:
    """Read every record of every file that the index names; returns how many there are."""
    count = 0
    with Store(folder / "n.db") as store:
        names = [row[0] for row in store.database.execute("select distinct warc from captures")]
    for file in (captures_of(folder / "n.db") / name for name in names):
        for record in ArchiveIterator(str(file)):
            record.reader.read()
            count += 1
    return count


def run_rebuild(folder: Path, workers: int | None) -> tuple[float, int]:
    """Make the index from its captures; returns the seconds and how many rows of facts it has."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        fresh = Path(work) / "i"
        shutil.copytree(folder, fresh)
        started = time.perf_counter()
        with Store(fresh / "n.db") as store:
            rebuild(store, workers=workers)
        seconds = time.perf_counter() - started
        with Store(fresh / "n.db") as store:
            tables = ("notices", "versions", "citations", "dates", "phones", "documents")
            return seconds, sum(store.database[table].count for table in tables)


def one(kind: str, folder: Path) -> None:
    """The child's side: run once, print the seconds and the rows."""
    if kind == "fastwarc":
        started = time.perf_counter()
        run_fastwarc(folder)
        print(json.dumps([time.perf_counter() - started, 0]))
    else:
        print(json.dumps(run_rebuild(folder, 1 if kind == "one" else None)))


def compare(rounds: int, posts: int, file: Path | None) -> None:
    """Alternate the kinds and print the ratios: median and range; fails loudly when rows differ."""
    rows: set[int] = set()
    seconds: dict[str, list[float]] = {"all": [], "fastwarc": [], "one": []}
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "captured"
        crawl(folder, file) if file else write(folder, posts)
        records = run_fastwarc(folder)
        base = [sys.executable, "-m", "bench.reextract", "--folder", str(folder)]
        for number in range(rounds):
            for kind in sorted(seconds, reverse=bool(number % 2)):
                done = subprocess.run([*base, "--run", kind], check=True, capture_output=True, text=True)
                took, made = json.loads(done.stdout)
                seconds[kind].append(took)
                rows |= {made} - {0}
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
    if len(rows) != 1:
        raise SystemExit(f"one process and all cores must write the same rows: {rows}")
    for kind, other in (("one", "fastwarc"), ("all", "fastwarc"), ("all", "one")):
        ratios = [b / a for a, b in zip(seconds[kind], seconds[other], strict=True)]
        spread = f"{statistics.median(ratios):.3f} ({min(ratios):.3f}-{max(ratios):.3f})"
        print(f"{kind} / {other}, records a second: {spread}")
    rates = ", ".join(f"{kind} {records / statistics.median(s):.0f}" for kind, s in seconds.items())
    print(f"for scale, records a second (of {records}): {rates}; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--posts", type=int, default=6000)
    parser.add_argument("--warc", type=Path, help="measure on the pages of this file")
    parser.add_argument("--run", choices=("all", "fastwarc", "one"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        one(options.run, options.folder)
    else:
        compare(options.rounds, options.posts, options.warc)
