"""Frames to readings, decided in pure functions: agreement, contradiction, bursts, the pause after a reading."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from ml.camera.burst import middle
from ml.camera.policy import BURST, RECORDED, BurstPolicy
from ml.camera.tracks import Sighting, Tracker, overlap
from ml.emotions import EXPRESSIONS, EmotionVector

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
LEFT, RIGHT = (0.0, 0.0, 100.0, 100.0), (400.0, 0.0, 500.0, 100.0)


def feeling(name: str, much: float = 0.94) -> EmotionVector:
    rest = (1 - much) / (len(EXPRESSIONS) - 1)
    return EmotionVector.from_probabilities([much if name == one else rest for one in EXPRESSIONS])


def seen(person: str, name: str | None = "happy", box: tuple[float, float, float, float] = LEFT) -> Sighting:
    return Sighting(person, box, feeling(name) if name else None, {"face_px": 80.0})


def play(tracker: Tracker, *frames: list[Sighting], apart: float = 0.5, start: datetime = START):
    """All glances of frames half a second apart, the end included."""
    found = []
    for number, frame in enumerate(frames):
        found += tracker.update(start + timedelta(seconds=apart * number), frame)
    return found + tracker.end()


@pytest.mark.parametrize(("frames", "readings"), [(1, 0), (3, 0), (4, 1), (8, 1)])
def test_a_person_is_who_is_recognised_four_times(frames, readings):
    assert len(play(Tracker(BURST, 10), *[[seen("ana")]] * frames)) == readings


def test_a_likeness_that_flickers_is_nobody():
    """Recognised in every third frame for a minute: four of six never agree."""
    frames = [[seen("ana")] if number % 3 == 0 else [] for number in range(120)]
    assert play(Tracker(BURST, 0), *frames) == []


def test_a_blink_is_forgiven():
    assert len(play(Tracker(BURST, 10), [seen("ana")], [], *[[seen("ana")]] * 3)) == 1


def test_two_names_at_one_place_are_none():
    """A face that is called Ana and Ben in turn is a stranger who is like both."""
    frames = [[seen("ana" if number % 2 else "ben")] for number in range(60)]
    assert play(Tracker(BURST, 0), *frames) == []


def test_two_people_side_by_side_are_both():
    found = play(Tracker(BURST, 10), *[[seen("ana"), seen("ben", "sad", RIGHT)]] * 4)
    assert [(one.person, one.vector.top) for one in found] == [("ana", "happy"), ("ben", "sad")]


def test_one_name_for_two_faces_of_a_frame_is_none():
    assert play(Tracker(BURST, 10), *[[seen("ana"), seen("ana", box=RIGHT)]] * 9) == []


def test_one_reading_in_ten_minutes_however_long_somebody_stays():
    frames = [[seen("ana")]] * (2 * 60 * 25)
    found = play(Tracker(BURST, 10), *frames)
    assert len(found) == 3
    gaps = [(b.captured_at - a.captured_at).total_seconds() for a, b in pairwise(found)]
    assert all(gap >= 590 for gap in gaps)


def test_the_pause_is_shared_by_the_cameras_of_an_agent():
    resting: dict[str, datetime] = {}
    lobby, stairs = (Tracker(BURST, 10, resting) for _ in range(2))
    assert len(play(lobby, *[[seen("ana")]] * 9)) == 1
    assert play(stairs, *[[seen("ana")]] * 9, start=START + timedelta(seconds=30)) == []
    assert len(play(stairs, *[[seen("ana")]] * 9, start=START + timedelta(minutes=11))) == 1


def test_a_clock_that_is_set_back_lets_nobody_rest_for_longer():
    """A device that believes to be in another year until it is told better."""
    tracker = Tracker(BURST, 10)
    assert len(play(tracker, *[[seen("ana")]] * 9, start=START + timedelta(days=365))) == 1
    assert len(play(tracker, *[[seen("ana")]] * 30)) == 1


def test_a_recordings_readings_follow_its_timeline():
    feelings = ["neutral"] * 4 + ["happy"] * 4 + ["sad"] * 4
    found = play(Tracker(RECORDED, 0), *[[seen("ana", name)] for name in feelings])
    assert [one.vector.top for one in found] == ["neutral", "happy", "sad"]
    assert [one.captured_at for one in found] == sorted(one.captured_at for one in found)


def test_frames_that_could_not_be_read_agree_on_who_but_not_on_what():
    assert play(Tracker(BURST, 10), *[[seen("ana", None)]] * 5) == []
    assert len(play(Tracker(BURST, 10), *[[seen("ana", None)]] * 2, *[[seen("ana")]] * 4)) == 1


def test_who_leaves_ends_the_burst_and_who_withdraws_was_never_there():
    tracker = Tracker(BURST, 10)
    for number in range(5):
        assert tracker.update(START + timedelta(seconds=number / 2), [seen("ana"), seen("ben", box=RIGHT)]) == []
    tracker.keep_only({"ben"})
    found = tracker.update(START + timedelta(seconds=6), [])
    assert [one.person for one in found] == ["ben"]
    assert tracker.end() == []


def test_the_median_shrugs_at_one_grimace_and_stays_on_the_simplex():
    calm = [feeling("neutral", much) for much in (0.5, 0.6, 0.7, 0.8)]
    found = middle([*calm, feeling("angry")])
    assert found.top == "neutral"
    assert sum(found.values[:7]) == pytest.approx(1)
    assert found["angry"] < 0.1 < np.mean([one["angry"] for one in [*calm, feeling("angry")]])


def test_the_median_of_people_who_disagree_entirely_is_their_mean():
    pure = [EmotionVector.from_probabilities(np.eye(7)[number]) for number in range(3)]
    assert middle(pure).values[:3] == pytest.approx([1 / 3] * 3)


def test_overlap():
    assert overlap(LEFT, LEFT) == 1
    assert overlap(LEFT, RIGHT) == 0
    assert overlap(LEFT, (50.0, 0.0, 150.0, 100.0)) == pytest.approx(1 / 3)


def test_policies_hold_together():
    for policy in (BURST, RECORDED, BurstPolicy()):
        assert policy.agreeing <= policy.within
        assert policy.agreeing <= policy.most
