"""Logs that a program can read: one event a line, at a level that means something, whatever happens."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

import pytest

from tests.captured import Portal, listing, post
from tests.prepared import ROOT, command

WALL = 200, {}, b"Request unsuccessful. Incapsula incident ID: 1"


def log_of(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """Every line of stderr as an event: one that is no JSON fails here."""
    return [json.loads(line) for line in done.stderr.splitlines()]


@pytest.fixture
def site(portal) -> Portal:
    return portal({"/": listing(1, 2), "/tin/bai-1.html": post(1), "/tin/bai-2.html": post(2)})


def test_a_crawl_that_goes_well_tells_what_began_and_ended(site: Portal) -> None:
    events = log_of(site.crawl("--log-format", "json"))
    assert [e["event"] for e in events] == ["run started", "portal started", "portal ended", "run ended"]
    assert {e["level"] for e in events} == {"INFO"}
    ended = events[2]
    assert (ended["portal"], ended["pages"], ended["outcomes"]) == ("soyte-binhthuan", 3, {"new": 3})
    assert events[3]["outcome"] == "well"


def test_what_somebody_should_look_at_is_a_warning(site: Portal) -> None:
    site.answers["/"] = WALL
    warnings = [e for e in log_of(site.crawl("--log-format", "json")) if e["level"] == "WARNING"]
    assert [(e["event"], e["finding"]) for e in warnings] == [("portal ended", "blocked")]
    assert "Incapsula" in warnings[0]["reason"]


def test_each_page_is_told_on_request(site: Portal) -> None:
    events = log_of(site.crawl("--log-format", "json", "-vv"))
    pages = {
        e["url"].removeprefix(site.url): (e["level"], e["outcome"]) for e in events if e["event"] == "page"
    }
    assert pages == dict.fromkeys(("/", "/tin/bai-1.html", "/tin/bai-2.html"), ("DEBUG", "new"))


def test_each_check_is_told_on_request(site: Portal) -> None:
    site.answers["/"] = WALL
    told = [e for e in log_of(site.crawl("--log-format", "json", "-vv")) if e["event"] == "checked"]
    assert {e["level"] for e in told} == {"DEBUG"}
    lines = [e["told"] for e in told]
    assert any(line.endswith("StartPagesRead/runTest... FAIL") for line in lines), lines
    assert any(line.endswith("IndexWritten/runTest... OK") for line in lines), lines


def test_work_that_was_not_done_is_an_error_on_one_line(site: Portal) -> None:
    site.registry.joinpath("a.yml").write_text("province: Nowhere\nportals: []\n")
    wrong = site.crawl("--log-format", "json")
    assert wrong.returncode == 2
    assert [e["level"] for e in log_of(wrong)] == ["ERROR"]


@pytest.mark.parametrize("verbosity", ["-v", "-vv"])
def test_as_text_each_event_is_a_line_too(site: Portal, verbosity: str) -> None:
    site.answers["/"] = WALL
    lines = site.crawl(verbosity).stderr.splitlines()
    events = [line for line in lines if " thongbao: portal ended " in line]
    assert len(events) == 1
    assert " WARNING " in events[0]
    assert 'finding="blocked"' in events[0]
    for line in lines:  # Scrapy's statistics, a dictionary over many lines, among them
        assert line.startswith(("20", "soyte-binhthuan: ")), line


def test_the_environment_may_ask_for_it(site: Portal) -> None:
    done = subprocess.run(
        command(*site.call("--quiet")), capture_output=True, text=True, timeout=60, check=False, cwd=ROOT,
        env=os.environ | {"THONGBAO_LOG_FORMAT": "json"},
    )  # fmt: skip
    assert log_of(done)[-1]["event"] == "run ended"
    assert done.stdout == ""


def test_the_environment_may_not_ask_for_what_there_is_not() -> None:
    for asked, code, told in (
        ("xml", 2, "thongbao: THONGBAO_LOG_FORMAT=xml is no format of logs: text or json\n"),
        ("", 0, "every file is sound\n"),
        ("text", 0, "every file is sound\n"),
    ):
        done = subprocess.run(
            command("portals", "--check"), capture_output=True, text=True, timeout=60, check=False, cwd=ROOT,
            env=os.environ | {"THONGBAO_LOG_FORMAT": asked},
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (code, told)


def test_what_is_told_beside_the_work_is_no_plain_line_either(site: Portal) -> None:
    """A bad line of --jsonl, and that no portal is due."""
    call = command("extract", "--jsonl", "--log-format", "json")
    bad = subprocess.run(call, input="{}\n", capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)  # fmt: skip
    assert [e["level"] for e in log_of(bad)] == ["ERROR"]
    site.crawl("--log-format", "json")
    assert log_of(site.crawl("--log-format", "json", "--due")) == []
