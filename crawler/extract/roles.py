"""Whether a notice is about a document (its subject) or only cites it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from statistics import fmean as mean

from crawler.extract.fitted import Fitted
from crawler.extract.lists import rows_of_list
from crawler.extract.numbers import NumberHit
from crawler.extract.reported import Report, continues, heads, is_next_act, lead, report
from crawler.extract.role_words import words_of
from crawler.extract.scan import after_last, lowered
from crawler.issuers import CENTRAL
from crawler.model import Citation, Text

# What stands round a number is matched in lower case: it costs a third of matching without regard to case.
# What makes an act the ground of another, or its forerunner.
_BACKGROUND = re.compile(
    r"thực hiện|thi hành|căn cứ(?! pháp lý là)|triển khai|hưởng ứng|chấp hành|bối cảnh|giãn cách theo"
    r"|cơ sở|tiêu chí"
    r"|so với|sau khi|từ khi|\bbám\b|\bthay\b|thay thế|bổ sung cho|kêu gọi|chỉ đạo của|ý kiến của|\btrình\b"
    r"|đề nghị của|trước đó|trước với|viện dẫn|đúng mẫu|nhắc lại|phân công|từ ngày (?=[^\W\d])"
    r"|\bsau\s*$|phụ lục[^.;,\n]{0,30}\bkèm(?: theo)?\s*$"
    r"|^\W*được\s[^.;\n]{2,80}(?:đồng ý|cho phép|thống nhất|chấp thuận)\s(?:tại|bằng|theo)\s[^,]{0,20}$",
)
#: Verbs of an act that speaks for itself: "Theo đó, Công văn số 929/BTTTT-THH nêu rõ …".
_SAYS = re.compile(
    r"[^;\n]{0,80}?(?:nêu rõ|\bnêu\b|yêu cầu|quy định|đề nghị|nhấn mạnh|hướng dẫn|chỉ đạo|cho biết)"
)
_DATELINE = re.compile(r"\s*(?:\(?[A-ZĐ&.]{2,12}\)?\s*[:–-]?\s*)?")
_THEREBY = re.compile(r"(?:^|[.\n])\s*theo đó,?\s*$")
# "Đây là nội dung tại Nghị định số …", "việc này nêu tại Công văn số …": the page is about that act.
_MATTER = re.compile(
    r"(?:nội dung|quy định|yêu cầu|việc|điều|đó|này|đây|chủ trương|thông tin|chi tiết|toàn văn|chỉ đạo"
    r"|hướng dẫn|cụ thể"
    r"|hiệu lực|mới)\s(?:[^.;,\n]{0,25}\s)?(?:được\s)?(?:nêu|ghi|thể hiện|quy định|có|nằm|đưa ra|là|xem"
    r"|đăng|tại"
    r"|trong|ở|của)\s(?:rõ\s)?(?:trong |tại |ở )?(?:\w+\s){0,3}\(?$",
)
#: The last words of what links the two in `_MATTER`.
_LINKS = frozenset(
    ["nêu", "ghi", "hiện", "định", "có", "nằm", "ra", "là", "xem", "đăng", "tại", "trong", "ở", "của"]
)
_THIS_IS = re.compile(
    r"\b(?:đây|đó) là\s(?:một trong\s)?(?:những\s|các\s|số\s)*"
    r"(?:nội dung|quy định|yêu cầu|điểm mới|thông tin)\b[^.;\n]{0,40}\s$",
)
_OBEYS = re.compile(
    r"(?:thực hiện|chấp hành|tuân thủ|vi phạm|theo|trái|đáp ứng|bảo đảm|làm (?:nghiêm|đúng|tốt))"
    r"\s[^.;,\n]{0,15}$",
)
# "Bằng Công văn số …, Chủ tịch UBND tỉnh giao …": an authority speaks through its act.
_THROUGH = re.compile(r"\b(?:bằng|tại|trong|qua)\s(?:[^\W\d]+\s){0,2}$")
_ACTS = re.compile(
    r"[^.;\n]{0,60}?,\s[^.;\n\d]{0,60}?\b(?:yêu cầu|giao|đề nghị|chỉ đạo|cho|đồng ý|quy định|nhắc|hướng dẫn"
    r"|thông báo|quyết định|thống nhất|xử phạt|phê duyệt|công bố)\b",
)
# "Kết luận này vừa được Chủ tịch UBND tỉnh đưa vào Công văn số …"
_JUST_NOW = re.compile(r"\b(?:vừa|mới)\s(?!có\b|nhận\b|đi\b)[^.;,\n(]{0,70}$")
_AS = re.compile(r"\bnhư\s(?!vậy|thế|trên)[^.;,\n]{0,30}$")
# A department that asks something itself passes on no act of its province: "theo Văn bản số 3079/UBND-VX4 …
# Ban Quản lý cần doanh nghiệp báo cáo trước 15 giờ".
_VOICES = ("Sở", "Ban", "Trung tâm", "Chi cục", "Cục", "Hội", "Phòng", "Bệnh viện", "Công ty", "Liên đoàn",
           "Trường", "BHXH")  # fmt: skip
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
)
# "Theo Công văn số …" at the beginning of a clause may pass an act on, in its midst it is a ground.
_BY_OPENS = re.compile(r"\W*(?:thực hiện|làm|căn cứ|cũng|chiếu)?\s*theo\s*(?:\w+\s){0,3}")
_BY = re.compile(r"\btheo\s[^,]{0,30}$")
# What follows a sentence about an act and goes on about it: "Theo đó, …", "Công văn nêu: …".
_RESUMED = re.compile(
    r"[^.\n]{0,400}?[.:\n]\s*(?:theo đó|trong đó|cụ thể|nội dung|theo (?:công văn|công điện|quyết định"
    r"|văn bản|kế hoạch"
    r"|chỉ thị|thông báo|hướng dẫn)(?! (?:số|khẩn))|(?:công văn|công điện|quyết định|văn bản|kế hoạch"
    r"|chỉ thị|thông báo"
    r"|hướng dẫn|nghị quyết|kết luận)\s(?:này |trên |cũng |còn |do )?(?:nêu|yêu cầu|quy định|giao|đặt|chỉ"
    r"|đề|hướng|nhấn"
    r"|cho|có|gồm|này|trên|áp|nhắc))",
)
# What stands between the numbers of one noun: "các quyết định số 18/QĐ-SYT ngày 2/3/2020, số 19/QĐ-SYT".
_NEXT_NUMBER = re.compile(r"(?:\s*ngày\s[\d/.-]{5,10})?\s*(?:,|;|\bvà\b)\s*(?:và\s+)?(?:số\s*:?\s*)?", re.I)
#: A list of acts under a heading of their own: "IV. Chỉ đạo mới:".
_LIST_HEAD = re.compile(
    r"^[^\n]{0,200}\b(?:thông qua|ban hành|đã ký)[^\n.]{0,40}:\s*$|"
    r"^(?=[^\n]*:\s*$|[IVX\d]{1,3}[.)])[^\n]{0,12}(?:văn bản|chỉ đạo)[^\n.]{0,40}"
    r"(?:mới|chỉ đạo|điều hành|ban hành)\s*:?\s*$",
    re.I | re.M,
)
_BULLET = re.compile(r"\s*(?:[-–+*•]|\d{1,2}[.)/])\s*(?:các\s+)?$")
_DAY = re.compile(r"\s*,?\s*\(?ngày [\d/.-]+(?:\s*tháng \d+ năm \d{4})?\)?", re.I)
#: An answer to a citizen rests on acts, it does not publish them.
_ANSWERS = ("nội dung kiến nghị", "hỏi:", "lời:", "đáp:", "trả lời (")
_ANSWER = re.compile(
    r"nội dung kiến nghị|^(?:hỏi|câu hỏi|trả lời|đáp)\s*(?:\([^()\n]{2,60}\)\s*)?:"
    r"|\bhỏi\s?:[^\0]{0,600}trả lời\s?:",
    re.M,
)
#: An act printed whole cites others; its own number is in its letterhead, if it has one.
_WHOLE = re.compile(r"^kính gửi\s*:", re.I | re.M)
#: News is told so far from the beginning.
_LEAD = 800
#: The days after which an act is fresh, of the posting's week, old no more.
_FRESH, _WEEK, _OLD = 12, 7, 45
#: Signs that say more together than each by itself.
_TOGETHER = [
    frozenset(names.split())
    for names in ("answer exists", "fresh newest", "newest week", "by_opens fresh", "undated only_local")
]
#: Subject or cited, as labelled notices have it: `bench/fit_roles.py`.
_FITTED = Fitted.named("role")
#: The numbers of a list stand no further apart.
_LISTED_WITHIN = 200
#: What the next number of a list has from the one before it.
_SHARED = frozenset(("by_opens", "by", "ground"))

Known = Mapping[str, Citation]
#: The hits of known documents, each with its document's key.
Placed = Sequence[tuple[NumberHit, str]]


def subjects(
    text: Text,
    hits: Sequence[NumberHit],
    keys: Sequence[str],
    known: Known,
    posted: date | None = None,
    latest: date | None = None,
) -> set[str]:
    """The keys of the documents that a notice is about.

    `keys` names the document of each hit, `known` the distinct documents; `posted` is the posting day,
    `latest` the latest other day of the text. Lists of documents are about each of them. Elsewhere signs are
    weighed: how the words name a document, who issued it, how old it is, whether another is reported; and the
    words round it.
    """
    if found := listed(text, hits, keys, known):
        return found
    placed = [(hit, key) for hit, key in zip(hits, keys, strict=True) if key in known]
    signs = signs_of(text, hits, placed, known, posted, latest)
    words = words_of(text, placed, known)
    points = {key: _FITTED.weigh(found, words[key]).points for key, found in signs.items()}
    return {key for keys in _alike(text.value, placed) for key in keys if mean(points[k] for k in keys) > 0}


def _alike(value: str, placed: Placed) -> list[list[str]]:
    """The keys of all documents; those that are named together are in one list: they share a role."""
    found: dict[str, list[str]] = {}
    last: tuple[NumberHit, str] | None = None
    for hit, key in placed:
        if key not in found:
            together = last and (
                _NEXT_NUMBER.fullmatch(value, last[0].end, max(last[0].end, hit.start))
                or is_next_act(value, last[0], hit)
            )
            found[key] = found[last[1]] if last and together else []
            found[key].append(key)
        last = hit, key
    return list({id(keys): keys for keys in found.values()}.values())


def listed(text: Text, hits: Sequence[NumberHit], keys: Sequence[str], known: Known) -> set[str]:
    """The documents of a list: rows of a table, a page of nothing else, bullets under a heading; or none."""
    if rows := set(rows_of_list(text.value, hits)):
        return {key for hit, key in zip(hits, keys, strict=True) if hit in rows}
    if _is_list(text, hits):
        rows = {hit for hit in hits if _opens_line(text.value, hit)}
        return {key for hit, key in zip(hits, keys, strict=True) if hit in rows and key in known}
    return _under_headings(text.value, [(h, key) for h, key in zip(hits, keys, strict=True) if key in known])


def signs_of(
    text: Text,
    hits: Sequence[NumberHit],
    placed: Placed,
    known: Known,
    posted: date | None,
    latest: date | None,
) -> dict[str, set[str]]:
    """The signs of each document: those of its places together, and what sets it apart from the others."""
    body = _body(text)
    reports = _reports(text, hits, placed)
    signs: dict[str, set[str]] = {key: set() for key in known}
    last: tuple[NumberHit, set[str]] | None = None
    live: set[str] = set()
    for hit, key in placed:
        if text.zone_at(hit.start) == "chrome":
            if heads(text, hit, hits):
                signs[key].add("heads")
            continue
        live.add(key)
        here = _at(text, hit, hits, body)
        if last and _joined(text.value, last[0], hit):
            here |= last[1] & _SHARED
        last = hit, here
        signs[key] |= here
    of_page = _of_page(text)
    newest = max((known[key].date or date.min for key in live), default=date.min)
    local = [key for key in live if _level(known[key]) > 0]
    reported = _Reported([known[key] for key in live if key in reports])
    own_voice = _has_own_voice(text.value, body)
    for key in live:
        found, level = signs[key], _level(known[key])
        found |= of_page | _age(known[key].date, newest, posted, latest)
        if how := reports.get(key):
            found.add(how.name.lower())
        if reported.another_than(known[key], key in reports):
            found.add("other_reported")
        if key in reports and reported.lowest > level:
            found.add("outdone")  # of acts of several levels the lowest is the news
        if level == 0:
            found.add("central")
        elif len(local) == 1:
            found.add("only_local")
        if level == 1 and own_voice:
            found.add("own_voice")
        if known[key].number.isdigit():
            found.add("bare")
        found |= {" ".join(sorted(names)) for names in _TOGETHER if names <= found}
    return signs


class _Reported:
    """The acts that a text reports: their kinds, their days, the lowest level of those who issued them."""

    def __init__(self, acts: Sequence[Citation]) -> None:
        self.kinds = Counter(act.type for act in acts)
        self.days: dict[str | None, set[date]] = {}
        for act in acts:
            if act.date:
                self.days.setdefault(act.type, set()).add(act.date)
        self.lowest = max(map(_level, acts), default=0)

    def another_than(self, act: Citation, is_reported: bool) -> bool:
        """Whether one is of another kind or day: acts of one list (decisions of one day) are alike."""
        if self.kinds.total() > self.kinds[act.type]:
            return True
        same = self.days.get(act.type, set())
        return bool(act.date and len(same) > (act.date in same)) and (not is_reported or len(same) > 1)


def _reports(text: Text, hits: Sequence[NumberHit], placed: Placed) -> dict[str, Report]:
    found: dict[str, Report] = {}
    previous: tuple[NumberHit, Report] | None = None
    for hit, key in placed:
        how = report(text, hit, hits)
        if not how and previous and continues(text.value, previous[0], hit):
            how = previous[1]
        if how:
            found[key] = max(found.get(key, how), how)
            previous = (hit, how)
    return found


def _at(text: Text, hit: NumberHit, hits: Sequence[NumberHit], body: int) -> set[str]:
    """The signs of one place."""
    low = lowered(text.value)
    before, sentence, clause = lead(text.value, hit.noun_at)
    titled = text.zone_at(hit.start) == "title"
    opens = bool(_DATELINE.fullmatch(text.value, hit.noun_at - len(sentence), hit.noun_at))
    by_opens = bool(_BY_OPENS.fullmatch(clause))
    near = before[-100:]
    matter = _MATTER.search(near) if _may_be_matter(near) else None
    thereby = "theo đó" in before.rstrip()[-8:] and bool(_THEREBY.search(before))
    signs = {
        "heads": heads(text, hit, hits),
        "by_opens": by_opens,
        "by": not by_opens and bool(_BY.search(clause[-45:])),
        "as": bool(_AS.search(clause[-45:])),
        "bracket": clause.rstrip().endswith("("),
        "just": bool(_JUST_ISSUED.match(low, hit.end) or _JUST_NOW.search(clause[-85:])),
        "ground": bool(_BACKGROUND.search(clause[-120:])),
        "through": bool(_THROUGH.search(clause[-30:]) and _ACTS.match(low, hit.end)),
        "this_is": " là" in near and bool(_THIS_IS.search(near)),
        "thereby": bool(thereby and _SAYS.match(low, hit.end)),
        "resumed": bool(_RESUMED.match(low, hit.end)),
        "speaks": not titled and bool((opens or thereby) and _SAYS.match(low, hit.end)),
        "matter": bool(matter and not _OBEYS.search(near, max(0, matter.start() - 30), matter.start())),
        "late": not titled and hit.start >= body + _LEAD,
        "opens": opens,
        "alone": _stands_alone(text.value, hit),
    }
    return {name for name, there in signs.items() if there}


def _may_be_matter(near: str) -> bool:
    """Whether one of the last six words can link a matter to its act: a tenth of the cost of `_MATTER`."""
    tail = after_last(near[-60:], (".", ",", ";", ":"))
    return "thể hiện" in tail or not _LINKS.isdisjoint(tail.split()[-6:])


def _has_own_voice(value: str, body: int) -> bool:
    """Whether a department asks something itself; looked for only where one is named, which is cheap."""
    for word in _VOICES:
        place = value.find(word, body)
        while place >= 0:
            if _OWN_VOICE.match(value, place):
                return True
            place = value.find(word, place + 1)
    return False


def _stands_alone(value: str, hit: NumberHit) -> bool:
    """Whether a number, and its day, stand on a line of their own at the end of a text."""
    if not hit.noun or hit.start <= len(value) * 2 // 3 or value[hit.noun_at - 1 : hit.noun_at] != "\n":
        return False
    day = _DAY.match(value, hit.end)
    rest = value[(end := day.end() if day else hit.end) : end + 9].lstrip(" ")
    return rest == "" or rest.startswith("\n")


def _of_page(text: Text) -> set[str]:
    """The signs of a page that answers somebody, and of an act printed whole."""
    low = lowered(text.value)
    signs = set()
    if any(w in low for w in _ANSWERS) and _ANSWER.search(low):
        signs.add("answer")
    if "kính gửi" in low and _WHOLE.search(text.value):
        signs.add("whole")
    return signs


def _age(issued: date | None, newest: date, posted: date | None, latest: date | None) -> set[str]:
    """How old an act is on the page's day, which is its posting day or the latest other day of its text."""
    if issued is None:
        return {"undated"}
    signs = {"newest"} if issued == newest else set()
    if today := posted or latest:
        days = (today - issued).days
        if days <= _FRESH:
            signs.add("fresh")
        elif days > _OLD:
            signs.add("stale")
        if posted and -3 <= days <= _WEEK:
            signs.add("week")
    return signs


