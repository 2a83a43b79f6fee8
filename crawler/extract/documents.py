"""Documents that a text names: type, signing date, issuer and role of each number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import pairwise

from crawler.extract.day_month import NAMED_DAY
from crawler.extract.lists import row_end, rows_of_list
from crawler.extract.normalise import CAPITALS
from crawler.extract.numbers import NOUNS, TYPES, NumberHit
from crawler.extract.reported import is_next_act, tops
from crawler.extract.roles import subjects
from crawler.extract.scan import after_last, last_match, starting_in
from crawler.issuers import issuer_of
from crawler.model import Citation, Context, DateFact, Text
from crawler.provinces import province_of_issuer

#: What a text calls a document, where that is not the kind's own name.
_SYNONYMS = {
    "cv": "công văn", "văn bản": "công văn", "công văn khẩn": "công văn", "công văn hỏa tốc": "công văn",
    "công văn hướng dẫn": "công văn",
    "tờ công văn": "công văn", "công văn điện": "công điện", "công điện khẩn": "công điện",
    "thông báo khẩn": "thông báo", "thông cáo báo chí": "thông cáo",
}  # fmt: skip
#: Codes as they are typed without marks: "Nghi dinh 117/2020/ND-CP".
_WITHOUT_MARKS = {"ND": "Nghị định", "QD": "Quyết định"}
# "tiếp theo Công văn số 4239/UBND-KGVX cùng ngày của UBND tỉnh": the day named before.
_SAME_DAY = re.compile(
    r"\s*,?\s*(?:(?:do|mà|được)\s[^.;,\n\d]{2,60}?\s(?=ban hành|ký|gửi|ra|phát))?"
    r"(?:(?:ký |ra )?ban hành\s|ký\s|gửi\s|ra\s|phát hành\s)?cùng ngày(?!\s*\d)",
    re.I,
)
_TODAY = re.compile(r"(?<!đến )(?<!tới )\b(?:hôm|sáng|trưa|chiều|tối)\s+nay\b", re.I)
_NEXT = re.compile(r"\s*(?:,|và)\s*(?:số\s*)?", re.I)
_NEXT_NOUN = re.compile(rf"\s*(?:,|và)\s*(?:{NOUNS})\s*(?:số\s*:?\s*)?", re.I)
_SERIAL_END = re.compile(r"[/-]")
_NEXT_DAY = re.compile(r"\s*(?:,|và)\s*(?:ng[àa]y\s*)?")
_LETTERHEAD = re.compile(r"(?:^|\n)\s*số(?:(?:,? ?/?) ?(?:ký|kí)? ?hiệu| văn bản)?\s*:?\s*$", re.I)
#: How far before a number its sentence is looked at.
SENTENCE = 260
_CLAUSE_ENDS = (";", "\n", ". ")
_AFTER = re.compile(
    r"\s*[,(|–-]?\s*(?:cùng\s*|lúc\s*|hồi\s*|hôm\s*|ký\s*){0,2}(?:\d{1,2}\s*(?:giờ|h"
    r"|g)\s*(?:\d\d)?(?:\s*phút)?,?\s*)?"
    r"(?:trong\s+(?:hai|ba|bốn|[2-4])\s+)?(?:các\s*)?(?:ký\s*)?(?:ng[àa]y(?:\s+ký|\s+ban hành)?\s*:?\s*)?",
    re.I,
)
# What a bracket tells is not the signing: "212/TB-BCĐ (kết luận cuộc họp ngày 15/11)".
_LATER = re.compile(
    r"(?:[^.;\n\d(]|(?<=TP)\.|(?<=thứ )\d{1,2}\b){0,80}?(?:\(|\b)ng[àa]y(?:\s+ký)?\s*"
    r"|\s*(?:của\s[^.;\n\d(]{0,60})?\((?:[^()\d;\n]{2,60}(?:,|\s(?:ký|ban hành))\s|ký\s)?"
    r"(?:(?:sáng|trưa|chiều|tối)\s+)?",
    re.I,
)
# "… đã được Thủ tướng Chính phủ ký ban hành ngày 20/9", "của Bộ trưởng Bộ Y tế ban hành 08/11/2021",
# "… được Quốc hội khóa XIII, kỳ họp thứ 11 thông qua ngày 05/4/2016".
_SIGNED = re.compile(
    r"(?:[^.;\n\d(]|(?<=thứ )\d{1,2}\b){0,160}?"
    r"\b(?:ký|ban hành|thông qua|phê duyệt|phát hành|phát đi|công bố|cấp)(?:\s+ban hành)?\s+(?:vào\s+)?"
    r"(?:(?:lúc|hồi)\s+\d{1,2}\s*(?:giờ|h)(?:\s*\d{1,2}(?:\s*phút)?)?,?\s+)?"
    r"(?:từ\s+(?=ng[àa]y))?(?:hôm (?:(?:qua|nay),?\s+)?)?"
    r"(?:(?:sáng|trưa|chiều|tối|đêm)\s+(?:nay\s+)?)?(?:ng[àa]y\s+)?",
    re.I,
)
# "UBND thành phố phát đi Công văn số 712/UBND-VX vào tối 28/01/2021"
_ON = re.compile(r"\s+vào\s+(?:(?:sáng|trưa|chiều|tối|đêm)\s+)?(?:ng[àa]y\s+)?", re.I)
# "Công văn số 373/UBND-VX mà UBND tỉnh gửi ngành du lịch hôm 19/3/2020"
_SENT = re.compile(
    r"\s+(?:mà|do)\s[^.;\n\d(]{2,80}\b(?:gửi|ban hành|ký|ra)\b(?:[^.;\n\d(]|\d{1,3}(?=\s[^\W\d])){0,60}?"
    r"\s(?:hôm|ngày|vào)\s+",
    re.I,
)
# "Lúc 21 giờ ngày 14/10, Chủ tịch … ký Quyết định số …": an hour that opens the sentence is no deadline.
_AT_HOUR = re.compile(
    r"\W*(?:vào )?(?:lúc|hồi)\s+\d{1,2}\s*(?:giờ|h|g)(?:\s*\d{1,2}(?:\s*phút)?)?\s*,?\s*(?:ngày)?\s*", re.I
)
# "Đến ngày 05/2, Sở tiếp tục có Văn bản số …": told in order of time.
_BY_THEN = re.compile(r"\W*đến\s+(?:ngày\s+)?", re.I)
# "…; liền sau đó, ngày 18/7/2021 Chủ tịch UBND tỉnh ký Chỉ thị số …"
_THEN = re.compile(r"\b(?:sau|trước) đó,?\s+(?:vào\s+)?(?:ngày\s+)?$", re.I)
# "… được UBND tỉnh điều chỉnh ngày 14/01/2022 tại Quyết định số 87/QĐ-UBND"
_ACTED_ON = re.compile(
    r"(?:phê duyệt|điều chỉnh|ban hành|công bố|sửa đổi|bổ sung|thông qua|quy định|kiện toàn)"
    r"\s(?:hôm|ngày)\s$",
    re.I,
)
_BRACKET = re.compile(r"\([^()]{0,80}\)")
# "yêu cầu từ ngày 5/6" dates the order's effect, not its signing.
_EFFECT = re.compile(
    r"\b(?:từ|đến|(?<!sắp )tới|trước|sau|kể|hết|vào(?! đó\b)|tính|hiệu lực|áp dụng|thi hành|yêu cầu|hạn|lúc"
    r"|giờ|trong(?!\s+(?:ngày|đêm|sáng|chiều|tối))|dự kiến|họp(?! thứ)|diễn ra|khai mạc)\b",
    re.I,
)
# "giãn cách kể từ 21 giờ 00 phút, ngày 09/5/2021 … (Quyết định số 802/QĐ-UBND)"
_FROM_HOUR = re.compile(
    r"\b(?:từ|đến|tới|trước|sau|hết)\s(?:[^\W\d]+\s){0,2}\d{1,2}\s?(?:giờ|h|g)(?:\s?\d{1,2}(?:\s?phút)?)?"
    r",?\s*(?:ngày\s*)?$",
    re.I,
)
_ISSUE = re.compile(
    r"ban hành|trả lời bằng|\bcó\b|\bký\b|gửi|\bra\b|công bố|phát hành|\bphát\b|thông qua|phê duyệt"
    r"|nhận được",
    re.I,
)
_CITING = re.compile(
    r"thực hiện|thi hành|căn cứ|\btheo\b|triển khai|chấp hành|thay thế|sửa đổi|bổ sung|sau khi|nhận được",
    re.I,
)
# "Sáng 29/6/2021, …, Nghị quyết số 03/NQ-HĐND được thông qua"
_NONE = re.compile(r"\b(?:không|chưa)\s$", re.I)
_PASSED = re.compile(
    r"[^.;,\n\d]{0,30}?\b(?:đã |vừa )?được\s[^.;,\n\d]{0,30}?(?:thông qua|ban hành|ký|công bố)\b", re.I
)
# "… Quyết định số 4800/QĐ-BYT, ngày 11/10/2021 Sở Y tế ban hành Hướng dẫn số …": the day of what follows
_NEXT_CLAUSE = re.compile(
    rf"\s+[{CAPITALS}][^.;,\n]{{2,80}}?\s(?:ban hành|có|ký|gửi|ra|phát hành|yêu cầu|đề nghị|thông báo)\b"
)
# … and behind what the first is about, where the clause names its own act.
_OPENS_CLAUSE = re.compile(r",\s*(?:ng[àa]y\s*)?$", re.I)
_NEXT_ACT = re.compile(rf"\s+[{CAPITALS}][^.;,\n]{{2,80}}?\s(?:ban hành|ký|ra)\s(?:[^\W\d]+\s){{1,4}}số\b")
_SENT_TODAY = re.compile(
    r"[^.;,\n]{0,90}\b(?:gửi|ban hành|ký|phát hành)\b[^.;\n]{0,60}\b(?:hôm|sáng|trưa|chiều|tối)\s+nay\b",
    re.I,
)
_ISSUED_ON = re.compile(
    r"(?:ban hành|\bký|công bố|phát hành|thông qua)\s(?:hôm|ngày|sáng|chiều|tối)?\s*$", re.I
)
# "Chiều 7/5, sau khi có Văn bản số 233/UBND-VP6, Sở Du lịch gửi … Văn bản số 316/SDL-QLDL"
_OWN_ACT = re.compile(
    rf"[^.;\n,]{{0,80}},\s*[{CAPITALS}][^.;\n]{{0,80}}?"
    r"\b(?:ban hành|có|ký|gửi|ra|phát hành)\b[^.;\n]{0,50}$"
)
#: What stands before the number of a row that is a document itself: "• 1744/QĐ-UBND - … (12/07/2021)".
# "công văn 4303/UBND-KGVX của UBND tỉnh và quyết định số 1672/QĐ-UBND của thành phố, cùng ra ngày 30-7-2020"
_AND_ACT = re.compile(r"[^.;\n\d]{0,40}\svà\s[^.;\n\d]{0,20}")
_BOTH = re.compile(
    r"[^.;\n\d]{0,60}?,?\s(?:cùng|đều)\s(?:được\s)?(?:ra|ký|ban hành|đề|phát hành)\s(?:ng[àa]y|hôm)\s", re.I
)
_BULLET = re.compile(r"\s*[•*+–»►-]\s*")
# The place and day of a letterhead stand under its number: "Bình Định, ngày 23 tháng 7 năm 2021".
_PLACE = re.compile(
    r"\n(?:[^\n,\d]{2,40},\s*(?:\d{1,2}\s*(?:giờ|h)\s*\d{0,2}(?:\s*phút)?,?\s*)?ngày"
    r"|ngày (?:ban hành|ký|vb)\s*:?)\s*$",
    re.I,
)
_JOINER = re.compile(
    r"[\s,]*(?:và|cùng|kèm|,)?\s*(?:các\s+)?(?:(?!về\s)[^\W\d]+\s+){0,5}(?:số\s*:?\s*)?", re.I
)


def cite(
    text: Text, context: Context, hits: Sequence[NumberHit], days: Sequence[DateFact]
) -> tuple[Citation, ...]:
    """One citation per distinct document, in order of place.

    `hits` are the numbers of `find_numbers`, `days` the mentions of `date_mentions`. A bare number is joined
    to its full form where the text has it. The first place of a document is its evidence; its date comes
    from any place that gives one.
    """
    keys, distinct = distinct_documents(text, context, hits, days)
    about = subjects(text, hits, keys, distinct, context.published, latest_day(days, distinct.values()))
    return tuple(replace(c, role="subject") if key in about else c for key, c in distinct.items())


def distinct_documents(
    text: Text, context: Context, hits: Sequence[NumberHit], days: Sequence[DateFact]
) -> tuple[list[str], dict[str, Citation]]:
    """The key of each hit's document, and the distinct documents by key, their roles not yet told."""
    dates = _signing_dates(text, hits, days, context.published)
    by_key: dict[str, Citation] = {}
    keys: list[str] = []
    for hit, when in zip(hits, dates, strict=True):
        found = _citation(hit, when, text, context)
        key = _key(found, hit)
        keys.append(key)
        old = by_key.get(key)
        if old is None:
            by_key[key] = found
        elif (found.date and not old.date) or (found.type and not old.type):
            by_key[key] = replace(old, date=old.date or found.date, type=old.type or found.type)
        if old and old.number != found.number and _is_regular(found.number) > _is_regular(old.number):
            by_key[key] = replace(found, date=by_key[key].date, type=by_key[key].type)
    full = _full_numbers(by_key.values())
    serials = {serial for serial, _ in full}
    odd = _jumbled(by_key)
    return keys, {key: c for key, c in by_key.items() if key not in odd and not _has_full(c, full, serials)}


