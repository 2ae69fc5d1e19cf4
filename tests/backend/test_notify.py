"""Notices and preferences over HTTP, and what the steps make of them."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from unittest.mock import AsyncMock
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.db import transaction
from backend.events import NoticeDue, RiskChanged
from backend.jobs import emit
from backend.notify import policy, tasks
from backend.notify.policy import PROMPT, NotifyPolicy
from backend.resources import Resources
from backend.tables import Assessment, Delivery, ExerciseResult, Notice, Person, SelfReport
from tests.backend.conftest import Account
from tests.backend.mailbox import confirm_address
from tests.backend.queue_run import run_queue
from tests.clock import today

Sessions = async_sessionmaker[AsyncSession]


async def change(sessions: Sessions, account: Account, level: str, before: str, day: date | None = None) -> None:
    """The assessments of two days, and the news that they differ."""
    day = day or today()
    await assessed(sessions, account, (day - timedelta(days=1), before), (day, level))
    async with transaction(sessions) as session:
        await emit(session, RiskChanged(person_id=UUID(account.id), day=day, level=level, before=before))


async def assessed(sessions: Sessions, account: Account, *days: tuple[date, str], learning: bool = False) -> None:
    async with transaction(sessions) as session:
        for day, level in days:
            row = Assessment(
                person_id=UUID(account.id), day=day, level=level, learning=learning and level == "none",
                policy_version="1",
            )  # fmt: skip
            await session.merge(row)


async def notices(account: Account) -> list[dict[str, Any]]:
    return (await account.http.get("/notices")).json()["items"]  # type: ignore[no-any-return]


async def age(sessions: Sessions, account: Account, days: float) -> None:
    """As if the person's notices had come that long ago."""
    async with transaction(sessions) as session:
        for notice in await session.exec(select(Notice).where(Notice.person_id == UUID(account.id))):
            notice.created_at -= timedelta(days=days)
            notice.due_at -= timedelta(days=days)
            session.add(notice)


async def test_a_raised_risk_is_a_note_in_the_app_at_once_even_at_night(
    ana: Account, sessions: Sessions, resources: Resources, dsn: str
) -> None:
    await ana.http.put("/me/notifications", json={"quiet_from": "00:00", "quiet_to": "23:59"})
    await change(sessions, ana, "moderate", "none")
    await run_queue(dsn, sessions, resources)
    note = (await notices(ana))[0]
    assert note["kind"] == "lower_moderate"
    assert [(went["channel"], went["status"]) for went in note["deliveries"]] == [("inapp", "sent")]


async def test_what_did_not_help_is_not_said_again(
    ana: Account, sessions: Sessions, resources: Resources, dsn: str
) -> None:
    await change(sessions, ana, "moderate", "none", today() - timedelta(days=2))
    await run_queue(dsn, sessions, resources)
    first = (await notices(ana))[0]
    rated = await ana.http.post(f"/notices/{first['id']}/feedback", json={"helpful": False})
    assert rated.json()["helpful"] is False
    await age(sessions, ana, 30)
    await change(sessions, ana, "moderate", "none")
    await run_queue(dsn, sessions, resources)
    second = (await notices(ana))[0]
    assert second["kind"] == first["kind"]
    assert second["text"] != first["text"]


async def test_at_most_three_supportive_notes_a_week(
    ana: Account, sessions: Sessions, resources: Resources, dsn: str
) -> None:
    for back in (5, 4, 3, 2):
        await change(sessions, ana, "moderate", "none", today() - timedelta(days=back))
        await run_queue(dsn, sessions, resources)
        await age(sessions, ana, 1)
    assert len(await notices(ana)) == 3


async def test_a_note_recalls_what_helped_before(
    ana: Account, sessions: Sessions, resources: Resources, dsn: str
) -> None:
    async with transaction(sessions) as session:
        session.add(ExerciseResult(person_id=UUID(ana.id), exercise="breathing", helpful=True))
    await change(sessions, ana, "high", "none")
    await run_queue(dsn, sessions, resources)
    assert "Slow breathing" in (await notices(ana))[0]["text"]


