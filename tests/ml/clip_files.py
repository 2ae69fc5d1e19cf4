"""Clips for tests, made on the spot; the people in them come from the borrowed photos and stay in temporary files."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

# Three seconds of grey in AV1, which no writer at hand makes.
AV1: bytes = zlib.decompress(
    base64.b64decode(
        "eNp9UzFLw1AQviQKtQq2UKRICxGquFTSKC4uBZcK4mYHEeS1L8HQvCYkrwGd1MlBF8FJJzdx0FGcHPwB/gz/Rb2XJva1Wo93uXv37n137+4C"
        "ALrNT3wn9BiACkKSyKihNJm/UQOAjB1YFso9RgnPZlFTn/vXR0bGnM/By8V0QT9HJ7j9fDDzqypUbnbKVwIK5uA+Z+YNdWqmAlvFxHTnLyqX"
        "ANoM87wIsVwWHVMYIe0LYPYVFBBrSMqo1/i+Dv8SBlfXeUA6qB/yThxT+42GceH/OH/Grf8kULEoD1GWLDfkwxsJbnxXeWLUIajojI6/XYC8"
        "w/5HvKkeUzdITyKHWrJnE/deg3Spawkfpcmcro1KIWIxqJxmhQ7OSjSwbOkZc73A1Qe6shDylov6TchDKvlciHGYUAqRbx0aKBsTPcap2O+L"
        "L4lq2+c4D+lAnR3hDGH2LR6kZXtLuBjyuKQpvpbUuoCZynbBJbS1x2xaInU8O5XnDLmMvJLoiNf2pLsGcqtHuWjVAbNiKWhJbgu2MiC+78pP"
        "rDqD3i8/ck8AlvHHIWlxdklkb5prNVyG+Q09CG26"
    )
)


def write(path: Path, frames: Iterable[NDArray[np.uint8]], rate: float, code: str = "mp4v") -> Path:
    """RGB frames of one size to a video file."""
    writer = None
    for frame in frames:
        if writer is None:
            size = frame.shape[1], frame.shape[0]
            writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*code), rate, size)
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    assert writer is not None
    writer.release()
    return path


def empty(path: Path, rate: float = 24, size: tuple[int, int] = (320, 240)) -> Path:
    """A container without a single picture."""
    cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), rate, size).release()
    return path


def still(photo: Path, seconds: float, rate: float, size: tuple[int, int] = (480, 360)) -> list[NDArray[np.uint8]]:
    """One photo, slowly moving, as so many frames."""
    picture = cv2.cvtColor(cv2.imread(str(photo)), cv2.COLOR_BGR2RGB)
    side = min(size) - 40
    face = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
    frames = []
    for k in range(round(seconds * rate)):
        frame = np.full((size[1], size[0], 3), 120, np.uint8)
        left = (size[0] - side) // 2 + round(8 * np.sin(k / 7))
        frame[20 : 20 + side, left : left + side] = face
        frames.append(frame)
    return frames


def box(name: bytes, *inside: bytes) -> bytes:
    content = b"".join(inside)
    return struct.pack(">I4s", 8 + len(content), name) + content


def mp4(seconds: float | None, brand: bytes = b"isom", *, track: bool = True, kind: bytes = b"vide") -> bytes:
    """The skeleton of an MP4: enough to be told its length."""
    length = 0 if seconds is None else round(seconds * 1000)
    header = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, length), bytes(80))
    return (
        box(b"ftyp", brand, bytes(4))
        + box(b"moov", header, box(b"trak", box(b"hdlr", bytes(8), kind)) if track else b"")
        + box(b"mdat")
    )


def element(name: int, content: bytes, *, unknown_size: bool = False) -> bytes:
    size = b"\x01" + b"\xff" * 7 if unknown_size else struct.pack(">Q", len(content) | 1 << 56)
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + size + content


def webm(seconds: float | None, *, live: bool = False, cluster: bool = True, kind: int = 1) -> bytes:
    """The skeleton of a WebM; `live` as browsers record it: no length, sizes unknown."""
    duration = b"" if seconds is None else element(0x4489, struct.pack(">d", seconds * 1000))
    info = element(0x1549A966, element(0x2AD7B1, (1_000_000).to_bytes(3, "big")) + duration)
    info += element(0x1654AE6B, element(0xAE, element(0x83, bytes([kind]))))
    inside = info + (element(0x1F43B675, bytes(20), unknown_size=live) if cluster else b"")
    return element(0x1A45DFA3, element(0x4282, b"webm")) + element(0x18538067, inside, unknown_size=live)
