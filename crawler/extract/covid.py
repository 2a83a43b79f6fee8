"""Whether a text is about COVID-19 (design rule 6): its head names it, or its signs and words weigh enough.

The points of `covid_points.json` are those of a regression over labelled texts, `python -m bench.fit_covid`:
no word decides alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from crawler.extract.fitted import WORD, Fitted, Words
from crawler.extract.scan import lowered
from crawler.model import Text

#: The disease, in lower case.
NAME = re.compile(
    r"cov[iì]d|nco-?v|sars[\s-]{0,3}cov|corona|viêm (?:đường hô hấp cấp|phổi cấp).{0,30}(?:chủng mới"
    r"|vi\s?rút|virus)"
    r"|chủng mới của vi\s?rút"
)
_SURE = re.compile(r"covid|sars-cov-2|ncov")
_OTHER_CORONA = re.compile(r"MERS|hô hấp Trung Đông|(?<!nCoV/)\bSARS\b(?!\s?-?\s?Co)", re.I)

#: Words in lower case by what they tell; a blank at either end asks for a word's begin or end there. Of a
#: class each counts once. First what only this epidemic brought …
_MEASURES = (
    ("giãn cách",), ("cách ly", "cách li "), ("phong tỏa", "phong toả"),
    ("khai báo y tế", "tờ khai y tế", "khai y tế"),
    ("chỉ thị 15", "chỉ thị 16", "chỉ thị 19", "chỉ thị số 15", "chỉ thị số 16", "chỉ thị số 19"),
    (" f0 ", " f1 ", " f2 "), (" 5k ",), ("vùng xanh", "vùng đỏ", "vùng cam", "vùng vàng"),
    ("cấp độ dịch", "cấp độ 1", "cấp độ 2", "cấp độ 3", "cấp độ 4", " cấp 4 "),
    ("xét nghiệm", "test nhanh", "pcr", "lấy mẫu", "âm tính"),
    ("dương tính", "ca mắc", "ca nhiễm", "ca bệnh", "chùm ca", "ca mới"),
    ("vắc xin", "vắc-xin", "vắcxin", "vacxin", "vaccine", "tiêm chủng", "mũi 1", "mũi 2", "mũi 3",
        "điểm tiêm"),
    ("vùng dịch", "vùng có dịch", "nơi có dịch", "đang có dịch"), ("truy vết",),
    ("nghỉ học", "nghỉ đến trường", "nghỉ tới trường", "học trực tuyến", "ôn tập trực tuyến"),
    ("hoạt động lại", "hoạt động trở lại", "mở cửa lại", "mở cửa trở lại", "bán mang về"),
    ("dã chiến", "khu điều trị"),
    ("phòng dịch", "chống dịch", "phòng, chống dịch", "mục tiêu kép", "bình thường mới"),
    ("tại chỗ\"", "3 tại chỗ", "ba tại chỗ", "cung đường"),
    ("giấy đi đường", "luồng xanh", "đi chợ", "vào chợ"),
    ("bluezone", "pc-covid", "tokhaiyte", "sổ sức khỏe điện tử"),
    ("về từ", "người về", "từ các tỉnh về", "về quê", "đón công dân", "đón bà con"),
    ("ai ở đâu",), ("chốt kiểm", "điểm chốt"),
    ("nghị quyết 68", "nghị quyết số 68", "nghị quyết 128", "nghị quyết số 128", "4800/qđ-byt"),
)  # fmt: skip
#: … an epidemic without its name …
_EPIDEMIC = (
    ("dịch bệnh", "đại dịch", "do dịch", "vì dịch", "bởi dịch", "mùa dịch", "đợt dịch", "có dịch",
        "còn dịch", "hết dịch", "dịch lắng", "lây lan dịch", "dập dịch", "ổ dịch"),
)  # fmt: skip
#: … then what came with it and with other things …
_SIDE = (
    ("khẩu trang",), ("khử khuẩn", "sát khuẩn", "khử trùng", "rửa tay", "thân nhiệt"),
    ("trực tuyến", "qua mạng", "bưu điện", "bưu chính", "trên mạng"),
    ("dừng", "ngừng", "ngưng", "thôi nhận", "đóng cửa", " cho nghỉ "),
    ("hoãn", " lùi "),
    ("tụ tập", "tập trung quá", "tập trung đông", "tập trung trên", "đông người", "không quá 2",
        "không quá 30", "50%"),
    ("trở lại", "mở lại", "mở cửa"), ("hỗ trợ", "ủng hộ", "chia sẻ", "trợ cấp"),
    ("bệnh nhân", "người bệnh", " bn "),
    (" chốt ",), ("tuyến đầu", "đồ bảo hộ"), ("lây lan", "lây nhiễm", " lây "), ("quét mã", "mã qr"),
    ("trạm y tế", "cơ quan y tế", "đường dây nóng"),
    ("ở nhà", "tại nhà", "ở yên", "ra khỏi nhà", "ra đường"),
)  # fmt: skip
#: … and at last other matters: other diseases, and what departments otherwise write of.
_DISEASES = (
    ("sốt xuất huyết", "sốt rét", "tay chân miệng", " sởi ", "phát ban", "bạch hầu", "cúm a", "đậu mùa"),
    ("bệnh dại", "phòng dại", "chó mèo", "chó, mèo"),
    ("tả lợn", "đàn lợn", "đàn gà", "đàn vịt", "đàn bò", "đàn trâu", "gia cầm", "gia súc",
        "lở mồm", "tai xanh", "viêm da nổi cục", "sâu bệnh", "dịch hại", "khảm lá", "bảo vệ thực vật", "bvtv",
        "phun thuốc", "thuốc trừ", "thú y"),
)  # fmt: skip
_OTHERS = (
    ("đấu giá", "gói thầu", "mời thầu", "dự thầu"), ("cuộc thi", "hội thi", "thể lệ", "giải nhất"),
    ("mưa lũ", "rét đậm", "rét hại", "không khí lạnh", "bão số", " bão ", " lũ ", "thiên tai", "hạn mặn",
        "áp thấp"),
    ("kỳ họp", "đại hội", "bầu cử", "tiếp công dân", "tiếp dân"),
    ("lễ hội", "kỷ niệm", "quốc kỳ", "nghỉ lễ"),
    ("grdp", "tăng trưởng", "thu ngân sách", "doanh thu", "kim ngạch"),
    ("tuyển dụng", "tuyển sinh", "tuyển lao động", "xuất khẩu lao động"),
    ("quy hoạch", "vật liệu xây dựng", "dự án", "giải phóng mặt bằng"),
    ("căn cước", "hộ chiếu", "hộ khẩu"), ("hóa đơn", "hoá đơn", "cải cách hành chính"),
    ("cuộc thanh tra", "kế hoạch thanh tra", "kết luận thanh tra"),
    ("dân số", "trước sinh", "hiến máu"), ("giao thông", "tai nạn", "thi công"),
    ("tin nhắn rác", "sim rác", "thuê bao", "bản quyền", "quảng cáo", "hội sách"),
    ("vụ mùa", "thủy sản", "tàu cá", "cây trồng", "nước sạch", "môi trường"),
)  # fmt: skip
# Notices that look for people seldom name the disease: places, hours, and where to report. In lower case; a
# pattern that begins with letters is found ten times as fast as one that begins with `\b` or an alternative.
_WHO = r"\s[^.\n]{0,60}(?:mốc|thời gian|địa điểm|diện)[^.\n]{0,60}(?:cách ly|khai báo|ở yên|liên hệ)"
_SEEKING = [
    re.compile(pattern)
    for pattern in (
        r"ai(?<!\wai)" + _WHO,
        r"người nào" + _WHO,
        r"(?:đã|từng|có) (?:đến|ghé|tới|mặt|gặp|tiếp xúc|ở)[^.\n]{0,120}(?:trạm y tế|cơ sở y tế|cơ quan y tế"
        r"|kiểm soát bệnh tật|đường dây nóng)",
        r"(?:khẩn|cần|truy)[^.\n]{0,20}\s(?:tìm|gặp|vết)\s(?:gấp )?(?:tất cả )?(?:những |các )?(?:người"
        r"|hành khách|trường hợp|ai)\b",
        r"tìm(?<!\wtìm)\s(?:những |các )?(?:người|khách)\s(?:đã |từng |có )*(?:đến|tới|ghé|mặt|đi)\b",
    )
]
# The epidemic as a thing of the past: "Sau hai năm tạm dừng vì dịch Covid-19".
_PAST = re.compile(
    r"(?:\bsau\s(?:gần\s|hơn\s)?[\w-]{1,5}\s(?:năm|mùa|lần|kỳ)|so với|như)\s[^.;\n]{0,60}$"
    r"|(?:\bsau|\bhậu|\btrước)\s(?:thời kỳ\s|thời gian\s)?(?:đại\s)?(?:dịch\s)?(?:bệnh\s)?$"
    r"|\b(?:hai|ba|2|3|mấy|những)\s(?:năm|mùa)\s[^.;\n]{0,40}$"
    r"|(?:giai đoạn|thời kỳ)\s(?:giãn|cách|cao|dịch|đại|bùng|phong|chống)[^.;,\n]{0,30}$"
)
# … and its measures: "nhiều cán bộ nghỉ sau hai năm chống dịch", "hồ sơ tồn từ giai đoạn giãn cách".
_PAST_MEASURE = re.compile(r"(?:\b(?:hai|ba|2|3|mấy|những)\s(?:năm|mùa)|giai đoạn|thời kỳ)\s(?:\w+\s){0,2}$")
# A condition, a concession, a reminder: "Nếu dịch Covid-19 phức tạp, ngày thi sẽ báo sau".
_ASIDE = re.compile(
    r"\b(?:nếu|dù|mặc dù|tuy|bất chấp|bên cạnh|trong bối cảnh|vượt qua)\b[^.;\n]{0,80}$"
    r"|(?:thực hiện|tuân thủ|chấp hành|bảo đảm|đảm bảo)[^.;\n]{0,40}\b(?:quy định|biện pháp|yêu cầu)"
    r"[^.;\n]{0,20}\b(?:phòng|chống)[^.;\n]{0,20}$",
)
# An act that is cited with its title: "Thực hiện Chỉ thị số 16/CT-TTg về các biện pháp phòng, chống dịch …".
_CITED = re.compile(
    r"(?:[Tt]hực hiện|[Cc]ăn cứ|[Tt]riển khai)[^.;\n]{0,90}\d/[A-ZĐ][\w&-]+[^.;\n]{0,160}\bvề\b"
    r"[^.;\n]{0,160}$"
)
#: The line of a post's keywords.
_KEYWORDS = re.compile(r"[\W_]*(?:tags?|từ kh[oó][áa]|keywords?)\s*:")
# "vì dịch Covid-19", "phòng, chống Covid-19", "ca mắc Covid-19": the disease itself is meant …
_CAUSE = re.compile(
    r"\b(?:do|vì|bởi|trước|ứng phó|phòng|chống|ngừa|lo|tránh|về|chữa|nhiễm|mắc|ca|dịch|bệnh|virus|vi rút)\b"
    r"[\s,]*(?:\w+\s){0,3}$",
)
# … and here a paper that somebody must show: "phải có phiếu xét nghiệm Covid-19".
_PAPER = re.compile(r"(?:phiếu|giấy|kết quả|test|xét nghiệm)\s[^.;,\n]{0,25}$")
_ADDRESS = re.compile(r"cov|dich-benh|phong-chong-dich|cach-ly|vac-xin|xet-nghiem", re.I)
_TITLED = re.compile(r"\bdịch\b(?! vụ)")
# One mention may have several names: "do chủng mới của vi rút Corona (Covid-19)".
_ONE_MENTION = 80
#: A text's matter is named this early: in its lead, in its first lines.
_LEAD, _FIRST = 500, 250
_LONG, _VERY_LONG = 1500, 3000
_SHORT, _SHORTER = 1000, 500
#: Of a text longer than the first, a passage shorter than the second is no matter.
_ALONE_IN, _ONE_PLACE = 1000, 250
#: The years in which a notice may speak of this epidemic without naming it.
YEARS = range(2020, 2023)
_POINTS = Fitted.named("covid")
#: The portal's own keywords are too rare in labelled notices to be fitted.
_FITTED = replace(_POINTS, signs={**_POINTS.signs, "keyword": 4.0})
_IN_YEARS, _OUT_OF_YEARS = "days of the epidemic", "days of other years"
#: What came with the epidemic came with other things too: of it alone once ("hoãn vì mưa lớn") more is asked.
_DOUBT = 0.5
#: The most that the years of a text's days may add.
_BEST_OF_YEARS = max(0.0, _FITTED.signs.get(_IN_YEARS, 0.0), _FITTED.signs.get(_OUT_OF_YEARS, 0.0))

_KINDS = {"measure": _MEASURES, "epidemic": _EPIDEMIC, "side": _SIDE, "disease": _DISEASES, "other": _OTHERS}
_FLAT = [
    ((kind, index), phrase)
    for kind, classes in _KINDS.items()
    for index, phrases in enumerate(classes)
    for phrase in phrases
]
#: All phrases in one pass.
_AUTOMATON = AhoCorasick([phrase.strip() for _, phrase in _FLAT])


class Evidence(NamedTuple):
    """What speaks for and against the epidemic: counts of what speaks for it, all signs by their names."""

    names: int
    measures: int
    sides: int
    signs: frozenset[str]


def is_covid(
    text: Text, years: Callable[[], Collection[int]] = tuple, covid_site: bool = False, url: str = ""
) -> bool:
    """Whether a text is about COVID-19 or the measures against it; one passing mention is not enough.

    `years` gives those of the text's explicit days: an epidemic without a name counts in 2020 to 2022 only.
    On a site about COVID-19 (covid.danang.gov.vn) any word of it is enough. `url` is the page's address.
    """
    low = lowered(text.value)
    if any(_SURE.search(low, start, end) for start, end in _head_of(text)):
        return True
    names = names_of(text)
    if names and _is_other_corona(text, names):
        return False
    if any(text.zone_at(m.start()) in ("title", "summary") for m in names):
        return True
    found = evidence_of(text, names, url)
    if not (names or found.measures or found.sides or "seeking" in found.signs):
        return False
    # Days cost as much to find as all the rest: where the best of years would not do, nobody looks for them.
    on_site = covid_site and bool(names or found.measures or found.sides > 1)
    points = _FITTED.weigh(found.signs, words_of(text)).points
    if not (names or found.measures or found.sides > 1 or found.signs & {"seeking", "epidemic"}):
        points -= _DOUBT
    if not on_site and points + _BEST_OF_YEARS <= 0:
        return False
    when = years_sign(years())
    if when == _OUT_OF_YEARS and not found.names:
        return False
    return (on_site and when != _OUT_OF_YEARS) or points + _FITTED.signs.get(when, 0.0) > 0


def _head_of(text: Text) -> list[tuple[int, int]]:
    return [(z.start, z.end) for z in text.zones if z.name in ("title", "summary")]


def names_of(text: Text) -> list[re.Match[str]]:
    """The mentions of the disease outside the page's chrome."""
    return [m for m in NAME.finditer(lowered(text.value)) if text.zone_at(m.start()) != "chrome"]


