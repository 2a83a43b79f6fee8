"""How true the text of attached files is: notices put into files, and what is read out of them.

The project's own labelled notices are put into files of each format, and printed as scans of several
resolutions, clean and with half a degree of skew and half a percent of specks. Letters are compared with what
was put in (character error rate), the facts with those of the same extraction on the text itself. A second
table tells of how many numbers of a table of hotlines the owner is found.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import docx
import xlwt
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate

from crawler.attachments import ocr
from crawler.attachments.facts import Notice, read_facts
from crawler.attachments.read import read_file
from crawler.extract.facts import extract
from crawler.extract.normalise import normalise
from crawler.model import Context, Facts, FileText, Text
from tests import made

NOTICES = Path(__file__).parents[1] / "tests" / "gold" / "notices.jsonl"
Make = Callable[[str], bytes]
Read = Callable[[bytes], FileText]


def as_pdf(text: str) -> bytes:
    """The lines as paragraphs of a PDF."""
    pdfmetrics.registerFont(TTFont("Text", made.font()))
    style = ParagraphStyle("text", fontName="Text", fontSize=12, leading=16, firstLineIndent=20, spaceAfter=5)
    escaped = (line.replace("&", "&amp;").replace("<", "&lt;") for line in text.split("\n"))
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4).build([Paragraph(line, style) for line in escaped if line])
    return out.getvalue()


def as_docx(text: str) -> bytes:
    """The lines as paragraphs of a Word file."""
    document = docx.Document()
    for line in text.split("\n"):
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_rtf(text: str) -> bytes:
    """The lines as paragraphs of an RTF file, its letters as UTF-16 numbers."""
    escaped = (c if c.isascii() else f"\\u{ord(c)}?" for c in re.sub(r"([\\{}])", r"\\\1", text))
    return ("{\\rtf1\\ansi " + "".join(escaped).replace("\n", "\\par\n") + "\\par }").encode()


def as_doc(text: str) -> bytes:
    """The same as DOC, by LibreOffice."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.docx").write_bytes(as_docx(text))
        home = f"-env:UserInstallation=file://{folder}/profile"
        call = ["soffice", home, "--headless", "--convert-to", "doc", "--outdir", folder, f"{folder}/a.docx"]
        subprocess.run(call, check=True, capture_output=True, timeout=60)
        return (Path(folder) / "a.doc").read_bytes()


def as_xlsx(text: str) -> bytes:
    """The lines as rows of a sheet."""
    return made.sheet_of(line.split(" | ") for line in text.split("\n"))


def as_xls(text: str) -> bytes:
    """The same as XLS."""
    book = xlwt.Workbook()
    page = book.add_sheet("a")
    for r, line in enumerate(text.split("\n")):
        for c, cell in enumerate(line.split(" | ")):
            page.write(r, c, cell)
    book.save(out := io.BytesIO())
    return out.getvalue()


def as_scan(dpi: int, skew: float, specks: float) -> Make:
    """The lines printed on paper and scanned."""

    def make(text: str) -> bytes:
        pages = [_scanned(page, dpi, skew, specks) for page in _pages(text, dpi)]
        out = io.BytesIO()
        pages[0].save(out, "PDF", resolution=dpi, save_all=True, append_images=pages[1:])
        return out.getvalue()

    return make


def _pages(text: str, dpi: int) -> Iterator[Image.Image]:
    width, height, size = round(8.27 * dpi), round(11.69 * dpi), round(12.5 * dpi / 72)
    font, step, y = ImageFont.truetype(made.font(), size), round(size * 1.5), dpi
    page = Image.new("L", (width, height), 255)
    lines = [part for line in text.split("\n") if line for part in made.wrapped(line, font, width - 2 * dpi)]
    for line in lines:
        if y + step > height - dpi:
            yield page
            page, y = Image.new("L", (width, height), 255), dpi
        ImageDraw.Draw(page).text((dpi, y), line, 0, font=font)
        y += step
    yield page


def _scanned(page: Image.Image, dpi: int, skew: float, specks: float) -> Image.Image:
    page = page.rotate(skew, fillcolor=255, resample=Image.Resampling.BICUBIC)
    chance, pixels = random.Random(dpi), page.load()
    for _ in range(round(page.width * page.height * specks)):
        pixels[chance.randrange(page.width), chance.randrange(page.height)] = 0
    return page


FILES: dict[str, Make] = {
    "PDF": as_pdf,
    "DOCX": as_docx,
    **({"DOC": as_doc} if shutil.which("soffice") else {}),
    "RTF": as_rtf,
    "XLSX": as_xlsx,
    "XLS": as_xls,
    "PDF in a ZIP": lambda text: made.packed({"a.pdf": as_pdf(text)}),
    "DOCX in a RAR": lambda text: made.rar({"a.docx": as_docx(text)}),
}
FORMATS: dict[str, tuple[Make, Read]] = {name: (make, read_file) for name, make in FILES.items()} | {
    f"scan {dpi} dpi, {'0.5°, 0.5 % specks' if skew else 'clean'}": (
        as_scan(dpi, skew, specks),
        ocr.recognise,
    )
    for dpi in (100, 150, 200, 300)
    for skew, specks in ((0.0, 0.0), (0.5, 0.005))
}


