"""E-mail: a notice or a requested mail becomes a letter and leaves."""

from __future__ import annotations

from email.message import EmailMessage

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.notify.letter import Button, Letter, compose
from backend.notify.postbox import hand_over
from backend.notify.say import outside
from backend.notify.texts import FRAME, aside, greeting
from backend.notify.unsubscribe import link_for
from backend.resources import Resources
from backend.tables import Mail, Notice, Person


async def send(_: AsyncSession, person: Person, notice: Notice, resources: Resources) -> bool:
    if not person.email or person.email != person.confirmed_email:
        return False
    await hand_over(of_notice(person, person.email, notice, resources), resources.config)
    return True


def of_notice(person: Person, address: str, notice: Notice, resources: Resources) -> EmailMessage:
    """Composed again after a crash it is the same letter, to the byte of its Message-ID and Date."""
    config, vault = resources.config, resources.vault
    subject, text = outside(notice, person)
    frame = FRAME.get(person.locale, FRAME["en"])
    letter = Letter(
        to=address,
        subject=subject,
        paragraphs=(greeting(person.display_name, person.locale), text, aside(person.locale, notice.id.int)),
        locale=person.locale,
        message_id=vault.digest(f"{person.id}:{notice.key}".encode(), "message-id")[:32],
        written_at=notice.created_at,
        button=Button(frame["open"], f"{config.origin}/today"),
        unsubscribe=link_for(person.id, vault, config),
    )
    return compose(letter, config.smtp_from)


def requested(mail: Mail, person: Person, resources: Resources) -> EmailMessage:
    """A mail that somebody asked for: no unsubscribing, it comes once."""
    letter = Letter(
        to=mail.to,
        subject=mail.subject,
        paragraphs=tuple(part.strip() for part in mail.text.split("\n\n") if part.strip()),
        locale=person.locale,
        message_id=resources.vault.digest(mail.id.bytes, "message-id")[:32],
        written_at=mail.created_at,
    )
    return compose(letter, resources.config.smtp_from)
