"""One clock: what asks the system for the time or the day lives outside the months that tests live through."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.test_cli import ROOT

MODULES = [
    ROOT / "thongbao.py",
    *(p for part in ("crawler", "spiders", "db") for p in (ROOT / part).rglob("*.py")),
]
ASKED = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_clock_asks_the_system_for_the_time(module: Path) -> None:
    calls = (node.func for node in ast.walk(ast.parse(module.read_bytes())) if isinstance(node, ast.Call))
    asked = {ast.unparse(func) for func in calls} & ASKED
    assert not asked or module.name == "clock.py"
