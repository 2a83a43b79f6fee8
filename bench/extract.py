"""What extraction costs: all fields of a text against lxml's parse of its page and against two libraries.

The same made-up notices for every contender, interleaved; only the ratios of one run count.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import lxml.html
import phonenumbers
from dateparser.search import search_dates

from bench.portal import pages
from crawler.extract.facts import extract
from crawler.model import Context, Page, Portal, Text
from crawler.reader import read_page

PORTAL = Portal("bench-hanoi", "Cổng đo", "Hà Nội", "health", "http://127.0.0.1/", "liferay")
CONTEXT = Context("http://127.0.0.1/", "Hà Nội", "health", None, None)
HOSTILE = (
    "0123456789",
    "1/",
    "số ",
    "0 ",
    "16/CT-",
    "ngày 1/2, ",
    "Công văn số ",
    "đường dây nóng: ",
    "a@b.",
)


def seconds(work: Callable[[Any], object], inputs: Sequence[Any]) -> float:
    """Seconds that a piece of work takes over all inputs."""
    started = time.perf_counter()
    for one in inputs:
        work(one)
    return time.perf_counter() - started


def phones_of(text: Text) -> list[Any]:
    """What phonenumbers finds by itself."""
    return list(phonenumbers.PhoneNumberMatcher(text.value, "VN"))


def compare(rounds: int, posts: int) -> None:
    """Print the ratio of our extraction to each contender: median and range over the rounds."""
    found = [(path, body) for path, body in pages(posts).items() if "view_content" in path]
    reads = [
        read_page(Page("http://127.0.0.1" + p, 200, b, datetime.now(UTC), "text/html"), PORTAL)
        for p, b in found
    ]
    texts = [read.text for read in reads if read.text]
    contenders: dict[str, tuple[Callable[[Any], object], Sequence[Any]]] = {
        "lxml's parse of the page": (lxml.html.fromstring, [body for _, body in found]),
        "phonenumbers.PhoneNumberMatcher": (phones_of, texts),
        "dateparser.search_dates (a tenth of the texts)": (
            lambda t: search_dates(t.value, languages=["vi"]),
            texts[: max(1, len(texts) // 10)],
        ),
    }
    ratios: dict[str, list[float]] = {name: [] for name in contenders}
    own: list[float] = []
    for _ in range(rounds):
        for name, (work, inputs) in contenders.items():
            ours = seconds(lambda t: extract(t, CONTEXT), texts) / len(texts)
            own.append(ours)
            ratios[name].append(ours / (seconds(work, inputs) / len(inputs)))
    for name, values in ratios.items():
        print(f"all fields / {name}: {statistics.median(values):.4f} ({min(values):.4f}-{max(values):.4f})")
    size = sum(len(t.value) for t in texts) / len(texts)
    print(f"for scale: {1e6 * statistics.median(own):.0f} microseconds for a text of {size:.0f} characters")


def growth() -> None:
    """Print how the time grows when a hostile text grows tenfold, and the seconds of 1 MB."""
    for piece in HOSTILE:
        short, long = (Text(piece * (size // len(piece))) for size in (100_000, 1_000_000))
        small, large = (seconds(lambda t: extract(t, CONTEXT), [t]) for t in (short, long))
        print(f"{piece!r:22} 10 times the text: {large / small:5.1f} times the time, 1 MB in {large:.2f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--posts", type=int, default=100)
    options = parser.parse_args()
    compare(options.rounds, options.posts)
    growth()
