"""The command line as scripts and people at a terminal meet it: calls, exit codes, streams, signals."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import queue
import re
import resource
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.request import urlopen

import pytest

from bench.site import fill
from tests import prepared
from tests.prepared import command

ROOT = Path(__file__).parents[1]
POST = "<html><head><title>{t}</title></head><body><main><h1>{t}</h1><p>20/07/2021</p><div><p>{b}</p></div></main></body></html>"
TITLE = "Sở Y tế thông báo số {n} về phòng, chống dịch Covid-19"
BODY = (
    "Sở Y tế công bố đường dây nóng 0252.3999.115 về phòng, chống dịch Covid-19 cho người dân trong tỉnh. "
    * 3
)


def thongbao(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return prepared.run(arguments, stdin)


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
        ([], "COMMAND"),
        (["frob"], "'frob'"),
        (["crawl", "--delay", "-1", "--all"], "no delay in seconds"),
        (["crawl", "--delay", "nan", "--all"], "no delay in seconds"),
        (["crawl", "--max-pages", "0", "--all"], "no number of pages"),
        (["crawl", "--max-pages", "²", "--all"], "no number of pages"),
        (["crawl", "--since", "19/07/2021", "--all"], "YYYY-MM-DD"),
        (["crawl", "--since", "2021-W29-1", "--all"], "YYYY-MM-DD"),
        (["crawl", "--since", "2021-02-30", "--all"], "YYYY-MM-DD"),
        (["crawl", "--keep", "some", "--all"], "'some'"),
        (["crawl", "--prov", "Huế"], "--prov"),
        (["crawl"], "name portals, --province NAME, --all or --due"),
        (["crawl", "soyte-brvtt"], "did you mean soyte-brvt"),
        (["crawl", "--warc", "a.warc", "--max-pages", "5"], "WARC files are read whole"),
        (["crawl", "soyte-brvt", "--archive", "wayback", "--anew"], "--anew is for live portals"),
        (["portals", "--into", "thu-muc"], "--into goes with --record"),
        (["crawl", "--province", "Sài Gòn Nhỏ"], "none of the 63 provinces"),
        (["crawl", "--all", "--registry", "nowhere"], "nowhere:1: no .yml file here"),
        (["--db", ".", "crawl", "--all"], "is a directory"),
        (["--db", "", "crawl", "--all"], "name a file"),
        (["portals", "--province", "Sài Gòn Nhỏ"], "none of the 63 provinces"),
        (["extract", "--url", "http://["], "no web address"),
        (["extract", "--url", "soyte.hanoi.gov.vn"], "no web address"),
        (["extract", "--fetched", "hôm qua"], "YYYY-MM-DD"),
        (["extract", "--jsonl", "--url", "https://soyte.hanoi.gov.vn/"], "--url is a single page's"),
        (["serve", "--port", "99999"], "no port (0 to 65535)"),
        (["serve", "--port", "abc"], "no port (0 to 65535)"),
    ],
)
def test_a_wrong_call_is_two_and_one_sentence(arguments: list[str], said: str) -> None:
    done = thongbao(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.startswith("thongbao")
    assert done.stderr.count("\n") == 1


def test_a_province_whose_portals_are_all_closed_is_a_wrong_call(tmp_path: Path) -> None:
    entry = "{id: soyte-hue, name: Sở Y tế, kind: health, url: 'http://127.0.0.1:9/', closed: 2025-07-01}"
    (tmp_path / "46.yml").write_text(f"province: Huế\nportals:\n  - {entry}\n", encoding="utf-8")
    for arguments in (["--province", "hue"], ["--all"]):
        done = thongbao("--db", tmp_path / "a.db", "crawl", "--registry", tmp_path, *arguments)
        assert done.returncode == 2
        assert "no portal" in done.stderr
        assert "not closed" in done.stderr


def test_portals_are_a_table_and_its_count_goes_to_stderr() -> None:
    table = thongbao("portals", "--province", "ba ria vung tau")
    head, *rows = table.stdout.splitlines()
    assert head.split() == ["id", "province", "kind", "platform", "rests", "on", "url", "closed", "successor"]
    assert {row.index("https://") for row in rows if "https://" in row} == {head.index("url")}
    assert f"{len(rows)} portals of 1 of 63 provinces" in table.stderr
    assert thongbao("portals", "--province", "Bà Rịa - Vũng Tàu").stdout == table.stdout


def test_check_tells_each_mistake_on_stdout(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("province: Xứ lạ\nportals:\n  - {id: a, colour: red}\n", encoding="utf-8")
    done = thongbao("portals", "--check", "--registry", tmp_path)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 5  # the province, the key, and name, kind and url
    assert all(line.startswith(f"{tmp_path / 'a.yml'}:") for line in done.stdout.splitlines())
    sound = thongbao("portals", "--check")
    assert (sound.returncode, sound.stdout) == (0, "")


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
    thongbao("--db", tmp_path / "c.db", *call, "--db", tmp_path / "d.db")
    assert (tmp_path / "d.db").exists()
    assert not (tmp_path / "c.db").exists()
    told = thongbao("--quiet", *call, "--json", "--db", tmp_path / "a.db")
    assert json.loads(told.stdout)["outcome"] == "well"
    assert told.stderr == ""


def test_what_cannot_run_is_three_and_names_the_file(serve, tmp_path: Path) -> None:
    registry = serve(portal)
    thongbao(*crawl(registry, tmp_path / "index.db"))
    sqlite3.connect(tmp_path / "other.db").execute("create table x (y)")
    taken = socket.create_server(("127.0.0.1", 0))
    (tmp_path / "text.db").write_text("không phải cơ sở dữ liệu " * 50, encoding="utf-8")
    for done, name in (
        (thongbao("extract", tmp_path / "missing.html"), "missing.html"),
        (thongbao("extract", tmp_path), str(tmp_path)),
        (thongbao("--db", tmp_path / "none.db", "serve"), "none.db"),
        (thongbao("--db", tmp_path / "text.db", "serve"), "text.db"),
        (thongbao("--db", tmp_path / "other.db", "serve"), "other.db is no index"),
        (thongbao("--db", tmp_path / "index.db", "serve", "--host", "nosuch.invalid"), "nosuch.invalid"),
        (
            thongbao("--db", tmp_path / "index.db", "serve", "--port", str(taken.getsockname()[1])),
            "choose another --port",
        ),
        (thongbao(*crawl(registry, tmp_path / "text.db")), "text.db"),
        (thongbao(*crawl(registry, tmp_path / "no" / "such.db")), "such.db"),
    ):
        assert done.returncode == 3, done
        assert name in done.stderr
        assert done.stderr.count("\n") == 1
    taken.close()


def test_a_second_crawl_into_the_same_index_is_told_so(serve, tmp_path: Path) -> None:
    from db.lock import writing

    registry = serve(portal)
    with writing(tmp_path / "a.db"):
        done = thongbao(*crawl(registry, tmp_path / "a.db"))
    assert done.returncode == 3
    assert str(os.getpid()) in done.stderr
    assert thongbao(*crawl(registry, tmp_path / "a.db")).returncode == 0


def test_expected_notices_are_counted_in_the_index_whoever_read_them(serve, tmp_path: Path) -> None:
    registry, database = serve(portal), tmp_path / "a.db"
    (entry,) = registry.iterdir()
    plain = entry.read_text(encoding="utf-8")
    call = crawl(registry, database, "--quiet")

    def expecting(number: int) -> subprocess.CompletedProcess[str]:
        entry.write_text(plain.rstrip() + f"\n    expect: {{notices: {number}}}\n", encoding="utf-8")
        return thongbao(*call)

    assert expecting(9).returncode == 1
    assert expecting(3).returncode == 0  # which reads no post: the index has them
    kept = one(database, "select min(id) from notices")
    assert thongbao("--db", database, "suppress", str(kept), "--reason", "x").returncode == 0
    assert one(database, "select count(*) from notices") == 2
    assert expecting(3).returncode == 0
    assert expecting(4).returncode == 1
    assert (
        one(database, "select reason from portal_runs order by run desc")
        == "3 notices in the index, 4 expected"
    )
    cut_off = thongbao(*crawl(registry, tmp_path / "b.db"), "--max-pages", "2")
    assert cut_off.returncode == 0  # what it did not come to says nothing


def test_an_index_and_a_link_to_it_are_one(serve, tmp_path: Path) -> None:
    from db.lock import writing

    registry = serve(portal)
    (tmp_path / "real").mkdir()
    (tmp_path / "link.db").symlink_to(tmp_path / "real" / "a.db")
    with writing(tmp_path / "real" / "a.db"):
        done = thongbao(*crawl(registry, tmp_path / "link.db"))
    assert done.returncode == 3
    assert f"link.db is being written by another thongbao (process {os.getpid()})" in done.stderr
    assert thongbao(*crawl(registry, tmp_path / "link.db")).returncode == 0
    assert {p.name for p in (tmp_path / "real").iterdir()} == {"a.db", "a.db.lock", "captures"}
    done = thongbao("--db", tmp_path / "real" / "a.db", "reextract", "--dry-run")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("python", "said"),
    [
        (None, "is missing, Python 3.11 or newer is needed: apt install python3"),
        ('case "$2" in *version_info*) exit 1;; esac', "is older than the Python 3.11"),
        ('case "$2" in *ensurepip*) exit 1;; esac', "apt install python3-venv"),
    ],
    ids=["no Python", "an old Python", "no venv"],
)
def test_make_names_what_the_machine_lacks(tmp_path: Path, python: str | None, said: str) -> None:
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    if python:
        (tmp_path / "python").write_text(
            f'#!/bin/sh\n{python}\nexec {sys.executable} "$@"\n', encoding="utf-8"
        )
        (tmp_path / "python").chmod(0o755)
    done = subprocess.run(["make", "-s", "test", f"PYTHON={tmp_path / 'python'}"], capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path)  # fmt: skip
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / ".venv").exists()


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


def test_a_notice_that_is_gone_says_since_when_and_may_come_back(
    serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead: set[str] = set()
    registry = serve(lambda path: (404, "", {}) if path in dead else portal(path))
    seen = "select count(*) from notices where gone_since is not null"
    thongbao(*crawl(registry, tmp_path / "a.db"))
    dead.add("/tin/bai-101.html")
    monkeypatch.setenv("THONGBAO_DAYS_LATER", "60")
    assert thongbao(*crawl(registry, tmp_path / "a.db")).returncode == 0
    assert one(tmp_path / "a.db", seen) == 1
    dead.clear()
    monkeypatch.setenv("THONGBAO_DAYS_LATER", "120")
    thongbao(*crawl(registry, tmp_path / "a.db"))
    assert one(tmp_path / "a.db", seen) == 0


@pytest.fixture
def held(serve, tmp_path: Path) -> Iterator[Callable[[int], tuple[subprocess.Popen[str], Event]]]:
    """Begins a crawl of some posts and waits until it asks for one from which on nothing comes."""
    hold = Event()

    def begin(posts: int) -> tuple[subprocess.Popen[str], Event]:
        asked: queue.Queue[str] = queue.Queue()
        holding = Event()

        def slow(path: str) -> tuple[int, str, dict[str, str]]:
            asked.put(path)
            if path.startswith("/tin/bai-12"):
                holding.set()  # what is asked for afterwards waits too, or all might be read meanwhile
            if holding.is_set():
                hold.wait(60)
            return portal(path, posts=posts)

        call = command(*crawl(serve(slow), tmp_path / "a.db"))
        heeded = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it is ignored, by children too
        child = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        signal.signal(signal.SIGHUP, heeded)
        while "/tin/bai-12" not in asked.get(timeout=60):
            pass
        return child, hold

    yield begin
    hold.set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stopped_crawl_keeps_what_it_read(held, tmp_path: Path, number: signal.Signals) -> None:
    child, hold = held(400)
    child.send_signal(number)
    hold.set()
    out, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert "soyte-binhthuan" in out
    stored = one(tmp_path / "a.db", "select count(*) from notices")
    assert isinstance(stored, int)
    assert 0 < stored < 400
    assert one(tmp_path / "a.db", "select outcome from runs") == "interrupted"


def test_a_second_ctrl_c_ends_at_once_and_loses_nothing_that_was_read(held, tmp_path: Path) -> None:
    child, hold = held(40)
    assert child.stderr
    child.send_signal(signal.SIGINT)
    assert "Ctrl-C again ends at once" in child.stderr.readline()
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=8)  # less than the seconds that one Ctrl-C grants
    hold.set()
    assert child.returncode == 130, err
    assert "Traceback" not in err
    # The list page had been read, or nobody had asked for its posts; how many of them, the clock decides.
    assert one(tmp_path / "a.db", "select count(*) > 0 from pages where kind = 'list'") == 1
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
    assert one(tmp_path / "a.db", "select outcome from runs") == "running"
    assert thongbao(*crawl(registry, tmp_path / "a.db")).returncode == 0
    assert one(tmp_path / "a.db", "select count(*) from notices") == 60
    outcomes = sqlite3.connect(tmp_path / "a.db").execute("select outcome from runs order by id").fetchall()
    assert outcomes == [("interrupted",), ("well",)]


def test_a_full_disk_is_one_sentence_and_keeps_what_was_stored(serve, tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk: SQLite cannot write on either."""
    registry = serve(lambda path: portal(path, posts=900))
    assert thongbao(*crawl(registry, tmp_path / "a.db", "--max-pages", "300")).returncode == 0
    before = one(tmp_path / "a.db", "select count(*) from notices")
    room = (tmp_path / "a.db").stat().st_size + 64 * 1024
    done = subprocess.run(
        command(*crawl(registry, tmp_path / "a.db")), capture_output=True, text=True, timeout=120, check=False, cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"thongbao: {tmp_path / 'a.db'} cannot be written")
    assert "free space on its disk" in last
    assert "Traceback" not in done.stderr
    after = one(tmp_path / "a.db", "select count(*) from notices")
    assert isinstance(before, int)
    assert isinstance(after, int)
    assert after >= before
    assert thongbao(*crawl(registry, tmp_path / "a.db")).returncode == 0
    assert one(tmp_path / "a.db", "select count(*) from notices") == 900


