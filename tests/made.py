"""Files as authorities attach them, made by the tests: one công văn with a table of phones in every format."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import docx
import openpyxl
import pytest
import xlwt
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

LEFT = (
    "UBND TỈNH BÌNH THUẬN",
    "Số: 1234/UBND-KGVXNV",
    "V/v công bố đường dây nóng phòng, chống dịch COVID-19",
)
RIGHT = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Bình Thuận, ngày 15 tháng 6 năm 2021",
)
TO = "Kính gửi: Các sở, ban, ngành; UBND các huyện, thị xã, thành phố."
PROSE = (
    "Thực hiện Chỉ thị số 16/CT-TTg ngày 31/3/2020 của Thủ tướng Chính phủ về các biện pháp cấp bách phòng, chống"
    " dịch COVID-19, UBND tỉnh công bố số điện thoại của bộ phận thường trực Sở Y tế là 0252.3999.201, trực hai mươi"
    " bốn giờ mỗi ngày, kể cả ngày lễ và ngày nghỉ cuối tuần.",
    "Danh sách đường dây nóng của các địa phương như sau:",
)
TABLE_HEAD = ("TT", "Đơn vị", "Người trực", "Số điện thoại")
ROWS = (
    ("1", "UBND huyện Tuy Phong", "Trần Mẫu Một", "0252.3888.202"),
    ("2", "Trung tâm Y tế huyện Hàm Thuận Bắc và các trạm y tế xã", "Lê Mẫu Hai", "0913200203"),
    ("3", "Phường Phú Trinh", "Võ Mẫu Ba", "0986200204"),
)
SIGNED = "Nơi nhận: Như trên; lưu VT."
DIALS = {"02523999201": "Sở Y tế", "02523888202": "UBND huyện Tuy Phong",
         "0913200203": "Trung tâm Y tế huyện Hàm Thuận Bắc và các trạm y tế xã", "0986200204": "Phường Phú Trinh"}  # fmt: skip
PLAIN = "\n".join([*LEFT, *RIGHT, TO, *PROSE, *(" ".join(r) for r in (TABLE_HEAD, *ROWS)), SIGNED])


def font() -> str:
    """A font with the letters of Vietnamese: Debian's fonts-noto-core or fonts-dejavu-core."""
    names = ("noto/NotoSerif-Regular.ttf", "dejavu/DejaVuSerif.ttf", "dejavu/DejaVuSans.ttf")
    paths = [Path("/usr/share/fonts/truetype") / name for name in names]
    found = next((str(path) for path in paths if path.exists()), "")
    return found or pytest.skip("no font with Vietnamese letters: apt install fonts-noto-core")


def pdf(pages: int = 1) -> bytes:
    """A PDF of a word processor's kind: a letterhead in two halves, wrapped prose, a table with lines."""
    pdfmetrics.registerFont(TTFont("Text", font()))
    style = ParagraphStyle("text", fontName="Text", fontSize=12, leading=15, firstLineIndent=24, spaceAfter=6)
    small = ParagraphStyle("cell", fontName="Text", fontSize=11, leading=13)
    grid = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("FONTNAME", (0, 0), (-1, -1), "Text")])
    flow = []
    for page in range(pages):
        halves = Table(
            [[Paragraph("<br/>".join(LEFT), small), Paragraph("<br/>".join(RIGHT), small)]], [230, 270]
        )
        table = Table(
            [TABLE_HEAD, *([r[0], Paragraph(r[1], small), *r[2:]] for r in ROWS)],
            [30, 180, 110, 120],
            style=grid,
        )
        flow += [PageBreak()] if page else []
        flow += [
            halves,
            Spacer(1, 20),
            *(Paragraph(p, style) for p in (TO, *PROSE)),
            table,
            Spacer(1, 10),
            Paragraph(SIGNED, small),
        ]
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4).build(flow)
    return out.getvalue()


def locked_pdf() -> bytes:
    """A PDF that asks for a password."""
    out = io.BytesIO()
    canvas = Canvas(out, encrypt="mật khẩu")
    canvas.drawString(72, 720, "secret")
    canvas.save()
    return out.getvalue()


def many_pages(count: int) -> bytes:
    """A PDF of very many pages with a word each."""
    out = io.BytesIO()
    canvas = Canvas(out)
    for number in range(1, count + 1):
        canvas.drawString(72, 720, f"trang {number}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def word() -> bytes:
    """The same as DOCX."""
    document = docx.Document()
    halves = document.add_table(1, 2)
    for cell, lines in zip(halves.rows[0].cells, (LEFT, RIGHT), strict=True):
        cell.text = lines[0]
        for line in lines[1:]:
            cell.add_paragraph(line)
    for paragraph in (TO, *PROSE):
        document.add_paragraph(paragraph)
    table = document.add_table(0, 4)
    for cells in (TABLE_HEAD, *ROWS):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    document.add_paragraph(SIGNED)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def word_of(*paragraphs: str) -> bytes:
    """A DOCX file of some paragraphs."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def old_word() -> bytes:
    """The same as DOC: `word()` as LibreOffice 7.4 saved it, since nothing smaller writes the format."""
    return (Path(__file__).parent / "files" / "cong-van.doc").read_bytes()


def locked_word() -> bytes:
    """The same with the bit that says that it is encrypted."""
    data = bytearray(old_word())
    data[data.index(b"\xec\xa5", 512) + 11] |= 1
    return bytes(data)


def locked_office() -> bytes:
    """What Word and Excel wrap a file in that has a password: a directory that names an encrypted package."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(1024, b"\0") + "EncryptedPackage".encode(
        "utf-16-le"
    ).ljust(128, b"\0")


