"""A no takes effect at once and leaves nothing of its purpose behind."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from backend.db import transaction
from backend.events import CaseChanged
from backend.intake import store as intake
from backend.jobs import emit
from backend.people import consent, texts
from backend.people.policy import TERMS, Given, standing
from backend.tables import (
    Case,
    Delivery,
    FaceTemplate,
    HourRollup,
    Notice,
    Organisation,
    Reading,
    Snapshot,
    TelegramLink,
)
from tests.backend.conftest import Account, make_home

NOW = datetime(2026, 6, 1, tzinfo=UTC)


async def count(sessions, table: str, person: str) -> int:  # type: ignore[no-untyped-def]
    async with sessions() as session:
        found = await session.exec(text(f"select count(*) from {table} where person_id = :id"), params={"id": person})
        return int(found.scalar_one())


async def test_withdrawing_the_photos_erases_readings_rollups_and_assessments(
    ana: Account, face: bytes, work, sessions
):
    assert (await ana.photo(face)).status_code == 202
    await work()
    assert (await ana.http.get("/readings")).json()["items"]
    left = await ana.photo(face)
    said = (await ana.http.put("/me/consents/score_photos", json={"granted": False})).json()
    assert said["granted"] is False
    assert (said["erased"]["readings"], said["erased"]["snapshots"], said["erased"]["hours"]) == (1, 2, 1)
    for table in ("snapshot", "reading", "hour_rollup", "day_rollup", "assessment"):
        assert await count(sessions, table, ana.id) == 0, table
    assert (await ana.http.get(left.headers["location"].removeprefix("/api/v1"))).status_code == 404
    await work()  # the job of the photo that was waiting finds nothing and makes nothing
    assert await count(sessions, "reading", ana.id) == 0
    async with sessions() as session:
        assert (await session.exec(text("select count(*) from blob"))).scalar_one() == 0
    refused = await ana.photo(face)
    assert (refused.status_code, refused.json()["code"]) == (403, "consent_missing")


async def test_withdrawing_the_camera_erases_template_and_camera_readings_only(ana: Account, work, sessions):
    await ana.consent("office_camera")
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    async with transaction(sessions) as session:
        session.add(FaceTemplate(person_id=UUID(ana.id), sealed=b"x", photos=1, model_version="1"))
        for source in ("phone", "camera"):
            session.add(
                Reading(
                    person_id=UUID(ana.id), source=source, captured_at=hour, hour=hour, day=hour.date(),
                    vector=[0.1] * 10, model_name="m", model_version="1",
                )
            )  # fmt: skip
        session.add(
            HourRollup(person_id=UUID(ana.id), hour=hour, day=hour.date(), readings=2, mean=[0.1] * 10, m2=[0.0] * 10)
        )
    said = (await ana.http.put("/me/consents/office_camera", json={"granted": False})).json()
    assert said["erased"] == {"snapshots": 0, "readings": 1, "face_templates": 1}
    await work()
    assert await count(sessions, "face_template", ana.id) == 0
    assert await count(sessions, "reading", ana.id) == 1
    async with sessions() as session:
        kept = await session.get(HourRollup, (UUID(ana.id), hour))
        assert kept.readings == 1, "the hour is computed again without the camera"


async def test_never_share_takes_back_what_was_shared(ana: Account, home, sessions):
    await ana.consent("share_escalations", sharing="automatic")
    async with transaction(sessions) as session:
        session.add(
            Case(organisation_id=home.organisation.id, person_id=UUID(ana.id), key="k", level="high", status="new")
        )
    said = (await ana.http.put("/me/consents/share_escalations", json={"granted": True, "sharing": "never"})).json()
    assert said["erased"]["cases"] == 1
    assert await count(sessions, "escalation_case", ana.id) == 0


async def test_a_question_about_what_was_withdrawn_is_not_asked(ana: Account, home, sessions, work):
    """It came in the morning, from the notice that waited for the end of the night or from a job that was not done;
    nor is one that was answered before that job."""
    me = UUID(ana.id)
    async with transaction(sessions) as session:
        case, answered = (
            Case(organisation_id=home.organisation.id, person_id=me, key=status, level="high", status=status)
            for status in ("asked", "declined")
        )
        session.add_all([case, answered])
        await session.flush()
        session.add(Notice(person_id=me, key=f"case:{case.id}:asked", kind="share_question", due_at=datetime.now(UTC)))
        for one in (case, answered):
            await emit(session, CaseChanged(person_id=me, case_id=one.id, status="asked"))
    said = (await ana.http.put("/me/consents/score_photos", json={"granted": False})).json()
    assert (said["erased"]["unshared_cases"], said["erased"]["notices"]) == (1, 1)
    await work()
    assert await count(sessions, "notice", ana.id) == 0


@pytest.mark.parametrize(
    ("purpose", "counted"),
    [("demographics", "age_and_gender_groups"), ("telegram", "telegram_links"), ("email", "deliveries")],
)
async def test_every_other_purpose_erases_what_it_gathered(ana: Account, sessions, purpose, counted):
    await ana.consent(purpose)
    now, me = datetime.now(UTC), UUID(ana.id)
    async with transaction(sessions) as session:
        notice = Notice(person_id=me, key="n", kind="steadier", due_at=now)
        session.add_all([notice, TelegramLink(person_id=me, chat_id=me.int % 10**12)])
        await session.flush()
        session.add_all([Delivery(notice_id=notice.id, channel=name) for name in ("inapp", "email")])
        session.add(
            Reading(
                person_id=me, source="phone", captured_at=now, hour=now, day=now.date(), vector=[0.1] * 10,
                age_band="30-39", gender_group="f", model_name="m", model_version="1",
            )
        )  # fmt: skip
    said = (await ana.http.put(f"/me/consents/{purpose}", json={"granted": False})).json()
    assert said["erased"][counted] == 1
    async with sessions() as session:
        left = {
            "age_and_gender_groups": "select count(*) from reading where person_id = :p and (age_band || gender_group) is not null",
            "telegram_links": "select count(*) from telegram_link where person_id = :p",
            "deliveries": "select count(*) from delivery d join notice n on n.id = d.notice_id where n.person_id = :p and channel = 'email'",
        }[counted]
        assert (await session.exec(text(left), params={"p": me})).scalar_one() == 0
        kept = "select count(*) from delivery d join notice n on n.id = d.notice_id where n.person_id = :p and channel = 'inapp'"
        assert (await session.exec(text(kept), params={"p": me})).scalar_one() == 1
    assert await count(sessions, "reading", ana.id) == 1


async def test_a_withdrawal_in_the_middle_of_a_reading_wins(ana: Account, face: bytes, work, sessions):
    """Whichever of the two comes first, nothing is left when both are done."""
    for pause in (0.0, 0.05, 0.1, 0.2):
        await ana.consent()
        await ana.photo(face)

        async def withdraw(pause: float = pause) -> None:
            await asyncio.sleep(pause)
            await ana.http.put("/me/consents/score_photos", json={"granted": False})

        await asyncio.gather(work(), withdraw())
        await work()
        for table in ("snapshot", "reading", "hour_rollup", "day_rollup", "assessment"):
            assert await count(sessions, table, ana.id) == 0, (table, pause)


async def test_a_group_that_is_being_read_meanwhile_is_erased_too(ana: Account, sessions):
    await ana.consent("demographics")
    now, me = datetime.now(UTC), UUID(ana.id)
    photo = Snapshot(person_id=me, source="phone", captured_at=now, idempotency_key="p", body_digest="d")
    async with transaction(sessions) as session:
        session.add(photo)
    async with transaction(sessions) as session:  # a worker that asked for the consent before the no
        await intake.locked(session, photo.id)
        saying_no = asyncio.create_task(ana.http.put("/me/consents/demographics", json={"granted": False}))
        await asyncio.wait([saying_no], timeout=0.3)
        session.add(
            Reading(
                person_id=me, snapshot_id=photo.id, source="phone", captured_at=now, hour=now, day=now.date(),
                vector=[0.1] * 10, age_band="30-39", model_name="m", model_version="1",
            )
        )  # fmt: skip
    assert (await saying_no).json()["erased"]["age_and_gender_groups"] == 1
    async with sessions() as session:
        found = await session.exec(text("select age_band from reading where person_id = :p"), params={"p": me})
        assert found.scalar_one() is None


async def test_the_history_keeps_every_word_and_its_receipts_verify(ana: Account):
    await ana.http.put("/me/consents/score_photos", json={"granted": False})
    items = (await ana.http.get("/me/consents/history")).json()["items"]
    assert [(one["purpose"], one["granted"]) for one in items] == [("score_photos", False), ("score_photos", True)]
    receipt = (await ana.http.get(f"/me/receipts/{items[0]['id']}")).json()
    assert receipt["act"] == "consent.withdrawn"
    keys = (await ana.http.get("/receipts/keys")).json()["keys"]
    from backend.people.receipts import ReceiptInvalid, verify

    verify(receipt, keys)
    with pytest.raises(ReceiptInvalid, match="changed"):
        verify({**receipt, "act": "consent.given"}, keys)
    with pytest.raises(ReceiptInvalid, match="not this installation"):
        verify(receipt, ["another"])


async def test_a_no_counts_where_the_yes_came_by_a_clock_that_was_ahead(ana: Account, face: bytes, sessions):
    """Of another machine, or of this one before it was set right: the yes stayed the newest word."""
    async with transaction(sessions) as session:
        ahead = "update consent set created_at = created_at + interval '20 seconds' where person_id = :p"
        await session.exec(text(ahead), params={"p": ana.id})
    await ana.http.put("/me/consents/score_photos", json={"granted": False})
    assert (await ana.photo(face)).status_code == 403
    items = (await ana.http.get("/me/consents/history")).json()["items"]
    assert [one["granted"] for one in items] == [False, True]


async def test_a_strangers_receipt_is_not_shown(ana: Account, sign_up):
    eve = await sign_up()
    mine = (await ana.http.get("/me/consents/history")).json()["items"][0]["id"]
    assert (await eve.http.get(f"/me/receipts/{mine}")).status_code == 404


@pytest.mark.parametrize(
    ("given", "closed", "expected"),
    [
        (None, False, "never_asked"),
        (Given(False, TERMS.text_version, NOW, None), False, "withdrawn"),
        (Given(True, TERMS.text_version, NOW - timedelta(days=1), NOW + timedelta(days=1)), False, "in_force"),
        (Given(True, TERMS.text_version, NOW - timedelta(days=1), NOW), False, "expired"),
        (Given(True, TERMS.text_version, NOW - timedelta(days=11), NOW + timedelta(days=1)), False, "policy_changed"),
        (Given(True, "older words", NOW - timedelta(days=1), NOW + timedelta(days=1)), False, "text_changed"),
        (Given(True, TERMS.text_version, NOW - timedelta(days=1), NOW + timedelta(days=1)), True, "closed"),
    ],
)
def test_what_a_consent_is_worth(given, closed, expected):
    assert standing(given, closed=closed, policy_since=NOW - timedelta(days=10), now=NOW) == expected


async def test_the_policy_closes_purposes_for_route_and_store_alike(sign_up, sessions):
    eu = await make_home(sessions, "eu-workplace")
    min_ = await sign_up(home=eu)
    refused = await min_.http.put("/me/consents/office_camera", json={"granted": True})
    assert (refused.status_code, refused.json()["code"]) == (403, "policy_forbids")
    # Even a row that says yes, from before or from anywhere, counts for nothing.
    async with transaction(sessions) as session:
        from backend.tables import Consent

        session.add(
            Consent(person_id=UUID(min_.id), purpose="office_camera", granted=True, text_version=TERMS.text_version)
        )
        await session.flush()
        assert not await consent.allows(session, UUID(min_.id), "office_camera")


async def test_a_changed_policy_asks_again(ana: Account, home, sessions, face: bytes):
    async with transaction(sessions) as session:
        organisation = await session.get_one(Organisation, home.organisation.id)
        organisation.policy_since = datetime.now(UTC) + timedelta(seconds=1)
        session.add(organisation)
    states = {one["purpose"]: one for one in (await ana.http.get("/me/consents")).json()}
    assert (states["score_photos"]["granted"], states["score_photos"]["standing"]) == (False, "policy_changed")
    assert (await ana.photo(face)).status_code == 403


@pytest.mark.parametrize("locale", ["en", "zh", "ko", "zh-CN", "xx"])
async def test_every_purpose_and_both_agreements_have_words(app_client, locale):
    async with app_client() as http:
        found = (await http.get("/consents/texts", params={"locale": locale})).json()
        agreements = (await http.get("/agreements", params={"locale": locale})).json()
    assert [one["purpose"] for one in found["purposes"]] == list(consent.PURPOSES)
    assert found["agreements"] == agreements
    assert found["locale"] == {"zh-CN": "zh", "xx": "en"}.get(locale, locale)


def test_other_words_need_another_version():
    """Whoever changes a text raises `text_version` and writes the new digest here: then everybody is asked again."""
    words = json.dumps([texts.PURPOSES, texts.AGREEMENTS], sort_keys=True, ensure_ascii=False)
    assert (TERMS.text_version, hashlib.sha256(words.encode()).hexdigest()[:16]) == ("2026-11.3", "d961286c5390ccd6")
    for by_locale in (*texts.PURPOSES.values(), *texts.AGREEMENTS.values()):
        assert set(by_locale) == set(texts.LOCALES)
