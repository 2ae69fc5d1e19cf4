"""`evenkeel outbox`: mails that landed in the data directory because no mail server is set."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path


def listing(folder: Path, *, full: bool) -> Iterator[str]:
    """Newest last, one line a mail or its whole text."""
    mails = [(path, _read(path)) for path in folder.glob("*.eml")]
    for path, mail in sorted(mails, key=lambda pair: parsedate_to_datetime(pair[1]["Date"])):
        when = parsedate_to_datetime(mail["Date"])
        yield f"{when:%Y-%m-%d %H:%M}  {mail['To']}  {mail['Subject']}  ({path.name})"
        body = mail.get_body(("plain",)) if full else None
        if body is not None:
            yield "\n".join(f"    {line}" for line in body.get_content().rstrip().splitlines()) + "\n"


def _read(path: Path) -> EmailMessage:
    with path.open("rb") as file:
        return email.message_from_binary_file(file, policy=email.policy.default)
