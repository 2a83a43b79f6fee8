"""How each kind of trouble ends: every page one outcome with its reason, every portal that needs it a look."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from crawler.guard import Guard, address_refusal
from tests.test_cli import POST, ROOT, TITLE, thongbao

Answer = Callable[[BaseHTTPRequestHandler], None]
HEADLINE = TITLE.format(n=100)


class Handler(BaseHTTPRequestHandler):
    answers: dict[str, Answer]

    def do_GET(self) -> None:
        self.answers.get(self.path, text(404, ""))(self)

    def log_message(self, *_: object) -> None:
        pass


def text(status: int, body: str | bytes, **headers: str) -> Answer:
    def send(handler: BaseHTTPRequestHandler) -> None:
        data = body if isinstance(body, bytes) else body.encode()
        handler.send_response(status)
        sent = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(data))}
        for name, value in (sent | {k.replace("_", "-"): v for k, v in headers.items()}).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    return send


def cut(handler: BaseHTTPRequestHandler) -> None:
    """A line that breaks before the page is whole."""
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b"<html>")
    handler.close_connection = True


@pytest.fixture
def crawl(
    tmp_path: Path,
) -> Iterator[Callable[..., tuple[subprocess.CompletedProcess[str], dict[str, tuple[str, str]]]]]:
    """Crawl a portal of one good post and the given answers; the result and each path's outcome and reason."""
    servers: list[ThreadingHTTPServer] = []

    def run(answers: dict[str, Answer], *more: str, entry: str = ""):
        links = "".join(
            f"<li><a href={path}>{HEADLINE}</a></li>" for path in answers if path != "/robots.txt"
        )
        home = text(
            200, f"<html><body><ul>{links}<li><a href=/tin/bai-100.html>{HEADLINE}</a></ul></body></html>"
        )
        body = "Sở Y tế thông báo về phòng, chống dịch Covid-19 cho người dân trong tỉnh được biết. " * 4
        good = text(200, POST.format(t=HEADLINE, b=body))
        handler = type("Portal", (Handler,), {"answers": {"/": home, "/tin/bai-100.html": good} | answers})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        home_url = f"http://127.0.0.1:{server.server_address[1]}/"
        registry = tmp_path / f"registry{len(servers)}"
        registry.mkdir()
        (registry / "a.yml").write_text(
            f"province: Bình Thuận\nportals:\n  - id: soyte-binhthuan\n    name: Sở Y tế\n    kind: health\n    url: {home_url}\n{entry}",
            encoding="utf-8",
        )
        database = tmp_path / f"{len(servers)}.db"
        done = thongbao(
            "--db",
            database,
            "crawl",
            "--all",
            "--registry",
            registry,
            "--allow-loopback",
            "--delay",
            "0",
            *more,
        )
        rows = (
            sqlite3.connect(database)
            .execute("select url, outcome, coalesce(reason, '') from pages")
            .fetchall()
        )
        return done, {
            url.removeprefix(home_url.rstrip("/")): (outcome, reason) for url, outcome, reason in rows
        }

    yield run
    for server in servers:
        server.shutdown()


@pytest.mark.parametrize(
    ("answer", "outcome", "reason"),
    [
        (text(404, ""), "gone", "HTTP 404"),
        (text(410, ""), "gone", "HTTP 410"),
        (text(403, ""), "blocked", "HTTP 403"),
        (text(500, "x"), "failed", "HTTP 500"),
        (text(200, "Request unsuccessful. Incapsula incident ID: 1"), "blocked", "Incapsula"),
        (text(200, "  "), "empty", "empty page"),
        (cut, "failed", ""),
        (text(302, "", Location="http://169.254.169.254/latest/meta-data/"), "blocked", "169.254.169.254"),
        (text(302, "", Location="http://other.example/x"), "blocked", "hosts:"),
        (text(200, b"\x1f\x8b\x08\x00broken", Content_Encoding="gzip"), "failed", ""),
    ],
    ids=["404", "410", "403", "500", "block page", "empty", "cut", "metadata", "other host", "broken gzip"],
)
def test_each_trouble_has_its_outcome_and_reason(crawl, answer: Answer, outcome: str, reason: str) -> None:
    _, pages = crawl({"/tin/bai-101.html": answer})
    assert pages["/tin/bai-100.html"][0] == "new"
    assert pages["/tin/bai-101.html"][0] == outcome
    assert reason in pages["/tin/bai-101.html"][1]


