"""A page's text taken whole: its headline, posting stamp, province, and what of it is chrome."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import unquote, urlsplit

from crawler import provinces
from crawler.extract.dates import parse_stamp
from crawler.extract.lines import LONGEST, Kind, is_menu, is_row, kind_of
from crawler.extract.normalise import normalise, plain_words
from crawler.extract.stamps import Rank, Stamp, stamp_of
from crawler.model import Text, Zone

# "06/09/2021: (binhduong.gov.vn) - …": the day that opens the first paragraph under a headline.
# … or with who wrote it: "16/11/2021 Sở TT&TT AG - Bảng xếp loại …".
_DATELINE = re.compile(
    r"^\(?(\d{1,2}[/.-]\d{1,2}[/.-]\d{4})\)?(?:\s*:\s|\s(?=[^\W\d_])[^\d.;:,–\n]{2,30}\s[-–]\s(?=[^\W\d_]))()"
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
_QUESTION = re.compile(r"(?:kiến nghị về việc\s*:?|^câu hỏi\s*:(?=[^\n.]{2,110}\?$))\s*([^\n]{2,200})", re.I)
_LISTED = re.compile(r"^(?:[-–+*•\[!]|\d{1,2}[.)]\s|[IVX]{1,4}[.)]\s|[a-z]\)\s)")
#: Kinds of acts as their own heading names them, in capitals on a line of their own (Decree 30/2020/NĐ-CP).
_ACT = re.compile(
    r"^(?:QUYẾT ĐỊNH|NGHỊ QUYẾT|CHỈ THỊ|KẾ HOẠCH|THÔNG BÁO(?: KHẨN)?|CÔNG ĐIỆN(?: KHẨN)?|HƯỚNG DẪN"
    r"|BÁO CÁO|TỜ TRÌNH"
    r"|KẾT LUẬN|CHƯƠNG TRÌNH|PHƯƠNG ÁN|QUY (?:CHẾ|ĐỊNH)|ĐỀ ÁN|THƯ NGỎ|LỜI KÊU GỌI|THÔNG CÁO BÁO CHÍ)$"
)
_SUBJECT = re.compile(r"^(?:V/v|V\.v|Về việc)(?!\w)", re.I)
# The place and day of a letter stand beside its subject, in the other column.
_PLACE_AND_DAY = re.compile(
    r"\s[^\W\d_a-z]\w*(?:\s[^\W\d_a-z]\w*){0,3},\s?ngày[\s\d.…]{1,9}tháng[\s\d.…]{1,9}năm[\s\d.…]{0,6}$"
)
#: Who wrote a post, between its headline and its stamp.
_AUTHOR = re.compile(
    r"^(?:tác giả|người (?:đăng|viết|gửi)|nguồn(?: tin)?|thực hiện"
    r"|(?:tin|bài|ảnh)(?:(?:,| và) (?:bài|ảnh|tin)){0,2})\s?:",
    re.I,
)
# "(19/08/2021) Sở Y tế kêu gọi tình nguyện viên …": a headline behind its day.
_DATED_HEADLINE = re.compile(r"^\(\d{1,2}/\d{1,2}/\d{4}\)\s[^\W\d_].{19,}[^.;:,]$")
#: What the page of one document says of it.
_RECORD = re.compile(r"^(?:trích yếu|số,? ?/? ?(?:ký|kí) hiệu)\s*[:|]", re.I)
#: A letterhead's lines: the state's name, the act's number.
_LETTERHEAD = re.compile(r"^(?:cộng h[oò][àa] xã hội chủ nghĩa|độc lập\s?[-–]\s?tự do|số\s?:)", re.I)
_TITLES = (Kind.HEADLINE, Kind.SECTION)
_WRITTEN = (Kind.HEADLINE, Kind.PROSE)
_SAYING = (*_WRITTEN, Kind.SECTION, Kind.BANNER)
# Half a page: what it begins with is in the midst of a text.
_NO_BEGINNING = re.compile(r"^(?:\.{3}|…|\((?:tiếp theo|tiếp kỳ))", re.I)
# The page of a tag has the headlines of others.
_TAG = re.compile(r"^(?:thẻ|tags?|từ kh[oó][áa])\s*:\s*\S", re.I)
#: An item of a list of posts that begins with its day.
_ITEM = re.compile(r"[•*]\s*\d{1,2}/\d{1,2}/\d{4}$")
#: "Văn bản mới về phòng, chống dịch COVID-19", "Danh mục dự thảo văn bản đang lấy ý kiến …".
_LIST_TITLE = re.compile(
    r"(?:(?:hệ thống|các|danh mục|danh sách|tổng hợp)\s)?văn bản\s.*(?:phòng,? chống|covid|ncov|dịch bệnh)"
    r"|(?:danh mục|danh sách|tổng hợp)\s.{30,}",
    re.I,
)
#: A letter that begins with whom it is sent to has no headline.
_LETTER = re.compile(r"kính gửi\b", re.I)
#: With so many rows a page is a list of documents.
_ROWS = 3
#: So many lines may stand above the text: menus print an entry a line.
_HEAD = 150
#: Names of authorities and sections are seldom longer.
_LONG_NAME = 40
#: With more candidates than these above the text, the first are a menu's entries.
_FEW = 4


@dataclass(frozen=True, slots=True)
class PlainRead:
    """A page's text with what its layout says: headline, posting stamp, province (2021 name)."""

    text: Text
    title: str | None
    published: date | None
    published_time: str | None
    province: str | None