def latest_day(days: Sequence[DateFact], citations: Iterable[Citation]) -> date | None:
    """The latest full date of a text that is no signing day: some day near that of the page."""
    signed = {c.date for c in citations}
    return max((d.date for d in days if not d.inferred and d.date not in signed), default=None)


def _key(citation: Citation, hit: NumberHit) -> str:
    # A misprint of one place and the right form of another differ in case and zeros, in what parts them
    # (`60/NQ-TW`) and in marks (`QĐ-ƯBND`) only.
    return _plain(citation.number) if hit.symbol else f"{citation.type} {hit.serial.lstrip('0')}"


_SAME = str.maketrans("-ƯÔƠÂÊĂÁÀÉ", "/UOOAEAAAE")


def _plain(number: str) -> str:
    return number.upper().translate(_SAME).lstrip("0")


def _is_regular(number: str) -> bool:
    """Whether a number is written as its kind demands: the Party's with a dash, others' with a slash."""
    party = number.endswith(("/TU", "/TW"))
    return _REGULAR[party].fullmatch(number) is not None


_REGULAR = {
    True: re.compile(r"\d+[a-z]?-[A-ZĐ][A-Za-zĐ]{1,4}/T[UW]"),
    False: re.compile(r"\d+[a-z]?/(?:\d{4}/)?(?!.*-T[UW]$)[A-ZĐa-z\d&-]+(?:/[^/]+)?"),
}


