"""The topics of a notice, each by the first words that chose it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ahocorasick_rs import AhoCorasick

from crawler.extract.scan import lowered, stands_alone
from crawler.model import Phone, Text, Topic

#: The words of each topic, lower case; a blank at the end asks for a whole word.
_PHRASES = {
    "hotline": ("đường dây nóng", "hotline", "số điện thoại nóng"),
    "vaccination": ("vắc xin", "vắc-xin", "vắcxin", "vaccine", "tiêm chủng", "tiêm phòng"),
    "testing": ("xét nghiệm", "test nhanh", "lấy mẫu", "rt-pcr"),
    "quarantine": ("cách ly", "f1 ", "theo dõi sức khỏe tại nhà", "theo dõi sức khoẻ tại nhà"),
    "distancing": (
        "giãn cách", "cách ly xã hội", "cách ly toàn xã hội", "chỉ thị 15", "chỉ thị 16", "chỉ thị 19",
        "chỉ thị số 15", "chỉ thị số 16", "chỉ thị số 19",
        "phong tỏa", "phong toả", "hạn chế tập trung",
    ),
    "travel": (
        "chốt kiểm soát", "đi lại", "vận tải", "giấy đi đường", "về từ vùng dịch", "nhập cảnh", "chuyến bay",
    ),
    "schools": ("học sinh", "trường học", "dạy học", "nghỉ học", "học trực tuyến"),
    "work-support": (
        "hỗ trợ người lao động", "hỗ trợ doanh nghiệp", "hỗ trợ người dân", "trợ cấp",
        "bảo hiểm thất nghiệp", "an sinh",
    ),
    "apps": (
        "bluezone", "cài đặt ứng dụng",
        "sổ sức khỏe điện tử", "sổ sức khoẻ điện tử", "pc-covid", "ncovi", "mã qr",
        "khai báo y tế điện tử",
    ),
    "contact-search": ("tìm người", "thông báo khẩn", "truy vết", "đã từng đến"),
    "case-figures": (
        "ca mắc", "ca nhiễm", "ca dương tính", "ca f0", "ca bệnh", "trường hợp mắc", "trường hợp dương tính",
        "trường hợp nhiễm", "bản tin",
    ),
    "treatment": ("điều trị", "bệnh viện dã chiến", "thu dung"),
    "markets": (
        "chợ ", "siêu thị", "hàng hóa thiết yếu", "hàng hoá thiết yếu", "lương thực", "giá cả", "bình ổn",
    ),
}  # fmt: skip


#: "Cách ly (toàn) xã hội" is what the spring of 2020 called distancing: nobody is in quarantine.
_DISTANCING = (" xã hội", " toàn xã hội")
_FLAT = [(topic, phrase) for topic, phrases in _PHRASES.items() for phrase in phrases]
#: All phrases in one pass: looking for each by itself takes eight times as long.
_AUTOMATON = AhoCorasick([phrase.rstrip() for _, phrase in _FLAT])


#: "hỗ trợ người dân, doanh nghiệp trong việc tiếp cận dịch vụ công" gives nobody money.
_HELP = re.compile(r"[^.;\n]{0,40}\b(?:trong việc|tiếp cận|truy cập|sử dụng|cài đặt|tra cứu|khai báo)\b")
#: So many numbers for the public make a notice one of numbers to call.
_NUMBERS = 2


def find_topics(text: Text, phones: Sequence[Phone] = ()) -> tuple[Topic, ...]:
    """Topics named in title or summary, or at least twice in the body, in the design's order.

    A notice with two hotlines (`phones`) is about numbers to call, whatever it calls them.
    """
    low = lowered(text.value)
    places: dict[str, list[tuple[int, int]]] = {}
    for index, start, end in _AUTOMATON.find_matches_as_indexes(low, overlapping=True):
        topic, phrase = _FLAT[index]
        if topic == "quarantine" and low.startswith(_DISTANCING, end):
            continue
        if phrase == "hỗ trợ người dân" and _HELP.match(low, end):
            continue
        whole = phrase[-1] == " "
        if stands_alone(low, start, end, whole) and text.zone_at(start) != "chrome":
            places.setdefault(topic, []).append((start, end))
    found = {topic: t for topic in _PHRASES if topic in places and (t := _topic(text, topic, places[topic]))}
    if "hotline" not in found and (numbers := _numbers(text, phones)):
        return (numbers, *found.values())
    return tuple(found.values())


def _numbers(text: Text, phones: Sequence[Phone]) -> Topic | None:
    """The topic of a notice that gives numbers for the public; those of a page's chrome do not count."""
    given = [p for p in phones if (p.kind, p.status) == ("hotline", "active")]
    given = [p for p in given if text.zone_at(p.start) != "chrome"]
    if len(given) < _NUMBERS:
        return None
    return Topic("hotline", given[0].mention, given[0].start, given[0].end, "numbers for the public")


def _topic(text: Text, topic: str, places: list[tuple[int, int]]) -> Topic | None:
    start, end = min(places)
    head = text.zone_at(start) in ("title", "summary")
    if not head and len(places) < 2:
        return None
    rule = "named in the head" if head else "named twice"
    return Topic(topic, text.value[start:end], start, end, rule)
