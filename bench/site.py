"""How fast the pages answer over many notices: p50 and p95 of each, beside Datasette's own table search.

Makes an index of made-up notices (Covid-19 in nearly every one) and asks each page in one process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.portal import body
from crawler.model import stable_id
from crawler.provinces import PROVINCES
from db.schema import open_database
from db.site.app import build

TOPICS = ("hotline", "vaccination", "testing", "quarantine", "distancing", "travel", "schools")
ADDRESSES = (
    "/", "/?q=covid", "/?q=covid&sort=date", "/?q=chong+dich&province=H%C3%A0+N%E1%BB%99i",
    "/?q=duong+day+nong", "/?q=512/UBND-VP", "/?q=0912345678", "/?province=H%C3%A0+N%E1%BB%99i&month=2021-07",
    "/provinces", "/province/01", "/hotlines",
    "/notices/notices?_search=covid&_facet=province&_facet=kind&_facet=month",
)  # fmt: skip


def fill(path: Path, count: int) -> None:
    """Write made-up notices, their texts, citations and topics; the search index is built at the end."""
    rng = random.Random(2021)
    db = open_database(path)
    db.execute("drop trigger texts_ai")
    bodies = [body(rng, n).replace("<p>", "").replace("</p>", "\n") for n in range(400)]
    notices, texts, topics, citations, documents = [], [], [], [], {}
    for n in range(count):
        notice, province = stable_id("bench", n), rng.choice(PROVINCES)
        day = f"202{rng.randint(0, 1)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        title = f"Thông báo {n} về phòng, chống dịch Covid-19 tại {province.name}"
        text = f"{rng.choice(bodies)} {rng.choice(bodies)[:400]}"
        chosen = rng.sample(TOPICS, 2)
        kind = rng.choice(("health", "finance", "district"))
        notices.append(
            (notice, "bench", province.name, kind, str(n), "", 1, title, day, None, day[:7],
             json.dumps(chosen), day, day, notice)
        )  # fmt: skip
        texts.append((notice, title, "", text))
        topics += [(notice, topic, "", 0, 0, "") for topic in chosen]
        for serial in rng.sample(range(1, 9999), 3):
            number = f"{serial}/UBND-VP"
            document = stable_id(number, 2021, f"UBND:{province.code}")
            documents[document] = (
                document,
                number,
                str(serial),
                "UBND-VP",
                2021,
                "Công văn",
                f"UBND:{province.code}",
                day,
                None,
            )
            citations.append((notice, notice, document, "cited", number))
    many = db.conn.executemany
    many("insert into notices values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,null)", notices)
    many("insert into texts values (?,?,?,?)", texts)
    many("insert into notice_topics values (?,?,?,?,?,?)", topics)
    many("insert into documents values (?,?,?,?,?,?,?,?,?)", list(documents.values()))
    columns = "notice, version, document, role, number, issuer, document_key"
    many(f"insert into citations ({columns}) values (?,?,?,?,?,'','')", citations)
    db.execute("insert into notices_fts (notices_fts) values ('rebuild')")
    db.conn.commit()
    db.execute("analyze")
    db.conn.close()


async def ask(site: Any, rounds: int) -> None:
    """Ask every page, in turns, and print p50 and p95 in milliseconds."""
    times: dict[str, list[float]] = {address: [] for address in ADDRESSES}
    for _ in range(rounds):
        for address in ADDRESSES:
            started = time.perf_counter()
            response = await site.client.get(address)
            times[address].append(1000 * (time.perf_counter() - started))
            if response.status_code != 200 or "took too long" in response.text:
                raise SystemExit(f"{address}: HTTP {response.status_code}, or a query that took too long")
    for address, values in times.items():
        p95 = sorted(values)[int(0.95 * len(values))]
        print(f"{statistics.median(values):7.0f} ms p50 {p95:7.0f} ms p95  {address}")


def main() -> None:
    """Fill an index and ask its pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        fill(path, options.notices)
        print(f"{options.notices} notices, {path.stat().st_size / 1e6:.0f} MB")
        asyncio.run(ask(build(path), options.rounds))


if __name__ == "__main__":
    main()
