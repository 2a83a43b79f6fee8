"""Calendar days in Vietnamese text, and the posting stamps of portals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from crawler.extract.scan import Spans, digit_runs
from crawler.extract.years import YearSource
from crawler.model import Context, DateFact, Text

FULL = re.compile(
    r"(?<![\d/])(?<!\d\.)(?<![^\W\d_]-)(?P<d>[0-3]?\d)\s?(?P<s>[/.-])\s?(?P<m>[01]?\d)\s?(?P=s)\s?(?P<y>(?:19|20)\d\d)(?![\d/])"
)
# WordPress spells its months: "30 Tháng Bảy, 2021".
_MONTHS = {
    "một": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
    "mười": 10,
    "mười một": 11, "mười hai": 12,
}  # fmt: skip
_SPELT = re.compile(
    r"(?<!\d)(?P<d>[0-3]?\d)\s*tháng\s+(?P<m>mười một|mười hai|một|hai|ba|tư|bốn|năm|sáu|bảy|tám|chín"
    r"|mười)\s*,?\s*"
    r"(?:năm\s*)?(?P<y>(?:19|20)\d\d)(?!\d)",
    re.I,
)
_ISO = re.compile(r"(?<![\d-])(?P<y>20\d\d)-(?P<m>[01]\d)-(?P<d>[0-3]\d)(?![\d-])")
WORDS = re.compile(
    r"(?<!\d)(?P<d>[0-3]?\d)\s*,?\s*th[áa]ng\s*(?P<m>[01]?\d)\s*,?\s*(?:n[ăa]m|/)?\s*(?P<y>(?:19"
    r"|20)\d\d)(?!\d)",
    re.I,
)
# Two digits of a year only after "ngày": 15/6/21 alone may be a share or a house number.
_SHORT_YEAR = re.compile(r"(?P<d>[0-3]?\d)(?P<s>[/.-])(?P<m>[01]?\d)(?P=s)(?P<y>[12]\d)(?![\d/])")
_AFTER_DAY = re.compile(r"\bng[àa]y\s+$", re.I)
_RULES = {
    FULL: "d/m/y",
    WORDS: "d tháng m năm y",
    _SPELT: "d tháng m năm y",
    _ISO: "iso",
    _SHORT_YEAR: "d/m/yy",
}
_WORDS_SHORT = re.compile(
    r"(?<![\d/.,])(?P<d>[0-3]?\d)\s*tháng\s*(?P<m>[01]?\d)(?![\d/]|\s*,?\s*năm\s*\d)", re.I
)
_SHORT = re.compile(
    r"(?<![\d/.,])(?P<d>[0-3]?\d)(?P<s>\s?/\s?|-|\.)(?P<m>[01]?\d)(?![\d/%]|[.,-]\d|\s?%| ?(?:ngày|giờ"
    r"|âm lịch|ÂL)\b"
    r"| ?(?:huyện|xã|phường|tỉnh|thành|thị|đơn vị|chỉ tiêu|hộ|người|mẫu|cơ sở|lượt|doanh|trường|điểm|ca"
    r"|tổ|thôn|số|tổng|diện)\b)",
    re.I,
)
# A day and month without a year counts only after a word that announces a day: 24/7 and 09/10 huyện are none.
_ANNOUNCED = re.compile(
    r"(?:\b(?P<day>ng[àa]y|hôm|mùng|mồng)|\b(?:sáng|trưa|chiều|tối|đêm|khuya)(?:\s+ngày|\s+nay|\s+qua"
    r"|\s+mai)?"
    r"|\b(?:hôm|ngày)\s+(?:nay|qua|mai|kia)|\b(?:thứ\s\w+|chủ nhật)|\b(?:lễ|dịp|nghỉ lễ|tết)"
    r"|\b(?:từ|đến|tới|hết|trước|sau|vào)|\d\s?(?:h|g|giờ)(?:\s?\d\d)?(?:\s?phút)?['’]?)\s*[-–,(]?\s*"
    # … and the days of a list before its last: "các ngày 19, 20, 21/10".
    r"(?:[0-3]?\d\s*(?:,|và|-|–|đến|tới)\s*){0,6}$",
    re.I,
)
_AND = (
    r"\s*(?:,|;|và|hoặc|-|–|đến(?:\s+hết)?|tới|hết)\s*"
    r"(?:\d{1,2}\s?(?:h|g|giờ)\s?(?:\d\d)?(?:\s?phút)?['’]?\s*)?(?:(?:sáng|trưa|chiều|tối"
    r"|đêm)\s*)?(?:ngày\s*)?"
)
_JOIN_ENDS = (",", ";", "và", "hoặc", "-", "–", "đến", "tới", "hết", "ngày", "phút", "h", "g", "giờ", "'",
              "’",
              "sáng", "trưa", "chiều", "tối", "đêm", *"0123456789")  # fmt: skip
_JOINED = re.compile(_AND, re.I)
# The days of a list or range before its last date: "12, 13 và 14/5/2021", "từ ngày 01 đến 15/6/2021".
_HEAD = re.compile(rf"(?<![\d/.,hg])(?<!thứ )(?<!Thứ )(?<!\w-)(?P<d>[0-3]?\d){_AND}$", re.I)
_MARK = re.compile(r"\bng[àa]y\b|\btừ\b|\bcác\b|\bsáng\b|\bchiều\b|\btối\b|\bhôm\b", re.I)
_RANGE = re.compile(r"đến|tới|hết|-|–")
# "hằng năm, vào ngày 27/7" names no day of any year.
_TO = re.compile(r"\s*(?:đến|tới)(?: hết)?(?: ngày)?\s*\d{1,2}[-/]\d{1,2}(?![\d-])", re.I)
_RECURRING = re.compile(r"(?:hằng|hàng|mỗi) năm[^.;\n]{0,60}$", re.I)
_EACH_YEAR = re.compile(
    r"\s*\)?(?:\s*(?:,|và)\s*(?:trước |sau )?(?:ngày )?\d{1,2}[/-]\d{1,2})?\s*(?:hằng|hàng|mỗi) năm", re.I
)
_TILL_NOW = re.compile(r"\s*(?:đến|tới) nay\b", re.I)
_LUNAR = re.compile(r"\s*\(?(?:âm lịch|AL\b|ÂL\b)", re.I)


def day_of(year: int, month: int, day: int) -> date | None:
    """The day, or None where the calendar has none (16/72/2020 stood in a budget notice)."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_of(printed: str) -> int:
    """The month of its digits or its Vietnamese name."""
    return int(printed) if printed.isdigit() else _MONTHS[printed.lower()]


