"""Bytes to one parsed tree (charset decided once), and a node's text with line breaks between blocks."""

from __future__ import annotations

import html
import re
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extract.normalise import normalise
from crawler.model import Page
from crawler.urls import absolute

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]+)""", re.I)
_MARKUP = re.compile(
    r"\ufeff?\s*(?:(?:<!--.*?-->|<\?xml.*?\?>)\s*)*<(?:!doctype\s+html|html|head|body|title|meta|link|base|div|p|span"
    r"|table|tr|td|h[1-6]|article|section|main|header|nav|ul|ol|li|br|a|b|i|em|strong|center|font|form|img|style"
    r"|script|iframe)(?:\s[^<>]*|/)?>",
    re.I | re.S,
)
_DOCUMENT = re.compile(r"<(?:html|body)(?:\s[^<>]*)?>", re.I)
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "tr",
        "li",
        "ul",
        "ol",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "header",
        "footer",
        "blockquote",
        "dd",
        "dt",
        "hr",
        "form",
    ]
)
_DROPPED = frozenset(["script", "style", "noscript", "template", "iframe", "select", "button"])


def decode(page: Page) -> str:
    """The page as text. Bytes that are valid UTF-8 are UTF-8, whatever a header claims: portals send
    `iso-8859-1` for UTF-8 pages; a UTF-16 mark is believed; else header, then meta, then windows-1258."""
    if page.body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return page.body.decode("utf-16", "replace")
    body = page.body.removeprefix(b"\xef\xbb\xbf")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    found = _CHARSET.search(page.content_type.encode()) or _CHARSET.search(body[:4096])
    name = found[1].decode() if found else "windows-1258"
    try:
        return body.decode(name, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def is_html(text: str) -> bool:
    """Whether a text of unknown kind is HTML: it begins with markup, comments and prologs aside.

    A `<` within prose (`ca mắc < 5`, `<Sở Y tế>`) makes no HTML.
    """
    return _MARKUP.match(text) is not None or _DOCUMENT.search(text[:5_000]) is not None


def parse(page: Page) -> LexborHTMLParser:
    """The page's tree, parsed once by lexbor; its links lead from where its `<base href>` says."""
    text = decode(page)
    tree = LexborHTMLParser(text)
    if (base := base_in(text, page.url)) != page.url:
        _resolve(tree, base)
    return tree


_BASE = re.compile(r"""<base\s[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.I)
#: A page's head, where alone a base counts.
_HEAD = 20_000


def may_have_base(body: bytes) -> bool:
    """Whether a page's head may say where its links lead, told from its bytes."""
    return b"<base" in body[:_HEAD].lower()


def base_in(text: str, url: str) -> str:
    """The address from which a page's relative links lead (HTML Standard 4.2.3): mostly its own."""
    found = _BASE.search(text, 0, _HEAD) if "<base" in text[:_HEAD].lower() else None
    href = next(filter(None, found.groups()), "") if found else ""
    return absolute(url, html.unescape(href)) or url


def _resolve(tree: LexborHTMLParser, base: str) -> None:
    """Write relative links out; a mark within the page and a script stay what they are."""
    for name in ("href", "src", "action", "data"):
        for node in tree.css(f"[{name}]"):
            given = node.attributes.get(name)
            if node.tag != "base" and given and (address := absolute(base, given)):
                node.attrs[name] = address


def headlines(tree: LexborHTMLParser, selector: str = "title, h1") -> list[str]:
    """What the title and headings of a page say; a title's parts (`Bảo trì - Sở Y tế`) each for itself."""
    parts = (part for node in tree.css(selector) for part in re.split(r" [-|–] ", node.text()))
    return [normalise(part) for part in parts]


def label_of(link: LexborNode) -> str:
    """What a link says."""
    text = link.text()
    return _label(text) if len(text) < _LONG_LABEL else normalise(text)


#: A link that nobody closed says the rest of its page, which nobody keeps in memory.
_LONG_LABEL = 400


# A portal's menus say the same on every page, and blocks in one another are asked for the same links.
@lru_cache(maxsize=16_384)
def _label(text: str) -> str:
    return normalise(text)


def block_text(node: LexborNode | None) -> str:
    """Plain text of a node: blocks on lines of their own, table cells parted by ` | `, scripts left out."""
    parts: list[str] = []
    if node is not None:
        _collect(node, node.tag, parts, 0)
    return normalise("".join(parts))


def _collect(node: LexborNode, tag: str | None, parts: list[str], depth: int) -> None:
    if tag == "-text":
        parts.append((node.text_content or "").replace("\n", " "))
        return
    if tag in _DROPPED or depth > 200:
        return
    block = tag in _BLOCKS
    if block:
        parts.append("\n")
    child = node.child
    while child is not None:
        if (name := child.tag) == "-text":  # half of all nodes: no call for each
            parts.append((child.text_content or "").replace("\n", " "))
        else:
            _collect(child, name, parts, depth + 1)
        child = child.next
    if block:
        parts.append("\n")
    elif tag in ("td", "th") and node.next is not None:
        parts.append(" | ")
