"""Phone and fax numbers, what they are for, and whose they are."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import phonenumbers

from crawler import provinces
from crawler.extract.dates import FULL
from crawler.extract.scan import Spans, digit_runs
from crawler.model import Context, Phone, Text

# A slash or dash may stand before a second number, which the caller checks: 02613.505258/0962571818.
_RUN = re.compile(
    r"(?<![\w@=+])(?:\(?\+?84\)?[\s.-]{0,2}|\(?\s?0)\d?(?:[ .()-]{0,3}\d){6,10}(?![\w@]|/(?! ?0)|[.,]\d)"
)
_GLUED = re.compile(r"(?<!\d)(0[35789]\d{8})(0[235789]\d{8,9})(?!\d)")
_AREA_SHORT = re.compile(r"(?<![\d/.,-])\(?02\d{1,2}\)?[ .-]{0,2}(?:1022|108[01]?)(?!\d)")
_SERVICE = re.compile(r"(?<![\d/.,])1[89]00(?:[\s.-]?\d){4,6}(?!\d)")
_SHORT_CODE = re.compile(r"(?<![\d/.,-])(?:11[1-5]|1022|18009\d|120\d)(?![\d/%]|[.,]\d)")
_LABELLED = re.compile(r"(?:fax|điện thoại|ĐT|tel)\s*[:.]*\s*$", re.I)
_JOINER = re.compile(r"\s*(?:[-–,;/]|hoặc|và)\s*")
_SHORT_FIXED = re.compile(r"(?<![\d/.,-])\d(?:[\s.]?\d){6,7}(?![\d/]|[.,]\d)")
_HOT = re.compile(
    r"đường dây nóng|hotline|hot line|số trực|điện thoại trực|trực ban|tổng đài|điện thoại nóng|số nóng"
    r"|phản ánh|khai báo"
    r"|tư vấn"
    r"|liên hệ ngay|gọi ngay|báo ngay|hỗ trợ người dân|trực 24",
    re.I,
)
_HOT_TITLE = re.compile(r"đường dây nóng|hotline|số điện thoại|tổng đài", re.I)
_CALL = re.compile(r"đường dây nóng|hotline|tổng đài|điện thoại|gọi|ĐT\b|số máy|đầu số|liên hệ", re.I)
_OFFER = re.compile(
    r"[^.\n]{0,30}(?:khi|nếu) có (?:triệu chứng|dấu hiệu|biểu hiện)|[^.\n]{0,30}để (?:được|khai báo|phản"
    r" ánh|báo)",
    re.I,
)
_FAX = re.compile(r"\bfax\b", re.I)
_LABEL = re.compile(r"điện thoại|\bĐT\b|\btel\b|\bphone\b|số máy|SĐT|di động|liên hệ|fax", re.I)
_NOT = re.compile(
    r"tài khoản|\bSTK\b|\bTK\b|mã số|đăng ký (?:kinh )?doanh|ĐKKD|đăng ký doanh nghiệp|\bMST\b|CMND|CCCD"
    r"|lượt|truy cập|số tiền|bệnh nhân\s*(?:số)?\s*$"
    r"|BN\s*$",
    re.I,
)

_CLAUSE_END = re.compile(r"[.;\n](?=\s|$)")
_REPLACED = re.compile(r"(?:số cũ|thay (?:thế )?(?:cho )?số|thay thế)[^,;.]{0,25}$", re.I)
_NO_MORE = re.compile(r"[^\d.;\n]{0,12}(?:thôi (?:sử dụng|dùng)|ngừng|không còn)", re.I)

#: Mobile prefixes of eleven digits and their successors (Ministry of Information and Communications, 2018).
MOBILE_2018 = {
    "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037", "0168": "038",
    "0169": "039", "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078", "0123": "083",
    "0124": "084", "0125": "085", "0127": "081", "0129": "082", "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip


#: Area codes of before 2017 and their successors (plan of the Ministry of Information and Communications).
AREA_2017 = {
    "4": "24", "8": "28", "20": "214", "22": "212", "25": "205", "26": "206", "27": "207", "29": "216",
    "30": "229",
    "31": "225", "33": "203", "36": "227", "37": "237", "38": "238", "39": "239", "52": "232", "53": "233",
    "54": "234", "55": "255", "56": "256", "57": "257", "58": "258", "59": "269", "60": "260", "61": "251",
    "62": "252", "63": "263", "64": "254", "66": "276", "67": "277", "68": "259", "70": "270", "72": "272",
    "73": "273", "74": "294", "75": "275", "76": "296", "77": "297", "79": "299", "230": "215", "231": "213",
    "240": "204", "241": "222", "280": "208", "281": "209", "320": "220", "321": "221", "350": "228",
    "351": "226", "500": "262", "501": "261", "510": "235", "511": "236", "650": "274", "651": "271",
    "710": "292", "711": "293", "780": "290", "781": "291",
}  # fmt: skip


def find_phones(text: Text, context: Context, skip: Sequence[tuple[int, int]] = ()) -> tuple[Phone, ...]:
    """One phone per distinct number, in order of place; bank accounts, tax codes and counters are refused.

    `skip` are the spans of document numbers and links. A number printed without its area code takes that of
    the number before it or of the portal's province (`inferred`).
    """
    value = text.value
    found: dict[str, Phone] = {}
    for start, end, dial, inferred in _candidates(value, skip, _area_of(context)):
        if dial not in found and not _NOT.search(value[max(0, start - 28) : start]):
            found[dial] = _phone(text, dial, start, end, inferred)
    return tuple(_with_their_list(value, sorted(found.values(), key=lambda p: p.start)))


def _with_their_list(value: str, phones: list[Phone]) -> Iterator[Phone]:
    """A number is what the one before it on its line is: "đường dây nóng: ông A, 0912…; bà B, 0983…"."""
    last: Phone | None = None
    for phone in phones:
        gap = value[last.end : phone.start] if last else "\n"
        listed = len(gap) < 60 and not re.search(r"\n|\.\s|fax|điện thoại|\bĐT\b", gap, re.I)
        if last and listed and last.kind == "hotline" and phone.rule == "no hotline words":
            phone = replace(phone, kind="hotline", rule="listed after a hotline")
        yield phone
        last = phone


def _area_of(context: Context) -> str:
    province = provinces.by_name(context.province) if context.province else None
    return f"0{province.area_code}" if province else ""


Candidate = tuple[int, int, str, bool]


def _candidates(value: str, skip: Sequence[tuple[int, int]], area: str) -> list[Candidate]:
    """Spans that are numbers by their digits: start, end, what is dialled, whether a code was inferred."""
    found: list[Candidate] = []
    for step in (_runs, _offered, _without_code):
        taken = Spans([*skip, *((s, e) for s, e, _, _ in found)])
        found += [c for c in step(value, sorted(found), area) if not taken.overlap(c[0], c[1])]
    return sorted(found)


def _runs(value: str, found: list[Candidate], area: str) -> Iterator[Candidate]:
    last_end = -1
    for run_start, run_end in digit_runs(value):
        if run_start < last_end:
            continue
        if run_end - run_start >= 20 and (glued := _GLUED.fullmatch(value, run_start, run_end)):
            yield glued.start(1), glued.end(1), glued[1], False
            yield glued.start(2), glued.end(2), glued[2], False
        elif value[run_start] == "0" or value.startswith("84", run_start):
            if run_end - run_start == 1 and not value[run_end + 1 : run_end + 3].isdigit():
                continue  # "0 0 0": digits one by one are a table's cells
            if FULL.match(value, run_start):
                continue  # "05-05-2021 16:44" is a stamp
            start = _opening(value, run_start)
            match = _RUN.match(value, start)
            # After a slash or dash a number is one only behind another: 12/0912345678 is none.
            joined = value[start - 1 : start] not in ("/", "-") or start - last_end <= 2
            if match and joined and _plausible(dial := _dial(match[0])):
                lone = match[0].startswith("(") and ")" not in match[0]  # "(0969.082.115 và …)"
                yield start + lone, match.end(), dial, False
                last_end = match.end()


def _opening(value: str, start: int) -> int:
    """Where a number's bracket or plus begins: "(0252", "( 0252", "(+84", "+84"."""
    while start and value[start - 1] in "(+ " and value[max(0, start - 2) : start].strip() != "":
        if value[start - 1] == " " and value[start - 2] != "(":
            break
        start -= 1
    return start


