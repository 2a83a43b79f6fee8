"""What the words round a phone number say of what it is for: the signs and words that are weighed."""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache

from crawler.extract.fitted import Words, words_in
from crawler.extract.phone_places import MARKED, Place, Said, address_in, lines_above
from crawler.extract.scan import last_match

# Everything here is matched against lower-case text.
NAMED_HOT = (
    r"đường dây nóng|hot ?-?line|tổng đài|số (?:máy )?trực|số (?:điện thoại |máy )?(?:nóng|thường trực)"
    r"|điện thoại (?:trực|nóng|thường trực)|máy trực|trực ban|\btrực:|trực (?:24|suốt|ngày đêm)|túc trực"
    r"|tổ (?:trực|tư vấn"
    r"|hỗ trợ|phản ứng)|cấp cứu|số (?:máy|điện thoại) (?:cứu nạn|cứu hộ|cứu trợ|khẩn cấp)|cứu (?:nạn|hộ):"
)
_NAMED = re.compile(NAMED_HOT)
#: What citizens call for.
_PURPOSE = re.compile(
    r"phản ánh|khai báo|tố giác|tố cáo|báo tin|tin báo|nhận tin|(?:gọi|báo|điện|liên hệ|liên lạc"
    r"|thông báo) ngay"
    r"|gọi báo|(?<!phòng )tư vấn|giải đáp|hỏi đáp|thắc mắc|hỗ trợ người dân|cần (?:được )?(?:giúp|trợ giúp"
    r"|hỗ trợ"
    r"|cứu trợ)"
    r"|(?:trả lời|tháo gỡ|giải quyết) (?:vướng mắc|câu hỏi)|(?:cần|muốn|vui lòng|có thể|xin) (?:được )?"
    r"(?:hỏi|biết|tìm hiểu)|\bhỏi (?:về|thêm)\b"
    r"|ý kiến (?:của )?(?:phụ huynh|người dân|công dân|nhân dân|bạn đọc)"
    r"|tiếp nhận[^.;:]{0,20} (?:thông tin|ý kiến|kiến nghị|yêu cầu)"
    r"|cung cấp thông tin|kiến nghị|góp ý"
    r"|khiếu nại"
    r"|để được (?:hướng dẫn|hỗ trợ|giải đáp|giúp)|(?:phát hiện|thấy) (?:người|trường hợp|hành vi|vi phạm)"
    r"|(?:khi|nếu) (?:có|thấy|phát hiện|xuất hiện)[^.]{0,30}(?:dấu hiệu|triệu chứng|biểu hiện)"
    r"|hỗ trợ[^.;:,]{0,20}:|vướng (?:mắc )?(?:ở đâu|chỗ nào|gì)"
)
_OFFER_AFTER = re.compile(
    r"\s?\(?(?:trực )?24(?:/24|/7|h)|[^.\n]{0,40}?(?:(?:khi|nếu) (?:có|thấy|phát hiện|cần)"
    r"|để (?:được|khai báo|phản ánh|báo|cung cấp|hỏi))"
)
_CITIZENS = re.compile(
    r"người dân|nhân dân|bà con|công dân|phụ huynh|cha mẹ|người bệnh|\bf[01]\b|hành khách|du khách|\bkhách\b"
    r"|mọi người|\bai\b|quý vị|hộ dân|người nhà|người lao động|người (?:từ|về|đã|đến|có|ở|cần)|\bdân\b"
    r"|\bnơi (?:nào|thiếu|cần|có)|công nhân|chị em|cô bác|anh chị|học viên|sinh viên|hội viên|đoàn viên"
    r"|lái xe|tài xế|nhà xe|thai phụ|tiểu thương|quần chúng|nông dân|ngư dân|chủ (?:hộ|tàu|nuôi)"
    r"|hộ (?:chăn )?nuôi|người nuôi"
)
_CALLS = re.compile(
    r"\bgọi\b|liên hệ|liên lạc|\bbáo\b|điện thoại|\bkhai\b|nhắn|qua số|theo số|số máy|\bhỏi\b"
)
#: Posts that the sick and whoever met them turn to.
_HEALTH = re.compile(
    r"(?:trạm|trung tâm|tt|điểm|cơ sở|phòng) y tế|y tế lưu động|\bcdc\b|kiểm soát bệnh tật|bệnh viện"
    r"|phòng khám"
    r"|trạm xá|tổ (?:y tế|covid|phản ứng|truy vết|hậu cần|chăm sóc)|(?:trực|trưởng) chốt"
    r"|\bchốt (?:số \d|kiểm soát|kiểm dịch)|khu cách ly"
)
#: Gifts, contests, trade and appointments: persons to contact, whatever the epidemic.
_PRIVATE = re.compile(
    r"ủng hộ|góp sức|hiến máu|tình nguyện|thiện nguyện|đóng góp|quyên góp|tài trợ|hảo tâm"
    r"|đầu mối(?! (?:giải đáp|tư vấn|hỗ trợ)| tiếp nhận (?:thông tin )?(?:phản ánh|tin báo"
    r"|kiến nghị|của))|đăng ký (?:trước|tiếp|gặp|dự|tham gia|tham dự|thi)|đặt lịch|lịch hẹn"
    r"|hội thi|cuộc thi|dự thi|tuyển sinh|tuyển dụng|thí sinh|muốn mua|điểm bán|bán hàng|đặt mua|đặt hàng"
    r"|tự mua|trước giờ nộp|đồng hương|mời thầu|hồ sơ mời|đấu giá|tuyển lao động|ứng tuyển"
)
_POLITE = re.compile(r"\b(?:vui lòng|xin|mời|đề nghị|hãy)\b")
_CONTEST = re.compile(r"thể lệ|cuộc thi|hội thi|tuyển dụng|đấu giá|mời thầu|chào giá|chào hàng")
#: What everybody may call for, whatever the notice is about.
_PURPOSE_OF_ALL = re.compile(r"phản ánh|khai báo|tố giác|tố cáo|kiến nghị|khiếu nại")
_OFFICES = re.compile(
    r"(?:các|những|từng|mọi) (?:cơ quan|đơn vị|sở|ban|trường|nhà trường|địa phương|phòng|huyện|ngành)"
    r"|cơ quan, đơn vị|\b(?:trường|đơn vị|cơ quan|địa phương|doanh nghiệp|xã|huyện) nào\b"
)
_CALL_UP = re.compile(r"\bgọi\b(?! là| tắt| chung)|(?:điện|alo) (?:cho|tới|đến|về|theo)\b|(?:xin|hãy) báo\b")
# "Khách nước ngoài kẹt ở Sơn Trạch cần chỗ trọ, phiên dịch: 0232 …"
_NEED = re.compile(r"\bcần\s[^.;:\n]{2,60}:\s*$")
_FIRMS = re.compile(
    r"đơn vị|cơ quan|báo chí|phóng viên|cán bộ|doanh nghiệp|hợp tác xã|nhà thầu|nhà đầu tư|cơ sở"
)
#: Notices that look for contacts of patients give numbers to call.
_SOUGHT = re.compile(
    r"thông báo khẩn|tìm (?:những |các )?(?:người|hành khách|trường hợp|ai\b)|truy vết|truy tìm"
)
_NUMBERS_HEAD = re.compile(
    r"số (?:điện thoại|máy|đt)|danh (?:sách|bạ)[^.]{0,60}(?:điện thoại|liên lạc|liên hệ)"
    r"|(?:gọi|hỏi) (?:số nào|(?:cho )?ai\b|đi đâu|ở đâu)"
)
_LONG_DIGITS = re.compile(r"\d{4}|\d{3}[. ]\d{3}")
#: The second line of a heading is no longer: "số điện thoại tiếp nhận", "phản ánh kiến nghị về TTHC".
_WRAPPED = 60
#: The last line of an entry: who, what number, which address.
_MAIL = re.compile(r"e-?mail\s?:\s?\S+@\S+$")
#: Words of a sentence, no row of a list: what a heading above announces is none of its business.
_PROSE = re.compile(r"\b(?:xin|mọi|hãy|đề nghị|vui lòng|kính)\b")
#: The labels before a number.
LABELS = re.compile(
    rf"(?P<fax>\bfax\b)|(?P<hot>{NAMED_HOT})|điện thoại|\bđt\b|\btel\b|\bphone\b|số máy|sđt|di động"
)
_SIGNS = {
    "named": _NAMED,
    "purpose": _PURPOSE,
    "citizens": _CITIZENS,
    "calls": _CALLS,
    "health post": _HEALTH,
    "private": _PRIVATE,
    "polite": _POLITE,
    "contest": _CONTEST,
    "purpose of all": _PURPOSE_OF_ALL,
    "offices": _OFFICES,
    "call up": _CALL_UP,
    "firms": _FIRMS,
    "sought": _SOUGHT,
    "numbers": _NUMBERS_HEAD,
    "need": _NEED,
}
_MOBILE = re.compile(r"0[35789]")
#: How far behind a number is read; how much of a sentence, of a heading and of a title counts.
_BEHIND, _SENTENCE, _HEADING, _TITLE = 80, 30, 25, 300
#: What stands this late in a text is its foot.
_FOOT = 0.85


