"""Portals out of WARC files: every kind of record, and what cannot be read."""

from __future__ import annotations

import gzip
import io
import random
import re
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scrapy.utils._compression import zstd
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.captures import digest_of, payload_of
from db.originals import Originals
from spiders.warc import Found, Reading, pages
from tests.captured import rows
from tests.test_cli import BODY, POST, ROOT, TITLE, thongbao

HOST = "https://soyte.binhthuan.example"
PLAIN = f"Trang chủ\n{TITLE.format(n=104)}\n20/07/2021\n{BODY}\nĐịa chỉ: 1 Trần Phú\n"


def page(number: int) -> bytes:
    return POST.format(t=TITLE.format(n=number), b=BODY).encode()


def write(path: Path, *, packed: bool) -> None:
    """A response, a compressed and chunked one, a resource, a revisit, plain text, another host, a redirect."""
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=packed)

        def put(
            kind: str,
            url: str,
            body: bytes,
            day: int,
            headers: list[tuple[str, str]],
            status: str = "200 OK",
            **more: str,
        ) -> None:
            http = (
                StatusAndHeaders(status, headers, protocol="HTTP/1.1")
                if kind in ("response", "revisit")
                else None
            )
            writer.write_record(
                writer.create_warc_record(
                    url, kind, payload=io.BytesIO(body), length=len(body), http_headers=http,
                    warc_content_type="" if http else dict(headers)["Content-Type"],
                    warc_headers_dict={"WARC-Date": f"2021-08-{day:02}T03:00:00Z"} | {k.replace("_", "-"): v for k, v in more.items()},
                )
            )  # fmt: skip

        html = [("Content-Type", "text/html; charset=utf-8")]
        put("response", f"{HOST}/tin/bai-100.html", page(100), 1, html, WARC_Payload_Digest="sha1:AAAA")
        zipped = gzip.compress(page(101))
        chunked = b"%x\r\n" % len(zipped) + zipped + b"\r\n0\r\n\r\n"
        put(
            "response",
            f"{HOST}/tin/bai-101.html",
            chunked,
            2,
            [*html, ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")],
        )
        put("resource", f"{HOST}/tin/bai-102.html", page(102), 3, html)
        put("revisit", f"{HOST}/tin/bai-100.html", b"", 9, html, WARC_Payload_Digest="sha1:AAAA")
        put("conversion", f"{HOST}/tin/bai-104.html", PLAIN.encode(), 4, [("Content-Type", "text/plain")])
        put("response", f"{HOST}/tin/bai-105.html", b"", 5, [("Location", "/tin/bai-100.html")], "302 Found")
        put("response", "https://soyte.khac.example/tin/bai-200.html", page(200), 6, html)
        put("response", f"{HOST}/tin/bai-106.html", b"", 5, html, "404 Not Found")


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., tuple[int, str, Path]]:
    registry = tmp_path / "registry"
    registry.mkdir()
    (registry / "a.yml").write_text(
        "province: Bình Thuận\nportals:\n  - {id: soyte-binhthuan, name: Sở Y tế, kind: health, url:"
        f" '{HOST}/'}}\n",
        encoding="utf-8",
    )

    def run(*more: str | Path) -> tuple[int, str, Path]:
        database = tmp_path / "a.db"
        done = thongbao("--db", database, "crawl", "--registry", registry, *more)
        return done.returncode, done.stdout + done.stderr, database

    return run


