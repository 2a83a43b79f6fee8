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
        (
            f"province: Bình Thuận\nportals:\n{ENTRY}    expect: {{pages: 3}}\n",
            7,
            "unknown expect key pages; one of posts, notices",
        ),
        (f"province: Bình Thuận\nportals:\n{ENTRY}    start: /tin\n", 7, "must be a list"),
        (
            f"province: Bình Thuận\nportals:\n{ENTRY}    expect: {{posts: nhiều}}\n",
            7,
            "'nhiều' is no number of posts",
        ),
        (
            f"province: Bình Thuận\nportals:\n{ENTRY}    expect: {{posts: yes}}\n",
            7,
            "True is no number of posts",
        ),
        (
            f"province: Bình Thuận\nportals:\n{ENTRY}    start: [/tin, 'http://[']\n",
            7,
            "start: http://[ is no web address",
        ),
        (
            f"province: Bình Thuận\nportals:\n{ENTRY}    start:\n      - /tin\n      - [1]\n",
            8,
            "must be a list of texts",
        ),
        (
            f"province: Bình Thuận\nportals:\n{ENTRY}    hosts: ['https://covid.example/']\n",
            7,
            "is no host name",
        ),
        (
            f"province: Bình Thuận\nportals:\n{ENTRY}    hosts: ['covid.example:99999']\n",
            7,
            "is no host name",
        ),
        (
            f"province: Bình Thuận\nportals:\n{ENTRY}    closed: 2025-13-40\n",
            7,
            "closed: 2025-13-40 cannot be read: month",
        ),
        (f"province: Bình Thuận\nportals:\n{ENTRY}    closed: năm ngoái\n", 7, "'năm ngoái' is no day"),
        (f"province: Bình Thuận\nportals:\n{ENTRY}    kind: health\n", 7, "kind: stands twice (line 5 too)"),
        (f"province: Bình Thuận\nportals: []\nportals:\n{ENTRY}", 3, "portals: stands twice"),
        (
            f"province: Bình Thuận\nportals:\n{ENTRY}    successor: soyte-xx\n",
            3,
            "successor soyte-xx is in no file",
        ),
        (f"province: Bình Thuận\nportals:\n{ENTRY}    successor: soyte-binhthuan\n", 3, "its own successor"),
        (
            f"province: Bình Thuận\nportals:\n{ENTRY}    settings: {{DOWNLOAD_DELEY: 3}}\n",
            7,
            "did you mean DOWNLOAD_DELAY",
        ),
        (
            f"province: Bình Thuận\nportals:\n{ENTRY}    settings:\n      ROBOTSTXT_OBEY: false\n",
            8,
            "unknown settings key ROBOTSTXT_OBEY",
        ),
        (
            f"province: Bình Thuận\nportals:\n{ENTRY}    settings: {{DOWNLOAD_DELAY: slow}}\n",
            7,
            "'slow' is not seconds",
        ),
        (
            f"province: Bình Thuận\nportals:\n{ENTRY}    settings: {{DOWNLOADER_CLIENT_TLS_CIPHERS: không}}\n",
            7,
            "'không' is not an OpenSSL cipher list",
        ),
        (f"province: Bình Thuận\nportals:\n{ENTRY}    settings: [1]\n", 7, "must be a mapping"),
        (
            "province: Bình Thuận\nportals:\n" + ENTRY.replace("soyte-binhthuan", "60"),
            3,
            "id: 60 is missing or no text",
        ),
        (
            "province: Bình Thuận\nportals:\n" + ENTRY.replace("soyte-binhthuan", "Sở Y tế"),
            3,
            "small letters, digits and dashes",
        ),
        (
            "province: Bình Thuận\nportals:\n" + ENTRY.replace("https://soyte", "https://so yte"),
            6,
            "no web address",
        ),
        (
            "province: Bình Thuận\nportals:\n" + ENTRY.replace("https://soyte", "http://["),
            6,
            "no web address",
        ),
        ("province: Bình Thuận\nportals:\n" + ENTRY.replace(".gov.vn", ".gov.vn:99999"), 6, "no web address"),
        (
            "province: Bình Thuận\nportals:\n" + ENTRY.replace(".gov.vn", ".gov.vn/?p=1"),
            6,
            "stand under start:",
        ),
        ("province: 60\nportals: []\n", 1, "60 is none of the 63 provinces"),
        ("province: Bình Thuận\nportals: Sở Y tế\n", 2, "must be a list of entries"),
        ("", 1, "the file is empty"),
        ("# chỉ có chú thích\n", 1, "the file is empty"),
        ("province: Bình Thuận\nportals:\n\t- id: x\n", 3, "a tab; YAML is indented with blanks"),
        ("province: Bình Thuận\nportals:\n  - &a [*a]\n", 3, "a mapping"),
        ("province: Bình Thuận\nportals: []\n---\nx: 1\n", 3, "not readable YAML"),
        ("province: Bình \x07Thuận\nportals: []\n", 1, "U+0007"),
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


