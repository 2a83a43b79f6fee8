"""Phone and fax numbers of a text, each with what it is for and whose it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from crawler import provinces
from crawler.extract.phone_digits import candidates, e164_of
from crawler.extract.phone_kinds import FOR_OTHERS, HEALTH_POST, OFFERED_BEHIND, is_row, is_withdrawn, kind_of
from crawler.extract.phone_owners import code_owner, owner_of, subject_of
from crawler.extract.phone_places import Place, place_of
from crawler.extract.phone_successors import TOGETHER, Mention, successors
from crawler.extract.scan import last_match
from crawler.model import Context, Phone, Text

_NOT = re.compile(
    r"tài khoản(?! (?:zalo|viber))|\bstk\b|\b(?:số )?tk\b|mã số|mã (?:hồ sơ|qhns|đơn vị|bệnh nhân)|đkkd"
    r"|\bmst\b"
    r"|đăng ký (?:kinh )?doanh|đăng ký doanh nghiệp|cmnd|cmtnd|cccd|căn cước|hộ chiếu|thẻ bhyt|giấy (?:phép"
    r"|chứng nhận)|số thẻ|số lô|số seri"
    r"|lượt|truy cập|số tiền|bệnh nhân\s*(?:số)?\s*$|\bbn\s*$"
)
#: What lies between a refused label and a number that is a phone all the same: "MST: 2100152345 - ĐT: 0294…".
_OTHER = re.compile(r"\d{5}|điện thoại|\bđt\b|\btel\b|sđt|hotline|đường dây|liên hệ|gọi|zalo|[;\n]")
#: A number named more often says nothing new: a hostile page repeats one a hundred thousand times.
_MENTIONS = 20


def find_phones(text: Text, context: Context, skip: Sequence[tuple[int, int]] = ()) -> tuple[Phone, ...]:
    """One phone per distinct number, in order of place; bank accounts, tax codes and counters are refused.

    `skip` are the spans of document numbers and links. A number printed without its area code takes that of
    the number before it or of the portal's province (`inferred`). A number named twice stands at its first
    place; a hotline anywhere is a hotline, and one withdrawn anywhere is withdrawn, with the number that
    replaces it where the text says which.
    """
    title = next((text.value[z.start : z.end] for z in text.zones if z.name == "title"), "").lower()
    found: dict[str, Phone] = {}
    counted: Counter[str] = Counter()
    mentions: list[Mention] = []
    last: Phone | None = None
    carried: str | None = None
    for start, end, dial, inferred in candidates(text.value, skip, _area_of(context)):
        counted[dial] += 1
        if counted[dial] > _MENTIONS or _refused(place := place_of(text, start, end)):
            continue
        phone, carried = _phone(place, dial, inferred, title, last, carried)
        found[dial] = _both(found[dial], phone) if dial in found else phone
        last = phone
        if phone.kind != "fax":
            mentions.append(Mention(start, end, dial, place.column))
    return _replaced(text.value, _told_together(text.value, list(found.values())), mentions)


def _replaced(value: str, phones: tuple[Phone, ...], mentions: Sequence[Mention]) -> tuple[Phone, ...]:
    """The numbers out of use with those that replace them."""
    found = successors(value, mentions, {p.dial for p in phones if p.status == "withdrawn"})
    return tuple(replace(p, replaced_by=found[p.dial]) if p.dial in found else p for p in phones)


def _area_of(context: Context) -> str:
    province = provinces.by_name(context.province) if context.province else None
    return f"0{province.area_code}" if province else ""


def _refused(place: Place) -> bool:
    refusal = last_match(_NOT, place.low, max(0, place.start - 28), place.start)
    return refusal is not None and not _OTHER.search(place.low, refusal.end(), place.start)


def _phone(
    place: Place, dial: str, inferred: bool, title: str, last: Phone | None, carried: str | None
) -> tuple[Phone, str | None]:
    """A number with all that is said of it, and the owner that it passes on to a second number."""
    mention = place.text.value[place.start : place.end]
    kind, rule = kind_of(place, dial, title)
    if not rule:
        kind, rule = _as_the_one_before(place, last)
    elif rule == HEALTH_POST and last and last.rule == FOR_OTHERS and _is_next_row(place, last):
        kind, rule = last.kind, last.rule
    status = "withdrawn" if is_withdrawn(place) else "active"
    if len(dial) < 9 and (len(dial) < 8 or dial.endswith("1022")):
        owner = carried = code_owner(place)
    else:
        since = last.end if last and last.end > place.line else place.line
        owner, carried = owner_of(place, since, carried)
        announced = status == "active" and rule not in ("chrome", "a line of addresses")
        if not owner and len(dial) >= 10 and announced:
            owner = subject_of(place)
    if status == "withdrawn" and kind == "contact" and last and last.kind == "hotline":
        kind, rule = "hotline", "withdrawn, beside a hotline"
    return Phone(
        dial, e164_of(dial, mention), kind, status, owner, inferred, mention, place.start, place.end, rule
    ), carried


def _as_the_one_before(place: Place, last: Phone | None) -> tuple[str, str]:
    """A number is what the one before it is, on its line or in the row above of its list."""
    if last and last.kind == "hotline":
        gap = place.low[last.end : place.start]
        same_line = len(gap) < 60 and not re.search(r"\n|\.\s|fax", gap)
        next_row = "list" in last.rule and _is_next_row(place, last)
        if same_line or next_row:
            return "hotline", last.rule if next_row else "listed after a hotline"
    return "contact", "no hotline words"


def _is_next_row(place: Place, last: Phone) -> bool:
    gap = place.low[last.end : place.start]
    return len(gap) <= 160 and gap.count("\n") == 1 and is_row(place)


def _both(first: Phone, again: Phone) -> Phone:
    """What two mentions of a number say together."""
    if again.kind == "hotline" and first.kind == "contact":
        first = replace(first, kind="hotline", rule=f"{again.rule}, at a later mention")
    status = "withdrawn" if "withdrawn" in (first.status, again.status) else "active"
    return replace(first, status=status, owner=first.owner or again.owner)


def _told_together(value: str, phones: list[Phone]) -> tuple[Phone, ...]:
    """Give to numbers joined by "và", "hoặc" or a comma what is said behind the last of them.

    "0912… và 0983… ngừng hoạt động" withdraws both, "0912… hoặc 0983… để được tư vấn" offers both.
    """
    for index in range(len(phones) - 1, 0, -1):
        one, before = phones[index], phones[index - 1]
        offered = one.rule == OFFERED_BEHIND and before.kind == "contact"
        if not offered and one.status == "active":
            continue
        if TOGETHER.fullmatch(value, before.end, max(before.end, one.start)):
            if offered:
                before = replace(before, kind="hotline", rule=OFFERED_BEHIND)
            phones[index - 1] = replace(before, status=one.status) if one.status != "active" else before
    return tuple(phones)
