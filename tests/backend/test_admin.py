"""Running an organisation: what administrators can do, what they cannot see, and that it is written down."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from backend import audit
from backend.admin import store
from backend.admin.policy import RetentionPolicy
from backend.admin.tasks import end_consents, remind_of_consents, remove_what_is_old
from backend.db import transaction
from backend.people.policy import TERMS
from backend.people.store import lock_person
from backend.people.tokens import secret_hash
from backend.tables import (
    Camera,
    CameraBurst,
    Case,
    ChatMessage,
    Consent,
    FaceTemplate,
    Mail,
    Organisation,
    Person,
    Reading,
    RefreshToken,
)
from tests.backend.conftest import PASSWORD, Account, make_home


@pytest.fixture
async def arun(sign_up) -> Account:
    return await sign_up("admin")


async def test_an_invite_made_here_brings_people_to_their_department(arun: Account, app_client):
    department = (await arun.http.post("/admin/departments", json={"name": "Lab"})).json()
    wanted = {"role": "hr", "department_id": department["id"], "uses": 1, "days": 1}
    invite = (await arun.http.post("/admin/invites", json=wanted)).json()
    async with app_client() as http:
        body = {"password": PASSWORD, "phone": "+4930901820", "invite_code": invite["code"].lower()}
        made = await http.post("/accounts", json={**body, "username": f"u{uuid4().hex[:8]}"})
        assert (made.json()["role"], made.json()["department"]) == ("hr", "Lab")
        assert (await http.post("/accounts", json={**body, "username": "too-late-1"})).status_code == 422
    assert (await arun.http.get("/admin/departments")).json()[0] | {"members": 1} in (
        await arun.http.get("/admin/departments")
    ).json()
    twice = await arun.http.post("/admin/departments", json={"name": "Lab"})
    assert (twice.status_code, twice.json()["code"]) == (409, "already_taken")


async def test_a_deleted_invite_is_worth_nothing(arun: Account, app_client):
    code = (await arun.http.post("/admin/invites", json={"uses": 5})).json()["code"]
    assert (await arun.http.delete(f"/admin/invites/{code}")).status_code == 204
    async with app_client() as http:
        body = {"username": "late-one", "password": PASSWORD, "phone": "+4930901820", "invite_code": code}
        assert (await http.post("/accounts", json=body)).json()["code"] == "invite_unknown"


async def test_a_new_role_takes_effect_with_a_new_sign_in(arun: Account, ana: Account):
    changed = await arun.http.patch(f"/admin/members/{ana.id}", json={"role": "hr"})
    assert changed.json()["role"] == "hr"
    assert (await ana.http.get("/me")).status_code == 401


async def test_the_audit_log_says_what_changed_and_who_it_was(sign_up, sessions):
    """An organisation's list was as long as its form; an administrator named as the system signed as the system."""
    home = await make_home(sessions)
    boss = await sign_up("admin", home=home, username="evenkeel")
    other = await sign_up("admin", home=home)
    before = (await other.http.get("/admin/organisation")).json()
    for method, path, body in (
        ("PUT", "/admin/escalation", {"values": {"reminders": 3}}),
        ("PUT", "/admin/escalation", {"values": {"reminders": 3}}),
        ("PATCH", "/admin/organisation", {"name": before["name"], "country": "", "timezone": "Asia/Tokyo"}),
        ("PATCH", f"/admin/members/{boss.id}", {"role": "admin", "department_id": None}),
        ("PATCH", f"/admin/members/{boss.id}", {"role": "admin", "department_id": None}),
    ):
        assert (await other.http.request(method, path, json=body)).status_code == 200
    await boss.http.post("/admin/departments", json={"name": "Lab"})
    assert (await other.http.delete(f"/admin/members/{boss.id}")).status_code == 204
    entries = (await other.http.get("/admin/audit")).json()["items"]
    assert [(entry["action"], entry["by"], entry["actor"]) for entry in entries[:3]] == [
        ("member.removed", "person", other.username),
        ("account.erased", "installation", None),
        ("department.created", "erased", None),
    ]
    details = [{name: value for name, value in entry["details"].items() if name != "member"} for entry in entries[3:6]]
    assert details == [{"department_id": None}, {"timezone": "Asia/Tokyo"}, {"reminders": 3}]


