"""Captures dropped on which nothing rests: what `crawl --captures notices` would not have kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from crawler.captures import Span, copy_kept, spans_without
from db.store import Store

_KEPT = """
create temp table kept as
select capture as id from versions where capture is not null
union select capture from witnesses where capture is not null
union select c.id from pages p join captures c on c.id = p.capture
  where (p.kind = 'list' and p.outcome in ('new', 'changed', 'unchanged'))
  or (exists (select 1 from notices n where n.portal = p.portal and n.post_id = p.post_id)
    and (p.kind <> 'attachment' or p.text_hash is not null))
union select c.id from pages p join captures c on c.url = p.url
  where p.kind = 'attachment' and p.text_hash is not null and c.status = 200
  and exists (select 1 from notices n where n.portal = p.portal and n.post_id = p.post_id)
"""
#: The payload of what is kept is kept.
_ORIGINALS = "insert into kept select refers_to from captures where id in kept and refers_to is not null"


@dataclass(slots=True)
class Pruned:
    """Captures there were, those dropped, the bytes that this freed; files left as they are, with why."""

    captures: int = 0
    dropped: int = 0
    freed: int = 0
    troubles: list[str] = field(default_factory=list)


def prune(store: Store, dry_run: bool = False) -> Pruned:
    """Drop captures without a notice or list page, file by file; WARC files outside the captures folder stay.

    A file is written anew under another name before its rows change and the old one goes: a kill in between
    leaves a file too many, never one too few.
    """
    do = store.database.conn.execute
    do("drop table if exists temp.kept")
    do(_KEPT)
    do(_ORIGINALS)
    inside = "warc <> '' and warc not like '/%'"  # a record without a place lies in nobody's folder
    pruned = Pruned(do(f"select count(*) from captures where {inside}").fetchone()[0])
    (pruned.dropped,) = do(f"select count(*) from captures where id not in kept and {inside}").fetchone()
    files = do(f"select distinct warc from captures where id not in kept and {inside}").fetchall()
    for (name,) in files:
        try:
            pruned.freed += _prune_file(store, name, dry_run=dry_run)
        except (OSError, ValueError) as error:
            store.database.conn.rollback()
            pruned.troubles.append(f"{store.writer.folder / name}: {error}; it is left as it is")
            dropped = "select count(*) from captures where warc = ? and id not in kept"
            pruned.dropped -= do(dropped, (name,)).fetchone()[0]
    do("drop table temp.kept")
    store.flush()
    return pruned


def drop_records(store: Store, names: list[str]) -> None:
    """Write WARC files anew without the records that no capture of the index names."""
    do = store.database.conn.execute
    do("drop table if exists temp.kept")
    do("create temp table kept as select id from captures")
    for name in names:
        if not name.startswith("/"):
            _prune_file(store, name, strangers=False)
    do("drop table temp.kept")


def _prune_file(store: Store, name: str, strangers: bool = True, dry_run: bool = False) -> int:
    """One file without the records that are dropped; returns the bytes freed.

    Records without a row (`strangers`) stay: a killed crawl wrote them and did not come to commit them.
    """
    do, old = store.database.conn.execute, store.writer.folder / name
    rows = do('select "offset", id, id in kept from captures where warc = ?', (name,)).fetchall()
    spans = _spans(old, rows, strangers)
    whole = {span.start for span in spans}
    if lost := [offset for offset, _, kept in rows if kept and spans and offset not in whole]:
        raise ValueError(f"no record at byte {min(lost)}, where a capture lies: the file is cut or broken")
    kept_spans = [span for span in spans if not span.dropped]
    if len(kept_spans) == 1:  # the file's description alone
        kept_spans = []
    freed = sum(s.end - s.start for s in spans) - sum(s.end - s.start for s in kept_spans)
    if dry_run:
        return freed
    if kept_spans:
        new, places = copy_kept(old, spans)
        for offset, capture, kept in rows:
            if kept:
                do(
                    'update captures set warc = ?, "offset" = ? where id = ?',
                    (new.name, places[offset], capture),
                )
    do("update pages set capture = null where capture in"
       " (select id from captures where warc = ? and id not in kept)", (name,))  # fmt: skip
    do("delete from captures where warc = ? and id not in kept", (name,))
    store.flush()
    old.unlink(missing_ok=True)
    return freed


def _spans(file: Path, rows: list[tuple[int, int, int]], strangers: bool) -> list[Span]:
    """The records of a file, those dropped that nothing rests on; none of a file that is not there."""
    if not file.exists() or not file.stat().st_size:
        return []
    needed, known = {offset for offset, _, kept in rows if kept}, {offset for offset, *_ in rows}
    return spans_without(file, lambda at: at not in needed and (at in known or not strangers))
