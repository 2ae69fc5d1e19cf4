"""From raw measures to presence and intensity: the scale, the sides, a person's own face at rest. No model needed."""

from __future__ import annotations

import numpy as np
import pytest

from ml.units.answer import answer
from ml.units.calibrate import scale_of
from ml.units.grade import UnitReading, grade, letter, shipped_scale
from ml.units.measures import LEFT, RIGHT, SHAPES, measure
from ml.units.names import AUS, BY_CODE, UNITS, VECTOR_NAMES
from ml.units.resting import from_bytes, to_bytes

SCALE = shipped_scale()


def reading(**sides: tuple[float, float]) -> UnitReading:
    """Intensities by unit, left and right; everything else at rest."""
    table = np.zeros((len(AUS), 2))
    for au, pair in sides.items():
        table[AUS.index(au)] = pair
    return UnitReading(table, SCALE.rest)


def test_names_are_the_papers() -> None:
    assert [BY_CODE[au].name for au in ("AU1", "AU4", "AU12", "AU15", "AU43")] == [
        "Inner brow raiser",
        "Brow lowerer",
        "Lip corner puller",
        "Lip corner depressor",
        "Eyes closed",
    ]
    assert list(AUS) == sorted(AUS, key=lambda au: int(au[2:]))
    assert VECTOR_NAMES[0] == "AU1_present"
    assert VECTOR_NAMES[len(AUS)] == "AU1_intensity"


def test_thresholds_rise_for_every_unit() -> None:
    assert (SCALE.rest < SCALE.on).all()
    assert (SCALE.on < SCALE.full).all()


@pytest.mark.parametrize(
    ("raw", "intensity", "present"), [("rest", 0.0, False), ("on", 1.0, True), ("full", 5.0, True)]
)
def test_rest_is_nothing_on_is_a_trace_full_is_the_most(raw: str, intensity: float, present: bool) -> None:
    seen = grade(getattr(SCALE, raw))
    assert seen.intensity == pytest.approx(np.full(len(AUS), intensity))
    assert (seen.present == present).all()


def test_intensity_never_falls_as_a_movement_grows() -> None:
    steps = [grade(SCALE.rest + share * (SCALE.full - SCALE.rest)).intensity for share in np.linspace(-1, 2, 60)]
    assert (np.diff(np.array(steps), axis=0) >= 0).all()
    assert np.array(steps).min() == 0.0
    assert np.array(steps).max() == 5.0


def test_letters() -> None:
    assert [letter(v) for v in (1.0, 1.99, 2.0, 3.5, 4.99, 5.0)] == list("AABCDE")


def test_codes_are_written_as_facs_coders_do() -> None:
    seen = reading(AU6=(2.2, 2.4), AU12=(3.1, 3.3), AU25=(5.0, 5.0))
    assert seen.code == "6B+12C+25E"
    assert seen.side(AUS.index("AU12")) is None


def test_a_movement_of_one_side_is_named_by_it_and_is_as_strong_as_that_side() -> None:
    seen = reading(AU12=(0.2, 3.4), AU2=(2.5, 0.1))
    assert seen.code == "L2B+R12C"
    assert seen.intensity[AUS.index("AU12")] == pytest.approx(3.4)


def test_small_differences_of_the_sides_are_noise() -> None:
    seen = reading(AU12=(0.8, 1.4))
    assert seen.code == "12A"
    assert seen.intensity[AUS.index("AU12")] == pytest.approx(1.1)


def test_the_persons_own_face_at_rest_is_zero_for_them() -> None:
    """Somebody whose brows are low by nature is not read as frowning, and a real frown still is."""
    row = AUS.index("AU4")
    low_brows = SCALE.rest.copy()
    low_brows[row] = SCALE.on[row] + 0.3 * (SCALE.full[row] - SCALE.on[row])
    assert grade(low_brows).present[row]
    at_rest = grade(low_brows, neutral=low_brows)
    assert at_rest.calibrated
    assert not at_rest.present[row]
    frowning = low_brows.copy()
    frowning[row] = SCALE.full[row] + 2.0
    assert grade(frowning, neutral=low_brows).present[row]


