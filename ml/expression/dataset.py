"""FER-2013 with FER+ votes as `evenkeel train` and `evenkeel evaluate` read it: layout, our order, clean rows.

The file's label and vote orders differ from `ml.emotions.EXPRESSIONS`; only this module knows theirs.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from ml.emotions import EXPRESSIONS

SIDE: Final = 48
FILE_LABELS: Final = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
VOTE_COLUMNS: Final = (
    "neutral",
    "happy",
    "surprise",
    "sad",
    "angry",
    "disgust",
    "fear",
    "contempt",
    "unknown",
    "no_face",
)
SPLITS: Final = {"training": 0, "public": 1}

_OUR_LABEL: Final = np.array([EXPRESSIONS.index(name) for name in FILE_LABELS])
_OUR_VOTES: Final = np.array([VOTE_COLUMNS.index(name) for name in EXPRESSIONS])

Images = NDArray[np.uint8]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Faces:
    """Rows of one file (or a part of it): everything in the order of EXPRESSIONS."""

    images: Images  # [N, 48, 48]
    label: Ints  # [N], the original label
    votes: Ints  # [N, 7], FER+ votes for the seven
    total: Ints  # [N], all ten columns: contempt, unknown and "no face" count against a majority
    usage: Ints  # [N], 0 Training, 1 PublicTest

    def __len__(self) -> int:
        return len(self.images)

    def take(self, rows: NDArray[np.generic]) -> Faces:
        return Faces(self.images[rows], self.label[rows], self.votes[rows], self.total[rows], self.usage[rows])

    def split(self, name: str) -> Faces:
        if len(self) and (self.usage < 0).all():
            raise ValueError("it has no array usage to split by")
        return self.take(self.usage == SPLITS[name])

    def majority(self) -> Ints:
        """The expression with more than half of all ten columns' votes, or -1 where none has."""
        top = self.votes.argmax(axis=1)
        strict = 2 * self.votes.max(axis=1) > self.total
        return np.where(strict & (self.total > 0), top, -1).astype(np.int64)


def load(path: Path) -> Faces:
    """Read an npz of the documented layout; `usage` may be missing (then there is nothing to split by)."""
    arrays = _arrays(path)
    if missing := {"images", "label", "ferplus"} - set(arrays):
        raise ValueError(f"it lacks the arrays {', '.join(sorted(missing))}")
    images, label, ferplus = arrays["images"], _whole(arrays, "label"), _whole(arrays, "ferplus")
    if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE) or images.dtype != np.uint8:
        raise ValueError(f"images must be uint8 [N, {SIDE}, {SIDE}], got {images.dtype} {list(images.shape)}")
    usage = _whole(arrays, "usage") if "usage" in arrays else np.full(len(images), -1)
    if ferplus.shape != (len(images), len(VOTE_COLUMNS)) or not label.shape == usage.shape == (len(images),):
        raise ValueError("label, ferplus and images must have the same number of rows, ferplus ten columns")
    if len(label) and not 0 <= int(label.min()) <= int(label.max()) < len(FILE_LABELS):
        raise ValueError("labels must lie between 0 and 6")
    if (ferplus < 0).any():
        raise ValueError("votes must not be negative")
    return Faces(images, _OUR_LABEL[label], ferplus[:, _OUR_VOTES], ferplus.sum(axis=1), usage)


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Those of ours that the file has; names of pictures and whatever else it carries stay unread."""
    try:
        with np.load(path) as data:
            return {name: data[name] for name in ("images", "label", "ferplus", "usage") if name in data.files}
    except (ValueError, BadZipFile, EOFError, TypeError, RuntimeError, zlib.error) as broken:
        # TypeError: a bare .npy; RuntimeError: encrypted, or packed in a way that zipfile does not know.
        raise ValueError("it is damaged, or no npz file of plain numbers") from broken


def _whole(arrays: dict[str, NDArray[Any]], name: str) -> Ints:
    """Whole numbers, whatever they are stored as: shares of votes or a missing label must not be cut off to some."""
    given = arrays[name]
    with np.errstate(invalid="ignore"):
        numbers = given.astype(np.int64) if given.dtype.kind in "biuf" else None
    if numbers is None or not np.array_equal(numbers, given):
        raise ValueError(f"{name} must hold whole numbers")
    return numbers


def same_picture(images: Images) -> Ints:
    """A number for each row that is equal exactly where the pictures are equal byte for byte."""
    flat = np.ascontiguousarray(images.reshape(len(images), -1))
    return np.unique(flat.view(f"V{flat.shape[1]}").ravel(), return_inverse=True)[1].astype(np.int64)


def held_out(images: Images) -> NDArray[np.bool_]:
    """Which pictures are for validation: 5.5 %, by a checksum of the pixels, so copies never straddle the line."""
    return np.array([zlib.crc32(image.tobytes()) % 1000 < 55 for image in images], dtype=bool)


def training_parts(faces: Faces) -> tuple[Faces, Faces]:
    """Split Training into (train, validation). Pictures that are also in PublicTest leave.

    Rows with fewer than three votes for the seven (placeholders, text, rotated faces, contempt) teach nothing and are
    left out of both.
    """
    group = same_picture(faces.images)
    public = np.unique(group[faces.usage == SPLITS["public"]])
    usable = (faces.usage == SPLITS["training"]) & (faces.votes.sum(axis=1) >= 3) & ~np.isin(group, public)
    validation = held_out(faces.images)
    return faces.take(usable & ~validation), faces.take(usable & validation)


def vote_targets(faces: Faces) -> tuple[Floats, Floats]:
    """Soft targets over the seven and a weight a row: the share of voters who chose one of the seven.

    Contempt has no place in the seven; a face that half of the voters call contempt weighs half.
    """
    mass = faces.votes.sum(axis=1, keepdims=True).astype(np.float64)
    even = np.full(faces.votes.shape, 1 / len(EXPRESSIONS))
    target = np.divide(faces.votes, mass, out=even, where=mass > 0)
    weight = np.divide(mass[:, 0], faces.total, out=np.zeros(len(faces)), where=faces.total > 0)
    return target, weight
