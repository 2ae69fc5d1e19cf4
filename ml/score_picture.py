"""Readings drawn into their photos: boxes, the 68 points, and the seven bars beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from ml.emotions import EXPRESSIONS
from ml.faces.decode import decode
from ml.faces.photo import PhotoError
from ml.faces.reading import FaceReading
from ml.score_files import Scored

_GROUND: Final = "#fbfaf7"
_INK: Final = "#22303a"
_SCORED: Final = "#2f7d6b"
_UNSCORED: Final = "#b4552d"
_TRACK: Final = "#e4e2da"
_PHOTO: Final = 560
_PANEL: Final = 230
_FACE_HEIGHT: Final = 158
_MARGIN: Final = 16
# A sheet of more would be unreadable and hundreds of megabytes.
_MOST: Final = 60


def draw(results: Sequence[Scored], path: Path) -> int:
    """One tile a photo, at most 60, in a grid about as wide as high, unreadable files left out; how many were drawn."""
    drawn = [tile for r in [r for r in results if not r.error][:_MOST] if (tile := _tile(r))]
    tiles = drawn or [Image.new("RGB", (_PHOTO, 80), _GROUND)]
    columns = math.ceil(math.sqrt(len(tiles) * 0.75))
    rows = [tiles[i : i + columns] for i in range(0, len(tiles), columns)]
    heights = [max(t.height for t in row) for row in rows]
    width = max(sum(t.width for t in row) for row in rows)
    sheet = Image.new("RGB", (width, sum(heights)), _GROUND)
    top = 0
    for row, height in zip(rows, heights, strict=True):
        left = 0
        for tile in row:
            sheet.paste(tile, (left, top))
            left += tile.width
        top += height
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path, "PNG")
    return len(drawn)


def _tile(result: Scored) -> Image.Image | None:
    """None where the photo cannot be read a second time: it came through a pipe, or is gone."""
    try:
        picture = decode(result.path.read_bytes())
    except (OSError, PhotoError):
        return None
    photo = Image.fromarray(picture.rgb)
    shrink = _PHOTO / max(photo.size)
    photo = photo.resize((max(1, round(photo.width * shrink)), max(1, round(photo.height * shrink))))
    height = max(photo.height, len(result.readings) * _FACE_HEIGHT) + 2 * _MARGIN + 20
    tile = Image.new("RGB", (photo.width + _PANEL + 3 * _MARGIN, height), _GROUND)
    pen = ImageDraw.Draw(tile)
    pen.text((_MARGIN, 8), result.path.name, _INK, _font(14))
    tile.paste(photo, (_MARGIN, _MARGIN + 20))
    for number, reading in enumerate(result.readings, start=1):
        _mark(pen, reading, number, shrink / picture.scale)
        _bars(pen, reading, number, photo.width + 2 * _MARGIN, _MARGIN + 20 + (number - 1) * _FACE_HEIGHT)
    if not result.readings:
        pen.text((photo.width + 2 * _MARGIN, _MARGIN + 20), "no face found", _UNSCORED, _font(16))
    return tile


def _mark(pen: ImageDraw.ImageDraw, reading: FaceReading, number: int, scale: float) -> None:
    if reading.box is None:
        return
    colour = _SCORED if reading.vector else _UNSCORED
    left, top, right, bottom = (v * scale for v in reading.box)
    left, right, top, bottom = left + _MARGIN, right + _MARGIN, top + _MARGIN + 20, bottom + _MARGIN + 20
    pen.rectangle((left, top, right, bottom), outline=colour, width=3)
    for x, y in () if reading.points is None else reading.points * scale:
        pen.ellipse((x + _MARGIN - 1.5, y + _MARGIN + 18.5, x + _MARGIN + 1.5, y + _MARGIN + 21.5), fill="#ffd75e")
    pen.rectangle((left, top, left + 22, top + 22), fill=colour)
    pen.text((left + 11, top + 11), str(number), "white", _font(15), anchor="mm")


def _bars(pen: ImageDraw.ImageDraw, reading: FaceReading, number: int, left: float, top: float) -> None:
    head = f"{number}  {reading.top}, {reading.confidence:.0%}" if reading.vector else f"{number}  {reading.abstained}"
    pen.text((left, top), head, _SCORED if reading.vector else _UNSCORED, _font(16))
    if reading.vector is None:
        return
    for row, name in enumerate(EXPRESSIONS):
        y, share = top + 26 + row * 17, reading.vector[name]
        pen.text((left, y), name, _INK, _font(13))
        pen.rectangle((left + 68, y + 2, left + 188, y + 13), fill=_TRACK)
        pen.rectangle((left + 68, y + 2, left + 68 + 120 * share, y + 13), fill=_SCORED)
        pen.text((left + 194, y), f"{share:.0%}", _INK, _font(13))


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
