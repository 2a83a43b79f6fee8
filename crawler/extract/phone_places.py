"""Where a phone number stands: its clause, sentence, line and table column, looked up round it once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.extract.scan import lowered
from crawler.model import Text

#: How far a sentence, a line and what stands above it are followed: hostile pages have lines of a megabyte.
_BACK = 320
_ABBREVIATIONS = {
    "tp", "tx", "bs", "ths", "ts", "gs", "pgs", "p", "q", "h", "đ/c", "đc", "kt", "tt", "cn", "ds", "tel",
    "đt", "bscki",
    "bsckii", "mr", "ms", "st",
}  # fmt: skip

#: What opens a row of a list: a dash, a bullet, "1.", "a)", "II.".
MARKED = re.compile(r"[-–+*•]|\d{1,3}[.)/]|[a-zđ]\)|[ivx]{1,4}[.)]|s?tt\b")
CALLED = re.compile(r"\bgọi\b|liên hệ|liên lạc|\bbáo\b|phản ánh")
_FOOTER = ("địa chỉ", "trụ sở", "giấy phép", "bản quyền", "©", "copyright", "chịu trách nhiệm")
_ONLINE = ("email", "e-mail", "@", "website", "fax", "thư điện tử")
_STREET = re.compile(
    r"(?:^|[,.\-–|:] ?)(?:số )?\d{1,4}[a-z]?,? (?:đường )?[^\W\d]|\btầng \d|, ?(?:phường|p\.)"
    r"|\bđường\b(?! dây)"
)
_LABEL = re.compile(r"điện thoại|\bđt\b|\btel\b|\bphone\b|số máy|sđt")


@dataclass(eq=False, slots=True)
class Place:
    """A number's span, where its line, sentence and clause begin, and the words (lower case) before it there.

    `low` is the whole text in lower case, `column` the heading of the table column that holds the number, ''
    where no table has heads.
    """

    text: Text
    low: str
    start: int
    end: int
    line: int
    sentence: int
    clause: int
    line_words: str
    clause_words: str
    column: str

    @property
    def beside_address(self) -> bool:
        """Whether the line has what a letterhead or a footer says: an address, an e-mail, a licence."""
        if self.start - self.line > 280 or self.column or MARKED.match(self.low, self.line):
            return False
        end = self.low.find("\n", self.end, self.end + 200)
        end = end if end >= 0 else min(len(self.low), self.end + 200)
        found = address_in(self.low[self.line : end])
        return bool(found) and end - self.line < 300 and not CALLED.search(self.line_words)

    @property
    def behind_street(self) -> bool:
        """Whether the line looks like "62 Hùng Vương, TP. Tam Kỳ - Điện thoại: "."""
        lead = self.line_words
        return 8 < len(lead) < 160 and bool(
            not MARKED.match(lead)
            and _LABEL.search(lead)
            and not CALLED.search(lead)
            and _STREET.search(lead)
        )

    @property
    def is_address(self) -> bool:
        """Whether the line gives an address, surely or by its look."""
        return self.beside_address or self.behind_street


@dataclass(frozen=True, slots=True)
class Said:
    """One place of a number: what a person dials, whether its area code is inferred, who answers.

    `heading` is the sentence (lower case) that announces the list in which it stands, '' where none does.
    """

    place: Place
    dial: str
    inferred: bool
    owner: str | None
    heading: str

    @property
    def short(self) -> bool:
        """115, 1022 and 0239 1022: codes that name their owner in ways of their own."""
        return len(self.dial) < 9 and (len(self.dial) < 8 or self.dial.endswith("1022"))


def address_in(line: str) -> str:
    """ "post" for a line with an address or what else a footer says, "online" for an e-mail's or a fax's."""
    if any(word in line for word in _FOOTER):
        return "post"
    return "online" if any(word in line for word in _ONLINE) else ""


def place_of(text: Text, start: int, end: int) -> Place:
    """Look round one number.

    A sentence ends at a line's end or a full stop, a clause at a semicolon too; "TP. Huế" and
    "0228. 3649 701" hold no full stop.
    """
    low = lowered(text.value)
    floor = max(0, start - _BACK)
    line = low.rfind("\n", floor, start) + 1 or floor
    sentence = _sentence(text.value, line, start)
    clause = low.rfind(";", sentence, start) + 1 or sentence
    before = low[line:start]
    column = _column(low, line, before.count("|")) if "|" in before else ""
    return Place(text, low, start, end, line, sentence, clause, before, low[clause:start], column)


def _column(low: str, line: int, index: int) -> str:
    head = ""
    for start, end in lines_above(low, line):
        cells = low[start:end].split("|")
        if len(cells) <= index:
            break
        head = cells[index].strip()
    return "" if any(c.isdigit() for c in head) else head


def _sentence(value: str, line: int, start: int) -> int:
    floor = max(value.rfind(mark, line, start) + 1 for mark in "!?…") or line
    at = value.rfind(".", floor, start - 1)
    while at >= 0:
        if value[at + 1].isspace() and _full_stop(value, line, at):
            return at + 1
        at = value.rfind(".", floor, at)
    return floor


def _full_stop(value: str, line: int, at: int) -> bool:
    if at - line <= 3 and value[line:at].isalnum():
        return False  # "1. Sở Y tế", "II. Tuyến huyện"
    following = value[at + 1 : at + 4].lstrip()[:1]
    if following.isdigit() and value[at - 1 : at].isdigit():
        return False
    word = value[max(0, at - 7) : at].split(" ")[-1].lower()
    return not (following.islower() or word.strip("(") in _ABBREVIATIONS)


def lines_above(low: str, line: int, most: int = 14) -> list[tuple[int, int]]:
    """Start and end of the lines above one, nearest first, empty ones left out, within 1200 characters."""
    found: list[tuple[int, int]] = []
    floor, end = max(0, line - 1200), line - 1
    while end > floor and len(found) < most:
        start = low.rfind("\n", floor, end) + 1 or floor
        if end > start:
            found.append((start, end))
        end = start - 1
    return found
