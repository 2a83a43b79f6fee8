"""Tables, indexes and full-text search of the index, as recorded migrations."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import sqlite_utils
from sqlite_utils import Migrations

#: Milliseconds that a writer waits for another one.
BUSY = 30_000

# A batch dirties some 3,000 pages: with SQLite's 2 MB of cache and a checkpoint every 1,000 pages each was
# written three times.
_PRAGMAS = (
    "journal_mode = wal",
    "synchronous = normal",
    "foreign_keys = off",
    "cache_size = -16384",
    "wal_autocheckpoint = 8000",
)


class SchemaError(RuntimeError):
    """A file that is no index, or one of a newer version; the message names the file and the remedy."""


# References are declared for readers (Datasette links them), not enforced: shards and crawls arrive in any
# order. What a portal wrote may be missing, so only identities are NOT NULL.
_TABLES = """
create table provinces (code text primary key, name text not null, slug text, name_2025 text, region text);
create table portals (id text primary key, province text, kind text, name text, url text, platform text,
  closed text, last_run text, last_outcome text, reason text, last_success text, failures integer, posts
  integer);
create table runs (id integer primary key, started text, finished text, command text, outcome text, pages
  integer,
  notices integer, counts text);
create table captures (id integer primary key, url text not null, fetched_at text, status integer,
  media_type text,
  digest text, warc text, "offset" integer, length integer, via text);
create table pages (url text primary key, portal text references portals(id), kind text, outcome text,
  reason text,
  fetched_at text, etag text, last_modified text, text_hash text, post_id text,
  capture integer references captures(id), run integer references runs(id));
create table page_links (page text, url text, primary key (page, url)) without rowid;

create table notices (id integer primary key, portal text not null references portals(id), province text,
  kind text,
  post_id text not null, url text, covid integer, title text, published text, published_time text, month text,
  topics text, first_seen text, last_seen text, version integer references versions(id), gone_since text);
create table texts (notice integer primary key references notices(id), title text, summary text, text text);
create table versions (id integer primary key, notice integer not null references notices(id), seen text,
  last_seen text, title text, text text, text_hash text, capture integer references captures(id),
  url text, language text, is_print integer, run integer references runs(id));
create table witnesses (notice integer not null references notices(id), url text not null, via text not null,
  capture integer references captures(id), seen text);
create table attachments (id integer primary key, notice integer not null references notices(id), url text,
  name text,
  media_type text, sha256 text, text text, outcome text);

create table documents (id integer primary key, number text not null, serial text, symbol text, year integer
  not null,
  type text, issuer text not null, issued text, title text);
create table citations (notice integer not null references notices(id), version integer references
  versions(id),
  attachment integer references attachments(id), document integer references documents(id), role text, type
  text,
  date text, mention text, span_start integer, span_end integer, rule text,
  number text not null, issuer text not null, document_key text not null);
create table document_relations (document integer references documents(id), other integer references
  documents(id),
  relation text, notice integer not null references notices(id), span_start integer, span_end integer,
  version integer references versions(id), mention text, rule text);
create table stale_documents (document_key text primary key) without rowid;
create table dates (notice integer not null references notices(id), version integer references versions(id),
  attachment integer references attachments(id), date text, inferred integer, mention text, span_start
  integer,
  span_end integer, rule text);
create table phones (notice integer not null references notices(id), version integer references versions(id),
  attachment integer references attachments(id), dial text, e164 text, kind text, status text, owner text,
  mention text, span_start integer, span_end integer, rule text, inferred integer);
create table emails (notice integer not null references notices(id), version integer references versions(id),
  attachment integer references attachments(id), value text, span_start integer, span_end integer);
create table links (notice integer not null references notices(id), version integer references versions(id),
  attachment integer references attachments(id), value text, span_start integer, span_end integer);
create table notice_topics (notice integer references notices(id), topic text, mention text, span_start
  integer,
  span_end integer, rule text, primary key (notice, topic));

