"""Indexes joined: what one holds taken into another, as if all had been crawled into one."""

# ruff: noqa: E501 - SQL stays on its line
from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.captures import OPEN, cut_to_whole
from crawler.whole import whole_or_not
from db import scans
from db.captured import captures_of
from db.memory import view_of
from db.schema import is_writable, prepare_to_read
from db.store import FACT_TABLES, Store, forget_files, forget_version
from db.suppressions import enforce

#: Tables whose rows belong to a notice, besides its versions and their facts.
_OF_NOTICE = ("texts", "notice_topics", "attachments", "witnesses")
Row = dict[str, Any]


class Clash(RuntimeError):
    """Two WARC files of one name whose bytes differ; the message names both."""


@dataclass(frozen=True, slots=True)
class Merged:
    """How many notices an index gave anew, and of which files its captures have no bytes, a line each."""

    new: int
    lost: list[str]


def merge(store: Store, database: Path) -> Merged:
    """Take an index into the one of a store, its WARC files too.

    Raises `SchemaError` or FileNotFoundError for what is no index, `Clash` for files that cannot stand
    side by side.
    """
    prepare_to_read(database)
    link_files(captures_of(database), store.writer.folder)
    with attached(store, database):
        merger = Merger(store)
        merger.take_registry()
        merger.take_suppressions()
        merger.take_pages()
        new = merger.take_notices()
        store.mark_gone_later()
        link_scans(store, database)
        enforce(store)
        lost = lost_files(store, database)
        store.flush()
    return Merged(new, lost)


def lost_files(store: Store, database: Path) -> list[str]:
    """The WARC files that another index names and does not have."""
    rows = store.database.conn.execute(
        "select warc, count(*) from other.captures where warc <> '' and warc not like '/%' group by warc order by warc"
    ).fetchall()
    folder = captures_of(database)
    return [
        f"{folder / name} is not there: {count} captures of {database} have no bytes"
        for name, count in rows
        if not (store.writer.folder / name).exists()
    ]


@contextmanager
def attached(store: Store, database: Path) -> Iterator[None]:
    """Another index beside a store's own, as schema `other`."""
    store.flush()
    address = database.absolute().as_uri() + ("" if is_writable(database) else "?immutable=1")
    store.database.conn.execute("attach ? as other", (address,))
    try:
        yield
    finally:
        store.database.conn.rollback()  # nothing is left of a transaction that an error ended
        store.database.conn.execute("detach other")


def link_files(source: Path, target: Path) -> None:
    """The WARC files of one index among another's; of one that a crawl left open its whole records."""
    if source.resolve() == target.resolve():
        return
    for file in sorted(source.glob("*.warc.gz")):
        if not (target / file.name).exists() or _goes_on(file, target / file.name):
            link_file(file, target)
    for file in sorted(source.glob(f"*.warc.gz{OPEN}")):
        closed = target / file.name.removesuffix(OPEN)
        if not closed.exists() or _goes_on(file, closed):
            _take(file, closed, is_open=True)


def link_file(file: Path, target: Path) -> None:
    """A file in another folder too: linked where one disk holds both, else copied."""
    _take(file, target / file.name)


def _take(file: Path, to: Path, *, is_open: bool = False) -> None:
    """A file at another place, where it has its name when it is whole; of one still open the whole records."""
    to.parent.mkdir(parents=True, exist_ok=True)
    with whole_or_not(to) as unfinished:
        if is_open or not _linked(file, unfinished):
            shutil.copy2(file, unfinished)
        if is_open:
            cut_to_whole(unfinished)


def _linked(file: Path, to: Path) -> bool:
    with suppress(OSError):
        os.link(file, to)
        return True
    return False


def _goes_on(file: Path, known: Path) -> bool:
    """Whether a file holds what one of its name holds, and more; raises `Clash` where their bytes differ."""
    size, known_size = file.stat().st_size, known.stat().st_size
    if file.samefile(known):
        return False
    with file.open("rb") as one, known.open("rb") as other:
        left = min(size, known_size)
        while left > 0:
            a, b = one.read(min(left, 1 << 20)), other.read(min(left, 1 << 20))
            if a != b or not a:
                raise Clash(
                    f"{file} and {known} have one name and other bytes, so that captures of one would lose"
                    " theirs: one of them was cut, pruned or changed after it was copied"
                )
            left -= len(a)
    return size > known_size


