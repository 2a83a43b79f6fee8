"""`thongbao export`: what lies in the directory is the index, whole, of one moment, and nothing else is touched."""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import thongbao
from db.dictionary import dictionary
from db.schema import open_database
from db.site.export import KEPT
from db.store import Store

#: Made by SQLite, its migrations and its full-text search.
_INNER = ("sqlite_", "_sqlite", "notices_fts", "attachments_fts")


def run(database: Path, folder: Path, *more: str) -> int:
    return thongbao.main(["--db", str(database), "export", str(folder), "--quiet", *more])


def read_csv(path: Path) -> list[dict[str, str]]:
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")  # what Excel needs to read Vietnamese
    return list(csv.DictReader(raw.decode("utf-8-sig").splitlines(keepends=True)))


def test_every_table_and_column_of_the_index_is_described(tmp_path):
    connection = open_database(tmp_path / "a.db").conn
    names = [
        name
        for (name,) in connection.execute("select name from sqlite_schema where type in ('table', 'view')")
        if not name.startswith(_INNER)
    ]
    described = {name: set(table.columns) for name, table in dictionary().items()}
    for name in names:
        columns = {c[1] for c in connection.execute(f"pragma table_info({name})")}
        assert columns <= described[name], name


def test_the_files_hold_every_row_and_the_readme_tells_their_digests(sample_index, tmp_path):
    out = tmp_path / "thong-bao"
    assert run(sample_index, out) == thongbao.WELL
    with closing(sqlite3.connect(sample_index)) as index:
        for name in dictionary():
            if name not in KEPT:
                (count,) = index.execute(f"select count(*) from {name}").fetchone()
                assert len(read_csv(out / "csv" / f"{name}.csv")) == count, name
        texts = dict(index.execute("select n.id, v.text from notices n join versions v on v.id = n.version"))
    notices = [json.loads(line) for line in (out / "jsonl" / "notices.jsonl").open(encoding="utf-8")]
    assert {n["id"]: n["text"] for n in notices} == texts
    facts = [(n["text"], p) for n in notices for p in n["phones"] if not p["attachment"]]
    assert facts
    assert all(text[p["start"] : p["end"]] == p["mention"] for text, p in facts)
    readme = (out / "README.md").read_text(encoding="utf-8")
    told = dict(line.split("  ")[::-1] for line in (out / "SHA256SUMS").read_text().splitlines())
    there = {str(p.relative_to(out)) for p in out.rglob("*") if p.is_file()}
    assert there == {*told, "SHA256SUMS", "thongbao.json"}
    for name, digest in told.items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
        assert name == "README.md" or digest in readme
    other = tmp_path / "other"
    other.mkdir()
    assert out.stat().st_mode == other.stat().st_mode  # readable for whom any directory is
    other.rmdir()
    assert [p.name for p in tmp_path.iterdir()] == ["thong-bao"]


def test_the_copy_is_of_one_moment_while_a_crawl_writes(sample_index, tmp_path):
    index = tmp_path / "notices.db"
    index.write_bytes(sample_index.read_bytes())
    with Store(index) as store:  # the crawl's connection, with rows that it has not committed
        store.database.conn.execute("begin immediate")
        store.database.execute("delete from notices")
        assert run(index, tmp_path / "out") == thongbao.WELL
        store.database.conn.rollback()
    with closing(sqlite3.connect(tmp_path / "out" / "notices.db")) as copy:
        assert copy.execute("pragma integrity_check").fetchone() == ("ok",)
        assert copy.execute("pragma journal_mode").fetchone() == ("delete",)
        (count,) = copy.execute("select count(*) from notices").fetchone()
        (found,) = copy.execute("select count(*) from notices_fts where notices_fts match 'covid'").fetchone()
    assert count == len(read_csv(tmp_path / "out" / "csv" / "notices.csv")) >= found > 0


def test_no_cell_of_a_table_is_a_formula(tmp_path):
    database = open_database(tmp_path / "a.db")
    evil = '=HYPERLINK("http://evil.example";"x")'
    database["portals"].insert({"id": "xau", "name": evil, "url": "-5"})
    database["documents"].insert({"id": 1, "number": "1", "year": 0, "issuer": "", "title": "\t+cmd|x"})
    database.conn.close()
    assert run(tmp_path / "a.db", tmp_path / "out") == thongbao.WELL
    (portal,) = read_csv(tmp_path / "out" / "csv" / "portals.csv")
    (document,) = read_csv(tmp_path / "out" / "csv" / "documents.csv")
    assert (portal["name"], portal["url"], document["title"]) == (f"'{evil}", "-5", "'\t+cmd|x")
    assert json.loads((tmp_path / "out" / "jsonl" / "portals.jsonl").read_text())["name"] == evil


def test_an_export_is_made_anew_and_what_it_did_not_make_is_never_lost(sample_index, tmp_path, capsys):
    out = tmp_path / "out"
    out.mkdir()
    assert run(sample_index, out) == thongbao.WELL  # an empty directory is nobody's
    before = (out / "csv" / "notices.csv").read_bytes()
    (out / "csv" / "notices.csv").write_bytes(b"changed")
    assert run(sample_index, out) == thongbao.WELL
    assert (out / "csv" / "notices.csv").read_bytes() == before
    (out / "my-notes.txt").write_text("mine")
    assert run(sample_index, out) == thongbao.WRONG_CALL
    assert "my-notes.txt" in capsys.readouterr().err
    assert (out / "my-notes.txt").read_text() == "mine"
    (tmp_path / "file").write_text("mine")
    with pytest.raises(SystemExit) as ended:
        run(sample_index, tmp_path / "file")
    assert ended.value.code == thongbao.WRONG_CALL
    assert run(tmp_path / "none.db", tmp_path / "other") == thongbao.COULD_NOT_RUN
    assert not (tmp_path / "other").exists()


def test_an_export_that_fails_leaves_the_last_one(sample_index, tmp_path, monkeypatch):
    out = tmp_path / "out"
    assert run(sample_index, out) == thongbao.WELL
    before = (out / "README.md").read_bytes()

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("commands.site.counter", lambda *_: stopped)
    assert run(sample_index, out) == thongbao.INTERRUPTED
    assert (out / "README.md").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
