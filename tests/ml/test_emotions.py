"""The ten-dimensional vector follows from the seven probabilities and from nothing else."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.emotions import EMOTIONS, EXPRESSIONS, GROUP_MEMBERS, GROUPS, EmotionVector, expand, index_of

positive = st.floats(min_value=1e-6, max_value=1.0, allow_nan=False)
seven = st.lists(positive, min_size=7, max_size=7).map(lambda values: np.array(values) / sum(values))
batches = st.lists(seven, min_size=1, max_size=8).map(np.array)


def test_the_order_is_the_papers() -> None:
    assert EXPRESSIONS == ("happy", "sad", "angry", "disgust", "fear", "surprise", "neutral")
    assert EMOTIONS[7:] == GROUPS == ("positive", "negative", "complex")


def test_a_case_by_hand() -> None:
    vector = EmotionVector.from_probabilities([0.30, 0.06, 0.09, 0.10, 0.15, 0.20, 0.10])
    assert vector["positive"] == pytest.approx((0.30 + 0.20) / 2)
    assert vector["negative"] == pytest.approx((0.06 + 0.09 + 0.15) / 3)
    assert vector["complex"] == pytest.approx((0.10 + 0.10) / 2)
    assert vector.top == "happy"


@given(seven)
def test_groups_are_the_means_of_their_members(p: np.ndarray) -> None:
    vector = EmotionVector.from_probabilities(p)
    for group, members in GROUP_MEMBERS.items():
        assert vector[group] == pytest.approx(math.fsum(vector[m] for m in members) / len(members), abs=1e-12)


@given(seven)
def test_every_expression_counts_once(p: np.ndarray) -> None:
    v = EmotionVector.from_probabilities(p)
    assert 2 * v["positive"] + 3 * v["negative"] + 2 * v["complex"] == pytest.approx(1.0, abs=1e-9)


@given(seven)
def test_reading_the_vector_back_gives_the_probabilities(p: np.ndarray) -> None:
    v = EmotionVector.from_probabilities(p)
    assert np.allclose([v.expression[name] for name in EXPRESSIONS], p)
    assert [v[name] for name in EMOTIONS] == list(v.values)
    assert v.expression[v.top] == max(v.expression.values())
    assert set(v.groups) == set(GROUPS)


@given(batches)
def test_a_batch_equals_its_rows(rows: np.ndarray) -> None:
    assert np.allclose(expand(rows), [expand(row) for row in rows], atol=1e-15)


@given(seven, seven, st.floats(0, 1))
def test_averages_of_vectors_are_vectors_of_averages(a: np.ndarray, b: np.ndarray, w: float) -> None:
    """Why hours and days may average all ten numbers alike."""
    assert np.allclose(expand(w * a + (1 - w) * b), w * expand(a) + (1 - w) * expand(b))


@given(st.lists(positive, min_size=1, max_size=12).filter(lambda v: len(v) != 7))
def test_another_number_of_probabilities_is_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="expected 7"):
        expand(values)
    with pytest.raises(ValueError, match="expected 7"):
        EmotionVector.from_probabilities(values)


@given(seven, st.floats(1.001, 3.0))
def test_what_does_not_add_up_to_one_is_refused(p: np.ndarray, factor: float) -> None:
    with pytest.raises(ValueError, match="add up"):
        EmotionVector.from_probabilities(p * factor)


@pytest.mark.parametrize("values", [(0.5,) * 9, (-0.1, *(0.1,) * 9), (1.1, *(0.0,) * 9), (math.nan,) * 10])
def test_impossible_vectors_are_refused(values: tuple[float, ...]) -> None:
    with pytest.raises(ValueError):
        EmotionVector(values)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ValueError):
        index_of("contempt")
