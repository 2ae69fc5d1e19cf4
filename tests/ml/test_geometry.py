"""The eight ratios mean what they are called, whatever the photo's scale and tilt; the second opinion is theirs alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.emotions import EXPRESSIONS
from ml.faces.landmarks import Face
from ml.geometry.opinion import WEIGHTS, second_opinion, shares
from ml.geometry.ratios import RATIOS, ratios

Points = NDArray[np.float64]


@pytest.fixture
def points() -> Points:
    """A face of 100 pixels' width drawn by hand, level, mouth shut."""
    p = np.zeros((68, 2))
    angle = np.linspace(np.pi, 0, 17)
    p[:17] = np.column_stack([50 + 50 * np.cos(angle), 40 + 70 * np.sin(angle)])
    p[17:22] = np.column_stack([np.linspace(12, 40, 5), np.full(5, 25.0)])
    p[22:27] = np.column_stack([np.linspace(60, 88, 5), np.full(5, 25.0)])
    p[27:31] = np.column_stack([np.full(4, 50.0), np.linspace(38, 62, 4)])
    p[31:36] = np.column_stack([np.linspace(42, 58, 5), np.full(5, 68.0)])
    for first, middle in ((36, 28), (42, 72)):
        lids = np.array([(-8, 0), (-3, -3), (3, -3), (8, 0), (3, 3), (-3, 3)])
        p[first : first + 6] = lids + np.array([middle, 40])
    p[48:55] = np.column_stack([np.linspace(32, 68, 7), [85, 82, 81, 81, 81, 82, 85]])
    p[55:60] = np.column_stack([np.linspace(62, 38, 5), [88, 89, 89, 89, 88]])
    p[60:65] = np.column_stack([np.linspace(36, 64, 5), np.full(5, 85.0)])
    p[65:68] = np.column_stack([np.linspace(57, 43, 3), np.full(3, 85.0)])
    return p


def of(points: Points) -> dict[str, float]:
    return dict(zip(RATIOS, ratios(points).tolist(), strict=True))


def test_the_ratios_of_a_face_drawn_by_hand(points: Points) -> None:
    assert of(points) == pytest.approx(
        {
            "mouth_width": 0.36,
            "mouth_opening": 0.0,
            "brow_height": 0.15,
            "brow_gap": 0.48,
            "eye_opening": 0.06,
            "brow_tilt": 0.0,
            "mouth_curve": 0.0,
            "chin_drop": 0.42,
        },
        abs=1e-9,
    )


@pytest.mark.parametrize(("turn", "scale"), [(0.4, 3.0), (-0.7, 0.2), (3.0, 1.0)])
def test_scale_place_and_tilt_do_not_matter(points: Points, turn: float, scale: float) -> None:
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    moved = scale * points @ matrix.T + np.array([400, -30])
    np.testing.assert_allclose(ratios(moved), ratios(points), atol=1e-9)


@pytest.mark.parametrize(
    ("rows", "step", "name", "sign"),
    [
        ([48, 54], (0, -6), "mouth_curve", 1),
        ([48, 54], (0, 6), "mouth_curve", -1),
        ([21, 22], (0, -5), "brow_tilt", 1),
        (list(range(17, 27)), (0, -5), "brow_height", 1),
        ([37, 38, 43, 44], (0, -3), "eye_opening", 1),
        ([65, 66, 67], (0, 10), "mouth_opening", 1),
        ([8], (0, 8), "chin_drop", 1),
    ],
)
def test_each_movement_moves_its_ratio(
    points: Points, rows: list[int], step: tuple[int, int], name: str, sign: int
) -> None:
    moved = points.copy()
    moved[rows] += step
    assert sign * (of(moved)[name] - of(points)[name]) > 0.01


def test_a_batch_gives_what_each_face_gives(points: Points) -> None:
    several = np.stack([points, points * 2 + 5, points + np.random.default_rng(0).normal(0, 1, points.shape)])
    np.testing.assert_array_equal(ratios(several), np.stack([ratios(one) for one in several]))


def test_points_that_are_no_face_have_no_opinion() -> None:
    assert second_opinion(np.zeros((68, 2))) is None
    assert second_opinion(np.full((68, 2), np.nan)) is None
    with pytest.raises(ValueError, match="68"):
        ratios(np.zeros((5, 2)))


def test_an_opinion_is_seven_shares_and_says_whether_it_agrees(points: Points) -> None:
    opinion = second_opinion(points)
    assert opinion is not None
    assert sum(opinion.shares) == pytest.approx(1)
    said = opinion.as_dict(opinion.top)
    assert said["agrees"] is True
    assert tuple(said["expression"]) == EXPRESSIONS
    assert tuple(said["ratios"]) == RATIOS
    assert opinion.as_dict("disgust" if opinion.top != "disgust" else "happy")["agrees"] is False
    assert opinion.as_dict(None)["agrees"] is None


def test_a_misplaced_point_does_not_overflow(points: Points) -> None:
    points[8] = (50, 1e6)
    opinion = second_opinion(points)
    assert opinion is not None
    assert np.isfinite(opinion.shares).all()


def test_weights_for_other_labels_are_refused(tmp_path: Path) -> None:
    with np.load(WEIGHTS) as file:
        arrays = {name: file[name] for name in file.files}
    arrays["labels"] = arrays["labels"][::-1]
    np.savez(tmp_path / "other.npz", **arrays)
    with pytest.raises(ValueError, match="other labels"):
        shares(np.zeros((1, 8)), tmp_path / "other.npz")


def test_the_artefact_is_small() -> None:
    assert WEIGHTS.stat().st_size < 1_000_000


@pytest.mark.shared
def test_smiles_on_real_photos_are_seen(
    people: list[Path], manifest: dict[str, dict[str, str]], locate: Callable[[Path], Face]
) -> None:
    happy = [path for path in people if manifest[f"people/{path.name}"]["emotion"] in ("happy", "happiness")]
    opinions = [second_opinion(locate(path).points) for path in happy]
    right = sum(opinion is not None and opinion.top == "happy" for opinion in opinions)
    assert right / len(happy) > 0.6, f"{right} of {len(happy)}"
