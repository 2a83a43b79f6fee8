"""The index made again from its captures: today's reader over yesterday's bytes, offline, on all cores.

The captures go by the ordinary road into an index beside; what differs is told, and taken over.
"""

# ruff: noqa: E501 - SQL stays on its line
from __future__ import annotations

import glob
import shutil
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from crawler.archived import Job, read_captures
from crawler.model import PageRead, Portal
from crawler.processes import cores, pool
from db.captured import CAPTURE_AND_ORIGINAL, captures_of, with_original
from db.documents import JOINED
from db.merge import Merger, attached, move_file_facts
from db.rebuild_files import rebuild_files
from db.reread_files import reread_files
from db.store import Store, forget_files, forget_versions

#: Captures of one task, and the number up to which starting processes takes longer than reading.
CHUNK, FEW = 32, 400
#: Changes told of each kind.
SAMPLES = 5

_PORTAL = "p.id, p.name, p.province, p.kind, p.url, p.platform"
# A page that --since left out stays out; a notice's captures are read together, or its versions would tear.
# The witness of an archive has the archive's address, not that of the page.
_JOBS = f"""
select {CAPTURE_AND_ORIGINAL}, {_PORTAL}, c.run
from captures c cross join pages a on a.url = c.url cross join portals p on p.id = a.portal
left join captures r on r.id = c.refers_to
where c.warc <> '' and a.kind <> 'attachment' and ifnull(a.reason, '') not like '%before --since' and (:portal is null or p.id = :portal)
and (:since is null or c.fetched_at >= :since or c.url in (
  select w.url from captures s cross join pages b on b.url = s.url
  cross join notices n on n.portal = b.portal and n.post_id = b.post_id
  cross join (select notice, url from witnesses union select notice, url from versions
    union select x.notice, y.url from witnesses x cross join captures y on y.id = x.capture) w on w.notice = n.id
  where s.fetched_at >= :since))
order by c.run, c.fetched_at, c.id
"""

# Notices whose title or text differs, or that are none any more: of such no fact may tell.
_RETOLD = """
select m.id, case when o.id is null then '- ' || ifnull(m.title, 'untitled')
    when o.title is not m.title then ifnull(m.title, 'untitled') || ' → ' || ifnull(o.title, 'untitled')
    else 'another text: ' || ifnull(m.title, 'untitled') end
from temp.changed c join main.notices m on m.id = c.id left join other.notices o on o.id = c.id
left join main.versions v on v.id = m.version left join other.versions w on w.id = o.version
where o.id is null or o.title is not m.title or v.text_hash is not w.text_hash
order by 1 limit ?
"""

#: What is compared of a version, of a notice; documents follow from citations.
_COMPARED = {
    "versions": "notice, id, title, text_hash, language, is_print",
    "citations": f"notice, version, role, type, date, mention, span_start, span_end, replace(rule, '{JOINED}', ''), number, issuer, document_key",
    "document_relations": "notice, version, relation, mention, span_start, span_end, rule",
    "dates": "notice, version, date, inferred, mention, span_start, span_end, rule",
    "phones": "notice, version, dial, e164, kind, status, owner, mention, span_start, span_end, rule, inferred, replaced_by",
    "emails": "notice, version, value, span_start, span_end",
    "links": "notice, version, value, span_start, span_end",
}
_OF_CURRENT = {
    "notices": "id, covid, title, published, published_time, topics",
    "texts": "notice, title, summary, text",
    "notice_topics": "notice, topic, mention, span_start, span_end, rule",
}


@dataclass(slots=True)
class Report:
    """What a rebuild changed: captures read, files that say something else, captures that could not be read,
    facts by kind, sample lines."""

    captures: int = 0
    files: int = 0
    unreadable: list[str] = field(default_factory=list)
    notices: Counter[str] = field(default_factory=Counter)
    facts: dict[str, Counter[str]] = field(default_factory=dict)
    samples: list[str] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """The report for a program to read."""
        facts = {kind: dict(counts) for kind, counts in self.facts.items()}
        return {"captures": self.captures, "files": self.files, "unreadable": self.unreadable,
                "notices": dict(self.notices), "facts": facts, "samples": self.samples}  # fmt: skip