def _offered(value: str, found: list[Candidate], area: str) -> Iterator[Candidate]:
    """Service numbers and short codes, the latter only where the words before offer them to call."""
    for start, end in digit_runs(value):
        first, size = value[start : start + 2], end - start
        if first == "02" and size <= 7 and (match := _AREA_SHORT.match(value, _opening(value, start))):
            yield match.start(), match.end(), re.sub(r"\D", "", match[0]), False
        elif first in ("18", "19") and (match := _SERVICE.match(value, start)):
            yield start, match.end(), re.sub(r"\D", "", match[0]), False
        elif first in ("10", "11", "12", "18") and size <= 5 and _is_offered(value, start):
            match = _SHORT_CODE.match(value, start)
            if match:
                yield start, match.end(), match[0], False


def _is_offered(value: str, start: int) -> bool:
    return bool(_CALL.search(value, max(0, start - 60), start))


def _without_code(value: str, found: list[Candidate], area: str) -> Iterator[Candidate]:
    """Landlines without their area code, after a label or a number with it ("(0252) 3828469 - 3821656")."""
    landlines = [f for f in found if f[2].startswith("02")]
    for run_start, run_end in digit_runs(value):
        match = _SHORT_FIXED.match(value, run_start) if run_end - run_start <= 8 else None
        if match is None:
            continue
        behind = bisect_left(landlines, (run_start,))
        before = landlines[behind - 1] if behind else None
        joined = before and run_start - before[1] <= 7 and _JOINER.fullmatch(value, before[1], run_start)
        if joined or _LABELLED.search(value, max(0, run_start - 16), run_start):
            digits = re.sub(r"\D", "", match[0])
            code = before[2][: -len(digits)] if before and len(before[2]) == 11 else area
            if code:
                yield run_start, match.end(), code + digits, True