async def tell(sessions: Sessions, account: Account, level: str, before: str) -> None:
    async with transaction(sessions) as session:
        await emit(session, RiskChanged(person_id=UUID(account.id), day=today(), level=level, before=before))


@pytest.mark.parametrize(
    ("low_until", "learning", "kinds"),
    [(1, False, ["steadier"]), (20, False, []), (1, True, [])],
    ids=["check-ins show it", "three weeks unseen", "the dip has become what is learnt as usual"],
)
async def test_better_is_said_only_where_check_ins_show_it(
    ana: Account, sessions: Sessions, resources: Resources, dsn: str, low_until: int, learning: bool, kinds: list[str]
) -> None:
    low = today() - timedelta(days=low_until)
    await assessed(sessions, ana, (low, "high"), (today(), "none"), learning=learning)
    await tell(sessions, ana, "none", "high")
    await run_queue(dsn, sessions, resources)
    assert [notice["kind"] for notice in await notices(ana)] == kinds


async def test_nothing_is_said_about_days_that_are_gone(
    ana: Account, sessions: Sessions, resources: Resources, dsn: str
) -> None:
    """Deleted, or the consent withdrawn, while the job waited."""
    await change(sessions, ana, "moderate", "none")
    assert (await ana.http.put("/me/consents/score_photos", json={"granted": False})).status_code == 200
    await run_queue(dsn, sessions, resources)
    assert await notices(ana) == []


async def test_a_dip_is_told_once_when_its_days_came_too_late_to_be_told_in_time(
    ana: Account, sessions: Sessions, resources: Resources, dsn: str
) -> None:
    await assessed(sessions, ana, (today() - timedelta(days=5), "moderate"), (today(), "moderate"))
    for _ in range(2):
        await tell(sessions, ana, "moderate", "moderate")
        await run_queue(dsn, sessions, resources)
        await age(sessions, ana, 2)
    assert [notice["kind"] for notice in await notices(ana)] == ["lower_moderate"]


async def test_paused_means_no_notes(ana: Account, sessions: Sessions, resources: Resources, dsn: str) -> None:
    await ana.http.put("/me/notifications", json={"paused": True})
    await change(sessions, ana, "high", "none")
    await run_queue(dsn, sessions, resources)
    assert await notices(ana) == []


async def test_preferences_have_a_default_and_keep_what_is_left_out(ana: Account) -> None:
    default = (await ana.http.get("/me/notifications")).json()
    assert (default["quiet_from"], default["quiet_to"], default["paused"], default["prompts"]) == (
        "22:00", "07:00", False, 0,
    )  # fmt: skip
    assert default["channels"] == {"email": True, "telegram": True, "webpush": True}
    assert default["details"] is False
    one = (await ana.http.patch("/me/notifications", json={"quiet_from": "21:30"})).json()
    assert (one["quiet_from"], one["quiet_to"]) == ("21:30", "07:00")
    two = (await ana.http.put("/me/notifications", json={"channels": {"email": False}, "prompts": 2})).json()
    assert two["channels"]["email"] is False
    assert two["quiet_from"] == "21:30"
    assert two["prompts"] == 2
    none = (await ana.http.patch("/me/notifications", json={"quiet_to": None})).json()
    assert (none["quiet_from"], none["quiet_to"]) == (None, None)
    again = (await ana.http.patch("/me/notifications", json={"quiet_from": "21:00"})).json()
    assert (again["quiet_from"], again["quiet_to"]) == ("21:00", "07:00")


