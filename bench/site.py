"""How fast the pages answer over many notices: p50 and p95 of each, beside Datasette's own table search.

Makes an index of made-up notices with the rows that a crawl writes (portals of the registry, three to six
citations, phones, dates and topics a notice, Covid-19 in nearly every one) and asks each page in one process.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench.portal import body
from crawler import registry
from crawler.model import Portal, stable_id
from crawler.provinces import PROVINCES
from db.documents import document_key
from db.schema import open_database
from db.site.app import build
from db.site.canned import canned_queries
from db.store import Store

TOPICS = ("hotline", "vaccination", "testing", "quarantine", "distancing", "travel", "schools")
#: What every province cites, and what many give: documents and numbers with thousands of notices.
NATIONAL = (
    ("16/CT-TTg", "Chỉ thị", "2020-03-31", "TTg"),
    ("15/CT-TTg", "Chỉ thị", "2020-03-27", "TTg"),
    ("128/NQ-CP", "Nghị quyết", "2021-10-11", "CP"),
    ("21/NQ-CP", "Nghị quyết", "2021-02-26", "CP"),
)
SHARED = ("19009095", "19003228", "1022")
HANOI = "H%C3%A0+N%E1%BB%99i"
SEARCHES = (
    "covid", "covid&sort=date", f"covid&province={HANOI}", f"chong+dich&province={HANOI}&month=2021-07",
    "chong+dich", "%22phong+chong+dich%22", "duong+day+nong", "duong+day+nong&sort=date", "cong+van+19",
    "512/UBND-VP", "16/CT-TTg", "19009095", "zzzz",
)  # fmt: skip
STOCK = "/notices/notices?_search=covid&_facet=province&_facet=kind&_facet=month"


@dataclass(slots=True)
class Rows:
    """Rows by table, all of one shape a table, written a few thousand at a time."""

    db: sqlite3.Connection
    held: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, table: str, **values: Any) -> None:
        """One more row."""
        rows = self.held.setdefault(table, [])
        rows.append(values)
        if len(rows) >= 5000:
            self.write(table)

    def write(self, table: str) -> None:
        """Write what is held of a table."""
        rows = self.held.pop(table)
        names = ", ".join(rows[0])
        places = ", ".join(f":{name}" for name in rows[0])
        self.db.executemany(f"insert or replace into {table} ({names}) values ({places})", rows)

    def finish(self) -> None:
        """Write the rest."""
        for table in list(self.held):
            self.write(table)


def fill(path: Path, count: int) -> None:
    """Write made-up notices; the full-text index is built at the end. No statistics but a crawl's own."""
    rng = random.Random(2021)
    portals = list(registry.load().portals.values())
    rng.shuffle(portals)
    with Store(path) as store:
        store.sync_registry(portals)
    db = open_database(path).conn
    (trigger,) = db.execute("select sql from sqlite_schema where name = 'texts_ai'").fetchone()
    db.execute("drop trigger texts_ai")
    rows = Rows(db)
    bodies = [body(rng).replace("<p>", "").replace("</p>", "\n")[:3000] for n in range(2000)]
    # A few portals publish much, most little.
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(portals))))
    for n in range(count):
        (portal,) = rng.choices(portals, cum_weights=weights)
        add_notice(rng, rows, n, portal, rng.choice(bodies))
    rows.finish()
    db.execute("insert into notices_fts (notices_fts) values ('rebuild')")
    db.execute(trigger)
    db.commit()
    db.close()
    with Store(path):  # what the end of a crawl does to the whole index
        pass


