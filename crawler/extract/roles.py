"""Whether a notice is about a document (`subject`) or only names it (`cited`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from crawler.extract.numbers import NumberHit
from crawler.issuers import CENTRAL
from crawler.model import Citation, Text

_LEGAL = re.compile(r"(?:cơ sở|căn cứ) pháp lý[^.\n]*$", re.I)
_CLAUSE = re.compile(r"[;\n]|\.\s|:\s")
_ISSUES = re.compile(
    r"(?:ban hành|\bcó|\bký|gửi(?:[^.;\n]{0,40},)?|phát hành|phát đi|\bra|công bố|thông qua|phê duyệt"
    r"|trình ban hành)"
    r"(?:\s+(?:các|những|tiếp|thêm|ngay|mới))*\s+[^.;,\n]{0,40}$",
    re.I,
)
_ISSUED = re.compile(r"[^.;\n]{0,40}?(?:được|do)\s[^.;,\n]{0,40}(?:ban hành|ký|thông qua|phê duyệt)", re.I)
# Words that make what follows a ground of something else, never the news itself.
_GROUND = re.compile(
    r"thực hiện|thi hành|căn cứ|cơ sở pháp lý|\btheo\b|\btại\b|triển khai|thay thế|sửa đổi|bổ sung|chấp"
    r" hành|tinh thần"
    r"|áp dụng|hưởng ứng|sau khi|từ khi|trước đó|kèm|nêu|\bđúng\b|dựa",
    re.I,
)
# "Thực hiện chỉ đạo của Thủ tướng, UBND tỉnh vừa ban hành …": the ground ends where the publisher begins.
_NEW_SUBJECT = re.compile(r",\s*(?:(?:ngày|hôm|sáng|chiều)\s[\d/. ]+|hôm nay|[^\W\da-zà-ỹ])")
_BY = re.compile(
    r"(?:\btheo|nêu (?:tại|trong|ở)|ghi (?:tại|trong|ở)|\btại|làm theo|qua)\s[^.;,\n]{0,30}$", re.I
)
_AND = re.compile(r"\s*(?:,|và|cùng|;)?\s*(?:các\s+)?(?:[^\W\d]+\s+){0,3}(?:số\s*:?\s*)?", re.I)
_LISTED = re.compile(r"\s*(?:,|và|cùng)\s*(?:các\s+)?(?:[^\W\d]+\s+){0,3}(?:số\s*:?\s*)?", re.I)
_DAY = re.compile(r"\s*,?\s*\(?ngày [\d/.-]+(?:\s*tháng \d+ năm \d{4})?\)?", re.I)
_FILE = re.compile(r"[^\n]{0,30}\.(?:pdf|docx?|xlsx?|zip|rar)", re.I)
_LEAD = 700
_ORDERS = ("Công văn", "Quyết định", "Chỉ thị", "Công điện", "Thông báo")


def roles(text: Text, hits: Sequence[NumberHit], citations: Sequence[Citation]) -> dict[str, str]:
    """The role of each distinct document by its number.

    A document is the subject when the title names it as an act, or the text reports it as issued. Of acts
    of several levels in one report (Thủ tướng, UBND tỉnh, Sở) the lowest is the news. Where nothing is
    reported, the local act that the opening says to follow, or the attached file, is the subject.
    """
    by_number = {c.number: c for c in citations}
    issued: set[str] = set()
    previous: NumberHit | None = None
    for hit in hits:
        if hit.number not in by_number:
            continue
        if _in_title(text, hit, hits) or _is_issued(text, hit) or _continues(text.value, previous, hit):
            issued.add(hit.number)
            previous = hit
    issued = _news(issued, text, hits, by_number) or _followed(text, hits, by_number)
    if _is_list(text, hits):
        issued = set(by_number)
    return {number: "subject" if number in issued else "cited" for number in by_number}


def _continues(value: str, issued: NumberHit | None, hit: NumberHit) -> bool:
    """The next of a list of acts: "ban hành Quyết định số 1/QĐ-UBND và Quyết định số 2/QĐ-UBND"."""
    if issued is None or hit.start - issued.end > 120:
        return False
    return bool(_LISTED.fullmatch(_DAY.sub("", value[issued.end : hit.start])))


def _clause_before(value: str, at: int) -> str:
    window = value[max(0, at - 200) : at]
    return _CLAUSE.split(window)[-1]


def _in_title(text: Text, hit: NumberHit, hits: Sequence[NumberHit]) -> bool:
    if text.zone_at(hit.start) != "title":
        return False
    title = next(z for z in text.zones if z.name == "title" and z.start <= hit.start < z.end)
    if _GROUND.search(text.value[title.start : hit.noun_at]):
        return False
    before = [h for h in hits if title.start <= h.start < hit.start]
    return not before or bool(_AND.fullmatch(text.value, before[-1].end, hit.start))


def _is_issued(text: Text, hit: NumberHit) -> bool:
    value = text.value
    if _is_letterhead(value, hit):
        return True
    if text.zone_at(hit.start) == "chrome":
        return False
    before = value[max(0, hit.noun_at - 200) : hit.noun_at]
    if "pháp lý" in before and _LEGAL.search(before):
        return False
    clause = _CLAUSE.split(before)[-1]
    verb = None
    for verb in _ISSUES.finditer(clause):  # noqa: B007 - the last one is wanted
        pass
    if verb:
        ground = None
        for ground in _GROUND.finditer(clause):  # noqa: B007 - the last one is wanted
            pass
        if ground is None:
            return True
        return ground.start() < verb.start() and bool(_NEW_SUBJECT.search(clause, ground.end(), verb.end()))
    return bool(_ISSUED.match(value, hit.end)) and not _GROUND.search(clause)


def _is_letterhead(value: str, hit: NumberHit) -> bool:
    """The act printed whole: "Số: 855/BCĐ-TBTTTT" on a line of its own at the top."""
    begin, end = value.rfind("\n", 0, hit.start) + 1, value.find("\n", hit.end)
    if hit.noun and begin == hit.noun_at and hit.end == end and hit.start < 200:
        return True  # "THÔNG BÁO KHẨN SỐ 04" as the heading
    return (
        hit.noun is None
        and hit.start < 400
        and bool(re.fullmatch(r"\s*số\s*:?\s*", value[begin : hit.start], re.I))
    )


def _orders(citation: Citation) -> bool:
    """A local act that tells people what to do: a report or a plan is only a source."""
    return _level(citation) > 0 and citation.type in (
        "Công văn",
        "Quyết định",
        "Chỉ thị",
        "Công điện",
        "Thông báo",
    )


def _level(citation: Citation) -> int:
    return _level_of(citation.number)


@lru_cache(maxsize=4096)
def _level_of(number: str) -> int:
    """0 central, 1 province, 2 department, district or commune, as the number's symbol tells."""
    parts = re.split(r"[/-]", number)[1:]
    if any(re.match(r"S[A-ZĐ]{2,}|P[A-ZĐ]{3,}|TTYT|UBX|UBP", p) for p in parts):
        return 2
    if any(re.match(r"UBND|CTUBND|HĐND|TU$|BCĐ", p) for p in parts):
        return 1
    central = any(
        p in CENTRAL or re.match(r"QH\d|TC[A-ZĐ]|B(?!CĐ|QL|TG|DT|AN|HXH)[A-ZĐ]{2,}", p) for p in parts
    )
    return 0 if central else 2


