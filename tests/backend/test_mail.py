"""Mails through a real SMTP server with STARTTLS and a password: one a raised risk, whatever breaks on the way."""

from __future__ import annotations

import asyncio
import datetime as dt
import email
import email.policy
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.config import Settings
from backend.db import transaction
from backend.errors import PermanentError, RetryLater
from backend.events import MailRequested, RiskChanged
from backend.jobs import emit
from backend.mail import request_mail
from backend.notify import tasks
from backend.resources import Resources
from backend.tables import Delivery, Mail, Notice, Person
from tests.backend.conftest import Account
from tests.backend.mailbox import confirm_address
from tests.backend.queue_run import run_queue
from tests.conftest import ROOT

Sessions = async_sessionmaker[AsyncSession]
USER, PASSWORD = "evenkeel", "harbour pilot"


@dataclass
class MailServer:
    """aiosmtpd with TLS and AUTH; refuses one recipient, keeps what it took."""

    certificate: Path
    key: Path
    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    busy: bool = False
    kill_on_data: int | None = None
    controller: Controller | None = None

    async def handle_RCPT(self, _s: SMTP, _n: Session, envelope: Envelope, address: str, _o: list[str]) -> str:
        if address.startswith("nobody@"):
            return "550 5.1.1 no such mailbox"
        if self.busy:
            return "451 4.3.0 busy, come back"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _s: SMTP, _n: Session, envelope: Envelope) -> str:
        raw = envelope.original_content or b""
        if self.kill_on_data:
            victim, self.kill_on_data = self.kill_on_data, None
            self.taken.append(email.message_from_bytes(raw, policy=email.policy.default))  # type: ignore[arg-type]
            os.kill(victim, signal.SIGKILL)  # it has sent, and will never commit
            return "250 taken"
        self.taken.append(email.message_from_bytes(raw, policy=email.policy.default))  # type: ignore[arg-type]
        return "250 taken"

    def authenticate(self, _s: SMTP, _n: Session, _e: Envelope, _m: str, given: object) -> AuthResult:
        good = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=good)

    def start(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        self.controller = Controller(
            self, "127.0.0.1", self.port or free_port(), tls_context=context, require_starttls=True,
            auth_required=True, authenticator=self.authenticate,
        )  # fmt: skip
        self.port = self.controller.port
        self.controller.start()

    def stop(self) -> None:
        if self.controller:
            self.controller.stop()
            self.controller = None

    def about(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.taken if mail["To"] == address]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Self-signed for 127.0.0.1, as a private mail server has."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "mail.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "mail.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "mail.pem", folder / "mail.key"


@pytest.fixture
def mailserver(certificate: tuple[Path, Path]) -> Iterator[MailServer]:
    server = MailServer(*certificate)
    server.start()
    yield server
    server.stop()


def over(server: MailServer, resources: Resources, **change: Any) -> Resources:
    """The worker's resources with that server in its settings."""
    values = {
        "smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_username": USER,
        "smtp_password": SecretStr(PASSWORD), "smtp_ca_file": server.certificate,
    } | change  # fmt: skip
    return Resources(resources.config.model_copy(update=values), resources.vault)


@pytest.fixture
async def ben(sign_up: Callable[..., Any], sessions: Sessions) -> Account:
    """Somebody who wants mails."""
    account: Account = await sign_up(email=f"ben{uuid4().hex[:10]}@example.org", display_name="Ben")
    await account.consent("email")
    await confirm_address(account, sessions)
    return account


async def address_of(sessions: Sessions, account: Account) -> str:
    async with sessions() as session:
        return (await session.get_one(Person, UUID(account.id))).email or ""


async def raised(sessions: Sessions, account: Account, level: str = "moderate") -> None:
    """What the risk step says when a person's level rises."""
    async with transaction(sessions) as session:
        today = dt.datetime.now(dt.UTC).date()
        await emit(session, RiskChanged(person_id=UUID(account.id), day=today, level=level, before="none"))


async def deliveries(sessions: Sessions, account: Account) -> dict[str, str]:
    async with sessions() as session:
        found = await session.exec(select(Delivery).join(Notice).where(Notice.person_id == UUID(account.id)))
        return {row.channel: row.status for row in found}


Drain = Callable[[Resources], Any]


@pytest.fixture
def drain(dsn: str, sessions: Sessions) -> Drain:
    """Runs the real queue with the given settings."""
    return lambda with_: run_queue(dsn, sessions, with_)


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


async def link_in(mail: EmailMessage) -> str:
    plain = mail.get_body(("plain",))
    assert plain is not None
    found = re.search(r"/confirm-email/\S+", plain.get_content())
    assert found is not None
    return found.group()


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
    await ben.http.patch("/me", json={"email": other})
    assert (await ben.http.post(f"/confirm-email/{ours}")).status_code == 404
    await raised(sessions, ben)
    await drain(over(mailserver, resources))
    assert [mail["Subject"] for mail in mailserver.about(other)] == ["Is this your address?"]
    assert await deliveries(sessions, ben) == {"inapp": "sent"}


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


async def test_nothing_remains_of_a_mail_to_an_address_without_an_account(
    mailserver: MailServer, resources: Resources, sessions: Sessions, drain: Drain
) -> None:
    async with transaction(sessions) as session:
        assert await request_mail(session, "guest@example.org", "Hello", "Text")
    await drain(over(mailserver, resources))
    assert len(mailserver.about("guest@example.org")) == 1
    async with sessions() as session:
        assert (await session.exec(select(Mail).where(Mail.to == "guest@example.org"))).all() == []


async def test_a_mail_that_is_rolled_back_is_never_sent(
    ben: Account, mailserver: MailServer, resources: Resources, sessions: Sessions, drain: Drain
) -> None:
    async with sessions() as session:
        await request_mail(session, "rolled@example.org", "No", "No")
        await session.rollback()
    await drain(over(mailserver, resources))
    assert mailserver.about("rolled@example.org") == []


async def test_a_requested_mail_that_cannot_be_sent_keeps_its_text_for_another_try(
    mailserver: MailServer, resources: Resources, sessions: Sessions
) -> None:
    async with transaction(sessions) as session:
        mail = Mail(to="nobody@example.org", subject="s", text="t")
        session.add(mail)
    event = MailRequested(person_id=UUID(int=0), mail_id=mail.id)
    with pytest.raises(PermanentError):
        async with transaction(sessions) as session:
            await tasks.send_mail(session, event, over(mailserver, resources))
    async with transaction(sessions) as session:
        await tasks.could_not_send(session, event, resources)
    async with sessions() as session:
        kept = await session.get_one(Mail, mail.id)
    assert (kept.status, kept.text) == ("failed", "t")


async def test_without_a_mail_server_mails_land_in_the_outbox_and_are_shown(
    ben: Account, resources: Resources, sessions: Sessions, drain: Drain
) -> None:
    address = await address_of(sessions, ben)
    await raised(sessions, ben)
    await drain(resources)
    folder = resources.config.home / "outbox"
    mine = [path for path in folder.glob("*.eml") if address in path.read_text()]
    assert len(mine) == 1
    assert mine[0].stat().st_mode & 0o077 == 0
    shown = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "backend.cli", "outbox"],
        env={"EVENKEEL_HOME": str(resources.config.home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert address in shown.stdout
    assert "You have a note" in shown.stdout


async def test_the_same_letter_written_twice_is_one_file(resources: Resources, tmp_path: Path) -> None:
    from backend.notify.postbox import hand_over

    message = EmailMessage()
    message["Message-ID"], message["To"] = "<a@b>", "x@example.org"
    config: Settings = resources.config.model_copy(update={"home": tmp_path})
    first, second = await hand_over(message, config), await hand_over(message, config)
    assert first == second
    assert len(list((tmp_path / "outbox").iterdir())) == 1


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("ann@example.org", "ann@example.org"),
        ("ann@exämple.org", "ann@xn--exmple-cua.org"),
        ("jürgen@example.org", "jürgen@example.org"),
    ],
)
def test_addresses_in_other_letters_are_written_as_servers_take_them(address: str, written: str) -> None:
    from email.policy import SMTPUTF8

    from backend.notify.letter import Letter, compose

    letter = Letter(address, "Subject", ("Text",), "en", "id", dt.datetime.now(dt.UTC))
    raw = compose(letter, "Evenkeel <evenkeel@localhost>").as_bytes(policy=SMTPUTF8)
    assert f"To: {written}\r\n".encode() in raw


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
