"""Cases: nothing reaches HR without a yes, and the person sees each state."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from backend.db import transaction
from backend.escalation.policy import STEPS
from backend.events import RiskChanged
from backend.jobs import emit
from tests.backend.conftest import Account, make_home
from tests.backend.escalation_world import Sessions, assessed
from tests.clock import today


async def weeks_of_low_days(
    sessions: Sessions, person: Account, level: str = "high", work: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Stored assessments of two weeks, and the news that the last one is high."""
    await assessed(sessions, person, *[level] * 14)
    async with transaction(sessions) as session:
        await emit(session, RiskChanged(person_id=UUID(person.id), day=today(), level=level, before="moderate"))
    if work:
        await work()


async def test_automatic_sharing_opens_a_case_that_hr_resolves_and_the_person_follows(
    ana: Account, sign_up: Callable, sessions: Sessions, work: Callable[[], Awaitable[None]]
) -> None:
    hr: Account = await sign_up("hr")
    await ana.consent("share_escalations", sharing="automatic")
    await weeks_of_low_days(sessions, ana, work=work)
    (row,) = (await hr.http.get("/hr/escalations")).json()["items"]
    assert (row["level"], row["status"], row["unit"], row["overdue"]) == ("high", "new", "Workshop", False)
    seen = []
    for action, status in (("acknowledge", "acknowledged"), ("contact", "contacted"), ("resolve", "resolved")):
        moved = await hr.http.post(f"/hr/escalations/{row['id']}/{action}", json={"note": f"did {action}"})
        assert moved.json()["status"] == status, moved.text
        (mine,) = (await ana.http.get("/me/cases")).json()
        seen.append(mine["status"])
    assert seen == ["acknowledged", "contacted", "resolved"]
    full = (await hr.http.get(f"/hr/escalations/{row['id']}")).json()
    assert [event["note"] for event in full["history"]] == ["", "did acknowledge", "did contact", "did resolve"]
    assert len(full["shared"]["days"]) == 14
    assert "vector" not in str(full["shared"])
    await work()
    kinds = [notice["kind"] for notice in (await ana.http.get("/notices")).json()["items"]]
    assert "case_status" in kinds


async def test_asked_means_hr_sees_nothing_before_the_yes(
    ana: Account, sign_up: Callable, sessions: Sessions, work: Callable[[], Awaitable[None]]
) -> None:
    hr: Account = await sign_up("hr")
    await ana.consent("share_escalations", sharing="ask")
    await weeks_of_low_days(sessions, ana, work=work)
    (case,) = (await ana.http.get("/me/cases")).json()
    assert case["status"] == "asked"
    assert (await hr.http.get("/hr/escalations")).json()["items"] == []
    assert (await hr.http.get(f"/hr/escalations/{case['id']}")).status_code == 404
    preview = case["shared"]
    await ana.http.post(f"/me/cases/{case['id']}/share")
    assert (await hr.http.get(f"/hr/escalations/{case['id']}")).json()["shared"] == preview
    again = await ana.http.post(f"/me/cases/{case['id']}/decline")
    assert (again.status_code, again.json()["code"]) == (409, "case_moved")


async def test_no_means_no(
    ana: Account, sign_up: Callable, sessions: Sessions, work: Callable[[], Awaitable[None]]
) -> None:
    hr: Account = await sign_up("hr")
    await ana.consent("share_escalations", sharing="ask")
    await weeks_of_low_days(sessions, ana, work=work)
    (case,) = (await ana.http.get("/me/cases")).json()
    declined = (await ana.http.post(f"/me/cases/{case['id']}/decline")).json()
    assert (declined["status"], declined["shared"]) == ("declined", {})
    assert (await hr.http.get("/hr/escalations")).json()["items"] == []


async def test_sharing_never_makes_no_case_at_all(
    ana: Account, sessions: Sessions, work: Callable[[], Awaitable[None]]
) -> None:
    await weeks_of_low_days(sessions, ana, work=work)
    assert (await ana.http.get("/me/cases")).json() == []


