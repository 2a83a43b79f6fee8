"""Calendar days in Vietnamese text, and the posting stamps of portals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from crawler.extract.day_month import AND, RANGE, days_without_year
from crawler.extract.days import LUNAR, Run, day_of, opening_runs
from crawler.extract.scan import Spans
from crawler.extract.years import YearSource
from crawler.model import Context, DateFact, Text

FULL = re.compile(
    r"(?<![\d/])(?<!\d\.)(?<![^\W\d_]-)(?P<d>[0-3]?\d)\s?(?P<s>[/.-])\s?(?P<m>[01]?\d)\s?(?P=s){1,2}\s?(?P<y>(?:1[89]|20)\d\d)(?![\d/])"
)
# WordPress spells its months: "30 Tháng Bảy, 2021".
_MONTHS = {
    "một": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
    "mười": 10,
    "mười một": 11, "mười hai": 12,
}  # fmt: skip
_MONTH = r"(?P<m>mười một|mười hai|một|hai|ba|tư|bốn|năm|sáu|bảy|tám|chín|mười)"
_SPELT = re.compile(
    rf"(?<!\d)(?P<d>[0-3]?\d)\s*tháng\s+{_MONTH}\s*,?\s*"
    r"(?:năm\s*)?(?P<y>(?:19|20)\d\d)(?!\d)",
    re.I,
)
# … or with the month first: "Tháng Tư 26, 2020".
_MONTH_FIRST = re.compile(rf"\btháng\s{_MONTH}\s(?P<d>[0-3]?\d),\s?(?P<y>20\d\d)(?!\d)", re.I)
_ISO = re.compile(r"(?<![\d-])(?P<y>20\d\d)-(?P<m>[01]\d)-(?P<d>[0-3]\d)(?![\d-])")
WORDS = re.compile(
    r"(?<!\d)(?P<d>[0-3]?\d)\s*,?\s*th[áa]ng\s*(?P<m>[01]?\d)\s*,?\s*(?:n[ăa]m|/)?\s*(?P<y>(?:19"
    r"|20)\d\d)(?!\d)",
    re.I,
)
# Two digits of a year only after "ngày" or a weekday: 15/6/21 alone may be a share or a house number.
_SHORT_YEAR = re.compile(r"(?P<d>[0-3]?\d)(?P<s>[/.-])(?P<m>[01]?\d)(?P=s)(?P<y>[12]\d)(?![\d/])")
_AFTER_DAY = re.compile(r"\b(?:ng[àa]y|thứ\s(?:hai|ba|tư|năm|sáu|bảy|[2-7]),?|chủ nhật,?)\s+$", re.I)
# "tuần 3 tháng 7/2021" is a week.
_ORDINAL = re.compile(r"\b(?:tuần|quý|kỳ)\s$", re.I)
# "9 tháng năm 2022: GRDP tăng 20 %" counts months of a year; May is "9 Tháng Năm, 2022".
_MONTHS_OF_YEAR = re.compile(r"\d{1,2}\s*tháng\s+năm\s+\d{4}", re.I)
_RULES = {
    FULL: "d/m/y",
    WORDS: "d tháng m năm y",
    _SPELT: "d tháng m năm y",
    _MONTH_FIRST: "tháng m d, y",
    _ISO: "iso",
    _SHORT_YEAR: "d/m/yy",
}
_JOIN_ENDS = (
    ",", ";", "và", "hoặc", "-", "–", "đến", "tới", "hết", "rạng", "ngày", "phút", "h", "g", "giờ", "'", "’",
    "sáng", "trưa", "chiều", "tối", "đêm", *"0123456789",
)  # fmt: skip
# The days of a list or range before its last date: "12, 13 và 14/5/2021", "từ ngày 01 đến 15/6/2021".
_HEAD = re.compile(rf"(?<![\d/.,hg])(?<!\d:)(?<!giờ )(?<!thứ )(?<!Thứ )(?<!\w-)(?P<d>[0-3]?\d){AND}$", re.I)
_TIGHT = re.compile(r"\b(?:ng[àa]y|sáng|trưa|chiều|tối|đêm|hôm)\s+(?P<days>(?:[0-3]?\d,){1,9})$", re.I)
_ORDINAL_BEFORE = re.compile(r"\b(?:đợt|lần|mũi|giai đoạn|vòng)\s$", re.I)
_MARK = re.compile(r"\b(?:ng[àa]y|từ|các|sáng|chiều|tối|đêm|hôm|đợt|lịch|dịp)\b|\|\s*[0-3]?\d$", re.I)


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
    runs = opening_runs(value)
    found = [f for f in _explicit(value, runs) if not skipped.overlap(f.start, f.end)]
    taken = Spans([*skip, *((f.start, f.end) for f in found)])
    found += days_without_year(value, runs, YearSource(text, context, found), found, taken)
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


def _explicit(value: str, runs: Sequence[Run]) -> Iterator[DateFact]:
    last_end = -1
    for run in runs:
        if run[0] < last_end or not (match := _full_at(value, run)):
            continue
        if match.re is _SPELT and _MONTHS_OF_YEAR.match(value, match.start()):
            continue
        if match.re is WORDS and _ORDINAL.search(value, max(0, match.start() - 6), match.start()):
            continue
        year = int(match["y"]) + (2000 if len(match["y"]) == 2 else 0)
        when = day_of(year, month_of(match["m"]), int(match["d"]))
        if when and not LUNAR.match(value, match.end()):
            yield DateFact(when, False, match[0], match.start(), match.end(), _RULES[match.re])
        last_end = match.end()


def _full_at(value: str, run: Run) -> re.Match[str] | None:
    """A day with its year that begins at a run of digits, or None; the next letter tells which form."""
    start, end, ahead = run
    if end - start == 4:
        return _ISO.match(value, start)
    if ahead in "/.-":
        return FULL.match(value, start) or (
            _SHORT_YEAR.match(value, start) if _AFTER_DAY.search(value, max(0, start - 14), start) else None
        )
    if ahead == "," and (named := _MONTH_FIRST.search(value, max(0, start - 15), end + 7)):
        return named
    return WORDS.match(value, start) or _SPELT.match(value, start)


def _heads(value: str, last: DateFact) -> list[DateFact]:
    """The days before a date that have no month of their own, nearest first."""
    heads: list[DateFact] = []
    start, when = last.start, last.date
    for _ in range(12):
        if tight := _TIGHT.search(value, max(0, start - 40), start):  # "18,19,20/9/2021"
            heads += _listed(tight, when)
            break
        low = max(0, start - 40)
        match = _HEAD.search(value, low, start) if _may_join(value, start) else None
        if not match or not (_is_head(value, match, start) or _in_turn(value, match, start, when)):
            break
        joiner = value[match.end("d") : start]
        day = _before(when, int(match["d"]), bool(RANGE.search(joiner)))
        if not day:
            break
        heads.append(DateFact(day, True, match["d"], match.start("d"), match.end("d"), "list or range"))
        start, when = match.start("d"), day
    return heads


def _listed(days: re.Match[str], last: date) -> Iterator[DateFact]:
    """The days of a list without blanks, all of one month."""
    for day in re.finditer(r"\d+", days["days"]):
        when = day_of(last.year, last.month, int(day[0]))
        if when and when < last:
            at = days.start("days") + day.start()
            yield DateFact(when, True, day[0], at, at + len(day[0]), "list or range")


def _is_head(value: str, match: re.Match[str], tail: int) -> bool:
    """Whether a number before a day is a day of the same list, not the number of a row ("4 - 05/12/2021")."""
    start, end = match.span("d")
    joiner = value[end:tail].strip()
    if _ORDINAL_BEFORE.search(value, max(0, start - 12), start):
        return False  # "Đợt 1 đến hết ngày 31/8/2021"
    if joiner in ("-", "–"):
        if start == 0 or value[start - 1] == "\n":
            return False
        if tail - end == 1:  # "18-20/11"
            return True
    if joiner in (",", "và") and value[start] == "0":  # "05 và 12/12/2021"
        return True
    return bool(_MARK.search(value, max(0, start - 60), end))


def _in_turn(value: str, match: re.Match[str], tail: int, when: date) -> bool:
    """Whether a number is one of three days in turn, at least: "tại nhà thi đấu 14, 15 và 16/02/2022"."""
    if value[match.end("d") : tail].strip() not in (",", "và"):
        return False
    day, start = int(match["d"]), match.start("d")
    before = _DAY_BEFORE.search(value, max(0, start - 5), start)
    behind = _DAY_BEHIND.match(value, tail)
    in_turn = (before and int(before[1]) == day - 1) or (behind and int(behind[1]) == day + 2)
    return day == when.day - 1 and bool(in_turn)


_DAY_BEFORE, _DAY_BEHIND = (
    re.compile(r"(?<!\d)(\d{1,2})\s?,\s?$"),
    re.compile(r"\d{1,2}\s?(?:,|và)\s?(\d{1,2})/"),
)


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


_CLOCK = re.compile(r"(?<!\d)(?P<h>[0-2]?\d)[:hg](?P<m>[0-5]\d)(?::[0-5]\d)?\s*(?P<half>AM|PM|SA|CH)?", re.I)


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
