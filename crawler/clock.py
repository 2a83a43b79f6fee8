"""The time, from one place: tests live through months without waiting."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

#: Days by which a test lets this process live later.
_LATER = timedelta(days=float(os.environ.get("THONGBAO_DAYS_LATER") or 0))


def now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC) + _LATER


def utc(moment: datetime) -> str:
    """A machine time as the index writes it (`2021-06-15T02:00:00Z`)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
