"""A page's text taken whole: its headline, posting date, province, and what of it is chrome."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from crawler import provinces
from crawler.extract.dates import parse_stamp
from crawler.extract.normalise import normalise
from crawler.model import Text, Zone

_LABEL = re.compile(
    r"(?:ngày (?:đăng|viết|xuất bản|tạo|phát hành tin)|(?:được )?đăng(?: ngày| lúc| vào)?(?=\s*:|\s+\d)"
    r"|đăng (?:ngày|lúc|vào)|cập nhật(?: lúc| ngày)?"
    r"|publish(?:ed)? date|đăng tải)"
    r"\b[\s:(]*",
    re.I,
)
_WEEKDAY = r"(?:thứ \w+|chủ nhật|T[2-7]|CN)"
_TIME = r"\d{1,2}:\d{2}(?::\d{2})?\s*(?:AM|PM|SA|CH)?"
_DAY = r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}"
_STAMP = re.compile(
    rf"^\(?{_WEEKDAY}?[\s,|-]*(?:{_TIME}[\s,|-]*)?(?:ngày\s+)?{_DAY}(?:[\s,"
    rf"|-]*{_TIME})?\)?(?!\s*[-–]\s*\d).{{0,40}}$",
    re.I,
)
_SPELT_STAMP = re.compile(r"\d{1,2} tháng [\w ]{1,9},? (?:năm )?20\d\d(?:\W{1,4}" + _TIME + ")?", re.I)
# "06/09/2021: (binhduong.gov.vn) - …": the day that opens the first paragraph under a headline.
_DATELINE = re.compile(rf"^\(?{_DAY}\)?\s*:\s")
_BRACKET = re.compile(r"\((\d{1,2}/\d{1,2}/\d{4})\)\s*$|^\((\d{1,2}/\d{1,2}/\d{4})\)")
_MENU = re.compile(
    r"thống kê truy cập|^welcome to|^chào mừng|>>|đang truy cập|hôm nay:|lượt truy cập|lượt xem|đăng nhập"
    r"|trang chủ"
    r"|skip ribbon|^[•►▶»]|tổng số|tháng hiện tại|trong tuần|bản in|gửi bài|chia sẻ|cỡ chữ|giới thiệu \|"
    r"|liên hệ$"
    r"|^(?:đường dây nóng|hotline|điện thoại|e-?mail|fax)\s*:|^kính gửi|^tin tức$|^(?:cổng"
    r"|trang) thông tin.{0,40}$|^menu$|tìm kiếm$|thư viện (?:video|ảnh)"
    r"|^theo\s.{0,30}$|^nguồn\s*:",
    re.I,
)
_FOOTER = re.compile(
    r"^(?:trang thông tin điện tử|cổng thông tin điện tử|bản quyền|địa chỉ|designed by|cơ quan chủ quản"
    r"|chịu trách nhiệm"
    r"|giấy phép|©|copyright|số điện thoại\s*:|ipv6)",
    re.I,
)
_QUESTION = re.compile(r"kiến nghị về việc\s*:?\s*([^\n]{2,200})", re.I)
_LISTED = re.compile(r"^(?:[-–+*•\[!]|\d{1,2}[.)]\s|[IVX]{1,4}[.)]\s|[a-z]\)\s)")
# Two sentences on one line are prose; "TP. Vũng Tàu" and "Q.1" are no ends of sentences.
_SENTENCES = re.compile(r"(?<!TP)(?<!\bT)(?<!\bQ)(?<!V/v)[.!?…]\s+[^\W\da-zđ]")
_NUMBERED = re.compile(r"^(?:[^\W\d_]+\s){1,3}số\s*:?\s*\d{1,5}/", re.I)


@dataclass(frozen=True, slots=True)
class PlainRead:
    """A page's text with what its layout says: headline, posting stamp, province (2021 name)."""

    text: Text
    title: str | None
    published: date | None
    published_time: str | None
    province: str | None


def read_plain(raw: str, url: str = "", fetched: date | None = None) -> PlainRead:
    """Read a page text, boilerplate included: zones title, body and chrome, by the look of its lines."""
    value = normalise(raw)
    lines = _lines(value)
    footer = _footer_start(lines)
    stamp_at, published, clock = _stamp(lines, footer)
    title = _title(value, lines, footer, stamp_at)
    zones = _zones(value, lines, title, footer)
    province = provinces.province_of_url(url) or provinces.province_in(value)
    text = _bracketless(value, title)
    return PlainRead(Text(value, zones), text, published, clock, province.name if province else None)


def _lines(value: str) -> list[tuple[int, str]]:
    return [(m.start(), m[0]) for m in re.finditer(r"[^\n]+", value)]