def _dial(printed: str) -> str:
    digits = re.sub(r"\D", "", printed)
    if printed.lstrip(" (").startswith(("+84", "84")):
        return "0" + digits[2:].removeprefix("0")
    return digits


def _plausible(dial: str) -> bool:
    if re.fullmatch(r"0[35789]\d{8}|02\d{9}|024\d{8}|028\d{8}", dial):
        return True
    if len(dial) == 11 and dial[:4] in MOBILE_2018:
        return True
    # A landline of before 2017: its code and six to eight digits. 0106314366 is a company's tax code.
    return (
        any(dial[1 : 1 + n] in AREA_2017 and 6 <= len(dial) - 1 - n <= 8 for n in (1, 2, 3))
        and len(dial) >= 10
    )


@lru_cache(maxsize=4096)
def e164_of(dial: str, printed: str = "") -> str:
    """Today's international form of a dialled number; '' where it stays open.

    `printed` shows the grouping: `08.39309912` is a landline of before 2017, `0839309912` a mobile of today,
    `038.3555666` may be either and stays open (so do short codes).
    """
    if len(dial) == 11 and dial[:4] in MOBILE_2018:
        dial = MOBILE_2018[dial[:4]] + dial[4:]
    code = re.match(r"\(?0(\d{1,3})\)?[\s.-]+(\d[\d\s.-]*)$", printed)
    if code and code[1] in AREA_2017 and len(dial) in (10, 11):
        if len(code[1]) == 2 and code[1][0] in "35789" and len(dial) == 10:
            return ""
        dial = f"0{AREA_2017[code[1]]}" + dial[1 + len(code[1]) :]
    national = dial.removeprefix("0")
    # Made of its parts: parsing what is already digits costs five times the check.
    number = phonenumbers.PhoneNumber(country_code=84, national_number=int(national))
    return f"+84{national}" if phonenumbers.is_valid_number(number) else ""


