"""How the project's words go from one process to another: made anew from their fields.

The way of frozen dataclasses takes twice as long. Importing this module is enough.
"""

from __future__ import annotations

import copyreg
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from operator import attrgetter
from typing import Any

from crawler import model


def _reducer(kind: type) -> Callable[[Any], tuple[type, tuple[Any, ...]]]:
    values = attrgetter(*(each.name for each in fields(kind)))
    one = len(fields(kind)) == 1
    return lambda thing: (kind, (values(thing),) if one else values(thing))


for _kind in vars(model).values():
    if isinstance(_kind, type) and is_dataclass(_kind):
        copyreg.pickle(_kind, _reducer(_kind))
