"""The corporate seed's I_new = I · (1 + ΔS), checked on colours whose saturation is known."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest

from ml.train.saturation import random_saturation, saturate

COLOURS = np.array([[[200, 100, 50], [40, 90, 160], [120, 120, 120], [255, 255, 255], [0, 0, 0]]], np.uint8)


def hsv(rgb: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([colorsys.rgb_to_hsv(*(pixel / 255)) for pixel in rgb.reshape(-1, 3)])


@pytest.mark.parametrize("delta", [-1.0, -0.5, -0.1, 0.2, 0.3])
def test_saturation_is_multiplied_and_the_rest_stays(delta: float) -> None:
    before, after = hsv(COLOURS), hsv(saturate(COLOURS, delta))
    np.testing.assert_allclose(after[:, 1], np.clip(before[:, 1] * (1 + delta), 0, 1), atol=0.02)
    np.testing.assert_allclose(after[:, 2], before[:, 2], atol=0.005)
    coloured = after[:, 1] > 0.05
    np.testing.assert_allclose(after[coloured, 0], before[coloured, 0], atol=0.01)


def test_no_change_is_the_same_picture_and_grey_stays_grey() -> None:
    np.testing.assert_array_equal(saturate(COLOURS, 0), COLOURS)
    np.testing.assert_array_equal(saturate(COLOURS, 5.0)[0, 2:], COLOURS[0, 2:])


def test_more_than_full_colour_is_clipped_not_wrapped() -> None:
    assert hsv(saturate(COLOURS, 10.0))[:2, 1] == pytest.approx(1.0, abs=0.01)


def test_random_changes_follow_their_generator() -> None:
    once, again = (random_saturation(COLOURS, np.random.default_rng(4)) for _ in range(2))
    np.testing.assert_array_equal(once, again)
    assert not np.array_equal(once, COLOURS)


def test_a_grey_plane_is_refused() -> None:
    with pytest.raises(ValueError, match="colour picture"):
        saturate(np.zeros((4, 4), np.uint8), 0.1)
