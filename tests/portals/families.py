"""The page families: small sites of our own writing, one a platform, served on loopback as their pages say.

A family is a directory: `pages.html` holds every page behind a line `=== METHOD /path?query | title | type`,
after the `=== frame` that all HTML pages share; `expected.json` says what a reader must find. `{{host}}` is the
server's address, `{{views}}` a counter that moves at every sight. A POST also names what its body holds.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

HERE = Path(__file__).parent
#: What `thongbao portals --record` kept of real portals: for local use, in no repository.
RECORDED = HERE.parents[1] / "recorded"
_PAGE = re.compile(r"^=== (.*)\n", re.M)


@dataclass(frozen=True)
class Answer:
    """One page: what is asked (`needs` = what a POST's body must hold) and what is sent."""

    method: str
    target: str
    needs: str
    content_type: str
    content: str


@dataclass(frozen=True)
class Family:
    """One sample site and what must be found on it."""

    platform: str
    name: str
    answers: tuple[Answer, ...]
    expected: Mapping[str, Any]

    @property
    def portal(self) -> str:
        """The portal id in the registry."""
        return f"{self.name}-mau"

    def answer(self, method: str, target: str, body: str) -> Answer | None:
        """What is sent for a request; a recorded page whose form is posted back comes again."""
        for a in self.answers:
            recorded = "listed" in self.expected and method == "POST"
            if a.target == target and a.needs in body and (a.method == method or recorded):
                return a
        return None


def families(layout: str = "{{content}}", directory: Path = HERE) -> list[Family]:
    """Every family below a directory, whose name is the platform's, with a variant after a dot.

    `layout` goes round the content of every page, inside its frame.
    """
    found = sorted(directory.iterdir()) if directory.is_dir() else []
    return [_read(d, layout) for d in found if (d / "pages.html").exists()]


def _read(directory: Path, layout: str) -> Family:
    parts = _PAGE.split((directory / "pages.html").read_text(encoding="utf-8"))
    frame, answers = "{{content}}", []
    for head, content in zip(parts[1::2], parts[2::2], strict=True):
        if head == "frame":
            frame = content
            continue
        asked, title, content_type = [*(x.strip() for x in head.split("|")), "", ""][:3]
        method, target, needs = [*asked.split(" ", 2), ""][:3]
        if content_type == "json:d":
            content_type, content = "application/json; charset=utf-8", json.dumps({"d": content})
        elif not content_type:
            content_type = "text/html; charset=utf-8"
            content = frame.replace("{{title}}", title).replace(
                "{{content}}", layout.replace("{{content}}", content)
            )
        elif content_type == "text/html bare":
            content_type = "text/html"
        answers.append(Answer(method, target, needs, content_type, content))
    expected = json.loads((directory / "expected.json").read_text(encoding="utf-8"))
    return Family(directory.name.split(".")[0], directory.name.replace(".", "-"), tuple(answers), expected)


@contextmanager
def served(sites: list[Family]) -> Iterator[dict[str, str]]:
    """Serve families on ports of the system's choice; yields the address of each portal."""
    servers, addresses = [], {}
    for site in sites:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        addresses[site.portal] = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield addresses
    finally:
        for server in servers:
            server.shutdown()


def write_registry(directory: Path, sites: list[Family], addresses: Mapping[str, str], platform: str) -> None:
    """A registry of the families; `platform` is `own` (named), `none` (to be detected) or a platform's name."""
    directory.mkdir()
    for site in sites:
        named = {"own": site.platform, "none": ""}.get(platform, platform)
        home = addresses[site.portal]
        lines = [
            f"province: {site.expected['province']}\nportals:",
            f"  - id: {site.portal}\n    name: Cổng mẫu {site.name}\n    kind: {site.expected['kind']}",
            f"    url: {home}/" + (f"\n    platform: {named}" if named else ""),
        ]
        if start := site.expected.get("start"):
            lines.append(f"    start: [{', '.join(json.dumps(s) for s in start)}]")
        (directory / f"{site.portal}.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _handler(site: Family) -> type[BaseHTTPRequestHandler]:
    views = itertools.count(842)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer("")

        def do_POST(self) -> None:
            self.answer(self.rfile.read(int(self.headers["Content-Length"] or 0)).decode())

        def answer(self, body: str) -> None:
            found = site.answer(self.command, self.path, body)
            host = f"http://{self.headers['Host']}"
            content = found.content.replace("{{host}}", host) if found else "không tìm thấy"
            while "{{views}}" in content:
                content = content.replace("{{views}}", str(next(views)), 1)
            data = content.encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", found.content_type if found else "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            pass

    return Handler
