"""The bytes behind a notice on the site: shown inert, given away whole, cited."""

from __future__ import annotations

import gzip
import io
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import unquote
from urllib.request import urlopen

import pytest
from playwright.sync_api import sync_playwright
from warcio.archiveiterator import ArchiveIterator

from db.site.plugins.captures import _is_too_deep
from tests import made
from tests.captured import HTML, Portal, listing, post, rows
from tests.test_cli import BODY, POST, ROOT, TITLE

BAD = (
    "<script>window.name='run'</script><img src='/hinh.png' onerror=\"window.name='run'\"><style>body{background:url(/nen.png)}</style>"
    "<a href='javascript:alert(1)'>a</a><a href='/tin/khac'>khác</a><form action=/x><input name=q></form><iframe src='/khung'></iframe>"
    "<svg onload=\"window.name='run'\"></svg><base href='http://other.example/'><meta http-equiv=refresh content='0;url=http://other.example/'>"
)


@pytest.fixture
def site(portal: Callable[..., Portal], tmp_path: Path) -> Iterator[tuple[str, Path, Portal]]:
    """The site over one notice, crawled twice: its second capture is a revisit."""
    held = POST.format(t=TITLE.format(n=100), b=BODY + BAD).encode()
    crawled = portal(
        {
            "/": listing(100),
            "/tin/bai-100.html": (200, HTML | {"Content-Encoding": "gzip"}, gzip.compress(held, mtime=0)),
        }
    )
    crawled.crawl()
    crawled.crawl("--anew")
    with served(tmp_path / "a.db") as base:
        yield base, tmp_path / "a.db", crawled