def years_sign(years: Collection[int]) -> str:
    """What the years of a text's explicit days tell: those of the epidemic, others, or '' without any."""
    return _IN_YEARS if any(year in YEARS for year in years) else _OUT_OF_YEARS if years else ""


def evidence_of(text: Text, names: list[re.Match[str]], url: str = "") -> Evidence:
    """The signs of the epidemic in a text of no known year; `names` are those of `names_of`."""
    low = lowered(text.value)
    classes, titled, spots = _classes(text)
    places = _places(low, names)
    kinds = {kind: sum(k == kind for k, _ in classes) for kind in _KINDS}
    heads = {kind: sum(k == kind for k, _ in titled) for kind in _KINDS}
    sides = kinds["side"] + kinds["epidemic"]
    told = {
        **_told_by_mentions(text, names, places, spots),
        "measure in the head": heads["measure"], "epidemic": kinds["epidemic"],
        "side in the head": heads["side"] + heads["epidemic"], "disease in the head": heads["disease"],
        "other in the head": heads["other"], "only named": len(places) == 1 and not kinds["measure"],
        "neither": not places and not kinds["measure"],
        "epidemic in the title": any(_TITLED.search(low, *head) for head in _head_of(text)),
        "address": _ADDRESS.search(url.rstrip("/").rpartition("/")[2]),
        "seeking": any(pattern.search(low) for pattern in _SEEKING),
    }  # fmt: skip
    counted = {
        "named": len(places), "measures": kinds["measure"], "places of measures": len(spots) // 3,
        "sides": min(sides, 3), "diseases": min(kinds["disease"], 2), "others": min(kinds["other"], 2),
    }  # fmt: skip
    signs = {name for name, there in told.items() if there}
    signs |= {f"{name} {n}" for name, most in counted.items() for n in range(1, min(most, 4) + 1)}
    return Evidence(len(places), kinds["measure"], sides, frozenset(signs))


