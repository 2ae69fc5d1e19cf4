"""Templates, thresholds and galleries: by hand, and measured on real people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ml.faces.descriptor import Descriptors
from ml.faces.enrolment import SAME_PERSON, unlike
from ml.faces.identity import DEFAULT, DESCRIPTOR_SIZE, STRICT, FaceTemplate, Gallery, IdentityPolicy, unit
from ml.faces.landmarks import Face


def direction(*values: float) -> np.ndarray:
    row = np.zeros(DESCRIPTOR_SIZE)
    row[: len(values)] = values
    return row


def test_similarity_is_the_mean_cosine() -> None:
    template = FaceTemplate.of([direction(2, 0), direction(0, 5)])
    assert template.similarity(direction(3, 0)) == pytest.approx(0.5)
    assert template.similarity(direction(1, 1)) == pytest.approx(np.sqrt(0.5))


def test_a_template_survives_storage() -> None:
    rows = np.random.default_rng(1).normal(size=(3, DESCRIPTOR_SIZE))
    template = FaceTemplate.of(list(rows))
    again = FaceTemplate.from_bytes(template.to_bytes())
    assert np.allclose(again.descriptors, template.descriptors, atol=1e-6)
    assert again.similarity(rows[0]) == pytest.approx(template.similarity(rows[0]), abs=1e-6)


def test_templates_of_another_network_are_refused() -> None:
    data = FaceTemplate.of([direction(1)]).to_bytes().replace(b"dlib", b"blid")
    with pytest.raises(ValueError, match="blid"):
        FaceTemplate.from_bytes(data)


@pytest.mark.parametrize("shape", [(0, 128), (6, 128), (2, 64), (128,)])
def test_impossible_templates_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError):
        FaceTemplate(np.ones(shape))


def test_identify_needs_the_threshold_and_the_margin() -> None:
    gallery = Gallery(
        [FaceTemplate.of([direction(1, 0)]), FaceTemplate.of([direction(0, 1)])],
        IdentityPolicy(identify=0.7, margin=0.2),
    )
    assert gallery.identify(direction(1, 0.1)).index == 0
    assert gallery.identify(direction(0.1, 1)).index == 1
    between = gallery.identify(direction(1, 0.9))
    assert between.similarity > 0.7
    assert between.index is None
    assert gallery.identify(direction(0, 0, 1)).index is None


def test_galleries_of_none_and_of_one() -> None:
    assert Gallery([]).identify(direction(1)).index is None
    assert Gallery([FaceTemplate.of([direction(1)])]).identify(direction(1)).index == 0


def test_the_papers_threshold_stays_available() -> None:
    assert STRICT.accept == STRICT.identify == DEFAULT.strict == 0.95


@pytest.fixture(scope="module")
def described(
    people: list[Path],
    manifest: dict[str, dict[str, str]],
    locate: Callable[[Path], Face],
    descriptors: Descriptors,
) -> tuple[np.ndarray, np.ndarray]:
    rows = descriptors.describe(np.stack([locate(path).chip for path in people]))
    names = [manifest[f"people/{path.name}"]["person"] for path in people]
    return unit(rows), np.array(names)


@pytest.mark.shared
def test_error_rates_are_those_documented(described: tuple[np.ndarray, np.ndarray]) -> None:
    """docs/identity.md: 67 same and 2,211 different pairs; one photo against one photo."""
    rows, names = described
    pairs = np.triu_indices(len(names), 1)
    cosine, same = (rows @ rows.T)[pairs], (names[:, None] == names)[pairs]
    assert (same.sum(), (~same).sum()) == (67, 2211)
    assert (cosine[same] < DEFAULT.accept).mean() <= 0.08
    assert (cosine[~same] >= DEFAULT.accept).mean() <= 0.008
    assert (cosine[same] < STRICT.accept).mean() >= 0.4  # why the paper's 0.95 is not the default
    assert (cosine[~same] >= STRICT.accept).sum() == 0


@pytest.mark.shared
def test_nobody_is_taken_for_somebody_else(described: tuple[np.ndarray, np.ndarray]) -> None:
    """1:N over 29 people with one photo each: recognised or nobody, never the wrong one."""
    rows, names = described
    people = sorted(set(names))
    gallery = Gallery([FaceTemplate.of([rows[names == p][0]]) for p in people])
    right = wrong = 0
    for i, name in enumerate(names):
        if i == np.flatnonzero(names == name)[0]:
            continue
        index = gallery.identify(rows[i]).index
        right += index is not None and people[index] == name
        wrong += index is not None and people[index] != name
    assert wrong == 0
    assert right >= 36  # of 40


@pytest.mark.shared
def test_strangers_stay_strangers(described: tuple[np.ndarray, np.ndarray]) -> None:
    rows, names = described
    for person in sorted(set(names)):
        others = [p for p in sorted(set(names)) if p != person]
        gallery = Gallery([FaceTemplate.of([rows[names == p][0]]) for p in others])
        assert all(gallery.identify(row).index is None for row in rows[names == person])


@pytest.mark.shared
def test_photos_of_two_people_do_not_make_a_template(described: tuple[np.ndarray, np.ndarray]) -> None:
    rows, names = described
    one, other = rows[names == "Venus_Williams"], rows[names == "Yao_Ming"]
    assert unlike(list(one)) == []
    assert [p.index for p in unlike([*one[:2], other[0]])] == [2]
    assert [p.index for p in unlike([*one[:3], *other[:2]])] == [3, 4]
    assert [p.index for p in unlike([*one[:2], *other[:2]])] == [0, 1, 2, 3]


def test_photos_of_one_person_need_not_all_be_alike() -> None:
    """Looking left, ahead and right: the outer two are alike by way of the middle one."""
    left, ahead, right = direction(1, 0.4), direction(1, 0), direction(1, -0.4)
    assert unit(left) @ unit(right) < SAME_PERSON < unit(left) @ unit(ahead)
    assert unlike([left, ahead, right]) == []
    assert [p.index for p in unlike([left, right])] == [0, 1]