NOTICES = (
    "select url, published, substr(first_seen, 1, 10), substr(last_seen, 1, 10) from notices order by url"
)


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_every_kind_of_record(read, tmp_path: Path, name: str) -> None:
    write(tmp_path / name, packed=name.endswith(".gz"))
    code, told, database = read("--warc", tmp_path / name)
    assert code == 0, told
    assert "soyte.khac.example 1" in told
    found = {row[0].removeprefix(HOST): row[1:] for row in rows(database, NOTICES)}
    assert found == {
        "/tin/bai-100.html": ("2021-07-20", "2021-08-01", "2021-08-09"),
        "/tin/bai-101.html": ("2021-07-20", "2021-08-02", "2021-08-02"),
        "/tin/bai-102.html": ("2021-07-20", "2021-08-03", "2021-08-03"),
        "/tin/bai-104.html": ("2021-07-20", "2021-08-04", "2021-08-04"),
    }
    assert len(rows(database, "select 1 from versions")) == 4
    seen = "select seen from witnesses where url like '%bai-100.html' order by seen"
    assert rows(database, seen) == [("2021-08-01T03:00:00Z",), ("2021-08-09T03:00:00Z",)]
    outcomes = dict(rows(database, "select url, outcome from pages"))
    assert outcomes[f"{HOST}/tin/bai-105.html"] == "unchanged"
    assert outcomes[f"{HOST}/tin/bai-106.html"] == "gone"


def test_reading_twice_changes_nothing(read, tmp_path: Path) -> None:
    write(tmp_path / "a.warc.gz", packed=True)
    read("--warc", tmp_path / "a.warc.gz")
    tables = ["notices", "versions", "witnesses", "captures", "citations", "phones", "dates"]
    before = [rows(tmp_path / "a.db", f"select * from {t} order by 1, 2") for t in tables]
    _, _, database = read("--warc", tmp_path / "a.warc.gz")
    again = [rows(database, f"select * from {t} order by 1, 2") for t in tables]
    assert [len(r) for r in again] == [len(r) for r in before]
    assert before[0] == again[0]
    assert before[2:] == again[2:]


def test_a_notice_read_after_its_404_is_gone(read, tmp_path: Path) -> None:
    """The file of 2022 was read first, and nobody looked back when that of 2020 gave the notice."""
    for name, status, year in (("2022", "404 Not Found", 2022), ("2020", "200 OK", 2020)):
        with (tmp_path / f"{name}.warc").open("wb") as out:
            writer = WARCWriter(out, gzip=False)
            for day in (1, 9):
                body = page(100) if status.startswith("200") else b""
                http = StatusAndHeaders(status, [("Content-Type", "text/html")], protocol="HTTP/1.1")
                writer.write_record(
                    writer.create_warc_record(f"{HOST}/tin/bai-100.html", "response", payload=io.BytesIO(body), length=len(body),
                                              http_headers=http, warc_headers_dict={"WARC-Date": f"{year}-08-{day:02}T03:00:00Z"})
                )  # fmt: skip
    for name in ("2022", "2020"):
        _, _, database = read("--warc", tmp_path / f"{name}.warc")
    gone = "select substr(last_seen, 1, 10), substr(gone_since, 1, 10) from notices"
    assert rows(database, gone) == [("2020-08-09", "2022-08-01")]
    said = "select p.outcome, p.post_id = n.post_id, p.text_hash is not null from pages p join notices n on n.url = p.url"
    assert rows(database, said) == [("gone", 1, 1)]  # what it was, though it is read behind the later answer


def test_users_and_passwords_in_addresses_are_not_kept(read, tmp_path: Path) -> None:
    with (tmp_path / "a.warc").open("wb") as out:
        writer = WARCWriter(out, gzip=False)
        body = (
            page(100) + b"<a href='https://an:mat-khau@soyte.binhthuan.example/tin/bai-101.html'>bai 101</a>"
        )
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(f"{HOST.replace('//', '//an:mat-khau@')}/tin/bai-100.html", "response", payload=io.BytesIO(body),
                                      length=len(body), http_headers=http, warc_headers_dict={"WARC-Date": "2021-08-01T03:00:00Z"})
        )  # fmt: skip
    _, _, database = read("--warc", tmp_path / "a.warc")
    assert rows(database, "select url from notices") == [(f"{HOST}/tin/bai-100.html",)]
    assert b"mat-khau" not in database.read_bytes()


def test_unknown_hosts_go_in_when_asked(read, tmp_path: Path) -> None:
    write(tmp_path / "a.warc.gz", packed=True)
    _, _, database = read("--warc", tmp_path / "a.warc.gz", "--unlisted")
    found = rows(database, "select portal, url from notices where portal = 'unlisted'")
    assert found == [("unlisted", "https://soyte.khac.example/tin/bai-200.html")]


