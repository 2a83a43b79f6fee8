"""Datasette over the index with the project's pages."""

from __future__ import annotations

import signal
import socket
from pathlib import Path
from typing import Any

import uvicorn
from datasette.app import Datasette
from datasette.database import Database

from db.dictionary import INTERNAL, dictionary
from db.schema import prepare_to_read
from db.site.canned import canned_queries

HERE = Path(__file__).parent


def metadata(contact: str = "") -> dict[str, Any]:
    """What Datasette's own pages show: each table and column described, the canned queries; the contact."""
    tables: dict[str, dict[str, Any]] = {}
    for name, table in dictionary().items():
        columns = {column: " · ".join(told) for column, told in table.columns.items()}
        hidden = name in INTERNAL
        tables[name] = {"description": " · ".join(table.told), "columns": columns, "hidden": hidden}
    tables["notices"] |= {"fts_table": "notices_fts", "fts_pk": "id", "sort_desc": "published"}
    return {
        "title": "Thông Báo",
        "contact": contact,
        "extra_css_urls": ["/static/tables.css"],
        "databases": {"notices": {"tables": tables, "queries": canned_queries()}},
    }


def build(database: Path, contact: str = "") -> Datasette:
    """The site over an index, always served under the name `notices`; one of an earlier version is migrated.

    Each page names the `contact`, an e-mail or web address of whoever publishes it, where there is one.
    Raises FileNotFoundError if it is missing, `SchemaError` if it cannot be read by this version.
    """
    if not database.exists():
        raise FileNotFoundError(f"{database} does not exist: crawl first (thongbao crawl --help)")
    writable = prepare_to_read(database)
    site = Datasette(
        [], metadata=metadata(contact),
        plugins_dir=str(HERE / "plugins"), template_dir=str(HERE / "templates"),
        static_mounts=[("static", str(HERE / "static"))], settings={"suggest_facets": False},
    )  # fmt: skip
    # A WAL file in a folder that cannot be written opens only as immutable.
    site.add_database(Database(site, path=str(database), is_mutable=writable), name="notices")
    return site


def serve(database: Path, host: str = "127.0.0.1", port: int = 8001, contact: str = "") -> int:
    """Serve until Ctrl-C (KeyboardInterrupt) or SIGTERM. Prints the address first; port 0 takes a free one.

    Raises OSError, naming the remedy, when the port is taken.
    """
    site = build(database, contact)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, port))
        except OSError as error:
            raise OSError(
                f"{host}:{port} cannot be served on ({error.strerror}): choose another --port"
            ) from error
        bound.listen()  # who reads the address may connect at once
        name = f"[{host}]" if ":" in host else host
        # A shell has SIGINT ignored for its jobs in the background; uvicorn stops by it all the same.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        print(f"http://{name}:{bound.getsockname()[1]}/", flush=True)
        uvicorn.Server(uvicorn.Config(site.app(), log_level="warning")).run(sockets=[bound])
    return 0
