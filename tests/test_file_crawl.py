"""Attached files on the main road: fetched within limits, read once, kept with their facts."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import urlopen

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.attachments import ocr as recognition
from db.lock import writing
from tests import made, prepared
from tests.conftest import serving
from tests.pywb import archive

ROOT = Path(__file__).parents[1]
POST = (
    "<!doctype html><html><head><meta charset=utf-8></head><body><main><h1>{title}</h1><span>15:20 06/07/2021</span>"
    "<div class=noidung><p>{title}: chi tiết ở tệp đính kèm bên dưới của bài này, người dân và các đơn vị tải về để"
    " xem, rồi in ra và niêm yết tại nơi công cộng.</p>{links}</div></main></body></html>"
)
TITLE = "Thông báo số điện thoại đường dây nóng phòng, chống dịch Covid-19 của các huyện"

OTHER = "Hội nghị tổng kết công tác dân số năm và phương hướng nhiệm vụ"


class Site:
    """A portal of one list page; posts by number (title, links), files by path; what was asked for."""

    def __init__(self, posts: dict[int, tuple[str, list[str]]], files: dict[str, bytes]) -> None:
        self.posts, self.files, self.asked = posts, files, list[str]()

    def answer(self, path: str) -> tuple[int, str, bytes]:
        if path in self.files:
            return 200, "application/octet-stream", self.files[path]
        page = None
        if path == "/":
            page = "".join(
                f"<li><a href=/tin/bai-viet-{n}.html>{t}</a></li>" for n, (t, _) in self.posts.items()
            )
            page = f"<!doctype html><html><body><ul>{page}</ul></body></html>"
        for number, (title, links) in self.posts.items():
            if path == f"/tin/bai-viet-{number}.html":
                anchors = "".join(f"<p><a href='{link}'>Tệp {i}</a></p>" for i, link in enumerate(links, 1))
                page = POST.format(title=title, links=anchors)
        return (200, "text/html; charset=utf-8", page.encode()) if page else (404, "text/plain", b"khong co")


@contextmanager
def served(site: Site, folder: Path) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            status, kind, body = site.answer(self.path)
            self.send_response(status)
            self.send_header("Location" if status == 302 else "Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    (folder / "r.yml").write_text(
        f"province: Bình Thuận\nportals:\n  - id: soyte-mau\n    name: Sở Y tế mẫu\n    kind: health\n"
        f"    url: http://127.0.0.1:{server.server_address[1]}/\n",
        encoding="utf-8",
    )
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def crawl(folder: Path, *options: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    return prepared.run(
        ["--db", folder / "a.db", "crawl", "--all", "--registry", folder, "--allow-loopback", "--delay", "0", *options],
        environment={} if path is None else {"PATH": path},
    )  # fmt: skip


def rows(folder: Path, sql: str) -> list[tuple]:
    with sqlite3.connect(folder / "a.db") as database:
        return database.execute(sql).fetchall()


FILES = "select substr(url, instr(substr(url, 9), '/') + 8), outcome, reason from attachments order by 1"


def test_each_file_has_its_outcome_and_none_stops_the_crawl(tmp_path: Path) -> None:
    links = ["/tep/cat.pdf", "/tep/ds.xlsx", "/tep/mat.pdf", "/tep/to.zip", "https://drive.example/x.pdf"]
    files = {"/tep/cat.pdf": made.pdf()[:247], "/tep/ds.xlsx": made.sheet(), "/tep/to.zip": bytes(1_100_000)}
    with served(Site({1001: (TITLE, links)}, files), tmp_path):
        done = crawl(tmp_path, "--max-attachment-size", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    found = {Path(path).name: (outcome, reason) for path, outcome, reason in rows(tmp_path, FILES)}
    assert found["cat.pdf"] == ("failed", "a broken PDF file of 247 bytes")
    assert found["ds.xlsx"] == ("read", None)
    assert found["mat.pdf"] == ("gone", "HTTP 404: not found")
    assert found["to.zip"] == ("skipped", "larger than --max-attachment-size (1 MB)")
    assert found["x.pdf"][0] == "blocked"
    pages = dict(rows(tmp_path, "select replace(url, rtrim(url, replace(url, '/', '')), ''), outcome from pages where kind = 'attachment'"))  # fmt: skip
    assert pages == {
        "cat.pdf": "new",
        "ds.xlsx": "new",
        "mat.pdf": "gone",
        "to.zip": "skipped",
        "x.pdf": "blocked",
    }
    assert "skipped" in done.stdout


def test_files_of_other_posts_and_of_a_crawl_without_are_left_alone(tmp_path: Path) -> None:
    site = Site({1001: (TITLE, ["/tep/ds.xlsx"]), 1002: (OTHER, ["/tep/khac.xlsx"])}, {})
    site.files = {"/tep/ds.xlsx": made.sheet(), "/tep/khac.xlsx": made.sheet()}
    with served(site, tmp_path):
        crawl(tmp_path, "--no-attachments")
        assert not [path for path in site.asked if path.startswith("/tep/")]
        assert rows(tmp_path, "select outcome, reason from attachments") == [("skipped", "not fetched")]
        crawl(tmp_path)
    assert [path for path in site.asked if path.startswith("/tep/")] == ["/tep/ds.xlsx"]
    assert rows(tmp_path, "select outcome, reason from attachments") == [("read", None)]


def test_a_known_file_is_not_fetched_again_and_its_facts_follow_a_changed_text(tmp_path: Path) -> None:
    site = Site({1001: (TITLE, ["/tep/ds.xlsx"])}, {"/tep/ds.xlsx": made.sheet()})
    current = "select count(*) from phones p join notices n on n.id = p.notice and n.version = p.version where p.attachment is not null"
    with served(site, tmp_path):
        crawl(tmp_path)
        assert rows(tmp_path, current) == [(3,)]
        site.posts = {1001: (TITLE + " và thị xã", ["/tep/ds.xlsx"])}
        crawl(tmp_path, "--anew")
    assert rows(tmp_path, "select count(*) from versions") == [(2,)]
    assert rows(tmp_path, current) == [(3,)]
    assert rows(tmp_path, "select count(*) from phones where attachment is not null") == [(3,)]
    assert site.asked.count("/tep/ds.xlsx") == 1


@pytest.mark.skipif(not shutil.which("antiword"), reason="not installed: apt install antiword")
def test_the_same_bytes_under_ten_links_are_read_once(tmp_path: Path) -> None:
    tools, runs = tmp_path / "tools", tmp_path / "runs"
    tools.mkdir()
    (tools / "antiword").write_text(f'#!/bin/sh\necho >>{runs}\nexec {shutil.which("antiword")} "$@"\n')
    (tools / "antiword").chmod(0o755)
    links = [f"/tep/{n}.doc" for n in range(10)]
    with served(Site({1001: (TITLE, links)}, dict.fromkeys(links, made.old_word())), tmp_path):
        crawl(tmp_path, path=f"{tools}:{os.environ['PATH']}")
    assert rows(tmp_path, "select outcome, count(*), count(distinct sha256) from attachments") == [
        ("read", 10, 1)
    ]
    assert runs.read_text() == "\n"


@pytest.mark.skipif(not shutil.which("antiword"), reason="not installed: apt install antiword")
def test_a_file_whose_reader_was_missing_is_read_by_the_next_crawl(tmp_path: Path) -> None:
    with served(Site({1001: (TITLE, ["/tep/cv.doc"])}, {"/tep/cv.doc": made.old_word()}), tmp_path):
        crawl(tmp_path, path="")
        assert rows(tmp_path, "select outcome, reason from attachments") == [
            ("failed", "no reader of .doc files is installed: apt install antiword catdoc")
        ]
        crawl(tmp_path)
    assert rows(tmp_path, "select outcome, reason from attachments") == [("read", None)]


@pytest.mark.skipif(not shutil.which("antiword"), reason="not installed: apt install antiword")
def test_files_are_read_again_from_their_captures_when_the_portal_is_gone(tmp_path: Path) -> None:
    def reextract(*options: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "thongbao", "--db", str(tmp_path / "a.db"), "reextract", "--json"]
        done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=60, cwd=ROOT)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    files = {"/tep/cv.doc": made.old_word(), "/tep/cv.docx": made.word()}
    with served(Site({1001: (TITLE, list(files))}, files), tmp_path):
        crawl(tmp_path, path="")
    said = "select name, outcome, reason, text <> '' from attachments order by url"
    before = rows(tmp_path, said)
    assert [row[1] for row in before] == ["failed", "read"]
    dialled = "select distinct p.dial from phones p join attachments a on a.id = p.attachment where a.url like '%.doc'"
    assert rows(tmp_path, dialled) == []
    assert reextract("--dry-run")["files"] == 1
    assert rows(tmp_path, said) == before
    assert reextract("--since", "2999-01-01")["files"] == 0
    assert reextract()["files"] == 1
    assert [row[1:] for row in rows(tmp_path, said)] == [("read", None, 1)] * 2
    assert rows(tmp_path, dialled)
    assert reextract()["files"] == 0
    with sqlite3.connect(tmp_path / "a.db") as database:  # as a worse parser had left it
        database.execute("update attachments set text = 'x' where url like '%.docx'")
    assert reextract()["files"] == 1
    assert rows(tmp_path, "select count(*) from attachments where text = 'x'") == [(0,)]


def test_the_head_of_a_file_gives_the_notice_its_document(tmp_path: Path) -> None:
    with served(Site({1001: (TITLE, ["/tep/cv.docx"])}, {"/tep/cv.docx": made.word()}), tmp_path):
        crawl(tmp_path)
    cited = rows(tmp_path, "select d.number, d.issuer, d.issued, c.role, c.attachment is not null from citations c join documents d on d.id = c.document order by 1")  # fmt: skip
    assert cited == [
        ("1234/UBND-KGVXNV", "UBND:60", "2021-06-15", "subject", 1),
        ("16/CT-TTg", "TTg", "2020-03-31", "cited", 1),
    ]
    assert rows(tmp_path, "select subject from attachments") == [
        ("công bố đường dây nóng phòng, chống dịch COVID-19",)
    ]


def test_text_of_files_is_found_by_search(tmp_path: Path) -> None:
    with served(Site({1001: (TITLE, ["/tep/cv.pdf"])}, {"/tep/cv.pdf": made.pdf(2)}), tmp_path):
        crawl(tmp_path)
    hit = "select a.places from attachments_fts f join attachments a on a.id = f.rowid where attachments_fts match 'thuong truc'"
    assert len(rows(tmp_path, hit)) == 1


def test_files_of_documents_listed_in_rows_are_read(tmp_path: Path) -> None:
    class Listed(Site):
        def answer(self, path: str) -> tuple[int, str, bytes]:
            row = "<tr><td>{}</td><td>{}</td><td>{}</td><td><a href={}>Tải về</a></td></tr>"
            table = (
                "<!doctype html><html><body><table><tr><th>Số ký hiệu</th><th>Ngày ban hành</th><th>Trích yếu</th>"
                "<th>Tải về</th></tr>"
                + row.format("1234/UBND-KGVXNV", "15/06/2021", TITLE, "/tep/cv.docx")
                + row.format(
                    "77/QĐ-SYT", "16/06/2021", "Kiện toàn Ban Vì sự tiến bộ phụ nữ", "/tep/khac.docx"
                )
                + "</table></body></html>"
            )
            return (200, "text/html; charset=utf-8", table.encode()) if path == "/" else super().answer(path)

    site = Listed({}, {"/tep/cv.docx": made.word(), "/tep/khac.docx": made.word()})
    with served(site, tmp_path):
        crawl(tmp_path)
    assert [path for path in site.asked if path.startswith("/tep/")] == ["/tep/cv.docx"]
    subjects = "select c.number, n.post_id from citations c join notices n on n.id = c.notice where c.attachment is not null and c.role = 'subject'"
    assert [number for number, _ in rows(tmp_path, subjects)] == ["1234/UBND-KGVXNV"]


def thongbao(folder: Path, *call: str) -> subprocess.CompletedProcess[str]:
    return prepared.run(["--db", "a.db", *call], cwd=folder)


def test_files_are_captured_as_pages_are_and_outlive_prune(tmp_path: Path) -> None:
    class Moved(Site):
        def answer(self, path: str) -> tuple[int, str, bytes]:
            return (302, "/tep/ds.xlsx", b"") if path == "/tai-ve/ds.xlsx" else super().answer(path)

    body = made.sheet()
    site = Moved({1001: (TITLE, ["/tai-ve/ds.xlsx"])}, {"/tep/ds.xlsx": body})
    with served(site, tmp_path):
        crawl(tmp_path, "--captures", "notices")
        crawl(tmp_path)
    digest = hashlib.sha256(body).hexdigest()
    thongbao(tmp_path, "prune")
    ((warc, offset, length, url),) = rows(
        tmp_path,
        'select c.warc, c."offset", c.length, c.url from captures c join pages p on p.capture = c.id'
        f" where p.kind = 'attachment' and c.digest = 'sha256:{digest}'",
    )
    assert url.endswith("/tep/ds.xlsx")
    with (tmp_path / "captures" / warc).open("rb") as stream:
        stream.seek(offset)
        record = next(ArchiveIterator(io.BytesIO(stream.read(length))))
        assert record.content_stream().read() == body
    assert rows(tmp_path, "select sha256, outcome from attachments") == [(digest, "read")]
    assert site.asked.count("/tep/ds.xlsx") == 1


@pytest.mark.parametrize("first", ["file", "page", "page, packed as a whole"])
def test_files_are_read_from_warc_files_as_from_the_portal(tmp_path: Path, first: str) -> None:
    """Whatever stands first in the file; through a redirect; twice the same; other posts' files left alone."""

    class Moved(Site):
        def answer(self, path: str) -> tuple[int, str, bytes]:
            return (302, "/tep/ds.xlsx", b"") if path == "/tai-ve/ds.xlsx" else super().answer(path)

    files = {"/tep/ds.xlsx": made.sheet(), "/tep/a.docx": made.word(), "/tep/b.pdf": made.pdf()}
    site = Moved({1001: (TITLE, ["/tai-ve/ds.xlsx", "/tep/a.docx"]), 1002: (OTHER, ["/tep/b.pdf"])}, files)
    with served(site, tmp_path):
        crawl(tmp_path)
        crawl(tmp_path, "--anew")
    told = "select a.url, a.sha256, a.outcome, a.text, a.places, a.subject from attachments a order by 1"
    live, facts = rows(tmp_path, told), facts_of_files(tmp_path / "a.db")
    assert [row[2] for row in live] == ["read", "read"]
    assert len(facts) >= 3
    turned = tmp_path / "turned.warc.gz"
    turned.write_bytes(b"".join(records(tmp_path)[:: -1 if first == "file" else 1]))
    if "whole" in first:  # by somebody who unpacked it and packed it again
        turned.write_bytes(gzip.compress(gzip.decompress(turned.read_bytes())))
    for _ in range(2):
        done = thongbao(tmp_path, "--db", "again.db", "crawl", "--registry", ".", "--warc", str(turned))
        assert done.returncode == 0, done.stderr
        with closing(sqlite3.connect(tmp_path / "again.db")) as database:
            assert database.execute(told).fetchall() == live
            kinds = "select kind, outcome from pages where url like '%/tep/%' order by url"
            found = database.execute(kinds).fetchall()
        assert [kind for kind, _ in found] == ["attachment", "attachment"]
        assert facts_of_files(tmp_path / "again.db") == facts
        with closing(sqlite3.connect(tmp_path / "again.db")) as database:
            without = "select count(*) from notices where version in (select id from versions where capture is null)"
            assert database.execute(without).fetchone() == (0,)
    thongbao(
        tmp_path, "--db", "none.db", "crawl", "--registry", ".", "--warc", str(turned), "--no-attachments"
    )
    with closing(sqlite3.connect(tmp_path / "none.db")) as database:
        assert database.execute("select distinct outcome, reason from attachments").fetchall() == [
            ("skipped", "not fetched")
        ]