def test_a_named_portal_leaves_others_alone_and_unknown_hosts_are_told(read, tmp_path: Path) -> None:
    write(tmp_path / "a.warc.gz", packed=True)
    entry = "{id: soyte-xa, name: Sở Y tế, kind: health, url: 'https://soyte.xa.example/'}"
    (tmp_path / "registry" / "b.yml").write_text(
        f"province: Hà Nội\nportals:\n  - {entry}\n", encoding="utf-8"
    )
    code, told, database = read("--all", "--warc", tmp_path / "a.warc.gz")
    assert (code, "soyte-xa" in told) == (0, False)
    assert rows(database, "select id from portals") == [("soyte-binhthuan",)]
    database.unlink()
    _, told, _ = read("soyte-xa", "--warc", tmp_path / "a.warc.gz")
    assert "no portal's: soyte.khac.example 1 (--unlisted takes them)" in told
    _, told, database = read("soyte-xa", "--unlisted", "--warc", tmp_path / "a.warc.gz")
    assert "no portal's" not in told
    assert rows(database, "select distinct portal from notices") == [("unlisted",)]


def test_what_cannot_be_read_is_counted_and_named(read, tmp_path: Path) -> None:
    write(tmp_path / "a.warc.gz", packed=True)
    whole = (tmp_path / "a.warc.gz").read_bytes()
    (tmp_path / "cut.warc.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "no.warc.gz").write_bytes(b"no archive at all" * 50)
    code, told, database = read("--warc", *(tmp_path / n for n in ("cut.warc.gz", "no.warc.gz", "a.warc.gz")))
    assert code == 1
    assert "cut.warc.gz: " in told
    assert "no.warc.gz: " in told
    assert "could not be read" in told
    assert len(rows(database, NOTICES)) == 4
    code, told, _ = read("--warc", tmp_path / "missing.warc")
    assert code == 3
    assert "missing.warc" in told


HTML = "Content-Type: text/html; charset=utf-8"


def answer(path: Path, *blocks: bytes) -> Path:
    """A file of responses as they came, whatever they are."""
    heads = (f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {HOST}/tin/bai-{number}.html\r\nWARC-Date: 2021-08-01T03:00:00Z\r\n"
             f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n" for number, block in enumerate(blocks, 100))  # fmt: skip
    path.write_bytes(
        b"".join(gzip.compress(h.encode() + b + b"\r\n\r\n") for h, b in zip(heads, blocks, strict=True))
    )
    return path


@pytest.mark.parametrize(
    "head",
    [
        f"HTTP/1.1 200 OK\r\n{HTML}\r\nTransfer-Encoding: chunked\r\n\r\n",
        f"HTTP/1.1 200 OK\r\n{HTML}\r\nContent-Encoding: gzip\r\n\r\n",
        f"HTTP/1.1 200 OK\r\n{HTML}\r\nContent-Encoding: br\r\nTransfer-Encoding: chunked\r\n\r\n",
        f"HTTP/1.0 200 OK\n{HTML}\n\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        f"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n{HTML}\r\n\r\n",
        f"HTTP/1.1 200 OK\r\n{HTML}\r\nContent-Encoding: gzip\r\n\r\n\ufeff",
    ],
    ids=[
        "chunks put together",
        "unpacked",
        "both",
        "line feeds alone",
        "no header",
        "interim",
        "unpacked, marked",
    ],
)
def test_an_answer_whose_headers_are_not_true_of_its_body_is_a_page(read, tmp_path: Path, head: str) -> None:
    """Tools that unpack what they store leave the headers of the line; the page was lost for it."""
    code, told, database = read("--warc", answer(tmp_path / "a.warc.gz", head.encode() + page(100)))
    assert code == 0, told
    assert rows(database, "select outcome, reason from pages") == [("new", None)]


def test_an_answer_without_headers_keeps_its_status(tmp_path: Path) -> None:
    """It was taken for one of 200: a map of no headers is false."""
    file = answer(tmp_path / "a.warc.gz", b"HTTP/1.1 404 Not Found\r\n\r\n" + page(100))
    assert [f.capture.status for f in pages([file], Reading(), Originals())] == [404]


def test_a_revisit_without_a_digest_is_of_what_it_refers_to(read, tmp_path: Path) -> None:
    """It was given the digest of no bytes: any empty answer was its original, and the citation told that digest."""
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    answer(tmp_path / "a.warc.gz", http + page(100), http, http)
    content = gzip.decompress((tmp_path / "a.warc.gz").read_bytes())
    head, _, revisit = content.rpartition(b"WARC-Type: response")
    refers = (
        f"WARC-Refers-To-Target-URI: {HOST}/tin/bai-100.html\r\nWARC-Refers-To-Date: 2021-08-01T03:00:00Z\r\n"
    )
    revisit = revisit.replace(b"bai-102", b"bai-100").replace(b"2021-08-01", b"2021-07-30")
    content = head + b"WARC-Type: revisit\r\n" + refers.encode().rstrip() + revisit
    (tmp_path / "a.warc").write_bytes(content)
    code, told, database = read("--warc", tmp_path / "a.warc")
    assert code == 0, told
    first = "select substr(c.fetched_at, 1, 10), c.digest from versions v join captures c on c.id = v.capture"
    assert rows(database, first) == [("2021-07-30", digest_of(page(100)))]


def test_what_is_no_http_is_named(tmp_path: Path) -> None:
    blocks = [b"no HTTP at all", page(101), b"HTTP/1.1 abc\r\nA: b\r\n\r\n" + page(102)]
    reading = Reading()
    assert not list(pages([answer(tmp_path / "a.warc.gz", *blocks)], reading, Originals()))
    assert ["no HTTP" in trouble for trouble in reading.troubles] == [True] * 3


def test_a_record_without_a_time_is_named_and_the_others_are_read(read, tmp_path: Path) -> None:
    write(tmp_path / "a.warc", packed=False)
    content = (tmp_path / "a.warc").read_bytes()
    (tmp_path / "a.warc").write_bytes(content.replace(b"WARC-Date: 2021-08-01T03:00:00Z", b"WARC-Date: 2021-88-01T03:00:00Z"))  # fmt: skip
    code, told, database = read("--warc", tmp_path / "a.warc")
    assert code == 1
    assert "no time in WARC-Date: 2021-88-01T03:00:00Z" in told
    assert len(rows(database, NOTICES)) == 3


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_a_bomb_in_a_record_is_named_and_costs_no_memory(tmp_path: Path, encoding: str) -> None:
    grown = bytes(300_000_000)
    packers = {
        "gzip": lambda b: gzip.compress(b, 1),
        "br": lambda b: brotli.compress(b, quality=1),
        "zstd": zstd.compress,
    }
    bomb = packers[encoding](grown)
    with (tmp_path / "a.warc.gz").open("wb") as out:
        writer = WARCWriter(out)
        http = StatusAndHeaders("200 OK", [("Content-Encoding", encoding)], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                f"{HOST}/tin/bai-1.html", "response", payload=io.BytesIO(bomb), http_headers=http
            )
        )
    told, memory = reading(tmp_path / "a.warc.gz")
    assert f"packed as {encoding}, over 25 MB" in told
    assert memory < 300_000


def test_records_of_others_cost_no_memory(tmp_path: Path) -> None:
    """A file of a public crawl holds tens of thousands; each took 1.6 KB until the end, for revisits."""
    (record,) = posts(1)
    for name, count in (("few", 100), ("many", 50_000)):
        with (tmp_path / name).open("wb") as out:
            for number in range(count):
                out.write(gzip.compress(record.replace(b"bai-1.html", b"bai-%05d.html" % number), 1))
    (_, few), (_, many) = (reading(tmp_path / name, "lambda url: False") for name in ("few", "many"))
    size = (tmp_path / "many").stat().st_size // 1024  # the file is mapped, which counts as memory
    assert many - few - size < 20_000


def reading(file: Path, wanted: str = "lambda url: True") -> tuple[str, int]:
    """What is told of a file that is read in a process of its own, and the most memory that it took, in KB."""
    command = [sys.executable, "-c", READ, str(file), wanted]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=ROOT)
    told, _, memory = done.stdout.rpartition(" ")
    return told, int(memory)


