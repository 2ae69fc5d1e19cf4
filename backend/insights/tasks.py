"""Periodic work: publishing settled weeks, looking at the alerts, the monthly summary."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.insights import alerts, gather, store, summary
from backend.insights.policy import ALERTS, DEFAULT, Measure
from backend.insights.present import allowed
from backend.insights.publish import publish_due
from backend.notify.plan import plan
from backend.resources import Resources
from backend.tables import Organisation, Person

log = structlog.get_logger()

# Years of history are caught up with a quarter an hour: no transaction shall last for half an hour.
CATCH_UP = 13


async def publish_everything(session: AsyncSession, _: Resources) -> None:
    """Hourly: most hours there is nothing to do."""
    today = datetime.now(UTC).date()
    for organisation_id in await gather.organisations(session):
        weeks = await publish_due(session, organisation_id, today, most=CATCH_UP)
        await gather.forget_old(session, organisation_id, today - DEFAULT.keep)
        if weeks:
            log.info("group figures published", organisation=str(organisation_id), weeks=len(weeks))
        await watch(session, organisation_id)


async def watch(session: AsyncSession, organisation_id: UUID) -> None:
    """Alerts look at published figures only, once for each newest week."""
    _, newest = await store.span(session, organisation_id)
    organisation = await session.get_one(Organisation, organisation_id)
    for alert, department in await store.alerts(session, organisation_id) if newest else ():
        measure: Measure = alert.measure  # type: ignore[assignment]
        if not allowed(ALERTS[measure].view, organisation.policy) or newest is None:
            continue
        if figures := await alerts.newly_met(session, alert, newest):
            for person in await _who_wants(session, organisation_id, "alerts"):
                facts = alerts.notice_facts(alert, department, person.locale, figures)
                await plan(session, person, f"group-alert:{alert.id}:{newest}", "group_alert", facts)


async def send_summaries(session: AsyncSession, _: Resources) -> None:
    """On the tenth: by then every week that began in the month before is published."""
    today = datetime.now(UTC).date()
    for organisation_id in await gather.organisations(session):
        await summarise(session, organisation_id, today)


async def summarise(session: AsyncSession, organisation_id: UUID, today: date) -> None:
    """Nothing is sent about a month in which nothing was published."""
    first, last = summary.month_before(today)
    organisation = await session.get_one(Organisation, organisation_id)
    values = await summary.values_of(session, organisation, first, last)
    if all(pair is None for pair in values.values()):
        return
    departments = await summary.shown_departments(session, organisation_id, first, last)
    for person in await _who_wants(session, organisation_id, "summary"):
        facts = summary.words(values, departments, f"{first:%Y-%m}", person.locale)
        await plan(session, person, f"group-summary:{first:%Y-%m}", "group_summary", facts)


async def _who_wants(session: AsyncSession, organisation_id: UUID, what: str) -> list[Person]:
    people = await store.hr_people(session, organisation_id)
    return [person for person in people if person.preferences.get("insights", {}).get(what, True)]
