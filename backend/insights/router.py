"""Group figures for HR: pages of what was published, as a file, alerts on it, and who asked for what."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from backend.deps import Hr, Me, Session
from backend.errors import Invalid, NotFound
from backend.insights import alerts, store
from backend.insights.policy import ALERT_WEEKS, ALERTS, DEFAULT, MOST_ALERTS, VIEWS, View, next_publication, week_of
from backend.insights.present import allowed, page_of, ref, scope_of, sentences
from backend.insights.publish import publish_if_small
from backend.insights.schemas import (
    AlertIn,
    AlertList,
    AlertOut,
    ChangeBounds,
    Counted,
    InsightPage,
    Messages,
    Overview,
    QueryOut,
    QueryPage,
)
from backend.insights.texts import PROTECTION
from backend.limits import Limit, by_person
from backend.paging import Cursor
from backend.people import store as people
from backend.spreadsheet import csv_of, plain
from backend.tables import Department, InsightQuery, Organisation, Person

router = APIRouter()

# A console shows seven pages; ten times that in a minute is a script, and a script has no business here.
INSIGHTS = Limit("insights", 300, timedelta(hours=1))
ASKED = [Depends(by_person(INSIGHTS))]
USUAL = timedelta(weeks=25)
EARLIEST = date(2000, 1, 3)

Unit = Annotated[str | None, Query(max_length=120, description="Id or name of a department; default: everybody")]
First = Annotated[date | None, Query(alias="from", description="A day of the first week; default: half a year back")]
Last = Annotated[date | None, Query(alias="to", description="A day of the last week; default: today")]


@router.get("/hr/insights", tags=["hr"], dependencies=ASKED)
async def read_overview(hr: Hr, session: Session) -> Overview:
    """The newest published week by department, and how people are protected."""
    organisation = await session.get_one(Organisation, hr.organisation_id)
    await publish_if_small(session, organisation.id, datetime.now(UTC).date())
    oldest, newest = await store.span(session, organisation.id)
    figures = await store.newest(session, organisation.id, newest) if newest else {}
    if newest:
        await store.overview_seen(session, hr, newest)
    policy, locale = organisation.policy, hr.locale
    whole = scope_of(None, organisation.name, figures.get(None, {}), policy, locale)
    units = [
        scope_of(unit, unit.name, figures.get(unit.id, {}), policy, locale)
        for unit in await store.departments(session, organisation.id)
    ]
    used = {figure.hidden for unit in (whole, *units) for figure in (unit.balance, unit.who5) if figure.hidden}
    return Overview.model_validate(
        {
            "policy": policy,
            "floor": DEFAULT.floor,
            "views": [view for view in VIEWS if allowed(view, policy)],
            "first_week": oldest,
            "last_week": newest,
            "next_publication": next_publication(datetime.now(UTC).date()),
            "organisation": whole,
            "departments": units,
            "reasons": sentences(used, locale),
            "protection": PROTECTION.get(locale, PROTECTION["en"]),
        }
    )


@router.get("/hr/insights/alerts", tags=["hr"])
async def list_alerts(hr: Hr, session: Session) -> AlertList:
    """Alerts of your organisation, and what may be set."""
    organisation = await session.get_one(Organisation, hr.organisation_id)
    found = await store.alerts(session, organisation.id)
    return AlertList(
        items=[alerts.alert_out(alert, unit, hr.locale, organisation.policy) for alert, unit in found],
        bounds={measure: ChangeBounds(low=terms.least, high=terms.most) for measure, terms in ALERTS.items()},
        weeks=ChangeBounds(low=ALERT_WEEKS[0], high=ALERT_WEEKS[1]),
        most=MOST_ALERTS,
    )


@router.post("/hr/insights/alerts", tags=["hr"], status_code=201)
async def add_alert(wanted: AlertIn, hr: Hr, session: Session) -> AlertOut:
    """Tell HR when a published figure gets worse for some weeks in a row."""
    alert, department = await alerts.add(session, hr, wanted)
    organisation = await session.get_one(Organisation, hr.organisation_id)
    return alerts.alert_out(alert, department, hr.locale, organisation.policy)


@router.delete("/hr/insights/alerts/{alert_id}", tags=["hr"], status_code=204)
async def remove_alert(alert_id: UUID, hr: Hr, session: Session) -> None:
    await alerts.remove(session, hr, alert_id)


@router.get("/hr/insights/messages", tags=["hr"])
async def read_messages(hr: Hr) -> Messages:
    """What comes to you of its own accord."""
    chosen = hr.preferences.get("insights", {})
    return Messages(summary=chosen.get("summary", True), alerts=chosen.get("alerts", True))


@router.put("/hr/insights/messages", tags=["hr"])
async def set_messages(wanted: Messages, hr: Hr, session: Session) -> Messages:
    await _choose(session, hr, wanted.model_dump())
    return wanted


@router.get("/hr/insights/queries", tags=["hr"])
async def list_queries(
    hr: Hr, session: Session, cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> QueryPage:
    """Who asked for which figures, newest first: for you and for the works council."""
    found = await store.queries(session, hr.organisation_id, Cursor.decode(cursor), limit)
    last = found[limit - 1][0] if len(found) > limit else None
    return QueryPage(
        items=[
            QueryOut.model_validate({**query.model_dump(), "by": name, "department": ref(department)})
            for query, name, department in found[:limit]
        ],
        next_cursor=Cursor(last.at, last.id).encode() if last else None,
    )


@router.get("/hr/insights/{view}.csv", tags=["hr"], response_class=Response, dependencies=ASKED)
async def download_insights(
    view: View, hr: Hr, session: Session, department: Unit = None, start: First = None, end: Last = None
) -> Response:
    """The same page as a file."""
    page = await _page(session, hr, view, department, start, end, file=True)
    return Response(
        table_of(page),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{view}-{page.first}-{page.last}.csv"'},
    )


@router.get("/hr/insights/{view}", tags=["hr"], dependencies=ASKED)
async def read_insights(
    view: View, hr: Hr, session: Session, department: Unit = None, start: First = None, end: Last = None
) -> InsightPage:
    """Published figures by calendar week. `from` and `to` choose whole weeks; nothing is ever computed for the
    question asked."""
    return await _page(session, hr, view, department, start, end, file=False)


@router.get("/me/insights", tags=["consent"])
async def read_counted(me: Me) -> Counted:
    """Whether you are counted in figures about groups."""
    return Counted(counted=me.preferences.get("insights", {}).get("counted", True))


@router.put("/me/insights", tags=["consent"])
async def set_counted(wanted: Counted, me: Me, session: Session) -> Counted:
    """From the next published week on; what is published stays as it is."""
    await _choose(session, me, wanted.model_dump())
    return wanted


async def _choose(session: Session, person: Person, chosen: dict[str, bool]) -> None:
    """A new dictionary: JSON columns edited in place are not saved."""
    await people.hold(session, person)
    before = person.preferences.get("insights", {})
    person.preferences = {**person.preferences, "insights": {**before, **chosen}}
    session.add(person)


async def _page(
    session: Session, hr: Person, view: View, unit: str | None, start: date | None, end: date | None, *, file: bool
) -> InsightPage:
    today = datetime.now(UTC).date()
    first, last = _weeks(start, end, today)
    department = await _department(session, hr, unit)
    organisation = await session.get_one(Organisation, hr.organisation_id)
    await store.put(
        session,
        InsightQuery(
            organisation_id=organisation.id, actor_id=hr.id, view=view, first_week=first, last_week=last, file=file,
            department_id=department.id if department else None,
        ),
    )  # fmt: skip
    await publish_if_small(session, organisation.id, today)
    published = await store.weeks(session, organisation.id, department.id if department else None, view, first, last)
    return page_of(
        view, published, department=department, span=(first, last), policy=organisation.policy, today=today,
        locale=hr.locale,
    )  # fmt: skip


def _weeks(start: date | None, end: date | None, today: date) -> tuple[date, date]:
    if min(start or today, end or today) < EARLIEST:
        raise Invalid("There are no figures from before the year 2000.", field="from")
    last = week_of(end or today)
    first = week_of(start or last - USUAL)
    if first > last or (last - first).days > 7 * DEFAULT.most_weeks:
        raise Invalid("`from` must not lie after `to`, and at most two years can be asked for at once.", field="from")
    return first, last


async def _department(session: Session, hr: Person, unit: str | None) -> Department | None:
    if not unit:
        return None
    for department in await store.departments(session, hr.organisation_id):
        if unit in (str(department.id), department.name):
            return department
    raise NotFound("There is no such department.")


def table_of(page: InsightPage) -> str:
    """One line a figure, hidden ones with their reason in words."""
    table: list[list[Any]] = [
        ["week", "until", "department", "key", "label", "value", "bound", "people_at_least", "hidden"]
    ]
    where = plain(page.department and page.department.name)
    for week in page.weeks:
        for figure in week.figures:
            why = page.reasons[figure.hidden] if figure.hidden else ""
            cells = [figure.key, figure.label, figure.value, figure.bound if not why else "", figure.people, why]
            table.append([week.week, week.until, where, *cells])
    if page.hidden:
        table.append(["", "", where, "", "", "", "", "", page.reasons[page.hidden]])
    return csv_of(table)
