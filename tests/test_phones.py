"""Phones as Vietnamese authorities print them: found, told apart, named; accounts and counts are none."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.normalise import normalise
from crawler.extract.phones import find_phones
from crawler.extract.plain import read_plain
from crawler.model import Context, Phone, Text

GOLD = Path(__file__).with_name("gold")
CONTEXT = Context(province="Hà Tĩnh")
FORMS = pytest.mark.parametrize("form", ["NFC", "NFD"])


def phones(raw: str, form: str = "NFC") -> list[Phone]:
    return list(find_phones(Text(normalise(unicodedata.normalize(form, raw))), CONTEXT))


def of_page(raw: str) -> list[tuple[str, str, str | None]]:
    return [(p.dial, p.kind, p.owner) for p in find_phones(read_plain(raw).text, CONTEXT)]


@FORMS
@pytest.mark.parametrize(
    ("raw", "dials"),
    [
        ("gọi 0914 – 205 – 118 hoặc 091 420 5119", ["0914205118", "0914205119"]),
        ("ĐT: 0239 3 851 116 - 3 851 640", ["02393851116", "02393851640"]),
        ("ĐT (84-239) 3 822 301; (Fax) 3.822.302", ["02393822301", "02393822302"]),
        ("gọi 0914.115.776/777/778", ["0914115776", "0914115777", "0914115778"]),
        ("gọi 0914.115.776 / 777 / 778 (24/24)", ["0914115776", "0914115777", "0914115778"]),
        ("gọi 0914.115.776-777", ["0914115776", "0914115777"]),
        ("Điện thoại: (84-24) 38253536/38247631, 39.366.033", ["02438253536", "02438247631", "02439366033"]),
        ("Điện thoại (02393) 667.115 - 667.116", ["02393667115", "02393667116"]),
        ("Sở chỉ huy: ĐT 069 561 204", ["069561204"]),
        (
            "Các máy đều có mã vùng 0239:\nSTT | Nơi trực | Máy\n1 | TTYT Lộc Hà | 3.824.371\n2 | TTYT Kỳ Anh | 3.862.208",
            ["02393824371", "02393862208"],
        ),
        ("Huyện Nam Sách: 3754.338 (mã vùng 0220)", ["02203754338"]),
        (
            "gọi 0290.3863 021 (VQG U Minh Hạ), hoặc Hạt Kiểm lâm U Minh 3863.114",
            ["02903863021", "02903863114"],
        ),
        ("báo tin ngay đến các số: 114 (Cảnh sát PCCC)", ["114"]),
        ("phản ánh cuộc gọi rác tới đầu số 156 (miễn phí)", ["156"]),
        ("trong đó 31 tin đến từ tổng đài 1022 của tỉnh", []),
        ("Giá trúng thầu: 3.824.371 đồng", []),
        ("Phòng Kinh tế, ĐT: 0263-3822311 (số nội bộ 112)", ["02633822311"]),
        ("+84 239 3 994 115, +84(0)914205118, 0084 914 205 119", ["02393994115", "0914205118", "0914205119"]),
        ("tổng đài 1900 3228\n12 xã, hoặc 1900.888.813", ["19003228", "1900888813"]),
        ("1. 0914205118\n2.0914205119", ["0914205118", "0914205119"]),
        ("ĐT: 0239.3851.116 (máy lẻ 106), số nội bộ 15, bấm phím 2", ["02393851116"]),
        ("MST: 2100152345 - ĐT: 0239.3862.429", ["02393862429"]),
        ("tài khoản Zalo 0914.205.118", ["0914205118"]),
        ("Văn phòng: (0239) 3649 222; Thanh tra: 3649 223", ["02393649222", "02393649223"]),
        ("gọi 113 (Công an), 114, hoặc 115; Công an tỉnh 113", ["113", "114", "115"]),
        ("Đường dây nóng 069 262 1436 / 096 507 1010", ["0692621436", "0965071010"]),
        ("Phản ánh: gọi 0511.1022", ["05111022"]),
        ("Hỏi chế độ: tổng đài 0299 1022 bấm phím 3", ["02991022"]),
        ("Mất thẻ: Tổng đài 1022 (hoặc +84 236 1022 nếu gọi từ tỉnh khác)", ["1022", "02361022"]),
        (
            "Bấm số nơi mình ở:\n- TTYT Trùng Khánh: 3826 115 - 0945 826 115\n(máy bàn dùng chung mã 0206)\nMã vùng ở trên.",
            ["02063826115", "0945826115"],
        ),
        ("ĐT: 0262 3852 664 * Fax: 3840 115", ["02623852664", "02623840115"]),
        ("Cần tư vấn thì quay 1022, bấm phím 3.", ["1022"]),
        (
            "1 TP Hà Tĩnh 02393.845.217 0912 960 333\n2 Lộc Hà 3.786.329 0982 047 118\n3 Kỳ Anh 3 736 091 0973 864 025",
            ["02393845217", "0912960333", "02393786329", "0982047118", "02393736091", "0973864025"],
        ),
        ("Văn phòng UBND thành phố, điện thoại: 080-31274", ["08031274"]),
        ("Trụ sở: 156 Trần Hưng Đạo. ĐT: 0239 3866 353", ["02393866353"]),
        ("Bấm 1022, chọn nhánh 2; khó thở thì bấm 115.", ["1022", "115"]),
    ],
)
def test_numbers_are_found_in_every_print(raw, dials, form):
    assert [p.dial for p in phones(raw, form)] == dials


@pytest.mark.parametrize(
    "raw",
    [
        "số TK 8900 2110 10417 hoặc 3761.0.9107.845 tại Kho bạc",
        "mã số thuế 0400.533.118, giấy phép số 0312345678",
        "Tổng đài đã nghe 115 cuộc gọi, 1022 lượt",
        "Đường dây nóng đã nhận 1800 tỷ đồng",
        "Bệnh viện Nhân dân 115, Trung tâm Cấp cứu 115 điều xe",
        "các số 0899.11x.xxx, 1900 886 xxx, 09******12",
        "Đại sứ quán (+855 23 726 274), công ty +86 873 342 1155, +66 081 234 5678",
        "giai đoạn 1900-1975; căn cước 038201012345",
        "CCCD số 0382010123456; BN 0914205118",
    ],
)
def test_accounts_counts_and_foreign_numbers_are_no_phones(raw):
    assert phones(raw) == []


def test_old_prefixes_are_kept_in_dial_and_migrated_in_e164():
    found = {p.dial: p.e164 for p in phones("ĐT 84-4-38273110, 0613.894.170, 0164.884.2270, 039.3.855.451")}
    assert found == {
        "0438273110": "+842438273110", "0613894170": "+842513894170", "01648842270": "+84348842270",
        "0393855451": "",
    }  # fmt: skip


CASES = [json.loads(line) for line in (GOLD / "phone_cases.jsonl").read_text(encoding="utf-8").splitlines()]


@FORMS
@pytest.mark.parametrize("case", CASES, ids=[case["text"][:60] for case in CASES])
def test_what_a_number_is_for(case, form):
    raw = unicodedata.normalize(form, case["text"])
    text = read_plain(raw).text if case.get("page") else Text(normalise(raw))
    found = [p.kind for p in find_phones(text, CONTEXT)]
    assert [kind for kind, wanted in zip(found, case["kinds"], strict=True) if wanted] == list(
        filter(None, case["kinds"])
    )


def test_rows_of_a_list_are_what_its_heading_says():
    rows = "\n".join(f"- Trạm Y tế xã Mẫu {i}: 0914.205.{i:03}" for i in range(60))
    assert {p.kind for p in phones(f"Danh sách số máy trực của các xã:\n{rows}")} == {"hotline"}
    assert {p.kind for p in phones(f"Các đơn vị tham gia hội thi liên hệ:\n{rows}")} == {"contact"}


def test_a_heading_on_two_lines_announces_entries_with_their_addresses():
    entries = "\n".join(
        f"{n}\nTổ kiểm tra số {n}\nĐiện thoại: 0239.3851.11{n}\nEmail: to{n}@mau.gov.vn" for n in range(1, 4)
    )
    raw = f"Tin trong tỉnh.\n\nsố điện thoại tiếp nhận\nphản ánh kiến nghị về tthc\n{entries}"
    assert [p.kind for p in phones(raw)] == ["hotline"] * 3


def test_a_table_gives_owners_and_fax_columns():
    raw = "Đơn vị | Đường dây nóng | Fax\nTrạm Y tế xã Mẫu | 0914.205.118 | 0239.3851.116\nHuyện Lộc Hà | 0914205119"
    assert [(p.kind, p.owner) for p in phones(raw)] == [
        ("hotline", "Trạm Y tế xã Mẫu"), ("fax", "Trạm Y tế xã Mẫu"), ("hotline", "Huyện Lộc Hà"),
    ]  # fmt: skip


def test_a_notice_whose_matter_are_numbers_and_its_footer():
    raw = (
        "Công bố số điện thoại các trạm y tế lưu động của thành phố Hà Tĩnh\n(05/08/2021)\n"
        "Trạm số 1 phường Nam Hà 0914.205.118\nTrạm số 2 phường Bắc Hà 0914.205.119\n\n"
        "SỞ Y TẾ HÀ TĨNH\nSố 71 Hải Thượng Lãn Ông, phường Bắc Hà. Điện thoại: 0239.3855.615"
    )
    assert [(d, k) for d, k, _ in of_page(raw)] == [
        ("0914205118", "hotline"), ("0914205119", "hotline"), ("02393855615", "contact"),
    ]  # fmt: skip
    assert of_page(raw)[-1][2] == "SỞ Y TẾ HÀ TĨNH"


def test_a_sentence_under_a_list_and_a_signed_footer_are_no_rows_of_it():
    raw = (
        "Số máy trực phục vụ người dân của thành phố Hà Tĩnh trong đợt dịch\n(05/08/2021)\n"
        "Các số máy trực:\nTrạm Y tế phường Mẫu | 0914.205.118\n"
        "Mọi chi tiết xin liên hệ Phòng Nghiệp vụ Y (BS Lê Văn Thử, ĐT 0914.205.119).\n\n"
        "SỞ Y TẾ HÀ TĨNH\nĐT: 0239.3855.615"
    )
    kinds = {d: k for d, k, _ in of_page(raw)}
    assert kinds["0914205118"] == "hotline"
    assert kinds["02393855615"] == "contact"


def test_the_rule_names_the_words_that_call_it_a_hotline():
    raw = "Thông báo\n\nSố điện thoại đường dây nóng của Bộ Y tế (19003228) tiếp nhận tin về dịch.\n\n2. Tổng đài: 1022."
    named, switchboard = (p.rule.partition("; ") for p in phones(raw))
    assert (named[0], switchboard[0]) == ("hotline named: đường dây nóng", "hotline named: tổng đài")
    assert all(rule[2].startswith("words weighed: ") for rule in (named, switchboard))
    (unnamed,) = phones("Người dân cần hỗ trợ gọi ngay 0914205118.")
    assert (unnamed.kind, unnamed.rule.partition(": ")[0]) == ("hotline", "words weighed")


def test_a_number_printed_as_contact_and_as_hotline_is_a_hotline():
    raw = "Văn phòng Sở, ĐT: 0239.3851.116.\nBà con gọi đường dây nóng 0239 3851 116."
    assert [(p.kind, p.mention) for p in phones(raw)] == [("hotline", "0239.3851.116")]


@FORMS
@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("số 0914205118 thay thế số cũ 0914205119", ["active", "withdrawn"]),
        ("Các số 0914205118 (xã Mẫu) và 0914205119 (xã Thử) nay ngừng sử dụng", ["withdrawn"] * 2),
        ("Đường dây nóng chuyển từ số 0914205118 sang số 0914205119", ["withdrawn", "active"]),
        ("đường dây nóng mới là 0914.205.118; số 0914.205.119 thôi sử dụng", ["active", "withdrawn"]),
        ("Nay gọi 0914.205.118, số 0914.205.119 ngừng hoạt động", ["active", "withdrawn"]),
        ("Số 0914205118 được thay bằng số 0914205119", ["withdrawn", "active"]),
        ("Đính chính: số 0914205118 in ngày 16/7 là số cũ, không còn dùng", ["withdrawn"]),
        ("Số điện thoại mới thay thế là 0914205118", ["active"]),
        ("0914205118 (số cũ)", ["withdrawn"]),
        ("Đường dây nóng hoạt động, không ngừng phục vụ: 0914205118", ["active"]),
    ],
)
def test_numbers_out_of_use_are_withdrawn(raw, status, form):
    assert [p.status for p in phones(raw, form)] == status


@FORMS
@pytest.mark.parametrize(
    ("raw", "replaced"),
    [
        ("số 0914205118 thay thế số cũ 0914205119", [None, "0914205118"]),
        ("Từ ngày 01/10/2021, số 0254.3850.115 thay thế số cũ 0254.3850.111.", [None, "02543850115"]),
        ("Đường dây nóng chuyển từ số 0914205118 sang số 0914205119", ["0914205119", None]),
        ("Số 0914205118 được thay bằng số 0914205119", ["0914205119", None]),
        ("Thay vì số 0914205118, xin gọi 0914205119", ["0914205119", None]),
        ("thay số 0914205118 bằng số 0914205119, thay số 0914205120 bằng số 0914205121",
         ["0914205119", None, "0914205121", None]),
        ("Các số 0914205118 và 0914205119 được thay bằng số 0914205120", ["0914205120", "0914205120", None]),
        ("đường dây nóng mới là 0914.205.118; số 0914.205.119 thôi sử dụng", [None, "0914205118"]),
        ("Từ 12h ngày 4/2, xin gọi 0914.205.118; đầu số cũ 0914.205.119 thôi dùng", [None, "0914205118"]),
        ("Kể từ ngày 20/8 số trực là 0914.205.118. Số cũ 0914.205.119 không sử dụng nữa", [None, "0914205118"]),
        ("TT | Số cũ | Số mới\n1 | 0914205118 | 0914205119\n2 | 0914205120 | 0914205121",
         ["0914205119", None, "0914205121", None]),
        # Who says two numbers, or none, does not say which.
        ("Các số 0914205118 và 0914205119 được thay bằng số 0914205120 và 0914205121", [None] * 4),
        ("số 0914205121, 0914205118 thay thế số cũ 0914205119", [None] * 3),
        ("Gọi 0914205118 để được tiêm; số 0914205119 (CDC) ngừng hoạt động", [None] * 2),
        ("Số trực là 0914205118, 0914205120. Số cũ 0914205119 không sử dụng nữa", [None] * 3),
        ("Gọi 0914205118.\nSố 0914205119 nay ngừng sử dụng", [None] * 2),
        ("số 0914205119 là số cũ, không còn dùng. Văn phòng Sở: 0914205118", [None] * 2),
        ("Số 0914205118 thay số cũ 0914205119. Số 0914205118 nay ngừng sử dụng.", [None] * 2),
    ],
)  # fmt: skip
def test_a_withdrawn_number_names_its_successor_where_the_text_says_one(raw, replaced, form):
    assert [p.replaced_by for p in phones(raw, form)] == replaced


@FORMS
@pytest.mark.parametrize(
    ("raw", "owners"),
    [
        ("gọi đường dây nóng của Trạm Thú y huyện: 0239.3851.116 - 0914205118 (ông Võ Văn Mẫu)",
         ["Trạm Thú y huyện", "ông Võ Văn Mẫu"]),
        ("liên hệ bà Ngô Thị Thử, Phó Trưởng phòng Y tế, ĐT: 0914205118", ["bà Ngô Thị Thử"]),
        ("gọi 0239.3851.116 (Trung tâm Y tế), 0914205118 (Sở Y tế)", ["Trung tâm Y tế", "Sở Y tế"]),
        ("gọi 0914205118 (giờ hành chính)", [None]),
        ("gọi 0914 205 118 của Công an huyện", ["Công an huyện"]),
        ("Thanh tra Sở xử phạt chủ tài khoản (liên kết với số điện thoại 0914205118 của ông Mẫu)", ["ông Mẫu"]),
        ("Tổng đài 1022 của tỉnh nhận phản ánh", ["Tổng đài 1022 của tỉnh"]),
        ("1. Sở Lao động - Thương binh và Xã hội: 0239.3851.116, 3851.117",
         ["Sở Lao động - Thương binh và Xã hội"] * 2),
        ("TP Hà Tĩnh: 0239.3851.116 – H. Lộc Hà: 0914205118", ["TP Hà Tĩnh", "H. Lộc Hà"]),
        ("Bệnh viện dã chiến số 2 (bác sĩ trực: 0914.205.118)", ["Bệnh viện dã chiến số 2"]),
        ("gọi 0914205118 (đồng chí Trần Văn Mẫu - Phó Giám đốc)", ["đồng chí Trần Văn Mẫu"]),
        ("Trạm Y tế xã Mẫu\nĐT: 0914205118", ["Trạm Y tế xã Mẫu"]),
        ("1 TP Hà Tĩnh 0239.3851.116 0914205118\n2 Lộc Hà 3.851.117 0914205119",
         ["TP Hà Tĩnh", "TP Hà Tĩnh", "Lộc Hà", "Lộc Hà"]),
        ("Sở Y tế tỉnh Hà Tĩnh. Địa chỉ: 71 Hải Thượng Lãn Ông - ĐT: 0239.3855.615 - Fax: 3855.616",
         ["Sở Y tế tỉnh Hà Tĩnh"] * 2),
        ("Trung tâm Y tế huyện đề nghị ai đã đến chợ khai báo ngay. Số trực: 0914205118.",
         ["Trung tâm Y tế huyện"]),
    ],
)  # fmt: skip
def test_who_answers(raw, owners, form):
    assert [p.owner for p in phones(raw, form)] == owners


_PIECES = st.sampled_from(
    ["0239.3851.116", "3851.117", "/778", " - ", "1022", "gọi ", "đường dây nóng: ", "Fax: ", "(", ")", "\n", "|", "; ",
     "Sở Y tế", "ông Trần Văn A", " thay số ", "số cũ", "+84", "0", " ", "115", "1900 ", ". ", "của "]
)  # fmt: skip


@settings(deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=30).map("".join)))
def test_any_text_gives_true_spans_and_the_same_in_both_forms(raw):
    composed = normalise(raw)
    found = find_phones(Text(composed), CONTEXT)
    assert all(composed[p.start : p.end] == p.mention and p.dial.isdigit() for p in found)
    assert len({p.dial for p in found}) == len(found)
    assert find_phones(Text(normalise(unicodedata.normalize("NFD", composed))), CONTEXT) == found
