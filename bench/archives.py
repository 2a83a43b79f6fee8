# ruff: noqa: E501 - SQL stays on its line
"""One portal by four roads: live, from that crawl's own captures, through pywb, and out of a WARC file.

    python -m bench.archives FILE.warc.gz --portal HOST [--start PATH …] [--province NAME] [--kind KIND]

FILE's answers are served on loopback as a live site (status, type and body as captured) and crawled; then the
index is made again from the captures, through pywb (from them, and from FILE), and from FILE itself. What the
indexes say is compared table by table, hosts, vias and witnesses aside; `reextract` must find nothing to change.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

from warcio.archiveiterator import ArchiveIterator

from tests.pywb import archive

#: What an index says, without addresses, sights and captures.
SAID = {
    "notices": "select post_id, covid, title, published, published_time, topics from notices",
    "versions": "select n.post_id, v.text_hash, v.title, v.language, v.is_print from versions v join notices n on n.id = v.notice",
    "citations": "select n.post_id, number, issuer, role, c.type, date, mention, span_start, rule from citations c join notices n on n.id = c.notice",
    "relations": "select n.post_id, relation, mention, span_start from document_relations r join notices n on n.id = r.notice",
    "dates": "select n.post_id, date, inferred, mention, span_start from dates d join notices n on n.id = d.notice",
    "phones": "select n.post_id, dial, p.kind, status, owner, mention, span_start from phones p join notices n on n.id = p.notice",
    "emails": "select n.post_id, value, span_start from emails e join notices n on n.id = e.notice",
    "topics": "select n.post_id, topic, mention, span_start from notice_topics t join notices n on n.id = t.notice",
    "documents": "select number, year, issuer, type, issued from documents",
}  # fmt: skip
Answer = tuple[int, list[tuple[str, str]], bytes]


def answers(file: Path) -> dict[str, Answer]:
    """The answers of a WARC file by path and query."""
    found: dict[str, Answer] = {}
    with file.open("rb") as stream:
        for record in ArchiveIterator(stream):
            if record.rec_type == "response":
                kept = [
                    h for h in record.http_headers.headers if h[0].lower() in ("content-type", "location")
                ]
                status, body = int(record.http_headers.get_statuscode()), record.content_stream().read()
                found[_key(record.rec_headers["WARC-Target-URI"])] = status, kept, body
    return found


def _key(target: str) -> str:
    parts = urlsplit(target)
    return unquote(parts.path or "/") + ("?" + unquote(parts.query) if parts.query else "")


@contextmanager
def served(pages: Mapping[str, Answer]) -> Iterator[str]:
    """Serve answers on loopback; yields the home page's address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = pages.get(
                _key(self.path), (404, [("Content-Type", "text/plain")], b"not found")
            )
            self.send_response(status)
            for name, value in [*headers, ("Content-Length", str(len(body)))]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()


def run(*arguments: str | Path) -> str:
    """One command; its standard output. Ends the bench where it cannot run."""
    call = [sys.executable, "-m", "thongbao", *map(str, arguments)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    if done.returncode > 1:
        raise SystemExit(f"{' '.join(call)}: {done.stderr}")
    return done.stdout


def registry(folder: Path, url: str, options: argparse.Namespace) -> Path:
    """A registry of the one portal under an address."""
    folder.mkdir()
    start = "".join(f"\n      - {json.dumps(path)}" for path in options.start)
    (folder / "a.yml").write_text(
        f"province: {options.province}\nportals:\n  - id: portal\n    name: Portal\n    kind: {options.kind}\n    url: {url}"
        + (f"\n    start:{start}" if start else "") + (f"\n    platform: {options.platform}" if options.platform else "") + "\n",
        encoding="utf-8",
    )  # fmt: skip
    return folder


def said(database: Path) -> dict[str, Counter[tuple[object, ...]]]:
    """What an index says, table by table."""
    connection = sqlite3.connect(database)
    try:
        return {name: Counter(connection.execute(sql)) for name, sql in SAID.items()}
    finally:
        connection.close()


def compare(options: argparse.Namespace, folder: Path) -> int:
    """Make the indexes and print the table; 1 where roads that must agree differ."""
    file = options.file.absolute()
    captured = folder / "captures"
    with served(answers(file)) as home:
        live = registry(folder / "live-registry", home, options)
        run(
            "--db",
            folder / "live.db",
            "crawl",
            "--all",
            "--registry",
            live,
            "--allow-loopback",
            "--delay",
            "0",
        )
    own = registry(folder / "own-registry", f"https://{options.portal}/", options)
    warcs = sorted(captured.glob("*.warc.gz"))
    run("--db", folder / "again.db", "crawl", "--registry", live, "--warc", *warcs)
    run("--db", folder / "file.db", "crawl", "--registry", own, "--warc", file)
    for name, held, entry in (("pywb", warcs, live), ("pywb-file", [file], own)):
        (folder / name).mkdir()
        with archive(folder / name, held) as address:
            run("--db", folder / name / "n.db", "crawl", "--all", "--registry", entry, "--archive", address,
                "--allow-loopback", "--delay", "0")  # fmt: skip
    roads = {
        "live": folder / "live.db", "captures": folder / "again.db", "pywb": folder / "pywb" / "n.db",
        "file": folder / "file.db", "pywb of file": folder / "pywb-file" / "n.db",
    }  # fmt: skip
    found = {road: said(path) for road, path in roads.items()}
    print(f"{'':12}" + "".join(f"{road:>22}" for road in roads))
    for table in SAID:
        cells = [f"{found['live'][table].total()}"]
        for road in list(roads)[1:]:
            less = (found["live"][table] - found[road][table]).total()
            more = (found[road][table] - found["live"][table]).total()
            cells.append(
                f"{found[road][table].total()}, " + ("same" if not less + more else f"-{less} +{more}")
            )
        print(f"{table:12}" + "".join(f"{cell:>22}" for cell in cells))
    told = json.loads(run("--db", folder / "live.db", "reextract", "--json"))
    changed = sum(sum(counts.values()) for counts in told["facts"].values()) + sum(told["notices"].values())
    print(f"reextract: {told['captures']} captures read, {changed} notices and facts changed")
    alike = found["live"] == found["captures"] == found["pywb"] and found["file"] == found["pywb of file"]
    return int(not alike or changed > 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--portal", required=True, metavar="HOST", help="the portal's host in FILE")
    parser.add_argument("--start", nargs="+", default=[], metavar="PATH")
    parser.add_argument("--province", default="Hà Nội")
    parser.add_argument("--kind", default="information_communications")
    parser.add_argument("--platform", default="")
    with tempfile.TemporaryDirectory() as work:
        sys.exit(compare(parser.parse_args(), Path(work)))
