"""What is known of a month in which nothing was found: that nothing was published, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: A month without a notice: `none` was published, a portal `blocked` reading, or nobody knows (`unknown`).
NONE, BLOCKED, UNKNOWN = "none", "blocked", "unknown"
#: How a state is written where a number would stand.
SIGNS = {NONE: "0", BLOCKED: "✕", UNKNOWN: "?"}
#: A row of the portals as the index has them: when each was last read well, whether it blocked a page.
Portal = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """A month of a portal or province: how many notices, and where there are none what that means."""

    month: str
    count: int
    state: str

    @property
    def sign(self) -> str:
        """What stands for the state."""
        return SIGNS[self.state]


def state(portal: Portal, month: str = "") -> str:
    """What it means that a portal has no notice of a month; without a month, how it was read at all.

    Silence is known up to the last reading that ended well, whatever stood in the way of later ones.
    """
    if portal["read"] and portal["read"][:7] >= month:
        return NONE
    return BLOCKED if portal["blocked"] else UNKNOWN


def state_of_all(portals: Iterable[Portal], month: str) -> str:
    """What it means that several portals together have none: one that is not known makes it unknown.

    Portals that nobody tried to read say nothing; where all are such, nobody knows.
    """
    found = {state(portal, month) for portal in portals if portal["last_run"]}
    return next((s for s in (BLOCKED, UNKNOWN, NONE) if s in found), UNKNOWN)


def cells(counts: Mapping[str, int], portals: Sequence[Portal], months: list[str]) -> list[Cell]:
    """The months of what several portals (or one) published, in order."""
    return [Cell(month, counts.get(month, 0), state_of_all(portals, month)) for month in months]
