"""Crawls that come back for months: what they ask for, and what they learn. The days are the clock's."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from tests import prepared
from tests.prepared import command

ROOT = Path(__file__).parents[1]
PER_PAGE = 5
BODY = (
    "Sở Y tế đề nghị các đơn vị thực hiện nghiêm công tác phòng, chống dịch Covid-19 trên địa bàn tỉnh. " * 4
)


class Site:
    """A portal whose posts (number: day) stand five a list page; it answers with an ETag, and 304."""

    def __init__(self, folder: Path) -> None:
        self.posts = dict.fromkeys(range(1, 21), "19/07/2021")
        self.dead: set[int] = set()
        self.matter = "phòng, chống dịch Covid-19"
        self.asked: list[str] = []
        self.not_modified: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.folder, self.registry = folder, folder / "registry"
        self.registry.mkdir()
        self.enter()

    def enter(self, more: str = "") -> None:
        """Write the portal's entry."""
        (self.registry / "a.yml").write_text(
            "province: Bình Thuận\nportals:\n  - id: soyte-binhthuan\n    name: Sở Y tế Bình Thuận\n    kind: health\n"
            f"    url: http://127.0.0.1:{self.server.server_address[1]}/\n{more}",
            encoding="utf-8",
        )

    def page(self, path: str) -> str | None:
        """The page of a path: a list page, a post, or None."""
        if path == "/" or path.startswith("/?page="):
            number = int(path[7:] or 1)
            there = list(self.posts)[(number - 1) * PER_PAGE : number * PER_PAGE]
            links = "".join(
                f"<li><a href=/tin/bai-{n}0000.html>Thông báo về công tác {self.matter}, bài số {n}</a> ({self.posts[n]})</li>"
                for n in there
            )
            following = (
                f'<a href="/?page={number + 1}">Tiếp</a>' if number * PER_PAGE < len(self.posts) else ""
            )
            return f"<html><body><ul>{links}</ul><div class=paging>{following}</div></body></html>"
        number = int(path.removeprefix("/tin/bai-").removesuffix("0000.html")) if "bai-" in path else 0
        if number not in self.posts or number in self.dead:
            return None
        title = f"Thông báo về công tác {self.matter}, bài số {number}"
        return (f"<html><body><div class=content><h1>{title}</h1><p>Ngày đăng: {self.posts[number]}</p>"
                f"<p>{BODY}</p></div></body></html>")  # fmt: skip

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        """A page, 304 to who has it, or 404."""
        found = self.page(to.path)
        if to.path != "/robots.txt":
            self.asked.append(to.path)
        tag = f'"{hash(found)}"'
        if is_known := bool(found) and to.headers.get("If-None-Match") == tag:
            self.not_modified.append(to.path)
            to.send_response(304)
        else:
            to.send_response(200 if found else 404)
            to.send_header("Content-Type", "text/html; charset=utf-8")
        if found:
            to.send_header("ETag", tag)
        to.end_headers()
        if found and not is_known:
            to.wfile.write(found.encode())

    def call(self, *more: str) -> list[str]:
        """The command that crawls."""
        return ["--db", str(self.folder / "a.db"), "crawl", "--registry", str(self.registry), "--allow-loopback",
                "--delay", "0", *(more or ("soyte-binhthuan",))]  # fmt: skip

    def crawl_somehow(self, *more: str, later: int = 0) -> list[str]:
        """Crawl some days later, however it ends; what was asked for, in order."""
        self.asked.clear()
        self.not_modified.clear()
        self.done = prepared.run(self.call(*more), environment=days_later(later))
        return sorted(self.asked)

    def crawl(self, *more: str, later: int = 0) -> list[str]:
        """Crawl some days later, well; what was asked for, in order."""
        asked = self.crawl_somehow(*more, later=later)
        assert self.done.returncode == 0, self.done.stdout + self.done.stderr
        return asked

    def status(self, later: int = 0) -> subprocess.CompletedProcess[str]:
        """What `status --json` tells some days later."""
        call = ["--db", str(self.folder / "a.db"), "status", "--json"]
        return prepared.run(call, environment=days_later(later))

    def one(self, sql: str) -> object:
        """The first value of a query."""
        with closing(sqlite3.connect(self.folder / "a.db")) as database:
            return database.execute(sql).fetchone()[0]


