"""What follows from captures: facts made again, indexes joined, captures dropped."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.model import View
from db.merge import merge
from db.prune import prune
from db.store import Store
from tests import made
from tests.captured import HTML, Answer, Portal, files_of, is_clean, listing, post, records, rows
from tests.test_cli import BODY, POST, TITLE, thongbao
from tests.test_store import NOON, PORTAL, read, store

TABLES = "notices texts versions citations document_relations dates phones documents notice_topics witnesses ledger"
CITING = BODY + " Thực hiện Công văn số 1742/UBND-KGVXNV ngày 10/5/2021 của UBND tỉnh."
OTHER = POST.format(t="Sở họp giao ban quý III", b="Giám đốc Sở chủ trì họp giao ban quý III. " * 5)
PAGES: dict[str, Answer] = {
    "/": listing(100, 101, 102, 103),
    "/tin/bai-100.html": post(100),
    "/tin/bai-101.html": post(101, CITING),
    "/tin/bai-102.html": (200, HTML, OTHER.encode()),
}
#: A machine, minutes after the visit before, the text that a post has, the addresses read in their order.
Visit = tuple[str, int, str, list[str]]


def contents(database: Path, *left_out: str) -> dict[str, list[str]]:
    """Every row of what an index says, without rowids, runs and the named columns."""
    connection = sqlite3.connect(database)
    found = {}
    for table in TABLES.split():
        columns = [c[0] for c in connection.execute(f"select * from {table} limit 0").description]
        listed = ", ".join(c for c in columns if c not in ("run", *left_out))
        found[table] = sorted(repr(row) for row in connection.execute(f"select {listed} from {table}"))
    connection.close()
    return found


def change(database: Path, *statements: str) -> None:
    connection = sqlite3.connect(database)
    for statement in statements:
        assert connection.execute(statement).rowcount
    connection.commit()
    connection.close()


def reextract(database: Path, *more: str) -> dict:
    done = thongbao("--db", database, "reextract", "--json", *more)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_facts_are_made_again_and_what_changed_is_told(portal: Callable[..., Portal], tmp_path: Path) -> None:
    portal(PAGES).crawl()
    database = tmp_path / "a.db"
    before = contents(database)
    unchanged = reextract(database)
    assert unchanged["captures"] == 5
    assert not any(sum(n.values()) for n in unchanged["facts"].values())
    assert contents(database) == before
    # What an older reader would have left: a number not found, a role mistaken, a notice not seen as one.
    change(
        database,
        "delete from phones where notice = (select id from notices where url like '%101.html')",
        "update citations set role = 'subject'",
        *(f"delete from {t} where notice = (select id from notices where url like '%100.html')"
          for t in ("texts", "versions", "phones", "citations", "witnesses")),
        "delete from notices where url like '%100.html'",
        "update pages set outcome = 'irrelevant', reason = 'not about COVID-19' where url like '%100.html'",
    )  # fmt: skip
    spoilt = contents(database)
    told = reextract(database, "--dry-run")
    assert contents(database) == spoilt
    assert told["notices"] == {"added": 1, "removed": 0, "altered": 1}
    # A title alone may differ, of which no fact tells.
    change(database, "update notices set title = 'Đầu đề cũ' where url like '%101.html'")
    titles = [line for line in reextract(database, "--dry-run")["samples"] if line.startswith("notices, ")]
    assert len(titles) == 1
    assert f": Đầu đề cũ → {TITLE.format(n=101)}" in titles[0]
    change(database, f"update notices set title = '{TITLE.format(n=101)}' where url like '%101.html'")
    assert told["facts"]["phones"]["added"] == 2
    assert told["facts"]["citations"] == {"added": 1, "altered": 1}
    assert any("1742/UBND-KGVXNV" in line and "→" in line for line in told["samples"])
    assert reextract(database) == told
    assert contents(database) == before
    assert rows(database, "select outcome from pages where url like '%100.html'") == [("new",)]
    assert not any(sum(n.values()) for n in reextract(database)["facts"].values())
    assert contents(database) == before


def test_what_is_no_longer_a_notice_goes(portal: Callable[..., Portal], tmp_path: Path) -> None:
    portal(PAGES).crawl()
    database = tmp_path / "a.db"
    before = contents(database)
    # As if an older reader had taken the meeting for a notice.
    change(
        database,
        "insert into notices select 7, portal, province, kind, 'tin/bai-102.html', replace(url, '100', '102'), 1, title,"
        " published, published_time, month, topics, first_seen, last_seen, 8, null from notices where url like '%100.html'",
        "insert into versions (id, notice, seen, last_seen, title, text, text_hash, capture, url, language, is_print)"
        " select 8, 7, fetched_at, fetched_at, '', '', '', id, url, 'vi', 0 from captures where url like '%102.html'",
        "insert into texts values (7, '', '', '')",
    )  # fmt: skip
    assert reextract(database)["notices"]["removed"] == 1
    assert contents(database) == before


def test_a_notice_with_a_text_without_capture_stays_whole(
    portal: Callable[..., Portal], tmp_path: Path
) -> None:
    """It lost its newest text, and its row named a version that was not there."""
    portal(PAGES).crawl()
    database = tmp_path / "a.db"
    columns = "id, notice, seen, last_seen, title, text, text_hash, capture, url, language, is_print"
    change(
        database,
        "insert into notices select 7, portal, province, kind, 'tin/bai-102.html', replace(url, '100', '102'), 1, title,"
        " published, published_time, month, topics, first_seen, last_seen, 8, null from notices where url like '%100.html'",
        f"insert into versions ({columns}) select 8, 7, fetched_at, fetched_at, '', '', '', id, url, 'vi', 0"
        " from captures where url like '%102.html'",
        f"insert into versions ({columns}) select 9, 7, '2021-01-01', '2021-01-01', '', '', 'x', null, url, 'vi', 0"
        " from versions where id = 8",
        "insert into texts values (7, '', '', '')",
    )  # fmt: skip
    before = contents(database)
    assert not any(reextract(database)["notices"].values())
    assert contents(database) == before


def test_what_a_killed_rebuild_left_goes_with_the_next(portal: Callable[..., Portal], tmp_path: Path) -> None:
    """A copy of the index for each kill stayed beside it; that of another index may be in use."""
    portal(PAGES).crawl()
    for name in ("a.db", "b.db"):
        (tmp_path / f".{name}-rebuild-x").mkdir()
        (tmp_path / f".{name}-rebuild-x" / "notices.db").touch()
    reextract(tmp_path / "a.db")
    assert [path.name for path in tmp_path.glob(".*rebuild*")] == [".b.db-rebuild-x"]


def test_since_and_portal_limit_what_is_read(portal: Callable[..., Portal], tmp_path: Path) -> None:
    portal(PAGES).crawl()
    database = tmp_path / "a.db"
    assert reextract(database, "--since", "2099-01-01")["captures"] == 0
    assert reextract(database, "--portal", "soyte-binhthuan")["captures"] == 5
    assert thongbao("--db", database, "reextract", "--portal", "soyte-khac").returncode == 2


def test_a_capture_that_is_lost_is_named_and_its_notice_stays(
    portal: Callable[..., Portal], tmp_path: Path
) -> None:
    portal(PAGES).crawl()
    database = tmp_path / "a.db"
    before = contents(database)
    shutil.rmtree(tmp_path / "captures")
    done = thongbao("--db", database, "reextract")
    assert done.returncode == 1
    assert "bai-100.html" in done.stderr
    assert contents(database) == before


def test_indexes_joined_are_as_crawled_into_one(portal: Callable[..., Portal], tmp_path: Path) -> None:
    """Two visits, a text changed between: into one index, and into two joined in either order."""
    site = portal(dict(PAGES))
    for name in ("one", "early"):
        (tmp_path / name).mkdir()
        site.crawl(database=f"{name}/n.db")
    shift = "update {} set {} = '2021-08-01T00:00:00Z'"
    moments = [("notices", "first_seen"), ("notices", "last_seen"), ("versions", "seen"), ("versions", "last_seen"),
               ("witnesses", "seen"), ("captures", "fetched_at"), ("pages", "fetched_at")]  # fmt: skip
    for name in ("one", "early"):
        change(tmp_path / name / "n.db", *(shift.format(*m) for m in moments))
    site.answers["/tin/bai-101.html"] = post(101, CITING + " Số mới: 0252 3999 116.")
    site.answers["/tin/bai-103.html"] = post(103)
    (tmp_path / "late").mkdir()
    for name in ("one", "late"):
        site.crawl(database=f"{name}/n.db")
    moment = "2021-09-01T00:00:00Z"
    for name in ("one", "late"):
        change(tmp_path / name / "n.db", *(f"update {t} set {c} = '{moment}' where {c} > '2022'" for t, c in moments))  # fmt: skip
    expected = contents(tmp_path / "one" / "n.db", "capture")
    for order in (("early", "late"), ("late", "early"), ("early", "late", "early")):
        out = tmp_path / "-".join(order)
        out.mkdir()
        done = thongbao("merge", out / "n.db", *(tmp_path / name / "n.db" for name in order))
        assert done.returncode == 0, done.stderr
        assert contents(out / "n.db", "capture") == expected
        assert len(files_of(out)) == 2
        assert not any(sum(n.values()) for n in reextract(out / "n.db")["facts"].values())


def test_the_later_sight_of_a_live_address_counts_without_captures_too(tmp_path: Path) -> None:
    for name, later in (("early", 0), ("late", 90)):
        store(tmp_path / f"{name}.db", read(later=later))
    for order in (("early", "late"), ("late", "early")):
        out = tmp_path / f"{'-'.join(order)}.db"
        done = thongbao("merge", out, *(tmp_path / f"{name}.db" for name in order))
        assert done.returncode == 0, done.stderr
        assert rows(out, "select seen from witnesses") == [("2021-07-20T06:30:00Z",)]


def crawled(path: Path, visits: list[Visit]) -> dict[str, list[str]]:
    """What an index says after some visits."""
    with Store(path) as opened:
        opened.sync_registry([PORTAL])
        for _, after, text, addresses in visits:
            opened.start_run("crawl", NOON)
            for address in addresses:
                after += 1
                opened.add(read(body=BODY + text, view=View(f"http://p.example/{address}"), later=after))
            opened.finish_run("well", NOON, {})
    return contents(path)


@example([("a", 0, "A", ["1", "muc/1"]), ("b", 90, "B", ["muc/1"]), ("b", 50_000, "A", ["muc/1"])])
@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"),
            st.sampled_from((0, 90, 50_000)),
            st.sampled_from("ABC"),
            st.permutations(["1", "muc/1", "muc-khac/1"]).flatmap(
                lambda addresses: st.integers(1, 3).map(lambda first: addresses[:first])
            ),
        ),
        min_size=2,
        max_size=5,
    )
)
@settings(deadline=None, max_examples=25)
def test_visits_in_turn_from_two_machines_are_joined_as_made_by_one(visits: list[Visit]) -> None:
    """A text that comes back after another, under a worse address too, stands under the best it ever had."""
    moments = itertools.accumulate(after + 10 for _, after, _, _ in visits)
    visits = [
        (machine, moment, text, seen)
        for (machine, _, text, seen), moment in zip(visits, moments, strict=True)
    ]
    with tempfile.TemporaryDirectory() as folder:
        expected = crawled(Path(folder, "one.db"), visits)
        for machine in "ab":
            crawled(Path(folder, f"{machine}.db"), [visit for visit in visits if visit[0] == machine])
        for order in ("ab", "ba"):
            with Store(Path(folder, f"{order}-joined.db")) as joined:
                for machine in order:
                    merge(joined, Path(folder, f"{machine}.db"))
            assert contents(Path(folder, f"{order}-joined.db")) == expected


def test_what_one_index_found_gone_is_gone_in_both(portal: Callable[..., Portal], tmp_path: Path) -> None:
    """The later visit knew no notice at the address, and its row said no more what the page had been."""
    site = portal(dict(PAGES))
    for name in ("early", "one", "late"):
        (tmp_path / name).mkdir()
    for name in ("early", "one"):
        site.crawl(database=f"{name}/n.db")
        change(tmp_path / name / "n.db", *(f"update {t} set {c} = '2021-08-01T00:00:00Z'" for t, c in (
            ("notices", "first_seen"), ("notices", "last_seen"), ("versions", "last_seen"), ("pages", "fetched_at"))))  # fmt: skip
    del site.answers["/tin/bai-101.html"]
    for name in ("one", "late"):
        site.crawl("--anew", database=f"{name}/n.db")
    said = (
        "select n.url, gone_since is null, p.outcome, p.post_id, p.text_hash, p.published from notices n"
        " join pages p on p.url = n.url order by n.url"
    )
    expected = rows(tmp_path / "one" / "n.db", said)
    assert [row[1:3] for row in expected] == [(1, "unchanged"), (0, "gone")]
    for order in (("early", "late"), ("late", "early")):
        out = tmp_path / "-".join(order)
        out.mkdir()
        thongbao("merge", out / "n.db", *(tmp_path / name / "n.db" for name in order))
        found = rows(out / "n.db", said)
        assert [(*r[:2], *r[3:]) for r in found] == [(*r[:2], *r[3:]) for r in expected]
        assert found[1][2] == "gone"


def test_merging_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "no.db").write_bytes(b"no index")
    assert thongbao("merge", tmp_path / "out.db", tmp_path / "no.db").returncode == 3
    assert thongbao("merge", tmp_path / "out.db", tmp_path / "missing.db").returncode == 3


def test_bytes_that_were_changed_are_no_capture(portal: Callable[..., Portal], tmp_path: Path) -> None:
    """A number changed within a record was taken over, and the citation went on telling the old SHA-256."""
    portal(PAGES).crawl()
    before = contents(tmp_path / "a.db")
    (file,) = files_of(tmp_path)
    shown = {row[0]: row[1:] for row in rows(tmp_path / "a.db", 'select url, "offset", length from captures')}
    offset, length = next(place for url, place in shown.items() if url.endswith("bai-100.html"))
    content = file.read_bytes()
    changed = gzip.compress(gzip.decompress(content[offset : offset + length]).replace(b"0252", b"0253"))
    # Behind the others: it may be longer than the record it stands for, by the moment and the zlib it is packed with.
    file.write_bytes(content + changed)
    moved = f'"offset" = {len(content)}, length = {len(changed)} where "offset" = {offset}'
    change(tmp_path / "a.db", f"update captures set {moved}")
    done = thongbao("--db", tmp_path / "a.db", "reextract")
    assert done.returncode == 1
    assert "bai-100.html" in done.stderr
    assert "SHA-256 is another" in done.stderr
    assert contents(tmp_path / "a.db") == before


def test_merging_names_files_that_are_lost_or_others(portal: Callable[..., Portal], tmp_path: Path) -> None:
    """Captures without bytes came in without a word: the file was lost, still open, or another's of its name."""
    site = portal(PAGES)
    (tmp_path / "one").mkdir()
    site.crawl(database="one/n.db")
    (file,) = files_of(tmp_path / "one")
    held = file.read_bytes()
    # A killed crawl left it open, with half a record at its end.
    file.rename(file.with_name(file.name + ".open")).write_bytes(held + held[:100])
    assert thongbao("merge", tmp_path / "open" / "n.db", tmp_path / "one" / "n.db").returncode == 3
    (tmp_path / "open").mkdir()
    done = thongbao("merge", tmp_path / "open" / "n.db", tmp_path / "one" / "n.db")
    assert done.returncode == 0, done.stderr
    assert [f.read_bytes() for f in files_of(tmp_path / "open")] == [held]
    file.with_name(file.name + ".open").unlink()
    (tmp_path / "lost").mkdir()
    done = thongbao("merge", tmp_path / "lost" / "n.db", tmp_path / "one" / "n.db")
    assert done.returncode == 1
    assert f"{file.name} is not there: 5 captures of" in done.stderr
    # Of the same name in the other index, with other bytes; one that is but its beginning is completed.
    file.write_bytes(held)
    for name, content, code in (("cut", held[:-20], 0), ("other", held[:-20] + b"x" * 20, 3)):
        folder = tmp_path / name / "captures"
        folder.mkdir(parents=True)
        (folder / file.name).write_bytes(content)
        done = thongbao("merge", tmp_path / name / "n.db", tmp_path / "one" / "n.db")
        assert done.returncode == code, done.stderr
        assert ("have one name and other bytes" in done.stderr) == bool(code)
        assert (folder / file.name).read_bytes() == (content if code else held)


