"""dlib's 128-number face descriptor, run by onnxruntime: the same numbers in 3 ms instead of 60, without the GIL.

The weights come from the installed package; the network is written once into the data directory.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from ml.faces.decode import RGB
from ml.faces.identity import DESCRIPTOR_MODEL, Descriptor
from ml.faces.sessions import open_session

CHIP: Final = 150
CHIP_PADDING: Final = 0.25


class Descriptors:
    """Chips of 150x150 RGB to descriptors; any number at once."""

    def __init__(self, data_dir: Path, threads: int = 1) -> None:
        self._session = _open(data_dir, threads)

    def describe(self, chips: NDArray[np.uint8]) -> Descriptor:
        (rows,) = self._session.run(None, {"rgb": np.ascontiguousarray(chips)})
        return np.asarray(rows, dtype=np.float64)


def _open(data_dir: Path, threads: int) -> onnxruntime.InferenceSession:
    path = data_dir / "models" / f"{DESCRIPTOR_MODEL}.onnx"
    with suppress(Exception):  # not there yet, or torn by a full disk: onnxruntime's errors have no common base class
        return open_session(path, threads)
    try:
        build(path)
    except OSError:  # a folder that is not ours to write into, a full disk: converted each time anew
        from ml.faces.dlib_to_onnx import convert

        return open_session(convert(), threads)
    return open_session(path, threads)


def build(path: Path) -> None:
    """Convert and put in place in one step; any number of processes may do so at once, the last one wins."""
    from ml.faces.dlib_to_onnx import convert

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(convert())
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def as_batch(chips: list[RGB]) -> NDArray[np.uint8]:
    return np.stack(chips) if chips else np.empty((0, CHIP, CHIP, 3), dtype=np.uint8)
