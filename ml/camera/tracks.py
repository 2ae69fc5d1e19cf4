"""From faces in frames to readings: who is really there, and what their expression was for a few seconds. Pure.

One recognition is a likeness; a person is who is recognised in several frames close together, at a place where nobody
else is recognised.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ml.camera.burst import median_quality, middle
from ml.camera.policy import BurstPolicy
from ml.emotions import EmotionVector

Place = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One recognised face in one frame; `vector` is None where its expression could not be read."""

    person: str
    box: Place
    vector: EmotionVector | None
    quality: dict[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Glance:
    """What becomes a reading: one person's burst."""

    person: str
    captured_at: datetime
    vector: EmotionVector
    quality: dict[str, float]


@dataclass(slots=True)
class _Trail:
    """One person before one camera."""

    box: Place
    last: datetime
    lately: deque[bool]
    agreed: bool = False
    frames: list[tuple[datetime, Sighting]] = field(default_factory=list)


class Tracker:
    """One a camera. `minutes` is the pause after a reading of somebody; it may be shared by several cameras."""

    def __init__(self, policy: BurstPolicy, minutes: float, resting: dict[str, datetime] | None = None) -> None:
        self._policy = policy
        self._pause = timedelta(minutes=minutes)
        # When the reading was that somebody rests from.
        self._resting: dict[str, datetime] = resting if resting is not None else {}
        self._trails: dict[str, _Trail] = {}

    def update(self, moment: datetime, seen: Sequence[Sighting]) -> list[Glance]:
        """Called with each frame that was looked at, in order; gives what has become a reading by now."""
        present = {one.person: one for one in self._believable(moment, seen)}
        for person, trail in self._trails.items():
            trail.lately.append(person in present)
        for person, sighting in present.items():
            self._follow(moment, person, sighting)
        return [glance for person in list(self._trails) if (glance := self._finished(moment, person))]

    def end(self) -> list[Glance]:
        """The camera stops: what is under way ends now."""
        found = [self._glance(person, trail) for person, trail in self._trails.items()]
        self._trails.clear()
        return [glance for glance in found if glance is not None]

    def keep_only(self, people: Collection[str]) -> None:
        """Whoever is not known any more is forgotten with everything seen of them."""
        for person in self._trails.keys() - set(people):
            del self._trails[person]
        for person in self._resting.keys() - set(people):
            self._resting.pop(person, None)

    def _believable(self, moment: datetime, seen: Sequence[Sighting]) -> list[Sighting]:
        """Nobody is twice in a frame, and no two people follow each other at one place within a second."""
        people = [one.person for one in seen]
        single = [one for one in seen if people.count(one.person) == 1]
        doubted = {name for one in single for name in self._rivals(moment, one)}
        for person in doubted:
            self._trails.pop(person, None)
        return [one for one in single if one.person not in doubted]

    def _rivals(self, moment: datetime, one: Sighting) -> set[str]:
        """Both names, where another trail was at this place a moment ago."""
        soon = timedelta(seconds=self._policy.contradiction)
        there = {
            person
            for person, trail in self._trails.items()
            if person != one.person and moment - trail.last < soon and overlap(trail.box, one.box) > 0.5
        }
        return there | {one.person} if there else set()

    def _follow(self, moment: datetime, person: str, sighting: Sighting) -> None:
        since = self._resting.get(person)
        if since is not None and abs(moment - since) < self._pause:
            return
        trail = self._trails.get(person)
        if trail is None:
            trail = _Trail(sighting.box, moment, deque([True], maxlen=self._policy.within))
            self._trails[person] = trail
        trail.box, trail.last = sighting.box, moment
        trail.agreed = trail.agreed or sum(trail.lately) >= self._policy.agreeing
        if sighting.vector is not None:
            trail.frames.append((moment, sighting))

    def _finished(self, moment: datetime, person: str) -> Glance | None:
        trail = self._trails[person]
        # Either way: a clock that is set back leaves what was seen in the future.
        gone = abs(moment - trail.last) > timedelta(seconds=self._policy.gone_after)
        if not gone and len(trail.frames) < self._policy.most:
            return None
        glance = self._glance(person, trail)
        if gone or glance is not None:
            del self._trails[person]
        if glance is not None:
            self._resting[person] = moment
        return glance

    def _glance(self, person: str, trail: _Trail) -> Glance | None:
        if not trail.agreed or len(trail.frames) < self._policy.agreeing:
            return None
        vectors = [one.vector for _, one in trail.frames if one.vector is not None]
        moment = trail.frames[len(trail.frames) // 2][0]
        return Glance(person, moment, middle(vectors), median_quality([one.quality for _, one in trail.frames]))


def overlap(a: Place, b: Place) -> float:
    """Shared area over joint area."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0.0, width) * max(0.0, height)
    whole = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return shared / whole if whole > 0 else 0.0
