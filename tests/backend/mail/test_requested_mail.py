"""Mails that somebody asked for: a new password, an invitation. Sent once, then forgotten."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from backend.admin.purge import purge_traces
from backend.db import transaction
from backend.errors import PermanentError
from backend.events import MailRequested
from backend.mail import request_mail
from backend.notify import tasks
from backend.resources import Resources
from backend.tables import Mail, Person
from tests.backend.conftest import Account
from tests.backend.mail.server import Drain, MailServer, Sessions, address_of, over
from tests.clock import now


async def test_a_requested_mail_arrives_once_and_its_text_is_forgotten(
    ben: Account, mailserver: MailServer, resources: Resources, sessions: Sessions, drain: Drain
) -> None:
    secret = "https://evenkeel.example/reset/abc123"
    async with transaction(sessions) as session:
        person = await session.get_one(Person, UUID(ben.id))
        assert await request_mail(session, person, "A new password", f"Hello.\n\nHere: {secret}")
    await drain(over(mailserver, resources))
    mail = mailserver.about(await address_of(sessions, ben))[0]
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert secret in plain.get_content()
    assert mail["List-Unsubscribe"] is None
    async with sessions() as session:
        kept = (await session.exec(select(Mail).where(Mail.person_id == UUID(ben.id)))).one()
    assert (kept.status, kept.text) == ("sent", "")


async def test_a_mail_that_is_rolled_back_is_never_sent(
    ben: Account, mailserver: MailServer, resources: Resources, sessions: Sessions, drain: Drain
) -> None:
    async with sessions() as session:
        person = await session.get_one(Person, UUID(ben.id))
        await request_mail(session, person, "No", "No", to="rolled@example.org")
        await session.rollback()
    await drain(over(mailserver, resources))
    assert mailserver.about("rolled@example.org") == []


async def test_a_requested_mail_that_cannot_be_sent_keeps_its_text_for_another_try(
    ben: Account, mailserver: MailServer, resources: Resources, sessions: Sessions
) -> None:
    async with transaction(sessions) as session:
        mail = Mail(person_id=UUID(ben.id), to="nobody@example.org", subject="s", text="t")
        session.add(mail)
    event = MailRequested(person_id=UUID(ben.id), mail_id=mail.id)
    with pytest.raises(PermanentError):
        async with transaction(sessions) as session:
            await tasks.send_mail(session, event, over(mailserver, resources))
    async with transaction(sessions) as session:
        await tasks.could_not_send(session, event, resources)
    async with sessions() as session:
        kept = await session.get_one(Mail, mail.id)
    assert (kept.status, kept.text) == ("failed", "t")


async def test_a_mail_that_could_not_be_sent_stays_a_month(ben: Account, sessions: Sessions) -> None:
    """Whether or not somebody discards its held job: it may hold the link to a new password."""
    async with transaction(sessions) as session:
        for days in (29, 31):
            session.add(
                Mail(
                    person_id=UUID(ben.id), to="nobody@example.org", subject=f"{days}", text="t", status="failed",
                    created_at=now() - timedelta(days=days),
                )
            )  # fmt: skip
    async with transaction(sessions) as session:
        await purge_traces(session)
        left = select(Mail.subject).where(Mail.person_id == UUID(ben.id), Mail.status == "failed")
        assert (await session.exec(left)).all() == ["29"]