#: Read a WARC file; print what could not be read, and the most memory that it took (ru_maxrss would be that of the
#: process which began this one).
READ = """
import re, sys
from pathlib import Path
from db.originals import Originals
from spiders.warc import Reading, pages
reading = Reading()
assert not list(pages([Path(sys.argv[1])], reading, Originals(), eval(sys.argv[2])))
print(reading.troubles, re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def posts(*numbers: int) -> list[bytes]:
    """Records of posts, whole and plain."""
    found = []
    for number in numbers:
        out = io.BytesIO()
        writer = WARCWriter(out, gzip=False)
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        writer.write_record(writer.create_warc_record(f"{HOST}/tin/bai-{number}.html", "response", payload=io.BytesIO(page(number)),
                            http_headers=http, warc_headers_dict={"WARC-Date": "2021-08-01T03:00:00Z"}))  # fmt: skip
        found.append(out.getvalue())
    return found


def lying(record: bytes, more: int) -> bytes:
    """A record that is said to be longer (or shorter) than it is."""
    return re.sub(rb"(?<=\r\nContent-Length: )\d+", lambda m: b"%d" % (int(m[0]) + more), record, count=1)


def spoilt(member: bytes) -> bytes:
    return member[:200] + b"\xff" * 20 + member[220:]


@pytest.mark.parametrize("more", [50, -50, 5_000, 9_000_000, 99_999_999_999])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("where", [0, 3, 9])
def test_a_record_with_a_wrong_length_costs_itself_alone(tmp_path: Path, more: int, packed: bool, where: int) -> None:  # fmt: skip
    records = posts(*range(100, 110))
    records[where] = lying(records[where], more)
    records = [gzip.compress(r) if packed else r for r in records]
    (tmp_path / "a.warc").write_bytes(b"".join(records))
    reading = Reading()
    found = [(f.capture.url[-8:-5], f.capture.offset, f.capture.length) for f in pages([tmp_path / "a.warc"], reading, Originals())]  # fmt: skip
    starts = [sum(map(len, records[:n])) for n in range(11)]
    assert found == [(str(100 + n), starts[n], len(records[n])) for n in range(10) if n != where]
    behind = f"passed over, read on at byte {starts[where + 1]}" if where < 9 else "nothing behind it can be read"  # fmt: skip
    assert reading.troubles[-1].startswith(
        f"{tmp_path / 'a.warc'}: byte {starts[where]}: cut, broken, or not"
    )
    assert reading.troubles[-1].endswith(behind)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("where", [0, 3, 9])
def test_a_header_with_a_stray_return_takes_no_other_records_bytes(tmp_path: Path, where: int, packed: bool) -> None:  # fmt: skip
    """Found by fuzzing: the page was what followed it, and its capture gave back something else."""
    records = posts(*range(100, 110))
    records[where] = records[where].replace(b"\r\n\r\n", b"\r\r\n\n", 1)
    records = [gzip.compress(r) if packed else r for r in records]
    (tmp_path / "a.warc").write_bytes(b"".join(records))
    found = list(pages([tmp_path / "a.warc"], Reading(), Originals()))
    assert [f.capture.url[-8:-5] for f in found] == [str(100 + n) for n in range(10) if n != where]
    assert all(payload_of(f.capture, tmp_path)[1] == f.body for f in found)


@pytest.mark.parametrize("where", [0, 3, 9])
@pytest.mark.parametrize("how", ["spoilt", "cut"])
def test_a_broken_gzip_member_costs_itself_alone(tmp_path: Path, how: str, where: int) -> None:
    members = [gzip.compress(r) for r in posts(*range(100, 110))]
    members[where] = spoilt(members[where]) if how == "spoilt" else members[where][:-100]
    (tmp_path / "a.warc.gz").write_bytes(b"".join(members))
    reading = Reading()
    found = [f.capture.url[-8:-5] for f in pages([tmp_path / "a.warc.gz"], reading, Originals())]
    assert found == [str(100 + n) for n in range(10) if n != where]
    assert f"byte {sum(map(len, members[:where]))}: " in reading.troubles[-1]


def test_a_file_compressed_as_a_whole_has_no_places(tmp_path: Path) -> None:
    """Of such a file, larger than a buffer, a byte within the member was taken for a record's."""
    noise = random.Random(1).randbytes(200_000).hex().encode()
    records = [*posts(100), *(r.replace(b"<html>", b"<html><!--" + noise + b"-->") for r in posts(101, 102))]
    records[1:] = [lying(r, len(noise) + 7) for r in records[1:]]
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(b"".join(records)))
    reading = Reading()
    assert [f.capture.warc for f in pages([tmp_path / "a.warc.gz"], reading, Originals())] == ["", "", ""]
    assert reading.troubles == []
    records[1] = lying(records[1], 50)
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(b"".join(records)))
    assert len(list(pages([tmp_path / "a.warc.gz"], reading, Originals()))) == 1
    assert "nothing behind it can be read" in reading.troubles[0]