def test_dead_links_are_well_and_a_blocking_portal_needs_a_look(crawl) -> None:
    done, _ = crawl({f"/tin/bai-{n}.html": text(404, "") for n in range(101, 121)})
    assert done.returncode == 0, done.stdout
    done, _ = crawl({f"/tin/bai-{n}.html": text(403, "") for n in range(101, 121)})
    assert done.returncode == 1
    assert "blocked" in done.stdout


def test_robots_txt_is_obeyed_and_said(crawl) -> None:
    robots = text(200, "User-agent: *\nDisallow: /tin/bai-101", Content_Type="text/plain")
    _, pages = crawl({"/robots.txt": robots, "/tin/bai-101.html": text(200, "x")})
    assert pages["/tin/bai-101.html"] == ("blocked", "Forbidden by robots.txt")
    assert pages["/tin/bai-100.html"][0] == "new"


def test_a_bomb_is_cut_off(crawl) -> None:
    huge = text(200, b"<html>" + b"x" * (26 * 1024 * 1024))
    _, pages = crawl({"/tin/bai-101.html": huge})
    assert pages["/tin/bai-101.html"][0] == "failed"


def test_expected_posts_that_are_not_found_need_a_look(crawl) -> None:
    done, _ = crawl({}, entry="    expect: {posts: 5}\n")
    assert done.returncode == 1
    assert "1 posts found, 5 expected" in done.stdout


def test_a_closed_portal_tells_its_fate(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "province: Bình Thuận\nportals:\n  - {id: soyte-binhthuan, name: Sở Y tế, kind: health, url: 'http://127.0.0.1:9/',"
        " closed: 2025-07-01, successor: soyte-lamdong}\n"
        "  - {id: soyte-lamdong, name: Sở Y tế, kind: health, url: 'http://127.0.0.1:9/'}\n",
        encoding="utf-8",
    )
    call = ("crawl", "soyte-binhthuan", "--registry", str(tmp_path), "--allow-loopback", "--delay", "0")
    done = thongbao("--db", tmp_path / "o.db", *call)
    assert done.returncode == 1
    assert "closed on 2025-07-01, soyte-lamdong took over" in done.stdout


def test_since_leaves_out_older_posts(crawl) -> None:
    _, pages = crawl({}, "--since", "2021-07-21")
    assert pages["/tin/bai-100.html"] == ("irrelevant", "published 2021-07-20, before --since")


def test_max_pages_is_a_limit_on_fetches(crawl) -> None:
    _, pages = crawl({f"/tin/bai-{n}.html": text(404, "") for n in range(101, 121)}, "--max-pages", "4")
    assert len(pages) == 4


def test_loopback_needs_leave(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "province: Bình Thuận\nportals:\n  - {id: soyte-binhthuan, name: Sở, kind: health, url: 'http://127.0.0.1:9/'}\n",
        encoding="utf-8",
    )
    done = thongbao("--db", tmp_path / "o.db", "crawl", "--all", "--registry", tmp_path, "--delay", "0")
    assert done.returncode == 1
    assert "--allow-loopback" in done.stdout


@pytest.mark.parametrize(
    "host",
    ["10.0.0.1", "192.168.1.1", "169.254.169.254", "[::1]", "[fe80::1]", "0.0.0.0", "[::ffff:10.0.0.1]"],
)
def test_inner_addresses_are_never_asked(host: str) -> None:
    guard = Guard.of([f"http://{host}/"])
    assert guard.refusal(f"http://{host}/x")
    assert host.startswith("[") or address_refusal(host, allow_loopback=True)


def test_only_the_portals_own_hosts_over_http() -> None:
    guard = Guard.of(["https://soyte.example/"])
    assert guard.refusal("https://soyte.example/tin") is None
    assert guard.refusal("https://www.soyte.example/tin") is None
    assert Guard.of(["https://www.soyte.example/"]).refusal("https://soyte.example/tin") is None
    assert guard.refusal("ftp://soyte.example/tin")
    assert guard.refusal("https://soyte.example.evil.example/")
    assert guard.refusal("https://soyte.example:8443/")


def test_a_name_that_points_inside_is_not_followed(tmp_path: Path) -> None:
    """A name may resolve to an inner address (DNS rebinding); 2130706433 is 127.0.0.1 to every resolver."""
    (tmp_path / "a.yml").write_text(
        "province: Bình Thuận\nportals:\n  - {id: soyte-binhthuan, name: Sở, kind: health, url: 'http://2130706433:9/'}\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "thongbao", "--db", str(tmp_path / "o.db"), "crawl", "--all", "--registry", str(tmp_path), "--delay", "0"],
        capture_output=True, text=True, timeout=120, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 1
    assert socket.gethostbyname("2130706433") == "127.0.0.1"  # the machine itself would have followed it
    assert "DNS lookup failed" in done.stdout
