"""Asking for a mail to somebody: a password reset, a summary. Any feature may; `notify` sends it.

The text waits in the database, not in the queue: it may carry a secret link, and it goes when the mail was sent.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.events import MailRequested
from backend.jobs import emit
from backend.tables import Mail, Person

# Mails to an address without an account take turns on this lock.
NOBODY: Final = UUID(int=0)


def reachable(address: str) -> str:
    """Every mail server knows the ASCII form of a domain; a local part in other letters needs SMTPUTF8."""
    local, _, domain = address.rpartition("@")
    return address if domain.isascii() else f"{local}@{domain.encode('idna').decode()}"


async def request_mail(session: AsyncSession, to: Person | str, subject: str, text: str, locale: str = "en") -> bool:
    """In the caller's transaction; False where the person has no address. Plain text, paragraphs by empty lines, in
    the person's language, or for a bare address in `locale`."""
    address, person_id = (to, None) if isinstance(to, str) else (to.email, to.id)
    if not address:
        return False
    language = locale if isinstance(to, str) else to.locale
    mail = Mail(id=uuid4(), person_id=person_id, to=address, subject=subject, text=text)
    session.add(mail)
    await session.flush()
    await emit(session, MailRequested(person_id=person_id or NOBODY, mail_id=mail.id, locale=language))
    return True