def test_portals_that_cannot_be_started_say_why_and_do_not_stop_the_others(serve, tmp_path: Path) -> None:
    """More of them than run side by side, by a setting that no registry lets through."""
    registry = serve(portal)
    program = f"""
from dataclasses import replace
from pathlib import Path
from crawler import registry
from db.store import Store
from spiders.run import SIDE_BY_SIDE, crawl
known = registry.load(Path({str(registry)!r})).get("soyte-binhthuan")
with Store(Path({str(tmp_path / "a.db")!r})) as store:
    portals = [replace(known, id=f"p{{n}}") for n in range(SIDE_BY_SIDE + 2)]
    runs = crawl(portals, store, {{"SCHEDULER": "no.such.Scheduler", "LOG_LEVEL": "CRITICAL"}}, True)
print(len(runs), {{run.reason for run in runs}}, any(run.interrupted for run in runs))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)  # fmt: skip
    assert "34 {\"could not be crawled: ModuleNotFoundError: No module named 'no'\"} False" in done.stdout, (
        done
    )
    assert done.stderr == ""


def test_a_page_on_which_a_platform_breaks_has_its_row_and_reason(serve, tmp_path: Path) -> None:
    registry = serve(portal)
    # What every Python imports as it starts, the processes that read pages too.
    module = """
