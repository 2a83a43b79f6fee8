"""A page's text taken whole: its headline, posting stamp, province, and what of it is chrome."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from crawler import provinces
from crawler.extract.dates import parse_stamp
from crawler.extract.headlines import ACT, headline_at
from crawler.extract.lines import LONGEST, Kind, Line, is_menu
from crawler.extract.normalise import CAPITALS, normalise
from crawler.extract.stamps import Rank, Stamp
from crawler.model import Text, Zone

# "06/09/2021: (binhduong.gov.vn) - …": the day that opens the first paragraph under a headline.
# … or with who wrote it: "16/11/2021 Sở TT&TT AG - Bảng xếp loại …"; "2021-12-28 - Sở Công Thương …".
_DATELINE = re.compile(
    r"^(20\d\d-\d\d-\d\d)\s-\s(?=[^\W\d_])|"
    r"^\(?(\d{1,2}[/.-]\d{1,2}[/.-]\d{4})\)?(?:\s*:\s|\s(?=[^\W\d_])[^\d.;:,–\n]{2,30}\s[-–]\s(?=[^\W\d_]))()"
)
# "14/12/2021Ngày 13/12, …", "15:16 30/01/2022 Chiến dịch tiêm chủng …": a stamp glued to the
# first paragraph, or with its counter: "25/06/2021 | lượt xem: 3 Công điện của …".
_OPENING = re.compile(
    rf"(\d{{1,2}}/\d{{1,2}}/\d{{4}}(?=[{CAPITALS}]|\s\|\slượt xem\s?:?\s?\d)"
    rf"|\d{{1,2}}[:h]\d\d\s\d{{1,2}}/\d{{1,2}}/\d{{4}}(?=\s[{CAPITALS}]))"
)
# "… trở về21/10/2021 - 16:20:00", "… huyện A Lưới Ngày cập nhật 07/01/2022": a stamp behind the headline.
_CLOSING = re.compile(
    r"\s*\(?(?:ngày đăng|ngày cập nhật|cập nhật(?: ngày| lúc)?|đăng (?:ngày|lúc))\s?:?\s?"
    r"(\d{1,2}/\d{1,2}/\d{4}(?:\s?[-|]?\s?\d{1,2}:\d\d(?::\d\d)?)?)\)?$"
    r"|\s*(\d{1,2}/\d{1,2}/\d{4}\s?[-|]?\s?\d{1,2}:\d\d(?::\d\d)?)$"
    r"|(?<=[^\W\d_])(\d{1,2}/\d{1,2}/\d{4})$",
    re.I,
)
# "(Lúc 20 giờ 30 phút, ngày 02/8/2021)", "Lạng Sơn, 14/12/2021 - 18:20": lines that only say when.
_WHEN = re.compile(
    r"^\((?:lúc\s)?\d{1,2}\s?(?:giờ|h|:)\s?\d{0,2}(?:\s?phút)?,?\s*(?:ngày\s)?(\d{1,2}/\d{1,2}/\d{4})\)$"
    r"|^[^\W\d_]{2,}(?:[ -][^\W\d_]+){0,4},\s(\d{1,2}/\d{1,2}/\d{4})\s*[-|]\s*\d{1,2}[:h]\d\d$",
    re.I,
)
# Who wrote a post and when, as its last line: "Đ.Khoa – 17/08/2021", "Trung tâm VH-TT (14/07/2021 07:20)".
_SIGNATURE = re.compile(
    r"^[^\W\d_][^\d:;,]{1,60}(?:\s[-–]\s|\s?\()(\d{1,2}/\d{1,2}/\d{4}(?:\s\d{1,2}[:h]\d\d)?)\)?$"
)
_BRACKET = re.compile(r"\((\d{1,2}/\d{1,2}/\d{4})\)\s*$|^\((\d{1,2}/\d{1,2}/\d{4})\)")
#: "Trang chủ >> Thông báo (20-03-2019)"
_STAMPED_PATH = re.compile(r"[»>][^(\n]{1,60}\((\d{1,2}[/-]\d{1,2}[/-]\d{4})\)$")
_FOOTER = re.compile(
    r"^(?:trang thông tin điện tử|cổng thông tin điện tử|bản quyền|địa chỉ|designed by|cơ quan chủ quản"
    r"|chịu trách nhiệm"
    r"|giấy phép|©|copyright|số điện thoại\s*:|ipv6)",
    re.I,
)
# Lists of other posts under a post: their stamps and headlines are not its own.
_OTHERS = re.compile(
    r"^[\W_]*(?:(?:các|những|một số)\s)?(?:(?:tin|bài|bài viết|văn bản|thông tin)\s(?:tức\s"
    r"|bài\s)?(?:liên quan|khác"
    r"|cùng (?:chuyên mục|loại|chủ đề|lĩnh vực)|mới|(?:mới|cũ) (?:hơn|nhất)|(?:đã|mới) (?:đưa|đăng)|nổi bật"
    r"|tiếp theo"
    r"|(?:đọc|xem) nhiều(?: nhất)?)|có thể bạn quan tâm|ý kiến bạn đọc|cùng chuyên mục"
    r"|(?:other|related|more|latest|recent) (?:news|articles|posts|documents))\s*(?:\(\d+\))?[:.]?$",
    re.I,
)
#: A row of such a list without a head: "- Sea Festival: đại nhạc hội. (21/07/2019)".
_OTHER_POST = re.compile(r"[-•*»+]\s(?![^(]*\bsố\s?:?\s?\d)[^\n]{15,200}\s\(\d{1,2}/\d{1,2}/\d{4}\)\.?$")
_OTHER_POSTS = 3
# "Tiêu đề văn bản | V/v hướng dẫn tuyển sinh | ||": a row of the table that the page of one document is.
_TABLED = re.compile(
    r"(?:tiêu đề|tên|trích yếu)(?: văn bản| nội dung)?\s?\|\s?([^|\n]{20,320}?)\s?(?:\||$)", re.I
)
_QUESTION = re.compile(r"(?:kiến nghị về việc\s*:?|^câu hỏi\s*:(?=[^\n.]{2,110}\?$))\s*([^\n]{2,200})", re.I)
# The place and day of a letter stand beside its subject, in the other column.
_PLACE_AND_DAY = re.compile(
    r"\s[^\W\d_a-z]\w*(?:\s[^\W\d_a-z]\w*){0,3},\s?ngày[\s\d.…]{1,9}tháng[\s\d.…]{1,9}năm[\s\d.…]{0,6}$"
)
#: "• Thời gian đăng: 28/10/2021 …" under "• Lời cảm ơn …": so Điện Biên prints headline, stamp and text.
#: "• 14/12/2018 19:42": Đắk Nông's newspaper does so without a label.
_IN_ITEMS = re.compile(r"^• (?:(?:thời gian|ngày) đăng\s?:|\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d$)", re.I | re.M)
#: So many characters from the top it is looked for.
_TOP = 4000
#: A day with its weekday alone is a header's.
_WEEKDAY = re.compile(r"\bthứ\s(?:hai|ba|tư|năm|sáu|bảy|[2-7])\b|\bchủ nhật\b", re.I)
#: What the page of one document says of it.
_RECORD = re.compile(r"^(?:trích yếu|số,? ?/? ?(?:ký|kí) hiệu)\s*[:|]", re.I)
_TITLES = (Kind.HEADLINE, Kind.SECTION)
_WRITTEN = (Kind.HEADLINE, Kind.PROSE)
_SAYING = (*_WRITTEN, Kind.SECTION, Kind.BANNER)
# Half a page: what it begins with is in the midst of a text.
_NO_BEGINNING = re.compile(r"^(?:\.{3}|…|\((?:tiếp theo|tiếp kỳ))", re.I)
#: So many lines may stand above the text: menus print an entry a line.
_HEAD = 150


@dataclass(frozen=True, slots=True)
class PlainRead:
    """A page's text with what its layout says: headline, posting stamp, province (2021 name)."""

    text: Text
    title: str | None
    published: date | None
    published_time: str | None
    province: str | None


