"""The time, from one place: tests live through months without waiting."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

#: Days by which a test lets this process live later.
_LATER = timedelta(days=float(os.environ.get("THONGBAO_DAYS_LATER") or 0))


def now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC) + _LATER