def word_with(document: bytes) -> bytes:
    """A DOCX file whose main part is some XML."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(word())) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in source.namelist():
            made.writestr(name, document if name == "word/document.xml" else source.read(name))
    return out.getvalue()


def sheet() -> bytes:
    """The table as XLSX, its phones typed as numbers, which drops their zeros; a second sheet beside it."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Huyện"
    page.append(["DANH SÁCH ĐƯỜNG DÂY NÓNG PHÒNG, CHỐNG DỊCH COVID-19"])
    page.append(TABLE_HEAD)
    for number, owner, person, dial in ROWS:
        page.append([int(number), owner, person, int(dial.replace(".", ""))])
    other = book.create_sheet("Kinh phí")
    other.append(["Nội dung", "Số tiền"])
    other.append(["Mua sinh phẩm xét nghiệm", 912_345_678])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet_of(rows: Iterable[Iterable[object]]) -> bytes:
    """An XLSX file of some rows."""
    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append(list(cells))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def old_sheet() -> bytes:
    """The table as XLS."""
    book = xlwt.Workbook()
    page = book.add_sheet("Huyện")
    for r, cells in enumerate(
        [TABLE_HEAD, *((int(n), o, p, int(d.replace(".", ""))) for n, o, p, d in ROWS)]
    ):
        for c, cell in enumerate(cells):
            page.write(r, c, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rtf() -> bytes:
    """Two paragraphs as RTF."""

    def escaped(text: str) -> str:
        return "".join(c if c.isascii() else f"\\u{ord(c)}?" for c in text)

    return ("{\\rtf1\\ansi " + "\\par ".join(map(escaped, (LEFT[0], *PROSE))) + "\\par }").encode()


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def locked_zip(members: dict[str, bytes]) -> bytes:
    """A ZIP file that says of its members that they are encrypted."""
    data = bytearray(packed(members))
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(magic)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(magic, at + 4)
    return bytes(data)


def rar(members: dict[str, bytes], flags: int = 0, size: int | None = None) -> bytes:
    """A RAR file of version 2.9 whose members are stored, after its published description; nothing free writes one.

    `flags` of each member (4: encrypted) and the `size` it says to have, if not its own.
    """

    def block(kind: int, flags: int, fields: bytes, data: bytes = b"") -> bytes:
        head = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head + data

    out = b"Rar!\x1a\x07\x00" + block(0x73, 0, bytes(6))
    for name, data in members.items():
        raw = name.encode()
        fields = struct.pack(
            "<IIBIIBBHI",
            len(data),
            size or len(data),
            3,
            zlib.crc32(data),
            0x52CE8000,
            29,
            0x30,
            len(raw),
            0o100644,
        )
        out += block(0x74, 0x8000 | flags, fields + raw, data)
    return out + block(0x7B, 0x4000, b"")


def scan(dpi: int = 200, skew: float = 0.5, specks: float = 0.003, seed: int = 7) -> Image.Image:
    """The page as a scanner sees it: turned a little, with specks of dust."""
    width, height = (round(inches * dpi) for inches in (8.27, 11.69))
    image = Image.new("L", (width, height), 255)
    draw, size = ImageDraw.Draw(image), round(13 * dpi / 72)
    large, small = (ImageFont.truetype(font(), round(size * part)) for part in (1, 0.7))
    y = round(0.7 * dpi)
    for left, right in zip(LEFT, RIGHT, strict=True):
        draw.text((round(0.6 * dpi), y), left, 0, font=small)
        draw.text((round(4.7 * dpi), y), right, 0, font=small)
        y += round(size * 1.5)
    y += size
    for paragraph in (TO, *PROSE):
        for line in wrapped(paragraph, large, width - round(1.6 * dpi)):
            draw.text((round(0.8 * dpi), y), line, 0, font=large)
            y += round(size * 1.5)
    for cells in (TABLE_HEAD, *ROWS):
        for x, cell in zip((0.6, 1.0, 5.2, 6.8), cells, strict=True):
            draw.text((round(x * dpi), y), cell, 0, font=small)
        y += round(size * 1.5)
    image = image.rotate(skew, fillcolor=255, resample=Image.Resampling.BICUBIC)
    chance, pixels = random.Random(seed), image.load()
    for _ in range(round(width * height * specks)):
        pixels[chance.randrange(width), chance.randrange(height)] = 0
    return image


def wrapped(text: str, large: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines = [""]
    for part in text.split():
        longer = f"{lines[-1]} {part}".strip()
        if large.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines


def scanned_pdf(dpi: int = 200, **how: float) -> bytes:
    """A PDF that holds nothing but the picture of a page."""
    out = io.BytesIO()
    scan(dpi, **how).save(out, "PDF", resolution=dpi)
    return out.getvalue()