async def test_each_look_of_hr_is_in_the_persons_access_log_and_a_table_that_refreshes_is_one(
    ana: Account, sign_up: Callable
) -> None:
    hr: Account = await sign_up("hr")
    opened = (await ana.http.post("/me/cases", json={"note": "Could we talk?"})).json()
    assert opened["shared"] == {"person": ana.username, "unit": "Workshop", "note": "Could we talk?"}
    await hr.http.get(f"/hr/escalations/{opened['id']}")
    for _ in range(3):
        await hr.http.get("/hr/escalations")
    await hr.http.get(f"/hr/escalations/{opened['id']}/report")
    await hr.http.get(f"/hr/escalations/{opened['id']}/report.pdf")
    await hr.http.get("/hr/escalations.csv")
    await hr.http.post(f"/hr/escalations/{opened['id']}/note", json={"note": "an answer shows the case, too"})
    looks = (await ana.http.get("/me/access-log")).json()["items"]
    number = opened["number"]
    assert [look["what"] for look in looks] == [
        f"case {number}", "case in a downloaded table", f"report of case {number} as a file", f"report of case {number}",
        "case in the list of escalations", f"case {number}",
    ]  # fmt: skip


async def test_of_two_hr_people_the_second_is_told(ana: Account, sign_up: Callable) -> None:
    first, second = await sign_up("hr"), await sign_up("hr")
    case = (await ana.http.post("/me/cases", json={})).json()
    path = f"/hr/escalations/{case['id']}/acknowledge"
    answers = await asyncio.gather(first.http.post(path, json={}), second.http.post(path, json={}))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    second_case = await ana.http.post("/me/cases", json={})
    assert (second_case.status_code, second_case.json()["code"]) == (409, "case_open")


async def test_steps_out_of_order_are_refused(ana: Account, sign_up: Callable) -> None:
    hr: Account = await sign_up("hr")
    case = (await ana.http.post("/me/cases", json={})).json()
    answer = await hr.http.post(f"/hr/escalations/{case['id']}/resolve", json={})
    assert (answer.status_code, answer.json()["case_status"]) == (409, "new")
    assert set(STEPS) == {"acknowledge", "contact", "resolve"}


async def test_another_organisation_and_another_role_see_nothing(
    ana: Account, sign_up: Callable, sessions: Sessions
) -> None:
    case = (await ana.http.post("/me/cases", json={})).json()
    stranger: Account = await sign_up("hr", home=await make_home(sessions))
    admin: Account = await sign_up("admin")
    assert (await stranger.http.get(f"/hr/escalations/{case['id']}")).status_code == 404
    assert (await stranger.http.get("/hr/escalations")).json()["items"] == []
    assert (await admin.http.get("/hr/escalations")).status_code == 403
    assert (await ana.http.get("/hr/escalations")).status_code == 403


async def test_under_the_eu_policy_a_case_carries_only_the_persons_own_words(
    sign_up: Callable, sessions: Sessions, work: Callable[[], Awaitable[None]]
) -> None:
    home = await make_home(sessions, policy="eu-workplace")
    person, hr = await sign_up(home=home), await sign_up("hr", home=home)
    await person.consent("share_escalations", sharing="automatic")
    await weeks_of_low_days(sessions, person, work=work)
    assert (await hr.http.get("/hr/escalations")).json()["items"] == []
    await person.http.post("/me/cases", json={"note": "Please call me.", "include_levels": True})
    (row,) = (await hr.http.get("/hr/escalations")).json()["items"]
    assert row["level"] is None
    shared = (await hr.http.get(f"/hr/escalations/{row['id']}")).json()["shared"]
    assert shared == {"person": person.username, "unit": "Workshop", "note": "Please call me."}


async def test_the_table_as_a_file_cannot_carry_a_formula(sign_up: Callable) -> None:
    hr: Account = await sign_up("hr")
    sly: Account = await sign_up(display_name="=1+1")
    await sly.http.post("/me/cases", json={})
    table = (await hr.http.get("/hr/escalations.csv")).text
    assert "'=1+1" in table
    assert table.splitlines()[0] == "\ufeffhour,number,name,unit,level,status,assigned,due,report"
