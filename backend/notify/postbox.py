"""Where mails leave: the mail server of the settings, or .eml files in the data directory where there is none."""

from __future__ import annotations

import asyncio
import hashlib
import os
import ssl
from email.message import EmailMessage
from email.policy import SMTPUTF8
from pathlib import Path

import aiosmtplib

from backend.config import Settings
from backend.errors import PermanentError, RetryLater

# Longer than a slow server needs to accept a mail, shorter than anybody's patience with a stuck job.
PATIENCE = 30.0
# The usual port of TLS from the first byte; on all others TLS is asked for with STARTTLS.
IMPLICIT_TLS = 465
# Refused before any recipient was named: our settings, not the mail. Once they are right, what waits must go out.
OURS_TO_MEND = (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPHeloError, aiosmtplib.SMTPConnectResponseError)


async def hand_over(message: EmailMessage, config: Settings) -> str:
    """Called by the steps that send. Returns where it went; raises what the job queue understands."""
    if config.smtp_host is None:
        return str(await asyncio.to_thread(_file, message, outbox(config)))
    try:
        await _send(message, config, config.smtp_host)
    except (aiosmtplib.SMTPException, OSError) as error:
        # Without its cause: that names the recipient, and its text ends in the log and with the held job.
        raise consequence(error) from None
    return config.smtp_host


async def _send(message: EmailMessage, config: Settings, host: str) -> None:
    async with _client(config, host, PATIENCE) as client:
        await client.send_message(message)


async def sign_in(config: Settings, host: str, patience: float) -> None:
    """All of sending but the mail: `evenkeel doctor` sees what the next mail would meet."""
    async with _client(config, host, patience):
        pass


def _client(config: Settings, host: str, patience: float) -> aiosmtplib.SMTP:
    implicit = config.smtp_port == IMPLICIT_TLS
    authority = str(config.smtp_ca_file) if config.smtp_ca_file else None
    secure = implicit or config.smtp_starttls
    return aiosmtplib.SMTP(
        hostname=host,
        port=config.smtp_port,
        username=config.smtp_username,
        password=config.smtp_password.get_secret_value() if config.smtp_password else None,
        use_tls=implicit,
        start_tls=config.smtp_starttls and not implicit,
        tls_context=ssl.create_default_context(cafile=authority) if secure else None,
        timeout=patience,
    )


def consequence(error: Exception) -> Exception:
    """RFC 5321: 4yz may pass by itself, 5yz will not. A refused sign-in is ours to mend, so its mails wait."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        refusals = error.recipients
        if any(_for_our_sake(refused) for refused in refusals):
            return RetryLater(
                f"the mail server does not relay for us ({refusals[0].code}): check SMTP_USERNAME and SMTP_FROM"
            )
        if all(500 <= refused.code < 600 for refused in refusals):
            return PermanentError(f"the mail server refused the recipient ({refusals[0].code})")
        return RetryLater(f"the mail server does not take mail for the recipient now ({refusals[0].code})")
    if isinstance(error, aiosmtplib.SMTPNotSupported):
        return PermanentError(f"the mail server cannot do what this mail needs: {error}")
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return RetryLater("the mail server refused our user name or password: check SMTP_USERNAME and SMTP_PASSWORD")
    if isinstance(error, OURS_TO_MEND):
        return RetryLater(f"the mail server refuses us ({error.code}): check SMTP_FROM and SMTP_USERNAME")
    if isinstance(error, aiosmtplib.SMTPResponseException) and 500 <= error.code < 600:
        return PermanentError(f"the mail server refused the mail ({error.code})")
    code = f" ({error.code})" if isinstance(error, aiosmtplib.SMTPResponseException) else ""
    return RetryLater(f"the mail server cannot be used now: {type(error).__name__}{code}. `evenkeel doctor` says more")


def _for_our_sake(refused: aiosmtplib.SMTPRecipientRefused) -> bool:
    """Not the recipient's fault: 530 asks for a sign-in, and 5.7.x (RFC 3463) is about who may send."""
    return refused.code == 530 or refused.message.lstrip().startswith("5.7.")


def outbox(config: Settings) -> Path:
    return config.home / "outbox"


def _file(message: EmailMessage, folder: Path) -> Path:
    """Named by its Message-ID: the same mail written twice is one file. Only the owner reads it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:24]
    path, draft = folder / f"{name}.eml", folder / f".{name}.{os.getpid()}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(message.as_bytes(policy=SMTPUTF8))
    draft.replace(path)
    return path
