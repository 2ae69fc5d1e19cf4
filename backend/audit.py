"""Administrative acts in a hash chain: each entry's digest covers the one before, so that none can be changed,
taken out or slipped in without `evenkeel audit verify` saying where. People are called by their `audit_id`, which
leads nowhere once they are erased.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.tables import AuditEntry, Person

BEGINNING: Final = "0" * 64
# What the installation did by itself or by its command line.
SYSTEM: Final = "evenkeel"
LOCK: Final = 7_310_564  # any constant of ours: entries are chained one after the other


async def record(
    session: AsyncSession, organisation_id: UUID | None, actor: Person | None, action: str, **details: Any
) -> AuditEntry:
    """Called after the act, in its transaction: until that ends nobody else writes here, so the act must not wait for
    anybody any more. `details` carry no health data and no names."""
    await session.exec(text("select pg_advisory_xact_lock(:key)"), params={"key": LOCK})  # type: ignore[call-overload]
    newest = select(AuditEntry.digest).order_by(col(AuditEntry.id).desc()).limit(1)
    before = (await session.exec(newest)).first() or BEGINNING
    entry = AuditEntry(
        organisation_id=organisation_id,
        actor=str(actor.audit_id) if actor else SYSTEM,
        action=action,
        details=json.loads(json.dumps(details, default=str)),
        at=datetime.now(UTC),
        digest="",
    )
    entry.digest = digest_of(entry, before)
    session.add(entry)
    await session.flush()
    return entry


def digest_of(entry: AuditEntry, before: str) -> str:
    covered = [before, entry.actor, entry.action, entry.details, entry.at.astimezone(UTC).isoformat()]
    return hashlib.sha256(json.dumps(covered, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Verdict:
    entries: int
    head: str
    broken_at: int | None = None
    # Whether a digest that was noted before is still part of the chain: cutting off its end shows here only.
    expected_found: bool = True


async def verify(session: AsyncSession, expected: str | None = None) -> Verdict:
    before, count, found = BEGINNING, 0, expected in (None, BEGINNING)
    for entry in await session.exec(select(AuditEntry).order_by(col(AuditEntry.id))):
        if digest_of(entry, before) != entry.digest:
            return Verdict(count, before, broken_at=entry.id, expected_found=found)
        before, count = entry.digest, count + 1
        found = found or before == expected
    return Verdict(count, before, expected_found=found)
