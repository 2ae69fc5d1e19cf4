"""Before there is a case: when the person is asked, when not, and what becomes of a question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from backend.db import transaction
from backend.escalation.tasks import let_questions_lapse, look_for_low
from backend.events import RiskChanged
from backend.jobs import emit
from backend.resources import Resources
from backend.tables import Assessment, Notice
from tests.backend.conftest import Account
from tests.backend.escalation_world import Sessions, Work, assessed, kinds, numbers, periodic
from tests.clock import now, today


async def offered(sessions: Sessions, person: Account, days_ago: int, helpful: bool | None = None) -> None:
    at = now() - timedelta(days=days_ago)
    async with transaction(sessions) as session:
        session.add(
            Notice(
                person_id=UUID(person.id), key=f"risk:{days_ago}", kind="lower_moderate", due_at=at, created_at=at,
                helpful=helpful,
            )
        )  # fmt: skip


async def test_a_level_that_stays_moderate_becomes_a_question_by_the_hourly_look(
    ana: Account, sign_up: Callable, sessions: Sessions, resources: Resources, work: Work
) -> None:
    hr: Account = await sign_up("hr")
    await ana.consent("share_escalations", sharing="ask")
    await offered(sessions, ana, 2, helpful=True)
    await assessed(sessions, ana, *["moderate"] * 4)
    await periodic(look_for_low, sessions, resources, work)
    assert (await ana.http.get("/me/cases")).json() == []
    await assessed_more(sessions, ana)
    await periodic(look_for_low, sessions, resources, work)
    (asked,) = (await ana.http.get("/me/cases")).json()
    assert (asked["status"], asked["shared"]["because"]) == ("asked", "lasting")
    assert asked["shared"]["support"][0]["helpful"] is True
    assert "9.87" not in str(asked["shared"]), "measured values stay with the person"
    assert "share_question" in await kinds(ana)
    assert await numbers(hr) == []
    assert (await ana.http.post(f"/me/cases/{asked['id']}/share")).status_code == 200
    await work()
    assert "case_status" not in await kinds(ana), "one's own yes is no news"


async def test_a_level_that_passed_while_its_news_waited_opens_no_case(
    ana: Account, sign_up: Callable, sessions: Sessions, work: Work
) -> None:
    """The worker was away, or the step is tried again; a photo has changed things since."""
    hr: Account = await sign_up("hr")
    still_low: Account = await sign_up()
    for person, newest in ((ana, "none"), (still_low, "high")):
        await person.consent("share_escalations", sharing="automatic")
        await assessed(sessions, person, *["high"] * 6, newest)
        async with transaction(sessions) as session:
            yesterday = today() - timedelta(days=1)
            await emit(session, RiskChanged(person_id=UUID(person.id), day=yesterday, level="high", before="none"))
    await work()
    rows = (await hr.http.get("/hr/escalations")).json()["items"]
    assert [row["name"] for row in rows] == [still_low.username]
    (mine,) = (await still_low.http.get("/me/cases")).json()
    assert mine["shared"]["days"][-1]["day"] == str(today()), "what is shared is as of now"


async def assessed_more(sessions: Sessions, person: Account) -> None:
    """One more moderate day before the ones there are."""
    async with transaction(sessions) as session:
        day = today() - timedelta(days=4)
        session.add(Assessment(person_id=UUID(person.id), day=day, level="moderate", reasons=[], policy_version="1"))


async def test_support_that_nobody_answered_opens_a_case_unless_the_person_said_anything(
    ana: Account, sign_up: Callable, sessions: Sessions, resources: Resources, work: Work
) -> None:
    answered: Account = await sign_up()
    in_danger: Account = await sign_up()
    private: Account = await sign_up()
    admin: Account = await sign_up("admin")
    hr: Account = await sign_up("hr")
    await admin.http.put("/admin/escalation", json={"values": {"moderate_days": 28}})
    for person in (ana, answered, in_danger, private):
        await person.consent("share_escalations", sharing="automatic")
        await assessed(sessions, person, *["moderate"] * 6)
        await offered(sessions, person, 5)
    await answered.http.post("/selfreports", json={"instrument": "who5", "answers": [1, 1, 1, 1, 1]})
    await in_danger.http.post("/chat/messages", json={"text": "I want to die"})
    await private.http.post("/chat/messages", json={"text": "I cannot sleep"})
    await private.http.delete("/chat/messages")
    await periodic(look_for_low, sessions, resources, work)
    rows = (await hr.http.get("/hr/escalations")).json()["items"]
    assert [(row["name"], row["because"]) for row in rows] == [(ana.username, "unanswered")]
    assert "case_new" in await kinds(hr)
    assert "case_status" in await kinds(ana), "what was shared without a question is told"


async def test_after_a_no_nobody_is_asked_again_for_a_while(
    ana: Account, sessions: Sessions, resources: Resources, work: Work
) -> None:
    await ana.consent("share_escalations", sharing="ask")
    await assessed(sessions, ana, *["moderate"] * 6)
    await periodic(look_for_low, sessions, resources, work)
    (asked,) = (await ana.http.get("/me/cases")).json()
    await ana.http.post(f"/me/cases/{asked['id']}/decline")
    await assessed_yesterday_gone(sessions, ana)
    await periodic(look_for_low, sessions, resources, work)
    assert [case["status"] for case in (await ana.http.get("/me/cases")).json()] == ["declined"]
    assert await kinds(ana) == ["share_question"], "their own no is no news to them"
    async with transaction(sessions) as session:
        await session.exec(
            text("update escalation_case set closed_at = now() - interval '15 days' where id = :id"),
            params={"id": asked["id"]},
        )
    await periodic(look_for_low, sessions, resources, work)
    assert sorted(case["status"] for case in (await ana.http.get("/me/cases")).json()) == ["asked", "declined"]


async def assessed_yesterday_gone(sessions: Sessions, person: Account) -> None:
    """The newest day is another one, so that only the pause can hold a second question back."""
    async with transaction(sessions) as session:
        await session.exec(
            text("delete from assessment where person_id = :id and day = :day"),
            params={"id": person.id, "day": today()},
        )


async def test_a_question_that_nobody_answers_lapses_with_what_it_would_have_shared(
    ana: Account, sessions: Sessions, resources: Resources, work: Work
) -> None:
    await ana.consent("share_escalations", sharing="ask")
    await assessed(sessions, ana, *["moderate"] * 6)
    await periodic(look_for_low, sessions, resources, work)
    await periodic(let_questions_lapse, sessions, resources, work)
    (asked,) = (await ana.http.get("/me/cases")).json()
    assert asked["status"] == "asked"
    async with transaction(sessions) as session:
        await session.exec(
            text("update escalation_case set opened_at = now() - interval '8 days' where id = :id"),
            params={"id": asked["id"]},
        )
    await periodic(let_questions_lapse, sessions, resources, work)
    (lapsed,) = (await ana.http.get("/me/cases")).json()
    assert (lapsed["status"], lapsed["shared"]) == ("declined", {})
    late = await ana.http.post(f"/me/cases/{asked['id']}/share")
    assert (late.status_code, late.json()["code"]) == (409, "case_moved")
