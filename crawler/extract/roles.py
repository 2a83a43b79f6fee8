"""Whether a notice is about a document (its subject) or only cites it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from crawler.extract.numbers import NumberHit
from crawler.extract.reported import CLAUSE_ENDS, Report, continues, heads, report
from crawler.extract.scan import after_last, lowered
from crawler.issuers import CENTRAL
from crawler.model import Citation, Text

_BY = re.compile(
    r"(?:(?<!\()(?<!bám )\btheo|nêu (?:tại|trong|ở)|ghi (?:tại|trong|ở)|\btại|làm theo|qua)\s[^.;,\n]{0,30}$",
    re.I,
)
_ITEM = re.compile(r"\s*(?:[-–+*•]|\d{1,2}[.)]|[a-zđ]\))\s")
# What makes an act the ground of another, or its forerunner.
_BACKGROUND = re.compile(
    r"thực hiện|căn cứ(?! pháp lý là)|triển khai|hưởng ứng|chấp hành|bối cảnh|giãn cách theo|cơ sở|tiêu chí"
    r"|so với|sau khi|từ khi|\bbám\b|\bthay\b|thay thế|bổ sung cho|kêu gọi|chỉ đạo của|ý kiến của|\btrình\b"
    r"|đề nghị của|trước đó|trước với|viện dẫn|đúng mẫu|nhắc lại|phân công",
    re.I,
)
#: Verbs of an act that speaks for itself: "Theo đó, Công văn số 929/BTTTT-THH nêu rõ …".
_SAYS = re.compile(
    r"[^;\n]{0,80}?(?:nêu rõ|\bnêu\b|yêu cầu|quy định|đề nghị|nhấn mạnh|hướng dẫn|chỉ đạo|cho biết)", re.I
)
_DATELINE = re.compile(r"\s*(?:\(?[A-ZĐ&.]{2,12}\)?\s*[:–-]?\s*)?")
_THEREBY = re.compile(r"(?:^|[.\n])\s*theo đó,?\s*$", re.I)
# "Đây là một trong những nội dung tại Nghị định số …": the page is about that act.
_MATTER = re.compile(
    r"(?:đây là|(?:quy định|nội dung|điểm mới|yêu cầu|thông tin|chủ trương|việc|điều)\s"
    r"(?:(?:mới|chính|quan trọng|này|trên|đó|ấy)\s){1,3})[^.;\n]{0,40}"
    r"(?:trong|tại|của|ở|nội dung)\s(?:[^.;\n]{0,30}\()?$"
    r"|(?:quy định|nội dung|điểm mới|yêu cầu|thông tin)\s(?:(?:được )?nêu\s|nằm\s|có\s|thể hiện\s)?"
    r"(?:trong|tại|của|ở)\s$",
    re.I,
)
_OBEYS = re.compile(
    r"(?:thực hiện|chấp hành|tuân thủ|vi phạm|theo|trái|đáp ứng|bảo đảm|làm (?:nghiêm|đúng|tốt))"
    r"\s[^.;,\n]{0,15}$",
    re.I,
)
_IN_FULL = re.compile(
    r"(?:hướng dẫn|chi tiết|toàn văn)[^.\n]{0,20}\s(?:nằm trong|nêu tại|có trong|xem)\s(?:tại\s)?$", re.I
)
# "Bằng Công văn số …, Chủ tịch UBND tỉnh giao …": an authority speaks through its act.
_THROUGH = re.compile(r"\b(?:bằng|tại|trong|qua)\s(?:[^\W\d]+\s){0,2}$", re.I)
_ACTS = re.compile(
    r"[^.;\n]{0,60}?,\s[^.;\n\d]{0,60}?\b(?:yêu cầu|giao|đề nghị|chỉ đạo|cho|đồng ý|quy định|nhắc|hướng dẫn"
    r"|thông báo|quyết định|thống nhất|xử phạt|phê duyệt|công bố)\b",
    re.I,
)
_STATED = re.compile(
    r"(?:nêu|ghi|thể hiện|quy định|hướng dẫn)\s(?:rõ |cụ thể |chi tiết )?(?:trong|tại|ở"
    r"|qua)\s[^.;,\n]{0,50}$",
    re.I,
)
# "Kết luận này vừa được Chủ tịch UBND tỉnh đưa vào Công văn số …"
_JUST_NOW = re.compile(r"\b(?:vừa|mới)\s(?!có\b|nhận\b|đi\b)[^.;,\n(]{0,70}$", re.I)
_AS = re.compile(r"\bnhư\s(?!vậy|thế|trên)[^.;,\n]{0,30}$", re.I)
# "UBND tỉnh vừa chấp thuận để Công ty Xổ số chi … (Văn bản số 4203/VP-KT, ngày 14/7/2021)"
_DECIDES = re.compile(
    r"\b(?:vừa|đã)\s(?:chấp thuận|đồng ý|quyết định|yêu cầu|cho phép|chỉ đạo|phê duyệt|thống nhất"
    r"|giao)\b(?:[^.\n]|\.\d){0,180}$",
    re.I,
)
# A department that asks something itself passes on no act of its province: "theo Văn bản số 3079/UBND-VX4 …
# Ban Quản lý cần doanh nghiệp báo cáo trước 15 giờ".
_OWN_VOICE = re.compile(
    r"\b(?:Sở|Ban(?! (?:[Cc]hỉ đạo|[Hh]ành|[Tt]hường|cán))|Trung tâm|Chi cục|Cục|Hội|Phòng|Bệnh viện|Công ty"
    r"|Liên đoàn|Trường|BHXH)\b[^.;\n]{0,60}?\s(?:đề nghị|yêu cầu|khuyến cáo|lưu ý|nhắc|mong|cần|hướng dẫn"
    r"|xin"
    r"|thông báo)\b"
)
# "đúng như Quyết định số 1187/QĐ-UBND Chủ tịch UBND huyện vừa ban hành"
_JUST_ISSUED = re.compile(
    r"[^.;,\n]{0,60}?\b(?:vừa|mới)\s(?:được\s)?(?:[^.;,\n]{0,30}\s)?"
    r"(?:ban hành|ký|công bố|phát hành|thông qua)\b",
    re.I,
)
# "đấu giá 14 lô đất theo Quyết định số …": in the midst of a sentence it is only a ground.
_MID = re.compile(r"\w+\s+\w+\s+(?:làm )?theo\s[^.;,\n]{0,30}$", re.I)
#: A list of acts under a heading of their own: "IV. Chỉ đạo mới:".
_LIST_HEAD = re.compile(
    r"^[^\n]{0,80}\b(?:thông qua|ban hành|đã ký)[^\n.]{0,20}:\s*$|"
    r"^(?=[^\n]*:\s*$|[IVX\d]{1,3}[.)])[^\n]{0,12}(?:văn bản|chỉ đạo)[^\n.]{0,40}"
    r"(?:mới|chỉ đạo|điều hành|ban hành)\s*:?\s*$",
    re.I | re.M,
)
_BULLET = re.compile(r"\s*(?:[-–+*•]|\d{1,2}[.)/])\s*(?:các\s+)?$")
_TABLE_HEAD = re.compile(
    r"^[^\n|]{0,30}(?:\|[^\n|]{0,30})??(?:ký hiệu|số hiệu|số văn bản|số VB)[^\n]{0,80}\|[^\n]{0,80}"
    r"(?:trích yếu|ban hành|nội dung)",
    re.I | re.M,
)
_DAY = re.compile(r"\s*,?\s*\(?ngày [\d/.-]+(?:\s*tháng \d+ năm \d{4})?\)?", re.I)
_FILE = re.compile(r"[^\n]{0,30}\.(?:pdf|docx?|xlsx?|zip|rar)", re.I)
#: An answer to a citizen rests on acts, it does not publish them.
_ANSWERS = ("nội dung kiến nghị", "hỏi:", "lời:", "đáp:")
_ANSWER = re.compile(
    r"nội dung kiến nghị|^(?:hỏi|câu hỏi|trả lời|đáp)\s*:|\bhỏi\s?:[^\0]{0,600}trả lời\s?:", re.M
)
#: An act printed whole cites others; its own number is in its letterhead, if it has one.
_WHOLE = re.compile(r"^kính gửi\s*:", re.I | re.M)
#: How far an act that a text reports may stand from its beginning, and one that it only follows.
_LEAD, _OPENING = 700, 400
#: From so many points on a text is about an act; the days after which an act is fresh or old no more.
_ENOUGH, _FRESH, _OLD = 2, 12, 45
_ORDERS = ("Công văn", "Quyết định", "Chỉ thị", "Công điện", "Thông báo")
#: Kinds that are grounds of what a page tells, seldom its matter.
_SOURCES = ("Tờ trình", "Báo cáo", "Giấy phép", "Luật", "Nghị định", "Thông tư")

Known = Mapping[str, Citation]
#: The hits of known documents, each with its document's key.
Placed = Sequence[tuple[NumberHit, str]]


def subjects(
    text: Text, hits: Sequence[NumberHit], keys: Sequence[str], known: Known, today: date | None = None
) -> set[str]:
    """The keys of the documents that a notice is about.

    `keys` names the document of each hit, `known` the distinct documents. A document is the subject when the
    title names it as an act, or the text reports it as issued. Of acts of several levels in one report (Thủ
    tướng, UBND tỉnh, Sở) the lowest is the news. Where nothing is reported, the local act that the opening
    says to follow, or the attached file, is the subject.
    """
    if rows := _table_rows(text.value, hits, keys):
        return rows
    if _is_list(text, hits):
        return set(known)
    placed = [(hit, key) for hit, key in zip(hits, keys, strict=True) if key in known]
    if listed := _under_headings(text.value, placed):
        return listed
    answer = _is_answer(text)
    issued = _news(_issued(text, hits, placed, known, answer, today), text, placed, known)
    return issued or (set() if answer else _followed(text, placed, known, today))


def _issued(
    text: Text, hits: Sequence[NumberHit], placed: Placed, known: Known, answer: bool, today: date | None
) -> set[str]:
    """What the text reports as issued or, unless it answers somebody, as being there."""
    if "kính gửi" in lowered(text.value) and _WHOLE.search(text.value):
        placed = [(hit, key) for hit, key in placed if heads(text, hit, hits)]
    body = _body(text)
    found: dict[str, Report] = {}
    previous: tuple[NumberHit, Report] | None = None
    for hit, key in placed:
        how = report(text, hit, hits)
        if not how and previous and continues(text.value, previous[0], hit):
            how = previous[1]
        if not how and hit.symbol and _level(known[key]) > 0 and _speaks(text.value, body, hit):
            how = Report.ISSUED
        late = hit.start > body + _LEAD
        if how and late and (_level(known[key]) == 0 or (found and _is_old(known[key], today))):
            continue  # news is told at the beginning, and what a ministry issued is seldom a department's
        if how:
            found.setdefault(key, how)
            previous = (hit, how)
    if answer:
        return {key for key, how in found.items() if how is Report.ISSUED}
    return set(found)


def _is_old(citation: Citation, today: date | None) -> bool:
    return bool(today and citation.date and (today - citation.date).days > _OLD)


def _body(text: Text) -> int:
    """Where the text under the headline begins."""
    return next((z.start for z in text.zones if z.name in ("summary", "body")), 0)


def _speaks(value: str, body: int, hit: NumberHit) -> bool:
    """An act that opens a sentence of the opening and speaks: "Báo cáo số 412/BC-BCH … cho biết"."""
    if not body <= hit.start < body + _LEAD:
        return False
    before = value[max(body, hit.noun_at - 80) : hit.noun_at]
    opens = _DATELINE.fullmatch(after_last(before, ("\n", ". "))) or _THEREBY.search(before)
    return bool(opens and _SAYS.match(value, hit.end))


def _is_answer(text: Text) -> bool:
    low = lowered(text.value)
    return any(w in low for w in _ANSWERS) and bool(_ANSWER.search(low))


def _under_headings(value: str, placed: Placed) -> set[str]:
    """The acts that open the bullets of a list of acts ("Chỉ đạo mới:")."""
    bullets = [
        (hit, key)
        for hit, key in placed
        if _BULLET.fullmatch(value, value.rfind("\n", 0, hit.noun_at) + 1, hit.noun_at)
    ]
    first = bullets[0][0].start if bullets else 0
    head = _LIST_HEAD.search(value, max(0, first - 1500), first) if bullets else None
    return {key for hit, key in bullets if head and hit.start - head.end() < 1500}


def _news(issued: set[str], text: Text, placed: Placed, known: Known) -> set[str]:
    """Of acts of several levels the lowest, and those of the title."""
    if len(issued) < 2:
        return issued
    titled = {key for hit, key in placed if key in issued and text.zone_at(hit.start) == "title"}
    lowest = max(_level(known[key]) for key in issued)
    low = [known[key] for key in issued if _level(known[key]) == lowest]
    newest = max((c.date for c in low if c.date), default=None)

    def outdone(citation: Citation) -> bool:
        if _level(citation) == lowest:  # "Theo đó, ngày 08/4/2014, Sở đã có Quyết định thanh tra số …"
            return bool(newest and citation.date and (newest - citation.date).days > _OLD)
        return citation.date is None or any(c.date is None or c.date >= citation.date for c in low)

    return {key for key in issued if key in titled or not outdone(known[key])}


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


def _followed(text: Text, placed: Placed, known: Known, today: date | None) -> set[str]:
    """The acts that a text without news of its own passes on, by points."""
    value, body = text.value, _body(text)
    local = [(h, key) for h, key in placed if h.symbol and _level(known[key]) > 0]
    if files := {k for h, k in local if _FILE.match(value, h.end) and text.zone_at(h.start) != "chrome"}:
        return files
    for hit, key in placed:  # an act of any level
        if body <= hit.start < body + _LEAD and (_is_matter(value, body, hit) or _speaks(value, body, hit)):
            return {key}
        if _IN_FULL.search(value, max(body, hit.noun_at - 60), hit.noun_at) or _ends_alone(
            value, hit, placed
        ):
            return {key}
    best: dict[str, int] = {}
    last: tuple[NumberHit, int] | None = None
    for hit, key in placed:
        if not hit.symbol or text.zone_at(hit.start) == "chrome":
            continue
        if last and _joined(value, last[0], hit):
            points = last[1]
        else:
            begin = last[0].end if last else 0
            points = _points(value, max(body, begin), body, hit, known[key].type in _ORDERS)
        last = hit, points
        if _level(known[key]) > 0:
            best[key] = max(best.get(key, points), points)
    newest = max((c.date for c in known.values() if c.date), default=None)
    own = _OWN_VOICE.search(value, body)
    for key in best:
        if own and _level(known[key]) == 1:
            best[key] -= 2 * _ENOUGH
        if known[key].type in _SOURCES:
            continue
        best[key] += _age_points(known[key].date, newest, today)
        if len(best) == 1 and known[key].date is None:
            best[key] += 1
    return {key for key, points in best.items() if points >= _ENOUGH}


def _is_matter(value: str, body: int, hit: NumberHit) -> bool:
    matter = _MATTER.search(value, max(body, hit.noun_at - 80), hit.noun_at)
    return bool(matter and not _OBEYS.search(value, max(body, matter.start() - 30), matter.start()))


def _points(value: str, begin: int, body: int, hit: NumberHit, order: bool) -> int:
    """What the words before and behind a number say for its act being the matter of the text, or against it.

    The words before it reach back to `begin`, where the number before it ends.
    """
    if hit.noun_at < body:
        return 0
    before = value[max(begin, hit.noun_at - 200) : hit.noun_at]
    clause = after_last(before, CLAUSE_ENDS)
    opening = body <= hit.start < body + _OPENING
    if opening and hit.noun_at - body < 60 and (not before or before.endswith("\n")):
        return _ENOUGH + 1  # the text begins with its document: "Công văn số 2233/SGDĐT-VP … của Sở: …"
    if _BACKGROUND.search(clause):
        return -2
    if (
        _JUST_NOW.search(clause)
        or _JUST_ISSUED.match(value, hit.end)
        or (_THROUGH.search(clause) and _ACTS.match(value, hit.end))
    ):
        return _ENOUGH
    if _AS.search(clause):
        return -1
    if clause.endswith("(") and _DECIDES.search(before):
        return 0
    if clause.rstrip().endswith(("(", "(theo")) or _ITEM.match(
        value, value.rfind("\n", 0, hit.noun_at) + 1, hit.noun_at
    ):
        return -1
    if opening and order and _BY.search(clause):
        return 0 if _MID.search(clause) else 2  # a report or a plan is only a source
    opens = _DATELINE.fullmatch(after_last(before, ("\n", ". ")))
    return 1 if opens or _STATED.search(clause) else 0


def _age_points(issued: date | None, newest: date | None, today: date | None) -> int:
    """The act that a page is about is the newest of those it names, and fresh on the page's day."""
    if issued is None:
        return 0
    if today is None:
        return int(issued == newest)
    if (today - issued).days > _OLD:
        return -1
    return 2 if issued == newest and (today - issued).days <= _FRESH else 0


