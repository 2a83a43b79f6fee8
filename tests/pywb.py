"""pywb in a virtual environment of its own: the archive that the tests replay from and crawl from."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.venvs import commands_of

#: pywb needs pkg_resources, which later setuptools no longer bring.
NEEDS = ("pywb==2.10.0", "setuptools<81")


@contextmanager
def archive(folder: Path, warcs: Sequence[Path]) -> Iterator[str]:
    """Serve WARC files as pywb's collection `vn`; yields the address of the collection."""
    commands = commands_of("pywb", *NEEDS)
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