def _news(issued: set[str], text: Text, hits: Sequence[NumberHit], known: dict[str, Citation]) -> set[str]:
    titled = {h.number for h in hits if h.number in issued and text.zone_at(h.start) == "title"}
    if len(issued) < 2:
        return issued
    lowest = max(_level(known[n]) for n in issued)
    low = [known[n] for n in issued if _level(known[n]) == lowest]

    def outdone(citation: Citation) -> bool:
        older = citation.date is None or any(c.date is None or c.date >= citation.date for c in low)
        return _level(citation) < lowest and older

    return {n for n in issued if n in titled or not outdone(known[n])}


def _followed(text: Text, hits: Sequence[NumberHit], known: dict[str, Citation]) -> set[str]:
    value = text.value
    body = next((z.start for z in text.zones if z.name == "body"), 0)
    local = [h for h in hits if h.number in known and h.symbol and _level(known[h.number]) > 0]
    files = {h.number for h in local if _FILE.match(value, h.end) and text.zone_at(h.start) != "chrome"}
    if files:
        return files
    if (
        "nội dung kiến nghị" in value.lower()
    ):  # an answer to a citizen rests on acts, it does not publish them
        return set()
    found: set[str] = set()
    last_end = -1
    for hit in local:
        if not body <= hit.start < body + _LEAD:
            continue
        opening = value[body : hit.noun_at]
        if len(opening) < 60 and (not opening or opening.endswith("\n")):
            return {hit.number}  # the text begins with its document: "Công văn số 2233/SGDĐT-VP … của Sở: …"
        clause = _clause_before(value, hit.noun_at)
        follows = (
            _orders(known[hit.number])
            and bool(_BY.search(clause))
            and not re.search(r"thực hiện|căn cứ|triển khai|quy định", clause, re.I)
        )
        joined = last_end > 0 and bool(re.search(r"(?:\bvà|,)\s*$", value[last_end : hit.noun_at]))
        if follows or joined:
            found.add(hit.number)
            last_end = hit.end
    return found


def _is_list(text: Text, hits: Sequence[NumberHit]) -> bool:
    """A page that is a list of documents: most of its lines begin with a number, none is prose."""
    lines = [line for line in text.value.split("\n") if line.strip()]
    if len(hits) < 4 or any(len(line) > 350 for line in lines):
        return False
    starts = {text.value.rfind("\n", 0, h.noun_at) + 1 for h in hits if _opens_line(text.value, h)}
    return len(starts) >= 4 and len(starts) * 2 >= len(lines)


def _opens_line(value: str, hit: NumberHit) -> bool:
    return hit.noun_at - (value.rfind("\n", 0, hit.noun_at) + 1) <= 6
