"""A copy of the clip with what was seen drawn into it: box, points, label, bars and action units."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Self

import cv2
import numpy as np

from ml.clips.frames import ClipFrame
from ml.clips.picture import COLOURS
from ml.emotions import EXPRESSIONS
from ml.faces.decode import RGB
from ml.faces.reading import FaceReading

_PANEL: Final = 220
_FONT: Final = cv2.FONT_HERSHEY_SIMPLEX
_GROUND: Final = (246, 247, 242)
_INK: Final = (30, 42, 50)
_TRACK: Final = (226, 228, 218)
_POINTS: Final = (255, 215, 94)
_GREY: Final = (122, 139, 148)


class CodecMissing(Exception):
    """The container that the file's ending asks for cannot be written here."""


class Annotated:
    """Writes frames as they come; the ending chooses: .mp4 and .mov as MPEG-4, .webm as VP8, .avi as Motion JPEG."""

    CODECS: Final = {".mp4": "mp4v", ".mov": "mp4v", ".webm": "VP80", ".avi": "MJPG"}

    def __init__(self, path: Path, rate: float) -> None:
        if path.suffix.lower() not in self.CODECS:
            raise CodecMissing(f"{path.name}: an annotated clip is written as {', '.join(self.CODECS)}.")
        self._path, self._rate = path, rate
        self._writer: cv2.VideoWriter | None = None
        self._written = 0

    def add(self, frame: ClipFrame, reading: FaceReading) -> None:
        picture = annotated(frame.rgb, reading)
        if self._writer is None:
            self._writer = self._open(picture.shape[1], picture.shape[0])
        # As often as its time asks: phones record unevenly, browsers do not say how fast, and the copy has one rate.
        while self._written < frame.seconds * self._rate + 0.5:
            self._writer.write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
            self._written += 1

    def _open(self, width: int, height: int) -> cv2.VideoWriter:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        code = cv2.VideoWriter.fourcc(*self.CODECS[self._path.suffix.lower()])
        writer = cv2.VideoWriter(str(self._path), code, self._rate, (width, height))
        if not writer.isOpened():
            raise CodecMissing(f"{self._path.name} cannot be written here; try .mp4 or .avi.")
        return writer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Of a clip that is refused half-way no half copy stays: there are faces in it."""
        if self._writer is not None:
            self._writer.release()
            if kind is not None:
                self._path.unlink(missing_ok=True)


def annotated(rgb: RGB, reading: FaceReading) -> RGB:
    """The frame with box, points and label, beside it a panel of bars; sides even, as codecs want them."""
    height = max(rgb.shape[0], 300)
    height += height % 2
    width = rgb.shape[1] + rgb.shape[1] % 2
    sheet = np.full((height, width + _PANEL, 3), _GROUND, dtype=np.uint8)
    sheet[: rgb.shape[0], : rgb.shape[1]] = rgb
    _mark(sheet, reading)
    _bars(sheet[:, width:], reading)
    return sheet


def _rgb(hexed: str) -> tuple[int, int, int]:
    return int(hexed[1:3], 16), int(hexed[3:5], 16), int(hexed[5:7], 16)


def _mark(sheet: RGB, reading: FaceReading) -> None:
    if reading.box is None:
        return
    colour = _rgb(COLOURS[reading.top]) if reading.top else _GREY
    left, top, right, bottom = (round(value) for value in reading.box)
    cv2.rectangle(sheet, (left, top), (right, bottom), colour, 2, cv2.LINE_AA)
    for x, y in () if reading.points is None else reading.points:
        cv2.circle(sheet, (round(x), round(y)), 1, _POINTS, -1, cv2.LINE_AA)
    label = f"{reading.top} {reading.confidence:.0%}" if reading.vector else f"not read: {reading.abstained}"
    width = cv2.getTextSize(label, _FONT, 0.6, 1)[0][0]
    above = max(24, top)
    cv2.rectangle(sheet, (left - 1, above - 24), (left + width + 12, above), colour, -1)
    cv2.putText(sheet, label, (left + 6, above - 7), _FONT, 0.6, (255, 255, 255), 1, cv2.LINE_AA)


def _bars(panel: RGB, reading: FaceReading) -> None:
    for row, name in enumerate(EXPRESSIONS):
        y = 24 + 22 * row
        cv2.putText(panel, name, (12, y + 10), _FONT, 0.42, _INK, 1, cv2.LINE_AA)
        cv2.rectangle(panel, (88, y), (208, y + 12), _TRACK, -1)
        if reading.vector:
            cv2.rectangle(panel, (88, y), (88 + round(120 * reading.vector[name]), y + 12), _rgb(COLOURS[name]), -1)
    code = reading.units.code if reading.units else ""
    for line, start in enumerate(range(0, len(code), 26)):
        cv2.putText(panel, code[start : start + 26], (12, 204 + 18 * line), _FONT, 0.4, _INK, 1, cv2.LINE_AA)