def read_plain(raw: str, url: str = "", fetched: date | None = None) -> PlainRead:
    """Read a page text, boilerplate included: zones title, body and chrome, by the look of its lines."""
    value, lines, end, head, posted = _layout(raw)
    title = _title(value, head, posted, url)
    published = lines[posted].stamp if posted is not None else _stamp_beside(value, lines, title)
    published = published or _signature(lines[:end])
    zones = _zones(value, lines, title, end)
    province = provinces.province_of_page(url, value, _chrome_text(value, zones))
    return PlainRead(
        Text(value, zones),
        _printed(value, title, posted is None),
        published.when if published else None,
        published.clock if published else None,
        province.name if province else None,
    )


def head_of(raw: str) -> tuple[list[Line], int | None]:
    """The lines of a page text down to its second paragraph, and the index of its posting stamp."""
    *_, head, posted = _layout(raw)
    return head, posted


def _layout(raw: str) -> tuple[str, list[Line], int, list[Line], int | None]:
    """The normalised text, its lines, where the post ends in them, those of its head, its posting stamp."""
    value = normalise(raw)
    menus = {normalise(line) for line in raw.splitlines() if is_menu(line)}
    lines = _lines(value, menus)
    end = _end(lines)
    head = lines[: _end_of_head(lines[:end])]
    return value, lines, end, head, _posted(lines[:end], head)