def date_mentions(text: Text, context: Context, skip: Sequence[tuple[int, int]] = ()) -> list[DateFact]:
    """Every place that names a calendar day, in order of place.

    `skip` are the spans of document numbers, phones and links. Days of a list or range share the month and
    year of its last day; a day and month without any year take the year that the context gives.
    """
    value = text.value
    skipped = Spans(skip)
    runs = _opening_runs(value)
    found = [f for f in _explicit(value, runs) if not skipped.overlap(f.start, f.end)]
    taken = Spans([*skip, *((f.start, f.end) for f in found)])
    found += _without_year(value, runs, YearSource(text, context, found), taken)
    heads = [h for f in found for h in _heads(value, f)]
    found += [h for h in heads if not taken.overlap(h.start, h.end)]
    return sorted(found, key=lambda f: f.start)


def distinct(mentions: Sequence[DateFact]) -> tuple[DateFact, ...]:
    """One fact a day, in order of place; an explicit mention is better evidence than an inferred one."""
    best: dict[date, DateFact] = {}
    for fact in sorted(mentions, key=lambda f: (f.inferred, f.start)):
        best.setdefault(fact.date, fact)
    return tuple(sorted(best.values(), key=lambda f: f.start))


def find_dates(text: Text, context: Context, skip: Sequence[tuple[int, int]] = ()) -> tuple[DateFact, ...]:
    """Every distinct day of a text, as `date_mentions` finds them."""
    return distinct(date_mentions(text, context, skip))


Run = tuple[int, int, str]


def _opening_runs(value: str) -> list[Run]:
    """The runs of digits that may open a day, each with the character that tells the form of it."""
    runs = []
    for start, end in digit_runs(value):
        if end - start <= 2:
            ahead = value[end : end + 1]
            if ahead == " " or ahead == "\n":
                ahead = value[end + 1 : end + 2]
            if ahead and ahead in "/.-tT, ":
                runs.append((start, end, ahead))
        elif end - start == 4 and value[end : end + 1] == "-":
            runs.append((start, end, "-"))
    return runs


def _explicit(value: str, runs: Sequence[Run]) -> Iterator[DateFact]:
    last_end = -1
    for run in runs:
        if run[0] < last_end or not (match := _full_at(value, run)):
            continue
        year = int(match["y"]) + (2000 if len(match["y"]) == 2 else 0)
        when = day_of(year, month_of(match["m"]), int(match["d"]))
        if when and not _LUNAR.match(value, match.end()):
            yield DateFact(when, False, match[0], match.start(), match.end(), _RULES[match.re])
        last_end = match.end()


def _full_at(value: str, run: Run) -> re.Match[str] | None:
    """A day with its year that begins at a run of digits, or None; the next letter tells which form."""
    start, end, ahead = run
    if end - start == 4:
        return _ISO.match(value, start)
    if ahead in "/.-":
        return FULL.match(value, start) or (
            _SHORT_YEAR.match(value, start) if _AFTER_DAY.search(value, max(0, start - 6), start) else None
        )
    return WORDS.match(value, start) or _SPELT.match(value, start)


