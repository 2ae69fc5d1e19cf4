"""What a photo is, told from its first bytes without decoding it; why one is refused.

The API calls `inspect` before it stores anything, so this module loads no model runtime: only Pillow and libheif.
The name of the file and its declared type play no part: the magic bytes decide.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import ClassVar, Final

import pillow_heif
from PIL import ExifTags, Image, UnidentifiedImageError

pillow_heif.register_heif_opener(thumbnails=False)
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)  # our own cap is stricter

FORMATS: Final = ("jpeg", "png", "webp", "heic")
_PILLOW_NAME: Final = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "heic": "HEIF"}
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


@dataclass(frozen=True, slots=True)
class PhotoLimits:
    """What is refused before a single pixel is decoded."""

    # A 48-megapixel phone photo is 10-20 MB as JPEG; 25 MB leaves room and still bounds an upload.
    max_bytes: int = 25_000_000
    # 48 and 50 megapixels are the largest modes that phones save by default; 64 of them decoded in full take 140 to
    # 340 MB as PNG, 440 MB as HEIC or opaque WebP.
    max_pixels: int = 64_000_000
    # WebP ends at 16,383 and no phone camera, panoramas included, goes beyond.
    max_side: int = 16_384


LIMITS: Final = PhotoLimits()


class PhotoError(Exception):
    """A photo that cannot be read: a stable code, the HTTP status and a sentence that a person can act on."""

    code: ClassVar[str]
    status: ClassVar[int]
    sentence: ClassVar[str]

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or self.sentence)


class EmptyFile(PhotoError):
    code = "empty_file"
    status = 422
    sentence = "The file is empty. Please take or pick the photo again."


class UnsupportedFormat(PhotoError):
    code = "unsupported_format"
    status = 415
    sentence = "This is not a photo we can read. Please send a still picture: JPEG, PNG, WebP or HEIC."


class TooLarge(PhotoError):
    code = "too_large"
    status = 413
    sentence = (
        f"The photo is too large. Please send at most {LIMITS.max_pixels // 1_000_000} megapixels, "
        f"{LIMITS.max_side:,} pixels a side."
    )


class DamagedPhoto(PhotoError):
    code = "damaged"
    status = 422
    sentence = "The photo is damaged or was cut off on its way. Please take or send it again."


@dataclass(frozen=True, slots=True)
class PhotoHeader:
    """What stands before the pixels; width and height are as stored, before `orientation` (EXIF 1-8) is applied."""

    format: str
    width: int
    height: int
    orientation: int


def sniff(data: bytes) -> str | None:
    """The format by its magic bytes, or None for everything we do not read."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return "heic"
    return None


def open_photo(data: bytes, limits: PhotoLimits = LIMITS) -> tuple[str, Image.Image]:
    """The format and the picture, opened but not decoded; refuses what is empty, foreign, broken or too large."""
    if not data:
        raise EmptyFile
    if len(data) > limits.max_bytes:
        raise TooLarge(f"The photo is too large. Please send at most {limits.max_bytes // 1_000_000} MB.")
    name = sniff(data)
    if name is None:
        raise UnsupportedFormat
    image = _open(data, name)
    width, height = image.size
    if width * height > limits.max_pixels or max(width, height) > limits.max_side:
        raise TooLarge
    if image.format != "MPO" and getattr(image, "is_animated", False) and name != "heic":
        raise UnsupportedFormat("This is an animation. Please send a still picture.")
    return name, image


def _open(data: bytes, name: str) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=(_PILLOW_NAME[name],))
    except Image.DecompressionBombError:
        raise TooLarge from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, RuntimeError):
        raise DamagedPhoto from None


def orientation_of(image: Image.Image) -> int:
    """EXIF orientation 1-8; damaged or missing metadata counts as upright.

    Where a PNG's metadata follows its pixels it is known once they are loaded. The plugin's own `getexif` would load
    them for that: a quarter of a gigabyte in the API for a header of a few kilobytes.
    """
    try:
        value = Image.Image.getexif(image).get(ExifTags.Base.Orientation, 1)
    except Exception:  # any metadata may be broken in any way; the picture can still be fine
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def inspect(data: bytes) -> PhotoHeader:
    """Format, size and orientation from the header alone. Raises a PhotoError; called by the API at intake."""
    name, image = open_photo(data)
    with image:
        return PhotoHeader(name, image.width, image.height, orientation_of(image))