create index pages_post on pages (portal, post_id);
create index pages_outcome on pages (outcome);
create index page_links_url on page_links (url);
create index captures_url on captures (url);
create index captures_digest on captures (digest);
create index notices_province on notices (province, published);
create index notices_portal on notices (portal, published);
create index notices_kind on notices (kind);
create index notices_month on notices (month);
create index notices_covid on notices (covid, published);
create index notices_published on notices (published);
create index versions_notice on versions (notice);
create unique index witnesses_identity on witnesses (notice, url, via, ifnull(capture, 0));
create index attachments_notice on attachments (notice);
create index documents_number on documents (number);
create index documents_issuer on documents (issuer, year);
create index documents_type on documents (type);
create index citations_notice on citations (notice);
create index citations_version on citations (version);
create index citations_document on citations (document, notice);
create index citations_key on citations (document_key);
create index document_relations_document on document_relations (document);
create index document_relations_other on document_relations (other);
create index document_relations_version on document_relations (version);
create index dates_notice on dates (notice);
create index dates_version on dates (version);
create index dates_date on dates (date);
create index phones_notice on phones (notice);
create index phones_version on phones (version);
create index phones_dial on phones (dial);
create index phones_kind on phones (kind, status);
create index emails_version on emails (version);
create index links_version on links (version);
create index notice_topics_topic on notice_topics (topic);
"""

# Sorted before they are joined: the ledger must not tell in which order notices arrived.
_LEDGER = """
create view ledger as
  with given as (
    select p.dial, p.e164, p.owner, p.status, n.id as notice, n.province, n.first_seen, n.last_seen
    from phones p join notices n on n.id = p.notice and n.version = p.version
    where p.kind = 'hotline' and n.covid),
  owned as (select dial, group_concat(owner, ', ') as owners
    from (select distinct dial, owner from given where owner <> '' order by dial, owner) group by dial),
  placed as (select dial, group_concat(province, ', ') as provinces
    from (select distinct dial, province from given where province <> '' order by dial, province) group by
    dial)
  select g.dial, max(g.e164) as e164, owners, provinces, min(g.first_seen) as first_seen,
    max(g.last_seen) as last_seen, count(distinct g.notice) as notices, max(g.status = 'withdrawn') as
    withdrawn,
    min(g.status) <> max(g.status) as contradicted
  from given g left join owned using (dial) left join placed using (dial) group by g.dial;
"""


def _search_of(index: str, content: str, key: str, columns: str) -> str:
    """FTS5 over a content table, kept true by triggers; detail=full, without which bm25 takes seconds."""
    new = ", ".join(f"new.{c}" for c in columns.split(", "))
    old = ", ".join(f"old.{c}" for c in columns.split(", "))
    drop = f"insert into {index} ({index}, rowid, {columns}) values ('delete', old.{key}, {old});"
    put = f"insert into {index} (rowid, {columns}) values (new.{key}, {new});"
    return f"""
create virtual table {index} using fts5({columns}, content="{content}", content_rowid="{key}",
  tokenize="unicode61 remove_diacritics 2", detail=full);
create trigger {content}_ai after insert on {content} begin {put} end;
create trigger {content}_ad after delete on {content} begin {drop} end;
create trigger {content}_au after update of {columns} on {content} begin {drop} {put} end;
"""


_SEARCH = _search_of("notices_fts", "texts", "notice", "title, summary, text") + _search_of(
    "attachments_fts", "attachments", "id", "name, text"
)

migrations = Migrations("thongbao")


@migrations()  # type: ignore[untyped-decorator]  # sqlite_utils is not followed
def first_schema(db: sqlite_utils.Database) -> None:
    """The tables of the first release."""
    for statement in _statements(_TABLES + _LEDGER + _SEARCH):
        db.execute(statement)


@migrations()  # type: ignore[untyped-decorator]  # sqlite_utils is not followed
def facet_indexes(db: sqlite_utils.Database) -> None:
    """Counts of each facet from an index alone: the home page of 100,000 notices took 0.6 s without."""
    for column in ("province", "kind", "month"):
        db.execute(f"create index notices_covid_{column} on notices (covid, {column})")


# SQLite's lower() knows ASCII alone: an owner in capitals (SỞ Y TẾ) is the same owner. Eight letters a step,
# since 67 nested calls are more than its parser holds.
_CAPITALS = "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ".ljust(72, "À")


def _eight_lowered(key: str) -> str:
    capitals, small = f"'{_CAPITALS}'", f"'{_CAPITALS.lower()}'"
    for place in range(8):
        key = f"replace({key}, substr({capitals}, n + {place}, 1), substr({small}, n + {place}, 1))"
    return key


# One number at a time from the index, so that a page of the ledger costs a page. Of an owner's spellings the
# most frequent stands; sorted, since the ledger must not tell in which order notices arrived.
_LEDGER_BY_DIAL = f"""
create view ledger as
select g.dial, e164,
  (select group_concat(owner, ', ') from (
    select substr(max(printf('%9d', given) || owner), 10) as owner from (
      with recursive folded (owner, given, key, n) as (
        select q.owner, count(*), lower(q.owner), 1 from phones q
        cross join notices m on m.id = q.notice and m.version = q.version and m.covid = 1
        where q.kind = 'hotline' and q.dial = g.dial and q.owner <> '' group by q.owner
        union all select owner, given, {_eight_lowered("key")}, n + 8 from folded where n < 72)
      select * from folded where n > 72) group by key order by 1)) as owners,
  (select group_concat(province, ', ') from (
    select distinct m.province from phones q
    cross join notices m on m.id = q.notice and m.version = q.version and m.covid = 1
    where q.kind = 'hotline' and q.dial = g.dial and m.province <> '' order by 1)) as provinces,
  first_seen, last_seen, notices, withdrawn, contradicted