def _full_numbers(citations: Iterable[Citation]) -> set[tuple[str, str | None]]:
    """Serial and type of every number that has its symbol."""
    return {
        (_SERIAL_END.split(c.number, 1)[0].lstrip("0"), c.type) for c in citations if not c.number.isdigit()
    }


def _jumbled(by_key: Mapping[str, Citation]) -> set[str]:
    """The keys of misprints of others of the same serial and kind ("Chỉ thị 15/TTg-CP" beside 15/CT-TTg)."""
    parts = {key: c.number.replace("-", "/").split("/") for key, c in by_key.items()}
    coded: dict[tuple[str, str | None], list[str]] = {}
    odd = []
    for key, c in by_key.items():
        if len(parts[key]) > 1 and parts[key][1] in TYPES:
            coded.setdefault((parts[key][0], c.type), []).append(key)
        elif len(parts[key]) > 1 and parts[key][1].isalpha() and c.type != "Công văn":
            odd.append(key)
    return {
        key
        for key in odd
        for right in coded.get((parts[key][0], by_key[key].type), ())[:_ALIKE]
        if set(parts[key]) & set(parts[right][2:]) and by_key[key].date in (None, by_key[right].date)
    }


#: Numbers of one serial and kind that are compared.
_ALIKE = 5


def _has_full(bare: Citation, full: set[tuple[str, str | None]], serials: set[str]) -> bool:
    serial = bare.number.lstrip("0")
    return bare.number.isdigit() and (
        (serial, bare.type) in full or (bare.type == "Công văn" and serial in serials)
    )


