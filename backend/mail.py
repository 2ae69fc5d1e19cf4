"""Asking for a mail to somebody: a password reset, a link. Any feature may; `notify` sends it.

The text waits in the database, not in the queue: it may carry a secret link, and it goes when the mail was sent.
"""

from __future__ import annotations

from uuid import uuid4

import idna
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.events import MailRequested
from backend.jobs import emit
from backend.tables import Mail, Person


def reachable(address: str) -> str:
    """Every mail server knows the ASCII form of a domain; a local part in other letters needs SMTPUTF8. By IDNA 2008,
    as the address was checked: Python's own codec takes straße.de for strasse.de, which is somebody else's."""
    local, _, domain = address.rpartition("@")
    return address if domain.isascii() else f"{local}@{idna.encode(domain, uts46=True).decode()}"


async def request_mail(session: AsyncSession, person: Person, subject: str, text: str, to: str | None = None) -> bool:
    """In the caller's transaction; False where the person has no address and none is given. Plain text, paragraphs by
    empty lines, in the person's language."""
    address = to or person.email
    if not address:
        return False
    mail = Mail(id=uuid4(), person_id=person.id, to=address, subject=subject, text=text)
    session.add(mail)
    await session.flush()
    await emit(session, MailRequested(person_id=person.id, mail_id=mail.id))
    return True
