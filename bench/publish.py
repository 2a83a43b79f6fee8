"""What taking away costs: files, bytes and seconds of `export` and `publish`, and a search in Chromium.

Makes an index of made-up notices (bench.site) and runs the ordinary commands over it. Of each search the
median time from the address to the last result is told, the CPU of the page (other work of the machine
slows the first, not the second), and what was read of the copy for it.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright

from bench.site import fill

SEARCHES = (
    "covid", "chong dich", '"phong chong dich"', "duong day nong", "quyết định", "16/CT-TTg", "512/UBND-VP",
    "1022", "zzzz",
)  # fmt: skip


def run(*call: str) -> str:
    """Run a command of ours; its seconds, and the megabytes of memory of its largest process."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "thongbao", "--quiet", *call], check=True)
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return f"{seconds:.0f} s, {memory:.0f} MB of memory at most so far"


def sizes(folder: Path) -> None:
    """Files and bytes by what lies at the top of a directory."""
    files: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for path in folder.rglob("*"):
        if path.is_file():
            top = path.relative_to(folder).parts
            name = "/".join(top[:2]) if top[0] == "data" and len(top) > 2 else top[0]
            files[name] += 1
            held[name] += path.stat().st_size
    print(f"  {sum(files.values())} files, {sum(held.values()) / 1e6:.1f} MB")
    for name, size in held.most_common(9):
        print(f"    {name}: {files[name]} files, {size / 1e6:.1f} MB")


def search(browser: Browser, copy: Path, words: str) -> None:
    """Time a search of a copy that is opened from the disk."""
    taken, busy, read = [], [], 0
    for _ in range(5):
        page = browser.new_page()
        asked: list[str] = []
        inside = page.context.new_cdp_session(page)
        inside.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.on("request", lambda r, asked=asked: asked.append(r.url))
        started = time.perf_counter()
        page.goto(f"{copy.as_uri()}/index.html?q={quote(words)}")
        page.wait_for_selector(".columns[aria-busy=false]", state="attached")
        taken.append(time.perf_counter() - started)
        told = inside.send("Performance.getMetrics")["metrics"]
        busy += [metric["value"] for metric in told if metric["name"] == "TaskDuration"]
        found = page.locator(".columns [role=status]").inner_text().split()[0]
        read = sum((copy / "data" / u.split("/data/")[1]).stat().st_size for u in asked if "/data/" in u)
        page.close()
    wall, cpu = (statistics.median(seconds) * 1000 for seconds in (taken, busy))
    files = sum("/data/" in u for u in asked)
    print(f"  {words}: {found} notices, {wall:.0f} ms, {cpu:.0f} of CPU, {files} files, {read / 1e6:.2f} MB")


def main() -> None:
    """Run the bench."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--notices", type=int, default=10_000)
    asked.add_argument("--lang", action="append", choices=("vi", "en"), default=[])
    asked.add_argument("--folder", type=Path, help="kept afterwards (default: a temporary one)")
    options = asked.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp())
    folder.mkdir(exist_ok=True)
    try:
        index = folder / "notices.db"
        if not index.exists():
            fill(index, options.notices)
        print(f"{options.notices} notices, index {index.stat().st_size / 1e6:.1f} MB, {os.cpu_count()} cores")
        print("export:", run("--db", str(index), "export", str(folder / "export")))
        sizes(folder / "export")
        langs = [word for lang in options.lang for word in ("--lang", lang)]
        print("publish:", run("--db", str(index), "publish", "--static", str(folder / "copy"), *langs))
        sizes(folder / "copy")
        print("search, from the address to the results, and CPU of the page, medians of 5:")
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            for words in SEARCHES:
                search(browser, folder / "copy", words)
            browser.close()
    finally:
        if not options.folder:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