def _citation(hit: NumberHit, when: date | None, text: Text, context: Context) -> Citation:
    issuer = issuer_of(hit.symbol, context.province) if hit.symbol else ""
    if ":" in issuer and (other := province_of_issuer(text.value, hit.noun_at, hit.end)):
        issuer = issuer_of(hit.symbol, other.name)  # design rule 4: unless the text names another
    rule = "number and symbol" if hit.symbol else "bare number after its noun"
    mention = text.value[hit.start : hit.end]
    return Citation(
        hit.number, type_of(hit.symbol, hit.noun), when, "cited", issuer, mention, hit.start, hit.end, rule
    )


@lru_cache(maxsize=4096)
def type_of(symbol: str, called: str | None) -> str | None:
    """The kind of a document: its symbol's code, else what the text calls it, else Công văn for a symbol."""
    noun = (called or "").lower()
    noun = _SYNONYMS.get(noun, noun)
    first = _SERIAL_END.split(symbol, 1)[0]
    if symbol.endswith(("TU", "TW")) and noun:
        return noun.capitalize()
    if re.match(r"QH\d", symbol):
        return noun.capitalize() if noun in ("nghị quyết", "bộ luật") else "Luật"
    if first in TYPES and noun != "chứng thư":
        return TYPES[first]
    return noun.capitalize() or _WITHOUT_MARKS.get(first) or ("Công văn" if symbol else None)