def _body(text: Text) -> int:
    """Where the text under the headline begins."""
    return next((z.start for z in text.zones if z.name in ("summary", "body")), 0)


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
        p in CENTRAL or re.match(r"QH\d|TC[A-ZĐ]|B(?!CĐ|CH|QL|TG|DT|AN|HXH)[A-ZĐ]{2,}", p) for p in parts
    )
    return 0 if central else 2


def _joined(value: str, last: NumberHit, hit: NumberHit) -> bool:
    """Whether a number is the next of a list: "theo công văn số 1/UBND-VP của tỉnh và công văn số 2/…"."""
    between = value[last.end : hit.noun_at]
    return len(between) <= _LISTED_WITHIN and bool(re.search(r"(?:\bvà|,|;)\s*$", between))


def _is_list(text: Text, hits: Sequence[NumberHit]) -> bool:
    """A page that is a list of documents: most of its lines begin with a number, none is prose."""
    if len(hits) < 4:
        return False
    lines = [line for line in text.value.split("\n") if line.strip()]
    if any(len(line) > 350 for line in lines):
        return False
    starts = {text.value.rfind("\n", 0, h.noun_at) + 1 for h in hits if _opens_line(text.value, h)}
    if len(starts) < 4:
        return False
    # What stands above and below the rows are the page's own words: menus, other boxes.
    among = [line for line in text.value[min(starts) : max(starts)].split("\n") if line.strip()]
    return len(starts) * 2 >= min(len(lines), len(among) + 5)


def _opens_line(value: str, hit: NumberHit) -> bool:
    return hit.noun_at - (value.rfind("\n", 0, hit.noun_at) + 1) <= 6
