"""The bytes of a file → what it says. What the bytes are decides, never the name."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from crawler.attachments import archives, pdf, sheets, word
from crawler.attachments.parts import Part, Unreadable, joined
from crawler.html import block_text, decode, is_html, parse
from crawler.model import FileOutcome, FileText, Page

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
_UNREAD = {
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "ppt": "application/vnd.ms-powerpoint",
    "odt": "application/vnd.oasis.opendocument.text",
}
HTML = "text/html"
# Word and Excel save pages of their own under .doc and .xls.
_OFFICE_HTML = re.compile(rb"urn:schemas-microsoft-com:office|<table", re.I)


def kind_of(data: bytes) -> str:
    """What bytes are: pdf, docx, doc, xlsx, xls, rtf, zip, rar, 7z, pptx, ppt, odt, html, encrypted, ole, a
    picture's media type, or '' for what is none of these."""
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _kind_of_zip(data)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return next((kind for name, kind in _OLE.items() if name in data), "ole")
    for magic, kind in ((b"Rar!\x1a\x07", "rar"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"{\\rtf", "rtf")):
        if data.startswith(magic):
            return kind
    if b"%PDF-" in data[:1024]:  # junk may stand before it; but so may the head of an archive that holds it
        return "pdf"
    picture = next((kind for magic, kind in _PICTURES if data.startswith(magic)), "")
    return picture or ("html" if _is_page(data) else "")


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
    return b"\0" not in data[:2000] and is_html(decode(_as_page(data[:8000])))


def _as_page(data: bytes) -> Page:
    return Page("", 200, data, datetime.fromtimestamp(0, UTC))


def read_file(data: bytes, depth: int = 0) -> FileText:
    """What a file says. A pure function of its bytes and of the tools that are installed.

    Whatever is wrong with the file is its outcome and reason; `apart.read_apart` also bounds time and memory.
    """
    if not data.strip(b"\0 \t\r\n"):
        return FileText("", FileOutcome.EMPTY, "no bytes" if not data else "nothing but blanks")
    kind = kind_of(data)
    try:
        return _read(kind, data, depth)
    except Unreadable as error:
        return FileText(_media_type(kind), error.outcome, str(error))


def _read(kind: str, data: bytes, depth: int) -> FileText:
    if kind in ("docx", "xlsx") and (size := archives.unpacked_size(data)) > archives.MOST_BYTES:
        raise Unreadable(f"{size} bytes unpacked, over {archives.MOST_BYTES}", FileOutcome.SKIPPED)
    match kind:
        case "pdf":
            return pdf.read_pdf(data)
        case "docx":
            return word.read_docx(data)
        case "doc":
            return word.read_doc(data)
        case "rtf":
            return word.read_rtf(data)
        case "xlsx" | "xls":
            return sheets.read_sheets(data, _media_type(kind))
        case "zip":
            return archives.read_zip(data, depth, read_file)
        case "rar" | "7z":
            return archives.read_with_unar(data, _media_type(kind), depth, read_file)
        case "html":
            return _read_page(data)
        case "encrypted":
            raise Unreadable("encrypted: a password is asked for")
        case "ole":
            raise Unreadable("an Office file of no known kind, or cut off")
        case "":
            raise Unreadable("no known kind of file")
    if kind in _UNREAD:
        raise Unreadable(f"files of this kind are not read: {kind}", FileOutcome.SKIPPED)
    return FileText(kind, FileOutcome.NEEDS_OCR, "a picture")


def _read_page(data: bytes) -> FileText:
    if not _OFFICE_HTML.search(data):
        raise Unreadable("an HTML page stands in the file's place")
    return joined(HTML, [Part(block_text(parse(_as_page(data)).body))])


def _media_type(kind: str) -> str:
    known = {
        "pdf": pdf.MEDIA_TYPE, "docx": word.DOCX, "doc": word.DOC, "rtf": word.RTF, "xlsx": sheets.XLSX,
        "xls": sheets.XLS, "zip": archives.ZIP, "rar": archives.RAR, "7z": archives.SEVEN, "html": HTML,
        **_UNREAD,
    }  # fmt: skip
    return known.get(kind, kind if "/" in kind else "")
