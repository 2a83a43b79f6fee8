"""A portal's list page and one notice as a page family, stripped of what reading needs not: to review."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from crawler import platforms
from crawler.html import decode, parse
from crawler.model import Page, PageRead, Portal
from crawler.platforms.probe import LISTS, Fetch, lists_of, own_posts
from crawler.reader import read_page

#: Posts that are looked at for one about COVID-19; without any the first of them is recorded.
TRIES = 12
_LOOKS = "style, svg, link[rel=stylesheet], link[rel=preload], link[rel*=icon], noscript"
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_LONG = 200


@dataclass(frozen=True, slots=True)
class Recording:
    """A page family: `name` of its directory, its two files ('' where no post was found), and `problems`."""

    name: str
    pages: str
    expected: str
    problems: tuple[str, ...]


def record(portal: Portal, fetch: Fetch) -> Recording:
    """Read a portal through `fetch` until a list page and a notice that it links to were found."""
    problems: list[str] = []
    lists = _lists(portal, fetch, problems)
    found = _notice(lists, portal, fetch)
    if found is None:
        problems.append("no post was found: name list pages with start:")
        return Recording("", "", "", tuple(problems))
    pages = [read.page for read in found]
    platform = portal.platform or platforms.detect(pages[-1].body, pages[-1].url)
    written = "".join(_written(page, portal) for page in pages)
    expected = json.dumps(_expected(found, portal), ensure_ascii=False, indent=2) + "\n"
    return Recording(f"{platform}.{portal.id}", written, expected, tuple(problems))


def _lists(portal: Portal, fetch: Fetch, problems: list[str]) -> list[PageRead]:
    """The list pages that the entry names, else those that the home page leads to."""
    homes = [page for url in (portal.start or (portal.url,))[:LISTS] if (page := fetch(url))]
    if not portal.start:
        return [read for home in homes for read in lists_of(home, portal, fetch, problems)]
    return [read_page(page, portal) for page in homes]


def _notice(lists: list[PageRead], portal: Portal, fetch: Fetch) -> list[PageRead] | None:
    """A list page and a post that it links to, about COVID-19 if any is; or one that holds its posts."""
    found: list[PageRead] | None = None
    tried: set[str] = set()
    for read in sorted(lists, key=_about_covid, reverse=True):
        if read.rows:
            return [read]
        for url in own_posts(read):
            if url in tried or len(tried) >= TRIES:
                continue
            tried.add(url)
            page = fetch(url)
            post = read_page(replace(page, url=url), portal) if page else None
            if post and post.post and post.facts:
                if post.facts.covid:
                    return [read, post]
                found = found or [read, post]
    return found


def _about_covid(read: PageRead) -> int:
    return sum("covid" in link.title.lower() for link in read.listing.posts)


# -- the files -------------------------------------------------------------------------------------------


def _written(page: Page, portal: Portal) -> str:
    text = _stripped(page, portal).replace("\n===", "\n ===")
    text = re.sub(rf"https?://{re.escape(urlsplit(page.url).netloc)}(?![\w.:-])", "{{host}}", text)
    return f"=== GET {_path(page.url)} | | text/html; charset=utf-8\n{text.strip()}\n"


def _path(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _stripped(page: Page, portal: Portal) -> str:
    """The page without looks, scripts, comments and long states, as far as its reading stays the same."""
    whole = decode(page)
    wanted = _told(page, portal)
    for dropped in (f"{_LOOKS}, script", _LOOKS):
        tree = parse(page)
        for node in tree.css(dropped):
            node.decompose()
        for node in tree.css("[style], input[type=hidden][value], img[src]"):
            _shorten(node.attrs)
        text = _COMMENT.sub("", tree.html or "")
        text = "\n".join(line.strip() for line in text.split("\n") if line.strip())
        if (
            _told(replace(page, body=text.encode(), content_type="text/html; charset=utf-8"), portal)
            == wanted
        ):
            return text
    return whole


def _shorten(attributes: Any) -> None:
    """Take looks and pictures out of a tag; of a form's state the beginning is enough."""
    if "style" in attributes:
        del attributes["style"]
    for name in ("value", "src"):
        if len(value := attributes.get(name) or "") > _LONG:
            attributes[name] = value[:20]


def _told(page: Page, portal: Portal) -> list[object]:
    """What a page says, with its platform named and not."""
    told: list[object] = []
    for known in (portal, replace(portal, platform=None)):
        read = read_page(page, known)
        posts = sorted({link.view.url for link in read.listing.posts})
        told += [read.kind, read.post, posts, sorted(read.listing.pages), [row.post for row in read.rows]]
    return told


def _expected(found: list[PageRead], portal: Portal) -> dict[str, Any]:
    """What must be found, as the reader of today finds it: for a person to compare with the pages."""
    posts = [*found[1:]] or list(found[0].rows)
    return {
        "province": portal.province,
        "kind": portal.kind,
        "start": [_path(found[0].page.url)],
        "listed": len({link.post_id for link in found[0].listing.posts}),
        "posts": [_post(read, urlsplit(found[0].page.url).netloc) for read in posts],
    }


def _post(read: PageRead, host: str) -> dict[str, Any]:
    assert read.post
    words = read.post.body.split()
    files = [_path(f.url) if urlsplit(f.url).netloc == host else f.url for f in read.post.attachments]
    url = read.post.view.url
    return {
        "id": read.post.post_id,
        "url": _path(url) + (f"#{fragment}" if (fragment := urlsplit(url).fragment) else ""),
        "title": read.post.title,
        "published": str(read.post.published) if read.post.published else None,
        "published_time": read.post.published_time,
        "covid": bool(read.facts and read.facts.covid),
        "attachments": files,
        "first": " ".join(words[:8]),
        "last": " ".join(words[-8:]),
    }
