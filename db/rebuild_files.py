"""The facts of attached files made again: today's rules over what they say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from crawler.attachments.facts import read_facts
from crawler.model import Facts, FileRead, FileText
from db.documents import JOINED
from db.memory import KnownFile
from db.store import Store

#: The columns that are compared, in the order of `_rows`; the place of the mention last.
_COLUMNS = {
    "citations": f"role, type, date, mention, replace(rule, '{JOINED}', ''), number, issuer,"
    " span_start, span_end",
    "document_relations": "relation, mention, rule, span_start, span_end",
    "dates": "date, inferred, mention, rule, span_start, span_end",
    "phones": "dial, e164, kind, status, owner, mention, rule, inferred, replaced_by, span_start, span_end",
    "emails": "value, span_start, span_end",
    "links": "value, span_start, span_end",
}
Rows = Counter[tuple[Any, ...]]


def rebuild_files(
    store: Store, anew: Mapping[str, FileText], portal: str | None, since: date | None, dry_run: bool
) -> Iterator[dict[str, tuple[Rows, Rows]]]:
    """Read the texts of files again, of a portal, of notices seen since a day; take over what differs.

    `anew` holds what files say now that said something else, by their hashes. Yields for each file that
    differs what each table held and holds: `(notice, what the fact says …)`. With `dry_run` nothing is
    written. What OCR recognised keeps its mark.
    """
    for sha256, known in store.files_read(portal, since):
        content = anew.get(sha256) or store.file_text(sha256)
        if content is None or not (content.text or sha256 in anew):
            continue
        facts, head = read_facts(content, known.read_with)
        mine, theirs = _stored(store, known), {table: Counter(rows) for table, rows in _rows(facts)}
        if mine == theirs and sha256 not in anew:
            continue
        if not dry_run:
            file = FileRead(known.post_id, known.attachment, content, sha256, known.size, head.subject)
            store.read_again(known, file, facts)
        yield {t: (_without_places(known, mine[t]), _without_places(known, theirs[t])) for t in _COLUMNS}


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
            (p.dial, p.e164, p.kind, p.status, p.owner, p.mention, p.rule, p.inferred, p.replaced_by, p.start,
             p.end) for p in facts.phones
        ],
    )  # fmt: skip
    yield "emails", [(e.value, e.start, e.end) for e in facts.emails]
    yield "links", [(e.value, e.start, e.end) for e in facts.links]


def _without_places(known: KnownFile, rows: Rows) -> Rows:
    return Counter((known.notice, *row[:-2]) for row in rows.elements())