def _without_year(value: str, runs: Sequence[Run], years: YearSource, taken: Spans) -> list[DateFact]:
    """Days given as `26/3`, `25-8` or `2 tháng 9`, announced by a word or joined to a day before."""
    found: list[DateFact] = []
    last_end = -1
    for run in runs:
        match = _short_at(value, run) if run[0] >= last_end else None
        if match is None or taken.overlap(match.start(), match.end()) or _LUNAR.match(value, match.end()):
            continue
        start, end = match.span()
        joined = 0 <= last_end <= start <= last_end + 40 and _JOINED.fullmatch(value, last_end, start)
        if not (joined or _announced(value, match)) or _RECURRING.search(value, max(0, start - 80), start):
            continue
        if _EACH_YEAR.match(value, end):
            continue
        year = years.of(int(match["m"]), int(match["d"]), start, past=bool(_TILL_NOW.match(value, end)))
        when = day_of(year.value, int(match["m"]), int(match["d"])) if year else None
        if when and year:
            found.append(DateFact(when, True, match[0], start, end, year.rule))
            last_end = end
    return found


def _short_at(value: str, run: Run) -> re.Match[str] | None:
    start, end, ahead = run
    if end - start > 2 or ahead in ", ":
        return None
    return (_SHORT if ahead in "/.-" else _WORDS_SHORT).match(value, start)


def _announced(value: str, match: re.Match[str]) -> bool:
    before = _ANNOUNCED.search(value, max(0, match.start() - 48), match.start())
    if not before or "th" in match[0].lower():
        return before is not None
    if before[0].lower().strip() == "từ" and _TO.match(value, match.end()):
        return True  # "từ 9-7 đến 15-7"
    # "từ 7-14", "đạt 1.5", "vào 1-2": with a dash or a full stop only the word ngày announces a day.
    return (
        "/" in match["s"]
        or bool(before["day"])
        or bool(re.match(r"sáng|trưa|chiều|tối|hôm", before[0], re.I))
    )


def _heads(value: str, last: DateFact) -> list[DateFact]:
    """The days before a date that have no month of their own, nearest first."""
    heads: list[DateFact] = []
    start, when = last.start, last.date
    for _ in range(12):
        low = max(0, start - 40)
        match = _HEAD.search(value, low, start) if _may_join(value, start) else None
        if not match or not _MARK.search(value, max(0, match.start() - 60), match.start() + 1):
            break
        joiner = value[match.end("d") : start]
        day = _before(when, int(match["d"]), bool(_RANGE.search(joiner)))
        if not day:
            break
        heads.append(DateFact(day, True, match["d"], match.start("d"), match.end("d"), "list or range"))
        start, when = match.start("d"), day
    return heads


def _may_join(value: str, start: int) -> bool:
    """Whether the words before a day can join it to another: a check that costs less than the pattern."""
    return value[max(0, start - 12) : start].rstrip().lower().endswith(_JOIN_ENDS)


def _before(last: date, day: int, is_range: bool) -> date | None:
    found = day_of(last.year, last.month, day)
    if found and found < last:
        return found
    # "từ ngày 28 đến 03/8/2021" begins in July; a list never crosses a month silently.
    earlier = last.replace(day=1) - timedelta(days=1)
    return day_of(earlier.year, earlier.month, day) if is_range and day > last.day else None


_CLOCK = re.compile(r"(?<!\d)(?P<h>[0-2]?\d):(?P<m>[0-5]\d)(?::[0-5]\d)?\s*(?P<half>AM|PM|SA|CH)?", re.I)


def parse_stamp(raw: str) -> tuple[date | None, str | None]:
    """Day and `HH:MM` of a posting stamp ("Ngày đăng 09/09/2020 | 05:07 PM"), each None when absent.

    "12:00 AM" means a date only (migrated posts of sotttt.hanoi.gov.vn). What the patterns miss goes to
    dateparser, strictly: an ambiguous or impossible date is none.
    """
    when: date | None = None
    for pattern in (FULL, _ISO, WORDS, _SPELT):
        if match := pattern.search(raw):
            when = day_of(int(match["y"]), month_of(match["m"]), int(match["d"]))
            break
    else:
        when = _by_dateparser(raw)
    return when, _clock(raw) if when else None


def _clock(raw: str) -> str | None:
    match = _CLOCK.search(raw)
    if not match or int(match["h"]) > 23:
        return None
    hour, half = int(match["h"]), (match["half"] or "").upper()
    if half in ("AM", "SA") and hour == 12:
        return None if match["m"] == "00" else f"00:{match['m']}"
    if half in ("PM", "CH") and hour < 12:
        hour += 12
    return f"{hour:02}:{match['m']}"


def _by_dateparser(raw: str) -> date | None:
    if not re.search(r"\d", raw) or len(raw) > 80:
        return None
    import dateparser  # 0.3 s to import: only for the few stamps that no pattern reads

    label = re.sub(r"^[^\d]*?(?:đăng|ngày|lúc|date)\s*:?\s*", "", raw.strip(" ()"), flags=re.I)
    settings = {"DATE_ORDER": "DMY", "STRICT_PARSING": True, "PARSERS": ["absolute-time"]}
    parsed = dateparser.parse(label, languages=["vi"], settings=settings)
    return parsed.date() if parsed else None
