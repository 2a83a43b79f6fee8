"""What the search of a copy without a server reads: an inverted index in small scripts, loaded on demand.

A page opened from a disk may not fetch; a script it may load. Each file is one call that hands over a value.
Words are kept by their letters without marks (đ as d) and, beneath, as they were written, so that a search
without diacritics finds all of them and one with diacritics knows the very word. See docs/publish.md.
"""

from __future__ import annotations

import base64
import json
import re
import sqlite3
import sys
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from itertools import count, groupby
from pathlib import Path
from typing import Any

from crawler.provinces import PROVINCES
from db.site import queries
from db.site.direction import in_one_direction
from db.site.named import successors
from db.site.words import KINDS, TOPICS, TYPES, WORDS, issuer_name

#: Bytes of a file of the index, about; a word of more has a file of its own.
SHARD = 64_000
#: Notices, and attached files, of one file: what a page of results shows of them.
ROWS, FILES = 16, 4
#: Characters of a summary and of a text that are looked through for a snippet, as on the site.
SUMMARY, TEXT = 5_000, 50_000
#: Pages and sheets of a file among which that of most hits is looked for, as on the site.
PLACES = 200
_TOKEN = re.compile(r"[^\W_]+")
_EPOCH = date(2000, 1, 1)
#: The words that the script shows.
SHOWN = (
    "site", "results", "one_notice", "many_notice", "sort", "relevance", "date", "next", "take_away",
    "to_filters", "filters", "remove", "show_more", "province", "today", "kind", "month", "topic",
    "type", "nothing", "try", "try_fewer", "try_quotes", "try_filters", "try_marks", "example",
    "untitled", "no_date", "document", "hotlines", "withdrawn", "replaced_by",
    "also_at", "in_files", "page", "ocr", "searching", "file_missing",
)  # fmt: skip
Row = sqlite3.Row


class Words:
    """Where each word stands: by its letters, as written, the notices and the places in them."""

    def __init__(self) -> None:
        self.postings: dict[str, bytearray] = {}
        self._last: dict[str, int] = {}

    def add(self, doc: int, parts: Iterable[str]) -> list[int]:
        """Take in the parts of a text; how many words each has. Places skip one between two parts."""
        places: dict[str, list[int]] = defaultdict(list)
        at, lengths = 0, []
        for part in parts:
            found = _TOKEN.findall(unicodedata.normalize("NFC", part).lower())
            for place, word in enumerate(found, at):
                places[word].append(place)
            lengths.append(len(found))
            at += len(found) + 1
        for word, where in places.items():
            into = self.postings.setdefault(word, bytearray())
            _put(into, doc - self._last.get(word, 0))
            _put(into, len(where))
            last = 0
            for place in where:
                _put(into, place - last)
                last = place
            self._last[word] = doc
        return lengths

    def by_letters(self) -> dict[str, list[list[str]]]:
        """Hand over the words, those of the same letters together, each as written, places in base 64."""
        found: dict[str, list[list[str]]] = defaultdict(list)
        for word in sorted(self.postings):
            found[letters(word)].append([word, _base64(self.postings.pop(word))])
        return found


def _put(into: bytearray, number: int) -> None:
    """A number in groups of seven bits, the lowest first; a set eighth bit says that more follow."""
    while number > 127:
        into.append(number & 127 | 128)
        number >>= 7
    into.append(number)


def _base64(data: bytes | bytearray) -> str:
    return base64.b64encode(data).decode()


@cache
def letters(word: str) -> str:
    """A word in small letters without marks, đ as d."""
    plain = unicodedata.normalize("NFD", word.lower())
    return "".join(c for c in plain if unicodedata.category(c)[0] != "M").replace("đ", "d")


def bucket(key: str, buckets: int) -> int:
    """Which file holds a key: 32 bits of FNV-1a over its UTF-8."""
    value = 2166136261
    for byte in key.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value % buckets


