"""The pictures of docs/screenshots: every page over the sample portals, on a desk and on a phone (`make pictures`)."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from playwright.sync_api import sync_playwright

import thongbao
from tests.captured import rows
from tests.conftest import CHROMIUM, ROOT, serving
from tests.portals.sites import sample_portals
from tests.watched import crawl_watched

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDTHS = {"": 1280, "-390": 390}
#: No picture is higher: longer pages go on as they began.
HIGHEST = 1600
OUT = ROOT / "docs" / "screenshots"
_FIRST = {
    "notice": "select notice from citations where role = 'subject' group by notice order by count(*) desc, notice limit 1",
    "document": "select document from citations group by document order by count(distinct notice) desc, document limit 1",
    "file": "select id from attachments where text <> '' order by length(text) desc, id limit 1",
    "capture": "select capture from versions where capture is not null order by id limit 1",
}  # fmt: skip


def addresses(index: Path) -> dict[str, str]:
    """The page of each picture."""
    first = {name: rows(index, sql)[0][0] for name, sql in _FIRST.items()}
    portal, province = rows(
        index, "select portal, province from notices group by portal order by count(*) desc limit 1"
    )[0]
    code = rows(index, f"select code from provinces where name = '{province}'")[0][0]
    month = rows(
        index, "select month from notices where month <> '' group by month order by count(*) desc limit 1"
    )[0][0]
    return {
        "home": "/", "search": "/?q=duong+day+nong", "nothing": "/?q=" + quote("cây cầu vượt"),
        "notice": f"/notice/{first['notice']}", "cite": f"/notice/{first['notice']}/cite",
        "document": f"/document/{first['document']}", "file": f"/file/{first['file']}",
        "capture": f"/capture/{first['capture']}", "hotlines": "/hotlines", "hotlines-paper": "/hotlines?print=1",
        "provinces": "/provinces", "province": f"/province/{code}", "portal": f"/portal/{portal}",
        "map": f"/map?month={month}", "map-today": f"/map?month={month}&today=1", "timeline": "/timeline",
        "coverage": "/coverage", "about": "/about", "data": "/about/data", "tables": "/about/tables",
        "question": "/notices/who-cited-first", "removed": "/notice/1",
    }  # fmt: skip


def shoot(page: Page, address: str, name: str, ready: str = "main") -> None:
    """One page at each width, once it has what the selector `ready` names."""
    for ending, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(address)
        page.locator(ready).first.wait_for()
        height = min(HIGHEST, page.evaluate("document.documentElement.scrollHeight"))
        clip: Any = {"x": 0, "y": 0, "width": width, "height": height}
        page.screenshot(path=OUT / f"{name}{ending}.png", full_page=True, clip=clip)


def main() -> int:
    """Crawl the sample portals and those of every state, serve both indexes, take each picture."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as play:
        folder = Path(name)
        index = folder / "notices.db"
        call = [
            sys.executable,
            "-m",
            "thongbao",
            "--db",
            str(index),
            "crawl",
            "--all",
            "--registry",
            str(folder),
        ]
        with sample_portals(folder):
            done = subprocess.run(
                [*call, "--allow-loopback", "--delay", "0", "--quiet"], check=False, cwd=ROOT
            )
        if done.returncode != thongbao.WELL:
            return done.returncode
        (folder / "watched").mkdir()
        watched = crawl_watched(folder / "watched")
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page()
        with serving(index) as site:
            for picture, path in addresses(index).items():
                shoot(page, site.rstrip("/") + path, picture)
        with serving(watched) as site:
            shoot(page, site.rstrip("/") + "/status", "status")
        copy = folder / "copy"
        publish = [
            sys.executable,
            "-m",
            "thongbao",
            "--db",
            str(index),
            "publish",
            "--static",
            str(copy),
            "--quiet",
        ]
        subprocess.run(publish, check=True, cwd=ROOT)
        shoot(page, f"{copy.as_uri()}/index.html?q=duong+day+nong", "copy", '.columns[aria-busy="false"]')
        shoot(page, f"{copy.as_uri()}/tables.html?table=phones", "copy-tables", 'body[data-ready="true"]')
        browser.close()
    return thongbao.WELL


if __name__ == "__main__":
    sys.exit(main())
