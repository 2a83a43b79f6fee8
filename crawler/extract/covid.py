"""Whether a text is about COVID-19 (design rule 6): its head names it, or its body deals with it."""

from __future__ import annotations

import re

from crawler.model import Text

NAME = re.compile(r"cov[iì]d|nco-?v|sars[\s-]?cov|corona(?![^.\n]{0,40}MERS)|viêm đường hô hấp cấp|chủng mới của vi\s?rút", re.I)
_EPIDEMIC = re.compile(
    r"phòng,?\s*(?:và\s+)?chống (?:đại )?dịch|dịch bệnh|giãn cách xã hội|cách ly (?:y tế|tập trung|xã hội)|vắc\s?xin"
    r"|tiêm chủng|khai báo y tế|chốt kiểm soát|bộ trong bộ dịch tễ|vùng xanh|thông điệp 5K|F0|F1\b|đại dịch", re.I
)  # fmt: skip
_OTHER = re.compile(
    r"tả lợn|gia súc|gia cầm|cúm gia cầm|sốt xuất huyết|tay chân miệng|thủy sản|viêm da nổi cục|bệnh dại",
    re.I,
)


def is_covid(text: Text) -> bool:
    """Whether a text is about COVID-19 or the measures against it; one passing mention is not enough."""
    value = text.value
    names = list(NAME.finditer(value))
    if any(text.zone_at(m.start()) in ("title", "summary") for m in names):
        return True
    body = [m for m in names if text.zone_at(m.start()) != "chrome"]
    measures = len(_EPIDEMIC.findall(value))
    if len(body) >= 3 or (body and (measures >= 1 or len(value) < 900)):
        return True
    return not names and measures >= 1 and not _OTHER.search(value)
