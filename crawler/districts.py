"""The districts of 2021 whose name only one province has: what a text without its province still tells."""

from __future__ import annotations

import re
from collections import Counter

from ahocorasick_rs import AhoCorasick, MatchKind

from crawler.extract.normalise import plain_words
from crawler.extract.scan import lowered, stands_alone

# Code of the province and names of the General Statistics Office (Decision 124/2004/QĐ-TTg, as of 2021);
# those that several provinces have, of one word, or of the province itself are left out.
_TABLE = """
01|Ba Vì, Ba Đình, Bắc Từ Liêm, Chương Mỹ, Cầu Giấy, Gia Lâm, Hai Bà Trưng, Hoài Đức, Hoàn Kiếm, Hà Đông,
  Long Biên, Mê Linh, Mỹ Đức, Nam Từ Liêm, Phú Xuyên, Phúc Thọ, Quốc Oai, Sóc Sơn, Thanh Oai, Thanh Trì,
  Thanh Xuân, Thường Tín, Thạch Thất, Tây Hồ, Đan Phượng, Đông Anh, Đống Đa, Ứng Hòa
02|Bắc Mê, Bắc Quang, Hoàng Su Phì, Mèo Vạc, Quang Bình, Quản Bạ, Vị Xuyên, Xín Mần, Yên Minh, Đồng Văn
04|Bảo Lạc, Hoà An, Hà Quảng, Hạ Lang, Nguyên Bình, Quảng Hòa, Thạch An, Trùng Khánh
06|Ba Bể, Bạch Thông, Chợ Đồn, Na Rì, Ngân Sơn, Pác Nặm
08|Chiêm Hóa, Hàm Yên, Lâm Bình, Na Hang, Sơn Dương, Yên Sơn
10|Bát Xát, Bảo Thắng, Bảo Yên, Bắc Hà, Mường Khương, Sa Pa, Si Ma Cai, Văn Bàn
11|Mường Chà, Mường Lay, Mường Nhé, Mường Ảng, Nậm Pồ, Tuần Giáo, Tủa Chùa, Điện Biên Phủ, Điện Biên Đông
12|Mường Tè, Nậm Nhùn, Phong Thổ, Sìn Hồ, Tam Đường, Than Uyên
14|Bắc Yên, Mai Sơn, Mường La, Mộc Châu, Phù Yên, Quỳnh Nhai, Sông Mã, Sốp Cộp, Thuận Châu, Vân Hồ, Yên
  Châu
15|Lục Yên, Mù Căng Chải, Nghĩa Lộ, Trạm Tấu, Trấn Yên, Văn Chấn, Văn Yên, Yên Bình
17|Cao Phong, Kim Bôi, Lương Sơn, Lạc Sơn, Lạc Thủy, Mai Châu, Tân Lạc, Yên Thủy, Đà Bắc
19|Phú Bình, Phú Lương, Phổ Yên, Sông Công, Võ Nhai, Đại Từ, Định Hóa, Đồng Hỷ
20|Bình Gia, Bắc Sơn, Cao Lộc, Chi Lăng, Hữu Lũng, Lộc Bình, Tràng Định, Văn Lãng, Văn Quan, Đình Lập
22|Ba Chẽ, Bình Liêu, Cô Tô, Cẩm Phả, Hạ Long, Hải Hà, Móng Cái, Quảng Yên, Tiên Yên, Uông Bí, Vân Đồn,
  Đông Triều, Đầm Hà
24|Hiệp Hòa, Lạng Giang, Lục Nam, Lục Ngạn, Sơn Động, Tân Yên, Việt Yên, Yên Dũng, Yên Thế
25|Cẩm Khê, Hạ Hoà, Lâm Thao, Phù Ninh, Thanh Ba, Thanh Sơn, Thanh Thuỷ, Tân Sơn, Việt Trì, Yên Lập, Đoan
  Hùng
26|Bình Xuyên, Lập Thạch, Phúc Yên, Sông Lô, Tam Dương, Tam Đảo, Vĩnh Tường, Vĩnh Yên, Yên Lạc
27|Gia Bình, Lương Tài, Quế Võ, Thuận Thành, Tiên Du, Từ Sơn, Yên Phong
30|Bình Giang, Chí Linh, Cẩm Giàng, Gia Lộc, Kim Thành, Kinh Môn, Nam Sách, Ninh Giang, Thanh Hà, Thanh
  Miện, Tứ Kỳ
31|An Dương, Bạch Long Vĩ, Cát Hải, Dương Kinh, Hải An, Hồng Bàng, Kiến An, Kiến Thuỵ, Lê Chân, Ngô Quyền,
  Thuỷ Nguyên, Tiên Lãng, Vĩnh Bảo, Đồ Sơn
33|Khoái Châu, Kim Động, Mỹ Hào, Phù Cừ, Tiên Lữ, Văn Giang, Văn Lâm, Yên Mỹ, Ân Thi
34|Hưng Hà, Kiến Xương, Quỳnh Phụ, Thái Thụy, Tiền Hải, Vũ Thư, Đông Hưng
35|Bình Lục, Duy Tiên, Kim Bảng, Lý Nhân, Phủ Lý, Thanh Liêm
36|Giao Thủy, Hải Hậu, Mỹ Lộc, Nam Trực, Nghĩa Hưng, Trực Ninh, Vụ Bản, Xuân Trường, Ý Yên
37|Gia Viễn, Hoa Lư, Kim Sơn, Nho Quan, Tam Điệp, Yên Khánh, Yên Mô
38|Bá Thước, Bỉm Sơn, Cẩm Thủy, Hoằng Hóa, Hà Trung, Hậu Lộc, Lang Chánh, Mường Lát, Nga Sơn, Nghi Sơn,
  Ngọc Lặc, Như Thanh, Như Xuân, Nông Cống, Quan Hóa, Quan Sơn, Quảng Xương, Sầm Sơn, Thiệu Hóa, Thường
  Xuân, Thạch Thành, Thọ Xuân, Triệu Sơn, Vĩnh Lộc, Yên Định, Đông Sơn
40|Anh Sơn, Con Cuông, Cửa Lò, Diễn Châu, Hưng Nguyên, Kỳ Sơn, Nam Đàn, Nghi Lộc, Nghĩa Đàn, Quế Phong,
  Quỳ Châu, Quỳ Hợp, Quỳnh Lưu, Thanh Chương, Thái Hoà, Tân Kỳ, Tương Dương, Yên Thành, Đô Lương
42|Can Lộc, Cẩm Xuyên, Hương Khê, Hương Sơn, Hồng Lĩnh, Kỳ Anh, Lộc Hà, Nghi Xuân, Thạch Hà, Vũ Quang, Đức
  Thọ
44|Ba Đồn, Bố Trạch, Lệ Thủy, Minh Hóa, Quảng Trạch, Đồng Hới, Tuyên Hóa
45|Cam Lộ, Cồn Cỏ, Gio Linh, Hướng Hóa, Hải Lăng, Triệu Phong, Vĩnh Linh, Đa Krông, Đông Hà
46|A Lưới, Hương Thủy, Hương Trà, Nam Đông, Phú Lộc, Phú Vang, Quảng Điền
48|Cẩm Lệ, Hoàng Sa, Hòa Vang, Hải Châu, Liên Chiểu, Ngũ Hành Sơn, Sơn Trà, Thanh Khê
49|Bắc Trà My, Duy Xuyên, Hiệp Đức, Hội An, Nam Giang, Nam Trà My, Nông Sơn, Núi Thành, Phú Ninh, Phước
  Sơn, Quế Sơn, Tam Kỳ, Thăng Bình, Tiên Phước, Tây Giang, Điện Bàn, Đông Giang, Đại Lộc
51|Ba Tơ, Bình Sơn, Lý Sơn, Minh Long, Mộ Đức, Nghĩa Hành, Sơn Hà, Sơn Tịnh, Trà Bồng, Tư Nghĩa, Đức Phổ
52|An Nhơn, Hoài Nhơn, Hoài Ân, Phù Cát, Phù Mỹ, Quy Nhơn, Tuy Phước, Tây Sơn, Vân Canh
54|Phú Hoà, Sông Cầu, Sông Hinh, Sơn Hòa, Tuy An, Tuy Hoà, Tây Hoà, Đông Hòa, Đồng Xuân
56|Cam Lâm, Cam Ranh, Diên Khánh, Khánh Sơn, Khánh Vĩnh, Nha Trang, Ninh Hòa, Trường Sa, Vạn Ninh
58|Bác Ái, Ninh Hải, Ninh Phước, Ninh Sơn, Phan Rang-Tháp Chàm, Thuận Bắc, Thuận Nam
60|Bắc Bình, Hàm Thuận Bắc, Hàm Thuận Nam, Hàm Tân, La Gi, Phan Thiết, Phú Quí, Tuy Phong, Tánh Linh, Đức
  Linh
62|Ia H' Drai, Kon Plông, Kon Rẫy, Ngọc Hồi, Sa Thầy, Tu Mơ Rông, Đắk Glei, Đắk Hà, Đắk Tô
64|An Khê, Ayun Pa, Chư Prông, Chư Păh, Chư Pưh, Chư Sê, Ia Grai, Ia Pa, Krông Pa, Kông Chro, Mang Yang,
  Phú Thiện, Đăk Pơ, Đăk Đoa, Đức Cơ
66|Buôn Hồ, Buôn Ma Thuột, Buôn Đôn, Cư Kuin, Cư M'gar, Ea H'leo, Ea Kar, Ea Súp, Krông A Na, Krông Bông,
  Krông Búk, Krông Năng, Krông Pắc
67|Cư Jút, Gia Nghĩa, Krông Nô, Tuy Đức, Đăk Glong, Đắk Mil, Đắk R'Lấp, Đắk Song
68|Bảo Lộc, Cát Tiên, Di Linh, Lâm Hà, Lạc Dương, Đam Rông, Đà Lạt, Đơn Dương, Đạ Huoai, Đạ Tẻh, Đức Trọng
70|Bình Long, Bù Gia Mập, Bù Đăng, Bù Đốp, Chơn Thành, Hớn Quản, Lộc Ninh, Phú Riềng, Đồng Phú, Đồng Xoài
72|Bến Cầu, Dương Minh Châu, Gò Dầu, Hòa Thành, Trảng Bàng, Tân Biên
74|Bàu Bàng, Bắc Tân Uyên, Bến Cát, Dĩ An, Dầu Tiếng, Phú Giáo, Thuận An, Thủ Dầu Một
75|Biên Hòa, Cẩm Mỹ, Long Khánh, Long Thành, Nhơn Trạch, Thống Nhất, Trảng Bom, Vĩnh Cửu, Xuân Lộc, Định
  Quán
77|Bà Rịa, Châu Đức, Côn Đảo, Long Điền, Phú Mỹ, Vũng Tàu, Xuyên Mộc, Đất Đỏ
79|Bình Chánh, Bình Thạnh, Cần Giờ, Củ Chi, Gò Vấp, Hóc Môn, Nhà Bè, Phú Nhuận, Thủ Đức, Tân Bình
80|Bến Lức, Cần Giuộc, Cần Đước, Kiến Tường, Mộc Hóa, Thạnh Hóa, Thủ Thừa, Tân An, Tân Hưng, Tân Thạnh,
  Tân Trụ, Vĩnh Hưng, Đức Huệ, Đức Hòa
82|Cai Lậy, Chợ Gạo, Cái Bè, Gò Công, Gò Công Tây, Gò Công Đông, Mỹ Tho, Tân Phú Đông, Tân Phước
83|Ba Tri, Bình Đại, Chợ Lách, Giồng Trôm, Mỏ Cày Bắc, Mỏ Cày Nam, Thạnh Phú
84|Càng Long, Cầu Kè, Cầu Ngang, Duyên Hải, Tiểu Cần, Trà Cú
86|Bình Minh, Long Hồ, Mang Thít, Tam Bình, Trà Ôn, Vũng Liêm
87|Cao Lãnh, Hồng Ngự, Lai Vung, Lấp Vò, Sa Đéc, Thanh Bình, Tháp Mười, Tân Hồng
89|An Phú, Châu Phú, Châu Đốc, Long Xuyên, Thoại Sơn, Tri Tôn, Tịnh Biên
91|An Biên, An Minh, Giang Thành, Giồng Riềng, Gò Quao, Hà Tiên, Hòn Đất, Kiên Hải, Kiên Lương, Phú Quốc,
  Rạch Giá, Tân Hiệp, U Minh Thượng, Vĩnh Thuận
92|Bình Thuỷ, Cái Răng, Cờ Đỏ, Ninh Kiều, Thốt Nốt, Thới Lai, Ô Môn
93|Châu Thành A, Long Mỹ, Ngã Bảy, Phụng Hiệp, Vị Thanh, Vị Thuỷ
94|Cù Lao Dung, Kế Sách, Long Phú, Mỹ Tú, Mỹ Xuyên, Ngã Năm, Thạnh Trị, Trần Đề, Vĩnh Châu
95|Giá Rai, Hoà Bình, Hồng Dân, Vĩnh Lợi, Đông Hải
96|Cái Nước, Ngọc Hiển, Năm Căn, Thới Bình, Trần Văn Thời, U Minh, Đầm Dơi
"""
_ROWS = re.sub(r"\n  ", " ", _TABLE).strip().splitlines()
_PROVINCE_OF = {
    name: row.partition("|")[0] for row in _ROWS for name in row.partition("|")[2].split(", ") if name
}
_TONES = [(f"o{v}", f"{o}a") for v, o in zip("àáảãạ", "òóỏõọ", strict=True)]
_TONES += [(f"o{v}", f"{o}e") for v, o in zip("èéẻẽẹ", "òóỏõọ", strict=True)]
_TONES += [(f"u{v}", f"{o}y") for v, o in zip("ỳýỷỹỵ", "ùúủũụ", strict=True)]


