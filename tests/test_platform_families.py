"""Each platform's page family, crawled over HTTP into an index: named, detected, and read by structure alone."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from crawler import platforms
from crawler.model import Page, Portal
from crawler.reader import read_page
from tests.portals.crawled import ROOT, Crawl, crawl, overlap, when
from tests.portals.families import RECORDED, Family, families

OURS = [site for site in families() if site.platform in platforms.names()]
SITES = OURS + families(directory=RECORDED)
POSTS = [(site, post) for site in SITES for post in site.expected["posts"]]
each_site = pytest.mark.parametrize("site", SITES, ids=lambda s: s.name)
each_post = pytest.mark.parametrize(("site", "post"), POSTS, ids=[f"{s.name} {p['id']}" for s, p in POSTS])


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    return crawl(tmp_path_factory.mktemp("named"), SITES, "own")


@pytest.fixture(scope="module")
def detected(tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    return crawl(tmp_path_factory.mktemp("detected"), SITES, "none")


@pytest.fixture(scope="module")
def by_structure(tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    return crawl(tmp_path_factory.mktemp("generic"), SITES, "generic")


def test_no_platform_without_pages_and_a_basis() -> None:
    assert {s.platform for s in OURS} == set(platforms.names())
    assert {platforms.get(name).BASIS for name in platforms.names() if name != "generic"} <= {
        "seen",
        "selectors",
        "untried",
    }
    assert all(platforms.get(name).MARKS for name in platforms.names() if name != "generic")


@each_site
def test_every_post_once(named: Crawl, site: Family) -> None:
    found = Counter((row["post_id"], bool(row["covid"])) for row in named.rows[site.portal])
    assert found == Counter((post["id"], post["covid"]) for post in site.expected["posts"])


def test_the_list_of_a_recorded_portal_names_as_many_posts_as_were_reviewed() -> None:
    for site in families(directory=RECORDED):
        page = site.answer("GET", site.expected["start"][0], "")
        assert page
        read = read_page(
            Page("http://p.example" + page.target, 200, page.content.replace("{{host}}", "http://p.example").encode(),
                 datetime.now(UTC), page.content_type),
            Portal("p", "P", site.expected["province"], "other", "http://p.example/", platform=site.platform),
        )  # fmt: skip
        assert len({link.post_id for link in read.listing.posts}) == site.expected["listed"], site.name


@each_post
def test_a_post_says_what_its_page_says(named: Crawl, site: Family, post: dict[str, Any]) -> None:
    row = named.post(site.portal, post["title"])
    assert [row["post_id"], row["url"]] == [post["id"], post["url"]]
    assert [row["published"], row["published_time"]] == [post["published"], post["published_time"]]
    assert sorted(row["files"]) == sorted(post["attachments"])
    text = re.sub(r"\s+", " ", row["text"])
    assert text.startswith(post["first"]), text
    assert text.endswith(post["last"]), text
    if not post["first"]:
        assert not text
    if document := post.get("document"):
        citations = named.database.execute(
            "select d.number, c.date, c.role from citations c join documents d on d.id = c.document where c.notice = ?",
            (row["id"],),
        )
        assert [tuple(c) for c in citations] == [tuple(document)]


@each_site
def test_the_platform_is_recognised(named: Crawl, detected: Crawl, site: Family) -> None:
    def told(crawl: Crawl) -> list[tuple[Any, ...]]:
        return sorted(
            (r["post_id"], r["title"], r["published"], r["url"], r["text"]) for r in crawl.rows[site.portal]
        )

    assert told(detected) == told(named)


@each_site
def test_structure_alone_finds_what_the_platform_finds(
    named: Crawl, by_structure: Crawl, site: Family
) -> None:
    """Nineteen of twenty posts with title, day and text; posts that only a script's answer names are not linked."""
    unlinked = {site.expected["posts"][n]["title"] for n in site.expected.get("only_by_data", [])}
    wanted = [row for row in named.rows[site.portal] if row["title"] not in unlinked]
    found = {row["title"]: row for row in by_structure.rows[site.portal]}
    missed = [row["title"] for row in wanted if row["title"] not in found]
    wrong_day = [
        row["title"] for row in wanted if row["title"] in found and when(found[row["title"]]) != when(row)
    ]
    overlaps = {row["title"]: overlap(found[row["title"]], row) for row in wanted if row["title"] in found}
    assert len(missed) <= len(wanted) / 20, missed
    assert not wrong_day
    assert all(share >= 0.95 for share in overlaps.values()), overlaps
    # … and nothing that is no post, and no post twice.
    assert sorted(r["title"] for r in by_structure.rows[site.portal]) == sorted(
        set(found) & {r["title"] for r in wanted}
    )


SIDE = (
    "<div><b>Thăm dò ý kiến</b><div>Bạn đánh giá thế nào về giao diện của cổng thông tin điện tử này sau khi nâng cấp? Rất đẹp, đẹp,"
    " bình thường, cần sửa thêm nhiều chỗ.</div></div><div><b>Tin đọc nhiều</b><ul>"
    + "".join(
        f"<li><a href=/tin/bai-9900{n}.html>Bài viết đọc nhiều trong tuần số {n} của tỉnh</a> <span>0{n}/01/2021</span></li>"
        for n in range(1, 7)
    )
    + "</ul></div><div>Hôm nay: 1234<br>Tổng số lượt truy cập: 99887766<br>Đang trực tuyến: 12</div>"
)
IN_A_TABLE = f"<table><tr><td><a href=/>Trang chủ</a> &gt; Tin tức</td></tr><tr><td>{{{{content}}}}</td><td>{SIDE}</td></tr></table>"


@pytest.mark.parametrize("name", [s.name for s in OURS])
def test_a_layout_table_and_a_side_bar_without_names_change_nothing(name: str) -> None:
    def posts(layout: str) -> list[Any]:
        site = next(s for s in families(layout) if s.name == name)
        portal = Portal("p", "P", site.expected["province"], "other", "http://p.example/", platform="generic")
        urls = {post["url"] for post in site.expected["posts"]}
        reads = [
            read_page(
                Page(
                    f"http://p.example{a.target}", 200, a.content.encode(), datetime.now(UTC), a.content_type
                ),
                portal,
            )
            for a in site.answers
            if a.target in urls
        ]
        return [read.post for read in reads]

    assert posts(IN_A_TABLE) == posts("{{content}}")


def test_the_docs_say_what_each_platform_rests_on() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (\w+) \|", (ROOT / "docs/portals.md").read_text(encoding="utf-8"), re.M
    )
    assert dict(rows) == {n: platforms.get(n).BASIS for n in platforms.names() if n != "generic"}
