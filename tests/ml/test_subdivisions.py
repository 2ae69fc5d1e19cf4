"""A face's sub-division is the nearest centre of its expression, named by what its faces share."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from ml.emotions import EXPRESSIONS
from ml.subdivisions import assign
from ml.subdivisions.assign import ARTEFACT, NAMES, combination, features, subdivision
from ml.units.grade import UnitReading
from ml.units.names import AUS


def reading(**intensity: float | tuple[float, float]) -> UnitReading:
    """Units by name, one number or left and right; the rest at rest."""
    sides = np.zeros((len(AUS), 2))
    for unit, value in intensity.items():
        sides[AUS.index(unit)] = value
    return UnitReading(sides, sides)


@pytest.fixture
def centres(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An artefact of two sub-divisions of happiness, as the study writes it."""
    smile, laugh = reading(AU12=2.2), reading(AU12=4.1, AU6=2.0, AU25=3.0)
    happy = features(np.stack([smile.sides, laugh.sides]))
    np.savez(tmp_path / "sub.npz", units=np.array(AUS), scale="1", happy=happy.astype(np.float32))
    monkeypatch.setattr(assign, "ARTEFACT", tmp_path / "sub.npz")


@pytest.mark.usefixtures("centres")
def test_a_face_falls_to_the_nearest_centre() -> None:
    small = subdivision("happy", reading(AU12=1.5))
    large = subdivision("happy", reading(AU12=3.5, AU25=3.5))
    assert small is not None
    assert large is not None
    assert small.as_dict() == {
        "name": "Happiness_ME1",
        "units": ["AU12B"],
        "words": "corners of the mouth pulled up",
    }
    assert (large.name, large.units) == ("Happiness_ME2", ("AU12D", "AU25C", "AU6B"))
    assert subdivision("fear", reading(AU12=1.5)) is None, "nothing is known of fear's"


def test_a_combination_is_written_as_facs_coders_do() -> None:
    assert combination(reading(AU4=1.2, AU12=(0.0, 3.4), AU43=0.6).sides) == ["AUR12C", "AU4A"]
    assert combination(reading().sides) == []


def test_every_expression_has_its_sub_divisions_and_their_names_count_up() -> None:
    with np.load(ARTEFACT) as file:
        known = {name: file[name] for name in EXPRESSIONS if name in file.files}
    assert set(known) == set(EXPRESSIONS) == set(NAMES)
    for expression, centres in known.items():
        assert centres.shape[1] == 2 * len(AUS)
        names = set()
        for centre in centres:
            sides = 5 * centre.reshape(len(AUS), 2).astype(np.float64)
            found = subdivision(expression, UnitReading(sides, sides))
            assert found is not None
            assert found.words
            names.add(found.name)
        assert names == {f"{NAMES[expression]}_ME{k + 1}" for k in range(len(centres))}


def test_the_artefact_is_small_and_for_these_units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ARTEFACT.stat().st_size < 1_000_000
    np.savez(tmp_path / "old.npz", units=np.array(AUS[::-1]), happy=np.zeros((2, 2 * len(AUS))))
    monkeypatch.setattr(assign, "ARTEFACT", tmp_path / "old.npz")
    with pytest.raises(ValueError, match=re.escape("old.npz was made for other action units")):
        subdivision("happy", reading(AU12=2.0))


def test_each_unit_is_drawn_in_a_place_of_its_own() -> None:
    from ml.studies.unit_map import PLACES, SIDE, unit_map

    assert set(PLACES) == set(AUS)
    alone = unit_map(np.eye(len(AUS))[:, :, None] * np.full(2, 5.0)).reshape(len(AUS), -1)
    assert alone.shape[1] == 3 * SIDE * SIDE
    unit = alone / np.linalg.norm(alone, axis=1, keepdims=True)
    alike = unit @ unit.T - np.eye(len(AUS))
    assert alike.max() < 0.75, "two units must not look the same to a convolution"


def test_the_map_tells_left_from_right() -> None:
    from ml.studies.unit_map import SIDE, unit_map

    left = unit_map(reading(AU12=(5.0, 0.0)).sides[None])[0]
    assert left[:, :, SIDE // 2 :].sum() > 5 * left[:, :, : SIDE // 2].sum(), (
        "the person's left is right in the picture"
    )
    np.testing.assert_allclose(left[:, :, ::-1], unit_map(reading(AU12=(0.0, 5.0)).sides[None])[0], atol=1e-6)
