"""Portals crawled by the ordinary command, what the index then holds of each, and how two readings compare."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.portals.families import Family, served, write_registry

ROOT = Path(__file__).parents[2]
Row = dict[str, Any]


@dataclass
class Crawl:
    """What an index holds of each portal, by the path of the address."""

    database: sqlite3.Connection
    rows: dict[str, list[Row]]
    summary: dict[str, Any]

    def post(self, portal: str, title: str) -> Row:
        """The one row of a title."""
        found = [row for row in self.rows[portal] if row["title"] == title]
        assert len(found) == 1, [row["title"] for row in self.rows[portal]]
        return found[0]


def crawl(folder: Path, sites: list[Family], platform: str) -> Crawl:
    """Every family in one run; `platform` is `own` (named), `none` (to be detected) or a platform's name."""
    with served(sites) as addresses:
        write_registry(folder / "registry", sites, addresses, platform)
        return crawl_registry(folder, [site.portal for site in sites])


def crawl_registry(folder: Path, portals: Sequence[str]) -> Crawl:
    """The portals of `folder/registry` in one run, into `folder/out.db`."""
    done = subprocess.run(
        [sys.executable, "-m", "thongbao", "--db", str(folder / "out.db"), "crawl", "--all", "--keep", "all", "--json",
         "--registry", str(folder / "registry"), "--allow-loopback", "--delay", "0"],
        capture_output=True, text=True, timeout=180, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    database = sqlite3.connect(folder / "out.db")
    database.row_factory = sqlite3.Row
    rows: dict[str, list[Row]] = {portal: [] for portal in portals}
    for row in database.execute(
        "select n.*, t.summary, t.text from notices n join texts t on t.notice = n.id"
    ):
        files = database.execute("select url from attachments where notice = ? order by rowid", (row["id"],))
        told = {"url": path(row["url"]), "files": [path(f[0]) for f in files]}
        rows[row["portal"]].append({**dict(row), **told})
    return Crawl(database, rows, json.loads(done.stdout))


def path(url: str) -> str:
    """An address without the host of a portal on loopback."""
    return re.sub(r"^http://127\.0\.0\.1:\d+", "", url)


def when(row: Row) -> tuple[str, str]:
    """Day and time of a post."""
    return row["published"], row["published_time"]


def overlap(one: Row, other: Row) -> float:
    """The share of words that two readings have in common."""
    first, second = (Counter(f"{r['summary']} {r['text']}".split()) for r in (one, other))
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0
