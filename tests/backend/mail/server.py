"""A real SMTP server with STARTTLS and a password, and what the mail tests ask of the database."""

from __future__ import annotations

import email
import email.policy
import os
import signal
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.resources import Resources
from backend.tables import Delivery, Notice, Person
from tests.backend.conftest import Account
from tests.conftest import free_port

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


def over(server: MailServer, resources: Resources, **change: Any) -> Resources:
    """The worker's resources with that server in its settings."""
    values = {
        "smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_username": USER,
        "smtp_password": SecretStr(PASSWORD), "smtp_ca_file": server.certificate,
    } | change  # fmt: skip
    return Resources(resources.config.model_copy(update=values), resources.vault)


async def address_of(sessions: Sessions, account: Account) -> str:
    async with sessions() as session:
        return (await session.get_one(Person, UUID(account.id))).email or ""


async def deliveries(sessions: Sessions, account: Account) -> dict[str, str]:
    async with sessions() as session:
        found = await session.exec(select(Delivery).join(Notice).where(Notice.person_id == UUID(account.id)))
        return {row.channel: row.status for row in found}


Drain = Callable[[Resources], Any]
