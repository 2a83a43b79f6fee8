"""A crawl that is killed loses nothing that was committed, and goes on as if it had not been."""

from __future__ import annotations

from pathlib import Path

from tests.kills import Soak


def test_kills_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    """A handful; `make soak` kills fifty times."""
    soak = Soak(tmp_path, seed=4)
    with soak.ready():
        kills = [soak.kill(number) for number in range(4)]
    assert [kill.wrong for kill in kills] == [[]] * 4
    assert not all(kill.over for kill in kills)
