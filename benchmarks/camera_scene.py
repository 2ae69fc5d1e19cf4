"""A room of people for the camera: stills moved over a background, with the truth of who is where."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, RATE, EVERY = 1920, 1080, 24, 12
# A face of a fifteenth of the picture's width: somebody three metres from a usual lens.
FACE = 190

Picture = NDArray[np.uint8]
Place = tuple[float, float, float, float]


@dataclass(frozen=True)
class Actor:
    """One person: photos to enrol, another one to be seen; nothing to enrol for a stranger."""

    name: str
    enrol: tuple[Path, ...]
    seen: Path


def cast(photos: Path, known: int = 10, strangers: int = 3) -> list[Actor]:
    """People with several photos are enrolled with all but the last; those with one walk by unknown."""
    own: dict[str, list[Path]] = defaultdict(list)
    with (photos / "manifest.csv").open() as file:
        for row in csv.DictReader(file):
            if row["file"].startswith("people/"):
                own[row["person"]].append(photos / row["file"])
    several = [(name, files) for name, files in sorted(own.items()) if len(files) > 1]
    single = [(name, files) for name, files in sorted(own.items()) if len(files) == 1]
    members = [Actor(name, tuple(files[:-1]), files[-1]) for name, files in several[:known]]
    return members + [Actor(name, (), files[0]) for name, files in single[:strangers]]


def place_of(number: int, of: int, second: float) -> tuple[float, float, float]:
    """Centre and size of an actor's picture: everybody in a cell of their own, swaying, coming nearer and going."""
    columns = math.ceil(of / 2)
    column, row = number % columns, number // columns
    phase = 1.7 * number
    x = (column + 0.5) * WIDTH / columns + 40 * math.sin(0.5 * second + phase)
    y = (row + 0.5) * HEIGHT / 2 + 50 * math.sin(0.37 * second + 2 * phase)
    return x, y, FACE * 1.6 * (1 + 0.2 * math.sin(0.21 * second + phase))


def frames(actors: Sequence[Actor], seconds: float, every: int = 1) -> Iterator[tuple[float, Picture, list[Place]]]:
    """Second, picture (BGR), and where each actor is. A photo's face fills about the middle 60 % of it."""
    ground = _background()
    stills = [_still(actor.seen) for actor in actors]
    for number in range(0, int(seconds * RATE), every):
        second, picture = number / RATE, ground.copy()
        truth = []
        for at, still in enumerate(stills):
            x, y, size = place_of(at, len(actors), second)
            truth.append(_paste(picture, still, x, y, size))
        yield second, picture, truth


def write(actors: Sequence[Actor], seconds: float, target: Path) -> list[list[Place]]:
    """As a video of the frames that an agent uses of 24 a second, for an agent to play; gives where everybody is."""
    video = cv2.VideoWriter(str(target), cv2.VideoWriter.fourcc(*"mp4v"), RATE / EVERY, (WIDTH, HEIGHT))
    truth = []
    for _, picture, places in frames(actors, seconds, EVERY):
        video.write(picture)
        truth.append(places)
    video.release()
    return truth


def who_is_at(truth: Sequence[Place], box: Sequence[float]) -> int | None:
    """The actor in whose picture the middle of a found face lies."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    inside = (at for at, (left, top, right, bottom) in enumerate(truth) if left < x < right and top < y < bottom)
    return next(inside, None)


def _still(path: Path) -> Picture:
    """Square around the face's usual place, with a soft round edge as fourth channel."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    side = min(picture.shape[:2])
    top, left = (picture.shape[0] - side) // 4, (picture.shape[1] - side) // 2
    square = cv2.resize(picture[top : top + side, left : left + side], (400, 400), interpolation=cv2.INTER_AREA)
    mask = np.zeros((400, 400), np.uint8)
    cv2.ellipse(mask, (200, 200), (185, 195), 0, 0, 360, 255, -1)
    return np.dstack([square, cv2.GaussianBlur(mask, (0, 0), 6)]).astype(np.uint8)


def _paste(picture: Picture, still: Picture, x: float, y: float, size: float) -> Place:
    side = int(size)
    left = int(np.clip(x - size / 2, 0, WIDTH - side))
    top = int(np.clip(y - size / 2, 0, HEIGHT - side))
    small = cv2.resize(still, (side, side), interpolation=cv2.INTER_AREA)
    alpha = small[:, :, 3:].astype(np.float32) / 255
    region = picture[top : top + side, left : left + side]
    region[:] = (alpha * small[:, :, :3] + (1 - alpha) * region).astype(np.uint8)
    return left, top, left + side, top + side


def _background() -> Picture:
    """A wall with a soft light and some grain."""
    rows = np.linspace(150, 95, HEIGHT)[:, None] + np.linspace(-15, 15, WIDTH)[None, :]
    grain = np.random.default_rng(1).normal(0, 3, (HEIGHT, WIDTH))
    return np.repeat(np.clip(rows + grain, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)
