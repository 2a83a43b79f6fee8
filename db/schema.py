"""Tables, indexes and full-text search of the index, as recorded migrations."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import sqlite_utils

VERSION = 1


class SchemaError(RuntimeError):
    """A file that is no database of this project, or one of a newer version."""


_TABLES = """
create table provinces (code text primary key, name text, slug text, name_2025 text, region text);
create table portals (id text primary key, province text, kind text, name text, url text, platform text,
  closed text, last_run text, last_outcome text, reason text);
create table runs (id integer primary key, started text, finished text, command text, outcome text, pages integer,
  notices integer, counts text);
create table pages (url text primary key, portal text, kind text, outcome text, reason text, fetched_at text,
  etag text, last_modified text, text_hash text, post_id text, capture integer, run integer);
create table page_links (page text, url text, primary key (page, url));
create table captures (id integer primary key, url text, fetched_at text, status integer, media_type text, digest text,
  warc text, "offset" integer, length integer, via text);
create table notices (id integer primary key, portal text, province text, kind text, post_id text, url text,
  covid integer, title text, published text, published_time text, month text, topics text, first_seen text,
  last_seen text, version integer, gone_since text);
create table texts (notice integer primary key, title text, summary text, text text);
create table versions (id integer primary key, notice integer, seen text, title text, text text, text_hash text,
  capture integer);
create table witnesses (notice integer, url text, via text, capture integer, seen text, primary key (notice, url, via));
create table documents (id integer primary key, number text, serial text, symbol text, year integer, type text,
  issuer text, issued text, title text);
create table citations (notice integer, version integer, attachment integer, document integer, role text, type text,
  date text, mention text, span_start integer, span_end integer, rule text);
create table document_relations (document integer, other integer, relation text, notice integer, span_start integer,
  span_end integer);
create table dates (notice integer, version integer, attachment integer, date text, inferred integer, mention text,
  span_start integer, span_end integer, rule text);
create table phones (notice integer, version integer, attachment integer, dial text, e164 text, kind text, status text,
  owner text, mention text, span_start integer, span_end integer, rule text);
create table emails (notice integer, version integer, attachment integer, value text, span_start integer,
  span_end integer);
create table links (notice integer, version integer, attachment integer, value text, span_start integer,
  span_end integer);
create table notice_topics (notice integer, topic text, mention text, span_start integer, span_end integer, rule text,
  primary key (notice, topic));
create table attachments (id integer primary key, notice integer, url text, name text, media_type text, sha256 text,
  text text, outcome text);
create index pages_post on pages (portal, post_id);
create index notices_province on notices (province, published);
create index notices_kind on notices (kind);
create index notices_month on notices (month);
create index notices_published on notices (published);
create index documents_number on documents (number);
create index citations_notice on citations (notice);
create index citations_document on citations (document);
create index phones_notice on phones (notice);
create index phones_dial on phones (dial);
create index dates_notice on dates (notice);
create index versions_notice on versions (notice);
create index topics_topic on notice_topics (topic);
create view ledger as
  select p.dial, max(p.e164) as e164, group_concat(distinct p.owner) as owners,
    group_concat(distinct n.province) as provinces, min(n.first_seen) as first_seen, max(n.last_seen) as last_seen,
    count(distinct n.id) as notices, max(p.status = 'withdrawn') as withdrawn, min(p.status) <> max(p.status) as contradicted
  from phones p join notices n on n.id = p.notice and n.version = p.version
  where p.kind = 'hotline' and n.covid group by p.dial;
"""


def open_database(path: Path) -> sqlite_utils.Database:
    """The index at a path, made or migrated. Raises `SchemaError` for a file that is none."""
    try:
        connection = sqlite3.connect(path, timeout=30)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        database = sqlite_utils.Database(connection)
        migrate(database)
    except sqlite3.DatabaseError as error:
        raise SchemaError(f"{path} cannot be used as an index: {error}") from error
    return database


def migrate(database: sqlite_utils.Database) -> None:
    """Bring a database to this version; `pragma user_version` records it."""
    version = database.execute("pragma user_version").fetchone()[0]
    if version > VERSION:
        raise SchemaError(
            f"the index was written by a newer version ({version} > {VERSION}): upgrade thongbao"
        )
    if version == 0:
        database.executescript("begin;" + _TABLES + f"pragma user_version = {VERSION}; commit;")
        # Named as the design names it; external content keyed by texts.notice = notices.id.
        database.executescript("""
create virtual table notices_fts using fts5(title, summary, text, content="texts", content_rowid="notice",
  tokenize="unicode61 remove_diacritics 2");
create trigger texts_ai after insert on texts begin
  insert into notices_fts (rowid, title, summary, text) values (new.notice, new.title, new.summary, new.text); end;
create trigger texts_ad after delete on texts begin
  insert into notices_fts (notices_fts, rowid, title, summary, text)
    values ('delete', old.notice, old.title, old.summary, old.text); end;
create trigger texts_au after update on texts begin
  insert into notices_fts (notices_fts, rowid, title, summary, text)
    values ('delete', old.notice, old.title, old.summary, old.text);
  insert into notices_fts (rowid, title, summary, text) values (new.notice, new.title, new.summary, new.text); end;
""")
