"""Where a text names official documents by number (the notation of Decree 30/2020/NĐ-CP)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crawler.extract.normalise import SMALL
from crawler.extract.scan import Spans, digit_runs, lowered

#: The type codes of Decree 30/2020/NĐ-CP, annex III, with those of the Party and of the Assembly.
TYPES = {
    "NQ": "Nghị quyết", "QĐ": "Quyết định", "CT": "Chỉ thị", "QC": "Quy chế", "QYĐ": "Quy định",
    "TC": "Thông cáo", "TB": "Thông báo", "HD": "Hướng dẫn", "CTr": "Chương trình", "KH": "Kế hoạch",
    "PA": "Phương án", "ĐA": "Đề án", "DA": "Dự án", "BC": "Báo cáo", "BB": "Biên bản", "TTr": "Tờ trình",
    "HĐ": "Hợp đồng", "CĐ": "Công điện", "NĐ": "Nghị định", "TT": "Thông tư", "TTLT": "Thông tư liên tịch",
    "KL": "Kết luận", "GP": "Giấy phép", "PL": "Pháp lệnh", "CV": "Công văn", "GM": "Giấy mời",
    "SL": "Sắc lệnh",
    "TCBC": "Thông cáo", "CB": "Công bố",
}  # fmt: skip
_UPPER = "A-ZĐƯÔƠÂÊĂÁÀÉ"
NOUNS = (
    "Công văn hướng dẫn|Công văn khẩn|Công văn điện|Công văn hỏa tốc|Công văn|Công điện khẩn|Công điện"
    "|Chỉ thị|Nghị quyết liên tịch"
    "|Nghị quyết|Nghị định|Quyết định|Thông báo khẩn|Thông báo|Kế hoạch|Hướng dẫn|Thông tư liên tịch"
    "|Thông tư|Tờ trình"
    "|Báo cáo|Bộ luật|Luật|Kết luận|Văn bản|Quy định|Quy chế|Chương trình|Phương án|Đề án|Giấy phép|Giấy mời"
    "|Pháp lệnh|Sắc lệnh|Chứng thư|Thư kêu gọi|Thư ngỏ|Thư mời|Thư|Giấy triệu tập|Thể lệ"
    "|CV|Thông cáo báo chí|Thông cáo|Tờ công văn"
)
#: In lower case and without a look-behind, at a third of the cost: `_noun_before` sees to a word's begin.
_NOUN = re.compile(rf"(?:{NOUNS.lower()})(?!\w)")
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZĐƯÔƠÂÊĂ")
_PART = rf"[{_UPPER}][{_UPPER}a-z\d&.]{{0,20}}"
# Behind a dash with blanks only capitals go on: "07/2023/TT-BTTTT - Quy định về …" ends before its summary.
_CAPITALS = rf"(?:TTg|TTr|CTr|[{_UPPER}]{{2,10}}\d{{0,3}})(?![^\W\d_])"
_SYMBOL = rf"{_PART}(?:[-–]{_PART}|(?: [-–] ?|[-–] ){_CAPITALS}){{0,6}}"
_CODES = "(?:CT|NQ|QĐ|TB|KH|CV|CĐ|HD|KL|BC|NĐ|TTr)"
# A steering committee's own number is part of its name: "134/KH-BCĐ 389/TP".
_NUMBER = re.compile(
    r"(?:(?<![\w/.-])|(?<=[sS]ố))(?P<serial>\d{1,6}[a-zA-Z]?) ?"
    r"(?:/ ?(?P<year>(?:19|20)\d\d) ?/? ?|(?P<sep>/|[-–](?= ?[A-ZĐ]{2,4}[a-z]?/)"
    # What the notation needs may be lost: "16 CT-TTg", "362QĐ/TĐTN-TCKT".
    rf"| (?={_CODES}-[A-ZĐ])|(?= ?{_CODES}/[A-ZĐ]{{2}})) ?)"
    rf"(?P<symbol>{_SYMBOL}(?:(?: \d{{2,3}})? ?/ ?{_SYMBOL})?)"
)
# A blank in the place of the dash: "729/GP TTĐT".
_LOST_DASH = re.compile(r" [A-ZĐƯÔ]{2,8}(?![\w-])")
_BARE_NOUN = re.compile(
    r"(?<!\w)(?P<noun>Chỉ thị|Lệnh|Nghị quyết|Công điện|Thông báo khẩn|Thông báo|Quyết định|Nghị định"
    r"|Thông tư|Kế hoạch|Công văn|Văn bản|Kết luận|Hướng dẫn|(?-i:NQ|NĐ|QĐ))"
    r"\s+(?:khẩn\s+)?(?:\(?số\s*:?\s*)?$",
    re.I,
)
_BEFORE_BARE = (" ", "\n", ":")
#: What ends the words before a bare number: a check that costs less than the pattern.
_BARE_LAST = (
    "số",
    "số:",
    "khẩn",
    "thị",
    "quyết",
    "điện",
    "báo",
    "định",
    "hoạch",
    "văn",
    "bản",
    "luận",
    "dẫn",
    "tư",
    " nq",
    " nđ",
    " qđ",
)
_NOT_BARE = re.compile(
    r"\+?(?:[\d/.%:-]*\d|\s?/|\s*(?:năm|tháng|ngày của|của\s+\d|người|trường hợp|điểm|nội dung|đơn vị|huyện"
    r"|xã|ca\b|mũi|tỷ|triệu|doanh nghiệp|hộ\b|lao động|cơ sở|học sinh|giáo viên|cán bộ|hồ sơ"
    r"|nhiệm vụ|giải pháp|biện pháp|bước\b|nhóm\b|loại\b))",
    re.I,
)
_MORE = re.compile(
    r"\s*(?:,|và)\s*(?:số\s+(?=\d{1,5}(?![\d/.-]|\s*/))|(?=\d{1,5}\s*(?:[,;.()\n]|và\b|của\b|về\b|ngày\b|vẫn\b|đều\b|đã\b|còn\b|$)))"
    r"(?P<serial>\d{1,5})"
)
_IN_PHONE = re.compile(r"\d[ .]\d{2,3}[ .]$")
# "Mẫu số 04/SS-HĐĐT", "Biểu số 59/CK-NSNN" are forms, "QCVN 06:2022/BXD" a technical standard: no documents.
_FORM = re.compile(r"\b(?:mẫu|biểu(?: mẫu)?) (?:số\s?:?\s?)?$|\b(?:QCVN|TCVN)\s?[\d-]+:$", re.I)
_OF_OFFICE = re.compile(r"\b(?:công văn|văn bản|thông báo|tờ trình|báo cáo)\s(?:số\s?:?\s?)?$", re.I)
#: "Nghị định số 110/2018 của Chính phủ": an act's number and year without its symbol.
_YEAR_BEHIND = re.compile(r"/(?:19[4-9]|20[0-3])\d(?![\d/-])")
_OF_YEAR = ("nghị định", "thông tư", "nghị quyết")
_GLUED = re.compile(rf"(?<=[A-ZĐƯ\d])(?:v/v|V/v|ngày|về|của).*$|\.(?=[A-ZĐ]?[{SMALL}]).*$")
# The next word glued to a symbol, up to its first letter with a mark: `TT-BGTVTng|ày 23/9/2015`, `TTgc|ủa`.
_WORD_BEGUN = re.compile(r"(?<=TTg)[a-z]+$|(?<!TT)(?<!CT)[a-z]+$")
_SENTENCE_END = re.compile(r"[.;\n]")
_LIST = re.compile(r"(?P<list>(?:\d{1,5}\s*(?:,|và)\s*){1,6})$")


@dataclass(frozen=True, slots=True, eq=False)
class NumberHit:
    """One place that names a document: `symbol` is '' for a bare number ("Chỉ thị 16").

    `noun` is the kind that the text calls it, at `noun_at` (else the number's own start); of `count`
    numbers under one noun this is the `index`th.
    """

    number: str
    symbol: str
    serial: str
    start: int
    end: int
    noun: str | None
    noun_at: int
    index: int = 0
    count: int = 1


def find_numbers(value: str, skip: Sequence[tuple[int, int]] = ()) -> list[NumberHit]:
    """Every document number of a text in order of place; `skip` are spans of web and mail addresses."""
    hits: list[NumberHit] = []
    last_end = 0
    skipped = Spans(skip)
    for start, end in digit_runs(value):
        if start < last_end or end - start > 6:
            continue
        full = _may_have_symbol(value[end : end + 4])
        if not full and (end - start > 5 or value[start - 1 : start] not in _BEFORE_BARE):
            continue
        if skip and skipped.overlap(start, start + 1):
            continue
        if found := (_full_numbers(value, start) if full else []) or _bare_numbers(value, start, end):
            hits += found
            last_end = max(h.end for h in found)
    return sorted(hits, key=lambda h: h.start)


def _may_have_symbol(ahead: str) -> bool:
    """Whether the characters behind a serial can begin its symbol: those of a date or a share cannot."""
    if "/" not in ahead and "-" not in ahead and "–" not in ahead:
        return False
    symbol = ahead.lstrip(" /-–")
    return not symbol[:1].isdigit() or symbol[:2] in ("19", "20")


def _full_numbers(value: str, start: int) -> list[NumberHit]:
    match = _NUMBER.match(value, start)
    # "gọi 0948 71 3366 / BCĐ huyện": the last digits of a phone are no number.
    if match is None or _IN_PHONE.search(value, max(0, start - 8), start):
        return []
    if _FORM.search(value, max(0, start - 14), start):
        return []
    symbol, end = _clean(match["symbol"], match.end())
    if symbol.endswith("v") and value.startswith("/v", end):  # `STTTT-BCXBTTv/v tuyên truyền`
        symbol, end = symbol[:-1], end - 1
    if value[end : end + 1].islower() and (word := _WORD_BEGUN.search(symbol)):
        symbol, end = symbol[: word.start()], end - len(word[0])
    if symbol in TYPES and (rest := _LOST_DASH.match(value, end)):
        symbol, end = symbol + rest[0].strip(), rest.end()
    if not _is_symbol(symbol, bool(match["year"])) and not _is_office(value, match, symbol):
        return []
    return list(_numbers_of(value, match, symbol, end))


def _is_office(value: str, match: re.Match[str], symbol: str) -> bool:
    """Whether two letters right behind a letter's number are its office: "Công văn 196/YT"."""
    if len(symbol) != 2 or not symbol.isalpha() or match["sep"] != "/":
        return False
    return _OF_OFFICE.search(value, max(0, match.start() - 24), match.start()) is not None


def _clean(symbol: str, end: int) -> tuple[str, int]:
    """Cut what is glued to a symbol (`STTTT-BCXBTTv/v`, `UBND-VX.pdf`) and the full stop of its sentence."""
    cut = _GLUED.sub("", symbol).rstrip(" .-–&")
    end -= len(symbol) - len(cut)
    return "".join(cut.split()).replace("–", "-"), end


def _is_symbol(symbol: str, has_year: bool) -> bool:
    if symbol == "SL":  # "Sắc lệnh số 64/SL" of 1945
        return True
    letters = sum(c in _LETTERS for c in symbol)
    return letters >= 2 and (has_year or "-" in symbol or "/" in symbol or letters >= 3)


def _numbers_of(value: str, match: re.Match[str], symbol: str, end: int) -> Iterator[NumberHit]:
    """The number of a match, and the shorter numbers before it under one noun (`số 4588, 4701/TCĐBVN-VT`)."""
    noun, noun_at = _noun_before(value, match.start())
    dash = {"-": "-", "–": "-", "": ""}.get(match["sep"], "/")
    suffix = dash + (f"{match['year']}/" if match["year"] else "") + symbol
    before = value[max(0, match.start() - 40) : match.start()]
    listed = _LIST.search(before) if noun and before.rstrip().endswith((",", "và")) else None
    named = listed and re.search(r"số\s*:?\s*$|" + re.escape(noun or "") + r"\s*$", before[: listed.start()])
    serials = list(re.finditer(r"\d{1,5}", listed["list"])) if listed and named else []
    offset = match.start() - len(before) + (listed.start() if listed else 0)
    count = len(serials) + 1
    for index, serial in enumerate(serials):
        at = offset + serial.start()
        yield NumberHit(
            serial[0] + suffix, symbol, serial[0], at, at + len(serial[0]), noun, noun_at, index, count
        )
    serial_ = match["serial"]
    yield NumberHit(serial_ + suffix, symbol, serial_, match.start(), end, noun, noun_at, count - 1, count)


def _bare_numbers(value: str, start: int, end: int) -> list[NumberHit]:
    """A noun's bare number and those listed after it ("Chỉ thị 17, 20, 27")."""
    if not lowered(value)[max(0, start - 10) : start].rstrip().endswith(_BARE_LAST):
        return []
    noun = _BARE_NOUN.search(value, max(0, start - 40), start)
    if noun is None:
        return []
    called = TYPES.get(noun["noun"], noun["noun"])
    year = _YEAR_BEHIND.match(value, end)
    if year and called.lower() in _OF_YEAR and "số" in noun[0].lower():
        return [
            NumberHit(
                value[start : year.end()], "", value[start:end], start, year.end(), called, noun.start()
            )
        ]
    if _NOT_BARE.match(value, end):
        return []
    spans = [(start, end)]
    while more := _MORE.match(value, spans[-1][1]):
        spans.append(more.span("serial"))
    return [
        NumberHit(value[s:e], "", value[s:e], s, e, called, noun.start(), index, len(spans))
        for index, (s, e) in enumerate(spans)
    ]


def _noun_before(value: str, start: int) -> tuple[str | None, int]:
    low, last = lowered(value), None
    for found in _NOUN.finditer(low, max(0, start - 60), start):
        if not low[found.start() - 1 : found.start()].isalnum():
            last = found
    if last is None or _SENTENCE_END.search(value, last.end(), start):
        return None, start
    return value[last.start() : last.end()], last.start()
