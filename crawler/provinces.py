"""The 63 provinces of 2021: codes, names, area codes, and the hosts that name them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from ahocorasick_rs import AhoCorasick, MatchKind

from crawler.districts import code_of_districts, code_of_host
from crawler.extract.normalise import plain_words
from crawler.extract.scan import lowered, stands_alone


@dataclass(frozen=True, slots=True)
class Province:
    """A province of 2021: `code` of the General Statistics Office, `area_code` since 2017 and `old_area_code`
    of before (without the 0; four did not change), `name_2025` the province it belongs to since 1 July 2025,
    `hosts` the labels by which hosts name it."""

    code: str
    name: str
    slug: str
    area_code: str
    old_area_code: str
    name_2025: str
    hosts: tuple[str, ...]

    @property
    def region(self) -> str:
        """The socio-economic region of 2021 (Decree 92/2006/NĐ-CP): the codes follow them."""
        return next(name for last, name in _REGIONS if self.code <= last)


#: The last code of each region: the codes run from the north to the Mekong delta.
_REGIONS = (
    ("01", "Đồng bằng sông Hồng"), ("20", "Trung du và miền núi phía Bắc"), ("22", "Đồng bằng sông Hồng"),
    ("25", "Trung du và miền núi phía Bắc"), ("37", "Đồng bằng sông Hồng"),
    ("60", "Bắc Trung Bộ và Duyên hải miền Trung"), ("68", "Tây Nguyên"), ("79", "Đông Nam Bộ"),
    ("96", "Đồng bằng sông Cửu Long"),
)  # fmt: skip


# code|name|slug|area code|that of before 2017|province of today|further host labels. Codes: Decision
# 124/2004/QĐ-TTg; area codes: the plan of the Ministry of Information and Communications of 2016; mergers:
# Resolution 202/2025/QH15. tests/test_provinces.py compares them with what others publish.
_TABLE = """
01|Hà Nội|hanoi|24|4|Hà Nội|caugiay longbien thanhxuan congthuonghn anninhthudo kinhtedothi
02|Hà Giang|hagiang|219|219|Tuyên Quang|
04|Cao Bằng|caobang|206|26|Cao Bằng|
06|Bắc Kạn|backan|209|281|Thái Nguyên|babe bachthong chodon chomoi nari pacnam
08|Tuyên Quang|tuyenquang|207|27|Tuyên Quang|
10|Lào Cai|laocai|214|20|Lào Cai|
11|Điện Biên|dienbien|215|230|Điện Biên|tuangiao
12|Lai Châu|laichau|213|231|Lai Châu|
14|Sơn La|sonla|212|22|Sơn La|
15|Yên Bái|yenbai|216|29|Lào Cai|
17|Hòa Bình|hoabinh|218|218|Phú Thọ|
19|Thái Nguyên|thainguyen|208|280|Thái Nguyên|
20|Lạng Sơn|langson|205|25|Lạng Sơn|
22|Quảng Ninh|quangninh|203|33|Quảng Ninh|mongcai halong campha qeza qninh
24|Bắc Giang|bacgiang|204|240|Bắc Ninh|
25|Phú Thọ|phutho|210|210|Phú Thọ|doanhung
26|Vĩnh Phúc|vinhphuc|211|211|Phú Thọ|
27|Bắc Ninh|bacninh|222|241|Bắc Ninh|
30|Hải Dương|haiduong|220|320|Hải Phòng|
31|Hải Phòng|haiphong|225|31|Hải Phòng|heza
33|Hưng Yên|hungyen|221|321|Hưng Yên|
34|Thái Bình|thaibinh|227|36|Hưng Yên|
35|Hà Nam|hanam|226|351|Ninh Bình|
36|Nam Định|namdinh|228|350|Ninh Bình|
37|Ninh Bình|ninhbinh|229|30|Ninh Bình|
38|Thanh Hóa|thanhhoa|237|37|Thanh Hóa|
40|Nghệ An|nghean|238|38|Nghệ An|doluong
42|Hà Tĩnh|hatinh|239|39|Hà Tĩnh|
44|Quảng Bình|quangbinh|232|52|Quảng Trị|qbinh
45|Quảng Trị|quangtri|233|53|Quảng Trị|
46|Thừa Thiên Huế|hue|234|54|Huế|thuathienhue
48|Đà Nẵng|danang|236|511|Đà Nẵng|
49|Quảng Nam|quangnam|235|510|Đà Nẵng|hoian qnam
51|Quảng Ngãi|quangngai|255|55|Quảng Ngãi|qngai
52|Bình Định|binhdinh|256|56|Gia Lai|
54|Phú Yên|phuyen|257|57|Đắk Lắk|
56|Khánh Hòa|khanhhoa|258|58|Khánh Hòa|
58|Ninh Thuận|ninhthuan|259|68|Khánh Hòa|
60|Bình Thuận|binhthuan|252|62|Lâm Đồng|
62|Kon Tum|kontum|260|60|Quảng Ngãi|
64|Gia Lai|gialai|269|59|Gia Lai|
66|Đắk Lắk|daklak|262|500|Đắk Lắk|
67|Đắk Nông|daknong|261|501|Lâm Đồng|
68|Lâm Đồng|lamdong|263|63|Lâm Đồng|dalat-info
70|Bình Phước|binhphuoc|271|651|Đồng Nai|socongthuongbp
72|Tây Ninh|tayninh|276|66|Tây Ninh|
74|Bình Dương|binhduong|274|650|Hồ Chí Minh|
75|Đồng Nai|dongnai|251|61|Đồng Nai|
77|Bà Rịa - Vũng Tàu|brvt|254|64|Hồ Chí Minh|baria-vungtau bariavungtau vungtau
79|Hồ Chí Minh|hcm|28|8|Hồ Chí Minh|hochiminhcity tphcm voh
80|Long An|longan|272|72|Tây Ninh|
82|Tiền Giang|tiengiang|273|73|Đồng Tháp|
83|Bến Tre|bentre|275|75|Vĩnh Long|
84|Trà Vinh|travinh|294|74|Vĩnh Long|
86|Vĩnh Long|vinhlong|270|70|Vĩnh Long|
87|Đồng Tháp|dongthap|277|67|Đồng Tháp|
89|An Giang|angiang|296|76|An Giang|
91|Kiên Giang|kiengiang|297|77|An Giang|
92|Cần Thơ|cantho|292|710|Cần Thơ|
93|Hậu Giang|haugiang|293|711|Cần Thơ|longmy
94|Sóc Trăng|soctrang|299|79|Cần Thơ|
95|Bạc Liêu|baclieu|291|781|Cà Mau|
96|Cà Mau|camau|290|780|Cà Mau|
"""


def _read(line: str) -> Province:
    code, name, slug, area, old_area, today, hosts = line.split("|")
    return Province(code, name, slug, area, old_area, today, (slug, *hosts.split()))


PROVINCES: tuple[Province, ...] = tuple(map(_read, _TABLE.strip().splitlines()))


def fold(text: str) -> str:
    """A name without diacritics, case and punctuation (`Thừa Thiên – Huế` → `thuathienhue`)."""
    return "".join(plain_words(text))


_BY_NAME = {fold(p.name): p for p in PROVINCES}
# Spellings besides the names of 2021: older ones, short ones, tone marks set as schools taught them.
_ALIASES = {
    "BRVT": "Bà Rịa - Vũng Tàu", "BR-VT": "Bà Rịa - Vũng Tàu", "TPHCM": "Hồ Chí Minh",
    "TP.HCM": "Hồ Chí Minh", "TP HCM": "Hồ Chí Minh", "TT-Huế": "Thừa Thiên Huế",
    "Thừa Thiên - Huế": "Thừa Thiên Huế",
    "Đăk Nông": "Đắk Nông", "Đắc Nông": "Đắk Nông", "Đăk Lăk": "Đắk Lắk", "Đắc Lắc": "Đắk Lắk",
    "Kontum": "Kon Tum", "Bắc Cạn": "Bắc Kạn", "Hoà Bình": "Hòa Bình", "Thanh Hoá": "Thanh Hóa",
    "Khánh Hoà": "Khánh Hòa", "Huế": "Thừa Thiên Huế",
}  # fmt: skip
_OFFICE = re.compile(r"^(tinh|thanhpho|tp)")
_BY_NAME |= {_OFFICE.sub("", fold(alias)): _BY_NAME[fold(name)] for alias, name in _ALIASES.items()}


def by_name(name: str) -> Province | None:
    """The province of a 2021 name, in any spelling of its diacritics and dashes, or short."""
    return _BY_NAME.get(_OFFICE.sub("", fold(name)))


_TODAY = {fold(p.name_2025): p.name_2025 for p in PROVINCES}


def today_name(name: str) -> str | None:
    """The province of today (since 1 July 2025) of a name in any spelling; of one of 2021 its heir."""
    found = _TODAY.get(_OFFICE.sub("", fold(name)))
    heir = by_name(name)
    return found or (heir.name_2025 if heir else None)


def province_of_url(url: str) -> Province | None:
    """The province that a URL's host names, else the first part of its path (vbpl.vn/daknong)."""
    parts = urlsplit(url)
    first = parts.path.strip("/").split("/")[0].lower()
    return province_of_host(parts.hostname or "") or next((p for p in PROVINCES if first in p.hosts), None)