def add_notice(rng: random.Random, rows: Rows, n: int, portal: Portal, text: str) -> None:
    """One notice with its version, texts, witnesses and facts; each fact stands in the text."""
    notice, day = stable_id("bench", n), date(2020, 2, 1) + timedelta(days=rng.randrange(760))
    code = next(p.code for p in PROVINCES if p.name == portal.province)
    disease = "Covid-19" if rng.random() < 0.98 else "bệnh dịch"
    title = f"Thông báo {n} về phòng, chống dịch {disease} tại {portal.province}"
    facts = list(citations(rng, day, code)) + list(phones(rng, code, portal)) + list(days(rng, day))
    full, seen, topics = f"{title}\n\n{text}", f"{day}T02:00:00Z", rng.sample(TOPICS, 2)
    version, url = stable_id(notice, "text"), f"{portal.url}tin/{n}"
    for table, sentence, mention, values in facts:
        start = len(full) + sentence.index(mention)
        full += sentence
        place = {"span_start": start, "span_end": start + len(mention), "mention": mention, "rule": "bench"}
        rows.add(table, notice=notice, version=version, **values, **place)
        if table == "citations":
            serial, symbol = values["number"].split("/")
            shown = {name: values[name] for name in ("number", "type", "issuer")}
            year, issued = int(values["date"][:4]), values["date"]
            rows.add("documents", id=values["document"], serial=serial, symbol=symbol, year=year,
                     issued=issued, **shown)  # fmt: skip
    rows.add("notices", id=notice, portal=portal.id, province=portal.province, kind=portal.kind,
             post_id=str(n), url=url, covid=1, title=title, published=str(day), month=str(day)[:7],
             topics=json.dumps(topics), first_seen=seen, last_seen=seen, version=version)  # fmt: skip
    rows.add("texts", notice=notice, title=title, summary="", text=full[len(title) + 2 :])
    rows.add(
        "versions",
        id=version,
        notice=notice,
        seen=seen,
        last_seen=seen,
        title=title,
        text=full,
        url=url,
        language="vi",
    )
    rows.add("witnesses", notice=notice, url=url, via="live", seen=seen)
    rows.add("pages", url=url, portal=portal.id, kind="post", outcome="new", fetched_at=seen, post_id=str(n))
    for topic in topics:
        rows.add(
            "notice_topics", notice=notice, topic=topic, mention="", span_start=0, span_end=0, rule="bench"
        )


Fact = tuple[str, str, str, dict[str, Any]]


def citations(rng: random.Random, day: date, code: str) -> Iterator[Fact]:
    """Three to six documents: national ones, and the province's own."""
    for place in range(rng.randint(3, 6)):
        number, type_, issued, issuer = rng.choice(NATIONAL)
        if place >= 2 or rng.random() < 0.5:
            number, type_, issuer = f"{rng.randint(1, 9999)}/UBND-VP", "Công văn", f"UBND:{code}"
            issued = str(day - timedelta(days=rng.randrange(40)))
        key = document_key(number, type_)
        written = "/".join(reversed(issued.split("-")))
        yield "citations", f"Thực hiện {type_} số {number} ngày {written}.\n", number, {
            "document": stable_id(key, int(issued[:4]), issuer), "role": "subject" if place == 2 else "cited",
            "type": type_, "date": issued, "number": number, "issuer": issuer, "document_key": key,
        }  # fmt: skip


def phones(rng: random.Random, code: str, portal: Portal) -> Iterator[Fact]:
    """One to four numbers: hotlines that many give, a province's own, contacts; one in fifty withdrawn."""
    for _ in range(rng.randint(1, 4)):
        dial = (
            rng.choice(SHARED) if rng.random() < 0.2 else f"09{code}{rng.randint(0, 700) * 1009 % 10**6:06}"
        )
        owner = rng.choice((portal.name, portal.name.upper(), f"UBND {portal.province}", ""))
        yield "phones", f"Đường dây nóng của {owner}: {dial}.\n", dial, {
            "dial": dial, "e164": None, "kind": rng.choice(("hotline", "hotline", "contact")), "owner": owner,
            "status": "withdrawn" if rng.random() < 0.02 else "active", "inferred": 0,
        }  # fmt: skip


def days(rng: random.Random, day: date) -> Iterator[Fact]:
    """Two to five days in words."""
    for _ in range(rng.randint(2, 5)):
        named = day + timedelta(days=rng.randrange(20))
        mention = f"ngày {named.day} tháng {named.month} năm {named.year}"
        yield "dates", f"Áp dụng từ {mention}.\n", mention, {"date": str(named), "inferred": 0}


