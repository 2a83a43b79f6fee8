"""All facts of one text, and their JSON shape."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from crawler.extract.contacts import find_emails, find_links
from crawler.extract.covid import is_covid
from crawler.extract.dates import date_mentions, distinct
from crawler.extract.documents import cite
from crawler.extract.numbers import find_numbers
from crawler.extract.phones import find_phones
from crawler.extract.relations import find_relations
from crawler.extract.topics import find_topics
from crawler.model import Citation, Context, DateFact, Facts, Phone, Text


def extract(text: Text, context: Context) -> Facts:
    """What a text says: documents, dates, phones, topics, addresses, and whether it is about COVID-19."""
    links, emails = find_links(text), find_emails(text)
    addresses = [(v.start, v.end) for v in (*links, *emails)]
    numbers = find_numbers(text.value, addresses)
    skip = [*addresses, *((n.start, n.end) for n in numbers)]
    phones = find_phones(text, context, skip)
    days = date_mentions(text, context, [*skip, *((p.start, p.end) for p in phones)])
    documents, dates = cite(text, context, numbers, days), distinct(days)
    covid_site = context.kind == "covid_site" or "//covid" in context.url
    years = {d.date.year for d in dates if not d.inferred}
    if context.published:
        years.add(context.published.year)
    covid = is_covid(text, years, covid_site)
    topics = find_topics(text) if covid else ()
    relations = find_relations(text, numbers, documents)
    return Facts(covid, documents, relations, dates, phones, topics, emails, links)


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