def _footer_start(lines: list[tuple[int, str]]) -> int:
    for index in range(len(lines) // 2 + 1, len(lines)):
        if _FOOTER.search(lines[index][1]) and not re.search(
            r"hotline|đường dây nóng", lines[index][1], re.I
        ):
            return index
    return len(lines)


def _stamp(lines: list[tuple[int, str]], footer: int) -> tuple[int | None, date | None, str | None]:
    """Index of the posting stamp's line, its day and clock; a label decides over a bare stamp."""
    for index, (_, line) in enumerate(lines[:footer]):
        label = _LABEL.search(line)
        if label and len(line) < 160:
            when, clock = parse_stamp(line[label.end() : label.end() + 40])
            if when:
                return index, when, clock
    for index, (_, line) in enumerate(lines[:footer]):
        if _STAMP.match(line.strip()) or _SPELT_STAMP.fullmatch(line.strip()):
            when, clock = parse_stamp(line)
            # A header's clock stands above the headline and gives a day, a posting stamp its time too.
            if when and (index or clock):
                return index, when, clock
        if index and _DATELINE.match(line):
            return index, parse_stamp(line[:14])[0], None
        if bracket := _BRACKET.search(line):
            when, _ = parse_stamp(bracket[1] or bracket[2])
            if when:
                return index, when, None
    return None, None, None


def _title(
    value: str, lines: list[tuple[int, str]], footer: int, stamp_at: int | None
) -> tuple[int, int] | None:
    for at, line in lines[:footer]:
        if question := _QUESTION.search(line):
            return at + question.start(1), at + question.end(1)
    if stamp_at is not None and _BRACKET.search(lines[stamp_at][1]) and len(lines[stamp_at][1]) > 30:
        at, line = lines[stamp_at]
        return at, at + len(line)
    for at, line in reversed(lines[max(0, (stamp_at or 0) - 3) : stamp_at or 0]):
        # The line right above a stamp is the headline, whatever its punctuation.
        if 12 <= len(line) <= 320 and not _MENU.search(line) and not _doubled(line):
            return at, at + len(line)
    return _first_headline(lines[(stamp_at + 1 if stamp_at is not None else 0) : footer], value)


def _first_headline(lines: list[tuple[int, str]], value: str) -> tuple[int, int] | None:
    """The first line that is no menu, if it reads like a headline; prose at the top means none."""
    for index, (at, line) in enumerate(lines[:14]):
        following = lines[index + 1][1] if index + 1 < len(lines) else ""
        if _is_chrome(line) or following == line:
            continue
        if _LISTED.match(line) and _LISTED.match(following):
            return None
        alone = at == 0 and value.startswith("\n\n", len(line))
        bullet = re.match(r"[*•-]\s*", line)
        at += bullet.end() if bullet else 0
        line = line[bullet.end() :] if bullet else line
        return (at, at + len(line)) if _headline(line, alone, bool(following)) else None
    return None


def _is_chrome(line: str) -> bool:
    """Menus, a section's name (short, no verb to it), stamps and doubled labels above a headline."""
    # The place and day of a letterhead stand above the act's own heading.
    letterhead = re.fullmatch(r"[^,\d]{2,40}, ngày [^.;:]{4,40}", line, re.I)
    short = bool(letterhead) or len(line) < 20 or (line.isupper() and len(line) < 45)
    return short or _doubled(line) or bool(_MENU.search(line) or _STAMP.match(line) or _LABEL.match(line))


def _doubled(line: str) -> bool:
    # "Thông báo chung Thông báo chung": a menu entry and its tooltip.
    half = len(line) // 2
    return len(line) > 6 and line[:half].strip() == line[half:].strip()


def _headline(line: str, alone: bool, has_body: bool) -> bool:
    if not 20 <= len(line) <= 320 or _SENTENCES.search(line) or (_FOOTER.search(line) and len(line) < 80):
        return False
    if " | " in line:
        return False  # a table's row
    if line.endswith("."):
        # Some headlines end like sentences; a long one counts only where it stands alone above the text.
        return has_body and (len(line) <= 140 or alone or bool(_NUMBERED.match(line)))
    return not line.endswith((";", ":", ",", "|", "./"))


def _bracketless(value: str, span: tuple[int, int] | None) -> str | None:
    if not span:
        return None
    title = re.sub(r"\s*\(\d{1,2}/\d{1,2}/\d{4}\)\s*$", "", value[span[0] : span[1]])
    return re.sub(r"\s+", " ", title).strip() or None


def _zones(
    value: str, lines: list[tuple[int, str]], title: tuple[int, int] | None, footer: int
) -> tuple[Zone, ...]:
    cut = lines[footer][0] if footer < len(lines) else len(value)
    zones = []
    if title:
        if title[0] > 0:
            zones.append(Zone("chrome", 0, title[0]))
        zones.append(Zone("title", *title))
    zones.append(Zone("body", title[1] if title else 0, cut))
    if cut < len(value):
        zones.append(Zone("chrome", cut, len(value)))
    return tuple(zones)
