"""What a phone number is for: a hotline for the public, an office's contact, a fax; or withdrawn."""

from __future__ import annotations

import re

from crawler.extract.fitted import Fitted, Words
from crawler.extract.phone_places import Place, Said
from crawler.extract.phone_signs import LABELS, hotline_words, signs_and_words
from crawler.extract.scan import last_match

# Everything here is matched against lower-case text.
_BOTH = re.compile(r"(?:điện thoại|\bđt|\btel|phone)\s*(?:[/,&-]|và)\s*$")
# Behind a fax number and further words stands another number: "fax 3857200 hoặc bác sĩ …, 0912449003".
_NUMBER = re.compile(r"\d[\d .-]{5,20}")
_WORDS = re.compile(r"[^\W\d]{2,} [^\W\d]{2,} [^\W\d]{2,}")
_FAX_AFTER = re.compile(r"\s*\(\s*(?:số )?fax\s*\)")
#: Hotline or contact, as labelled notices have it: `bench/fit_phones.py`.
_FITTED = Fitted.named("phone")
#: What a number's rule says before the words that name a hotline, and before those that weighed most.
NAMED, WEIGHED = "hotline named", "words weighed"
#: So many words are named.
_REASONS = 3

_REPLACED = re.compile(
    r"(?:số(?: điện thoại| máy)? cũ|thay (?:thế )?(?:cho )?số|thay thế|thay vì)[^,;.:\d]{0,25}$"
)
_MOVED_FROM = re.compile(r"(?:đổi|chuyển)[^.;\n\d]{0,50} từ (?:đầu )?(?:số )?[^.;\n\d]{0,20}$")
_WRONG = re.compile(
    r"(?:nhầm|sai|hủy|huỷ|bỏ|không (?:gọi|dùng|sử dụng)(?: vào| tới"
    r"| đến)?)[^.;:,\n\d]{0,20}\bsố[^.;:,\n\d]{0,15}$"
)
_OUT = ("thay", " cũ", "từ", "nhầm", "sai", "hủy", "huỷ", "bỏ", "không")
_NEW_AFTER = re.compile(r"(?:bằng|bởi|thành|sang|mới|là)\b[^.;\n\d]{0,20}$")
_NO_MORE = re.compile(
    r"\s?(?:\([^()\n]{0,40}\))?[^\d.;\n(]{0,25}?(?:thôi (?:sử )?dụng|thôi dùng|(?:ngừng|ngưng|dừng)"
    r" (?:sử dụng|dùng|hoạt động|tiếp nhận|liên lạc)|ngừng\b|không còn|hết hiệu lực|bị (?:hủy|huỷ|bãi bỏ"
    r"|thay)"
    r"|được thay (?:thế )?(?:bằng|bởi)|(?:đổi|chuyển) (?:thành|sang))|\s?\((?:số )?cũ\)"
    r"|[^.;\n]{0,60}?(?:là số cũ|không còn (?:sử )?dụng|không còn dùng)"
)


def kind_of(said: Said, title: str) -> tuple[str, str]:
    """hotline, contact or fax, and the rule that says so.

    A fax is told by its label. Between the others everything round the number is weighed: its sentence, what
    stands behind it, the heading above its list, its column, the title (lower case), who answers.
    """
    looked = look(said, title)
    if looked is None:
        return "fax", "label fax"
    signs, words = looked
    weighed = _FITTED.weigh(signs, words)
    hot = weighed.points > 0
    rule = f"{WEIGHED}: {', '.join(weighed.reasons(_REASONS))}"
    if named := hot and hotline_words(said, title, signs):
        rule = f"{NAMED}: {named}; {rule}"
    return "hotline" if hot else "contact", rule


def look(said: Said, title: str) -> tuple[set[str], Words] | None:
    """The signs and words that are weighed; None for a fax number, which its label tells."""
    place, column = said.place, said.place.column
    label = _label(place.clause_words)
    if label == "fax" or ("fax" in column and "đ" not in column) or _FAX_AFTER.match(place.low, place.end):
        return None
    return signs_and_words(said, title, label)


def _label(clause: str) -> str:
    """The last label before a number: fax, hot, tel or '' ("ĐT/Fax" is a phone)."""
    last = last_match(LABELS, clause)
    if last is None:
        return ""
    if last.lastgroup == "fax":
        behind = _NUMBER.split(clause[last.end() :])[1:]
        if _BOTH.search(clause, 0, last.start()) or any(_WORDS.search(words) for words in behind):
            return "tel"
    return last.lastgroup or "tel"


def is_withdrawn(place: Place) -> bool:
    """Whether the words round a number take it out of use."""
    before = place.clause_words[-90:]
    if any(word in before for word in _OUT) and any(
        p.search(before) for p in (_REPLACED, _MOVED_FROM, _WRONG)
    ):
        return not _NEW_AFTER.search(before)
    return bool(_NO_MORE.match(place.low, place.end)) or place.column.endswith("số cũ")
