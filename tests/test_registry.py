"""The registry: what a file may say, and the sentence that each mistake gets, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler import registry
from crawler.provinces import PROVINCES
from crawler.registry import RegistryError, UnknownPortal

ENTRY = "  - id: soyte-binhthuan\n    name: Sở Y tế Bình Thuận\n    kind: health\n    url: https://soyte.binhthuan.gov.vn\n"


def write(folder: Path, text: str, name: str = "60.yml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_portal_is_read_with_its_start_pages(tmp_path: Path) -> None:
    start = "    start: [/tin-tuc, https://covid.binhthuan.gov.vn/]\n    hosts: [covid.binhthuan.gov.vn]\n    closed: 2025-07-01\n"
    portal = registry.load(write(tmp_path, f"province: binh thuan\nportals:\n{ENTRY}{start}")).get(
        "soyte-binhthuan"
    )
    assert (portal.province, portal.url) == ("Bình Thuận", "https://soyte.binhthuan.gov.vn/")
    assert portal.start == ("https://soyte.binhthuan.gov.vn/tin-tuc", "https://covid.binhthuan.gov.vn/")
    assert str(portal.closed) == "2025-07-01"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (f"province: Bình Thuận\nportals:\n{ENTRY}    colour: red\n", 7, "unknown key colour"),
        (f"province: Bình Thuận\nportals:\n{ENTRY}    platfrom: liferay\n", 7, "did you mean platform"),
        (f"province: Bình Thuận\nportals:\n{ENTRY}    platform: joomla9\n", 7, "unknown platform joomla9"),
        (f"province: Sài Gòn Nhỏ\nportals:\n{ENTRY}", 1, "none of the 63 provinces"),
        (
            "province: Bình Thuận\nportals:\n" + ENTRY.replace("health", "hospital"),
            5,
            "unknown kind hospital",
        ),
        ("province: Bình Thuận\nportals:\n" + ENTRY.replace("https://", "htp:/"), 6, "no web address"),
        (f"province: Bình Thuận\nportals:\n{ENTRY}{ENTRY}", 7, "is taken"),
        (f"province: Bình Thuận\nportals:\n{ENTRY}    expect: {{pages: 3}}\n", 7, "posts and notices"),
        (f"province: Bình Thuận\nportals:\n{ENTRY}    start: /tin\n", 7, "must be a list"),
        ("province: Bình Thuận\nportals:\n  - [1\n", 4, "not readable YAML"),
        ("portals: []\n", 1, "two keys"),
        ("province: Bình Thuận\nportals:\n  - chuỗi\n", 3, "a mapping"),
        ("province: Bình Thuận\nportals:\n" + ENTRY.replace("    kind: health\n", ""), 3, "kind: is missing"),
    ],
)
def test_a_mistake_names_file_and_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(RegistryError) as caught:
        registry.load(write(tmp_path, text))
    assert caught.value.mistakes[0].startswith(f"{tmp_path / '60.yml'}:{line}: ")
    assert said in caught.value.mistakes[0]


def test_every_mistake_is_told_at_once_and_both_endings_count(tmp_path: Path) -> None:
    write(tmp_path, "province: Bình Thuận\nportals:\n" + ENTRY.replace("health", "x"))
    write(tmp_path, "province: Xứ lạ\nportals: []\n", "61.yaml")
    assert len(registry.check(tmp_path)) == 2


def test_no_file_is_a_mistake(tmp_path: Path) -> None:
    assert "no .yml file" in registry.check(tmp_path)[0]


def test_the_packaged_registry_is_sound_and_found_by_name() -> None:
    assert registry.check() == []
    known = registry.load()
    assert {"soyte-brvt", "covid-brvt", "stc-binhthuan", "sotttt-hanoi"} <= set(known.portals)
    assert known.of_province("ba ria vung tau")
    assert {p.province for p in known.portals.values()} == {p.name for p in PROVINCES}
    with pytest.raises(UnknownPortal, match="did you mean soyte-brvt"):
        known.get("soyte-brv")


def test_there_are_63_provinces_in_34_of_today_with_codes_and_regions() -> None:
    assert len(PROVINCES) == len({p.code for p in PROVINCES}) == 63
    assert len({p.name_2025 for p in PROVINCES}) == 34
    assert len({p.region for p in PROVINCES}) == 6
    assert len({p.area_code for p in PROVINCES}) == 63
