"""`evenkeel outbox`: mails that landed in the data directory because no mail server is set."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path


def listing(folder: Path, *, full: bool) -> Iterator[str]:
    """Newest last, one line a mail or its whole text."""
    mails = [(path, _read(path)) for path in folder.glob("*.eml")]
    for path, mail in sorted(mails, key=lambda pair: _when(*pair)):
        yield f"{_when(path, mail):%Y-%m-%d %H:%M}  {mail['To']}  {mail['Subject']}  ({path.name})"
        body = mail.get_body(("plain",)) if full else None
        if body is not None:
            yield "\n".join(f"    {line}" for line in body.get_content().rstrip().splitlines()) + "\n"


def _when(path: Path, mail: EmailMessage) -> datetime:
    """A file without a date of its own, put there by somebody else, must not hide the others."""
    try:
        return parsedate_to_datetime(mail["Date"]).astimezone(UTC)
    except (TypeError, ValueError):
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _read(path: Path) -> EmailMessage:
    with path.open("rb") as file:
        return email.message_from_binary_file(file, policy=email.policy.default)
