"""Double opt-in: an address gets notes only after its owner followed the link that was sent there."""

from __future__ import annotations

import base64
import binascii
import hmac
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.config import Settings
from backend.errors import Conflict
from backend.mail import request_mail
from backend.people import consent
from backend.people.texts import CHANGED_MAIL, CONFIRM_MAIL, best_locale
from backend.tables import Person
from backend.vault import Vault

# People read mail at weekends too; after a week the link is asked for again with one tap.
LINK_LIFE: Final = timedelta(days=7)


class NothingToConfirm(Conflict):
    code, title = "nothing_to_confirm", "There is no address that waits for confirmation"


def confirmed(person: Person) -> bool:
    """Another address than the confirmed one starts afresh."""
    return bool(person.email) and person.email == person.confirmed_email


async def ask_if_wanted(session: AsyncSession, config: Settings, vault: Vault, person: Person) -> None:
    """After consent to e-mail, and after a change of the address while that consent stands."""
    if person.email and not confirmed(person) and await consent.allows(session, person.id, "email"):
        await ask(session, config, vault, person)


async def ask(session: AsyncSession, config: Settings, vault: Vault, person: Person) -> None:
    if not person.email or confirmed(person):
        raise NothingToConfirm("Your address is confirmed already, or you have not given one.")
    subject, text = CONFIRM_MAIL[best_locale(person.locale)]
    name = person.display_name or person.username
    link = f"{config.origin}/api/v1/confirm-email/{token_for(person, vault, datetime.now(UTC) + LINK_LIFE)}"
    await request_mail(session, person, subject, text.format(name=name, link=link))


async def tell_former(session: AsyncSession, person: Person, address: str) -> None:
    """Whoever holds an open phone could give an address of theirs and have a new password mailed: it is told."""
    subject, text = CHANGED_MAIL[best_locale(person.locale)]
    await request_mail(session, person, subject, text.format(username=person.username), to=address)


def token_for(person: Person, vault: Vault, until: datetime) -> str:
    """Who and until when; the seal covers the address too, so that a link confirms only the address it went to."""
    head = person.id.bytes + int(until.timestamp()).to_bytes(6, "big")
    return base64.urlsafe_b64encode(head).decode().rstrip("=") + "." + _seal(head, person.email or "", vault)


async def person_of(session: AsyncSession, token: str, vault: Vault) -> Person | None:
    """Whom the link was sent to; None when it is forged, too old, or about an address that was changed since."""
    name, _, seal = token.partition(".")
    try:
        head = base64.urlsafe_b64decode(name + "=" * (-len(name) % 4))
        person = await session.get(Person, UUID(bytes=head[:16]))
    except (ValueError, binascii.Error):
        return None
    fresh = datetime.now(UTC).timestamp() < int.from_bytes(head[16:], "big")
    if person is None or not person.email or not fresh:
        return None
    return person if hmac.compare_digest(seal.encode(), _seal(head, person.email, vault).encode()) else None


def _seal(head: bytes, address: str, vault: Vault) -> str:
    return vault.digest(head + address.encode(), "confirm-email")[:40]