def _told_by_mentions(
    text: Text, names: list[re.Match[str]], places: list[int], spots: list[int]
) -> dict[str, object]:
    """What a text's length tells, and where and how it names the disease (`places`), measures (`spots`)."""
    value, low = text.value, lowered(text.value)
    body = next((z.start for z in text.zones if z.name == "body"), 0)
    length, first_stop = len(value) - body, value.find(". ", body)
    own = [p for p in places if not _is_aside(value, p)]
    early = bool(own) and own[0] < body + _LEAD
    causes, papers = (
        sum(bool(words.search(low, max(0, m.start() - 40), m.start())) for m in names)
        for words in (_CAUSE, _PAPER)
    )
    both = spots + places
    return {
        "in the lead": early, "in the first lines": own and own[0] < body + _FIRST,
        "in the first sentence": own and own[0] <= first_stop,
        "in the second half": names and 2 * (names[0].start() - body) > length,
        "in brackets": places and all(_in_brackets(value, p) for p in places),
        "at the end": places and 5 * (places[0] - body) > 4 * length,
        "aside": places and not own, "past": names and not places,
        "keyword": any(_KEYWORDS.match(low, value.rfind("\n", max(0, p - 300), p) + 1) for p in places),
        "caused 1": causes, "caused 2": causes > 1, "papers alone": papers and papers == len(names),
        **{f"dense {n}": 1000 * len(names) >= n * length for n in range(1, 5) if names},
        "long": len(value) > _LONG, "very long": len(value) > _VERY_LONG,
        "short": length < _SHORT, "shorter": length < _SHORTER,
        "alone": len(value) > _ALONE_IN and both and not early and max(both) - min(both) < _ONE_PLACE,
    }  # fmt: skip


