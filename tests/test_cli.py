"""The command line as scripts and people at a terminal meet it: calls, exit codes, streams, signals."""

from __future__ import annotations

import json
import os
import queue
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[1]
POST = "<html><head><title>{t}</title></head><body><main><h1>{t}</h1><p>20/07/2021</p><div><p>{b}</p></div></main></body></html>"
TITLE = "Sở Y tế thông báo số {n} về phòng, chống dịch Covid-19"
BODY = (
    "Sở Y tế công bố đường dây nóng 0252.3999.115 về phòng, chống dịch Covid-19 cho người dân trong tỉnh. "
    * 3
)


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "thongbao", *map(str, arguments)]


def thongbao(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), input=stdin, capture_output=True, text=True, timeout=120, check=False, cwd=ROOT
    )


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[Callable[[str], tuple[int, str, dict[str, str]]]], Path]]:
    """Serve a function of the path on loopback and write a registry that names it; returns its directory."""
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Callable[[str], tuple[int, str, dict[str, str]]]) -> Path:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body, headers = answer(self.path)
                self.send_response(status)
                for name, value in ({"Content-Type": "text/html; charset=utf-8"} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        registry = tmp_path / "registry"
        registry.mkdir()
        (registry / "a.yml").write_text(
            "province: Bình Thuận\nportals:\n  - id: soyte-binhthuan\n    name: Sở Y tế Bình Thuận\n    kind: health\n"
            f"    url: http://127.0.0.1:{server.server_address[1]}/\n",
            encoding="utf-8",
        )
        return registry

    yield start
    for server in servers:
        server.shutdown()


def portal(path: str, posts: int = 3) -> tuple[int, str, dict[str, str]]:
    """A small portal of unknown platform."""
    if path == "/":
        links = "".join(
            f"<li><a href=/tin/bai-{n}.html>{TITLE.format(n=n)}</a></li>" for n in range(100, 100 + posts)
        )
        return 200, f"<html><body><ul>{links}</ul></body></html>", {}
    if path.startswith("/tin/bai-"):
        return 200, POST.format(t=TITLE.format(n=path[9:12]), b=BODY), {}
    return 404, "", {}


def crawl(registry: Path, database: Path, *more: str) -> tuple[str | Path, ...]:
    return (
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


def one(database: Path, sql: str) -> object:
    return sqlite3.connect(database).execute(sql).fetchone()[0]


# -- calls -----------------------------------------------------------------------------------------


def test_help_names_every_command_and_the_exit_codes() -> None:
    shown = thongbao("--help").stdout
    assert all(word in shown for word in ("crawl", "extract", "portals", "serve", "130 Ctrl-C", "--db PATH"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["crawl", "--delay", "-1", "--all"], "no delay in seconds"),
        (["crawl", "--max-pages", "0", "--all"], "no number of pages"),
        (["crawl", "--since", "19/07/2021", "--all"], "YYYY-MM-DD"),
        (["crawl"], "name portals, --province NAME or --all"),
        (["crawl", "soyte-brvtt"], "did you mean soyte-brvt"),
        (["portals", "--province", "Sài Gòn Nhỏ"], "none of the 63 provinces"),
    ],
)
def test_a_wrong_call_is_two_and_one_sentence(arguments: list[str], said: str) -> None:
    done = thongbao(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_options_are_taken_before_and_after_the_command(serve, tmp_path: Path) -> None:
    registry = serve(portal)
    call = ("crawl", "--all", "--registry", registry, "--allow-loopback", "--delay", "0")
    before = thongbao("--db", tmp_path / "a.db", "--quiet", *call)
    after = thongbao(*call, "--db", tmp_path / "b.db", "--quiet")
    assert (
        (before.returncode, before.stdout, before.stderr)
        == (after.returncode, after.stdout, after.stderr)
        == (0, "", "")
    )
    assert one(tmp_path / "a.db", "select count(*) from notices") == 3
    assert one(tmp_path / "b.db", "select count(*) from notices") == 3


def test_what_cannot_run_is_three_and_names_the_file(serve, tmp_path: Path) -> None:
    registry = serve(portal)
    (tmp_path / "text.db").write_text("không phải cơ sở dữ liệu " * 50, encoding="utf-8")
    for done, name in (
        (thongbao("extract", tmp_path / "missing.html"), "missing.html"),
        (thongbao("--db", tmp_path / "none.db", "serve"), "none.db"),
        (thongbao(*crawl(registry, tmp_path / "text.db")), "text.db"),
        (thongbao(*crawl(registry, tmp_path / "no" / "such.db")), "such.db"),
    ):
        assert done.returncode == 3, done
        assert name in done.stderr
        assert "Traceback" not in done.stderr


def test_a_second_crawl_into_the_same_index_is_told_so(serve, tmp_path: Path) -> None:
    from db.lock import writing

    registry = serve(portal)
    with writing(tmp_path / "a.db"):
        done = thongbao(*crawl(registry, tmp_path / "a.db"))
    assert done.returncode == 3
    assert str(os.getpid()) in done.stderr
    assert thongbao(*crawl(registry, tmp_path / "a.db")).returncode == 0


# -- a crawl's ending ------------------------------------------------------------------------------


def test_summary_goes_to_stdout_and_progress_to_stderr(serve, tmp_path: Path) -> None:
    registry = serve(portal)
    table = thongbao(*crawl(registry, tmp_path / "a.db"))
    assert table.stdout.split("\n")[0].split()[:3] == ["portal", "pages", "new"]
    assert "3 notices" in table.stderr
    summary = json.loads(thongbao(*crawl(registry, tmp_path / "b.db", "--json")).stdout)
    assert summary["outcome"] == "well"
    assert summary["portals"][0]["outcomes"] == {"new": 4}


def test_the_run_and_the_portals_health_are_written(serve, tmp_path: Path) -> None:
    thongbao(*crawl(serve(portal), tmp_path / "a.db"))
    assert one(tmp_path / "a.db", "select outcome || notices from runs") == "well3"
    row = sqlite3.connect(tmp_path / "a.db").execute(
        "select last_outcome, posts, failures, last_success is not null from portals"
    )
    assert row.fetchone() == ("well", 3, 0, 1)


def test_a_notice_that_is_gone_says_since_when_and_may_come_back(serve, tmp_path: Path) -> None:
    dead: set[str] = set()
    registry = serve(lambda path: (404, "", {}) if path in dead else portal(path))
    seen = "select count(*) from notices where gone_since is not null"
    thongbao(*crawl(registry, tmp_path / "a.db"))
    dead.add("/tin/bai-101.html")
    assert thongbao(*crawl(registry, tmp_path / "a.db")).returncode == 0
    assert one(tmp_path / "a.db", seen) == 1
    dead.clear()
    thongbao(*crawl(registry, tmp_path / "a.db"))
    assert one(tmp_path / "a.db", seen) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_crawl_keeps_what_it_read(serve, tmp_path: Path, number: signal.Signals) -> None:
    asked: queue.Queue[str] = queue.Queue()
    hold = Event()

    def slow(path: str) -> tuple[int, str, dict[str, str]]:
        asked.put(path)
        if path.startswith("/tin/bai-12"):
            hold.wait(60)
        return portal(path, posts=40)

    registry = serve(slow)
    child = subprocess.Popen(command(*crawl(registry, tmp_path / "a.db")), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)  # fmt: skip
    while "/tin/bai-12" not in asked.get(timeout=60):
        pass
    child.send_signal(number)
    hold.set()
    out, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert "soyte-binhthuan" in out
    stored = one(tmp_path / "a.db", "select count(*) from notices")
    assert isinstance(stored, int)
    assert 0 < stored < 40
    assert one(tmp_path / "a.db", "select outcome from runs") == "interrupted"


def test_a_killed_crawl_can_be_run_again(serve, tmp_path: Path) -> None:
    asked: queue.Queue[str] = queue.Queue()

    def slow(path: str) -> tuple[int, str, dict[str, str]]:
        asked.put(path)
        return portal(path, posts=60)

    registry = serve(slow)
    child = subprocess.Popen(command(*crawl(registry, tmp_path / "a.db", "--quiet")), cwd=ROOT)
    while "/tin/bai-1" not in asked.get(timeout=60):
        pass
    child.kill()
    child.wait(timeout=60)
    assert thongbao(*crawl(registry, tmp_path / "a.db")).returncode == 0
    assert one(tmp_path / "a.db", "select count(*) from notices") == 60


def test_more_portals_than_run_side_by_side_are_all_crawled(serve, tmp_path: Path) -> None:
    registry = serve(
        lambda path: portal("/" + path.split("/", 2)[2]) if path.count("/") > 1 else (404, "", {})
    )
    home = (registry / "a.yml").read_text(encoding="utf-8").split("url: ")[1].strip()
    entries = "".join(
        f"  - {{id: p{n}-binhthuan, name: P, kind: other, url: '{home}{n}/'}}\n" for n in range(40)
    )
    (registry / "a.yml").write_text(f"province: Bình Thuận\nportals:\n{entries}", encoding="utf-8")
    summary = json.loads(thongbao(*crawl(registry, tmp_path / "a.db", "--json")).stdout)
    assert len(summary["portals"]) == 40
    assert all(run["pages"] for run in summary["portals"])


def test_serve_prints_its_address_and_ends_with_ctrl_c(serve, tmp_path: Path) -> None:
    thongbao(*crawl(serve(portal), tmp_path / "a.db"))
    child = subprocess.Popen(
        command("--db", tmp_path / "a.db", "serve", "--port", "0"),
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert child.stdout
    with urlopen(child.stdout.readline().strip()) as page:
        assert "Covid-19" in page.read().decode()
    child.send_signal(signal.SIGINT)
    assert child.wait(timeout=30) == 130


# -- extract ---------------------------------------------------------------------------------------


def test_extract_reads_text_html_and_lines() -> None:
    text = "Thông báo đường dây nóng phòng, chống dịch Covid-19\n\nGọi đường dây nóng 0252.3999.115."
    plain = json.loads(thongbao("extract", "--url", "https://soyte.binhthuan.gov.vn/a", stdin=text).stdout)
    assert (plain["province"], plain["covid"], plain["phones"][0]["dial"]) == (
        "Bình Thuận",
        True,
        "02523999115",
    )
    assert all(plain["text"][f["start"] : f["end"]] == f["mention"] for f in plain["phones"])
    html = json.loads(thongbao("extract", stdin=POST.format(t=TITLE.format(n=1), b=BODY)).stdout)
    assert html["title"] == TITLE.format(n=1)
    lines = "\n".join(
        json.dumps(record) for record in ({"id": "a", "text": text}, {"id": "b", "html": f"<p>{text}</p>"})
    )
    done = thongbao("extract", "--jsonl", stdin=lines)
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", "b"]


def test_a_line_that_is_no_record_is_named() -> None:
    done = thongbao("extract", "--jsonl", stdin='{"id": "a", "text": "x"}\n{"id": "b"}\n')
    assert done.returncode == 2
    assert "-:2:" in done.stderr
