"""The facts of attached files made again: today's rules over the texts as they were read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from crawler.attachments.facts import read_facts
from crawler.model import Facts, FileRead
from db.store import JOINED, KnownFile, Store

#: The columns that are compared, in the order of `_rows`; the place of the mention last.
_COLUMNS = {
    "citations": f"role, type, date, mention, replace(rule, '{JOINED}', ''), number, issuer,"
    " span_start, span_end",
    "document_relations": "relation, mention, rule, span_start, span_end",
    "dates": "date, inferred, mention, rule, span_start, span_end",
    "phones": "dial, e164, kind, status, owner, mention, rule, inferred, span_start, span_end",
    "emails": "value, span_start, span_end",
    "links": "value, span_start, span_end",
}
Rows = Counter[tuple[Any, ...]]


def rebuild_files(
    store: Store,
    condition: str,
    values: tuple[str, ...],
    dry_run: bool,
    tell: Callable[[str, Rows, Rows], None],
) -> int:
    """Read the texts of files again and take over the facts that differ; returns how many files do.

    `condition` with its `values` chooses files (attachments a, notices n); `tell` hears of each table of a
    file what was and what is, `(notice, what the fact says …)`. What OCR recognised keeps its mark.
    """
    changed = 0
    for sha256, known in store.files_with_text(condition, values):
        content = store.file_text(sha256)
        if content is None:
            continue
        facts, head = read_facts(content, known.read_with)
        mine, theirs = _stored(store, known), {table: Counter(rows) for table, rows in _rows(facts)}
        if mine == theirs:
            continue
        changed += 1
        for table in _COLUMNS:
            tell(table, _without_places(known, mine[table]), _without_places(known, theirs[table]))
        if not dry_run:
            file = FileRead(known.post_id, known.attachment, content, sha256, known.size, head.subject)
            store.read_again(known, file, facts)
    return changed


def _stored(store: Store, known: KnownFile) -> dict[str, Rows]:
    do = store.database.conn.execute
    return {
        table: Counter(do(f"select {columns} from {table} where attachment = ?", (known.id,)).fetchall())
        for table, columns in _COLUMNS.items()
    }


def _rows(facts: Facts) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    yield (
        "citations",
        [
            (
                c.role,
                c.type,
                c.date and c.date.isoformat(),
                c.mention,
                c.rule,
                c.number,
                c.issuer,
                c.start,
                c.end,
            )
            for c in facts.documents
        ],
    )
    yield "document_relations", [(r.kind, r.mention, r.rule, r.start, r.end) for r in facts.relations]
    yield "dates", [(d.date.isoformat(), d.inferred, d.mention, d.rule, d.start, d.end) for d in facts.dates]
    yield (
        "phones",
        [
            (p.dial, p.e164, p.kind, p.status, p.owner, p.mention, p.rule, p.inferred, p.start, p.end)
            for p in facts.phones
        ],
    )
    yield "emails", [(e.value, e.start, e.end) for e in facts.emails]
    yield "links", [(e.value, e.start, e.end) for e in facts.links]


def _without_places(known: KnownFile, rows: Rows) -> Rows:
    return Counter((known.notice, *row[:-2]) for row in rows.elements())
