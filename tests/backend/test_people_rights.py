"""Export, erasure and the access log: a person's rights, tried on a person with everything there is."""

from __future__ import annotations

import asyncio
import io
import json
import threading
import zipfile
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, text
from sqlmodel import col, select

from backend.config import Settings
from backend.db import transaction
from backend.events import RollupUpdated
from backend.jobs import emit
from backend.people import export
from backend.people.access import record_look
from backend.people.belongings import tables_of
from backend.people.receipts import verify
from backend.reading.save import still_waiting
from backend.tables import (
    Case,
    CaseEvent,
    ChatMessage,
    ChatState,
    Delivery,
    FaceTemplate,
    Mail,
    Notice,
    PasswordReset,
    Person,
    RestingFace,
    SelfReport,
    Snapshot,
    TelegramLink,
    metadata,
)
from backend.tables.columns import now
from tests.backend.conftest import Account
from tests.backend.mailbox import confirm_address


async def everywhere(sessions, needle: str) -> dict[str, int]:
    """In how many rows of each table, the queue's included, some text stands."""
    found = {}
    async with sessions() as session:
        names = (await session.exec(text("select tablename from pg_tables where schemaname = 'public'"))).all()
        for (name,) in names:
            # bytea columns show as hex, so the needle's hex is looked for too.
            query = text(f'select count(*) from "{name}" t where t::text ilike :plain or t::text ilike :hex')
            values = {"plain": f"%{needle}%", "hex": f"%{needle.encode().hex()}%"}
            if number := (await session.exec(query, params=values)).scalar_one():
                found[name] = number
    return found


def in_files(home: Path, needle: str) -> list[str]:
    files = [path for path in home.rglob("*") if path.is_file() and "models" not in path.parts]
    return [str(path) for path in files if needle.encode() in path.read_bytes()]


@pytest.fixture
async def full(sign_up, sessions, resources, face, work, home, config: Settings) -> Account:
    """Somebody with a row in every table about people."""
    former, address = f"{uuid4().hex}@example.org", f"{uuid4().hex}@example.org"
    person = await sign_up(email=former, display_name=f"Full Person {address}")
    outbox = config.home / "outbox"
    outbox.mkdir(exist_ok=True)
    (outbox / "3.eml").write_text(f"To: {former}\nSubject: s\n\nhello {address}\n")
    await person.consent("email")
    await confirm_address(person, sessions)
    assert (await person.http.patch("/me", json={"email": address})).status_code == 200  # the former one is told
    for purpose in ("score_photos", "office_camera", "telegram"):
        await person.consent(purpose)
    await person.photo(face)
    await work()
    await person.photo(face)  # stays in the queue
    me = UUID(person.id)
    hr = await sign_up("hr")
    async with transaction(sessions) as session:
        sealed = resources.vault.seal(b"dlib-resnet-v1\0" + b"\0\0\x80?" * 128, f"template:{me}")
        case = Case(organisation_id=home.organisation.id, person_id=me, key="k", level="high", status="new")
        notice = Notice(person_id=me, key="n", kind="lower_high", due_at=now())
        session.add_all([case, notice, FaceTemplate(person_id=me, sealed=sealed, photos=1, model_version="1")])
        await session.flush()
        session.add_all(
            [
                RestingFace(person_id=me, sealed=resources.vault.seal(b"AU1\0\0\0\x80?", f"resting:{me}")),
                CaseEvent(case_id=case.id, action="opened", status="new", note="a note"),
                Delivery(notice_id=notice.id, channel="inapp"),
                ChatMessage(person_id=me, author="person", text=f"\t=1+1 a secret worry {me}"),
                ChatState(person_id=me),
                SelfReport(person_id=me, instrument="who5", answers=[1] * 5, score=20, band="low"),
                TelegramLink(person_id=me, chat_id=me.int % 10**12),
                Mail(person_id=me, to=address.upper(), subject="s", text="t"),
                PasswordReset(person_id=me, token_hash=uuid4().hex * 2, expires_at=now()),
            ]
        )
        await record_look(session, me, await session.get_one(Person, UUID(hr.id)), "case", "asked for a talk")
        await emit(session, RollupUpdated(person_id=me, day=now().date()))
    (outbox / "1.eml").write_text(f"To: Full Person <{address}>\nSubject: s\n\nhello\n")
    (outbox / "2.eml").write_text("To: other@example.org\nSubject: s\n\nhello\n")
    return person


async def test_an_export_of_years_keeps_nobody_else_waiting(ana: Account, monkeypatch):
    """It is packed beside the loop that answers everybody."""
    packed_by = []
    monkeypatch.setattr(export, "pack", lambda *_: packed_by.append(threading.current_thread()) or b"zip")
    assert (await ana.http.get("/me/export")).content == b"zip"
    assert packed_by != [threading.current_thread()]


async def test_the_export_holds_everything_in_two_forms(full: Account):
    await full.http.post("/auth/password-reset", json={"login": full.username})
    answer = await full.http.get("/me/export")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        data = json.loads(archive.read("data.json"))
        assert {"README.txt", "csv/reading.csv", "csv/chat_message.csv"} <= set(archive.namelist())
        table = archive.read("csv/chat_message.csv").decode()
        assert "'\t=1+1 a secret worry" in table  # no formula
        assert table.startswith("\ufeffid,"), "spreadsheets take UTF-8 for something else without the mark"
    assert data["person"][0]["phone"] == "+4930901820"
    assert "T" in data["person"][0]["created_at"], "as the API writes times"
    assert len(data["reading"][0]["vector"]) == 10
    assert data["case_event"][0]["note"] == "a note"
    assert data["access_log"][0]["why"] == "asked for a talk"
    assert data["face_template"][0]["template_base64"]
    assert data["resting_face"][0]["resting_base64"] == "QVUxAAAAgD8="
    text_of_all = json.dumps(data)
    assert "argon2" not in text_of_all
    assert "token_hash" not in text_of_all
    assert data["mail"][-1]["subject"] == "A new password for Evenkeel"
    assert "#token=" not in text_of_all
    # Every table that is about people, but those whose rows are nothing but sealed bytes and hashes.
    owned = {table.name for table, _ in tables_of(UUID(full.id))}
    assert owned - set(data) <= {"blob", "enrolment", "enrolment_photo", "telegram_code", "push_subscription"} | {
        name for name in owned if name not in FILLED
    }


