"""Alerts on published figures: kept within bounds, said in words, looked at after each publication."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend import audit
from backend.errors import Conflict, Invalid, NotFound, PolicyForbids
from backend.insights import store
from backend.insights.policy import ALERTS, MOST_ALERTS, WEEK, Measure, worsened
from backend.insights.present import SCALES, allowed, figure_of, ref
from backend.insights.schemas import AlertIn, AlertOut
from backend.insights.summary import Said, spoken
from backend.insights.texts import ALERT_NOTICE, ALERT_RULES, ORGANISATION, say
from backend.tables import Department, InsightAlert, Organisation, Person


class TooManyAlerts(Conflict):
    code, title = "too_many_alerts", "There are as many alerts as one organisation can have"


async def add(session: AsyncSession, hr: Person, wanted: AlertIn) -> tuple[InsightAlert, Department | None]:
    organisation = await session.get_one(Organisation, hr.organisation_id, with_for_update={"key_share": True})
    terms = ALERTS[wanted.measure]
    if not allowed(terms.view, organisation.policy):
        raise PolicyForbids("Your organisation's policy keeps this figure with its owners; only WHO-5 can be watched.")
    if not terms.least <= wanted.change <= terms.most:
        raise Invalid(
            f"`change` must lie between {terms.least:g} and {terms.most:g}; less is rounding.", field="change"
        )
    department = await _department(session, hr, wanted.department_id)
    if len(await store.alerts(session, organisation.id)) >= MOST_ALERTS:
        raise TooManyAlerts("Remove one that nobody needs any more first.")
    alert = InsightAlert(organisation_id=organisation.id, actor_id=hr.id, **wanted.model_dump())
    await store.put(session, alert)
    await audit.record(session, organisation.id, hr, "insight_alert.added", **wanted.model_dump())
    return alert, department


async def remove(session: AsyncSession, hr: Person, alert_id: UUID) -> None:
    alert = await store.alert(session, hr.organisation_id, alert_id)
    if alert is None:
        raise NotFound
    await session.delete(alert)
    await audit.record(session, hr.organisation_id, hr, "insight_alert.removed", measure=alert.measure)


async def _department(session: AsyncSession, hr: Person, department_id: UUID | None) -> Department | None:
    if department_id is None:
        return None
    department = await store.department(session, hr.organisation_id, department_id)
    if department is None:
        raise NotFound("There is no such department.")
    return department


async def newly_met(session: AsyncSession, alert: InsightAlert, week: date) -> tuple[Said, Said] | None:
    """The first and the last figure up to `week` if they meet it and did not yet in this stretch; remembers it."""
    measure: Measure = alert.measure  # type: ignore[assignment]
    view = ALERTS[measure].view
    first = week - WEEK * alert.weeks
    found = dict(await store.weeks(session, alert.organisation_id, alert.department_id, view, first, week))
    stretch = [first + WEEK * step for step in range(alert.weeks + 1)]
    figures = [found.get(day, {}).get(measure, {}) for day in stretch]
    if not worsened(figures, measure, alert.change):
        return None
    again = alert.met_in is not None and week - alert.met_in < WEEK * alert.weeks
    if again:
        return None
    alert.met_in, alert.before, alert.after = week, dict(figures[0]), dict(figures[-1])
    await store.put(session, alert)
    return figures[0], figures[-1]


def sentence(alert: InsightAlert, department: Department | None, locale: str) -> str:
    """The change in the unit in which the page says the figure."""
    where = department.name if department else say(ORGANISATION, locale)
    rule = say(ALERT_RULES[alert.measure], locale)
    share = SCALES[ALERTS[alert.measure].view].unit == "share"  # type: ignore[index]
    said = rule.format(where=where, weeks=alert.weeks, change=f"{alert.change * (100 if share else 1):g}")
    return said[:1].upper() + said[1:]


def notice_facts(
    alert: InsightAlert, department: Department | None, locale: str, figures: tuple[Said, Said]
) -> dict[str, str]:
    """Title and text as the notice carries them."""
    title, text = ALERT_NOTICE.get(locale, ALERT_NOTICE["en"])
    before, after = (spoken(ALERTS[alert.measure].view, one, locale) for one in figures)  # type: ignore[index]
    rule = sentence(alert, department, locale)
    return {"title": title, "text": text.format(rule=rule, before=before, after=after, week=str(alert.met_in))}


def alert_out(alert: InsightAlert, department: Department | None, locale: str, policy: str) -> AlertOut:
    """Without what it was met by where the policy keeps that figure back."""
    shown = alert.met_in is not None and allowed(ALERTS[alert.measure].view, policy)  # type: ignore[index]
    met_by = {
        "met_in": alert.met_in if shown else None,
        "before": figure_of(alert.measure, alert.before, locale) if shown else None,
        "after": figure_of(alert.measure, alert.after, locale) if shown else None,
    }
    said = sentence(alert, department, locale)
    return AlertOut.model_validate({**alert.model_dump(), **met_by, "department": ref(department), "sentence": said})
