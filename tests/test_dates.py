"""Days that a text names without their year, in lists, ranges and tables."""

from __future__ import annotations

import unicodedata

import pytest

from crawler.extract.dates import find_dates
from crawler.extract.plain import read_plain
from crawler.model import Context


def days(body: str) -> list[str]:
    """The distinct days of a text, the same for NFC and NFD, in order of place."""
    found = []
    for form in ("NFC", "NFD"):
        text = read_plain(unicodedata.normalize(form, body)).text
        facts = find_dates(text, Context())
        assert all(text.value[f.start : f.end] == f.mention for f in facts)
        found.append([f.date.isoformat() for f in facts])
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Tiêm 3 đợt: 18-20/11, 22/11 - 24/11 và 26, 27/11/2021.",
         ["2021-11-18", "2021-11-20", "2021-11-22", "2021-11-24", "2021-11-26", "2021-11-27"]),
        ("Ca mới 7 ngày (04/02-10/02/2022) là 146.", ["2022-02-04", "2022-02-10"]),
        ("Từ 20/12 đến 05/01/2022 nghỉ học.", ["2021-12-20", "2022-01-05"]),
        ("Lịch nghỉ dịp 30/4, 1/5 năm 2023.", ["2023-04-30", "2023-05-01"]),
        ("Đêm 13 rạng sáng 14/1/2021 có người nhập cảnh.", ["2021-01-13", "2021-01-14"]),
        ("Mừng 190 năm (04/11/1831 - 04/11/2021), nghỉ hai ngày nghỉ 2/9 và 3/9.",
         ["1831-11-04", "2021-11-04", "2021-09-02", "2021-09-03"]),
        ("9 tháng năm 2022, tỉnh tiêm xong; tính đến chiều 26/2 xã còn 12 ca.", ["2022-02-26"]),
        ("Sáng 5/12 họp kỳ cuối năm 2022. Dự toán năm 2023 được bàn.", ["2022-12-05"]),
        ("NGÀY QUỐC TẾ LAO ĐỘNG 01/5, ngày truyền thống 13/5, cả buổi 9/5, lễ khai giảng 5/9 năm 2021.",
         ["2021-05-01", "2021-05-13", "2021-05-09", "2021-09-05"]),
        ("Đăng ký hạn 18/6, hạn chót 20/6/2024, theo Thông báo ký 08/6.", ["2024-06-18", "2024-06-20", "2024-06-08"]),
        ("Ngày 15/11 thành lập tổ, báo cáo ngày 20/11/2021.", ["2021-11-15", "2021-11-20"]),
        ("Hoàn lại trước 30-11; gửi ngày 22/11/2021.", ["2021-11-30", "2021-11-22"]),
        ("Tuyến xe Lao Bảo: 13/7, 16/7; khai báo ngày 28/7/2020.", ["2020-07-13", "2020-07-16", "2020-07-28"]),
        ("Điểm tiêm | Ngày | Buổi\nTrường A | 08/12 | Sáng\nTrường B | 09/12/2021 | Chiều",
         ["2021-12-08", "2021-12-09"]),
        ("TT - Ngày - Chặng\n1 - 25/11/2021 - Narita\n2 - 28/11 - Incheon", ["2021-11-25", "2021-11-28"]),
        # Schedules whose cells nothing parts, and days in turn within one.
        ("STT Nơi tiêm Ngày Ca\n1 Trạm Y tế xã Mẫu 10/12, 11/12 sáng\n2 Nhà văn hóa 14, 15 và 16/12/2021 cả ngày",
         ["2021-12-10", "2021-12-11", "2021-12-14", "2021-12-15", "2021-12-16"]),
        ("Xe xét nghiệm về xã theo lịch:\nXã Mẫu, huyện Thử 14/4\nXã Thử 20 và 21/4\nXã Bến 12/5/2021",
         ["2021-04-14", "2021-04-20", "2021-04-21", "2021-05-12"]),
        ("Ai đến chợ các ngày 18,19,20/9/2021 khai báo.", ["2021-09-18", "2021-09-19", "2021-09-20"]),
        ("Hạn đăng ký: 18/3, hạn nộp hồ sơ 25/3/2022.", ["2022-03-18", "2022-03-25"]),
        ("Ngày vi chất dinh dưỡng (1-2/6) của năm 2021.", ["2021-06-01", "2021-06-02"]),
        ("Lễ chính ngày 21/4/2021 (tức 10/3 năm Tân Sửu).", ["2021-04-21"]),
        ("Hà Tĩnh, ngày 28/6/2021\n\nTHƯ KÊU GỌI ỦNG HỘ QUỸ VẮC XIN\n\nTừ ngày 23/6 đến nay xã có 12 ca.\n"
         "Làm theo Lời kêu gọi ngày 30/3/2020.", ["2021-06-28", "2021-06-23", "2020-03-30"]),
        ("Nhờ vậy đến 10/10 tỉnh Hà Tĩnh đã hết dịch, họp ngày 12/10/2021.", ["2021-10-10", "2021-10-12"]),
        ("Đợt 1 đến hết ngày 31/8/2021.", ["2021-08-31"]),
        ("Hướng dẫn ký ngày 26/12//2018.", ["2018-12-26"]),
        ("Trao Huy hiệu Đảng đợt 2/9; họp ngày 20/8/2021.", ["2021-09-02", "2021-08-20"]),
        # A quarter and a school year tell the year, too.
        ("Chiều 16-3, tỉnh bàn việc tiêm xong trong quý I/2022.", ["2022-03-16"]),
        ("Chiều 12/9 họp về năm học mới 2022 - 2023; năm sau thi ngày 26/6.", ["2022-09-12", "2023-06-26"]),
        # A month may stand first, a weekday before a short year, a stamp glued to the text.
        ("Học sinh đi học\n\nTháng Tư 26, 2020 6:26 chiều", ["2020-04-26"]),
        ("Thứ hai, 15-9-25 07:14:59\n\nXe qua cầu ghi tên.", ["2025-09-15"]),
        ("14/12/2021Ngày 13/12, tỉnh họp.", ["2021-12-14", "2021-12-13"]),
        # The days of a directive that is named twice are not the usual ones.
        ("Theo Chỉ thị số 15/CT-TTg ngày 27/3/2020. Ngày 13/7/2021 có quyết định.\n"
         "Chỉ thị số 15/CT-TTg ngày 27/3/2020 áp dụng.\nTừ 0 giờ ngày 14/7 giãn cách.",
         ["2020-03-27", "2021-07-13", "2021-07-14"]),
        # Covid-19 has been its name since 11 February 2020.
        ("Vì dịch Covid-19, trường nghỉ từ ngày 29/1.", ["2021-01-29"]),
        ("Vì dịch do nCoV, trường nghỉ từ ngày 03/2.", ["2020-02-03"]),
        ("Vì dịch Covid-19, trường nghỉ từ ngày 16/2.", ["2020-02-16"]),
        # Shares, scores, rows and ages are no days.
        ("STT Xã Kết quả\n1 Xã Mẫu 9/10\n2 Xã Thử 3/4\nXong ngày 5/8/2021.", ["2021-08-05"]),
        ("Có 09/10 huyện, 8/10 điểm và nhóm 12-17 tuổi; họp ngày 5/8/2021.", ["2021-08-05"]),
        ("4 - 05/12/2021 - Incheon", ["2021-12-05"]),
        ("Cập nhật 23:02 - 31/03/2020, đợt cao điểm.", ["2020-03-31"]),
    ],
)  # fmt: skip
def test_days_of_lists_ranges_and_tables(body: str, expected: list[str]) -> None:
    assert days(body) == expected


