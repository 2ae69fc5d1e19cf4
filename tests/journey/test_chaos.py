"""The whole system under kill -9; benchmarks/chaos.py does the same with 200 photos."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.chaos import run


@pytest.mark.slow
def test_every_accepted_photo_ends_as_one_reading_whatever_is_killed(people: list[Path], place: Path) -> None:
    outcome = run(people, 48, place / "home")
    assert len(outcome.accepted) == 48
    assert (outcome.worker_kills, outcome.database_kills) == (3, 1)
    assert outcome.problems() == []