@dataclass(frozen=True)
class _Line:
    start: int
    text: str
    menu: bool = False

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @cached_property
    def stamp(self) -> Stamp | None:
        return stamp_of(self.text)

    @cached_property
    def kind(self) -> Kind:
        return Kind.CHROME if self.menu or self.stamp else kind_of(self.text)


def read_plain(raw: str, url: str = "", fetched: date | None = None) -> PlainRead:
    """Read a page text, boilerplate included: zones title, body and chrome, by the look of its lines."""
    value = normalise(raw)
    menus = {normalise(line) for line in raw.splitlines() if is_menu(line)}
    lines = [_Line(m.start(), m[0], m[0] in menus) for m in re.finditer(r"[^\n]+", value)]
    end = _end(lines)
    head = lines[: _end_of_head(lines[:end])]
    posted = _posted(lines[:end], head)
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


def _end(lines: list[_Line]) -> int:
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


def _end_of_head(lines: list[_Line]) -> int:
    """The line after the second paragraph: headline and stamp stand above that."""
    paragraphs = 0
    for index, line in enumerate(lines[:_HEAD]):
        paragraphs += line.kind is Kind.PROSE
        if paragraphs == 2:
            return index + 1
    return min(len(lines), _HEAD)


# -- the posting stamp -----------------------------------------------------------------------------


def _posted(lines: list[_Line], head: list[_Line]) -> int | None:
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


def _place(head: list[_Line], index: int) -> int:
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
    timed = timed or (over_headline and not any(line.kind in _SAYING for line in head[:index]))
    return 1 if timed and (below is None or below.kind in _WRITTEN) else 2


def _posted_by(head: list[_Line], index: int) -> bool:
    """Whether an authority's name right under a headline is that of who posted it."""
    return index > 0 and head[index].kind is Kind.BANNER and head[index - 1].kind is Kind.HEADLINE


def _nearest(lines: list[_Line]) -> _Line | None:
    return next((line for line in lines if line.kind is not Kind.TOOLS), None)


def _stamp_beside(value: str, lines: list[_Line], title: tuple[int, int] | None) -> Stamp | None:
    """A day in brackets in the headline's line, or one that opens the paragraph under it."""
    if not title:
        return None
    if bracket := _BRACKET.search(value[title[0] : title[1]]):
        when, _ = parse_stamp(bracket[1] or bracket[2])
        return Stamp(Rank.DAY, when, None) if when else None
    below = next((line.text for line in lines if line.start > title[0]), "")
    if dated := _DATELINE.match(below) or _WHEN.match(below.strip()):
        when, _ = parse_stamp(dated[1] or dated[2])
        return Stamp(Rank.DAY, when, None) if when else None
    return None


def _signature(lines: list[_Line]) -> Stamp | None:
    """The day beside the author's name that ends a post."""
    if len(lines) < 3 or not any(line.kind is Kind.PROSE for line in lines):
        return None
    author = lines[-2].text
    if lines[-1].stamp and len(author) <= 40 and author.istitle() and author[-1].isalpha():
        return lines[-1].stamp
    if not (signed := _SIGNATURE.match(lines[-1].text)):
        return None
    when, clock = parse_stamp(signed[1])
    return Stamp(Rank.DAY, when, clock) if when else None


# -- the headline ----------------------------------------------------------------------------------


