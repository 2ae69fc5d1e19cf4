"""A new organisation and the way in for its first administrator. Called by the command line: whoever has the machine.

Nobody can register without an invite and only administrators make invites, so the first one comes from here; so does
the next one where no administrator is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from backend import audit
from backend.admin import store
from backend.admin.schemas import OrganisationIn
from backend.errors import SetupError
from backend.keycheck import check_key
from backend.people.codes import invite_code
from backend.people.erase import erase_account
from backend.people.store import lock_person
from backend.tables import Invite, Organisation
from backend.vault import Vault

# Long enough for a letter to arrive.
LIFE: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of the list."""

    organisation: Organisation
    members: int
    administrators: int


async def found(session: AsyncSession, wanted: OrganisationIn) -> Invite:
    """The organisation, and its first administrator's invite."""
    if await store.named(session, wanted.name):
        raise SetupError(f"There is an organisation named {wanted.name!r} already: `evenkeel organisation list`.")
    organisation = Organisation(**wanted.model_dump())
    session.add(organisation)
    await session.flush()
    await audit.record(session, organisation.id, None, "organisation.created", policy=wanted.policy)
    return await _invite(session, organisation)


async def invite_administrator(session: AsyncSession, name: str) -> Invite:
    return await _invite(session, await _the_one(session, name))


async def dissolve(session: AsyncSession, vault: Vault, name: str) -> set[str]:
    """Everybody's account is erased as if they had done it, then what the organisation had.

    Returns the addresses that mails went to, whose files in the outbox no transaction holds.
    """
    organisation = await _the_one(session, name)
    await check_key(session, vault)  # it signs the receipts
    people = await store.people(session, organisation.id)
    for person in people:  # all before the first line in the audit log: nobody else writes there from then on
        await lock_person(session, person.id)
    addresses: set[str] = set()
    for person in people:
        addresses |= (await erase_account(session, vault, person))[1]
    await audit.record(session, organisation.id, None, "organisation.deleted", accounts=len(people))
    await store.remove(session, organisation)
    return addresses


async def _the_one(session: AsyncSession, name: str) -> Organisation:
    found_ones = await store.named(session, name)
    if len(found_ones) != 1:
        raise SetupError(f"There is no organisation named {name!r}, or several: `evenkeel organisation list`.")
    return found_ones[0]


async def standings(session: AsyncSession) -> list[Standing]:
    return [Standing(*row) for row in await store.every_organisation(session)]


async def _invite(session: AsyncSession, organisation: Organisation) -> Invite:
    invite = Invite(
        code=invite_code(),
        organisation_id=organisation.id,
        role="admin",
        uses_left=1,
        expires_at=datetime.now(UTC) + LIFE,
    )
    session.add(invite)
    await session.flush()
    await audit.record(session, organisation.id, None, "invite.created", role="admin", uses=1)
    return invite