FILLED = {
    "person", "refresh_token", "consent", "snapshot", "reading", "hour_rollup", "day_rollup", "assessment",
    "escalation_case", "case_event", "notice", "delivery", "chat_message", "chat_state", "self_report",
    "telegram_link", "face_template", "resting_face", "access_log", "password_reset",
}  # fmt: skip


async def test_after_erasure_nothing_of_the_person_is_left_anywhere(full: Account, sessions, config, work):
    me = (await full.http.get("/me")).json()
    needles = [
        full.id,
        full.username,
        me["email"],
        me["email"].upper(),
        f"a secret worry {full.id}",
        str(UUID(full.id).int % 10**12),
    ]
    assert all([await everywhere(sessions, needle) for needle in needles]), "the scan finds what is there"
    assert "pgqueuer" in await everywhere(sessions, full.id)
    answer = await full.http.delete("/me")
    assert answer.status_code == 200
    receipt = answer.json()
    assert receipt["facts"]["erased"]["reading"] == 1
    assert receipt["facts"]["erased"]["jobs"] >= 2
    assert receipt["facts"]["erased"]["mail"] == 3
    verify(receipt, (await full.http.get("/receipts/keys")).json()["keys"])
    await work()
    for needle in needles:
        assert await everywhere(sessions, needle) == {}, needle
        assert in_files(config.home, needle) == [], needle
    assert (await full.http.get("/me")).status_code == 401
    assert (config.home / "outbox" / "2.eml").exists(), "mails to others stay"
    assert set(await everywhere(sessions, receipt["id"])) == {"audit_entry"}


async def test_a_job_that_is_under_way_cannot_bring_the_person_back(ana: Account, sessions, work):
    """The step waits for the erasure, then finds nobody; it must not be held as failed either."""
    async with transaction(sessions) as session:
        await emit(session, RollupUpdated(person_id=UUID(ana.id), day=now().date()))
    await ana.http.delete("/me")
    await work()
    assert await everywhere(sessions, ana.id) == {}


async def test_an_erasure_waits_for_a_photo_that_is_being_read(sign_up, sessions, face):
    """Both want the snapshot's row and the person's: in the same order, else the database ends one of them."""
    boss = await sign_up("admin")
    for by_admin in (False, True):
        person = await sign_up()
        await person.consent()
        await person.photo(face)
        erasing = boss.http.delete(f"/admin/members/{person.id}") if by_admin else person.http.delete("/me")
        async with transaction(sessions) as session:
            snapshot = (await session.exec(select(Snapshot).where(Snapshot.person_id == UUID(person.id)))).one()
            assert await still_waiting(session, snapshot.id)
            erased = asyncio.create_task(erasing)
            await until_somebody_waits_for(session, sessions)
            session.add(SelfReport(person_id=UUID(person.id), instrument="mood", answers=[1], score=1, band="low"))
        assert (await erased).is_success


async def until_somebody_waits_for(holder, sessions) -> None:
    pid = (await holder.exec(text("select pg_backend_pid()"))).scalar_one()
    waiting = text("select count(*) from pg_locks where not granted and :pid = any(pg_blocking_pids(pid))")
    async with sessions() as session:
        for _ in range(500):
            if (await session.exec(waiting, params={"pid": pid})).scalar_one():
                return
            await asyncio.sleep(0.02)
    raise AssertionError("nobody waits")


async def test_what_is_sent_while_the_account_goes_is_refused_plainly(ana: Account, sessions):
    async with transaction(sessions) as session:
        await session.exec(delete(Person).where(col(Person.id) == UUID(ana.id)))
        sends = asyncio.create_task(ana.http.post("/selfreports", json={"instrument": "mood", "answers": [3]}))
        await until_somebody_waits_for(session, sessions)
    answer = await sends
    assert (answer.status_code, answer.json()["code"]) == (409, "gone_meanwhile")


def test_every_reference_to_a_person_says_what_becomes_of_it():
    for table in metadata.sorted_tables:
        for column in table.columns:
            for key in column.foreign_keys:
                if key.column.table.name == "person":
                    assert key.ondelete in ("CASCADE", "SET NULL"), f"{table.name}.{column.name}"
                    # A row that is kept without its person must not be about that person.
                    assert key.ondelete == "CASCADE" or column.name in ("actor_id", "assignee_id"), column


async def test_the_access_log_tells_who_looked_and_why(full: Account, sign_up, sessions):
    page = (await full.http.get("/me/access-log")).json()
    assert [(look["actor_role"], look["what"], look["why"]) for look in page["items"]] == [
        ("hr", "case", "asked for a talk")
    ]
    other = await sign_up()
    assert (await other.http.get("/me/access-log")).json()["items"] == []


async def test_looking_at_ones_own_data_is_no_access(ana: Account, sessions):
    async with transaction(sessions) as session:
        person = await session.get_one(Person, UUID(ana.id))
        await record_look(session, person.id, person, "case")
    assert (await ana.http.get("/me/access-log")).json()["items"] == []
