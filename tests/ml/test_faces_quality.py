"""Each gate closes on the photo made for it and stays open for people's real photos."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args

import cv2
import numpy as np
import pytest

from ml.faces.advice import ADVICE, Reason
from ml.faces.crop import CRISPNESS, FRAMING, SIDE, crop, face_scale, sharpen
from ml.faces.decode import decode
from ml.faces.landmarks import Face
from ml.faces.measure import measure
from ml.faces.quality import Quality, QualityPolicy, covered, head_pose, judge, sharpness

GOOD = Quality(
    face_px=200,
    sharpness=0.4,
    brightness=120,
    contrast=45,
    yaw=5,
    pitch=-5,
    roll=2,
    detection=0.99,
    disagreement=0.03,
    covered=0.0,
)


def quality_of(path: Path, locate: Callable[[Path], Face]) -> Quality:
    face = locate(path)
    return measure(face, crop(decode(path.read_bytes()).rgb, face))


def test_every_reason_has_a_sentence() -> None:
    assert set(ADVICE) == set(get_args(Reason))
    assert all(s.endswith(".") and len(s) > 40 for s in ADVICE.values())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"face_px": 10.0}, "too_small"),
        ({"brightness": 12.0}, "too_dark"),
        ({"contrast": 3.0}, "too_dark"),
        ({"sharpness": 0.01}, "blurred"),
        ({"yaw": -70.0}, "turned_away"),
        ({"pitch": 60.0}, "turned_away"),
        ({"roll": 178.0}, "turned_away"),
        ({"disagreement": 0.3}, "turned_away"),
        ({"covered": 0.6}, "uncertain"),
        ({"face_px": 10.0, "sharpness": 0.01}, "too_small"),
    ],
)
def test_judgement(change: dict[str, float], reason: str | None) -> None:
    assert judge(replace(GOOD, **change)) == reason


def test_a_stricter_policy_refuses_more() -> None:
    assert judge(GOOD, QualityPolicy(min_face_px=300)) == "too_small"


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("tiny_24px.jpg", "too_small"),
        ("quality_dark.jpg", "too_dark"),
        ("quality_blurred.jpg", "blurred"),
        ("occluded_half.jpg", "turned_away"),
        ("occluded_mask.jpg", "uncertain"),
        ("upside_down.jpg", "turned_away"),
        ("quality_good.jpg", None),
        ("quality_noisy.jpg", None),
        ("tilted_35deg.jpg", None),
        ("small_48px.png", None),
        ("cut_by_edge.jpg", "uncertain"),
    ],
)
def test_odd_photos(photos: Path, locate: Callable[[Path], Face], name: str, reason: str | None) -> None:
    assert judge(quality_of(photos / "odd" / name, locate)) == reason


@pytest.mark.shared
def test_no_readable_photo_is_refused(people: list[Path], locate: Callable[[Path], Face]) -> None:
    assert {p.name: r for p in people if (r := judge(quality_of(p, locate)))} == {}


def test_sharpness_falls_with_blur_and_ignores_light() -> None:
    noise = cv2.GaussianBlur(np.random.default_rng(1).normal(128, 60, (48, 48)), (0, 0), 1).clip(0, 255)
    values = [sharpness(cv2.GaussianBlur(noise, (0, 0), s).astype(np.uint8)) for s in (0.1, 1, 2, 4)]
    assert values == sorted(values, reverse=True)
    assert sharpness((noise / 2 + 40).astype(np.uint8)) == pytest.approx(sharpness(noise.astype(np.uint8)), rel=0.1)
    assert sharpness(np.full((48, 48), 9, dtype=np.uint8)) == 0.0


def test_covered_counts_flat_parts() -> None:
    noise = np.random.default_rng(2).integers(0, 255, (48, 48), dtype=np.uint8)
    half = noise.copy()
    half[28:] = 90
    assert covered(noise) == 0.0
    assert covered(half) == pytest.approx(0.5)


@pytest.mark.shared
def test_a_mirrored_face_looks_the_other_way(photos: Path, locate: Callable[[Path], Face]) -> None:
    face = locate(photos / "people" / "Celine_Dion_0005.jpg")
    order = [*range(16, -1, -1), *range(26, 16, -1), *range(27, 31), *range(35, 30, -1), *range(45, 41, -1), 47, 46]
    order += [39, 38, 37, 36, 41, 40, *range(54, 47, -1), *range(59, 54, -1), *range(64, 59, -1), 67, 66, 65]
    mirrored = face.in_patch[order] * (-1, 1) + (256, 0)
    yaw, pitch = head_pose(face.in_patch, 256)
    other_yaw, other_pitch = head_pose(mirrored, 256)
    assert abs(yaw) > 25
    assert other_yaw == pytest.approx(-yaw, abs=1)
    assert other_pitch == pytest.approx(pitch, abs=1)


@pytest.mark.shared
def test_the_crop_is_framed_like_the_training_crops(people: list[Path], locate: Callable[[Path], Face]) -> None:
    """Wherever the face lies and however large it is, its points end up where FER-2013 has them."""
    for path in people[::5]:
        face = locate(path)
        assert crop(decode(path.read_bytes()).rgb, face).shape == (SIDE, SIDE)
        assert FRAMING.side * face_scale(face.points) > 100


def test_soft_crops_become_as_crisp_as_training_crops_and_crisp_ones_stay() -> None:
    noise = np.random.default_rng(4).normal(128, 50, (48, 48)).clip(0, 255).astype(np.uint8)
    soft = cv2.GaussianBlur(noise, (0, 0), 2.0)
    assert np.array_equal(sharpen(noise), noise)
    assert sharpness(soft) < CRISPNESS.target
    assert sharpness(soft) * 1.5 < sharpness(sharpen(soft)) <= 2 * CRISPNESS.target
    flat = np.full((48, 48), 60, dtype=np.uint8)
    assert np.array_equal(sharpen(flat), flat)
