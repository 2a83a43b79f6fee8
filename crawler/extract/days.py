"""What all patterns of days share: a day from its parts, and the words that make it none of this calendar."""

from __future__ import annotations

import re
from datetime import date

from crawler.extract.scan import digit_runs

#: A run of digits that may open a day: start, end, and the next character that is no blank.
Run = tuple[int, int, str]
#: "10/3 âm lịch", "(tức 10/3 năm Tân Sửu)"
LUNAR = re.compile(
    r"\s*\(?(?:âm lịch|AL\b|ÂL\b|năm (?:giáp|ất|bính|đinh|mậu|kỷ|canh|tân|nhâm|quý) "
    r"(?:tý|sửu|dần|mão|thìn|tỵ|tị|ngọ|mùi|thân|dậu|tuất|hợi)\b)",
    re.I,
)


def day_of(year: int, month: int, day: int) -> date | None:
    """The day, or None where the calendar has none (16/72/2020 stood in a budget notice)."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def opening_runs(value: str) -> list[Run]:
    """The runs of digits that may open a day, each with the character that tells the form of it."""
    runs = []
    for start, end in digit_runs(value):
        if end - start <= 2:
            ahead = value[end : end + 1]
            if ahead == " " or ahead == "\n":
                ahead = value[end + 1 : end + 2]
            if ahead and ahead in "/.-tT, ":
                runs.append((start, end, ahead))
        elif end - start == 4 and value[end : end + 1] == "-":
            runs.append((start, end, "-"))
    return runs
