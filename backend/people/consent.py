"""Consent, each purpose on its own, and the one question everybody asks: is this allowed now?

The deployment policy is part of the answer, so that a purpose it closes is closed for every caller, job or route.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.errors import ConsentMissing, PolicyForbids
from backend.people import store, withdraw
from backend.people.policy import TERMS, Given, Standing, standing
from backend.policy import DeploymentPolicy, named
from backend.tables import Consent, Organisation, Person

PURPOSES = ("score_photos", "office_camera", "demographics", "share_escalations", "telegram", "email")
TEXT_VERSION = TERMS.text_version


@dataclass(frozen=True, slots=True)
class Consents:
    """What one person said, under the policy in force."""

    policy: DeploymentPolicy
    policy_since: datetime
    newest: Mapping[str, Consent]

    def standing(self, purpose: str, now: datetime | None = None) -> Standing:
        said = self.newest.get(purpose)
        given = Given(said.granted, said.text_version, said.created_at, said.expires_at) if said else None
        closed = purpose in self.policy.closed
        return standing(given, closed=closed, policy_since=self.policy_since, now=now or datetime.now(UTC))

    def allows(self, purpose: str) -> bool:
        return self.standing(purpose) == "in_force"


async def consents_of(session: AsyncSession, person_id: UUID) -> Consents:
    place = await session.exec(
        select(Organisation.policy, Organisation.policy_since).join(Person).where(Person.id == person_id)
    )
    policy, since = place.first() or ("eu-workplace", datetime.now(UTC))
    found = await session.exec(
        select(Consent)
        .where(Consent.person_id == person_id)
        .ext(distinct_on(col(Consent.purpose)))
        .order_by(col(Consent.purpose), col(Consent.created_at).desc())
    )
    return Consents(named(policy), since, {consent.purpose: consent for consent in found})


async def history(session: AsyncSession, person_id: UUID) -> list[Consent]:
    """Everything the person ever said, newest first."""
    found = await session.exec(
        select(Consent).where(Consent.person_id == person_id).order_by(col(Consent.created_at).desc())
    )
    return list(found)


async def one(session: AsyncSession, person_id: UUID, consent_id: UUID) -> Consent | None:
    found = await session.exec(select(Consent).where(Consent.person_id == person_id, Consent.id == consent_id))
    return found.first()


async def allows(session: AsyncSession, person_id: UUID, purpose: str) -> bool:
    return (await consents_of(session, person_id)).allows(purpose)


async def sharing_choice(session: AsyncSession, person_id: UUID) -> str:
    """never, ask or automatic."""
    consents = await consents_of(session, person_id)
    return (consents.newest["share_escalations"].sharing or "ask") if consents.allows("share_escalations") else "never"


async def need(session: AsyncSession, person_id: UUID, purpose: str, sentence: str) -> None:
    if not await allows(session, person_id, purpose):
        raise ConsentMissing(sentence, purpose=purpose)


async def record(
    session: AsyncSession, person_id: UUID, purpose: str, *, granted: bool, sharing: str | None
) -> Consent:
    """Appends what the person says now; a no erases what the purpose had gathered, in the same transaction."""
    await store.lock_person(session, person_id)
    before = await consents_of(session, person_id)
    if granted and purpose in before.policy.closed:
        raise PolicyForbids("Your organisation's policy has switched this off; nothing was changed.", purpose=purpose)
    now = _after(before.newest.get(purpose))
    consent = Consent(
        person_id=person_id,
        purpose=purpose,
        granted=granted,
        sharing=(sharing or "ask") if purpose == "share_escalations" and granted else None,
        text_version=TERMS.text_version,
        created_at=now,
        expires_at=now + TERMS.life if granted else None,
    )
    if not granted or consent.sharing == "never":
        consent.erased = await withdraw.erase_purpose(session, person_id, purpose, keep_template=_face_is_kept(before))
    session.add(consent)
    await session.flush()
    return consent


def _after(said: Consent | None) -> datetime:
    """Now, and never before what was said last: the clock that it came by may have been ahead."""
    now = datetime.now(UTC)
    return max(now, said.created_at + timedelta(microseconds=1)) if said else now


def _face_is_kept(before: Consents) -> bool:
    """A face enrolled for the office camera stays when only the photos end."""
    return before.allows("office_camera")


async def ending(session: AsyncSession, after: datetime, before: datetime) -> list[tuple[UUID, str, datetime]]:
    """Whose newest word on a purpose is a yes that ends between the two moments: person, purpose, end."""
    newest = (
        select(Consent)
        .ext(distinct_on(col(Consent.person_id), col(Consent.purpose)))
        .order_by(col(Consent.person_id), col(Consent.purpose), col(Consent.created_at).desc())
    )
    return [
        (said.person_id, said.purpose, said.expires_at)
        for said in await session.exec(newest)
        if said.granted and said.expires_at is not None and after <= said.expires_at < before
    ]
