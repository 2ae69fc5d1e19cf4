"""A face's sub-division is the nearest centre of its expression, named by what its faces share."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from ml.emotions import EXPRESSIONS
from ml.subdivisions import assign
from ml.subdivisions.assign import ARTEFACT, NAMES, features, subdivision
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
    happy = np.zeros((2, len(AUS)))
    happy[:, AUS.index("AU12")] = 0.9
    happy[1, [AUS.index("AU6"), AUS.index("AU25")]] = 0.8
    shared = np.array(["AU12B", "AU12D AU25C AU6B"])
    np.savez(tmp_path / "sub.npz", units=np.array(AUS), scale="1", happy=happy, happy_units=shared)
    monkeypatch.setattr(assign, "ARTEFACT", tmp_path / "sub.npz")


@pytest.mark.usefixtures("centres")
def test_a_face_falls_to_the_nearest_combination() -> None:
    small = subdivision("happy", reading(AU12=1.5, AU6=0.6))
    large = subdivision("happy", reading(AU12=3.5, AU25=3.5))
    assert small is not None
    assert large is not None
    assert small.as_dict() == {
        "name": "Happiness_ME1",
        "units": ["AU12B"],
        "words": "corners of the mouth pulled up",
    }
    assert (large.name, large.units) == ("Happiness_ME2", ("AU12D", "AU25C", "AU6B"))
    assert large.words == "corners of the mouth pulled up, lips apart, cheeks raised"
    assert subdivision("fear", reading(AU12=1.5)) is None, "nothing is known of fear's"


def test_a_unit_counts_where_it_is_present_on_either_side() -> None:
    seen = features(reading(AU4=1.2, AU12=(0.0, 3.4), AU43=0.6))
    assert {unit for unit, there in zip(AUS, seen, strict=True) if there} == {"AU4", "AU12"}


def test_the_shipped_artefact_knows_every_expression() -> None:
    with np.load(ARTEFACT) as file:
        known = {name: file[name] for name in EXPRESSIONS if name in file.files}
    assert set(known) == set(EXPRESSIONS) == set(NAMES)
    for expression, centres in known.items():
        assert centres.shape[1] == len(AUS)
        assert ((centres > -1e-6) & (centres < 1 + 1e-6)).all()
        rounded = [UnitReading(sides, sides) for sides in 2.0 * (centres >= 0.5)[:, :, None].repeat(2, axis=2)]
        found = [subdivision(expression, one) for one in rounded]
        assert all(one is not None and one.words for one in found)
        assert {one.name for one in found if one} <= {f"{NAMES[expression]}_ME{k + 1}" for k in range(len(centres))}


def test_a_smile_and_raised_brows_have_places_of_their_own() -> None:
    smile, laugh = (
        subdivision("happy", reading(AU12=2.0)),
        subdivision("happy", reading(AU12=4, AU10=3, AU25=3, AU16=3)),
    )
    assert smile is not None
    assert laugh is not None
    assert smile.name != laugh.name
    assert {unit.rstrip("ABCDE") for unit in smile.units} == {"AU12"}
    brows = subdivision("surprise", reading(AU1=3, AU2=3, AU5=3))
    assert brows is not None
    assert {"AU1", "AU2"} <= {unit.rstrip("ABCDE") for unit in brows.units}


def test_the_artefact_is_small_and_for_these_units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ARTEFACT.stat().st_size < 1_000_000
    np.savez(tmp_path / "old.npz", units=np.array(AUS[::-1]), happy=np.zeros((2, len(AUS))))
    monkeypatch.setattr(assign, "ARTEFACT", tmp_path / "old.npz")
    with pytest.raises(ValueError, match=re.escape("old.npz was made for other action units")):
        subdivision("happy", reading(AU12=2.0))


@pytest.mark.train
@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
def test_combinations_that_are_there_are_found() -> None:
    pytest.importorskip("torch")
    from ml.studies.subdivisions import _emotion

    rng = np.random.default_rng(0)
    groups = ({"AU12": 2.5}, {"AU1": 3.5, "AU2": 1.5}, {"AU4": 2.5, "AU7": 2.5}, {"AU25": 4.5, "AU26": 4.5})
    faces = [
        reading(**{unit: value + rng.uniform(-0.4, 0.4) for unit, value in group.items()})
        for group, number in zip(groups, (40, 30, 20, 10), strict=True)
        for _ in range(number)
    ]
    table, centres = _emotion("happy", faces)
    assert table["k"] == 4
    assert table["silhouette"] > 0.99
    assert [(line["name"], sorted(line["units"]), line["share"]) for line in table["subdivisions"]] == [
        ("Happiness_ME1", ["AU12B"], 0.4),
        ("Happiness_ME2", ["AU1C", "AU2A"], 0.3),
        ("Happiness_ME3", ["AU4B", "AU7B"], 0.2),
        ("Happiness_ME4", ["AU25D", "AU26D"], 0.1),
    ]
    np.testing.assert_array_equal(centres[0] > 0.5, np.array(AUS) == "AU12")


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
