"""What is wrong with a portal: seen beside its earlier readings, named, and never of one that is only quiet."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from crawler.health import Finding, Seen, beside_earlier
from crawler.model import Outcome, Page, Portal
from crawler.reader import read_page
from tests.captured import Answer, listing, post, rows
from tests.test_cli import BODY, POST, TITLE, thongbao
from tests.test_outcomes import frame

WELL = [Seen(12, 40, 40, 40, 40)]
PORTAL = Portal("soyte-mau", "Sở Y tế mẫu", "Bình Thuận", "health", "https://soyte.mau.example/")


def page_of(html: str, url: str) -> Page:
    return Page(url, 200, f"<html><meta charset=utf-8>{html}</html>".encode(), datetime.now(UTC), "text/html")


# -- pages in a portal's place ------------------------------------------------------------------------

WALLS = {
    "maintenance": (Outcome.FAILED, frame("<h2>Hệ thống đang bảo trì</h2><p>Mời quý vị quay lại sau.</p>")),
    "upgrade": (Outcome.FAILED, "<p>Cổng thông tin điện tử đang được nâng cấp, mong quý vị thông cảm.</p>"),
    "maintenance in English": (Outcome.FAILED, "<title>Site is down for maintenance</title><p>Back soon.</p>"),
    "construction": (Outcome.FAILED, "<h1>Website under construction</h1>"),
    "yellow page": (Outcome.FAILED, "<title>Runtime Error</title><h1>Server Error in '/' Application.</h1>"),
    "no database": (Outcome.FAILED, "<h1>Error establishing a database connection</h1>"),
    "login": (Outcome.BLOCKED, "<title>Đăng nhập - Sở Y tế</title><form><input name=u><input type=password></form>"),
    "single sign-on": (Outcome.BLOCKED, "<h2>Login</h2><form><input type='PASSWORD' name=p></form>"),
    "suspended": (Outcome.BLOCKED, "<h1>This Account has been suspended.</h1>"),
    "unpaid": (Outcome.BLOCKED, "<p>Website soyte.mau.example đã bị tạm khóa. Liên hệ nhà cung cấp.</p>"),
    "puzzle": (Outcome.BLOCKED, "<p>Verifying you are human. This may take a few seconds.</p>"),
    "script of a wall": (Outcome.BLOCKED, "<meta name=robots content=noindex><script src='/_Incapsula_Resource?SWJ=1'></script>"),
    "denied": (Outcome.BLOCKED, "<title>Access Denied</title><p>Reference #18.2d2c1602</p>"),
    "bad gateway": (Outcome.FAILED, "<title>502 Bad Gateway</title><center><h1>502 Bad Gateway</h1></center><hr>nginx"),
    "unavailable": (Outcome.FAILED, "<h1>503 Service Temporarily Unavailable</h1>"),
    "internal error": (Outcome.FAILED, "<title>500 - Internal server error.</title><h2>500 - Internal server error.</h2>"),
    "too busy": (Outcome.FAILED, "<p>Hệ thống đang quá tải, vui lòng quay lại sau.</p>"),
    "upgrade, with regrets": (Outcome.FAILED, "<p>Xin lỗi, trang web hiện đang tạm ngưng để nâng cấp.</p>"),
    "maintenance now": (Outcome.FAILED, "<h1>Hiện tại Cổng thông tin điện tử đang bảo trì</h1>"),
    "forbidden": (Outcome.BLOCKED, "<title>403 Forbidden</title><h1>403 Forbidden</h1><hr>nginx"),
    "login without a name": (Outcome.BLOCKED, "<title>Cổng thông tin</title><form>Tên đăng nhập <input> Mật khẩu <input type=password></form>"),
    "login elsewhere": (Outcome.BLOCKED, "<title>SSO</title><form action=https://sso.example/><input type=hidden name=SAMLRequest></form>"),
    "check of the browser": (Outcome.BLOCKED, "<p>Vui lòng chờ, hệ thống đang kiểm tra trình duyệt của bạn</p>"),
    "captcha": (Outcome.BLOCKED, "<p>Vui lòng nhập mã xác nhận để tiếp tục</p><img src=c.jpg>"),
    "not there": (Outcome.GONE, "<title>Status</title><h3>The requested resource could not be found.</h3>"),
    "bare IIS": (Outcome.GONE, "<title>IIS Windows Server</title><a href=https://www.iis.net><img></a>"),
    "bare nginx": (Outcome.GONE, "<h1>Welcome to nginx!</h1>"),
    "expired": (Outcome.GONE, "<p>Tên miền soyte.mau.example đã hết hạn.</p>"),
}  # fmt: skip


@pytest.mark.parametrize("name", WALLS)
def test_a_page_in_the_portals_place_is_named(name: str) -> None:
    outcome, html = WALLS[name]
    read = read_page(page_of(html, PORTAL.url), PORTAL)
    assert (read.problem, bool(read.reason)) == (outcome, True), read.reason
    assert "under HTTP 200" in read.reason or "the page says" in read.reason


@pytest.mark.parametrize(
    "name", ["bad gateway", "internal error", "maintenance", "too busy", "denied", "login without a name"]
)
def test_an_errors_page_is_no_post_where_one_was_asked_for(name: str) -> None:
    outcome, html = WALLS[name]
    for address in ("tin/bai-7.html", "tin-tuc/chi-tiet-tin?id=77"):
        read = read_page(page_of(html, PORTAL.url + address), PORTAL)
        assert (read.problem, read.post) == (outcome, None), read.reason


ORDINARY = {
    "a box to log in beside the menu": frame(
        "<form><input type=password></form><ul>" + "".join(f"<li><a href=/tin/bai-{n}.html>{TITLE.format(n=n)}</a>" for n in range(3)) + "</ul>"
    ),
    "an empty section": frame("<h1>Văn bản chỉ đạo</h1><p>Nội dung đang được cập nhật.</p>"),
    "a contact page": frame("<h1>Liên hệ</h1><form><input type=password name=dang-nhap></form><p>Số 1 đường A</p>"),
    "a post about maintenance": POST.format(t="Hệ thống đang bảo trì từ ngày 1/8/2021", b=BODY),
    "an undated post about shops that close": frame(
        "<div class=content><h1>Hệ thống siêu thị tạm dừng hoạt động</h1><p>" + BODY + "</p></div>"
    ),
    "a post about a login": POST.format(t="Hướng dẫn đăng nhập Sổ sức khỏe điện tử", b=BODY + "<form><input type=password></form>"),
}  # fmt: skip


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_pages_are_no_walls(name: str) -> None:
    assert read_page(page_of(ORDINARY[name], PORTAL.url + "tin/bai-7.html"), PORTAL).problem is None


# -- beside earlier readings --------------------------------------------------------------------------


def test_a_quiet_portal_raises_no_alarm_in_a_year() -> None:
    """A post a month, some undated, list pages whose length wavers."""
    chance, earlier = Random(7), [Seen(20, 60, 60, 57, 59)]
    for day in range(365):
        read = int(day % 30 == 0)
        dated = int(read and chance.random() < 0.9)
        now = Seen(chance.randint(14, 26), read, read, dated, read)
        assert beside_earlier(now, earlier) is None
        earlier.insert(0, now)


def test_a_portal_that_always_lacked_a_field_is_not_blamed() -> None:
    assert beside_earlier(Seen(12, 5, 5, 0, 5), [Seen(12, 40, 40, 0, 40), Seen(12, 6, 6, 2, 6)]) is None


@pytest.mark.parametrize(
    ("now", "field"),
    [
        (Seen(12, 3, 0, 3, 3), "a title"),
        (Seen(12, 3, 3, 0, 3), "a date"),
        (Seen(12, 9, 9, 9, 1), "a text"),
    ],
)
def test_a_field_that_stops_being_found_is_named(now: Seen, field: str) -> None:
    look = beside_earlier(now, WELL)
    assert look
    assert look.finding == Finding.UNREADABLE
    assert field in look.reason


def test_a_field_is_missed_though_posts_come_one_by_one_until_it_is_back() -> None:
    earlier, told = list(WELL), list[str]()
    for dated in (1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1):
        look = beside_earlier(Seen(12, 1, 1, dated, 1), earlier)
        told.append(look.finding if look else "")
        earlier.insert(0, Seen(12, 1, 1, dated, 1, told[-1]))
    assert told[:4] == [""] * 4
    assert told[4:7] == [Finding.UNREADABLE] * 3
    assert told[-1] == ""


def test_much_shorter_lists_are_named_until_they_are_the_usual_thing() -> None:
    earlier = [Seen(20) for _ in range(4)]
    assert beside_earlier(Seen(12), earlier) is None
    for _ in range(60):
        if not (look := beside_earlier(Seen(4), earlier)):
            break
        assert look.reason == "4 posts on its start pages, usually 20"
        earlier.insert(0, Seen(4, finding=look.finding))
        del earlier[50:]
    assert look is None
    assert 40 < len([seen for seen in earlier if seen.finding]) <= 50


# -- crawls -------------------------------------------------------------------------------------------


def state(folder: Path) -> tuple[str, str]:
    """The finding and reason of the last reading."""
    return rows(
        folder / "a.db",
        "select ifnull(finding, ''), ifnull(reason, '') from portal_runs order by run desc limit 1",
    )[0]


def full(numbers: range, **changed: Answer) -> dict[str, Answer]:
    return {"/": listing(*numbers), **{f"/tin/bai-{n}.html": post(n) for n in numbers}, **changed}


def test_what_a_reading_saw_is_kept(portal, tmp_path: Path) -> None:
    undated: Answer = (200, post(3)[1], post(3)[2].replace(b"<p>20/07/2021</p>", b""))
    site = portal(full(range(1, 9)) | {"/tin/bai-3.html": undated})
    assert site.crawl().returncode == 0
    seen = rows(
        tmp_path / "a.db", "select via, outcome, posts, first, read, titled, dated, texted from portal_runs"
    )
    assert seen == [("live", "well", 8, 8, 8, 8, 7, 8)]


def test_a_portal_that_used_to_have_posts_and_has_none_needs_a_look(portal, tmp_path: Path) -> None:
    site = portal(full(range(1, 9)))
    assert site.crawl().returncode == 0
    site.answers["/"] = 200, {"Content-Type": "text/html"}, frame("<p>Chào mừng quý vị.</p>").encode()
    done = site.crawl()
    assert done.returncode == 1
    assert state(tmp_path)[0] == Finding.NO_POSTS
    assert "no posts on its start pages, usually 8" in done.stdout


def test_a_list_that_became_much_shorter_needs_a_look_and_a_quiet_portal_none(portal, tmp_path: Path) -> None:
    site = portal(full(range(1, 13)))
    assert [site.crawl().returncode for _ in range(4)] == [0, 0, 0, 0]
    site.answers["/"] = listing(1, 2, 3)
    assert site.crawl().returncode == 1
    assert state(tmp_path) == (Finding.FEWER_POSTS, "3 posts on its start pages, usually 12")
    site.answers["/"] = listing(*range(1, 11))
    assert site.crawl().returncode == 0


def test_posts_whose_dates_are_no_longer_found_need_a_look(portal, tmp_path: Path) -> None:
    site = portal(full(range(1, 16)))
    assert site.crawl().returncode == 0
    for n in range(1, 16):
        status, headers, body = post(n)
        site.answers[f"/tin/bai-{n}.html"] = status, headers, body.replace(b"<p>20/07/2021</p>", b"")
    done = site.crawl("--json", "--anew")
    assert done.returncode == 1
    assert json.loads(done.stdout)["portals"][0]["finding"] == Finding.UNREADABLE
    assert state(tmp_path)[1] == "a date was found in 0 of the 15 posts last read, before in 100%"


def test_a_host_that_leads_to_another_is_named(portal, tmp_path: Path) -> None:
    site = portal({"/": (302, {"Location": "http://soyte.lamdong.example/"}, b"")})
    assert site.crawl().returncode == 1
    finding, reason = state(tmp_path)
    assert finding == Finding.MOVED
    assert "redirects to http://soyte.lamdong.example/" in reason


@pytest.mark.parametrize(
    ("answer", "finding"),
    [
        ((403, {}, b""), Finding.BLOCKED),
        ((200, {}, b"Request unsuccessful. Incapsula incident ID: 1"), Finding.BLOCKED),
        ((500, {}, b""), Finding.FAILING),
        ((404, {}, b""), Finding.GONE),
        ((200, {"Content-Type": "text/html"}, "<h1>Website đang bảo trì</h1>".encode()), Finding.FAILING),
        ((200, {"Content-Type": "text/html"}, "<h1>Đăng nhập</h1><input type=password>".encode()), Finding.BLOCKED),
    ],
)  # fmt: skip
def test_what_a_start_page_answers_names_the_finding(
    portal, tmp_path: Path, answer: Answer, finding: str
) -> None:
    assert portal({"/": answer}).crawl().returncode == 1
    assert state(tmp_path)[0] == finding


def test_a_portal_that_is_not_there_is_unreachable(portal, tmp_path: Path) -> None:
    site = portal({})
    site.server.shutdown()
    site.server.server_close()
    assert site.crawl().returncode == 1
    assert state(tmp_path)[0] == Finding.UNREACHABLE


def test_readings_go_with_a_merge(portal, tmp_path: Path) -> None:
    assert portal(full(range(1, 4))).crawl().returncode == 0
    assert thongbao("merge", tmp_path / "all.db", tmp_path / "a.db").returncode == 0
    sql = "select portal, run in (select id from runs), posts from portal_runs"
    assert rows(tmp_path / "all.db", sql) == [("soyte-binhthuan", 1, 3)]
