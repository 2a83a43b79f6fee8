"""The facts of a file: the extraction of a page, its head's own number as the subject, its tables' owners."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from crawler import provinces
from crawler.attachments.head import Head, head_of
from crawler.extract.facts import extract
from crawler.extract.phone_kinds import WEIGHED
from crawler.issuers import issuer_of
from crawler.model import Citation, Context, DateFact, Facts, FileText, Phone, Text, Zone

_HOT = re.compile(r"đường dây nóng|hotline|số điện thoại|tổng đài", re.I)
#: What recognition makes of 1, 0, 5, 8 and 2.
_LIKE_DIGITS = "lIi|!OoQDSsBZz"
_OCR = "; letters recognised (OCR)"
#: Heads of the column that names who answers.
_UNIT = re.compile(
    r"đơn ?vị|cơ quan|địa phương|địa bàn|cơ sở|bộ phận|tổ chức|bệnh viện|khu vực|nơi (?:tiếp nhận|trực)"
    r"|\b(?:huyện|thị xã|thành phố|quận|xã|phường)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a file's notice says that its file does not: `subjects` are the numbers that its page is about."""

    context: Context
    title: str = ""
    subjects: Collection[str] = ()


def read_facts(content: FileText, notice: Notice) -> tuple[Facts, Head]:
    """What a file says, and its head.

    Facts of recognised letters say so in their rule: they are trusted less.
    """
    head = head_of(content.text)
    zones = (Zone("title", *head.title),) if head.title else ()
    text = Text(content.text, zones)
    found = extract(text, notice.context)
    documents = tuple(_cited(c, head, notice) for c in found.documents)
    tables = _tables(text.value) if found.phones else _Tables()
    phones = tuple(_with_row(text, p, notice.title, tables) for p in found.phones)
    found = replace(found, documents=documents, phones=phones)
    return (_marked(_undoubted(found, text.value)) if content.ocr else found), head


def _cited(citation: Citation, head: Head, notice: Notice) -> Citation:
    """The head's own number is the subject, unless the page is about another; all else is cited."""
    if not head.number or not head.number[0] <= citation.start < head.number[1]:
        return replace(citation, role="cited")
    same = {s.upper().lstrip("0") for s in notice.subjects}
    role = "subject" if not same or citation.number.upper().lstrip("0") in same else "cited"
    named = provinces.province_of_page("", head.issuer, "")
    province = named.name if named else notice.context.province
    symbol = re.sub(r"^\d+\s*[/-]", "", citation.number)
    issuer = issuer_of(symbol, province) if symbol != citation.number else citation.issuer
    return replace(
        citation, role=role, date=citation.date or head.issued, issuer=issuer, rule="the file's own head"
    )


def _with_row(text: Text, phone: Phone, title: str, tables: _Tables) -> Phone:
    """A number of a table is its row's, and a hotline where the notice's title promises hotlines.

    A column headed *Số điện thoại* does not: files list patients, officers and firms in such tables too.
    """
    value = text.value
    begin = value.rfind("\n", 0, phone.start) + 1
    end = value.find("\n", phone.end)
    line = value[begin : end if end >= 0 else None]
    if " | " not in line:
        return phone
    promised, weighed = _HOT.search(title), phone.rule.startswith(WEIGHED)
    if phone.kind == "contact" and weighed and promised:
        phone = replace(phone, kind="hotline", rule="in a table of a notice on hotlines")
    elif phone.kind == "hotline" and weighed and begin not in tables.announced and not promised:
        phone = replace(phone, kind="contact", rule="in a table of no hotlines")
    column = tables.units.get(begin)
    cells = line.split(" | ")
    owner = cells[column].strip() if column is not None and column < len(cells) else ""
    own = line[: phone.start - begin].count(" | ") == column
    if own or not 2 < len(owner) <= 160 or not any(c.isalpha() for c in owner):
        return phone
    return replace(phone, owner=owner)


@dataclass(slots=True)
class _Tables:
    """The rows of a text by where they begin: the column that names the unit, those announced as numbers."""

    units: dict[int, int] = field(default_factory=dict)
    announced: set[int] = field(default_factory=set)


def _tables(value: str) -> _Tables:
    """The column that names the unit, as the head above a table says, and what the line above it announces.

    A head has no digit. A table goes on over empty lines and the numbers of pages, and one of its heads may
    have lost a bar: on a scan `TT` and its neighbour stand as close as words do.
    """
    found, announced = _Tables(), False
    heads: dict[int, list[str]] = {}
    at = 0
    for line in value.split("\n"):
        bars = line.count(" | ")
        if not bars and line.strip(" 0123456789"):
            heads.clear()
            announced = bool(_HOT.search(line))
        elif bars and not any(c.isdigit() for c in line):
            heads[bars] = line.split(" | ")
        elif bars:
            if announced:
                found.announced.add(at)
            if head := heads.get(bars) or heads.get(bars - 1):
                lost = bars + 1 - len(head)
                column = next((i + lost for i, cell in enumerate(head) if _UNIT.search(cell)), None)
                found.units |= {at: column} if column is not None else {}
        at += len(line) + 1
    return found


def _undoubted(facts: Facts, text: str) -> Facts:
    """The facts but those that a letter adjoins which may be a digit misread: `l5/6/2021` is no 5 June."""

    def whole(fact: Citation | DateFact | Phone) -> bool:
        before, after = text[max(0, fact.start - 1) : fact.start], text[fact.end : fact.end + 1]
        return not (before and before in _LIKE_DIGITS) and not (after and after in _LIKE_DIGITS)

    return replace(
        facts,
        documents=tuple(filter(whole, facts.documents)),
        dates=tuple(filter(whole, facts.dates)),
        phones=tuple(filter(whole, facts.phones)),
    )


def _marked(facts: Facts) -> Facts:
    """The facts with the rule that they rest on recognised letters."""
    return replace(
        facts,
        documents=tuple(replace(d, rule=d.rule + _OCR) for d in facts.documents),
        relations=tuple(replace(r, rule=r.rule + _OCR) for r in facts.relations),
        dates=tuple(replace(d, rule=d.rule + _OCR) for d in facts.dates),
        phones=tuple(replace(p, rule=p.rule + _OCR) for p in facts.phones),
    )
