"""Lists of documents (văn bản) and pages of one, on every platform: the document is the notice's subject."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler import platforms
from crawler.model import Page, PageRead, Portal
from crawler.reader import read_page
from tests.portals.families import Family, families

FIELDS = {
    "Số ký hiệu": "1477/SYT-NVY", "Ngày ban hành": "12/07/2021", "Loại văn bản": "Công văn",
    "Trích yếu": "Về việc giám sát người về từ vùng có dịch COVID-19", "Cơ quan ban hành": "Sở Y tế",
    "Người ký": "Trần Văn Thử",
}  # fmt: skip
TITLE = (
    "Công văn số 1477/SYT-NVY ngày 12/07/2021 của Sở Y tế: Về việc giám sát người về từ vùng có dịch COVID-19"
)
SITES = [site for site in families() if "#" not in site.expected["posts"][0]["url"]]
each_site = pytest.mark.parametrize("site", SITES, ids=lambda s: s.name)


def read(site: Family, path: str, content: str) -> PageRead:
    html = f"<html><head><title>Văn bản - Sở Y tế</title></head><body><h1>Văn bản</h1>{content}</body></html>"
    portal = Portal("p", "P", site.expected["province"], "health", "http://p.example/", site.platform)
    url = "http://p.example" + path
    return read_page(Page(url, 200, html.encode(), datetime.now(UTC), "text/html; charset=utf-8"), portal)


def subjects(read: PageRead) -> list[str]:
    assert read.facts
    return [document.number for document in read.facts.documents if document.role == "subject"]


@each_site
def test_a_page_of_labels_and_values_is_a_post_about_its_document(site: Family) -> None:
    rows = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in FIELDS.items())
    file = "<tr><td>Tệp đính kèm</td><td><a href=/van-ban/1477.pdf>1477.pdf</a></td></tr>"
    post = site.expected["posts"][0]
    found = read(site, post["url"], f"<table>{rows}{file}</table>")
    assert found.post
    named = platforms.get(site.platform).identify("http://p.example" + post["url"])
    assert named
    assert (found.post.post_id, found.post.title, found.post.published) == (named[0], TITLE, None)
    assert [file.url for file in found.post.attachments] == ["http://p.example/van-ban/1477.pdf"]
    assert subjects(found) == ["1477/SYT-NVY"]


@each_site
def test_a_row_of_a_list_is_a_post_about_its_document(site: Family) -> None:
    heads = "".join(f"<th>{label}</th>" for label in (*FIELDS, "Tải về"))
    row = "".join(f"<td>{value}</td>" for value in FIELDS.values()) + "<td><a href=/1477.pdf>Tải về</a></td>"
    rows = f"<tr>{row}</tr><tr>{row.replace('1477', '1478')}</tr>"
    found = read(site, (site.expected.get("start") or ["/"])[0], f"<table><tr>{heads}</tr>{rows}</table>")
    assert [subjects(row) for row in found.rows] == [["1477/SYT-NVY"], ["1478/SYT-NVY"]]
    assert next(row.post.title for row in found.rows if row.post) == TITLE
