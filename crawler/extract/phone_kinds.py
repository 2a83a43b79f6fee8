"""What a phone number is for: a hotline for the public, an office's contact, a fax; or withdrawn."""

from __future__ import annotations

import re

from crawler.extract.phone_places import MARKED, Place, address_in, lines_above

# Everything here is matched against lower-case text.
_NAMED_HOT = (
    r"đường dây nóng|hot ?-?line|tổng đài|số (?:máy )?trực|số (?:điện thoại |máy )?(?:nóng|thường trực)"
    r"|điện thoại (?:trực|nóng|thường trực)|máy trực|trực ban|\btrực:|trực (?:24|suốt|ngày đêm)|túc trực"
    r"|tổ (?:trực|tư vấn"
    r"|hỗ trợ|phản ứng)|cấp cứu|số (?:máy|điện thoại) (?:cứu nạn|cứu hộ|cứu trợ|khẩn cấp)|cứu (?:nạn|hộ):"
)
_NAMED = re.compile(_NAMED_HOT)
_LABELS = re.compile(
    rf"(?P<fax>\bfax\b)|(?P<hot>{_NAMED_HOT})|điện thoại|\bđt\b|\btel\b|\bphone\b|số máy|sđt|di động"
)
_BOTH = re.compile(r"(?:điện thoại|\bđt|\btel|phone)\s*(?:[/,&-]|và)\s*$")
# Behind a fax number and further words stands another number: "fax 3857200 hoặc bác sĩ …, 0912449003".
_NUMBER = re.compile(r"\d[\d .-]{5,20}")
_WORDS = re.compile(r"[^\W\d]{2,} [^\W\d]{2,} [^\W\d]{2,}")
_FAX_AFTER = re.compile(r"\s*\(\s*(?:số )?fax\s*\)")
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

_REPLACED = re.compile(
    r"(?:số(?: điện thoại| máy)? cũ|thay (?:thế )?(?:cho )?số|thay thế|thay vì)[^,;.:\d]{0,25}$"
)
_MOVED_FROM = re.compile(r"(?:đổi|chuyển)[^.;\n\d]{0,50} từ (?:đầu )?(?:số )?[^.;\n\d]{0,20}$")
_WRONG = re.compile(
    r"(?:nhầm|sai|hủy|huỷ|bỏ|không (?:gọi|dùng|sử dụng)(?: vào| tới"
    r"| đến)?)[^.;:,\n\d]{0,20}\bsố[^.;:,\n\d]{0,15}$"
)
_LONG_DIGITS = re.compile(r"\d{4}|\d{3}[. ]\d{3}")
_NAMED_LIST = re.compile(rf"{_NAMED_HOT}|giải đáp|phản ánh|tư vấn|khai báo|tiếp nhận")
OFFERED_BEHIND = "an offer behind the number"
HEALTH_POST, FOR_OTHERS = "a health post", "a list for others than the public"
#: Words of a sentence, no row of a list: what a heading above announces is none of its business.
_PROSE = re.compile(r"\b(?:xin|mọi|hãy|đề nghị|vui lòng|kính)\b")
_HOUSE = re.compile(r"(?:số )?\d")
_OUT = ("thay", " cũ", "từ", "nhầm", "sai", "hủy", "huỷ", "bỏ", "không")
_NEW_AFTER = re.compile(r"(?:bằng|bởi|thành|sang|mới|là)\b[^.;\n\d]{0,20}$")
_NO_MORE = re.compile(
    r"\s?(?:\([^()\n]{0,40}\))?[^\d.;\n(]{0,25}?(?:thôi (?:sử )?dụng|thôi dùng|(?:ngừng|ngưng|dừng)"
    r" (?:sử dụng|dùng|hoạt động|tiếp nhận|liên lạc)|ngừng\b|không còn|hết hiệu lực|bị (?:hủy|huỷ|bãi bỏ"
    r"|thay)"
    r"|được thay (?:thế )?(?:bằng|bởi)|(?:đổi|chuyển) (?:thành|sang))|\s?\((?:số )?cũ\)"
    r"|[^.;\n]{0,60}?(?:là số cũ|không còn (?:sử )?dụng|không còn dùng)"
)


def kind_of(place: Place, dial: str, title: str) -> tuple[str, str]:
    """hotline, contact or fax, and the rule that says so; "contact", "" where nothing round it decides.

    A label beats the place; the clause beats the sentence, the sentence the heading above a list, the
    heading the title.
    """
    clause, column = place.clause_words, place.column
    label, named = _label(clause)
    if label == "fax" or ("fax" in column and "đ" not in column) or _FAX_AFTER.match(place.low, place.end):
        return "fax", "label fax"
    sentence = place.low[place.sentence : place.start]
    if place.text.zone_at(place.start) == "chrome" and not _NAMED.search(sentence):
        listed = _NAMED_LIST.search(heading_of(place))
        return ("hotline", "hotline words above the list") if listed else ("contact", "chrome")
    if not named and is_service(dial):
        private = len(dial) > 4 and _PRIVATE.search(heading_of(place))
        return ("contact", FOR_OTHERS) if private else ("hotline", "service number")
    in_addresses = label != "hot" and place.beside_address and (label or not _NAMED.search(sentence))
    if in_addresses and not (_PURPOSE.search(sentence) and _POLITE.search(sentence)):
        return "contact", "a line of addresses"
    if named or _NAMED.search(column):
        return "hotline", "hotline words in the sentence" if named else "hotline words over the column"
    if _CONTEST.search(title) and not _OFFER_AFTER.match(place.low, place.end):
        return _of_contest(place, clause)
    if (words := _offered(clause)) or _OFFER_AFTER.match(place.low, place.end):
        return "hotline", words or OFFERED_BEHIND
    if _PRIVATE.search(clause):
        return "contact", "a private matter in the sentence"
    if place.clause > place.sentence and (words := _offered(sentence)):
        return "hotline", words
    return _by_place(place, title)


