"""A removal that a person asked for holds everywhere: every route, every table, every crawl, rebuild and merge."""

from __future__ import annotations

import asyncio
import gzip
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, unquote_plus

import pytest

from db.site.app import build
from tests import made
from tests.captured import HTML, Portal, files_of, is_clean, listing, records, rows
from tests.test_cli import BODY, POST, TITLE, thongbao

#: An invented person, in the notice's address, title, text, an attached file and on the list page.
NAME, SLUG = "Nguyễn Văn Khuyết", "nguyen-van-khuyet"
DIAL = "0901234567"
TRACES = (NAME, SLUG, "khuyet", DIAL, "77/QĐ-SYT", "Trần Thị Lặng")
PATH, FILE, MOVED = f"/tin/{SLUG}-7.html", f"/tep/{SLUG}.docx", f"/kho/{SLUG}.docx"
SECRET = POST.format(
    t=f"Quyết định về trường hợp {NAME} mắc Covid-19",
    b=BODY + f" Quyết định số 77/QĐ-SYT ngày 1/7/2021 cách ly {NAME}; đường dây nóng {DIAL} về dịch Covid-19."
    f' <a href="{FILE}">Danh sách {NAME}</a>',
)
FILE_TEXT = made.word_of("DANH SÁCH", "Trần Thị Lặng là ca Covid-19, đường dây nóng 0907654321.")
WORD = {"Content-Type": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}


def pages() -> dict:
    links = (
        listing(100)[2]
        .decode()
        .replace("</ul>", f"<li><a href={PATH}>Quyết định về trường hợp {NAME} mắc Covid-19</a></li></ul>")
    )
    other = POST.format(t=TITLE.format(n=100), b=BODY)
    return {"/": (200, HTML, links.encode()), "/tin/bai-100.html": (200, HTML, other.encode()),
            PATH: (200, HTML, SECRET.encode()), FILE: (302, {"Location": MOVED}, b""), MOVED: (200, WORD, FILE_TEXT)}  # fmt: skip


@pytest.fixture
def crawled(portal: Callable[..., Portal], tmp_path: Path) -> tuple[Path, int, int, Portal]:
    """An index of two notices, the number of the one to be removed and of its file."""
    site = portal(pages())
    assert site.crawl().returncode == 0
    database = tmp_path / "a.db"
    ((notice,),) = rows(database, f"select id from notices where title like '%{NAME}%'")
    ((file,),) = rows(database, "select id from attachments where outcome = 'read'")
    return database, notice, file, site


