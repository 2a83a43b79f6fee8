"""Reading pages: the structures of portals, in pages of our own writing, and what each must give."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime

import pytest

from crawler import platforms
from crawler.html import block_text, decode, parse
from crawler.model import Outcome, Page, PageKind, Portal
from crawler.platforms import generic, liferay
from crawler.reader import read_page
from crawler.urls import absolute, canonical, is_trap, without_user

TITLE = "Thông báo khẩn số 12 về phòng, chống dịch Covid-19 tại thị xã Gò Công"
BODY = (
    "Từ 0 giờ ngày 12/7/2021, thị xã Gò Công thực hiện giãn cách xã hội. Người dân chỉ ra khỏi nhà khi thật sự cần thiết,"
    " giữ khoảng cách 2 mét và khai báo y tế. Mọi phản ánh xin gọi đường dây nóng 0273.3842.115 của Trung tâm Y tế."
)
MENU = "<ul>" + "".join(f"<li><a href=/muc-{n}>Mục tin {n}</a></li>" for n in range(12)) + "</ul>"
FOOT = "<div class=foot>Cổng thông tin điện tử thị xã Gò Công. Địa chỉ: số 1 Trần Hưng Đạo. Điện thoại: 0273.3841.999</div>"
#: One post in the markup of several families, each with its address.
POSTS = {
    "sharepoint": (
        "http://p.example/Pages/TinTuc.aspx?ItemID=2214",
        f"<table><tr><td>{MENU}</td><td><table><tr><td><h1>{TITLE}</h1></td></tr><tr><td><span>12/07/2021 08:15</span></td></tr>"
        f"<tr><td><div><p>{BODY}</p></div></td></tr></table></td></tr></table>{FOOT}",
    ),
    "wordpress": (
        "http://p.example/2021/07/thong-bao-khan-so-12/",
        f"<nav>{MENU}</nav><article><h1 class=entry-title>{TITLE}</h1><time datetime='2021-07-12T08:15:00+07:00'>Thứ Hai</time>"
        f"<div class=entry-content><p>{BODY}</p></div></article><aside><a href=/2021/07/khac/>Bài khác về phòng, chống dịch</a></aside>{FOOT}",
    ),
    "vnpt": (
        "http://p.example/tin-tuc/thong-bao-khan-so-12-33871.html",
        f"{MENU}<div id=main><div class=title>{TITLE}</div><div class=date>(Cập nhật lúc: 12/07/2021 08:15)</div><div class=content><p>{BODY}</p>"
        f"</div><div class=others><a href=/tin-tuc/a-33870.html>Thông báo khẩn số 11 về chống dịch</a></div></div>{FOOT}",
    ),
    "one division": (
        "http://p.example/bai-viet-33871.htm",
        f"{MENU}<div><h2>{TITLE}</h2>Ngày đăng: 12-07-2021<br>{BODY}<br>Xem thêm tệp.</div>{FOOT}",
    ),
}


def page(
    html: str | bytes, url: str = "http://p.example/", content_type: str = "text/html; charset=utf-8"
) -> Page:
    body = html if isinstance(html, bytes) else html.encode()
    return Page(url, 200, body, datetime.now(UTC), content_type)


def whole(content: str) -> str:
    return f"<!doctype html><html><head><title>{TITLE} - Gò Công</title></head><body>{content}</body></html>"


@pytest.mark.parametrize("family", POSTS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_post_of_an_unknown_platform_is_read_by_structure(family: str, form: str) -> None:
    url, content = POSTS[family]
    read = read_page(
        page(unicodedata.normalize(form, whole(content)), url),
        Portal("p", "P", "Tiền Giang", "district", url),
    )
    assert read.post
    assert read.facts
    assert read.post.title == TITLE
    assert read.post.published == date(2021, 7, 12)
    assert BODY in read.post.body.replace("\n", " ")
    assert "0273.3841.999" not in read.post.body
    assert [p.dial for p in read.facts.phones] == ["02733842115"]


@pytest.mark.parametrize("mark", ["_spPageContextInfo", "portlet-boundary", "com_content"])
def test_marks_of_a_platform_do_not_hide_a_post_in_another_structure(mark: str) -> None:
    url, content = POSTS["vnpt"]
    read = read_page(
        page(whole(content + f"<script>var a = '{mark}'</script>"), url),
        Portal("p", "", "Tiền Giang", "health", url),
    )
    assert read.post is not None
    assert (read.post.title, read.post.published) == (TITLE, date(2021, 7, 12))
    assert "0273.3842.115" in read.post.body


def test_a_link_that_nobody_closed_does_not_swallow_the_post() -> None:
    paragraphs = "".join(f"<p>{BODY} Đoạn {n}.</p>" for n in range(9))
    content = (
        f"{MENU}<div class=left><a href='/muc-12'>Tin <img src=x></div>"
        f"<div class=main><h1>{TITLE}</h1><div class=date>12/07/2021 08:15</div><div class=text>{paragraphs}</div></div>{FOOT}"
    )
    post = generic.read_post(parse(page(whole(content))), "http://p.example/bai-33871.html")
    assert post is not None
    assert post.title == TITLE
    assert all(f"Đoạn {n}." in post.body for n in range(9))


def test_a_list_of_an_unknown_platform_gives_posts_and_pagers_as_printed() -> None:
    items = "".join(f"<li><a href='/tin/bai-{n}.html'>{TITLE} ({n})</a></li>" for n in range(33870, 33874))
    pager = "<a href='/tin?_101_cur=2&x=1'>2</a><a href='/tin?trang=9'>Cuối</a><a href='/lich?ngay=1'>Lịch công tác</a>"
    listing = generic.read_listing(parse(page(f"<ul>{items}</ul>{pager}")), "http://p.example/tin")
    assert [p.post_id for p in listing.posts] == ["33870", "33871", "33872", "33873"]
    assert listing.pages == ("http://p.example/tin?_101_cur=2&x=1", "http://p.example/tin?trang=9")


def test_a_section_whose_address_looks_like_a_headline_is_a_list() -> None:
    items = "".join(f"<h3><a href='/tin/bai-{n}.html'>{TITLE} ({n})</a></h3>" for n in range(33870, 33880))
    url = "http://p.example/phong-chong-dich-benh-covid-19"
    read = read_page(page(whole(items), url), Portal("p", "P", "Tiền Giang", "district", url))
    assert read.kind is PageKind.LIST
    assert len(read.listing.posts) == 10


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/tin/a-b-c-33871.html", "/chuyen-muc/a-b-c-33871.html"),
        ("/tin/a-b-c-33871.html", "/en/tin/a-b-c-33871.html"),
        ("/tin/a-b-c-33871.html", "/tin/a-b-c-33871.html?print=1"),
        ("/Pages/tin.aspx?ItemID=5", "/Pages/tin.aspx?l=vi&ItemID=5"),
    ],
)
def test_views_of_one_post_have_one_identity(one: str, other: str) -> None:
    assert generic._identity(f"http://p.example{one}") == generic._identity(f"http://p.example{other}")


def test_posts_of_different_numbers_are_different() -> None:
    urls = [
        "/tin.aspx?ItemID=5",
        "/tin.aspx?ItemID=6",
        "/khac.aspx?ItemID=5",
        "/tin/a-33871.html",
        "/tin/a-33872.html",
    ]
    assert len({generic._identity(f"http://p.example{u}") for u in urls}) == len(urls)


def test_a_notice_of_one_link_keeps_its_file() -> None:
    content = f"{MENU}<div><h1>{TITLE}</h1><span>12/07/2021</span><div><a href=/tep/12.pdf>Tải văn bản\nsố 12</a></div></div>{FOOT}"
    read = read_page(
        page(whole(content), "http://p.example/tin/a-33871.html"),
        Portal("p", "P", "Tiền Giang", "district", "http://p.example/"),
    )
    assert read.post
    files = [(a.url, a.name) for a in read.post.attachments]
    assert files == [("http://p.example/tep/12.pdf", "Tải văn bản số 12")]


def test_trafilatura_finds_a_text_that_structure_takes_for_a_frame() -> None:
    paragraphs = "".join(f"<p>{BODY} Đoạn {n}.</p>" for n in range(4))
    frame = f"<div class=other-content><div class=widget>{paragraphs}</div></div>"
    html = f"<h1>{TITLE}</h1><span>12/07/2021 08:15</span>{frame}"
    post = generic.read_post(parse(page(whole(html))), "http://p.example/tin/bai-33871.html")
    assert post
    assert (post.title, post.published) == (TITLE, date(2021, 7, 12))
    assert [n for n in range(4) if f"{BODY} Đoạn {n}." in post.body] == [0, 1, 2, 3]


def test_a_theme_that_its_platform_does_not_know_is_read_by_structure() -> None:
    html = whole(
        f"<link rel=stylesheet href=/wp-includes/a.css>{MENU}<section><h1>{TITLE}</h1><span>12/07/2021 08:15</span><p>{BODY}</p></section>{FOOT}"
    )
    url = "http://p.example/2021/thong-bao-khan-so-12/"
    read = read_page(page(html, url), Portal("p", "P", "Tiền Giang", "district", "http://p.example/"))
    assert read.post
    assert (read.post.post_id, read.post.title, read.post.body) == ("2021/thong-bao-khan-so-12", TITLE, BODY)


def test_links_to_another_portals_files_do_not_name_the_platform() -> None:
    html = '<a href="https://a.example/wp-content/uploads/x.pdf">x</a><a href="https://b.example/upload/12345/20210712/y.pdf">y</a>'
    assert platforms.detect(html.encode()) == "generic"


@pytest.mark.parametrize(
    "head",
    [
        f"<title>Trung tâm Kiểm soát bệnh tật tỉnh Bà Rịa - Vũng Tàu - {TITLE}</title>",
        "<title>Trung tâm Kiểm soát bệnh tật tỉnh Bà Rịa - Vũng Tàu</title>",
        "<title>Thông báo khẩn số 12</title>",
        "",
    ],
    ids=["portal, then post", "portal alone", "a short form", "none"],
)
def test_the_headline_is_the_posts_not_the_portals(head: str) -> None:
    html = (
        f"<html><head>{head}</head><body><h1>Trung tâm Kiểm soát bệnh tật tỉnh Bà Rịa - Vũng Tàu</h1>{MENU}<div><h2>{TITLE}</h2>"
        f"<div>Ngày đăng: 12/07/2021 08:15</div><p>{BODY}</p></div>{FOOT}</body></html>"
    )
    read = read_page(
        page(html, "http://p.example/tin/a-33871.html"),
        Portal("p", "P", "Tiền Giang", "district", "http://p.example/"),
    )
    assert read.post
    assert (read.post.title, read.post.published, read.post.body) == (TITLE, date(2021, 7, 12), BODY)


def test_numbers_of_sections_are_no_identities() -> None:
    assert generic.identify("http://p.example/?com=danhmuc_tin&id_category=2") is None
    found = generic.identify("http://p.example/default.aspx?cat_id=546&news_id=226")
    assert found
    assert found[0] == "/default.aspx?news_id=226"


@pytest.mark.parametrize(
    ("xml", "days"),
    [
        (
            "<urlset><url><loc>http://p.example/tin/bai-33871.html</loc></url><url><loc>http://p.example/lien-he</loc></url></urlset>",
            [None],
        ),
        (
            "<feed><entry><title>T</title><link href='http://p.example/tin/bai-33871.html'/><published>2021-07-11T20:00:00Z</published></entry></feed>",
            [date(2021, 7, 12)],
        ),
        (
            "<rss><channel><item><link>http://p.example/tin/bai-33871.html</link><pubDate>Sun, 11 Jul 2021 20:00:00 GMT</pubDate></item></channel></rss>",
            [date(2021, 7, 12)],
        ),
    ],
    ids=["site map", "Atom", "RSS"],
)
def test_feeds_and_site_maps_are_list_pages(xml: str, days: list[date | None]) -> None:
    read = read_page(
        page(f"<?xml version='1.0'?>{xml}", "http://p.example/feed", "text/xml"),
        Portal("p", "P", "Tiền Giang", "district", "http://p.example/"),
    )
    assert read.kind is PageKind.LIST
    assert [link.post_id for link in read.listing.posts] == ["33871"]
    assert [link.published for link in read.listing.posts] == days


# -- Liferay ---------------------------------------------------------------------------------------

ASSET = "/tin-tuc/-/view_content/3602824-bai.html"


@pytest.mark.parametrize(
    ("path", "language", "is_print"),
    [
        (ASSET, "vi", False),
        ("/vi" + ASSET, "vi", False),
        ("/en" + ASSET, "en", False),
        (ASSET.replace("view_content/", "view_content/pop_up/") + "?_101_viewMode=print", "vi", True),
    ],
)
def test_liferay_addresses_name_post_and_view(path: str, language: str, is_print: bool) -> None:
    found = liferay.identify("https://p.example" + path)
    assert found
    assert (found[0], found[1].language, found[1].is_print) == ("3602824", language, is_print)


def test_a_liferay_post_is_the_same_cut_out_or_whole() -> None:
    post = (
        f'<div class="asset-full-content"><div class="asset-full-content-title">{TITLE}</div><div class="assetPublishDate">Ngày'
        f' đăng 12/07/2021 | 12:00 AM | View count: 842</div><div class="journal-content-article"><p>{BODY}</p></div></div>'
    )
    html = whole(f'{MENU}{post}<div id="footer">{FOOT}</div>').encode()
    url = "https://p.example" + ASSET
    fragment = liferay.fragment(html, url)
    assert fragment
    assert len(fragment) < len(html) / 2
    assert liferay.read_post(parse(page(fragment, url)), url) == liferay.read_post(
        parse(page(html, url)), url
    )
    found = liferay.read_post(parse(page(html, url)), url)
    assert found
    assert (found.published, found.published_time, found.body) == (date(2021, 7, 12), None, BODY)
    assert liferay.fragment(html + html, url) is None


def test_a_liferay_theme_without_the_known_classes_keeps_the_posts_identity() -> None:
    html = whole(
        f'<div class="portlet-boundary">{MENU}<section><h2>{TITLE}</h2><span>12/07/2021 08:15</span><p>{BODY}</p></section></div>{FOOT}'
    )
    read = read_page(
        page(html, "https://p.example" + ASSET),
        Portal("p", "P", "Tiền Giang", "district", "https://p.example/", "liferay"),
    )
    assert read.post
    assert (read.post.post_id, read.post.title, read.post.body) == ("3602824", TITLE, BODY)


def test_liferay_is_recognised_by_its_portlets() -> None:
    assert platforms.recognise(b'<div class="portlet-asset-publisher"></div>') == (
        "liferay",
        "portlet-asset-publisher",
    )
    assert platforms.detect(b"<div></div>") == "generic"


# -- bytes, text, addresses --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (TITLE.encode(), "text/html; charset=iso-8859-1"),
        (TITLE.encode(), "text/html"),
        (TITLE.encode(), ""),
        (b"<meta charset=iso-8859-1>" + TITLE.encode(), "text/html; charset=windows-1258"),
        (b"\xef\xbb\xbf" + TITLE.encode(), "text/html"),
        (unicodedata.normalize("NFD", TITLE).encode(), "text/html; charset=utf-8"),
        (TITLE.encode("utf-16"), "text/html; charset=utf-16"),
    ],
    ids=["lying header", "no charset", "no header", "lying page", "byte order mark", "NFD", "utf-16"],
)
def test_the_charset_is_found_whatever_a_header_claims(body: bytes, content_type: str) -> None:
    assert (
        unicodedata.normalize("NFC", decode(page(body, content_type=content_type)))
        .strip("\ufeff")
        .removeprefix("<meta charset=iso-8859-1>")
        == TITLE
    )


@pytest.mark.parametrize("content_type", ["text/html; charset=windows-1258", "text/html", ""])
def test_windows_1258_is_read_as_vietnamese(content_type: str) -> None:
    # Tones are letters of their own there.
    raw = "Công văn số 12 của Sở".replace("ố", "ô\u0301").replace("ủ", "u\u0309").replace("ở", "ơ\u0309")
    found = decode(page(raw.encode("cp1258"), content_type=content_type))
    assert unicodedata.normalize("NFC", found) == "Công văn số 12 của Sở"


def test_blocks_stand_on_lines_and_cells_are_parted() -> None:
    tree = parse(
        page(
            "<div>Một<br>Hai <b>ba</b><script>x()</script><table><tr><td>Sở Y tế</td><td>0270</td></tr></table></div>"
        )
    )
    assert block_text(tree.body).split("\n\n") == ["Một", "Hai ba", "Sở Y tế | 0270"]


def test_traps_end_by_themselves() -> None:
    assert is_trap("http://p.example/tin/bai.html/vi/vi/en/vi")
    assert is_trap("http://p.example/a/b/a/b/a/b/a")
    assert is_trap("http://p.example/" + "a/" * 20)
    assert not is_trap("http://p.example/vi/tin-tuc/-/view_content/3602824-bai.html")


def test_one_spelling_of_an_address() -> None:
    assert canonical("HTTP://P.example/a;jsessionid=9F?utm_source=x&id=1#top") == canonical(
        "http://p.example/a?id=1"
    )
    assert canonical("http://p.example/a?id=1") != canonical("http://p.example/a?id=2")
    assert canonical("http://an:mat-khau@p.example/a?id=1") == "http://p.example/a?id=1"
    for mail in ("http://p.example?to=an@so.example", "http://p.example/an@so"):  # behind the host, no user
        assert without_user(mail) == mail
    assert absolute("http://p.example/a/", "../b") == "http://p.example/b"
    assert [
        absolute("http://p.example/", h) for h in ("javascript:x()", "mailto:a@b", "#x", None, "http://[")
    ] == [None] * 5


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [(404, "x", Outcome.GONE), (429, "x", Outcome.BLOCKED), (502, "x", Outcome.FAILED), (200, "", Outcome.EMPTY),
     (200, "<html>Attention Required! | Cloudflare</html>", Outcome.BLOCKED)],
)  # fmt: skip
def test_what_is_no_page_is_told_from_a_post(status: int, body: str, outcome: Outcome) -> None:
    read = read_page(
        Page("http://p.example/tin/a-33871.html", status, body.encode(), datetime.now(UTC), "text/html"),
        Portal("p", "P", "Tiền Giang", "district", "http://p.example/"),
    )
    assert read.problem is outcome
    assert read.reason
