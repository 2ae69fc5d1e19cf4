"""`evenkeel evaluate` against figures computed by scikit-learn on the same predictions."""

from __future__ import annotations

import json
import re
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
import typer
from sklearn import metrics as reference
from typer.testing import CliRunner

from ml.expression.classifier import WEIGHTS, ExpressionClassifier
from ml.expression.cli import register
from ml.expression.dataset import load
from ml.expression.metrics import abstention_curve, reliability

KEYS = {
    *("n", "accuracy", "precision", "recall", "macro_f1", "auc"),
    *("ferplus_n", "ferplus_accuracy", "ferplus_macro_f1", "ece", "confusion"),
}


@pytest.fixture(scope="module")
def app() -> typer.Typer:
    app = typer.Typer()
    register(app)
    return app


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Only the documented arrays, random pictures, votes with and without a majority."""
    rng = np.random.default_rng(11)
    n = 240
    path = tmp_path_factory.mktemp("data") / "faces.npz"
    np.savez(
        path,
        images=np.kron(rng.integers(0, 256, (n, 6, 6)), np.ones((1, 8, 8))).astype(np.uint8),
        label=rng.integers(0, 7, n).astype(np.uint8),
        usage=(np.arange(n) % 3 == 0).astype(np.uint8),
        ferplus=rng.multinomial(10, rng.dirichlet(np.full(10, 0.3), n)).astype(np.uint8),
        name=np.array([f"x{i}" for i in range(n)]),
    )
    return path


def evaluated(app: typer.Typer, *arguments: str) -> dict[str, object]:
    outcome = CliRunner().invoke(app, ["evaluate", *arguments, "--json"])
    assert outcome.exit_code == 0, outcome.output
    return dict(json.loads(outcome.stdout))


def test_the_documented_keys_stand_at_the_top_level(app: typer.Typer, data: Path) -> None:
    result = evaluated(app, "--data", str(data))
    assert set(result) >= KEYS
    assert result["n"] == 240


def test_splits_are_parts_of_the_whole(app: typer.Typer, data: Path) -> None:
    whole = evaluated(app, "--data", str(data))
    parts = [evaluated(app, "--data", str(data), "--split", split) for split in ("training", "public")]
    assert [part["n"] for part in parts] == [160, 80]
    np.testing.assert_array_equal(sum(np.array(part["confusion"]) for part in parts), whole["confusion"])


def test_figures_equal_scikit_learn(app: typer.Typer, data: Path) -> None:
    result, faces, model = evaluated(app, "--data", str(data)), load(data), ExpressionClassifier()
    label, served = model.predict_label(faces.images), model.predict(faces.images)
    first = label.argmax(axis=1)
    assert result["accuracy"] == pytest.approx(reference.accuracy_score(faces.label, first))
    macro = reference.precision_recall_fscore_support(faces.label, first, average="macro", zero_division=0)
    assert [result["precision"], result["recall"], result["macro_f1"]] == pytest.approx(macro[:3])
    assert result["auc"] == pytest.approx(reference.roc_auc_score(faces.label, label, multi_class="ovr"))
    np.testing.assert_array_equal(result["confusion"], reference.confusion_matrix(faces.label, first))
    named = faces.majority() >= 0
    truth, voted = faces.majority()[named], served[named].argmax(axis=1)
    assert result["ferplus_n"] == named.sum()
    assert result["ferplus_accuracy"] == pytest.approx(reference.accuracy_score(truth, voted))
    f1 = reference.f1_score(truth, voted, average="macro", labels=np.unique(truth), zero_division=0)
    assert result["ferplus_macro_f1"] == pytest.approx(f1)


def test_a_file_without_votes_still_has_its_label_figures(app: typer.Typer, tmp_path: Path) -> None:
    path = tmp_path / "novotes.npz"
    images = np.random.default_rng(0).integers(0, 256, (5, 48, 48), dtype=np.uint8)
    np.savez(path, images=images, label=np.zeros(5, np.uint8), ferplus=np.zeros((5, 10), np.uint8))
    result = evaluated(app, "--data", str(path))
    assert result["n"] == 5
    assert result["ferplus_n"] == 0
    assert result["ferplus_accuracy"] is None
    assert result["auc"] is None


def test_a_wrong_split_or_file_is_one_plain_sentence(app: typer.Typer, data: Path, tmp_path: Path) -> None:
    outcome = CliRunner().invoke(app, ["evaluate", "--data", str(data), "--split", "private"])
    assert outcome.exit_code == 2
    assert "training or public" in outcome.output
    np.save(tmp_path / "bare.npy", np.arange(3))
    for content in (b"not an archive", b"", data.read_bytes()[:900], (tmp_path / "bare.npy").read_bytes()):
        (tmp_path / "x.npz").write_bytes(content)
        outcome = CliRunner().invoke(app, ["evaluate", "--data", str(tmp_path / "x.npz")])
        assert outcome.exit_code == 2
        assert "cannot be used" in outcome.output
    packed = (tmp_path / "x.npz").with_suffix(".zip")
    with ZipFile(data) as whole, ZipFile(packed, "w") as locked:
        for name in whole.namelist():
            locked.writestr(name, whole.read(name))
    # The flag of encryption in every header, as a tool that locks archives sets it.
    raw = bytearray(packed.read_bytes())
    for mark, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for at in (m.start() for m in re.finditer(re.escape(mark), bytes(raw))):
            raw[at + flag] |= 1
    (tmp_path / "x.npz").write_bytes(raw)
    outcome = CliRunner().invoke(app, ["evaluate", "--data", str(tmp_path / "x.npz")])
    assert outcome.exit_code == 2
    assert "cannot be used" in outcome.output
    with np.load(data) as whole:
        np.savez(tmp_path / "unsplit.npz", **{name: whole[name] for name in ("images", "label", "ferplus")})
    outcome = CliRunner().invoke(app, ["evaluate", "--data", str(tmp_path / "unsplit.npz"), "--split", "public"])
    assert outcome.exit_code == 2
    assert "no array usage" in outcome.output


def test_rows_of_a_split_that_nobody_is_in_are_none(app: typer.Typer, data: Path, tmp_path: Path) -> None:
    with np.load(data) as whole:
        np.savez(tmp_path / "none.npz", **{name: whole[name][:0] for name in whole.files})
    outcome = CliRunner().invoke(app, ["evaluate", "--data", str(tmp_path / "none.npz"), "--split", "public", "--json"])
    assert outcome.exit_code == 0, outcome.output
    assert json.loads(outcome.output)["n"] == 0


def test_wrong_weights_are_one_plain_sentence(app: typer.Typer, data: Path, tmp_path: Path) -> None:
    weights, record = tmp_path / "x.onnx", tmp_path / "x.json"
    weights.write_bytes(b"other weights")
    for content in (None, "no JSON", "{}", WEIGHTS.with_suffix(".json").read_text()):
        if content is not None:
            record.write_text(content)
        outcome = CliRunner().invoke(app, ["evaluate", "--data", str(data), "--weights", str(weights)])
        assert outcome.exit_code == 2
        assert not isinstance(outcome.exception, OSError | KeyError | ValueError | RuntimeError)
        assert "x." in outcome.output or "weights" in outcome.output


def test_calibration_error_by_hand() -> None:
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.4, 0.6]])
    truth = np.array([0, 1, 0, 1])
    # Bin of 0.9: right half of the time, off by 0.4, two rows. Bin of 0.6: always right, off by 0.4, two rows.
    assert reliability(truth, probabilities, bins=10).ece == pytest.approx(0.4)


def test_abstaining_leaves_out_the_least_sure_first() -> None:
    probabilities = np.array([[0.9, 0.1], [0.55, 0.45]])
    low, high = abstention_curve(np.array([0, 1]), probabilities, np.array([0.0, 0.6]))
    assert (low["abstained"], low["accuracy_named"]) == (0.0, 0.5)
    assert (high["abstained"], high["accuracy_named"], high["accuracy_unnamed"]) == (0.5, 1.0, 0.0)