def _title(value: str, head: list[_Line], posted: int | None, url: str) -> tuple[int, int] | None:
    for line in head:
        if question := _QUESTION.search(line.text):
            return line.start + question.start(1), line.start + question.end(1)
    if head and (_NO_BEGINNING.match(head[0].text) or (head[0].text[0].islower() and len(head[0].text) > 60)):
        return None
    if head and _LETTER.match(head[0].text):
        return None
    if sum(is_row(line.text) for line in head) >= _ROWS:
        return _of_list(value, head)
    if (posted is None and _is_tag(head)) or sum(bool(_ITEM.match(line.text)) for line in head) > 1:
        return None
    if (index := _named_by_address(head, url)) is not None:
        return _whole(value, head, index)
    dated = [index for index, line in enumerate(head) if _DATED_HEADLINE.match(line.text)]
    if len(dated) == 1 and posted is None and dated[0] < _FEW:
        return _whole(value, head, dated[0])
    first = 0
    # A stamp that ends the post says nothing of where its headline is.
    if posted is not None and any(line.kind in _SAYING for line in head[posted + 1 :]):
        if (index := _above(head, posted)) is not None:
            return _whole(value, head, index)
        first = posted + 1
    index = _over_letter(head, first)
    index = _act(head, first) if index is None else index
    index = _first(value, head, first) if index is None else index
    index = _only_name(head, url) if index is None else index
    return None if index is None else _whole(value, head, index)


def _only_name(head: list[_Line], url: str) -> int | None:
    """A short line that is the only name above a text: the page's first, or one that its address spells."""
    text = next((n for n, line in enumerate(head) if line.kind is Kind.PROSE), 0)
    names = [n for n in range(text) if head[n].kind in _TITLES]
    if len(names) != 1:
        return None
    page = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    spelt = set(plain_words(head[names[0]].text)) == set(re.findall(r"[a-z]{2,}|\d{2,}", page.lower())) - {
        "html",
        "aspx",
    }
    return names[0] if spelt or (names[0] == 0 and head[0].kind is Kind.HEADLINE) else None


def _of_list(value: str, head: list[_Line]) -> tuple[int, int] | None:
    """The headline of a list of documents, which says what they are about; a section's name is none."""
    rows = next(index for index, line in enumerate(head) if is_row(line.text))
    named = (n for n in range(rows) if head[n].kind is not Kind.CHROME and _LIST_TITLE.match(head[n].text))
    return next((_whole(value, head, index) for index in named), None)


def _is_tag(head: list[_Line]) -> bool:
    return any(_TAG.match(line.text) for line in head[:3])


def _named_by_address(head: list[_Line], url: str) -> int | None:
    """The line whose words the page's address spells: portals make addresses from headlines."""
    slugs = [set(re.findall(r"[a-z]{2,}", part.lower())) for part in unquote(urlsplit(url).path).split("/")]
    slug = max(slugs, key=len, default=set())
    if len(slug) < 6:
        return None
    shares = [
        (len(slug.intersection(plain_words(line.text))) / len(slug), -index)
        for index, line in enumerate(head)
        if line.kind in (Kind.HEADLINE, Kind.SECTION) and len(line.text) <= LONGEST
    ]
    share, index = max(shares, default=(0.0, 0))
    return -index if share >= 0.8 else None


def _above(head: list[_Line], posted: int) -> int | None:
    """The line above a stamp is the headline, whatever its punctuation, unless it is the site's."""
    sentence = None
    below = _nearest(head[posted + 1 :])
    stamp = head[posted].stamp
    labelled = stamp is not None and stamp.rank in (Rank.POSTED, Rank.UPDATED)
    over_headline = below is not None and below.kind is Kind.HEADLINE and not labelled
    for index in range(posted - 1, max(-1, posted - 7), -1):
        line = head[index]
        # Right above stamp and text stands no authority's name, but news of it.
        news = line.kind is Kind.BANNER and len(line.text) >= 40 and not line.text.isupper()
        if news and below and (below.kind is Kind.PROSE or below.text.endswith(".")):
            return index
        if _AUTHOR.match(line.text) or (line.kind is Kind.SECTION and _is_crumb(head, index)):
            continue
        # Above a long sentence right over the stamp a short line is the section's name.
        if (line.kind is Kind.HEADLINE and (sentence is None or _says_enough(line))) or (
            line.kind is Kind.SECTION and sentence is None and not over_headline
        ):
            return index
        if line.kind is Kind.PROSE and sentence is None:
            sentence = index  # a summary, or a headline that ends like a sentence
        elif line.kind is not Kind.TOOLS and not (index == posted - 1 and _posted_by(head, index)):
            break
    return sentence if sentence is not None and len(head[sentence].text) <= LONGEST else None


