"""How one place of a text speaks of a document: as issued, as something that exists, or as a ground."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from crawler.extract.normalise import CAPITALS
from crawler.extract.numbers import NumberHit
from crawler.extract.scan import after_last, last_match, lowered
from crawler.model import Text


class Report(IntEnum):
    """What a place says of a document: nothing, that there is one ("đã có"), or that it was issued."""

    NOTHING = 0
    EXISTS = 1
    ISSUED = 2


# What stands round a number is matched in lower case.
_LEGAL = re.compile(r"(?:cơ sở|căn cứ) pháp lý[^.\n]*$")
#: What ends the clause or the sentence before a number.
CLAUSE_ENDS = (";", "\n", ". ", ": ")
SENTENCE_ENDS = ("\n", ". ")
#: How far before a number is read.
_BACK = 200


class Lead(NamedTuple):
    """What stands before a document's number, in lower case: the last letters, its sentence, its clause."""

    before: str
    sentence: str
    clause: str


@lru_cache(maxsize=64)
def lead(value: str, at: int) -> Lead:
    """What stands before a place of a text; cached: signs, words and reports of a number ask for it."""
    before = lowered(value)[max(0, at - _BACK) : at]
    return Lead(before, after_last(before, SENTENCE_ENDS), after_last(before, CLAUSE_ENDS))


_ISSUES = re.compile(
    r"(?P<verb>ban hành|\bcó|\bký|gửi(?:[^.;\n]{0,40},)?|phát hành|phát đi|\bphát|\bra|công bố|công khai"
    r"|thông qua"
    r"|phê duyệt"
    r"|trình ban hành|trả lời(?:\s[^\W\d]+)?\s+bằng)"
    r"(?:\s+(?:các|những|tiếp|thêm|ngay|mới))*\s+[^.;,\n]{0,40}$",
)
_ISSUED = re.compile(r"[^.;\n]{0,40}?(?:được|do)\s[^.;,\n]{0,40}(?:ban hành|ký|thông qua|phê duyệt)")
# "Công văn số … của Sở phát hành ngày 28/10", "Văn bản số … này bổ sung": the sentence is about that act.
_ITS_DAY = re.compile(r"(?:[^.;,\n\d]{0,40}?\s)?(?:ban hành|phát hành|ký)\s+(?:ng[àa]y\s+)?\d{1,2}/|\s*này\b")
# Words that make what follows a ground of something else, never the news itself.
_GROUND = re.compile(
    r"thực hiện|thi hành|căn cứ|cơ sở|\btheo\b|\btại\b|triển khai|thay thế|sửa đổi|bổ sung|chấp hành"
    r"|tinh thần|từ (?:khi|ngày)\s+(?=[^\W\d])|áp dụng|hưởng ứng|sau khi|trước đó|kèm|nêu|\bđúng\b|dựa"
    r"|\bbằng\b",
)
# "Thực hiện chỉ đạo của Thủ tướng, UBND tỉnh vừa ban hành …": the ground ends where the publisher begins.
_NEW_SUBJECT = re.compile(rf",\s*(?:(?:ngày|hôm|sáng|chiều)\s[\d/. ]+|hôm nay|[{CAPITALS}])")
# What was issued before the news is its background: "Trước đó, ngày 31/01/2020, Sở đã có Công văn số …".
_EARLIER = re.compile(r"\W*trước (?:đó|đây|nữa)\b")
#: An authority with its letter in brackets: "Lãnh đạo Sở (Văn bản số 1533/STTTT-CNTT ngày …) đề nghị …".
_CLOSES = re.compile(
    r"(?:[^.;\n()]|\.\d){0,40}\)\s*(?:đã |vừa )?"
    r"(?:đề nghị|yêu cầu|chỉ đạo|hướng dẫn|thông báo|lưu ý|khuyến cáo)",
)
_JUST_SIGNED = re.compile(r"(?:\s+ngày [\d/.-]+)?\s+vừa (?:được|do)\s")
# "Sở Y tế triển khai Phương án số …": an authority with a plan of its own.
_OWN_PLAN = re.compile(
    r"^(?:[^,]{0,30},\s*)?(?:Sở|UBND|Ủy ban|Ban|Trung tâm|Chi cục|Huyện|Thành phố|Tỉnh)\s[^,]{2,60}\s"
    r"(?:vừa |đã |đang )?triển khai\s$"
)
_PLANS = ("kế hoạch", "phương án", "hướng dẫn")
_AND = re.compile(r"\s*(?:,|và|cùng|;)?\s*(?:các\s+)?(?:[^\W\d]+\s+){0,3}(?:số\s*:?\s*)?", re.I)
_LISTED = re.compile(
    r"\s*;\s*(?:số\s*:?\s*)?|\s*(?:,|và|cùng)\s*(?:các\s+)?(?:[^\W\d]+\s+){0,3}(?:số\s*:?\s*)?", re.I
)
# "Nghị quyết số 45/NQ-HĐND về mức thu học phí, Nghị quyết số 46/NQ-HĐND …"
_ABOUT = re.compile(
    r"\s*(?:về|v/v|quy định)\s[^.;,\n\d]{3,110}?(?=,|\s(?:và"
    r"|cùng)\s+(?:các\s+)?[^\W\d]+\s+[^\W\d]+\s+(?:số|\d))",
    re.I,
)
#: Between two acts of a list: "Quyết định số 1/QĐ-SYT về mức thu; Quyết định số 2/QĐ-SYT".
#: … or "Công văn số 1266/STC-QLNS gửi các đơn vị cấp tỉnh và Công văn số 1267/STC-QLNS gửi UBND các huyện".
_NEXT_ACT = re.compile(r"\s(?:[^.;\n\d]{3,200};\s(?:và\s)?|gửi\s[^.;\n\d]{3,120}\svà\s)(?:các\s)?")
_DAY = re.compile(r"\s*,?\s*\(?(?:ngày )?\d[\d/.-]+(?:\s*tháng \d+ năm \d{4})?\)?", re.I)
_BRACKET = re.compile(r"\([^()]{0,80}\)")
_LONE_NUMBER = re.compile(
    r"\s*(?:số|số,? (?:/ ?)?(?:ký|kí) hiệu|số hiệu|số văn bản|(?:ký|kí) hiệu)\s*:?\s*", re.I
)


