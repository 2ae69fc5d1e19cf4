"""What the agent counts: for its line on the terminal, its heartbeat and Prometheus. Counts only, nobody's name."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge

REGISTRY = CollectorRegistry()
FRAMES = Counter("evenkeel_camera_frames", "Frames looked at", ["source"], registry=REGISTRY)
FACES = Counter("evenkeel_camera_recognised", "Recognised faces", ["source"], registry=REGISTRY)
READINGS = Counter("evenkeel_camera_readings", "Readings made", registry=REGISTRY)
DROPPED = Gauge("evenkeel_camera_dropped", "Readings or frames that could not be kept", registry=REGISTRY)
BUFFERED = Gauge("evenkeel_camera_buffered", "Readings that wait for the server", registry=REGISTRY)
KNOWN = Gauge("evenkeel_camera_people", "People whom the camera may know", registry=REGISTRY)


@dataclass(slots=True)
class SourceCount:
    name: str
    state: str = "starting"
    frames: int = 0
    faces: int = 0
    since: float = field(default_factory=time.monotonic)

    @property
    def rate(self) -> float:
        return self.frames / max(time.monotonic() - self.since, 1e-3)

    def health(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "state": self.state,
            "frames": self.frames,
            "faces": self.faces,
            "frames_per_second": round(self.rate, 2),
        }


class Statistics:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.sources: list[SourceCount] = []
        self.readings = self.sent = self.refused = self.dropped = self.buffered = self.people = 0

    def source(self, name: str) -> SourceCount:
        found = SourceCount(name)
        self.sources.append(found)
        return found

    def looked(self, source: SourceCount, faces: int) -> None:
        with self._lock:
            source.frames += 1
            source.faces += faces
        FRAMES.labels(source.name).inc()
        FACES.labels(source.name).inc(faces)

    def made(self, readings: int) -> None:
        with self._lock:
            self.readings += readings
        READINGS.inc(readings)

    def publish(self) -> None:
        DROPPED.set(self.dropped)
        BUFFERED.set(self.buffered)
        KNOWN.set(self.people)

    def line(self) -> str:
        """One line for a terminal or a log."""
        frames, faces = sum(one.frames for one in self.sources), sum(one.faces for one in self.sources)
        rate = sum(one.rate for one in self.sources if one.state == "watching")
        states = " ".join(f"[{one.name}: {one.state}]" for one in self.sources if one.state != "watching")
        return (
            f"{frames} frames ({rate:.1f}/s) · {faces} recognised faces · {self.people} people known · "
            f"{self.readings} readings, {self.sent} sent, {self.refused} refused, {self.buffered} waiting, "
            f"{self.dropped} dropped {states}"
        ).rstrip()

    def health(self) -> dict[str, Any]:
        return {
            "agent": version("evenkeel"),
            "sources": [one.health() for one in self.sources],
            "readings": self.readings,
            "buffered": self.buffered,
            "dropped": self.dropped,
        }
