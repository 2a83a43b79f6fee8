"""The headline of a page text: which of the lines above the text it is, by signs whose points are fitted."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from crawler.extract.fitted import Fitted
from crawler.extract.lines import (
    LONGEST,
    Kind,
    Line,
    begins_with_when,
    is_row,
    names_section,
    names_unit,
    tells_news,
)
from crawler.extract.normalise import plain_words

_POINTS = Fitted.named("title")
_LISTED = re.compile(r"(?:[-–+*•\[!]|\d{1,2}[.)]\s|[IVX]{1,4}[.)]\s|[a-z]\)\s)")
#: Kinds of acts as their own heading names them, in capitals on a line of their own (Decree 30/2020/NĐ-CP).
ACT = re.compile(
    r"(?:QUYẾT ĐỊNH|NGHỊ QUYẾT|CHỈ THỊ|KẾ HOẠCH|THÔNG BÁO(?: KHẨN)?|CÔNG ĐIỆN(?: KHẨN)?|HƯỚNG DẪN"
    r"|BÁO CÁO|TỜ TRÌNH"
    r"|KẾT LUẬN|CHƯƠNG TRÌNH|PHƯƠNG ÁN|QUY (?:CHẾ|ĐỊNH)|ĐỀ ÁN|THƯ NGỎ|LỜI KÊU GỌI|THÔNG CÁO BÁO CHÍ)$"
)
_SUBJECT = re.compile(r"(?:V/v|V\.v|Về việc)(?!\w)", re.I)
#: Who wrote a post, between its headline and its stamp.
_AUTHOR = re.compile(
    r"(?:tác giả|người (?:đăng|viết|gửi)|nguồn(?: tin)?|thực hiện"
    r"|(?:tin|bài|ảnh)(?:(?:,| và) (?:bài|ảnh|tin)){0,2})\s?:",
    re.I,
)
#: Headlines that are short and no section's name.
_SHORT = re.compile(r"số \d|^(?:thư (?:mời|cảm ơn|kêu gọi|ngỏ)|yêu cầu báo giá|giấy mời|đính chính)\b", re.I)
# The page of a tag has the headlines of others.
_TAG = re.compile(r"(?:thẻ|tags?|từ kh[oó][áa])\s*:\s*\S", re.I)
#: "Văn bản mới về phòng, chống dịch COVID-19", "Danh mục dự thảo văn bản đang lấy ý kiến …".
_LIST_TITLE = re.compile(
    r"(?:(?:hệ thống|các|danh mục|danh sách|tổng hợp)\s)?văn bản\s.*(?:phòng,? chống|covid|ncov|dịch bệnh)"
    r"|(?:danh mục|danh sách|tổng hợp)\s.{30,}",
    re.I,
)
#: A letter that begins with whom it is sent to has no headline.
_LETTER = re.compile(r"kính gửi\b", re.I)
#: Who did it and that it is done: sentences of a text have it, headlines seldom.
_TELLS = re.compile(r"\b(?:vừa|đã|mới|cho (?:hay|biết)|báo rằng|của ông|của bà)\b", re.I)
_LABEL = re.compile(r"(?:tiêu đề|tên (?:bài|văn bản)|trích yếu|nội dung)[^:|]{0,20}[:|]", re.I)
#: A letterhead's lines: the state's name, the act's number.
_LETTERHEAD = re.compile(r"(?:cộng h[oò][àa] xã hội chủ nghĩa|độc lập\s?[-–]\s?tự do|số\s?:)", re.I)
_DAY = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}")
_NUMBER = re.compile(r"\d/[\w-]{0,20}[A-ZĐ]{2}")
_DISEASE = re.compile(r"covid|dịch|ncov", re.I)
_PATH = re.compile(r"[>»›/]\s")
#: What makes an address a headline's, and how much of it a line must spell.
_SLUG_WORDS, _SPELT = 4, 0.8
_SHARES = (0.2, 0.5, 0.79)
_SPELT_SIGNS = frozenset(("spelt more", *(f"spelt to {share}" for share in _SHARES)))
_ENDS = '.;:,!?…|”")'
#: Two of these on a page are a list of posts, which has the headlines of others: "• 27/10/2021".
_ITEM = re.compile(r"[•*]\s*\d{1,2}/\d{1,2}/\d{4}$")
_ROWS = 3
#: Sentences are longer than this, and most headlines shorter.
_LONG = 80
#: So far from a stamp a line has no more to do with it.
_FAR = 4


def headline_at(head: Sequence[Line], posted: int | None, url: str) -> int | None:
    """The index of the line that is the page's headline, None where it has none.

    `head` are the lines down to the second paragraph, `posted` the index of the posting stamp among the
    page's lines.
    """
    if head and (_LETTER.match(head[0].text) or sum(bool(_ITEM.match(line.text)) for line in head) > 1):
        return None
    best, points = None, 0.0
    for index, signs in enumerate(signs_of(head, posted, url)):
        weighed = _POINTS.weigh(signs, {}).points if signs else 0.0
        if weighed > points:
            best, points = index, weighed
    return best


def signs_of(head: Sequence[Line], posted: int | None, url: str) -> list[Set[str]]:
    """What speaks for or against each line as the headline; of stamps, toolbars and paragraphs nothing."""
    page = _Head.of(head, posted, url)
    signs: list[Set[str]] = []
    seen: set[str] = set()
    before = 0
    for index, line in enumerate(head):
        possible = len(line.text) <= LONGEST and line.kind is not Kind.TOOLS and line.stamp is None
        signs.append(_signs_at(page, index, before, line.text in seen) if possible else frozenset())
        before += line.kind is Kind.HEADLINE
        seen.add(line.text)
    return signs


@dataclass(frozen=True, slots=True)
class _Head:
    """The lines above the text, and what all of them share.

    `text` is the index of the first paragraph, `shares` how much of the page's address each line spells,
    `most` the largest of these.
    """

    lines: Sequence[Line]
    posted: int | None
    text: int
    shares: list[float]
    most: float
    letter: int
    act: int
    listing: list[str]

    @classmethod
    def of(cls, lines: Sequence[Line], posted: int | None, url: str) -> _Head:
        after = len(lines)
        shares = _shares(lines, url)
        return cls(
            lines,
            posted,
            next((n for n, line in enumerate(lines) if line.kind is Kind.PROSE), after),
            shares,
            max(shares, default=0.0),
            next((n for n, line in enumerate(lines) if _LETTERHEAD.match(line.text)), after),
            next((n for n, line in enumerate(lines) if ACT.match(line.text)), after),
            _listing(lines),
        )


def _shares(lines: Sequence[Line], url: str) -> list[float]:
    """How much of its address each line spells: portals make addresses from headlines."""
    parts = [set(re.findall(r"[a-z]{2,}", part.lower())) for part in unquote(urlsplit(url).path).split("/")]
    slug = max(parts, key=len, default=set())
    if len(slug) < _SLUG_WORDS:
        return []
    spelt = (slug.intersection(plain_words(line.text[:LONGEST])) for line in lines)
    return [len(words) / len(slug) for words in spelt]


def _listing(lines: Sequence[Line]) -> list[str]:
    """Signs of pages that have no headline of their own: lists, pages of a tag."""
    rows = sum(is_row(line.text) for line in lines) >= _ROWS
    tag = any(_TAG.match(line.text) for line in lines[:3])
    return ["page of rows"] * rows + ["page of a tag"] * tag


def _signs_at(page: _Head, index: int, before: int, seen: bool) -> set[str]:
    """The signs of one line; `before` headlines stand above it, `seen` says that one of them is the same."""
    text, kind = page.lines[index].text, page.lines[index].kind
    length = f"length {_band(len(text), 12, 20, 28, 44, 70, 120, 200, 320)}"
    with_kind = [*_place(page, index, before), *_neighbours(page, index), length]
    signs = {f"kind {kind}", *with_kind, *(f"{kind}: {sign}" for sign in with_kind)}
    signs.update(_look(text), _letter(page, index), _spelt(page, index), page.listing)
    signs.update(_ending(text, signs))
    if seen:
        signs.add("stood above")
    if any(line.text == text for line in page.lines[index + 1 : index + 8]):
        signs.add("stands again below")
    return signs


def _place(page: _Head, index: int, before: int) -> list[str]:
    """Where a line stands: from the top, among headlines, to the stamp and to the text."""
    lines, posted = page.lines, page.posted
    after = sum(line.kind is Kind.HEADLINE for line in lines[index + 1 : page.text])
    signs = [
        f"from top {_band(index, 0, 1, 2, 3, 5, 10, 20, 40)}",
        f"headlines above {_band(before, 0, 1, 2, 4)}",
        f"headlines below {_band(after, 0, 1, 3)}",
        f"to text {_band(page.text - index, -1, 0, 1, 2, 3, 6)}",
    ]
    if posted is None:
        return [*signs, "no stamp"]
    signs.append(f"from stamp {max(-_FAR, min(_FAR, index - posted))}")
    if posted < len(lines) and (stamp := lines[posted].stamp):
        signs.append(f"{signs[-1]} {stamp.rank.name}")
    between = lines[index + 1 : posted]
    if index < posted and all(line.kind is Kind.TOOLS or line.stamp for line in between):
        signs.append("right above stamp")
    return signs


def _neighbours(page: _Head, index: int) -> list[str]:
    """What stands above and below a line."""
    lines = page.lines
    above = _name(lines[index - 1]) if index else "top"
    below, second = (_name(lines[n]) if n < len(lines) else "end" for n in (index + 1, index + 2))
    further = (line for line in lines[index + 1 :] if line.kind is not Kind.TOOLS and not line.stamp)
    following = next(further, None)
    signs = [
        f"under {above}",
        f"over {below}",
        f"over {below} and {second}",
        f"followed by {following.kind if following else 'end'}",
    ]
    text = lines[index].text
    if index + 1 < len(lines):
        other = len(lines[index + 1].text)
        signs += ["over shorter"] * (other < len(text) / 2) + ["over longer"] * (other > len(text) * 1.5)
    return signs + ["under longer"] * (index > 0 and len(lines[index - 1].text) > len(text))


def _name(line: Line) -> str:
    return "stamp" if line.stamp else line.kind.value


def _look(text: str) -> list[str]:
    """How a line is written and what its words are like."""
    news, unit = tells_news(text), names_unit(text)
    told = {
        "capitals": text.isupper(),
        "begins small": text[0].islower(),
        "words in capitals": text.istitle(),
        "listed": _LISTED.match(text) is not None,
        "quoted": text[0] in '"“',
        "subject": _SUBJECT.match(text) is not None,
        "author": _AUTHOR.match(text) is not None,
        "label": _LABEL.match(text) is not None,
        "day": _DAY.search(text) is not None,
        "number": _NUMBER.search(text) is not None,
        "disease": _DISEASE.search(text) is not None,
        "news": news,
        "authority": unit,
        "authority's news": news and unit,
        "section's word": names_section(text),
        "bar": "|" in text,
        "path": _PATH.search(text) is not None,
        "row": is_row(text),
        "short headline": _SHORT.search(text) is not None,
        "list of documents": _LIST_TITLE.match(text) is not None,
        "begins with when": begins_with_when(text),
        "tells": _TELLS.search(text) is not None,
        "has clauses": text.count(",") > 1,
        "act": ACT.match(text) is not None,
    }
    long = "long" if len(text) > _LONG else "short"
    return [_last(text), f"{long}, {_last(text)}", *(sign for sign, holds in told.items() if holds)]


def _ending(text: str, signs: Set[str]) -> list[str]:
    """How a line ends, over a stamp and where the address spells it: headlines may end as sentences there."""
    over = "right above stamp" if "right above stamp" in signs else "no stamp below"
    spelt = signs & _SPELT_SIGNS
    return [f"{_last(text)}, {over}", f"{_last(text)}, {next(iter(spelt), 'plain address')}"]


def _last(text: str) -> str:
    return f"ends with {text[-1] if text[-1] in _ENDS else 'letter'}"


def _letter(page: _Head, index: int) -> list[str]:
    """Where a line stands to a letter that the page prints, and to the name of its act."""
    lines = page.lines
    signs = ["below act"] * (page.act < index)
    signs += ["right below act"] * (index > 0 and ACT.match(lines[index - 1].text) is not None)
    if page.letter < len(lines):
        signs.append("above letter" if index < page.letter else "within letter")
    return signs + ["ends a path"] * _is_crumb(lines, index)


def _is_crumb(lines: Sequence[Line], index: int) -> bool:
    """Whether a section's name ends the path above it: "Tin tức / Tin từ cơ sở", then "TIN TỪ CƠ SỞ"."""
    name = lines[index].text.lower()
    paths = (line.text[: -len(name)] for line in lines[:index] if line.text.lower().endswith(name))
    return any(path.rstrip().endswith(("/", ">", "›", "»")) for path in paths)


def _spelt(page: _Head, index: int) -> list[str]:
    """How much of the page's address a line spells, and whether another spells it."""
    if not page.shares:
        return ["plain address"]
    share, most = page.shares[index], page.most
    signs = [f"spelt {_band(share, *_SHARES)}"]
    if share == most > 0.5:
        signs.append("spelt best")
    return signs + ["another is spelt"] * (share < most and most >= _SPELT)


def _band(value: float, *ends: float) -> str:
    """The first of the ends that a value does not pass."""
    return next((f"to {end}" for end in ends if value <= end), "more")
