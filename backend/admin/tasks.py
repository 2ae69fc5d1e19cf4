"""Nightly work of administration: retention, and consents that ran out."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import structlog
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import audit
from backend.admin import store
from backend.admin.policy import RetentionPolicy
from backend.admin.purge import purge, purge_outbox, purge_traces
from backend.notify.plan import plan
from backend.people import consent
from backend.people.policy import TERMS
from backend.resources import Resources
from backend.tables import Organisation, Person

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
log = structlog.get_logger()


async def remove_what_is_old(session: AsyncSession, resources: Resources) -> None:
    """Reports to the log and, where something went, to the audit log."""
    for organisation in await session.exec(select(Organisation)):
        policy = RetentionPolicy.from_json(organisation.settings.get("retention", {}))
        removed = await purge(session, organisation.id, policy)
        log.info("retention", organisation=str(organisation.id), **removed)
        if removed:
            await audit.record(session, organisation.id, None, "retention.purged", **removed)
    await store.drop_expired_invites(session)
    outbox = await asyncio.to_thread(purge_outbox, resources.config.home)
    log.info("traces", outbox=outbox, **await purge_traces(session))


async def remind_of_consents(session: AsyncSession, _: Resources) -> None:
    """A month before a consent ends, once: nobody's charts should stop by surprise. Not of one that counts for nothing
    already, by the policy or by other words: it cannot be renewed, or is asked for anyway."""
    now = datetime.now(UTC)
    for person_id, purpose, ends in await consent.ending(session, now, now + TERMS.remind_before):
        if not await consent.allows(session, person_id, purpose):
            continue
        person = await session.get_one(Person, person_id)
        facts = {"purpose": purpose, "ends": str(ends.date())}
        await plan(session, person, f"consent:{purpose}:{ends.date()}", "consent_renewal", facts)


async def end_consents(session: AsyncSession, _: Resources) -> None:
    """A consent that ran out a month ago and was not renewed counts as withdrawn: its data is erased."""
    for person_id, purpose, _ends in await consent.ending(session, BEGINNING, datetime.now(UTC) - TERMS.erase_after):
        await consent.record(session, person_id, purpose, granted=False, sharing=None)
