"""Whole portals at fault, crawled beside a healthy one: each ends in its outcome, within its budget."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from tests.captured import files_of, is_clean
from tests.portals.faults import (
    Answer,
    Answers,
    drip,
    flood,
    head_flood,
    reset,
    reset_behind,
    served,
    silence,
    text,
)
from tests.test_cli import BODY, POST, ROOT, TITLE, command, thongbao
from tests.test_cli import crawl as call_of

NUMBERS = range(100, 130)
#: Patience where answers come, and where none does.
SETTINGS, SHORT = {"DOWNLOAD_TIMEOUT": 60, "RETRY_TIMES": 0}, {"DOWNLOAD_TIMEOUT": 2}


def post(number: int) -> Answer:
    return text(200, POST.format(t=TITLE.format(n=number), b=BODY))


def links(*numbers: int, more: str = "") -> Answer:
    items = "".join(f"<li><a href=/tin/bai-{n}.html>{TITLE.format(n=n)}</a></li>" for n in numbers)
    return text(200, f"<html><body><ul>{items}</ul>{more}</body></html>")


HEALTHY = {"/": links(*NUMBERS)} | {f"/tin/bai-{n}.html": post(n) for n in NUMBERS}


def with_robots(answer: Answer) -> Answers:
    return HEALTHY | {"/robots.txt": answer}


def slow_posts(path: str) -> Answer:
    """Posts that end in no time worth waiting for, and more of them on every further list page."""
    if path.startswith("/tin/"):
        return drip
    page = int(path.partition("=")[2] or 1) if path.startswith("/?page=") or path == "/" else 0
    return links(
        *range(1000 + 30 * page, 1030 + 30 * page), more=f"<a href='/?page={page + 1}'>Trang sau</a>"
    )


def barren_list(path: str) -> Answer:
    """A calendar: each page leads to the next, and to no post that was not known."""
    if path.startswith("/tin/"):
        return post(100)
    page = int(path.partition("=")[2] or 1) if "page=" in path or path == "/" else 0
    return links(100, more=f"<a href='/?page={page + 1}'>Trang sau</a>")


def fat(path: str) -> Answer:
    """Posts of a megabyte each."""
    return (
        text(200, POST.format(t=TITLE.format(n=path[9:-5]), b="x" * 1_000_000))
        if path != "/"
        else links(*NUMBERS)
    )


#: The last of them would forbid all, but nobody reads that far.
RULES = text(
    200, b"User-agent: *\n" + b"".join(b"Disallow: /%d*x\n" % n for n in range(300_000)) + b"Disallow: /"
)
#: Name: answers, settings of its entry beside, and what the crawl says of it ('' where nobody needs to look).
FAULTS: dict[str, tuple[Answers, dict[str, float], str]] = {
    "healthy": (HEALTHY, {}, ""),
    "robots-silent": (with_robots(silence), {"DOWNLOAD_TIMEOUT": 6}, ""),
    "robots-500": (with_robots(text(500, "")), {}, ""),
    "robots-huge": (with_robots(RULES), {}, ""),
    "robots-elsewhere": (with_robots(text(302, "", Location="http://169.254.169.254/")), {}, ""),
    "silent": (lambda path: silence, SHORT, "no whole answer in time: Getting"),
    "dripping": (lambda path: drip, SHORT, "no whole answer in time: Getting"),
    "broken": (lambda path: text(500, "x"), {}, "HTTP 500"),
    "resetting": (lambda path: reset, {}, "broke off before its end"),
    # Under uvloop the page waited for DOWNLOAD_TIMEOUT: a line that broke is told after two readings at most.
    "resetting-late": (lambda path: reset_behind(bytes(900_000)), {}, "broke off before its end"),
    "heads": (lambda path: head_flood, {}, "headers without end"),
    "flooding": (lambda path: flood, {}, "larger than the limit"),
    "moved": (lambda path: text(301, "", Location="http://evil.example/"), {}, "evil.example is not a host"),
    "ten-thousand": (lambda path: links(*range(10_000, 20_000)) if path == "/" else text(404, ""), {}, ""),
    "calendar": (barren_list, {}, ""),
    "time": (slow_posts, {"THONGBAO_PORTAL_SECONDS": 3, **SHORT}, "stopped at its budget of 3 seconds"),
    "bytes": (fat, {"THONGBAO_PORTAL_BYTES": 5_000_000}, "stopped at its budget of 5 MB"),
}  # fmt: skip
#: The same by the address of a start page.
ADDRESSES = {
    "dns": ("http://no-such-host.invalid/", "the host's name leads nowhere"),
    "refusing": ("http://127.0.0.1:9/", "nobody answers"),
    "inside": ("http://2130706433/", "2130706433 leads inside this network: 127.0.0.1 is this machine"),
}
TLS = {"self-signed": "", "no-tls": "no TLS connection"}


def entry(name: str, url: str, **settings: float) -> str:
    laid = json.dumps(SETTINGS | settings)
    return f"  - id: {name}-binhthuan\n    name: Sở {name}\n    kind: health\n    url: {url}\n    settings: {laid}\n"


class Crawled:
    """How a crawl of all faulty portals ended."""

    def __init__(self, folder: Path, entries: list[str], *more: str) -> None:
        registry = folder / "registry"
        registry.mkdir()
        (registry / "a.yml").write_text(
            "province: Bình Thuận\nportals:\n" + "".join(entries), encoding="utf-8"
        )
        self.database = folder / "a.db"
        call = command("--db", self.database, "crawl", "--all", "--registry", registry, "--allow-loopback",
                       "--json", "--quiet", *more)  # fmt: skip
        process = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        assert process.stdout
        assert process.stderr
        self.out, self.err = process.stdout.read(), process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = self.code = os.waitstatus_to_exitcode(status)
        self.memory = usage.ru_maxrss * 1024
        self.portals: dict[str, dict[str, Any]] = {
            p["portal"].removesuffix("-binhthuan"): p for p in json.loads(self.out)["portals"]
        }

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """All of them in one crawl."""
    folder = tmp_path_factory.mktemp("faults")
    call = "openssl req -x509 -newkey rsa:2048 -nodes -days 3 -subj /CN=other.example -keyout key -out certificate"
    subprocess.run(call.split(), cwd=folder, check=True, capture_output=True)
    pem = folder / "pem"
    pem.write_bytes((folder / "key").read_bytes() + (folder / "certificate").read_bytes())
    with ExitStack() as stack:

        def address(answers: Answers, certificate: Path | None = None) -> str:
            return f"127.0.0.1:{stack.enter_context(served(answers, certificate)).server_address[1]}/"

        entries = [
            entry(name, f"http://{address(answers)}", **more) for name, (answers, more, _) in FAULTS.items()
        ]
        entries += [entry(name, url) for name, (url, _) in ADDRESSES.items()]
        entries.append(entry("self-signed", f"https://{address(HEALTHY, pem)}"))
        entries.append(entry("no-tls", f"https://{address(HEALTHY)}"))
        yield Crawled(folder, entries, "--max-pages", "60", "--delay", "0")


EXPECTED = (
    {name: why for name, (*_, why) in FAULTS.items()} | {n: why for n, (_, why) in ADDRESSES.items()} | TLS
)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_portal_at_fault_is_told_in_a_sentence(crawled: Crawled, name: str) -> None:
    told = crawled.portals[name]["reason"]
    assert EXPECTED[name] in told
    assert bool(told) == bool(EXPECTED[name])
    assert "Failure" not in told


@pytest.mark.parametrize("name", [n for n in FAULTS if n.startswith("robots")] + ["healthy", "self-signed"])
def test_no_portal_stops_another(crawled: Crawled, name: str) -> None:
    assert crawled.portals[name]["outcomes"] == {"new": 1 + len(NUMBERS)}


def test_faults_cost_their_budget_and_no_more(crawled: Crawled) -> None:
    """Seconds by DOWNLOAD_TIMEOUT and the portal's own, pages, bytes; and memory, which has no budget of its own."""
    seconds = {name: portal["seconds"] for name, portal in crawled.portals.items()}
    assert max(seconds.values()) < 40, seconds  # a second or two by itself
    assert crawled.memory < 1e9  # that of the process which began it counts too; a head without end took 3 GB
    assert crawled.portals["ten-thousand"]["pages"] == 60
    assert crawled.portals["calendar"]["pages"] < 15
    assert 5 <= crawled.portals["bytes"]["pages"] < 20
    assert crawled.code == 1
    assert crawled.err == ""
    assert crawled.rows("pragma integrity_check") == [("ok",)]
    assert crawled.rows(
        "select count(*) from pages where outcome in ('failed', 'blocked') and reason is null"
    ) == [(0,)]


