"""The figures that readers are shown are those that the rules of now reach."""

from __future__ import annotations

import json

import httpx
import pytest

from bench.score import CARD, ON_CARD, PAGE, card, with_figures
from db.site.words import label


def test_the_card_and_the_page_say_what_a_fresh_run_gives() -> None:
    fresh = card()
    told = json.loads(CARD.read_text(encoding="utf-8"))
    assert told == fresh, "the figures changed: make card"
    page = PAGE.read_text(encoding="utf-8")
    assert with_figures(page, fresh) == page, "docs/accuracy.md has other figures: make card"


def test_another_figure_is_another_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    changed = card()
    changed["fields"]["covid"]["f1"] = 0.123
    changed["notices"] += 1
    lines = set(with_figures(page, changed).splitlines()) - set(page.splitlines())
    assert len(lines) == 2
    assert sum("| 0.123" in line for line in lines) == 1


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("address", ["/about", "/coverage"])
def test_the_site_shows_each_figure_and_what_it_is_measured_on(
    sample_site: str, address: str, lang: str
) -> None:
    page = httpx.get(sample_site.rstrip("/") + address, params={"lang": lang}).text
    told = json.loads(CARD.read_text(encoding="utf-8"))
    for field in ON_CARD:
        figure = f"{told['fields'][field]['f1']:.3f}"
        figure = figure.replace(".", ",") if lang == "vi" else figure
        assert f"{label('field', field, lang)}</th><td>{figure}</td>" in page, (field, figure)
    assert (
        f"{told['notices']} {'thông báo soạn riêng' if lang == 'vi' else 'notices that were composed'}"
        in page
    )


def test_a_portal_s_page_names_the_weakest_field_and_leads_to_all(sample_site: str) -> None:
    page = httpx.get(f"{sample_site}portal/soyte-mau").text
    fields = json.loads(CARD.read_text(encoding="utf-8"))["fields"]
    worst = min(fields, key=lambda name: fields[name]["f1"])
    assert label("field", worst, "vi") in page
    assert 'href="/about#accuracy"' in page