import sys
from crawler import platforms
from crawler.platforms import generic
from types import SimpleNamespace
def read_post(tree, url):  # of a platform that was tried on one page only
    return generic.read_post(tree, url) if url[-6] != "1" else [][0]
Hasty = SimpleNamespace(**{**vars(generic), "read_post": read_post})
sys.modules["crawler.platforms.hasty"] = Hasty
platforms._NAMES += ("hasty",)
"""
    (tmp_path / "sitecustomize.py").write_text(module, encoding="utf-8")
    entry = (registry / "a.yml").read_text(encoding="utf-8") + "    platform: hasty\n"
    (registry / "a.yml").write_text(entry, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        call = command(*crawl(registry, tmp_path / "a.db"), *more)
        return subprocess.run(call, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)

    done = run()
    assert done.returncode == 1
    assert "1 of 4 pages raised an error: run again with -v" in done.stdout
    assert "Traceback" not in done.stderr
    broken = "select reason from pages where outcome = 'failed'"
    assert one(tmp_path / "a.db", broken) == "could not be read: IndexError: list index out of range"
    assert one(tmp_path / "a.db", "select count(*) from notices") == 2
    assert "IndexError" in run("-v").stderr


def test_a_probe_says_what_it_saw_and_writes_the_entry(serve) -> None:
    registry = serve(portal)
    home = re.search(r"http://127[^ \n]*", (registry / "a.yml").read_text(encoding="utf-8"))[0]
    done = thongbao("portals", "--probe", home, "--allow-loopback")
    assert done.returncode == 0, done.stderr
    assert "platform: generic (structure alone)" in done.stdout
    assert len(re.findall(r"^post: ", done.stdout, re.M)) == 3
    assert f"    url: {home}" in done.stdout
    refused = thongbao("portals", "--probe", home)
    assert refused.returncode == 1
    assert "--allow-loopback lets it through" in refused.stderr


def test_coverage_tells_what_a_province_has_and_lacks() -> None:
    done = thongbao("portals", "--coverage")
    rows = {line.split("  ")[0]: line.split()[-20:] for line in done.stdout.splitlines()}
    assert rows["Bình Thuận"][:6] == ["1", "1", "1", "1", ".", "."]
    assert len(rows) == 66  # a head, 63 provinces, a foot, the names of the columns


def test_progress_on_a_terminal_is_one_line_that_moves(serve, tmp_path: Path) -> None:
    registry = serve(lambda path: portal(path, posts=40))
    master, slave = pty.openpty()
    child = subprocess.Popen(
        command(*crawl(registry, tmp_path / "a.db")), stdout=subprocess.PIPE, stderr=slave, cwd=ROOT
    )
    os.close(slave)
    seen = b""
    with contextlib.suppress(OSError):  # EIO: the other end is closed
        while data := os.read(master, 4096):
            seen += data
    os.close(master)
    assert child.wait(timeout=60) == 0
    steps = seen.decode().split("\r\x1b[K")
    assert steps[1].startswith("0/1 portals, 1 pages, 0 notices · soyte-binhthuan")
    assert (
        steps[-1] == "soyte-binhthuan: 41 pages, 40 notices new or changed in " + steps[-1].split(" in ")[1]
    )
    assert seen.count(b"\n") == 1


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


@pytest.mark.parametrize("found", [signal.SIG_DFL, signal.SIG_IGN], ids=["foreground", "background job"])
def test_serve_prints_its_address_and_ends_with_ctrl_c(serve, tmp_path: Path, found) -> None:
    thongbao(*crawl(serve(portal), tmp_path / "a.db"))
    child = subprocess.Popen(
        command("--db", tmp_path / "a.db", "serve", "--port", "0"),
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, found),
    )
    assert child.stdout
    with urlopen(child.stdout.readline().strip()) as page:
        assert "Covid-19" in page.read().decode()
    child.send_signal(signal.SIGINT)
    assert child.wait(timeout=30) == 130


def beside(leader: subprocess.Popen[str]) -> dict[int, str]:
    """The other processes of the group that one leads, and their command lines."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):  # it has ended meanwhile
            state, _, group = (process / "stat").read_text().rpartition(") ")[2].split()[:3]
            if int(group) == leader.pid != int(process.name) and state != "Z":
                found[int(process.name)] = (process / "cmdline").read_text()
    return found


