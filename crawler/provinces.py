"""The 63 provinces of 2021: codes, names, area codes, and the hosts that name them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Province:
    """A province of 2021: `code` of the General Statistics Office, `area_code` since 2017 (without the 0),
    `name_2025` the province it belongs to since 1 July 2025, `hosts` the labels by which hosts name it."""

    code: str
    name: str
    slug: str
    area_code: str
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


# code|name|slug|area code|province of today|further host labels. Codes: Decision 124/2004/QĐ-TTg; area codes:
# the plan of the Ministry of Information and Communications of 2016; mergers: Resolution 202/2025/QH15.
_TABLE = """
01|Hà Nội|hanoi|24|Hà Nội|caugiay longbien thanhxuan congthuonghn
02|Hà Giang|hagiang|219|Tuyên Quang|
04|Cao Bằng|caobang|206|Cao Bằng|
06|Bắc Kạn|backan|209|Thái Nguyên|babe bachthong chodon chomoi nari pacnam
08|Tuyên Quang|tuyenquang|207|Tuyên Quang|
10|Lào Cai|laocai|214|Lào Cai|
11|Điện Biên|dienbien|215|Điện Biên|tuangiao
12|Lai Châu|laichau|213|Lai Châu|
14|Sơn La|sonla|212|Sơn La|
15|Yên Bái|yenbai|216|Lào Cai|
17|Hòa Bình|hoabinh|218|Phú Thọ|
19|Thái Nguyên|thainguyen|208|Thái Nguyên|
20|Lạng Sơn|langson|205|Lạng Sơn|
22|Quảng Ninh|quangninh|203|Quảng Ninh|mongcai halong campha qeza
24|Bắc Giang|bacgiang|204|Bắc Ninh|
25|Phú Thọ|phutho|210|Phú Thọ|doanhung
26|Vĩnh Phúc|vinhphuc|211|Phú Thọ|
27|Bắc Ninh|bacninh|222|Bắc Ninh|
30|Hải Dương|haiduong|220|Hải Phòng|
31|Hải Phòng|haiphong|225|Hải Phòng|heza
33|Hưng Yên|hungyen|221|Hưng Yên|
34|Thái Bình|thaibinh|227|Hưng Yên|
35|Hà Nam|hanam|226|Ninh Bình|
36|Nam Định|namdinh|228|Ninh Bình|
37|Ninh Bình|ninhbinh|229|Ninh Bình|
38|Thanh Hóa|thanhhoa|237|Thanh Hóa|
40|Nghệ An|nghean|238|Nghệ An|doluong
42|Hà Tĩnh|hatinh|239|Hà Tĩnh|
44|Quảng Bình|quangbinh|232|Quảng Trị|
45|Quảng Trị|quangtri|233|Quảng Trị|
46|Thừa Thiên Huế|hue|234|Huế|thuathienhue
48|Đà Nẵng|danang|236|Đà Nẵng|
49|Quảng Nam|quangnam|235|Đà Nẵng|hoian
51|Quảng Ngãi|quangngai|255|Quảng Ngãi|
52|Bình Định|binhdinh|256|Gia Lai|
54|Phú Yên|phuyen|257|Đắk Lắk|
56|Khánh Hòa|khanhhoa|258|Khánh Hòa|
58|Ninh Thuận|ninhthuan|259|Khánh Hòa|
60|Bình Thuận|binhthuan|252|Lâm Đồng|
62|Kon Tum|kontum|260|Quảng Ngãi|
64|Gia Lai|gialai|269|Gia Lai|
66|Đắk Lắk|daklak|262|Đắk Lắk|
67|Đắk Nông|daknong|261|Lâm Đồng|
68|Lâm Đồng|lamdong|263|Lâm Đồng|dalat-info
70|Bình Phước|binhphuoc|271|Đồng Nai|socongthuongbp
72|Tây Ninh|tayninh|276|Tây Ninh|
74|Bình Dương|binhduong|274|Hồ Chí Minh|
75|Đồng Nai|dongnai|251|Đồng Nai|
77|Bà Rịa - Vũng Tàu|brvt|254|Hồ Chí Minh|baria-vungtau bariavungtau vungtau
79|Hồ Chí Minh|hcm|28|Hồ Chí Minh|hochiminhcity tphcm
80|Long An|longan|272|Tây Ninh|
82|Tiền Giang|tiengiang|273|Đồng Tháp|
83|Bến Tre|bentre|275|Vĩnh Long|
84|Trà Vinh|travinh|294|Vĩnh Long|
86|Vĩnh Long|vinhlong|270|Vĩnh Long|
87|Đồng Tháp|dongthap|277|Đồng Tháp|
89|An Giang|angiang|296|An Giang|
91|Kiên Giang|kiengiang|297|An Giang|
92|Cần Thơ|cantho|292|Cần Thơ|
93|Hậu Giang|haugiang|293|Cần Thơ|longmy
94|Sóc Trăng|soctrang|299|Cần Thơ|
95|Bạc Liêu|baclieu|291|Cà Mau|
96|Cà Mau|camau|290|Cà Mau|
"""


def _read(line: str) -> Province:
    code, name, slug, area, today, hosts = line.split("|")
    return Province(code, name, slug, area, today, (slug, *hosts.split()))


PROVINCES: tuple[Province, ...] = tuple(map(_read, _TABLE.strip().splitlines()))


def fold(text: str) -> str:
    """A name without diacritics, case and punctuation (`Thừa Thiên – Huế` → `thuathienhue`)."""
    text = unicodedata.normalize("NFD", text).casefold().replace("đ", "d")
    return re.sub(r"[^a-z0-9]+", "", text)


_BY_NAME = {fold(p.name): p for p in PROVINCES} | {"hue": next(p for p in PROVINCES if p.slug == "hue")}


def by_name(name: str) -> Province | None:
    """The province of a 2021 name, in any spelling of its diacritics and dashes."""
    return _BY_NAME.get(re.sub(r"^(tinh|thanhpho|tp)", "", fold(name)))


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
        found = [p for p in PROVINCES if any(len(h) >= 5 and h in label for h in p.hosts)]
        if len(found) == 1:
            return found[0]
    return None


_NAMED = re.compile(
    r"\b(?:tỉnh|thành phố|TP\.?|UBND tỉnh|Sở [^,.\n]{2,40}?)\s+("
    + "|".join(re.escape(p.name).replace(r"\ \-\ ", r"\s*[-–]\s*") for p in PROVINCES)
    + r")\b",
    re.I,
)
_ANY = re.compile("|".join(re.escape(p.name).replace(r"\ \-\ ", r"\s*[-–]\s*") for p in PROVINCES), re.I)


def province_in(text: str) -> Province | None:
    """The province that a text names most often, names after `tỉnh` or an authority counting threefold."""
    counts: dict[str, int] = {}
    for pattern, weight, group in ((_NAMED, 3, 1), (_ANY, 1, 0)):
        for match in pattern.finditer(text):
            if province := by_name(match.group(group)):
                counts[province.name] = counts.get(province.name, 0) + weight
    return by_name(max(counts, key=lambda name: counts[name])) if counts else None
