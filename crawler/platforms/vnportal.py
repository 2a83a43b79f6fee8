"""VNPT vnPortal: lists that page by JSON over POST (a scraper of ninhbinh; caobang, cantho)."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.model import Form, Listing, Post, View
from crawler.platforms import common
from crawler.platforms.documents import name_document

BASIS = "selectors"
MARKS = (b"UIArticleInMenu", b"ArticleDetailControl", b"storage-vnportal")
PATHS = ("/ArticleInMenuPagination.aspx/",)

_POST = re.compile(r"/[^/]*[^/\d][^/]*-(\d{2,})$")
_LIST = re.compile(r"(?:/[a-z0-9-]+){1,2}/?(?:page/\d+)?", re.I)
_LOADER = "/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle"
# What the list's script posts: numbers and quoted words, and the last page's number beside it.
_FIELD = re.compile(
    r"\b(article_category_id|categoryIds|site_id|page_size|keyword|date_begin|date_end|show_no|lang)\b['\"]?\s*[:=]"
    r"\s*(?:(\d+)|['\"]([^'\"]*)['\"])"
)
_LAST = re.compile(r"maxPage\s*=\s*(?:parseInt\(\s*)?['\"]?(\d+)")
# What a scraper of ninhbinh sends beside them.
_SENT = {
    "page_size": 15, "keyword": "", "date_begin": "", "date_end": "", "show_no": "False",
    "show_post_date": "False", "num_of_text": 0, "show_view_count": "False", "filter_order_in_list": "False",
    "is_default": "False", "new": "False", "number_of_day": 3, "no": -5, "lang": "vi-VN",
}  # fmt: skip
_NUMBERS = frozenset(["article_category_id", "site_id", "page_size", "show_no"])
_MARKUP = common.Markup(
    title=(".ArticleDetailControl .ArticleHeader", ".ArticleDetailControl h1", ".ArticleHeader"),
    body=(".ArticleContent",),
    stamp=(".PostDate",),
    summary=(".ArticleSummary",),
    files="a.link-download, a.view-gallery",
)
fragment = common.no_fragment


def identify(url: str) -> tuple[str, View] | None:
    """The number at the end of `/<category>/<slug>-<id>`; a post may stand in several categories."""
    found = _POST.search(urlsplit(url).path)
    return (found[1], common.view(url)) if found else None


def read_listing(tree: LexborHTMLParser, url: str) -> Listing:
    """Posts of a page, the sections of its menu, and page 2 as the list's script asks for it."""
    if f"{_LOADER}#" in url:
        return _later_page(tree, url)
    found = common.read_listing(tree, url, identify, _is_list, items=".ArticleList li, .item")
    state: dict[str, str] = {}
    for node in tree.css("script"):
        script = node.text()
        if "LoadArticle" in script or "maxPage" in script or "article_category_id" in script:
            state |= {name: number or word for name, number, word in _FIELD.findall(script)}
            state |= {"last": last[1]} if (last := _LAST.search(script)) else {}
            state |= {"as": "json"} if "JSON.stringify" in script else {}
    known = "article_category_id" in state and "site_id" in state
    forms = _next_page(urljoin(url, _LOADER), state, 1) if known else {}
    return Listing(found.posts, (*forms, *found.pages), forms)


def _is_list(link: str) -> bool:
    parts = urlsplit(link)
    return bool(_LIST.fullmatch(parts.path)) and bool(re.fullmatch(r"(?:page=\d+)?", parts.query))


def _next_page(loader: str, state: dict[str, str], number: int) -> dict[str, Form]:
    """The form of the page after `number`; its address keeps what the page after it needs."""
    if "last" in state and number >= int(state["last"]):
        return {}
    own = {
        k: int(v) if k in _NUMBERS and v.isdigit() else v for k, v in state.items() if k not in ("last", "as")
    }
    sent = {**_SENT, **own, "page": number + 1}
    address = f"{loader}#{urlencode({**state, 'page': number + 1})}"
    if state.get("as") == "json":
        return {address: Form(loader, json.dumps(sent), "application/json; charset=utf-8")}
    return {address: Form(loader, urlencode(sent))}


def read_data(data: object, url: str) -> Listing:
    """The posts of a later page (`{"d": "<html>"}`) and the form of the one after it."""
    markup = data.get("d") if isinstance(data, dict) else None
    return _later_page(LexborHTMLParser(markup), url) if isinstance(markup, str) else Listing()


def _later_page(tree: LexborHTMLParser, url: str) -> Listing:
    found = common.read_listing(tree, url, identify, lambda _: False, items="li, .item")
    state = dict(parse_qsl(urlsplit(url).fragment, keep_blank_values=True))
    number = int(state.pop("page", None) or 1)
    forms = _next_page(url.partition("#")[0], state, number) if found.posts else {}
    return Listing(found.posts, tuple(forms), forms)


def read_post(tree: LexborHTMLParser, url: str) -> Post | None:
    """The post of a page; a document described in a table gets its number and date into the title."""
    post = common.read_post(tree, url, identify(url), _MARKUP)
    return name_document(post, common.first(tree, _MARKUP.body)) if post else None
