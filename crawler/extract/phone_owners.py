"""Who answers a phone number, as the words round it name them."""

from __future__ import annotations

import re

from crawler.extract.normalise import CAPITALS, SMALL
from crawler.extract.phone_places import Place, address_in, lines_above
from crawler.extract.scan import last_match

_HEADS = (
    r"Sở|BCH|VP|Bến xe|Công đoàn|Trung tâm|TTYT|TT\.? ?YT|TTKSBT|TTHC|Bệnh viện|BVĐK|BV|UBND|Ủy ban|Uỷ ban"
    r"|Ban|BCĐ|BQL|Văn phòng"
    r"|Công an"
    r"|Lãnh đạo|Phòng|Bộ|CDC|HCDC|Trạm|TYT|Chi cục|Cục|Tổng cục|Đội|Đồn|Tổ|Thanh tra|Khoa|Tổng đài|Bưu điện"
    r"|Bưu chính"
    r"|Hội|Mặt trận|MTTQ|Ủy ban MTTQ|Thường trực|Viện|Trường|Đài|Chốt|Hạt|Kho bạc|Bảo hiểm|BHXH|Quỹ|Công ty"
    r"|Cảng"
    r"|Trụ sở|Huyện|Thành phố|TP|Thị xã|Xã(?! hội)|Phường|Thị trấn|Quận|Tỉnh đoàn|Huyện đoàn|Cổng|Trang"
)
_HEAD = re.compile(rf"(?<!\w)(?:{_HEADS})(?!\w)")
_SMALL = re.compile(
    r"(?:phòng|khoa|trung tâm|tổng đài|trạm|bệnh viện|đồn|đội|tổ|huyện|thành phố|thị xã|xã|phường|quận|sở"
    r"|chi cục"
    r"|ban|văn phòng|công an|lãnh đạo)\b(?! nay| này| trên| đó)"
)
_TITLES = (
    r"ông|bà|anh|chị|đ/c|đồng chí|thầy|cô|bác s[ĩỹ]|y s[ĩỹ]|bs(?:ck)?i{0,2}\.?|ths\.?|ts\.?|ds\.?|cn\.?"
    r"|(?:thiếu|trung|thượng|đại) (?:tá|u[ýyỷ]|úy)"
)
_PERSON = re.compile(rf"(?<![\w/])(?:(?:{_TITLES})(?!\w)\.?\s?){{1,2}}(?=[^\W\d_])", re.I)
_NAME = re.compile(r"[^\W\d_][\w'’]*(?:\s[^\W\d_][\w'’]*){0,6}")
#: Words between an owner and a number, taken off from the end.
_LABELS = (
    "số điện thoại", "điện thoại", "đường dây nóng", "hotline", "số máy", "số di động", "di động",
    "cố định", "số trực",
    "máy trực", "điện thoại trực", "số", "đt", "sđt", "dđ", "đtdđ", "tel", "phone", "fax", "zalo",
    "viber", "qua", "theo", "là",
    "hoặc", "và", "với", "tại", "24/7", "24/24", "24/24h", "24h/24h", "24/24 giờ", "máy", "máy bàn",
    "liên hệ", "gọi", "nóng",
    "đầu số", "mobile", "cơ quan", "nhà riêng", "nay", "mới", "theo các", "các", "của", "đến", "tới",
    "xin", "ngay",
)  # fmt: skip
_CALL = re.compile(
    r"\b(?:gọi(?: điện| ngay| tới| đến| về| cho)*|liên (?:hệ|lạc)(?: ngay| trực tiếp| tới| đến| với| về)*"
    r"|báo (?:ngay|cho|về|tin)(?: ngay| cho| tới| về)*|phản ánh(?: ngay| tới| đến| về| qua)*"
    r"|đường dây nóng(?: của)?"
    r"|hotline(?: của)?|nóng|hoặc|trao đổi với|gửi (?:về|tới)|số trực(?: của)?|số điện thoại(?: của)?)\s",
    re.I,
)
_PLACE_WORD = re.compile(r"^(?:tại|ở|của|cho|là)\s", re.I)
_ROW_MARK = re.compile(r"^\s*(?:[-–+*•]|\d{1,3}[.)/]?(?=\s)|[a-zđ]\)|[IVX]{1,4}[.)])?\s*")
_HOT_PREFIX = re.compile(
    r"(?:đường dây nóng|hotline|số (?:máy|điện thoại|đường dây)(?: nóng)?"
    r"|điện thoại)(?: trực)?(?: 24/(?:24h?|7))?"
    r"(?: của)?\s*:?\s*",
    re.I,
)
#: Words that open what a number is for, no name of who answers.
_NO_NAME = re.compile(
    r"(?:Số|Điện thoại|Hỗ trợ|Trực|Liên hệ|Giải đáp|Tiếp nhận|Thông tin|Mọi|Khi|Nếu|Fax|E-?mail|Tư vấn"
    r"|Khai báo|Cấp cứu"
    r"|Đăng ký|Chi tiết|Hỏi|Các|Những|Phản ánh|Đầu mối|Di động|Góp ý|Cần|Người|Báo|Xin|Vướng|Tin|Đặt|Mua|Để"
    r"|Trường hợp"
    r"|Gọi|Từ|Ngoài|Hoặc|Nay|Mobile|Tel|Zalo|Khó khăn|Sự cố|Đường)(?!\w)", re.I
)  # fmt: skip
#: Where an authority's name ends and what it does begins.
_VERB = re.compile(
    r"(?:(?<!\bTổ)(?<!Thường)\s+trực|\s+(?:với|theo|qua|số(?! \d)|điện thoại|là|ĐT|đề nghị|công bố|thông báo"
    r"|yêu cầu|vừa|đã"
    r"|cho biết|tiếp nhận|duy trì|xin|phối hợp|tổ chức|triển khai|khuyến cáo|sẽ|lập|cũng|để|khi|ngày|được"
    r"|từ|có|gọi|tại|về|thiết lập|mong|đang"
    r"|chỉ rõ|nêu rõ|hoặc|công khai|hướng dẫn|nhận|cung cấp|gửi|bố trí))\b",
    re.I,
)
_DOES = re.compile(
    r"\s(?:đề nghị|công bố|thông báo|yêu cầu|vừa|đã|cho biết|xin|khuyến cáo|sẽ|là|mong|đang|khi|để|được|cần"
    r"|nhận|qua)\b",
    re.I,
)
_PROSE = re.compile(
    r"\d{3}|(?<!\bH)(?<!TP)(?<!TX)(?<!\bQ)(?<!\bP)\.\s|[;:]\s"
    rf"|,\s[^\W\d]+\s[{SMALL}]+\s[{SMALL}]+"
)
_NUMBERED = re.compile(r"\d{3}|[.;:]\s")
_AFTER_COLON = re.compile(r":\s(?=" + _HEADS + r")")
_OF_AFTER = re.compile(r"\s(?:của|gặp)\s(?=" + _HEADS + r")([^.,;:()\d\n]{2,60})")
#: "số điện thoại 0914… của ông Mẫu": his, and of nobody whom the sentence named before.
_OF_PERSON_AFTER = re.compile(rf"\s(?:của|gặp)\s((?:{_TITLES})\s[^.,;:()\d\n]{{2,30}})", re.I)
_AFTER = re.compile(r"\s?\(([^()\n\d]{3,60})\)")
_BRACKETS = re.compile(r"^\s?\([^()\n]{0,40}\)")
_NOBODY = re.compile(
    r"(?:giờ|miễn phí|nhánh|máy lẻ|bấm|zalo|viber|mới|cũ|ngoài giờ|trong|hotline|24|số|gặp)\b", re.I
)
_FOOT = re.compile(
    r"^(?:[©\d\s.:|–-]|bản quyền|copyright|thuộc(?: về)?|cơ quan chủ quản|đơn vị quản lý"
    r"|trang (?:thông tin điện tử|ttđt)(?: của| tổng hợp)?)+", re.I
)  # fmt: skip
_FOOT_END = re.compile(
    r"[,;|:(]|(?<!TP)(?<!Tp)\.|\s[-–]\s(?=\d|số|tầng|địa chỉ|đt|tel|điện thoại|khu|đường|fax|email|cổng"
    r"|trang)"
    r"|\sđịa chỉ",
    re.I,
)
_SUBJECT = re.compile(
    r" (?:đề nghị|thông báo|xin báo|công bố|triển khai|lập|yêu cầu|khuyến cáo|tiếp nhận|công khai|vừa|mở"
    r"|cho biết)\b"
)


