"""A portal on loopback whose pages a test may change, and how captures and rows are looked at."""

from __future__ import annotations

import sqlite3
import subprocess
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from tests.test_cli import BODY, POST, TITLE, thongbao

Answer = tuple[int, dict[str, str], bytes]
HTML = {"Content-Type": "text/html; charset=utf-8"}


def post(number: int, body: str = BODY) -> Answer:
    return 200, HTML, POST.format(t=TITLE.format(n=number), b=body).encode()


def listing(*numbers: int) -> Answer:
    links = "".join(f"<li><a href=/tin/bai-{n}.html>{TITLE.format(n=n)}</a></li>" for n in numbers)
    return 200, HTML, f"<html><body><ul>{links}</ul></body></html>".encode()


class Portal:
    """A portal on loopback whose pages a test may change, and its registry."""

    def __init__(self, folder: Path, answers: dict[str, Answer]) -> None:
        self.answers, self.folder = answers, folder
        portal = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, body = portal.answers.get(self.path, (404, HTML, b"khong co"))
                if delay := headers.get("X-Delay"):
                    time.sleep(float(delay))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.registry = folder / "registry"
        self.registry.mkdir(parents=True)
        (self.registry / "a.yml").write_text(
            "province: Bình Thuận\nportals:\n  - id: soyte-binhthuan\n    name: Sở Y tế Bình Thuận\n"
            f"    kind: health\n    url: {self.url}/\n",
            encoding="utf-8",
        )

    def call(self, *more: str, database: str = "a.db") -> list[str | Path]:
        return ["--db", self.folder / database, "crawl", "--all", "--registry", self.registry, "--allow-loopback",
                "--delay", "0", *more]  # fmt: skip

    def crawl(self, *more: str, database: str = "a.db") -> subprocess.CompletedProcess[str]:
        return thongbao(*self.call(*more, database=database))


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Callable[[dict[str, Answer]], Portal]]:
    started: list[Portal] = []

    def start(answers: dict[str, Answer]) -> Portal:
        started.append(Portal(tmp_path, answers))
        return started[-1]

    yield start
    for each in started:
        each.server.shutdown()


def rows(database: Path, sql: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def records(*files: Path) -> list[tuple[str, str, Any, bytes]]:
    """Type, address, record and body (as it lies in the file) of every record."""
    found = []
    for file in files:
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream):
                body = record.raw_stream.read()
                found.append((record.rec_type, record.rec_headers["WARC-Target-URI"] or "", record, body))
    return found


def is_clean(*files: Path) -> bool:
    """Whether `warcio check` finds nothing."""
    return Checker(Namespace(inputs=[str(f) for f in files], verbose=False)).process_all() == 0


def files_of(folder: Path) -> list[Path]:
    return sorted((folder / "captures").glob("*"))
