"""A raised risk sends one mail through a real SMTP server, whatever breaks on the way."""

from __future__ import annotations

import asyncio
import datetime as dt
import signal
import sys
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

from pydantic import SecretStr

from backend.errors import PermanentError, RetryLater
from backend.resources import Resources
from tests.backend.conftest import Account
from tests.backend.mail.server import PASSWORD, USER, Drain, MailServer, Sessions, address_of, deliveries, over
from tests.backend.mailbox import confirm_address
from tests.backend.queue_run import run_queue
from tests.backend.risk_news import raised
from tests.conftest import ROOT


async def test_a_raised_risk_sends_one_mail(
    ben: Account, mailserver: MailServer, resources: Resources, sessions: Sessions, drain: Drain
) -> None:
    address = await address_of(sessions, ben)
    await raised(sessions, ben)
    await raised(sessions, ben)  # the same change told twice, as at-least-once allows
    await drain(over(mailserver, resources))
    assert len(mailserver.about(address)) == 1
    assert await deliveries(sessions, ben) == {"inapp": "sent", "email": "sent"}


async def test_the_mail_is_plain_and_warm_and_names_no_feelings(
    ben: Account, mailserver: MailServer, resources: Resources, sessions: Sessions, drain: Drain
) -> None:
    await raised(sessions, ben, "high")
    await drain(over(mailserver, resources))
    mail = mailserver.about(await address_of(sessions, ben))[0]
    assert mail["Subject"] == "You have a note"
    assert mail.get_content_type() == "multipart/alternative"
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    for text in (plain.get_content(), page.get_content()):
        assert "Hello Ben," in text
        assert "not for emergencies" in text
        assert not any(
            word in text.lower() for word in ("usual range", "lower", "check-in", "http-equiv", "<img", "src=")
        )
    assert abs(parsedate_to_datetime(mail["Date"]) - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)
    assert mail["Message-ID"].endswith("@localhost>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "en"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_who_chose_so_reads_in_the_mail_what_it_is_about(
    ben: Account, mailserver: MailServer, resources: Resources, sessions: Sessions, drain: Drain
) -> None:
    await ben.http.put("/me/notifications", json={"details": True})
    await raised(sessions, ben)
    await drain(over(mailserver, resources))
    assert mailserver.about(await address_of(sessions, ben))[0]["Subject"] == "A quiet note"


async def test_one_click_ends_all_mails_and_looking_does_not(
    ben: Account, mailserver: MailServer, resources: Resources, sessions: Sessions, drain: Drain,
    app_client: Callable[[], Any],
) -> None:  # fmt: skip
    await raised(sessions, ben)
    await drain(over(mailserver, resources))
    link = mailserver.about(await address_of(sessions, ben))[0]["List-Unsubscribe"].strip("<>")
    path = link.split("/api/v1")[1]
    async with app_client() as anybody:
        assert (await anybody.get(path)).status_code == 200
        assert (await ben.http.get("/me/consents")).json()
        assert await email_allowed(ben)
        clicked = await anybody.post(path, data={"List-Unsubscribe": "One-Click"})
        assert clicked.status_code == 200
        assert not await email_allowed(ben)
        assert (await anybody.post(path[:-3] + "abc")).status_code == 404
        assert (await anybody.post("/unsubscribe/nonsense")).status_code == 404


async def email_allowed(account: Account) -> bool:
    states = (await account.http.get("/me/consents")).json()
    states = states if isinstance(states, list) else states["items"]
    return bool(next(state["granted"] for state in states if state["purpose"] == "email"))


async def test_an_opt_out_counts_for_a_mail_that_already_waits(
    ben: Account, mailserver: MailServer, resources: Resources, sessions: Sessions, drain: Drain
) -> None:
    mailserver.busy = True
    await raised(sessions, ben)
    await drain(over(mailserver, resources))
    await ben.http.put("/me/notifications", json={"channels": {"email": False}})
    mailserver.busy = False
    await drain(over(mailserver, resources))
    assert mailserver.about(await address_of(sessions, ben)) == []
    assert (await deliveries(sessions, ben))["email"] == "withheld"


async def test_without_consent_no_mail(
    sign_up: Callable[..., Any], mailserver: MailServer, resources: Resources, sessions: Sessions, drain: Drain
) -> None:
    silent: Account = await sign_up(email="silent@example.org")
    await raised(sessions, silent)
    await drain(over(mailserver, resources))
    assert mailserver.about("silent@example.org") == []
    assert await deliveries(sessions, silent) == {"inapp": "sent"}


async def test_a_server_that_is_down_for_a_while_loses_nothing(
    ben: Account, mailserver: MailServer, resources: Resources, sessions: Sessions, drain: Drain
) -> None:
    mailserver.stop()
    await raised(sessions, ben)
    for _ in range(3):
        await drain(over(mailserver, resources))
    assert (await deliveries(sessions, ben))["email"] == "planned"
    mailserver.start()
    await drain(over(mailserver, resources))
    assert len(mailserver.about(await address_of(sessions, ben))) == 1
    await drain(over(mailserver, resources))
    assert len(mailserver.about(await address_of(sessions, ben))) == 1


