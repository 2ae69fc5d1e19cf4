"""Assess a person's days against their own baseline: load, decide (ml.risk), save, say what changed."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.db import raw_connection
from backend.events import RiskChanged, RollupUpdated
from backend.jobs import emit
from backend.resources import Resources
from backend.risk import store
from backend.risk.bulk import assess_organisation, stored
from backend.rollup import store as rollups
from backend.tables import Assessment, DayRollup, Organisation, Person
from ml.emotions import EMOTIONS
from ml.risk.assess import Assessments, replay
from ml.risk.drift import PRIOR, Population
from ml.risk.levels import RAISED
from ml.risk.policy import RiskPolicy

# A change before this long ago is stored, but nobody is written to about it.
NEWS = timedelta(days=3)
# The whole history, always: a window that started with the event would give other rows for the same
# days when the events come in another order.
BEGINNING = date(2000, 1, 1)


async def assess_person(session: AsyncSession, event: RollupUpdated, _: Resources) -> None:
    """Step after RollupUpdated: that day and every later one, since each builds on those before."""
    person = await session.get(Person, event.person_id)
    if person is None:
        return
    organisation = await session.get_one(Organisation, person.organisation_id)
    before = await store.latest(session, person.id)
    if before:
        session.expunge(before)  # rows are written past the session: it would answer with this one again as the newest
    await _assess_since(session, person.id, event.day, organisation)
    after = await store.latest(session, person.id)
    if after and _is_news(before, after):
        level_before = before.level if before else "none"
        await emit(session, RiskChanged(person_id=person.id, day=after.day, level=after.level, before=level_before))


def _is_news(before: Assessment | None, after: Assessment) -> bool:
    """A fresh day with another level, or one that is still raised after days too old to be told: a phone that was
    offline hands in its days oldest first, and the change itself then lies among the old ones."""
    recent = datetime.now(UTC).date() - NEWS
    if after.day < recent:
        return False
    if before is None or before.level != after.level:
        return after.level != (before.level if before else "none")
    return after.level in RAISED and before.day < recent


def policy_of(organisation: Organisation) -> RiskPolicy:
    return RiskPolicy.from_json(organisation.settings.get("risk", {}))


def population_of(organisation: Organisation) -> Population:
    """What its people have in common, as the last nightly run found; a prior before the first."""
    known = organisation.settings.get("population")
    return Population(**known) if known else PRIOR


async def _assess_since(session: AsyncSession, person_id: UUID, since: date, organisation: Organisation) -> None:
    newest = max(datetime.now(UTC).date() + timedelta(days=1), since)
    rows = await rollups.days_between(session, person_id, BEGINNING, newest)
    await store.drop_days_without_data(session, person_id, since)
    if rows:
        history, days = _calendar(rows)
        found = replay(history, policy_of(organisation), days[-1].weekday(), population=population_of(organisation))
        with_data = {row.day for row in rows}
        wanted = [(at, day) for at, day in enumerate(days) if day >= since and day in with_data]
        await store.save(session, [_row(person_id, day, found, at) for at, day in wanted])


def _calendar(rows: list[DayRollup]) -> tuple[np.ndarray, list[date]]:
    """One person's days as [1, D, 10], gaps as NaN."""
    length = (rows[-1].day - rows[0].day).days + 1
    history = np.full((1, length, len(EMOTIONS)), np.nan)
    for row in rows:
        history[0, (row.day - rows[0].day).days] = row.mean
    return history, [rows[0].day + timedelta(days=offset) for offset in range(length)]


def _row(person_id: UUID, day: date, found: Assessments, at: int) -> Assessment:
    level, learning, acute, sustained, reasons, numbers, version = stored(found[0, at])
    return Assessment(
        person_id=person_id,
        day=day,
        level=level,
        learning=learning,
        acute=acute,
        sustained=sustained,
        reasons=json.loads(reasons),
        numbers=json.loads(numbers),
        policy_version=version,
        assessed_at=datetime.now(UTC),
    )


async def assess_everybody(session: AsyncSession, _: Resources) -> int:
    """Nightly, and by `evenkeel risk assess-all`: a policy may have changed, and people are compared anew."""
    total = 0
    recent = datetime.now(UTC).date() - NEWS
    for organisation in await session.exec(select(Organisation)):
        connection = await raw_connection(session)
        known = population_of(organisation)
        count, changes, population = await assess_organisation(
            connection, organisation.id, policy_of(organisation), known
        )
        total += count
        if population is not None:
            # An administrator may have changed a rule while we computed.
            await session.refresh(organisation, with_for_update={"key_share": True})
            organisation.settings = {**organisation.settings, "population": asdict(population)}
            session.add(organisation)
        for change in changes:
            if change.day >= recent:
                await emit(session, RiskChanged(**asdict(change)))
    return total
