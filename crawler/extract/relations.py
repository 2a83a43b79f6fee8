"""What a notice says of one document towards another: it replaces, amends, rests on, implements it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.extract.numbers import NumberHit
from crawler.extract.scan import lowered, starting_in
from crawler.model import Citation, Relation, Text

_WORDS = {
    "amends": r"sửa đổi(?:,? bổ sung)?|điều chỉnh",
    "supplements": r"bổ sung",
    "replaces": r"thay thế(?: cho)?|thay cho",
    "repeals": r"bãi bỏ|hủy bỏ|huỷ bỏ|thu hồi",
    "based_on": r"căn cứ(?: vào)?|cơ sở pháp lý[^:.\n]{0,30}:",
    "implements": r"thực hiện|(?<!hiệu lực )thi hành|triển khai|chấp hành|hướng dẫn|cụ thể hóa|quán triệt",
}
#: The acts that change another.
_CHANGES = ("amends", "supplements", "replaces", "repeals")
_BEFORE = re.compile(
    r"(?<!\w)(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _WORDS.items())
    + r")(?!\w)(?![^.;\n]{0,60}\bgửi kèm)[^.;\n]{0,60}$"  # "hướng dẫn gửi kèm theo Công văn số …": its annex
)
# "Căn cứ mức phạt tại điểm a khoản 1 Điều 101 Nghị định số 15/2020/NĐ-CP"
_BY_ARTICLE = re.compile(
    r"(?<!\w)(?P<based_on>căn cứ)(?!\w)[^.;\n]{0,200}"
    r"\b(?:điều|khoản|điểm|mục|chương)\s\w{1,4}\s(?:của\s|tại\s)?$"
)
# "thay thế các quy định về khiếu nại đất đai trong Nghị định số 130/2006/NĐ-CP"
_IN_PART = re.compile(
    r"(?<!\w)(?:(?P<replaces>thay thế|thay cho)|(?P<repeals>bãi bỏ|hủy bỏ|huỷ bỏ)"
    r"|(?P<amends>sửa đổi(?:,? bổ sung)?))"
    r"\s(?:các|một số|những)\s(?:quy định|điều|nội dung|khoản)[^.;\n]{0,120}\s(?:trong|tại|của)\s$"
)
# "kiến nghị Bộ sửa đổi Thông tư số …", "đang xây dựng Nghị định để thay thế …": nobody has done it yet.
_PROPOSED = re.compile(
    r"\b(?:kiến nghị|đề nghị|đề xuất|dự thảo|xây dựng|tham mưu|soạn thảo|nghiên cứu)\b[^.;\n]{0,110}$"
)
# "thanh tra việc thực hiện các quy định của Thông tư số …": who inspects implements nothing.
_INSPECTED = re.compile(
    r"(?:thanh tra|kiểm tra|giám sát)\b[^.;\n]{0,90}\b(?:việc|công tác|tình hình)\s(?:triển khai\s)?$"
)
# "Thông tư số 18/2014/TT-BTTTT (ngày …) hướng dẫn Nghị định số 187/2013/NĐ-CP"
_GUIDES = re.compile(r"\s*(?:\(?ngày [\d/. ]+\)?\s*)?(?:của\s[^.;,\n\d]{2,60}\s)?$")
_ISSUES = re.compile(r"\b(?:ban hành|ký|ra|có)\s[^.;\n]{0,60}$")
#: A sentence that says on what an act rests, its grounds parted by semicolons.
_GROUNDS = re.compile(r"(?P<implements>thực hiện|thi hành|triển khai)\b|(?P<based_on>căn cứ)\b")
_MAIN_CLAUSE = re.compile(r",\s*(?:ngày\s[\d/. ]+|hôm nay\b|(?:Sở|UBND|Ủy ban|Ban|Trung tâm|Cục|Chi cục)\s)")
_NEXT_GROUND = re.compile(r"[;,]\s*(?:và\s)?(?:các\s)?$|\s(?:và|cùng)\s(?:các\s)?$")
_EXPIRES = re.compile(r"[^.;\n]{0,60}?\b(?:hết hiệu lực|không còn hiệu lực|thôi áp dụng|dừng áp dụng)")
_REPLACED_BY = re.compile(r"[^.;\n]{0,40}?(?:được|bị)\s+(?P<verb>thay thế|bãi bỏ|sửa đổi)")
# "Nghị định số 72/2013/NĐ-CP ngày … về …, (đã) được sửa đổi, bổ sung tại Nghị định số 27/2018/NĐ-CP"
_CHANGED_BY = re.compile(
    r"[^.;\n]{0,250}?\bđược\s+(?P<verb>thay thế|bãi bỏ|sửa đổi)(?:,? bổ sung)?\s"
    r"(?:một số điều\s)?(?:tại|bởi|bằng|theo)\s"
)
_PASSIVE = {"thay thế": "replaces", "bãi bỏ": "repeals", "sửa đổi": "amends"}
_DAY = re.compile(
    r"\s*,?\s*(?:(?:hồi|lúc)\s\d{1,2}\s?(?:giờ|h)(?:\s?\d{1,2})?(?:\s?phút)?,?\s*)?"
    r"\(?ngày [\d/. ]+(?:tháng \d+ năm \d{4})?\)?"
)
_PASSIVE_VERB = re.compile(r"(?:được|bị)\s+$")
#: Whose the act before is, what it is about, and the mark before the next.
_WHOSE = re.compile(
    r"(?=\s*(?:của|về|v/v|quy định)\b)(?:[^.\n]|\.(?=\S)){1,300}?(?:[,;]|\s(?:và|cùng))\s*(?:các\s+)?"
    r"(?:số\s*:?\s*|(?:chỉ đạo|ý kiến|yêu cầu)\s[^.;,\n\d]{2,80}\stại\s(?:các\s)?)?"
)
# "…; chỉ đạo của UBND Thành phố tại công văn số 4622/UBND-KGVX"
_NEXT_ORDER = re.compile(r"\s*[;,]\s*(?:và\s)?(?:chỉ đạo|ý kiến|yêu cầu)\s[^.;,\n\d]{2,80}\stại\s(?:các\s)?")
_AND = re.compile(r"\s*(?:,|và|;|cùng)\s*(?:các\s+)?(?:[^\W\d]+\s+){0,3}(?:số\s*:?\s*)?")


def find_relations(
    text: Text, hits: Sequence[NumberHit], citations: Sequence[Citation]
) -> tuple[Relation, ...]:
    """The relations that a text states between documents it names, one a pair and kind.

    The acting document is the nearest one before the verb in the same sentence, else the notice's only
    subject; `number` is '' where the notice's own, unnumbered act acts.
    """
    known = {c.number for c in citations}
    subjects = [c.number for c in citations if c.role == "subject"]
    found: dict[tuple[str, str, str], Relation] = {}
    previous: tuple[NumberHit, Relation] | None = None
    for hit in hits:
        if hit.number not in known or text.zone_at(hit.start) == "chrome":
            continue
        relation = (
            _stated(text.value, hit, hits, subjects)
            or _continued(text.value, hit, previous)
            or _ground(text.value, hit, hits, subjects)
        )
        for told in (relation, _passive(text.value, hit, hits)):
            if told and told.number != told.other:
                found.setdefault((told.number, told.kind, told.other), told)
        previous = (hit, relation) if relation else None
    return tuple(found.values())


def _stated(
    value: str, hit: NumberHit, hits: Sequence[NumberHit], subjects: Sequence[str]
) -> Relation | None:
    low = max(0, hit.noun_at - 110)
    earlier = [h for h in starting_in(hits, low - 300, hit.noun_at) if h.end <= hit.noun_at]
    window = max(low, earlier[-1].end if earlier else 0)
    words = lowered(value)
    verb = _BEFORE.search(words, window, hit.noun_at) or _far_verb(words, hit, earlier)
    if verb and verb.lastgroup and not _PASSIVE_VERB.search(words, low, verb.start()):
        if _is_none(value, verb, hit):
            return None
        actor = _actor(value, verb, hit, hits, earlier, subjects)
        return _relation(value, actor, verb.lastgroup, hit, verb.start(), hit.end)
    if expires := _EXPIRES.match(words, hit.end):
        return _relation(value, "", "expires", hit, hit.start, expires.end())
    return None


def _passive(value: str, hit: NumberHit, hits: Sequence[NumberHit]) -> Relation | None:
    """What another act, or the notice's own, does to one: "… được thay thế bằng Quyết định số 9/QĐ-UBND"."""
    words = lowered(value)
    for pattern in (_CHANGED_BY, _REPLACED_BY):
        found = pattern.match(words, hit.end)
        if not found or starting_in(hits, hit.end, found.start("verb")):
            continue
        by = next((h.number for h in starting_in(hits, found.end(), found.end() + 80)), "")
        if by or (pattern is _REPLACED_BY and found["verb"] != "sửa đổi"):
            return _relation(value, by, _PASSIVE[found["verb"]], hit, hit.start, found.end())
    return None


