"""Whom to ask for a removal, and who crawls: named once, told on every page and to every portal."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

import thongbao
from db.site.app import build
from tests.captured import Portal, files_of, listing, post
from tests.test_cli import thongbao as command
from tests.test_site import get

MAIL, PAGE = "go-bo@site.example", "https://site.example/lien-he?a=1&b=2"


@pytest.mark.parametrize(
    ("contact", "href"), [(MAIL, f"mailto:{MAIL}"), (PAGE, "https://site.example/lien-he?a=1&amp;b=2")]
)
def test_every_page_names_the_contact_and_about_says_what_for(
    sample_index: Path, contact: str, href: str
) -> None:
    site = build(sample_index, contact)
    for address in ("/", "/hotlines", "/portal/soyte-mau", "/notice/1"):
        footer = get(site, address).text.partition("<footer>")[2]
        assert f'href="{href}"' in footer, address
    for lang in ("vi", "en"):
        page = get(site, f"/about?lang={lang}").text
        assert page.count(f'href="{href}"') == 2
        assert "--contact" not in page


def test_without_one_about_says_so_and_how_to_name_one(sample_index: Path) -> None:
    site = build(sample_index)
    assert "không ghi nơi liên hệ" in get(site, "/about").text
    page = get(site, "/about?lang=en").text
    assert "names no contact" in page
    assert "serve --contact" in page
    assert "<footer>" not in page


@pytest.mark.parametrize("wrong", ["javascript:alert(1)", "me", "a@b", "x y@site.example", "mailto:<b>@c.vn"])
def test_what_is_no_contact_is_a_wrong_call(
    sample_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    calls = (["serve"], ["publish", "--static", tmp_path / "copy"])
    for call in calls:
        done = command("--db", sample_index, *call, "--contact", wrong)
        assert (done.returncode, "is no contact" in done.stderr) == (thongbao.WRONG_CALL, True)
    monkeypatch.setenv("THONGBAO_CONTACT", wrong)
    for call in (*calls, ["crawl", "--all"]):
        done = command("--db", tmp_path / "a.db", *call)
        assert (done.returncode, "is no contact" in done.stderr) == (thongbao.WRONG_CALL, True), call


def test_a_crawl_tells_portals_who_crawls(
    portal: Callable[..., Portal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THONGBAO_CONTACT", MAIL)
    site = portal({"/": listing(1), "/tin/bai-1.html": post(1)})
    assert site.crawl("--captures", "all").returncode == thongbao.WELL
    (file,) = files_of(site.folder)
    assert f"contact: {MAIL})".encode() in gzip.decompress(file.read_bytes())
