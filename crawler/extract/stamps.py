"""Posting stamps: which line of a page says when it was posted, and which clock or date is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from crawler.extract.dates import parse_stamp


class Rank(IntEnum):
    """How a line says that it is a posting stamp, best first."""

    POSTED = 0  # "Ngày đăng …"
    UPDATED = 1  # "Cập nhật lúc …"
    TIMED = 2  # a day and a time of day
    DAY = 3  # a day alone


@dataclass(frozen=True, slots=True)
class Stamp:
    """A day and `HH:MM` as one line gives them."""

    rank: Rank
    when: date
    clock: str | None


_TIME = (
    r"\d{1,2}\s?(?:(?:[:hg]|giờ)\s?\d{1,2}(?!\d)(?::\d{2})?['’]?(?:\s?(?:AM|PM|SA|CH|sáng|chiều|tối)\b)?"
    r"|giờ(?=,))"
)
_DAY = (
    r"(?<![\d/])(?:\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?(?:19|20)\d\d(?!\d)"
    r"|20\d\d-\d\d-\d\d(?!\d)(?:T[\d:.]{4,15}(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|tháng\s\w{1,5}(?:\s(?:một|hai))?\s\d{1,2},\s?20\d\d"
    r"|\d{1,2}\s?,?\s?tháng\s\w{1,5}(?:\s(?:một|hai))?,?\s(?:năm\s)?20\d\d)"
)
_SHORT_YEAR = re.compile(r"(?<![\d/.-])([0-3]?\d)[/.-]([01]?\d)[/.-]([12]\d)(?![\d/.:-])")
_MONTH_FIRST = re.compile(r"tháng\s(\w{1,5}(?:\s(?:một|hai))?)\s(\d{1,2}),\s?(20\d\d)", re.I)
_DAYS = re.compile(_DAY, re.I)
_POSTED = re.compile(
    r"(?:ngày\s?(?:đăng(?:\s(?:tin|bài|tải))?|viết|xuất bản|tạo|phát hành(?:\stin)?|đưa(?: tin| bài)?)"
    r"|xuất bản"
    r"|thời gian đăng|(?:bài|tin)\sđăng(?:\s(?:ngày|lúc))?"
    r"|(?:được\s|đã\s)?(?:viết\s(?:bởi|ngày|lúc)|đăng(?:\s(?:tải|tin|bài))?(?:\s(?:bởi"
    r"|ngày|lúc|vào)){0,3}|gửi lúc)"
    r"|(?:publish(?:ed)?|posted|post|created)(?:\s(?:date|on|at))?|by\s\w{2,20}\son)(?![^\W\d_])",
    re.I,
)
_UPDATED = re.compile(
    r"(?:ngày\s|thời gian\s)?cập nhật(?:\s(?:tin|bài|lần cuối|mới nhất|lúc|ngày|vào)){0,3}(?![^\W\d_])", re.I
)
# What else stands on a stamp's line and says nothing of it.
_FURNITURE = re.compile(
    r"^(?:print|clock)(?=\s|thứ|chủ)|\bgốc$"
    r"|thứ\s(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])(?!\w)|chủ\s?nhật|\b(?:mon|tue|wed|thu|fri|sat"
    r"|sun)(?:\w{0,4}day)?\b|\badmin\b|\bBBT\b|\bT[2-7]\b|\bCN\b|\bngày\b|\blúc\b|\bvào\b"
    r"|\(?GMT\s?\+?\s?0?7\)?|(?:tổng\s)?(?:số\s)?lượt\s(?:xem|đọc|truy cập)"
    r"|(?:số\s)?(?:đã|lần)\s(?:xem|đọc)|\bxem\b"
    r"|cms-view-count|view(?:s|\scount)?\b|phản hồi|bình luận|(?:xem\s)?(?:cỡ|kích cỡ)\s(?:chữ)?"
    r"|in\s(?:bài|trang)"
    r"(?:\snày|\sviết)?|bản in|google|facebook|chia sẻ|gửi (?:bài|lúc)|\bA\b|mặc định|" + _TIME,
    re.I,
)
_SEPARATED = re.compile(r"(?:^|[|•·*\t.]|\s[-–]|[;)\]])\s*[([]?\s*$")
# A clock of the page, or another day than that of the posting.
_OTHER = re.compile(
    r"hôm nay|bây giờ|hiện tại|today|ban hành|\bký\b|hiệu lực|trả lời|\bgửi\b|\bhỏi\b|\bsinh\b|hạn|thời gian"
    r"|tính|\btừ\b|\bđến\b|trước|khoảng|\bhồi\b|sáng|chiều|\btối\b|diễn ra|bắt đầu|kết thúc|số\b",
    re.I,
)
# A row of a list of places and hours: "- Quán Mẫu, đường Láng: 11h30 ngày 13/6/2021".
_ROW = re.compile(
    r"\s*(?:(?:[-–+*•]|\d{1,2}[.)])\s*[^\W\d]{2,}\s[^\W\d]{2,}|[+*•]\s*\d|.{0,20}\d{1,2}\s?[hg]\d{0,2}\s?[-–]\s?\d{1,2}\s?[hg])"
)
# "Nguồn: Ban Quản lý Vườn Quốc gia | 20/03/2020 15:12"
_SOURCE = re.compile(r"^(?:nguồn|tác giả|người đăng)\s?:[^|\d]{2,60}\|\s*(?:thời gian\s?:\s*)?(?=\d)", re.I)
# "Thời gian: 19/03/2020 07:00", or an item of a list of bylines: "• 27.10.2021 - 14:29".
_BEFORE_CLOCK = re.compile(
    r"^(?:thời gian\s?:?|[•*])\s*(?=\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\s*(?:[-–|]\s*)?\d{1,2}[:h]\d\d$)", re.I
)
# "Người đăng: Trương Công Mẫu   Ngày đăng: 28/07/2020"
_BY = re.compile(r"^(?:người đăng|tác giả|nguồn|đăng bởi)\s?:[^|\d.]{2,40}$", re.I)
# "(Thừa Thiên Huế) Ngày cập nhật 09/05/2021"; "Nguồn: Đài Truyền thanh thành phố. Đăng ngày 13/08/2021",
# "VP UBND huyện, đăng 25/05/2021".
_WHERE = re.compile(r"\([^\W\d_]+(?:[ -][^\W\d_]+){0,4}\)\s*|[^\d.;:()]{2,40},\s")
_SOURCES = re.compile(r"(?:nguồn|tác giả|tin|bài|theo)\s?:[^\d]{2,60}\.\s", re.I)
# "Người đăng: CDC Sơn La; Đã xem: 1207; Đăng lúc 10:15 ngày 05/01/2022"
_BY_FIRST = re.compile(r"(?:người đăng|tác giả|nguồn|đăng bởi)\s?:[^|\d;]{2,40};\s*(?:[^;]{2,30};\s*)?", re.I)
# Huế's districts print a flag and a counter before the label: "False 3544Ngày cập nhật 04/03/2022".
_COUNTED = re.compile(r"(?:(?:true|false)\s)?\d{1,9}", re.I)
# Who asks sends a question: "Người gửi: Ngô Đình K. | Gửi lúc 09:14 07/08/2021" is no posting.
_ASKED = re.compile(r"người (?:gửi|hỏi)|câu hỏi", re.I)
# "(LĐTBXH) 01/06/2022"
_CODE = re.compile(r"\s*\([A-ZĐ]{2,10}\)\s*")
_SHORTEST = 8  # 2/8/2021
#: No stamp's line is longer, whatever counters and tools it holds.
_LONGEST = 160


def stamp_of(line: str) -> Stamp | None:
    """The posting stamp that a line is, or None; where on the page it stands is not judged here."""
    if not _SHORTEST <= len(line) <= _LONGEST:
        return None
    line = _BEFORE_CLOCK.sub("", _SOURCE.sub("", line))
    if day := _DAYS.search(line):
        return _labelled(line) or _bare(line, day)
    # Two digits of a year only beside a label: 15/6/21 alone may be a share or a house number.
    full = _SHORT_YEAR.sub(r"\1/\2/20\3", line)
    return _labelled(full) if full != line else None


def _labelled(line: str) -> Stamp | None:
    for rank, pattern in ((Rank.POSTED, _POSTED), (Rank.UPDATED, _UPDATED)):
        for label in pattern.finditer(line):
            if not _announces(line, label) or (label[0].lower() == "gửi lúc" and _ASKED.search(line)):
                continue
            at = next((d for d in _DAYS.finditer(line, label.end()) if d.end() <= label.end() + 90), None)
            between = line[label.end() : at.start()] if at else line
            by = (
                label[0].lower().startswith("by ") or "bởi" in label[0].lower()
            )  # "Đăng bởi Văn phòng - 12/5/2021"
            if at and (by or not _letters(between)):
                return _read(rank, line[label.end() :], at.start() - label.end(), at.end() - label.end())
    return None


def _announces(line: str, label: re.Match[str]) -> bool:
    """Whether a label begins its line or a cell of it: "(cập nhật ngày 2/8/2021)" may end a headline."""
    before = line[: label.start()]
    # "Liên kết website :[ Đăng ngày: 21/06/2023 ]"
    bracketed = before.rstrip().endswith("[") and line.rstrip().endswith("]")
    if bracketed or not _letters(before) or _COUNTED.fullmatch(before):
        return True
    if len(_letters(before)) <= 8 and before.rstrip().endswith((")", "]", "-", "|")):
        return True  # "(KGO) Cập nhật: 14:05 | 17/11/2021"
    if (
        _WHERE.fullmatch(before)
        or _BY_FIRST.fullmatch(before)
        or (_SOURCES.fullmatch(before) and label[0][0].isupper())
    ):
        return True
    colon = line[label.end() :].lstrip().startswith(":")
    if colon and _BY.match(before):
        return True
    return (
        bool(_SEPARATED.search(before))
        and not before.rstrip().endswith(("(", "["))
        and (colon or "|" in before[-4:])
    )


def _bare(line: str, day: re.Match[str]) -> Stamp | None:
    before, after = line[: day.start()], line[day.end() :]
    if _ROW.match(line):
        return None
    timed = re.search(_TIME, before + " " + after, re.I) is not None or re.search(r"\dT", day[0]) is not None
    # "Thái Bình, ngày 15 tháng 11 năm 2021" dates a letter; before a stamp stands at most who posted it.
    source = "" if _CODE.fullmatch(before) else _letters(before)
    if source and not (timed and len(source) <= 20 and re.search(r"[|:)-]\s*$", _bare_end(before))):
        return None
    if (
        _OTHER.search(_FURNITURE.sub("", before))
        or _OTHER.search(_FURNITURE.sub("", after[:30]))
        or len(_letters(after)) > (30 if timed else 16)
    ):
        return None
    if source and len(_letters(after)) > 16:
        return None  # "Lễ dâng hương chính: 6h30 ngày 21/4/2021 (tức 10/3 năm Tân Sửu), truyền hình …"
    if _letters(after) and after.lstrip(" )]")[:1] in (":", ","):
        return None  # "Ngày 12/4/2021, UBND tỉnh …", "08h00 ngày 12/4/2021: chợ …"
    if _DAYS.search(after) or re.match(r"\s*[-–]\s*\d{1,2}[/.-]", after):
        return None  # a range
    if not timed and "tháng" in day[0].lower() and re.search(r"ngày\s*$", before, re.I) and source:
        return None
    return _read(Rank.TIMED if timed else Rank.DAY, line, day.start(), day.end())


def _bare_end(before: str) -> str:
    return _FURNITURE.sub("", before).rstrip(" ,")


def _letters(text: str) -> str:
    """The letters of a text that are neither weekday, time of day nor tool."""
    return re.sub(r"[\W\d_]+", "", _FURNITURE.sub("", text))


def _read(rank: Rank, text: str, start: int, end: int) -> Stamp | None:
    # The clock stands before or after the day; WordPress prints "Tháng Tư 12, 2021".
    near = _MONTH_FIRST.sub(r"\2 tháng \1 \3", text[max(0, start - 30) : end + 24])
    when, clock = parse_stamp(near)
    if when is None:
        return None
    # Counters may be glued to a time of day: "15:301.234".
    return Stamp(Rank.TIMED if clock and rank is Rank.DAY else rank, when, clock)
