"""Nightly work of administration: retention, and consents that ran out."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import audit
from backend.admin import store
from backend.admin.policy import RetentionPolicy
from backend.admin.purge import purge
from backend.people import consent
from backend.people.policy import TERMS
from backend.resources import Resources
from backend.tables import Organisation

log = structlog.get_logger()


async def remove_what_is_old(session: AsyncSession, _: Resources) -> None:
    """Reports to the log and, where something went, to the audit log."""
    for organisation in await session.exec(select(Organisation)):
        policy = RetentionPolicy.from_json(organisation.settings.get("retention", {}))
        removed = await purge(session, organisation.id, policy)
        log.info("retention", organisation=str(organisation.id), **removed)
        if removed:
            await audit.record(session, organisation.id, None, "retention.purged", **removed)
    await store.drop_expired_invites(session)


async def end_consents(session: AsyncSession, _: Resources) -> None:
    """A consent that ran out a month ago and was not renewed counts as withdrawn: its data is erased."""
    for person_id, purpose in await consent.ran_out(session, datetime.now(UTC) - TERMS.erase_after):
        await consent.record(session, person_id, purpose, granted=False, sharing=None)