@lru_cache(maxsize=4096)
def province_of_host(host: str) -> Province | None:
    """The province that a host's labels name: whole labels first, then part of one (dulichlaocai.vn)."""
    labels = host.lower().split(".")
    for label in reversed(labels):
        for province in PROVINCES:
            if label in province.hosts:
                return province
    for label in reversed(labels[:-1]):
        found = [p for p in PROVINCES if any(len(h) >= 4 and h in label for h in p.hosts)]
        if len(found) == 1:
            return found[0]
    return None


#: National bodies by the name of their domain (moh.gov.vn): a page of theirs belongs to no province.
_NATIONAL = (
    "baohiemxahoi", "bocongan", "btgcp", "bvhttdl", "chinhphu", "covid19", "dangcongsan", "mard", "mattran",
    "mic", "moc", "moet", "mof", "moh", "moha", "moit", "moj", "molisa", "monre", "most", "mps", "mpi", "mt",
    "quochoi", "sbv", "thanhtra", "ubdt", "vncdc",
)  # fmt: skip

#: Newspapers and broadcasters of the whole country, by the name of their domain (dantri.com.vn): what they
#: write of a province is no notice of its authorities.
_PRESS = (
    "baochinhphu", "baodauthau", "baodautu", "baogiaothong", "baophapluat", "baotainguyenmoitruong",
    "baotintuc", "baoxaydung", "bnews", "cafef", "cand", "congly", "congthuong", "daibieunhandan",
    "daidoanket", "dantri", "danviet", "doanhnghiepvn", "giadinh", "giaoduc", "giaoducthoidai", "infonet",
    "khoahocdoisong", "kienthuc", "lao-dong", "laodong", "laodongxahoi", "moitruongvadothi", "nhandan",
    "nongnghiep", "nongnghiepmoitruong", "nongthonviet", "phapluatplus", "phunuvietnam", "qdnd", "soha",
    "suckhoecongdongonline", "suckhoedoisong", "tapchicongsan", "tapchinongthonmoi", "tapchitaichinh",
    "thanhgiong", "thanhnien", "thanhtra", "thanhtravietnam", "thoibaotaichinhvietnam", "thoidai",
    "thuonghieucongluan", "tienphong", "vietnamnet", "vietnamplus", "vneconomy", "vnexpress", "vov",
    "vovgiaothong", "vtc", "vtcnews", "vtv", "xaydungdang", "zingnews", "znews",
)  # fmt: skip
#: What the name of a body's domain, and of a newspaper's, stands before.
_BODY_END = re.compile(r"(?:\.gov|\.org)?\.vn$")
_PRESS_END = re.compile(r"(?:\.(?:com|net|org|edu))?\.vn$|\.(?:com|net|org)$")


