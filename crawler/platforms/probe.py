"""What a look at a portal tells: platform and why, list pages, paging, some posts, its registry entry."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from crawler import platforms
from crawler.extract.covid import NAME
from crawler.html import parse
from crawler.model import Exchange, Listing, Page, PageKind, PageRead, Portal, Post
from crawler.platforms.common import same_site
from crawler.provinces import Province, fold, province_of_host
from crawler.reader import read_page
from crawler.urls import PAGING, canonical

#: Fetch one address, or None where nothing came.
Fetch = Callable[[str], Page | None]

#: Pages that a probe asks for at most: the home page, list pages, and posts.
LISTS, POSTS = 6, 3
_FIRST = re.compile(r"(?:=|/|-)1(?:\.html|/)?$")
_HOME = re.compile(r"^(?:Trang chủ|Home)\s*[-|–:]\s*|\s*[-|–:]\s*(?:Trang chủ|Home)$", re.I)
_NEWS = re.compile(r"tin|thong-?bao|van-?ban|dich|news|chi-dao", re.I)
# What the labels of a host name, and the headline of its home page: the first that fits.
_KINDS = tuple(
    (kind, re.compile(host), re.compile(words, re.I))
    for kind, host, words in (
        ("covid_site", r"covid|ncov", r"covid"),
        ("health", r"yte|\bsyt|\bsoyt\b|cdc", r"\by tế|kiểm soát bệnh tật|bệnh viện"),
        ("finance", r"taichinh|\bstc\b|\bsotc\b", r"tài chính"),
        ("information_communications", r"tttt|\bict", r"thông tin và truyền thông"),
        ("education", r"gddt|\bsgd|\bedu\b", r"giáo dục"),
        ("transport", r"gtvt|giaothong", r"giao thông vận tải"),
        ("labour", r"ldtbxh", r"lao động"),
        ("industry_trade", r"congthuong|\bso?ct\b|\bsct|khuyencong", r"công thương"),
        ("culture_tourism", r"vhtt|dulich|tourism", r"văn hóa|du lịch"),
        ("justice", r"tuphap|\bso?tp\b", r"tư pháp"),
        ("planning_investment", r"khdt|dpi\b|\bdpi|invest|xuctien", r"kế hoạch và đầu tư"),
        ("science_technology", r"khcn|khoahoc|dost\b|\bdost", r"khoa học và công nghệ"),
        ("natural_resources", r"tnmt", r"tài nguyên và môi trường"),
        ("construction", r"xaydung|sxd|\bsoxd\b", r"sở xây dựng"),
        ("agriculture", r"nnptnt|nnmt|nongnghiep|khuyennong|\bsonn\b", r"nông nghiệp"),
        ("home_affairs", r"noivu|\bso?nv\b", r"nội vụ"),
        ("industrial_zones", r"kcn|kkt|kt?ck\b|eza\b|\biza|iza\b|khukinhte", r"khu công nghiệp|khu kinh tế"),
        ("district", r"(?!)", r"(?:UBND|ủy ban nhân dân) (?:huyện|quận|thị xã|thị trấn|phường|xã)"),
    )
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A post that a probe read."""

    url: str
    post_id: str
    title: str
    published: str
    first_words: str


@dataclass(frozen=True, slots=True)
class Probe:
    """What a look at a portal told.

    `platform` is a module's name (`generic`: none was recognised), `why` the mark that told it, `basis` what
    the module rests on; `lists` the list pages with the number of their posts, `paging` the address of a
    second page ('' for none); `problems` what went wrong, a sentence each.
    """

    url: str
    platform: str
    why: str
    basis: str
    lists: tuple[tuple[str, int], ...]
    paging: str
    posts: tuple[Seen, ...]
    problems: tuple[str, ...]
    entry: str


def probe(url: str, fetch: Fetch) -> Probe:
    """Look at a portal through `fetch` (its home page, six list pages and three posts at most)."""
    fetch = cache(fetch)  # what a wrong guess asked for is not asked for again
    home = fetch(url)
    if home is None:
        return Probe(url, "generic", "", _basis("generic"), (), "", (), (f"{url}: nothing came",), "")
    name, why = platforms.recognise(home.body, home.url)
    if name != "generic":
        return _look(url, home, name, why, fetch)
    # Cookies tell less than marks: they are believed where the platform's module then reads posts.
    name, why = platforms.recognise_cookies(_cookies(home))
    told = _look(url, home, name, why, fetch)
    return told if told.posts or name == "generic" else _look(url, home, "generic", "", fetch)


def _cookies(page: Page) -> list[str]:
    """The names of the cookies that came with a page."""
    headers = page.capture.headers if isinstance(page.capture, Exchange) else ()
    return [value.split("=")[0].strip() for name, value in headers if name.lower() == "set-cookie"]


def _look(url: str, home: Page, name: str, why: str, fetch: Fetch) -> Probe:
    """What is seen of a portal when it is taken for one of a platform."""
    portal = Portal("probed", "", "", "other", url, platform=name)
    problems: list[str] = []
    lists = lists_of(home, portal, fetch, problems)
    posts = _posts(lists, portal, fetch, problems)
    counted = tuple((r.page.url, n) for r in lists if (n := len(own_posts(r)) + len(r.rows)))
    paging = [page for read in lists for page in _pages(read.listing) if PAGING.search(page)]
    second = next((page for page in paging if not _FIRST.search(page)), "")
    if not counted:
        problems.append("no list of posts was found: name list pages with start:")
    entry = registry_entry(home, name, counted)
    return Probe(url, name, why, _basis(name), counted, second, posts, tuple(problems), entry)