def owner_of(place: Place, since: int, carried: str | None) -> tuple[str | None, str | None]:
    """Who answers, and who would answer a further number printed without a name.

    `since` is the end of the number before on the same line (else the line's start), `carried` what that
    number passed on. A person right before the number stands before a name in brackets behind it, this
    before the authority in front. Missing beats wrong.
    """
    value = place.text.value
    low = max(since, place.clause)
    lead = _BRACKETS.sub("", value[low : place.start])
    if person := _person(lead):
        return person, person
    behind = _AFTER.match(value, place.end)
    if behind and (person := _person(behind[1])):
        return person, carried
    if behind and behind[1][0].isupper() and not _NOBODY.match(behind[1]):
        return behind[1].strip(), carried
    if of := _OF_AFTER.match(value, place.end):
        return _cut(of[1]), carried
    if (of := _OF_PERSON_AFTER.match(value, place.end)) and (person := _person(of[1])):
        return person, carried
    phrase = _without_labels(lead)
    if since > place.line and not phrase and value.find("\n", since, place.start) < 0:
        return carried, carried
    owner = _named(place, low, phrase)
    return owner, owner


def code_owner(place: Place) -> str | None:
    """Who answers a short code: "Tổng đài 1022 của tỉnh", as the text round it writes; 115 names nobody."""
    value = place.text.value
    if not value.endswith("1022", place.start, place.end):
        return None
    if own := _OWN_CENTRE.search(value, place.clause, place.start):
        return own[1].strip()
    named = place.low.rfind("tổng đài 1022", max(0, place.start - 1500), place.end + 300)
    centre = _CALL_CENTRE.match(value, named) if named >= 0 else None
    if not centre:
        return "Tổng đài" if "tổng đài" in place.clause_words else None
    words = centre[0].split()
    while words[-1] != "1022" and not (words[-1][0].isupper() or words[-1] in ("tỉnh", "phố")):
        words.pop()
    return " ".join(words)


