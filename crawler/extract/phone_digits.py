"""Digits of a text that are phone numbers: where they stand, what is dialled, its international form."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache

import phonenumbers

from crawler.extract.dates import FULL
from crawler.extract.scan import NUMBERED_ROW, Spans, digit_runs, lowered
from crawler.provinces import PROVINCES

# A generous stretch; `_longest` says how much of it is one number.
_RUN = re.compile(r"(?<![\w@=+])(?:\(?(?:\+|00)?84\)?[\s.-]{0,2}|\(?\s?0)\d?(?:[ .()–-]{0,3}\d){6,11}")
_SECOND = re.compile(r"/(?:0|\+?84|1[89]00|\d{7,8}(?!\d)|\d{3,4}[ .]\d{3})")
_ROW_NUMBER = re.compile(r"(?:^|\n)\d{1,2}\.$")
_OPENERS = tuple(" .-)(")
_GROUP = re.compile(r"\d+")
_GLUED = re.compile(r"(?<!\d)(0[35789]\d{8})(0[235789]\d{8,9})(?!\d)")
_ABROAD = re.compile(r"(?:\+|\b00)(?!84)\d{1,3}\)?[ .-]{0,2}\(?$")
# "0239 1022", from abroad "+84 236 1022".
_AREA_SHORT = re.compile(r"(?<![\d/.,-])(?:\+84[ .-]?|\(?0)[2-7]\d{1,2}\)?[ .-]{0,2}(?:1022|108[01]?)(?!\d)")
_SERVICE = re.compile(
    r"(?<![\d/.,])1[89]00(?:[ .-]?(?:\d{6}|\d{3}[ .-]\d{3}|\d{2}[ .-]\d{2}[ .-]\d{2}|\d{4}[.-]\d{2}"
    r"|\d{4}|\d{2}[ .-]\d{2}|\d[ .-]\d{3}|\d{3}[ .-]\d))(?!\d|[.,]\d)"
)
_YEARS = re.compile(r"1[89]00-(?:1[89]|20)\d\d$")
_SHORT_CODE = re.compile(r"(?<![\d/.,-])(?<!\d )(?:11[1-5]|156|1022|18009\d|120\d)(?![\d/%]|[.,]\d)")
# What is counted is not called: "tổng đài đã nghe 115 cuộc", "1800 tỷ đồng".
_COUNTED = re.compile(
    r"\s?(?:cuộc|ca\b|người|trường hợp|lượt|hộ\b|mẫu|xã\b|phường|bệnh nhân|chốt|f\d|đồng|đ\b|vnđ|triệu"
    r"|tỷ|tấn|suất|phần|lần|công dân|học sinh|giáo viên|cán bộ|doanh nghiệp|km|m2|liều|%|em\b|tổ\b|giường"
    r"|tin nhắn|đơn\b|hồ sơ|ngày|giờ|tuổi|thí sinh|bộ\b|thùng|túi|gói)",
    re.I,
)
_LABELLED = re.compile(r"(?:fax|điện thoại|ĐT|tel|phone|số máy|hotline|đường dây nóng)\)?\s*[:.]*\s*$", re.I)
_JOINER = re.compile(r"\s*(?:[-–,;/]|hoặc|và)\s*")
# "Văn phòng: (0228) 3649 222; Thanh tra: 3649 223"
_NEXT = re.compile(r"\s?[;,–-]\s?[^\W\d_][^\d.;:\n]{1,50}:\s?")
# "0290.3863 021 (VQG U Minh Hạ), hoặc Hạt Kiểm lâm U Minh 3863.114", of digits that are set apart.
_OR = re.compile(r"\s?(?:\([^()\n]{1,50}\))?\s?[,;]?\s(?:hoặc|và)\s[^\W\d_][^\d.;:,\n]{1,50}\s")
_APART = re.compile(r"\d?[ .]?\d{3}[ .]\d{3}(?!\d)")
_STATED_AREA = re.compile(r"\bmã\s(?:vùng\s)?(?:là\s|chung\s)?:?\s*\(?(0\d{2,3})(?!\d)", re.I)
_CELL = re.compile(r"[|:]\s?$")
_SHORT_FIXED = re.compile(r"(?<![\d.])[2-9](?:[ .]?\d){5,7}(?![\d/]|[.,]\d)")
_SIX = re.compile(r"\(?0\d{4}\)?[ .-]+\d(?:[ .]?\d){5}$")
_TAIL = re.compile(r"(?: ?/ ?(\d{3})|/(\d{1,2})|-(\d{3})(?! ?[^\W\d_]))(?![\w%]|/\d{4}|[.,]\d| \d{3})")
_CALL = re.compile(
    r"đường dây nóng|hotline|tổng đài|điện thoại|gọi|ĐT\b|số máy|đầu số|liên hệ|\bbấm\b|quay số|quay $"
    r"|cấp cứu|qua số|báo (?:tin )?(?:ngay )?(?:đến|tới|về|cho)",
    re.I,
)
# "31 tin đến từ tổng đài 1022" tells where calls came from, and offers nothing.
_CAME_FROM = re.compile(r"(?:đến|gọi|tin|phản ánh) từ (?:tổng đài|đầu số|số(?: máy)?) $", re.I)
# Hospitals and ambulance centres bear the number as a name: "Bệnh viện Nhân dân 115".
_NAME_OF_CODE = re.compile(r"nhân dân $|(?<!gọi )(?:trung tâm|đội|tổ|trạm|xe) cấp cứu $", re.I)
_SERVICES = re.compile(
    r"(?:công an|cảnh sát)[^.,;\d\n]{0,20}113$|(?:cứu (?:hỏa|hoả|nạn|hộ)|pccc)[^.,;\d\n]{0,20}11[24]$"
    r"|cứu thương[^.,;\d\n]{0,12}115$",
    re.I,
)
# "… 0228.3649.024 hoặc 113", "Thầy thuốc đồng hành: 1022 (nhánh số 3)"
_BESIDE_NUMBER = re.compile(r"0[2-9](?:[ .]?\d){8,9}\s?(?:hoặc|và|,|/)\s?$")
_BRANCH = re.compile(r"\d{3,4}\s?\(?(?:,\s?)?(?:nhánh|(?:bấm|nhấn) (?:phím|nhánh|số))", re.I)
_AFTER_CODE = re.compile(r"(?:11[1-5]|1022)\s?(?:\([^()\n]{1,40}\))?\s?(?:,|;|và|hoặc|-|/)\s?(?:số )?$")

#: Mobile prefixes of eleven digits and their successors (Ministry of Information and Communications, 2018).
MOBILE_2018 = {
    "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037", "0168": "038",
    "0169": "039", "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078", "0123": "083",
    "0124": "084", "0125": "085", "0127": "081", "0129": "082", "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip


#: Area codes of before 2017 and their successors (plan of the Ministry of Information and Communications).
AREA_2017 = {p.old_area_code: p.area_code for p in PROVINCES if p.old_area_code != p.area_code}

Candidate = tuple[int, int, str, bool]


def candidates(value: str, skip: Sequence[tuple[int, int]], area: str) -> list[Candidate]:
    """Spans that are numbers by their digits: start, end, what is dialled, whether a part was inferred.

    `skip` are spans of something else; `area` (0252) completes a number printed without its code.
    """
    found: list[Candidate] = []
    for step in (_runs, _offered, _without_code):
        taken = Spans([*skip, *((s, e) for s, e, _, _ in found)])
        # Of "0948 71 3366 / BCĐ" the end may have been taken for a document's number.
        found += [c for c in step(value, sorted(found), area) if not taken.overlap(c[0], min(c[1], c[0] + 5))]
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
            if (
                match
                and joined
                and (one := _longest(value, start, match.end()))
                and not _cut(value, start, one)
            ):
                lone = match[0].startswith("(") and ")" not in value[start : one[0]]  # "(0969.082.115 và …)"
                yield start + lone, one[0], one[1], False
                last_end = one[0]
                for tail in _tails(value, start + lone, *one):
                    yield tail
                    last_end = tail[1]


def _cut(value: str, start: int, one: tuple[int, str]) -> bool:
    """Whether the end of a number begins another: the second of "3 736 091 0973 864 025" is a mobile."""
    end = one[0]
    if not _GROUP_BEHIND.match(value, end):
        return False
    inner = value.find(" 0", start, end) + 1
    other = _RUN.match(value, inner) if inner else None
    found = _longest(value, inner, other.end()) if other else None
    return found is not None and found[0] > end and not _GROUP_BEHIND.match(value, found[0])


_GROUP_BEHIND = re.compile(r" \d{2,4}(?!\d)")


def _opening(value: str, start: int) -> int:
    """Where a number's bracket or plus begins: "(0252", "( 0252", "(+84", "+84"."""
    while start and value[start - 1] in "(+ " and value[max(0, start - 2) : start].strip() != "":
        if value[start - 1] == " " and value[start - 2] != "(":
            break
        start -= 1
    return start


