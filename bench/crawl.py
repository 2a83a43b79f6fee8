"""Pages a second of the whole road (fetch, parse, extract, store) against bare Scrapy spiders.

On a portal of which as many posts are about COVID-19 as on a real one, and on one of nothing else.
Four runs a round, in alternating order, each in a process of its own: `bare` downloads the same pages
with Scrapy's own defaults, `lean` with the project's settings, `road` is the crawl without captures,
`captures` the ordinary one, with them. Only ratios
within one round count: machines are noisy.
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from bench.portal import SHARE, about_covid, paths
from crawler.model import Portal
from db.store import Store
from spiders.run import crawl

POLITENESS_OFF = {"DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False, "CONCURRENT_REQUESTS_PER_DOMAIN": 8}


class BareSpider(scrapy.Spider):
    """Downloads the pages it is given and does nothing with them."""

    name = "bare"

    def __init__(self, urls: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.urls = urls
        self.pages = 0

    async def start(self) -> Any:
        """Every page at once, as a bare spider with a list of URLs does."""
        for url in self.urls:
            yield scrapy.Request(url, dont_filter=True)

    def parse(self, response: Any) -> None:
        """Count it."""
        self.pages += 1


def run_bare(port: int, posts: int, lean: bool) -> int:
    """Download every page; returns how many came."""
    settings = Settings({"LOG_LEVEL": "WARNING", "TELNETCONSOLE_ENABLED": False})
    if lean:
        settings.setmodule("crawler.settings", priority="project")
        off = {"ITEM_PIPELINES": {}, "THONGBAO_CAPTURES": ""}
        settings.setdict(POLITENESS_OFF | off, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(BareSpider)
    process.crawl(crawler, urls=[f"http://127.0.0.1:{port}{path}" for path in paths(posts)])
    process.start()
    spider = crawler.spider
    assert isinstance(spider, BareSpider)
    return spider.pages


def run_road(port: int, posts: int, share: float, captures: str) -> int:
    """Crawl the portal into an index, `captures` as the store takes it; returns the pages read.

    Fails loudly when a notice is missing or a post that names no COVID-19 was stored.
    """
    expected = sum(about_covid(number, share) for number in range(posts))
    url = f"http://127.0.0.1:{port}/"
    portal = Portal("bench-hanoi", "Cổng đo", "Hà Nội", "health", url, "liferay", (url + "tin",))
    with (
        tempfile.TemporaryDirectory() as folder,
        Store(store_path := Path(folder) / "bench.db", captures=captures) as store,
    ):
        store.sync_registry([portal])
        settings = {**POLITENESS_OFF, "THONGBAO_CAPTURES": captures}
        (run,) = crawl([portal], store, settings, quiet=True, allow_loopback=True)
        store.flush()
        with closing(sqlite3.connect(store_path)) as reader:
            stored = reader.execute("select count(*) from notices").fetchone()[0]
        if stored != expected:
            raise SystemExit(f"{stored} notices stored, {expected} expected: {run}")
    return run.pages


def measure(kind: str, port: int, posts: int, share: float) -> dict[str, float]:
    """One run in its own process: pages a second, CPU milliseconds a page, peak memory in MB."""
    portal = ["--port", str(port), "--posts", str(posts), "--share", str(share)]
    command = [sys.executable, "-m", "bench.crawl", "--run", kind, *portal]
    found: dict[str, float] = json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True).stdout
    )
    return found


def one(kind: str, port: int, posts: int, share: float) -> None:
    """The child's side: run once, print the figures."""
    started = time.perf_counter()
    kept = {"road": "", "captures": "all"}
    count = (
        run_road(port, posts, share, kept[kind]) if kind in kept else run_bare(port, posts, kind == "lean")
    )
    seconds = time.perf_counter() - started
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(each.ru_utime + each.ru_stime for each in used)  # with the processes that read pages
    memory = used[0].ru_maxrss / 1024
    print(json.dumps({"rate": count / seconds, "cpu": 1000 * cpu / count, "memory": memory}))


def compare(rounds: int, posts: int, share: float) -> None:
    """Alternate the kinds on one portal and print the ratios: median and range."""
    served = [sys.executable, "-m", "bench.portal", "--posts", str(posts), "--share", str(share)]
    server = subprocess.Popen(served, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    port = int(server.stdout.readline())
    found: dict[str, list[dict[str, float]]] = {kind: [] for kind in ("bare", "captures", "lean", "road")}
    try:
        for number in range(rounds):
            for kind in sorted(found, reverse=bool(number % 2)):
                found[kind].append(measure(kind, port, posts, share))
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
    finally:
        server.kill()
    print(f"{posts} posts, {share:.0%} of them about COVID-19:")
    report(found)


def report(found: dict[str, list[dict[str, float]]]) -> None:
    """Print the ratios of the runs of each kind, round by round."""
    for of, other, name in (
        ("road", "bare", "bare at Scrapy's defaults"),
        ("road", "lean", "bare at the project's settings"),
        ("captures", "road", "road"),
    ):
        for figure, what in (("rate", "pages a second"), ("cpu", "CPU a page")):
            ratios = [r[figure] / b[figure] for r, b in zip(found[of], found[other], strict=True)]
            spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
            print(f"  {of} / {name}, {what}: {spread}")
    rates = ", ".join(f"{k} {statistics.median(r['rate'] for r in v):.0f}" for k, v in found.items())
    memory = max(r["memory"] for r in found["road"])
    print(f"  for scale, pages a second: {rates}; peak memory of road {memory:.0f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--posts", type=int, default=1500)
    parser.add_argument("--share", type=float, help="of the posts about COVID-19, from 0 to 1")
    parser.add_argument("--run", choices=("bare", "captures", "lean", "road"), help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        one(options.run, options.port, options.posts, options.share)
    else:
        for share in (SHARE, 1.0) if options.share is None else (options.share,):
            compare(options.rounds, options.posts, share)
