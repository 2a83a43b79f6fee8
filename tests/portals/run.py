"""What `make run` does: serve the sample portals, crawl them by the ordinary command, serve the index."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import thongbao
from tests.portals.sites import sample_portals


def main() -> int:
    """Crawl the sample portals into run/notices.db and serve it until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", default="8001")
    options = parser.parse_args()
    database = Path("run/notices.db")
    database.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sample_portals(Path(folder)):
        code = thongbao.main(
            [
                "--db",
                str(database),
                "crawl",
                "--all",
                "--registry",
                folder,
                "--allow-loopback",
                "--delay",
                "0",
            ]
        )
    if code:
        return code
    return thongbao.main(["--db", str(database), "serve", "--port", options.port])


if __name__ == "__main__":
    sys.exit(main())