async def test_no_organisation_takes_the_name_of_another(arun: Account, sign_up, sessions):
    """Whoever has the machine finds organisations by name: of two alike neither could be helped or deleted."""
    other = await make_home(sessions)
    name = (await (await sign_up("admin", home=other)).http.get("/admin/organisation")).json()["name"]
    refused = await arun.http.patch("/admin/organisation", json={"name": name, "country": "JP"})
    assert (refused.status_code, refused.json()["code"]) == (409, "organisation_taken")
    assert (await arun.http.get("/admin/organisation")).json()["country"] == "", "nothing of it was saved"


async def test_the_last_administrator_stays(sign_up, sessions):
    home = await make_home(sessions)
    only = await sign_up("admin", home=home)
    for answer in (
        await only.http.patch(f"/admin/members/{only.id}", json={"role": "employee"}),
        await only.http.delete(f"/admin/members/{only.id}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")


async def test_removing_a_member_erases_them(arun: Account, ana: Account, sessions):
    assert (await arun.http.delete(f"/admin/members/{ana.id}")).status_code == 204
    async with sessions() as session:
        assert await session.get(Person, UUID(ana.id)) is None
    assert (await ana.http.get("/me")).status_code == 401


async def test_a_removal_that_waits_for_a_clip_to_be_read_keeps_nobody_from_the_audit_log(arun: Account, ana, sessions):
    waiting = text("select count(*) from pg_locks where locktype = 'advisory' and not granted")
    async with transaction(sessions) as session:
        await lock_person(session, UUID(ana.id))  # as the worker that reads
        removing = asyncio.create_task(arun.http.delete(f"/admin/members/{ana.id}"))
        while not (await session.exec(waiting)).scalar_one():  # noqa: ASYNC110 - the database has no event for it
            await asyncio.sleep(0.01)
        async with asyncio.timeout(20):
            made = await arun.http.post("/admin/departments", json={"name": "Lab"})
        assert (made.status_code, removing.done()) == (201, False)
        # Whoever erases their own account takes these two in this order: the other way round each waits for the other.
        await session.exec(select(Person.id).where(Person.id == UUID(ana.id)).with_for_update(nowait=True))
    assert (await removing).status_code == 204


async def test_another_organisation_does_not_exist_for_an_administrator(arun: Account, sign_up, sessions):
    other = await make_home(sessions)
    stranger = await sign_up(home=other)
    assert (await arun.http.patch(f"/admin/members/{stranger.id}", json={"role": "hr"})).status_code == 404
    assert (await arun.http.delete(f"/admin/departments/{other.department.id}")).status_code == 404
    assert (await arun.http.delete(f"/admin/invites/{other.codes['hr']}")).status_code == 404
    wanted = {"department_id": str(other.department.id)}
    assert (await arun.http.post("/admin/invites", json=wanted)).status_code == 404
    ids = {member["id"] for member in (await arun.http.get("/admin/members", params={"limit": 200})).json()["items"]}
    assert stranger.id not in ids


async def test_the_stricter_policy_erases_what_it_closes_and_asks_everybody(sign_up, sessions):
    home = await make_home(sessions)
    boss, ana = await sign_up("admin", home=home), await sign_up(home=home)
    for purpose in ("score_photos", "office_camera"):
        await ana.consent(purpose)
    async with transaction(sessions) as session:
        session.add(FaceTemplate(person_id=UUID(ana.id), sealed=b"x", photos=1, model_version="1"))
        shared = {"note": "please call me", "level": "high", "reasons": ["SECRETREASON"], "person": "Ana"}
        for who, status in (("policy", "resolved"), ("person", "new")):
            session.add(
                Case(
                    organisation_id=home.organisation.id, person_id=UUID(ana.id), key=who, level="high",
                    status=status, opened_by=who, shared=shared,
                )
            )  # fmt: skip
    camera = await boss.http.post("/admin/cameras", json={"name": "Door"})
    assert camera.status_code == 201
    changed = (await boss.http.put("/admin/policy", json={"policy": "eu-workplace"})).json()
    assert (changed["people_asked_again"], changed["erased"]["face_templates"]) == (2, 1)
    assert "office_camera" in changed["closed_purposes"]
    states = {one["purpose"]: one["standing"] for one in (await ana.http.get("/me/consents")).json()}
    assert (states["score_photos"], states["office_camera"]) == ("policy_changed", "closed")
    assert (await ana.http.get("/me")).json()["policy"] == "eu-workplace"
    hr = await sign_up("hr", home=home)
    cases = (await hr.http.get("/hr/escalations")).json()["items"]
    assert len(cases) == 1, "what assessments opened is gone, her own wish is not"
    detail = (await hr.http.get(f"/hr/escalations/{cases[0]['id']}")).text
    assert "please call me" in detail
    assert "SECRETREASON" not in detail + str(cases)
    assert "high" not in detail + str(cases)
    refused = await boss.http.post("/admin/cameras", json={"name": "Window"})
    assert refused.json()["code"] == "policy_forbids"
    actions = [entry["action"] for entry in (await boss.http.get("/admin/audit")).json()["items"]]
    assert actions[0] == "policy.changed"


async def test_a_yes_while_the_policy_changes_was_said_under_the_old_one(sign_up, sessions):
    """With many people a change takes a while, and until its commit everybody reads and answers the old words."""
    home = await make_home(sessions)
    boss, ana = await sign_up("admin", home=home), await sign_up(home=home)
    first, last = sorted((boss, ana), key=lambda one: UUID(one.id))
    waiting = text("select count(*) from pg_locks where locktype = 'advisory' and not granted")
    async with transaction(sessions) as session:
        await lock_person(session, UUID(first.id))
        changing = asyncio.create_task(boss.http.put("/admin/policy", json={"policy": "eu-workplace"}))
        while not (await session.exec(waiting)).scalar_one():  # noqa: ASYNC110 - the database has no event for it
            await asyncio.sleep(0.01)
        await last.consent("share_escalations")
        new = await sign_up(home=home)
        await new.consent("office_camera")
        async with transaction(sessions) as another:
            another.add(FaceTemplate(person_id=UUID(new.id), sealed=b"sealed", photos=1, model_version="1"))
    changed = (await changing).json()
    assert (changed["policy"], changed["people_asked_again"], changed["erased"]) == (
        "eu-workplace", 3, {"face_templates": 1},
    )  # fmt: skip
    states = {one["purpose"]: one["standing"] for one in (await last.http.get("/me/consents")).json()}
    assert states["share_escalations"] == "policy_changed"


async def test_an_account_can_be_erased_while_an_administrator_changes_settings(arun: Account, ana: Account, sessions):
    """The line in the audit log refers to the organisation: each waited for the other."""
    async with transaction(sessions) as session:
        await store.organisation(session, await session.get_one(Person, UUID(arun.id)))
        async with asyncio.timeout(20):
            assert (await ana.http.delete("/me")).status_code == 200


async def test_a_department_is_deleted_while_one_of_its_members_is_changed(arun: Account, ana: Account, sessions):
    """Who changes the member writes to the audit log next: it must not be held by who waits for the member."""
    made = (await arun.http.post("/admin/departments", json={"name": "Lab"})).json()["id"]
    await arun.http.patch(f"/admin/members/{ana.id}", json={"department_id": made})
    waiting = text("select count(*) from pg_locks where locktype = 'transactionid' and not granted")
    async with transaction(sessions) as session:
        await session.exec(select(Person.id).where(Person.id == UUID(ana.id)).with_for_update(key_share=True))
        deleting = asyncio.create_task(arun.http.delete(f"/admin/departments/{made}"))
        while not (await session.exec(waiting)).scalar_one():  # noqa: ASYNC110 - the database has no event for it
            await asyncio.sleep(0.01)
        assert (await session.exec(text(f"select pg_try_advisory_xact_lock({audit.LOCK})"))).scalar_one()
    assert (await deleting).status_code == 204


async def test_thresholds_and_retention_keep_their_bounds(arun: Account):
    good = await arun.http.put("/admin/thresholds", json={"values": {"lof_threshold": 2.0}})
    assert good.json()["values"]["lof_threshold"] == 2.0
    bad = await arun.http.put("/admin/thresholds", json={"values": {"lof_threshold": 99}})
    assert (bad.status_code, bad.json()["code"]) == (422, "invalid_input")
    endless = await arun.http.put("/admin/thresholds", content='{"values": {"learning_days": Infinity}}')
    assert (endless.status_code, endless.json()["code"]) == (422, "invalid_input")
    falling = {"low_at": 2.0, "moderate_at": 1.72, "high_at": 2.6, "clip": 2.0}
    at_odds = (await arun.http.put("/admin/thresholds", json={"values": falling})).json()["errors"]
    assert [one["field"] for one in at_odds] == ["values.low_at", "values.moderate_at", "values.high_at"]
    assert (await arun.http.get("/admin/thresholds")).json()["values"]["lof_threshold"] == 2.0
    assert (await arun.http.put("/admin/retention", json={"days": {"chat": 30}})).json()["days"]["chat"] == 30
    assert (await arun.http.put("/admin/retention", json={"days": {"readings": 9999}})).status_code == 422
    assert (await arun.http.put("/admin/retention", json={"days": {"secrets": 1}})).status_code == 422


async def test_the_purge_removes_what_is_old_and_says_so(sign_up, sessions, resources):
    home = await make_home(sessions)
    boss, ana = await sign_up("admin", home=home), await sign_up(home=home)
    now = datetime.now(UTC)
    async with transaction(sessions) as session:
        for age in (10, 800):
            then = now - timedelta(days=age)
            session.add(ChatMessage(person_id=UUID(ana.id), author="bot", text="hello", created_at=then))
            session.add(
                Reading(
                    person_id=UUID(ana.id), source="phone", captured_at=then, hour=then, day=then.date(),
                    vector=[0.1] * 10, model_name="m", model_version="1",
                )
            )  # fmt: skip
    async with transaction(sessions) as session:
        await remove_what_is_old(session, resources)
    assert len((await ana.http.get("/readings")).json()["items"]) == 1
    report = (await boss.http.get("/admin/audit")).json()["items"][0]
    assert (report["action"], report["by"], report["actor"]) == ("retention.purged", "installation", None)
    assert report["details"] == {"reading": 1, "chat_message": 1}


async def test_what_the_machinery_leaves_behind_has_an_end(ana: Account, sessions, resources):
    """The queue's log got three lines a job and kept them for ever, mail addresses in its tracebacks included."""
    now = datetime.now(UTC)
    line = (
        "insert into pgqueuer_log (created, job_id, status, priority, entrypoint) values (:at, :job, 'picked', 0, 'x')"
    )
    held = (
        "insert into pgqueuer (id, priority, status, entrypoint, queue_manager_id) values (-3, 0, 'failed', 'x', null)"
    )
    old, new = now - timedelta(days=8), now - timedelta(days=6)
    async with transaction(sessions) as session:
        await session.exec(text(held))
        for at, job in ((old, -1), (new, -2), (old, -3)):
            await session.exec(text(line), params={"at": at, "job": job})
        for age in (29, 31):
            sent = now - timedelta(days=age)
            session.add(
                Mail(person_id=UUID(ana.id), to="a@b.c", subject=f"{age}", text="", status="sent", sent_at=sent)
            )
        session.add(
            Mail(person_id=UUID(ana.id), to="a@b.c", subject="waits", text="", created_at=now - timedelta(days=99))
        )
        ends = "update refresh_token set expires_at = :ends where person_id = :p"
        await session.exec(text(ends), params={"ends": now - timedelta(days=2), "p": UUID(ana.id)})
    outbox = resources.config.home / "outbox"
    outbox.mkdir(exist_ok=True)
    for age in (29, 31):
        (outbox / f"{age}.eml").write_text("To: a@b.c\n\nhello\n")
        os.utime(outbox / f"{age}.eml", times=((now - timedelta(days=age)).timestamp(),) * 2)
    async with transaction(sessions) as session:
        await remove_what_is_old(session, resources)
    assert [(outbox / f"{age}.eml").exists() for age in (29, 31)] == [True, False]
    async with transaction(sessions) as session:
        jobs = await session.exec(text("delete from pgqueuer_log where job_id < 0 returning job_id"))
        assert {job for (job,) in jobs} == {-2, -3}, "a held job keeps its lines"
        await session.exec(text("delete from pgqueuer where id = -3"))
        mails = await session.exec(select(Mail.subject).where(Mail.person_id == UUID(ana.id)))
        assert set(mails) == {"29", "waits"}
        tokens = await session.exec(select(RefreshToken).where(RefreshToken.person_id == UUID(ana.id)))
        assert tokens.all() == []


async def test_a_consent_that_ran_out_long_ago_erases_its_data(ana: Account, sessions, resources):
    then = datetime.now(UTC) + timedelta(seconds=1)
    async with transaction(sessions) as session:
        session.add(FaceTemplate(person_id=UUID(ana.id), sealed=b"x", photos=1, model_version="1"))
        session.add(
            Consent(
                person_id=UUID(ana.id), purpose="office_camera", granted=True, text_version=TERMS.text_version,
                created_at=then, expires_at=datetime.now(UTC) - timedelta(days=31),
            )
        )  # fmt: skip
    async with transaction(sessions) as session:
        await session.exec(
            text("update consent set created_at = now() - interval '400 days' where person_id = :p"),
            params={"p": UUID(ana.id)},
        )
        await end_consents(session, resources)
    async with sessions() as session:
        assert await session.get(FaceTemplate, UUID(ana.id)) is None
    past = (await ana.http.get("/me/consents/history")).json()["items"]
    assert (past[0]["purpose"], past[0]["granted"], past[0]["erased"]["face_templates"]) == ("office_camera", False, 1)


async def test_a_consent_that_ends_soon_is_announced_once(ana: Account, sessions, resources):
    async with transaction(sessions) as session:
        await session.exec(
            text("update consent set expires_at = now() + interval '20 days' where person_id = :p"),
            params={"p": UUID(ana.id)},
        )
    for _ in range(2):
        async with transaction(sessions) as session:
            await remind_of_consents(session, resources)
    notices = (await ana.http.get("/notices")).json()["items"]
    assert [(one["kind"], one["facts"]["purpose"]) for one in notices] == [("consent_renewal", "score_photos")]


async def test_the_end_of_a_consent_that_counts_for_nothing_is_no_news(ana: Account, home, sessions, resources):
    async with transaction(sessions) as session:
        await session.exec(
            text("update consent set expires_at = now() + interval '20 days' where person_id = :p"),
            params={"p": UUID(ana.id)},
        )
        organisation = await session.get_one(Organisation, home.organisation.id)
        organisation.policy_since = datetime.now(UTC) + timedelta(seconds=1)
        session.add(organisation)
    async with transaction(sessions) as session:
        await remind_of_consents(session, resources)
    assert (await ana.http.get("/notices")).json()["items"] == []


async def test_a_cameras_key_is_shown_once_and_ends_with_its_renewal(arun: Account, sessions):
    made = (await arun.http.post("/admin/cameras", json={"name": "Door", "place": "Hall"})).json()
    listed = (await arun.http.get("/admin/cameras")).json()
    assert "key" not in listed[-1]
    renewed = (await arun.http.post(f"/admin/cameras/{made['id']}/key")).json()
    assert renewed["key"] != made["key"]
    async with sessions() as session:
        assert (await session.get(Camera, UUID(made["id"]))).key_hash == secret_hash(renewed["key"])
    assert (await arun.http.delete(f"/admin/cameras/{made['id']}")).status_code == 204
    assert (await arun.http.get("/admin/cameras")).json()[-1]["revoked_at"]


@pytest.fixture
async def failed_job(ana: Account, sessions) -> int:
    """A step of Ana's that was held after failing."""
    async with transaction(sessions) as session:
        row = await session.exec(
            text(
                "insert into pgqueuer (priority, status, entrypoint, payload, created, updated, heartbeat, execute_after, attempts) "
                "values (0, 'failed', 'risk.assess_person', convert_to(:payload, 'UTF8'), now(), now(), now(), now(), 4) returning id"
            ),
            params={"payload": f'{{"person_id": "{ana.id}", "day": "2026-01-05"}}'},
        )
        return row.scalar_one()


async def test_failed_jobs_are_shown_without_whom_and_tried_again(
    arun: Account, ana, failed_job, sessions, work, sign_up
):
    jobs = (await arun.http.get("/admin/jobs")).json()
    mine = next(job for job in jobs if job["id"] == failed_job)
    assert mine["step"] == "risk.assess_person"
    assert ana.id not in str(jobs)
    stranger = await sign_up("admin", home=await make_home(sessions))
    assert failed_job not in [job["id"] for job in (await stranger.http.get("/admin/jobs")).json()]
    assert (await stranger.http.post(f"/admin/jobs/{failed_job}/retry")).status_code == 404
    assert (await arun.http.post(f"/admin/jobs/{failed_job}/retry")).status_code == 202
    await work()
    assert failed_job not in [job["id"] for job in (await arun.http.get("/admin/jobs")).json()]
    async with sessions() as session:
        left = await session.exec(
            text("select count(*) from pgqueuer where convert_from(payload,'UTF8') like :p"),
            params={"p": f"%{ana.id}%"},
        )
        assert left.scalar_one() == 0, "it ran"


async def test_a_cameras_failed_job_is_its_organisations(arun: Account, failed_job, sessions, sign_up):
    camera = (await arun.http.post("/admin/cameras", json={"name": "Door"})).json()
    burst = CameraBurst(camera_id=UUID(camera["id"]), source="camera", captured_at=datetime.now(UTC), body_digest="")
    burst.idempotency_key = "k"
    async with transaction(sessions) as session:
        session.add(burst)
        moved = "update pgqueuer set payload = convert_to(:payload, 'UTF8') where id = :id"
        await session.exec(text(moved), params={"payload": f'{{"burst_id": "{burst.id}"}}', "id": failed_job})
    stranger = await sign_up("admin", home=await make_home(sessions))
    assert (await stranger.http.delete(f"/admin/jobs/{failed_job}")).status_code == 404
    assert (await arun.http.delete(f"/admin/jobs/{failed_job}")).status_code == 204


async def test_a_failed_job_can_be_discarded(arun: Account, failed_job):
    assert (await arun.http.delete(f"/admin/jobs/{failed_job}")).status_code == 204
    assert (await arun.http.delete(f"/admin/jobs/{failed_job}")).status_code == 404


async def test_the_audit_chain_notices_every_kind_of_tampering(session):
    for number in range(4):
        await audit.record(session, None, None, "test", number=number)
    whole = await audit.verify(session)
    assert whole.broken_at is None
    ids = (await session.exec(text("select id from audit_entry order by id desc limit 4"))).scalars().all()
    tampering = {
        "changed": f"update audit_entry set details = '{{\"number\": 9}}' where id = {ids[2]}",
        "taken out": f"delete from audit_entry where id = {ids[2]}",
        "renamed": f"update audit_entry set actor = 'x' where id = {ids[3]}",
    }
    await session.exec(text("reset role"))
    for what, statement in tampering.items():
        inner = await session.begin_nested()
        await session.exec(text(statement))
        session.expire_all()
        assert (await audit.verify(session)).broken_at is not None, what
        await inner.rollback()
        session.expire_all()
    await session.exec(text(f"delete from audit_entry where id = {ids[0]}"))
    session.expire_all()
    assert (await audit.verify(session)).broken_at is None, "a cut end shows only against a head noted before"
    assert not (await audit.verify(session, whole.head)).expected_found


@pytest.mark.parametrize(
    "statement",
    [
        "drop table reading", "alter table person add column x int", "create table x (y int)", "truncate audit_entry",
        "update audit_entry set actor = 'x'", "delete from audit_entry", "update alembic_version set version_num = 'x'",
    ],
)  # fmt: skip
async def test_the_processes_role_cannot_change_schema_or_audit_log(sessions, statement):
    async with sessions() as session:
        with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
            await session.exec(text(statement))


def test_administrations_sql_touches_no_table_about_how_people_feel():
    from pathlib import Path

    import backend.admin.store as store

    source = Path(store.__file__).read_text().lower()
    for table in (
        "reading",
        "hourrollup",
        "dayrollup",
        "assessment",
        "selfreport",
        "chatmessage",
        "notice",
        "escalation_case",
    ):
        assert table not in source.replace("it reads no table", ""), table


def test_default_retention_is_within_its_own_bounds():
    assert RetentionPolicy.from_json(RetentionPolicy().to_json()) == RetentionPolicy()
