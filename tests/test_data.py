"""Ready questions, addresses for programs, the data dictionary: each as a reader would use it."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest

from crawler.model import Portal
from db.dictionary import dictionary
from db.schema import open_database
from db.site.app import build
from db.site.canned import EXAMPLES, canned_queries
from db.store import Store
from tests.test_site import get, put

DOCS = Path(__file__).parents[1] / "docs" / "queries.md"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Two provinces that cite a directive, one that withdraws a number, a notice that changed, one that is gone."""
    path = tmp_path_factory.mktemp("data") / "a.db"
    portals = [Portal(f"p{n}", f"Sở Y tế {name}", name, "health", f"http://p{n}.example/")
               for n, name in enumerate(("Bình Thuận", "Hà Nội", "Đà Nẵng"))]  # fmt: skip
    cites = "Thực hiện Chỉ thị số 16/CT-TTg ngày 31/3/2020 của Thủ tướng Chính phủ về dịch Covid-19."
    with Store(path) as store:
        store.sync_registry(portals)
        put(store, portals[0], "1", "Giãn cách Covid-19", cites, date(2020, 4, 2))
        put(store, portals[1], "1", "Cách ly Covid-19", cites, date(2020, 4, 1))
        put(store, portals[1], "2", "Cách ly Covid-19 lần hai", cites + " Lần hai.", date(2020, 4, 9))
        put(store, portals[1], "3", "Cách ly Covid-19, không ngày", cites + " Không ngày.")
        put(store, portals[2], "1", "Đường dây nóng Covid-19",
            "Đường dây nóng Covid-19: số 0967.000.111 thôi sử dụng, không gọi số này.", date(2021, 8, 1))  # fmt: skip
        put(store, portals[2], "1", "Đường dây nóng Covid-19",
            "Đường dây nóng Covid-19: số 0967.000.111 thôi sử dụng, xin không gọi số này.", date(2021, 8, 1), later=9)  # fmt: skip
        put(store, portals[0], "2", "Đường dây nóng Covid-19",
            "Gọi đường dây nóng 0252.3999.115 khi có triệu chứng Covid-19. Quyết định số 2244/QĐ-UBND ngày 1/7/2021 thay thế"
            " Quyết định số 1990/QĐ-UBND ngày 1/6/2021.", date(2021, 7, 3))  # fmt: skip
        store.flush()
        store.database.execute(
            "update notices set gone_since = '2021-09-01T00:00:00Z' where title like 'Giãn%'"
        )
    return build(path)


def answer(site, name: str, **values: str):
    given = "".join(f"&{key}={quote(value)}" for key, value in values.items())
    return get(site, f"/notices/{name}.json?_shape=array{given}").json()


def test_who_cited_a_directive_first(site):
    found = answer(site, "who-cited-first", number="16/CT-TTg")
    assert [r["published"] for r in found] == ["2020-04-01", "2020-04-02", "2020-04-09", None]
    assert found[0]["province"] == "Hà Nội"
    assert answer(site, "who-cited-first") == found
    assert answer(site, "who-cited-first", number="99/CT-TTg") == []
    by_province = answer(site, "when-each-province-cited", number="16/CT-TTg")
    assert [(r["province"], r["first_cited"], r["days_after_issue"], r["notices"]) for r in by_province] == [
        ("Hà Nội", "2020-04-01", 1, 3),
        ("Bình Thuận", "2020-04-02", 2, 1),
    ]
    most = answer(site, "most-cited-by-provinces")[0]
    assert (most["number"], most["provinces"], most["notices"]) == ("16/CT-TTg", 2, 4)


def test_which_numbers_were_withdrawn_and_which_a_province_gives(site):
    assert [r["dial"] for r in answer(site, "withdrawn-hotlines")] == ["0967000111"]
    assert answer(site, "withdrawn-hotlines", province="Hà Nội") == []
    assert [r["dial"] for r in answer(site, "hotlines-of-a-province", province="Bình Thuận")] == [
        "02523999115"
    ]
    (row,) = answer(site, "hotlines-of-a-province", province="Đà Nẵng")
    assert (row["dial"], row["withdrawn"]) == ("0967000111", 1)


def test_what_was_published_replaced_changed_and_is_gone(site):
    titles = [r["title"] for r in answer(site, "published-in-a-month", province="Hà Nội", month="2020-04")]
    assert titles == ["Cách ly Covid-19", "Cách ly Covid-19 lần hai"]
    (row,) = answer(site, "what-replaced-what", number="1990/QĐ-UBND")
    assert (row["document"], row["relation"], row["other"]) == ("2244/QĐ-UBND", "replaces", "1990/QĐ-UBND")
    assert answer(site, "what-replaced-what") == [row]
    (row,) = answer(site, "changed-after-posting")
    assert (row["province"], row["texts"]) == ("Đà Nẵng", 2)
    assert get(site, row["changes"]).status_code == 200
    assert [r["title"] for r in answer(site, "gone-from-their-portals")] == ["Giãn cách Covid-19"]


def test_a_question_s_page_leads_to_notices_and_is_taken_away_as_csv(site):
    page = get(site, "/notices/who-cited-first?number=16/CT-TTg").text
    assert "Ai dẫn Chỉ thị 16 trước tiên?" in page
    assert 'name="number" value="16/CT-TTg"' in page
    led = re.findall(r'<a href="(/notice/\d+)">', page)
    assert len(led) == 4
    assert get(site, led[0]).status_code == 200
    table = list(csv.DictReader(io.StringIO(get(site, "/notices/who-cited-first.csv").text)))
    assert table[0]["province"] == "Hà Nội"
    (link,) = re.findall(r'<a href="(/notices/who-cited-first.csv[^"]*)">CSV</a>', page)
    taken = get(site, link.replace("&amp;", "&"))
    assert taken.headers["content-disposition"].startswith("attachment")
    assert taken.text.startswith("\ufeffpublished,province,")  # what Excel needs, once
    assert taken.text.count("\ufeff") == 1
    assert list(csv.DictReader(io.StringIO(taken.text.removeprefix("\ufeff")))) == table


