"""SIGKILL at random moments of a crawl: what was committed stays, and the next run ends as an undisturbed one.

`python -m tests.kills --kills 50` (make soak) prints a line a kill and a summary.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from threading import Event
from typing import Any

from crawler.captures import payload_of
from db.captured import CAPTURE, capture_of_row
from tests import made
from tests.portals.faults import Answer, served, text
from tests.test_cli import POST, ROOT, TITLE

POSTS = range(1000, 1060)
#: Rows go in often, so that kills meet commits: the default batch would hold this whole portal.
CRAWL = "import sys, db.store, thongbao; db.store.BATCH = 9; sys.exit(thongbao.main(sys.argv[1:]))"
#: What two crawls of the same pages must agree on: no times, no runs, no places of captures.
SAME = {
    "notices": "select portal, post_id, url, covid, title, published, published_time, topics, gone_since is null from notices",
    "texts": "select * from texts",
    "versions": "select notice, title, text, text_hash, url from versions",
    "witnesses": "select distinct notice, url, via from witnesses",
    "attachments": "select id, notice, url, name, media_type, sha256, text, outcome from attachments",
    "documents": "select id, number, year, type, issuer, issued from documents",
    "citations": "select c.notice, v.text_hash, c.attachment, document, role, type, date, mention, span_start, span_end, rule"
    " from citations c join versions v on v.id = c.version",
    "relations": "select r.document, other, relation, r.notice, v.text_hash, mention, span_start, rule from document_relations r"
    " join versions v on v.id = r.version",
    "dates": "select d.notice, v.text_hash, attachment, date, mention, span_start, rule from dates d join versions v on v.id = d.version",
    "phones": "select p.notice, v.text_hash, attachment, dial, kind, status, owner, mention, span_start, rule from phones p"
    " join versions v on v.id = p.version",
    "topics": "select * from notice_topics",
    "links of lists": "select * from page_links",
    "outcomes of pages": "select url, kind, outcome in ('new', 'changed', 'unchanged') from pages",
    "search": "select rowid from notices_fts where notices_fts match 'covid'",
    "search in files": "select rowid from attachments_fts where attachments_fts match 'covid OR phong'",
    "settled": "select count(*) from stale_documents",
}
#: Rows that a reader saw before the kill: they have to be there after it.
COMMITTED = {
    "versions": "select id, text_hash from versions",
    "captures": "select id, warc from captures",
    "pages": "select url from pages",
}


def post(number: int, edition: int) -> Answer:
    """A notice with documents that others name too, a phone, and now and then a file; some change, some go."""
    if edition and number % 10 == 7:
        return text(404, "")
    changed = f" Văn bản này thay thế Công văn số {number - 1}/UBND-VX ngày 2/7/2021." * (
        edition and number % 3 == 0
    )
    body = (
        f"<p>Thực hiện Công văn số {number % 7 + 1}/UBND-VP ngày 3/7/2021 và Chỉ thị số 16/CT-TTg về phòng, chống dịch"
        f" Covid-19.{changed} Đường dây nóng: 0252.3999.{number % 900 + 100}.</p>"
    )
    if number % 12 == 0:
        body += f"<p><a href=/tep/danh-sach-{number % 24}.xlsx>Danh sách đường dây nóng</a></p>"
    return text(200, POST.format(t=TITLE.format(n=number), b=body * 4))


@cache
def sheet() -> bytes:
    """The one file of all; writing it again would give it another time, and other bytes."""
    return made.sheet()


def answer(edition: int, path: str) -> Answer:
    """The portal as it was first (edition 0), and as it was later."""
    if path == "/":
        numbers = POSTS if edition else POSTS[: len(POSTS) // 2]
        items = "".join(f"<li><a href=/tin/bai-{n}.html>{TITLE.format(n=n)}</a></li>" for n in numbers)
        return text(200, f"<html><body><ul>{items}</ul></body></html>")
    if path.startswith("/tep/"):
        return text(200, sheet(), Content_Type="application/octet-stream")
    return post(int(path[9:-5]), edition) if path.startswith("/tin/") else text(404, "")


@dataclass
class Kill:
    """One crawl that was killed, and what was found wrong after it."""

    moment: float
    committed: int = 0
    over: bool = False  # it had ended before
    wrong: list[str] = field(default_factory=list)


class Soak:
    """An index crawled once, the same portal changed since, and copies of the index to crawl and kill in."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.random = folder, random.Random(seed)
        self.edition, self.seconds, self.asked = 0, 0.0, Event()
        self.expected: dict[str, list[tuple[Any, ...]]] = {}

    @contextmanager
    def ready(self) -> Iterator[None]:
        """Serve the portal, crawl it, change it, and crawl a copy of the index undisturbed."""
        with served(self.answer) as server:
            registry = self.folder / "registry"
            registry.mkdir()
            (registry / "a.yml").write_text(
                "province: Bình Thuận\nportals:\n  - {id: soyte-binhthuan, name: Sở Y tế, kind: health,"
                f" url: 'http://127.0.0.1:{server.server_address[1]}/'}}\n", encoding="utf-8")  # fmt: skip
            self.crawl(self.folder / "first").wait()
            self.edition = 1
            undisturbed = self.copy("undisturbed")
            process, began = self.crawl(undisturbed), self.first_request()
            process.wait()
            self.seconds = time.monotonic() - began
            self.expected = contents(undisturbed)
            assert len(self.expected["versions"]) > len(POSTS)
            yield

    def answer(self, path: str) -> Answer:
        self.asked.set()
        return answer(self.edition, path)

    def first_request(self) -> float:
        """When a crawl that was started just now asks its first."""
        self.asked.clear()
        assert self.asked.wait(60)
        return time.monotonic()

    def copy(self, name: str) -> Path:
        shutil.copytree(self.folder / "first", self.folder / name)
        return self.folder / name

    def crawl(self, folder: Path) -> subprocess.Popen[bytes]:
        """Two months later the portal has changed, and every notice is to be read again."""
        folder.mkdir(exist_ok=True)
        later = {"THONGBAO_DAYS_LATER": str(61 * self.edition)}
        call = ["--db", folder / "a.db", "crawl", "--all", "--registry", self.folder / "registry", "--allow-loopback",
                "--delay", "0", "--quiet"]  # fmt: skip
        return subprocess.Popen(
            [sys.executable, "-c", CRAWL, *map(str, call)],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            env=os.environ | later,
        )

    def kill(self, number: int) -> Kill:
        """Kill one crawl somewhere between its first request and its end, look, crawl again, and look again."""
        folder = self.copy(f"kill-{number}")
        kill = Kill(self.random.uniform(0, 1.1) * self.seconds)
        before, process = committed(folder), self.crawl(folder)
        until = self.first_request() + kill.moment
        with closing(sqlite3.connect(folder / "a.db")) as reader:
            while time.monotonic() < until:
                before = committed(folder, reader)
                time.sleep(0.02)
        kill.over = process.poll() is not None
        process.send_signal(signal.SIGKILL)
        process.wait()
        kill.committed = len(before["captures"])
        kill.wrong += broken(folder)
        after = committed(folder)
        kill.wrong += [f"{what}: {len(rows - after[what])} committed rows are gone" for what, rows in before.items() if rows - after[what]]  # fmt: skip
        again = self.crawl(folder)
        if code := again.wait():
            assert again.stderr
            kill.wrong.append(f"the next run ended with {code}: {again.stderr.read()!r}")
        kill.wrong += broken(folder)
        found = contents(folder)
        kill.wrong += [f"{what}: {difference(rows, found[what])}" for what, rows in self.expected.items() if rows != found[what]]  # fmt: skip
        shutil.rmtree(folder)
        return kill