from (
  select p.dial, max(p.e164) as e164, min(n.first_seen) as first_seen, max(n.last_seen) as last_seen,
    count(distinct n.id) as notices, max(p.status = 'withdrawn') as withdrawn,
    min(p.status) <> max(p.status) as contradicted
  from phones p cross join notices n on n.id = p.notice and n.version = p.version and n.covid = 1
  where p.kind = 'hotline' group by p.dial) g;
"""


@migrations()  # type: ignore[untyped-decorator]  # sqlite_utils is not followed
def pages_from_indexes(db: sqlite_utils.Database) -> None:
    """What each page of the site asks, from an index alone, whether or not ANALYZE ever ran."""
    for index in (
        "notices_covid_province", "notices_covid_kind", "notices_covid_month", "notice_topics_topic",
        "phones_kind", "phones_notice", "phones_dial",
    ):  # fmt: skip
        db.execute(f"drop index {index}")
    for index, columns in {
        "notices_facets": "notices (covid, province, kind, month)",
        "notices_places": "notices (covid, province, published, portal)",
        "notices_kind_date": "notices (covid, kind, published)",
        "notices_month_date": "notices (covid, month, published)",
        "notice_topics_found": "notice_topics (topic, notice)",
        "phones_hotline": "phones (kind, dial)",
        "phones_of_dial": "phones (dial, notice, version)",
        "phones_given": "phones (notice, kind, version, dial)",
    }.items():
        db.execute(f"create index {index} on {columns}")
    db.execute("drop view ledger")
    db.execute(_LEDGER_BY_DIAL)


@migrations()  # type: ignore[untyped-decorator]  # sqlite_utils is not followed
def same_texts(db: sqlite_utils.Database) -> None:
    """Where else a text was published: several portals carry the same notice."""
    db.execute("create index versions_text on versions (text_hash)")


@migrations()  # type: ignore[untyped-decorator]  # sqlite_utils is not followed
def citations_by_role(db: sqlite_utils.Database) -> None:
    """Who published a document, without reading all who cite it: 16/CT-TTg has 22,000 in 100,000 notices."""
    db.execute("drop index citations_document")
    db.execute("create index citations_document on citations (document, role, notice, version)")


@migrations()  # type: ignore[untyped-decorator]  # sqlite_utils is not followed
def captures_of_runs(db: sqlite_utils.Database) -> None:
    """Which run captured, which earlier capture holds the same payload, and who rests on a capture."""
    db.execute("alter table captures add column run integer references runs(id)")
    db.execute("alter table captures add column refers_to integer references captures(id)")
    for index, columns in {
        "captures_warc": "captures (warc, offset)",
        "captures_refers_to": "captures (refers_to) where refers_to is not null",
        "pages_capture": "pages (capture) where capture is not null",
        "versions_capture": "versions (capture) where capture is not null",
        "witnesses_capture": "witnesses (capture) where capture is not null",
    }.items():
        db.execute(f"create index {index} on {columns}")


@migrations()  # type: ignore[untyped-decorator]  # sqlite_utils is not followed
def texts_of_attachments(db: sqlite_utils.Database) -> None:
    """What a file's reading tells besides its text. A file never fetched is `skipped`.

    `places` is JSON: `[{"start", "end", "number": page or null, "name": sheet or member}]`.
    """
    for column in ("size integer", "reason text", "subject text", "places text", "ocr integer"):
        db.execute(f"alter table attachments add column {column}")
    db.execute("update attachments set outcome = 'skipped', reason = 'not fetched'")
    db.execute("alter table document_relations add column attachment integer references attachments(id)")
    db.execute("create index attachments_sha256 on attachments (sha256) where sha256 is not null")
    db.execute("create index attachments_outcome on attachments (outcome)")


@migrations()  # type: ignore[untyped-decorator]  # sqlite_utils is not followed
def facts_of_files(db: sqlite_utils.Database) -> None:
    """What a file says, without reading the facts of all pages: it is forgotten and moved as a whole."""
    for table in ("citations", "document_relations", "dates", "phones", "emails", "links"):
        db.execute(f"create index {table}_file on {table} (attachment) where attachment is not null")


@migrations()  # type: ignore[untyped-decorator]  # sqlite_utils is not followed
def crawls_by_themselves(db: sqlite_utils.Database) -> None:
    """What a crawl needs to read only what is new: where list pages led, days of posts, when a portal is due.

    A link is a post's where it has a `post_id`. List pages of earlier versions told less: they are read anew.
    """
    for column in ("post_id text", "language text", "is_print integer", "published text", "position integer"):
        db.execute(f"alter table page_links add column {column}")
    db.execute("alter table pages add column published text")
    db.execute("alter table portals add column read_whole text")
    db.execute("alter table portals add column next_due text")
    db.execute("update pages set etag = null, last_modified = null where kind = 'list'")
    db.execute("create index pages_published on pages (portal, published) where published is not null")


@migrations()  # type: ignore[untyped-decorator]  # sqlite_utils is not followed
def questions_from_indexes(db: sqlite_utils.Database) -> None:
    """What the canned queries ask of all notices, without reading all of them."""
    db.execute("create index phones_withdrawn on phones (kind, dial) where status = 'withdrawn'")
    db.execute("create index notices_gone on notices (gone_since) where gone_since is not null")


@migrations()  # type: ignore[untyped-decorator]  # sqlite_utils is not followed
def suppressions(db: sqlite_utils.Database) -> None:
    """What is kept out of the index, by numbers alone: the list must not tell what it hides."""
    db.execute(
        "create table suppressions (id integer primary key, kind text not null, notice integer not null,"
        " portal text not null, reason text, day text not null)"
    )
    db.execute("create index suppressions_portal on suppressions (portal)")
    db.execute(
        "create table suppressed_addresses (address integer primary key, suppression integer not null)"
    )


@migrations()  # type: ignore[untyped-decorator]  # sqlite_utils is not followed
def readings_of_portals(db: sqlite_utils.Database) -> None:
    """How each reading of a portal ended and what it saw, so that the next one can be compared with it."""
    db.execute("create table portal_runs (portal text not null references portals(id), run integer not null"
               " references runs(id), via text, finished text, seconds real, outcome text, finding text,"
               " reason text, pages integer, notices integer, posts integer, first integer, read integer,"
               " titled integer, dated integer, texted integer, primary key (portal, run))")  # fmt: skip
    db.execute("alter table portals add column successor text")
    db.execute("alter table portals add column alerted text")
    db.execute("create index notices_new on notices (portal, first_seen) where covid = 1")


@migrations()  # type: ignore[untyped-decorator]  # sqlite_utils is not followed
def types_of_notices(db: sqlite_utils.Database) -> None:
    """What type of document each notice announces, from an index alone: a facet of the search."""
    db.execute("create index citations_subject on citations (notice, version, type) where role = 'subject'")


@migrations()  # type: ignore[untyped-decorator]  # sqlite_utils is not followed
def readings_cut_off(db: sqlite_utils.Database) -> None:
    """What a crawl that was killed, or a portal's entry that was corrected, leaves to the next one."""
    db.execute("alter table portals add column reading_since text")
    db.execute("alter table portals add column read_as text")
    db.execute("alter table portal_runs add column whole integer")
    db.execute("create index pages_to_retry on pages (portal, kind) where outcome in ('failed', 'blocked')")