async def test_a_wrong_password_waits_until_it_is_mended(
    ben: Account, mailserver: MailServer, resources: Resources, sessions: Sessions, drain: Drain
) -> None:
    await raised(sessions, ben)
    await drain(over(mailserver, resources, smtp_password=SecretStr("wrong")))
    assert (await deliveries(sessions, ben))["email"] == "planned"
    await drain(over(mailserver, resources))
    assert len(mailserver.about(await address_of(sessions, ben))) == 1


async def test_a_server_with_a_certificate_nobody_vouches_for_gets_nothing(
    ben: Account, mailserver: MailServer, resources: Resources, sessions: Sessions, drain: Drain
) -> None:
    await raised(sessions, ben)
    await drain(over(mailserver, resources, smtp_ca_file=None))
    assert mailserver.taken == []
    assert (await deliveries(sessions, ben))["email"] == "planned"
    await drain(over(mailserver, resources))


async def test_a_rejected_recipient_fails_visibly_and_is_not_tried_for_ever(
    sign_up: Callable[..., Any],
    mailserver: MailServer,
    resources: Resources,
    sessions: Sessions,
    drain: Drain,
    dsn: str,
) -> None:
    import asyncpg

    gone: Account = await sign_up(email="nobody@example.org")
    await gone.consent("email")
    await confirm_address(gone, sessions)
    await raised(sessions, gone)
    await drain(over(mailserver, resources))
    assert await deliveries(sessions, gone) == {"inapp": "sent", "email": "failed"}
    connection = await asyncpg.connect(dsn)
    held = await connection.fetch(
        "select status from pgqueuer where convert_from(payload, 'UTF8') like $1", f"%{gone.id}%"
    )
    await connection.execute("delete from pgqueuer where convert_from(payload, 'UTF8') like $1", f"%{gone.id}%")
    await connection.close()
    assert [row["status"] for row in held] == ["failed"]


WORKER = """
import asyncio, os, sys
from datetime import timedelta
from pathlib import Path
from backend.config import Settings
from backend.db import make_engine, make_sessions
from backend.resources import Resources
from backend.vault import load_vault
from tests.backend.queue_run import run_queue
from tests.conftest import ROOT

config = Settings()
config.home = Path(os.environ["EVENKEEL_HOME"])
dsn = sys.argv[1]
asyncio.run(run_queue(dsn, make_sessions(make_engine(dsn)), Resources(config, load_vault(config))))
"""


async def test_a_worker_killed_between_sending_and_committing_sends_the_same_letter_again(
    ben: Account, mailserver: MailServer, resources: Resources, sessions: Sessions, dsn: str
) -> None:
    """The one duplicate that at-least-once allows; its Message-ID is the same, so that a mailbox can drop it."""
    await raised(sessions, ben)
    environment = {
        "PATH": "/usr/bin:/bin", "EVENKEEL_HOME": str(resources.config.home), "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(mailserver.port), "SMTP_USERNAME": USER, "SMTP_PASSWORD": PASSWORD,
        "SMTP_CA_FILE": str(mailserver.certificate),
    }  # fmt: skip
    worker = await asyncio.create_subprocess_exec(sys.executable, "-c", WORKER, dsn, env=environment, cwd=ROOT)
    mailserver.kill_on_data = worker.pid
    assert await asyncio.wait_for(worker.wait(), 60) == -signal.SIGKILL
    address = await address_of(sessions, ben)
    assert len(mailserver.about(address)) == 1
    assert (await deliveries(sessions, ben))["email"] == "planned"
    with_ = over(mailserver, resources)
    await run_queue(dsn, sessions, with_, heartbeat=dt.timedelta(seconds=2))
    copies = mailserver.about(address)
    assert len(copies) == 2
    assert copies[0]["Message-ID"] == copies[1]["Message-ID"]
    assert copies[0]["Date"] == copies[1]["Date"]
    assert (await deliveries(sessions, ben))["email"] == "sent"
    await run_queue(dsn, sessions, with_)
    assert len(mailserver.about(address)) == 2


async def test_different_notes_have_different_message_ids(
    ben: Account, mailserver: MailServer, resources: Resources, sessions: Sessions, drain: Drain
) -> None:
    await raised(sessions, ben, "moderate")
    await drain(over(mailserver, resources))
    await raised(sessions, ben, "high")
    await drain(over(mailserver, resources))
    mails = mailserver.about(await address_of(sessions, ben))
    assert len({mail["Message-ID"] for mail in mails}) == 2


def test_what_a_refusal_means() -> None:
    import aiosmtplib

    from backend.notify.postbox import consequence

    refused = aiosmtplib.SMTPRecipientRefused(550, "no", "x@example.org")
    later = aiosmtplib.SMTPRecipientRefused(451, "busy", "x@example.org")
    assert isinstance(consequence(aiosmtplib.SMTPRecipientsRefused([refused])), PermanentError)
    assert isinstance(consequence(aiosmtplib.SMTPRecipientsRefused([later])), RetryLater)
    assert isinstance(consequence(aiosmtplib.SMTPDataError(554, "spam")), PermanentError)
    assert isinstance(consequence(aiosmtplib.SMTPDataError(421, "bye")), RetryLater)
    assert isinstance(consequence(aiosmtplib.SMTPAuthenticationError(535, "no")), RetryLater)
    assert isinstance(consequence(ConnectionRefusedError()), RetryLater)
    assert isinstance(consequence(aiosmtplib.SMTPNotSupported("SMTPUTF8")), PermanentError)
