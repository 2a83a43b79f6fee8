"""What docs/operations.md promises: an index is saved while it is written, restored, and upgraded from every schema."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
import sqlite_utils

from db.schema import migrations, open_database
from tests.captured import listing, post, rows
from tests.prepared import ROOT, command
from tests.test_cli import thongbao
from tests.test_scrapyd import until

EARLIER = [m.name for m in migrations.pending(sqlite_utils.Database(memory=True))][1:]
#: Tables that a migration makes or fills, or that belong to another: they are not copied.
OWN = re.compile("sqlite_|_sqlite_|.*_fts|portal_runs")


def told(section: str) -> str:
    """The commands of a section of the docs."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    (part,) = re.findall(rf"^## {section}\n(.*?)(?=^## |\Z)", text, re.S | re.M)
    return "\n".join(line[4:] for line in part.splitlines() if line.startswith("    "))


def is_whole(database: Path) -> bool:
    """Whether SQLite finds nothing wrong with an index and its full-text search."""
    with closing(sqlite3.connect(database)) as connection:
        for index in ("notices_fts", "attachments_fts"):  # raises when it is not
            connection.execute(f"insert into {index} ({index}, rank) values ('integrity-check', 1)")
        return connection.execute("pragma integrity_check").fetchall() == [("ok",)]


def of_schema(before: str, source: Path, database: Path) -> None:
    """An index as a version without the migration `before` would have left it, with the rows of another."""
    db = sqlite_utils.Database(database)
    migrations.apply(db, stop_before=before)
    db.conn.execute("attach ? as source", (str(source),))
    for table in (name for name in db.table_names() if not OWN.match(name)):
        columns = ", ".join(f'"{column.name}"' for column in db[table].columns)
        db.conn.execute(f"insert into {table} ({columns}) select {columns} from source.{table}")
    db.conn.commit()
    db.conn.close()


def schema_of(database: Path) -> set[tuple[str, str]]:
    return set(rows(database, "select name, sql from sqlite_master where name not like 'sqlite_%'"))


@pytest.mark.parametrize("before", EARLIER)
def test_an_index_of_each_earlier_schema_is_brought_to_this_one(
    sample_index: Path, tmp_path: Path, before: str
) -> None:
    old = tmp_path / "old.db"
    of_schema(before, sample_index, old)
    done = thongbao("--db", old, "status", "--json")
    assert done.returncode == 0, done.stderr
    open_database(tmp_path / "new.db").conn.close()
    assert schema_of(old) == schema_of(tmp_path / "new.db")
    assert is_whole(old)
    for table in ("notices", "versions", "documents", "citations", "phones", "attachments", "pages", "runs"):
        assert rows(old, f"select count(*) from {table}") == rows(
            sample_index, f"select count(*) from {table}"
        )
    find = "select rowid from notices_fts where notices_fts match 'covid' order by 1"
    assert rows(old, find) == rows(sample_index, find) != []
    # What replaces a number is a fact of its text: reextract makes it.
    ledger = "select dial, e164, owners, provinces, first_seen, last_seen, notices, withdrawn, contradicted from ledger"
    assert rows(old, ledger) == rows(sample_index, ledger) != []


def test_an_index_of_the_first_schema_is_crawled_on(portal, tmp_path: Path) -> None:
    site = portal({"/": listing(1, 2), "/tin/bai-1.html": post(1), "/tin/bai-2.html": post(2)})
    site.crawl()
    of_schema(EARLIER[0], tmp_path / "a.db", tmp_path / "old.db")
    site.answers |= {"/": listing(1, 2, 3), "/tin/bai-3.html": post(3)}
    done = site.crawl("--json", database="old.db")
    assert '"outcomes": {"new": 1, "changed": 1}' in done.stdout
    assert is_whole(tmp_path / "old.db")


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="sqlite3 is not installed (.ci/run installs it)")
def test_what_the_docs_say_saves_a_live_index_and_restores_it(portal, tmp_path: Path) -> None:
    status, headers, body = post(99)
    slow = status, headers | {"X-Delay": "20"}, body  # the crawl is still at it while the backup is made
    numbers = range(1, 9)
    site = portal(
        {"/": listing(99, *numbers), "/tin/bai-99.html": slow}
        | {f"/tin/bai-{n}.html": post(n) for n in numbers}
    )
    index, count = tmp_path / "notices.db", "select count(*) from notices"
    site.crawl("--max-pages", "5", database="notices.db")  # what was there before
    stored = rows(index, count)
    with subprocess.Popen(command(*site.call(database="notices.db")), stderr=subprocess.DEVNULL) as crawl:
        for _ in until("nothing is written"):
            if rows(index, "select count(*) from runs where outcome = 'running'") == [(1,)]:
                break
        subprocess.run(["sh", "-e", "-c", told("Backup")], cwd=tmp_path, check=True, timeout=60)
        assert crawl.poll() is None  # it was live
        crawl.terminate()
    backup = tmp_path / "backup" / "notices.db"
    assert is_whole(backup)
    assert rows(backup, count) >= stored > [(0,)]
    saved = rows(backup, count)
    index.write_bytes(b"a disk that went bad")
    shutil.rmtree(tmp_path / "captures")
    subprocess.run(["sh", "-e", "-c", told("Restore")], cwd=tmp_path, check=True, timeout=60)
    assert (is_whole(index), rows(index, count)) == (True, saved)
    site.answers["/tin/bai-99.html"] = post(99)
    assert site.crawl(database="notices.db").returncode == 0
    assert rows(index, count) == [(9,)]
    assert thongbao("--db", index, "reextract", "--dry-run").returncode == 0