_SUCCESSORS = """  (select group_concat(replaced_by, ', ') from (
    select distinct q.replaced_by from phones q
    cross join notices m on m.id = q.notice and m.version = q.version and m.covid = 1
    where q.kind = 'hotline' and q.status = 'withdrawn' and q.dial = g.dial and q.replaced_by <> ''
    order by 1))
  as replaced_by"""


@migrations()  # type: ignore[untyped-decorator]  # sqlite_utils is not followed
def successors_of_phones(db: sqlite_utils.Database) -> None:
    """Which number replaces one that is out of use; `reextract` finds it in what was read before."""
    db.execute("alter table phones add column replaced_by text")
    db.execute("drop view ledger")
    db.execute(
        _LEDGER_BY_DIAL.replace(
            "withdrawn, contradicted\nfrom", f"withdrawn,\n{_SUCCESSORS}, contradicted\nfrom"
        )
    )


# A stamp before 2020, or of a day that had not come when the notice was read, is the portal's mistake.
POSTED = (
    "case when n.published between '2020-01-01' and n.first_seen then n.published"
    " else substr(n.{seen}, 1, 10) end"
)


@migrations()  # type: ignore[untyped-decorator]  # sqlite_utils is not followed
def ledger_in_order(db: sqlite_utils.Database) -> None:
    """What the ledger by province and owner asks, from indexes alone; first and last days are of posting."""
    for index in ("phones_given", "phones_hotline"):
        db.execute(f"drop index {index}")
    for index, columns in {
        "phones_ledger": "kind, dial, notice, version, owner, status, e164",
        "phones_places": "kind, notice, version, dial, owner, status",
        "phones_owners": "owner, dial",
    }.items():
        db.execute(f"create index {index} on phones ({columns}) where kind = 'hotline'")
    (view,) = db.execute("select sql from sqlite_schema where name = 'ledger'").fetchone()
    for seen, which in (("first_seen", "min"), ("last_seen", "max")):
        view = view.replace(f"{which}(n.{seen})", f"{which}({POSTED.format(seen=seen)})")
    db.execute("drop view ledger")
    db.execute(view)


