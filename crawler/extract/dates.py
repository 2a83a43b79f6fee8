"""Calendar days in Vietnamese text, and the posting stamps of portals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from crawler.model import Context, DateFact, Text

_FULL = re.compile(
    r"(?<![\d/.,-])(?P<d>[0-3]?\d)\s?(?P<s>[/.-])\s?(?P<m>[01]?\d)\s?(?P=s)\s?(?P<y>(?:19|20)\d\d)(?![\d/])"
)
_ISO = re.compile(r"(?<!\d)(?P<y>20\d\d)-(?P<m>[01]\d)-(?P<d>[0-3]\d)(?!\d)")
_WORDS = re.compile(
    r"(?<!\d)(?P<d>[0-3]?\d)\s*,?\s*th[áa]ng\s*(?P<m>[01]?\d)\s*,?\s*n[ăa]m\s*(?P<y>(?:19|20)\d\d)(?!\d)",
    re.I,
)
_WORDS_SHORT = re.compile(
    r"\bng[àa]y\s*(?P<d>[0-3]?\d)\s*tháng\s*(?P<m>[01]?\d)(?!\d)(?!\s*,?\s*năm\s*\d)", re.I
)
# A day and month without a year counts only after a word that announces a day: 24/7 and 09/10 huyện are none.
_SHORT = re.compile(
    r"\b(?:ngày|sáng|chiều|tối|trưa|đêm|hôm nay|từ|đến|hết)\s*\(?(?P<d>[0-3]?\d)\s?[/-]\s?(?P<m>[01]?\d)\)?"
    r"(?![\d/%-])(?!\s*(?:huyện|xã|tỉnh|người|phường|%))",
    re.I,
)
# The days of a list or range before its last, full date: "12, 13 và 14/5/2021", "từ ngày 01 đến 15/6/2021".
_HEADS = re.compile(
    r"(?:(?P<d>(?<!\d)[0-3]?\d)(?:\s?/\s?(?P<m>[01]?\d))?)\s*(?:,|và|-|–|đến(?: hết)?(?: ngày)?)\s*$", re.I
)
_MARK = re.compile(r"\bng[àa]y\b|\btừ\b|\bcác\b", re.I)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:  # 16/72/2020 stood in a budget notice: no date
        return None


def find_dates(text: Text, context: Context, skip: Sequence[tuple[int, int]] = ()) -> tuple[DateFact, ...]:
    """Every distinct day of a text, in order of place; an explicit date wins over an inferred one.

    `skip` are the spans of document numbers, phones and links. A day and month without a year take the
    year of the nearest full date before (else after) them, else of the posting or fetch day.
    """
    value = text.value
    found: list[DateFact] = []
    for pattern, rule in ((_FULL, "d/m/y"), (_WORDS, "d tháng m năm y"), (_ISO, "iso")):
        for match in pattern.finditer(value):
            when = _day(int(match["y"]), int(match["m"]), int(match["d"]))
            if when and not _inside(match.start(), match.end(), skip):
                found.append(DateFact(when, False, match[0], match.start(), match.end(), rule))
                found += _heads(value, match.start(), when)
    full = sorted((f for f in found if not f.inferred), key=lambda f: f.start)
    taken = [(f.start, f.end) for f in found]
    for pattern, rule in ((_SHORT, "d/m"), (_WORDS_SHORT, "d tháng m")):
        for match in pattern.finditer(value):
            start, end = match.start("d"), match.end("m")
            year = _year_near(full, start, context)
            when = _day(year, int(match["m"]), int(match["d"])) if year else None
            if when and not _inside(start, end, skip) and not _inside(start, end, taken):
                found.append(DateFact(when, True, value[start:end], start, end, rule))
    return _distinct(found)


def _heads(value: str, start: int, last: date) -> list[DateFact]:
    heads: list[DateFact] = []
    for _ in range(6):
        window = value[max(0, start - 24) : start]
        match = _HEADS.search(window)
        if not match or not (match["m"] or _MARK.search(value[max(0, start - 60) : start])):
            break
        at = start - len(window) + match.start("d")
        end = start - len(window) + (match.end("m") if match["m"] else match.end("d"))
        month = int(match["m"]) if match["m"] else last.month
        when = _day(last.year, month, int(match["d"]))
        if not when or when >= last:
            break
        heads.append(DateFact(when, True, value[at:end], at, end, "list or range"))
        start = at
    return heads


def _year_near(full: list[DateFact], position: int, context: Context) -> int | None:
    before = [f for f in full if f.start < position]
    if near := (before[-1] if before else full[0] if full else None):
        return near.date.year
    day = context.published or context.fetched
    return day.year if day else None


def _inside(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(s < end and start < e for s, e in spans)


def _distinct(found: list[DateFact]) -> tuple[DateFact, ...]:
    best: dict[date, DateFact] = {}
    for fact in sorted(found, key=lambda f: (f.inferred, f.start)):
        best.setdefault(fact.date, fact)
    return tuple(sorted(best.values(), key=lambda f: f.start))


_CLOCK = re.compile(r"(?<!\d)(?P<h>[0-2]?\d):(?P<m>[0-5]\d)(?::[0-5]\d)?\s*(?P<half>AM|PM|SA|CH)?", re.I)


def parse_stamp(raw: str) -> tuple[date | None, str | None]:
    """Day and `HH:MM` of a posting stamp ("Ngày đăng 09/09/2020 | 05:07 PM"), each None when absent.

    "12:00 AM" means a date only (migrated posts of sotttt.hanoi.gov.vn). What the patterns miss goes to
    dateparser, strictly: an ambiguous or impossible date is none.
    """
    when: date | None = None
    for pattern in (_FULL, _ISO, _WORDS):
        if match := pattern.search(raw):
            when = _day(int(match["y"]), int(match["m"]), int(match["d"]))
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