def _is_crumb(head: list[_Line], index: int) -> bool:
    """Whether a section's name ends the path above it: "Tin tức / Tin từ cơ sở", then "TIN TỪ CƠ SỞ"."""
    name = head[index].text.lower()
    return any(re.search(rf"[/>›»]\s*{re.escape(name)}$", line.text.lower()) for line in head[:index])


def _over_letter(head: list[_Line], first: int) -> int | None:
    """The portal's own headline above a letter that it prints whole, if it has one."""
    letter = next((n for n in range(first, len(head)) if _LETTERHEAD.match(head[n].text)), None)
    names = range(first, letter or first)
    return next(
        (
            n
            for n in names
            if _says_enough(head[n]) and not head[n].text.isupper() and not _SUBJECT.match(head[n].text)
        ),
        None,
    )


def _act(head: list[_Line], first: int) -> int | None:
    """The subject that stands under an act's kind, or after "V/v" in a letter."""
    for index in range(first, len(head)):
        line = head[index]
        under = head[index + 1] if index + 1 < len(head) else None
        if _ACT.match(line.text) and under and under.kind in _TITLES:
            return index + 1
        if _SUBJECT.match(line.text) and line.kind is Kind.HEADLINE:
            return index
        if line.kind is Kind.PROSE:
            break
    return None


def _first(value: str, head: list[_Line], first: int) -> int | None:
    """The first line that reads like a headline; prose or a list at the top means that there is none."""
    found: list[int] = []
    sections: list[int] = []
    for index in range(first, len(head)):
        line = head[index]
        following = head[index + 1].text if index + 1 < len(head) else ""
        if line.kind in (Kind.CHROME, Kind.TOOLS, Kind.BANNER) or following == line.text:
            continue
        if _LISTED.match(line.text) and (found or _LISTED.match(following)):
            break
        if line.kind is Kind.PROSE:
            return _choice(found, sections, head)
        (found if _says_enough(line) else sections).append(index)
    return _choice(found, sections, head)


def _says_enough(line: _Line) -> bool:
    return line.kind is Kind.HEADLINE and (len(line.text) >= 20 or _SHORT.search(line.text) is not None)


#: Headlines that are short and no section's name.
_SHORT = re.compile(r"số \d|^(?:thư (?:mời|cảm ơn|kêu gọi|ngỏ)|yêu cầu báo giá|giấy mời|đính chính)\b", re.I)


def _choice(found: list[int], sections: list[int], head: list[_Line]) -> int | None:
    """The first candidate, of a menu's many the last; else a long name right above the text.

    A candidate that ends like a sentence is a short text under a headline that looks like a section's name.
    """
    name = sections[-1] if sections and len(head[sections[-1]].text) >= 28 else None
    if not found or (name is not None and name < found[0] and head[found[0]].text.endswith(".")):
        return name
    found = found[: next((n for n, index in enumerate(found) if n and head[index].text.endswith(".")), None)]
    on_top = found[0] == 0 and len(head[0].text) >= _LONG_NAME  # no menu begins with a sentence
    return found[0] if len(found) <= _FEW or on_top else found[-1]


def _whole(value: str, head: list[_Line], index: int) -> tuple[int, int]:
    """The headline's span, with the lines over which it is wrapped, without a bullet before it."""
    first = last = index
    while first > 0 and _wrapped(head, first - 1):
        first -= 1
    while last + 1 < len(head) and _wrapped(head, last):
        last += 1
    start, end = head[first].start, head[last].end
    bullet = re.match(r"[*•-]\s*|null\s+(?=\S)|trích yếu[^:]{0,12}:\s*", head[first].text, re.I)
    start += bullet.end() if bullet else 0
    if other := _PLACE_AND_DAY.search(value, start, end):
        end = other.start()
    return start, end


def _wrapped(head: list[_Line], upper: int) -> bool:
    """Whether a line and the next are one headline: it goes on in small letters, or in capitals."""
    one, two = head[upper], head[upper + 1]
    if one.kind not in _TITLES or two.kind not in _TITLES or two.start != one.end + 1:
        return False
    if one.text[-1] in ".:;" or two.end - one.start > LONGEST or _ACT.match(one.text):
        return False
    long = len(one.text) >= 30 or (upper > 0 and _ACT.match(head[upper - 1].text) is not None)
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


def _zones(value: str, lines: list[_Line], title: tuple[int, int] | None, end: int) -> tuple[Zone, ...]:
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