def records(folder: Path, condition: str = "") -> list[bytes]:
    """The records of what was captured, each a gzip member."""
    places = rows(folder, f'select warc, "offset", length from captures {condition} order by fetched_at, id')
    return [(folder / "captures" / warc).read_bytes()[at : at + size] for warc, at, size in places]


def test_files_are_read_from_a_web_archive_as_from_the_portal(tmp_path: Path) -> None:
    """Through a redirect; one that the archive does not hold says so, and the portal is asked for it."""

    class Moved(Site):
        def answer(self, path: str) -> tuple[int, str, bytes]:
            return (302, "/tep/ds.xlsx", b"") if path == "/tai-ve/ds.xlsx" else super().answer(path)

    site = Moved({1001: (TITLE, ["/tai-ve/ds.xlsx", "/tep/a.docx", "/tep/mat.pdf"])}, {})
    site.files = {"/tep/ds.xlsx": made.sheet(), "/tep/a.docx": made.word()}
    with served(site, tmp_path):
        crawl(tmp_path)
        told = (
            "select a.url, a.sha256, a.text, a.places from attachments a where a.outcome = 'read' order by 1"
        )
        live, facts = rows(tmp_path, told), facts_of_files(tmp_path / "a.db")
        assert len(live) == 2
        site.files["/tep/mat.pdf"] = made.pdf()
        held = tmp_path / "held.warc.gz"
        held.write_bytes(b"".join(records(tmp_path, "where url not like '%/mat.pdf'")))
        with archive(tmp_path, [held]) as address:
            call = ["crawl", "soyte-mau", "--registry", ".", "--archive", address, "--allow-loopback"]
            done = thongbao(tmp_path, "--db", "again.db", *call, "--delay", "0")
        assert done.returncode == 0, done.stdout + done.stderr
        assert facts_of_files(tmp_path / "again.db") == facts
        (tmp_path / "again.db").replace(tmp_path / "a.db")
        assert rows(tmp_path, told) == live
        mat = "select outcome from attachments where url like '%/mat.pdf'"
        assert rows(tmp_path, mat) == [("skipped",)]
        crawl(tmp_path)
        assert rows(tmp_path, mat) == [("read",)]