def _lines(value: str, menus: set[str]) -> list[Line]:
    """The lines of a text; where a posting stamp is an item of a list, so is each part of the post."""
    lines = [Line(m.start(), m[0], m[0] in menus) for m in re.finditer(r"[^\n]+", value)]
    if len(_IN_ITEMS.findall(value, 0, _TOP)) != 1:  # of more posts the page is a list
        return lines
    bare = (re.match(r"• (?=\S)", line.text) for line in lines)
    return [
        Line(line.start + 2, line.text[2:], line.menu) if bullet else line
        for line, bullet in zip(lines, bare, strict=True)
    ]


def _end(lines: list[Line]) -> int:
    """Where the post ends: at a list of other posts, or at the page's footer.

    A box of other posts may stand above the post, too: some text comes first.
    """
    written = False
    for index, line in enumerate(lines):
        if written and len(line.text) < 60 and _OTHERS.match(line.text):
            return index
        rows = lines[index : index + _OTHER_POSTS]
        if written and len(rows) == _OTHER_POSTS and all(_OTHER_POST.match(row.text) for row in rows):
            return index
        if index > len(lines) // 2 and _is_footer(line.text):
            return index
        written = (
            written
            or len(line.text) > 120
            or bool(_RECORD.match(line.text))
            or (index < _HEAD and line.kind is Kind.PROSE)
        )
    return len(lines)


def _is_footer(line: str) -> bool:
    return bool(_FOOTER.match(line)) and not re.search(r"hotline|đường dây nóng", line, re.I)


def _end_of_head(lines: list[Line]) -> int:
    """The line after the second paragraph: headline and stamp stand above that."""
    paragraphs = 0
    for index, line in enumerate(lines[:_HEAD]):
        paragraphs += line.kind is Kind.PROSE
        if paragraphs == 2:
            return index + 1
    return min(len(lines), _HEAD)


# -- the posting stamp -----------------------------------------------------------------------------


def _posted(lines: list[Line], head: list[Line]) -> int | None:
    """Index of the posting stamp: a labelled one in the head, a bare one there, a labelled one anywhere."""
    stamps = [(index, line.stamp) for index, line in enumerate(head) if line.stamp]
    for rank in (Rank.POSTED, Rank.UPDATED):
        if found := [index for index, stamp in stamps if stamp.rank is rank]:
            return found[0]
    if any(_DATELINE.match(line.text) for line in head[1 : stamps[0][0] if stamps else 1]):
        return None  # the day that opens the text says it; below the text stands a calendar's
    places = [(_place(head, index), stamp.rank, index) for index, stamp in stamps]
    if fit := [p for p in places if p[0] < 2]:
        return min(fit)[2]
    later = ((i, line.stamp) for i, line in enumerate(lines) if line.stamp)
    labelled = [(stamp.rank, i) for i, stamp in later if stamp.rank in (Rank.POSTED, Rank.UPDATED)]
    return min(labelled)[1] if labelled else None


def _place(head: list[Line], index: int) -> int:
    """0 for a stamp under a headline, 1 for one with its time right above a headline or text, else 2.

    A header's clock stands among the names and menus of the site.
    """
    above, below = _nearest(head[:index][::-1]), _nearest(head[index + 1 :])
    if _posted_by(head, index - 1):
        above = head[index - 2]
    over_headline = below is not None and below.kind is Kind.HEADLINE
    if above and (above.kind in _WRITTEN or (above.kind is Kind.SECTION and not over_headline)):
        return 0
    stamp = head[index].stamp
    timed = stamp is not None and (stamp.rank is Rank.TIMED or stamp.clock is not None)
    if timed:
        return 1 if below is None or below.kind in _WRITTEN else 2
    if _WEEKDAY.search(head[index].text):
        return 2
    first = over_headline and not any(line.kind in _SAYING for line in head[:index])
    # "23/05/2020" alone above a text or above "Thông báo".
    opens = index == 0 and below is not None and below.kind in (*_WRITTEN, Kind.SECTION)
    return 1 if first or opens else 2


def _posted_by(head: list[Line], index: int) -> bool:
    """Whether an authority's name right under a headline is that of who posted it."""
    return index > 0 and head[index].kind is Kind.BANNER and head[index - 1].kind is Kind.HEADLINE


def _nearest(lines: list[Line]) -> Line | None:
    return next((line for line in lines if line.kind is not Kind.TOOLS), None)