def _basis(name: str) -> str:
    return platforms.get(name).BASIS


def lists_of(home: Page, portal: Portal, fetch: Fetch, problems: list[str]) -> list[PageRead]:
    """The home page and the list pages that promise most: those about the epidemic first."""
    found = [read_page(home, portal)]
    if found[0].problem:
        problems.append(f"{home.url}: {found[0].reason}")
    names = {canonical(home.url)}
    for address, _ in sorted(_sections(home, found[0].listing), key=_promise)[:LISTS]:
        if canonical(address) not in names and (page := fetch(address)):
            names.add(canonical(address))
            read = read_page(page, portal)
            if read.problem:
                problems.append(f"{page.url}: {read.reason}")
            elif read.kind is PageKind.LIST:
                found.append(read)
    return found


def _promise(section: tuple[str, str]) -> tuple[bool, bool]:
    return NAME.search(section[1].lower()) is None, _NEWS.search(section[1]) is None


def _sections(home: Page, listing: Listing) -> list[tuple[str, str]]:
    """List pages with their labels, but no second pages and no forms."""
    labels: dict[str, str] = {}
    for node in parse(home).css("a[href]"):
        labels.setdefault((node.attributes.get("href") or "").rstrip("/"), node.text(strip=True))
    pages = [p for p in _pages(listing) if not PAGING.search(p)]
    return [(p, labels.get(urlsplit(p).path.rstrip("/"), "") + p) for p in pages]


def _pages(listing: Listing) -> list[str]:
    return [page for page in listing.pages if page not in listing.forms] + list(listing.forms)


def own_posts(read: PageRead) -> list[str]:
    return [
        p.view.url
        for p in read.listing.posts
        if same_site(p.view.url, read.page.url) and p.view.rank[:2] == (False, False)
    ]


def _posts(lists: list[PageRead], portal: Portal, fetch: Fetch, problems: list[str]) -> tuple[Seen, ...]:
    """Some posts of the lists; an address that looked like a post's and is a list's joins the lists."""
    rows = [row.post for read in lists for row in read.rows if row.post]
    found = {post.post_id: _seen(post) for post in rows[:POSTS]}
    asked: dict[str, None] = {}
    while len(found) < POSTS and len(asked) < 3 * POSTS:
        links = (url for read in reversed(lists) for url in own_posts(read))
        url = next((url for url in links if url not in asked), None)
        if url is None:
            break
        asked[url] = None
        if not (page := fetch(url)):
            continue
        read = read_page(page, portal)
        if read.post:
            found.setdefault(read.post.post_id, _seen(read.post))
        elif read.problem:
            problems.append(f"{url}: {read.reason}")
        elif own_posts(read):
            lists.append(read)
    if not found:
        problems.append("no post could be read")
    return tuple(found.values())


def _seen(post: Post) -> Seen:
    stamp = " ".join(filter(None, (str(post.published or ""), post.published_time)))
    words = " ".join((post.summary or post.body).split()[:12])
    return Seen(post.view.url, post.post_id, post.title, stamp, words)


def registry_entry(home: Page, platform: str, lists: Sequence[tuple[str, int]]) -> str:
    """The lines to paste into the province's file under `portals:`."""
    parts = urlsplit(home.url)
    host = (parts.hostname or "").removeprefix("www.")
    province = province_of_host(host)
    label = host.split(".")[0]
    title = parse(home).css_first("title")
    name = " ".join(title.text().split()) if title is not None else ""
    name = _HOME.sub("", name)
    start = [urlsplit(url) for url, _ in lists if canonical(url) != canonical(home.url)]
    paths = [s.path + (f"?{s.query}" if s.query else "") for s in start]
    lines = [
        f"  - id: {label}-{province.slug if province else 'PROVINCE'}",
        f"    name: {_quoted(name or 'NAME')}",
        f"    kind: {_kind(host, name, province)}",
        f"    url: {parts.scheme}://{parts.netloc}/",
        *([f"    platform: {platform}"] if platform != "generic" else []),
        *([f"    start: [{', '.join(map(_quoted, paths))}]"] if paths else []),
    ]
    return "\n".join(lines) + "\n"


def _kind(host: str, name: str, province: Province | None) -> str:
    """The kind of authority that a host names, else its home page; `other` for neither."""
    by_host = (kind for kind, labels, _ in _KINDS if labels.search(host))
    by_name = (kind for kind, _, words in _KINDS if words.search(name))
    found = next(itertools.chain(by_host, by_name), "other")
    own = re.sub(r"\.gov\.vn$", "", host)
    if found == "other" and province and own in province.hosts:
        # A district may have a domain of its own (mongcai.gov.vn); the province's is its name.
        return "people_committee" if fold(own) in _names(province) else "district"
    return found


def _names(province: Province) -> set[str]:
    return {fold(province.name), fold(province.slug), "hochiminhcity", "tphcm"}


def _quoted(text: str) -> str:
    """A YAML scalar: plain where that is safe, else in single quotes."""
    plain = re.fullmatch(r"[\w/][\w /.()–-]*", text) and not re.search(r": | #", text)
    return text if plain else "'" + text.replace("'", "''") + "'"