@contextmanager
def served(database: Path) -> Iterator[str]:
    """The address of `thongbao serve` over an index."""
    server = subprocess.Popen(
        [sys.executable, "-m", "thongbao", "--db", str(database), "serve", "--port", "0"],
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    assert server.stdout
    yield server.stdout.readline().strip().rstrip("/")
    server.terminate()
    server.wait(timeout=20)


def get(address: str) -> tuple[dict[str, str], bytes]:
    with urlopen(address, timeout=30) as answer:
        names = {name.lower() for name in answer.headers}
        return {name: ", ".join(answer.headers.get_all(name)) for name in names}, answer.read()


def test_a_capture_is_shown_inert_and_given_away_whole(site) -> None:
    base, database, crawled = site
    ((notice, witness),) = rows(
        database, "select n.id, w.capture from notices n join witnesses w on w.notice = n.id"
    )
    ((first,),) = rows(database, "select capture from versions")
    assert witness != first  # the live witness is the last sight, the version rests on the first
    _, body = get(f"{base}/notice/{notice}")
    assert f"/capture/{witness}".encode() in body
    assert f"/capture/{first}".encode() in body
    for capture in (first, witness):
        headers, body = get(f"{base}/capture/{capture}/page")
        assert "sandbox" in headers["content-security-policy"]
        text = body.decode()
        assert BODY.strip() in text
        for mark in (
            "<script",
            "<img",
            "<style",
            "<form",
            "<input",
            "<iframe",
            "<svg",
            "<base",
            "http-equiv",
            "javascript:",
            "onerror",
            "onload",
        ):
            assert mark not in text, mark
        assert 'href="http://other.example/tin/khac"' in text  # as its base says
        headers, record = get(f"{base}/capture/{capture}/record")
        (held,) = ArchiveIterator(io.BytesIO(record))
        assert held.rec_headers["WARC-Payload-Digest"] == headers["x-payload-digest"]
        assert headers["x-record-digest"] == f"sha256:{sha256(record).hexdigest()}"
    payload = crawled.answers["/tin/bai-100.html"][2]
    assert rows(database, f"select digest from captures where id = {first}") == [
        (f"sha256:{sha256(payload).hexdigest()}",)
    ]


def test_nothing_of_a_capture_runs_or_is_asked_for(site) -> None:
    base, database, _ = site
    ((capture,),) = rows(database, "select capture from versions")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        tab, asked = browser.new_page(), []
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(f"{base}/capture/{capture}/page", wait_until="networkidle")
        assert TITLE.format(n=100) in tab.inner_text("body")
        assert tab.evaluate("window.name") == ""
        assert [a for a in asked if not a.endswith("/favicon.ico")] == [f"{base}/capture/{capture}/page"]
        browser.close()


def test_pages_that_would_hold_the_site_or_have_no_type_or_address(site) -> None:
    """Blocks in blocks took minutes to clean; a page without a type could not be seen; a broken address was an error."""
    base, database, _ = site
    assert _is_too_deep("<html><body>" + "<div>" * 200_000)
    assert not _is_too_deep("<ul>" + "<li><a href=/>a</a></li>" * 20_000 + "<p>" * 9_000)
    ((capture,),) = rows(database, "select capture from versions")
    connection = sqlite3.connect(database)
    connection.execute("update captures set media_type = '', url = 'http://[::1/x'")
    connection.commit()
    assert TITLE.format(n=100).encode() in get(f"{base}/capture/{capture}/page")[1]
    assert get(f"{base}/capture/{capture}/payload")[1]


def test_what_is_not_at_hand_is_said(site) -> None:
    base, database, _ = site
    ((capture,),) = rows(database, "select capture from versions")
    connection = sqlite3.connect(database)
    # A row of a stranger's index names any file: what holds no record there is not given away.
    connection.execute("update captures set warc = '../registry/a.yml', \"offset\" = 0, length = 40")
    connection.commit()
    _, body = get(f"{base}/capture/{capture}?lang=en")
    assert b"not at hand" in body
    for path in (
        f"/capture/{capture}/page",
        f"/capture/{capture}/record",
        f"/capture/{capture}/payload",
        "/capture/1",
        "/notice/1.json",
        "/notice/1/cite",
    ):
        with pytest.raises(HTTPError) as error:
            urlopen(base + path, timeout=30)
        assert error.value.code == 404


def test_a_citation_in_three_shapes(site) -> None:
    base, database, crawled = site
    ((notice, title),) = rows(database, "select id, title from notices")
    connection = sqlite3.connect(database)
    copy = "https://web.archive.org/web/20210801000000/http://x/"
    connection.execute(
        "insert into witnesses values (?, ?, 'wayback', null, '2021-08-01T00:00:00Z')", (notice, copy)
    )
    connection.execute("update notices set gone_since = '2099-01-01T00:00:00Z'")
    connection.commit()
    told = json.loads(get(f"{base}/notice/{notice}/cite.json")[1])
    digest = sha256(crawled.answers["/tin/bai-100.html"][2]).hexdigest()
    assert told["title"] == title
    assert told["authority"] == "Sở Y tế Bình Thuận"
    assert told["published"] == "2021-07-20"
    assert told["sha256"] == digest
    assert told["archive_url"] == copy
    text = get(f"{base}/notice/{notice}/cite.txt?lang=en")[1].decode()
    bibtex = get(f"{base}/notice/{notice}/cite.bib")[1].decode()
    for shape in (text, bibtex):
        assert title in shape
        assert digest in shape
        assert copy in shape
        assert f"{crawled.url}/tin/bai-100.html" in shape
    assert bibtex.startswith("@online{thongbao")
    assert bibtex.count("{") == bibtex.count("}")
    shown = get(f"{base}/notice/{notice}/cite")[1].decode()
    assert "BibTeX" in shown
    assert f'href="{copy}"' in get(f"{base}/notice/{notice}")[1].decode()
    whole = json.loads(get(f"{base}/notice/{notice}.json")[1])
    assert {(w["via"], w["url"]) for w in whole["witnesses"]} == {
        ("live", f"{crawled.url}/tin/bai-100.html"),
        ("wayback", copy),
    }
    assert all(whole["text"][p["start"] : p["end"]] == p["mention"] for p in whole["phones"])
    assert whole["phones"]
    older = copy.replace(
        "20210801", "20210701"
    )  # it holds the bytes whose hash is told, the newer one none known
    connection.execute(
        "insert into witnesses select notice, ?, 'wayback', capture, '2021-07-01T00:00:00Z' from versions",
        (older,),
    )
    connection.commit()
    assert json.loads(get(f"{base}/notice/{notice}/cite.json")[1])["archive_url"] == older


def test_a_fact_of_a_file_has_its_place_in_the_file(sample_site: str, sample_index: Path) -> None:
    ((notice, file),) = rows(sample_index, "select notice, id from attachments where outcome = 'read'")
    told = json.loads(get(f"{sample_site.rstrip('/')}/notice/{notice}.json")[1])
    texts = {None: told["text"]} | {f["id"]: f["text"] for f in told["files"]}
    assert all(texts[p["attachment"]][p["start"] : p["end"]] == p["mention"] for p in told["phones"])
    assert file in {p["attachment"] for p in told["phones"]}


def test_the_window_s_title_is_no_text_of_a_capture() -> None:
    from datetime import UTC, datetime

    from crawler.model import Capture
    from db.site.plugins.captures import inert

    found = Capture(1, "http://x/", datetime.now(UTC), 200, "text/html", "", "", 0, 0)
    shown = inert("<html><head><title>Cổng</title></head><body>Bài</body></html>", found)
    assert "Bài" in shown
    assert "Cổng" not in shown


def test_a_plain_text_capture_is_escaped() -> None:
    from datetime import UTC, datetime

    from crawler.model import Capture
    from db.site.plugins.captures import as_bibtex, inert

    found = Capture(1, "http://x/<b>", datetime.now(UTC), 200, "text/plain", "", "", 0, 0)
    assert "<script" not in inert("<script>1</script>", found)
    assert "http://x/<b>" not in inert("", found)
    told = dict.fromkeys(("number", "published", "archive_url", "captured", "sha256"))
    entry = as_bibtex(
        told
        | {
            "title": "50% } @x{ \\input",
            "authority": "Sở",
            "url": "http://x/",
            "index_url": "http://y/notice/7",
        }
    )
    assert entry.count("{") == entry.count("}")
    assert "\\input" not in entry
    address = "http://x/b%C3%A0i_{1}~a"
    entry = as_bibtex(told | {"title": f"Xem {address}, 50%", "authority": "Sở", "url": address, "archive_url": address,
                              "index_url": "http://y/notice/7"})  # fmt: skip
    in_text = r"http://x/b\%C3\%A0i\_1\textasciitilde{}a"
    assert f"title = {{Xem {in_text}, 50\\%}}" in entry
    assert f"note = {{archived: {in_text}}}" in entry
    assert "url = {http://x/b%C3%A0i_%7B1%7D~a}" in entry
    assert post(1)[0] == 200


def test_a_file_leads_to_its_bytes_to_save_and_never_to_open(
    portal: Callable[..., Portal], tmp_path: Path
) -> None:
    held = made.word()
    link = "<a href='/tep/c%C3%B4ng%20v%C4%83n.docx'>Công văn</a> <a href='/tep/cu.docx'>Công văn cũ</a>"
    page = POST.format(t=TITLE.format(n=100), b=BODY + link).encode()
    kind = {"Content-Type": "text/html"}  # a portal may call a file what it likes
    crawled = portal(
        {
            "/": listing(100),
            "/tin/bai-100.html": (200, HTML, page),
            "/tep/c%C3%B4ng%20v%C4%83n.docx": (
                200,
                kind | {"Content-Encoding": "gzip"},
                gzip.compress(held, mtime=0),
            ),
            "/tep/cu.docx": (302, {"Location": "/tep/moi.docx"}, b""),
            "/tep/moi.docx": (200, kind, made.word_of("Công văn cũ về dịch Covid-19", "Một dòng.")),
        }
    )
    assert crawled.crawl().returncode == 0
    with served(tmp_path / "a.db") as base:
        names = {}
        for file, digest in rows(tmp_path / "a.db", "select id, sha256 from attachments"):
            shown = get(f"{base}/file/{file}")[1].decode()
            assert digest in shown
            (saved,) = re.findall(r'href="(/capture/\d+/payload)"', shown)
            headers, body = get(base + saved)
            assert sha256(body).hexdigest() == digest
            assert headers["content-type"] == "application/octet-stream"
            assert headers["x-content-type-options"] == "nosniff"
            disposition = headers["content-disposition"]
            assert disposition.startswith("attachment; ")
            names[unquote(disposition.rsplit("''", 1)[1])] = body
            assert saved in get(base + saved.removesuffix("/payload"))[1].decode()
    assert set(names) == {"công_văn.docx", "moi.docx"}
    assert names["công_văn.docx"] == held