def _joined(value: str, last: NumberHit, hit: NumberHit) -> bool:
    """Whether a number is the next of a list: "theo công văn số 1/UBND-VP của tỉnh và công văn số 2/…"."""
    between = value[last.end : hit.noun_at]
    return len(between) <= 120 and bool(re.search(r"(?:\bvà|,)\s*$", between))


def _ends_alone(value: str, hit: NumberHit, placed: Placed) -> bool:
    """Whether a text ends with a number, and its day, on a line of their own."""
    if hit is not placed[-1][0] or not hit.noun or hit.start <= len(value) * 2 // 3:
        return False
    begin, end = value.rfind("\n", 0, hit.noun_at) + 1, value.find("\n", hit.end)
    rest = value[hit.end : end if end >= 0 else None]
    return begin == hit.noun_at and _DAY.sub("", rest).strip() == ""


def _table_rows(value: str, hits: Sequence[NumberHit], keys: Sequence[str]) -> set[str]:
    """The first number of each row below the head of a list of documents (Số ký hiệu | Ngày ban hành | …)."""
    head = _TABLE_HEAD.search(value) if "|" in value else None
    if head is None:
        return set()
    rows: dict[int, str] = {}
    for hit, key in zip(hits, keys, strict=True):
        begin, end = value.rfind("\n", 0, hit.start) + 1, value.find("\n", hit.start)
        row = value[begin : end if end >= 0 else None]
        if begin > head.start() and "|" in row and row[: hit.start - begin].count("|") <= 2:
            rows.setdefault(begin, key)
    return set(rows.values())


def _is_list(text: Text, hits: Sequence[NumberHit]) -> bool:
    """A page that is a list of documents: most of its lines begin with a number, none is prose."""
    if len(hits) < 4:
        return False
    lines = [line for line in text.value.split("\n") if line.strip()]
    if any(len(line) > 350 for line in lines):
        return False
    starts = {text.value.rfind("\n", 0, h.noun_at) + 1 for h in hits if _opens_line(text.value, h)}
    return len(starts) >= 4 and len(starts) * 2 >= len(lines)


def _opens_line(value: str, hit: NumberHit) -> bool:
    return hit.noun_at - (value.rfind("\n", 0, hit.noun_at) + 1) <= 6