def _statements(script: str) -> Iterator[str]:
    """One by one, because `executescript` would commit and so break the migration's transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def open_database(path: Path) -> sqlite_utils.Database:
    """The index at a path, made or brought to this version.

    Raises `SchemaError` for a file that is no index, cannot be opened, or was written by a newer version.
    """
    connection = None
    try:
        # By its URI: what is attached may then be told to be of a disk that nobody writes.
        connection = sqlite3.connect(path.absolute().as_uri(), uri=True, timeout=BUSY / 1000)
        db = sqlite_utils.Database(connection)
        # Before WAL is switched on: that would already write into a file that may be somebody else's.
        _refuse_strangers(db, path)
        for pragma in _PRAGMAS:
            connection.execute(f"pragma {pragma}")
        migrate(db)
    except sqlite3.DatabaseError as error:
        if connection:
            connection.close()
        raise SchemaError(
            f"{path} cannot be used as an index ({error}): {remedy(error)}name another with --db"
        ) from error
    except SchemaError:
        if connection:
            connection.close()
        raise
    return db


def remedy(error: sqlite3.Error) -> str:
    """What a person can do about a database that cannot be written, or '' for one that is none."""
    if "locked" in str(error):
        return "close the program that holds it, or "
    return "free space on its disk, or " if re.search("full|I/O", str(error)) else ""


def refuse_unless_index(path: Path) -> None:
    """Raise `SchemaError` for a file that is no index or a newer version's, without writing to it.

    A missing file is `FileNotFoundError`.
    """
    if not path.exists():
        raise FileNotFoundError(
            errno.ENOENT, "does not exist: crawl first (thongbao crawl --help)", str(path)
        )
    how = "mode=ro" if is_writable(path) else "immutable=1"  # a disk that nobody writes takes no -shm
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)) as connection:
            db = sqlite_utils.Database(connection)
            if not db["notices"].exists():
                raise SchemaError(f"{path} is no index: crawl into one first, or name another with --db")
            _refuse_strangers(db, path)
    except sqlite3.DatabaseError as error:
        raise SchemaError(f"{path} is no index ({error}): name another with --db") from error


def migrate(db: sqlite_utils.Database) -> None:
    """Apply the migrations that the database has not recorded; nothing when there is none."""
    if migrations.pending(db):
        migrations.apply(db)


def prepare_to_read(path: Path) -> bool:
    """Bring an index that is only to be read to this version; whether its file can be written.

    Raises `SchemaError`, with the remedy, for what `open_database` refuses and for a file of an earlier
    version that cannot be written.
    """
    if is_writable(path):
        open_database(path).conn.close()
        return True
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)
        db = sqlite_utils.Database(connection)
        _refuse_strangers(db, path)
        pending = bool(migrations.pending(db))
        connection.close()
    except sqlite3.DatabaseError as error:
        raise SchemaError(
            f"{path} cannot be used as an index ({error}): name another file with --db"
        ) from error
    if pending:
        raise SchemaError(
            f"{path} was written by an earlier version and cannot be written now: make it and its folder"
            " writable once, or copy it to where it is"
        )
    return False


def is_writable(path: Path) -> bool:
    """Whether an index and its folder can be written."""
    return all(os.access(p, os.W_OK, effective_ids=True) for p in (path, path.parent))


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that only reads an index, brought to this version; raises as `prepare_to_read`."""
    how = "mode=ro" if prepare_to_read(path) else "immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)


def _refuse_strangers(db: sqlite_utils.Database, path: Path) -> None:
    applied = {m.name for m in migrations.applied(db)}
    known = {m.name for m in migrations.pending(sqlite_utils.Database(memory=True))}
    if newer := sorted(applied - known):
        raise SchemaError(f"{path} was written by a newer version ({', '.join(newer)}): upgrade thongbao")
    if not applied and db.table_names():
        raise SchemaError(f"{path} is a database but no index of this version: name another file with --db")
