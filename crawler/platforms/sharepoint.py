"""SharePoint portals of several makers: Yên Bái, Vĩnh Phúc's interface, Hà Nam (addresses and scrapers)."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.extract.normalise import normalise
from crawler.model import Form, Listing, Post, PostLink, View
from crawler.platforms import common

BASIS = "selectors"
MARKS = (b'content="Microsoft SharePoint"', b"_spPageContextInfo")
PATHS = ("/APIVP/api/", "/_layouts/")

_ITEM = re.compile(r"^ItemID$", re.I)
_PAGE = re.compile(r"/Pages/([^/]+)\.aspx$", re.I)
_DETAIL = re.compile(r"/([^/]+)/(?:View_Detail|[^/]*chi-?tiet[^/]*)\.aspx$", re.I)
_SERVICE = re.compile(
    r"/_layouts/(?!(?:15/)?(?:listfeed|GenRss))|/_vti_|/_catalogs/|Authenticate|SignOut", re.I
)
_PAGER = re.compile(r"(?:l|lv|page|PageIndex|CatId|Page)=", re.I)
# Vĩnh Phúc's lists are fetched by script: the list's path stands beside the interface's.
_INTERFACE = re.compile(r"['\"](/APIVP/api/[^'\"]+/QUERYDATA)['\"]")
_URL_LIST = re.compile(r"UrlList['\"]?\s*[:=]\s*['\"]([^'\"]+)")
_LENGTH = re.compile(r"length['\"]?\s*[:=]\s*(\d+)")
_MARKUP = common.Markup(
    title=(".title_news", ".news-detail h1", ".news-detail h4", "h1.title-news", "h1.title"),
    body=(".ms-rtestate-field", ".content-news", ".news-detail .content", ".content_news .content"),
    stamp=(".date_news", ".news-detail .date", ".date-news", ".ngaydang"),
    junk="#ctl00_PlaceHolderMain_ctl08_label",
)
fragment = common.no_fragment


def identify(url: str) -> tuple[str, View] | None:
    """The list and its item (`ItemID=27500&l=Tintrongtinh`), else a page's name, maybe a section's."""
    parts = urlsplit(url)
    if _SERVICE.search(url):
        return None
    query = parse_qs(parts.query)
    item = next((v[0] for k, v in query.items() if _ITEM.match(k) and v[0].isdigit()), None)
    if item:
        found = _DETAIL.search(parts.path)
        source = query.get("l", [found[1] if found else parts.path.strip("/")])[0]
        return f"{source}/{item}", common.view(url)
    named = _PAGE.search(parts.path)
    return (named[1].lower(), common.view(url)) if named and not parts.query else None


def read_listing(tree: LexborHTMLParser, url: str) -> Listing:
    """Posts of a page, its pager and sections, and the first page of a list that a script fetches."""
    found = common.read_listing(tree, url, identify, _is_list, items=".item, .action-news, .news-item")
    forms: dict[str, Form] = {}
    for node in tree.css("script"):
        script = node.text()
        interface, source = _INTERFACE.search(script), _URL_LIST.search(script)
        if interface and source:
            length = _LENGTH.search(script)
            forms = _rows(urljoin(url, interface[1]), source[1], 0, int(length[1]) if length else 20)
    return Listing(found.posts, (*forms, *found.pages), forms)


def _is_list(link: str) -> bool:
    parts = urlsplit(link)
    return not _SERVICE.search(link) and (not parts.query or bool(_PAGER.match(parts.query)))


def _rows(interface: str, source: str, start: int, length: int) -> dict[str, Form]:
    order = {"do": "QUERYDATA", "fieldOrder": "CreatedDate", "ascending": "desc"}
    sent = urlencode({**order, "UrlList": source, "start": start, "length": length})
    return {f"{interface}#{sent}": Form(interface, sent)}


def read_data(data: object, url: str) -> Listing:
    """Posts of a page of Vĩnh Phúc's interface (`ID`, `Title`, `CreatedDate`), and the form of the next."""
    rows = data.get("data") if isinstance(data, dict) else data
    asked = parse_qs(urlsplit(url).fragment)
    if not isinstance(rows, list) or "UrlList" not in asked:
        return Listing()
    source, start, length = asked["UrlList"][0], int(asked["start"][0]), int(asked["length"][0])
    posts = []
    for row in rows:
        link = (
            urljoin(url, f"{source}/View_Detail.aspx?ItemID={row.get('ID')}") if isinstance(row, dict) else ""
        )
        if found := identify(link):
            day = common.stamp_of(str(row.get("CreatedDate") or ""))[0]
            posts.append(PostLink(*found, normalise(str(row.get("Title") or "").strip("# ")), day))
    full = len(rows) >= length
    forms = _rows(url.partition("#")[0], source, start + length, length) if full else {}
    return Listing(tuple(posts), tuple(forms), forms)


def read_post(tree: LexborHTMLParser, url: str) -> Post | None:
    """The post of a page, or None for a section and for a document's fields."""
    post = common.read_post(tree, url, identify(url), _MARKUP)
    return post if post and post.title else None
