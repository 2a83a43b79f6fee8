"""What one text says: numbers, dates, phones and their evidence."""

from __future__ import annotations

import time
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.dates import parse_stamp
from crawler.extract.facts import extract
from crawler.extract.normalise import normalise
from crawler.extract.plain import read_plain
from crawler.model import Context, Text
from db.search import vi_fts

CONTEXT = Context(province="Bình Thuận")


def facts(raw: str):
    return extract(Text(normalise(raw)), CONTEXT)


@pytest.mark.parametrize(
    ("raw", "number", "day"),
    [
        ("Thực hiện Công văn số 512/UBND-KGVX ngày 04/6/2021 của UBND tỉnh", "512/UBND-KGVX", "2021-06-04"),
        ("Nghị định số 117/2020/NĐ-CP ngày 28 tháng 9 năm 2020", "117/2020/NĐ-CP", "2020-09-28"),
        ("theo Chỉ thị số 19-CT/TU ngày 02/8/2021", "19-CT/TU", "2021-08-02"),
        ("Quyết định số 77 /QĐ-TTg", "77/QĐ-TTg", None),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_document_numbers(raw, number, day, form):
    (found,) = facts(unicodedata.normalize(form, raw)).documents
    assert found.number == number
    assert (found.date.isoformat() if found.date else None) == day


def test_impossible_dates_and_counters_are_nothing():
    found = facts(
        "Ngày 16/72/2020. Lượt xem: 376. Tỷ lệ 09/10 huyện. Số tài khoản 0123456789012 tại ngân hàng."
    )
    assert not found.dates
    assert not found.phones


def test_stamps():
    assert str(parse_stamp("Ngày đăng 09/09/2020 | 05:07 PM")) == "(datetime.date(2020, 9, 9), '17:07')"
    assert parse_stamp("Thứ hai - 12/04/2021 15:30")[1] == "15:30"
    assert parse_stamp("16/72/2020") == (None, None)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_any_text_gives_true_spans(raw):
    text = Text(normalise(raw))
    found = extract(text, CONTEXT)
    for fact in (*found.documents, *found.dates, *found.phones, *found.topics):
        assert text.value[fact.start : fact.end] == fact.mention


@pytest.mark.parametrize(
    "piece", ["0123456789", "1/", "số ", "0 ", "ngày 1/2, ", "16/CT-", "đường dây nóng: "]
)
def test_hostile_text_takes_linear_time(piece):
    text = Text(piece * (200_000 // len(piece)))
    started = time.perf_counter()
    extract(text, CONTEXT)
    assert time.perf_counter() - started < 5


def test_search_query_widens_d_and_never_fails():
    assert vi_fts("duong") == '("duong" OR "đuong")'
    assert vi_fts("đường") == '"đường"'
    assert vi_fts('"') == '""'


def test_mers_is_another_disease():
    assert not facts("Phòng chống hội chứng hô hấp Trung Đông do vi rút corona (MERS-CoV).").covid


def test_other_posts_do_not_make_mers_a_notice():
    body = "Bệnh do vi rút corona (MERS-CoV) lây từ lạc đà. " * 8
    raw = f"Phòng hội chứng hô hấp Trung Đông do vi rút corona\n\n{body}\nOther News\nTin dịch Covid-19 năm 2020"
    assert not extract(read_plain(raw).text, CONTEXT).covid


def test_a_notice_of_the_years_of_the_epidemic_need_not_name_it():
    """Reopening was announced by what opens again; a stretch of a year later is another matter."""
    raw = "Ngày 25/10/2021, quán ăn được hoạt động lại; chợ mở cửa lại từ 0 giờ ngày 26/10/2021."
    assert facts(raw).covid
    assert not facts(raw.replace("2021", "2018")).covid


def test_isolation_of_society_is_distancing():
    found = facts("Cách ly toàn xã hội từ ngày 1/4/2020. Ai ra đường khi cách ly xã hội thì bị phạt.").topics
    assert [(t.id, t.mention) for t in found] == [("distancing", "Cách ly toàn xã hội")]
    found = facts(
        "Cách ly xã hội từ ngày 1/4/2020; F0 cách ly tại nhà, người về từ vùng dịch cách ly tập trung."
    )
    assert [t.id for t in found.topics] == ["quarantine"]


def relations(raw: str) -> list[tuple[str, str, str]]:
    return [(r.number, r.kind, r.other) for r in facts(raw).relations]


def test_relations_name_the_acting_document():
    raw = "UBND tỉnh ban hành Quyết định số 12/QĐ-UBND sửa đổi, bổ sung Quyết định số 10/QĐ-UBND."
    assert relations(raw) == [("12/QĐ-UBND", "amends", "10/QĐ-UBND")]
    raw = "Thực hiện Công điện số 63/CĐ-TTg, Sở Y tế ban hành Công văn số 88/SYT-NVY ngày 2/8/2021."
    assert relations(raw) == [("88/SYT-NVY", "implements", "63/CĐ-TTg")]
    assert not relations("Nội dung hướng dẫn gửi kèm theo Công văn số 1519/BYT-MT ngày 24/3/2020.")


def test_relations_hold_for_lists_passives_and_expiry():
    raw = "Công văn số 5/UBND-VP thay thế Công văn số 3/UBND-VP ngày 1/2/2021 và Công văn số 4/UBND-VP."
    assert relations(raw) == [("5/UBND-VP", "replaces", n) for n in ("3/UBND-VP", "4/UBND-VP")]
    raw = (
        "Thực hiện Nghị quyết số 68/NQ-CP ngày 01/7/2021 của Chính phủ về một số chính sách hỗ trợ; Quyết định số"
        " 23/2021/QĐ-TTg ngày 07/7/2021 của Thủ tướng và các Công văn số 11/UBND-VX, 12/UBND-VX của UBND tỉnh, Sở Y tế"
        " ban hành Kế hoạch số 9/KH-SYT, tiếp theo Công văn số 8/SYT-NV."
    )
    implemented = ("68/NQ-CP", "23/2021/QĐ-TTg", "11/UBND-VX", "12/UBND-VX")
    assert relations(raw) == [("9/KH-SYT", "implements", n) for n in implemented]
    assert relations("Quyết định số 7/QĐ-UBND được thay thế bằng Quyết định số 9/QĐ-UBND.") == [
        ("9/QĐ-UBND", "replaces", "7/QĐ-UBND")
    ]
    assert relations("Công văn số 3/UBND-VP hết hiệu lực kể từ ngày ký.") == [("", "expires", "3/UBND-VP")]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        # Words that stand near a number and say something else of it.
        (
            "Nghị định số 42/2022/NĐ-CP có hiệu lực thi hành từ ngày 15/8/2022 và thay thế Nghị định số 43/2011/NĐ-CP.",
            [("42/2022/NĐ-CP", "replaces", "43/2011/NĐ-CP")],
        ),
        ("Sở kiến nghị Bộ sửa đổi Thông tư số 14/2011/TT-BTTTT.", []),
        ("Bộ đang xây dựng Nghị định để thay thế Nghị định số 56/2006/NĐ-CP.", []),
        ("Đoàn thanh tra việc thực hiện các quy định của Thông tư số 04/2012/TT-BTTTT.", []),
        ('Đoàn thấy cuốn "Hướng dẫn ôn tập lớp 12": Quyết định xuất bản số 355/QĐ-GD.', []),
        # An act that another changed.
        (
            "Theo Nghị định số 72/2013/NĐ-CP ngày 15/7/2013 của Chính phủ về quản lý, cung cấp, sử dụng dịch vụ Internet,"
            " được sửa đổi, bổ sung tại Nghị định số 27/2018/NĐ-CP.",
            [("27/2018/NĐ-CP", "amends", "72/2013/NĐ-CP")],
        ),
        ("Nghị định số 72/2013/NĐ-CP đang được sửa đổi.", []),
        (
            "Căn cứ Nghị định số 15/2020/NĐ-CP, đã được sửa đổi bổ sung tại Nghị định số 14/2022/NĐ-CP, Sở phạt ông M.",
            [("", "based_on", "15/2020/NĐ-CP"), ("14/2022/NĐ-CP", "amends", "15/2020/NĐ-CP")],
        ),
        (
            "Sở thực hiện chỉ đạo của Bộ tại công văn số 4854/BTTTT-CBC ngày 26/11/2021; chỉ đạo của UBND thành phố tại"
            " công văn số 4622/UBND-KGVX.",
            [("", "implements", "4854/BTTTT-CBC"), ("", "implements", "4622/UBND-KGVX")],
        ),
        # What acts is next to the verb, or follows.
        (
            "theo quy định tại Thông tư 18/2014/TT-BTTTT hướng dẫn Nghị định 187/2013/NĐ-CP",
            [("18/2014/TT-BTTTT", "implements", "187/2013/NĐ-CP")],
        ),
        # Grounds of a sentence, those in words alone among them; an article stands between.
        (
            "Thực hiện kết luận của Ban Thường vụ Thành ủy; Công văn số 1001/UBND-VX, ngày 26/3/2020, Sở đã ban hành Công"
            " văn số 663/STTTT-BC.",
            [("663/STTTT-BC", "implements", "1001/UBND-VX")],
        ),
        (
            "Thực hiện Công điện số 02/CĐ-UBND hồi 22 giờ 00 ngày 28/3/2020 của Chủ tịch về ổ dịch; Công văn số 1042/UBND-VX"
            " và số 275/TB-BCĐ, Sở ban hành Công văn số 703/STTTT-BC.",
            [("703/STTTT-BC", "implements", n) for n in ("02/CĐ-UBND", "1042/UBND-VX", "275/TB-BCĐ")],
        ),
        (
            "Căn cứ mức phạt tại điểm a khoản 1 Điều 101 Nghị định số 15/2020/NĐ-CP, Sở phạt ông M.",
            [("", "based_on", "15/2020/NĐ-CP")],
        ),
        (
            "Nghị định số 75/2012/NĐ-CP thay thế các quy định về khiếu nại và tiếp công dân trong Nghị định số 130/2006/NĐ-CP.",
            [("75/2012/NĐ-CP", "replaces", "130/2006/NĐ-CP")],
        ),
    ],
)
def test_what_acts_say_of_acts(raw: str, expected: list[tuple[str, str, str]]) -> None:
    assert relations(raw) == expected


def test_numbers_for_the_public_and_help_in_other_matters() -> None:
    raw = "Phòng, chống dịch Covid-19\n\nNgười dân gọi Trung tâm Y tế {} để được tư vấn về dịch Covid-19."
    topics = {
        n: [t.id for t in facts(raw.format(n)).topics] for n in ("0914205118", "0914205118, 0914205119")
    }
    assert topics == {"0914205118": [], "0914205118, 0914205119": ["hotline"]}
    raw = "Phòng dịch Covid-19: hỗ trợ người dân trong việc tiếp cận dịch vụ công\n\nTổ hỗ trợ người dân cài đặt chữ ký số."
    assert not facts(raw).topics


@pytest.mark.parametrize(
    ("raw", "days"),
    [
        ("các ngày 12, 13 và 14/5/2021", ["2021-05-12", "2021-05-13", "2021-05-14"]),
        ("từ ngày 28 đến 03/8/2021", ["2021-07-28", "2021-08-03"]),
        ("dịp lễ 30/4 và 1/5 năm 2021", ["2021-04-30", "2021-05-01"]),
        ("Năm 2021, hưởng ứng Ngày Sách và Văn hóa đọc Việt Nam 21/4", ["2021-04-21"]),
        ("Không lùi lịch bầu cử 23/5/2021; chung kết dự kiến 14/10", ["2021-05-23", "2021-10-14"]),
        ("Từ 18h00' ngày 14/9 đến 6h00' ngày 15/9/2021", ["2021-09-14", "2021-09-15"]),
        ("hằng năm, vào ngày 27/7, tỉnh kỷ niệm; năm 2021", []),
        ("ngày 10/3 âm lịch năm 2021", []),
        ("trực 24/7, đạt 09/10 huyện, trong 7-14 ngày, năm 2021", []),
        ("ngày 15 tháng 6, năm 2021 và 2-9-2021", ["2021-06-15", "2021-09-02"]),
    ],
)
def test_dates_of_lists_ranges_and_announced_days(raw, days):
    assert [d.date.isoformat() for d in facts(raw).dates] == days


def test_the_posting_day_gives_a_year_to_a_day_without_one():
    text = Text("Chỉ thị số 16/CT-TTg ngày 31/3/2020. Từ 0 giờ ngày 28/12 đến ngày 5/1, tỉnh giãn cách.")
    found = extract(text, Context(published=date(2021, 12, 27))).dates
    assert [d.date.isoformat() for d in found] == ["2020-03-31", "2021-12-28", "2022-01-05"]


@pytest.mark.parametrize(
    ("raw", "numbers"),
    [
        ("Chỉ thị 17, 20, 27, Công điện số 18, 19 của Chủ tịch", ["17", "20", "27", "18", "19"]),
        ("Công văn số 1956/STTTT-BCXBTTv/v tuyên truyền", ["1956/STTTT-BCXBTT"]),
        ("Văn bản - 4436/UBND-VX.pdf", ["4436/UBND-VX"]),
        ("Nghị định 72/2013NĐ-CP", ["72/2013/NĐ-CP"]),
        ("Bản tin số 135, phiên họp số 45, Cụm thi đua số 7, số nhà 12/3", []),
    ],
)
def test_numbers_in_their_many_spellings(raw, numbers):
    assert [d.number for d in facts(raw).documents] == numbers


def test_the_lowest_act_of_a_chain_is_the_news():
    raw = (
        "Thủ tướng có Công điện số 21/CĐ-TTg ngày 23/8/2021; UBND tỉnh có Công văn số 33/UBND-VX."
        " Ngày 01/9/2021, Sở gửi tiếp Công văn số 56/SVHTTDL-QLVH tới cấp huyện."
    )
    assert {d.number: d.role for d in facts(raw).documents} == {
        "21/CĐ-TTg": "cited", "33/UBND-VX": "cited", "56/SVHTTDL-QLVH": "subject",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "dials"),
    [
        ("gọi 0969.082.115–0969.242.115", ["0969082115", "0969242115"]),
        ("Điện thoại: 02523.505258/0962571818", ["02523505258", "0962571818"]),
        ("ĐT (0252) 3828469 - 3821656", ["02523828469", "02523821656"]),
        ("gọi 09123456780987654321", ["0912345678", "0987654321"]),
        ("di động: 0274.1022", ["02741022"]),
        ("số nhà 12/0912345678", []),
    ],
)
def test_phones_joined_glued_and_shortened(raw, dials):
    assert [p.dial for p in facts(raw).phones] == dials


def test_numbers_of_before_the_renumbering_keep_their_digits():
    found = {p.dial: p.e164 for p in facts("ĐT 04.38273110, 0168.712.3456, 038.3555666").phones}
    assert found == {"0438273110": "+842438273110", "01687123456": "+84387123456", "0383555666": ""}


@pytest.mark.parametrize(
    "raw",
    [
        "Giấy chứng nhận đăng ký doanh nghiệp số 0106314366 do Sở cấp",
        "Mã số thuế: 0105183262",
        "Tài khoản số 0912345678901 tại ngân hàng",
        "Đăng lúc 05-05-2021 16:44",
    ],
)
def test_codes_accounts_and_stamps_are_no_phones(raw):
    assert not facts(raw).phones


def test_a_lone_bracket_is_no_part_of_a_number():
    (phone,) = facts("Trung tâm Kiểm soát bệnh tật (0969.082.115, trực ngày đêm)").phones
    assert phone.mention == "0969.082.115"


@pytest.mark.parametrize(
    ("raw", "days"),
    [
        ("Từ ngày 27/4 đến nay, tỉnh có 12 ca mắc.", ["2021-04-27"]),
        ("Ngày 21/4 hằng năm là Ngày Sách; báo cáo trước ngày 31/01 và trước ngày 31/7 hàng năm.", []),
        ("phòng, chống dịch Covid-19, ngày 26/3/2020", ["2020-03-26"]),
        ("30 Tháng Bảy, 2021", ["2021-07-30"]),
        ("từ 9-7 đến 15-7", ["2021-07-09", "2021-07-15"]),
    ],
)
def test_days_as_posts_of_a_real_portal_print_them(raw, days):
    found = extract(
        Text(raw), Context(published=date(2022, 2, 5) if "nay" in raw else date(2021, 7, 9))
    ).dates
    assert [d.date.isoformat() for d in found] == days
