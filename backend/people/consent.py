"""Consent, each purpose on its own, and the one question everybody asks: is this allowed now?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.errors import ConsentMissing
from backend.tables import Consent

PURPOSES = ("score_photos", "office_camera", "demographics", "share_escalations", "telegram", "email")
# Raised whenever the words change; consent given to other words is asked for again.
TEXT_VERSION = "2026-11"
# Consent is renewed every year: what somebody agreed to long ago is not an agreement now.
LIFE = timedelta(days=365)


async def newest(session: AsyncSession, person_id: UUID) -> dict[str, Consent]:
    """The row of each purpose that counts."""
    found = await session.exec(
        select(Consent)
        .where(Consent.person_id == person_id)
        .ext(distinct_on(col(Consent.purpose)))
        .order_by(col(Consent.purpose), col(Consent.created_at).desc())
    )
    return {consent.purpose: consent for consent in found}


def in_force(consent: Consent | None, now: datetime | None = None) -> bool:
    if consent is None or not consent.granted:
        return False
    return consent.expires_at is None or consent.expires_at > (now or datetime.now(UTC))


async def allows(session: AsyncSession, person_id: UUID, purpose: str) -> bool:
    return in_force((await newest(session, person_id)).get(purpose))


async def sharing_choice(session: AsyncSession, person_id: UUID) -> str:
    """never, ask or automatic."""
    consent = (await newest(session, person_id)).get("share_escalations")
    return (consent.sharing or "ask") if consent and in_force(consent) else "never"


async def need(session: AsyncSession, person_id: UUID, purpose: str, sentence: str) -> None:
    if not await allows(session, person_id, purpose):
        raise ConsentMissing(sentence, purpose=purpose)


async def record(
    session: AsyncSession, person_id: UUID, purpose: str, *, granted: bool, sharing: str | None
) -> Consent:
    now = datetime.now(UTC)
    consent = Consent(
        person_id=person_id,
        purpose=purpose,
        granted=granted,
        sharing=(sharing or "ask") if purpose == "share_escalations" and granted else None,
        text_version=TEXT_VERSION,
        created_at=now,
        expires_at=now + LIFE if granted else None,
    )
    session.add(consent)
    await session.flush()
    return consent
