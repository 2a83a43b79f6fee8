"""Portals out of web archives: a fake of Wayback's servers, Common Crawl's kind, and pywb itself."""

from __future__ import annotations

import gzip
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from urllib.parse import parse_qs, urlsplit

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from spiders.archive import ArchiveSpider
from spiders.cdx import NoIndex, crawls_of, rows_of
from tests import made, prepared
from tests.captured import files_of, is_clean, records, rows
from tests.portals.faults import Answer, drip, flood, reset, text
from tests.pywb import archive
from tests.test_cli import BODY, POST, ROOT, TITLE, thongbao

HOST = "soyte.binhthuan.example"
HTML = "text/html; charset=utf-8"


def page(number: int, more: str = "") -> bytes:
    return POST.format(t=TITLE.format(n=number), b=BODY + more).encode()


@dataclass
class Capture:
    """One archived answer."""

    path: str
    timestamp: str
    body: bytes = b""
    status: int = 200
    mimetype: str = "text/html"
    location: str = ""
    revisit: bool = False
    memento: str = ""

    @property
    def url(self) -> str:
        return self.path if "://" in self.path else f"http://{HOST}{self.path}"

    @property
    def digest(self) -> str:
        return str(hash(self.body))


@dataclass
class Wayback:
    """What is documented of Wayback's servers: CDX as arrays, resume keys, redirects to the exact time, 429."""

    captures: list[Capture]
    limit: int = 3
    refuse: list[tuple[str, dict[str, str]]] = field(default_factory=list)  # (what path, headers), once each
    always: str = ""
    asked: list[tuple[float, str]] = field(default_factory=list)
    together: int = 0
    most_together: int = 0
    url: str = ""
    lost: str = ""
    faults: dict[str, Answer] = field(default_factory=dict)  # by what path

    def cdx(self, query: dict[str, list[str]]) -> str:
        names = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
        fields = query["fl"][0].split(",")
        found = []
        for c in sorted(self.captures, key=lambda c: (c.url, c.timestamp)):
            if urlsplit(c.url).netloc != query["url"][0]:
                continue
            kind, status = ("warc/revisit", "-") if c.revisit else (c.mimetype, str(c.status))
            row = dict(zip(names, [c.url, c.timestamp, c.url, kind, status, c.digest, "-"], strict=True))
            first, last = query.get("from", ["0"])[0], query.get("to", ["9"])[0]
            if not (first <= c.timestamp[: len(first)] and c.timestamp[: len(last)] <= last):
                continue
            if all(
                re.fullmatch(f.split(":", 1)[1], row[f.split(":", 1)[0]]) for f in query.get("filter", [])
            ):
                found.append([row[name] for name in fields])
        begin = int(query.get("resumeKey", ["0"])[0].removeprefix("key ") or 0)
        most = min(self.limit, int(query["limit"][0]))
        out: list[list[str]] = [fields, *found[begin : begin + most]]
        if begin + most < len(found):
            out += [[], [f"key+{begin + most}"]]  # already encoded, as the real one
        return json.dumps(out if found else [])

    def answer(self, target: str) -> tuple[int, dict[str, str], bytes]:
        if target.startswith("/cdx/search/cdx?"):
            return (
                200,
                {"Content-Type": "application/json"},
                self.cdx(parse_qs(urlsplit(target).query)).encode(),
            )
        asked = re.match(r"/web/(\d+)id_/(.+)", target)
        same = [c for c in self.captures if asked and c.url == asked[2]]
        if not asked or not same or (self.lost and self.lost in target):
            return 404, {"Content-Type": "text/html"}, b"not archived"
        nearest = min(same, key=lambda c: abs(int(c.timestamp[:14]) - int(asked[1])))
        if nearest.timestamp[:14] != asked[1]:
            return 302, {"Location": f"{self.url}{nearest.timestamp[:14]}id_/{nearest.url}"}, b""
        original = next(c for c in same if c.digest == nearest.digest and not c.revisit)
        headers = {
            "Content-Type": HTML if original.mimetype == "text/html" else original.mimetype,
            "x-archive-orig-server": "IIS",
        }
        if told := nearest.memento or (len(nearest.timestamp) == 14 and nearest.timestamp):
            headers["Memento-Datetime"] = _http_date(told)
        if original.location:
            headers["Location"] = original.location
        return original.status, headers, original.body


def _http_date(timestamp: str) -> str:
    from datetime import UTC, datetime
    from email.utils import format_datetime

    return format_datetime(datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC), usegmt=True)