@dataclass(slots=True)
class Tally:
    """What was read of one format."""

    errors: int = 0
    letters: int = 0
    pages: int = 0
    seconds: float = 0.0
    facts: dict[str, list[int]] = field(
        default_factory=lambda: {k: [0, 0, 0] for k in ("documents", "dates", "phones")}
    )

    def add(self, text: str, found: FileText, seconds: float) -> None:
        """Compare one file with its text."""
        put = " ".join(text.split())
        self.errors += distance(put, " ".join(found.text.split()))
        self.letters += len(put)
        self.pages += max(1, len(found.places))
        self.seconds += seconds
        wanted, read = facts_of(text), facts_of(found.text)
        for kind, counts in self.facts.items():
            counts[0] += len(wanted[kind] & read[kind])
            counts[1] += len(wanted[kind])
            counts[2] += len(read[kind])

    def row(self, name: str) -> str:
        """A row of the table."""
        scores = (2 * both / (put + read) if put + read else 1.0 for both, put, read in self.facts.values())
        f1 = " | ".join(f"{score:.3f}" for score in scores)
        return f"| {name} | {self.errors / self.letters:.2%} | {f1} | {self.seconds / self.pages:.2f} |"


#: A công văn with a table of hotlines, whose numbers and owners `made.DIALS` names.
TABLES: dict[str, tuple[Callable[[], bytes], Read]] = {
    "PDF": (made.pdf, read_file),
    "DOCX": (made.word, read_file),
    "DOC": (made.old_word, read_file),
    "XLSX (its table alone)": (made.sheet, read_file),
    "XLS (its table alone)": (made.old_sheet, read_file),
    **{
        f"scan {dpi} dpi, 0.5°, 0.3 % specks": (partial(made.scanned_pdf, dpi), ocr.recognise)
        for dpi in (150, 200, 300)
    },
}


def owners_row(name: str, make: Callable[[], bytes], read: Read) -> str:
    """A row of the second table: of how many numbers the dial, and the owner too, is what was put in."""
    facts, _ = read_facts(read(make()), Notice(Context(province="Bình Thuận"), "Công bố đường dây nóng"))
    found = {p.dial: p.owner for p in facts.phones}
    wanted = dict(list(made.DIALS.items())["alone" in name :])
    owned = sum(found.get(dial) == owner for dial, owner in wanted.items())
    return f"| {name} | {len(wanted.keys() & found.keys())} of {len(wanted)} | {owned} of {len(wanted)} |"


def facts_of(text: str) -> dict[str, set[str]]:
    """Numbers of documents, days and phones of a text."""
    found: Facts = extract(Text(text), Context())
    return {
        "documents": {d.number for d in found.documents},
        "dates": {d.date.isoformat() for d in found.dates},
        "phones": {p.dial for p in found.phones},
    }


def distance(a: str, b: str) -> int:
    """Levenshtein's distance, a column at a time in the bits of an integer (Myers 1999, Hyyrö 2003)."""
    if not a:
        return len(b)
    places: dict[str, int] = {}
    for index, letter in enumerate(a):
        places[letter] = places.get(letter, 0) | 1 << index
    mask, last = (1 << len(a)) - 1, 1 << len(a) - 1
    plus, minus, score = mask, 0, len(a)
    for letter in b:
        equal = places.get(letter, 0)
        diagonal = (((equal & plus) + plus) ^ plus) | equal | minus
        up, down = minus | ~(diagonal | plus) & mask, plus & diagonal
        score += bool(up & last) - bool(down & last)
        up, down = (up << 1 | 1) & mask, down << 1 & mask
        plus, minus = down | ~(diagonal | up) & mask, up & diagonal
    return score


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--notices", type=int, default=12, help="of the labelled notices, how many (default: 12)"
    )
    options = parser.parse_args()
    texts = [normalise(json.loads(line)["text"]) for line in NOTICES.read_text(encoding="utf-8").splitlines()]
    print(
        "| format | letters wrong | documents | dates | phones | seconds a page |\n|---|---|---|---|---|---|"
    )
    for name, (make, read) in FORMATS.items():
        tally = Tally()
        for text in texts[: options.notices]:
            data = make(text)
            started = time.perf_counter()
            found = read(data)
            tally.add(text, found, time.perf_counter() - started)
        print(tally.row(name), flush=True)
    print("\n| format | numbers of the table | with their owner |\n|---|---|---|")
    for name, (put, read) in TABLES.items():
        print(owners_row(name, put, read), flush=True)


if __name__ == "__main__":
    main()