def facts_of_files(database: Path) -> list[tuple]:
    found = (
        "select p.notice, p.dial, p.mention, a.sha256, n.version = p.version from phones p join attachments a"
    )
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(
            f"{found} on a.id = p.attachment join notices n on n.id = p.notice order by 2, 4"
        ).fetchall()


def test_facts_of_files_outlive_reextract(tmp_path: Path) -> None:
    site = Site({1001: (TITLE, ["/tep/ds.xlsx"])}, {"/tep/ds.xlsx": made.sheet()})
    with served(site, tmp_path):
        crawl(tmp_path)
    database = tmp_path / "a.db"
    before = facts_of_files(database)
    assert len(before) == 3
    told = json.loads(thongbao(tmp_path, "reextract", "--json").stdout)
    assert not any(told["notices"].values())
    # As an older reader left it: the page's text is another one, so its version goes and a new one comes.
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("update versions set text = 'khác', text_hash = '0'")
        connection.execute("update notices set title = 'khác'")
        connection.commit()
    told = json.loads(thongbao(tmp_path, "reextract", "--json").stdout)
    assert told["notices"]["altered"] == 1
    assert facts_of_files(database) == before


def test_facts_of_files_are_made_again_by_reextract(tmp_path: Path) -> None:
    """As an older release left them: without a hotline, with a wrong day. Bytes are not asked for."""
    site = Site(
        {1001: (TITLE, ["/tep/ds.xlsx", "/tep/a.docx"])},
        {"/tep/ds.xlsx": made.sheet(), "/tep/a.docx": made.word()},
    )
    with served(site, tmp_path):
        crawl(tmp_path, "--no-captures")
    every = "select {} from {} where attachment is not null order by 1, 2, 3, 4"
    tables = {"phones": "*", "dates": "*", "citations": "*", "emails": "*"}
    before = {table: rows(tmp_path, every.format(columns, table)) for table, columns in tables.items()}
    told = json.loads(thongbao(tmp_path, "reextract", "--json").stdout)
    assert told["files"] == 0
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.execute(
            "delete from phones where rowid in (select min(rowid) from phones where attachment is not null)"
        )
        connection.execute("update dates set date = '1999-01-01' where attachment is not null")
        connection.commit()
    dry = json.loads(thongbao(tmp_path, "reextract", "--dry-run", "--json").stdout)
    told = json.loads(thongbao(tmp_path, "reextract", "--json").stdout)
    assert dry["files"] == told["files"] >= 1
    assert told["facts"]["phones"]["added"] == 1
    assert told["facts"]["dates"]["altered"] == len(before["dates"])
    assert {
        table: rows(tmp_path, every.format(columns, table)) for table, columns in tables.items()
    } == before
    assert json.loads(thongbao(tmp_path, "reextract", "--json").stdout)["files"] == 0


