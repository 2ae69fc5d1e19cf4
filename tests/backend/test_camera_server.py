"""The server's side of the office camera: who may be known, readings in, frames in, and nothing of anybody else."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import select
from starlette.requests import ClientDisconnect

from backend.camera.policy import LIMITS, unbroken_since
from backend.db import transaction
from backend.people.policy import TERMS, Given
from backend.rollup.aggregate import TimedVector, roll_up
from backend.tables import DayRollup, FaceTemplate, HourRollup, Reading
from ml.camera.sealing import Unsealable
from ml.camera.templates import unpack
from tests.backend.camera_world import VECTOR, Agent, agreed_long_ago, enrol, everything, looked, reading
from tests.backend.conftest import Account, make_home


@pytest.fixture
async def boss(sign_up) -> Account:
    return await sign_up("admin")


@pytest.fixture
async def agent(boss: Account, app_client: Callable[[], httpx.AsyncClient]):
    made = await boss.http.post("/admin/cameras", json={"name": "Door", "place": "Lobby"})
    assert made.status_code == 201, made.text
    async with app_client() as http:
        yield Agent(http, made.json())


@pytest.fixture
async def tablet(boss: Account, app_client: Callable[[], httpx.AsyncClient]):
    """Or a thin device: the server reads its frames."""
    made = await boss.http.post("/admin/cameras", json={"name": "Tablet", "frames_only": True})
    assert made.json()["frames_only"]
    async with app_client() as http:
        yield Agent(http, made.json())


@pytest.fixture
async def known(ana: Account, sessions, resources) -> Account:
    """Ana with consent and a template that holds no real face: for what needs no network."""
    await ana.consent("office_camera")
    sealed = resources.vault.seal(b"dlib-resnet-v1\0" + b"\0\0\x80?" * 128, f"template:{ana.id}")
    async with transaction(sessions) as session:
        session.add(FaceTemplate(person_id=UUID(ana.id), sealed=sealed, photos=1, model_version="dlib-resnet-v1"))
    return ana


async def jobs(sessions, step: str, person: str) -> int:
    async with sessions() as session:
        found = await session.exec(
            text(
                "select count(*) from pgqueuer where entrypoint = :step and convert_from(payload, 'UTF8') like '%' || :p || '%'"
            ),
            params={"step": step, "p": person},
        )
        return int(found.scalar_one())


# Templates -----------------------------------------------------------------------------------------------------------


async def test_templates_are_those_of_people_who_agreed_and_only_this_key_opens_them(agent: Agent, known, sign_up):
    stranger = await sign_up()
    found = (await agent.templates()).json()
    assert [one.person_id for one in unpack(agent.key, found["version"], found["sealed"])] == [known.id]
    assert stranger.id not in str(found)
    with pytest.raises(Unsealable):
        unpack("evk_camera_another", found["version"], found["sealed"])
    with pytest.raises(Unsealable):
        unpack(agent.key, "another version", found["sealed"])


async def test_unchanged_templates_are_not_sent_again(agent: Agent, known):
    version = (await agent.templates()).json()["version"]
    again = await agent.templates(version)
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("how", ["withdraw", "delete template", "erase account"])
async def test_an_agent_that_waits_hears_of_the_end_at_once(agent: Agent, known, how):
    """Long before the wait is over: the trigger speaks, whoever wrote."""
    version = (await agent.templates()).json()["version"]
    waiting = asyncio.create_task(agent.templates(version, wait=20))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    if how == "withdraw":
        await known.http.put("/me/consents/office_camera", json={"granted": False})
    else:
        await known.http.delete("/me/face-template" if how == "delete template" else "/me")
    async with asyncio.timeout(4):
        found = (await waiting).json()
    assert (found["people"], unpack(agent.key, found["version"], found["sealed"])) == (0, [])


async def test_a_key_that_is_revoked_ends_the_waiting(agent: Agent, known, boss: Account):
    version = (await agent.templates()).json()["version"]
    waiting = asyncio.create_task(agent.templates(version, wait=20))
    await asyncio.sleep(0.3)
    assert (await boss.http.delete(f"/admin/cameras/{agent.id}")).status_code == 204
    async with asyncio.timeout(4):
        assert (await waiting).status_code == 401


async def test_a_tablet_that_loses_its_network_is_no_crash(tablet: Agent, monkeypatch):
    async def cut_off(*_: object) -> None:
        raise ClientDisconnect

    monkeypatch.setattr("backend.camera.router.sent_in", cut_off)
    assert (await tablet.http.post("/cameras/frames", content=b"half a pict")).status_code == 400


async def test_a_consent_that_ran_out_is_none(agent: Agent, known, sessions):
    async with transaction(sessions) as session:
        await session.exec(
            text("update consent set expires_at = now() - interval '1 second' where person_id = :p"),
            params={"p": known.id},
        )
    assert (await agent.templates()).json()["people"] == 0
    outcome = await agent.send(reading(known.id))
    assert outcome["refused"][0]["code"] == "not_recognised"


# Readings ------------------------------------------------------------------------------------------------------------


async def test_readings_are_kept_once_and_take_the_road_once_a_day(agent: Agent, known, work, sessions):
    sent = [reading(known.id, captured_at=datetime.now(UTC).isoformat()) for _ in range(30)]
    assert await agent.send(*sent) == {"accepted": 30, "duplicates": 0, "refused": []}
    assert await agent.send(*sent[:10], reading(known.id)) == {"accepted": 1, "duplicates": 10, "refused": []}
    # Two batches and 31 readings, of one day: one job, since the first still waits when the second comes.
    assert await jobs(sessions, "rollup.roll_up_day", known.id) == 1
    await work()
    items = (await known.http.get("/readings", params={"limit": 200})).json()["items"]
    assert len(items) == 31
    assert {one["source"] for one in items} == {"camera"}
    assert items[0]["vector"] == pytest.approx(VECTOR)
    today = datetime.now(UTC).date().isoformat()
    days = (await known.http.get("/mood/days", params={"from": today, "to": today})).json()
    assert str(days).count("'readings': 31") == 1, days


async def test_a_deleted_reading_does_not_return_with_a_batch_whose_answer_was_lost(agent: Agent, known, work):
    sent = reading(known.id)
    await agent.send(sent)
    (item,) = (await known.http.get("/readings")).json()["items"]
    assert (await known.http.delete(f"/readings/{item['id']}")).status_code == 204
    assert await agent.send(sent, reading(known.id)) == {"accepted": 1, "duplicates": 1, "refused": []}
    assert item["id"] not in str((await known.http.get("/readings")).json())
    await known.http.put("/me/consents/office_camera", json={"granted": False})
    assert (await known.http.get(f"/snapshots/{item['id']}")).status_code == 404, (
        "what is left of it goes with the rest"
    )


async def test_what_comes_late_counts_for_the_day_that_it_was_where_the_person_lived(agent: Agent, known, sessions):
    """As a photo does: two of an hour never stand in two days."""
    await agreed_long_ago(sessions, known.id)
    async with transaction(sessions) as session:
        await session.exec(
            text("update person set timezone = 'Pacific/Pago_Pago' where id = :p"), params={"p": known.id}
        )
    moved = await known.http.patch("/me", json={"timezone": "Pacific/Kiritimati"})
    assert moved.status_code == 200, moved.text
    seen = datetime.now(UTC) - timedelta(hours=1)
    await agent.send(reading(known.id, captured_at=seen.isoformat()))
    async with sessions() as session:
        stored = (await session.exec(select(Reading).where(Reading.person_id == UUID(known.id)))).one()
    assert stored.day == (seen - timedelta(hours=11)).date()


async def test_readings_of_two_days_end_in_the_rows_that_come_from_scratch(agent: Agent, known, work, sessions):
    await agreed_long_ago(sessions, known.id)
    sent = [reading(known.id, timedelta(minutes=minute)) for minute in range(0, 2000, 10)]
    for start in range(0, len(sent), 50):
        await agent.send(*sent[start : start + 50])
        if start == 50:
            await work()
    await work()
    timed = [TimedVector(one["id"], datetime.fromisoformat(one["captured_at"]), tuple(VECTOR)) for one in sent]
    hours, days = roll_up(timed, ())
    async with sessions() as session:
        stored_hours = await session.exec(select(HourRollup).where(HourRollup.person_id == UUID(known.id)))
        stored_days = await session.exec(select(DayRollup).where(DayRollup.person_id == UUID(known.id)))
        assert {one.hour: one.readings for one in stored_hours} == {hour: found.n for hour, found in hours.items()}
        assert {one.day: (one.readings, one.hours) for one in stored_days} == {
            day: (found.readings, found.hours.n) for day, found in days.items()
        }


async def test_what_was_seen_without_consent_is_refused(agent: Agent, known, sign_up, sessions):
    elsewhere = await make_home(sessions)
    other = await sign_up(home=elsewhere)
    await other.consent("office_camera")
    stranger = await sign_up()
    outcome = await agent.send(
        reading(stranger.id), reading(other.id), reading(str(uuid4())), reading(known.id, timedelta(hours=1))
    )
    assert outcome["accepted"] == 0
    assert {one["code"] for one in outcome["refused"]} == {"not_recognised"}
    assert len(outcome["refused"]) == 4
    ahead = await agent.send(reading(known.id, -timedelta(hours=2)))
    assert ahead["refused"][0]["code"] == "captured_at_invalid"
    never = await agent.send(reading(known.id, captured_at="9999-12-31T23:59:59-14:00"))
    assert never["refused"][0]["code"] == "captured_at_invalid"
    async with sessions() as session:
        assert (await session.exec(text("select count(*) from reading where person_id in (:a, :b, :c)"), params={"a": stranger.id, "b": other.id, "c": known.id})).scalar_one() == 0  # fmt: skip


async def test_a_buffer_that_comes_after_a_withdrawal_and_a_new_yes_brings_nothing_old_in(agent: Agent, known):
    before = reading(known.id)
    await known.http.put("/me/consents/office_camera", json={"granted": False})
    assert (await agent.send(before))["refused"][0]["code"] == "not_recognised"
    await known.consent("office_camera")
    assert (await agent.send(before))["accepted"] == 0
    assert (await agent.send(reading(known.id)))["accepted"] == 1


async def test_a_renewed_consent_keeps_what_was_seen_under_the_one_before(agent: Agent, known):
    before = reading(known.id)
    await known.consent("office_camera")
    assert (await agent.send(before))["accepted"] == 1


async def test_a_withdrawal_beside_a_batch_wins_whoever_comes_first(agent: Agent, known, work, sessions):
    for pause in (0.0, 0.005, 0.01, 0.02, 0.04):
        await known.consent("office_camera")
        batch = [reading(known.id) for _ in range(200)]

        async def withdraw(pause: float = pause) -> None:
            await asyncio.sleep(pause)
            await known.http.put("/me/consents/office_camera", json={"granted": False})

        await asyncio.gather(agent.send(*batch), withdraw())
        async with sessions() as session:
            left = await session.exec(text("select count(*) from reading where person_id = :p"), params={"p": known.id})
            assert left.scalar_one() == 0, pause
    await work()
    async with sessions() as session:
        for table in ("hour_rollup", "day_rollup"):
            left = await session.exec(
                text(f"select count(*) from {table} where person_id = :p"), params={"p": known.id}
            )
            assert left.scalar_one() == 0


@pytest.mark.parametrize(
    ("words", "policy_day", "since"),
    [
        ([(9, True, 20)], 0, 9),
        ([(9, True, 20), (5, True, 10)], 0, 5),
        ([(9, True, 20), (5, True, 7)], 0, 9),  # it had ended before it was renewed
        ([(9, True, 20), (7, False, None), (5, True, 20)], 0, 9),
        ([(9, True, 20), (5, True, 20)], 6, 9),
        ([(9, True, 20), (8, True, 20), (5, True, None), (4, False, None), (3, True, 20)], 0, 5),
    ],
)
def test_since_when_a_yes_has_not_been_interrupted(words, policy_day, since):
    days = {day: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(30)}
    given = [Given(yes, "1", days[day], days.get(end)) for day, yes, end in words]
    assert unbroken_since(given, days[policy_day]) == days[since]


@pytest.mark.parametrize(
    "change",
    [
        {"vector": [0.1] * 10},
        {"vector": [0.5, 0.5]},
        {"vector": [1.5, -0.5, 0, 0, 0, 0, 0, 0.75, -0.1, 0]},
        {"captured_at": "2026-01-01T10:00:00"},
        {"model": {"name": "", "version": "1"}},
        {"quality": {"a\0b": 1.0}},
        {"quality": {"face_px": "NaN"}},
        {"picture": "no"},
    ],
)
async def test_what_is_no_reading_is_refused_whole(agent: Agent, known, change):
    answer = await agent.http.post("/cameras/readings", json={"readings": [reading(known.id, **change)]})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_the_three_groups_follow_from_the_seven_whatever_was_sent(agent: Agent, known):
    await agent.send(reading(known.id, vector=[*VECTOR[:7], 1.0, 1.0, 1.0]))
    item = (await known.http.get("/readings")).json()["items"][0]
    assert item["vector"] == pytest.approx(VECTOR)


async def test_no_camera_takes_an_id_away_from_anothers_reading(agent: Agent, known, boss: Account, app_client):
    other = (await boss.http.post("/admin/cameras", json={"name": "Window"})).json()
    sent = reading(known.id)
    assert (await agent.send(sent))["accepted"] == 1
    async with app_client() as http:
        assert (await Agent(http, other).send(sent))["accepted"] == 1


# Frames --------------------------------------------------------------------------------------------------------------


async def test_a_frame_of_somebody_enrolled_becomes_a_reading_and_is_gone(tablet: Agent, ana, face, work, sessions):
    await enrol(ana, work, face)
    found = await looked(tablet.frames(face), work)
    assert (found["status"], found["recognised"], found["accepted"]) == ("read", 1, 1)
    items = (await ana.http.get("/readings")).json()["items"]
    assert [(one["source"], one["abstained"]) for one in items] == [("camera", None)]
    async with sessions() as session:
        assert (await session.exec(text("select count(*) from camera_frame"))).scalar_one() == 0
    again = await looked(tablet.frames(face), work)
    assert (again["recognised"], again["accepted"]) == (1, 0), "at most one reading in ten minutes"
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    before = await looked(tablet.frames(face, captured_at=hour_ago), work)
    assert (before["recognised"], before["accepted"]) == (0, 0), "seen before the consent"


async def test_a_second_after_the_withdrawal_the_face_is_unknown(tablet: Agent, ana, face, work, sessions):
    """Issue 4: consent, not the picture, decides."""
    await enrol(ana, work, face)
    assert (await looked(tablet.frames(face, source="kiosk"), work))["recognised"] == 1
    await ana.http.put("/me/consents/office_camera", json={"granted": False})
    assert (await ana.http.get("/readings")).json()["items"] == [], "what the kiosk added goes too"
    assert (await looked(tablet.frames(face, source="kiosk"), work))["recognised"] == 0
    # Even a template that lingers is not looked at without consent.
    await ana.consent("score_photos")
    await enrol(ana, work, face)
    async with transaction(sessions) as session:
        await session.exec(
            text("insert into consent (id, person_id, purpose, granted, text_version) values "
                 "(gen_random_uuid(), :p, 'office_camera', false, :v)"), params={"p": ana.id, "v": TERMS.text_version}
        )  # fmt: skip
    assert (await looked(tablet.frames(face, source="kiosk"), work))["recognised"] == 0


async def test_of_people_who_did_not_agree_nothing_is_left(tablet: Agent, ana, people, face, work, sessions, config):
    """Every row of every table and every file, before and after: only the count of a burst differs."""
    await enrol(ana, work, face)
    stranger = next(path for path in people if not path.name.startswith("press_person")).read_bytes()
    before = await everything(sessions)
    found = await looked(tablet.frames(stranger, stranger, stranger), work)
    assert (found["status"], found["recognised"], found["accepted"]) == ("read", 0, 0)
    after = await everything(sessions)
    ignored = {"camera", "camera_burst", "pgqueuer_log", "pgqueuer_schedules", "pgqueuer_statistics"}
    assert {name: rows for name, rows in before.items() if name not in ignored} == {
        name: rows for name, rows in after.items() if name not in ignored
    }
    for path in config.home.rglob("*"):
        assert not path.is_file() or stranger[200:400] not in path.read_bytes(), path


async def test_a_burst_needs_agreement(tablet: Agent, ana, people, face, work):
    """Some frames of several are a likeness, not a person."""
    await enrol(ana, work, face)
    stranger = next(path for path in people if not path.name.startswith("press_person")).read_bytes()
    assert (await looked(tablet.frames(face, face, face, stranger), work))["recognised"] == 0
    found = await looked(tablet.frames(face, face, face, face, stranger), work)
    assert (found["recognised"], found["accepted"]) == (1, 1)


async def test_one_picture_as_the_whole_body_is_a_frame_too(tablet: Agent, ana, face, work):
    await enrol(ana, work, face)
    sending = tablet.http.post(
        "/cameras/frames", content=face, headers={"content-type": "image/jpeg", "prefer": "wait=20"}
    )
    assert (await looked(sending, work))["recognised"] == 1


async def test_a_frame_that_is_no_picture_or_too_many(tablet: Agent, face):
    assert (await tablet.frames(b"no picture", wait=0)).status_code == 415
    assert (await tablet.frames(*[face] * 9, wait=0)).status_code == 422
    assert (await tablet.frames(wait=0)).status_code == 422
    assert (await tablet.frames(face, wait=0, source="phone")).status_code == 422
    for moment in ("yesterday", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"):
        assert (await tablet.frames(face, wait=0, captured_at=moment)).status_code == 422, moment


async def test_who_does_not_wait_gets_202_and_a_repeated_request_is_read_once(tablet: Agent, ana, face, work):
    await enrol(ana, work, face)
    headers = {"idempotency-key": str(uuid4()), "prefer": "wait=0"}
    first, second = [await tablet.http.post("/cameras/frames", files={"file": face}, headers=headers) for _ in range(2)]
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["id"] == second.json()["id"]
    other = await tablet.http.post("/cameras/frames", files=[("file", face)] * 2, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    await work()
    third = await tablet.http.post("/cameras/frames", files={"file": face}, headers=headers)
    assert (third.status_code, third.json()["accepted"]) == (201, 1)
    assert len((await ana.http.get("/readings")).json()["items"]) == 1


async def test_frames_that_nobody_gets_to_read_are_refused_and_not_piled_up(
    tablet, face, work, boss, app_client, sessions
):
    answers = [await tablet.frames(face, wait=0) for _ in range(LIMITS.waiting + 1)]
    assert [answer.status_code for answer in answers] == [202] * LIMITS.waiting + [429]
    other = (await boss.http.post("/admin/cameras", json={"name": "Window", "frames_only": True})).json()
    async with app_client() as http:
        assert (await Agent(http, other).frames(face, wait=0, source="kiosk")).status_code == 202, "each for itself"
    async with sessions() as session:
        asked = (
            "select priority from pgqueuer where entrypoint = 'camera.read_frames' order by priority desc, id limit 2"
        )
        assert [row[0] for row in await session.exec(text(asked))] == [1, 0], "who stands and waits comes first"
    await work()
    assert (await tablet.frames(face, wait=0)).status_code == 202


async def test_frames_whose_job_was_lost_do_not_stay(tablet: Agent, face, sessions, resources):
    from backend.camera.tasks import tidy

    sent = (await tablet.frames(face, wait=0)).json()
    async with transaction(sessions) as session:
        await session.exec(text("delete from pgqueuer where entrypoint = 'camera.read_frames'"))
        await session.exec(text("update camera_burst set received_at = now() - interval '10 minutes'"))
        await tidy(session, resources)
    async with sessions() as session:
        assert (await session.exec(text("select count(*) from camera_frame"))).scalar_one() == 0
        status = await session.exec(text("select status from camera_burst where id = :id"), params={"id": sent["id"]})
        assert status.scalar_one() == "rejected"


async def test_a_key_is_for_pictures_or_for_readings_and_the_server_holds_it_to_that(
    agent: Agent, tablet: Agent, known, face
):
    """Whoever takes a tablet off its wall must not have the faces of everybody who agreed; and where the sign says that no
    picture leaves the camera, none comes in."""
    sent = reading(known.id)
    answers = [await tablet.templates(), await tablet.http.post("/cameras/readings", json={"readings": [sent]})]
    answers.append(await agent.frames(face, wait=0))
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(403, "not_allowed")] * 3
    assert (await tablet.frames(face, source="kiosk", wait=0)).status_code == 202
    assert (await tablet.http.post("/cameras/heartbeat", json={})).status_code == 204


# Keys, health, sign --------------------------------------------------------------------------------------------------

ROUTES = [
    ("GET", "/cameras/templates", {}),
    ("POST", "/cameras/readings", {"json": {"readings": []}}),
    ("POST", "/cameras/frames", {"files": {"file": b"x"}}),
    ("POST", "/cameras/heartbeat", {"json": {}}),
]


@pytest.mark.parametrize(("method", "path", "extra"), ROUTES)
async def test_refused_under_eu_workplace_and_with_a_key_that_ended(agent: Agent, boss: Account, method, path, extra):
    old = agent.key
    renewed = (await boss.http.post(f"/admin/cameras/{agent.id}/key")).json()["key"]
    answer = await agent.http.request(method, path, **extra)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    agent.http.headers["x-api-key"] = renewed
    assert renewed != old
    await boss.http.put("/admin/policy", json={"policy": "eu-workplace"})
    answer = await agent.http.request(method, path, **extra)
    assert (answer.status_code, answer.json()["code"]) == (403, "policy_forbids")
    assert (await boss.http.post(f"/admin/cameras/{agent.id}/key")).status_code == 403


async def test_the_administrator_sees_how_a_camera_is_doing(agent: Agent, boss: Account):
    async def listed() -> dict:
        return (await boss.http.get("/admin/cameras")).json()[0]

    assert ((await listed())["standing"], (await listed())["last_seen_at"]) == ("never_seen", None)
    source = {"name": "rtsp://door", "state": "watching", "frames": 120, "faces": 3, "frames_per_second": 2.0}
    said = {"agent": "0.1.0", "sources": [source], "readings": 2, "buffered": 0, "dropped": 0}
    assert (await agent.http.post("/cameras/heartbeat", json=said)).status_code == 204
    one = await listed()
    assert (one["standing"], one["health"]) == ("online", said)
    assert "key" not in one
    assert (await agent.http.post("/cameras/heartbeat", json={**said, "who": "Ana"})).status_code == 422
    await boss.http.delete(f"/admin/cameras/{agent.id}")
    assert (await listed())["standing"] == "revoked"


@pytest.mark.parametrize(
    ("locale", "words", "here", "there"),
    [
        (
            "en",
            "did not agree",
            "none leaves the device that reads it here",
            "read on the organisation&#x27;s own server",
        ),
        ("zh-CN", "没有同意", "图像也不会离开此处读取它的设备", "图像在组织自己的服务器上读取"),
        ("ko", "동의하지 않았다면", "이곳에서 읽는 기기를 벗어나지 않습니다", "조직의 자체 서버에서 읽고"),
    ],
)
@pytest.mark.parametrize("sends", [False, True])
async def test_the_sign_leads_to_the_policy_page(
    agent: Agent, tablet: Agent, boss: Account, app_client, config, locale, words, here, there, sends
):
    """Both say where pictures are read, which the key decides."""
    import segno

    camera, read, not_so = (tablet, there, here) if sends else (agent, here, there)
    sign = await boss.http.get(f"/admin/cameras/{camera.id}/sign", params={"locale": locale})
    assert (sign.status_code, sign.headers["content-type"]) == (200, "text/html; charset=utf-8")
    address = f"{config.origin}/api/v1/cameras/{camera.id}/policy"
    assert words in sign.text
    assert read in sign.text
    assert not_so not in sign.text
    assert address in sign.text
    assert segno.make(address, error="m").svg_inline(scale=4, omitsize=True).split("<path")[1] in sign.text
    async with app_client() as anybody:
        page = await anybody.get(f"/cameras/{camera.id}/policy", headers={"accept-language": f"{locale},en;q=0.5"})
        assert page.status_code == 200
        assert words in page.text
        assert read in page.text
        assert re.search(r"<h3>[^#<]+</h3><ul><li>[^<]+</li><li>", page.text)
        assert not re.search(r">(#+|-) ", page.text)
        assert "script" not in page.headers["content-security-policy"]
        assert (await anybody.get(f"/cameras/{uuid4()}/policy")).status_code == 404


def test_a_readings_row_says_nothing_of_the_camera() -> None:
    """Where somebody was is not kept: no column leads from a reading to a place."""
    assert not {"camera_id", "place"} & set(Reading.__table__.columns.keys())
