"""Spreadsheets (XLSX, XLSM, XLSB, XLS, ODS): every sheet's rows, phones with the zero that numbers lose."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Sequence
from typing import Any

import python_calamine

from crawler.attachments.parts import Part, Unreadable, joined, row
from crawler.model import FileText

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLS = "application/vnd.ms-excel"
#: Rows and cells of one sheet; a sheet's formatted emptiness may reach to row 1,048,576.
_MOST_ROWS, _MOST_CELLS = 20_000, 200_000
_PHONE_HEAD = re.compile(
    r"điện thoại|dien thoai|\b[SDĐ]*[DĐ]T\b|di động|số máy|hotline|đường dây nóng|liên hệ|zalo"
    r"|\bfax\b|\btel\b|\bphone\b",
    re.I,
)
#: What stands in a column for a number that is not known.
_NONE_GIVEN = re.compile(r"\W*|x|(?:không|chưa|đang)\b.*", re.I)
#: A mobile or an area code, with the zero in front left out.
_LOST_ZERO = re.compile(r"[35789]\d{8}|2\d{9}")
_GAPS = str.maketrans("", "", " .-\xa0")


def read_sheets(data: bytes, media_type: str) -> FileText:
    """The rows of every sheet as `a | b | c`, a place a sheet. Raises `Unreadable`."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except python_calamine.PasswordError:
        raise Unreadable("encrypted: a password is asked for") from None
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Unreadable(f"a broken spreadsheet: {error}") from None
    parts, cut = [], ""
    for name in book.sheet_names:
        try:
            sheet = book.get_sheet_by_name(name)
        except (python_calamine.CalamineError, ValueError):  # a chart or a macro sheet
            continue
        height, width = min(sheet.height, _MOST_ROWS), max(1, sheet.width)
        if height < sheet.height or height * width > _MOST_CELLS:
            height = max(1, min(height, _MOST_CELLS // width))
            cut = f"the first {height} rows of sheet {name} were read"
        rows = sheet.to_python(skip_empty_area=True, nrows=height)
        _fill_merged(rows, sheet)
        parts.append(Part("\n".join(_lines(rows)), None, name))
    return joined(media_type, parts, cut)


def _fill_merged(rows: list[list[Any]], sheet: python_calamine.CalamineSheet) -> None:
    """A cell that spans rows counts for each of them: it names their owner."""
    top, left = sheet.start or (0, 0)
    for (first, column), (last, _) in sheet.merged_cell_ranges or ():
        r, c = first - top, column - left
        if 0 <= r < len(rows) and 0 <= c < len(rows[r]):
            for below in range(r + 1, min(last - top + 1, len(rows))):
                rows[below][c] = rows[below][c] or rows[r][c]


def _lines(rows: Sequence[Sequence[Any]]) -> list[str]:
    """The rows in words; numbers under a head that names phones are phones."""
    phones: set[int] = set()
    lines = []
    for cells in rows:
        for column, cell in enumerate(cells):
            if isinstance(cell, str) and _is_head(cell):
                (phones.add if _PHONE_HEAD.search(cell) else phones.discard)(column)
        lines.append(row([_shown(cell, column in phones) for column, cell in enumerate(cells)]))
    return lines


def _is_head(cell: str) -> bool:
    """Whether a cell may be the head of its column: words, and no more digits than `SĐT 2` or `24/7` have."""
    digits = sum(c.isdigit() for c in cell)
    return not _NONE_GIVEN.fullmatch(cell) and (not digits or (digits < 4 and bool(_PHONE_HEAD.search(cell))))


def _shown(cell: Any, is_phone: bool) -> str:
    """A cell as a reader of the sheet sees it: whole numbers without a point, days in Vietnam's order."""
    if isinstance(cell, bool) or cell is None:
        return ""
    if isinstance(cell, int | float):
        cell = str(int(cell)) if float(cell).is_integer() and abs(cell) < 1e15 else str(cell)
    if isinstance(cell, str):
        return "0" + cell if is_phone and _LOST_ZERO.fullmatch(cell.translate(_GAPS)) else cell
    if isinstance(cell, datetime.datetime):
        return f"{cell:%d/%m/%Y}" if cell.time() == datetime.time() else f"{cell:%H:%M %d/%m/%Y}"
    return f"{cell:%d/%m/%Y}" if isinstance(cell, datetime.date) else str(cell)