def _spellings(name: str) -> set[str]:
    """A name with its tone marks set in either way: Kiến Thuỵ, Kiến Thụy."""
    pairs = [*_TONES, *((new, old) for old, new in _TONES)]
    return {name, *(re.sub(rf"{old}\b", new, name) for old, new in pairs if old in name)}


_PROVINCE_OF |= {spelt: code for name, code in _PROVINCE_OF.items() for spelt in _spellings(name)}
_NAMES = list(_PROVINCE_OF)
_AUTOMATON = AhoCorasick([name.lower() for name in _NAMES], matchkind=MatchKind.LeftmostLongest)
_UNIT = re.compile(r"\b(?:huyện|thị xã|thành phố|tp\.?|tx\.?|quận|h\.)\s*$", re.I)
_FOLDED = Counter(name for name, _ in {("".join(plain_words(n)), code) for n, code in _PROVINCE_OF.items()})
#: Districts as hosts spell them, those that two provinces spell alike left out.
_OF_HOST = {
    name: code
    for n, code in _PROVINCE_OF.items()
    if _FOLDED[name := "".join(plain_words(n))] == 1 and len(name) > 5
}
#: Points of a name, of one behind its unit; points that tell a province, and how often it leads the next one.
_NAMED, _WITH_UNIT, _NEEDED, _LEAD = 1, 2, 2, 2


def code_of_host(host: str) -> str | None:
    """The code of the province whose district a host names before its end (`hoangtien.hoanghoa.gov.vn`)."""
    labels = host.lower().split(".")
    return _OF_HOST.get(labels[-3]) if labels[-2:] == ["gov", "vn"] and len(labels) > 2 else None


def code_of_districts(text: str) -> str | None:
    """The code of the province whose districts a text names; None where it names too few, or several's."""
    points = Counter[str]()
    for index, start, end in _AUTOMATON.find_matches_as_indexes(lowered(text)):
        if text[start].isupper() and stands_alone(text, start, end, whole=True):
            unit = _UNIT.search(text, max(0, start - 12), start)
            points[_PROVINCE_OF[_NAMES[index]]] += _WITH_UNIT if unit else _NAMED
    first, second = [*points.most_common(2), ("", 0), ("", 0)][:2]
    return first[0] if first[1] >= max(_NEEDED, _LEAD * second[1]) else None