@pytest.fixture(scope="module")
def much(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index whose copy takes some seconds."""
    fill(path := tmp_path_factory.mktemp("much") / "much.db", 300)
    return path


@pytest.fixture
def publish(tmp_path: Path) -> Iterator[Callable[[Path], subprocess.Popen[str]]]:
    """A copy of an index under way, as a terminal starts it; nothing of it may be left."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("Linux tells what processes there are")
    started = []

    def start(index: Path) -> subprocess.Popen[str]:
        call = command("--db", index, "publish", "--static", tmp_path / "copy", "--quiet")
        child = subprocess.Popen(
            call, stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in a background job's children
        )  # fmt: skip
        started.append(child)
        return child

    yield start
    end = time.monotonic() + 30
    while beside(started[-1]) and time.monotonic() < end:
        pass
    assert beside(started[-1]) == {}


@pytest.mark.parametrize("processes", [1, 2])
def test_ctrl_c_while_publish_starts_its_workers_ends_all_in_silence(publish, much, tmp_path: Path, processes: int) -> None:  # fmt: skip
    """As a terminal sends it: to all of them, the one that reads the site's code and those forked from it."""
    publishing = publish(much)
    while publishing.poll() is None and sum("forkserver" in c for c in beside(publishing).values()) < processes:  # fmt: skip
        pass
    os.killpg(publishing.pid, signal.SIGINT)
    assert publishing.communicate(timeout=60)[1] == ""
    assert publishing.returncode == 130
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_is_no_business_of_the_workers(publish, sample_index: Path) -> None:
    """Whenever it comes: their tracebacks would stand on the terminal."""
    publishing = publish(sample_index)
    while publishing.poll() is None:
        for process in beside(publishing):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGINT)
    assert publishing.communicate()[1] == ""
    assert publishing.returncode == 0


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


