"""A real scrapyd schedules real crawls with the scrapy.cfg that is shipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.captured import listing, post, rows
from tests.test_cli import ROOT
from tests.venvs import commands_of

#: scrapyd needs pkg_resources, which later setuptools no longer bring.
NEEDS = ("scrapyd==1.6.0", "setuptools<81")
SECONDS = 60


@contextmanager
def scrapyd(folder: Path) -> Iterator[httpx.Client]:
    """scrapyd in a folder with our scrapy.cfg; its interface is a socket there, no port."""
    shutil.copy(ROOT / "scrapy.cfg", folder)
    (folder / ".scrapyd.conf").write_text(
        f"[scrapyd]\nhttp_port = 0\nunix_socket_path = {folder}/api\npoll_interval = 0.2\n"
    )
    call = [commands_of("scrapyd", *NEEDS, sees_project=True) / "scrapyd"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("THONGBAO")} | {
        "HOME": str(folder)
    }
    with (folder / "scrapyd.log").open("w") as log:
        server = subprocess.Popen(call, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        for _ in until(f"scrapyd does not start: {folder}/scrapyd.log"):
            if (folder / "api").exists() or server.poll() is not None:
                break
        yield httpx.Client(
            transport=httpx.HTTPTransport(uds=str(folder / "api")), base_url="http://scrapyd", timeout=SECONDS
        )
    finally:
        server.terminate()
        server.wait(timeout=20)


def until(why: str) -> Iterator[None]:
    """Turns of a loop that waits for another process; fails when it waits too long."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        yield
        time.sleep(0.1)
    pytest.fail(why)


def schedule(api: httpx.Client, **arguments: Any) -> str:
    """Schedule a job of our project; returns its id."""
    given = api.post("/schedule.json", data={"project": "thongbao"} | arguments).json()
    assert given["status"] == "ok", given
    return given["jobid"]


def wait_for(api: httpx.Client, *jobs: str) -> None:
    for _ in until("the jobs do not end"):
        finished = api.get("/listjobs.json", params={"project": "thongbao"}).json()["finished"]
        if set(jobs) <= {done["id"] for done in finished}:
            return


def test_scrapyd_schedules_crawls_into_the_index(portal, tmp_path: Path) -> None:
    site = portal({"/": listing(1, 2), "/tin/bai-1.html": post(1), "/tin/bai-2.html": post(2)})
    folder = tmp_path / "d"
    folder.mkdir()
    arguments = {
        "spider": "portal", "portal": "soyte-binhthuan", "registry_dir": site.registry, "allow_loopback": "1",
        "setting": [f"THONGBAO_DB={tmp_path}/a.db", "DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=0"],
    }  # fmt: skip
    with scrapyd(folder) as api:
        spiders = api.get("/listspiders.json", params={"project": "thongbao"}).json()["spiders"]
        assert spiders == ["archive", "portal"]
        wait_for(api, schedule(api, **arguments), schedule(api, **arguments))  # one after the other
        assert rows(tmp_path / "a.db", "select count(*) from notices") == [(2,)]
        site.answers["/"] = 403, {}, b""
        last = schedule(api, **arguments)
        wait_for(api, last)
    command = "scrapy crawl portal -a portal=soyte-binhthuan"
    runs = rows(tmp_path / "a.db", "select command, outcome from runs order by id")
    assert runs == [(command, "well"), (command, "well"), (command, "needs a look")]
    findings = rows(tmp_path / "a.db", "select finding from portal_runs order by run")
    assert findings == [(None,), (None,), ("blocked",)]
    log = folder / "logs" / "thongbao" / "portal" / f"{last}.log"
    assert "soyte-binhthuan: http" in log.read_text()
