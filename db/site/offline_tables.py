"""The tables of a copy without a server: one SQLite file in scripts, which SQLite in the browser opens.

A page opened from a disk may not fetch; a script it may load. See docs/publish.md.
"""

from __future__ import annotations

import base64
import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

from db.dictionary import INTERNAL, dictionary
from db.site import queries
from db.site.offline import Scripts

#: Bytes of an index above which the texts are cut, and to how many characters: the pages have them whole.
WHOLE, OPENING = 200_000_000, 500
#: Bytes of the packed file in one script.
PIECE = 3_000_000
_LONG = (("texts", "text"), ("versions", "text"), ("attachments", "text"))


def write_tables(database: Path, work: Path, folder: Path) -> None:
    """Write the tables of an index, a directory of scripts; `work` is a directory for what is in between."""
    copy = work / "tables.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("vacuum into ?", (str(copy),))
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        cut = copy.stat().st_size > WHOLE
        _leave_out(connection)
        for table, column in _LONG if cut else ():
            connection.execute(f"update {table} set {column} = substr({column}, 1, {OPENING})")
        connection.execute("vacuum")
        rows = {
            name: connection.execute(f'select count(*) from "{name}"').fetchone()[0]
            for name in dictionary()
            if name not in INTERNAL
        }
    data = copy.read_bytes()
    packed = gzip.compress(data, 6, mtime=0)
    scripts = Scripts(folder)
    pieces = [packed[first : first + PIECE] for first in range(0, len(packed), PIECE)]
    for number, piece in enumerate(pieces):
        scripts.write(f"tables/{number}", base64.b64encode(piece).decode())
    pages = {kind: queries.STATIC_IDS[kind] for kind in ("notice", "document", "file")}
    told = {"pieces": len(pieces), "size": len(data), "packed": len(packed), "cut": cut, "rows": rows}
    scripts.write("tables/meta", {**told, "pages": pages})


def _leave_out(connection: sqlite3.Connection) -> None:
    """Search has its own data, and some tables are the index's own."""
    for (name,) in connection.execute(
        "select name from sqlite_master where type = 'table' and sql like 'create virtual table%'"
    ).fetchall():
        connection.execute(f'drop table "{name}"')
    for (name,) in connection.execute("select name from sqlite_master where type = 'trigger'").fetchall():
        connection.execute(f'drop trigger "{name}"')
    for name in INTERNAL:
        connection.execute(f'drop table if exists "{name}"')
