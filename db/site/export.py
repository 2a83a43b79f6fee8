"""The index as plain files: CSV for spreadsheets, JSON Lines for programs, SQLite, and a dictionary."""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.away import directory, snapshot
from db.dictionary import INTERNAL, dictionary
from db.site import queries
from db.site.spreadsheet import cell
from db.site.whole import told

Row = dict[str, Any]
#: Of which there is JSON Lines beside CSV: a line of notices holds all that hangs on one.
AS_JSON = ("notices", "documents", "document_relations", "ledger", "portals", "provinces")
#: Columns that hold JSON: a line of JSON Lines holds what they hold.
HOLD_JSON = {"notices": ("topics",)}
#: Of use to a crawl alone: in the SQLite file, and in no CSV.
KEPT = ("page_links", *INTERNAL)
#: Rows between two words of progress.
STEP = 2000


@dataclass(frozen=True, slots=True)
class Exported:
    """A file of an export: its name in the directory, its rows (None: not made of rows), size and digest."""

    name: str
    rows: int | None
    size: int
    sha256: str


def export(database: Path, target: Path, tell: Callable[[int, int], None]) -> list[Exported]:
    """Write an index into a directory; `tell` hears of rows written, and of how many.

    Raises `NotOurs` for a directory that holds other files, `SchemaError` or FileNotFoundError for no index.
    """
    with directory(target, "export") as (folder, mark):
        snapshot(database, folder / "notices.db")
        uri = f"{(folder / 'notices.db').absolute().as_uri()}?immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            counts = _write_tables(connection, folder, tell)
            _write_dictionary(folder)
            files = [_described(folder, name, rows) for name, rows in counts.items()]
            mark["files"] = {f.name: {"rows": f.rows, "bytes": f.size, "sha256": f.sha256} for f in files}
            sizes = dict(connection.execute(queries.SIZES).fetchone())
        (folder / "README.md").write_text(readme(mark["made"], sizes, files), encoding="utf-8")
        lines = "".join(f"{f.sha256}  {f.name}\n" for f in [*files, _described(folder, "README.md", None)])
        (folder / "SHA256SUMS").write_text(lines, encoding="utf-8")
    return files


def _write_tables(
    connection: sqlite3.Connection, folder: Path, tell: Callable[[int, int], None]
) -> dict[str, int | None]:
    """The rows of each file that was written."""
    names = [name for name in dictionary() if name not in KEPT]
    files = [f"csv/{name}.csv" for name in names] + [f"jsonl/{name}.jsonl" for name in AS_JSON]
    of = {name: connection.execute(f"select count(*) from {name}").fetchone()[0] for name in names}
    total, done = sum(of[Path(file).stem] for file in files), 0
    counts: dict[str, int | None] = {"notices.db": None}
    for file in files:
        path = folder / file
        path.parent.mkdir(exist_ok=True)
        write = _write_csv if path.suffix == ".csv" else _write_jsonl
        rows = 0
        for _ in write(connection, path):
            rows += 1
            if (done + rows) % STEP == 0:
                tell(done + rows, total)
        counts[file], done = rows, done + rows
    tell(done, total)
    return counts | {"dictionary.csv": sum(1 + len(table.columns) for table in dictionary().values())}


def _rows(connection: sqlite3.Connection, table: str) -> sqlite3.Cursor:
    key = "rowid" if connection.execute(queries.IS_TABLE, [table]).fetchone() else "1"
    return connection.execute(f"select * from {table} order by {key}")


def _write_csv(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """One row after another, with the byte order mark that Excel needs; no cell passes for a formula."""
    found = _rows(connection, path.stem)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column[0] for column in found.description])
        for row in found:
            writer.writerow([cell(value) for value in row])
            yield


def _write_jsonl(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """One object a line; of notices whole ones."""
    whole, as_json = path.stem == "notices", HOLD_JSON.get(path.stem, ())
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for found in _rows(connection, path.stem):
            row = _whole(connection, found) if whole else dict(found)
            row |= {name: json.loads(row[name]) for name in as_json if isinstance(row[name], str)}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            yield


def _whole(connection: sqlite3.Connection, notice: sqlite3.Row) -> Row:
    values = {"id": notice["id"], "version": notice["version"]}

    def all_of(sql: str) -> list[Row]:
        return [dict(row) for row in connection.execute(sql, values)]

    n = (all_of(queries.NOTICE_WHOLE) or [dict(notice) | {"authority": None, "text": None}])[0]
    facts = {name: all_of(sql) for name, sql in queries.WHOLE_FACTS.items()}
    others = (all_of(sql) for sql in (queries.WHOLE_FILES, queries.WHOLE_WITNESSES, queries.WHOLE_VERSIONS))
    return told(n, facts, *others)


def _write_dictionary(folder: Path) -> None:
    with (folder / "dictionary.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["table", "column", "tiếng Việt", "English", "csv"])
        for name, table in dictionary().items():
            where = "" if name in KEPT else f"csv/{name}.csv"
            writer.writerow([name, "", *table.told, where])
            writer.writerows([name, column, *told, where] for column, told in table.columns.items())


def _described(folder: Path, name: str, rows: int | None) -> Exported:
    with (folder / name).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Exported(name, rows, (folder / name).stat().st_size, digest)


README = """# Thông Báo

Thông báo về COVID-19 của sở, ngành và UBND các tỉnh Việt Nam, chương trình đọc, xuất lúc {made}.
Notices on COVID-19 of Vietnamese provincial departments, read by a program; exported {made}.

{notices} notices ({first} – {last}), {documents} documents, {hotlines} hotlines; portals: {portals}.

- `csv/`: a file a table, UTF-8 with a byte order mark, for spreadsheets. An apostrophe stands before a
  cell that a spreadsheet would take for a formula. Excel cuts cells at 32,767 characters: long texts are
  whole in the other shapes. Ids have up to 16 digits: import them as text where a program rounds them.
- `jsonl/`: JSON Lines. A line of `notices.jsonl` holds a notice whole: text, facts with their places,
  files, versions.
- `notices.db`: the index, a SQLite file; `thongbao --db notices.db serve` shows it. Captured pages are
  not in it.
- `dictionary.csv`: what each table and column holds. `SHA256SUMS`: `sha256sum -c SHA256SUMS` checks the
  files.

## Limits

Reading can fail: a portal that blocks, moves or closes leaves gaps, and silence here never means that
nothing was announced. Roles, topics and years of days printed without one are inferred. Check a number
against its source before you call or quote it; a hotline marked withdrawn must not be called.

## Licence

The program is licensed under Apache-2.0. The notices are official texts of Vietnamese authorities; cite
the source, the `url` of each. Who asks for a removal is answered in the index: use its newest export.

## Files

| file | rows | bytes | SHA-256 |
|---|---|---|---|
{files}
"""


def readme(made: str, sizes: Row, files: list[Exported]) -> str:
    """The page that goes with the files: what they are, their limits, licence, counts and digests."""
    lines = [f"| {f.name} | {'' if f.rows is None else f.rows} | {f.size} | {f.sha256} |" for f in files]
    known = {name: "–" if value is None else value for name, value in sizes.items()}
    return README.format(made=made, files="\n".join(lines), **known)
