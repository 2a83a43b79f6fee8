"""Captures: what a crawl fetched, as WARC files that anybody's tools can read."""

from __future__ import annotations

import fcntl
import gzip
import io
import random
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.captures import CaptureWriter, close_left_open, digest_of, payload_of
from crawler.model import Capture, Exchange, Page
from tests.captured import HTML, Portal, files_of, is_clean, listing, post, records, rows
from tests.prepared import command
from tests.pywb import archive
from tests.test_cli import POST, ROOT


def test_every_page_is_kept_with_its_request_and_no_secret(portal, tmp_path: Path) -> None:
    packed = gzip.compress(post(101)[2])
    site = portal({
        "/": listing(100, 101, 102),
        "/tin/bai-100.html": (200, HTML | {"Set-Cookie": "JSESSIONID=geheim", "ETag": '"e"'}, post(100)[2]),
        "/tin/bai-101.html": (200, HTML | {"Content-Encoding": "gzip"}, packed),
        "/tin/bai-102.html": (302, {"Location": "/tin/bai-100.html"}, b""),
    })  # fmt: skip
    assert site.crawl().returncode == 0
    (file,) = files_of(tmp_path)
    assert file.name.endswith(".warc.gz")
    assert is_clean(file)
    kept = records(file)
    assert kept[0][0] == "warcinfo"
    answered = {
        url.removeprefix(site.url): (record, body) for kind, url, record, body in kept if kind == "response"
    }
    assert answered["/tin/bai-101.html"][1] == packed
    assert answered["/tin/bai-102.html"][0].http_headers.get_statuscode() == "302"
    assert {url for kind, url, *_ in kept if kind == "request"} == {url for kind, url, *_ in kept if kind in ("response", "revisit")}  # fmt: skip
    whole = b"".join(gzip.decompress(file.read_bytes()).split(b"\0"))
    assert b"geheim" not in whole
    assert b"Set-Cookie" not in whole
    assert b"User-Agent: thongbao" in whole
    members = rows(tmp_path / "a.db", 'select url, status, warc, "offset", length, digest from captures')
    assert {m[0].removeprefix(site.url) for m in members} == set(answered)
    for url, status, warc, offset, length, digest in members:
        with (tmp_path / "captures" / warc).open("rb") as stream:
            stream.seek(offset)
            (record,) = ArchiveIterator(io.BytesIO(stream.read(length)))
        assert record.rec_headers["WARC-Target-URI"] == url
        assert record.rec_headers["WARC-Payload-Digest"] == digest
        assert record.http_headers.get_statuscode() == str(status)


def test_rows_name_the_capture_they_rest_on(portal, tmp_path: Path) -> None:
    site = portal({"/": listing(100, 101), "/tin/bai-100.html": post(100), "/tin/bai-101.html": post(101)})
    site.crawl()
    for table in ("pages", "versions", "witnesses"):
        sql = f"select t.url, c.url from {table} t left join captures c on c.id = t.capture"
        found = rows(tmp_path / "a.db", sql)
        assert found
        assert all(address == captured for address, captured in found), table


def test_the_same_payload_is_kept_once(portal, tmp_path: Path) -> None:
    site = portal({"/": listing(100), "/tin/bai-100.html": post(100)})
    site.crawl()
    site.crawl("--anew")
    kept = records(*files_of(tmp_path))
    assert [kind for kind, *_ in kept].count("response") == 2  # home page and post; robots.txt is no page
    again = [record.rec_headers for kind, _, record, _ in kept if kind == "revisit"]
    assert len(again) == 2
    assert {r["WARC-Refers-To-Target-URI"] for r in again} == {f"{site.url}/", f"{site.url}/tin/bai-100.html"}
    assert rows(tmp_path / "a.db", "select count(*) from captures where refers_to is not null") == [(2,)]
    assert rows(tmp_path / "a.db", "select count(*) from witnesses") == [(1,)]


def test_captures_can_be_switched_off(portal, tmp_path: Path) -> None:
    site = portal({"/": listing(100), "/tin/bai-100.html": post(100)})
    assert site.crawl("--no-captures").returncode == 0
    assert not (tmp_path / "captures").exists()
    assert rows(tmp_path / "a.db", "select count(*) from captures") == [(0,)]
    assert rows(tmp_path / "a.db", "select count(*) from notices") == [(1,)]