def addresses(path: Path) -> list[str]:
    """Every kind of page, the busiest of each kind, and Datasette's own table search for comparison."""
    db = sqlite3.connect(path)
    busiest = "select {0} from {1} group by {0} order by count(*) desc limit 1"
    (document,) = db.execute(busiest.format("document", "citations")).fetchone()
    (portal,) = db.execute(busiest.format("portal", "notices")).fetchone()
    (province,) = db.execute(busiest.format("province", "notices")).fetchone()
    (notice,) = db.execute("select id from notices limit 1").fetchone()
    db.close()
    code = next(p.code for p in PROVINCES if p.name == province)
    return [
        "/", *(f"/?q={search}" for search in SEARCHES), "/?topic=schools", "/?type=Công+văn",
        "/?q=covid&type=Công+văn", "/?kind=health&month=2021-07",
        f"/?province={HANOI}&month=2021-07", f"/notice/{notice}", f"/document/{document}",
        f"/portal/{portal}", f"/province/{code}", "/province/01", "/provinces", "/map", "/map?today=1",
        "/hotlines", f"/hotlines?province={HANOI}", "/timeline",
        f"/timeline?province={HANOI}&topic=schools", "/coverage",
        f"/coverage?province={HANOI}", "/status", f"/notice/{notice}/versions", "/about",
        "/robots.txt", "/sitemap.xml", "/sitemap-notices-1-of-40.xml", "/about/data",
        *(f"/notices/{name}" for name in canned_queries()), "/notices/who-cited-first?number=16/ct-ttg",
        "/search.csv?q=covid", "/search.atom?q=covid", "/notices",
        "/notices/notices", "/notices/ledger", "/notices/notices?_search=duong+day+nong", STOCK,
    ]  # fmt: skip


async def ask(site: Any, asked: list[str], rounds: int) -> int:
    """Ask every page, in turns; print p50, p95, CPU, size and faults; return how many pages failed."""
    times: dict[str, list[tuple[float, float]]] = {address: [] for address in asked}
    notes: dict[str, str] = {}
    for _, address in itertools.product(range(rounds), asked):
        started, worked = time.perf_counter(), time.process_time()
        response = await site.client.get(address)
        times[address].append((time.perf_counter() - started, time.process_time() - worked))
        late = "took too long" in response.text or "timed out" in response.text
        notes[address] = f"{len(response.content) / 1024:5.0f} KB"
        if address != STOCK and (response.status_code != 200 or late):  # STOCK is there to compare with
            notes[address] += f" FAILED: HTTP {response.status_code}" + late * ", a query took too long"
    for address, values in times.items():
        waited, used = zip(*((1000 * wall, 1000 * cpu) for wall, cpu in values), strict=True)
        p95 = sorted(waited)[int(0.95 * len(waited))]
        print(
            f"{statistics.median(waited):6.0f} ms p50 {p95:6.0f} ms p95 {statistics.median(used):6.0f} ms CPU"
            f" {notes[address]}  {address}"
        )
    return sum("FAILED" in note for note in notes.values())


def parser(description: str | None) -> argparse.ArgumentParser:
    """The command line of a bench over such an index."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--notices", type=int, default=100_000)
    made.add_argument("--keep", type=Path, help="the index to fill, or to use if it is there")
    return made


@contextmanager
def filled(options: argparse.Namespace) -> Iterator[Path]:
    """The index that a command line asks for: the one that is kept, or one made for this run."""
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "bench.db"
        if not path.exists():
            fill(path, options.notices)
        open_database(path).conn.close()
        yield path


def main() -> None:
    """Fill an index and ask its pages; exit code 1 when one failed."""
    called = parser(__doc__)
    called.add_argument("--rounds", type=int, default=10)
    options = called.parse_args()
    with filled(options) as path:
        print(f"{options.notices} notices, {path.stat().st_size / 1e6:.0f} MB")
        failed = asyncio.run(ask(build(path), addresses(path), options.rounds))
    raise SystemExit(f"{failed} pages failed" if failed else 0)


if __name__ == "__main__":
    main()
