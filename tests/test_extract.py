"""What one text says: numbers, dates, phones and their evidence."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.dates import parse_stamp
from crawler.extract.facts import extract
from crawler.extract.normalise import normalise
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


@pytest.mark.parametrize("piece", ["0123456789", "1/", "số ", "0 "])
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
