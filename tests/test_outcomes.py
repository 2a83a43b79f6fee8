"""How each kind of trouble ends: every page one outcome with its reason, every portal that needs it a look."""

from __future__ import annotations

import contextlib
import gzip
import socket
import sqlite3
import subprocess
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import brotli
import pytest
from scrapy.utils._compression import zstd

from crawler.guard import Guard, address_refusal
from tests import prepared
from tests.portals.faults import (
    Answer,
    broken_chunks,
    cut,
    drip,
    gigabyte,
    head_flood,
    head_line,
    reset,
    served,
    slow_head,
    text,
    told_too_short,
    wild,
)
from tests.test_cli import BODY, POST, TITLE, thongbao
from tests.test_cli import crawl as call_of

HEADLINE = TITLE.format(n=100)


def frame(body: str, title: str = "Sở Y tế Bình Thuận") -> str:
    """A page of the portal's template: its navigation, and what stands in it."""
    nav = "<nav><a href=/>Trang chủ</a></nav>"
    return f"<html><head><title>{title}</title></head><body>{nav}{body}</body></html>"


OTHER = f"<li><a href=/tin/bai-100.html>{HEADLINE}</a></li>"


Crawled = tuple[subprocess.CompletedProcess[str], dict[str, tuple[str, str]]]


@contextlib.contextmanager
def portal(folder: Path) -> Iterator[Callable[..., Crawled]]:
    """Crawl a portal of one good post and the given answers; the result and each path's outcome and reason."""
    servers: list[Any] = []
    serving = contextlib.ExitStack()

    def run(
        answers: dict[str, Answer],
        *more: str,
        entry: str = "",
        again: bool = False,
        unlinked: Mapping[str, Answer] = {},
    ):
        links = "".join(
            f"<li><a href={path}>{HEADLINE}</a></li>" for path in answers if path != "/robots.txt"
        )
        home = text(
            200, f"<html><body><ul>{links}<li><a href=/tin/bai-100.html>{HEADLINE}</a></ul></body></html>"
        )
        good = text(200, POST.format(t=HEADLINE, b=BODY))
        pages = {"/": home, "/tin/bai-100.html": good} | answers | dict(unlinked)
        if again:
            servers[-1].RequestHandlerClass.answers = pages
        else:
            servers.append(serving.enter_context(served(pages)))
        home_url = f"http://127.0.0.1:{servers[-1].server_address[1]}/"
        registry = folder / f"registry{len(servers)}"
        registry.mkdir(exist_ok=True)
        (registry / "a.yml").write_text(
            f"province: Bình Thuận\nportals:\n  - id: soyte-binhthuan\n    name: Sở Y tế\n    kind: health\n    url: {home_url}\n{entry}",
            encoding="utf-8",
        )
        database = folder / f"{len(servers)}.db"
        done = thongbao(*call_of(registry, database, *more))
        rows = (
            sqlite3.connect(database)
            .execute("select url, outcome, coalesce(reason, '') from pages")
            .fetchall()
        )
        return done, {
            url.removeprefix(home_url.rstrip("/")): (outcome, reason) for url, outcome, reason in rows
        }

    with serving:
        yield run


@pytest.fixture
def crawl(tmp_path: Path) -> Iterator[Callable[..., Crawled]]:
    with portal(tmp_path) as run:
        yield run


