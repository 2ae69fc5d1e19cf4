"""What a clip is, told from its own bytes without decoding it; why one is refused.

The API calls `inspect` before it stores anything, so this module loads no decoder. Names and announced types play no
part. Recorders of browsers write no duration into the file while they record: the worker counts the frames then.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ml.faces.photo import DamagedPhoto, EmptyFile, PhotoError, UnsupportedFormat
from ml.faces.photo import TooLarge as PhotoTooLarge

_VIDEO_BRANDS_NOT: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif"})
_OLD_MOV: Final = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


@dataclass(frozen=True, slots=True)
class ClipLimits:
    # Shorter, a mean says little more than a photo; longer, nobody holds a face before the camera by themselves.
    shortest: float = 3.0
    longest: float = 20.0
    # Recorders start late and stop early, by up to a second on slow phones; nobody should record again for that.
    slack: float = 1.1
    max_bytes: int = 25_000_000
    # 4K; a phone's front camera gives 1080p.
    max_pixels: int = 8_900_000


LIMITS: Final = ClipLimits()


class ClipError(PhotoError):
    """As for photos: a stable code, the HTTP status and a sentence that a person can act on."""


class EmptyClip(ClipError, EmptyFile):
    sentence = "The file is empty. Please record the clip again."


class UnsupportedClip(ClipError, UnsupportedFormat):
    sentence = (
        "This is not a clip we can read. Please send a video as MP4, WebM or MOV (H.264, HEVC, VP8 or VP9, not AV1)."
    )


class ClipTooLarge(ClipError, PhotoTooLarge):
    sentence = f"The clip is too large. Please send at most {LIMITS.max_bytes // 1_000_000} MB, 4K at most."


class DamagedClip(ClipError, DamagedPhoto):
    sentence = "The clip is damaged or was cut off on its way. Please record or send it again."


class NoFrames(ClipError):
    code = "no_frames"
    status = 422
    sentence = "There is no picture in this clip. Please record it again."


class ClipTooLong(ClipError):
    code = "too_long"
    status = 422
    sentence = f"The clip is too long. Please send {LIMITS.shortest:g} to {LIMITS.longest:g} seconds."


class ClipTooShort(ClipError):
    code = "too_short"
    status = 422
    sentence = f"The clip is too short. Please send {LIMITS.shortest:g} to {LIMITS.longest:g} seconds."


ERRORS: Final[dict[str, type[ClipError]]] = {
    kind.code: kind
    for kind in (EmptyClip, UnsupportedClip, ClipTooLarge, DamagedClip, NoFrames, ClipTooLong, ClipTooShort)
}


@dataclass(frozen=True, slots=True)
class ClipHeader:
    format: str
    seconds: float | None
    """None where the file does not say."""


def sniff(data: bytes) -> str | None:
    """mp4, mov or webm by the magic bytes; None for everything else."""
    if data[4:8] == b"ftyp" and data[8:12] not in _VIDEO_BRANDS_NOT:
        return "mov" if data[8:12] == b"qt  " else "mp4"
    if data[4:8] in _OLD_MOV:
        return "mov"
    if data.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in data[:64]:
        return "webm"
    return None


def inspect(data: bytes, limits: ClipLimits = LIMITS) -> ClipHeader:
    """Format and, where it is written down, length. Raises a ClipError; called by the API at intake."""
    if not data:
        raise EmptyClip
    if len(data) > limits.max_bytes:
        raise ClipTooLarge
    name = sniff(data)
    if name is None:
        raise UnsupportedClip
    try:
        seconds = _webm_seconds(data) if name == "webm" else _mp4_seconds(data)
    except (struct.error, ValueError, IndexError, OverflowError):
        raise DamagedClip from None
    if seconds is not None:
        check_length(seconds, limits)
    return ClipHeader(name, seconds)


def check_length(seconds: float, limits: ClipLimits = LIMITS) -> None:
    if seconds > limits.longest + limits.slack:
        raise ClipTooLong
    if seconds < limits.shortest - limits.slack:
        raise ClipTooShort


def _mp4_seconds(data: bytes) -> float | None:
    """From `moov/mvhd`. Without `moov` a file was cut off before its index; recorders write 0 while they record."""
    top = dict(_boxes(data, 0, len(data)))
    if "moov" not in top:
        raise DamagedClip
    inside = dict(_boxes(data, *top["moov"]))
    header = inside.get("mvhd")
    if header is None:
        raise DamagedClip
    moov = data[slice(*top["moov"])]
    if "trak" not in inside or (b"hdlr" in moov and b"vide" not in moov):  # sound alone
        raise NoFrames
    start, _ = header
    if data[start] == 1:
        scale, length = struct.unpack_from(">IQ", data, start + 20)
    else:
        scale, length = struct.unpack_from(">II", data, start + 12)
    unknown = length in (0, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)
    return None if unknown or not scale else length / scale


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """Name and inside of each box; a box that reaches beyond the file ends the search."""
    while start + 8 <= end:
        size, name = struct.unpack_from(">I4s", data, start)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, start + 8)
            head = 16
        elif size == 0:
            size = end - start
        if size < head or start + size > end:
            return
        yield name.decode("latin-1"), (start + head, start + size)
        start += size


_SEGMENT, _CLUSTER, _INFO, _SCALE, _DURATION = 0x18538067, 0x1F43B675, 0x1549A966, 0x2AD7B1, 0x4489
_TRACKS, _TRACK, _KIND, _PICTURES = 0x1654AE6B, 0xAE, 0x83, 1


def _webm_seconds(data: bytes) -> float | None:
    """From Segment/Info/Duration, which live recordings leave out."""
    for name, start, end in _elements(data, 0, len(data)):
        if name == _SEGMENT:
            inside = {inner: place for inner, *place in _elements(data, start, end)}
            kinds = _kinds(data, *inside[_TRACKS]) if _TRACKS in inside else [_PICTURES]
            if _CLUSTER not in inside or _PICTURES not in kinds:
                raise NoFrames
            return _info_seconds(data, *inside[_INFO]) if _INFO in inside else None
    raise DamagedClip


def _kinds(data: bytes, start: int, end: int) -> list[int]:
    tracks = [place for name, *place in _elements(data, start, end) if name == _TRACK]
    return [
        int.from_bytes(data[inside:after], "big")
        for track in tracks
        for name, inside, after in _elements(data, *track)
        if name == _KIND
    ]


def _info_seconds(data: bytes, start: int, end: int) -> float | None:
    scale, duration = 1_000_000, None
    for name, inside, after in _elements(data, start, end):
        if name == _SCALE:
            scale = int.from_bytes(data[inside:after], "big")
        elif name == _DURATION:
            (duration,) = struct.unpack_from(">f" if after - inside == 4 else ">d", data, inside)
    return None if not duration or duration != duration else duration * scale / 1e9


def _elements(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """EBML: id, inside from, inside to. An element of unknown size reaches to the end of its parent."""
    while start < end:
        name, start = _number(data, start, keep_marker=True)
        size, start = _number(data, start, keep_marker=False)
        after = end if size < 0 else min(end, start + size)
        yield name, start, after
        start = after


def _number(data: bytes, at: int, *, keep_marker: bool) -> tuple[int, int]:
    """A variable-length number and where it ends; -1 for the reserved "unknown" (all ones)."""
    first = data[at]
    length = 9 - first.bit_length()
    if length > 8:
        raise ValueError("not an EBML number")
    value = int.from_bytes(data[at : at + length], "big")
    if not keep_marker:
        value &= (1 << (7 * length)) - 1
        if value == (1 << (7 * length)) - 1:
            value = -1
    return value, at + length
