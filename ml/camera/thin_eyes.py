"""For devices too weak to read faces: frames go to the server in bursts, and nothing is kept where it is away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2

from ml.camera.policy import PACE
from ml.camera.server import Away, Invalid, Server
from ml.camera.sources import Frame
from ml.camera.statistics import SourceCount, Statistics

QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 88]


@dataclass
class ThinEyes:
    server: Server
    statistics: Statistics
    count: SourceCount

    def watch(self, frames: Iterable[Frame]) -> None:
        burst: list[Frame] = []
        for frame in frames:
            burst.append(frame)
            self.statistics.looked(self.count, 0)
            if len(burst) == PACE.thin_burst:
                self._send(burst)
                burst = []
        if burst:
            self._send(burst)

    def _send(self, burst: Sequence[Frame]) -> None:
        """Pictures never wait on disk: a burst that cannot be sent is forgotten, the next one comes soon."""
        encoded = [cv2.imencode(".jpg", one.rgb[:, :, ::-1], QUALITY)[1].tobytes() for one in burst]
        try:
            self.server.send_frames(encoded, (burst[len(burst) // 2].moment - self.server.ahead).isoformat())
            self.statistics.sent += len(encoded)
        except (Away, Invalid):
            self.statistics.dropped += len(encoded)
