"""Drawings of bars: no label lies over another or beyond the drawing, however wide the window."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser

from bench.site import fill
from db.site.charts import FLAGS_ABOVE, LETTER, WIDTH, bars, flags_over, months_between, weeks_between
from tests.conftest import CHROMIUM, serving

WEEKS = weeks_between("2020-01-06", "2022-12-26")


@given(st.lists(st.floats(0, WIDTH), max_size=8))
def test_the_numbers_of_flags_stand_beside_each_other_in_their_order(places: list[float]) -> None:
    flags = flags_over(list(enumerate(places, 1)))
    assert sorted(f.number for f in flags) == list(range(1, len(places) + 1))
    assert [f.x for f in flags] == sorted(places)
    for one, other in pairwise(flags):
        assert other.label - one.label >= 2 * LETTER - 0.11
    assert all(LETTER <= f.label <= WIDTH - LETTER for f in flags)


@given(st.integers(2, 160), st.integers(0, 159), st.sampled_from(["week", "month"]))
def test_labels_have_room(size: int, highest: int, kind: str) -> None:
    names = (WEEKS if kind == "week" else months_between("2010-01", "2023-12"))[:size]
    drawn = bars({names[0]: 3} | {names[highest % size]: 12345}, names, names[:1])
    assert drawn
    written = [b.x for b in drawn.bars if b.labelled]
    wide = len(names[0]) * LETTER
    assert written
    assert written[-1] + wide <= WIDTH
    assert all(other - one > wide for one, other in pairwise(written))
    (peak,) = (b for b in drawn.bars if b.peak)
    number = 6 * LETTER
    first = peak.x if peak.peak == "start" else peak.x + drawn.step - number
    assert first >= 0
    assert first + number <= WIDTH + 1
    assert drawn.above == FLAGS_ABOVE


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """A site of 400 notices that name acts of one week, and the document that most name."""
    path: Path = tmp_path_factory.mktemp("charts") / "a.db"
    fill(path, 400)
    with closing(sqlite3.connect(path)) as connection:
        (document,) = connection.execute("select id from documents where number = '16/CT-TTg'").fetchone()
    with serving(path) as address:
        yield address, document


@pytest.mark.xdist_group("browser")
@pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed (.ci/run installs it)")
@pytest.mark.parametrize("width", [1280, 390])
def test_no_label_lies_over_another(browser: Browser, filled: tuple[str, int], width: int) -> None:
    address, document = filled
    with browser.new_context(viewport={"width": width, "height": 900}, base_url=address) as context:
        page = context.new_page()
        for place in ("/timeline", "/timeline?province=H%C3%A0+N%E1%BB%99i", f"/document/{document}"):
            page.goto(place)
            charts = page.locator("svg.chart").evaluate_all(
                "all => all.map(svg => [svg, ...svg.querySelectorAll('text')].map(e => e.getBoundingClientRect())"
                ".map(r => [r.left, r.top, r.right, r.bottom]))"
            )
            assert charts
            for drawing, *labels in charts:
                assert labels
                for at, one in enumerate(labels):
                    assert drawing[0] - 1 <= one[0]
                    assert one[2] <= drawing[2] + 1, place
                    assert drawing[1] - 1 <= one[1], place
                    assert one[3] <= drawing[3] + 1, place
                    for other in labels[:at]:
                        beside = one[0] >= other[2] or other[0] >= one[2]
                        assert beside or one[1] >= other[3] or other[1] >= one[3], (place, one, other)
