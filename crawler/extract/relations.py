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
    "implements": r"thực hiện|thi hành|triển khai|chấp hành|hướng dẫn|cụ thể hóa|quán triệt",
}
_BEFORE = re.compile(
    r"(?<!\w)(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _WORDS.items())
    + r")(?!\w)(?![^.;\n]{0,60}\bgửi kèm)[^.;\n]{0,60}$"  # "hướng dẫn gửi kèm theo Công văn số …": its annex
)
_EXPIRES = re.compile(r"[^.;\n]{0,60}?\b(?:hết hiệu lực|không còn hiệu lực|thôi áp dụng|dừng áp dụng)")
_REPLACED_BY = re.compile(r"[^.;\n]{0,40}?(?:được|bị)\s+(?P<verb>thay thế|bãi bỏ|sửa đổi)")
_PASSIVE = {"thay thế": "replaces", "bãi bỏ": "repeals", "sửa đổi": "amends"}
_DAY = re.compile(r"\s*,?\s*\(?ngày [\d/. ]+(?:tháng \d+ năm \d{4})?\)?")
_PASSIVE_VERB = re.compile(r"(?:được|bị)\s+$")
#: Whose the act before is, what it is about, and the mark before the next.
_WHOSE = re.compile(
    r"(?=\s*(?:của|về|v/v|quy định)\b)(?:[^.\n]|\.(?=\S)){1,300}?(?:[,;]|\s(?:và|cùng))\s*(?:các\s+)?"
)
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
        relation = _stated(text.value, hit, hits, subjects) or _continued(text.value, hit, previous)
        if relation and relation.number != relation.other:
            found.setdefault((relation.number, relation.kind, relation.other), relation)
        previous = (hit, relation) if relation else None
    return tuple(found.values())


def _stated(
    value: str, hit: NumberHit, hits: Sequence[NumberHit], subjects: Sequence[str]
) -> Relation | None:
    low = max(0, hit.noun_at - 110)
    earlier = [h for h in starting_in(hits, low - 300, hit.noun_at) if h.end <= hit.noun_at]
    window = max(low, earlier[-1].end if earlier else 0)
    words = lowered(value)
    verb = _BEFORE.search(words, window, hit.noun_at)
    if verb and verb.lastgroup and not _PASSIVE_VERB.search(words, low, verb.start()):
        actor = _actor(value, verb, hit, earlier, subjects)
        return _relation(value, actor, verb.lastgroup, hit, verb.start(), hit.end)
    if expires := _EXPIRES.match(words, hit.end):
        return _relation(value, "", "expires", hit, hit.start, expires.end())
    if passive := _REPLACED_BY.match(words, hit.end):
        by = next((h.number for h in starting_in(hits, passive.end(), passive.end() + 80)), "")
        return _relation(value, by, _PASSIVE[passive["verb"]], hit, hit.start, passive.end())
    return None


def _actor(
    value: str, verb: re.Match[str], hit: NumberHit, earlier: Sequence[NumberHit], subjects: Sequence[str]
) -> str:
    sentence = max(value.rfind(mark, max(0, hit.noun_at - 400), hit.noun_at) for mark in (". ", "\n", ";"))
    here = [h for h in earlier if h.start > sentence]
    # "Công văn số 5 thay thế Công văn số 3": the document next to the verb acts, but none rests on itself.
    if here and verb.lastgroup not in ("based_on", "implements") and verb.start() - here[-1].end <= 60:
        return here[-1].number
    if named := [h.number for h in here if h.number in subjects]:
        return named[-1]
    return subjects[0] if len(subjects) == 1 and subjects[0] != hit.number else ""


def _continued(value: str, hit: NumberHit, previous: tuple[NumberHit, Relation] | None) -> Relation | None:
    """The next of a list: "thay thế Công văn số 1/UBND-VP và Công văn số 2/UBND-VP"."""
    if previous is None:
        return None
    between = lowered(value)[previous[0].end : hit.start]
    # A signing date may stand between two of a list, and whose act it is, about what.
    if not _AND.fullmatch(_DAY.sub("", between)):
        before_noun = lowered(value)[previous[0].end : hit.noun_at]
        if len(before_noun) > 300 or not _WHOSE.fullmatch(_DAY.sub("", before_noun, count=1)):
            return None
    before = previous[1]
    return _relation(value, before.number, before.kind, hit, before.start, hit.end)


def _relation(value: str, actor: str, kind: str, hit: NumberHit, start: int, end: int) -> Relation:
    return Relation(actor, kind, hit.number, value[start:end], start, end, f"words of {kind}")
