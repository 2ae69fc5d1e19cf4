"""One source through the pipeline: frames in, glances out. Whoever is not known leaves no trace here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from ml.camera.people import Known, People
from ml.camera.server import Reading
from ml.camera.sources import Frame
from ml.camera.statistics import SourceCount, Statistics
from ml.camera.tracks import Glance, Sighting, Tracker

if TYPE_CHECKING:
    from ml.pipeline import FacePipeline

Show = Callable[[Frame, Sequence[Sighting]], None]


@dataclass
class Eyes:
    pipeline: FacePipeline
    people: People
    tracker: Tracker
    keep: Callable[[Sequence[Reading]], None]
    statistics: Statistics
    count: SourceCount
    show: Show | None = None
    # How far this machine's clock is ahead of the server's.
    ahead: Callable[[], timedelta] = timedelta
    _version: str | None = None

    def watch(self, frames: Iterable[Frame]) -> None:
        for frame in frames:
            known = self.people.now()
            if known is None:
                self.tracker.keep_only(())
                continue
            self._look(frame, known)
        self._keep(self.tracker.end())

    def _look(self, frame: Frame, known: Known) -> None:
        if known.version != self._version:
            self.tracker.keep_only(known.people)
            self._version = known.version
        seen = [
            Sighting(known.people[index], _box(reading.box), reading.vector, reading.quality)
            for index, reading in self.pipeline.read_known(frame.rgb, known.gallery)
        ]
        self._keep(self.tracker.update(frame.moment, seen))
        self.statistics.looked(self.count, len(seen))
        if self.show is not None:
            self.show(frame, seen)

    def _keep(self, glances: Sequence[Glance]) -> None:
        """A withdrawal that came while the frame was looked at still counts."""
        known = self.people.now()
        people = known.people if known else ()
        readings = [self._reading(one) for one in glances if one.person in people]
        self.keep(readings)
        self.statistics.made(len(readings))

    def _reading(self, glance: Glance) -> Reading:
        model = self.pipeline.model
        return {
            "id": str(uuid4()),
            "person_id": glance.person,
            "captured_at": (glance.captured_at - self.ahead()).isoformat(),
            "vector": list(glance.vector.values),
            "confidence": max(glance.vector.expression.values()),
            "quality": glance.quality,
            "model": {"name": model.name, "version": model.version},
        }


def _box(box: tuple[float, ...] | None) -> tuple[float, float, float, float]:
    left, top, right, bottom = box or (0.0, 0.0, 0.0, 0.0)
    return left, top, right, bottom
