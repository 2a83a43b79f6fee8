"""pywb in a virtual environment of its own: the archive that the tests replay from and crawl from."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
VENV = ROOT / ".venv" / "pywb"
#: pywb needs pkg_resources, which later setuptools no longer bring.
NEEDS = ("pywb==2.10.0", "setuptools<81")


@cache
def pywb() -> Path:
    """The folder of pywb's commands; made once, by one process. Skips where it cannot be installed."""
    VENV.parent.mkdir(exist_ok=True)
    with (VENV.parent / "pywb.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (VENV / "ready").exists():
            subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
            pip = [VENV / "bin" / "pip", "install", "-q", "--disable-pip-version-check", *NEEDS]
            done = subprocess.run(pip, capture_output=True, text=True, check=False, timeout=600)
            if done.returncode:
                pytest.skip(f"pywb cannot be installed: {done.stderr.strip()[-200:]}")
            (VENV / "ready").touch()
    return VENV / "bin"


@contextmanager
def archive(folder: Path, warcs: Sequence[Path]) -> Iterator[str]:
    """Serve WARC files as pywb's collection `vn`; yields the address of the collection."""
    commands = pywb()
    for call in (["init", "vn"], ["add", "vn", *warcs]):
        subprocess.run(
            [commands / "wb-manager", *call], cwd=folder, check=True, capture_output=True, timeout=120
        )
    with (folder / "pywb.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [commands / "python", "-c", _SERVE], cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            assert server.stdout
            lines = iter(server.stdout.readline, "")  # pywb's own words on stdout come first
            port = next(line for line in lines if line.strip().isdigit())
            yield f"http://127.0.0.1:{int(port)}/vn/"
        finally:
            server.kill()
            server.wait(timeout=20)


#: `wayback -p 0` does not tell which port it got.
_SERVE = """
from gevent import monkey
monkey.patch_all()
from gevent.pywsgi import WSGIServer
from pywb.apps.frontendapp import FrontEndApp
server = WSGIServer(("127.0.0.1", 0), FrontEndApp())
server.start()
print(server.server_port, flush=True)
server.serve_forever()
"""
