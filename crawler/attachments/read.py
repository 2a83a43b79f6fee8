"""The bytes of a file → what it says. What the bytes are decides, never the name."""

from __future__ import annotations

import re

from crawler.attachments import archives, pdf, sheets, word
from crawler.attachments.kinds import as_page, kind_of
from crawler.attachments.parts import Part, Unreadable, joined
from crawler.html import block_text, parse
from crawler.model import FileOutcome, FileText

_UNREAD = {
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "ppt": "application/vnd.ms-powerpoint",
    "odt": "application/vnd.oasis.opendocument.text",
}
HTML = "text/html"
# Word and Excel save pages of their own under .doc and .xls.
_OFFICE_HTML = re.compile(rb"urn:schemas-microsoft-com:office|<table", re.I)


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
    return joined(HTML, [Part(block_text(parse(as_page(data)).body))])


def _media_type(kind: str) -> str:
    known = {
        "pdf": pdf.MEDIA_TYPE, "docx": word.DOCX, "doc": word.DOC, "rtf": word.RTF, "xlsx": sheets.XLSX,
        "xls": sheets.XLS, "zip": archives.ZIP, "rar": archives.RAR, "7z": archives.SEVEN, "html": HTML,
        **_UNREAD,
    }  # fmt: skip
    return known.get(kind, kind if "/" in kind else "")
