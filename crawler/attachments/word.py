"""Word files: DOCX through python-docx, DOC through antiword (else catdoc, else LibreOffice), RTF."""

from __future__ import annotations

import io
import re
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from lxml import etree

from crawler.attachments.parts import Part, Unreadable, joined, row
from crawler.model import FileText

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOC = "application/msword"
RTF = "application/rtf"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Seconds that LibreOffice may take; the small tools take a fraction of one.
_PATIENCE = 25
#: A table that is no table but the two halves of a letterhead, or of the signing at the end.
_LAYOUT = re.compile(r"c[ộọ]ng h[oòóỏõọ][aàáảãạ] x[ãa] h[ộo]i|đảng cộng sản|^\s*nơi nhận", re.I | re.M)


def read_docx(data: bytes) -> FileText:
    """The paragraphs and tables of a DOCX file in their order. Raises `Unreadable`."""
    try:
        document = docx.Document(io.BytesIO(data))
    except Exception as error:  # python-docx raises what its zip and XML libraries raise
        raise Unreadable(f"a broken Word file: {error}") from None
    return joined(DOCX, [Part("\n".join(_blocks(document.element.body)))])


def _blocks(node: Any) -> Iterator[str]:
    """Paragraphs and rows, those within content controls and insertions included."""
    for child in node:
        if child.tag == f"{_W}p":
            yield _paragraph(child)
        elif child.tag == f"{_W}tbl":
            yield from _table(child)
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _blocks(child)


def _paragraph(node: Any) -> str:
    """A paragraph's letters; what was struck out, and the second copy of a text box, are left out."""
    parts: list[str] = []
    for child in node.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr", f"{_W}noBreakHyphen", f"{_W}p"):
        if child.tag == f"{_W}p":
            parts.append("\n" if child is not node else "")  # a text box within
        elif any(a.tag.endswith(("}Fallback", "}del", "}moveFrom", "}pPr")) for a in child.iterancestors()):
            continue
        elif child.tag == f"{_W}t":
            parts.append(child.text or "")
        else:
            parts.append({"tab": "\t", "noBreakHyphen": "-"}.get(child.tag.removeprefix(_W), "\n"))
    return "".join(parts)


def _table(node: Any) -> Iterator[str]:
    """A table's rows. A cell that spans rows counts for each of them: it names their owner."""
    above: dict[int, str] = {}
    rows = []
    for line in node.iter(f"{_W}tr"):
        if next(a for a in line.iterancestors(f"{_W}tbl")) is not node:
            continue  # of a table within a cell, which is the cell's text
        cells, column = [], 0
        for cell in line.iterchildren(f"{_W}tc", f"{_W}sdt"):
            text = "\n".join(_blocks(cell)).strip()
            merged = cell.find(f"{_W}tcPr/{_W}vMerge")
            if merged is not None and merged.get(f"{_W}val") != "restart":
                text = above.get(column, "")
            above[column] = text
            cells.append(text)
            span = cell.find(f"{_W}tcPr/{_W}gridSpan")
            column += int(span.get(f"{_W}val", "1")) if span is not None else 1
        rows.append(cells)
    yield from _rows(rows)


def _rows(rows: list[list[str]]) -> Iterator[str]:
    """The rows of a table, or the lines of its cells one after another where it is only a layout."""
    whole = "\n".join(cell for cells in rows for cell in cells)
    if len(rows) <= 4 and _LAYOUT.search(whole):
        for column in range(max(map(len, rows))):
            yield from (cells[column] for cells in rows if column < len(cells) and cells[column])
    else:
        yield from (line for cells in rows if (line := row(cells)))


def read_doc(data: bytes) -> FileText:
    """The text of a DOC file, by the first of antiword, catdoc and LibreOffice that gives any.

    Raises `Unreadable`; without any of them it says what to install.
    """
    if _is_locked(data):
        raise Unreadable("encrypted: a password is asked for")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.doc"
        path.write_bytes(data)
        tools = [tool for tool in (_antiword, _catdoc, _libreoffice) if shutil.which(_PROGRAM[tool])]
        if not tools:
            raise Unreadable("no reader of .doc files is installed: apt install antiword catdoc")
        for tool in tools:
            if text := tool(path):
                return joined(DOC, [Part(text)])
    raise Unreadable("a broken Word file: " + ", ".join(_PROGRAM[t] for t in tools) + " found no text in it")


def _is_locked(data: bytes) -> bool:
    """Whether the head of a DOC file's text, which begins a sector, has the bit of encryption."""
    at = data.find(b"\xec\xa5", 512)
    while at >= 0 and at % 512:
        at = data.find(b"\xec\xa5", at + 1)
    return 0 <= at < len(data) - 11 and bool(data[at + 11] & 1)


def read_rtf(data: bytes) -> FileText:
    """The text of an RTF file, by catdoc. Raises `Unreadable`."""
    if not shutil.which("catdoc"):
        raise Unreadable("no reader of RTF files is installed: apt install catdoc")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.rtf"
        path.write_bytes(data)
        return joined(RTF, [Part(_catdoc(path))])


def _antiword(path: Path) -> str:
    """Its DocBook keeps the cells of tables apart, whatever they hold."""
    out = _run("antiword", "-m", "UTF-8.txt", "-x", "db", str(path))
    if not out.strip():
        return ""
    root = etree.fromstring(out, etree.XMLParser(recover=True, resolve_entities=False, huge_tree=False))
    return "\n".join(_docbook(root)) if root is not None else ""


def _docbook(node: Any) -> Iterator[str]:
    for child in node:
        tables = list(child.iter("informaltable")) if child.tag == "para" else []
        if child.tag == "bookinfo":
            continue
        if tables:
            yield child.text or ""
            for table in tables:
                yield from _rows([[_words(e) for e in r.iter("entry")] for r in table.iter("row")])
                yield table.tail or ""
        elif child.tag in ("para", "title", "listitem"):
            yield _words(child)
        else:
            yield from _docbook(child)


def _words(node: Any) -> str:
    return "\n".join(line.strip() for line in "".join(node.itertext()).strip().split("\n"))


def _catdoc(path: Path) -> str:
    lines = _run("catdoc", "-d", "utf-8", "-w", str(path)).decode("utf-8", "replace").split("\n")
    return "\n".join(row(line.split("\t")) if line.count("\t") > 1 else line for line in lines)


def _libreoffice(path: Path) -> str:
    made = path.with_suffix(".docx")
    home = f"-env:UserInstallation=file://{path.parent}/profile"
    command = "soffice", home, "--headless", "--convert-to", "docx", "--outdir", str(path.parent), str(path)
    _run(*command, memory=4 << 30)
    return read_docx(made.read_bytes()).text if made.exists() else ""


_PROGRAM = {_antiword: "antiword", _catdoc: "catdoc", _libreoffice: "soffice"}


def _run(*command: str, memory: int | None = None) -> bytes:
    """What a program prints; b"" where it fails or takes too long. `memory`: bytes beyond a parser's own."""

    def more_memory() -> None:
        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (memory, resource.getrlimit(resource.RLIMIT_AS)[1]))

    try:
        done = subprocess.run(
            command, capture_output=True, timeout=_PATIENCE, check=False, stdin=subprocess.DEVNULL,
            preexec_fn=more_memory,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return b""
    return done.stdout if done.returncode == 0 else b""