async def test_choices_in_the_same_moment_all_count(ana: Account, sessions: Sessions) -> None:
    off = [ana.http.patch("/me/notifications", json={"channels": {name: False}}) for name in ("email", "telegram")]
    others = [
        ana.http.patch("/me", json={"timezone": "Asia/Seoul"}),
        ana.http.put("/chat/settings", json={"free_talk": True}),
        ana.http.put("/me/insights", json={"counted": False}),
    ]
    waiting = text("select count(*) from pg_locks where not granted")
    async with transaction(sessions) as session:
        await session.get(Person, UUID(ana.id), with_for_update=True)
        changes = [asyncio.create_task(change) for change in (*off, *others)]
        while (await session.exec(waiting)).scalar_one() < len(changes):  # type: ignore[call-overload]  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert [(await change).status_code for change in changes] == [200] * 5
    channels = (await ana.http.get("/me/notifications")).json()["channels"]
    assert channels == {"email": False, "telegram": False, "webpush": True}
    async with sessions() as session:
        preferences = (await session.get_one(Person, UUID(ana.id))).preferences
    assert [zone for _, zone in preferences["zones"]] == ["UTC"], "where the days until now were lived"
    assert preferences["chat"]["free_talk"]
    assert not preferences["insights"]["counted"]


@pytest.mark.parametrize(
    "body",
    [
        {"quiet_from": "25:00"},
        {"quiet_from": "9pm"},
        {"quiet_from": "1９:00"},  # digits of a Chinese or Korean keyboard
        {"prompts": 3},
        {"channels": {"fax": True}},
        {"mute": True},
    ],
)
async def test_impossible_preferences_are_refused(ana: Account, body: dict[str, Any]) -> None:
    assert (await ana.http.patch("/me/notifications", json=body)).status_code == 422


@pytest.fixture
def always_time_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slot is this hour, whenever the tests run."""
    usual = NotifyPolicy(prompts=(time(datetime.now(UTC).hour),))
    monkeypatch.setattr(tasks, "prompt_due", lambda p, zone, now: policy.prompt_due(p, zone, now, usual))


async def prompt_of(sessions: Sessions, account: Account) -> Notice | None:
    async with sessions() as session:
        found = await session.exec(select(Notice).where(Notice.person_id == UUID(account.id), Notice.kind == PROMPT))
        return found.first()


@pytest.mark.usefixtures("always_time_to_ask")
async def test_a_mood_is_asked_once_a_slot_of_those_who_want_it_and_can_be_put_off(
    ana: Account, sign_up: Any, sessions: Sessions, resources: Resources
) -> None:
    other: Account = await sign_up()
    await ana.http.put("/me/notifications", json={"prompts": 1})
    for _ in range(2):
        async with transaction(sessions) as session:
            await tasks.ask_for_moods(session, resources)
    asked = await prompt_of(sessions, ana)
    assert asked is not None
    assert await prompt_of(sessions, other) is None
    assert [notice["kind"] for notice in await notices(ana)] == [PROMPT]
    await age(sessions, ana, 0.6)
    assert await notices(ana) == []  # a question of this morning is not put in the evening
    for _ in range(3):
        assert (await ana.http.post(f"/notices/{asked.id}/snooze", json={"minutes": 30})).status_code == 200
    assert await notices(ana) == []  # not due for half an hour
    async with transaction(sessions) as session:  # the time of the first snooze comes after a second, longer one
        await tasks.deliver(session, NoticeDue(person_id=UUID(ana.id), notice_id=asked.id), resources)
        early = select(Delivery).where(Delivery.notice_id == asked.id)
        assert (await session.exec(early)).all() == []
    enough = await ana.http.post(f"/notices/{asked.id}/snooze", json={})
    assert (enough.status_code, enough.json()["code"]) == (409, "put_off_enough")


@pytest.mark.usefixtures("always_time_to_ask")
async def test_a_mood_is_not_asked_outside_the_app_hours_later(
    ana: Account, sessions: Sessions, resources: Resources, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who sleeps by day would find the morning's and the afternoon's question together in the evening."""
    now = datetime.now(UTC)
    day = {"quiet_from": f"{now - timedelta(hours=1):%H:%M}", "quiet_to": f"{now + timedelta(hours=3):%H:%M}"}
    await ana.http.put("/me/notifications", json={"prompts": 1, **day})
    reachable = AsyncMock(return_value=frozenset({"telegram"}))
    monkeypatch.setattr(tasks.reach, "channels_of", reachable)
    async with transaction(sessions) as session:
        await tasks.ask_for_moods(session, resources)
    await run_queue(dsn, sessions, resources)
    reachable.assert_awaited()
    (note,) = await notices(ana)
    assert [(went["channel"], went["status"]) for went in note["deliveries"]] == [("inapp", "sent")]


