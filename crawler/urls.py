"""One spelling for a URL, and the traps that URLs lead into."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

#: Parameters that change with session, time or campaign, never the page. A Liferay pager works without its
#: portlet's state (sotttt.hanoi.gov.vn).
_NOISE = re.compile(r"^(utm_.*|fbclid|gclid|jsessionid|phpsessid|sid|t|.*_?formDate|.*resetCur)$", re.I)

#: The address of a further page of a list: `?page=2`, `…_cur=3`, `/trang-4`, `PageIndex=5`, `-c12-3.html`.
PAGING = re.compile(r"(?:page|trang|cur|pageindex|pagenum|start|paged)[^&=/]*[=/-]\d+|-c\d+-\d+\.html", re.I)


# A portal's menus repeat the same addresses on every page.
@lru_cache(maxsize=16_384)
def canonical(url: str) -> str:
    """The URL without user and password, fragment, session ids and tokens; host in lower case."""
    parts = urlsplit(without_user(url))
    path = _SESSION.sub("", parts.path) or "/"
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _NOISE.match(k)]
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), path, urlencode(query), ""))


_SESSION = re.compile(r";jsessionid=[^/?]*", re.I)
_USER = re.compile(r"^(\w+://)[^/?#]*@")


def without_user(url: str) -> str:
    """The URL without the user and password that stand before its host: what lets others act is not kept."""
    return _USER.sub(r"\1", url)


def stateless(url: str) -> str:
    """The URL without WebSphere's navigational state (`/!ut/p/…`): another at every sight."""
    parts = urlsplit(url)
    return (
        parts._replace(path=re.sub(r"!ut/.*", "", parts.path, flags=re.S)).geturl() if "!ut/" in url else url
    )


def absolute(base: str, href: str | None) -> str | None:
    """The web address of a link, or None for mail, scripts and broken addresses."""
    if not href or href.startswith(("#", "javascript:", "mailto:", "tel:", "data:")):
        return None
    href = href.strip()
    if len(href) > 1500:
        return _join.__wrapped__(base, href)
    return _join(_root(base) if _ROOTED.match(href) else base, href)


#: A link that does not rest on the page's own path: every page of a portal has it in its menus.
_ROOTED = re.compile(r"/(?:[^/\s]|$)|(?:https?:)?//[^/?#\s]")


@lru_cache(maxsize=16_384)
def _join(base: str, href: str) -> str | None:
    try:
        url = urljoin(base, href)
        return url if urlsplit(url).scheme in ("http", "https") else None
    except ValueError:
        return None


@lru_cache(maxsize=256)
def _root(url: str) -> str:
    """Scheme and host of a URL; all of it where it is broken."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.scheme}://{parts.netloc}"


@lru_cache(maxsize=16_384)
def host(url: str) -> str:
    """Host of a URL as it is printed, with its port, without `www.`."""
    return urlsplit(url).netloc.removeprefix("www.")


@lru_cache(maxsize=16_384)
def is_trap(url: str) -> bool:
    """Whether a URL looks like an endless one: `…html/vi/vi/en/vi` (relative language links), depth > 12."""
    path = urlsplit(url).path
    segments = [s for s in path.split("/") if s]
    if len(url) > 1500 or len(segments) > 12:
        return True
    languages = sum(s in ("vi", "en") for s in segments)
    repeated = max(Counter(segments).values(), default=0)
    return languages > 1 or repeated > 2 or bool(re.search(r"\.html?/.+", path))


def is_address(text: str, schemes: Collection[str] = ("http", "https")) -> bool:
    """Whether a text is the address of a host, by one of some schemes."""
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # http://[, or a broken port
        return False


def netloc(url: str) -> str:
    """Host of a URL, lower case, with its port where that is not the scheme's own."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return (parts.hostname or "").lower() + (f":{port}" if port and port != default else "")
