"""What the bytes of a file are, by their magic numbers, whatever its name says."""

from __future__ import annotations

from datetime import UTC, datetime

from crawler.attachments import archives
from crawler.html import decode, is_html
from crawler.model import Page

_PICTURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
)
#: The streams of an OLE file, in UTF-16 in its directory.
_OLE = {
    name.encode("utf-16-le"): kind
    for name, kind in (
        ("EncryptedPackage", "encrypted"),
        ("WordDocument", "doc"),
        ("Workbook", "xls"),
        ("PowerPoint Document", "ppt"),
        ("Book", "xls"),  # Excel 5
    )
}


def kind_of(data: bytes) -> str:
    """What bytes are: pdf, docx, doc, xlsx, xls, rtf, zip, rar, 7z, pptx, ppt, odt, html, encrypted, ole, a
    picture's media type, or '' for what is none of these."""
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _kind_of_zip(data)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return next((kind for name, kind in _OLE.items() if _has_stream(data, name)), "ole")
    for magic, kind in ((b"Rar!\x1a\x07", "rar"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"{\\rtf", "rtf")):
        if data.startswith(magic):
            return kind
    if b"%PDF-" in data[:1024]:  # junk may stand before it; but so may the head of an archive that holds it
        return "pdf"
    picture = next((kind for magic, kind in _PICTURES if data.startswith(magic)), "")
    return picture or ("html" if _is_page(data) else "")


def _has_stream(data: bytes, name: bytes) -> bool:
    """Whether an OLE file's directory, of entries of 128 bytes, names a stream: a text may say `Book` too."""
    at = data.find(name + b"\0\0")
    while at >= 0 and at % 128:
        at = data.find(name + b"\0\0", at + 1)
    return at >= 0


def _kind_of_zip(data: bytes) -> str:
    names = archives.part_names(data)
    for part, kind in (
        ("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("xl/workbook.bin", "xlsx"),
        ("ppt/presentation.xml", "pptx"),
    ):  # fmt: skip
        if part in names:
            return kind
    if "[Content_Types].xml" in names:  # its main part has another name
        return "docx" if any(name.startswith("word/") for name in names) else "zip"
    head = data[:120]
    if b"mimetypeapplication/vnd.oasis.opendocument." in head:
        return "xlsx" if b".spreadsheet" in head else "odt"
    return "zip"


def _is_page(data: bytes) -> bool:
    return b"\0" not in data[:2000] and is_html(decode(as_page(data[:8000])))


def as_page(data: bytes) -> Page:
    """The bytes as a page of no address."""
    return Page("", 200, data, datetime.fromtimestamp(0, UTC))
