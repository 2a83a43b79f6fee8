"""The search query: what people type finds the notice, and nothing typed raises."""

from __future__ import annotations

import unicodedata

import pytest

from db.schema import open_database
from db.search import folded, vi_fts
from db.search import hits as shown

TEXT = "Công bố đường dây nóng 088.8800.247 về dịch Covid-19 theo Văn bản 6830/UBND-VP"


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    db = open_database(tmp_path_factory.mktemp("search") / "a.db")
    db["texts"].insert({"notice": 1, "title": "Thông báo", "summary": "", "text": TEXT})
    return db


def hits(db, query):
    return db.execute(
        "select count(*) from notices_fts where notices_fts match ?", [vi_fts(query)]
    ).fetchone()[0]


@pytest.mark.parametrize(
    "query",
    ["duong day nong", "đường dây nóng", "6830/UBND-VP", "covid-19", "088.8800.247", '"duong day nong"',
     unicodedata.normalize("NFD", "đường dây nóng"), "ĐƯỜNG DÂY", "Ðường"],
)  # fmt: skip
def test_found_and_shown(db, query):
    assert hits(db, query) == 1
    assert shown(query).search(folded(TEXT))


def test_a_word_is_shown_whole_and_only_where_it_is_one():
    found = shown("duong nong").finditer(folded("Đường dây nóng; nongnghiep, dường"))
    assert [match[0] for match in found] == ["đuong", "nong", "duong"]


@pytest.mark.parametrize("query", ['"', "", "   ", "\0", "''", "*", "()", "NEAR(", None, "zzz", "duong zzz"])
def test_not_found_and_no_error(db, query):
    assert hits(db, query) == 0