def test_merging_takes_files_from_the_index_that_has_read_them(tmp_path: Path) -> None:
    scan = made.scanned_pdf(150)
    files = {"/tep/ds.xlsx": made.sheet(), "/tep/a.pdf": scan}
    site = Site({1001: (TITLE, list(files))}, files)
    folders = [tmp_path / name for name in ("without", "with")]
    with served(site, tmp_path):
        for folder, options in zip(folders, (["--no-attachments"], []), strict=True):
            folder.mkdir()
            shutil.copy(tmp_path / "r.yml", folder)
            crawl(folder, *options)
            site.posts = {1001: (TITLE + " và thị xã", list(files))}
    for order in (folders, folders[::-1]):
        out = tmp_path / f"out-{order[0].name}"
        out.mkdir()
        done = thongbao(out, "merge", "a.db", *(str(folder / "a.db") for folder in order))
        assert done.returncode == 0, done.stderr
        assert sorted(rows(out, "select outcome from attachments")) == [("needs-ocr",), ("read",)]
        assert rows(out, "select count(*) from versions") == [(2,)]
        assert facts_of_files(out / "a.db") == facts_of_files(folders[1] / "a.db")
        assert [file.read_bytes() for file in (out / "a.db.scans").iterdir()] == [scan]


def test_ctrl_c_leaves_no_parser_behind(tmp_path: Path) -> None:
    slow = made.packed({f"{n}.pdf": made.pdf(60) for n in range(40)})
    site = Site({1001: (TITLE, ["/tep/ds.zip"])}, {"/tep/ds.zip": slow})
    with served(site, tmp_path):
        running = subprocess.Popen(
            [sys.executable, "-m", "thongbao", "--db", str(tmp_path / "a.db"), "crawl", "--all", "--registry",
             str(tmp_path), "--allow-loopback", "--delay", "0"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip
        parsers = wait_for(lambda: parsers_of(running.pid))
        running.send_signal(signal.SIGINT)
        assert running.stderr
        assert b"stopping" in running.stderr.readline()
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=30) == 130
    assert wait_for(lambda: not any(map(runs, parsers)))
    assert rows(tmp_path, "select outcome from attachments") == [("skipped",)]


def parsers_of(pid: int) -> list[str]:
    """The processes that read files for a crawl; not what it starts for a moment at its beginning."""
    started = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [child for child in started if b"attachments.apart" in Path(f"/proc/{child}/cmdline").read_bytes()]


def runs(pid: str) -> bool:
    """Whether a process is there and not only waits to be reaped."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def wait_for(condition: Callable[[], Any], seconds: float = 30) -> Any:
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return found


def ocr(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return prepared.run(["--db", folder / "a.db", "ocr", *options], environment=environment)


def test_scans_wait_beside_the_index_and_are_recognised_once(tmp_path: Path) -> None:
    scan = made.scanned_pdf(200)
    site = Site(
        {1001: (TITLE, ["/tep/a.pdf"]), 1002: (TITLE + " mới", ["/tep/b.pdf"])},
        {"/tep/a.pdf": scan, "/tep/b.pdf": scan},
    )
    with served(site, tmp_path):
        crawl(tmp_path)
    assert rows(tmp_path, "select outcome from attachments") == [("needs-ocr",)] * 2
    without = ocr(tmp_path, PATH="")
    assert (without.returncode, "apt install tesseract-ocr" in without.stderr) == (3, True)
    if not recognition.is_installed():
        pytest.skip(f"not installed: {recognition.INSTALL}")
    done = ocr(tmp_path)
    assert (done.returncode, done.stdout) == (0, "1 scans: 1 read, 0 not\n")
    assert "1/1 scans" in done.stderr
    assert rows(tmp_path, "select outcome, ocr from attachments") == [("read", 1)] * 2
    hotlines = "select distinct p.dial from phones p join notices n on n.version = p.version where p.kind = 'hotline' and p.rule like '%OCR%'"
    assert {row[0] for row in rows(tmp_path, hotlines)} == set(made.DIALS)
    subject = "select d.number, d.issued from citations c join documents d on d.id = c.document where c.role = 'subject'"
    assert set(rows(tmp_path, subject)) == {("1234/UBND-KGVXNV", "2021-06-15")}
    assert list((tmp_path / "a.db.scans").iterdir()) == []
    assert ocr(tmp_path).stdout == "0 scans: 0 read, 0 not\n"


def shown(site: str, path: str) -> str:
    with urlopen(site.rstrip("/") + path, timeout=30) as answer:
        return " ".join(re.sub(r"<[^>]+>", "", answer.read().decode()).split())


@pytest.mark.skipif(not recognition.is_installed(), reason=f"not installed: {recognition.INSTALL}")
def test_recognised_letters_are_marked_wherever_they_are_shown(tmp_path: Path) -> None:
    sheet = made.sheet_of((made.TABLE_HEAD, *made.ROWS[:2]))
    files = {"/tep/a.pdf": made.scanned_pdf(200), "/tep/b.xlsx": sheet}
    posts = {1001: (TITLE, ["/tep/a.pdf"]), 1002: (TITLE + " mới", ["/tep/b.xlsx"])}
    with served(Site(posts, files), tmp_path):
        crawl(tmp_path)
    ocr(tmp_path)
    ((notice, file),) = rows(tmp_path, "select notice, id from attachments where ocr")
    ((other,),) = rows(tmp_path, "select notice from attachments where not ocr")
    mark = "nhận dạng từ bản quét"
    with serving(tmp_path / "a.db") as site:
        counted = (
            f"(select count(*) from {t} where attachment = {file})" for t in ("citations", "phones", "dates")
        )
        ((facts,),) = rows(tmp_path, f"select {' + '.join(counted)}")
        assert facts >= 8
        assert shown(site, f"/notice/{notice}").count(mark) == facts + 1, "each fact and the file itself"
        assert mark not in shown(site, f"/notice/{other}")
        assert "do máy nhận dạng từ bản quét" in shown(site, f"/file/{file}")
        assert mark in shown(site, "/?q=thuong+truc")
        hotlines = shown(site, "/hotlines")
        assert f"0986200204 {mark}" in hotlines, "the scan alone gives it"
        assert f"0913200203 {mark}" not in hotlines, "it stands in the sheet too"
        assert mark in shown(site, "/?q=0986200204")


def test_the_notice_tells_of_its_files_and_a_search_the_page_of_a_hit(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(out := io.BytesIO())
    for line in ("Danh sach cac khu cach ly tap trung", "Danh sach cac diem tiem chung so bay"):
        canvas.drawString(72, 720, line)
        canvas.showPage()
    canvas.save()
    files = {"/tep/a.pdf": out.getvalue(), "/tep/b.pdf": made.locked_pdf()}
    with served(Site({1001: (TITLE, list(files))}, files), tmp_path):
        crawl(tmp_path)
    ((notice,),) = rows(tmp_path, "select id from notices")
    size = -(-len(files["/tep/a.pdf"]) // 1024)
    with serving(tmp_path / "a.db") as site:
        page = shown(site, f"/notice/{notice}")
        assert f"Tệp 1 PDF · {size} KB · đã đọc" in page
        assert re.search(r"Tệp 2 PDF · \d+ KB · [^·]*\(", page), "an outcome with its reason"
        assert "Tệp 1, trang 2" in shown(site, "/?q=tiem+chung+so+bay")


@pytest.mark.skipif(not recognition.is_installed(), reason=f"not installed: {recognition.INSTALL}")
def test_no_crawl_waits_for_recognition_and_no_result_is_lost_to_a_crawl(tmp_path: Path) -> None:
    with served(Site({1001: (TITLE, ["/tep/a.pdf"])}, {"/tep/a.pdf": made.scanned_pdf(150)}), tmp_path):
        crawl(tmp_path)
    with writing(tmp_path / "a.db"):  # as a crawl does that is under way
        during = ocr(tmp_path)
    assert (during.returncode, during.stdout) == (1, "1 scans: 1 read, 0 not\n")
    assert "1 wait to be written, since a crawl is under way: thongbao ocr again after it" in during.stderr
    assert rows(tmp_path, "select outcome from attachments") == [("needs-ocr",)]
    after = ocr(tmp_path)
    assert (after.returncode, after.stdout) == (0, "0 scans: 0 read, 0 not\n"), "read once, not again"
    assert rows(tmp_path, "select outcome, ocr from attachments") == [("read", 1)]
    assert list((tmp_path / "a.db.scans").iterdir()) == []


@pytest.mark.skipif(not recognition.is_installed(), reason=f"not installed: {recognition.INSTALL}")
def test_recognition_goes_on_where_it_was_and_names_what_fails(tmp_path: Path) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(50)
    files = {"/tep/a.pdf": made.scanned_pdf(150), "/tep/b.pdf": picture}
    with served(Site({1001: (TITLE, list(files))}, files), tmp_path):
        crawl(tmp_path)
    first, second, third = (ocr(tmp_path, "--limit", "1") for _ in range(3))
    assert sorted([first.stdout, second.stdout]) == ["1 scans: 0 read, 1 not\n", "1 scans: 1 read, 0 not\n"]
    assert third.stdout == "0 scans: 0 read, 0 not\n"
    outcomes = dict(rows(tmp_path, "select outcome, reason from attachments"))
    assert outcomes["read"] is None
    assert "a broken picture" in outcomes["failed"]


@pytest.mark.skipif(not recognition.is_installed(), reason=f"not installed: {recognition.INSTALL}")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_recognition_that_is_stopped_loses_nothing_and_goes_on(tmp_path: Path, how: signal.Signals) -> None:
    files = {f"/tep/{n}.pdf": made.scanned_pdf(100, seed=n) for n in range(6)}
    with served(Site({1001: (TITLE, list(files))}, files), tmp_path):
        crawl(tmp_path)
    running = subprocess.Popen(
        [sys.executable, "-m", "thongbao", "--db", str(tmp_path / "a.db"), "ocr"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # what runs in the background ignores it
    )  # fmt: skip
    assert running.stderr
    assert running.stderr.readline().startswith(b"1/6 scans, ")
    readers = parsers_of(running.pid)
    running.send_signal(how)
    _, said = running.communicate(timeout=30)
    assert running.returncode == (-how if how == signal.SIGKILL else 130)
    assert b"Traceback" not in said
    assert wait_for(lambda: not any(map(runs, readers)))
    assert 1 <= len(rows(tmp_path, "select 1 from attachments where outcome = 'read'")) < 6
    ocr(tmp_path)
    assert rows(tmp_path, "select outcome, count(*) from attachments") == [("read", 6)]


@pytest.mark.parametrize("size", ["0", "-1", "2.5"])
def test_a_size_that_is_none_is_a_wrong_call(size: str, tmp_path: Path) -> None:
    assert crawl(tmp_path, "--max-attachment-size", size).returncode == 2