def _of_contest(place: Place, clause: str) -> tuple[str, str]:
    """Contests, tenders and posts to fill have persons to contact, whoever is to ask."""
    listed = _NAMED_LIST.search(heading_of(place)) or _PURPOSE_OF_ALL.search(clause)
    return ("hotline", "hotline words above the list") if listed else ("contact", FOR_OTHERS)


def is_service(dial: str) -> bool:
    """Whether a number is made for the public: 1900…, 1800…, 115, 1022 and 0239 1022."""
    return dial.startswith(("19", "18", "11", "10")) or (len(dial) <= 8 and dial.endswith("1022"))


def _by_place(place: Place, title: str) -> tuple[str, str]:
    """What the list, the footer or the notice is for, where the number's own sentence does not say."""
    before = (
        place.low[max(place.line, place.sentence - 200) : place.sentence].rstrip(" .").rpartition(". ")[2]
    )
    if _NAMED.search(before) and not _LONG_DIGITS.search(before):
        return "hotline", "hotline words in the sentence before"
    if _signed(place) or (place.behind_street and _HOUSE.match(place.line_words)):
        return "contact", "a line of addresses"
    if (heading := heading_of(place)) and (decided := _of_heading(heading)):
        return decided
    if place.behind_street:
        return "contact", "a line of addresses"
    if _NAMED.search(title) or _NUMBERS_HEAD.search(title) or _SOUGHT.search(title):
        return "hotline", "hotline in the title"
    words = place.low[place.sentence : place.start]
    if (_HEALTH.search(words) or _HEALTH.search(heading)) and not _OFFICES.search(words):
        return "hotline", HEALTH_POST
    return "contact", ""


def _label(clause: str) -> tuple[str, bool]:
    """The last label before a number (fax, hot, tel or ''; "ĐT/Fax" is a phone) and whether any is hot."""
    last, hot = None, False
    for last in _LABELS.finditer(clause):
        hot = hot or last.lastgroup == "hot"
    if last is None:
        return "", False
    if last.lastgroup == "fax":
        behind = _NUMBER.split(clause[last.end() :])[1:]
        if _BOTH.search(clause, 0, last.start()) or any(_WORDS.search(words) for words in behind):
            return "tel", hot
    return last.lastgroup or "tel", hot


def _offered(words: str) -> str:
    """The rule by which words offer the numbers behind them to the public; '' if they do not."""
    if _NAMED.search(words):
        return "hotline words in the sentence"
    if _PRIVATE.search(words):
        return ""
    citizens = _CITIZENS.search(words)
    if not citizens and _OFFICES.search(words):
        return ""
    if _PURPOSE.search(words):
        return "what citizens call for in the sentence"
    if citizens and _CALLS.search(words, citizens.end()):
        return "citizens are to call"
    if citizens and _NEED.search(words, citizens.end()):
        return "what citizens need in the sentence"
    call = _CALL_UP.search(words)
    return "everybody is to call" if call and not _FIRMS.search(words, 0, call.start()) else ""


def is_row(place: Place) -> bool:
    """Whether the line up to the number may be a list's row: no sentence of its own."""
    alone = place.sentence - place.line <= 6 and place.start - place.line <= 200
    return alone and not _PROSE.search(place.line_words)


def _signed(place: Place) -> bool:
    """Whether the number ends the page under a name in capitals: "SỞ Y TẾ TỈNH …", next line "ĐT: 0239…"."""
    if len(place.low) - place.end > 200 or len(place.line_words) > 40 or not _LABELS.search(place.line_words):
        return False
    above = lines_above(place.low, place.line, 1)
    value = place.text.value
    return bool(above) and value[slice(*above[0])].isupper() and value.endswith("\n\n", 0, above[0][0])


def heading_of(place: Place) -> str:
    """The last sentence (lower case) that announces the list in which a number's line stands, else ''."""
    low = place.low
    if not is_row(place):
        return ""
    for start, end in lines_above(low, place.line):
        line = low[start:end]
        if line.endswith((":", "sau đây.", "như sau.", "dưới đây.", "sau.", "sau đây")):
            return line[-400:].rstrip(": ").rpartition(". ")[2]
        if (
            len(line) <= 160
            and (_NAMED.search(line) or _NUMBERS_HEAD.search(line))
            and not _LONG_DIGITS.search(line)
        ):
            return line
        if len(line) > 160 or (address_in(line) and not MARKED.match(line)):
            return ""
    return ""


def _of_heading(heading: str) -> tuple[str, str] | None:
    if words := _offered(heading):
        return "hotline", f"{words.removesuffix(' in the sentence')} above the list"
    if _PRIVATE.search(heading) or _OFFICES.search(heading):
        return "contact", FOR_OTHERS
    return ("hotline", "a list of numbers") if _NUMBERS_HEAD.search(heading) else None


def is_withdrawn(place: Place) -> bool:
    """Whether the words round a number take it out of use."""
    before = place.clause_words[-90:]
    if any(word in before for word in _OUT) and any(
        p.search(before) for p in (_REPLACED, _MOVED_FROM, _WRONG)
    ):
        return not _NEW_AFTER.search(before)
    return bool(_NO_MORE.match(place.low, place.end)) or place.column.endswith("số cũ")