def rebuild(
    store: Store,
    *,
    since: date | None = None,
    portal: str | None = None,
    dry_run: bool = False,
    workers: int | None = None,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> Report:
    """Read captures again (of a portal, of notices captured on or after a day) and take over what differs.

    `dry_run` only tells; `workers` is the number of processes (None: one a core); `tell` hears of progress.
    """
    report = Report()
    beside = f".{store.path.name}-rebuild-"
    for left in store.path.parent.glob(glob.escape(beside) + "*"):  # by one that was killed
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=store.path.parent, prefix=beside) as folder:
        other = Path(folder) / "notices.db"
        with Store(other, kept_of(store)) as made:
            _for_now(made)
            made.suppressed = store.suppressed
            read_again(store, made, captures_of(store.path), report, since, portal, workers, tell)
        with attached(store, other):
            compare(store, report)
            if not dry_run:
                take_over(store)
                store.flush()
    # After the pages, with whose subject they are read.
    anew = reread_files(store, portal, since, dry_run, report.unreadable, tell)
    for told in rebuild_files(store, anew, portal, since, dry_run):
        report.files += 1
        for table, (mine, theirs) in told.items():
            _tell_facts(table, mine, theirs, report)
    return report


def _for_now(made: Store) -> None:
    """Spare an index that ends with its rebuild what others need: a search, and bytes safe from a crash."""
    do = made.database.conn.execute
    do("pragma synchronous = off")
    do("pragma journal_mode = memory")
    for (trigger,) in do("select name from sqlite_schema where type = 'trigger'").fetchall():
        do(f"drop trigger {trigger}")


def kept_of(store: Store) -> str:
    """What an index keeps, as its rows tell: one with a post left out as irrelevant keeps notices only."""
    do = store.database.conn.execute
    others = do("select 1 from notices where not covid limit 1").fetchone()
    left_out = do(
        "select 1 from pages where outcome = 'irrelevant' and reason = 'not about COVID-19' limit 1"
    )
    return "all" if others and not left_out.fetchone() else "covid"


# -- reading ------------------------------------------------------------------------------------------


def read_again(
    store: Store,
    made: Store,
    folder: Path,
    report: Report,
    since: date | None,
    portal: str | None,
    workers: int | None,
    tell: Callable[[int, int], None],
) -> None:
    """Fill an index from captures, in the order in which they were made."""
    values = {"since": since.isoformat() if since else None, "portal": portal}
    found = store.database.conn.execute(_JOBS, values).fetchall()
    jobs = [_job(row) for row in found]
    made.sync_registry({job[2].id: job[2] for job in jobs}.values())
    answers = _read(jobs, folder, made.keep == "all", workers)
    for answer, (job, row) in zip(answers, zip(jobs, found, strict=True), strict=True):
        report.captures += 1
        tell(report.captures, len(jobs))
        if isinstance(answer, str):
            report.unreadable.append(f"{job[0].url}: {answer}")
            continue
        made.run = row[-1]
        for read in answer:
            made.add(read)
    made.leave_documents()
    made.mark_gone_later()


def _job(row: Sequence[Any]) -> Job:
    portal_id, name, province, kind, url, platform = row[-7:-1]
    return *with_original(row), Portal(portal_id, name, province or "", kind, url, platform)


def _read(
    jobs: list[Job], folder: Path, keep_all: bool, workers: int | None
) -> Iterator[list[PageRead] | str]:
    """The pages of captures in their order, read on all cores, a bounded number ahead."""
    workers = workers or cores()
    chunks = (jobs[first : first + CHUNK] for first in range(0, len(jobs), CHUNK))
    if workers == 1 or len(jobs) <= FEW:
        for chunk in chunks:
            yield from read_captures(chunk, folder, keep_all)
        return
    with pool(workers, "crawler.archived") as processes:
        ahead: deque[Future[list[list[PageRead] | str]]] = deque()
        for chunk in chunks:
            ahead.append(processes.submit(read_captures, chunk, folder, keep_all))
            if len(ahead) > 4 * workers:
                yield from ahead.popleft().result()
        while ahead:
            yield from ahead.popleft().result()


# -- comparing ----------------------------------------------------------------------------------------


