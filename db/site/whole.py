"""A notice whole, as programs read it: one JSON object, on its page and in the export alike."""

from __future__ import annotations

import json
from typing import Any

Row = dict[str, Any]
_COLUMNS = (
    "id", "portal", "authority", "province", "kind", "url", "title", "published", "published_time",
    "first_seen", "last_seen", "gone_since", "text",
)  # fmt: skip


def told(
    n: Row, facts: dict[str, list[Row]], files: list[Row], witnesses: list[Row], versions: list[Row]
) -> Row:
    """The object, of rows as `queries.NOTICE_WHOLE` and its kin give them.

    A fact's place is in the text of the notice, or of the file that its `attachment` names.
    """
    return {
        **{name: n[name] for name in _COLUMNS},
        "covid": bool(n["covid"]),
        "topics": json.loads(n["topics"] or "[]"),
        **facts,
        "files": [file | {"places": json.loads(file["places"] or "[]")} for file in files],
        "witnesses": witnesses,
        "versions": versions,
    }
