"""Scans: a page's picture cleaned, set straight and read by tesseract in Vietnamese. A slow second stage."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from statistics import median

import pypdfium2
from PIL import Image, ImageFilter, UnidentifiedImageError

from crawler.attachments import archives
from crawler.attachments.kinds import kind_of
from crawler.attachments.layout import Word, layout
from crawler.attachments.parts import Part, Unreadable, joined
from crawler.attachments.pdf import MOST_SCANS, read_pdf
from crawler.attachments.read import read_file
from crawler.model import FileOutcome, FileText

#: Dots an inch that a page is drawn with: at 100 a sixth of a specked page is wrong, 300 give no more.
DPI = 200
#: Seconds of one page, pixels of a picture beyond which it is a bomb, and those that a page is drawn with.
PATIENCE, MOST_PIXELS, MOST_DRAWN = 120, 60_000_000, 30_000_000
INSTALL = "apt install tesseract-ocr tesseract-ocr-vie"
# Quarter degrees up to what a feeder does to a sheet; beyond that it was laid in crooked.
_ANGLES = [step / 4 for step in range(-12, 13)]


@cache
def is_installed() -> bool:
    """Whether tesseract is there with its Vietnamese data."""
    if not shutil.which("tesseract"):
        return False
    listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=False)
    return "vie" in listed.stdout.split()


def recognise(data: bytes, depth: int = 0) -> FileText:
    """What a file says, its scanned pages and pictures included.

    Without tesseract it stays `needs-ocr`, and the reason says what to install.
    """
    kind = kind_of(data)
    if kind not in ("pdf", "zip", "rar", "7z") and "/" not in kind:
        return read_file(data, depth)
    try:
        if not is_installed():
            raise Unreadable(f"tesseract is not installed: {INSTALL}", FileOutcome.NEEDS_OCR)
        if kind == "pdf":
            return read_pdf(data, _read_page)
        if kind == "zip":
            return archives.read_zip(data, depth, recognise)
        if kind in ("rar", "7z"):
            return archives.read_with_unar(
                data, archives.RAR if kind == "rar" else archives.SEVEN, depth, recognise
            )
        return _picture(data, kind)
    except Unreadable as error:
        return FileText(kind if "/" in kind else "", error.outcome, str(error))


def _read_page(page: pypdfium2.PdfPage) -> str:
    """The text of a page's picture; a poster is drawn as large as memory allows."""
    width, height = page.get_size()
    scale = min(DPI / 72, (MOST_DRAWN / max(1.0, width * height)) ** 0.5)
    return read_picture(page.render(scale=scale).to_pil())


def _picture(data: bytes, media_type: str) -> FileText:
    """The text of a picture; a TIFF file, as fax machines write it, has several pages."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    parts = []
    try:
        image = Image.open(io.BytesIO(data))
        pages = min(getattr(image, "n_frames", 1), MOST_SCANS) if media_type == "image/tiff" else 1
        for page in range(pages):
            image.seek(page)
            parts.append(Part(read_picture(image), page + 1 if pages > 1 else None))
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, ValueError) as error:
        raise Unreadable(f"a broken picture: {error}") from None
    return replace(joined(media_type, parts), ocr=True)


def read_picture(image: Image.Image) -> str:
    """The text of one page's picture, columns side by side as ` | `.

    A median filter takes specks of dust off; the page is turned until its lines are level.
    """
    grey = image.convert("L").filter(ImageFilter.MedianFilter(3))
    straight = grey.rotate(skew(grey), fillcolor=255, resample=Image.Resampling.BICUBIC)
    return layout(list(_words(_tesseract(straight))), [])


def skew(image: Image.Image) -> float:
    """The angle that levels a page: with it, rows of letters and rows of paper differ most."""
    small = image.resize((600, max(1, 600 * image.height // image.width)), Image.Resampling.BILINEAR)

    def contrast(angle: float) -> float:
        turned = small.rotate(angle, fillcolor=255)
        rows = turned.resize((1, turned.height), Image.Resampling.BOX).tobytes()
        return sum((a - b) ** 2 for a, b in pairwise(rows))

    return max(_ANGLES, key=lambda angle: (contrast(angle), -abs(angle)))


def _tesseract(image: Image.Image) -> str:
    image.save(out := io.BytesIO(), "PPM")
    # Its threads wait for each other: on two busy cores a page took 50 seconds with two, 2 with one.
    try:
        done = subprocess.run(
            ["tesseract", "-", "-", "-l", "vie", "--psm", "3", "--dpi", str(DPI), "tsv"],
            input=out.getvalue(), capture_output=True, timeout=PATIENCE, check=False,
            env=os.environ | {"OMP_THREAD_LIMIT": "1"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Unreadable(f"tesseract took longer than {PATIENCE} seconds") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1]
        raise Unreadable(f"tesseract failed: {said[:200]}")
    return done.stdout.decode("utf-8", "replace")


def _words(tsv: str) -> Iterator[Word]:
    """The words of tesseract's table, all as high as most are: a box is only as high as its letters."""
    rows = [r for line in tsv.split("\n")[1:] if len(r := line.split("\t")) == 12 and r[11].strip()]
    height = median(int(r[9]) for r in rows) * 1.3 if rows else 0
    for row in rows:
        left, top, width, high = map(int, row[6:10])
        middle = -(top + high / 2)
        yield Word(row[11], left, left + width, middle - height / 2, middle + height / 2)