def _signing_dates(
    text: Text, hits: Sequence[NumberHit], days: Sequence[DateFact], posted: date | None
) -> list[date | None]:
    value = text.value
    after = [_days_after(value, hit, hits, days) for hit in hits]
    after = [
        [] if run and _is_posting(text, hit, run[0]) else run for hit, run in zip(hits, after, strict=True)
    ]
    used = {d.start for run in after for d in run}
    found: list[date | None] = []
    for hit, run in zip(hits, after, strict=True):
        if run:
            found.append((run[hit.index] if len(run) == hit.count else run[0]).date)
        else:
            low = max(0, hit.noun_at - SENTENCE)
            near = [d for d in starting_in(days, low, hit.noun_at) if d.start not in used]
            found.append(_date_before(value, hit, hits, near))
    _share_days(value, hits, after, found)
    _share_day_of_verb(value, hits, after, found)
    _share_same_day(value, hits, found)
    rows, last = set(rows_of_list(value, hits)), None
    for index, hit in enumerate(hits):
        if not found[index] and (hit in rows or _is_row(value, hit)):
            found[index] = _day_of_row(value, hit, days)
        if not found[index] and _SAME_DAY.match(value, hit.end):
            earlier = starting_in(days, max(0, hit.start - SENTENCE), hit.start)
            found[index] = earlier[-1].date if earlier else last
        if not found[index] and posted and _issued_today(value, hit):
            found[index] = posted
        last = found[index] or last
    return found


def _is_posting(text: Text, hit: NumberHit, day: DateFact) -> bool:
    """Whether a day in brackets ends the line of another post: "- Triển khai Nghị quyết 128 (15-10-2021)"."""
    in_brackets = (
        not (_is_row(text.value, hit) and hit.noun_at == hit.start)
        and text.value.startswith("(", day.start - 1)
        and text.value.startswith((")\n", ") \n"), day.end)
    )
    return in_brackets and text.zone_at(hit.start) == "chrome"


def _is_row(value: str, hit: NumberHit) -> bool:
    """Whether a number opens its line behind a bullet."""
    return bool(_BULLET.fullmatch(value, value.rfind("\n", 0, hit.noun_at) + 1, hit.noun_at))


def _share_days(
    value: str, hits: Sequence[NumberHit], after: Sequence[Sequence[DateFact]], dates: list[date | None]
) -> None:
    """Give "các công văn 1515/UBND-KT, 1608/UBND-KT ngày 22/11 và 10/12/2021" their days in order."""
    for last, run in enumerate(after):
        first = last - len(run) + 1
        if len(run) < 2 or first < 0 or any(after[first:last]) or any(dates[first:last]):
            continue
        gaps = (value[hits[n].end : hits[n + 1].start] for n in range(first, last))
        if all(_NEXT.fullmatch(gap) or _NEXT_NOUN.fullmatch(gap) for gap in gaps):
            dates[first : last + 1] = [day.date for day in run]


def _share_day_of_verb(
    value: str, hits: Sequence[NumberHit], after: Sequence[Sequence[DateFact]], dates: list[date | None]
) -> None:
    """Give "Ngày 15/6, Sở ban hành Quyết định số 1/QĐ-SYT về …; Quyết định số 2/QĐ-SYT" their common day."""
    for index, (before, hit) in enumerate(pairwise(hits), 1):
        by_verb = dates[index - 1] and not after[index - 1]
        if not dates[index] and by_verb and is_next_act(value, before, hit):
            dates[index] = dates[index - 1]


