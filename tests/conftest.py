"""What several test modules need: the sample portals, crawled once a process, and the site served over them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import thongbao
from tests import prepared
from tests.captured import portal  # noqa: F401 - a fixture
from tests.portals.sites import sample_portals
from tests.watched import crawl_watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    from playwright.sync_api import sync_playwright  # of no use to most modules

    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def sample_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the sample portals, made by the ordinary command."""
    folder = tmp_path_factory.mktemp("samples")
    database = folder / "notices.db"
    with sample_portals(folder):
        done = prepared.run(
            ["--db", database, "crawl", "--all", "--registry", folder, "--allow-loopback", "--delay", "0"]
        )
    assert done.returncode == thongbao.WELL, done.stderr
    return database


@contextmanager
def serving(database: Path) -> Iterator[str]:
    """The address of `thongbao serve` over an index, on a port of the system's choice."""
    server = subprocess.Popen(
        [sys.executable, "-m", "thongbao", "--db", str(database), "serve", "--port", "0"],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert server.stdout
    yield server.stdout.readline().strip()
    server.terminate()
    server.wait(timeout=20)


@pytest.fixture(scope="session")
def sample_site(sample_index: Path) -> Iterator[str]:
    """The site over the sample index."""
    with serving(sample_index) as address:
        yield address


@pytest.fixture(scope="session")
def watched_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of a healthy, a quiet, a blocked, a vanished and a closed portal, crawled three times."""
    return crawl_watched(tmp_path_factory.mktemp("watched"))


@pytest.fixture(scope="session")
def watched_site(watched_index: Path) -> Iterator[str]:
    """The site over those."""
    with serving(watched_index) as address:
        yield address
