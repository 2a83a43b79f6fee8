"""`thongbao serve`, `export`, `publish`: the index for people."""

from __future__ import annotations

import argparse
import socket

from commands.options import WELL, CallError, counter, db_of, is_quiet


def run_export(options: argparse.Namespace) -> int:
    """`thongbao export`."""
    from db.away import NotOurs
    from db.schema import refuse_unless_index
    from db.site.export import export

    refuse_unless_index(db_of(options))
    try:
        files = export(db_of(options), options.directory, counter("rows", options))
    except NotOurs as error:
        raise CallError(str(error)) from error
    if not is_quiet(options):
        print(f"{len(files)} files, {sum(f.size for f in files) / 1e6:.1f} MB in {options.directory}")
    return WELL


def run_publish(options: argparse.Namespace) -> int:
    """`thongbao publish`."""
    from db.away import NotOurs
    from db.schema import refuse_unless_index
    from db.site.publish import LANGUAGES, publish

    refuse_unless_index(db_of(options))
    languages = list(dict.fromkeys(options.lang or LANGUAGES))
    try:
        indexed, written = (counter(what, options) for what in ("notices for search", "pages"))
        made = publish(db_of(options), options.static, languages, indexed, written, options.contact)
    except NotOurs as error:
        raise CallError(str(error)) from error
    if not is_quiet(options):
        print(f"{made.pages} pages, {made.files} files, {made.size / 1e6:.1f} MB in {options.static}")
    return WELL


def run_serve(options: argparse.Namespace) -> int:
    """`thongbao serve`."""
    from db.schema import refuse_unless_index
    from db.site.app import serve

    refuse_unless_index(db_of(options))
    try:
        socket.getaddrinfo(options.host, options.port)
    except OSError as error:
        raise RuntimeError(f"--host {options.host} cannot be served on: {error.strerror}") from error
    return serve(db_of(options), options.host, options.port, options.contact)