def _day_of_row(value: str, hit: NumberHit, days: Sequence[DateFact]) -> date | None:
    """The day in which the row of a list ends; days before it are its summary's."""
    end = row_end(value, hit)
    on_line = [day for day in starting_in(days, hit.end, end) if not day.inferred]
    return on_line[-1].date if on_line and not value[on_line[-1].end : end].strip(" |\t)") else None


def _issued_today(value: str, hit: NumberHit) -> bool:
    """Whether the clause says "hôm nay Sở ra Văn bản số …": the posting day."""
    clause = _clause_before(value, hit, 120)
    if _SENT_TODAY.match(value, hit.end):
        return True
    today = _TODAY.search(clause)
    verb = last_match(_ISSUE, clause, today.end()) if today else None
    has = verb and verb[0].lower() == "có" and clause[verb.end() :].strip()  # "cho tới khi có lệnh mới"
    return bool(today and verb and not has and not _CITING.search(clause, today.end()))


def _share_same_day(value: str, hits: Sequence[NumberHit], dates: list[date | None]) -> None:
    """Give "các Văn bản số 4467/UBND-VX3, số 4481/UBND-VX3 cùng ngày 01/7/2021" their common day."""
    for index in range(len(hits) - 2, -1, -1):
        hit, following = hits[index], hits[index + 1]
        if dates[index] or not dates[index + 1] or following.start - hit.end > 60:
            continue
        joined = _JOINER.fullmatch(value, hit.end, max(hit.end, following.start))
        gap = value[hit.end : max(hit.end, following.start)]
        # "1411/CĐ-TTg, 1412/CĐ-TTg ngày 18-10-2020": two numbers under one noun.
        under_one = (
            hit.symbol and following.noun_at in (hit.noun_at, following.start) and _NEXT.fullmatch(gap)
        )
        same_day = joined and (under_one or value.startswith(" cùng ngày", following.end))
        if same_day or (_AND_ACT.fullmatch(gap) and _BOTH.match(value, following.end)):
            dates[index] = dates[index + 1]


def _days_after(
    value: str, hit: NumberHit, hits: Sequence[NumberHit], days: Sequence[DateFact]
) -> list[DateFact]:
    """The days that follow a number, or the last of the numbers under its noun (`ngày 06,09/7/2021`)."""
    listed = starting_in(hits, hit.start, hit.end + 60) if hit.count > 1 else ()
    last = max((h.end for h in listed if h.noun_at == hit.noun_at), default=hit.end)
    following = starting_in(days, last, last + 221)
    if _opens_with_number(value, hit):
        placed = [i for i, d in enumerate(following) if _PLACE.search(value, last, d.start)]
        following = following[placed[0] :] if placed else _day_at_end(value, days) or following
        if above := _day_above(value, hit, days):
            return [above]
    elif not following or starting_in(hits, last, following[0].start):
        return []
    if not following:
        return []
    gap = _BRACKET.sub("", value[last : following[0].start])
    if not (
        _AFTER.fullmatch(gap)
        or (_opens_with_number(value, hit) and _PLACE.search(gap))
        or _SIGNED.fullmatch(gap)
        or _SENT.fullmatch(gap)
        or (_LATER.fullmatch(gap) and not _EFFECT.search(gap))
        or (_ON.fullmatch(gap) and _is_issued(value, hit))
    ):
        return []
    if _is_of_next(value, gap, following[0]):
        return []
    run = list(following[:1])
    for day in following[1:]:
        if not _NEXT_DAY.fullmatch(value, run[-1].end, day.start) or _NEXT_CLAUSE.match(value, day.end):
            break  # "Tờ trình số 98/TTr-SYT ngày 26/7/2021, ngày 30/7/2021 UBND tỉnh ban hành …"
        run.append(day)
    return run


def _is_of_next(value: str, gap: str, day: DateFact) -> bool:
    """Whether a day opens the clause that follows a number: it dates what that clause issues."""
    if gap.startswith(","):
        return _NEXT_CLAUSE.match(value, day.end) is not None
    return _OPENS_CLAUSE.search(gap) is not None and _NEXT_ACT.match(value, day.end) is not None


