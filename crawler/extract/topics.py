"""The topics of a notice, each by the first words that chose it."""

from __future__ import annotations

from crawler.extract.scan import lowered, occurrences
from crawler.model import Text, Topic

#: The words of each topic, lower case; a blank at the end asks for a whole word.
_PHRASES = {
    "hotline": ("đường dây nóng", "hotline", "số điện thoại nóng"),
    "vaccination": ("vắc xin", "vắc-xin", "vắcxin", "vaccine", "tiêm chủng", "tiêm phòng"),
    "testing": ("xét nghiệm", "test nhanh", "lấy mẫu", "rt-pcr"),
    "quarantine": ("cách ly", "f1 ", "theo dõi sức khỏe tại nhà", "theo dõi sức khoẻ tại nhà"),
    "distancing": (
        "giãn cách", "chỉ thị 15", "chỉ thị 16", "chỉ thị 19",
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
        "bluezone", "sổ sức khỏe điện tử", "sổ sức khoẻ điện tử", "pc-covid", "ncovi", "mã qr",
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


def find_topics(text: Text) -> tuple[Topic, ...]:
    """Topics named in title or summary, or at least twice in the body, in the design's order."""
    low = lowered(text.value)
    found = []
    for topic, phrases in _PHRASES.items():
        spans = sorted(span for phrase in phrases for span in _spans(text, low, phrase))
        head = [s for s in spans if text.zone_at(s[0]) in ("title", "summary")]
        if head or len(spans) >= 2:
            start, end = (head or spans)[0]
            rule = "named in the head" if head else "named twice"
            found.append(Topic(topic, text.value[start:end], start, end, rule))
    return tuple(found)


def _spans(text: Text, low: str, phrase: str) -> list[tuple[int, int]]:
    word = phrase.rstrip()
    at = occurrences(low, word, whole=word != phrase)
    return [(start, start + len(word)) for start in at if text.zone_at(start) != "chrome"]