def test_an_odd_enrolment_moves_the_zero_only_so_far() -> None:
    """Enrolled with a broad smile by mistake: a smile is still seen."""
    smiling = grade(SCALE.full, neutral=SCALE.full + 100.0)
    assert smiling.present.all()
    still = grade(SCALE.rest, neutral=SCALE.rest - 100.0)
    assert not still.present.any()


def test_the_answer_lists_what_is_present_with_names_letters_and_plain_words() -> None:
    said = reading(AU12=(3.1, 3.3), AU1=(1.5, 1.5)).as_dict()
    assert [one["unit"] for one in said["present"]] == ["AU1", "AU12"]
    smile = said["present"][1]
    assert (smile["letter"], smile["name"], smile["side"]) == ("C", "Lip corner puller", None)
    assert smile["words"] == "corners of the mouth pulled up"
    assert (smile["left"], smile["right"]) == (3.1, 3.3)
    assert "left" not in said["present"][0], "the inner brow is not told apart by side"
    assert list(said["intensity"]) == list(AUS)


def test_without_the_extra_the_answer_says_what_is_missing_and_how_to_add_it() -> None:
    said = answer(None, scored=True, installed=False)
    assert said is not None
    assert (said["measured"], said["missing"]) == (False, "clips")
    assert "pip install --editable '.[clips]'" in said["detail"]
    assert answer(None, scored=True, installed=True) != said
    assert answer(None, scored=False, installed=False) is None


def test_a_face_at_rest_survives_its_bytes_and_another_versions_does_not_open() -> None:
    resting = np.arange(2.0 * len(AUS)).reshape(len(AUS), 2)
    assert from_bytes(to_bytes(resting)) == pytest.approx(resting)
    assert from_bytes(to_bytes(resting).replace(b"AU43", b"AU45")) is None


def test_every_unit_is_measured_and_each_side_follows_its_own_blendshape() -> None:
    names = {name for pair in SHAPES.values() for name in pair} | {"cheekSquintLeft", "cheekSquintRight"}
    points = np.random.default_rng(1).normal(size=(478, 3))
    calm = dict.fromkeys(names, 0.1)
    base = measure(calm, points)
    assert base.shape == (len(UNITS), 2)
    assert np.isfinite(base).all()
    winking = measure({**calm, "eyeBlinkLeft": 0.9}, points)
    row = AUS.index("AU43")
    assert winking[row, LEFT] > base[row, LEFT]
    assert winking[row, RIGHT] == base[row, RIGHT]


def test_extreme_shares_stay_finite() -> None:
    names = {name for pair in SHAPES.values() for name in pair} | {"cheekSquintLeft", "cheekSquintRight"}
    points = np.zeros((478, 3))
    points[:, 0] = np.arange(478)
    for share in (0.0, 1.0):
        assert np.isfinite(measure(dict.fromkeys(names, share), points)).all()


def test_the_scale_is_what_neutral_faces_and_all_faces_show() -> None:
    generator = np.random.default_rng(11)
    neutral = np.arange(2000) < 1000
    raw = generator.normal(0, 1, (2000, len(AUS), 2)) + np.where(neutral, 0, 4)[:, None, None]
    written = scale_of(raw, neutral)
    assert written["units"] == list(AUS)
    assert (written["faces"], written["neutral"]) == (2000, 1000)
    assert np.array(written["rest"]) == pytest.approx(np.zeros((len(AUS), 2)), abs=0.15)
    assert np.array(written["on"]) == pytest.approx(np.full((len(AUS), 2), 1.645), abs=0.25)
    assert (np.array(written["full"]) > 5.5).all()


def test_a_unit_that_never_moves_does_not_fall_from_nothing_to_most() -> None:
    written = scale_of(np.zeros((50, len(AUS), 2)), np.arange(50) < 25)
    rest, on, full = (np.array(written[name]) for name in ("rest", "on", "full"))
    assert (rest < on).all()
    assert (on < full).all()
