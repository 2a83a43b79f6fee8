"""What is kept out of an index: the list of it, and the removal of whatever came in all the same."""

# ruff: noqa: E501 - SQL stays on its line
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from db import scans
from db.memory import address_id
from db.store import FACT_TABLES, Store, forget_files, forget_version


@dataclass(frozen=True, slots=True)
class Suppression:
    """What is kept out: its number in addresses, `notice` or `file`, the notice it is (of), why, since when."""

    id: int
    kind: str
    notice: int
    reason: str | None
    day: str


def suppressions(store: Store) -> list[Suppression]:
    """What is kept out of an index, the oldest first."""
    found = store.database.conn.execute(
        "select id, kind, notice, reason, day from suppressions order by day, id"
    )
    return [Suppression(*row) for row in found.fetchall()]


def find(store: Store, number: int, kind: str | None) -> tuple[str, str] | None:
    """What a number names in an index: `notice` or `file`, and its title or name; None for nothing."""
    for name, sql in {
        "notice": "select title from notices where id = ?",
        "file": "select name from attachments where id = ?",
    }.items():
        row = store.database.conn.execute(sql, (number,)).fetchone() if kind in (None, name) else None
        if row:
            return name, row[0] or ""
    return None


def enforce(store: Store) -> None:
    """Remove what an index holds of its suppressions: nothing but the numbers is left in the file."""
    store.load_suppressed()
    if not store.suppressed.ids:
        return
    conn = store.database.conn
    do = conn.execute
    do("pragma secure_delete = on")  # a copy of the file must not tell what a query cannot
    before = conn.total_changes
    for found in suppressions(store):
        if found.kind == "notice":
            remove_notice(store, found.notice)
        else:
            _forget_file(store, found.id)
    conn.create_function("address_id", 1, address_id, deterministic=True)
    gone = "in (select address from suppressed_addresses)"
    do("drop table if exists temp.removed")
    do(f"create temp table removed as select url from pages where address_id(url) {gone}"
       f" union select url from captures where address_id(url) {gone}"
       f" union select url from page_links where address_id(url) {gone}")  # fmt: skip
    for table, column in (
        ("pages", "url"),
        ("captures", "url"),
        ("page_links", "url"),
        ("page_links", "page"),
    ):
        do(f"delete from main.{table} where {column} in removed")
    if conn.total_changes > before:
        for index in ("notices_fts", "attachments_fts"):
            do(f"insert into {index} ({index}) values ('optimize')")  # deleted words stay in older segments
    store.flush()
    do("pragma main.wal_checkpoint(truncate)")


def remove_notice(store: Store, notice: int) -> None:
    """Delete a notice with its versions, files and facts; its documents are settled anew."""
    conn = store.database.conn

    def ids(table: str) -> list[Any]:
        return [
            row[0]
            for row in conn.execute(f"select id from main.{table} where notice = ?", (notice,)).fetchall()
        ]

    for file in ids("attachments"):
        _forget_file(store, file)
    for version in ids("versions"):
        forget_version(conn, version)
    for table in ("texts", "notice_topics", "witnesses", *FACT_TABLES):
        conn.execute(f"delete from main.{table} where notice = ?", (notice,))
    conn.execute("delete from main.notices where id = ?", (notice,))


def _forget_file(store: Store, file: int) -> None:
    """Delete a file with its facts, and its bytes where they wait to be recognised for no other notice."""
    conn = store.database.conn
    row = conn.execute("select sha256 from main.attachments where id = ?", (file,)).fetchone()
    forget_files(store, [file])
    others = "select 1 from main.attachments where sha256 = ?"
    if row and row[0] and not conn.execute(others, (row[0],)).fetchone():
        scans.forget(store.path, row[0])