def _is_national(host: str) -> bool:
    """Whether a host is a national body's or a newspaper's of the whole country."""
    known = ((_BODY_END, _NATIONAL), (_PRESS_END, _PRESS))
    return any(end.sub("", host).rpartition(".")[2] in names for end, names in known)


def _spellings() -> list[tuple[str, str]]:
    """Lower-case spellings with the province's name; a dash with and without blanks, short and long."""
    names = [(p.name, p.name) for p in PROVINCES] + list(_ALIASES.items())
    dashes = (" - ", "-", " – ", "–")
    found = [
        (a.replace(" - ", d).lower(), name) for a, name in names for d in (dashes if " - " in a else ("",))
    ]
    return sorted(found, key=lambda pair: -len(pair[0]))


_SPELLINGS = _spellings()
#: All names in one pass; of two at one place the longer ("Thừa Thiên Huế" before "Huế").
_AUTOMATON = AhoCorasick([s for s, _ in _SPELLINGS], matchkind=MatchKind.LeftmostLongest)
# Who speaks: "tỉnh …", "Sở Y tế …", "Cổng thông tin điện tử …" right before a name.
_SPEAKER = re.compile(
    r"\b(?:(?:tỉnh|thành phố|TP)\.?|(?:Sở|Cổng|Trang|UBND|Trung tâm|CDC|Tỉnh [uủ][yỷ]|Thành [uủ][yỷ]|Báo"
    r"|Đài|MTTQ)\b"
    r"[^,.\n]{0,40})\s*$",
    re.I,
)