def test_a_law_in_the_sentence_does_not_tell_the_year_of_its_days() -> None:
    found = days(
        "Ngày 19/9/2021, Chủ tịch ra Công điện.\nCách ly theo Chỉ thị số 16/CT-TTg ngày 31/3/2020 kể từ 15h ngày 20/9."
        "\nLấy mẫu xong trong ngày 21/9/2021."
    )
    assert "2021-09-20" in found
    assert "2020-09-20" not in found


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://baogialai.com.vn/channel/12381/202103/tam-ngung-nhan-ho-so-5727165/", "2021-03-15"),
        ("https://dienbien.gov.vn/Pages/2022-3-6/Tam-ngung.aspx", "2022-03-15"),
        ("https://dienbien.gov.vn/2020/12/31/tam-ngung.html", "2021-03-15"),
    ],
)
def test_the_month_by_which_a_portal_files_a_page_tells_the_year(url: str, day: str) -> None:
    text = read_plain("Xuân 2026 sắp tới.\nBà con có thể tới làm lại từ ngày 15-3.").text
    assert [f.date.isoformat() for f in find_dates(text, Context(url))] == [day]


def test_a_summer_tells_its_year() -> None:
    assert days("Người ra vào giữa hai tỉnh bị kiểm soát từ 13 giờ ngày 28/7, giữa mùa du lịch hè 2020.") == [
        "2020-07-28"
    ]


def test_the_year_of_a_law_is_not_the_year_of_the_days() -> None:
    body = "Luật ban hành ngày 21/11/2007. Ngày 01/10/2021 và 13/10/2021 có văn bản. Tính đến hết ngày 5/11 đã chi."
    assert days(body)[-1] == "2021-11-05"