def _far_verb(words: str, hit: NumberHit, earlier: Sequence[NumberHit]) -> re.Match[str] | None:
    """A verb that an article or a matter parts from the act: "căn cứ … Điều 101 Nghị định số 15"."""
    low = max(hit.noun_at - 240, earlier[-1].end if earlier else 0, 0)
    return _BY_ARTICLE.search(words, low, hit.noun_at) or _IN_PART.search(words, low, hit.noun_at)


def _is_none(value: str, verb: re.Match[str], hit: NumberHit) -> bool:
    """Whether no act does what a verb says: it is a proposal's, an inspection's, or a title's in quotes."""
    low = max(0, verb.start() - 130)
    if verb.lastgroup in _CHANGES and _PROPOSED.search(verb.string, low, verb.start()):
        return not _NUMBER.search(value, low, verb.start())
    if verb.lastgroup == "implements" and _INSPECTED.search(verb.string, low, verb.start()):
        return True
    between = value[verb.start() : hit.noun_at]
    return "”" in between or between.count('"') % 2 == 1


#: A document's number, roughly.
_NUMBER = re.compile(r"\d/(?:\d{4}/)?[A-ZĐ]")


def _ground(
    value: str, hit: NumberHit, hits: Sequence[NumberHit], subjects: Sequence[str]
) -> Relation | None:
    """One of several grounds of a sentence: "Thực hiện kết luận của …; Công văn số 1001/UBND-VX …"."""
    sentence = _sentence(value, hit)
    verb = _GROUNDS.match(lowered(value), sentence)
    if not verb or not verb.lastgroup or not _NEXT_GROUND.search(value, sentence, hit.noun_at):
        return None
    if _MAIN_CLAUSE.search(value, sentence, hit.noun_at):
        return None
    before = [h for h in starting_in(hits, sentence, hit.start) if h.number in subjects]
    actor = _actor(value, verb, hit, hits, before, subjects)
    return _relation(value, actor, verb.lastgroup, hit, verb.start(), hit.end)


