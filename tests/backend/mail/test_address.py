"""An address gets mails once its owner has confirmed it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

from backend.resources import Resources
from backend.tables import Person
from tests.backend.conftest import Account
from tests.backend.mail.server import Drain, MailServer, Sessions, deliveries, over
from tests.backend.risk_news import raised


async def test_an_address_gets_notes_only_after_its_owner_confirmed_it(
    sign_up: Callable[..., Any], mailserver: MailServer, resources: Resources, sessions: Sessions, drain: Drain
) -> None:
    eva: Account = await sign_up(email="eva@example.org")
    await eva.consent("email")
    await raised(sessions, eva)
    await drain(over(mailserver, resources))
    asked = mailserver.about("eva@example.org")
    assert [mail["Subject"] for mail in asked] == ["Is this your address?"]
    assert await deliveries(sessions, eva) == {"inapp": "sent"}
    link = await link_in(asked[0])
    looked = await eva.http.get(link)
    assert "eva@example.org" in looked.text
    assert (await eva.http.get("/me")).json()["email_confirmed"] is False
    assert (await eva.http.post(link)).status_code == 200
    assert (await eva.http.get("/me")).json()["email_confirmed"] is True
    assert (await eva.http.post("/me/email/confirmation")).json()["code"] == "nothing_to_confirm"
    await raised(sessions, eva, "high")
    await drain(over(mailserver, resources))
    assert len(mailserver.about("eva@example.org")) == 2


async def test_another_address_is_confirmed_afresh_and_links_open_nothing_else(
    ben: Account, mailserver: MailServer, resources: Resources, sessions: Sessions, drain: Drain
) -> None:
    from backend.people import email as addresses

    async with sessions() as session:
        person = await session.get_one(Person, UUID(ben.id))
    now = dt.datetime.now(dt.UTC)
    old = addresses.token_for(person, resources.vault, now - dt.timedelta(seconds=5))
    ours = addresses.token_for(person, resources.vault, now + dt.timedelta(hours=1))
    assert (await ben.http.post(f"/confirm-email/{ours}")).status_code == 200
    for token in (old, "x.y", ours[:-1] + ("0" if ours[-1] != "0" else "1")):
        assert (await ben.http.post(f"/confirm-email/{token}")).status_code == 404
    other = f"new{uuid4().hex[:8]}@example.org"
    assert (await ben.http.post(f"/confirm-email/{ours}")).status_code == 200
    await ben.http.patch("/me", json={"email": other, "locale": "ko"})
    assert (await ben.http.post(f"/confirm-email/{ours}")).status_code == 404
    await raised(sessions, ben)
    await drain(over(mailserver, resources))
    assert [mail["Subject"] for mail in mailserver.about(other)] == ["본인의 주소가 맞나요?"]
    (told,) = mailserver.about(str(person.email))
    assert (told["Subject"], told["Content-Language"]) == ("Evenkeel 계정의 이메일 주소가 바뀌었어요", "ko")
    plain = told.get_body(("plain",))
    assert plain is not None
    assert "Evenkeel is not" not in plain.get_content(), "the lines below it are Korean as well"
    assert other not in told.as_string(), "the mailbox of before is not told the new address"
    assert await deliveries(sessions, ben) == {"inapp": "sent"}


async def link_in(mail: EmailMessage) -> str:
    plain = mail.get_body(("plain",))
    assert plain is not None
    found = re.search(r"/confirm-email/\S+", plain.get_content())
    assert found is not None
    return found.group()
