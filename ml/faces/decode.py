"""A photo's bytes to upright RGB pixels, no larger than reading a face needs, metadata left behind."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ml.faces.jpeg import by_opencv, decode_jpeg
from ml.faces.photo import DamagedPhoto, open_photo, orientation_of

RGB = NDArray[np.uint8]

# A face 1/20 of a group photo's width still has 48 pixels, what the expression network takes; a 12-megapixel
# JPEG is then decoded at a quarter of its size (see benchmarks/photo.py for what other sizes cost).
ENOUGH: Final = 960
_BROKEN: Final = (OSError, ValueError, SyntaxError, EOFError, RuntimeError, IndexError, KeyError, struct.error)
_OPAQUE_GREY: Final = (128, 128, 128)
_BAND: Final = 64  # rows of the result that are converted at once


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Upright pixels; `scale` is how many pixels of the photo one of ours stands for."""

    rgb: RGB
    scale: float


def decode(data: bytes, enough: int = ENOUGH) -> Picture:
    """Decode at the smallest size whose longer side is still `enough`. Raises a PhotoError; called by workers."""
    name, image = open_photo(data)
    with image:
        longer = max(image.size)
        try:
            pixels = decode_jpeg(data, image, enough) if name == "jpeg" else None
            if pixels is None:
                pixels = _shrunk(_loaded(name, data, image), enough)
        except _BROKEN:
            raise DamagedPhoto from None
        orientation = orientation_of(image)
    return Picture(upright(pixels, orientation), longer / max(pixels.shape[:2]))


def _loaded(name: str, data: bytes, image: Image.Image) -> Image.Image:
    """All pixels; of an opaque WebP by OpenCV, the same ones, because Pillow holds four further copies meanwhile."""
    pixels = by_opencv(data) if name == "webp" and image.mode == "RGB" else None
    if pixels is not None:
        return Image.fromarray(pixels)
    image.load()
    return image


def _shrunk(image: Image.Image, enough: int) -> RGB:
    """By a whole number, a band at a time: colours converted all at once would hold 64 megapixels up to five times."""
    factor = max(1, max(image.size) // enough)
    rows = _BAND * factor
    bands = (image.crop((0, top, image.width, min(top + rows, image.height))) for top in range(0, image.height, rows))
    return np.concatenate([np.asarray(_to_rgb(band).reduce(factor)) for band in bands])


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        return _deep_grey(image)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        with_alpha = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, _OPAQUE_GREY)
        return Image.alpha_composite(ground, with_alpha).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _deep_grey(image: Image.Image) -> Image.Image:
    """16 bits to 8 by dropping the low byte: Pillow's own conversion saturates everything to white."""
    grey = (np.clip(np.asarray(image), 0, 65_535).astype(np.uint16) >> 8).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")


def upright(pixels: RGB, orientation: int) -> RGB:
    """Apply EXIF orientation 1-8."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)
