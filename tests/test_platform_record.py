"""What `portals --record` keeps of a portal: every page family recorded, and read again from what was kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import thongbao
from tests.portals.crawled import Crawl, crawl
from tests.portals.families import Family, families, served, write_registry

SITES = families()
each_site = pytest.mark.parametrize("site", SITES, ids=lambda s: s.name)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Family]:
    """The families that recording each family made, by the name of the one that was recorded."""
    folder = tmp_path_factory.mktemp("recorded")
    with served(SITES) as addresses:
        write_registry(folder / "registry", SITES, addresses, "own")
        for site in SITES:
            call = ["portals", "--record", site.portal, "--registry", str(folder / "registry")]
            assert thongbao.main([*call, "--allow-loopback", "--into", str(folder / "kept")]) == 0
    made = {family.name: family for family in families(directory=folder / "kept")}
    return {site.name: made[f"{site.platform}-{site.portal}"] for site in SITES}


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory, recorded: dict[str, Family]) -> Crawl:
    return crawl(tmp_path_factory.mktemp("again"), list(recorded.values()), "own")


@each_site
def test_what_is_to_be_reviewed_is_what_the_site_says(recorded: dict[str, Family], site: Family) -> None:
    posts = {post["id"]: post for post in site.expected["posts"]}
    assert recorded[site.name].expected["posts"]
    for post in recorded[site.name].expected["posts"]:
        known = posts[post["id"]]
        same = ("title", "published", "published_time", "covid", "attachments")
        assert {key: post[key] for key in same} == {key: known[key] for key in same}
        assert post["first"].startswith(known["first"]) or known["first"].startswith(post["first"])


@each_site
def test_a_recorded_portal_is_crawled_as_it_was(
    recorded: dict[str, Family], again: Crawl, site: Family
) -> None:
    kept = recorded[site.name]
    found = sorted((r["post_id"], r["title"], r["published"], r["url"]) for r in again.rows[kept.portal])
    assert found == sorted((p["id"], p["title"], p["published"], p["url"]) for p in kept.expected["posts"])


@each_site
def test_a_recording_is_stripped_and_names_no_host(recorded: dict[str, Family], site: Family) -> None:
    pages = "".join(answer.content for answer in recorded[site.name].answers)
    assert not re.search(r"<style|<svg|<!--|127\.0\.0\.1", pages)


def test_a_portal_without_posts_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yml").write_text(
        "province: Huế\nportals:\n  - {id: a-hue, name: A, kind: other, url: 'http://127.0.0.1:9/'}\n",
        encoding="utf-8",
    )
    call = ["portals", "--record", "a-hue", "--registry", str(tmp_path), "--into", str(tmp_path / "kept")]
    assert thongbao.main([*call, "--allow-loopback"]) == 1
    assert "no post was found" in capsys.readouterr().err
    assert not (tmp_path / "kept").exists()