_OWN_CENTRE = re.compile(r"(tổng đài [^:;,(.\n]{3,60}?)\s?:\s?$", re.I)
_CALL_CENTRE = re.compile(r"tổng đài 1022(?: (?:của )?(?:tỉnh|thành phố|tp\.?))?(?: [^\W\d_]+){0,3}", re.I)


def _person(lead: str) -> str | None:
    """The person named last before a number, "ông Trần Văn A", with at most a post in between."""
    last = last_match(_PERSON, lead)
    if last is None:
        return None
    name = _NAME.match(lead, last.end())
    words = []
    for word in name[0].split() if name else ():
        if not word[0].isupper():
            break
        words.append(word)
    if not words or not name:
        return None
    behind = lead[name.end() :]
    if len(behind) > 110 or _CALL.search(behind):
        return None
    return f"{lead[last.start() : last.end()].strip()} {' '.join(words)}"


def _without_labels(lead: str) -> str:
    """The words before a number without its labels: "Sở Y tế, số điện thoại: " says "Sở Y tế"."""
    while True:
        lead = lead.rstrip(" :.,;(–—-/|\t\n+&")
        low = lead.lower()
        if not low.endswith(_LABELS):
            return lead
        label = next((w for w in _LABELS if low.endswith(w) and not low[-len(w) - 1 : -len(w)].isalnum()), "")
        if not label:
            return lead
        lead = lead[: -len(label)]


def _named(place: Place, low: int, phrase: str) -> str | None:
    if not phrase:
        if len(place.line_words) > 160:
            return None  # prose: no name stands in a line before it
        return _agency(place) if place.is_address else _line_above(place)
    address = place.is_address
    street = address and (place.behind_street or address_in(place.line_words) == "post")
    if street and not _CALL.search(phrase):
        return _agency(place)
    apart = any(mark in place.text.value[low + len(phrase) : place.start] for mark in ":|(–-,/")
    opens = low == place.line or ":" in place.text.value[place.start - 3 : place.start]
    if opens and (apart or _HEAD.match(phrase) or _PLACE_OF_ROW.fullmatch(phrase)) and (row := _row(phrase)):
        return row
    return _in_sentence(place, phrase)


