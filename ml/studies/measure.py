"""What the studies compute of every face once: 68 points, descriptor, both heads' logits; kept in a cache folder.

FER-2013's crops are enlarged and given a margin first, as a detector expects some background.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from ml.faces.decode import RGB

Images = NDArray[np.uint8]
Arrays = dict[str, NDArray[np.generic]]

# A 48-pixel crop four times enlarged, with a quarter of its side around it: of the sizes and margins tried on 300
# faces, the landmarkers find most faces so (97 % against 92 % without a margin).
SIDE: Final = 192
MARGIN: Final = 48
GREY: Final = 127


def enlarged(image: Images) -> RGB:
    """One 48×48 grey crop as an RGB picture with a margin."""
    large = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    framed = cv2.copyMakeBorder(large, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_CONSTANT, value=GREY)
    return np.ascontiguousarray(np.repeat(np.asarray(framed, dtype=np.uint8)[..., None], 3, axis=2))


def cached(folder: Path, name: str, images: Images, compute: Callable[[Images], Arrays]) -> Arrays:
    """`compute(images)`, or what an earlier call with the same pictures left in `folder`."""
    file = folder / f"{name}-{zlib.crc32(images.tobytes()):08x}.npz"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part.npz")
        np.savez_compressed(part, **compute(images))  # type: ignore[arg-type]
        part.replace(file)
    with np.load(file) as kept:
        return {key: kept[key] for key in kept.files}


def each(images: Images, what: str) -> Iterable[Images]:
    return track(images, description=what, console=Console(stderr=True))


def points_of(images: Images, data_dir: Path) -> Arrays:
    """`points` [N, 68, 2] of the enlarged picture and `descriptor` [N, 128]; not a number where no face is found."""
    from ml.faces.descriptor import Descriptors, as_batch
    from ml.faces.detect import Detector
    from ml.faces.landmarks import Landmarks

    detector, landmarks, describe = Detector(), Landmarks(), Descriptors(data_dir)
    points = np.full((len(images), 68, 2), np.nan, dtype=np.float32)
    descriptor = np.full((len(images), 128), np.nan, dtype=np.float32)
    for row, image in enumerate(each(images, "68 points")):
        picture = enlarged(image)
        found = detector.find(picture, how="largest")
        if found:
            face = landmarks.locate(picture, found[0])
            points[row] = face.points
            descriptor[row] = describe.describe(as_batch([face.chip]))[0]
    return {"points": points, "descriptor": descriptor}


def logits_of(images: Images) -> Arrays:
    """The shipped expression network's two heads, before softmax."""
    from ml.expression.classifier import ExpressionClassifier

    votes, label = ExpressionClassifier().logits(images)
    return {"votes": votes, "label": label}


def units_of(images: Images) -> Arrays:
    """`raw` [N, units, 2] of the landmarker, not graded yet; not a number where it sees no face."""
    from ml.units.landmarker import Landmarker
    from ml.units.names import AUS

    raw = np.full((len(images), len(AUS), 2), np.nan)
    with Landmarker() as landmarker:
        for row, image in enumerate(each(images, "action units")):
            mesh = landmarker.mesh(enlarged(image))
            if mesh is not None:
                raw[row] = mesh.raw
    return {"raw": raw}
