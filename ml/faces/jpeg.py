"""JPEGs shrunk while they are decoded, by OpenCV: quicker than Pillow, and other threads run meanwhile.

Both carry libjpeg-turbo and give the same pixels, but OpenCV passes a picture that was cut off for a whole one. So it
gets only those whose end is there; whatever is unusual goes to Pillow, which reads it or refuses it.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

_FLAGS: Final = {
    1: cv2.IMREAD_COLOR_RGB,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}
_START_OF_SCAN: Final = 0xDA
_END: Final = b"\xff\xd9"


def decode_jpeg(data: bytes, image: Image.Image, enough: int) -> NDArray[np.uint8] | None:
    """Pixels as stored, the longer side still `enough`; None leaves `image` to Pillow, told how far to shrink it."""
    factor = _factor(image.size, enough)
    if image.mode in ("RGB", "L") and max(image.size) // factor < 2 * enough and _is_whole(data):
        pixels = by_opencv(data, factor)
        if pixels is not None and pixels.shape[:2] == tuple(-(-side // factor) for side in image.size[::-1]):
            return pixels
    image.draft("RGB", (max(1, image.width // factor), max(1, image.height // factor)))
    return None


def _factor(size: tuple[int, int], enough: int) -> int:
    """The largest of those that JPEG can shrink by without losing what is enough."""
    return next((factor for factor in (8, 4, 2) if max(size) >= factor * enough), 1)


def _is_whole(data: bytes) -> bool:
    """Whether the picture itself, not the thumbnail in its metadata, has an end."""
    position = 2
    while data[position : position + 1] == b"\xff":
        if data[position + 1 : position + 2] == bytes([_START_OF_SCAN]):
            return data.rfind(_END, position) > 0
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        position += 2 + max(2, length)
    return False


def by_opencv(data: bytes, factor: int = 1) -> NDArray[np.uint8] | None:
    """Pixels as stored, shrunk by one of `_FLAGS`; None where OpenCV refuses them. For WebP, `decode` calls it too."""
    flags = _FLAGS[factor] | cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        pixels = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flags)
    except cv2.error:
        return None
    return None if pixels is None else np.asarray(pixels, dtype=np.uint8)
