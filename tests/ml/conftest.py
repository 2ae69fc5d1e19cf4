"""The real networks, loaded once for all tests of this folder."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ml.faces.decode import decode
from ml.faces.descriptor import Descriptors
from ml.faces.detect import Detector
from ml.faces.landmarks import Face, Landmarks
from ml.pipeline import FacePipeline


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def detector() -> Detector:
    return Detector()


@pytest.fixture(scope="session")
def landmarks() -> Landmarks:
    return Landmarks()


@pytest.fixture(scope="session")
def descriptors(models_dir: Path) -> Descriptors:
    return Descriptors(models_dir)


@pytest.fixture(scope="session")
def pipeline(models_dir: Path) -> FacePipeline:
    pipeline = FacePipeline(models_dir)
    pipeline.warm()
    return pipeline


@pytest.fixture(scope="session")
def manifest(photos: Path) -> dict[str, dict[str, str]]:
    with (photos / "manifest.csv").open() as file:
        return {row["file"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="session")
def locate(detector: Detector, landmarks: Landmarks) -> Callable[[Path], Face]:
    """The largest face of a photo, located."""

    def find(path: Path) -> Face:
        picture = decode(path.read_bytes())
        return landmarks.locate(picture.rgb, detector.find(picture.rgb, how="largest")[0])

    return find


@pytest.fixture(scope="session")
def encode() -> Callable[..., bytes]:
    """Pixels to the bytes of a picture file."""

    def write(pixels: NDArray[np.generic], kind: str = "JPEG", **options: object) -> bytes:
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, kind, **options)
        return file.getvalue()

    return write