@pytest.mark.parametrize("number", ["16/CT-TTg", "16/ct-ttg", " 16 / CT-TTG ", "016/ct-ttg", "16-ct-ttg"])
def test_a_number_is_understood_in_any_spelling(site, number):
    assert len(answer(site, "who-cited-first", number=number)) == 4
    assert len(answer(site, "when-each-province-cited", number=number)) == 2


def test_marks_capitals_and_zeros_do_not_matter(site):
    (row,) = answer(site, "what-replaced-what", number="1990/qd-ubnd")
    assert row["other"] == "1990/QĐ-UBND"
    assert answer(site, "what-replaced-what", number="199/qd-ubnd") == []
    for spelling in ("da nang", "ĐÀ NẴNG", "TP. Đà Nẵng"):
        assert len(answer(site, "withdrawn-hotlines", province=spelling)) == 1
        assert len(answer(site, "hotlines-of-a-province", province=spelling)) == 1
    for month in ("2020-04", "4/2020", "04/2020", "2020-4"):
        assert len(answer(site, "published-in-a-month", province="ha noi", month=month)) == 2
    assert get(site, "/hotlines?province=da+nang").text.count("Đường dây nóng · Đà Nẵng")
    for nonsense in ("'", '"', "%", "x" * 300, "16/", "/"):
        assert answer(site, "who-cited-first", number=nonsense) == []
        assert answer(site, "published-in-a-month", province=nonsense) == []
        assert answer(site, "published-in-a-month", month=nonsense) == []


def test_a_question_is_a_page_of_the_site_in_one_language(site):
    vi = get(site, "/notices/withdrawn-hotlines").text
    assert '<nav aria-label="Thông Báo">' in vi
    assert ">Chạy</button>" in vi
    assert '<time datetime="2021-08-01">01/08/2021</time>' in vi
    assert '<option value="">tất cả</option>' in vi
    assert 'href="/notices/withdrawn-hotlines?lang=en"' in vi
    en = get(site, "/notices/withdrawn-hotlines?lang=en")
    assert en.cookies["lang"] == "en"
    assert '<html lang="en">' in en.text
    assert ">Run</button>" in en.text
    for words in ("Những số", "Chạy", "Ngày đăng", "tất cả"):
        assert words not in en.text
    for words in ("Which hotline", "Run SQL", "Query parameters", "Posted"):
        assert words not in vi
    assert "Custom SQL query" in get(site, "/notices?sql=select+1").text  # Datasette's own stay its own


def test_every_column_of_every_answer_has_a_head_and_is_shown(site):
    for name in canned_queries():
        for lang in ("vi", "en"):
            page = get(site, f"/notices/{name}?lang={lang}")
            assert page.status_code == 200, name
            assert '<table class="cards answer">' in page.text, name
    page = get(site, "/notices/what-replaced-what").text
    assert "thay thế" in page


def test_every_question_is_listed_on_the_site_and_in_the_docs_with_an_address_that_answers(site):
    page, docs = get(site, "/about/data").text, DOCS.read_text(encoding="utf-8")
    listed = {html.unescape(h) for h in re.findall(r'<dt><a href="(/notices/[^"]+)"', page)}
    told = set(re.findall(r"`(/notices/[\w-]+(?:\?[^`]*)?)` \|", docs))
    assert (
        {a.split("?")[0] for a in listed}
        == {a.split("?")[0] for a in told}
        == {f"/notices/{name}" for name in canned_queries()}
    )
    assert set(EXAMPLES) <= set(canned_queries())
    for address in listed | told:
        assert get(site, address).status_code == 200, address
    sql = re.search(r"\n\n((?:    .*\n)+)", docs[docs.index("## Your own") :])[1]
    assert get(site, "/notices.json?_shape=array&sql=" + quote(sql)).json() == []


def test_every_example_for_programs_runs(sample_index):
    site = build(sample_index)
    examples = re.findall(r': <a href="([^"]+)">', get(site, "/about/data").text)
    assert len(examples) == 11
    for address in map(html.unescape, examples):
        found = get(site, address)
        assert found.status_code == 200, address
        assert len(found.content) > 80, address
        if ".json" in address:
            assert found.json(), address


def test_every_table_and_column_has_a_description_in_both_languages(tmp_path):
    db = open_database(tmp_path / "a.db")
    names = [*db.table_names(), *db.view_names()]
    names = [n for n in names if not re.search("_fts(_|$)", n)]
    there = {name: [c.name for c in db[name].columns] for name in names}
    told = {name: sorted(table.columns) for name, table in dictionary().items()}
    assert {name: sorted(columns) for name, columns in there.items()} == told
    for table in dictionary().values():
        assert all(vi and en for vi, en in (table.told, *table.columns.values()))
        for told_place in table.columns.get("span_start", ()):  # texts.text has neither title nor summary
            assert "versions.text" in told_place


def test_the_dictionary_is_a_page_and_stands_above_each_table(site):
    page = get(site, "/about/tables?lang=en").text
    assert re.search(r"<code>gone_since</code></th><td>Since when it is gone from its portal, UTC</td>", page)
    page = get(site, "/notices/phones").text
    assert "Ai trả lời, như thông báo ghi · Who answers, as the notice says" in page
    assert "stale_documents" not in get(site, "/notices").text.split("hidden table")[0]