def run(database: Path, *arguments: str) -> str:
    done = thongbao("--db", database, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def get(site, path: str):
    return asyncio.run(site.client.get(path, follow_redirects=True))


TABLES = "select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite_%'"


def routes(database: Path, notice: int, file: int) -> list[str]:
    """Every page that could show the notice: ours, and Datasette's tables, searches and SQL."""
    ids = {
        t: [r[0] for r in rows(database, f"select id from {t}")] for t in ("notices", "documents", "captures")
    }
    searched = [quote(word) for word in (NAME, "khuyet", DIAL, "77/QĐ-SYT", "lang", "covid", "quyet dinh")]
    found = ["/", "/hotlines", "/hotlines?province=B%C3%ACnh+Thu%E1%BA%ADn", "/provinces", "/map", "/province/60", "/timeline",
             "/coverage", "/portal/soyte-binhthuan", "/about", "/about/data", "/sitemap.xml", "/sitemap-notices-1-of-1.xml",
             "/search.json", "/search.csv", "/search.atom", "/notices.json?sql=select+*+from+notices_fts+limit+9",
             f"/notice/{notice}", f"/notice/{notice}.json", f"/notice/{notice}/versions", f"/notice/{notice}/cite",
             *(f"/notice/{notice}/cite.{shape}" for shape in ("txt", "json", "bib")), f"/file/{file}",
             f"/notices/notices/{notice}.json", f"/notices/attachments/{file}.json"]  # fmt: skip
    for words in searched:
        found += [f"/?q={words}", f"/?q={words}&sort=date"]
        found += [f"/search.{shape}?q={words}" for shape in ("json", "csv", "atom")]
        found += [f"/notices/{table}.json?_search={words}" for table in ("notices", "texts", "attachments")]
    found += [
        f"/notice/{n}{part}" for n in ids["notices"] for part in ("", ".json", "/versions", "/cite.txt")
    ]
    found += [f"/document/{d}" for d in ids["documents"]]
    found += [f"/capture/{c}{part}" for c in ids["captures"] for part in ("", "/page", "/record", "/payload")]
    for (table,) in rows(database, TABLES):
        found += [
            f"/notices/{table}",
            f"/notices/{table}.json?_shape=array&_size=max",
            f"/notices/{table}.csv?_size=max",
        ]
    return found


def seen(answer) -> list[str]:
    """The traces in an answer, leaving aside the page that repeats what was searched for."""
    content = answer.content
    text = (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode("utf-8", "replace")
    asked = unquote_plus(str(answer.url))
    return [t for t in TRACES if t not in asked and (t in text or json.dumps(t)[1:-1] in text)]


def traces(database: Path, asked: list[str]) -> dict[str, list[str]]:
    """What each route shows of the notice."""
    site = build(database)
    found = {path: seen(get(site, path)) for path in asked}
    return {path: shown for path, shown in found.items() if shown}


def test_a_suppressed_notice_is_on_no_route_and_in_no_byte_of_the_index(crawled) -> None:
    database, notice, file, _ = crawled
    asked = routes(database, notice, file)
    before = traces(database, asked)
    for path in ("/", "/search.json", "/search.atom", f"/notice/{notice}", f"/notice/{notice}.json", f"/file/{file}", "/hotlines",
                 f"/notice/{notice}/cite.bib", "/notices/texts.json?_shape=array&_size=max", "/notices/pages.csv?_size=max",
                 "/notices/page_links.json?_shape=array&_size=max"):  # fmt: skip
        assert path in before, path
    assert any(path.startswith("/capture/") for path in before)
    told = run(database, "suppress", f"http://site.example/notice/{notice}", "--reason", "theo yêu cầu")
    assert f"{notice} is suppressed" in told
    assert traces(database, asked) == {}
    site = build(database)
    for address in (f"/notice/{notice}", f"/notice/{notice}/versions", f"/notice/{notice}/cite"):
        page = get(site, address)
        assert page.status_code == 410, address
        assert "Đã gỡ theo yêu cầu" in page.text
    for address in (f"/notice/{notice}.json", f"/notice/{notice}/cite.json"):
        answer = get(site, address)
        assert (answer.status_code, answer.json()["error"]) == (410, "removed on request"), address
    for address in (f"/notice/{notice}/cite.txt", f"/notice/{notice}/cite.bib"):
        assert get(site, address).status_code == 410, address
    for address in (f"/file/{file}", f"/notices/notices/{notice}", "/notice/1.json", "/notice/1/cite.json"):
        assert get(site, address).status_code == 404, address
    assert str(notice) not in get(site, "/sitemap.xml").text
    # Whoever copies the file finds nothing that a query does not show; it is sound, and the rest is there.
    data = database.read_bytes()
    assert not [trace for trace in TRACES if trace.encode() in data or trace.lower().encode() in data]
    assert rows(database, "pragma integrity_check") == [("ok",)]
    connection = sqlite3.connect(database)
    for index in ("notices_fts", "attachments_fts"):
        connection.execute(f"insert into {index} ({index}) values ('integrity-check')")
    connection.close()
    assert len(rows(database, "select id from notices")) == 1
    assert json.loads(get(site, "/search.json?q=covid").text)["notices"][0]["title"] == TITLE.format(n=100)


def test_it_stays_out_of_crawls_rebuilds_and_merges(crawled, tmp_path: Path) -> None:
    database, notice, file, site = crawled
    asked = routes(database, notice, file)
    shutil.copytree(tmp_path / "captures", tmp_path / "other" / "captures")
    other = tmp_path / "other" / "b.db"
    with sqlite3.connect(database) as source, sqlite3.connect(other) as copy:
        source.backup(copy)
    run(database, "suppress", str(notice))
    for _ in range(2):
        assert site.crawl().returncode == 0
        assert traces(database, asked) == {}
    site.answers[PATH] = (404, HTML, b"khong co")
    site.answers["/cu.html"] = (301, {"Location": PATH}, b"")
    site.crawl()
    assert traces(database, asked) == {}
    files = [str(f) for f in files_of(tmp_path) if f.suffix == ".gz"]
    thongbao("--db", database, "crawl", "--warc", *files, "--registry", site.registry, "--allow-loopback")
    assert traces(database, asked) == {}
    told = json.loads(run(database, "reextract", "--json"))
    assert told["notices"]["added"] == 0
    assert traces(database, asked) == {}
    run(database, "merge", str(database), str(other))
    assert traces(database, routes(other, notice, file)) == {}
    # An index that does not know of the removal learns of it by a merge.
    assert traces(other, asked)
    run(other, "merge", str(other), str(database))
    assert traces(other, asked) == {}
    assert not [t for t in TRACES if t.encode() in other.read_bytes()]


def test_what_was_suppressed_is_listed_and_a_mistake_is_undone(crawled) -> None:
    database, notice, _, _ = crawled
    tables = "notices texts versions witnesses citations phones dates documents attachments notice_topics ledger pages captures"

    def contents() -> dict:
        return {t: sorted(map(repr, rows(database, f"select * from {t}"))) for t in tables.split()}

    before = contents()
    run(database, "suppress", str(notice), "--reason", "nhầm")
    listed = run(database, "suppress", "--list")
    assert f"{notice} notice" in listed
    assert "nhầm" in listed
    assert NAME not in listed
    assert contents() != before
    assert "was suppressed before" in run(database, "suppress", str(notice))
    assert "is back" in run(database, "suppress", "--lift", str(notice))
    assert contents() == before
    assert len(run(database, "suppress", "--list").splitlines()) == 1
    assert not database.with_name("a.db.suppressed").exists()
    assert get(build(database), f"/notice/{notice}").status_code == 200


def test_one_file_is_suppressed_and_its_notice_stays(crawled) -> None:
    database, notice, file, site = crawled
    run(database, "suppress", f"/file/{file}")
    for _ in range(2):
        served = build(database)
        assert get(served, f"/file/{file}").status_code == 410
        page = get(served, f"/notice/{notice}")
        assert page.status_code == 200
        assert f"/file/{file}" not in page.text
        assert "Trần Thị Lặng" not in get(served, f"/notice/{notice}.json").text
        assert get(served, "/search.json?q=covid").json()["notices"]
        assert get(served, "/hotlines").text.count("0907654321") == 0
        assert rows(database, "select url from captures where url like '%.docx'") == []
        site.crawl()
    assert "is back" in run(database, "suppress", "--lift", str(file))
    assert get(build(database), f"/file/{file}").status_code == 200


def test_erased_it_is_in_no_warc_file_and_comes_back_by_a_crawl_alone(crawled, tmp_path: Path) -> None:
    database, notice, _, site = crawled
    count = len(records(*files_of(tmp_path)))
    run(database, "suppress", str(notice), "--erase")
    assert is_clean(*files_of(tmp_path))
    left = records(*files_of(tmp_path))
    assert 0 < len(left) < count
    assert not [url for _, url, _, _ in left if SLUG in url]
    assert not database.with_name("a.db.suppressed").exists()
    other = rows(database, "select capture from versions")[0][0]
    assert get(build(database), f"/capture/{other}/record").status_code == 200
    assert "next crawl" in run(database, "suppress", "--lift", str(notice))
    site.crawl()
    assert get(build(database), f"/notice/{notice}").status_code == 200
    # First put aside, then erased.
    run(database, "suppress", str(notice))
    aside = database.with_name("a.db.suppressed")
    assert NAME.encode() in aside.read_bytes()
    assert "is erased now" in run(database, "suppress", "--erase", str(notice))
    assert not [trace for trace in TRACES if trace.encode() in aside.read_bytes()]
    assert not [url for _, url, _, _ in records(*files_of(tmp_path)) if SLUG in url]
    assert is_clean(*files_of(tmp_path))
    assert "next crawl" in run(database, "suppress", "--lift", str(notice))


def test_who_else_says_the_same_is_told(portal: Callable[..., Portal], tmp_path: Path) -> None:
    answers = pages() | {"/tin/bai-101.html": pages()[PATH]}
    answers["/"] = (200, HTML, pages()["/"][2] + listing(101)[2])
    assert portal(answers).crawl().returncode == 0
    found = [
        str(row[0]) for row in rows(tmp_path / "a.db", f"select id from notices where title like '%{NAME}%'")
    ]
    assert len(found) == 2
    done = thongbao("--db", tmp_path / "a.db", "suppress", found[0])
    assert f"notice {found[1]} says the same" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("12345",),
        ("x",),
        ("/document/1",),
        ("--list", "1"),
        ("--lift", "1"),
        ("--lift", "--erase", "1"),
        ("--lift",),
    ],
)
def test_a_wrong_call_changes_nothing(crawled, arguments: tuple[str, ...]) -> None:
    database, *_ = crawled
    before = database.read_bytes()
    done = thongbao("--db", database, "suppress", *arguments)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert database.read_bytes() == before