def _phone(text: Text, dial: str, start: int, end: int, inferred: bool) -> Phone:
    before = text.value[max(0, start - 160) : start]
    near = _CLAUSE_END.split(before)[-1] or before[-60:]
    kind, rule = _kind(text, near, before, start, end, dial)
    withdrawn = _REPLACED.search(near) or _NO_MORE.match(text.value, end)
    return Phone(
        dial, e164_of(dial, text.value[start:end]), kind, "withdrawn" if withdrawn else "active",
        _owner(near), inferred,
        text.value[start:end], start, end, rule,
    )  # fmt: skip


def _kind(text: Text, near: str, before: str, start: int, end: int, dial: str) -> tuple[str, str]:
    labels = [(m.start(), "fax") for m in _FAX.finditer(near)] + [
        (m.start(), "tel") for m in _LABEL.finditer(near) if m[0].lower() != "fax"
    ]
    if labels and max(labels)[1] == "fax":
        return "fax", "label fax"
    if _HOT.search(near) or _OFFER.match(text.value, end):
        return "hotline", "hotline words in the sentence"
    if text.zone_at(start) == "chrome":
        return "contact", "chrome"
    if dial.startswith(("19", "18", "11", "10")) or dial.endswith("1022"):
        return "hotline", "service number"
    if _under_hot_heading(text.value, start):
        return "hotline", "hotline words above the list"
    title = next((text.value[z.start : z.end] for z in text.zones if z.name == "title"), "")
    if _HOT_TITLE.search(title):
        return "hotline", "hotline in the title"
    return "contact", "no hotline words"


def _under_hot_heading(value: str, start: int) -> bool:
    """Whether a number stands in a list that hotline words announce ("gọi các số đường dây nóng sau:")."""
    low = max(0, start - 900)
    heading = None
    for heading in _HEADING.finditer(value, low, start):  # noqa: B007 - the last one is wanted
        pass
    if heading is None:
        return False
    rows = value[heading.end() : start].split("\n")[1:]
    return all(len(row) <= 160 for row in rows)


_HEADING = re.compile(
    r"(?:đường dây nóng|hotline|số (?:điện thoại )?(?:trực|nóng)|tổng đài"
    r"|(?:liên hệ|gọi|báo)[^\n]{0,80}(?:số|điện thoại))[^\n]{0,160}(?::|sau đây\.?)[ ]*\n",
    re.I,
)
_OWNER = re.compile(
    r"((?:Sở|Trung tâm|Bệnh viện|UBND|Ủy ban|Ban Chỉ đạo|Văn phòng|Công an|Lãnh đạo|Phòng|Bộ|CDC"
    r"|Trạm)[^:;,.\d\n(|]{2,80})",
    re.U,
)


#: Where an authority's name ends and what it does begins.
_VERB = re.compile(
    r"\s+(?:với|theo|qua|số|điện thoại|là|ĐT|đề nghị|công bố|thông báo|yêu cầu|vừa|đã|cho biết|tiếp nhận"
    r"|xin|phối hợp"
    r"|tổ chức|triển khai|khuyến cáo|sẽ|lập|trực|để|khi|ngày|được|từ|có|gọi|tại|về|thiết lập|mong|đang"
    r"|chỉ rõ|nêu rõ)\b",
    re.I,
)


def _owner(near: str) -> str | None:
    """Who answers: the authority named last before the number, without what the sentence says of it."""
    owners = _OWNER.findall(near)
    if not owners:
        return None
    cut = _VERB.split(owners[-1].strip(), maxsplit=1)[0]
    return re.sub(r"[\s–-]+$", "", cut) or None
