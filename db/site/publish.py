"""The site as files for any static host or a USB stick: its own pages, asked of it and linked to each other.

See docs/publish.md for what a copy holds and what it costs.
"""

from __future__ import annotations

import asyncio
import html
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from crawler.clock import now
from crawler.processes import cores, pool
from crawler.provinces import PROVINCES, fold
from db.away import directory, snapshot
from db.site import app, queries
from db.site.offline import write_search
from db.site.offline_tables import write_tables
from db.site.responses import HANOI
from db.site.words import TOPICS

LANGUAGES = ("vi", "en")
#: Milliseconds that a query may take.
PATIENCE = 120_000
#: Pages of one task of a process.
BATCH = 200
#: Pages that a list of all may be narrowed to by a value of one argument.
NARROWED = {"hotlines": ("province",), "coverage": ("province",), "timeline": ("province", "topic")}
#: Arguments of pages that only other pages lead to: those that follow on one, the months of the map.
LED_TO = {"hotlines": {"after", "print"}, "document": {"after"}, "map": {"month", "today"}}
#: Pages of the site that have an address of their own.
SINGLE = ("", "about", "coverage", "hotlines", "map", "provinces", "tables", "timeline")
_PAGE = re.compile(r"/(?P<kind>province|portal|notice|document|file)/(?P<id>[\w-]+)(?P<more>/versions)?")
_LINK = re.compile(r'<a\b(?P<before>[^>]*?) href="(?P<to>/[^"]*)"(?P<after>[^>]*)>(?P<text>.*?)</a>', re.S)
_OTHER = re.compile(
    r'<(?P<tag>link|script|img|form|image)\b(?P<before>[^>]*?) (?P<name>href|src|action)="(?P<to>/[^"]*)"'
    r"(?P<after>[^>]*)>"
)
_LED_TO = re.compile(r' href="(?P<to>/(?:hotlines|document|map)\b[^"]*\?[^"]*)"')
#: Of a copy nothing runs but the search of the page that has it, and nothing is asked of any other place.
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
_HEAD = '<meta charset="utf-8">'


@dataclass(slots=True)
class Places:
    """Where each page of the site lies in a copy; an address that has no page there has no place."""

    languages: Sequence[str]
    ids: dict[str, frozenset[str]]

    @classmethod
    def of(cls, connection: sqlite3.Connection, languages: Sequence[str]) -> Places:
        """The places of an index's pages."""
        ids = {
            kind: frozenset(str(row[0]) for row in connection.execute(sql))
            for kind, sql in queries.STATIC_IDS.items()
        }
        return cls(languages, ids)

    def addresses(self) -> Iterator[str]:
        """Every page but those that follow on one."""
        for name in SINGLE:
            yield f"/{name}"
            for argument in NARROWED.get(name, ()):
                values = TOPICS if argument == "topic" else sorted(self.ids["province"])
                yield from (f"/{name}?{urlencode({argument: value})}" for value in values)
        yield from (f"/province/{province.code}" for province in PROVINCES)
        for kind in ("portal", "document", "file", "notice"):
            yield from (f"/{kind}/{found}" for found in sorted(self.ids[kind]))
        yield from (
            f"/notice/{found}/versions" for found in sorted(self.ids["versions"] & self.ids["notice"])
        )

    def find(self, address: str, lang: str) -> str | None:
        """The file of an address, from the top of the copy, with what follows `?` and `#`; None for none."""
        parts = urlsplit(address)
        arguments = dict(parse_qsl(parts.query))
        lang = arguments.pop("lang", lang)
        if lang not in self.languages:
            return None
        found = self._file(parts.path, arguments)
        top = (
            "" if lang == self.languages[0] or (found or "").startswith(("assets/", "data/")) else f"{lang}/"
        )
        return found and top + found + (f"#{parts.fragment}" if parts.fragment else "")

    def _file(self, path: str, arguments: dict[str, str]) -> str | None:
        if path.startswith("/static/"):
            return f"assets/{path.removeprefix('/static/')}"
        if path.startswith("/data/"):
            return path[1:]
        if path == "/":
            if arguments.pop("after", ""):
                arguments["page"] = "2"
            return "index.html" + (f"?{urlencode(arguments)}" if arguments else "")
        name = path[1:]
        if name in SINGLE:
            if not self._is_narrowed(name, arguments):
                return None
            return f"{name}/{_named(arguments)}.html" if arguments else f"{name}.html"
        page = _PAGE.fullmatch(path)
        if not page or not self._is_there(page["kind"], page["id"], page["more"]):
            return None
        if not set(arguments) <= LED_TO.get(page["kind"], set()):
            return None
        return _file_of(page["kind"], page["id"], _named(arguments) + (page["more"] or "").replace("/", "-"))

    def _is_narrowed(self, name: str, arguments: dict[str, str]) -> bool:
        if "province" in arguments and arguments["province"] not in self.ids["province"]:
            return False
        narrowed = set(arguments) - LED_TO.get(name, set())
        return len(narrowed) <= 1 and narrowed <= set(NARROWED.get(name, ()))

    def _is_there(self, kind: str, name: str, more: str | None) -> bool:
        if kind == "province":
            return any(province.code == name for province in PROVINCES)
        return name in self.ids[kind] and (not more or (kind == "notice" and name in self.ids["versions"]))