def signs_and_words(said: Said, title: str, label: str) -> tuple[set[str], Words]:
    """What speaks for and against a hotline: signs, and words by the place that they stand in.

    `title` is lower-case, `label` the last label before the number (fax, hot, tel or '').
    """
    place, heading, owner = said.place, said.heading, said.owner
    low = place.low
    sentence = low[place.sentence : place.start]
    behind = low[place.end : place.end + _BEHIND].partition("\n")[0]
    title_signs, title_words = _of_line("title", title[:_TITLE])
    heading_signs, heading_words = _of_line("heading", heading)
    signs = {f"label {label}"} | title_signs | heading_signs
    signs |= _named_in("sentence", sentence) | _of_place(said)
    return signs, {
        "title": title_words,
        "heading": heading_words,
        "sentence": words_in(sentence, -_SENTENCE),
        "behind": words_in(behind, 8),
        "column": words_in(place.column),
        "owner": words_in((owner or "").lower()),
        "near": words_in(f"{sentence} {heading}"),
    }


@lru_cache(maxsize=64)
def _of_line(what: str, line: str) -> tuple[Set[str], Set[str | tuple[str, str]]]:
    """The signs and words of a title or heading: all numbers under it ask for the same."""
    return _named_in(what, line), words_in(line, -_HEADING if what == "heading" else None)