def report(text: Text, hit: NumberHit, hits: Sequence[NumberHit]) -> Report:
    """How the place of one hit speaks of its document; `hits` are all of the text."""
    if heads(text, hit, hits):
        return Report.ISSUED
    if text.zone_at(hit.start) == "chrome":
        return Report.NOTHING
    before, sentence, clause = lead(text.value, hit.noun_at)
    if _EARLIER.match(sentence) or ("pháp lý" in before and _LEGAL.search(before)):
        return Report.NOTHING
    return _in_sentence(text.value, hit, clause)


def heads(text: Text, hit: NumberHit, hits: Sequence[NumberHit]) -> bool:
    """Whether a document stands in the title or in the letterhead of an act printed whole."""
    return _in_title(text, hit, hits) or _is_letterhead(text.value, hit)


def _in_sentence(value: str, hit: NumberHit, clause: str) -> Report:
    low, begin = lowered(value), hit.noun_at - len(clause)
    if clause.endswith("("):
        acts = _CLOSES.match(low, hit.end) and not _GROUND.search(clause)
        return Report.ISSUED if acts else Report.NOTHING
    verb = last_match(_ISSUES, clause)
    ground = last_match(_GROUND, clause)
    if verb and ground and verb.start() <= ground.start() < verb.end("verb"):
        ground = None  # "trả lời bằng Công văn số …"
    if verb:
        weak = verb["verb"] == "có"
        parted = (
            ground
            and ground.start() < verb.start()
            and _NEW_SUBJECT.search(value, begin + ground.end(), begin + verb.end())
        )
        if ground is None or parted:
            return Report.EXISTS if weak else Report.ISSUED
        return Report.NOTHING
    if ground and _JUST_SIGNED.match(low, hit.end):
        return Report.ISSUED
    if ground:
        own = (hit.noun or "").lower() in _PLANS and _OWN_PLAN.match(value[begin : hit.noun_at])
        return Report.ISSUED if own else Report.NOTHING
    return Report.ISSUED if _ISSUED.match(low, hit.end) or _ITS_DAY.match(low, hit.end) else Report.NOTHING


def _in_title(text: Text, hit: NumberHit, hits: Sequence[NumberHit]) -> bool:
    if text.zone_at(hit.start) != "title":
        return False
    title = next(z for z in text.zones if z.name == "title" and z.start <= hit.start < z.end)
    if _GROUND.search(lowered(text.value), title.start, hit.noun_at):
        return False
    before = [h for h in hits if title.start <= h.start < hit.start]
    return not before or bool(_AND.fullmatch(text.value, before[-1].end, hit.start))


def _is_letterhead(value: str, hit: NumberHit) -> bool:
    """The act printed whole: "Số: 855/BCĐ-TBTTTT" on a line of its own at the top."""
    if hit.noun and tops(value, hit):
        return True
    begin = value.rfind("\n", 0, hit.start) + 1
    return hit.noun is None and hit.start < 400 and bool(_LONE_NUMBER.fullmatch(value[begin : hit.start]))


def tops(value: str, hit: NumberHit) -> bool:
    """Whether a number is a line of its own on top of the page: "THÔNG BÁO KHẨN SỐ 04" as the heading."""
    begins = hit.noun_at == value.rfind("\n", 0, hit.start) + 1
    return begins and value.startswith("\n", hit.end) and hit.start < 200


def continues(value: str, before: NumberHit, hit: NumberHit) -> bool:
    """The next of a list of acts: "ban hành Quyết định số 1/QĐ-UBND và Quyết định số 2/QĐ-UBND"."""
    if hit.start - before.end > 160:
        return False
    gap = _DAY.sub("", _BRACKET.sub("", value[before.end : hit.start]))
    about = _ABOUT.match(gap)
    if about and not _GROUND.search(about[0].lower()):
        gap = gap[about.end() :]
    return bool(_LISTED.fullmatch(gap))


def is_next_act(value: str, before: NumberHit, hit: NumberHit) -> bool:
    """Whether a number is the next act of a list of one kind: "Quyết định số 1 về …; Quyết định số 2"."""
    alike = before.noun and hit.noun and before.noun.lower() == hit.noun.lower()
    return bool(alike and _NEXT_ACT.fullmatch(value, before.end, max(before.end, hit.noun_at)))