def _places(low: str, names: list[re.Match[str]]) -> list[int]:
    """Where the disease is named, those of one mention once, those of the past left out."""
    places: list[int] = []
    for name in names:
        apart = not places or name.start() - places[-1] > _ONE_MENTION
        if apart and not _PAST.search(low, max(0, name.start() - 80), name.start()):
            places.append(name.start())
    return places


def words_of(text: Text) -> Words:
    """The words of a text in lower case, those of the page's chrome left out."""
    return {"": {word for part in _own_parts(text, lowered(text.value)) for word in WORD.findall(part)}}


def _own_parts(text: Text, value: str) -> list[str]:
    """What of a text's letters, as `value` has them, is not the page's chrome."""
    return [value[z.start : z.end] for z in text.zones if z.name != "chrome"] or [value]


def _in_brackets(value: str, place: int) -> bool:
    """Whether a mention stands in brackets: "nội dung khác 421 (có 9 ý kiến về trợ cấp dịch Covid-19)"."""
    before = value[max(0, place - 120) : place]
    return before.rfind("(") > max(before.rfind(")"), before.rfind("\n"))


def _is_aside(value: str, place: int) -> bool:
    return bool(
        _ASIDE.search(lowered(value), max(0, place - 90), place)
        or _CITED.search(value, max(0, place - 300), place)
    )