def _sentence(value: str, hit: NumberHit, marks: Sequence[str] = (". ", "\n")) -> int:
    """Where the sentence of a hit begins, at most 400 characters before it; `marks` end the one before."""
    low = max(0, hit.noun_at - 400)
    stops = ((value.rfind(mark, low, hit.noun_at), len(mark)) for mark in marks)
    return max((place + length for place, length in stops if place >= 0), default=low)


def _actor(
    value: str,
    verb: re.Match[str],
    hit: NumberHit,
    hits: Sequence[NumberHit],
    earlier: Sequence[NumberHit],
    subjects: Sequence[str],
) -> str:
    sentence = _sentence(value, hit, (". ", "\n", ";"))
    here = [h for h in earlier if h.start >= sentence]
    # "Công văn số 5 thay thế Công văn số 3": the document next to the verb acts, but none rests on itself.
    if here and verb.lastgroup not in ("based_on", "implements") and verb.start() - here[-1].end <= 60:
        return here[-1].number
    if here and verb[0].startswith("hướng dẫn") and _GUIDES.match(value[here[-1].end : verb.start()]):
        return here[-1].number
    if named := [h.number for h in here if h.number in subjects]:
        return named[-1]
    if len(subjects) == 1 and subjects[0] != hit.number:
        return subjects[0]
    # "Căn cứ Điều 49 Nghị định số 43, Thanh tra Sở đã ban hành Quyết định số 175": the act that follows.
    for following in starting_in(hits, hit.end, hit.end + 400):
        if value[hit.end : following.noun_at].count("\n") or ". " in value[hit.end : following.noun_at]:
            break
        if _ISSUES.search(lowered(value), hit.end, following.noun_at):
            return following.number
    return ""


def _continued(value: str, hit: NumberHit, previous: tuple[NumberHit, Relation] | None) -> Relation | None:
    """The next of a list: "thay thế Công văn số 1/UBND-VP và Công văn số 2/UBND-VP"."""
    if previous is None:
        return None
    between = lowered(value)[previous[0].end : hit.start]
    # A signing date may stand between two of a list, and whose act it is, about what.
    if not _AND.fullmatch(_DAY.sub("", between)):
        before_noun = lowered(value)[previous[0].end : hit.noun_at]
        gap = _DAY.sub("", before_noun, count=1)
        if len(before_noun) > 300 or not (_WHOSE.fullmatch(gap) or _NEXT_ORDER.fullmatch(gap)):
            return None
    before = previous[1]
    return _relation(value, before.number, before.kind, hit, before.start, hit.end)


def _relation(value: str, actor: str, kind: str, hit: NumberHit, start: int, end: int) -> Relation:
    return Relation(actor, kind, hit.number, value[start:end], start, end, f"words of {kind}")