def test_only_notices_and_list_pages(portal, tmp_path: Path) -> None:
    other = POST.format(t="Sở họp giao ban quý III", b="Giám đốc Sở chủ trì họp giao ban quý III. " * 5)
    site = portal({"/": listing(100, 101, 102), "/tin/bai-100.html": post(100), "/tin/bai-101.html": (200, HTML, other.encode())})  # fmt: skip
    site.crawl("--captures", "notices")
    kept = {
        url.removeprefix(site.url) for kind, url, *_ in records(*files_of(tmp_path)) if kind == "response"
    }
    assert kept == {"/", "/tin/bai-100.html"}


def test_a_killed_crawl_leaves_readable_captures(portal, tmp_path: Path) -> None:
    numbers = range(100, 400)
    slow = {f"/tin/bai-{n}.html": post(n) for n in numbers}
    slow["/tin/bai-350.html"] = (200, HTML | {"X-Delay": "60"}, post(350)[2])
    site = portal({"/": listing(*numbers)} | slow)
    running = subprocess.Popen(
        command(*site.call()), cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    until = time.monotonic() + 60
    while time.monotonic() < until and sum(f.stat().st_size for f in files_of(tmp_path)) < 60_000:
        time.sleep(0.02)
    running.send_signal(signal.SIGKILL)
    running.wait()
    (left,) = files_of(tmp_path)
    assert left.name.endswith(".warc.gz.open")
    with left.open("ab") as file:
        file.write(gzip.compress(b"WARC/1.1\r\nhalf a record")[:20])  # what the kill would cut
    site.answers["/tin/bai-350.html"] = post(350)
    assert site.crawl().returncode == 0
    files = files_of(tmp_path)
    assert all(f.name.endswith(".warc.gz") for f in files)
    assert is_clean(*files)
    assert len(records(files[0])) > 20
    assert rows(tmp_path / "a.db", "select count(*) from notices") == [(300,)]


def test_a_record_that_found_no_room_leaves_nothing_behind(tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk; the record after it may be smaller."""
    writer, soft = CaptureWriter(tmp_path), resource.getrlimit(resource.RLIMIT_FSIZE)

    def write(body: bytes) -> Capture:
        url = "http://soyte.example/tin"
        exchange = Exchange(url, 200, (("Content-Type", "text/html"),), body)
        return writer.write(exchange, Page(url, 200, body, datetime.now(UTC)), digest_of(body))

    bodies = [random.Random(n).randbytes(5000) for n in range(3)]
    first = write(bodies[0])
    resource.setrlimit(resource.RLIMIT_FSIZE, (writer.place + 2000, soft[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            write(bodies[1])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, soft)
    last = write(bodies[2])
    writer.close()
    assert is_clean(*tmp_path.iterdir())
    assert [payload_of(c, tmp_path)[1] for c in (first, last)] == [bodies[0], bodies[2]]


def test_a_file_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.warc.gz.open"
    path.write_bytes(gzip.compress(b"whole") + b"half")
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert close_left_open(tmp_path) == []
    (closed,) = close_left_open(tmp_path)
    assert gzip.decompress(closed.read_bytes()) == b"whole"


def test_pywb_replays_what_was_captured(portal, tmp_path: Path) -> None:
    packed = gzip.compress(post(101)[2])
    answers = {
        "/": listing(100, 101),
        "/tin/bai-100.html": post(100),
        "/tin/bai-101.html": (200, HTML | {"Content-Encoding": "gzip"}, packed),
    }
    site = portal(answers)
    site.crawl()
    site.crawl()  # its captures are revisits
    with archive(tmp_path, files_of(tmp_path)) as address:
        for time_ in ("2000", "2090"):
            for path, (_, _, body) in answers.items():
                asked = Request(f"{address}{time_}id_/{site.url}{path}", headers={"Accept-Encoding": "gzip"})
                with urlopen(asked, timeout=30) as answer:
                    assert answer.read() == body


def test_links_lead_from_where_the_base_of_a_page_says(portal: Callable[..., Portal], tmp_path: Path) -> None:
    """Every post of such a portal was asked for where it is not, and told to be gone."""
    status, headers, body = listing(101)
    home = body.replace(b"href='/", b"href='").replace(b'href="/', b'href="').replace(b"href=/", b"href=")
    home = home.replace(b"<html>", b"<html><head><base target=_self href='/goc/'></head>", 1)
    assert b"base" in home
    site = portal({"/": (status, headers, home), "/goc/tin/bai-101.html": post(101)})
    done = site.crawl()
    assert done.returncode == 0, done.stdout + done.stderr
    assert rows(tmp_path / "a.db", "select url from notices") == [(f"{site.url}/goc/tin/bai-101.html",)]