def _classes(text: Text) -> tuple[set[tuple[str, int]], set[tuple[str, int]], list[int]]:
    """The classes of words of a text's head and body, those of its head alone, and where measures stand."""
    low = lowered(text.value)
    everywhere: set[tuple[str, int]] = set()
    titled: set[tuple[str, int]] = set()
    spots: list[int] = []
    for index, start, end in _AUTOMATON.find_matches_as_indexes(low, overlapping=True):
        kind, phrase = _FLAT[index]
        if (kind in titled and kind[0] != "measure") or (
            phrase[0] == " " and low[start - 1 : start].isalnum()
        ):
            continue
        if phrase[-1] == " " and low[end : end + 1].isalnum():
            continue
        zone = text.zone_at(start)
        if zone != "chrome" and not _PAST_MEASURE.search(low, max(0, start - 30), start):
            everywhere.add(kind)
            if kind[0] == "measure":
                spots.append(start)
            if zone in ("title", "summary"):
                titled.add(kind)
    return everywhere, titled, spots


def _is_other_corona(text: Text, names: list[re.Match[str]]) -> bool:
    """MERS and SARS are corona viruses too: posts of 2013 to 2015 warn of them (sotttt.hanoi.gov.vn)."""
    if any(re.match(r"cov[iì]d|nco|sars", m[0], re.I) for m in names):
        return False
    own = _own_parts(text, text.value)
    return any(map(_OTHER_CORONA.search, own)) and not any(re.search("chủng mới|2019|2020", o) for o in own)
