"""A clip through the pipeline, frame by frame on a few threads, and what comes out as one reading."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from ml.clips.container import NoFrames
from ml.clips.frames import ClipFrame
from ml.clips.timeline import Brief, Phase, Summary, summarise
from ml.emotions import EXPRESSIONS
from ml.faces.identity import FaceTemplate
from ml.faces.reading import FaceReading, ModelId
from ml.pipeline import FacePipeline
from ml.units.answer import answer
from ml.units.grade import UnitReading
from ml.units.measures import Floats
from ml.units.names import AUS

# Frames decoded ahead of the readers: enough to keep them busy, few enough to hold in memory (1 MB each).
_AHEAD: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One frame's reading."""

    seconds: float
    reading: FaceReading


@dataclass(frozen=True, slots=True, eq=False)
class ClipReading:
    frames: tuple[Seen, ...]
    summary: Summary
    model: ModelId
    sees_units: bool

    @property
    def seconds(self) -> float:
        step = 1 / self.summary.rate if self.summary.rate else 0.0
        return self.frames[-1].seconds + step

    @property
    def readable(self) -> int:
        return sum(1 for seen in self.frames if seen.reading.vector is not None)

    @property
    def quality(self) -> dict[str, float]:
        """Medians over the frames that have a face, and how many could be read."""
        measured = [seen.reading.quality for seen in self.frames if seen.reading.quality]
        names = measured[0] if measured else {}
        medians = {name: round(float(np.median([m[name] for m in measured])), 4) for name in names}
        return {**medians, "frames": len(self.frames), "frames_read": self.readable}

    @property
    def units(self) -> UnitReading | None:
        """The clip's action units: the mean over its frames. Single movements are in the timeline."""
        seen = [s.reading.units for s in self.frames if s.reading.units is not None]
        if not seen:
            return None
        sides = np.mean([u.sides for u in seen], axis=0)
        return UnitReading(sides, np.mean([u.raw for u in seen], axis=0), seen[0].calibrated)

    @property
    def reading(self) -> FaceReading:
        """The clip as one reading: the mean vector of its frames, or why there is none."""
        scored = self.summary.vector is not None
        return FaceReading(
            model=self.model,
            vector=self.summary.vector,
            abstained=self.summary.abstained,
            confidence=self.summary.confidence,
            quality=self.quality,
            units=self.units if scored else None,
        )

    def as_reading_dict(self) -> dict[str, Any]:
        """The reading of the HTTP contract, less id and captured_at."""
        units = answer(self.units, scored=self.summary.vector is not None, installed=self.sees_units)
        return {**self.reading.as_dict(), "source": "clip", "action_units": units}

    def timeline(self) -> dict[str, Any]:
        """Columns, not rows: a third of the size. Null where a frame could not be read."""
        readings = [seen.reading for seen in self.frames]
        return {
            "seconds": [round(seen.seconds, 3) for seen in self.frames],
            "expressions": list(EXPRESSIONS),
            "expression": [_rounded(r.vector.values[: len(EXPRESSIONS)], 3) if r.vector else None for r in readings],
            "abstained": [r.abstained for r in readings],
            "units": list(AUS) if self.sees_units else None,
            "intensity": [_rounded(r.units.intensity, 1) if r.units else None for r in readings]
            if self.sees_units
            else None,
        }

    def as_dict(self) -> dict[str, Any]:
        """What the API and the command give, less the reading's own fields."""
        return {
            "seconds": round(self.seconds, 3),
            "frames": len(self.frames),
            "frames_read": self.readable,
            "rate": round(self.summary.rate, 2),
            "shows_micro": self.summary.shows_micro,
            "phases": [phase_dict(phase) for phase in self.summary.phases],
            "brief": [self._brief_dict(brief) for brief in self.summary.brief],
            "timeline": self.timeline(),
        }

    def _brief_dict(self, brief: Brief) -> dict[str, Any]:
        apex = min(self.frames, key=lambda seen: abs(seen.seconds - brief.apex))
        return {
            "expression": brief.expression,
            "onset": round(brief.onset, 3),
            "apex": round(brief.apex, 3),
            "offset": round(brief.offset, 3),
            "seconds": round(brief.seconds, 3),
            "rise": round(brief.rise, 3),
            "micro": brief.micro,
            "units": apex.reading.units.code if apex.reading.units else None,
        }


def phase_dict(phase: Phase) -> dict[str, Any]:
    return {
        "top": phase.top,
        "start": round(phase.start, 3),
        "end": round(phase.end, 3),
        "share": round(phase.share, 3),
    }


def _rounded(values: Any, digits: int) -> list[float]:
    return [round(float(value), digits) for value in values]


def watch(
    pipeline: FacePipeline,
    frames: Iterator[ClipFrame],
    *,
    template: FaceTemplate | None = None,
    resting: Floats | None = None,
    threads: int = 2,
    progress: Callable[[float], None] | None = None,
    keep: Callable[[ClipFrame, FaceReading], None] | None = None,
) -> ClipReading:
    """`progress` hears the time of each frame that is done; `keep` gets each picture, in order, to draw on it."""

    def look(frame: ClipFrame) -> FaceReading:
        return pipeline.check_frame(frame.rgb, template=template, units=True, resting=resting)

    seen: list[Seen] = []
    for frame, reading in _in_order(frames, look, threads):
        seen.append(Seen(frame.seconds, reading))
        if keep is not None:
            keep(frame, reading)
        if progress is not None:
            progress(frame.seconds)
    if not seen:
        raise NoFrames
    vectors = [s.reading.vector.values[: len(EXPRESSIONS)] if s.reading.vector else None for s in seen]
    reasons = [s.reading.abstained for s in seen]
    summary = summarise([s.seconds for s in seen], vectors, reasons)
    return ClipReading(tuple(seen), summary, pipeline.model, pipeline.sees_units)


def _in_order(
    frames: Iterator[ClipFrame], look: Callable[[ClipFrame], FaceReading], threads: int
) -> Iterator[tuple[ClipFrame, FaceReading]]:
    waiting: deque[tuple[ClipFrame, Future[FaceReading]]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="clip") as pool:
        for frame in frames:
            waiting.append((frame, pool.submit(look, frame)))
            if len(waiting) >= _AHEAD:
                done, reading = waiting.popleft()
                yield done, reading.result()
        while waiting:
            done, reading = waiting.popleft()
            yield done, reading.result()
