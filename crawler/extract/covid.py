"""Whether a text is about COVID-19 (design rule 6): its head names it, or its body deals with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

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
    r"giãn cách(?! (?:dòng|đoạn|chữ|thế hệ))|cách ly (?:y tế|tập trung|xã hội|tại nhà)|vùng (?:có )?dịch"
    r"|(?:đang|nơi) có dịch|mục tiêu kép|bình thường mới"
    r"|vùng (?:xanh|vàng|cam|đỏ)\b"
    r"|giấy đi đường|giấy xét nghiệm|Nghị quyết (?:số )?(?:68|128)(?:/NQ-CP)?\b|4800/QĐ-BYT"
    r"|cấp độ dịch|Chỉ thị (?:số )?1[569]\b|\bF[0-4]\b|(?<!\w)5K\b|chốt (?:kiểm soát )?(?:dịch|phòng"
    r"|kiểm)|phong tỏa"
    r"|khai báo y tế|tiêm (?:chủng )?vắc\s?-?xin|mũi (?:tiêm )?thứ [23]|xét nghiệm (?:nhanh|RT|sàng lọc)"
    r"|ca (?:mắc|nhiễm|dương tính)|chùm ca|(?:3|ba) tại chỗ|cung đường[^.\n]{0,5} (?:2|hai) (?:điểm|địa)"
    r"|sổ sức khỏe điện tử|bluezone|PC-COVID",
    re.I,
)
_EPIDEMIC = re.compile(
    r"(?:chống|phòng|có|tình hình|diễn biến|vùng|ổ|mùa|đợt|trong|do|vì|lây lan) (?:đại )?dịch(?! vụ)"
    r"|dịch bệnh|(?<!trước )(?<!sau )(?<!hậu )đại dịch",
    re.I,
)
# What came with it, and with other things as well.
_AROUND = re.compile(
    r"khẩu trang|ca bệnh|đo thân nhiệt|giữ khoảng cách|sát khuẩn|nước rửa tay|thẻ (?:đi|vào) chợ"
    r"|xét nghiệm|âm tính|dương tính|vắc[\s-]?xin|vaccine|khai báo|truy vết|khử (?:khuẩn|trùng)"
    r"|cách ly|(?:học|dạy)(?: học)? trực tuyến|học sinh (?:đi học )?trở lại|trở lại trường|tụ tập"
    r"|tập trung (?:quá|trên|đông)"
    r"|(?:tạm )?dừng[^.\n]{0,40}(?:hội họp|lễ hội|karaoke|cưới|kinh doanh|hoạt động)"
    r"|mở cửa (?:trở )?lại|hoạt động (?:trở )?lại|mã QR|mũi (?:[123]|một|hai|ba|nhắc lại)\b|điểm tiêm"
    r"|người về|về từ|ổ dịch|an toàn, linh hoạt|lây (?:lan|nhiễm)|tuyến đầu|đồ bảo hộ|điểm chốt|\bchốt\b"
    r"|ôn tập trực tuyến|nghỉ (?:học|tới trường|đến trường)|tiêm chủng|cấp độ [1-4]\b"
    r"|học (?:trên|qua) (?:truyền|mạng)|phiếu đi chợ|(?:không ai|không) ra khỏi nhà|ở yên (?:tại )?nhà",
    re.I,
)
_BEFORE_EPIDEMIC = (
    "chống", "phòng", "có", "hình", "biến", "vùng", "ổ", "mùa", "đợt", "trong", "do", "vì", "lan", "độ",
    "chốt",
)  # fmt: skip
#: Parts of all these words, in lower case: a text that has none of them speaks of no epidemic. One pass over
#: the text, while the patterns take one each.
_HINTS = AhoCorasick(
    [
        "dịch bệnh", "đại dịch", *(f"{word} dịch" for word in _BEFORE_EPIDEMIC), "giãn cách", "cách ly",
        "mục tiêu kép", "bình thường mới", "vùng xanh", "vùng vàng", "vùng cam", "vùng đỏ", "xét nghiệm",
        "giấy đi đường", "nghị quyết 68", "nghị quyết số 68", "nghị quyết 128", "nghị quyết số 128",
        "4800/qđ-byt", "chỉ thị 1", "chỉ thị số 1", "f0", "f1", "f2",
        "f3", "f4", "5k", "chốt", "phong tỏa", "khai báo", "tiêm", "mũi ", "ca mắc", "ca nhiễm",
        "dương tính", "âm tính", "sổ sức khỏe", "bluezone", "pc-covid", "khẩu trang", "vắc", "vaccine",
        "vacxin", "truy vết", "người nào", " ai ", "cửa lại", "động lại",
        "khử khuẩn", "khử trùng", "trực tuyến", "trở lại", "tụ tập", "tập trung", "dừng", "mã qr", "người về",
        "về từ", "an toàn, linh hoạt", "lây lan", "lây nhiễm", "tuyến đầu", "đồ bảo hộ", "nghỉ học",
        "nghỉ tới", "nghỉ đến", "trạm y tế", "cơ sở y tế", "cơ quan y tế", "kiểm soát bệnh tật",
        "đường dây nóng", "cấp độ", "ca bệnh", "chùm ca", "tại chỗ", "cung đường", "thân nhiệt",
        "khoảng cách", "sát khuẩn", "rửa tay", "thẻ đi chợ",
        "thẻ vào chợ", "tìm người", "tìm những", "tìm các", "tìm hành khách", "cần gặp", "học trên",
        "học qua", "phiếu đi chợ", "ra khỏi nhà", "ở yên",
    ]
)  # fmt: skip
# Notices that look for people seldom name the disease: places, hours, and where to report.
_SEEKING = re.compile(
    r"(?:\bai|người nào)\s[^.\n]{0,60}(?:mốc|thời gian|địa điểm|diện)"
    r"[^.\n]{0,60}(?:cách ly|khai báo|ở yên|liên hệ)|"
    r"(?:đã|từng|có) (?:đến|ghé|tới|mặt|gặp|tiếp xúc|ở)[^.\n]{0,120}(?:trạm y tế|cơ sở y tế|cơ quan y tế"
    r"|kiểm soát bệnh tật|đường dây nóng)"
    r"|(?:khẩn|cần|truy)[^.\n]{0,20}\s(?:tìm|gặp|vết)\s(?:gấp )?(?:tất cả )?(?:những |các )?(?:người"
    r"|hành khách|trường hợp"
    r"|ai)\b|\btìm\s(?:những |các )?người\s(?:đã |từng |có )*(?:đến|tới|ghé|mặt|đi)\b",
    re.I,
)
_OTHER = re.compile(
    r"tả lợn|gia súc|gia cầm|sốt xuất huyết|tay chân miệng|(?:nuôi|bệnh)[^.\n]{0,20}th(?:ủy|uỷ) sản"
    r"|viêm da nổi cục|bệnh dại|bạch hầu|\bsởi\b"
    r"|cúm A|sâu bệnh|dịch hại|lở mồm|tai xanh|đậu mùa|bão số \d|áp thấp nhiệt đới|mưa lũ",
    re.I,
)
# What an act or a payment is for: "để phòng, chống dịch", "hỗ trợ người gặp khó khăn do đại dịch".
_PURPOSE = re.compile(
    r"(?:để|nhằm)\s(?:chủ động\s|đảm bảo\s|bảo đảm\s|tăng cường\s)?(?:phòng|chống|ngăn|hạn chế|kiểm soát)"
    r"[^.\n]{0,40}dịch"
    r"|hỗ trợ[^.\n]{0,160}(?:ảnh hưởng|khó khăn)[^.\n]{0,30}dịch",
    re.I,
)
# "Sau hai năm tạm dừng vì dịch Covid-19": the epidemic as a thing of the past.
_PAST = re.compile(
    r"(?:so với|như)\s(?:hai|ba|những|các|mấy|\d)?\s?năm (?:trước|ngoái)[^.\n]{0,40}$|"
    r"(?:\bsau|\bhậu|\btrước)\s(?:thời kỳ\s|thời gian\s|khi\s)?(?:đại\s)?(?:dịch\s)?(?:bệnh\s)?$"
    r"|\bsau\s(?:gần\s|hơn\s)?[\w-]{1,5}\snăm\s[^.\n]{0,50}$",
    re.I,
)
# A condition, a concession, a reminder at the end: "Nếu dịch Covid-19 phức tạp, ngày thi sẽ báo sau".
_ASIDE = re.compile(
    r"\b(?:nếu|dù|mặc dù|tuy|bất chấp|bên cạnh|trong bối cảnh|vượt qua|giữa)\b[^.;\n]{0,80}$"
    r"|(?:thực hiện|tuân thủ|chấp hành|bảo đảm|đảm bảo)[^.;\n]{0,60}\b(?:quy định|biện pháp|yêu cầu|an toàn"
    r"|công tác|nguyên tắc)[^.;\n]{0,20}\b(?:phòng|chống)[^.;\n]{0,20}$",
    re.I,
)
_BECAUSE = re.compile(r"\b(?:do|vì|bởi|ảnh hưởng|tác động)\b[^.;\n]{0,60}$", re.I)
# What the epidemic stops or changes is a measure against it.
_STOPPED = re.compile(
    r"dừng|hoãn|lùi|nghỉ|thôi |đổi|ngừng|ngưng|hủy|huỷ|đóng cửa|trực tuyến|không (?:quá|tổ chức|nhận|tiếp"
    r"|tập trung)"
    r"|hạn chế|giãn|chuyển sang|hỗ trợ|miễn|giảm|gia hạn|qua mạng|bưu điện|ủng hộ|chung tay|tặng|thăm",
    re.I,
)
# Beside the disease's name these are measures against it, too.
_SIGNS = re.compile(
    r"cách ly|dương tính|truy vết|khoanh vùng|khử (?:khuẩn|trùng)|khẩu trang|xét nghiệm|vắc[\s-]?xin|vaccine"
    r"|" + _MEASURES.pattern,
    re.I,
)
#: The line of a post's keywords.
_KEYWORDS = re.compile(r"[\W_]*(?:tags?|từ kh[oó][áa]|keywords?)\s*:", re.I)
# One mention may have several names: "do chủng mới của vi rút Corona (Covid-19)".
_ONE_MENTION = 80
# In so short a text its place does not matter; a longer one speaks of its matter so early.
_FEW_SENTENCES, _OPENING = 450, 300
# Up to this length, a text that names the disease deals with it: nothing else fits beside.
_SHORT = 900
#: With so many mentions even a long text deals with it, and whoever writes the name so often speaks of it.
_MANY, _OFTEN = 4, 3
_WORD = re.compile(r"cov[iì]d|nco-?v|sars|corona", re.I)
#: So much must a text of the years of the epidemic say of it that does not name it.
_LEAST = 2
#: The years in which a notice may speak of this epidemic without naming it.
YEARS = range(2020, 2023)


def names_disease(value: str) -> bool:
    """Whether a text may name the disease: a cheap check before `NAME` looks for where."""
    low = lowered(value)
    return any(word in low for word in ("cov", "corona", "viêm đường hô hấp", "viêm phổi cấp", "chủng mới"))


def is_covid(text: Text, years: Callable[[], Collection[int]] = tuple, covid_site: bool = False) -> bool:
    """Whether a text is about COVID-19 or the measures against it; one passing mention is not enough.

    `years` gives those of the text's explicit days, and is asked only of a text that does not name the
    disease: an epidemic without a name counts in 2020 to 2022 only. On a site about COVID-19
    (covid.danang.gov.vn) any word of it is enough.
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
    if names:
        return _deals_with(value, names)
    hints = _HINTS.find_matches_as_indexes(lowered(value))
    return bool(hints) and _speaks_of_it(text, _words(text, _sentences(value, hints)), years, covid_site)


