"""How well each platform's module reads its sample sites, and structure alone what the modules find.

    python -m bench.platforms
    python -m bench.platforms --warc FILE.warc.gz --platform NAME [--start PATH …]

The sample sites of tests/portals are crawled over loopback twice, with the platform named and with `generic`;
with --warc so is the portal in FILE instead, whose answers are served as they were captured. Exits with 1
where a post is missed, doubled or misdated, or structure alone finds under 95 % with the same title, day and
text.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.archives import answers, registry, served
from commands.options import print_columns
from crawler import platforms
from tests.portals.crawled import Row, crawl, crawl_registry, overlap, when
from tests.portals.families import Family, families

#: The share of posts, and of a text's words, that structure alone must find.
ENOUGH = 0.95


@dataclass(frozen=True)
class Generic:
    """Of the posts that a module finds, those that structure alone finds, with the same title, day, text."""

    wanted: int
    found: int
    titles: int
    days: int
    texts: int
    least: float
    beyond: int

    @property
    def enough(self) -> bool:
        """Whether each is 95 % of what was wanted."""
        return min(self.found, self.titles, self.days, self.texts) >= ENOUGH * self.wanted

    def cells(self) -> list[str]:
        """The figures as a table's cells."""
        counts = [f"{n}/{self.wanted}" for n in (self.found, self.titles, self.days, self.texts)]
        return [*counts, f"{self.least:.2f}", str(self.beyond)]


def by_structure(module: Sequence[Row], generic: Sequence[Row], unlinked: Sequence[str] = ()) -> Generic:
    """Compare two readings of a portal; posts that only a script's answer names (`unlinked`) do not count."""
    wanted = [row for row in module if row["title"] not in unlinked]
    at = {row["url"]: row for row in generic}
    pairs = [(row, at[row["url"]]) for row in wanted if row["url"] in at]
    shares = [overlap(one, other) for one, other in pairs]
    return Generic(
        len(wanted),
        len(pairs),
        sum(one["title"] == other["title"] for one, other in pairs),
        sum(when(one) == when(other) for one, other in pairs),
        sum(share >= ENOUGH for share in shares),
        min(shares, default=0.0),
        len(set(at) - {row["url"] for row in module}),
    )


def own_cells(site: Family, rows: Sequence[Row]) -> tuple[list[str], bool]:
    """What a module found on its sample site beside what its pages hold, and whether that is all right."""
    expected = {post["id"]: post for post in site.expected["posts"]}
    counts = Counter(row["post_id"] for row in rows)
    dates = sum(
        when(row) == (post["published"], post["published_time"])
        for row in rows
        if (post := expected.get(row["post_id"]))
    )
    doubled = sum(n - 1 for n in counts.values()) + len(rows) - len({row["title"] for row in rows})
    right = set(counts) == set(expected) and dates == len(expected) and not doubled
    found = len(set(counts) & set(expected))
    return [f"{found}/{len(expected)}", f"{dates}/{len(expected)}", str(doubled)], right


HEADS = ["generic: found", "titles", "days", "texts", "least overlap", "others"]


def samples(folder: Path) -> bool:
    """The table of the sample sites; whether all is right."""
    sites = [site for site in families() if site.platform in platforms.names()]
    named, generic = (crawl(_made(folder / name), sites, name) for name in ("own", "generic"))
    table = [["platform", "sample site", "found", "dates right", "doubled", *HEADS]]
    well = []
    for site in sites:
        rows = named.rows[site.portal]
        unlinked = [site.expected["posts"][n]["title"] for n in site.expected.get("only_by_data", [])]
        cells, right = own_cells(site, rows)
        found = by_structure(rows, generic.rows[site.portal], unlinked)
        table.append([site.platform, site.name, *cells, *found.cells()])
        well.append(right and found.enough and not found.beyond)
    print_columns(table, "<<" + ">" * (len(table[0]) - 2))
    return all(well)


def captured(folder: Path, options: argparse.Namespace) -> bool:
    """The line of a portal in a WARC file; whether structure alone finds enough of it."""
    readings = []
    with served(answers(options.warc)) as home:
        for platform in (options.platform, "generic"):
            entry = argparse.Namespace(**{**vars(options), "platform": platform})
            registry(_made(folder / platform) / "registry", home, entry)
            readings.append(crawl_registry(folder / platform, ["portal"]).rows["portal"])
    found = by_structure(*readings)
    doubled = len(readings[0]) - len({row["post_id"] for row in readings[0]})
    cells = [options.platform, options.warc.name, str(len(readings[0])), str(doubled), *found.cells()]
    print_columns([["platform", "portal", "found", "doubled", *HEADS], cells], "<<" + ">" * (len(cells) - 2))
    alike = sum(
        one["covid"] == other["covid"]
        for one in readings[0]
        for other in readings[1]
        if one["url"] == other["url"]
    )
    print(f"the same decision about COVID-19: {alike}/{found.found}")
    return found.enough and not doubled


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--warc", type=Path, help="a portal's captured pages, instead of the sample sites")
    parser.add_argument("--platform", default="liferay")
    parser.add_argument("--start", nargs="+", default=[], metavar="PATH")
    parser.add_argument("--province", default="Hà Nội")
    parser.add_argument("--kind", default="information_communications")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        sys.exit(not (captured(Path(work), chosen) if chosen.warc else samples(Path(work))))
