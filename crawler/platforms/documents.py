"""Pages of one official document: labelled fields (Số ký hiệu, Ngày ban hành, Trích yếu …) as a post."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extract.normalise import normalise
from crawler.html import block_text
from crawler.model import Attachment, Post, View
from crawler.platforms.common import Identify, attachments, names_file
from crawler.urls import absolute

#: What the labels say, by their first words in lower case; the longest that fits counts.
_LABELS = {
    "số ký hiệu": "number", "số kí hiệu": "number", "số hiệu": "number", "số/ký hiệu": "number",
    "số, ký hiệu": "number", "số văn bản": "serial", "ký hiệu văn bản": "symbol", "ngày ban hành": "issued",
    "ngày vb": "issued", "ngày ký": "issued", "trích yếu": "summary", "tên văn bản": "summary",
    "cơ quan ban hành": "issuer", "đơn vị ban hành": "issuer", "loại văn bản": "kind", "thể loại": "kind",
    "hình thức": "kind",
    "người ký": "", "lĩnh vực": "", "tình trạng": "", "ngày hiệu lực": "", "ngày có hiệu lực": "",
    "ngày bắt đầu": "", "ngày hết": "",
}  # fmt: skip
_BLANK = re.compile(r"[\s_./…-]*")


def read_document(tree: LexborHTMLParser, url: str, found: tuple[str, View]) -> Post | None:
    """The document that a page describes in rows of label and value, or None.

    The title names the document with its date, its issuer and what it is about, put together from the fields;
    the body is the fields as printed. A page of a document prints no posting date.
    """
    table = next((t for t in _innermost(tree, "table, dl") if "number" in _named(_rows(t))), None)
    if table is None:
        return None
    rows = list(_rows(table))
    fields = _named(iter(rows))
    if "summary" not in fields:
        return None
    body = "\n".join(f"{label}: {value}" for label, value in rows if not _BLANK.fullmatch(value))
    return Post(*found, _title(fields), "", body, attachments=tuple(_files(table, url).values()))


def read_rows(tree: LexborHTMLParser, url: str, identify: Identify) -> list[Post]:
    """The rows of a list of documents that lead to no page of their own, each as a post.

    A document's number and date are its identity, since its row moves from page to page; its address is the
    list's, with the number behind it.
    """
    posts: dict[str, Post] = {}
    for table in _innermost(tree, "table"):
        labels: list[str] = []
        for row in table.css("tr"):
            cells = [(block_text(cell).replace("\n", " ").rstrip(" |"), cell) for cell in row.css("td, th")]
            if not labels or len(cells) != len(labels):
                labels = [text for text, _ in cells] if _heads([text for text, _ in cells]) else labels
                continue
            links = [absolute(url, a.attributes.get("href")) for a in row.css("a[href]")]
            if any(link and not names_file(link) and identify(link) for link in links):
                continue
            named = [
                (label, text)
                for label, (text, cell) in zip(labels, cells, strict=True)
                if text and not attachments(cell, url)
            ]
            if post := _row_post(named, row, url):
                posts.setdefault(post.post_id, post)
    return list(posts.values())


def _innermost(tree: LexborHTMLParser, selector: str) -> Iterator[LexborNode]:
    """Tables of data: a table round another lays out the page."""
    for node in tree.css(selector):
        if all(inner.mem_id == node.mem_id for inner in node.css("table")):
            yield node


def _heads(cells: list[str]) -> bool:
    known = {_known(cell) for cell in cells}
    return "number" in known and "summary" in known


def _row_post(named: list[tuple[str, str]], row: LexborNode, url: str) -> Post | None:
    fields = _named(iter(named))
    if not {"number", "summary"} <= set(fields) or not re.search(r"\d", fields["number"]):
        return None
    body = "\n".join(f"{label}: {value}" for label, value in named if _known(label) is not None)
    address = View(f"{url.partition('#')[0]}#{fields['number'].replace(' ', '')}")
    post_id = f"{fields['number']} {fields.get('issued', '')}".strip()
    return Post(post_id, address, _title(fields), "", body, attachments=tuple(attachments(row, url).values()))


def name_document(post: Post, body: LexborNode | None) -> Post:
    """A post whose body is a document's fields, its name before its title; others unchanged."""
    fields = _named(_rows(body)) if body is not None else {}
    if {"number", "issued"} <= set(fields) and fields["number"] not in post.title:
        return replace(post, title=_title({**fields, "summary": post.title}))
    return post


def _title(fields: Mapping[str, str]) -> str:
    name = f"{fields.get('kind') or 'Văn bản'} số {fields['number']}"
    name += f" ngày {fields['issued']}" if fields.get("issued") else ""
    name += f" của {fields['issuer']}" if fields.get("issuer") else ""
    summary = fields["summary"]
    return summary if fields["number"] in summary else f"{name}: {summary}"


def _rows(node: LexborNode) -> Iterator[tuple[str, str]]:
    """Label and value of each row of two cells; a row whose label is a table lays out the page."""
    for row in node.css("tr"):
        cells = [cell for cell in row.iter() if cell.tag in ("td", "th")]
        if len(cells) != 2 or cells[0].css_first("table") is not None:
            continue
        label = block_text(cells[0]).replace("\n", " ")
        # Of tables within tables the text would be read once for each that it stands in.
        if label and (_known(label) is not None or cells[1].css_first("table") is None):
            yield label.rstrip(" |:"), block_text(cells[1]).replace("\n", " ").rstrip(" |")
    terms, values = node.css("dt"), node.css("dd")
    if len(terms) == len(values):
        for term, value in zip(terms, values, strict=True):
            yield normalise(term.text()).rstrip(" :"), block_text(value).replace("\n", " ")


def _known(label: str) -> str | None:
    """What a label says, '' for what is only shown, None for an unknown one."""
    low = label.lower().strip(" :")
    known = max((k for k in _LABELS if low.startswith(k)), key=len, default=None)
    return _LABELS[known] if known is not None else None


def _named(rows: Iterator[tuple[str, str]]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for label, value in rows:
        if (known := _known(label)) and not _BLANK.fullmatch(value):
            fields.setdefault(known, value)
    # Hòa Bình's portlet prints the number and its symbol in cells of their own.
    if "serial" in fields and "symbol" in fields:
        fields.setdefault("number", f"{fields['serial']}/{fields['symbol']}")
    return fields


def _files(table: LexborNode, url: str) -> dict[str, Attachment]:
    """The files in the fields or in the nearest block round them that has any."""
    node: LexborNode | None = table
    for _ in range(4):
        if node is None or node.tag in ("body", "html"):
            break
        if files := attachments(node, url):
            return files
        node = node.parent
    return {}