PACKERS = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstd.compress}
CUT_OFF = {name: (p := pack(POST.format(t=TITLE.format(n=101), b=BODY).encode()))[: len(p) // 2] for name, pack in PACKERS.items()}  # fmt: skip
TROUBLES: dict[str, tuple[Answer, str, str]] = {
    "404": (text(404, ""), "gone", "HTTP 404"),
    "410": (text(410, ""), "gone", "HTTP 410"),
    "403": (text(403, ""), "blocked", "HTTP 403"),
    "500": (text(500, "x"), "failed", "HTTP 500"),
    "block page": (text(200, "Request unsuccessful. Incapsula incident ID: 1"), "blocked", "Incapsula"),
    "long block page": (text(200, frame("Just a moment..." + "<p>-</p>" * 4_000)), "blocked", "Just a moment"),
    "F5": (text(200, "The requested URL was rejected. Please consult with your administrator."), "blocked", "rejected"),
    "empty": (text(200, "  "), "empty", "empty page"),
    "cut": (cut, "failed", "broke off before its end"),
    "metadata": (text(302, "", Location="http://169.254.169.254/latest/meta-data/"), "blocked", "169.254.169.254"),
    "other host": (text(302, "", Location="http://other.example/x"), "blocked", "hosts:"),
    "broken gzip": (text(200, b"\x1f\x8b\x08\x00broken", Content_Encoding="gzip"), "failed", "cannot be unpacked"),
    "to home": (text(302, "", Location="/"), "gone", "redirected to the home page"),
    "to a list": (text(302, "", Location="/tin-tuc"), "gone", "redirected to a list page: http"),
    "to a dead page": (text(302, "", Location="/tin/bai-404.html"), "gone", "bai-404.html: HTTP 404"),
    "to another post": (text(301, "", Location="/tin/bai-100.html"), "unchanged", "/tin/bai-100.html"),
    "loop": (lambda handler: text(302, "", Location=handler.path)(handler), "failed", "REDIRECT_MAX_TIMES"),
    "broken redirect": (text(302, "", Location="http://["), "failed", "Invalid IPv6 URL"),
    "redirect to nothing": (text(302, ""), "failed", "HTTP 302 that leads nowhere"),
    "not found": (text(200, frame("<h1>Không tìm thấy bài viết</h1>")), "gone", "Không tìm thấy bài viết"),
    "not found as a post": (text(200, POST.format(t="Trang bạn yêu cầu không tồn tại", b="Mời quý vị xem tin khác.")), "gone", "không tồn tại"),
    "not found in title": (text(200, frame("", "404 - File or directory not found.")), "gone", "File or directory not found"),
    "template": (text(200, frame("")), "empty", "a page without a post"),
    "list": (text(200, frame(OTHER)), "empty", "a list of other posts"),
    "zstd bomb": (text(200, zstd.compress(b"<html>" + b"x" * 300_000_000), Content_Encoding="zstd"), "failed", "DOWNLOAD_MAXSIZE"),
    "broken zstd": (text(200, b"no zstd", Content_Encoding="zstd"), "failed", "cannot be unpacked"),
    **{f"{name} cut off": (text(200, cut_off, Content_Encoding=name), "failed", "cannot be unpacked: cut off before its end")
       for name, cut_off in CUT_OFF.items()},
    "gzip bomb": (text(200, gzip.compress(b"<html>" + b"x" * 30_000_000), Content_Encoding="gzip"), "failed", "DOWNLOAD_MAXSIZE"),
    "huge": (text(200, b"<html>" + b"x" * 30_000_000), "failed", "DOWNLOAD_MAXSIZE"),
    "no http": (wild(b"no http at all\r\n\r\n"), "failed", "no HTTP"),
    "bad header": (wild(b"HTTP/1.1 200 OK\r\n: x\r\n\r\n<html>"), "failed", "no HTTP"),
    "pdf": (text(200, b"%PDF-1.4", Content_Type="application/pdf"), "irrelevant", "application/pdf"),
    "endless": (drip, "failed", "longer than 2.0 seconds"),
    "slow head": (slow_head, "failed", "longer than 2.0 seconds"),
    "head without end": (head_flood, "failed", "headers without end: over 64 KB"),
    "head in one line": (head_line, "failed", "closed before an answer"),
    "gigabyte": (gigabyte, "failed", "DOWNLOAD_MAXSIZE"),
    "reset": (reset, "failed", "broke off before its end"),
    "broken chunks": (broken_chunks, "failed", "broke off before its end"),
    "told too short": (told_too_short, "empty", "a page without a post"),
    "brotli bomb": (text(200, brotli.compress(b"<html>" + b"x" * 30_000_000, quality=1), Content_Encoding="br"), "failed", "DOWNLOAD_MAXSIZE"),
    "broken brotli": (text(200, b"no brotli", Content_Encoding="br"), "failed", "cannot be unpacked"),
    "unknown packing": (text(200, b"no such thing", Content_Encoding="xz"), "empty", "a page without a post"),
    "chain out": (text(302, "", Location="/chain-1"), "blocked", "evil.example"),
    "to a file": (text(302, "", Location="file:///etc/passwd"), "failed", "HTTP 302 that leads nowhere"),
    "to ftp": (text(302, "", Location="ftp://127.0.0.1/x"), "failed", "HTTP 302 that leads nowhere"),
    "to data": (text(302, "", Location="data:text/html,x"), "failed", "HTTP 302 that leads nowhere"),
    "false charset": (text(200, POST.format(t=TITLE.format(n=299), b=BODY), Content_Type="text/html; charset=iso-8859-1"), "new", ""),
    "no such charset": (text(200, POST.format(t=TITLE.format(n=298), b=BODY), Content_Type="text/html; charset=utf-99"), "new", ""),
}  # fmt: skip
PATHS = {name: f"/tin/bai-{number}.html" for number, name in enumerate(TROUBLES, 201)}


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """One portal that has them all: none keeps another from its outcome."""
    with portal(tmp_path_factory.mktemp("troubles")) as run:
        answers = {PATHS[name]: trouble[0] for name, trouble in TROUBLES.items()}
        entry = "    settings: {DOWNLOAD_TIMEOUT: 2, RETRY_TIMES: 0}\n"
        yield run(
            answers,
            entry=entry,
            unlinked={
                "/tin-tuc": text(200, frame(OTHER)),
                "/chain-1": text(302, "", Location="/chain-2"),
                "/chain-2": text(302, "", Location="http://evil.example/x"),
            },
        )


@pytest.mark.parametrize("name", TROUBLES)
def test_each_trouble_has_its_outcome_and_reason(troubled: Crawled, name: str) -> None:
    _, outcome, reason = TROUBLES[name]
    found = troubled[1][PATHS[name]]
    assert found[0] == outcome
    assert reason in found[1]
    assert "twisted" not in found[1]


def test_a_portal_full_of_troubles_gives_its_good_post_and_needs_a_look(troubled: Crawled) -> None:
    done, pages = troubled
    assert pages["/tin/bai-100.html"][0] in ("new", "unchanged")  # a redirect leads to it a second time
    assert done.returncode == 1
    assert "pages failed or were blocked" in done.stdout
    assert "Traceback" not in done.stderr


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


def test_a_post_that_moved_home_is_gone_since_then(
    crawl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl({"/tin/bai-101.html": text(200, POST.format(t=TITLE.format(n=101), b=BODY))})
    monkeypatch.setenv("THONGBAO_DAYS_LATER", "60")
    _, pages = crawl({"/tin/bai-101.html": text(302, "", Location="/")}, again=True)
    assert pages["/"][0] == "unchanged"
    rows = sqlite3.connect(tmp_path / "1.db").execute("select url, gone_since is not null from notices")
    assert {url[-12:]: gone for url, gone in rows} == {"bai-100.html": 0, "bai-101.html": 1}


@pytest.mark.parametrize("leads_to", ["/tin/bai-102.html", "/tin/chuyen-muc-101.html?page=2"])
def test_a_section_under_a_posts_address_is_a_list_page(crawl, leads_to: str) -> None:
    section = text(200, frame(f"{OTHER}<li><a href={leads_to}>{TITLE.format(n=102)}</a></li>"))
    further = {"/tin/bai-102.html": text(200, POST.format(t=TITLE.format(n=102), b=BODY)),
               "/tin/chuyen-muc-101.html?page=2": text(200, frame(OTHER))}  # fmt: skip
    _, pages = crawl({"/tin/chuyen-muc-101.html": section}, unlinked=further)
    assert pages["/tin/chuyen-muc-101.html"][0] == "new"
    assert pages[leads_to][0] == "new"


def test_a_portal_whose_posts_cannot_be_read_needs_a_look(crawl) -> None:
    done, _ = crawl({f"/tin/bai-{n}.html": text(200, frame("")) for n in range(101, 104)})
    assert done.returncode == 1
    assert "3 of 4 posts could not be read" in done.stdout


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
    assert "closed since 2025-07-01, soyte-lamdong took over" in done.stdout
    assert "thongbao crawl --archive wayback soyte-binhthuan" in done.stdout


def test_a_dead_portal_names_its_successor_though_nobody_knows_since_when(tmp_path: Path) -> None:
    home = "http://127.0.0.1:9/"
    (tmp_path / "a.yml").write_text(
        "province: Hà Nội\nportals:\n"
        f"  - {{id: sotnmt-hanoi, name: A, kind: other, url: '{home}', successor: sonnmt-hanoi}}\n"
        f"  - {{id: sonnmt-hanoi, name: B, kind: other, url: '{home}'}}\n",
        encoding="utf-8",
    )
    call = ("crawl", "sotnmt-hanoi", "--registry", str(tmp_path), "--allow-loopback", "--delay", "0")
    done = thongbao("--db", tmp_path / "o.db", *call)
    assert "(sonnmt-hanoi took over; web archives may hold" in done.stdout


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


@pytest.mark.parametrize("host", ["[::1]", "[0:0:0:0:0:0:0:1]"])
def test_a_portal_under_ipv6_is_read(tmp_path: Path, host: str) -> None:
    post = text(200, POST.format(t=TITLE.format(n=100), b=BODY))
    home = text(200, f"<ul><li><a href=/tin/bai-100.html>{TITLE.format(n=100)}</a></li></ul>")
    with served({"/": home, "/tin/bai-100.html": post}, family=socket.AF_INET6) as server:
        (tmp_path / "a.yml").write_text(
            "province: Bình Thuận\nportals:\n  - {id: soyte-binhthuan, name: Sở, kind: health,"
            f" url: 'http://{host}:{server.server_address[1]}/'}}\n",
            encoding="utf-8",
        )
        call = ["--db", tmp_path / "o.db", "crawl", "--all", "--registry", tmp_path, "--delay", "0"]
        refused = thongbao(*call)
        assert f"{host.strip('[]')} is this machine" in refused.stdout
        done = thongbao(*call, "--allow-loopback")
    assert done.returncode == 0, done.stdout


def test_a_name_that_points_inside_is_not_followed(tmp_path: Path) -> None:
    """A name may resolve to an inner address (DNS rebinding); 2130706433 is 127.0.0.1 to every resolver."""
    (tmp_path / "a.yml").write_text(
        "province: Bình Thuận\nportals:\n  - {id: soyte-binhthuan, name: Sở, kind: health, url: 'http://2130706433:9/'}\n",
        encoding="utf-8",
    )
    done = prepared.run(["--db", tmp_path / "o.db", "crawl", "--all", "--registry", tmp_path, "--delay", "0"])
    assert done.returncode == 1
    assert socket.gethostbyname("2130706433") == "127.0.0.1"  # the machine itself would have followed it
    assert "2130706433 leads inside this network: 127.0.0.1 is this machine" in done.stdout
