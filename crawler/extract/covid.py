"""Whether a text is about COVID-19 (design rule 6): its head names it, or its body deals with it."""

from __future__ import annotations

import re
from collections.abc import Collection

from crawler.extract.scan import lowered
from crawler.model import Text

NAME = re.compile(
    r"cov[iì]d|nco-?v|sars[\s-]{0,3}cov|corona|viêm (?:đường hô hấp cấp|phổi cấp).{0,30}(?:chủng mới"
    r"|vi\s?rút|virus)"
    r"|chủng mới của vi\s?rút",
    re.I,
)
_SURE = re.compile(r"covid|sars-cov-2|ncov", re.I)
_OTHER_CORONA = re.compile(r"MERS|hô hấp Trung Đông|(?<!nCoV/)\bSARS\b(?!\s?-?\s?Co)", re.I)
#: What only this epidemic brought, one of them is enough together with any other word of an epidemic.
_MEASURES = re.compile(
    r"giãn cách xã hội|cách ly (?:y tế|tập trung|xã hội|tại nhà)|vùng (?:có )?dịch|(?:đang|nơi) có dịch"
    r"|vùng (?:xanh|vàng|cam|đỏ)\b"
    r"|cấp độ dịch|Chỉ thị (?:số )?1[569]\b|\bF[0-4]\b|(?<!\w)5K\b|chốt (?:kiểm soát )?(?:dịch|phòng"
    r"|kiểm)|phong tỏa"
    r"|khai báo y tế|tiêm (?:chủng )?vắc\s?-?xin|mũi (?:tiêm )?thứ [23]|xét nghiệm (?:nhanh|RT|sàng lọc)"
    r"|ca (?:mắc|nhiễm|dương tính)"
    r"|sổ sức khỏe điện tử|bluezone|PC-COVID",
    re.I,
)
_EPIDEMIC = re.compile(
    r"(?:chống|phòng|có|tình hình|diễn biến|vùng|ổ|mùa|đợt|trong|do) (?:đại )?dịch(?! vụ)|dịch bệnh"
    r"|(?<!trước )(?<!sau )(?<!hậu )đại dịch",
    re.I,
)
# Notices that look for people seldom name the disease: places, hours, and where to report.
_SEEKING = re.compile(
    r"(?:đã|từng|có) (?:đến|ghé|tới|mặt|gặp|tiếp xúc|ở)[^.\n]{0,120}(?:trạm y tế|cơ sở y tế|cơ quan y tế"
    r"|kiểm soát bệnh tật|đường dây nóng)",
    re.I,
)
_OTHER = re.compile(
    r"tả lợn|gia súc|gia cầm|sốt xuất huyết|tay chân miệng|thủy sản|viêm da nổi cục|bệnh dại|bạch hầu|\bsởi\b"
    r"|cúm A|sâu bệnh|dịch hại|lở mồm|tai xanh|đậu mùa",
    re.I,
)
#: The years in which a notice may speak of this epidemic without naming it.
YEARS = range(2020, 2023)


def names_disease(value: str) -> bool:
    """Whether a text may name the disease: a cheap check before `NAME` looks for where."""
    low = lowered(value)
    return any(word in low for word in ("cov", "corona", "viêm đường hô hấp", "viêm phổi cấp", "chủng mới"))


def is_covid(text: Text, years: Collection[int] = ()) -> bool:
    """Whether a text is about COVID-19 or the measures against it; one passing mention is not enough.

    `years` are those of the text's explicit days: an epidemic without a name counts in 2020 to 2022 only.
    """
    value = text.value
    heads = [z for z in text.zones if z.name in ("title", "summary")]
    if any(_SURE.search(value, z.start, z.end) for z in heads):
        return True
    named = names_disease(value)
    names = [m for m in NAME.finditer(value) if text.zone_at(m.start()) != "chrome"] if named else []
    if names and _is_other_corona(value, names):
        return False
    if any(text.zone_at(m.start()) in ("title", "summary") for m in names):
        return True
    if len(names) >= 3:
        return True
    measures = {m[0].lower() for m in _MEASURES.finditer(value)}
    if names:
        return bool(measures) or bool(_EPIDEMIC.search(value)) or len(value) < 900
    if _OTHER.search(value) or (years and not set(years) & set(YEARS)):
        return False
    epidemic = {m[0].lower() for m in _EPIDEMIC.finditer(value)}
    if not years:
        return bool(measures) and len(measures | epidemic) >= 2
    # A short text of those years that names an epidemic or a measure against it speaks of this one.
    short = len(value) < 1500 and bool(measures | epidemic)
    return short or (bool(measures) and len(measures | epidemic) >= 2) or bool(_SEEKING.search(value))


def _is_other_corona(value: str, names: list[re.Match[str]]) -> bool:
    """MERS and SARS are corona viruses too: posts of 2013 to 2015 warn of them (sotttt.hanoi.gov.vn)."""
    if any(re.match(r"cov[iì]d|nco|sars", m[0], re.I) for m in names):
        return False
    return bool(_OTHER_CORONA.search(value)) and not re.search("chủng mới|2019|2020", value)