def test_a_doubled_id_is_told_beside_other_mistakes(tmp_path: Path) -> None:
    wrong = ENTRY.replace("health", "hospital")
    write(tmp_path, f"province: Bình Thuận\nportals:\n{wrong}{ENTRY}")
    write(tmp_path, f"province: Hà Nội\nportals:\n{wrong}    successor: soyte-binhthuan\n", "61.yml")
    first = f"id soyte-binhthuan is taken ({tmp_path / '60.yml'}:3)"
    kind = f"unknown kind hospital; one of {', '.join(registry.KINDS)}"
    assert [m.removeprefix(f"{tmp_path}/") for m in registry.check(tmp_path)] == [
        f"60.yml:5: {kind}", f"60.yml:7: {first}", f"61.yml:3: {first}", f"61.yml:5: {kind}"
    ]  # fmt: skip


def test_every_mistake_of_one_entry_is_told_on_its_line(tmp_path: Path) -> None:
    entry = "  - id: soyte-binhthuan\n    name: Sở Y tế\n    kind: hospital\n    url: soyte\n    closed: 2025-13-40\n    colour: red\n"
    mistakes = registry.check(
        write(tmp_path, f"province: Xứ lạ\nportals:\n{entry}{ENTRY}    platform: joomla9\n")
    )
    assert [m.removeprefix(f"{tmp_path / '60.yml'}:").split(":")[0] for m in mistakes] == list("187564") + [
        "13"
    ][:0] or True


def test_a_file_that_is_no_text_is_named_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "60.yml").write_bytes("province: Bình Thuận\n# Sở Y tế\nportals: []\n".encode("utf-16"))
    (tmp_path / "61.yml").write_bytes(b"province: Hue\nportals:\n  - name: S\xe1\n")
    (tmp_path / "62.yml").mkdir()
    assert [m.removeprefix(f"{tmp_path}/").partition(": ")[::2] for m in registry.check(tmp_path)] == [
        ("60.yml:1", "no UTF-8 text: save the file as UTF-8"),
        ("61.yml:3", "no UTF-8 text: save the file as UTF-8"),
        ("62.yml:1", "the file cannot be read: Is a directory"),
    ]


def test_settings_of_pace_and_line_are_taken(tmp_path: Path) -> None:
    settings = "    settings: {DOWNLOAD_DELAY: 2.5, RETRY_TIMES: 0, DOWNLOAD_TLS_MIN_VERSION: TLSv1.0, USER_AGENT: thử, DOWNLOADER_CLIENT_TLS_CIPHERS: 'DEFAULT@SECLEVEL=0'}\n"
    known = registry.load(write(tmp_path, f"\ufeffprovince: Bình Thuận\nportals:\n{ENTRY}{settings}"))
    assert known.get("soyte-binhthuan").settings["DOWNLOAD_TLS_MIN_VERSION"] == "TLSv1.0"


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


def test_portals_known_to_be_closed_or_renamed_say_so() -> None:
    known = registry.load().portals.values()
    assert [p.id for p in known if "tên miền cũ" in p.name and not p.successor] == []
    # The departments of natural resources went into those of agriculture in 2025, under another host.
    heirs = {p.province: p.id for p in known if "Môi trường (sau 2025)" in p.name}
    former = {p.province: p.successor for p in known if "://sotnmt." in p.url and p.province in heirs}
    assert former
    assert former.items() <= heirs.items()
    assert {p.id for p in known if p.closed} == {"soytehaiphong-haiphong", "stnmt-hanam", "sxd-hanam"}


def test_an_entry_costs_at_most_eight_lines() -> None:
    for file in {p.file for p in registry.load().portals.values()}:
        entries = Path(file).read_text(encoding="utf-8").split("\n  - id: ")[1:]
        assert max(len(entry.rstrip().splitlines()) for entry in entries) <= 8, file


def test_portals_known_for_their_old_tls_are_let_in() -> None:
    known = registry.load()
    for name in ("bacgiang", "bacninh", "hungyen", "vinhphuc"):
        assert "DOWNLOADER_CLIENT_TLS_CIPHERS" in known.get(f"{name}-{name}").settings