def _stamp_beside(value: str, lines: list[Line], title: tuple[int, int] | None) -> Stamp | None:
    """A day in brackets or a stamp in the headline's line, or one that opens the paragraph under it."""
    if not title:
        return _stamp_in(_OPENING.match(value))
    if bracket := _BRACKET.search(value[title[0] : title[1]]):
        return _stamp_in(bracket)
    line = next((line for line in lines if line.start <= title[0] < line.end), None)
    if line and (closing := _CLOSING.search(line.text)):
        return _stamp_in(closing)
    above = next((line.text for line in reversed(lines) if line.end < title[0]), "")
    if crumb := _STAMPED_PATH.search(above):
        return _stamp_in(crumb)
    below = next((line.text for line in lines if line.start > title[0]), "")
    return _stamp_in(_DATELINE.match(below) or _WHEN.match(below.strip()) or _OPENING.match(below))


def _stamp_in(match: re.Match[str] | None) -> Stamp | None:
    """The day that a pattern's first group holds, or its next."""
    if not match:
        return None
    when, clock = parse_stamp(next(filter(None, match.groups())))
    return Stamp(Rank.DAY, when, clock) if when else None


def _signature(lines: list[Line]) -> Stamp | None:
    """The day beside the author's name that ends a post."""
    if len(lines) < 3 or not any(line.kind is Kind.PROSE for line in lines):
        return None
    author = lines[-2].text
    if lines[-1].stamp and len(author) <= 40 and author.istitle() and author[-1].isalpha():
        return lines[-1].stamp
    return _stamp_in(_SIGNATURE.match(lines[-1].text))


# -- the headline ----------------------------------------------------------------------------------


def _title(value: str, head: list[Line], posted: int | None, url: str) -> tuple[int, int] | None:
    for line in head:
        if told := _QUESTION.search(line.text) or _TABLED.match(line.text):
            return line.start + told.start(1), line.start + told.end(1)
    if head and (_NO_BEGINNING.match(head[0].text) or (head[0].text[0].islower() and len(head[0].text) > 60)):
        return None
    index = headline_at(head, posted, url)
    return None if index is None else _whole(value, head, index)


def _whole(value: str, head: list[Line], index: int) -> tuple[int, int]:
    """The headline's span, with the lines over which it is wrapped, without a bullet before it."""
    first = last = index
    while first > 0 and _wrapped(head, first - 1):
        first -= 1
    while last + 1 < len(head) and _wrapped(head, last):
        last += 1
    start, end = head[first].start, head[last].end
    bullet = re.match(r"[*•-]\s*|null\s+(?=\S)|trích yếu[^:]{0,12}:\s*", head[first].text, re.I)
    start += bullet.end() if bullet else 0
    if other := _PLACE_AND_DAY.search(value, start, end) or _CLOSING.search(value, start, end):
        end = other.start()
    return start, end


def _wrapped(head: list[Line], upper: int) -> bool:
    """Whether a line and the next are one headline: it goes on in small letters, or in capitals."""
    one, two = head[upper], head[upper + 1]
    if one.kind not in _TITLES or two.kind not in _TITLES:
        return False
    # An empty line between them parts sentences, but for one that begins small: letters are set so.
    if two.start - one.end > (2 if two.text[0].islower() and one.text[-1].isalnum() else 1):
        return False
    if one.text[-1] in ".:;" or two.end - one.start > LONGEST or ACT.match(one.text):
        return False
    long = len(one.text) >= 30 or (upper > 0 and ACT.match(head[upper - 1].text) is not None)
    return two.text[0].islower() or (one.kind is Kind.HEADLINE and long and (one.text + two.text).isupper())


def _printed(value: str, span: tuple[int, int] | None, dated: bool) -> str | None:
    """The headline with single blanks, without a day in brackets after it where that is its stamp."""
    if not span:
        return None
    title = value[span[0] : span[1]]
    if dated:
        title = re.sub(r"\s*\(\d{1,2}/\d{1,2}/\d{4}\)\s*$", "", title)
    return re.sub(r"\s+", " ", title).strip() or None


# -- zones -----------------------------------------------------------------------------------------


def _zones(value: str, lines: list[Line], title: tuple[int, int] | None, end: int) -> tuple[Zone, ...]:
    cut = lines[end].start if end < len(lines) else len(value)
    zones = []
    if title:
        if title[0] > 0:
            zones.append(Zone("chrome", 0, title[0]))
        zones.append(Zone("title", *title))
    zones.append(Zone("body", title[1] if title else 0, cut))
    if cut < len(value):
        zones.append(Zone("chrome", cut, len(value)))
    return tuple(zones)


def _chrome_text(value: str, zones: tuple[Zone, ...]) -> str:
    return "\n".join(value[zone.start : zone.end] for zone in zones if zone.name == "chrome")
