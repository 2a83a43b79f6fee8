"""When a portal is to be crawled again, and when a notice is to be read again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from crawler.registry import OFTEN, SELDOM

#: Between crawls of a portal of which no days are known yet.
AT_FIRST = timedelta(days=1)
#: The last posts of a portal that tell its rhythm.
POSTS = 10
#: Days after which a notice is read again, at least; some wait up to as long again, so that they take turns.
MONTH = 30


def interval(days: Sequence[date], today: date, every: timedelta | None, failures: int) -> timedelta:
    """The time until the next crawl: half of a portal's mean time between posts, `every` where it is given.

    `days` are those of its last posts; the time since the last one counts as one between posts, so that a
    portal that fell silent is asked ever more seldom. After `failures` in a row the time doubles with each.
    """
    own = AT_FIRST
    if past := [day for day in days if day <= today]:
        own = timedelta(days=(today - min(past)).days / len(past)) / 2
    wanted = every or max(OFTEN, min(own, SELDOM))
    return max(wanted, min(wanted * 2.0 ** min(failures, 10), SELDOM))


def is_due(notice: int, read: datetime, moment: datetime) -> bool:
    """Whether a notice of some id, read last at `read`, is to be read again."""
    return moment - read >= timedelta(days=MONTH + notice % MONTH)