@pytest.mark.parametrize("where", [3, 3.5])
def test_members_of_several_records_are_copied_with_a_member_a_record(
    read, tmp_path: Path, where: float
) -> None:
    """Two files packed as a whole, one behind the other: all but one of their records had no place, one was lost."""
    whole = b"".join(records := posts(*range(100, 106)))
    at = round(where * len(records[0]))
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(whole[:at]) + gzip.compress(whole[at:]))
    code, told, database = read("--warc", tmp_path / "a.warc.gz")
    assert code == 0, told
    assert len(rows(database, "select 1 from captures where length > 0")) == 6


def test_half_a_copy_of_a_file_packed_as_a_whole_is_made_anew(read, tmp_path: Path) -> None:
    """What a kill left of the copy was given its name by the next run, which read no further, without a word."""
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(b"".join(posts(*range(100, 106)))))
    read("--warc", tmp_path / "a.warc.gz")
    (copy,) = (tmp_path / "captures").glob("a-*.warc.gz")
    half = copy.read_bytes()[: copy.stat().st_size // 2]
    copy.rename(copy.with_name(copy.name + ".copying")).write_bytes(half)
    (tmp_path / "a.db").unlink()
    code, told, database = read("--warc", tmp_path / "a.warc.gz")
    assert code == 0, told
    assert len(rows(database, "select 1 from notices")) == 6
    assert [f.name for f in (tmp_path / "captures").iterdir()] == [copy.name]


def test_a_redirect_to_a_broken_address_costs_itself_alone(read, tmp_path: Path) -> None:
    """It ended the reading of all files with a traceback."""
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://[domain]/x\r\n\r\n"
    whole = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page(101)
    code, told, database = read("--warc", answer(tmp_path / "a.warc.gz", moved, whole))
    assert code == 0, told
    assert len(rows(database, "select 1 from notices")) == 1


def test_what_records_of_other_hosts_lack_is_nobodys_trouble(read, tmp_path: Path) -> None:
    """Pictures of another host, of which a file holds revisits alone, made every reading one that failed."""
    write(tmp_path / "a.warc.gz", packed=True)
    with (tmp_path / "a.warc.gz").open("ab") as out:
        writer = WARCWriter(out, gzip=True)
        writer.write_record(writer.create_revisit_record("https://cdn.example/a.png", "sha1:NONE", "https://cdn.example/a.png", "2020-01-01T00:00:00Z"))  # fmt: skip
    code, told, _ = read("--warc", tmp_path / "a.warc.gz")
    assert (code, "could not be read" in told) == (0, False), told
    assert "cdn.example 1" in told


def test_a_revisit_of_what_an_earlier_run_read_is_a_witness(read, tmp_path: Path) -> None:
    """Archives that leave out what they hold already give such files, one after the other."""
    writes = (tmp_path / "a.warc.gz").open("wb"), (tmp_path / "b.warc.gz").open("wb")
    first, later = (WARCWriter(out, gzip=True) for out in writes)
    html = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
    url, body = f"{HOST}/tin/bai-100.html", page(100)
    at = {"WARC-Date": "2021-08-01T03:00:00Z"}
    record = first.create_warc_record(url, "response", payload=io.BytesIO(body), length=len(body), http_headers=html, warc_headers_dict=at)  # fmt: skip
    first.write_record(record)
    digest = record.rec_headers["WARC-Payload-Digest"]
    at = {"WARC-Date": "2021-09-01T03:00:00Z"}
    later.write_record(later.create_revisit_record(url, digest, url, "2021-08-01T03:00:00Z", html, at))
    for out in writes:
        out.close()
    for name in ("a.warc.gz", "b.warc.gz"):
        code, told, database = read("--warc", tmp_path / name)
        assert code == 0, told
    seen = "select substr(seen, 1, 10) from witnesses order by 1"
    assert rows(database, seen) == [("2021-08-01",), ("2021-09-01",)]
    assert rows(database, "select count(*) from captures where refers_to is not null") == [(1,)]


def test_a_revisit_of_what_another_host_sent_is_read_again(read, tmp_path: Path) -> None:
    """Its original was in no table: read again, the page was empty, and the notice went."""
    other = "https://khac.example/tin/bai-100.html"
    with (tmp_path / "a.warc.gz").open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        html = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
        body, at = page(100), {"WARC-Date": "2021-08-01T03:00:00Z"}
        record = writer.create_warc_record(other, "response", payload=io.BytesIO(body), length=len(body), http_headers=html, warc_headers_dict=at)  # fmt: skip
        writer.write_record(record)
        digest = record.rec_headers["WARC-Payload-Digest"]
        writer.write_record(writer.create_revisit_record(f"{HOST}/tin/bai-100.html", digest, other, "2021-08-01T03:00:00Z", html, at))  # fmt: skip
    code, told, database = read("--warc", tmp_path / "a.warc.gz")
    assert code == 0, told
    done = thongbao("--db", database, "reextract")
    assert done.returncode == 0, done.stderr
    assert rows(database, "select url from notices") == [(f"{HOST}/tin/bai-100.html",)]


def test_a_payload_without_a_digest_is_that_which_was_sent(tmp_path: Path) -> None:
    """A citation told the SHA-256 of the unpacked body, of the packed one, or of the chunks' frames."""
    packed = gzip.compress(page(100), mtime=0)
    head = f"HTTP/1.1 200 OK\r\n{HTML}\r\nContent-Encoding: gzip\r\n".encode()
    chunked = head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(packed) + packed + b"\r\n0\r\n\r\n"
    file = answer(tmp_path / "a.warc.gz", head + b"\r\n" + packed, chunked)
    assert {f.capture.digest or capture_digest(f) for f in pages([file], Reading(), Originals())} == {
        digest_of(packed)
    }


def capture_digest(found: Found) -> str:
    """The SHA-256 of what was sent, from the bytes of a record."""
    return digest_of(payload_of(found.capture, Path("/"), decode=False)[1])


def test_a_file_packed_as_a_whole_keeps_its_revisits_and_what_follows(read, tmp_path: Path) -> None:
    """The copy ended before the first revisit that holds headers, without a word."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False)
    headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    digest = re.search(rb"WARC-Payload-Digest: (\S+)", posts(101)[0])
    assert digest
    writer.write_record(writer.create_revisit_record(f"{HOST}/tin/bai-101.html", digest[1].decode(), f"{HOST}/tin/bai-101.html",
                        "2021-08-01T03:00:00Z", headers, {"WARC-Date": "2021-09-01T03:00:00Z"}))  # fmt: skip
    records = [*posts(100), out.getvalue(), *posts(101, 102)]
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(b"".join(records)))
    code, told, database = read("--warc", tmp_path / "a.warc.gz")
    assert code == 0, told
    assert rows(database, "select count(*), max(last_seen) from notices") == [(3, "2021-09-01T03:00:00Z")]
    assert rows(database, "select count(*) from captures where length > 0") == [(4,)]


@pytest.mark.parametrize("cut", [0.3, 0.7, 0.97])
def test_of_a_file_packed_as_a_whole_and_cut_the_whole_records_are_read(
    read, tmp_path: Path, cut: float
) -> None:
    """Its copy was empty, or ended early without a word."""
    noise = random.Random(1)
    records = posts(*range(100, 120))
    for number, record in enumerate(records):
        more = b"<!--" + noise.randbytes(3_000).hex().encode() + b"-->"
        records[number] = lying(record.replace(b"\r\n\r\n<html>", b"\r\n\r\n<html>" + more), len(more))
    packed = gzip.compress(b"".join(records))
    packed = packed[: round(cut * len(packed))]
    (tmp_path / "a.warc.gz").write_bytes(packed)
    there = zlib.decompressobj(31).decompress(packed)
    for _ in range(2):
        code, told, database = read("--warc", tmp_path / "a.warc.gz")
        assert code == 1
        assert "cut, broken" in told
        assert len(rows(database, "select 1 from notices")) == there.count(b"</html>\r\n\r\n")
    assert rows(database, "select 1 from captures where length = 0") == []


def test_records_without_a_place_are_left_alone_later(read, tmp_path: Path) -> None:
    """Of a file that could not be copied; `prune` took its folder for a file, `reextract` complained each time."""
    records = posts(100, 101, 102)
    records[1:2] = [records[1].replace(b"\r\nContent-Length:", b"\r\nContent-Lenght:", 1), *posts(103)]
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(b"".join(records)))
    _, told, database = read("--warc", tmp_path / "a.warc.gz")
    assert rows(database, "select 1 from captures where length = 0"), told
    with closing(sqlite3.connect(database)) as changed, changed:
        changed.execute("delete from witnesses")
        changed.execute("update versions set capture = null")
        changed.execute("update pages set post_id = null")
    for command in ("prune", "reextract"):
        done = thongbao("--db", database, command)
        assert done.returncode == 0, done.stderr


def test_an_archive_within_a_record_is_no_record(tmp_path: Path) -> None:
    """A portal may have WARC files of its own to download, packed or not: their bytes are a payload."""
    inner = b"".join(gzip.compress(r) for r in posts(1, 2)) + b"\r\n\r\n" + b"".join(posts(3, 4))
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False)
    writer.write_record(writer.create_warc_record(f"{HOST}/a.warc.gz", "resource", payload=io.BytesIO(inner), length=len(inner)))  # fmt: skip
    records = [*posts(100), out.getvalue(), *posts(101)]
    for pack in (bytes, lambda r: gzip.compress(r, 0)):
        (tmp_path / "a.warc").write_bytes(b"".join(map(pack, records)))
        reading = Reading()
        assert len(list(pages([tmp_path / "a.warc"], reading, Originals()))) == 3
        assert reading.troubles == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 40), st.binary(max_size=20)), max_size=12),
)
def test_no_file_however_broken_makes_the_reader_raise(
    tmp_path: Path, packed: bool, edits: list[tuple[int, int, bytes]]
) -> None:
    path = tmp_path / "a.warc"
    write(path, packed=packed)
    content = path.read_bytes()
    for at, length, put in edits:
        content = content[:at] + put + content[at + length :]
    path.write_bytes(content)
    for found in pages([path], Reading(), Originals()):
        assert found.capture.url.startswith("http")


def test_plain_text_gives_way_to_the_page(read, tmp_path: Path) -> None:
    write(tmp_path / "a.warc.gz", packed=True)
    with (tmp_path / "b.warc.gz").open("wb") as out:
        writer = WARCWriter(out)
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
        body = io.BytesIO(page(104))
        writer.write_record(writer.create_warc_record(f"{HOST}/tin/bai-104.html", "response", payload=body, length=len(page(104)),
                            http_headers=http, warc_headers_dict={"WARC-Date": "2021-08-04T02:00:00Z"}))  # fmt: skip
    texts = []
    for order in (("a", "b"), ("b", "a")):
        for name in order:
            _, _, database = read("--warc", tmp_path / f"{name}.warc.gz")
        texts.append(rows(database, "select text from versions where url like '%bai-104.html'"))
        database.unlink()
    assert texts[0] == texts[1]
    assert len(texts[0]) == 1
    assert "Trang chủ" not in texts[0][0][0]
