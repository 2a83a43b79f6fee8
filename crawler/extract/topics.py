"""The topics of a notice, each by the first words that chose it."""

from __future__ import annotations

import re

from crawler.model import Text, Topic

_WORDS = {
    "hotline": r"đường dây nóng|hotline|số điện thoại nóng",
    "vaccination": r"vắc[\s-]?xin|vaccine|tiêm chủng|tiêm phòng",
    "testing": r"xét nghiệm|test nhanh|lấy mẫu|RT-PCR",
    "quarantine": r"cách ly|F1\b|theo dõi sức khỏe tại nhà",
    "distancing": r"giãn cách|Chỉ thị (?:số )?1[569]|phong tỏa|hạn chế tập trung",
    "travel": r"chốt kiểm soát|đi lại|vận tải|giấy đi đường|về từ vùng dịch|nhập cảnh|chuyến bay",
    "schools": r"học sinh|trường học|dạy học|nghỉ học|học trực tuyến",
    "work-support": r"hỗ trợ (?:người lao động|doanh nghiệp|người dân)|trợ cấp|bảo hiểm thất nghiệp|an sinh",
    "apps": r"bluezone|sổ sức khỏe điện tử|PC-COVID|ncovi|mã QR|khai báo y tế điện tử",
    "contact-search": r"tìm người|thông báo khẩn|truy vết|đã từng đến",
    "case-figures": r"ca (?:mắc|nhiễm|dương tính|F0|bệnh)|trường hợp (?:mắc|dương tính|nhiễm)|bản tin",
    "treatment": r"điều trị|bệnh viện dã chiến|thu dung",
    "markets": r"chợ|siêu thị|hàng hóa thiết yếu|lương thực|giá cả|bình ổn",
}
_TOPICS = {topic: re.compile(rf"(?<!\w)(?:{words})", re.I) for topic, words in _WORDS.items()}


def find_topics(text: Text) -> tuple[Topic, ...]:
    """Topics named in title or summary, or at least twice in the body, in the design's order."""
    found = []
    for topic, pattern in _TOPICS.items():
        matches = [m for m in pattern.finditer(text.value) if text.zone_at(m.start()) != "chrome"]
        head = [m for m in matches if text.zone_at(m.start()) in ("title", "summary")]
        if head or len(matches) >= 2:
            first = (head or matches)[0]
            rule = "named in the head" if head else "named twice"
            found.append(Topic(topic, first[0], first.start(), first.end(), rule))
    return tuple(found)
