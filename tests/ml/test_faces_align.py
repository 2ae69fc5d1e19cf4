"""Alignment is the paper's: theta = arctan((y_b - y_a)/(x_b - x_a)), and the image turned by -theta."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.faces import align

coordinates = st.floats(-500, 500)
points = st.tuples(coordinates, coordinates).map(np.array)


@pytest.mark.parametrize(
    ("a", "b", "degrees"),
    [((0, 0), (10, 0), 0), ((0, 0), (10, 10), 45), ((0, 0), (10, -10), -45), ((3, 1), (3 + math.sqrt(3), 2), 30)],
)
def test_angles_by_hand(a: tuple[float, float], b: tuple[float, float], degrees: float) -> None:
    assert math.degrees(align.eye_angle(np.array(a), np.array(b))) == pytest.approx(degrees)


def test_eyes_above_each_other_are_the_limit_and_not_a_crash() -> None:
    assert align.eye_angle(np.array([5.0, 0.0]), np.array([5.0, 9.0])) == pytest.approx(math.pi / 2)
    assert align.eye_angle(np.array([5.0, 9.0]), np.array([5.0, 0.0])) == pytest.approx(-math.pi / 2)
    assert align.eye_angle(np.array([5.0, 9.0]), np.array([5.0, 9.0])) == 0.0


@given(points, points, st.floats(0.05, 20))
def test_afterwards_the_eyes_are_level_and_their_distance_scaled(a: np.ndarray, b: np.ndarray, scale: float) -> None:
    matrix = align.upright(align.eye_angle(a, b), (a + b) / 2, scale, np.array([24.0, 20.0]))
    turned = align.apply(matrix, np.array([a, b]))
    distance = float(np.linalg.norm(b - a))
    assert turned[0, 1] == pytest.approx(turned[1, 1], abs=1e-6 * scale * (1 + distance))
    assert abs(turned[1, 0] - turned[0, 0]) == pytest.approx(scale * distance, abs=1e-6)
    assert np.allclose(turned.mean(axis=0), (24.0, 20.0), atol=1e-6)


@given(points, st.floats(-1.5, 1.5), st.floats(0.05, 20))
def test_there_and_back(point: np.ndarray, theta: float, scale: float) -> None:
    matrix = align.upright(theta, np.array([3.0, 4.0]), scale, np.array([50.0, 60.0]))
    assert np.allclose(align.apply(align.invert(matrix), align.apply(matrix, point)), point, atol=1e-6)


@pytest.mark.parametrize("degrees", [-40, -10, 0, 25])
@pytest.mark.parametrize("size", [30, 120, 500, 1400])
def test_the_picture_turns_with_the_points(degrees: float, size: int) -> None:
    """Two bright discs as eyes, at any size and tilt, end up where the matrix says."""
    middle, theta = size / 2, math.radians(degrees)
    away = size / 5 * np.array([math.cos(theta), math.sin(theta)])
    eyes = np.array([middle - away, middle + away])
    picture = np.zeros((size, size, 3), dtype=np.uint8)
    yy, xx = np.mgrid[:size, :size]
    for x, y in eyes:
        picture[(xx - x) ** 2 + (yy - y) ** 2 < (size / 14) ** 2] = 255
    scale = 24 / (2 * size / 5)
    matrix = align.upright(align.eye_angle(*eyes), eyes.mean(axis=0), scale, np.array([24.0, 20.0]))
    grey = align.cut(picture, matrix, 48)[:, :, 0]
    _, _, _, found = cv2.connectedComponentsWithStats((grey > 100).astype(np.uint8))
    centres = sorted(found[1:].tolist())
    assert len(centres) == 2
    assert np.allclose(centres, [(12, 20), (36, 20)], atol=0.6)


def test_a_cut_beyond_the_picture_repeats_its_border() -> None:
    picture = np.full((20, 30, 3), 77, dtype=np.uint8)
    for centre in ((0.0, 0.0), (30.0, 20.0), (-100.0, 500.0)):
        matrix = align.upright(0.3, np.array(centre), 0.2, np.array([24.0, 24.0]))
        assert (align.cut(picture, matrix, 48) == 77).all()
