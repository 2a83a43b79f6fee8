"""How right extraction was measured to be: the figures that `python -m bench.score --card` wrote."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Field:
    """What was measured of one field: F1, and how many facts were right, missed and wrong."""

    name: str
    f1: float
    right: int
    missed: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Card:
    """The fields that were measured, and on how many notices."""

    notices: int
    fields: tuple[Field, ...]

    @property
    def worst(self) -> Field:
        """The field that is read worst."""
        return min(self.fields, key=lambda field: field.f1)


@cache
def card() -> Card:
    """The figures of this version."""
    told = json.loads(Path(__file__).with_name("accuracy.json").read_text(encoding="utf-8"))
    return Card(told["notices"], tuple(Field(name, **of) for name, of in told["fields"].items()))