def _named_in(what: str, line: str) -> set[str]:
    return {f"{what}: {name}" for name, pattern in _SIGNS.items() if pattern.search(line)} if line else set()


def _of_place(said: Said) -> set[str]:
    place, dial = said.place, said.dial
    told = {
        f"zone {place.text.zone_at(place.start)}": True,
        "offered behind": _OFFER_AFTER.match(place.low, place.end),
        "service number": is_service(dial),
        "mobile": _MOBILE.match(dial), "short": len(dial) < 10, "landline": len(dial) >= 10,
        "beside an address": place.beside_address, "behind a street": place.behind_street,
        "signed": _signed(place), "row": is_row(place), "owner" if said.owner else "no owner": True,
        "foot": place.start > _FOOT * len(place.low),
    }  # fmt: skip
    if told["mobile"]:
        told["landline"] = told["short"] = False
    return {name for name, there in told.items() if there}


def hotline_words(said: Said, title: str, signs: set[str]) -> str:
    """The words round a number that say outright what it is ("đường dây nóng", "tổng đài"), '' for none."""
    place = said.place
    round_it = {
        "sentence": place.low[place.sentence : place.start], "heading": said.heading, "title": title[:_TITLE],
    }  # fmt: skip
    named = (last_match(_NAMED, line) for what, line in round_it.items() if f"{what}: named" in signs)
    return next((found[0].strip(" :") for found in named if found), "")


def is_service(dial: str) -> bool:
    """Whether a number is made for the public: 1900…, 1800…, 115, 1022 and 0239 1022."""
    return dial.startswith(("19", "18", "11", "10")) or (len(dial) <= 8 and dial.endswith("1022"))


def is_row(place: Place) -> bool:
    """Whether the line up to the number may be a list's row: no sentence of its own."""
    alone = place.sentence - place.line <= 6 and place.start - place.line <= 200
    return alone and not _PROSE.search(place.line_words)


def _signed(place: Place) -> bool:
    """Whether the number ends the page under a name in capitals: "SỞ Y TẾ TỈNH …", next line "ĐT: 0239…"."""
    if len(place.low) - place.end > 200 or len(place.line_words) > 40 or not LABELS.search(place.line_words):
        return False
    above = lines_above(place.low, place.line, 1)
    value = place.text.value
    return bool(above) and value[slice(*above[0])].isupper() and value.endswith("\n\n", 0, above[0][0])


def heading_of(place: Place) -> str:
    """The last sentence (lower case) that announces the list in which a number's line stands, else ''."""
    low = place.low
    if not is_row(place):
        return ""
    below = ""
    for start, end in lines_above(low, place.line):
        line = low[start:end]
        if line.endswith((":", "sau đây.", "như sau.", "dưới đây.", "sau.", "sau đây")):
            return line[-400:].rstrip(": ").rpartition(". ")[2]
        if (
            len(line) <= 160
            and (_NAMED.search(line) or _NUMBERS_HEAD.search(line))
            and not _LONG_DIGITS.search(line)
        ):
            goes_on = (
                _PURPOSE.search(below) and len(below) <= _WRAPPED and not any(c.isdigit() for c in below)
            )
            return f"{line} {below}" if goes_on else line
        if len(line) > 160 or (address_in(line) and not MARKED.match(line) and not _MAIL.match(line)):
            return ""
        below = line
    return ""