def test_a_line_that_is_no_record_is_named_and_loses_no_other(tmp_path: Path) -> None:
    lines = [
        b'{"id": "a", "text": "x"}',
        b'{"id": "b"}',
        b'{"text": 5, "url": "", "id": null}',
        b'{"text": "x", "url": 7}',
        b'{"text": "x", "url": "http://["}',
        b'{"text": "x", "id": {}}',
        b"[1]",
        b"{",
        b"[" * 100_000,
        b'{"text": "S\xe1"}',
        b"",
        '{"id": 7, "text": "hai dòng\u2028một bản ghi", "url": null}'.encode(),
        b'{"text": "lone \\ud800"}',
    ]
    (tmp_path / "in.jsonl").write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    done = thongbao("extract", "--jsonl", tmp_path / "in.jsonl")
    assert done.returncode == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", 7, "13"]
    told = [line.split(":")[2] for line in done.stderr.splitlines()]
    assert told == ["2", "3", "4", "5", "6", "7", "8", "9", "10"]


def test_a_line_goes_out_before_the_next_comes_in() -> None:
    with subprocess.Popen(command("extract", "--jsonl"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:  # fmt: skip
        assert child.stdin
        assert child.stdout
        for number in (1, 2):
            child.stdin.write(json.dumps({"id": str(number), "text": "Sở Y tế"}) + "\n")
            child.stdin.flush()
            assert json.loads(child.stdout.readline())["id"] == str(number)


def test_a_reader_that_has_had_enough_ends_it_quietly() -> None:
    line = json.dumps({"text": "Sở Y tế thông báo ngày 1/2/2021"})
    call = f"yes '{line}' | head -5000 | {shlex.join(command('extract', '--jsonl'))} | head -1; echo ${{PIPESTATUS[2]}}"
    done = subprocess.run(
        ["bash", "-c", call], capture_output=True, text=True, timeout=120, check=False, cwd=ROOT
    )
    assert done.stdout.splitlines()[1] == "0"
    assert done.stderr == ""


def test_a_reader_that_is_gone_does_not_hide_how_a_crawl_ended(serve, tmp_path: Path) -> None:
    registry = serve(lambda path: (403, "", {}))
    for more in ([], ["--json"]):
        call = f"{shlex.join(command(*crawl(registry, tmp_path / 'a.db', *more)))} | true; echo ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", call], capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)  # fmt: skip
        assert done.stdout == "1\n"
        assert "Traceback" not in done.stderr


