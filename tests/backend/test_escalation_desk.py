"""HR at work on cases: filters and pages, two people at once, dates, reminders, rules of the organisation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlmodel import select

from backend.db import transaction
from backend.escalation.tasks import remind
from backend.notify.say import outside
from backend.resources import Resources
from backend.spreadsheet import plain
from backend.tables import Case, Department, Notice, Person
from tests.backend.conftest import Account, Home, make_home
from tests.backend.escalation_world import Sessions, Work, assessed, kinds, numbers, periodic
from tests.clock import now


async def run_late(sessions: Sessions, case_id: str, days: int = 3) -> None:
    async with transaction(sessions) as session:
        await session.exec(
            text("update escalation_case set due_at = now() - make_interval(days => :days) where id = :id"),
            params={"days": days, "id": case_id},
        )


async def open_case(person: Account, **body: Any) -> dict[str, Any]:
    answer = await person.http.post("/me/cases", json=body)
    assert answer.status_code == 201, answer.text
    opened: dict[str, Any] = answer.json()
    return opened


async def test_the_preview_is_what_is_shared_and_keeps_nothing(
    ana: Account, sign_up: Callable, sessions: Sessions
) -> None:
    hr: Account = await sign_up("hr", locale="ko")
    await assessed(sessions, ana, "low", "moderate")
    wanted = {"note": "Could we talk?", "include_levels": True}
    preview = (await ana.http.post("/me/cases/preview", json=wanted)).json()["shared"]
    assert (await ana.http.get("/me/cases")).json() == []
    opened = await open_case(ana, **wanted)
    assert opened["shared"] == preview
    assert preview["days"][-1]["level"] == "moderate"
    seen = (await hr.http.get(f"/hr/escalations/{opened['id']}")).json()["shared"]
    words = {"because_text", "reasons"}
    assert {k: v for k, v in seen.items() if k not in words} == {k: v for k, v in preview.items() if k not in words}
    assert seen["reasons"] != preview["reasons"], "the same reasons in the reader's language"


async def test_filters_counts_and_pages(ana: Account, sign_up: Callable, home: Home, sessions: Sessions) -> None:
    hr, second = await sign_up("hr", display_name="Kim"), await sign_up("hr")
    bob: Account = await sign_up()
    await assessed(sessions, bob, "moderate")
    first, other = await open_case(ana), await open_case(bob, include_levels=True)
    await hr.http.post(f"/hr/escalations/{other['id']}/acknowledge", json={})
    await run_late(sessions, first["id"])
    a, b = first["number"], other["number"]
    unit = str(home.department.id)
    expected: list[tuple[dict[str, Any], list[int]]] = [
        ({}, [b, a]),
        ({"status": "new"}, [a]),
        ({"status": ["new", "acknowledged"]}, [b, a]),
        ({"level": "moderate"}, [b]),
        ({"assigned": "me"}, [b]),
        ({"assigned": "nobody"}, [a]),
        ({"assigned": second.id}, []),
        ({"overdue": True}, [a]),
        ({"unit": unit}, [b, a]),
        ({"unit": second.id}, []),
        ({"from": first["opened_at"], "to": other["opened_at"]}, [a]),
    ]
    for query, found in expected:
        assert await numbers(hr, **query) == found, query
    assert (await hr.http.get("/hr/escalations", params={"assigned": "x"})).status_code == 422
    page = (await hr.http.get("/hr/escalations", params={"limit": 1})).json()
    assert page["counts"] == {"new": 1, "acknowledged": 1, "contacted": 0, "resolved": 0, "overdue": 1}
    rest = (await hr.http.get("/hr/escalations", params={"limit": 1, "cursor": page["next_cursor"]})).json()
    assert [row["number"] for row in (*page["items"], *rest["items"])] == [b, a]
    assert rest["next_cursor"] is None
    choices = (await hr.http.get("/hr/escalations/choices")).json()
    assert {one["id"]: one["open_cases"] for one in choices["colleagues"]} == {hr.id: 1, second.id: 0}
    assert choices["units"] == [{"id": unit, "name": "Workshop"}]
    table = (await hr.http.get("/hr/escalations.csv", params={"assigned": "me"})).text.splitlines()
    assert len(table) == 2
    assert f",{b},{bob.username},Workshop,moderate,acknowledged,Kim," in table[1]
    async with transaction(sessions) as session:
        sales = Department(organisation_id=home.organisation.id, name="Sales")
        session.add(sales)
        await session.flush()
        (await session.get_one(Person, UUID(bob.id))).department_id = sales.id
    assert await numbers(hr, unit=sales.id) == [], "after a move the case still reads Workshop"
    assert await numbers(hr, unit=unit) == [b, a]


async def test_of_two_who_saw_the_same_version_the_second_is_told_whatever_they_do(
    ana: Account, sign_up: Callable
) -> None:
    first, second = await sign_up("hr"), await sign_up("hr")
    case = await open_case(ana)
    path = f"/hr/escalations/{case['id']}"
    version = (await second.http.get(path)).json()["version"]
    taken = await first.http.post(f"{path}/assign", json={"assignee_id": first.id, "version": version})
    assert taken.json()["assignee"]["id"] == first.id
    late = await second.http.post(f"{path}/contact", json={"note": "called", "version": version})
    assert (late.status_code, late.json()["code"], late.json()["case_version"]) == (409, "case_moved", version + 1)
    for again in ({"assignee_id": second.id, "version": version}, {"assignee_id": second.id, "version": version + 1}):
        answer = await second.http.post(f"{path}/assign", json=again)
    assert answer.json()["assignee"]["id"] == second.id, "with the new version it works"
    version = answer.json()["version"]
    both = await asyncio.gather(
        *(one.http.post(f"{path}/note", json={"note": "x", "version": version}) for one in (first, second))
    )
    assert sorted(answer.status_code for answer in both) == [200, 409]


async def test_a_case_goes_to_people_of_hr_of_this_house_only(
    ana: Account, sign_up: Callable, sessions: Sessions, work: Work
) -> None:
    hr, colleague = await sign_up("hr"), await sign_up("hr")
    stranger: Account = await sign_up("hr", home=await make_home(sessions))
    case = await open_case(ana)
    for wrong in (ana.id, stranger.id):
        refused = await hr.http.post(f"/hr/escalations/{case['id']}/assign", json={"assignee_id": wrong})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")
    await hr.http.post(f"/hr/escalations/{case['id']}/assign", json={"assignee_id": colleague.id, "note": "yours"})
    await work()
    assert "case_assigned" in await kinds(colleague)
    assert "case_assigned" not in await kinds(hr)
    back = await hr.http.post(f"/hr/escalations/{case['id']}/assign", json={"assignee_id": None})
    assert back.json()["assignee"] is None
    await hr.http.post(f"/hr/escalations/{case['id']}/contact", json={})
    await hr.http.post(f"/hr/escalations/{case['id']}/resolve", json={})
    closed = await hr.http.post(f"/hr/escalations/{case['id']}/assign", json={"assignee_id": hr.id})
    assert closed.status_code == 409


async def test_dates_follow_the_state_and_can_be_chosen_within_reason(ana: Account, sign_up: Callable) -> None:
    hr, admin = await sign_up("hr"), await sign_up("admin")
    await admin.http.put("/admin/escalation", json={"values": {"acknowledge_hours": 8, "contact_hours": 24}})
    case = await open_case(ana)
    path = f"/hr/escalations/{case['id']}"
    promised = datetime.fromisoformat(case["due_at"]) - datetime.fromisoformat(case["shared_at"])
    assert promised == timedelta(hours=8)
    moved = (await hr.http.post(f"{path}/acknowledge", json={})).json()
    left = datetime.fromisoformat(moved["due_at"]) - datetime.now(UTC)
    assert timedelta(hours=23) < left <= timedelta(hours=24)
    chosen = (datetime.now(UTC) + timedelta(days=5)).replace(microsecond=0)
    noted = await hr.http.post(f"{path}/note", json={"note": "on Thursday", "due_at": chosen.isoformat()})
    assert datetime.fromisoformat(noted.json()["due_at"]) == chosen
    for wrong in (chosen - timedelta(days=6), chosen + timedelta(days=100)):
        answer = await hr.http.post(f"{path}/contact", json={"due_at": wrong.isoformat()})
        assert (answer.status_code, answer.json()["field"]) == (422, "due_at")
    await hr.http.post(f"{path}/contact", json={})
    assert (await hr.http.post(f"{path}/resolve", json={})).json()["due_at"] is None


async def test_who_forgets_a_case_is_reminded_once_a_day_and_the_mail_says_nothing(
    ana: Account, sign_up: Callable, sessions: Sessions, resources: Resources, work: Work
) -> None:
    hr, colleague = await sign_up("hr"), await sign_up("hr")
    case = await open_case(ana, note="I cannot sleep")
    await work()
    await periodic(remind, sessions, resources, work)
    assert "case_reminder" not in await kinds(hr), "its date is not over"
    await run_late(sessions, case["id"])
    for _ in range(2):
        await periodic(remind, sessions, resources, work)
    assert [(await kinds(one)).count("case_reminder") for one in (hr, colleague)] == [1, 1]
    await colleague.http.post(f"/hr/escalations/{case['id']}/acknowledge", json={})
    await run_late(sessions, case["id"])
    await periodic(remind, sessions, resources, work)
    assert [(await kinds(one)).count("case_reminder") for one in (hr, colleague)] == [1, 2]
    history = (await hr.http.get(f"/hr/escalations/{case['id']}")).json()["history"]
    assert [event["action"] for event in history] == ["opened", "remind", "acknowledge", "remind"]
    assert [event["actor"] for event in history] == [ana.username, None, colleague.username, None]
    async with transaction(sessions) as session:
        person = await session.get_one(Person, UUID(colleague.id))
        found = await session.exec(select(Notice).where(Notice.person_id == person.id, Notice.kind == "case_reminder"))
        said = " ".join(" ".join(outside(notice, person)) for notice in found)
    assert "note for you" in said
    assert ana.username not in said
    mine = (await ana.http.get("/me/cases")).json()[0]["history"]
    assert [state["status"] for state in mine] == ["new", "acknowledged"], "who was reminded is HR's own"


async def test_withdrawing_takes_the_case_from_hr_at_once(ana: Account, sign_up: Callable) -> None:
    hr: Account = await sign_up("hr")
    await ana.consent("share_escalations", sharing="ask")
    case = await open_case(ana)
    assert await numbers(hr) == [case["number"]]
    await ana.http.put("/me/consents/share_escalations", json={"granted": False})
    assert await numbers(hr) == []
    for page in ("", "/report", "/report.pdf"):
        assert (await hr.http.get(f"/hr/escalations/{case['id']}{page}")).status_code == 404


async def test_an_administrator_sets_the_rules_within_bounds_and_is_audited(sign_up: Callable) -> None:
    admin: Account = await sign_up("admin")
    found = (await admin.http.get("/admin/escalation")).json()
    assert found["bounds"]["moderate_days"] == {"low": 1, "high": 28}
    changed = await admin.http.put("/admin/escalation", json={"values": {"moderate_days": 7}})
    assert changed.json()["values"]["moderate_days"] == 7
    wrong = await admin.http.put("/admin/escalation", json={"values": {"moderate_days": 0}})
    assert wrong.status_code == 422
    assert [one["field"] for one in wrong.json()["errors"]] == ["values.moderate_days"]
    (entry, *_) = (await admin.http.get("/admin/audit")).json()["items"]
    assert (entry["action"], entry["details"]["moderate_days"]) == ("escalation.changed", 7)


async def test_a_case_from_before_a_stricter_policy_shows_no_level_to_hr(sign_up: Callable, sessions: Sessions) -> None:
    home = await make_home(sessions, "eu-workplace")
    person, hr = await sign_up(home=home), await sign_up("hr", home=home)
    async with transaction(sessions) as session:
        case = Case(
            organisation_id=home.organisation.id, person_id=UUID(person.id), key="k", level="high", status="new",
            shared={"person": "Ana", "note": "hello", "level": "high", "because": "high", "support": [], "days": []},
        )  # fmt: skip
        session.add(case)
    (row,) = (await hr.http.get("/hr/escalations")).json()["items"]
    assert (row["name"], row["level"], row["because"]) == ("Ana", None, "")
    assert (await hr.http.get(f"/hr/escalations/{case.id}")).json()["shared"] == {"person": "Ana", "note": "hello"}
    report = (await hr.http.get(f"/hr/escalations/{case.id}/report")).json()
    assert (report["note"], report["days"], report["reasons"], report["support"]) == ("hello", [], [], [])
    assert await numbers(hr, level="high") == [], "a filter must not tell either"


@pytest.mark.parametrize("path", ["assign", "note", "acknowledge"])
async def test_an_unknown_field_is_refused(ana: Account, sign_up: Callable, path: str) -> None:
    hr: Account = await sign_up("hr")
    case = await open_case(ana)
    body = {"note": "x", "assignee_id": None, "colour": "red"}
    assert (await hr.http.post(f"/hr/escalations/{case['id']}/{path}", json=body)).status_code == 422


async def asked_days_ago(sessions: Sessions, person: Account, days: int) -> str:
    """A question that the person has not answered yet."""
    async with transaction(sessions) as session:
        member = await session.get_one(Person, UUID(person.id))
        case = Case(
            organisation_id=member.organisation_id, person_id=member.id, key="risk:x", level="high", status="asked",
            shared={"person": person.username, "unit": None, "note": ""}, opened_at=now() - timedelta(days=days),
        )  # fmt: skip
        session.add(case)
    return str(case.id)


async def test_a_case_begins_for_hr_when_it_is_shared_not_when_the_person_was_asked(
    ana: Account, sign_up: Callable, sessions: Sessions
) -> None:
    hr, bob = await sign_up("hr"), await sign_up()
    asked = await asked_days_ago(sessions, ana, 6)
    before = await open_case(bob)
    shared = (await ana.http.post(f"/me/cases/{asked}/share")).json()
    assert await numbers(hr) == [shared["number"], before["number"]], "the newest news is on top"
    first = (await hr.http.get("/hr/escalations", params={"limit": 1})).json()
    rest = (await hr.http.get("/hr/escalations", params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert [row["number"] for row in (*first["items"], *rest["items"])] == [shared["number"], before["number"]]
    assert await numbers(hr, **{"from": before["opened_at"]}) == [shared["number"], before["number"]]
    thought_over = (now() - timedelta(days=6)).date().isoformat()
    for page in ("", f"/{asked}", f"/{asked}/report"):
        said = (await hr.http.get(f"/hr/escalations{page}")).text
        assert thought_over not in said, "when the person was asked is the person's own"


async def test_nobody_in_hr_works_on_their_own_case(
    sign_up: Callable, sessions: Sessions, resources: Resources, work: Work
) -> None:
    hr, colleague = await sign_up("hr"), await sign_up("hr")
    case = await open_case(hr, note="I am tired myself.")
    await work()
    path = f"/hr/escalations/{case['id']}"
    await colleague.http.post(f"{path}/note", json={"note": "How do we put it to her?"})
    assert await numbers(hr) == []
    page = (await hr.http.get("/hr/escalations")).json()
    assert page["counts"]["new"] == 0
    assert str(case["number"]) not in (await hr.http.get("/hr/escalations.csv")).text.split(",")
    for closed in (path, f"{path}/report", f"{path}/report.pdf"):
        assert (await hr.http.get(closed)).status_code == 404
    assert (await hr.http.post(f"{path}/resolve", json={"note": "all well"})).status_code == 404
    refused = await colleague.http.post(f"{path}/assign", json={"assignee_id": hr.id})
    assert (refused.status_code, refused.json()["field"]) == (422, "assignee_id")
    await colleague.http.post(f"{path}/assign", json={"assignee_id": colleague.id})
    hands = [(await one.http.get("/hr/escalations/choices")).json()["colleagues"] for one in (hr, colleague)]
    assert [sum(one["open_cases"] for one in seen) for seen in hands] == [0, 1], "who has one's own case is not shown"
    await colleague.http.post(f"{path}/assign", json={"assignee_id": None})
    await run_late(sessions, case["id"])
    await periodic(remind, sessions, resources, work)
    assert {"case_new", "case_reminder"} <= set(await kinds(colleague))
    assert {"case_new", "case_reminder"}.isdisjoint(await kinds(hr))
    assert [one["status"] for one in (await hr.http.get("/me/cases")).json()] == ["new"], "as everybody sees theirs"


async def test_whoever_leaves_hr_has_no_case_in_hand_any_more(ana: Account, sign_up: Callable) -> None:
    admin, leaver, hr = await sign_up("admin"), await sign_up("hr"), await sign_up("hr")
    case = await open_case(ana)
    path = f"/hr/escalations/{case['id']}"
    await leaver.http.post(f"{path}/acknowledge", json={})
    assert await numbers(hr, assigned="nobody") == []
    await admin.http.patch(f"/admin/members/{leaver.id}", json={"role": "employee"})
    assert await numbers(hr, assigned="nobody") == [case["number"]]
    (row,) = (await hr.http.get("/hr/escalations")).json()["items"]
    assert row["assignee"] is None
    assert (await hr.http.get(f"{path}/report")).json()["assignee"] is None
    taken = (await hr.http.post(f"{path}/contact", json={})).json()
    assert taken["assignee"]["id"] == hr.id, "who takes the next step has it"


async def somebody_waits(sessions: Sessions) -> None:
    """Until a statement waits for a row that is held."""
    async with asyncio.timeout(20):
        while True:
            async with sessions() as session:
                if (await session.exec(text("select exists (select from pg_locks where not granted)"))).one()[0]:
                    return
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("way", ["", "/report", "step", "table", "file"])
async def test_while_a_person_is_erased_hr_waits_and_finds_nothing(
    ana: Account, sign_up: Callable, sessions: Sessions, way: str
) -> None:
    hr: Account = await sign_up("hr")
    case = await open_case(ana)
    path = f"/hr/escalations/{case['id']}"
    calls = {
        "step": lambda: hr.http.post(f"{path}/acknowledge", json={"note": "x"}),
        "table": lambda: hr.http.get("/hr/escalations"),
        "file": lambda: hr.http.get("/hr/escalations.csv"),
    }
    async with sessions() as session:
        await session.exec(text("delete from person where id = :id"), params={"id": ana.id})
        asked = asyncio.create_task(calls.get(way, lambda: hr.http.get(f"{path}{way}"))())
        await somebody_waits(sessions)
        await session.commit()
    assert (await asked).status_code == (200 if way in ("table", "file") else 404)


async def test_the_file_says_the_times_of_the_page(ana: Account, sign_up: Callable) -> None:
    hr: Account = await sign_up("hr", timezone="Asia/Kolkata")
    case = await open_case(ana)
    row = (await hr.http.get("/hr/escalations")).json()["items"][0]
    pages = [(await hr.http.get(f"/hr/escalations/{case['id']}{page}")).json() for page in ("", "/report")]
    assert {page["hour"] for page in pages} == {row["hour"]}
    hour, shared = datetime.fromisoformat(row["hour"]), datetime.fromisoformat(row["shared_at"])
    assert hour.astimezone(ZoneInfo("Asia/Kolkata")).minute == 0
    assert timedelta() <= shared - hour < timedelta(hours=1)
    here = [datetime.fromisoformat(row[name]).astimezone(ZoneInfo("Asia/Kolkata")) for name in ("hour", "due_at")]
    line = (await hr.http.get("/hr/escalations.csv")).text.splitlines()[1].split(",")
    assert (line[0], line[1], line[7]) == (
        f"{here[0]:%Y-%m-%d %H:%M}",
        str(case["number"]),
        f"{here[1]:%Y-%m-%d %H:%M}",
    )


@pytest.mark.parametrize("name", ["＝1+1", "－2", "@SUM(A1)", "\n=1"])
def test_no_cell_is_a_formula_in_any_spreadsheet(name: str) -> None:
    assert plain(name) == f"'{name}"
    assert plain("Ana = Bob") == "Ana = Bob"


async def test_support_is_shown_on_the_persons_own_day(sign_up: Callable, sessions: Sessions) -> None:
    """In Kiribati it is tomorrow for most of UTC's day, in Hawaii yesterday."""
    for zone in ("Pacific/Kiritimati", "Pacific/Honolulu"):
        person: Account = await sign_up(timezone=zone)
        await assessed(sessions, person, "low", "low")
        here = datetime.now(ZoneInfo(zone)).replace(hour=7)
        moments = [here.replace(hour=hour) - timedelta(days=back) for hour, back in ((0, 13), (1, 2), (23, 1))]
        async with transaction(sessions) as session:
            for number, at in enumerate(moments):
                session.add(
                    Notice(
                        person_id=UUID(person.id), key=f"risk:{number}", kind="lower_moderate", due_at=at, created_at=at
                    )
                )
        shared = (await person.http.post("/me/cases/preview", json={"include_levels": True})).json()["shared"]
        assert [one["day"] for one in shared["support"]] == [str(at.date()) for at in moments]