class Scripts:
    """The files of a directory, each `thongbao("name", value)`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, value: Any) -> None:
        """One file; `name` is its path in the directory without its ending."""
        path = self.folder / f"{name}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = in_one_direction(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
        path.write_text(f'thongbao("{name}",{text})\n', encoding="utf-8")


class Columns:
    """What filters, order and ranks need of every notice and file, a number each."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, int]] = {"province": {}, "kind": {}, "portal": {}, "types": {}}
        self.numbers = {
            name: array(code)
            for name, code in (("province", "H"), ("kind", "H"), ("portal", "H"), ("types", "H"),
                               ("day", "H"), ("topics", "I"), ("title", "H"), ("summary", "H"),
                               ("words", "I"))
        }  # fmt: skip

    def add(self, notice: Row, lengths: list[int]) -> None:
        """One more: what is known of its notice, and the words of title, summary and text."""
        for name, known in self.values.items():
            self.numbers[name].append(known.setdefault(notice[name] or "", len(known)))
        held = json.loads(notice["topics"] or "[]")
        self.numbers["topics"].append(sum(1 << n for n, name in enumerate(TOPICS) if name in held))
        self.numbers["day"].append(_days(notice["published"]))
        self._measure(lengths)

    def add_file(self, doc: int, lengths: list[int]) -> None:
        """One more, a file of the notice at a place: it is narrowed as its notice is."""
        for name in (*self.values, "topics", "day"):
            self.numbers[name].append(self.numbers[name][doc])
        self._measure([lengths[0], 0, lengths[1]])

    def _measure(self, lengths: list[int]) -> None:
        for name, length in zip(("title", "summary"), lengths, strict=False):
            self.numbers[name].append(min(length, 65_535))
        self.numbers["words"].append(sum(lengths))

    def told(self) -> dict[str, Any]:
        """The columns: `[bytes of a number, the numbers in base 64]`, little-endian."""
        found = {}
        for name, numbers in self.numbers.items():
            if sys.byteorder == "big":
                numbers.byteswap()
            found[name] = [numbers.itemsize, _base64(numbers.tobytes())]
        return found


def _days(published: str | None) -> int:
    """Days since 2000, from 1; 0 for none and for what is no day."""
    try:
        return max(0, (date.fromisoformat((published or "")[:10]) - _EPOCH).days + 1)
    except ValueError:
        return 0


def write_search(connection: sqlite3.Connection, folder: Path, tell: Callable[[int, int], None]) -> None:
    """Write the search data of an index, a directory of scripts.

    `tell` hears how many notices and files were taken in, and of how many. `connection` gives rows as
    `sqlite3.Row`.
    """
    scripts, words, columns = Scripts(folder), Words(), Columns()
    done, (of,) = count(1), connection.execute(queries.TO_SEARCH).fetchone()

    def taken() -> None:
        tell(next(done), of)

    places, twins = _take_notices(connection, scripts, words, columns, taken)
    files = _take_files(connection, scripts, words, columns, places, taken)
    keys = {**_dials(connection, places), **_documents(connection)}
    large, buckets = _write_words(scripts, words.by_letters(), keys)
    portals = dict(connection.execute("select id, name from portals"))
    of_today = {province.name: province.name_2025 for province in PROVINCES}
    scripts.write("meta", {
        "notices": len(places), "files": files, "rows": ROWS, "fileRows": FILES,
        "buckets": buckets, "large": large, "topic": list(TOPICS),
        "province": list(columns.values["province"]),
        "today": [of_today.get(name) for name in columns.values["province"]],
        "kind": list(columns.values["kind"]),
        "types": [sorted(filter(None, types.split(","))) for types in columns.values["types"]],
        "portal": [[name, portals.get(name) or name] for name in columns.values["portal"]],
        "columns": columns.told(), "twins": twins,
    })  # fmt: skip
    for place, lang in enumerate(("vi", "en")):
        labels = {"kind": KINDS, "topic": TOPICS, "type": TYPES}
        told = {facet: {k: v[place] for k, v in table.items()} for facet, table in labels.items()}
        scripts.write(f"words-{lang}", {"lang": lang, "t": {k: WORDS[k][place] for k in SHOWN}, **told})


Tell = Callable[[], None]