PAGE = POST.format(t=TITLE.format(n=1), b=BODY)


@pytest.mark.parametrize(
    "raw",
    [
        PAGE.encode(),
        b"\xef\xbb\xbf \r\n" + PAGE.encode(),
        f"<!-- mẫu < 1 -->\n<!-- hai -->{PAGE}".encode(),
        f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x">\n{PAGE}'.encode(),
        PAGE.encode("utf-16"),
        PAGE.replace("<head>", "<head><meta charset=windows-1258>").encode("cp1258", "xmlcharrefreplace"),
        f"Notice: Undefined index in /var/www on line 3\n{PAGE}".encode(),
    ],
    ids=["plain", "mark", "comment", "xhtml", "utf-16", "windows-1258", "before the page"],
)
def test_every_html_file_is_read_as_html(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "page").write_bytes(raw)
    found = json.loads(thongbao("extract", tmp_path / "page").stdout)
    assert found["title"] == TITLE.format(n=1)
    assert "<" not in found["text"]


@pytest.mark.parametrize("text", ["Số ca mắc < 5, số ca nghi > 3", "<Sở Y tế> thông báo", "<b", "a <div b"])
def test_plain_text_with_an_angle_bracket_stays_text(text: str) -> None:
    assert json.loads(thongbao("extract", stdin=text).stdout)["text"] == text