def _longest(value: str, start: int, limit: int) -> tuple[int, str] | None:
    """End and dialled digits of the number that begins here; groups behind a finished number are others."""
    if _in_account(value, start) or (value[start - 1 : start] in _OPENERS and _abroad(value, start)):
        return None
    if _TODAY.fullmatch(dial := _dial(value[start:limit])) and not value[limit : limit + 1].isdigit():
        return (limit, dial) if _ends(value, limit) else None
    while value[limit : limit + 1].isdigit() and limit - start < 40:
        limit += 1
    best: tuple[int, int, str] | None = None
    for group in _GROUP.finditer(value, start, limit):
        dial = _dial(value[start : group.end()])
        if len(dial) > 11:
            break
        rank = _plausible(dial)
        if rank and (best is None or rank > best[0]):
            best = (rank, group.end(), dial)
    return best[1:] if best and _ends(value, best[1]) else None


def _abroad(value: str, start: int) -> bool:
    """Whether another country's code stands before a number."""
    near = value[max(0, start - 8) : start]
    return ("+" in near or "00" in near) and bool(_ABROAD.search(near))


def _in_account(value: str, start: int) -> bool:
    """Whether a dot joins the digits to others before: 3751.0.1058784; "1.0912…" opens a list's row."""
    joined = value[start - 1 : start] == "." and value[max(0, start - 2) : start - 1].isdigit()
    return joined and not _ROW_NUMBER.search(value, max(0, start - 4), start)


