"""Who issues what: codes of authorities from the symbols of their documents."""

from __future__ import annotations

import re
from functools import lru_cache

from crawler import provinces

#: Central authorities as symbols name them (Decree 30/2020/NĐ-CP, annex III; Party and Assembly usage).
CENTRAL = frozenset(
    [
        "CP",
        "TTg",
        "BYT",
        "BTC",
        "BTTTT",
        "BNV",
        "BGDĐT",
        "BLĐTBXH",
        "BCT",
        "BGTVT",
        "BXD",
        "BTNMT",
        "BVHTTDL",
        "BCA",
        "BQP",
        "BKHĐT",
        "BKHCN",
        "BTP",
        "BNG",
        "BNNPTNT",
        "VPCP",
        "TW",
        "BCĐQG",
        "TLĐ",
        "TANDTC",
        "VKSNDTC",
        "NHNN",
        "BHXH",
    ]
)


@lru_cache(maxsize=4096)
def issuer_of(symbol: str, province_name: str | None) -> str:
    """The issuer's code: `TTg`, `BYT` … for central authorities, `UBND:77` for a province's committee.

    A local symbol belongs to the portal's own province (`province_name`, of 2021; design rule 4); '' where
    neither tells.
    """
    parts = re.split(r"[/-]", symbol)
    for part in parts:
        if assembly := re.fullmatch(r"(UBTVQH|QH)\d+", part):
            return assembly[1]
        if part in CENTRAL:
            return part
    province = provinces.by_name(province_name) if province_name else None
    local = next((p for p in parts if re.match(r"UBND|HĐND|TU$|BCĐ|S[A-ZĐ]{2,}", p)), "")
    head = re.match(r"UBND|HĐND|TU|BCĐ|[A-ZĐ]+", local)
    return f"{head[0]}:{province.code}" if head and province else ""