def test_a_row_of_a_list_leaves_the_other_rows_but_not_the_picture_of_the_list(
    portal: Callable[..., Portal], tmp_path: Path
) -> None:
    row = "<tr><td>{}</td><td>{}</td><td>{}</td><td><a href={}>Tải về</a></td></tr>"
    table = (
        "<!doctype html><html><body><table><tr><th>Số ký hiệu</th><th>Ngày ban hành</th><th>Trích yếu</th><th>Tải về</th></tr>"
        + row.format("77/QĐ-SYT", "16/06/2021", f"Cách ly {NAME} mắc Covid-19", FILE)
        + row.format(
            "1234/UBND-KGVXNV", "15/06/2021", "Đường dây nóng phòng, chống dịch Covid-19", "/tep/cv.docx"
        )
        + "</table></body></html>"
    )
    site = portal({"/": (200, HTML, table.encode()), FILE: (200, WORD, FILE_TEXT), "/tep/cv.docx": (200, WORD, made.word())})  # fmt: skip
    assert site.crawl().returncode == 0
    database = tmp_path / "a.db"
    ((notice,),) = rows(database, f"select id from notices where title like '%{NAME}%'")
    ((other,),) = rows(database, f"select id from notices where id <> {notice}")
    asked = routes(database, notice, 1)
    assert {path for path in traces(database, asked) if path.startswith("/capture/")}
    run(database, "suppress", str(notice))
    for _ in range(2):
        assert traces(database, asked) == {}
        assert get(build(database), f"/notice/{other}").status_code == 200
        assert get(build(database), f"/notice/{other}/cite").status_code == 200
        assert json.loads(run(database, "reextract", "--json"))["notices"] == {
            "added": 0,
            "removed": 0,
            "altered": 0,
        }
        assert site.crawl().returncode == 0
    assert rows(database, "select id from notices") == [(other,)]