def test_what_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"MZ\0\0\0")
    done = thongbao("extract", tmp_path / "a.pdf")
    assert (done.returncode, done.stdout) == (2, "")
    assert "a.pdf is neither HTML nor text" in done.stderr


# -- a normal Scrapy project -------------------------------------------------------------------------


def scrapy(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "scrapy", *map(str, arguments)]
    return subprocess.run(call, capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)


def test_scrapy_lists_and_crawls_as_the_command_does(serve, tmp_path: Path) -> None:
    registry = serve(lambda path: portal(path, posts=9))
    assert scrapy("list").stdout.split() == ["archive", "portal"]
    call = ("crawl", "portal", "-a", f"registry_dir={registry}", "-a", "allow_loopback=1", "-s", "DOWNLOAD_DELAY=0",
            "-s", "AUTOTHROTTLE_ENABLED=0", "-s", f"THONGBAO_DB={tmp_path / 'a.db'}")  # fmt: skip
    done = scrapy(*call, "-a", "portal=soyte-binhthuan", "-a", "max_pages=5")
    assert (done.returncode, done.stderr) == (0, "")
    assert one(tmp_path / "a.db", "select count(*) from pages") == 5
    assert one(tmp_path / "a.db", "select outcome || notices from runs") == "well4"
    assert one(tmp_path / "a.db", "select last_outcome from portals") == "well"
    scrapy(*call, "-a", "portal=soyte-binhthuan", "-a", "since=2021-07-21")
    assert one(tmp_path / "a.db", "select count(*) from pages where outcome = 'irrelevant'") == 5
    from db.lock import writing

    with writing(tmp_path / "a.db"):
        refused = scrapy(*call, "-a", "portal=soyte-binhthuan")
    for wrong, said in (
        (refused, f"process {os.getpid()}"),
        (scrapy(*call), "name a portal"),
        (scrapy(*call, "-a", "portal=soyte-binhthuann"), "did you mean soyte-binhthuan"),
        (scrapy(*call, "-a", "portal=soyte-binhthuan", "-a", "max_pages=0"), "no number of pages"),
        (scrapy(*call, "-a", "portal=soyte-binhthuan", "-a", "since=19/7/2021"), "YYYY-MM-DD"),
        (scrapy(*call, "-a", "portal=soyte-binhthuan", "-a", "max_page=5"), "max_page"),
    ):
        assert wrong.returncode == 1
        assert said in wrong.stderr
        assert wrong.stderr.count("\n") == 1


def test_an_operators_own_checks_run_beside_ours(
    serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spidermon's settings take suites of one's own; a check that itself breaks is told, never passed over."""
    (tmp_path / "own_checks.py").write_text(
        "from spidermon import MonitorSuite\n"
        "from crawler.health import Finding, Look\n"
        "from spiders.monitors import ReadingMonitor\n"
        "class Enough(ReadingMonitor):\n"
        "    def found(self, spider):\n"
        "        return Look(Finding.FEWER_POSTS, f'only {self.pages} pages')\n"
        "class Broken(ReadingMonitor):\n"
        "    def found(self, spider):\n"
        "        return 1 / 0\n"
        "class EnoughSuite(MonitorSuite):\n"
        "    monitors = [Enough]\n"
        "class BrokenSuite(MonitorSuite):\n"
        "    monitors = [Broken]\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    registry = serve(lambda path: portal(path, posts=9))
    for suite, why in (
        ("EnoughSuite", "only 10 pages"),
        ("BrokenSuite", "the check Broken broke: ZeroDivisionError"),
    ):
        index = tmp_path / f"{suite}.db"
        done = scrapy(
            "crawl", "portal", "-a", f"registry_dir={registry}", "-a", "allow_loopback=1", "-s", "DOWNLOAD_DELAY=0",
            "-s", "AUTOTHROTTLE_ENABLED=0", "-s", f"THONGBAO_DB={index}", "-a", "portal=soyte-binhthuan",
            "-s", f"SPIDERMON_SPIDER_CLOSE_MONITORS=spiders.monitors.ReadingSuite,own_checks.{suite}",
        )  # fmt: skip
        assert done.returncode == 0
        assert why in done.stderr
        assert why in one(index, "select reason from portal_runs")
        assert one(index, "select outcome from runs") == "needs a look"
