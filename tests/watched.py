"""Portals as a scheduled job meets them in time: healthy, quiet, blocked, vanished, closed."""

from __future__ import annotations

from pathlib import Path

from tests.captured import Answer, Portal, listing, post
from tests.test_cli import thongbao

ENTRY = """  - id: soyte-{name}
    name: Sở Y tế {name}
    kind: health
    url: {url}/
"""


def crawl_watched(folder: Path) -> Path:
    """Crawl the five three times; what changes changes before the second time. Returns the index."""
    portals = {
        name: Portal(folder / name, _answers(range(1, 9))) for name in ("khoe", "vang", "chan", "mat", "dong")
    }
    entries = {name: ENTRY.format(name=name, url=portal.url) for name, portal in portals.items()}
    registry = folder / "registry"
    registry.mkdir()

    def crawl(*names: str) -> None:
        (registry / "a.yml").write_text(
            "province: Bình Thuận\nportals:\n" + "".join(entries.values()), encoding="utf-8"
        )
        ids = [f"soyte-{name}" for name in names]
        done = thongbao(
            "--db", folder / "a.db", "crawl", *ids, "--registry", registry, "--allow-loopback", "--delay", "0"
        )
        assert done.returncode in (0, 1), done.stderr

    crawl(*portals)
    portals["khoe"].answers |= _answers(range(1, 12))
    portals["chan"].answers["/"] = 200, {}, b"Request unsuccessful. Incapsula incident ID: 1"
    for name in ("mat", "dong"):
        portals[name].server.shutdown()
        portals[name].server.server_close()
    crawl("khoe", "vang", "chan", "mat", "dong")
    entries["dong"] += "    closed: 2025-07-01\n    successor: soyte-khoe\n"
    crawl("khoe", "vang", "chan", "mat", "dong")
    for name in ("khoe", "vang", "chan"):
        portals[name].server.shutdown()
    return folder / "a.db"


def _answers(numbers: range) -> dict[str, Answer]:
    return {"/": listing(*numbers), **{f"/tin/bai-{n}.html": post(n) for n in numbers}}
