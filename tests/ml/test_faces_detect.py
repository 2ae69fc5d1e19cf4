"""Every face is found once, none where there is none, and coordinates are those of the picture given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from ml.faces.decode import decode
from ml.faces.detect import Detector, _scaled, _suppress
from ml.faces.landmarks import Face, Landmarks

pytestmark = pytest.mark.shared


def rgb_of(path: Path) -> np.ndarray:
    return decode(path.read_bytes()).rgb


def test_people_and_groups(photos: Path, manifest: dict[str, dict[str, str]], detector: Detector) -> None:
    """At least 95 % of these photos show exactly the faces that are there (the issue's figure); today all do."""
    files = [f for f in manifest if f.startswith(("people/", "groups/"))]
    right = [len(detector.find(rgb_of(photos / f))) == int(manifest[f]["faces_expected"]) for f in files]
    assert len(files) == 75
    assert np.mean(right) >= 0.95


def test_nothing_where_there_is_no_face(photos: Path, detector: Detector) -> None:
    for path in (photos / "noface").iterdir():
        assert detector.find(rgb_of(path)) == [], path.name


def test_a_crowd_of_twenty(people: list[Path], detector: Detector) -> None:
    scene = np.full((960, 1280, 3), 150, dtype=np.uint8)
    for i, path in enumerate(people[:20]):
        face = cv2.resize(rgb_of(path), (100, 100), interpolation=cv2.INTER_AREA)
        top, left = 60 + (i // 5) * 230, 70 + (i % 5) * 240
        scene[top : top + 100, left : left + 100] = face
    found = detector.find(scene)
    assert 19 <= len(found) <= 20
    columns = sorted({round((float(d.box[0] + d.box[2]) / 2 - 120) / 240) for d in found})
    assert columns == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.5])
def test_boxes_are_in_pixels_of_the_picture(photos: Path, detector: Detector, scale: float) -> None:
    rgb = rgb_of(photos / "odd" / "quality_good.jpg")
    reference = detector.find(rgb, how="largest")[0]
    resized = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found = detector.find(resized, how="largest")[0]
    assert np.allclose(found.box / scale, reference.box, atol=12)
    assert np.allclose(found.points / scale, reference.points, atol=8)


def test_a_glance_suffices_for_a_selfie_and_only_for_one(photos: Path, people: list[Path], detector: Detector) -> None:
    """It finds the face that a full look finds; where there is a crowd, or somebody far away, it does not answer."""
    for path in people[::4]:
        rgb = rgb_of(path)
        (seen,) = detector._glance(rgb)
        full = max(detector._look(rgb, 320), key=lambda d: d.size)
        assert np.abs(seen.box - full.box).max() < 0.15 * full.size, path.name
    for name in ("three_people.jpg", "nine_in_a_call.jpg", "two_sizes.jpg"):
        assert detector._glance(rgb_of(photos / "groups" / name)) == [], name
    for path in (photos / "noface").iterdir():
        assert detector._glance(rgb_of(path)) == [], path.name
    small = cv2.copyMakeBorder(rgb_of(people[0]), 300, 300, 500, 500, cv2.BORDER_REPLICATE)
    assert detector._glance(small) == []
    assert len(detector.find(small, how="largest")) == 1


def test_a_face_that_only_the_glance_sees_is_there_for_all(photos: Path, detector: Detector) -> None:
    """A self-check looks for "all" where the largest is a stranger; it found nobody to compare then."""
    tight = np.ascontiguousarray(rgb_of(photos / "people" / "James_Kopp_0004.jpg")[72:284, 74:269])
    assert detector._look(tight, 320) == []
    assert len(detector.find(tight, how="largest")) == len(detector.find(tight, how="all")) == 1


@pytest.mark.parametrize("size", [(224, 168), (320, 240), (101, 77), (1008, 756)])
def test_a_scaled_picture_says_how_far_it_was_scaled(size: tuple[int, int]) -> None:
    columns, rows = np.meshgrid(np.arange(1007), np.arange(755))
    ramps = np.dstack([columns / 4, rows / 4, columns * 0]).astype(np.uint8)
    small, ratio = _scaled(ramps, size)
    assert small.shape == (size[1], size[0], 3)
    for x, y in ((5, 5), (size[0] - 6, size[1] - 6)):
        there = (np.array([x, y]) + 0.5) * ratio - 0.5
        assert np.allclose(small[y, x, :2], there / 4, atol=1.5)


def test_largest_first_and_small_ones_only_when_asked_for_all(photos: Path, detector: Detector) -> None:
    found = detector.find(rgb_of(photos / "groups" / "two_sizes.jpg"))
    assert len(found) == 2
    assert found[0].size > 2 * found[1].size


@pytest.mark.parametrize("how", ["all", "largest"])
def test_faces_upside_down_are_known_as_that(people: list[Path], detector: Detector, how: str) -> None:
    """Else they would be read, and wrongly; most of them: the surest few pass for upright."""

    def turned(rgb: np.ndarray) -> bool:
        (left, _), (right, _) = detector.find(np.ascontiguousarray(rgb), how=how)[0].points[:2]
        return bool(left > right)

    pictures = [rgb_of(path) for path in people[::6]]
    assert not any(turned(rgb) for rgb in pictures)
    assert sum(turned(rgb[::-1, ::-1]) for rgb in pictures) > 0.5 * len(pictures)


def test_two_hits_on_one_face_are_one(photos: Path, detector: Detector) -> None:
    found = detector.find(rgb_of(photos / "groups" / "three_people.jpg"))
    assert len(_suppress(found + found, detector._policy)) == 3


def test_landmarks_lie_on_the_face(people: list[Path], locate: Callable[[Path], Face]) -> None:
    """dlib's eyes, nose and mouth corners agree with RetinaFace's five points on every photo."""
    for path in people[::3]:
        face = locate(path)
        assert face.points.shape == (68, 2)
        assert face.disagreement < 0.11, path.name


def test_landmarks_find_back_to_a_face_beside_its_box(
    people: list[Path], detector: Detector, landmarks: Landmarks
) -> None:
    """As on a turned head in a tight picture, where dlib began beside the face and was lost."""
    for path in people[::10]:
        rgb = rgb_of(path)
        found = detector.find(rgb, how="largest")[0]
        aside = np.array([0.3, 0, 0.3, 0], dtype=np.float32) * (found.box[2] - found.box[0])
        assert landmarks.locate(rgb, replace(found, box=found.box + aside)).disagreement < 0.1, path.name


def test_landmarks_follow_a_tilted_head(photos: Path, locate: Callable[[Path], Face]) -> None:
    straight, tilted = (locate(photos / "odd" / f"{n}.jpg") for n in ("quality_good", "tilted_35deg"))
    assert np.degrees(straight.theta - tilted.theta) == pytest.approx(35, abs=3)
    assert np.abs(straight.chip.astype(int) - tilted.chip).mean() < 12


def test_aligned_eyes_are_level(people: list[Path], locate: Callable[[Path], Face]) -> None:
    for path in people[::10]:
        face = locate(path)
        a, b = face.eyes
        assert np.tan(face.theta) == pytest.approx((b[1] - a[1]) / (b[0] - a[0]))