def _named(arguments: dict[str, str]) -> str:
    """What a page is narrowed to, or follows on, as a part of a file's name."""
    plain = {name: value if name == "after" else fold(value) for name, value in arguments.items()}
    return "-".join(f"{name}-{re.sub(r'[^A-Za-z0-9_]', '', value)}" for name, value in sorted(plain.items()))


def _file_of(kind: str, name: str, more: str) -> str:
    """Ids of sixteen digits lie in a hundred directories: a USB stick's has at most 65,534 entries."""
    folder = kind if kind in ("province", "portal") else f"{kind}/{name[-2:].zfill(2)}"
    return f"{folder}/{name}{'-' if more and not more.startswith('-') else ''}{more}.html"


def rewritten(page: str, file: str, lang: str, places: Places) -> str:
    """A page of the site as it lies in a copy: links lead to files beside it, what leads nowhere is no link.

    Templates write `href="/…"`; what a portal wrote is escaped there, so no text of its can look like that.
    """
    up = "../" * file.count("/")

    def found(match: re.Match[str]) -> str | None:
        place = places.find(html.unescape(match["to"]), lang)
        return None if place is None else html.escape(up + place)

    def link(match: re.Match[str]) -> str:
        place = found(match)
        if place is None:  # but for the text of a link; a language that the copy lacks is not named
            return "" if "lang=" in match["to"] else match["text"]
        return f'<a{match["before"]} href="{place}"{match["after"]}>{match["text"]}</a>'

    def other(match: re.Match[str]) -> str:
        place = found(match)
        if place is None:
            return ""
        return f'<{match["tag"]}{match["before"]} {match["name"]}="{place}"{match["after"]}>'

    scripts = "'self' 'wasm-unsafe-eval'" if "/sqljs/" in page else "'self'"
    policy = POLICY + (f"; script-src {scripts}" if "<script " in page else "")
    head = f'{_HEAD}\n<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    head += '<meta name="referrer" content="no-referrer">'
    return _LINK.sub(link, _OTHER.sub(other, page)).replace(_HEAD, head, 1)