def compare(store: Store, report: Report) -> None:
    """Find the notices that differ (temp table changed) and tell how."""
    do = store.database.conn.execute
    for table in ("again", "reread", "current", "changed", "added"):
        do(f"drop table if exists temp.{table}")
    do("create temp table again as select id from other.captures")
    do("create unique index temp.again_id on again (id)")
    # A version that rests on a capture read again, or stands there anew.
    do(
        "create temp table reread as select id, notice from main.versions"
        " where capture in again or id in (select id from other.versions)"
    )
    do("create unique index temp.reread_id on reread (id)")
    do("create temp table current as select id from main.notices where version in (select id from reread)"
       " union select id from other.notices where id not in (select id from main.notices)")  # fmt: skip
    do("create unique index temp.current_id on current (id)")
    do("create temp table changed (id integer primary key)")
    do("insert into changed select id from other.notices where id not in (select id from main.notices)")
    do("create temp table added as select id from changed")
    do("create unique index temp.added_id on added (id)")
    for table, columns in {**_COMPARED, **_OF_CURRENT}.items():
        first = columns.split(",")[0]
        mine, theirs = _sides(table, columns)
        theirs = f"select * from ({theirs}) where {first} not in (select id from added)"
        for one, other in ((mine, theirs), (theirs, mine)):
            do(f"insert or ignore into changed select {first} from ({one} except {other})")
    # What a crawl with --keep all stored stays, whatever later ones kept.
    do("delete from changed where id in (select id from main.notices where not covid)"
       " and id not in (select id from other.notices)")  # fmt: skip
    # So does a notice with texts of which no capture is held: what it is without its newest nobody can tell.
    do("delete from changed where id not in (select id from other.notices)"
       " and id in (select id from main.notices where version in (select id from reread))"
       " and exists (select 1 from main.versions v where v.notice = changed.id and v.id not in (select id from reread))")  # fmt: skip
    _tell(store, report)


def _sides(table: str, columns: str) -> tuple[str, str]:
    """What both sides hold of a table, as queries."""
    first = columns.split(",")[0]
    if table in _COMPARED:
        # What files say is no part of what their page says: `rebuild_files` sees to it.
        own = "id in" if table == "versions" else "attachment is null and version in"
        condition = f"{own} (select id from reread)"
        return f"select {columns} from main.{table} where {condition}", f"select {columns} from other.{table}"
    of = f"{first} in (select id from current)"
    return f"select {columns} from main.{table} where {of}", f"select {columns} from other.{table} where {of}"


def _tell(store: Store, report: Report) -> None:
    """Count what differs, pairing what was and what is by notice and mention: such facts are altered."""
    do = store.database.conn.execute
    for how, sql in {
        "added": "select count(*) from changed where id not in (select id from main.notices)",
        "removed": "select count(*) from changed where id not in (select id from other.notices)"
        " and not exists (select 1 from main.versions v where v.notice = changed.id and v.id not in (select id from reread))",
        "altered": "select count(*) from changed where id in (select id from main.notices) and id in (select id from other.notices)",
    }.items():
        report.notices[how] = do(sql).fetchone()[0]
    for line in do(_RETOLD, (SAMPLES,)).fetchall():
        report.samples.append("notices, notice {}: {}".format(*line))
    for table, columns in {**_COMPARED, "notice_topics": _OF_CURRENT["notice_topics"]}.items():
        if table == "versions":
            continue
        shown = ", ".join(c for c in columns.split(", ") if c not in ("version", "span_start", "span_end"))
        mine, theirs = (side.replace(columns, "*", 1) for side in _sides(table, columns))
        both = "notice in (select id from changed) and notice not in (select id from added)"
        known, again = (
            do(f"select {shown} from ({side}) where {both}").fetchall() for side in (mine, theirs)
        )
        _tell_facts(table, Counter(known), Counter(again), report)
        _tell_added(
            store, table, f"select {shown} from ({theirs}) where notice in (select id from added)", report
        )


def _tell_added(store: Store, table: str, facts: str, report: Report) -> None:
    """Count the facts of notices that are new, which may be all there are."""
    do, told = store.database.conn.execute, report.facts[table]
    for fact in do(f"{facts} order by 1 limit {max(0, SAMPLES - told.total())}").fetchall():
        report.samples.append(f"{table}, notice {fact[0]}: + {_shown(fact)}")
    (count,) = do(f"select count(*) from ({facts})").fetchone()
    if count:
        told["added"] += count


def _tell_facts(table: str, mine: Counter[Any], theirs: Counter[Any], report: Report) -> None:
    told = report.facts.setdefault(table, Counter())
    removed: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for fact in sorted((mine - theirs).elements(), key=repr):
        removed.setdefault(_words_of(table, fact), []).append(fact)
    for fact in sorted((theirs - mine).elements(), key=repr):
        waiting = removed.get(_words_of(table, fact))
        before = waiting.pop(0) if waiting else None
        told["altered" if before else "added"] += 1
        _sample(
            report,
            table,
            told,
            f"{_shown(before)} → {_shown(fact)}" if before else f"+ {_shown(fact)}",
            fact[0],
        )
    for fact in (fact for facts in removed.values() for fact in facts):
        told["removed"] += 1
        _sample(report, table, told, f"- {_shown(fact)}", fact[0])


