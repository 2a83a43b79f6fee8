"""List pages that are no HTML: RSS and Atom feeds, site maps, and the JSON of a platform's own interface."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, date
from email.utils import parsedate_to_datetime

from crawler import platforms
from crawler.extract.normalise import normalise
from crawler.model import Listing, Page, PostLink
from crawler.platforms.common import VIETNAM, Identify, stamp_of
from crawler.urls import absolute

_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)\b", re.I)
_SITE_MAP = re.compile(rb"<(urlset|sitemapindex)\b", re.I)
_LOC = re.compile(r"<loc>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]+)", re.I)


def read_data(page: Page, name: str | None) -> Listing | None:
    """Where a feed, a site map or a JSON answer leads; None for any other page.

    `name` is the portal's platform; None: it is detected by the address alone.
    """
    start = page.body[:600]
    if (
        not (is_json := "json" in page.content_type.lower())
        and b"<?xml" not in start
        and b"<rss" not in start
    ):
        return None
    platform = platforms.get(name or platforms.detect(page.body, page.url))
    if is_json:
        try:
            return platform.read_data(json.loads(page.body), page.url)
        except (ValueError, TypeError, RecursionError):  # no JSON, or an answer of another form
            return None
    if _FEED.search(start):
        return _feed(page, platform.identify)
    if kind := _SITE_MAP.search(start):
        return _site_map(page, kind[1].lower() == b"sitemapindex", platform.identify)
    return None


def _feed(page: Page, identify: Identify) -> Listing:
    from bs4 import BeautifulSoup  # a quarter of the time in which a reader reads its code, for feeds alone

    posts: dict[str, PostLink] = {}
    for item in BeautifulSoup(page.body, "xml").find_all(["item", "entry"]):
        link = item.find("link")
        printed = (str(link.get("href") or "") or link.get_text()).strip() if link else ""
        target = absolute(page.url, printed)
        if target and (found := identify(target)):
            title = item.find("title")
            stamp = item.find(["pubDate", "published", "updated", "dc:date"])
            day = _day(stamp.get_text()) if stamp else None
            posts.setdefault(
                found[1].url, PostLink(*found, normalise(title.get_text()) if title else "", day)
            )
    return Listing(tuple(posts.values()))


def _day(stamp: str) -> date | None:
    try:
        moment = parsedate_to_datetime(stamp)
    except (ValueError, TypeError, IndexError):
        return stamp_of(stamp)[0]
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(VIETNAM).date()


def _site_map(page: Page, is_index: bool, identify: Identify) -> Listing:
    printed = map(html.unescape, _LOC.findall(page.body.decode("utf-8", "replace")))
    links = [link for link in (absolute(page.url, p) for p in printed) if link]
    if is_index:
        return Listing(pages=tuple(dict.fromkeys(links)))
    found = [(identify(link)) for link in links]
    return Listing(tuple(PostLink(*f) for f in found if f))
