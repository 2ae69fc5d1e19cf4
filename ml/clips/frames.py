"""A clip's bytes to upright RGB frames with their times, never touching a disk where the system can avoid it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from ml.clips.container import (
    LIMITS,
    ClipLimits,
    ClipTooLarge,
    ClipTooShort,
    DamagedClip,
    NoFrames,
    UnsupportedClip,
    check_length,
)
from ml.faces.decode import RGB

# Damaged files are answered by us; the decoder need not write about them to standard error as well.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


@dataclass(frozen=True, slots=True)
class FramePolicy:
    # More pictures a second than this are thinned out: a brief expression needs no more, and a 60-fps clip costs half.
    rate: float = 30.0
    # Longer side: a selfie's face is then still 200 pixels wide.
    side: int = 640


POLICY: Final = FramePolicy()
# The decoder at hand knows the name and needs hardware that servers do not have.
UNDECODED: Final = frozenset({"AV01"})


@dataclass(frozen=True, slots=True, eq=False)
class ClipFrame:
    seconds: float
    rgb: RGB


@contextlib.contextmanager
def as_file(data: bytes) -> Iterator[str]:
    """A path for a decoder that takes nothing else: in memory on Linux, else a private file that is deleted at once."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("clip")
        try:
            with os.fdopen(os.dup(handle), "wb") as file:
                file.write(data)
            yield f"/proc/self/fd/{handle}"
        finally:
            os.close(handle)
        return
    with tempfile.TemporaryDirectory(prefix="evenkeel-clip-") as folder:
        path = Path(folder) / "clip"
        path.write_bytes(data)
        yield str(path)


def read_frames(data: bytes, policy: FramePolicy = POLICY, limits: ClipLimits = LIMITS) -> Iterator[ClipFrame]:
    """In order, thinned to the policy's rate. Raises a ClipError, for a clip that is too short at its end."""
    with as_file(data) as path:
        yield from frames_of(path, policy, limits)


def frames_of(path: str, policy: FramePolicy = POLICY, limits: ClipLimits = LIMITS) -> Iterator[ClipFrame]:
    video = cv2.VideoCapture(path, cv2.CAP_FFMPEG)
    try:
        if not video.isOpened():
            raise DamagedClip
        if video.get(cv2.CAP_PROP_FRAME_WIDTH) * video.get(cv2.CAP_PROP_FRAME_HEIGHT) > limits.max_pixels:
            raise ClipTooLarge
        yield from _thinned(video, policy, limits)
    finally:
        video.release()


def announced(path: str, policy: FramePolicy = POLICY) -> tuple[float, float]:
    """Pictures a second after thinning, and seconds, as the file says; for a copy's rate and a progress bar."""
    video = cv2.VideoCapture(path, cv2.CAP_FFMPEG)
    try:
        rate, count = video.get(cv2.CAP_PROP_FPS), video.get(cv2.CAP_PROP_FRAME_COUNT)
    finally:
        video.release()
    known = 1 <= rate <= 240
    return (min(rate, policy.rate) if known else policy.rate), (max(0.0, count / rate) if known else 0.0)


def _thinned(video: cv2.VideoCapture, policy: FramePolicy, limits: ClipLimits) -> Iterator[ClipFrame]:
    rate = video.get(cv2.CAP_PROP_FPS)
    step = 1 / rate if 1 <= rate <= 240 else 1 / policy.rate
    last, due, count = -step, 0.0, 0
    while video.grab():
        now = _time(video, last, step)
        check_length(max(now + step, limits.shortest), limits)
        last, count = now, count + 1
        if now + step / 2 < due:
            continue
        due = max(due + 1 / policy.rate, now)
        grabbed, bgr = video.retrieve()
        if grabbed:
            yield ClipFrame(now, _sized(np.asarray(bgr, dtype=np.uint8), policy.side))
    # A file that announces more than it holds was cut off on its way.
    cut_off = video.get(cv2.CAP_PROP_FRAME_COUNT) > 1.5 * count
    if count == 0:
        raise UnsupportedClip if _codec(video) in UNDECODED else DamagedClip if cut_off else NoFrames
    if last + step < limits.shortest - limits.slack:
        raise DamagedClip if cut_off else ClipTooShort


def _codec(video: cv2.VideoCapture) -> str:
    return (int(video.get(cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF).to_bytes(4, "little").decode("latin-1")


def _time(video: cv2.VideoCapture, last: float, step: float) -> float:
    """The frame's own time; files that carry none, or one that stands still, are counted by their rate."""
    now = float(video.get(cv2.CAP_PROP_POS_MSEC)) / 1000
    return now if now > last else last + step


def _sized(bgr: RGB, side: int) -> RGB:
    factor = side / max(bgr.shape[:2])
    if factor < 1:
        bgr = np.asarray(cv2.resize(bgr, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), dtype=np.uint8)