def test_prune_leaves_a_broken_file_and_names_it(portal: Callable[..., Portal], tmp_path: Path) -> None:
    """It ended with a traceback, or with an error of no file."""
    portal(PAGES).crawl()
    (file,) = files_of(tmp_path)
    held = file.read_bytes()
    ((kept,),) = rows(tmp_path / "a.db", """select "offset" from captures where url like '%bai-101.html'""")
    for content in (held[: kept + 40], held[:kept] + b"x" * 200 + held[kept + 200 :]):
        file.write_bytes(content)
        before = rows(tmp_path / "a.db", "select * from captures")
        done = thongbao("--db", tmp_path / "a.db", "prune")
        assert (done.returncode, file.name in done.stderr) == (1, True), done.stderr
        assert "left as it is" in done.stderr
        assert rows(tmp_path / "a.db", "select * from captures") == before
        assert [f.read_bytes() for f in files_of(tmp_path)] == [content]


def test_an_indexs_own_files_are_its_own_whatever_they_are_called(
    portal: Callable[..., Portal], tmp_path: Path
) -> None:
    """Read again under a path with dots, they were another's: prune dropped what their rows named."""
    site = portal(PAGES)
    site.crawl()
    (file,) = files_of(tmp_path)
    site.crawl("--warc", tmp_path / "captures" / ".." / "captures" / file.name)
    assert rows(tmp_path / "a.db", "select distinct warc from captures") == [(file.name,)]
    assert thongbao("--db", tmp_path / "a.db", "prune").returncode == 0
    assert reextract(tmp_path / "a.db")["unreadable"] == []