def contents(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Notices, versions and facts of an index, in an order of their own."""
    with closing(sqlite3.connect(folder / "a.db")) as index:
        return {what: sorted(index.execute(sql).fetchall(), key=repr) for what, sql in SAME.items()}


def committed(folder: Path, reader: sqlite3.Connection | None = None) -> dict[str, set[tuple[Any, ...]]]:
    """What any reader sees of an index now."""
    with closing(sqlite3.connect(folder / "a.db")) if reader is None else _kept(reader) as index:
        return {what: set(index.execute(sql)) for what, sql in COMMITTED.items()}


@contextmanager
def _kept(reader: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    yield reader


def broken(folder: Path) -> list[str]:
    """What is wrong with an index and its captures."""
    with closing(sqlite3.connect(folder / "a.db")) as index:
        wrong = [row[0] for row in index.execute("pragma integrity_check") if row[0] != "ok"]
        for table in ("notices_fts", "attachments_fts"):
            try:
                index.execute(f"insert into {table} ({table}, rank) values ('integrity-check', 1)")
            except sqlite3.DatabaseError as error:
                wrong.append(f"{table}: {error}")
        for row in index.execute(f"select {CAPTURE} from captures c"):
            try:
                payload_of(capture_of_row(row), folder / "captures")
            except ValueError as error:
                wrong.append(str(error))
        for table in ("pages", "versions", "witnesses"):
            lost = f"select count(*) from {table} where capture not in (select id from captures)"
            if count := index.execute(lost).fetchone()[0]:
                wrong.append(f"{count} {table} name a capture that is not there")
    return wrong


def difference(expected: list[tuple[Any, ...]], found: list[tuple[Any, ...]]) -> str:
    one, other = set(expected) - set(found), set(found) - set(expected)
    return f"{len(one)} missing, {len(other)} too many, as {next(iter([*one, *other]), 'a row twice')!r}"[
        :400
    ]


def main() -> int:
    """Kill as often as is asked for; 1 when anything was wrong after one of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 100_000)
    options = parser.parse_args()
    say = partial(print, flush=True)
    with tempfile.TemporaryDirectory(prefix="thongbao-") as folder:
        soak = Soak(Path(folder), options.seed)
        with soak.ready():
            say(
                f"seed {options.seed}; an undisturbed crawl takes {soak.seconds:.1f} s from its first request"
            )
            kills = []
            for number in range(1, options.kills + 1):
                kills.append(kill := soak.kill(number))
                ended = ", had ended" if kill.over else ""
                say(f"{number}/{options.kills}: killed after {kill.moment:.2f} s{ended}, {kill.committed} captures committed:"
                    f" {'; '.join(kill.wrong) or 'well'}")  # fmt: skip
    bad, midway = sum(bool(k.wrong) for k in kills), sum(not k.over for k in kills)
    say(f"{len(kills)} kills, {midway} of them midway: {bad} with losses")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