def _ends(value: str, end: int) -> bool:
    """Whether a number may end here: not within a longer number, a word or an address."""
    after = value[end : end + 1]
    if after.isalnum() or after in ("@", "_"):
        return False
    if after in (".", ",", "/") and value[end + 1 : end + 2].isdigit():
        return after == "/" and bool(_TAIL.match(value, end) or _SECOND.match(value, end))
    return True


def _tails(value: str, start: int, end: int, dial: str) -> Iterator[Candidate]:
    """Numbers of which only the last digits are printed: 0907.115.776/777/778."""
    grouped = value[end - 4 : end - 3] in (".", " ")
    while (match := _TAIL.match(value, end)) and (grouped or not match[3]):
        tail = match[match.lastindex or 0]
        yield match.end() - len(tail), match.end(), dial[: -len(tail)] + tail, True
        end = match.end()


_HOUSE = re.compile(r"(?:trụ sở|địa chỉ|đ/c)(?: tại)?\s?:?\s?(?:số\s)?$", re.I)
_EXTENSION = re.compile(r"(?:nội bộ|máy lẻ|nhánh|\bext\.?)\s*(?:số\s*)?:?\s*$", re.I)


def _offered(value: str, found: list[Candidate], area: str) -> Iterator[Candidate]:
    """Service numbers and short codes, the latter only where the words before offer them to call."""
    last_end = 0
    for start, end in digit_runs(value):
        first, size = value[start : start + 2], end - start
        match = None
        if start < last_end:
            continue
        if ("02" <= first <= "07" and size <= 8) or (first == "84" and value[start - 1 : start] == "+"):
            match = _AREA_SHORT.match(value, _opening(value, start))
        elif first in ("18", "19") and size <= 10:
            match = _SERVICE.match(value, start)
            if match and _YEARS.match(match[0]):
                continue
        if match is None and first in ("10", "11", "12", "15", "18") and size <= 5:
            code = _SHORT_CODE.match(value, start)
            match = code if code and _is_offered(value, start) else None
        if match and not _COUNTED.match(value, match.end()):
            last_end = match.end()
            yield match.start(), last_end, _dial(match[0]), False


def _is_offered(value: str, start: int) -> bool:
    before = value[max(0, start - 60) : start]
    if _HOUSE.search(before):
        return False
    if any(pattern.search(before) for pattern in (_NAME_OF_CODE, _EXTENSION, _CAME_FROM)):
        return False
    return bool(
        _CALL.search(before)
        or _BESIDE_NUMBER.search(before)
        or _BRANCH.match(value, start)
        or _AFTER_CODE.search(before)
        or _SERVICES.search(before + value[start : start + 3])
    )


