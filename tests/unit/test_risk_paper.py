"""The source paper's two formulas: by hand, against scikit-learn, and the proof that its 3σ cannot fire."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.neighbors import LocalOutlierFactor

from ml.emotions import EMOTIONS, expand
from ml.risk import lof, three_sigma

UNIT = st.floats(0, 1, allow_nan=False, width=32)


def some_days(seed: int, *shape: int) -> np.ndarray:
    return expand(np.random.default_rng(seed).dirichlet(np.full(7, 2.0), shape))


@settings(max_examples=300)
@given(arrays(np.float64, (7, 10), elements=UNIT), st.integers(0, 6))
def test_the_literal_count_never_fires_with_the_day_inside_a_week(week: np.ndarray, day: int) -> None:
    assert three_sigma.literal_count(week, day) == 0


def test_why_it_cannot_fire_and_that_eleven_days_would_let_it() -> None:
    for n in (7, 10, 11, 12):
        spike = np.zeros((n, 10))
        spike[-1] = 1.0  # the most extreme sample there is: one point away from n − 1 equal ones
        deviation = (spike[-1] - spike.mean(0)) / spike.std(0)
        assert deviation == pytest.approx(np.full(10, np.sqrt(n - 1)))  # with the population σ, as written
        sample = (spike[-1] - spike.mean(0)) / spike.std(0, ddof=1)
        assert sample == pytest.approx(np.full(10, (n - 1) / np.sqrt(n)))  # 2.27 at n = 7 with the sample σ
        fires = three_sigma.literal_count(spike, n - 1) > 0
        assert fires == (n > 10)  # √(n − 1) is exactly 3 at n = 10


def test_today_outside_the_baseline_fires_in_the_right_directions_only() -> None:
    week = np.tile(expand([0.3, 0.1, 0.05, 0.05, 0.05, 0.05, 0.4]), (7, 1))
    week += 0.01 * np.array([-1, 1, -1, 1, -1, 1, 0])[:, None]
    better, worse = week.mean(0).copy(), week.mean(0).copy()
    for i, name in enumerate(EMOTIONS):
        sign = -1 if name in ("happy", "surprise", "positive") else 1
        worse[i] += 0.05 * sign
        better[i] -= 0.05 * sign
    assert three_sigma.count(worse, week) == 10
    assert three_sigma.count(better, week) == 0


def test_by_hand_one_component_at_the_limit() -> None:
    week = np.full((7, 10), 0.2)
    week[:, 1] = [0.1, 0.1, 0.1, 0.2, 0.3, 0.3, 0.3]  # mean 0.2, population σ = √(0.06/7) = 0.09258
    today = np.full(10, 0.2)
    for value, expected in ((0.2 + 3 * 0.0925, 0), (0.2 + 3 * 0.0927, 1)):
        today[1] = value
        assert three_sigma.count(today, week, sigma_floor=0.01) == expected


def test_zero_variance_needs_the_floor_and_missing_days_never_count() -> None:
    week = np.full((7, 10), 0.2)
    today = week[0] + 0.001
    assert three_sigma.count(today, week) == 7  # without a floor a thousandth is "beyond 3σ"
    assert three_sigma.count(today, week, sigma_floor=0.02) == 0
    assert three_sigma.count(np.full(10, np.nan), week, sigma_floor=0.02) == 0
    assert three_sigma.count(today, np.full((7, 10), np.nan), sigma_floor=0.02) == 0


@pytest.mark.parametrize(("n", "k"), [(8, 4), (6, 4), (30, 4), (12, 7)])
def test_lof_equals_scikit_learn(n: int, k: int) -> None:
    batch = some_days(n, 40, n)
    ours = lof.lof(batch, k)
    for points, found in zip(batch, ours, strict=True):
        theirs = LocalOutlierFactor(n_neighbors=k, metric="manhattan").fit(points)
        np.testing.assert_allclose(found, -theirs.negative_outlier_factor_, rtol=0, atol=1e-9)
    np.testing.assert_allclose(ours, lof.literal(batch, k), rtol=1e-6)


def test_lof_by_hand_on_a_line() -> None:
    points = np.array([[0.0], [1.0], [2.0], [5.0]])
    # K = 2: k-dist = 2, 1, 2, 4. reach sums: p0: 1+2, p1: 2+2, p2: 1+2, p3: 3+4 → lrd = 2/3, 1/2, 2/3, 2/7
    expected = [(0.5 + 2 / 3) / 2 / (2 / 3), (2 / 3 + 2 / 3) / 2 / 0.5]
    found = lof.literal(points, 2)
    assert found[:2] == pytest.approx(expected)
    assert found[3] == pytest.approx((2 / 3 + 0.5) / 2 / (2 / 7))


def test_lof_with_duplicates_and_missing_days_has_defined_answers() -> None:
    same = np.full((8, 10), 0.2)
    assert (lof.literal(same) == 1).all()
    assert lof.lof(same) == pytest.approx(np.ones(8))
    odd = same.copy()
    odd[0] += 0.3
    assert lof.literal(odd)[0] == np.inf
    assert np.isfinite(lof.lof(odd)).all()
    gaps = some_days(3, 8)
    gaps[[2, 5]] = np.nan
    found = lof.lof(gaps)
    kept = np.delete(gaps, [2, 5], axis=0)
    np.testing.assert_allclose(np.delete(found, [2, 5]), lof.lof(kept), atol=1e-12)
    assert np.isnan(found[[2, 5]]).all()
    assert np.isnan(lof.lof(np.where(np.arange(8)[:, None] < 4, np.nan, gaps))).all()  # too few left for K = 4
    with pytest.raises(ValueError, match="at least two"):
        lof.lof(same[:1])


def test_ties_are_broken_by_position_and_do_not_depend_on_the_batch() -> None:
    grid = np.array([[0.0], [1.0], [2.0], [3.0], [4.0]])
    assert (lof.lof(np.stack([grid, grid]), 2)[1] == lof.lof(grid, 2)).all()
