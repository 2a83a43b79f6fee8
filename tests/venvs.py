"""Programs that the tests run but that cannot live in one environment with the project: each has its own."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@cache
def commands_of(name: str, *needs: str, sees_project: bool = False) -> Path:
    """The folder of an environment's commands; made once, by one process. Skips where it cannot be installed.

    With `sees_project` it finds the project and its libraries behind its own.
    """
    venv = ROOT / ".venv" / name
    venv.parent.mkdir(exist_ok=True)
    with (venv.parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (venv / "ready").exists():
            subprocess.run([sys.executable, "-m", "venv", venv], check=True)
            if sees_project:
                (own,) = venv.glob("lib/python*/site-packages")
                (own / "project.pth").write_text(
                    f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})"
                )
            pip = [venv / "bin" / "pip", "install", "-q", "--disable-pip-version-check", *needs]
            done = subprocess.run(pip, capture_output=True, text=True, check=False, timeout=600)
            if done.returncode:
                pytest.skip(f"{name} cannot be installed: {done.stderr.strip()[-200:]}")
            (venv / "ready").touch()
    return venv / "bin"
