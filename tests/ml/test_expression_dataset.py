"""The file's own orders of labels and votes come out in ours, and validation shares no picture with training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ml.emotions import EXPRESSIONS
from ml.expression.dataset import load, training_parts, vote_targets


def write(path: Path, n: int = 40, **changes: object) -> Path:
    rng = np.random.default_rng(5)
    arrays: dict[str, object] = {
        "images": rng.integers(0, 256, (n, 48, 48), dtype=np.uint8),
        "label": (np.arange(n) % 7).astype(np.uint8),
        "usage": (np.arange(n) >= n // 2).astype(np.uint8),
        "ferplus": np.tile(np.array([6, 1, 1, 1, 1, 0, 0, 0, 0, 0], np.uint8), (n, 1)),
    }
    arrays.update(changes)
    np.savez(path, **{k: v for k, v in arrays.items() if v is not None})  # type: ignore[arg-type]
    return path


def test_labels_change_to_our_order(tmp_path: Path) -> None:
    faces = load(write(tmp_path / "a.npz", 7))
    names = [EXPRESSIONS[k] for k in faces.label]
    assert names == ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]


@pytest.mark.parametrize(
    ("column", "name"),
    list(enumerate(["neutral", "happy", "surprise", "sad", "angry", "disgust", "fear"])),
)
def test_vote_columns_change_to_our_order(tmp_path: Path, column: int, name: str) -> None:
    votes = np.zeros((1, 10), np.uint8)
    votes[0, column] = 10
    faces = load(write(tmp_path / "a.npz", 1, ferplus=votes))
    assert EXPRESSIONS[faces.majority()[0]] == name


@pytest.mark.parametrize(
    ("votes", "has_majority"),
    [
        ([6, 4, 0, 0, 0, 0, 0, 0, 0, 0], True),
        ([5, 5, 0, 0, 0, 0, 0, 0, 0, 0], False),  # half is not more than half
        ([5, 0, 0, 0, 0, 0, 0, 5, 0, 0], False),  # contempt counts against
        ([4, 0, 0, 0, 0, 0, 0, 0, 6, 0], False),  # unknown won
        ([0, 0, 0, 0, 0, 0, 0, 9, 0, 1], False),  # contempt won: not one of the seven
        ([0] * 10, False),
        ([5, 4, 0, 0, 0, 0, 0, 0, 0, 0], True),  # nine voters
    ],
)
def test_a_majority_is_more_than_half_of_all_ten_columns(tmp_path: Path, votes: list[int], has_majority: bool) -> None:
    faces = load(write(tmp_path / "a.npz", 1, ferplus=np.array([votes], np.uint8)))
    assert bool(faces.majority()[0] >= 0) is has_majority


def test_a_file_with_just_images_labels_and_votes_is_enough(tmp_path: Path) -> None:
    assert len(load(write(tmp_path / "a.npz", 9, usage=None))) == 9


def test_a_file_of_another_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ferplus"):
        load(write(tmp_path / "a.npz", ferplus=None))
    with pytest.raises(ValueError, match="48"):
        load(write(tmp_path / "b.npz", images=np.zeros((40, 32, 32), np.uint8)))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"label": np.zeros((40, 1), np.uint8)}, "rows"),
        ({"usage": np.zeros(39, np.uint8)}, "rows"),
        ({"ferplus": np.full((40, 10), 0.1)}, "whole numbers"),  # shares of votes would all become zero
        ({"ferplus": np.full((40, 10), -1)}, "negative"),
        ({"label": np.where(np.arange(40) == 3, np.nan, 1)}, "whole numbers"),
        ({"label": np.array(["3"] * 40)}, "whole numbers"),
    ],
)
def test_numbers_of_another_kind_are_not_bent_to_fit(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        load(write(tmp_path / "a.npz", **changes))
    assert load(write(tmp_path / "b.npz", label=np.arange(40) % 7 * 1.0)).label.dtype == np.int64


def test_public_pictures_leave_training_and_copies_stay_on_one_side(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (4000, 48, 48), dtype=np.uint8)
    images[1000:2000] = images[:1000]  # copies inside Training
    images[2000:2010] = images[3990:]  # copies of PublicTest
    usage = (np.arange(4000) >= 3000).astype(np.uint8)
    train, held_out = training_parts(load(write(tmp_path / "a.npz", 4000, images=images, usage=usage)))
    public = {image.tobytes() for image in images[3000:]}
    left, right = ({image.tobytes() for image in part.images} for part in (train, held_out))
    assert len(train) + len(held_out) == 2990
    assert 60 < len(held_out) < 300
    assert not left & right
    assert not (left | right) & public


def test_vote_targets_add_up_and_weigh_contempt_less(tmp_path: Path) -> None:
    votes = np.array([[5, 0, 0, 0, 0, 0, 0, 5, 0, 0], [0] * 10], np.uint8)
    target, weight = vote_targets(load(write(tmp_path / "a.npz", 2, ferplus=votes)))
    np.testing.assert_allclose(target.sum(axis=1), 1)
    assert target[0, EXPRESSIONS.index("neutral")] == 1
    assert weight.tolist() == [0.5, 0.0]
