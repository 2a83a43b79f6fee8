"""All facts of one text, and their JSON shape."""

from __future__ import annotations

from datetime import date
from typing import Any

from crawler.extract.contacts import find_emails, find_links
from crawler.extract.covid import is_covid
from crawler.extract.dates import date_mentions, distinct
from crawler.extract.documents import cite
from crawler.extract.numbers import find_numbers
from crawler.extract.phones import find_phones
from crawler.extract.topics import find_topics
from crawler.model import Context, Facts, Text


def extract(text: Text, context: Context) -> Facts:
    """What a text says: documents, dates, phones, topics, addresses, and whether it is about COVID-19."""
    links, emails = find_links(text), find_emails(text)
    addresses = [(v.start, v.end) for v in (*links, *emails)]
    numbers = find_numbers(text.value, addresses)
    skip = [*addresses, *((n.start, n.end) for n in numbers)]
    phones = find_phones(text, context, skip)
    days = date_mentions(text, context, [*skip, *((p.start, p.end) for p in phones)])
    documents, dates = cite(text, context, numbers, days), distinct(days)
    covid = is_covid(text, {d.date.year for d in dates if not d.inferred})
    topics = find_topics(text) if covid else ()
    return Facts(covid, documents, (), dates, phones, topics, emails, links)


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
        "documents": [
            {"number": d.number, "type": d.type, "date": d.date.isoformat() if d.date else None, "role": d.role,
             "issuer": d.issuer, "mention": d.mention, "start": d.start, "end": d.end} for d in facts.documents
        ],
        "dates": [
            {"iso": d.date.isoformat(), "inferred": d.inferred, "mention": d.mention, "start": d.start, "end": d.end}
            for d in facts.dates
        ],
        "phones": [
            {"dial": p.dial, "e164": p.e164, "kind": p.kind, "status": p.status, "owner": p.owner,
             "inferred": p.inferred, "mention": p.mention, "start": p.start, "end": p.end} for p in facts.phones
        ],
        "emails": [{"value": v.value, "start": v.start, "end": v.end} for v in facts.emails],
        "links": [{"value": v.value, "start": v.start, "end": v.end} for v in facts.links],
        "text": text.value,
    }  # fmt: skip
