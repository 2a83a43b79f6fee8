"""Phone and fax numbers of a text, each with what it is for and whose it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from crawler import provinces
from crawler.extract.phone_digits import candidates, e164_of
from crawler.extract.phone_kinds import is_withdrawn, kind_of
from crawler.extract.phone_owners import code_owner, owner_of, subject_of
from crawler.extract.phone_places import Place, Said, place_of
from crawler.extract.phone_signs import heading_of, is_row
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
#: The longest row of a list.
_ROW = 160
#: A number named more often says nothing new: a hostile page repeats one a hundred thousand times.
_MENTIONS = 20


def find_phones(text: Text, context: Context, skip: Sequence[tuple[int, int]] = ()) -> tuple[Phone, ...]:
    """One phone per distinct number, in order of place; bank accounts, tax codes and counters are refused.

    `skip` are the spans of document numbers and links. A number printed without its area code takes that of
    the number before it or of the portal's province (`inferred`). A number named twice stands at its first
    place; a hotline anywhere is a hotline, and one withdrawn anywhere is withdrawn, with the number that
    replaces it where the text says which.
    """
    title = title_of(text)
    found: dict[str, Phone] = {}
    mentions: list[Mention] = []
    last: Phone | None = None
    for said in said_numbers(text, context, skip):
        last = phone = _phone(said, title, last)
        found[said.dial] = _both(found[said.dial], phone) if said.dial in found else phone
        if phone.kind != "fax":
            mentions.append(Mention(phone.start, phone.end, said.dial, said.place.column))
    return _replaced(text.value, _told_together(text.value, list(found.values())), mentions)


def said_numbers(text: Text, context: Context, skip: Sequence[tuple[int, int]] = ()) -> Iterator[Said]:
    """Every place of a phone number in order, each with who answers as its line and sentence say."""
    counted: Counter[str] = Counter()
    end_of_last, carried, heading = 0, None, ""
    for start, end, dial, inferred in candidates(text.value, skip, _area_of(context)):
        counted[dial] += 1
        if counted[dial] > _MENTIONS or _refused(place := place_of(text, start, end)):
            continue
        # A heading reaches as far as its list goes on, row by row.
        heading = heading_of(place) or (heading if _is_next_row(place, end_of_last) else "")
        if (said := Said(place, dial, inferred, None, heading)).short:
            owner = carried = code_owner(place)
        else:
            owner, carried = owner_of(place, max(end_of_last, place.line), carried)
        yield replace(said, owner=owner)
        end_of_last = end


def _is_next_row(place: Place, end_of_last: int) -> bool:
    """Whether a number stands in the row below that of the number before, or beside it in its row."""
    gap = place.low[end_of_last : place.start] if place.start - end_of_last <= _ROW else "\n\n"
    return gap.count("\n") <= 1 and is_row(place)


def title_of(text: Text) -> str:
    """The title in lower case, '' where there is none."""
    return next((text.value[z.start : z.end] for z in text.zones if z.name == "title"), "").lower()


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


def _phone(said: Said, title: str, last: Phone | None) -> Phone:
    """A number with all that is said of it."""
    place, dial, owner = said.place, said.dial, said.owner
    status = "withdrawn" if is_withdrawn(place) else "active"
    kind, rule = kind_of(said, title)
    announced = status == "active" and place.text.zone_at(place.start) != "chrome" and not place.is_address
    if not owner and not said.short and len(dial) >= 10 and announced:
        owner = subject_of(place)
    if status == "withdrawn" and kind == "contact" and last and last.kind == "hotline":
        kind, rule = "hotline", "withdrawn, beside a hotline"
    start, end = place.start, place.end
    mention = place.text.value[start:end]
    return Phone(dial, e164_of(dial, mention), kind, status, owner, said.inferred, mention, start, end, rule)


def _both(first: Phone, again: Phone) -> Phone:
    """What two mentions of a number say together."""
    if again.kind == "hotline" and first.kind == "contact":
        first = replace(first, kind="hotline", rule=f"{again.rule}, at a later mention")
    status = "withdrawn" if "withdrawn" in (first.status, again.status) else "active"
    return replace(first, status=status, owner=first.owner or again.owner)


def _told_together(value: str, phones: list[Phone]) -> tuple[Phone, ...]:
    """Numbers joined by "và", "hoặc" or a comma are out of use together: "0912… và 0983… ngừng hoạt động"."""
    for index in range(len(phones) - 1, 0, -1):
        one, before = phones[index], phones[index - 1]
        if one.status != "active" and TOGETHER.fullmatch(value, before.end, max(before.end, one.start)):
            phones[index - 1] = replace(before, status=one.status)
    return tuple(phones)
