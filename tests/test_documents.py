"""Numbers, signing dates and roles of documents, as Vietnamese administration writes them."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crawler.extract.facts import extract
from crawler.extract.plain import read_plain
from crawler.model import Citation, Context, Text

GOLD = Path(__file__).with_name("gold")
HEAD = "Tăng cường phòng, chống dịch Covid-19 trên địa bàn\n\n"


def documents(body: str, head: str = HEAD) -> dict[str, Citation]:
    """The documents of a notice by number, the same for NFC and NFD."""
    found = []
    for form in ("NFC", "NFD"):
        text = read_plain(unicodedata.normalize(form, head + body)).text
        facts = extract(text, Context(province="Bình Thuận"))
        assert all(text.value[d.start : d.end] == d.mention for d in facts.documents)
        found.append({d.number: d for d in facts.documents})
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("Ban Chỉ đạo 389 ban hành Kế hoạch số 134/KH-BCĐ 389/TP về hàng giả.", "134/KH-BCĐ389/TP"),
        ("Trang có giấy phép 729/GP TTĐT do Sở cấp.", "729/GPTTĐT"),
        ("• 07/2023/TT-BTTTT - Quy định về thẻ nhà báo", "07/2023/TT-BTTTT"),
        ("Thực hiện Chỉ thị số 19/CT -TTg của Thủ tướng.", "19/CT-TTg"),
        ("Việc này theo Thông báo số570/TB-BQLKKTCK của Ban Quản lý.", "570/TB-BQLKKTCK"),
        # A dash, a slash or a blank is lost, two are put for one another, a letter has a mark too many.
        ("Phạt ai trái Chỉ thị số 16 CT-TTg của Thủ tướng.", "16/CT-TTg"),
        ("Đó là quyết định số 362QĐ/TĐTN-TCKT về cán bộ.", "362QĐ/TĐTN-TCKT"),
        ("Làm theo Chỉ thị số 16/CT-TTgcủa Thủ tướng.", "16/CT-TTg"),
        ("Theo Thông tư số 55/2015/TT-BGTVTngày 23/9/2015.", "55/2015/TT-BGTVT"),
        ("Căn cứ Nghị quyết số 60/NQ-TW. Thực hiện Nghị quyết số 60-NQ/TW ngày 12/4/2025.", "60-NQ/TW"),
        ("Theo Quyết định số 2745/QĐ-ƯBND. Quyết định số 2745/QĐ-UBND còn hiệu lực.", "2745/QĐ-UBND"),
        ("Tỉnh vào Chỉ thị 15/TTg-CP; Chỉ thị số 15/CT-TTg ngày 27/3/2020 dùng cho cả tỉnh.", "15/CT-TTg"),
        ("Thực hiện Công văn 196/YT của phòng Y tế.", "196/YT"),
        ("Theo Nghị định số 110/2018 của Chính phủ về lễ hội.", "110/2018"),
        ("THÔNG BÁO KHẨN (số 11): tìm người đến chợ Mẫu.", "11"),
        ("Được sửa đổi tại Nghị định 124/2015/NĐ-CP.\n- Đối với hành vi khác", "124/2015/NĐ-CP"),
    ],
)
def test_symbols_with_blanks(body: str, number: str) -> None:
    assert list(documents(body)) == [number]


@pytest.mark.parametrize(
    ("body", "number", "kind"),
    [
        ("Thực hiện NQ 128 của Chính phủ.", "128", "Nghị quyết"),
        ("Ngày 23/11/1945, Chủ tịch Hồ Chí Minh ký Sắc lệnh số 64/SL.", "64/SL", "Sắc lệnh"),
        ("Căn cứ Thể lệ số 755/TL-VHCS của Cục.", "755/TL-VHCS", "Thể lệ"),
        ("Việc này theo thông tư 22 của Bộ.", "22", "Thông tư"),
        ("Sở đã có Công văn hướng dẫn số 1783/STTTT-TTR.", "1783/STTTT-TTR", "Công văn"),
        ("Phat theo Nghi dinh 117/2020/ND-CP.", "117/2020/ND-CP", "Nghị định"),
        ("Giá theo Chứng thư thẩm định giá số 112/2020/CT-VVI.", "112/2020/CT-VVI", "Chứng thư"),
    ],
)
def test_kinds_of_abbreviations_and_of_letters_without_marks(body: str, number: str, kind: str) -> None:
    ((found, document),) = documents(body).items()
    assert (found, document.type) == (number, kind)


@pytest.mark.parametrize(
    "body",
    [
        "Các mẫu biểu kèm theo: Biểu số 59/CK-NSNN, Biểu số 60/CK-NSNN.",
        "Công trình theo QCVN 06:2022/BXD và QCVN 1:2020/BKHCN.",
        "Để hướng dẫn 498 doanh nghiệp, Ban mở lớp.",
        "Tổ 12/YT trực chốt; quyết toán theo thông tư số 3/2021/1.",
    ],
)
def test_forms_standards_and_counts_are_no_documents(body: str) -> None:
    assert documents(body) == {}


def test_the_end_of_a_phone_is_no_number() -> None:
    assert documents("Gọi bác sĩ trực 0948 71 3366 / BCĐ huyện để khai báo.") == {}


@pytest.mark.parametrize(
    ("body", "dates"),
    [
        (
            "Ngày 16/11/2021, Ban Chỉ đạo ban hành Thông báo số 212/TB-BCĐ (kết luận cuộc họp ngày 15/11/2021)"
            " và Công văn số 384/BCĐ-VX về người từ vùng dịch.",
            {"212/TB-BCĐ": date(2021, 11, 16), "384/BCĐ-VX": date(2021, 11, 16)},
        ),
        (
            "Thực hiện các Văn bản số 4467/UBND-VX3, số 4481/UBND-VX3 cùng ngày 01/7/2021 của UBND tỉnh.",
            {"4467/UBND-VX3": date(2021, 7, 1), "4481/UBND-VX3": date(2021, 7, 1)},
        ),
        (
            "Đoàn làm việc theo Công điện số 1411/CĐ-TTg, 1412/CĐ-TTg ngày 18/10/2020.",
            {"1411/CĐ-TTg": date(2020, 10, 18), "1412/CĐ-TTg": date(2020, 10, 18)},
        ),
        (
            "Nêu tại các Công văn 1124, 1389/SYT-KHTC ngày 18/5 và 7/9/2021 của Sở.",
            {"1124/SYT-KHTC": date(2021, 5, 18), "1389/SYT-KHTC": date(2021, 9, 7)},
        ),
        (
            "Theo Công văn số 12/SYT-NVY (ký ngày 18/07/2021), Sở khuyến cáo.",
            {"12/SYT-NVY": date(2021, 7, 18)},
        ),
        (
            "Thông tư số 16/2021/TT-BYT của Bộ Y tế ban hành 08/11/2021.",
            {"16/2021/TT-BYT": date(2021, 11, 8)},
        ),
        (
            "Nghị định số 83/2011/NĐ-CP, quy định xử phạt, đã được Thủ tướng ký ban hành ngày 20/9/2011.",
            {"83/2011/NĐ-CP": date(2011, 9, 20)},
        ),
        (
            "Tiếp theo Thông báo số 412/TB-UBND ngày 27/7/2020 và Công văn số 4239/UBND-VX cùng ngày của tỉnh.",
            {"412/TB-UBND": date(2020, 7, 27), "4239/UBND-VX": date(2020, 7, 27)},
        ),
        ("Hôm qua (17/2/2021) Sở ra Công văn số 208/SCT-QLTM.", {"208/SCT-QLTM": date(2021, 2, 17)}),
        ("Công văn 1047/UBND-KT (Hưng Yên) ngày 14/2/2021 cho xe qua.", {"1047/UBND-KT": date(2021, 2, 14)}),
        ("Theo Quyết định 33/QĐ-UBND của Chủ tịch UBND tỉnh (25/6/2021).", {"33/QĐ-UBND": date(2021, 6, 25)}),
        ("Công văn số 7/UBND-NC ký lúc 23 giờ ngày 17/5/2021.", {"7/UBND-NC": date(2021, 5, 17)}),
        ("Công văn số 8/UBND-NC ký chiều 07/02/2021 cho dừng chợ.", {"8/UBND-NC": date(2021, 2, 7)}),
        ("Chỉ thị số 16-CT/TU do Bí thư ký hôm 21/8/2021.", {"16-CT/TU": date(2021, 8, 21)}),
        ("Sáng 29/6/2021, Nghị quyết số 3/NQ-HĐND được thông qua.", {"3/NQ-HĐND": date(2021, 6, 29)}),
        (
            "Chiều 07/5/2021, sau khi có Văn bản số 33/UBND-VP, Sở gửi các khu Văn bản số 36/SDL-QL.",
            {"33/UBND-VP": None, "36/SDL-QL": date(2021, 5, 7)},
        ),
        # A comma before a day begins a clause where an authority acts behind the day.
        (
            "Thực hiện Quyết định số 48/QĐ-BYT, ngày 11/10/2021 Sở Y tế ban hành Hướng dẫn số 30/HD-SYT.",
            {"48/QĐ-BYT": None, "30/HD-SYT": date(2021, 10, 11)},
        ),
        (
            "Thực hiện Chỉ thị số 05-CT/TW của Bộ Chính trị về học tập và làm theo Bác, ngày 29/12/2019 Ban Chấp hành "
            "Hội Cựu chiến binh huyện Lạng Giang đã ban hành Nghị quyết số: 04/NQ-CCB.",
            {"05-CT/TW": None, "04/NQ-CCB": date(2019, 12, 29)},
        ),
        (
            "Thực hiện Quyết định số 48/QĐ-BYT, ngày 11/10/2021 của Bộ trưởng.",
            {"48/QĐ-BYT": date(2021, 10, 11)},
        ),
        (
            "Công điện số 9/CĐ-UBND gửi các huyện ven biển và các ngành, phát đi lúc 15 giờ ngày 10/10/2021.",
            {"9/CĐ-UBND": date(2021, 10, 10)},
        ),
        (
            "Công văn số 2977/UBND-YT do UBND huyện gửi 17 xã, thị trấn hôm 19/11/2021 cho F1 ở nhà.",
            {"2977/UBND-YT": date(2021, 11, 19)},
        ),
        (
            "GPXB số 31/GP-STTTT do Sở Thông tin và Truyền thông tỉnh cấp 14/8/2019.",
            {"31/GP-STTTT": date(2019, 8, 14)},
        ),
        (
            "UBND thành phố phát đi Công văn số 712/UBND-VX vào tối 28/01/2021.",
            {"712/UBND-VX": date(2021, 1, 28)},
        ),
        ("Các xã tập huấn theo Công văn số 712/UBND-VX vào ngày 28/01/2021.", {"712/UBND-VX": None}),
        (
            "Quyết định 1460/QĐ-UBND của tỉnh, ban hành sáng nay 25/5/2021.",
            {"1460/QĐ-UBND": date(2021, 5, 25)},
        ),
        ("Công văn số 94/UBND-VX để chuẩn bị hội nghị, dự kiến họp ngày 20/5/2020.", {"94/UBND-VX": None}),
        (
            "Huyện tiêm đợt 5 cho người từ 18 tuổi, theo từng thôn. " * 3
            + "\n\nVĂN BẢN MỚI\n• 1744/QĐ-UBND - Phê duyệt quy hoạch (12/07/2021)\n• Tin",
            {"1744/QĐ-UBND": date(2021, 7, 12)},
        ),
        (
            "Trái với Công điện số 05/CĐ-UBND (Chủ tịch UBND tỉnh, 29/4/2021).",
            {"05/CĐ-UBND": date(2021, 4, 29)},
        ),
        ("Nền là Nghị quyết 128/NQ-CP (Chính phủ ban hành 11/10/2021).", {"128/NQ-CP": date(2021, 10, 11)}),
        (
            "Có trong Quyết định số 24/QĐ-UBND mà UBND tỉnh ban hành vào 03/11/2021.",
            {"24/QĐ-UBND": date(2021, 11, 3)},
        ),
        (
            "Dựa vào đó, hôm 26/10/2021 Sở ký ban hành Kế hoạch số 21/KH-SVHTTDL.",
            {"21/KH-SVHTTDL": date(2021, 10, 26)},
        ),
        (
            "Nghị quyết số 20/2007/NQ-HĐND của HĐND tỉnh khóa V, kỳ họp thứ 11, ngày 12 tháng 10 năm 2007.",
            {"20/2007/NQ-HĐND": date(2007, 10, 12)},
        ),
        (
            "Theo công văn 43/UBND-VX của UBND tỉnh và quyết định số 16/QĐ-UBND của thành phố, cùng ra ngày 30/7/2020.",
            {"43/UBND-VX": date(2020, 7, 30), "16/QĐ-UBND": date(2020, 7, 30)},
        ),
        (
            "13/09/2021: Qua 10 ngày không có ca nào, huyện được hạ từ Chỉ thị số 16/CT-TTg xuống Chỉ thị số 19/CT-TTg.",
            {"16/CT-TTg": None, "19/CT-TTg": None},
        ),
        # A portal that lost its ampersands prints this for "Sở TT&TT".
        (
            "Ngày 26/6/2014, Chánh Thanh tra Sở TTamp;TT đã ký Kết luận số 193/KL-TTR về dịch vụ Internet.",
            {"193/KL-TTR": date(2014, 6, 26)},
        ),
        (
            "Luật số 103/2016/QH13 đã được Quốc hội khóa XIII, kỳ họp thứ 11 thông qua ngày 05/4/2016.",
            {"103/2016/QH13": date(2016, 4, 5)},
        ),
        # The next act of a list has the day of the verb that both depend on.
        (
            "Ngày 15/6/2021, Sở ban hành Quyết định số 11/QĐ-SYT giao nhiệm vụ tiếp công dân; "
            "Quyết định số 12/QĐ-SYT về nội quy tiếp công dân.",
            {"11/QĐ-SYT": date(2021, 6, 15), "12/QĐ-SYT": date(2021, 6, 15)},
        ),
        (
            "Kết luận thanh tra số 12/KL-TTT ban hành từ ngày 05/11/2021 mà nay mới thi hành xong.",
            {"12/KL-TTT": date(2021, 11, 5)},
        ),
        (
            "Theo Công điện số 21/CĐ-UBND của Chủ tịch UBND tỉnh phát đi hồi 20 giờ 30 phút ngày 19/7/2021.",
            {"21/CĐ-UBND": date(2021, 7, 19)},
        ),
        (
            "Theo Quyết định số 39/QĐ-UBND của Chủ tịch UBND tỉnh (ký chiều 26/12/2021): toàn tỉnh cấp độ 2.",
            {"39/QĐ-UBND": date(2021, 12, 26)},
        ),
        (
            "Đến ngày 05/2/2020, Sở tiếp tục có Văn bản số 151/SVHTTDL-QLVH dừng lễ hội.",
            {"151/SVHTTDL-QLVH": date(2020, 2, 5)},
        ),
        (
            "Quy trình được UBND tỉnh phê duyệt và điều chỉnh ngày 14/01/2022 tại Quyết định số 87/QĐ-UBND.",
            {"87/QĐ-UBND": date(2022, 1, 14)},
        ),
        (
            "Ban đã phát hành Công văn số 11/BQL-LĐ và Công văn số 15/BQL-LĐ trong hai ngày 26 và 27-7-2020.",
            {"11/BQL-LĐ": date(2020, 7, 26), "15/BQL-LĐ": date(2020, 7, 27)},
        ),
        (
            "Theo Tờ trình số 98/TTr-SYT ngày 26/7/2021, ngày 30/7/2021 UBND tỉnh ban hành Quyết định số 1977/QĐ-UBND.",
            {"98/TTr-SYT": date(2021, 7, 26), "1977/QĐ-UBND": date(2021, 7, 30)},
        ),
        (
            "Ngày 02/7/2021, Sở đã có Công văn số 1266/STC-NS gửi các đơn vị cấp tỉnh và Công văn số 1267/STC-NS gửi xã.",
            {"1266/STC-NS": date(2021, 7, 2), "1267/STC-NS": date(2021, 7, 2)},
        ),
        (
            "UBND huyện ban hành Quyết định số 2115/QĐ-UBND ngày 19/8/2021.\n"
            + "Thôn Mẫu có 40 hộ. " * 16
            + "\nPhòng Y tế đề nghị tại Tờ trình số 112/TTr-PYT cùng ngày.",
            {"2115/QĐ-UBND": date(2021, 8, 19), "112/TTr-PYT": date(2021, 8, 19)},
        ),
        (
            "Theo Quyết định số 79/2002/QĐ-TTg của Thủ tướng Chính phủ ban hành vào ngày 18/6/2002.",
            {"79/2002/QĐ-TTg": date(2002, 6, 18)},
        ),
        (
            "THÔNG BÁO KHẨN SỐ 07\nTìm người đến chợ Mẫu.\n"
            + "Ai đến chợ thì khai báo. " * 12
            + "\nĐiện Bàn, 20h30 ngày 10/5/2021",
            {"07": date(2021, 5, 10)},
        ),
        # An authority whose name begins with Ủ or Đ is one, too; a named day is none of signing.
        (
            "Theo Quyết định số 4800/QĐ-BYT, ngày 11/10/2021 Ủy ban nhân dân tỉnh ban hành Hướng dẫn số 61/HD-UBND.",
            {"4800/QĐ-BYT": None, "61/HD-UBND": date(2021, 10, 11)},
        ),
        (
            "Hưởng ứng Ngày Sách Việt Nam 21/4/2022 theo Quyết định số 1862/QĐ-TTg, Ủy ban ban hành Kế hoạch số 77/KH-UBND.",
            {"1862/QĐ-TTg": None, "77/KH-UBND": None},
        ),
        # The day is that of the act which applies the other.
        (
            "Ngày 08/7/2021, UBND tỉnh đã có Công văn số 6480/UBND-VX về áp dụng Chỉ thị 16 tại các huyện.",
            {"6480/UBND-VX": date(2021, 7, 8), "16": None},
        ),
        # The day of the sentence, of a clause before the act, or right above its number.
        (
            "Ngày 02/6/2021, tỉnh giao dựng trang, nêu tại Văn bản số 6099/UBND-VP do UBND tỉnh ban hành cùng ngày.",
            {"6099/UBND-VP": date(2021, 6, 2)},
        ),
        (
            "Cấp độ dịch được UBND tỉnh công bố ngày 19-12-2021, bằng Thông báo số 20/TB-UBND.",
            {"20/TB-UBND": date(2021, 12, 19)},
        ),
        (
            "Lo cho dân mấy ngày lễ sắp tới, Ngày 27/4/2021, Sở đã ban hành Công văn số 315/SVHTTDL-QLDL.",
            {"315/SVHTTDL-QLDL": date(2021, 4, 27)},
        ),
        (
            "BAN TUYÊN GIÁO\n\nHà Tĩnh, ngày 15 tháng 6 năm 2021\n\nSố 369 - CV/BTGTU\n\nGửi đề cương tuyên truyền.",
            {"369-CV/BTGTU": date(2021, 6, 15)},
        ),
        (
            "Tỉnh có Công văn số 63/UBND-VX, ngày 17/7/2021; liền sau đó, ngày 18/7/2021 Chủ tịch UBND tỉnh ký"
            " Chỉ thị số 09/CT-UBND.",
            {"63/UBND-VX": date(2021, 7, 17), "09/CT-UBND": date(2021, 7, 18)},
        ),
        (
            "Hai xã giãn cách kể từ 21 giờ 00 phút, ngày 09/5/2021 và giữ tới lúc có thông báo khác (Quyết định số"
            " 802/QĐ-UBND).",
            {"802/QĐ-UBND": None},
        ),
        (
            "Số ký hiệu: 1644/SNV-CCHC\nNgày ban hành: 21/07/2021\nCơ quan ban hành: Sở Nội vụ",
            {"1644/SNV-CCHC": date(2021, 7, 21)},
        ),
    ],
)
def test_signing_dates(body: str, dates: dict[str, date | None]) -> None:
    assert {number: d.date for number, d in documents(body).items()} == dates


def test_the_day_of_another_post_is_no_day_of_signing() -> None:
    body = (
        "Huyện tiêm đợt 5 cho người từ 18 tuổi. " * 4
        + "\n\nCác tin khác:\n- Triển khai Nghị quyết 128/NQ-CP của Chính phủ (15/10/2021)\n- Tin"
    )
    assert documents(body)["128/NQ-CP"].date is None


CASES = [json.loads(line) for line in (GOLD / "role_cases.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=[case["text"][-60:] for case in CASES])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_what_a_notice_is_about(case: dict[str, Any], form: str) -> None:
    """News, background, lists, letters printed whole, answers, acts of several levels and ages."""
    text = read_plain(unicodedata.normalize(form, case["text"]))
    facts = extract(text.text, Context(province="Bình Thuận", published=text.published))
    assert {d.number for d in facts.documents if d.role == "subject"} == set(case["subjects"])


def test_two_bare_numbers_of_two_kinds_have_roles_of_their_own() -> None:
    found = documents(
        "Giãn cách theo Chỉ thị 15.", "Thông báo khẩn số 15 của Ban Chỉ đạo tỉnh về Covid-19\n\n"
    )
    assert len(found) == 1  # one number; the kinds tell them apart below
    text = read_plain(
        "Thông báo khẩn số 15 của Ban Chỉ đạo tỉnh về Covid-19\n\nGiãn cách theo Chỉ thị 15."
    ).text
    roles = {(d.type, d.role) for d in extract(text, Context()).documents}
    assert roles == {("Thông báo", "subject"), ("Chỉ thị", "cited")}


# -- lists -------------------------------------------------------------------------------------------

ROWS = [("1834/SNV-TTr", "06/08/2021", "V/v chấn chỉnh kỷ luật trong thời gian giãn cách"),
        ("15/CT-UBND", "02/08/2021", "Về các biện pháp phòng, chống dịch từ ngày 3/8"),
        ("11627/UBND-VX", "31/07/2021", "V/v thực hiện Chỉ thị số 16/CT-TTg ngày 31/3/2020")]  # fmt: skip
LISTS = {
    "cells on lines": "Số ký hiệu\nNgày ban hành\nTrích yếu\n" + "".join(f"{n}\n{d}\n{s}\n(PDF - 41 KB)\n" for n, d, s in ROWS),
    "wide blanks": "STT  Số hiệu  Tên văn bản  Ngày ban hành\n" + "".join(f"{i}  {n}  {s}  {d}\n" for i, (n, d, s) in enumerate(ROWS, 11)),
    "labels": "".join(f"Số ký hiệu: {n}   Ngày ban hành: {d}\nTrích yếu: {s}\n" for n, d, s in ROWS),
}  # fmt: skip


@pytest.mark.parametrize("layout", LISTS)
def test_every_row_of_a_list_is_a_subject_with_its_day(layout: str) -> None:
    found = documents(LISTS[layout], head="HỆ THỐNG VĂN BẢN\n")
    days = {n: d.date.strftime("%d/%m/%Y") for n, d in found.items() if d.role == "subject" and d.date}
    assert days == {number: day for number, day, _ in ROWS}
    assert found["16/CT-TTg"].role == "cited"


def test_acts_listed_under_who_passed_them_are_subjects() -> None:
    found = documents(
        "Tại kỳ họp thứ Tư diễn ra trong tuần qua, Hội đồng nhân dân tỉnh khóa XVII đã thông qua 18 nghị quyết, trong đó có:\n"
        "1. Nghị quyết số 13/2021/NQ-HĐND quy định mức thu phí.\n"
        "2. Nghị quyết số 14/2021/NQ-HĐND về chống dịch; thay thế Nghị quyết số 29/2018/NQ-HĐND.\n"
    )
    assert {n: d.role for n, d in found.items()} == {
        "13/2021/NQ-HĐND": "subject", "14/2021/NQ-HĐND": "subject", "29/2018/NQ-HĐND": "cited",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "dates"),
    [
        ("Tại các công văn 1515/UBND-KT, 1608/UBND-KT ngày 22/11 và 10/12/2021, tỉnh cũng đã cảnh báo.",
         {"1515/UBND-KT": date(2021, 11, 22), "1608/UBND-KT": date(2021, 12, 10)}),
        ("Thực hiện Thông tư số 50/2015/TT-BGTVTngày 23/9/2015 về dịch.", {"50/2015/TT-BGTVT": date(2015, 9, 23)}),
        ("Các điểm đã nêu trong Thông báo khẩn số 47, 48 vẫn còn giá trị.", {"47": None, "48": None}),
        ("Những điểm đã công bố ở Thông báo khẩn số 45 và số 46 vẫn còn hiệu lực.", {"45": None, "46": None}),
    ],
)  # fmt: skip
def test_numbers_that_share_a_noun(body: str, dates: dict[str, date | None]) -> None:
    assert {n: d.date for n, d in documents(body).items()} == dates


@pytest.mark.parametrize(
    ("raw", "issuer"),
    [
        ("Theo Công văn số 12/UBND-VX ngày 5/8/2021 của UBND tỉnh.", "UBND:42"),
        (
            "Theo Công văn số 12/UBND-VX ngày 5/8/2021 của UBND tỉnh Bắc Ninh về đón người từ Đà Nẵng.",
            "UBND:27",
        ),
        ("Theo Công văn số 12/UBND-VX của UBND tỉnh về đón người từ Đà Nẵng về.", "UBND:42"),
        ("Sáng 5/8, UBND TP. Hải Phòng vừa có Công văn số 12/UBND-VX.", "UBND:31"),
        ("Công văn số 12/UBND-VX (Hưng Yên) cho xe nông sản qua.", "UBND:33"),
        ("Công văn số 12/UBND-VX (hỏa tốc) cho xe nông sản qua.", "UBND:42"),
        ("Quyết định số 12/QĐ-BYT của Bộ Y tế gửi tỉnh Bắc Ninh.", "BYT"),
    ],
)
def test_a_local_act_is_the_portals_own_unless_the_text_names_another(raw: str, issuer: str) -> None:
    (found,) = extract(Text(raw), Context(province="Hà Tĩnh")).documents
    assert found.issuer == issuer