def _without_code(value: str, found: list[Candidate], area: str) -> Iterator[Candidate]:
    """Landlines without their area code, after a label or a number with it ("(0252) 3828469 - 3821656").

    Where the text says which code all have ("mã vùng 0232"), a number in a cell or after a colon needs no
    label.
    """
    told = _STATED_AREA.search(value) if "mã vùng" in lowered(value) else None
    area = told[1] if told else area
    landlines = [f for f in found if _area_in(value, f)]
    last: Candidate | None = None
    for run_start, run_end in digit_runs(value):
        size = run_end - run_start
        if size > 8 or (size < 6 and not value[run_end + 1 : run_end + 3].isdigit()):
            continue
        match = _SHORT_FIXED.match(value, run_start)
        if match is None:
            continue
        behind = bisect_left(landlines, (run_start,))
        before = max((landlines[behind - 1] if behind else _NOWHERE), last or _NOWHERE)
        near = run_start - before[1] <= 7
        joined = near and bool(_JOINER.fullmatch(value, before[1], run_start))
        joined = joined or (
            run_start - before[1] <= 60 and bool(_NEXT.fullmatch(value, before[1], run_start))
        )
        joined = joined or (
            _APART.match(match[0]) is not None
            and run_start - before[1] <= 80
            and bool(_OR.fullmatch(value, before[1], run_start))
        )
        in_row = landlines and _APART.match(match[0]) and _before_mobile(value, match.end(), found)
        in_cell = in_row or (
            told and _APART.match(match[0]) and _CELL.search(value, max(0, run_start - 3), run_start)
        )
        if not (joined or in_cell) and (
            value[run_start - 1 : run_start] in ("/", ",", "-")
            or not _LABELLED.search(value, max(0, run_start - 20), run_start)
        ):
            continue
        digits = re.sub(r"\D", "", match[0])
        if len(digits) == 6 and not (joined and _SIX.match(value[before[0] : before[1]])):
            continue
        code = before[2][: -len(digits)]
        known = code[1:] in _AREAS or (len(digits) == 6 and code[1:-1] in _AREAS)
        code = code if known else area
        if code and not _COUNTED.match(value, match.end()):
            last = (run_start, match.end(), code + digits, True)
            yield last


def _before_mobile(value: str, end: int, found: list[Candidate]) -> bool:
    """Whether a mobile number is the next cell of a row: "4 Cẩm Giàng 3.786.329 0982 047 118"."""
    behind = bisect_left(found, (end,))
    if behind == len(found) or value[end : found[behind][0]] != " ":
        return False
    line = value.rfind("\n", max(0, end - 120), end) + 1
    return _MOBILE.match(found[behind][2]) is not None and NUMBERED_ROW.match(value, line) is not None


_MOBILE = re.compile(r"0[35789]\d{8}$")


def _area_in(value: str, number: Candidate) -> bool:
    """Whether a number carries an area code that a second one may share."""
    start, end, dial, _ = number
    return dial.startswith(("02", "04", "06")) or bool(dial[0] == "0" and _old_code(value[start:end]))


def _dial(printed: str) -> str:
    digits = re.sub(r"\D", "", printed)
    if printed.lstrip(" (+").startswith(("84", "0084")):
        return "0" + digits.removeprefix("00")[2:].removeprefix("0")
    return digits


def _plausible(dial: str) -> int:
    """How well digits make a number: 2 of today, 1 of before the renumbering, 0 none."""
    if _TODAY.fullmatch(dial):
        return 2
    if len(dial) == 11 and dial[:4] in MOBILE_2018:
        return 1
    # A landline of before 2017: its code and six to eight digits. 0106314366 is a company's tax code.
    return len(dial) >= 10 and any(
        dial[1 : 1 + n] in AREA_2017 and 6 <= len(dial) - 1 - n <= 8 for n in (1, 2, 3)
    )


# 069 is the army's own network, 080 the government's.
_TODAY = re.compile(r"0[35789]\d{8}|02\d{9}|069\d{6,7}|080\d{5}")
_NOWHERE: Candidate = (-9, -9, "", False)
#: Area codes of both plans.
_AREAS = {code for p in PROVINCES for code in (p.old_area_code, p.area_code)}


def _old_code(printed: str) -> str:
    """The area code of before 2017 that the grouping of a number shows: "38" of 038.3555666, else ''."""
    code = _CODE_APART.match(printed)
    return code[1] if code and code[1] in AREA_2017 else ""


_CODE_APART = re.compile(r"\(?(?:0|(?:\+|00)?84[ .)-]{0,3})(\d{1,3})\)?[\s.-]+\d[\d\s.-]*$")


@lru_cache(maxsize=4096)
def e164_of(dial: str, printed: str = "") -> str:
    """Today's international form of a dialled number; '' where it stays open.

    `printed` shows the grouping: `08.39309912` is a landline of before 2017, `0839309912` a mobile of today,
    `038.3555666` may be either and stays open (so do short codes).
    """
    if len(dial) == 11 and dial[:4] in MOBILE_2018:
        dial = MOBILE_2018[dial[:4]] + dial[4:]
    code = _old_code(printed) or (dial[1] if dial[:2] == "04" else dial[1:3] if dial[:2] == "06" else "")
    if code in AREA_2017 and len(dial) in (10, 11):
        if len(code) == 2 and code[0] in "35789" and len(dial) == 10:
            return ""
        dial = f"0{AREA_2017[code]}" + dial[1 + len(code) :]
    national = dial.removeprefix("0")
    # Made of its parts: parsing what is already digits costs five times the check.
    number = phonenumbers.PhoneNumber(country_code=84, national_number=int(national))
    return f"+84{national}" if phonenumbers.is_valid_number(number) else ""
