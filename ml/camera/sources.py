"""Where frames come from: RTSP, USB, MJPEG over HTTP, video files, directories of images."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import cv2
import numpy as np

from ml.camera.policy import PACE
from ml.faces.decode import RGB

IMAGES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})
# Where a file or a camera does not say: the source paper's camera.
USUAL_RATE: Final = 24.0
OPEN_TIMEOUT_MS: Final = 10_000
# Many recorders want the login in the path: /user=me&password=secret&channel=1.sdp, /user=me_password=secret_channel=1
_SECRET: Final = re.compile(r"(?i)((?:user(?:name)?|pass(?:word|wd)?|pwd|token|key|auth)[=:]).*?(?=$|[/&;?]|_[a-z]+=)")


class SourceError(Exception):
    """It cannot be opened, or it ended where it should not: a live source is tried again."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    rgb: RGB
    moment: datetime


@dataclass(frozen=True, slots=True)
class Source:
    address: str
    kind: str  # network, device, file, images

    @property
    def live(self) -> bool:
        return self.kind in ("network", "device")

    @property
    def name(self) -> str:
        """For logs, statistics and the administrator: without user name and password, wherever they stand."""
        if self.kind == "network":
            parts = urlsplit(self.address)
            host = parts.hostname or ""
            port = f":{parts.port}" if parts.port else ""
            # Of what is asked only small numbers: the channels of one recorder differ in nothing else.
            numbers = [(key, value) for key, value in parse_qsl(parts.query) if re.fullmatch(r"\d{1,2}", value)]
            path = _SECRET.sub(r"\1…", parts.path)
            return urlunsplit((parts.scheme, host + port, path, urlencode(numbers), ""))[:120]
        return f"device {self.address}" if self.kind == "device" else Path(self.address).name[:120]


def parse(address: str) -> Source:
    """What somebody wrote on the command line."""
    if re.match(r"^(rtsps?|https?)://", address):
        source = Source(address, "network")
        try:
            _ = source.name
        except ValueError as error:
            raise SourceError("a source's address is wrong: its host or port") from error
        return source
    if address.isdigit() or address.startswith("/dev/video"):
        return Source(address, "device")
    path = Path(address)
    if path.is_dir():
        return Source(address, "images")
    if path.is_file():
        return Source(address, "file")
    raise SourceError(f"{address} is no file, no directory, no device number and no rtsp:// or http:// address")


def capture(source: Source) -> Any:
    """An open cv2.VideoCapture."""
    # Packets lost over UDP smear faces; whoever knows better sets the variable.
    os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;tcp")
    if source.kind == "network":
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, OPEN_TIMEOUT_MS]
        opened = cv2.VideoCapture(source.address, cv2.CAP_FFMPEG, limits)
    elif source.kind == "device":
        opened = cv2.VideoCapture(int(source.address) if source.address.isdigit() else source.address)
        opened.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    else:
        opened = cv2.VideoCapture(source.address)
    if not opened.isOpened():
        opened.release()
        raise SourceError(f"{source.name} cannot be opened")
    return opened


def live_frames(source: Source, every: int) -> Iterator[Frame]:
    """Each `every`th frame at the moment it came, until the source ends: then a SourceError."""
    camera = capture(source)
    try:
        number = 0
        while camera.grab():
            if number % every == 0:
                good, bgr = camera.retrieve()
                if good:
                    yield Frame(_rgb(bgr), datetime.now(UTC))
            number += 1
    except cv2.error as error:
        raise SourceError(f"{source.name} sends what is no picture") from error
    finally:
        camera.release()
    raise SourceError(f"{source.name} sends no more frames")


def recorded_frames(source: Source, every: int, stop: threading.Event, *, fast: bool = False) -> Iterator[Frame]:
    """All that are used, none dropped, as if they happened now; `fast`: at once, as if the recording had just ended."""
    pictures = _images(source) if source.kind == "images" else _video(source, every)
    seconds = _length(source) if fast else 0.0
    began = datetime.now(UTC) - timedelta(seconds=seconds)
    for second, rgb in pictures:
        moment = began + timedelta(seconds=second)
        if stop.wait(max(0.0, (moment - datetime.now(UTC)).total_seconds())):
            return
        yield Frame(rgb, moment)


def _length(source: Source) -> float:
    if source.kind == "images":
        return len(_files(source)) * PACE.image_seconds
    video = capture(source)
    frames = float(video.get(cv2.CAP_PROP_FRAME_COUNT))
    rate = _rate(video)
    video.release()
    return max(0.0, frames) / rate


def _rate(video: Any) -> float:
    rate = float(video.get(cv2.CAP_PROP_FPS))
    return rate if 0 < rate < 1000 else USUAL_RATE


def _video(source: Source, every: int) -> Iterator[tuple[float, RGB]]:
    video = capture(source)
    try:
        rate, number = _rate(video), 0
        while video.grab():
            if number % every == 0:
                good, bgr = video.retrieve()
                if good:
                    yield number / rate, _rgb(bgr)
            number += 1
    finally:
        video.release()


def _files(source: Source) -> list[Path]:
    return sorted(path for path in Path(source.address).iterdir() if path.suffix.lower() in IMAGES)


def _images(source: Source) -> Iterator[tuple[float, RGB]]:
    for number, path in enumerate(_files(source)):
        bgr = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if bgr is not None:
            yield number * PACE.image_seconds, _rgb(bgr)


def _rgb(bgr: Any) -> RGB:
    return np.ascontiguousarray(bgr[:, :, ::-1])
