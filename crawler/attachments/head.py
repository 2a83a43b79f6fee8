"""The head of an official document: its number, date, issuer and subject (Decree 30/2020/NĐ-CP, annex I)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from crawler.extract.dates import parse_stamp

_MOTTO = re.compile(r"cộng h(?:òa|oà) xã hội|độc lập\s*[-–]|đảng cộng sản", re.I)
_NUMBER = re.compile(r"\s*số\s*:?\s*(?=\d{1,5}\s*[/-])", re.I)
_DATED = re.compile(r"(?:[^\W\d_][^\d,]{1,40},\s*)?ngày\s+\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4}\W*", re.I)
_ABOUT = re.compile(r"^\s*(?:V/v|về việc)\s*:?\s*", re.I)
_TYPE = re.compile(
    r"\s*(?:QUYẾT ĐỊNH|KẾ HOẠCH|THÔNG BÁO|CHỈ THỊ|CÔNG ĐIỆN|BÁO CÁO|HƯỚNG DẪN|NGHỊ QUYẾT|TỜ TRÌNH|PHƯƠNG ÁN"
    r"|CHƯƠNG TRÌNH|GIẤY MỜI|THÔNG CÁO|THƯ NGỎ)\s*"
)
#: Where a head ends: whom it goes to, what it rests on.
_END = re.compile(r"\s*(?:kính gửi|căn cứ|thực hiện|chủ tịch|giám đốc|theo đề nghị)\b", re.I)
_LIST = re.compile(r"\s*(?:DANH SÁCH|DANH BẠ|PHỤ LỤC|BẢNG|(?:SỐ ĐIỆN THOẠI |CÁC )?ĐƯỜNG DÂY NÓNG|DANH MỤC)\b")
#: Lines that a head has at most, and letters that its subject has.
_LINES, _SUBJECT = 40, 400


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of a line: a letterhead's left half names the issuer, the right one the republic and the day."""

    text: str
    start: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the text proper: `number` is where its own number stands (start and end of that part
    of its line), `title` where its subject, or a list's heading, begins and ends."""

    number: tuple[int, int] | None = None
    issued: date | None = None
    issuer: str = ""
    subject: str = ""
    title: tuple[int, int] | None = None


def head_of(text: str) -> Head:
    """The head of a document, as far as it is printed: a number that is still to be filled in is none."""
    cells = list(_cells(text))
    number = next((c for c in cells if _NUMBER.match(c.text)), None)
    if not number and not any(_MOTTO.search(c.text) for c in cells):
        return Head(title=_heading(cells))
    day = next((c for c in cells if _DATED.fullmatch(c.text)), None)
    subject = _subject(cells)
    return Head(
        (number.start, number.start + len(number.text)) if number else None,
        parse_stamp(day.text)[0] if day else None,
        _issuer(cells, number),
        _ABOUT.sub("", " ".join(" ".join(c.text for c in subject).split()), count=1)[:_SUBJECT],
        (subject[0].start, subject[-1].start + len(subject[-1].text)) if subject else None,
    )


def _cells(text: str) -> Iterator[Cell]:
    """The parts of the lines above `Kính gửi`."""
    at = 0
    for number, line in enumerate(text[:6000].split("\n")[:_LINES]):
        if _END.match(line) and number > 1:
            return
        start = at
        for column, part in enumerate(line.split(" | ")):
            if any(c.isalnum() for c in part):  # a row of dashes is drawn, not said
                yield Cell(part, start, number, column)
            start += len(part) + 3
        at += len(line) + 1


def _issuer(cells: list[Cell], number: Cell | None) -> str:
    """The names in capitals above the number: the authority, below the one it belongs to."""
    if number is None:
        return ""
    above = [c for c in cells if c.line <= number.line and c.column == 0 and c.start < number.start]
    return " ".join(c.text.strip() for c in above if c.text.isupper() and not _MOTTO.search(c.text))


def _subject(cells: list[Cell]) -> list[Cell]:
    """`V/v …` and the lines it goes on in, or the lines below the name of the act's kind."""
    for index, cell in enumerate(cells):
        about = _ABOUT.match(cell.text)
        if about or _TYPE.fullmatch(cell.text):
            first = [Cell(cell.text[about.end() :], cell.start + about.end(), *_place(cell))] if about else []
            return first + list(_continued(cells[index + 1 :], cell, bool(about)))
    return []


def _place(cell: Cell) -> tuple[int, int]:
    return cell.line, cell.column


def _continued(cells: list[Cell], before: Cell, is_letter: bool) -> Iterator[Cell]:
    line, in_capitals = before.line, not is_letter
    for cell in cells:
        if cell.column != before.column:
            continue
        ends = _MOTTO.search(cell.text) or _DATED.fullmatch(cell.text) or _NUMBER.match(cell.text)
        # Who decides stands in capitals below what it is about; a plan's subject may be in capitals itself.
        named = cell.text.isupper() and not in_capitals
        if ends or named or cell.line - line > 1 or cell.line - before.line > 4:
            return
        line, in_capitals = cell.line, in_capitals and cell.text.isupper()
        yield cell


def _heading(cells: list[Cell]) -> tuple[int, int] | None:
    """The heading of a list: from its first words in capitals to the table."""
    first = next((c for c in cells[:8] if _LIST.match(c.text) and c.column == 0), None)
    if first is None:
        return None
    end = first
    for cell in cells:
        if cell.start > first.start and cell.line - first.line <= 2:
            if cell.column:
                break
            end = cell if not any(c.line == cell.line and c.column for c in cells) else end
    return first.start, end.start + len(end.text)
