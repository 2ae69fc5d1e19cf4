"""The weights that we ship: what they say they are, and that a face's result is its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from ml.emotions import EXPRESSIONS
from ml.expression.classifier import WEIGHTS, ExpressionClassifier, ModelMismatch

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def classifier() -> ExpressionClassifier:
    return ExpressionClassifier()


@pytest.fixture(scope="module")
def crops() -> NDArray[np.uint8]:
    """Face-like blobs and noise: 70 crops, more than one chunk."""
    rng = np.random.default_rng(3)
    coarse = rng.integers(0, 256, (70, 8, 8)).astype(np.uint8)
    return np.kron(coarse, np.ones((1, 6, 6), np.uint8)) // 2 + rng.integers(0, 100, (70, 48, 48)).astype(np.uint8)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The shipped weights and record where a test may damage them."""
    for file in (WEIGHTS, WEIGHTS.with_suffix(".json")):
        shutil.copy(file, tmp_path / file.name)
    return tmp_path / WEIGHTS.name


def restamp(weights: Path, key: str, value: str) -> None:
    """Change one word of the metadata and make the checksum fit again."""
    import hashlib

    model = onnx.load(weights)
    for entry in model.metadata_props:
        if entry.key == key:
            entry.value = value
    onnx.save(model, weights)
    record = json.loads(weights.with_suffix(".json").read_text())
    record["sha256"] = hashlib.sha256(weights.read_bytes()).hexdigest()
    weights.with_suffix(".json").write_text(json.dumps(record))


def test_probabilities_are_a_distribution_over_the_seven(
    classifier: ExpressionClassifier, crops: NDArray[np.uint8]
) -> None:
    for rows in (classifier.predict(crops), classifier.predict_label(crops)):
        assert rows.shape == (70, len(EXPRESSIONS))
        assert rows.dtype == np.float64
        np.testing.assert_allclose(rows.sum(axis=1), 1, atol=1e-12)
        assert (rows >= 0).all()


def test_pictures_differ_and_so_do_heads(classifier: ExpressionClassifier, crops: NDArray[np.uint8]) -> None:
    rows = classifier.predict(crops)
    assert rows.std(axis=0).max() > 0.01
    assert np.abs(rows - classifier.predict_label(crops)).max() > 0.01


def test_alone_and_in_any_batch_a_face_gets_the_same(
    classifier: ExpressionClassifier, crops: NDArray[np.uint8]
) -> None:
    together = classifier.predict(crops)
    alone = np.concatenate([classifier.predict(crop[None]) for crop in crops])
    shuffled = np.random.default_rng(0).permutation(len(crops))
    np.testing.assert_allclose(together, alone, atol=1e-6)
    np.testing.assert_allclose(classifier.predict(crops[shuffled]), together[shuffled], atol=1e-6)


def test_threads_share_one_model_without_mixing_faces(
    classifier: ExpressionClassifier, crops: NDArray[np.uint8]
) -> None:
    expected = classifier.predict(crops)
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda crop: classifier.predict(crop[None])[0], crops))
    np.testing.assert_allclose(np.stack(rows), expected, atol=1e-6)


def test_nothing_in_gives_nothing_out(classifier: ExpressionClassifier) -> None:
    assert classifier.predict(np.zeros((0, 48, 48), np.uint8)).shape == (0, 7)


@pytest.mark.parametrize(
    "bad", [np.zeros((1, 48, 48), np.float32), np.zeros((48, 48), np.uint8), np.zeros((1, 64, 64), np.uint8)]
)
def test_other_crops_are_refused(classifier: ExpressionClassifier, bad: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="uint8"):
        classifier.predict(bad)


def test_damaged_weights_are_refused(copy: Path) -> None:
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    with pytest.raises(ModelMismatch, match="checksum"):
        ExpressionClassifier(copy)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("labels", "angry,disgust,fear,happy,sad,surprise,neutral"),
        ("side", "64"),
        ("normalisation", "float 0-1"),
        ("version", "0.0.0"),
    ],
)
def test_weights_that_mean_something_else_are_refused(copy: Path, key: str, value: str) -> None:
    ExpressionClassifier(copy)
    restamp(copy, key, value)
    with pytest.raises(ModelMismatch, match=key):
        ExpressionClassifier(copy)


def test_the_weights_fit_into_the_repository() -> None:
    assert WEIGHTS.stat().st_size < 25 * 2**20


def test_serving_does_not_import_torch() -> None:
    import subprocess

    code = "import sys; import ml.expression.classifier, ml.expression.cli; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_runtime_reports_to_nobody(tmp_path: Path) -> None:
    """onnxruntime writes down an identifier of the machine and sends what it runs, unless it is told not to."""
    script = "from ml.expression.classifier import ExpressionClassifier; ExpressionClassifier()"
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, env={**kept, "HOME": str(tmp_path)})
    assert list(tmp_path.rglob("*")) == []


def test_abstention_is_for_flat_distributions_only(classifier: ExpressionClassifier) -> None:
    rows = np.array([[1 / 7] * 7, [0.9, 0.1, 0, 0, 0, 0, 0]])
    assert classifier.model.abstention.uncertain(rows).tolist() == [True, False]