def link_scans(store: Store, database: Path) -> None:
    """The bytes of scans that wait to be recognised, from another index."""
    source, target = scans.folder_of(database), scans.folder_of(store.path)
    for (sha256,) in store.database.conn.execute(
        "select distinct sha256 from main.attachments where outcome = 'needs-ocr'"
    ).fetchall():
        if (
            (source / sha256).exists()
            and source.resolve() != target.resolve()
            and not (target / sha256).exists()
        ):
            link_file(source / sha256, target)


class Merger:
    """The schema `other` of a store's connection, taken into `main` by the rules by which a store adds pages."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.conn = store.database.conn
        self.columns = {
            table: [row[1] for row in self.conn.execute(f"pragma main.table_info({table})")]
            for table in ("portals", "runs", "portal_runs", "captures", "pages", "notices", "versions", *_OF_NOTICE, *FACT_TABLES)
        }  # fmt: skip
        self.conn.execute("create temp table if not exists run_of (other integer primary key, main integer)")
        self.conn.execute("delete from run_of")

    def names(self, table: str, prefix: str = "o") -> str:
        """The columns of a table, its runs renumbered."""
        run = "(select main from run_of where run_of.other = o.run)"
        return ", ".join(run if c == "run" else f'{prefix}."{c}"' for c in self.columns[table])

    # -- what is not a notice -----------------------------------------------------------------------

    def take_registry(self) -> None:
        """Provinces, portals (the health of the later reading), runs and how each portal's ended."""
        self.conn.execute("insert or ignore into provinces select * from other.provinces")
        columns = ", ".join(self.columns["portals"])  # by name: migrations may have come in another order
        self.conn.execute(
            f"insert or replace into portals ({columns}) select {columns}"
            " from other.portals o where not exists (select 1 from main.portals m where m.id = o.id"
            " and ifnull(m.last_run, '') >= ifnull(o.last_run, ''))"
        )
        plain = [c for c in self.columns["runs"] if c != "id"]
        listed = ", ".join(plain)
        for row in self.conn.execute(f"select id, {listed} from other.runs order by id").fetchall():
            known = self.conn.execute(
                "select id from main.runs where started is ? and command is ?", (row[1], row[1 + plain.index("command")])
            ).fetchone()  # fmt: skip
            marks = ", ".join("?" * len(plain))
            own = known[0] if known else self.conn.execute(
                f"insert into main.runs ({listed}) values ({marks})", row[1:]).lastrowid  # fmt: skip
            self.conn.execute("insert into run_of values (?, ?)", (row[0], own))
        readings = self.names("portal_runs")
        self.conn.execute(f"insert or ignore into portal_runs select {readings} from other.portal_runs o")
        self.store.kinds.update(
            {row[0]: (row[1], row[2]) for row in self.conn.execute("select id, province, kind from portals")}
        )

    def take_suppressions(self) -> None:
        """What either index keeps out stays out."""
        for table in ("suppressions", "suppressed_addresses"):
            self.conn.execute(f"insert or ignore into main.{table} select * from other.{table}")

    def take_pages(self) -> None:
        """Captures, and of each address the later fetch with its links.

        What the page was, the other side knows where that fetch failed.
        """
        self.conn.execute(
            f"insert or ignore into captures select {self.names('captures')} from other.captures o"
        )
        self.conn.execute("drop table if exists temp.later")
        self.conn.execute(
            "create temp table later as select o.url from other.pages o left join main.pages m on m.url = o.url"
            " where m.url is null or o.fetched_at > m.fetched_at"
        )
        known = ("text_hash", "post_id", "published", "kind", "capture")

        def of_both(one: str, other: str) -> list[str]:
            """What one row says, or the other: the capture is of the fetch that gave the text."""
            *said, kind, capture = (f"coalesce({one}.{c}, {other}.{c})" for c in known)
            bare = f"{one}.text_hash is null and {other}.text_hash is not null and {one}.kind <> 'list'"
            return [
                *said,
                f"case when {bare} and {other}.kind = 'attachment' then {other}.kind else {kind} end",
                f"case when {bare} then {other}.capture else {capture} end",
            ]

        listed = ", ".join(f"{said} as {c}" for said, c in zip(of_both("m", "o"), known, strict=True))
        self.conn.execute("drop table if exists temp.known")
        self.conn.execute(
            f"create temp table known as select o.url, {listed}"
            " from other.pages o join main.pages m on m.url = o.url where"
            f" ({', '.join(f'o.{c}' for c in known)}) is not ({', '.join(f'm.{c}' for c in known)})"
        )
        self.conn.execute(
            f"insert or replace into pages select {self.names('pages')} from other.pages o where url in later"
        )
        self.conn.execute(
            f"update main.pages as m set ({', '.join(known)}) = ({', '.join(of_both('m', 'k'))})"
            " from temp.known k where k.url = m.url"
        )
        self.conn.execute("delete from page_links where page in later")
        self.conn.execute(
            "insert or ignore into page_links select * from other.page_links where page in later"
        )

    # -- notices -----------------------------------------------------------------------------------

    def take_notices(self, only: str = "select id from other.notices") -> int:
        """The notices of `only`, a query of ids; returns how many were not known."""
        self.conn.execute("drop table if exists temp.new")
        self.conn.execute(
            f"create temp table new as select id from ({only}) except select id from main.notices"
        )
        both = self.conn.execute(f"{only} intersect select id from main.notices order by 1").fetchall()
        self.conn.execute(
            f"insert into notices select {self.names('notices')} from other.notices o where id in new"
        )
        self.take_rows("versions", "notice in new")
        for table in (*_OF_NOTICE, *FACT_TABLES):
            self.take_rows(table, "notice in new")
        self.mark_stale("notice in new")
        for (notice,) in both:
            self.take_notice(notice)
        return int(self.conn.execute("select count(*) from new").fetchone()[0])

    def take_rows(self, table: str, condition: str, *values: Any) -> None:
        """The rows of a table that meet a condition, in order: full-text segments want rising ids."""
        self.conn.execute(
            f"insert or ignore into main.{table} select {self.names(table)} from other.{table} o where {condition}"
            f" order by o.{'notice' if 'notice' in self.columns[table] else 'id'}",
            values,
        )

    def mark_stale(self, condition: str, *values: Any) -> None:
        """Documents are functions of all citations: those of the taken ones are settled anew."""
        self.conn.execute(
            f"insert or ignore into stale_documents select document_key from other.citations where {condition}", values
        )  # fmt: skip

    def take_notice(self, notice: int) -> None:
        """A notice that both know: every version once, the newest of the best view on top."""
        mine, theirs = self.versions("main", notice), self.versions("other", notice)
        for version, row in theirs.items():
            if version in mine:
                self.join_version(mine[version], row)
            else:
                self.take_rows("versions", "id = ?", version)
                for table in FACT_TABLES:
                    self.take_rows(table, "version = ? and attachment is null", version)
                self.mark_stale("version = ?", version)
        self.take_files(notice)
        self.take_witnesses(notice)
        self.settle_notice(notice)

    def take_witnesses(self, notice: int) -> None:
        """Where a notice was seen: of a live address the last sight, of an archive's copy the one that was read."""
        self.conn.execute(  # without captures the row of one side stands for both
            f"insert into main.witnesses select {self.names('witnesses')} from other.witnesses o where notice = ?"
            " on conflict (notice, url, via, ifnull(capture, 0)) do update set seen = max(seen, excluded.seen)", (notice,),
        )  # fmt: skip
        same = "exists (select 1 from main.witnesses w where w.notice = ?1 and w.url = witnesses.url and"
        for outdone in (
            f"via = 'live' and {same} w.via = 'live' and (w.seen, w.rowid) > (witnesses.seen, witnesses.rowid))",
            f"capture is null and {same} w.capture is not null)",
        ):
            self.conn.execute(f"delete from main.witnesses where notice = ?1 and {outdone}", (notice,))

    def take_files(self, notice: int) -> None:
        """The files of a notice that both know, with their facts: those fetched or recognised there alone."""
        for (file,) in self.conn.execute(
            "select o.id from other.attachments o left join main.attachments m on m.id = o.id where o.notice = ?"
            " and (m.id is null or (m.sha256 is null and o.sha256 is not null)"
            " or (m.outcome = 'needs-ocr' and o.outcome = 'read')) order by o.id", (notice,),
        ).fetchall():  # fmt: skip
            forget_files(self.store, [file])
            self.take_rows("attachments", "id = ?", file)
            for table in FACT_TABLES:
                self.take_rows(table, "attachment = ?", file)
            self.mark_stale("attachment = ?", file)

    def versions(self, schema: str, notice: int) -> dict[int, Row]:
        """The versions of a notice by id, without their texts."""
        columns = "id, seen, last_seen, capture, url, language, is_print, run"
        found = self.conn.execute(f"select {columns} from {schema}.versions where notice = ?", (notice,))
        return {row[0]: dict(zip(columns.split(", "), row, strict=True)) for row in found.fetchall()}

    def join_version(self, mine: Row, other: Row) -> None:
        """One text seen on both sides: first and last sight, the capture of the first, the best view."""
        first = min((mine, other), key=lambda v: (v["seen"], v["capture"] is None, v["capture"] or 0))
        alive = [v for v in (mine, other) if not self.store.is_gone(v["url"])]
        best = min(alive or (mine, other), key=lambda v: view_of(v).rank)
        self.conn.execute(
            "update main.versions set seen = ?, last_seen = ?, capture = ?, url = ?, language = ?, is_print = ?"
            " where id = ?",
            (first["seen"], max(mine["last_seen"], other["last_seen"]),
             first["capture"] or mine["capture"] or other["capture"], best["url"], best["language"],
             best["is_print"], mine["id"]),
        )  # fmt: skip

    def settle_notice(self, notice: int) -> None:
        """What a notice's row says, from its versions and from the side whose version is the current one."""
        found = self.versions("main", notice)
        best = min(view_of(v).text_rank for v in found.values())
        for version in [v for v in found if view_of(found[v]).text_rank > best]:
            forget_version(self.conn, version)
            del found[version]
        newest = max(v["last_seen"] for v in found.values())
        current = min(
            (v for v in found if found[v]["last_seen"] == newest), key=lambda v: (view_of(found[v]).rank, v)
        )
        select = "select version, first_seen, last_seen, gone_since from {}.notices where id = ?"
        mine, other = (self.conn.execute(select.format(s), (notice,)).fetchone() for s in ("main", "other"))
        if current != mine[0] and current == other[0]:
            kept = ("id", "first_seen", "last_seen", "gone_since")
            listed = ", ".join(c for c in self.columns["notices"] if c not in kept)
            self.conn.execute(
                f"update main.notices set ({listed}) = (select {listed} from other.notices where id = ?1) where id = ?1",
                (notice,),
            )  # fmt: skip
            self.conn.execute("delete from notice_topics where notice = ?", (notice,))
            self.take_rows("notice_topics", "notice = ?", notice)
            self.conn.execute(
                "update texts set (title, summary, text) = (select title, summary, text from other.texts where"
                " notice = ?1) where notice = ?1", (notice,),
            )  # fmt: skip
        last = max(mine[2], other[2])
        gone = min((g for g in (mine[3], other[3]) if g and g > last), default=None)
        self.conn.execute(
            "update main.notices set version = ?, url = ?, first_seen = ?, last_seen = ?, gone_since = ? where id = ?",
            (current, found[current]["url"], min(mine[1], other[1]), last, gone, notice),
        )  # fmt: skip
        move_file_facts(self.store, "?", notice)


def move_file_facts(store: Store, notices: str, *values: Any) -> None:
    """Facts of files stand beside the newest version's; `notices` is a query of ids, with its values."""
    files = f"select id from main.attachments where notice in ({notices})"
    for table in FACT_TABLES:
        store.database.conn.execute(
            f"update main.{table} set version = (select version from main.notices n where n.id = {table}.notice)"
            f" where attachment in ({files})", values,
        )  # fmt: skip
