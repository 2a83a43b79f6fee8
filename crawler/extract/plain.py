"""A page's text taken whole: its headline, posting date, province, and what of it is chrome."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from crawler import provinces
from crawler.extract.dates import parse_stamp
from crawler.extract.normalise import normalise
from crawler.model import Text, Zone

_LABEL = re.compile(
    r"(?:ngày đăng|đăng ngày|đăng lúc|ngày viết|cập nhật(?: lúc| ngày)?|publish date|đăng tải)\b[\s:(]*", re.I
)
_STAMP = re.compile(r"^\(?(?:thứ \w+|chủ nhật|T[2-7]|CN)?[\s,|-]*(?:\d{1,2}:\d{2}(?::\d{2})?\s*(?:AM|PM|SA|CH)?[\s,|-]*)?"
                    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}(?:[\s,|-]*\d{1,2}:\d{2}(?::\d{2})?\s*(?:AM|PM|SA|CH)?)?\)?.{0,40}$", re.I)  # fmt: skip
_BRACKET = re.compile(r"\((\d{1,2}/\d{1,2}/\d{4})\)\s*$|^\((\d{1,2}/\d{1,2}/\d{4})\)")
_MENU = re.compile(
    r"thống kê truy cập|^welcome to|^chào mừng|>>|đang truy cập|hôm nay:|lượt truy cập|lượt xem|đăng nhập|trang chủ|skip ribbon|^•|tổng số|tháng hiện tại|trong tuần|bản in|gửi bài|chia sẻ|cỡ chữ|giới thiệu \||liên hệ$|^tin tức$",
    re.I,
)
_FOOTER = re.compile(
    r"^(?:trang thông tin điện tử|cổng thông tin điện tử|bản quyền|địa chỉ|designed by|cơ quan chủ quản|chịu trách nhiệm|giấy phép|©|copyright|số điện thoại\s*:|ipv6)",
    re.I,
)
_QUESTION = re.compile(r"kiến nghị về việc\s+(.{8,200})", re.I)


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
    title = _title(lines, footer, stamp_at)
    zones = _zones(value, lines, title, footer)
    province = provinces.province_of_host(urlsplit(url).hostname or "") or provinces.province_in(value)
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
    for index, (_, line) in enumerate(lines[:footer]):
        label = _LABEL.search(line)
        if label and len(line) < 160:
            when, clock = parse_stamp(line[label.end() : label.end() + 40])
            if when:
                return index, when, clock
    for index, (_, line) in enumerate(lines[:footer]):
        # A header's clock stands above the headline, a posting stamp under it.
        if index and _STAMP.match(line.strip()):
            when, clock = parse_stamp(line)
            return index, when, clock
        if bracket := _BRACKET.search(line):
            when, _ = parse_stamp(bracket[1] or bracket[2])
            return index, when, None
    return None, None, None


def _title(lines: list[tuple[int, str]], footer: int, stamp_at: int | None) -> tuple[int, int] | None:
    for at, line in lines[:footer]:
        if question := _QUESTION.search(line):
            return at + question.start(1), at + question.end(1)
    end = stamp_at + 1 if stamp_at else footer
    if stamp_at:
        # The line right above a stamp is the headline, whatever its punctuation.
        at, line = lines[stamp_at - 1]
        if 15 <= len(line) <= 320 and not _MENU.search(line):
            return at, at + len(line)
    # A headline far down is none: what stands above it would be taken for chrome.
    end = min(end, max(4, len(lines) // 3))
    candidates = [(at, line) for at, line in lines[:end] if _headline(line)]
    if not candidates:
        return None
    at, line = candidates[-1] if stamp_at and len(candidates) > 1 else candidates[0]
    return at, at + len(line)


def _headline(line: str) -> bool:
    if _MENU.search(line) or _FOOTER.search(line) or _STAMP.match(line.strip()) or _LABEL.match(line):
        return False
    return 20 <= len(line) <= 320 and not line.rstrip().endswith((".", ";", ":", ","))


def _bracketless(value: str, span: tuple[int, int] | None) -> str | None:
    if not span:
        return None
    title = re.sub(r"\s*\(\d{1,2}/\d{1,2}/\d{4}\)\s*", " ", value[span[0] : span[1]])
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