def test_a_locked_index_is_one_sentence_and_loses_nothing(tmp_path: Path, portal: Callable[..., Any]) -> None:
    """Another program holds the database for longer than a crawl waits for it."""
    site = portal({"/": (200, {"Content-Type": "text/html"}, b"")})
    site.crawl()
    impatient = "import sys, db.schema, thongbao; db.schema.BUSY = 200; sys.exit(thongbao.main(sys.argv[1:]))"
    with closing(sqlite3.connect(tmp_path / "a.db")) as holder:
        before = holder.execute("select count(*) from pages").fetchall()
        holder.execute("begin immediate")
        done = subprocess.run([sys.executable, "-c", impatient, *map(str, site.call())], capture_output=True, text=True,
                              timeout=60, check=False, cwd=ROOT)  # fmt: skip
        holder.rollback()
        assert done.returncode == 3
        assert "close the program that holds it" in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert holder.execute("select count(*) from pages").fetchall() == before
    assert site.crawl().returncode == 1  # an empty start page, as at first


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system whose size may be changed, where one may be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", disk], capture_output=True, check=False).returncode:
        pytest.skip("no tmpfs can be mounted: test_cli.py has a full disk by a limit on files")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def resize(disk: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", disk], check=True)


def test_a_full_disk_keeps_what_was_stored_and_readable(disk: Path, tmp_path: Path) -> None:
    """Index and captures on a disk that fills up in the midst of a crawl; with room again it goes on."""
    numbers = range(1000, 1300)
    body = BODY + "".join(
        f"<p>Điểm {n}: {n * 7919 % 100_003} người dân được hướng dẫn.</p>" for n in range(60)
    )
    pages = {
        f"/tin/bai-{n}.html": text(200, POST.format(t=TITLE.format(n=n), b=f"{n} {body}")) for n in numbers
    }
    registry = tmp_path / "registry"
    registry.mkdir()
    with served({"/": links(*numbers)} | pages) as server:
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        (registry / "a.yml").write_text(
            "province: Bình Thuận\nportals:\n" + entry("full", url), encoding="utf-8"
        )

        def crawl(*more: str) -> subprocess.CompletedProcess[str]:
            return thongbao(*call_of(registry, disk / "a.db", *more))

        assert crawl("--max-pages", "100").returncode == 0
        free = os.statvfs(disk)
        resize(disk, (free.f_blocks - free.f_bfree) * free.f_frsize + 1_000_000)
        done = crawl()
        assert done.returncode == 3, done.stderr
        assert "free space on its disk" in done.stderr.splitlines()[-1]
        assert "Traceback" not in done.stderr
        with closing(sqlite3.connect(disk / "a.db")) as index:
            assert index.execute("pragma integrity_check").fetchall() == [("ok",)]
            kept = {row[0] for row in index.execute("select post_id from notices")}
        assert len(kept) >= 99
        resize(disk, 200_000_000)
        done = crawl()
        assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(disk / "a.db")) as index:
        assert kept <= {row[0] for row in index.execute("select post_id from notices")}
        assert index.execute("select count(*) from notices").fetchall() == [(len(numbers),)]
    assert is_clean(*files_of(disk))
