"""From an upload to a reading, its roll-ups and assessment, on real photos and a real queue."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, text
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.tables import Blob, DayRollup, HourRollup, Reading
from ml.emotions import EXPRESSIONS, expand
from tests.backend.conftest import Account

Work = Callable[[], Awaitable[None]]
Sessions = async_sessionmaker[AsyncSession]


async def test_a_photo_becomes_one_reading_a_day_and_an_assessment(ana: Account, work: Work, face: bytes) -> None:
    sent = await ana.photo(face)
    assert sent.status_code == 202
    await work()
    seen = (await ana.http.get(sent.headers["location"].removeprefix("/api/v1"))).json()
    assert seen["status"] == "read"
    reading = seen["reading"]
    assert set(reading["expression"]) == set(EXPRESSIONS)
    assert sum(reading["expression"].values()) == pytest.approx(1, abs=1e-4)
    assert reading["vector"] == pytest.approx(list(expand(list(reading["expression"].values()))), abs=1e-6)
    assert reading["top"] == max(reading["expression"], key=reading["expression"].get)

    today = (await ana.http.get("/mood/hours")).json()
    assert [hour["readings"] for hour in today["hours"]] == [1]
    assert today["hours"][0]["vector"] == pytest.approx(reading["vector"])
    days = (await ana.http.get("/mood/days")).json()["days"]
    assert days[-1]["vector"] == pytest.approx(reading["vector"])
    risk = (await ana.http.get("/risk/current")).json()
    assert (risk["assessment"]["level"], risk["assessment"]["learning"]) == ("none", True)


async def test_who_waits_gets_the_reading_with_the_answer(ana: Account, work: Work, face: bytes) -> None:
    sending = asyncio.create_task(ana.photo(face, Prefer="wait=20"))
    await asyncio.sleep(0.3)
    await work()
    sent = await sending
    assert sent.status_code == 201
    assert sent.headers["preference-applied"] == "wait=20"
    assert sent.json()["reading"]["model"]["name"]


async def test_who_does_not_wait_long_enough_is_told_where_to_ask(ana: Account, face: bytes) -> None:
    sent = await ana.photo(face, Prefer="wait=0.2")
    assert sent.status_code == 202
    assert sent.json()["status"] == "accepted"
    assert sent.headers["location"].endswith(sent.json()["id"])


async def test_no_photo_stays_behind(ana: Account, work: Work, face: bytes, sessions: Sessions) -> None:
    await ana.photo(face)
    async with sessions() as session:
        sealed = (await session.exec(select(Blob.sealed))).all()
    assert len(sealed) >= 1
    assert all(face[:64] not in blob for blob in sealed), "photos wait encrypted"
    await work()
    async with sessions() as session:
        assert (await session.exec(select(func.count()).select_from(Blob))).one() == 0


async def test_the_same_key_gives_the_same_answer_and_one_reading(
    ana: Account, work: Work, face: bytes, sessions: Sessions
) -> None:
    key = str(uuid4())
    first = await ana.photo(face, **{"Idempotency-Key": key})
    second = await ana.photo(face, **{"Idempotency-Key": key})
    await work()
    third = await ana.photo(face, **{"Idempotency-Key": key})
    assert first.json()["id"] == second.json()["id"] == third.json()["id"]
    assert third.status_code == 201
    async with sessions() as session:
        count = await session.exec(select(func.count()).where(col(Reading.person_id) == ana.id))
        assert count.one() == 1


async def test_the_same_key_with_another_photo_is_refused(ana: Account, face: bytes, people: list[Path]) -> None:
    key = str(uuid4())
    await ana.photo(face, **{"Idempotency-Key": key})
    other = await ana.photo(people[0].read_bytes(), **{"Idempotency-Key": key})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_concurrent_retries_of_one_photo_make_one_snapshot(ana: Account, face: bytes) -> None:
    key = str(uuid4())
    answers = await asyncio.gather(*(ana.photo(face, **{"Idempotency-Key": key}) for _ in range(5)))
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_without_consent_nothing_is_kept(sign_up: Callable, face: bytes, sessions: Sessions) -> None:
    stranger: Account = await sign_up()
    answer = await stranger.photo(face)
    assert (answer.status_code, answer.json()["code"]) == (403, "consent_missing")
    async with sessions() as session:
        found = await session.exec(
            text("select count(*) from snapshot where person_id = :id"), params={"id": stranger.id}
        )
        assert found.scalar_one() == 0


async def test_consent_withdrawn_before_the_reading_stops_it(ana: Account, work: Work, face: bytes) -> None:
    sent = await ana.photo(face)
    await ana.http.put("/me/consents/score_photos", json={"granted": False})
    await work()
    assert (await ana.http.get(f"/snapshots/{sent.json()['id']}")).status_code == 404
    assert (await ana.http.get("/readings")).json()["items"] == []


async def test_somebody_elses_snapshot_does_not_exist(ana: Account, sign_up: Callable, face: bytes) -> None:
    other: Account = await sign_up()
    sent = await ana.photo(face)
    assert (await other.http.get(f"/snapshots/{sent.json()['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        (timedelta(hours=-3), 202),
        (timedelta(days=-59), 202),
        (timedelta(days=-61), 422),
        (timedelta(minutes=5), 202),
        (timedelta(hours=2), 422),
    ],
)
async def test_late_photos_count_impossible_times_do_not(
    ana: Account, face: bytes, moment: timedelta, status: int
) -> None:
    when = (datetime.now(UTC) + moment).isoformat()
    answer = await ana.http.post("/snapshots", files={"file": ("x", face)}, data={"captured_at": when})
    assert answer.status_code == status, answer.text
    if status == 422:
        assert answer.json()["code"] == "captured_at_invalid"


async def test_a_late_photo_lands_in_its_own_hour(ana: Account, work: Work, face: bytes) -> None:
    when = (datetime.now(UTC) - timedelta(days=3)).replace(hour=14, minute=35)
    await ana.http.post("/snapshots", files={"file": ("x", face)}, data={"captured_at": when.isoformat()})
    await work()
    hours = (await ana.http.get("/mood/hours", params={"day": str(when.date())})).json()["hours"]
    assert [hour["hour"][:16] for hour in hours] == [when.strftime("%Y-%m-%dT14:00")]


async def test_deleting_a_reading_takes_back_all_that_followed(
    ana: Account, work: Work, face: bytes, sessions: Sessions
) -> None:
    await ana.photo(face)
    await work()
    (reading,) = (await ana.http.get("/readings")).json()["items"]
    assert (await ana.http.delete(f"/readings/{reading['id']}")).status_code == 204
    await work()
    async with sessions() as session:
        for table in (HourRollup, DayRollup):
            left = await session.exec(select(func.count()).where(col(table.person_id) == ana.id))
            assert left.one() == 0
    assert (await ana.http.get("/risk/current")).json()["assessment"] is None


async def test_readings_come_by_page_without_gaps_or_repeats(ana: Account, work: Work, face: bytes) -> None:
    for minutes in range(5):
        when = (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()
        await ana.http.post("/snapshots", files={"file": ("x", face)}, data={"captured_at": when})
    await work()
    seen, cursor = [], None
    while True:
        page = (await ana.http.get("/readings", params={"limit": 2, **({"cursor": cursor} if cursor else {})})).json()
        seen += [item["captured_at"] for item in page["items"]]
        if not (cursor := page["next_cursor"]):
            break
    assert len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)
    assert (await ana.http.get("/readings", params={"cursor": "nonsense"})).json()["code"] == "cursor_invalid"


async def test_feedback_is_kept_beside_the_reading(ana: Account, work: Work, face: bytes) -> None:
    await ana.photo(face)
    await work()
    (reading,) = (await ana.http.get("/readings")).json()["items"]
    answer = await ana.http.post(f"/readings/{reading['id']}/feedback", json={"agrees": False, "felt": "sad"})
    assert (answer.json()["agrees"], answer.json()["felt"]) == (False, "sad")
    assert answer.json()["vector"] == reading["vector"]
    misspelt = await ana.http.post(f"/readings/{reading['id']}/feedback", json={"agrees": False, "feels": "happy"})
    assert misspelt.json()["errors"][0]["field"] == "feels", "else it would be lost without a word"


async def test_a_body_over_the_limit_is_refused_before_it_is_read(ana: Account) -> None:
    answer = await ana.http.post("/snapshots", content=b"x", headers={"content-length": "999999999"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


ODD = {
    "empty.jpg": {422},
    "header_only.jpg": {422},
    "truncated.jpg": {422},
    "text_renamed.jpg": {415},
    "bomb_30000x30000.png": {413},
    "animated.gif": {415, 422},
}


async def test_every_odd_file_gets_its_named_answer(ana: Account, work: Work, photos: Path) -> None:
    """Refused at once with a code, or accepted and then read, abstained from, or rejected with a code."""
    for path in sorted((photos / "odd").iterdir()):
        sent = await ana.photo(path.read_bytes())
        if sent.status_code == 202:
            await work()
            sent = await ana.http.get(f"/snapshots/{sent.json()['id']}")
            status = 422 if sent.json()["status"] == "rejected" else 201
            assert sent.json()["status"] in ("read", "rejected"), path.name
        else:
            status = sent.status_code
            assert sent.json()["code"] in ("empty_file", "unsupported_format", "too_large", "damaged"), path.name
        assert status in ODD.get(path.name, {201, 413, 415, 422}), (path.name, sent.text)
        if path.name.startswith(("quality_good", "exif_", "jpeg_named", "photo.", "large_")):
            assert status == 201, (path.name, sent.text)