def _sentences(value: str, hints: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
    """The sentences round hints, each once: elsewhere no pattern needs to look."""
    found: list[tuple[int, int]] = []
    for _, start, end in hints:
        if not found or end > found[-1][1]:
            first, last = _sentence(value, start, end)
            found.append((max(first, found[-1][1] if found else 0), last))
    return found


class _Words(NamedTuple):
    """What a text says of an epidemic without its name, and where."""

    measures: set[str]
    epidemic: set[str]
    around: set[str]
    places: list[int]

    @property
    def weight(self) -> int:
        """A measure that only this epidemic brought and a word of an epidemic weigh two, others one."""
        return 2 * len(self.measures | self.epidemic) + len(self.around)


def _words(text: Text, sentences: list[tuple[int, int]]) -> _Words:
    """The words of an epidemic in some sentences of a text."""
    found = _Words(set(), set(), set(), [])
    patterns = ((_MEASURES, found.measures), (_EPIDEMIC, found.epidemic), (_AROUND, found.around))
    for pattern, words in patterns:
        for match in (m for place in sentences for m in pattern.finditer(text.value, *place)):
            if text.zone_at(match.start()) == "chrome":  # "Các tin khác" of another matter
                continue
            if pattern is _EPIDEMIC and _ASIDE.search(text.value, max(0, match.start() - 80), match.start()):
                continue
            words.add(match[0].lower())
            found.places.append(match.start())
    return found


def _speaks_of_it(
    text: Text, words: _Words, years: Callable[[], Collection[int]], covid_site: bool = False
) -> bool:
    """Whether a text without the disease's name speaks of it.

    A text that does not begin with it needs more: a schedule of meetings may end with "thực hiện 5K".
    """
    value = text.value
    weight = words.weight + any(
        _MEASURES.search(value, z.start, z.end) for z in text.zones if z.name == "title"
    )
    seeking = bool(_SEEKING.search(value))
    # The cheap questions first: most posts of a department are about something else.
    if (weight < (1 if covid_site else _LEAST) and not seeking) or _OTHER.search(value):
        return False
    dated = years()
    if dated and not set(dated) & set(YEARS):
        return False
    if (dated and seeking) or (covid_site and weight):
        return True
    enough = (_LEAST if dated else _LEAST + 1) + (len(value) > 1500) + (len(value) > 4000)
    begin = next((z.start for z in text.zones if z.name in ("title", "body")), 0)
    if weight < enough or len(value) < _FEW_SENTENCES or min(words.places) < begin + _OPENING:
        return weight >= enough
    clauses = {_clause_at(value, place) for place in words.places}
    return weight >= enough + 2 and (len(clauses) > 1 or len(words.measures) > 1)


def _is_other_corona(value: str, names: list[re.Match[str]]) -> bool:
    """MERS and SARS are corona viruses too: posts of 2013 to 2015 warn of them (sotttt.hanoi.gov.vn)."""
    if any(re.match(r"cov[iì]d|nco|sars", m[0], re.I) for m in names):
        return False
    return bool(_OTHER_CORONA.search(value)) and not re.search("chủng mới|2019|2020", value)


def _deals_with(value: str, names: list[re.Match[str]]) -> bool:
    """Whether a body that names the disease deals with it, or mentions it in passing.

    What counts: mentions, measures and words of the epidemic outside the sentences of the mentions (a
    directive cited by its title is no measure), a purpose. A longer text needs more of it.
    """
    if sum(bool(_WORD.search(name[0])) for name in names) >= _OFTEN:
        return True
    places: list[tuple[int, int]] = []
    for name in names:
        if places and name.start() - places[-1][1] < _ONE_MENTION:
            places[-1] = (places[-1][0], name.end())
        elif not _PAST.search(value, max(0, name.start() - 80), name.start()):
            places.append(name.span())
    if len(places) >= _MANY or any(_KEYWORDS.match(value, _line_start(value, start)) for start, _ in places):
        return True
    if len(places) < _OFTEN and _OTHER.search(value):
        return False
    if len(value) < _SHORT and places:
        return bool(_SIGNS.search(value)) or not all(_is_aside(value, *place) for place in places)
    sentences = [_sentence(value, *place) for place in places]
    outside = [m for m in _SIGNS.finditer(value) if not any(s <= m.start() < e for s, e in sentences)]
    measures = {word for m in outside if not (word := m[0].lower()).startswith("chỉ thị")}
    epidemic = any(not any(s <= m.start() < e for s, e in sentences) for m in _EPIDEMIC.finditer(value))
    weight = len(places) + len(measures) + epidemic + bool(_PURPOSE.search(value))
    return weight >= min(_MANY, max(2, len(value) / 1500))


def _is_aside(value: str, start: int, end: int) -> bool:
    """Whether a text names the disease beside its own matter."""
    before = value[max(0, start - 160) : start]
    if _ASIDE.search(before):
        return True
    first, last = _sentence(value, start, end)
    return bool(_BECAUSE.search(before)) and not _STOPPED.search(value, first, last)


def _clause_at(value: str, position: int) -> int:
    """Where the clause of a place begins."""
    return max(value.rfind(mark, max(0, position - 400), position) for mark in (". ", "\n", "; "))


def _line_start(value: str, position: int) -> int:
    return value.rfind("\n", max(0, position - 300), position) + 1


def _sentence(value: str, start: int, end: int) -> tuple[int, int]:
    """The sentence round a mention, as far as 400 characters on either side."""
    low = max(value.rfind(mark, max(0, start - 400), start) for mark in (". ", "\n", "; "))
    ends = [at for mark in (". ", "\n", "; ") if (at := value.find(mark, end, end + 400)) >= 0]
    return (low if low >= 0 else max(0, start - 400)), min(ends, default=end + 400)