def test_prune_keeps_what_something_rests_on(portal: Callable[..., Portal], tmp_path: Path) -> None:
    site = portal(PAGES)
    site.crawl()
    site.crawl("--anew")
    database = tmp_path / "a.db"
    before = contents(database)
    size = sum(file.stat().st_size for file in files_of(tmp_path))
    with Store(database) as store:  # what the command tells in MB, to the byte
        told = prune(store, dry_run=True)
    assert thongbao("--db", database, "prune", "--dry-run").returncode == 0
    assert len(rows(database, "select 1 from captures")) == 10
    assert size == sum(file.stat().st_size for file in files_of(tmp_path))
    assert thongbao("--db", database, "prune").returncode == 0
    assert told.freed == size - sum(file.stat().st_size for file in files_of(tmp_path)) > 0
    kept = rows(database, "select distinct url from captures order by url")
    assert [url.removeprefix(site.url) for (url,) in kept] == ["/", "/tin/bai-100.html", "/tin/bai-101.html"]
    assert is_clean(*files_of(tmp_path))
    kinds = [kind for kind, *_ in records(*files_of(tmp_path))]
    assert kinds.count("request") == kinds.count("response") + kinds.count("revisit") == len(rows(database, "select 1 from captures"))  # fmt: skip
    assert contents(database) == before
    assert not any(sum(n.values()) for n in reextract(database)["facts"].values())
    assert TITLE.format(n=100) in {row[0] for row in rows(database, "select title from notices")}


