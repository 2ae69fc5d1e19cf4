"""A network camera over RTSP: its pictures arrive, its password is used and never shown, and a dead line ends."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice, pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ml.camera.sources import Source, SourceError, live_frames, parse
from tests.ml.rtsp_camera import RtspCamera

COLOURS = ((200, 40, 40), (40, 180, 60), (50, 60, 210))  # red, green, blue as RGB


def plain(colour: tuple[int, int, int], height: int = 240, width: int = 320) -> bytes:
    rgb = np.full((height, width, 3), colour, dtype=np.uint8)
    return jpeg(rgb)


def jpeg(rgb: NDArray[np.uint8]) -> bytes:
    usual = [cv2.IMWRITE_JPEG_QUALITY, 92, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420]
    return cv2.imencode(".jpg", rgb[:, :, ::-1], usual)[1].tobytes()


def address(camera: RtspCamera, login: str = "") -> Source:
    return parse(f"rtsp://{login}127.0.0.1:{camera.port}/door")


def test_its_pictures_arrive_in_order_and_now() -> None:
    before = datetime.now(UTC)
    with RtspCamera([plain(c) for c in COLOURS], frames=60) as camera:
        frames = list(islice(live_frames(address(camera), 1), 6))
    assert {frame.rgb.shape for frame in frames} == {(240, 320, 3)}
    seen = [int(np.argmax(frame.rgb.mean((0, 1)))) for frame in frames]
    assert [(b - a) % 3 for a, b in pairwise(seen)] == [1] * 5
    assert all(before <= frame.moment <= datetime.now(UTC) for frame in frames)


def test_a_face_is_found_in_them(photos: Path, tmp_path: Path) -> None:
    from ml.pipeline import FacePipeline

    photo = cv2.imread(str(photos / "odd" / "quality_good.jpg"))
    rgb = np.ascontiguousarray(photo[: photo.shape[0] // 16 * 16, : photo.shape[1] // 16 * 16, ::-1])
    with RtspCamera([jpeg(rgb)], frames=40) as camera:
        frame = next(live_frames(address(camera), 1))
    good, file = cv2.imencode(".png", frame.rgb[:, :, ::-1])
    assert good
    assert len(FacePipeline(tmp_path).read(file.tobytes())) == 1


def test_the_password_is_used_and_stays_out_of_the_name() -> None:
    with RtspCamera([plain(COLOURS[0])], frames=40, login="door:s3cret") as camera:
        source = address(camera, "door:s3cret@")
        assert next(live_frames(source, 1)).rgb.shape == (240, 320, 3)
        assert "s3cret" not in source.name
        with pytest.raises(SourceError, match="cannot be opened") as failed:
            next(live_frames(address(camera, "door:wrong@"), 1))
    assert "wrong" not in str(failed.value)


@pytest.mark.parametrize("stalls", [False, True], ids=["hangs up", "says nothing more"])
def test_a_line_that_dies_ends_so_that_the_agent_can_try_again(stalls: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.camera.sources.OPEN_TIMEOUT_MS", 1_500)
    with RtspCamera([plain(c) for c in COLOURS], frames=30, stalls=stalls) as camera:
        frames = live_frames(address(camera), 1)
        assert len(list(islice(frames, 20))) == 20
        with pytest.raises(SourceError, match="sends no more frames"):
            list(frames)
