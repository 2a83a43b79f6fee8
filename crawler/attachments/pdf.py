"""PDF: the lines of each page, tables as rows, wrapped lines as the paragraphs they were."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pypdfium2
import pypdfium2.raw as pdfium

from crawler.attachments.layout import Word, layout
from crawler.attachments.legacy import convert, readable
from crawler.attachments.parts import Part, Unreadable, joined
from crawler.attachments.tables import Edge, tables
from crawler.model import FileOutcome, FileText

MEDIA_TYPE = "application/pdf"
#: Pages that are read of one file: lists of acts have some hundred, a bomb ten thousand.
MOST_PAGES = 500
#: Scanned pages that are recognised of one file, at some two seconds each.
MOST_SCANS = 100
#: A page of fewer letters than this that shows an image is a scan (a stamp and a page number may be text).
SCANNED = 50
#: Of a text in Vietnamese nearly every word is a syllable; of letters without a Unicode map hardly one.
GARBLED = 0.3
Recognise = Callable[[pypdfium2.PdfPage], str]
_WORD = re.compile(r"[^\W\d_]{2,}")
_VOWEL = re.compile(r"[aeiouy]|[^\x00-\x7f]", re.I)
_BLANKS = (0, 10, 13, 32, 160)


def read_pdf(data: bytes, recognise: Recognise | None = None) -> FileText:
    """The text of a PDF file, page by page.

    Scanned and garbled pages are read by `recognise`; without it the file is `needs-ocr`, with the text of
    its other pages. Raises `Unreadable` for what is no PDF, asks for a password, or of which no page could be
    recognised.
    """
    with opened(data) as document:
        count = len(document)
        parts, unread, failed = [], list[int](), list[str]()
        for number in range(1, min(count, MOST_PAGES) + 1):
            text, is_scan = _page(document, number - 1)
            if is_scan or _is_garbled(text):
                unread.append(number)
                wanted = recognise if len(unread) <= MOST_SCANS else None
                text = _recognised(document, number, wanted, failed) if wanted else ""
            parts.append(Part(text, number))
    reason = f"its first {MOST_PAGES} of {count} pages were read" if count > MOST_PAGES else ""
    if not recognise and unread:
        which = ", ".join(map(str, unread[:10])) + (" …" if len(unread) > 10 else "")
        reason = f"{len(unread)} of {count} pages are scans or have letters without a Unicode map: {which}"
        return replace(joined(MEDIA_TYPE, parts), outcome=FileOutcome.NEEDS_OCR, reason=reason)
    if len(unread) > MOST_SCANS:
        reason = f"its first {MOST_SCANS} scans of {len(unread)} were read"
    found = joined(MEDIA_TYPE, parts, "; ".join(filter(None, [reason, *failed[:10]])))
    if failed and not found.text:
        raise Unreadable(found.reason)
    return replace(found, ocr=len(unread) > len(failed))


def _recognised(document: pypdfium2.PdfDocument, number: int, recognise: Recognise, failed: list[str]) -> str:
    """A page's recognised text; where that fails, `failed` says why and the other pages are read."""
    try:
        return recognise(document[number - 1])
    except Unreadable as error:
        failed.append(f"page {number}: {error}")
        return ""


def opened(data: bytes) -> pypdfium2.PdfDocument:
    """The document in these bytes; raises `Unreadable`, with the reason, for what is none."""
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise Unreadable("encrypted: a password is asked for") from None
        raise Unreadable(f"a broken PDF file of {len(data)} bytes") from None


def _page(document: pypdfium2.PdfDocument, index: int) -> tuple[str, bool]:
    """A page's text, and whether the page is the picture of one."""
    try:
        page = document[index]
    except pypdfium2.PdfiumError:  # one page's object is missing: the others are there
        return "", False
    textpage = page.get_textpage()
    text = layout(list(_words(textpage)), tables(_edges(page)))
    letters = sum(c.isalnum() for c in text)
    is_scan = letters < SCANNED and any(
        pdfium.FPDFPageObj_GetType(obj) == pdfium.FPDF_PAGEOBJ_IMAGE for obj in _objects(page.raw)
    )
    textpage.close()
    page.close()
    return text, is_scan


def _is_garbled(text: str) -> bool:
    """Whether a font's letters have no Unicode map: what comes out is no language."""
    controls = sum(c < " " and c not in "\n\t" for c in text)  # no letter is one; bullets may be private
    strange = controls + sum(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" for c in text)
    if len(text) > 40 and (strange > len(text) * 0.2 or controls > len(text) * 0.02):
        return True
    words = _WORD.findall(text)
    if len(words) < 20 or readable(convert(text)) >= GARBLED:
        return False
    # English is no Vietnamese either, but its words have vowels; those of a cipher often have none.
    return sum(bool(_VOWEL.search(word)) for word in words) < 0.85 * len(words)


def _words(textpage: pypdfium2.PdfTextPage) -> Iterator[Word]:
    """The words of a page in the order of its content."""
    raw, box = textpage.raw, pdfium.FS_RECTF()
    at = ctypes.byref(box)
    word: Word | None = None
    for index in range(textpage.count_chars()):
        code = pdfium.FPDFText_GetUnicode(raw, index)
        if code in _BLANKS:
            if word:
                yield word
            word = None
            continue
        pdfium.FPDFText_GetLooseCharBox(raw, index, at)
        letter = chr(code) if code != 2 else "-"  # pdfium's mark of a hyphen at a line's end
        if word and word.goes_on(box.left, box.bottom, box.top - box.bottom):
            word.text += letter
            word.right = max(word.right, box.right)
            word.top, word.bottom = max(word.top, box.top), min(word.bottom, box.bottom)
        else:
            if word:
                yield word
            word = Word(letter, box.left, box.right, box.bottom, box.top)
    if word:
        yield word


# -- drawn lines -------------------------------------------------------------------------------------


def _objects(page: object) -> Iterator[object]:
    for index in range(min(pdfium.FPDFPage_CountObjects(page), 20_000)):
        yield pdfium.FPDFPage_GetObject(page, index)


def _edges(page: pypdfium2.PdfPage) -> Iterator[Edge]:
    """The straight lines that a page draws, upright or level."""
    for obj in _objects(page.raw):
        if pdfium.FPDFPageObj_GetType(obj) != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFPageObj_GetMatrix(obj, ctypes.byref(matrix))
        x, y = ctypes.c_float(), ctypes.c_float()
        start = last = (0.0, 0.0)
        for index in range(min(pdfium.FPDFPath_CountSegments(obj), 5_000)):
            segment = pdfium.FPDFPath_GetPathSegment(obj, index)
            pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
            point = (
                matrix.a * x.value + matrix.c * y.value + matrix.e,
                matrix.b * x.value + matrix.d * y.value + matrix.f,
            )
            kind = pdfium.FPDFPathSegment_GetType(segment)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                start = point
            elif kind == pdfium.FPDF_SEGMENT_LINETO:
                yield from Edge.between(last, point)
            if pdfium.FPDFPathSegment_GetClose(segment):
                yield from Edge.between(point, start)
            last = point
