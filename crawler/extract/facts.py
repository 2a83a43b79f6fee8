"""All facts of one text, and their JSON shape."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date
from functools import cached_property
from typing import Any

from crawler.extract.contacts import find_emails, find_links
from crawler.extract.covid import Evidence, evidence_of, is_covid, names_of, years_sign
from crawler.extract.dates import date_mentions, distinct
from crawler.extract.documents import cite
from crawler.extract.fitted import Words
from crawler.extract.numbers import NumberHit, find_numbers
from crawler.extract.phone_kinds import look
from crawler.extract.phones import find_phones, said_numbers, title_of
from crawler.extract.relations import find_relations
from crawler.extract.topics import find_topics
from crawler.model import Citation, Context, DateFact, Facts, Phone, Text, Value

#: Sites that provinces opened for the epidemic: covid19.danang.gov.vn, ncovi.angiang.gov.vn.
_COVID_HOST = re.compile(r"//(?:www\.)?(?:n?covi|ncov|chongdich)", re.I)


def extract(text: Text, context: Context, of_all: bool = True) -> Facts:
    """What a text says: documents, dates, phones, topics, addresses, and whether it is about COVID-19.

    Unless `of_all`, of a text about other matters only that, at a fraction of the cost.
    """
    found = _Found(text, context)
    covid = _about_covid(found)
    if not (covid or of_all):
        return Facts(covid=False)
    documents, dates = cite(text, context, found.numbers, found.days), distinct(found.days)
    topics = find_topics(text, found.phones) if covid else ()
    relations = find_relations(text, found.numbers, documents)
    return Facts(covid, documents, relations, dates, found.phones, topics, found.emails, found.links)


def numbers_and_days(text: Text, context: Context) -> tuple[list[NumberHit], list[DateFact]]:
    """Every place of a text that names a document or a day, as `extract` finds them."""
    found = _Found(text, context)
    return found.numbers, found.days


def covid_evidence(text: Text, context: Context) -> tuple[bool, Evidence, str]:
    """What `is_covid` weighs beside words: whether the head names the disease, signs, what the years tell."""
    names = names_of(text)
    named = any(text.zone_at(m.start()) in ("title", "summary") for m in names)
    return named, evidence_of(text, names, context.url), years_sign(_Found(text, context).years())


def phone_evidence(text: Text, context: Context) -> list[tuple[str, set[str], Words]]:
    """What is weighed at the first place of each number that is no fax: what is dialled, signs, words."""
    title, found = title_of(text), dict[str, tuple[str, set[str], Words]]()
    for said in said_numbers(text, context, _Found(text, context).taken):
        looked = look(said, title)
        if looked and said.dial not in found:
            found[said.dial] = (said.dial, *looked)
    return list(found.values())


def _about_covid(found: _Found) -> bool:
    context = found.context
    covid_site = context.kind == "covid_site" or _COVID_HOST.search(context.url) is not None
    return is_covid(found.text, found.years, covid_site, context.url)


class _Found:
    """What is found in a text, when it is first asked for; later finders leave out what earlier found."""

    def __init__(self, text: Text, context: Context) -> None:
        self.text, self.context = text, context

    @cached_property
    def links(self) -> tuple[Value, ...]:
        return find_links(self.text)

    @cached_property
    def emails(self) -> tuple[Value, ...]:
        return find_emails(self.text)

    @cached_property
    def addresses(self) -> list[tuple[int, int]]:
        return [(v.start, v.end) for v in (*self.links, *self.emails)]

    @cached_property
    def numbers(self) -> list[NumberHit]:
        return find_numbers(self.text.value, self.addresses)

    @cached_property
    def taken(self) -> list[tuple[int, int]]:
        return [*self.addresses, *((n.start, n.end) for n in self.numbers)]

    @cached_property
    def phones(self) -> tuple[Phone, ...]:
        return find_phones(self.text, self.context, self.taken)

    @cached_property
    def days(self) -> list[DateFact]:
        return date_mentions(self.text, self.context, [*self.taken, *((p.start, p.end) for p in self.phones)])

    def years(self) -> set[int]:
        """The years of the explicit days and of the posting day."""
        posted = self.context.published
        return {d.date.year for d in self.days if not d.inferred} | ({posted.year} if posted else set())


def to_json(
    record_id: str,
    title: str | None,
    province: str | None,
    published: date | None,
    published_time: str | None,
    facts: Facts,
    text: Text,
) -> dict[str, Any]:
    """The object that `thongbao extract` prints; `text[start:end] == mention` for every fact."""
    return {
        "id": record_id,
        "title": title,
        "province": province,
        "published": published.isoformat() if published else None,
        "published_time": published_time,
        "covid": facts.covid,
        "topics": [t.id for t in facts.topics],
        "documents": [_fields(d, "number type date role issuer") for d in facts.documents],
        "dates": [{"iso": d.date.isoformat()} | _fields(d, "inferred") for d in facts.dates],
        "phones": [_fields(p, "dial e164 kind status owner inferred") for p in facts.phones],
        "emails": [asdict(v) for v in facts.emails],
        "links": [asdict(v) for v in facts.links],
        "text": text.value,
    }


def _fields(fact: Citation | DateFact | Phone, names: str) -> dict[str, Any]:
    """The named fields of a fact and its evidence; days as ISO dates."""
    values = {name: getattr(fact, name) for name in (*names.split(), "mention", "start", "end")}
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}