def _words_of(table: str, fact: tuple[Any, ...]) -> tuple[Any, ...]:
    """The notice and the words of a fact: what is the same of one that is altered."""
    place = {"citations": 4, "document_relations": 2, "dates": 3, "phones": 6, "notice_topics": 2}.get(
        table, 1
    )
    return fact[0], fact[place]


def _shown(fact: tuple[Any, ...]) -> str:
    return " · ".join(str(value) for value in fact[1:] if value not in (None, ""))[:160]


def _sample(report: Report, table: str, told: Counter[str], line: str, notice: int) -> None:
    if told.total() <= SAMPLES:
        report.samples.append(f"{table}, notice {notice}: {line}")


# -- taking over --------------------------------------------------------------------------------------


def take_over(store: Store) -> None:
    """Put what was read again in the place of what stood there; what rests on no capture stays.

    All notices at once: new rules change most of an index.
    """
    do = store.database.conn.execute
    for table in _TAKEN:
        do(f"drop table if exists temp.{table}")
    for table, query in _TAKEN.items():
        do(f"create temp table {table} as {query}")
    do("create unique index temp.mine_id on mine (id)")
    do("create index temp.sights_version on sights (notice, capture)")
    merger = Merger(store)
    do("insert into run_of select id, id from main.runs")
    forget_versions(store.database.conn, "select id from temp.outdated")
    _forget_emptied(store)
    merger.take_notices("select id from changed intersect select id from other.notices")
    _put_back_sights(store)
    _take_pages(store)


#: What is known of changed notices before they are taken over: when they were seen, the sights of versions that
#: are read again, witnesses that no capture gave again; and the versions that go.
_TAKEN = {
    "mine": "select id, first_seen, last_seen, gone_since from main.notices where id in (select id from changed)",
    "sights": "select notice, capture, last_seen from main.versions where notice in (select id from mine) and id in (select id from reread)",
    "kept": "select * from main.witnesses where notice in (select id from mine) and (capture is null or capture not in again)",
    "outdated": "select id from reread where notice in (select id from mine) union select id from other.versions where notice in (select id from mine)",
}


def _forget_emptied(store: Store) -> None:
    """Take away notices that have no version left, with their files where they are notices no more."""
    do = store.database.conn.execute
    do("drop table if exists temp.emptied")
    do(
        "create temp table emptied as select id from mine where not exists (select 1 from main.versions v where v.notice = mine.id)"
    )
    for table in ("texts", "notice_topics", "witnesses"):
        do(f"delete from main.{table} where notice in (select id from emptied)")
    do("delete from main.notices where id in (select id from emptied)")
    files = do(
        "select id from main.attachments where notice in (select id from emptied except select id from other.notices)"
    )
    forget_files(store, [file for (file,) in files.fetchall()])


def _put_back_sights(store: Store) -> None:
    """When and where notices were seen that are so still: sights without a capture are not forgotten."""
    do = store.database.conn.execute
    still = "select id from mine intersect select id from other.notices"
    do(
        f"insert or ignore into main.witnesses select * from kept where notice in (select id from emptied) and notice in ({still})"
    )
    last = "(select max(s.last_seen) from sights s where s.notice = versions.notice and s.capture = versions.capture)"
    do(
        f"update main.versions set last_seen = max(last_seen, {last}) where notice in ({still}) and {last} is not null"
    )
    move_file_facts(store, still)
    do("update main.notices set first_seen = min(notices.first_seen, m.first_seen), last_seen = max(notices.last_seen, m.last_seen),"
       f" gone_since = m.gone_since from mine m where m.id = notices.id and m.id in ({still})")  # fmt: skip


def _take_pages(store: Store) -> None:
    """What the pages turned out to be; the outcome of a fetch changes only with what the page is."""
    known = "('new', 'changed', 'unchanged')"
    store.database.conn.execute(
        "update main.pages as m set kind = o.kind, text_hash = o.text_hash, post_id = o.post_id,"
        f" outcome = case when (m.outcome in {known}) = (o.outcome in {known}) then m.outcome else o.outcome end,"
        f" reason = case when (m.outcome in {known}) = (o.outcome in {known}) then m.reason else o.reason end"
        " from other.pages o where o.url = m.url and o.capture = m.capture and o.post_id is not null"
        " and (o.post_id is not m.post_id or o.text_hash is not m.text_hash or o.kind is not m.kind"
        f" or (m.outcome in {known}) <> (o.outcome in {known}))"
    )