def test_prune_keeps_the_bytes_of_a_file_that_is_gone(portal: Callable[..., Portal], tmp_path: Path) -> None:
    """Its page named the capture of the 404: the bytes on which its facts rest were dropped."""
    held = made.word()
    link = "<a href=/tep/a.docx>Công văn</a> <a href=/tep/b.docx>Công văn cũ</a>"
    site = portal(
        {"/": listing(100), "/tin/bai-100.html": post(100, BODY + link), "/tep/a.docx": (200, HTML, held)}
    )
    site.crawl()
    with (tmp_path / "later.warc.gz").open("wb") as out:
        writer = WARCWriter(out)
        http = StatusAndHeaders("404 Not Found", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        writer.write_record(writer.create_warc_record(f"{site.url}/tep/a.docx", "response", payload=io.BytesIO(b"no"), http_headers=http,
                                                      warc_headers_dict={"WARC-Date": "2099-01-01T00:00:00Z"}))  # fmt: skip
    site.crawl("--warc", tmp_path / "later.warc.gz")
    database = tmp_path / "a.db"
    assert rows(database, "select outcome from pages where url like '%/a.docx'") == [("gone",)]
    assert thongbao("--db", database, "prune").returncode == 0
    of_file = "select c.status from captures c where c.url like '%docx' and warc not like '/%'"
    assert rows(database, of_file) == [(200,)]
    change(database, "update attachments set text = 'x' where sha256 is not null")
    assert reextract(database)["files"] == 1
    assert rows(database, "select text <> 'x' from attachments where sha256 is not null") == [(1,)]


def test_prune_keeps_records_that_a_killed_crawl_did_not_commit(
    portal: Callable[..., Portal], tmp_path: Path
) -> None:
    """One of a notice: `crawl --warc` still takes it in."""
    site = portal(PAGES)
    site.crawl()
    database, notice = tmp_path / "a.db", f"{site.url}/tin/bai-101.html"
    tables = (
        "pages",
        "captures",
        "versions",
        "notices",
        "witnesses",
    )  # as if their batch had not been committed
    change(database, *(f"delete from {table} where url = '{notice}'" for table in tables))
    assert thongbao("--db", database, "prune").returncode == 0
    (file,) = files_of(tmp_path)
    assert is_clean(file)
    assert [url for kind, url, *_ in records(file) if kind == "response"].count(notice) == 1
    assert [url for kind, url, *_ in records(file) if kind == "request"].count(notice) == 1
    assert (
        len(records(file)) == 1 + 2 * 3
    )  # the file's description, list page, the notice in the index, and this one
    call = ("crawl", "--registry", site.registry, "--warc", file)
    assert thongbao("--db", database, *call).returncode == 0
    assert rows(database, f"select count(*) from notices where url = '{notice}'") == [(1,)]


FILE = (
    "insert into attachments (id, notice, url, name, sha256, text, outcome, size) select 5, id, 'http://x/a.pdf', 'a.pdf', 'aa',"
    " 'Đường dây nóng: 02523999777', 'read', 9"
    " from notices where url like '%101.html'",
    "insert into phones (notice, version, attachment, dial, e164, kind, status, mention, span_start, span_end, rule, inferred)"
    " select id, version, 5, '02523999777', '', 'hotline', 'active', '02523999777', 4, 15, 'x', 0 from notices where url like '%101.html'",
)
OF_FILE = "select n.url, p.version = n.version, p.dial from phones p join notices n on n.id = p.notice where p.attachment = 5"


REPLACED = "Từ ngày 01/10/2021, đường dây nóng 0252.3850.115 thay thế số cũ 0252.3850.111."


def test_what_replaces_a_number_is_found_again_and_merged(
    portal: Callable[..., Portal], tmp_path: Path
) -> None:
    site = portal(PAGES | {"/tin/bai-101.html": post(101, f"{BODY} {REPLACED}")})
    (tmp_path / "one").mkdir()
    database = tmp_path / "one" / "n.db"
    site.crawl(database="one/n.db")
    change(database, FILE[0].replace("Đường dây nóng: 02523999777", REPLACED))
    assert reextract(database)["files"] == 1
    replaced = "select attachment, dial, replaced_by from phones where replaced_by <> '' order by 1"
    expected = [(None, "02523850111", "02523850115"), (5, "02523850111", "02523850115")]
    assert rows(database, replaced) == expected
    # An index of an earlier version knows of none.
    change(database, "update phones set replaced_by = null where replaced_by <> ''")
    told = reextract(database)
    assert (told["files"], told["facts"]["phones"]) == (1, {"altered": 2})
    assert rows(database, replaced) == expected
    out = tmp_path / "merged.db"
    assert thongbao("merge", out, database).returncode == 0
    assert rows(out, replaced) == expected
    assert rows(out, "select dial, replaced_by from ledger where withdrawn") == [
        ("02523850111", "02523850115")
    ]


def test_what_attached_files_say_stays(portal: Callable[..., Portal], tmp_path: Path) -> None:
    site = portal(PAGES)
    for name in ("with", "without"):
        (tmp_path / name).mkdir()
        site.crawl(database=f"{name}/n.db")
    database = tmp_path / "with" / "n.db"
    change(database, *FILE)
    expected = [(f"{site.url}/tin/bai-101.html", 1, "02523999777")]
    assert reextract(database)["files"] == 1  # the row above is not what today's rules say
    assert not any(sum(n.values()) for n in reextract(database)["facts"].values())
    assert rows(database, OF_FILE) == expected
    # Another reader's text of the same capture: its version goes, the file's facts do not.
    change(database, "update citations set role = 'subject' where number = '1742/UBND-KGVXNV'",
           *(f"update {t} set version = 6 where version = (select version from notices where url like '%101.html')"
          for t in ("phones", "citations")),
           "update versions set id = 6, text_hash = 'x' where url like '%101.html'",
           "update notices set version = 6 where url like '%101.html'")  # fmt: skip
    assert reextract(database)["facts"]["citations"] == {"altered": 1}
    assert rows(database, OF_FILE) == expected
    assert not any(sum(n.values()) for n in reextract(database)["facts"].values())
    for order in (("with", "without"), ("without", "with")):
        (tmp_path / "-".join(order)).mkdir()
        out = tmp_path / "-".join(order) / "n.db"
        assert thongbao("merge", out, *(tmp_path / name / "n.db" for name in order)).returncode == 0
        assert rows(out, OF_FILE) == expected
        assert rows(out, "select sha256 from attachments") == [("aa",)]


def test_rows_of_a_list_page_rest_on_its_capture(portal: Callable[..., Portal], tmp_path: Path) -> None:
    """A page of acts, each told in a row and nowhere else: one capture, read again and out of the file alike."""
    numbers = (1742, 1743, 1744)
    acts = "".join(
        f"<tr><td>{n}/UBND-KGVX</td><td>{20 + n % 5}/07/2021</td>"
        f"<td>V/v tăng cường phòng, chống dịch Covid-19 trên địa bàn tỉnh, lần {n}</td></tr>"
        for n in numbers
    )
    head = "<tr><th>Số ký hiệu</th><th>Ngày ban hành</th><th>Trích yếu</th></tr>"
    page = f"<html><head><title>Văn bản</title></head><body><table>{head}{acts}</table></body></html>"
    site = portal({"/": (200, HTML, page.encode())})
    site.crawl()
    database = tmp_path / "a.db"
    found = rows(database, "select n.post_id, c.url from notices n join versions v on v.id = n.version left join captures c on c.id = v.capture")  # fmt: skip
    assert {url for _, url in found} == {f"{site.url}/"}
    assert len(found) == len(numbers)
    before = contents(database)
    assert not any(sum(n.values()) for n in reextract(database)["facts"].values())
    assert contents(database) == before
    thongbao("--db", tmp_path / "b.db", "crawl", "--registry", site.registry, "--warc", *files_of(tmp_path))
    assert contents(tmp_path / "b.db")["documents"] == before["documents"]
