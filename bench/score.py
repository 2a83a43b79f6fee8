"""How right extraction is: labelled notices against what `extract` finds, field by field.

The project's own labelled notices (tests/gold, of our own writing) always; further files in the same
format as arguments. F1 of the facts of all notices together. With `--card` the figures of the held-out set
go to where readers find them: the file that the site shows, and the last column of docs/accuracy.md.
"""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commands.extract import facts_of
from crawler.extract.normalise import plain_words

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "tests" / "gold"
#: Labelled by who wrote the rules; labelled apart from the rules; the same, never looked at.
OWN, COMPOSED, HELD_OUT = (GOLD / f"{name}.jsonl" for name in ("notices", "composed", "heldout"))
#: What the site shows, and the page whose table it must agree with.
CARD, PAGE = ROOT / "db" / "site" / "accuracy.json", ROOT / "docs" / "accuracy.md"
HELD_OUT_NOW = re.compile(r"held out \(\d+\), now")
#: The fields of the card, and how the table of the page calls them.
ON_CARD = {
    "documents": "documents by number", "documents with date": "with their date",
    "documents with role": "with their role (subject or cited)", "dates": "dates", "phones": "phones",
    "hotlines": "hotlines", "covid": "COVID-19 or not", "province": "province", "published": "posting day",
    "title": "title",
}  # fmt: skip
SHARED = ROOT.parent / "shared" / "gold" / "dev.jsonl"
Record = dict[str, Any]


@dataclass(slots=True)
class Score:
    """Right, missed and wrong facts of one field."""

    right: int = 0
    missed: int = 0
    wrong: int = 0

    def add(self, wanted: set[Any], found: set[Any]) -> None:
        """Compare the facts of one notice."""
        self.right += len(wanted & found)
        self.missed += len(wanted - found)
        self.wrong += len(found - wanted)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 1 where nothing was to be found and nothing was."""
        total = 2 * self.right + self.missed + self.wrong
        return 2 * self.right / total if total else 1.0


def folded(text: str | None) -> str:
    """Letters and digits of a title without marks and case: hoà and hòa are one."""
    return " ".join(plain_words(text or ""))


def key_of(document: Record) -> str:
    """A number's spelling for comparison; a bare one goes with its type."""
    number = re.sub(r"\s+", "", unicodedata.normalize("NFC", document["number"]).upper()).lstrip("0")
    return f"{folded(document.get('type'))} {number}" if number.isdigit() else number


def fields(record: Record) -> dict[str, set[Any]]:
    """What a labelled or an extracted notice says, as comparable sets."""
    documents = {key_of(d): d for d in record["documents"]}
    return {
        "documents": set(documents),
        "documents, full numbers": {k for k in documents if not k.rpartition(" ")[2].isdigit()},
        "documents with date": {(k, d["date"]) for k, d in documents.items()},
        "documents with type": {(k, folded(d["type"])) for k, d in documents.items()},
        "documents with role": {(k, d["role"]) for k, d in documents.items()},
        "dates": {d["iso"] for d in record["dates"]},
        "phones": {p["dial"] for p in record["phones"]},
        "hotlines": {p["dial"] for p in record["phones"] if p["kind"] == "hotline"},
        "e-mails": {e["value"] if isinstance(e, dict) else e for e in record["emails"]},
        "covid": {("covid", record["covid"])},
        "province": {("province", record["province"])},
        "published": {("published", record["published"])},
        "title": {folded(record["title"])},
    }


def score(records: Iterable[Record]) -> tuple[dict[str, Score], list[str]]:
    """The score of each field, and each error as one line."""
    scores: dict[str, Score] = {}
    errors = []
    for record in records:
        wanted = fields(record["gold"])
        found = fields(facts_of(record["text"].encode(), record["url"] or "", None, False))
        for name in wanted:
            scores.setdefault(name, Score()).add(wanted[name], found[name])
            if wanted[name] != found[name]:
                missed, wrong = wanted[name] - found[name], found[name] - wanted[name]
                errors.append(f"{record['id']}: {name}: missed {missed or '-'}, wrong {wrong or '-'}")
    return scores, errors


def read(path: Path) -> list[Record]:
    """The records of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def card() -> dict[str, Any]:
    """What the held-out notices give: how many there are, and of each field what was right."""
    records = read(HELD_OUT)
    scores, _ = score(records)
    fields = {
        name: {"f1": round(one.f1, 3), "right": one.right, "missed": one.missed, "wrong": one.wrong}
        for name, one in ((name, scores[name]) for name in ON_CARD)
    }
    return {"measured_on": HELD_OUT.relative_to(ROOT).as_posix(), "notices": len(records), "fields": fields}


def with_figures(page: str, found: dict[str, Any]) -> str:
    """The page with the figures of a card in the column of its table that is of the held-out set now."""
    rows = [line.split(" | ") for line in page.splitlines()]
    head = next(row for row in rows if any(map(HELD_OUT_NOW.match, row)))
    column = next(n for n, cell in enumerate(head) if HELD_OUT_NOW.match(cell))
    for field, name in ON_CARD.items():
        row = next(row for row in rows if row[0] == f"| {name}")
        end = " |" if column == len(row) - 1 else ""
        row[column] = f"{found['fields'][field]['f1']:.3f}{end}"
    head[column] = HELD_OUT_NOW.sub(f"held out ({found['notices']}), now", head[column])
    return "\n".join(" | ".join(row) for row in rows) + "\n"


def write_card() -> None:
    """Write what the site shows, and the last column of the page."""
    found = card()
    CARD.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(with_figures(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")


def main() -> None:
    """Print a table a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="further labelled notices, JSON Lines")
    parser.add_argument("--errors", action="store_true", help="print each error")
    parser.add_argument("--card", action="store_true", help="write the held-out figures for site and docs")
    options = parser.parse_args()
    if options.card:
        write_card()
    for path in [OWN, COMPOSED, HELD_OUT, *([SHARED] if SHARED.exists() else []), *options.files]:
        records = read(path)
        scores, errors = score(records)
        print(f"{path.name}: {len(records)} notices")
        for name, one in scores.items():
            print(f"  {name:24} F1 {one.f1:.3f}   right {one.right}, missed {one.missed}, wrong {one.wrong}")
        if options.errors and path != HELD_OUT:  # who reads its errors can hold it out no longer
            print("\n".join(f"  {line}" for line in errors))


if __name__ == "__main__":
    main()