@pytest.fixture
def wayback() -> Iterator:
    servers: list[ThreadingHTTPServer] = []

    def start(*captures: Capture, **how: object) -> Wayback:
        fake = Wayback(list(captures), **how)
        lock = Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with lock:
                    fake.together += 1
                    fake.most_together = max(fake.together, fake.most_together)
                    fake.asked.append((monotonic(), self.path))
                    refusal = next((r for r in fake.refuse if r[0] in self.path), None)
                    if refusal:
                        fake.refuse.remove(refusal)
                if fault := next((a for what, a in fake.faults.items() if what in self.path), None):
                    with suppress(OSError):  # who asked has had enough
                        fault(self)
                    return
                if refusal or (fake.always and fake.always in self.path):
                    status, headers, body = 429, dict(refusal[1] if refusal else {}), b"slow down"
                else:
                    status, headers, body = fake.answer(self.path)
                self.send_response(status)
                for name, value in (headers | {"Content-Length": str(len(body))}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
                with lock:
                    fake.together -= 1

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        fake.url = f"http://127.0.0.1:{server.server_address[1]}/web/"
        return fake

    yield start
    for server in servers:
        server.shutdown()


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    folder = tmp_path / "registry"
    folder.mkdir()
    (folder / "a.yml").write_text(
        f"province: Bình Thuận\nportals:\n  - {{id: soyte-binhthuan, name: Sở Y tế, kind: health, url: 'http://{HOST}/', closed: 2025-07-01}}\n",
        encoding="utf-8",
    )
    return folder


def crawl(
    fake: Wayback | str, registry: Path, *more: str, patience: float = 0.5, shorter: str = "pass"
) -> subprocess.CompletedProcess[str]:
    """The ordinary command, with a shorter patience than the minute that the real archive is due."""
    address = fake if isinstance(fake, str) else fake.url
    before = f"import crawler.settings; crawler.settings.THONGBAO_ARCHIVE_PATIENCE = {patience};{shorter}"
    call = ["--db", registry.parent / "a.db", "crawl", "soyte-binhthuan", "--registry", registry, "--archive", address,
            "--allow-loopback", "--delay", "0", *more]  # fmt: skip
    return prepared.run(call, before=before)


SEEN = "select url, substr(seen, 1, 10) from witnesses order by seen"


def test_one_capture_a_page_version_and_each_a_witness(wayback, registry: Path, tmp_path: Path) -> None:
    fake = wayback(
        Capture("/tin/bai-100.html", "20210720030000", page(100)),
        Capture("/tin/bai-100.html", "20210801030000", page(100), revisit=True),
        Capture("/tin/bai-100.html", "20220105030000", page(100, " Số mới: 0252 3999 116.")),
        Capture("/tin/bai-101.html", "20210722030000", page(101)),
        Capture("/tin/bai-102.html", "20210722030000", b"", 404),
        Capture("/anh/bai-7.png", "20210722030000", b"png", mimetype="image/png"),
        Capture("http://other.example/tin/bai-9.html", "20210722030000", page(9)),
    )
    done = crawl(fake, registry)
    assert done.returncode == 0, done.stdout + done.stderr
    base = fake.url
    assert rows(tmp_path / "a.db", SEEN) == [
        (f"{base}20210720030000/http://{HOST}/tin/bai-100.html", "2021-07-20"),
        (f"{base}20210722030000/http://{HOST}/tin/bai-101.html", "2021-07-22"),
        (f"{base}20210801030000/http://{HOST}/tin/bai-100.html", "2021-08-01"),
        (f"{base}20220105030000/http://{HOST}/tin/bai-100.html", "2022-01-05"),
    ]
    assert rows(tmp_path / "a.db", "select count(*) from versions") == [(3,)]
    newest = (
        "select substr(first_seen, 1, 10), substr(last_seen, 1, 10) from notices where url like '%100.html'"
    )
    assert rows(tmp_path / "a.db", newest) == [("2021-07-20", "2022-01-05")]
    assert not [
        path
        for _, path in fake.asked
        if "png" in path or "other.example" in path or "bai-102" in path.split("cdx")[0]
    ]
    assert fake.most_together == 1
    assert len([p for _, p in fake.asked if "/cdx/" in p]) > 1  # by resume key
    files = [f for f in files_of(tmp_path) if f.is_file()]
    assert is_clean(*files)
    kept = [r for r in records(*files) if r[0] == "response"]
    assert {url for _, url, *_ in kept} == {
        f"http://{HOST}/tin/bai-100.html",
        f"http://{HOST}/tin/bai-101.html",
    }
    assert all("id_/" in r.rec_headers["WARC-Source-URI"] for _, _, r, _ in kept)
    assert min(r.rec_headers["WARC-Date"] for _, _, r, _ in kept) == "2021-07-20T03:00:00Z"
    done = thongbao("--db", tmp_path / "a.db", "reextract", "--json")
    assert not any(sum(n.values()) for n in json.loads(done.stdout)["facts"].values())
    assert rows(tmp_path / "a.db", SEEN)[0][1] == "2021-07-20"


def test_all_captures_of_a_notice_are_read_again_together(wayback, registry: Path, tmp_path: Path) -> None:
    """Those before --since too, under whatever address: its versions would tear."""
    fake = wayback(
        Capture(f"https://{HOST}/tin/bai-100.html", "20210720030000", page(100)),
        Capture("/tin/bai-100.html", "20220105030000", page(100)),
    )
    crawl(fake, registry)
    assert rows(tmp_path / "a.db", "select count(*) from versions") == [(1,)]
    done = thongbao("--db", tmp_path / "a.db", "reextract", "--json", "--since", "2022-01-01")
    assert json.loads(done.stdout)["captures"] == 2


def test_a_text_that_came_back_is_the_newest(wayback, registry: Path, tmp_path: Path) -> None:
    """Only the first capture of each payload was read: what stood between seemed to be the newest."""
    fake = wayback(
        Capture("/tin/bai-100.html", "20210720030000", page(100)),
        Capture("/tin/bai-100.html", "20210801030000", page(100, " Số mới: 0252 3999 116.")),
        Capture("/tin/bai-100.html", "20210901030000", page(100)),
        Capture("/tin/bai-100.html", "20211001030000", page(100), revisit=True),
    )
    crawl(fake, registry)
    newest = "select substr(n.last_seen, 1, 10), substr(v.seen, 1, 10) from notices n join versions v on v.id = n.version"
    assert rows(tmp_path / "a.db", newest) == [("2021-10-01", "2021-07-20")]
    assert len(rows(tmp_path / "a.db", SEEN)) == 4


def test_captures_of_the_same_bytes_are_witnesses_unread(wayback, registry: Path, tmp_path: Path) -> None:
    """Of a page that stood for years one capture is fetched; where else it stood, the index tells."""
    fake = wayback(
        Capture("/tin/bai-100.html", "20210720030000", page(100)),
        Capture("/tin/bai-100.html", "20211001030000", page(100), revisit=True),
        Capture("/tin/bai-100.html", "20190720030000", b"<p>Trang chua co noi dung.</p>"),
        Capture("/tin/bai-100.html", "20190820030000", b"<p>Trang chua co noi dung.</p>", revisit=True),
    )
    crawl(fake, registry)
    fake.captures.append(Capture("/tin/bai-100.html", "20220301030000", page(100), revisit=True))
    asked = len(fake.asked)
    crawl(fake, registry)
    assert not [path for _, path in fake.asked[asked:] if "id_/" in path]
    days = ["2021-07-20", "2021-10-01", "2022-03-01"]
    assert [day for _, day in rows(tmp_path / "a.db", SEEN)] == days
    seen = "select substr(first_seen, 1, 10), substr(last_seen, 1, 10) from notices"
    assert rows(tmp_path / "a.db", seen) == [(days[0], days[-1])]
    crawl(fake, registry, "--from", "2022-01-01")  # the last is read now: a witness of its own, once
    assert [day for _, day in rows(tmp_path / "a.db", SEEN)] == days
    assert rows(tmp_path / "a.db", "select count(capture) from witnesses") == [(2,)]
    done = thongbao("--db", tmp_path / "a.db", "reextract", "--json")
    assert not any(sum(n.values()) for n in json.loads(done.stdout)["facts"].values())
    thongbao("--db", tmp_path / "all.db", "merge", tmp_path / "all.db", tmp_path / "a.db")
    assert rows(tmp_path / "all.db", SEEN) == rows(tmp_path / "a.db", SEEN)


def test_a_second_run_asks_only_for_what_is_new(wayback, registry: Path, tmp_path: Path) -> None:
    fake = wayback(
        *(Capture(f"/tin/bai-{n}.html", f"202107{n - 90}030000", page(n)) for n in range(100, 108))
    )
    crawl(fake, registry)
    asked = len(fake.asked)
    fake.captures.append(Capture("/tin/bai-108.html", "20210901030000", page(108)))
    crawl(fake, registry)
    again = [path for _, path in fake.asked[asked:] if "robots" not in path]
    assert len([p for p in again if "/cdx/" in p]) == 1
    assert [p for p in again if "/web/" in p] == [f"/web/20210901030000id_/http://{HOST}/tin/bai-108.html"]
    assert rows(tmp_path / "a.db", "select count(*) from notices") == [(9,)]


def test_a_broken_list_of_an_earlier_run_is_asked_for_anew(wayback, registry: Path, tmp_path: Path) -> None:
    """A full disk cut it: what stood behind the cut was never asked for again, since its newest was known."""
    fake = wayback(
        *(Capture(f"/tin/bai-{n}.html", f"2021{n - 88:02}01030000", page(n)) for n in range(98, 88, -1))
    )
    crawl(fake, registry)
    (cache,) = (tmp_path / "captures" / "cdx").iterdir()
    cache.write_bytes(cache.read_bytes()[: cache.stat().st_size * 2 // 3])
    (tmp_path / "a.db").unlink()
    done = crawl(fake, registry)
    assert done.returncode == 0, done.stdout + done.stderr
    assert rows(tmp_path / "a.db", "select count(*) from notices") == [(10,)]


def test_redirects_to_broken_addresses_have_outcomes(wayback, registry: Path, tmp_path: Path) -> None:
    fake = wayback(
        Capture("/tin/bai-100.html", "20210720030000", page(100)),
        Capture("/tin/bai-101.html", "20210721030000", b"a", 302, location="http://[x/", revisit=True),
        Capture("/tin/bai-101.html", "20210721030001", b"a", 302, location="http://[x/"),
    )
    done = crawl(fake, registry)
    assert "raised an error" not in done.stdout + done.stderr
    assert len(rows(tmp_path / "a.db", "select outcome from pages where outcome is not null")) == 2


def test_archived_redirects_without_end_are_failed(wayback, registry: Path, tmp_path: Path) -> None:
    """They ended as if they led to something that was read."""
    one, other = (f"http://{HOST}/tin/bai-{n}.html" for n in (101, 102))
    fake = wayback(
        Capture("/tin/bai-101.html", "20210721030000", b"a", 302, location=other, revisit=True),
        Capture("/tin/bai-101.html", "20210721030001", b"a", 302, location=other),
        Capture("/tin/bai-102.html", "20210721030001", b"b", 302, location=one),
    )
    crawl(fake, registry)
    told = rows(tmp_path / "a.db", "select reason from pages where outcome = 'failed'")
    assert told == [("redirects without end: 5 followed",)]


def test_days_bound_what_is_listed(wayback, registry: Path, tmp_path: Path) -> None:
    fake = wayback(
        *(Capture(f"/tin/bai-{n}.html", f"20{n - 80}0720030000", page(n)) for n in range(100, 104))
    )
    crawl(fake, registry, "--from", "2021-01-01", "--to", "2022-12-31")
    assert rows(tmp_path / "a.db", "select substr(seen, 1, 4) from witnesses order by 1") == [
        ("2021",),
        ("2022",),
    ]


def test_redirects_stay_inside_the_archive(wayback, registry: Path, tmp_path: Path) -> None:
    fake = wayback(
        # A revisit of which only the index knows the time, an archived redirect, one off the portal.
        Capture("/tin/bai-100.html", "20210720030000", page(100)),
        Capture(
            "/tin/bai-101.html",
            "20210721030000",
            b"a",
            302,
            location=f"http://{HOST}/tin/bai-100.html",
            revisit=True,
        ),
        Capture("/tin/bai-101.html", "20210721030001", b"a", 302, location=f"http://{HOST}/tin/bai-100.html"),
        Capture(
            "/tin/bai-103.html", "20210721030000", b"b", 302, location="http://other.example/x", revisit=True
        ),
        Capture("/tin/bai-103.html", "20210721030002", b"b", 302, location="http://other.example/x"),
    )
    done = crawl(fake, registry)
    assert done.returncode == 0, done.stdout + done.stderr
    told = dict(rows(tmp_path / "a.db", "select url, outcome || ' ' || coalesce(reason, '') from pages"))
    assert (
        told[f"http://{HOST}/tin/bai-101.html"] == f"unchanged redirected to http://{HOST}/tin/bai-100.html"
    )
    assert told[f"http://{HOST}/tin/bai-103.html"] == "unchanged redirected to http://other.example/x"
    assert rows(tmp_path / "a.db", "select count(*) from notices") == [(1,)]


def test_timestamps_with_digits_too_many(wayback, registry: Path, tmp_path: Path) -> None:
    """The index has 16 digits for some captures; their time is what the replay tells, and none is guessed."""
    fake = wayback(
        Capture("/tin/bai-100.html", "2021000824173159", page(100), memento="20210824173159"),
        Capture("/tin/bai-101.html", "2021000824173159", page(101)),
    )
    done = crawl(fake, registry)
    assert done.returncode == 1
    assert rows(tmp_path / "a.db", "select seen from witnesses") == [("2021-08-24T17:31:59Z",)]
    told = rows(tmp_path / "a.db", "select outcome, reason from pages where url like '%101.html'")
    assert told == [("failed", "the archive tells no time of capture")]
    asked = len(fake.asked)
    crawl(fake, registry)
    again = [path[-8:-5] for _, path in fake.asked[asked:] if "/web/" in path]
    assert again == ["101"]  # what was read is not asked for again


def test_scrapy_reads_an_archive_too(wayback, registry: Path, tmp_path: Path) -> None:
    fake = wayback(Capture("/tin/bai-100.html", "20210720030000", page(100)))
    call = [sys.executable, "-m", "scrapy", "crawl", "archive", "-a", "portal=soyte-binhthuan", "-a", f"archive={fake.url}",
            "-a", f"registry_dir={registry}", "-a", "allow_loopback=1", "-s", f"THONGBAO_DB={tmp_path / 'a.db'}"]  # fmt: skip
    done = subprocess.run(call, capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(tmp_path / "a.db", "select via from witnesses") == [("wayback",)]
    assert rows(tmp_path / "a.db", "select outcome from runs") == [("well",)]


def test_the_archives_own_404_says_nothing_of_the_portal(wayback, registry: Path, tmp_path: Path) -> None:
    fake = wayback(Capture("/tin/bai-100.html", "20210720030000", page(100)))
    fake.lost = "bai-100"
    crawl(fake, registry)
    assert rows(tmp_path / "a.db", "select outcome, reason from pages") == [
        ("failed", "the archive answers HTTP 404")
    ]


@pytest.mark.parametrize(
    ("what", "headers", "least"),
    [("/cdx/", {}, 0.5), ("bai-100", {}, 0.5), ("bai-100", {"Retry-After": "2"}, 2.0)],
)
def test_a_429_is_waited_for(
    wayback, registry: Path, tmp_path: Path, what: str, headers: dict[str, str], least: float
) -> None:
    fake = wayback(Capture("/tin/bai-100.html", "20210720030000", page(100)), Capture("/tin/bai-101.html", "20210720030000", page(101)),
                   refuse=[(what, headers)])  # fmt: skip
    done = crawl(fake, registry)
    assert done.returncode == 0, done.stdout + done.stderr
    assert rows(tmp_path / "a.db", "select count(*) from notices") == [(2,)]
    times = [when for when, path in fake.asked]
    first = next(n for n, (_, path) in enumerate(fake.asked) if what in path)
    assert times[first + 1] - times[first] >= least  # nothing else is asked meanwhile


@pytest.mark.parametrize("always", ["/cdx/", "/web/"])
def test_an_archive_that_refuses_ends_the_job(wayback, registry: Path, always: str) -> None:
    captures = [Capture(f"/tin/bai-{n}.html", "20210720030000", page(n)) for n in range(100, 120)]
    fake = wayback(*captures, always=always)
    done = crawl(fake, registry, patience=0.1)
    assert done.returncode == 1
    assert "! soyte-binhthuan: the archive refuses (HTTP 429)" in done.stdout
    assert len([p for _, p in fake.asked if always in p]) == 4


def test_the_pace_that_the_real_archive_is_due() -> None:
    """24 questions a minute at most, one at a time, whatever --delay says: of the settings, nothing is asked."""
    import argparse

    from commands.crawl import archive_settings
    from commands.parser import parser

    options = parser().parse_args(["crawl", "x", "--archive", "wayback", "--delay", "0"])
    settings = archive_settings(options)
    assert isinstance(options, argparse.Namespace)
    assert settings["DOWNLOAD_SLOTS"]["cdx"] == {"concurrency": 1, "delay": 2.5, "jitter": 0.0}
    assert settings["DOWNLOAD_DELAY"] >= 1
    settings = ArchiveSpider.custom_settings | settings
    assert settings["CONCURRENT_REQUESTS"] == 1
    assert "CONCURRENT_REQUESTS_PER_DOMAIN" not in settings
    from crawler import settings as ordinary

    assert ordinary.THONGBAO_ARCHIVE_PATIENCE == 60


CRAWLS = {
    "2021-31": ("2021-07-23", "2021-08-06"),
    "2022-05": ("2022-01-16", "2022-01-29"),
    "2013-20": ("2013-05-18", "2013-05-25"),
}


@dataclass
class CommonCrawl:
    """collinfo.json, indexes that answer 404 for no capture, and records by range of a WARC file each."""

    server: ThreadingHTTPServer = field(init=False)
    asked: list[str] = field(default_factory=list)
    lines: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    data: dict[str, bytes] = field(default_factory=dict)
    ignores_ranges = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/collinfo.json"

    def hold(self, crawl: str, path: str, body: bytes, kind: str = HTML, cut: bool = False) -> None:
        """One capture more, of 2 August 2021."""
        out, url = io.BytesIO(), f"http://{HOST}{path}"
        writer, packed = WARCWriter(out), gzip.compress(body)
        http = StatusAndHeaders(
            "200 OK", [("Content-Type", kind), ("Content-Encoding", "gzip")], protocol="HTTP/1.1"
        )
        named = {"WARC-Date": "2021-08-02T10:00:00Z"} | ({"WARC-Truncated": "length"} if cut else {})
        writer.write_record(writer.create_warc_record(url, "response", payload=io.BytesIO(packed), length=len(packed), http_headers=http,
                                                      warc_headers_dict=named))  # fmt: skip
        file = f"/crawl-data/CC-MAIN-{crawl}/x.warc.gz"
        start, record = len(self.data.get(file, b"")), out.getvalue()
        self.data[file] = self.data.get(file, b"") + record
        line = {"urlkey": "x", "timestamp": "20210802100000", "url": url, "mime": kind.partition(";")[0], "status": "200", "digest": f"D{path}",
                "length": str(len(record)), "offset": str(start), "filename": file[1:], "languages": "vie"}  # fmt: skip
        self.lines.setdefault(crawl, []).append(line)

    def answer(self, path: str, span: str) -> tuple[int, bytes]:
        """Status and body of an address."""
        self.asked.append(path)
        parts = urlsplit(path)
        if path == "/collinfo.json":
            origin = self.url.removesuffix("/collinfo.json")
            told = [
                {"id": i, "cdx-api": f"{origin}/CC-MAIN-{i}-index", "from": f"{a}T00:00:00", "to": f"{b}T00:00:00"}
                for i, (a, b) in CRAWLS.items()
            ]  # fmt: skip
            return 200, json.dumps(told).encode()
        if parts.path in self.data:
            if self.ignores_ranges:
                return 200, self.data[parts.path]
            first, last = map(int, span.removeprefix("bytes=").split("-"))
            return 206, self.data[parts.path][first : last + 1]
        question = parse_qs(parts.query)
        crawl = parts.path.removeprefix("/CC-MAIN-").removesuffix("-index")
        of_host = "matchType" in question
        found = [
            line for line in self.lines.get(crawl, ())
            if (line["mime"] == "text/html" if of_host else line["url"] == question["url"][0])
        ]  # fmt: skip
        if not found:
            return 404, b'{"message": "No Captures found"}'
        return 200, "\n".join(map(json.dumps, found)).encode()


@pytest.fixture
def common_crawl() -> Iterator[CommonCrawl]:
    fake = CommonCrawl()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = fake.answer(self.path, self.headers["Range"] or "")
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    fake.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=fake.server.serve_forever, daemon=True).start()
    yield fake
    fake.server.shutdown()


def test_common_crawl(common_crawl: CommonCrawl, registry: Path, tmp_path: Path) -> None:
    for number in (100, 101):
        common_crawl.hold("2021-31", f"/tin/bai-{number}.html", page(number))
    done = crawl(common_crawl.url, registry, "--from", "2020-01-01")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len([a for a in common_crawl.asked if "-index?" in a]) == 2  # not the crawl of 2013
    assert (
        rows(tmp_path / "a.db", "select via, substr(seen, 1, 10) from witnesses")
        == [("commoncrawl", "2021-08-02")] * 2
    )
    (file,) = [f for f in files_of(tmp_path) if f.is_file()]
    assert {r.rec_headers["WARC-Date"] for kind, _, r, _ in records(file) if kind == "response"} == {
        "2021-08-02T10:00:00Z"
    }
    done = thongbao("--db", tmp_path / "a.db", "reextract", "--json")
    assert json.loads(done.stdout)["captures"] == 2
    assert not any(sum(n.values()) for n in json.loads(done.stdout)["facts"].values())


def test_a_record_of_another_address_is_none(
    common_crawl: CommonCrawl, registry: Path, tmp_path: Path
) -> None:
    """A server that ignores ranges gave the first record of its file for every row: six posts of one text."""
    for number in (100, 101, 102):
        common_crawl.hold("2021-31", f"/tin/bai-{number}.html", page(number))
    common_crawl.ignores_ranges = True
    done = crawl(common_crawl.url, registry, "--from", "2020-01-01")
    assert done.returncode == 1
    told = rows(tmp_path / "a.db", "select outcome, reason from pages order by url")
    assert [outcome for outcome, _ in told] == ["new", "failed", "failed"]
    assert f"it is of http://{HOST}/tin/bai-100.html" in told[1][1]


def test_files_of_notices_come_out_of_common_crawl_too(
    common_crawl: CommonCrawl, registry: Path, tmp_path: Path
) -> None:
    """From the crawl of the post or the one next to it; a file cut at 1 MB is not taken for the whole."""
    links = "".join(f'<p><a href="/tep/{name}">{name}</a></p>' for name in ("ds.xlsx", "dai.pdf", "mat.pdf"))
    common_crawl.hold("2021-31", "/tin/bai-100.html", page(100, links))
    common_crawl.hold("2022-05", "/tep/ds.xlsx", made.sheet(), "application/vnd.ms-excel")
    common_crawl.hold("2021-31", "/tep/dai.pdf", made.pdf()[:900], "application/pdf", cut=True)
    done = crawl(common_crawl.url, registry, "--from", "2020-01-01")
    assert done.returncode == 0, done.stdout + done.stderr
    assert rows(tmp_path / "a.db", "select name, outcome, reason from attachments order by name") == [
        ("dai.pdf", "skipped", "Common Crawl holds only its beginning"),
        ("ds.xlsx", "read", None),
        ("mat.pdf", "skipped", "the archive has no capture of it"),
    ]
    assert rows(tmp_path / "a.db", "select count(*) > 0 from phones where attachment is not null") == [(1,)]
    asked = len(common_crawl.asked)
    assert crawl(common_crawl.url, registry, "--from", "2020-01-01").returncode == 0
    assert not [a for a in common_crawl.asked[asked:] if "tep" in a]


def test_pywb_as_the_archive(registry: Path, tmp_path: Path) -> None:
    with (tmp_path / "x.warc.gz").open("wb") as out:
        writer = WARCWriter(out)
        for number, status, headers in (
            (100, "200 OK", []),
            (101, "302 Found", [("Location", f"http://{HOST}/tin/bai-100.html")]),
        ):
            body = page(number)
            http = StatusAndHeaders(status, [("Content-Type", HTML), *headers], protocol="HTTP/1.1")
            url = f"http://{HOST}/tin/bai-{number}.html"
            writer.write_record(writer.create_warc_record(url, "response", payload=io.BytesIO(body), length=len(body), http_headers=http,
                                                          warc_headers_dict={"WARC-Date": "2021-08-02T10:00:00Z"}))  # fmt: skip
    with archive(tmp_path, [tmp_path / "x.warc.gz"]) as address:
        done = crawl(address, registry)
    assert done.returncode == 0, done.stdout + done.stderr
    place = f"{address}20210802100000/http://{HOST}/tin/bai-100.html"
    assert rows(tmp_path / "a.db", "select url, via, seen from witnesses") == [
        (place, "wayback", "2021-08-02T10:00:00Z")
    ]


FIELDS = ["original", "timestamp", "mimetype", "statuscode", "digest"]


def index(*found: object) -> Answer:
    return text(200, json.dumps([FIELDS, *found]))


def row(number: int) -> list[str]:
    return [f"http://{HOST}/tin/bai-{number}.html", "20210720030000", "text/html", "200", f"D{number}"]


def endless(found: Callable[[int], list[object]], key_of: Callable[[int], str]) -> Answer:
    """An index that has a resume key behind every answer."""
    answers = count(100)

    def send(handler: BaseHTTPRequestHandler) -> None:
        number = next(answers)
        index(*found(number), [], [key_of(number)])(handler)

    return send


SHORTER = "import spiders.cdx; spiders.cdx.MOST_ANSWERS, spiders.cdx.MOST_ROWS = "
ENDLESS = {
    "new": (lambda n: [row(n)], str, "goes on after 7 answers: bound the days, --from and --to", 7),
    "many": (lambda n: [row(m) for m in range(10 * n, 10 * n + 10)], str, "goes on after 45 rows: bound", 5),
    "the same key": (lambda n: [row(n)], lambda n: "k", "goes round: it gave the same resume key twice", 2),
    "the same rows": (lambda n: [row(100)], str, "goes on without a capture that is new", 2),
    "nothing": (lambda n: [], str, "goes on without a capture that is new", 1),
}


@pytest.mark.parametrize("how", ENDLESS)
def test_an_index_without_end_is_left(wayback, registry: Path, tmp_path: Path, how: str) -> None:
    found, key_of, why, answers = ENDLESS[how]
    fake = wayback(Capture("/tin/bai-100.html", "20210720030000", page(100)), faults={"/cdx/": endless(found, key_of)})  # fmt: skip
    done = crawl(fake, registry, "--max-pages", "1", shorter=SHORTER + "7, 45")
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"! soyte-binhthuan: the archive's index {why}" in done.stdout
    assert len([p for _, p in fake.asked if "/cdx/" in p]) == answers
    assert len([p for _, p in fake.asked if "/web/" in p]) == (
        0 if how == "nothing" else 1
    )  # what was listed
    assert not list(tmp_path.glob("captures/cdx/*"))  # a part of a list is not kept for one


ANSWERS = [
    "<html>down</html>",
    "5",
    "null",
    '{"error": "x"}',
    '[["original", "timestamp"], 1, 2]',
    "[1]",
    "[" * 9000,
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_is_no_answer_of_an_index_is_seen(answer: str) -> None:
    for kind in ("wayback", "pywb", "commoncrawl"):
        with pytest.raises(NoIndex, match="which is no list"):
            rows_of(answer, kind)
    with pytest.raises(NoIndex, match="which is no list"):
        crawls_of(answer.encode(), (None, None))


@pytest.mark.parametrize(
    "bad",
    [
        [None, 1, 2, 3, 4],
        7,
        "text",
        [],
        {"a": 1},
        ["http://[", "x", "y", "z", 1],
        ["http://[bad/tin", "20210720030000", "text/html", "200", "D"],
        ["http://ho\u2100st/", "20210720030000", "text/html", "200", "D"],
    ],
)
def test_a_row_that_is_none_leaves_the_others(bad: object) -> None:
    found, resume, malformed = rows_of(json.dumps([FIELDS, bad, row(100)]), "wayback")
    assert ([r.url for r in found], resume, malformed) == ([row(100)[0]], "", 1)
    found, _, malformed = rows_of(json.dumps(bad) + '\n{"url": "http://x/", "timestamp": "20210720030000", "digest": "D"}', "pywb")  # fmt: skip
    assert ([r.url for r in found], malformed) == (["http://x/"], 1)


@pytest.mark.parametrize("kind", ["wayback", "pywb", "commoncrawl"])
def test_an_index_that_answers_something_else_is_told(wayback, registry: Path, kind: str) -> None:
    down = text(200, "<html>down</html>")
    fake = wayback(faults={"cdx": down, "collinfo": down})
    address = fake.url.removesuffix("web/")
    address = {"wayback": fake.url, "pywb": address + "vn/", "commoncrawl": address + "collinfo.json"}[kind]
    done = crawl(address, registry)
    assert done.returncode == 1
    what = "list of crawls answers" if kind == "commoncrawl" else f"index answers for {HOST}"
    told = f"! soyte-binhthuan: the archive's {what} with '<html>down</html>', which is no list\n"
    assert told in done.stdout
    assert len(fake.asked) == 2  # robots.txt


def test_rows_that_are_none_are_told_before_that_there_is_none(wayback, registry: Path) -> None:
    done = crawl(wayback(faults={"/cdx/": index([None, 1, 2, 3, 4])}), registry)
    assert "! soyte-binhthuan: 1 of 1 rows of the archive's index could not be read\n" in done.stdout


BOMB = text(200, gzip.compress(b"[" + b" " * 200_000_000, 1), Content_Encoding="gzip")
IMPATIENT = "import spiders.archive; spiders.archive.ArchiveSpider.custom_settings['DOWNLOAD_TIMEOUT'] = 1"
FAULTS = {
    "slow": (drip, "no whole answer in time"),
    "reset": (reset, "the answer broke off before its end"),
    "flood": (flood, "larger than the limit"),
    "bomb": (BOMB, "larger than the limit"),
}


@pytest.mark.parametrize("how", FAULTS)
@pytest.mark.parametrize("what", ["/cdx/", "bai-100"])
def test_each_fault_of_an_archive_is_told(
    wayback, registry: Path, tmp_path: Path, what: str, how: str
) -> None:
    captures = (Capture(f"/tin/bai-{n}.html", "20210720030000", page(n)) for n in (100, 101))
    fault, why = FAULTS[how]
    done = crawl(wayback(*captures, faults={what: fault}), registry, shorter=IMPATIENT)
    assert done.returncode == 1
    if what == "/cdx/":
        assert f"! soyte-binhthuan: the archive's index cannot be asked: {why}" in done.stdout
    else:
        told = dict(rows(tmp_path / "a.db", "select substr(url, -12), outcome || ' ' || coalesce(reason, '') from pages"))  # fmt: skip
        assert told["bai-101.html"].startswith("new")
        assert told["bai-100.html"].startswith(f"failed {why}")


def costing(registry: Path, **settings: float) -> None:
    entry = registry / "a.yml"
    entry.write_text(entry.read_text().replace("kind:", f"settings: {json.dumps(settings)}, kind:"))


@pytest.mark.parametrize("what", ["endless", "slow", "refusing"])
def test_an_archive_may_cost_its_seconds(wayback, registry: Path, what: str) -> None:
    captures = [Capture(f"/tin/bai-{n}.html", "20210720030000", page(n)) for n in range(100, 200)]
    costing(registry, THONGBAO_PORTAL_SECONDS=1.5)
    if what == "endless":
        fake = wayback(faults={"/cdx/": endless(lambda n: [row(n)], str)})
    else:
        fake = wayback(
            *captures, limit=100, **{"faults": {"/web/": drip}} if what == "slow" else {"always": "/web/"}
        )
    done = crawl(fake, registry, shorter=f"{SHORTER} 10**6, 10**9; {IMPATIENT}", patience=5)
    assert done.returncode == 1
    assert (
        "! soyte-binhthuan: stopped at its budget of 1.5 seconds (THONGBAO_PORTAL_SECONDS)\n" in done.stdout
    )
    assert len([p for _, p in fake.asked if "/web/" in p]) < 5


@pytest.mark.parametrize("what", ["/cdx/", "/web/"])
def test_an_archive_may_cost_its_bytes(wayback, registry: Path, what: str) -> None:
    captures = [Capture(f"/tin/bai-{n}.html", "20210720030000", page(n)) for n in range(100, 200)]
    costing(registry, THONGBAO_PORTAL_BYTES=3_000_000)
    fat = "x" * 1_000_000
    web = text(200, fat, Memento_Datetime="Tue, 20 Jul 2021 03:00:00 GMT")
    cdx = endless(lambda n: [[*row(n), fat]], str)
    fake = wayback(*captures, faults={what: web if what == "/web/" else cdx})
    done = crawl(fake, registry)
    assert done.returncode == 1
    assert "! soyte-binhthuan: stopped at its budget of 3 MB (THONGBAO_PORTAL_BYTES)\n" in done.stdout
    assert len([p for _, p in fake.asked if what in p]) < 8


def test_wrong_calls() -> None:
    assert thongbao("crawl", "soyte-brvt", "--archive", "waybak").returncode == 2
    unset = thongbao("crawl", "soyte-brvt", "--archive", "")
    assert (unset.returncode, "no archive is named" in unset.stderr) == (
        2,
        True,
    )  # nor is the live host asked
    assert thongbao("crawl", "soyte-brvt", "--from", "2021-01-01").returncode == 2
    assert thongbao("crawl", "--archive", "wayback").returncode == 2
    days = ("--from", "2022-01-01", "--to", "2021-01-01")
    crossed = thongbao("crawl", "soyte-brvt", "--archive", "wayback", *days)
    assert (crossed.returncode, "--from 2022-01-01 is after --to 2021-01-01" in crossed.stderr) == (2, True)
    assert thongbao("crawl", "soyte-brvt", "--archive", "wayback", "--warc", "x.warc").returncode == 2
