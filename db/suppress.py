"""Removals: a notice or a file taken out of the index whole, and kept out of it whatever is crawled or merged.

Its rows leave the served file for an index beside it, which nobody serves, so that no page, table or query can
show them and a mistake can be undone. What stays is its number, the day and the reason.
"""

# ruff: noqa: E501 - SQL stays on its line
from __future__ import annotations

from datetime import date
from pathlib import Path

from db.memory import address_id
from db.merge import Merger, attached
from db.prune import drop_records
from db.store import Store
from db.suppressions import Suppression, enforce, find, remove_notice, suppressions

#: Addresses of a notice or a file, and those they redirected to; not what is others' too: list pages, files of
#: several notices.
_ADDRESSES = """
create temp table removed as
with recursive hop (url) as (
  select url from pages where kind <> 'list' and :file is null
    and (portal, post_id) = (select portal, post_id from notices where id = :notice)
  union select url from versions where notice = :notice and :file is null
  union select url from witnesses where notice = :notice and :file is null
  union select url from attachments where notice = :notice and (:file is null or id = :file)
  union select substr(p.reason, 15) from hop join pages p on p.url = hop.url where p.reason like 'redirected to http%')
select url from hop
except select url from pages where kind = 'list'
except select url from notices where id <> :notice
except select url from versions where notice <> :notice
except select url from attachments where notice <> :notice
"""
#: Addresses that led there by a redirect, as the reason of their rows tells.
_REDIRECTS = """
insert into removed select url from pages where reason in (select 'redirected to ' || url from removed)
"""


def aside_of(database: Path) -> Path:
    """The index of what was taken out of another, beside it."""
    return database.with_name(database.name + ".suppressed")


#: What else holds the same: notices that ever had one of its texts letter for letter; files of the same bytes.
_TWINS = {
    "notice": "select distinct n.id, n.title from versions v join versions w on w.text_hash = v.text_hash"
    " and w.notice <> v.notice join notices n on n.id = w.notice where v.notice = ? order by n.id",
    "file": "select b.id, b.name from attachments a join attachments b on b.sha256 = a.sha256 and b.id <> a.id"
    " where a.id = ? order by b.id",
}


def twins(store: Store, kind: str, number: int) -> list[tuple[int, str]]:
    """The other notices or files that hold the same as one: their numbers and titles or names."""
    found = store.database.conn.execute(_TWINS[kind], (number,)).fetchall()
    return [(row[0], row[1] or "") for row in found]


def suppress(
    store: Store, kind: str, number: int, reason: str | None, day: date, erase: bool = False
) -> None:
    """Take a notice or a file out of an index and keep it out.

    Its rows go to the index beside; with `erase` they are kept nowhere, and its records are cut out of the WARC
    files too.
    """
    store.flush()
    do = store.database.conn.execute
    sql = (
        "select notice from attachments where id = ?"
        if kind == "file"
        else "select id from notices where id = ?"
    )
    (notice,) = do(sql, (number,)).fetchone()
    do("drop table if exists temp.removed")
    do(_ADDRESSES, {"notice": notice, "file": number if kind == "file" else None})
    do(_REDIRECTS)
    addresses = [row[0] for row in do("select url from removed").fetchall()]
    if not erase:
        _put_aside(store, notice, addresses)
    (portal,) = do("select portal from notices where id = ?", (notice,)).fetchone()
    do(
        "insert or replace into suppressions values (?, ?, ?, ?, ?, ?)",
        (number, kind, notice, portal, reason, str(day)),
    )
    store.database.conn.executemany(
        "insert or ignore into suppressed_addresses values (?, ?)",
        [(address_id(url), number) for url in addresses],
    )
    held = [row[0] for row in do("select distinct warc from captures where url in removed").fetchall()]
    enforce(store)
    if erase:
        drop_records(store, held)


def erase(store: Store, found: Suppression) -> None:
    """Forget what lies beside of something suppressed before, and cut its records out of the WARC files."""
    aside = aside_of(store.path)
    if not aside.exists():
        return
    known = store.database.conn.execute(
        "select address, suppression from suppressed_addresses where suppression = ?", (found.id,)
    ).fetchall()
    with Store(aside) as other:
        conn = other.database.conn
        held = [row[0] for row in conn.execute("select distinct warc from captures").fetchall()]
        row = (found.id, found.kind, found.notice, "", None, found.day)
        conn.execute("insert into suppressions values (?, ?, ?, ?, ?, ?)", row)
        conn.executemany("insert into suppressed_addresses values (?, ?)", known)
        enforce(other)
        for table in ("suppressions", "suppressed_addresses"):
            conn.execute(f"delete from {table}")
    drop_records(store, held)


def lift(store: Store, found: Suppression) -> bool:
    """Let a notice or a file into an index again; whether it is back (else the next crawl brings it)."""
    do = store.database.conn.execute
    do("delete from suppressed_addresses where suppression = ?", (found.id,))
    do("delete from suppressions where id = ?", (found.id,))
    store.load_suppressed()
    store.flush()
    aside = aside_of(store.path)
    if aside.exists():
        with attached(store, aside):
            merger = Merger(store)
            merger.take_registry()
            merger.take_pages()
            merger.take_notices(f"select id from other.notices where id = {found.notice}")
            enforce(store)  # what came along and is kept out still
            store.flush()
        _tidy(aside, found.notice, suppressions(store))
    return find(store, found.id, found.kind) is not None


def _tidy(aside: Path, notice: int, left: list[Suppression]) -> None:
    """Drop a notice from the index beside, unless something of it is kept out still; without any, the index."""
    if not left:
        for ending in ("", "-wal", "-shm"):
            aside.with_name(aside.name + ending).unlink(missing_ok=True)
    elif all(other.notice != notice for other in left):
        with Store(aside) as store:
            remove_notice(store, notice)


def _put_aside(store: Store, notice: int, addresses: list[str]) -> None:
    """The rows of a notice in the index beside, with the captures and pages of its addresses."""
    path = aside_of(store.path)
    with Store(path) as aside:
        path.chmod(0o600)
        with attached(aside, store.path):
            merger, conn = Merger(aside), aside.database.conn
            merger.take_registry()
            for url in addresses:
                conn.execute(
                    f"insert or ignore into captures select {merger.names('captures')} from other.captures o where url = ?",
                    (url,),
                )
                conn.execute(
                    f"insert or replace into pages select {merger.names('pages')} from other.pages o where url = ?",
                    (url,),
                )
            merger.take_notices(f"select id from other.notices where id = {notice}")
            aside.flush()