class Renderer:
    """The site over a copy of the index, asked in this process for its pages."""

    def __init__(self, database: Path, folder: Path, day: str, places: Places, contact: str) -> None:
        self.folder, self.places = folder, places
        datasette = app.build(database, contact)
        datasette.sql_time_limit_ms = PATIENCE  # nobody waits at a screen
        site = datasette.app()

        async def static(scope: Any, receive: Any, send: Any) -> None:
            await site(scope | {"static": day}, receive, send)

        self.loop = asyncio.new_event_loop()
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(static), base_url="http://localhost")

    def write(self, pages: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Write pages, each an address and a language; the pages that follow on them.

        Raises RuntimeError for a page that the site does not give.
        """
        return self.loop.run_until_complete(self._write(pages))

    async def _write(self, pages: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        following = []
        for address, lang in pages:
            answer = await self.client.get(address, headers={"cookie": f"lang={lang}"})
            file = self.places.find(address, lang)
            if answer.status_code != 200 or file is None:
                raise RuntimeError(
                    f"the site answers {answer.status_code} to {address}: nothing is published"
                )
            path = self.folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(rewritten(answer.text, file, lang, self.places), encoding="utf-8")
            following += [(found, lang) for found in self._led_to(answer.text, lang)]
        return following

    def _led_to(self, page: str, lang: str) -> Iterator[str]:
        """The addresses of lists and documents, each in one spelling, that a page leads to."""
        for link in _LED_TO.finditer(page):
            parts = urlsplit(html.unescape(link["to"]))
            arguments = dict(parse_qsl(parts.query))
            address = f"{parts.path}?{urlencode(sorted(arguments.items()))}"
            if arguments and "lang" not in arguments and self.places.find(address, lang):
                yield address


_renderer: list[Renderer] = []


def _begin(*given: Any) -> None:
    _renderer[:] = [Renderer(*given)]


def _render(pages: Sequence[tuple[str, str]]) -> tuple[int, list[tuple[str, str]]]:
    return len(pages), _renderer[0].write(pages)


@dataclass(slots=True)
class Published:
    """How many pages, files and bytes a copy has."""

    pages: int = 0
    files: int = 0
    size: int = 0


Tell = Callable[[int, int], None]


def publish(
    database: Path, target: Path, languages: Sequence[str], indexed: Tell, written: Tell, contact: str = ""
) -> Published:
    """Write a copy of the site into a directory; its pages name the contact of whoever publishes it.

    `indexed` hears of notices and files that search takes in, `written` of pages; both of how many there are.
    The first of `languages` lies at the top, another in a directory of its name. Raises `NotOurs` for a
    directory that holds other files, `SchemaError` or FileNotFoundError for no index.
    """
    with directory(target, "publish --static") as (folder, mark):
        work = folder / ".work"
        work.mkdir()
        copy = work / "notices.db"
        snapshot(database, copy)
        app.build(copy)  # what it would do to the file is done before others read it
        with closing(sqlite3.connect(copy)) as connection:
            connection.row_factory = sqlite3.Row
            places = Places.of(connection, languages)
            pages = [(address, lang) for lang in languages for address in places.addresses()]
            write_search(connection, folder / "data", indexed)
        write_tables(copy, work, folder / "data")
        shutil.copytree(app.HERE / "static", folder / "assets")
        given = (copy, folder, str(now().astimezone(HANOI).date()), places, contact)
        done = _write_pages(given, pages, written)
        shutil.rmtree(work)
        mark |= {"pages": done, "languages": list(languages)}
    sizes = [path.stat().st_size for path in target.rglob("*") if path.is_file()]
    return Published(done, len(sizes), sum(sizes))


def _write_pages(given: tuple[Any, ...], pages: list[tuple[str, str]], tell: Tell) -> int:
    """Write pages on all cores, and those that follow on them; how many there were."""
    workers = min(cores(), 1 + len(pages) // BATCH)
    known, done = set(pages), 0
    waiting = [pages[first : first + BATCH] for first in range(0, len(pages), BATCH)][::-1]
    running: set[Future[Any]] = set()
    with pool(workers, "db.site.publish", _begin, *given) as processes:
        while waiting or running:
            while waiting and len(running) < 3 * workers:
                running.add(processes.submit(_render, waiting.pop()))
            ready, running = wait(running, return_when=FIRST_COMPLETED)
            for future in ready:
                count, following = future.result()
                done += count
                new = [page for page in dict.fromkeys(following) if page not in known]
                known.update(new)
                waiting += [new] if new else []
            tell(done, len(known))
    return done
