"""Rows of a query as dicts, for every page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = dict[str, Any]


async def read_rows(database: Any, sql: str, values: Mapping[str, Any] | None = None) -> list[Row]:
    """The rows of a query over one of Datasette's databases."""
    return [dict(row) for row in (await database.execute(sql, dict(values or {}))).rows]