def _day_above(value: str, hit: NumberHit, days: Sequence[DateFact]) -> DateFact | None:
    """The place and day right above the number: the Party's letterhead has them in its right column."""
    earlier = starting_in(days, max(0, hit.start - 60), hit.start)
    if not earlier or not _LETTERHEAD.search(value, max(0, hit.start - 20), hit.start):
        return None
    day = earlier[-1]
    begins = _PLACE.search("\n" + value[max(0, day.start - 60) : day.start])
    return day if begins and not value[day.end : hit.noun_at].strip(" \n").lower().strip("số: ") else None


def _day_at_end(value: str, days: Sequence[DateFact]) -> Sequence[DateFact]:
    """The place and day that end an act printed whole: "Điện Bàn, 20h30 ngày 10/5/2021"."""
    last = days[-1:] if days and days[-1].end >= len(value) - 2 else ()
    return [day for day in last if _PLACE.search(value, max(0, day.start - 60), day.start)]


def _is_issued(value: str, hit: NumberHit) -> bool:
    """Whether a verb before a number says that it is issued here, not obeyed."""
    clause = _clause_before(value, hit, 80)
    verb = last_match(_ISSUE, clause)
    return verb is not None and not _CITING.search(clause, verb.end())


def _clause_before(value: str, hit: NumberHit, reach: int) -> str:
    """What the clause says before a number's noun, of at most `reach` characters."""
    return after_last(value[max(0, hit.noun_at - reach) : hit.noun_at], _CLAUSE_ENDS)


def _in_bracket(before: str) -> bool:
    """Whether a day stands in a bracket with other words; "hôm qua (17-2)" only gives the day."""
    opened = before.rfind("(")
    return opened > before.rfind(")") and before[opened + 1 :].strip().lower() not in ("", "ngày")


def _opens_with_number(value: str, hit: NumberHit) -> bool:
    """Whether its line is the number's: "Số: 855/BCĐ-TBTTTT", or a heading such as "THÔNG BÁO KHẨN SỐ 28"."""
    heading = tops(value, hit) and value[hit.noun_at : hit.end].isupper()
    return heading or bool(_LETTERHEAD.search(value[max(0, hit.start - 20) : hit.start]))


def _date_before(
    value: str, hit: NumberHit, hits: Sequence[NumberHit], days: Sequence[DateFact]
) -> date | None:
    """The date of "Ngày 30/8/2021, X đã ban hành công văn số …": one day before, in the same sentence."""
    low = max(0, hit.noun_at - SENTENCE)
    # Liferay of sotttt.hanoi.gov.vn prints "Sở TTamp;TT" for "Sở TT&TT": that semicolon ends nothing.
    lead = value[low : hit.noun_at].replace("amp;", "amp,")
    sentence = hit.noun_at - len(after_last(lead, _CLAUSE_ENDS))
    before = [
        d
        for d in days
        if sentence <= d.start and d.end <= hit.noun_at and not _in_bracket(value[sentence : d.start])
    ]
    if not before:
        return None
    opening = value[sentence : before[-1].start]
    between = value[before[-1].end : hit.noun_at]
    if between.strip(" ,").lower() in ("tại", "tại các", "bằng", "qua") and _ACTED_ON.search(opening[-30:]):
        return before[-1].date
    opens = _AT_HOUR.fullmatch(opening) or (_BY_THEN.fullmatch(opening) and between.startswith(","))
    opens = opens or _THEN.search(opening)
    if _FROM_HOUR.search(opening[-48:]):
        return None
    if (not opens and _EFFECT.search(opening[-14:])) or NAMED_DAY.search(opening[-60:]):
        return None
    verb = last_match(_ISSUE, between)
    if verb is None and _PASSED.match(value, hit.end) and not _CITING.search(between):
        return before[-1].date
    if verb is None and _ISSUED_ON.search(value, sentence, before[-1].start) and "kèm" in between:
        return before[-1].date  # "Bảng xếp loại công bố hôm 1/12, kèm Quyết định số …"
    # "qua 10 ngày không có ca nào, huyện được hạ từ Chỉ thị số 16/CT-TTg …": nobody has an act here.
    if verb and verb[0].lower() == "có" and _NONE.search(between, 0, verb.start()):
        verb = None
    if verb is None or _CITING.search(between, verb.end()) or _CITING.search(between[-40:]):
        return None
    others = [h for h in starting_in(hits, before[-1].end, hit.start) if h.noun_at != hit.noun_at]
    between = value[others[-1].end : hit.noun_at] if others else ""
    if others and not _JOINER.fullmatch(_BRACKET.sub("", between)) and not _OWN_ACT.match(between):
        return None
    return before[-1].date