#: A row's number and a place: "4 Cẩm Giàng 3.786.329".
_PLACE_OF_ROW = re.compile(rf"\d{{1,3}}(?: [{CAPITALS}][^\W\d_]*){{1,5}}")


def _in_sentence(place: Place, phrase: str) -> str | None:
    """The authority that a sentence names last before its number: "gọi Trạm Y tế xã X theo số …"."""
    piece = _PLACE_WORD.sub("", _CALL.split(phrase)[-1].strip(" :,–-("))
    if small := _SMALL.match(piece):
        return _cut(piece[small.start() :])
    if not _HEAD.search(piece):
        if len(phrase) <= 12 and place.is_address:
            return _agency(place)
        piece = phrase if len(piece) <= 20 and not piece[:1].isupper() else ""
    parts = re.split(r"[:;,|(\n]\s?|\svà\s(?=(?:" + _HEADS + r")\b)", piece)
    part = next((p for p in reversed(parts) if _HEAD.search(p)), "")
    head = _HEAD.search(part)
    return _cut(part[head.start() :]) if head else None


def _row(phrase: str) -> str | None:
    """The name that a list's or table's row gives before its number: "5. Huyện Châu Thành | "."""
    cells = [c.strip() for c in phrase.split("|") if any(x.isalpha() for x in c)]
    name = _HOT_PREFIX.sub("", _ROW_MARK.sub("", cells[0] if cells else phrase, count=1), count=1)
    name = name.strip(" :,;/–-")
    if name.count("(") > name.count(")"):
        name = name[: name.rindex("(")].rstrip(" -–")  # "Bệnh viện số 1 (bác sĩ trực: 09…"
    if not 2 < len(name) <= 90 or not name[0].isupper() or _PROSE.search(name):
        return None
    if _NO_NAME.match(name) or _DOES.search(name) or _CALL.search(f"{name} "):
        return None
    return name


def _line_above(place: Place) -> str | None:
    """The name alone on the line above a number's: "Trạm Y tế xã Bình An", next line "ĐT: 0915…"."""
    above = lines_above(place.low, place.line, 1)
    if not above or above[0][1] - above[0][0] > 90:
        return None
    name = _ROW_MARK.sub("", place.text.value[slice(*above[0])], count=1).strip(" :,–-")
    stands = _HEAD.match(name) and not _NUMBERED.search(name) and not _VERB.search(name)
    return name if stands else None


def _cut(name: str) -> str | None:
    name = _VERB.split(name.strip(), maxsplit=1)[0]
    return re.sub(r"[\s–,.(-]+$", "", name) or None


def _agency(place: Place) -> str | None:
    """The authority of a footer: named at the start of the number's line or of one just above."""
    value = place.text.value
    lines: list[tuple[int, int]] = [
        (place.line, place.start),
        *lines_above(place.low, place.line, 4),
        (0, value.find("\n", 0, 120)),
    ]
    for start, end in lines:
        if end - start > 160:
            continue
        line = _FOOT.sub("", value[start:end])
        if start == place.line and (inner := _AFTER_COLON.search(line)):
            line = line[inner.end() :]  # "Nơi đăng ký: Phòng Vận tải, số 66 đường …"
        head = _HEAD.match(line) or _HEAD.match(line.title()) or _SMALL.match(line)
        if head and not line.lower().startswith("trụ sở"):
            name = _FOOT_END.split(line, maxsplit=1)[0].strip(" .–-")
            if len(name) <= 90 and not _SUBJECT.search(name.lower()):
                return name
    return None


def subject_of(place: Place) -> str | None:
    """The authority that announces the numbers: it opens the sentence or paragraph before them."""
    value = place.text.value
    for verb in reversed(list(_SUBJECT.finditer(place.low, max(0, place.start - 400), place.start))):
        lead = _STOPS.split(value[max(0, verb.start() - 90) : verb.start()])[-1]
        head = _HEAD.search(lead)
        if (
            head
            and not lead.endswith("của ", 0, head.start())
            and lead[head.start() :][:2] not in ("Hu", "Xã", "Ph")
        ):
            return _cut(lead[head.start() :])
    return None


_STOPS = re.compile(r"[.,;:\n\d]")
