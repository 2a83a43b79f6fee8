"""What the probe says of a portal: on every page family, over HTTP, and on pages that are no portal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from crawler import platforms, registry
from crawler.model import Page
from crawler.platforms.probe import Probe, probe, registry_entry
from spiders.look import Look
from tests.portals import faults
from tests.portals.families import Family, families, served
from tests.portals.faults import Answer, text

SITES = families()


def fetch(url: str) -> Page | None:
    try:
        with urlopen(url.partition("#")[0], timeout=20) as answer:
            kind = answer.headers.get("Content-Type", "")
            return Page(answer.url, answer.status, answer.read(), datetime.now(UTC), kind)
    except HTTPError as error:
        return Page(url, error.code, b"", datetime.now(UTC), "")


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    with served(SITES) as served_at:
        yield served_at


@pytest.fixture
def told(addresses: dict[str, str], request: pytest.FixtureRequest) -> tuple[Family, Probe]:
    site: Family = request.param
    return site, probe(addresses[site.portal] + "/", fetch)


each_site = pytest.mark.parametrize("told", SITES, ids=lambda s: s.name, indirect=True)


@each_site
def test_a_probe_names_the_platform_and_shows_posts_as_they_are(told: tuple[Family, Probe]) -> None:
    site, found = told
    assert (found.platform, found.basis) == (site.platform, platforms.get(site.platform).BASIS)
    assert bool(found.why) == (site.platform != "generic")
    assert found.lists
    stamps = {
        p["title"]: " ".join(filter(None, (p["published"], p["published_time"])))
        for p in site.expected["posts"]
    }
    assert found.posts
    for post in found.posts:
        assert stamps[post.title] == post.published
        assert post.first_words or not next(
            p["first"] for p in site.expected["posts"] if p["title"] == post.title
        )


@each_site
def test_the_entry_of_a_probe_is_sound(told: tuple[Family, Probe], tmp_path: Path) -> None:
    site, found = told
    entry = found.entry.replace("-PROVINCE", "-mau")
    (tmp_path / "a.yml").write_text(
        f"province: {site.expected['province']}\nportals:\n{entry}", encoding="utf-8"
    )
    assert registry.check(tmp_path) == []
    portal = next(iter(registry.load(tmp_path).portals.values()))
    assert portal.platform == (None if site.platform == "generic" else site.platform)
    assert set(portal.start) <= {url for url, _ in found.lists}
    assert len(entry.splitlines()) <= 8


def test_paging_is_shown(addresses: dict[str, str]) -> None:
    found = probe(addresses["nukeviet-mau"] + "/", fetch)
    assert found.paging.endswith("/vi/news/phong-chong-dich/page-2/")
    assert [path.removeprefix(addresses["nukeviet-mau"]) for path, _ in found.lists][:1] == ["/"]


def test_an_entry_names_province_kind_and_authority_of_the_host() -> None:
    html = "<html><head><title>Sở Y tế: tỉnh Bình Định</title></head><body></body></html>".encode()
    entry = registry_entry(Page("https://syt.binhdinh.gov.vn/", 200, html, datetime.now(UTC)), "nukeviet", [])
    assert entry.splitlines() == [
        "  - id: syt-binhdinh", "    name: 'Sở Y tế: tỉnh Bình Định'", "    kind: health",
        "    url: https://syt.binhdinh.gov.vn/", "    platform: nukeviet",
    ]  # fmt: skip


def test_the_kinds_of_known_portals_are_told_by_their_hosts() -> None:
    """Districts have any name, and what is `other` has none."""
    known = [p for p in registry.load().portals.values() if p.kind not in ("district", "other")]
    wrong = [p.url for p in known if f"kind: {p.kind}\n" not in registry_entry(bare(p.url), "generic", [])]
    assert len(wrong) <= len(known) / 20, wrong


def test_a_home_page_tells_what_its_host_does_not() -> None:
    page = bare("https://cangiuoc.longan.gov.vn/", "Trang chủ - UBND huyện Cần Giuộc")
    lines = registry_entry(page, "generic", []).splitlines()
    assert lines[1:3] == ["    name: UBND huyện Cần Giuộc", "    kind: district"]


def bare(url: str, title: str = "") -> Page:
    return Page(url, 200, f"<html><title>{title}</title></html>".encode(), datetime.now(UTC))


COOKIE = "GUEST_LANGUAGE_ID=vi_VN; Path=/"
HOME = "<html><body><a href=/tin/-/view_content/3602824-bai.html>Thông báo khẩn về phòng, chống dịch tại Gò Công</a></body></html>"
NOTICE = (
    "<html><head><title>Thông báo khẩn về phòng, chống dịch tại Gò Công</title></head><body><h1>Thông báo khẩn về phòng, chống dịch"
    " tại Gò Công</h1><span>12/07/2021 08:15</span><p>Từ 0 giờ ngày 12/7/2021 thị xã Gò Công giãn cách xã hội để phòng dịch.</p></body></html>"
)


@pytest.mark.parametrize(
    ("cookie", "link", "platform", "why"),
    [
        (COOKIE, "/tin/-/view_content/3602824-bai.html", "liferay", "its cookie GUEST_LANGUAGE_ID"),
        # A cookie of Liferay, and no address of its kind: whoever set it, structure alone reads the portal.
        (COOKIE, "/tin/bai-33871.html", "generic", ""),
        ("ASP.NET_SessionId=1", "/tin/bai-33871.html", "generic", ""),
    ],
)
def test_a_portal_without_marks_is_recognised_by_its_cookies(
    cookie: str, link: str, platform: str, why: str
) -> None:
    asked: list[str | None] = []

    def page(body: str) -> Answer:
        send = text(200, body, Set_Cookie=cookie)

        def answer(handler: BaseHTTPRequestHandler) -> None:
            asked.append(handler.headers.get("Cookie"))
            send(handler)

        return answer

    answers = {"/": page(HOME.replace("/tin/-/view_content/3602824-bai.html", link)), link: page(NOTICE)}
    with faults.served(answers) as server:
        home = f"http://127.0.0.1:{server.server_address[1]}/"
        with Look(home, allow_loopback=True, delay=0.0) as look:
            found = probe(home, look.fetch)
    assert (found.platform, found.why, len(found.posts)) == (platform, why, 1)
    # Sent back, a session's cookie would carry the language of /en/ into the pages after it.
    assert set(asked) == {None}


def test_what_is_no_portal_is_said() -> None:
    empty = probe(
        "http://p.example/",
        lambda url: Page(url, 200, b"<html><body>Hello</body></html>", datetime.now(UTC), "text/html"),
    )
    assert (empty.platform, empty.posts) == ("generic", ())
    assert any("start:" in problem for problem in empty.problems)
    dead = probe("http://p.example/", lambda url: None)
    assert dead.problems == ("http://p.example/: nothing came",)
    wall = Page(
        "http://p.example/", 200, b"Request unsuccessful. Incapsula incident", datetime.now(UTC), "text/html"
    )
    assert any("Incapsula" in problem for problem in probe("http://p.example/", lambda url: wall).problems)
