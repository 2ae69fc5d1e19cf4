"""Ten people who agreed and three who did not, in one room: who is captured, and that nobody is mistaken."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from benchmarks.camera_scene import EVERY, cast, frames, who_is_at
from ml.camera.policy import BURST
from ml.camera.tracks import Sighting, Tracker
from ml.faces.decode import decode
from ml.faces.enrolment import EnrolmentRefused
from ml.faces.identity import FaceTemplate, Gallery
from ml.pipeline import FacePipeline

pytestmark = pytest.mark.slow

START = datetime(2026, 11, 2, 9, tzinfo=UTC)


def enrolled(pipeline: FacePipeline, files: tuple[Path, ...]) -> FaceTemplate:
    """As the worker does it; a photo that cannot be enrolled is left out, as a person would."""
    try:
        return pipeline.enrol([path.read_bytes() for path in files])
    except EnrolmentRefused as refused:
        bad = {problem.index for problem in refused.problems}
        return pipeline.enrol([path.read_bytes() for at, path in enumerate(files) if at not in bad])


def test_ten_people_are_captured_and_nobody_is_mistaken(pipeline: FacePipeline, photos: Path):
    actors = cast(photos)
    members = [actor for actor in actors if actor.enrol]
    gallery = Gallery([enrolled(pipeline, actor.enrol) for actor in members])
    tracker, recognised, wrong, looked, readings = Tracker(BURST, 10), Counter(), 0, 0, []
    for second, bgr, truth in frames(actors, seconds=8, every=EVERY):
        looked += 1
        seen = []
        for index, reading in pipeline.read_known(np.ascontiguousarray(bgr[:, :, ::-1]), gallery):
            wrong += who_is_at(truth, reading.box) != index
            recognised[index] += 1
            seen.append(Sighting(members[index].name, tuple(reading.box), reading.vector, reading.quality))
        readings += tracker.update(START + timedelta(seconds=second), seen)
    readings += tracker.end()
    assert wrong == 0
    assert recognised.total() > 0.7 * looked * len(members)
    people = [one.person for one in readings]
    assert len(people) == len(set(people)), "one reading each"
    assert len(people) >= 8
    assert not set(people) & {actor.name for actor in actors if not actor.enrol}


def test_of_people_who_are_not_known_no_expression_is_computed(pipeline: FacePipeline, photos: Path, monkeypatch):
    """The networks that would say more than 'not known' are not asked."""
    actors = cast(photos)
    stranger = next(actor for actor in actors if not actor.enrol)
    gallery = Gallery([enrolled(pipeline, actor.enrol) for actor in actors if actor.enrol])
    asked: list[int] = []
    monkeypatch.setattr(FacePipeline, "_judge", lambda *_: asked.append(1))
    monkeypatch.setattr(FacePipeline, "_probabilities", lambda *_: asked.append(1))
    assert pipeline.read_known(decode(stranger.seen.read_bytes()).rgb, gallery) == []
    assert asked == []
