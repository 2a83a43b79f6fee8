"""Numbers of official documents, with type, date, role and issuer (Decree 30/2020/NĐ-CP's notation)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from crawler.extract.dates import FULL as _FULL
from crawler.extract.dates import WORDS as _WORDS
from crawler.extract.dates import day_of as _day
from crawler.issuers import issuer_of
from crawler.model import Citation, Context, Text

_UPPER = "A-ZĐƯÔƠÂÊĂÁÀÉ"
#: The type codes of Decree 30/2020/NĐ-CP, annex III, with those of the Party and of the Assembly.
TYPES = {
    "NQ": "Nghị quyết", "QĐ": "Quyết định", "CT": "Chỉ thị", "QC": "Quy chế", "QYĐ": "Quy định",
    "TC": "Thông cáo", "TB": "Thông báo", "HD": "Hướng dẫn", "CTr": "Chương trình", "KH": "Kế hoạch",
    "PA": "Phương án", "ĐA": "Đề án", "DA": "Dự án", "BC": "Báo cáo", "BB": "Biên bản", "TTr": "Tờ trình",
    "HĐ": "Hợp đồng", "CĐ": "Công điện", "NĐ": "Nghị định", "TT": "Thông tư", "TTLT": "Thông tư liên tịch",
    "KL": "Kết luận", "GP": "Giấy phép", "PL": "Pháp lệnh", "CV": "Công văn", "GM": "Giấy mời", "TCBC": "Thông cáo",
}  # fmt: skip
NOUNS = (
    "Công văn khẩn|Công văn điện|Công văn|Công điện|Chỉ thị|Nghị quyết|Nghị định|Quyết định|Thông báo khẩn"
    "|Thông báo|Kế hoạch|Hướng dẫn|Thông tư liên tịch|Thông tư|Tờ trình|Báo cáo|Luật|Kết luận|Văn bản|Quy định"
    "|Quy chế|Chương trình|Phương án|Đề án|Giấy phép|Giấy mời|Pháp lệnh|Thư|CV|Thông cáo báo chí|Thông cáo"
)
_NOUN = re.compile(rf"(?:{NOUNS})(?=[^\w]|$)", re.I)
_SYMBOL = rf"[{_UPPER}][{_UPPER}a-z\d&.]{{0,20}}(?:\s?[-–]\s?[{_UPPER}][{_UPPER}a-z\d&.]{{0,20}}){{0,4}}"
_NUMBER = re.compile(
    rf"(?<![\w/.-])(?P<serial>\d{{1,6}}[a-zA-Z]?)\s?(?:/\s?(?P<year>(?:19|20)\d\d)\s?/?\s?|(?P<sep>[/]|[-–](?=\s?[A-ZĐ]{{2,4}}[a-z]?/))\s?)"
    rf"(?P<symbol>{_SYMBOL}(?:\s?/\s?{_SYMBOL})?)"
)
_BARE = re.compile(
    r"\b(?P<noun>Chỉ thị|Nghị quyết|Công điện|Thông báo|Thông báo khẩn|Quyết định|Nghị định|Kế hoạch|Công văn|Văn bản"
    r"|Kết luận|Hướng dẫn)\s+(?:khẩn\s+)?(?:số\s*:?\s*)?(?P<serial>\d{1,5})\+?(?![\d/.%:-])(?!\s?/)"
    r"(?!\s*(?:năm|tháng|ngày|của\s+\d|người|trường hợp|điểm|nội dung))",
    re.I,
)
_GLUED = re.compile(r"(?<=[A-ZĐƯ\d])(?:v/v|V/v|ngày|về|của).*$")
_LIST = re.compile(r"(?P<list>(?:\d{1,5}\s*(?:,|và)\s*){1,6})$")
_DAYS = re.compile(r"\s*(?:,?\s*ng[àa]y\s*)(?P<list>(?:[0-3]?\d\s*(?:,|và)\s*)*)", re.I)
_CITES = re.compile(
    r"(?:thực hiện|căn cứ|theo(?: tinh thần)?|tại|triển khai|chấp hành|tiếp theo|quy định|kèm theo|của)\b[^.;\n]{0,90}$",
    re.I,
)
_ISSUES = re.compile(r"(?:ban hành|có|ký|gửi|phát đi|ra|công bố)\s+(?:các\s+|những\s+)?[^.;,\n]{0,40}$", re.I)
_OLD = re.compile(
    r"thực hiện|căn cứ|theo\b|tại\b|triển khai|thay thế|sửa đổi|bổ sung|chấp hành|tinh thần", re.I
)


@dataclass(frozen=True, slots=True)
class _Hit:
    number: str
    symbol: str
    serial: str
    start: int
    end: int
    noun: str | None
    noun_at: int
    date: date | None


def find_documents(text: Text, context: Context) -> tuple[Citation, ...]:
    """One citation per distinct document that the text names by number.

    A bare number ("Chỉ thị 16") is joined to its full form when the text has it. The first place of a
    document is its evidence; its date comes from any place that gives one.
    """
    value = text.value
    by_key: dict[str, Citation] = {}
    for hit in sorted(_hits(value), key=lambda h: h.start):
        key = hit.number.upper().lstrip("0") if hit.symbol else f"{_type(hit)} {hit.serial}"
        found = _citation(hit, text, context)
        old = by_key.get(key)
        by_key[key] = found if old is None else _join(old, found)
    return tuple(c for key, c in by_key.items() if not _has_full(c, by_key.values()))


def _join(old: Citation, new: Citation) -> Citation:
    role = "subject" if "subject" in (old.role, new.role) else "cited"
    return replace(old, date=old.date or new.date, role=role, type=old.type or new.type)


def _has_full(bare: Citation, all_of_them: object) -> bool:
    if not bare.number.isdigit():
        return False
    number = bare.number.lstrip("0")
    others = [c for c in all_of_them if not c.number.isdigit()]  # type: ignore[attr-defined]  # dict values
    return any(
        re.split(r"[/-]", c.number)[0].lstrip("0") == number
        and (c.type == bare.type or bare.type == "Công văn")
        for c in others
    )


def _hits(value: str) -> Iterator[_Hit]:
    spans: list[tuple[int, int]] = []
    for match in _NUMBER.finditer(value):
        symbol, end = _clean(match["symbol"], match.end())
        if not _is_symbol(symbol, bool(match["year"])):
            continue
        spans.append((match.start(), end))
        yield from _numbers_of(value, match, symbol, end)
    for match in _BARE.finditer(value):
        if not any(s <= match.start("serial") < e for s, e in spans):
            end = match.end("serial")
            yield _Hit(
                match["serial"], "", match["serial"], match.start("serial"), end,
                match["noun"], match.start(), _date_after(value, end, 0),
            )  # fmt: skip


def _clean(symbol: str, end: int) -> tuple[str, int]:
    """Cut what is glued to a symbol (`STTTT-BCXBTTv/v`) and the full stop of its sentence."""
    cut = _GLUED.sub("", symbol).rstrip(" .-–&")
    end -= len(symbol) - len(cut)
    return re.sub(r"\s+", "", cut).replace("–", "-"), end


def _is_symbol(symbol: str, has_year: bool) -> bool:
    letters = re.sub(r"[^A-ZĐƯÔƠÂÊĂ]", "", symbol)
    return len(letters) >= 2 and (has_year or "-" in symbol or "/" in symbol or len(letters) >= 3)


def _numbers_of(value: str, match: re.Match[str], symbol: str, end: int) -> Iterator[_Hit]:
    """The number of a match, and the shorter numbers before it under one noun (`số 4588, 4701/TCĐBVN-VT`)."""
    noun, noun_at = _noun_before(value, match.start())
    dash = "-" if match["sep"] and match["sep"] in "-–" else "/"
    year = f"{match['year']}/" if match["year"] else ""
    before = value[max(0, match.start() - 40) : match.start()]
    listed = _LIST.search(before) if noun else None
    serials = (
        list(re.finditer(r"\d{1,5}", listed["list"])) if listed and "số" in before[: listed.start()] else []
    )
    offset = match.start() - len(before) + (listed.start() if listed else 0)
    for index, serial in enumerate(serials):
        at = offset + serial.start()
        number = f"{serial[0]}{dash}{year}{symbol}"
        yield _Hit(
            number, symbol, serial[0], at, at + len(serial[0]), noun, noun_at, _date_after(value, end, index)
        )
    number = f"{match['serial']}{dash}{year}{symbol}"
    when = _date_after(value, end, len(serials)) or _date_before(value, noun_at)
    yield _Hit(number, symbol, match["serial"], match.start(), end, noun, noun_at, when)


def _noun_before(value: str, start: int) -> tuple[str | None, int]:
    window = value[max(0, start - 60) : start]
    last = None
    for last in _NOUN.finditer(window):
        pass
    if last is None or re.search(r"[.;\n]", window[last.end() :]):
        return None, start
    return last[0], start - len(window) + last.start()


def _date_after(value: str, end: int, index: int) -> date | None:
    """The signing date that follows a number; the `index`th of a list of days (`ngày 06,09/7/2021`)."""
    window = value[end : end + 130]
    lead = re.match(r"[^.;\n\d]{0,60}?(?=ng[àa]y\b|\()", window, re.I) or re.match("", window)
    rest = window[lead.end() if lead else 0 :]
    days = _DAYS.match(rest)
    head = rest[days.end() :] if days else rest.lstrip(" (")
    match = _FULL.match(head) or _WORDS.match(head)
    if not match:
        return None
    listed = re.findall(r"\d+", days["list"]) if days else []
    day = int(listed[index]) if index < len(listed) else int(match["d"])
    return _day(int(match["y"]), int(match["m"]), day)


def _date_before(value: str, start: int) -> date | None:
    """The date of "Ngày 30/8/2021, X đã ban hành công văn số …", the same sentence only."""
    window = value[max(0, start - 160) : start]
    sentence = re.split(r"[;\n]|\.\s", window)[-1]
    matches = list(_FULL.finditer(sentence)) + list(_WORDS.finditer(sentence))
    if len(matches) != 1 or not re.search(
        r"ban hành|có\b|ký|gửi|ra\b|công bố", sentence[matches[0].end() :], re.I
    ):
        return None
    match = matches[0]
    return _day(int(match["y"]), int(match["m"]), int(match["d"]))


def _type(hit: _Hit) -> str | None:
    noun = (hit.noun or "").lower()
    noun = {"cv": "công văn", "văn bản": "công văn", "công văn khẩn": "công văn", "công văn điện": "công điện",
            "thông báo khẩn": "thông báo"}.get(noun, noun)  # fmt: skip
    first = re.split(r"[/-]", hit.symbol)[0] if hit.symbol else ""
    if hit.symbol.endswith(("TU", "TW")) and noun:
        return noun.capitalize()
    if re.match(r"QH\d", hit.symbol):
        return "Nghị quyết" if noun == "nghị quyết" else "Luật"
    if first in TYPES:
        return TYPES[first]
    return noun.capitalize() or ("Công văn" if hit.symbol else None)


def _citation(hit: _Hit, text: Text, context: Context) -> Citation:
    start = hit.start
    mention = text.value[start : hit.end]
    issuer = issuer_of(hit.symbol, context) if hit.symbol else ""
    rule = "number and symbol" if hit.symbol else "bare number after its noun"
    return Citation(hit.number, _type(hit), hit.date, _role(text, hit), issuer, mention, start, hit.end, rule)


def _role(text: Text, hit: _Hit) -> str:
    """`subject` for an act that the page reports as issued, or that its title names; else `cited`."""
    value = text.value
    window = value[max(0, hit.noun_at - 130) : hit.noun_at]
    sentence = re.split(r"[;\n]|\.\s", window)[-1]
    if text.zone_at(hit.start) == "title" and not _OLD.search(sentence):
        return "subject"
    issues = _ISSUES.search(sentence)
    if issues and not _OLD.search(sentence[issues.start() :]) and not _CITES.search(sentence[-25:]):
        return "subject"
    return "cited"