async def test_who_answered_the_who5_is_reminded_a_fortnight_later_once(
    ana: Account, sign_up: Any, sessions: Sessions, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    this_hour = NotifyPolicy(reminder_at=time(datetime.now(UTC).hour))
    monkeypatch.setattr(
        tasks, "questionnaire_due", lambda *of: policy.questionnaire_due(*of, this_hour)
    )  # the hour is noon, whenever the tests run
    lately: Account = await sign_up()
    for account in (ana, lately):
        answered = await account.http.post("/selfreports", json={"instrument": "who5", "answers": [3, 3, 2, 3, 4]})
        assert answered.status_code == 201
    async with transaction(sessions) as session:
        report = (await session.exec(select(SelfReport).where(SelfReport.person_id == UUID(ana.id)))).one()
        report.created_at -= timedelta(days=14, minutes=1)
        session.add(report)
    for _ in range(2):
        async with transaction(sessions) as session:
            await tasks.remind_of_questionnaire(session, resources)
    assert [notice["kind"] for notice in await notices(ana)] == ["who5_due"]
    assert await notices(lately) == []
    answered = await ana.http.post("/selfreports", json={"instrument": "who5", "answers": [4, 4, 4, 4, 4]})
    assert answered.status_code == 201


async def test_only_a_question_can_be_put_off(ana: Account, sessions: Sessions, resources: Resources, dsn: str) -> None:
    await change(sessions, ana, "high", "none")
    await run_queue(dsn, sessions, resources)
    note = (await notices(ana))[0]
    assert (await ana.http.post(f"/notices/{note['id']}/snooze", json={})).status_code == 409


async def test_somebody_elses_notices_are_not_there(
    ana: Account, sign_up: Any, sessions: Sessions, resources: Resources, dsn: str
) -> None:
    await change(sessions, ana, "high", "none")
    await run_queue(dsn, sessions, resources)
    note = (await notices(ana))[0]
    other: Account = await sign_up()
    for path, body in (("feedback", {"helpful": True}), ("snooze", {})):
        assert (await other.http.post(f"/notices/{note['id']}/{path}", json=body)).status_code == 404


async def test_quiet_hours_hold_a_mail_back_until_they_end(
    sign_up: Any, sessions: Sessions, resources: Resources, dsn: str
) -> None:
    import asyncpg

    account: Account = await sign_up(email="quiet@example.org")
    await account.consent("email")
    await confirm_address(account, sessions)
    now = datetime.now(UTC)
    quiet = {"quiet_from": f"{now - timedelta(hours=1):%H:%M}", "quiet_to": f"{now + timedelta(hours=2):%H:%M}"}
    await account.http.put("/me/notifications", json=quiet)
    await change(sessions, account, "high", "none")
    await run_queue(dsn, sessions, resources)
    async with sessions() as session:
        found = await session.exec(
            select(Delivery.status).join(Notice).where(
                Notice.person_id == UUID(account.id), Delivery.channel == "email"
            )
        )  # fmt: skip
        assert found.all() == ["planned"]
        zone = (await session.get_one(Person, UUID(account.id))).timezone
    assert zone == "UTC"
    connection = await asyncpg.connect(dsn)
    waits = await connection.fetchval(
        "select execute_after - now() from pgqueuer where entrypoint = 'notify.bring_letter' "
        "and convert_from(payload, 'UTF8') like $1",
        f"%{account.id}%",
    )
    await connection.execute("delete from pgqueuer where convert_from(payload, 'UTF8') like $1", f"%{account.id}%")
    await connection.close()
    assert timedelta(minutes=110) < waits < timedelta(hours=2)