def province_of_page(url: str, text: str, chrome: str) -> Province | None:
    """The province (2021 name) whose authority publishes a page; None for national bodies and newspapers.

    Its address tells best (its province, else its district), then the authorities in its header and footer
    (`chrome`), then its text, then the districts that it names, at last the numbers to call.
    """
    if province := province_of_url(url):
        return province
    hostname = urlsplit(url).hostname or ""
    if _is_national(hostname):
        return None
    host = code_of_host(hostname)
    found = None if host else _most_named(chrome, other=0) or _most_named(text, other=1)
    code = host or (None if found else code_of_districts(text))
    return found or next((p for p in PROVINCES if p.code == code), None) or _called(text)


# "0290 1022", "(0254) 3732.318"; numbers of Hà Nội and of Hồ Chí Minh are called from all over the country.
_AREA_CODE = re.compile(r"(?<![\d.])\(?0(2[0-35-79]\d)\)?[\s.-]{0,2}\d{2,4}[\s.]?\d")


def _called(text: str) -> Province | None:
    """The province whose area code all landlines of a text have."""
    codes = set(_AREA_CODE.findall(text))
    return next((p for p in PROVINCES if codes == {p.area_code}), None)


#: "… số 123/UBND-VX ngày 5/8/2021 của UBND tỉnh Bắc Ninh": whose act it is, up to what it is about.
_WHOSE = re.compile(
    r"\s*,?\s*(?:\(?(?:ngày|ký|ban hành)\s[\d/. ]{5,}(?:tháng \d+ năm \d{4})?\)?\s*)?\(?của\s"
    r"(?P<whose>(?:(?!\b(?:về|v/v|quy định|hướng dẫn|ban hành|đề nghị|yêu cầu|cho|gửi|tại|từ|với|và|để)\b)"
    r"[^,;.\n()\d]|(?<=TP)\.){3,80})",
    re.I,
)


_BRACKET = re.compile(r"\s?\(([^\W\d_][^()\d,.;]{2,30})\)")
#: "UBND tỉnh Bắc Ninh (vừa) ban hành Công văn số …": who acts, and the verb.
_ISSUES = re.compile(
    r"\b(?P<whose>(?:UBND|Ủy ban nhân dân|HĐND|Hội đồng nhân dân|Tỉnh ủy|Thành ủy|Ban Chỉ đạo|Sở)\s"
    r"(?:[^,;.\n()\d]|(?<=TP)\.){3,60}?)\s(?:đã\s|vừa\s|cũng\s|tiếp tục\s)*"
    r"(?:có|ban hành|ra|ký|phát đi|gửi)\s(?:ban hành\s)?(?:các\s)?$"
)


def province_of_issuer(text: str, start: int, end: int) -> Province | None:
    """The province whose authority issued the act named from `start` to `end`, where the text says so."""
    if bracket := _BRACKET.match(text, end):  # "1047/UBND-KT1 (Hưng Yên)"
        return by_name(bracket[1])
    found = _WHOSE.match(text, end) or _ISSUES.search(text, max(0, start - 110), start)
    if not found:
        return None
    begun = found.start("whose")
    for index, first, last in _AUTOMATON.find_matches_as_indexes(found["whose"].lower()):
        at, to = begun + first, begun + last
        if text[at].isupper() and stands_alone(text, at, to, whole=True):
            return by_name(_SPELLINGS[index][1])
    return None


def _most_named(text: str, other: int) -> Province | None:
    """The province named most often: after `tỉnh` or an authority threefold, elsewhere `other` times."""
    counts = Counter[str]()
    for index, start, end in _AUTOMATON.find_matches_as_indexes(lowered(text)):
        # With its capitals: "hòa bình" is peace.
        if text[start].isupper() and stands_alone(text, start, end, whole=True):
            spoken = _SPEAKER.search(text, max(0, start - 48), start)
            counts[_SPELLINGS[index][1]] += 3 if spoken else other
    (name, count), (_, next_count) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
    # Named once each in passing they say nothing: "người về từ Hải Dương, Quảng Ninh".
    return by_name(name) if count > next_count or count > 1 else None