def days_later(days: int) -> dict[str, str]:
    """What differs in the environment of a command that runs some days later."""
    return {"THONGBAO_DAYS_LATER": str(days)}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A portal of twenty posts on four list pages."""
    made = Site(tmp_path)
    yield made
    made.server.shutdown()


def test_a_second_crawl_asks_for_list_pages_alone_and_until_they_bring_nothing_new(site: Site) -> None:
    assert len(site.crawl()) == 24
    assert site.crawl(later=1) == ["/"]
    assert site.not_modified == ["/"]
    site.posts = {21: "20/07/2021"} | site.posts
    assert site.crawl(later=2) == ["/", "/?page=2", "/tin/bai-210000.html"]
    assert site.one("select count(*) from notices") == 21


def test_a_list_page_that_is_not_modified_still_leads_on(site: Site) -> None:
    """A post dead a week ago, on a list page that has not changed since, is asked for again."""
    site.dead.add(3)
    site.crawl()
    assert site.crawl(later=6) == ["/"]
    site.dead.clear()
    assert site.crawl(later=8) == ["/", "/?page=2", "/tin/bai-30000.html"]
    assert site.not_modified == ["/", "/?page=2"]
    assert site.one("select count(*) from notices") == 20


def test_list_pages_of_the_last_month_are_read_though_they_bring_nothing_new(site: Site) -> None:
    from datetime import UTC, datetime, timedelta

    recent = f"{datetime.now(UTC) - timedelta(days=9):%d/%m/%Y}"
    site.posts = {n: recent if n <= 12 else "19/07/2021" for n in site.posts}
    site.crawl()
    assert site.crawl(later=1) == ["/", "/?page=2", "/?page=3", "/?page=4"]  # page 3 has two of nine days ago
    site.posts = dict([*list(site.posts.items())[:11], (30, recent), *list(site.posts.items())[11:]])
    assert "/tin/bai-300000.html" in site.crawl(later=2)


def test_notices_are_read_again_in_turns_within_two_months_and_keep_their_old_text(site: Site) -> None:
    site.crawl()
    assert site.crawl(later=29) == ["/"]
    asked = [site.crawl(later=days) for days in (35, 45, 60)]
    posts = [path for paths in asked for path in paths if "bai-" in path]
    assert sorted(posts) == sorted(set(posts))  # none twice
    assert len(posts) == 20
    assert all(1 <= sum("bai-" in path for path in paths) < 20 for paths in asked)
    assert site.one("select count(*) from pages where reason like 'not modified%' and kind = 'post'") == 20
    site.matter = "tiêm vắc xin phòng Covid-19"
    site.crawl(later=150)
    assert site.one("select count(*) from versions") == 40
    assert site.one("select count(*) from dates where version is null") == 0


def test_a_crawl_that_was_cut_off_goes_on_where_it_stopped(site: Site) -> None:
    first = site.crawl("soyte-binhthuan", "--max-pages", "9")
    second = site.crawl(later=1)
    assert len(first) == 9
    posts = [path for path in first + second if "bai-" in path]
    assert sorted(posts) == sorted(set(posts))
    assert site.one("select count(*) from notices") == 20
    assert {"/", "/?page=2", "/?page=3", "/?page=4"} <= set(second)


def test_all_is_asked_for_again_on_request(site: Site) -> None:
    site.crawl()
    assert len(site.crawl("soyte-binhthuan", "--anew", later=1)) == 24
    assert site.not_modified == []


def test_what_since_left_out_is_read_when_it_is_wanted(site: Site) -> None:
    site.posts = {n: "19/07/2021" if n > 3 else "19/07/2022" for n in site.posts}
    site.crawl("soyte-binhthuan", "--since", "2022-01-01")
    site.crawl("soyte-binhthuan", "--since", "2022-01-01", later=1)
    assert [path for path in site.asked if "bai-" in path] == []
    site.crawl(later=2)
    assert site.one("select count(*) from notices") == 20


def test_a_portal_is_due_by_its_own_rhythm(site: Site) -> None:
    """Nothing published for years: once a week. Something new every day: twice a day; `every:` has its way."""
    assert len(site.crawl("--due")) == 24
    assert site.crawl("--due", later=6) == []
    assert "no portal is due; the first is soyte-binhthuan, at 20" in site.done.stderr
    assert site.done.stdout == ""
    assert site.one("select count(*) from runs") == 1
    assert site.crawl("--due", later=8) == ["/"]
    site.enter("    every: 12h\n")
    site.crawl(later=9)
    assert site.crawl("--due", later=9) == []
    assert site.crawl("--due", later=10) == ["/"]


def test_better_views_of_known_posts_and_only_those_are_fetched(site: Site) -> None:
    """A post first linked in English alone is read again under its Vietnamese address; print views are not."""
    site.crawl()
    page = site.page

    def with_prints(path: str) -> str | None:
        found = page(path.replace("print/", ""))
        prints = "".join(
            f"<li><a href=/print/tin/bai-{n}0000.html>In bài viết số {n} này ra giấy</a></li>"
            for n in site.posts
        )
        return found.replace("</ul>", f"{prints}</ul>") if found and path == "/" else found

    site.page = with_prints  # type: ignore[method-assign]
    assert not [path for path in site.crawl(later=1) if "print" in path]


# -- what earlier crawls could not read --------------------------------------------------------------


def fails(site: Site, *paths: str) -> set[str]:
    """Let some paths answer 500 until they leave the set."""
    failing, answer = set(paths), site.answer

    def answer_or_fail(to: BaseHTTPRequestHandler) -> None:
        if to.path not in failing:
            answer(to)
            return
        site.asked.append(to.path)
        to.send_response(500)
        to.end_headers()

    site.answer = answer_or_fail  # type: ignore[method-assign]  # what the server's handler calls
    return failing


def test_a_list_page_that_failed_once_is_asked_for_again(site: Site) -> None:
    site.posts = dict.fromkeys(range(1, 61), "19/07/2021")
    failing = fails(site, "/?page=9")
    site.crawl()
    assert site.one("select count(*) from notices") == 40
    failing.clear()
    site.crawl(later=1)
    assert site.one("select count(*) from notices") == 60
    assert site.crawl(later=2) == ["/"]


def test_a_post_that_failed_once_is_asked_for_again(site: Site) -> None:
    site.posts = dict.fromkeys(range(1, 41), "19/07/2021")
    failing = fails(site, "/tin/bai-400000.html")
    site.crawl()
    failing.clear()
    assert site.crawl(later=1) == ["/", "/tin/bai-400000.html"]
    assert site.one("select count(*) from notices") == 40


def test_a_later_crawl_that_was_cut_off_goes_on_too(site: Site) -> None:
    from datetime import UTC, datetime, timedelta

    site.crawl()
    old = f"{datetime.now(UTC) - timedelta(days=40):%d/%m/%Y}"
    site.posts = dict.fromkeys(range(100, 130), old) | site.posts
    site.crawl("soyte-binhthuan", "--max-pages", "6", later=1)
    assert "cut off at --max-pages" in site.done.stderr
    site.crawl(later=2)
    assert site.one("select count(*) from notices") == 50
    assert site.crawl(later=3) == ["/"]


def test_a_crawl_that_was_killed_is_told_and_the_next_one_goes_on(site: Site) -> None:
    from datetime import UTC, datetime, timedelta

    site.crawl()
    old = f"{datetime.now(UTC) - timedelta(days=40):%d/%m/%Y}"
    site.posts = dict.fromkeys(range(100, 130), old) | site.posts
    held, answer = Event(), site.answer

    def hold(to: BaseHTTPRequestHandler) -> None:
        if to.path == "/?page=2":
            held.set()
            Event().wait(60)
        answer(to)

    site.answer = hold  # type: ignore[method-assign]  # what the server's handler calls
    running = subprocess.Popen(
        command(*site.call("soyte-binhthuan")),
        cwd=ROOT,
        env=os.environ | days_later(1),
        stderr=subprocess.DEVNULL,
    )
    assert held.wait(60)
    running.kill()
    running.wait()
    site.answer = answer  # type: ignore[method-assign]  # what the server's handler calls
    (told,) = json.loads(site.status(later=3).stdout)["portals"]
    assert (told["state"], told["needs_look"]) == ("cut off", True)
    assert "goes on" in told["advice"]
    site.crawl(later=4)
    assert site.one("select count(*) from notices") == 50
    assert json.loads(site.status(later=4).stdout)["outcome"] == "well"


def test_a_portal_that_nobody_crawls_any_more_is_overdue(site: Site) -> None:
    site.crawl("--due")
    assert site.status(later=8).returncode == 0
    late = site.status(later=190)
    assert late.returncode == 1
    assert json.loads(late.stdout)["portals"][0]["state"] == "overdue"


def test_how_a_portal_was_read_is_written_before_slower_ones_have_ended(site: Site) -> None:
    slow = Site(site.folder / "slow") if (site.folder / "slow").mkdir() is None else site
    held, answer = Event(), slow.answer

    def hold(to: BaseHTTPRequestHandler) -> None:
        if to.path == "/":
            held.wait(60)
        answer(to)

    slow.answer = hold  # type: ignore[method-assign]  # what the server's handler calls
    text = (slow.registry / "a.yml").read_text().replace("soyte-binhthuan", "sotc-binhthuan")
    (site.registry / "b.yml").write_text(text, encoding="utf-8")
    call = command(*site.call("soyte-binhthuan", "sotc-binhthuan"))
    running = subprocess.Popen(call, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        assert running.stderr
        assert any(line.startswith("soyte-binhthuan: ") for line in running.stderr)
        assert site.one("select read_whole is not null from portals where id = 'soyte-binhthuan'")
        assert site.one("select count(*) from portal_runs") == 1
    finally:
        held.set()
        running.communicate(timeout=60)
        slow.server.shutdown()


def test_a_notice_that_moved_is_found_at_its_new_address(site: Site) -> None:
    site.crawl()
    page = site.page
    moved = "/muc-moi/bai-50000.html"

    def elsewhere(path: str) -> str | None:
        if path == "/tin/bai-50000.html":
            return None
        found = page("/tin/bai-50000.html" if path == moved else path)
        return found.replace("/tin/bai-50000.html", moved) if found else None

    site.page = elsewhere  # type: ignore[method-assign]  # what `answer` calls
    for later in (40, 65, 90):
        site.crawl(later=later)
    assert (
        site.one("select url like '%/muc-moi/bai-50000.html' from notices where post_id like '%50000'") == 1
    )
    assert site.one("select count(*) from notices where gone_since is not null") == 0
    assert site.one("select count(*) from notices") == 20


def test_an_entry_that_was_corrected_is_read_anew(site: Site) -> None:
    site.enter("    platform: vnportal\n")
    site.crawl_somehow()
    assert site.one("select count(*) from notices") < 20
    site.enter()
    site.crawl(later=1)
    assert site.one("select count(*) from notices") == 20
    assert site.crawl(later=2) == ["/"]


def test_a_dead_post_under_http_200_is_gone_when_it_is_so_twice(site: Site) -> None:
    site.crawl()
    page = site.page

    def template(path: str) -> str | None:
        return (
            "<html><body><div class=menu><a href=/>Trang chủ</a></div></body></html>"
            if "bai-70000" in path
            else page(path)
        )

    site.page = template  # type: ignore[method-assign]  # what `answer` calls
    site.crawl(later=65)
    assert site.one("select count(*) from notices where gone_since is not null") == 0
    site.crawl(later=130)
    assert site.one("select post_id like '%70000' from notices where gone_since is not null") == 1


def test_paging_that_broke_is_told(site: Site) -> None:
    site.posts = dict.fromkeys(range(1, 41), "19/07/2021")
    site.crawl()
    page = site.page
    site.page = lambda path: (page(path) or "").replace("?page=", "?trang-") or None  # type: ignore[method-assign]
    site.crawl_somehow("soyte-binhthuan", "--anew", later=1)
    assert site.done.returncode == 1
    assert "5 posts on all its list pages, before 40" in site.done.stdout


def test_a_budget_that_was_spent_is_told(site: Site) -> None:
    site.enter("    settings: {THONGBAO_PORTAL_PAGES: 9}\n")
    site.crawl_somehow()
    assert site.done.returncode == 1
    assert "cut off at its budget of 9 pages: the next crawl goes on" in site.done.stdout
    for later in (1, 2, 3):
        site.crawl_somehow(later=later)
    assert site.one("select count(*) from notices") == 20


def test_a_portal_with_fewer_posts_than_expected_is_asked_as_often_as_before(site: Site) -> None:
    from datetime import UTC, datetime, timedelta

    site.enter("    every: 12h\n    expect: {posts: 25}\n")
    for later in range(4):
        site.crawl_somehow(later=later)
        assert "20 posts found, 25 expected" in site.done.stdout  # a reading of the newest does not forget it
    assert site.asked == ["/"]
    due = datetime.fromisoformat(str(site.one("select next_due from portals")))
    assert due - datetime.now(UTC) - timedelta(days=3) < timedelta(hours=13)


def in_place_of_posts(site: Site, html: str, *numbers: int) -> None:
    """Let a page under HTTP 200 stand at the addresses of posts."""
    page, places = site.page, [f"/tin/bai-{number}0000.html" for number in numbers]
    site.page = lambda path: html if path in places else page(path)  # type: ignore[method-assign]


ODD = "<html><body><div class=content><h1>Trang chuyển tiếp dữ liệu</h1><p>Mời quý vị thử lại vào lúc khác.</p></div></body></html>"


def test_an_errors_page_in_unknown_words_takes_no_notices_place(site: Site) -> None:
    site.crawl()
    page = site.page
    in_place_of_posts(site, ODD, *site.posts)
    site.crawl_somehow(later=65)
    assert site.done.returncode == 1
    assert site.one("select count(*) from notices where covid = 1 and title like 'Thông báo về%'") == 20
    assert site.one("select count(*) from versions") == 20
    assert (
        site.one("select count(*) from pages where outcome = 'empty' and reason like '%Trang chuyển tiếp%'")
        == 20
    )
    assert site.one("select count(*) from notices where gone_since is not null") == 0
    site.page = page  # type: ignore[method-assign]
    site.crawl(later=130)
    assert site.one("select count(*) from pages where kind = 'post' and outcome = 'unchanged'") == 20


def test_posts_that_were_an_errors_page_at_first_are_read_when_they_are_there(site: Site) -> None:
    page = site.page
    in_place_of_posts(site, ODD, *site.posts)
    site.crawl_somehow()
    assert site.done.returncode == 1
    assert "20 of 20 posts could not be read" in site.done.stdout
    site.page = page  # type: ignore[method-assign]
    site.crawl(later=8)
    assert site.one("select count(*) from notices") == 20
