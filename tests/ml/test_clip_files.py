"""What is let in as a clip, told from its bytes; and what a decoder makes of it."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.clips import container
from ml.clips.container import ClipError, inspect
from ml.clips.frames import FramePolicy, read_frames
from tests.ml import clip_files


def grey(count: int) -> list[np.ndarray]:
    return [np.full((48, 64, 3), k % 255, np.uint8) for k in range(count)]


@pytest.mark.parametrize(
    ("data", "kind", "seconds"),
    [
        (clip_files.mp4(6.0), "mp4", 6.0),
        (clip_files.mp4(6.0, b"qt  "), "mov", 6.0),
        (clip_files.mp4(None), "mp4", None),
        (clip_files.webm(7.5), "webm", 7.5),
        (clip_files.webm(None, live=True), "webm", None),
        (clip_files.mp4(20.9), "mp4", 20.9),
    ],
)
def test_format_and_length_come_from_the_bytes(data: bytes, kind: str, seconds: float | None) -> None:
    seen = inspect(data)
    assert seen.format == kind
    assert seen.seconds == (pytest.approx(seconds) if seconds else None)


@pytest.mark.parametrize(
    ("data", "code", "status"),
    [
        (b"", "empty_file", 422),
        (b"GIF89a" + bytes(100), "unsupported_format", 415),
        (b"\xff\xd8\xff\xe0" + bytes(100), "unsupported_format", 415),
        (b"RIFF\x00\x00\x00\x00AVI LIST" + bytes(50), "unsupported_format", 415),
        (bytes(4) + b"ftypheic" + bytes(100), "unsupported_format", 415),
        (clip_files.mp4(600.0), "too_long", 422),
        (clip_files.webm(600.0), "too_long", 422),
        (clip_files.mp4(1.0), "too_short", 422),
        (clip_files.mp4(5.0)[:60], "damaged", 422),
        (clip_files.mp4(5.0, track=False), "no_frames", 422),
        (clip_files.webm(5.0, cluster=False), "no_frames", 422),
        (clip_files.mp4(5.0, kind=b"soun"), "no_frames", 422),
        (clip_files.webm(5.0, kind=2), "no_frames", 422),
        (clip_files.webm(5.0)[:30], "damaged", 422),
    ],
)
def test_what_cannot_be_read_gets_its_name(data: bytes, code: str, status: int) -> None:
    with pytest.raises(ClipError) as refused:
        inspect(data)
    assert (refused.value.code, refused.value.status) == (code, status)
    assert str(refused.value).endswith(".")


def test_a_clip_over_the_limit_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(container.ClipTooLarge) as refused:
        inspect(clip_files.mp4(5.0) + bytes(30), container.ClipLimits(max_bytes=100))
    assert refused.value.status == 413


@given(at=st.integers(0, 300), noise=st.binary(min_size=1, max_size=20), live=st.booleans())
def test_any_bytes_are_answered_with_a_name_or_a_header(at: int, noise: bytes, live: bool) -> None:
    for data in (clip_files.mp4(5.0), clip_files.webm(5.0, live=live)):
        spoiled = data[:at] + noise + data[at + len(noise) :]
        with contextlib.suppress(ClipError):  # any other exception is a bug
            assert inspect(spoiled).format in ("mp4", "mov", "webm")


def test_frames_carry_their_own_times(tmp_path: Path) -> None:
    path = clip_files.write(tmp_path / "a.mp4", grey(48), 12)
    seen = list(read_frames(path.read_bytes()))
    assert len(seen) == 48
    assert [frame.seconds for frame in seen] == pytest.approx([k / 12 for k in range(48)], abs=2e-3)
    assert seen[0].rgb.shape == (48, 64, 3)


def test_webm_is_read_too(tmp_path: Path) -> None:
    path = clip_files.write(tmp_path / "a.webm", grey(60), 15, "VP80")
    assert inspect(path.read_bytes()).format == "webm"
    assert len(list(read_frames(path.read_bytes()))) == 60


def test_more_pictures_a_second_than_needed_are_thinned_out(tmp_path: Path) -> None:
    path = clip_files.write(tmp_path / "a.mp4", grey(240), 60)
    seen = list(read_frames(path.read_bytes()))
    assert 118 <= len(seen) <= 122
    assert np.diff([frame.seconds for frame in seen]) == pytest.approx(np.full(len(seen) - 1, 1 / 30), abs=0.02)
    assert len(list(read_frames(path.read_bytes(), FramePolicy(rate=10)))) == pytest.approx(40, abs=1)


def test_large_pictures_are_made_small(tmp_path: Path) -> None:
    large = [np.full((720, 1280, 3), 90, np.uint8)] * 36
    path = clip_files.write(tmp_path / "a.mp4", large, 12)
    assert next(iter(read_frames(path.read_bytes()))).rgb.shape == (360, 640, 3)


def test_a_length_that_the_file_hides_is_found_while_reading(tmp_path: Path) -> None:
    """As a browser's recorder leaves it: no duration. Reading stops soon after the limit, not at the end."""
    path = clip_files.write(tmp_path / "a.mp4", grey(1200), 2)
    data = bytearray(path.read_bytes())
    at = data.index(b"mvhd") + 4
    data[at + 16 : at + 20] = bytes(4)
    assert inspect(bytes(data)).seconds is None
    seen = []
    with pytest.raises(container.ClipTooLong):
        seen.extend(read_frames(bytes(data)))
    assert len(seen) <= 45


def answer_to(data: bytes) -> str:
    """The code of the refusal, or how many frames there were."""
    try:
        inspect(data)
        return str(len(list(read_frames(data))))
    except ClipError as error:
        return error.code


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda folder: clip_files.empty(folder / "a.mp4").read_bytes(), "no_frames"),
        (lambda folder: clip_files.write(folder / "a.mp4", grey(10), 10).read_bytes(), "too_short"),
        (lambda folder: clip_files.write(folder / "a.mp4", grey(1200), 2).read_bytes(), "too_long"),
        (lambda folder: clip_files.mp4(5.0), "damaged"),
        (lambda folder: clip_files.webm(5.0), "damaged"),
        (lambda folder: clip_files.AV1, "unsupported_format"),
    ],
)
def test_what_cannot_be_decoded_gets_its_name(tmp_path: Path, make, code: str) -> None:
    assert answer_to(make(tmp_path)) == code


def test_a_clip_that_was_cut_off_is_damaged_or_as_long_as_it_still_is(photos: Path) -> None:
    whole = (photos / "clip" / "neutral_happy_sad.mp4").read_bytes()
    for share in (0.2, 0.5, 0.9):
        said = answer_to(whole[: round(share * len(whole))])
        assert said in ("damaged", "too_short") or int(said) < 144


def test_nothing_is_written_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "watched"))
    (tmp_path / "watched").mkdir()
    data = clip_files.write(tmp_path / "a.mp4", grey(40), 12).read_bytes()
    for _ in read_frames(data):
        assert list((tmp_path / "watched").iterdir()) == []
