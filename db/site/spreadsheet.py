"""CSV that a spreadsheet opens without running what a portal wrote."""

from __future__ import annotations

import csv
import io
import re

csv.field_size_limit(2**31 - 1)  # a text of a megabyte is one cell, and the default is 128 KB

#: What a spreadsheet takes for the beginning of a formula, but for numbers (`-5`, `+84 888 800 248`).
_FORMULA = re.compile(r"\s*(?![-+][\d\s.]*$)[=+@＝＋－＠-]")


def cell(value: object) -> object:
    """A cell that is no formula: an apostrophe, which spreadsheets do not show, stands before one."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def without_formulas(rows: bytes) -> bytes:
    """Whole rows of CSV, as Datasette sends them one by one, with no formula among their cells."""
    text = rows.decode()
    if not re.search(r"[=+@＝＋－＠-]", text):
        return rows
    out = io.StringIO()
    writer = csv.writer(out)
    for row in csv.reader(io.StringIO(text, newline="")):
        writer.writerow([cell(value) for value in row])
    return out.getvalue().encode()