def _take_notices(
    connection: sqlite3.Connection, scripts: Scripts, words: Words, columns: Columns, tell: Tell
) -> tuple[dict[int, int], list[list[int]]]:
    """The place of each notice, newest first; the places of notices that are one text, together."""
    places: dict[int, int] = {}
    same: dict[str, list[int]] = defaultdict(list)
    rows = _Rows(scripts, "n", ROWS)
    for doc, n in enumerate(connection.execute(queries.NOTICES_BY_DAY)):
        parts = [n["title"] or "", n["summary"] or "", n["text"] or ""]
        columns.add(n, words.add(doc, parts))
        places[n["id"]] = doc
        if n["text_hash"]:
            same[n["text_hash"]].append(doc)
        rows.add([n["id"], parts[0], n["published"] or "", parts[1][:SUMMARY], parts[2][:TEXT]])
        tell()
    rows.finish()
    return places, [docs for docs in same.values() if len(docs) > 1]


def _take_files(
    connection: sqlite3.Connection, scripts: Scripts, words: Words, columns: Columns, places: dict[int, int],
    tell: Tell,
) -> int:  # fmt: skip
    """How many files of notices there are; their places follow those of the notices."""
    files, rows = 0, _Rows(scripts, "f", FILES)
    for files, file in enumerate(connection.execute(queries.FILES_OF_NOTICES), 1):
        name, text, of = file["name"] or "", file["text"] or "", places[file["notice"]]
        columns.add_file(of, words.add(len(places) + files - 1, (name, text)))
        rows.add([file["id"], name, of, text[:TEXT], file["ocr"], _places(file["places"])])
        tell()
    rows.finish()
    return files


def _places(stored: str | None) -> list[list[Any]]:
    """The pages and sheets of a file whose text is held: number, name, where each begins and ends."""
    found = [place for place in json.loads(stored or "[]")[:PLACES] if place["start"] < TEXT]
    return [[place["number"], place["name"], place["start"], place["end"]] for place in found]


class _Rows:
    """Rows to show, so many a file."""

    def __init__(self, scripts: Scripts, name: str, most: int) -> None:
        self.scripts, self.name, self.most, self.done = scripts, name, most, 0
        self.held: list[list[Any]] = []

    def add(self, row: list[Any]) -> None:
        self.held.append(row)
        if len(self.held) == self.most:
            self.finish()

    def finish(self) -> None:
        if self.held:
            self.scripts.write(f"{self.name}/{self.done}", self.held)
            self.held, self.done = [], self.done + 1


def _dials(connection: sqlite3.Connection, places: dict[int, int]) -> dict[str, Any]:
    """Of each number that can be dialled: its row of the ledger, where it has one, and its notices."""
    rows = [dict(row) for row in connection.execute(queries.LEDGER_WHOLE)]
    out = {row["dial"] for row in rows if row["withdrawn"]}
    ledger = {
        row["dial"]: [*[*row.values()][:4], [(dial, dial in out) for dial in successors(row)]] for row in rows
    }
    found: dict[str, Any] = {}
    for dial, given in groupby(connection.execute(queries.DIALS_GIVEN), key=lambda row: str(row["dial"])):
        found[f"p{dial}"] = [ledger.get(dial), sorted(places[row["notice"]] for row in given)]
    return found


def _documents(connection: sqlite3.Connection) -> dict[str, Any]:
    """Documents by the digits that their numbers begin with."""
    found: dict[str, list[Any]] = defaultdict(list)
    for d in connection.execute(queries.DOCUMENTS_NAMED):
        if serial := re.match(r"0*(\d{1,6})", d["number"]):
            told = [d["type"], d["number"], issuer_name(d["issuer"]), d["issued"], d["notices"]]
            found[f"d{serial[1]}"].append([d["id"], *told])
    return found


def _write_words(
    scripts: Scripts, words: dict[str, list[list[str]]], keys: dict[str, Any]
) -> tuple[dict[str, int], int]:
    """Write words and keys; the words that have a file of their own, and how many files are shared."""
    sizes = {key: sum(len(w) + len(places) for w, places in found) for key, found in words.items()}
    large = {key: n for n, key in enumerate(k for k, size in sizes.items() if size > SHARD)}
    for key, n in large.items():
        scripts.write(f"w/{n}", words[key])
    small = sum(size for key, size in sizes.items() if key not in large)
    buckets = 1 + (small + 80 * len(keys)) // SHARD
    shards: list[dict[str, Any]] = [{} for _ in range(buckets)]
    for key, found in [*((f"w{k}", v) for k, v in words.items() if k not in large), *keys.items()]:
        shards[bucket(key, buckets)][key] = found
    for n, shard in enumerate(shards):
        scripts.write(f"t/{n}", shard)
    return large, buckets
