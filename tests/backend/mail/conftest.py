"""The server, its certificate, and somebody who wants mails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.backend.conftest import Account
from tests.backend.mail.server import Drain, MailServer, Sessions
from tests.backend.mailbox import confirm_address
from tests.backend.queue_run import run_queue


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


@pytest.fixture
async def ben(sign_up: Callable[..., Any], sessions: Sessions) -> Account:
    """Somebody who wants mails."""
    account: Account = await sign_up(email=f"ben{uuid4().hex[:10]}@example.org", display_name="Ben")
    await account.consent("email")
    await confirm_address(account, sessions)
    return account


@pytest.fixture
def drain(dsn: str, sessions: Sessions) -> Drain:
    """Runs the real queue with the given settings."""
    return lambda with_: run_queue(dsn, sessions, with_)
