"""The SQL of publishing: what each person contributes to a week, who may be counted, and who is in which circle.

Set-based: a week of ten thousand people is a handful of statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy import delete, func, text, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.db import raw_connection
from backend.insights.policy import WEEK
from backend.people.policy import Given, standing
from backend.people.policy import Standing as ConsentStanding
from backend.policy import named
from backend.tables import (
    Circle,
    CircleMember,
    Consent,
    InsightAlert,
    InsightQuery,
    InsightWeek,
    Notice,
    Organisation,
    Person,
)
from backend.zones import zone_of

# $1 organisation, $2 first day that is carried, $3 Sunday. The newest week with data speaks for a person.
WEEK_MEANS: Final = """
select distinct on (person_id) person_id, positive, negative, case when back = 0 then days else 0 end as days
from (
  select d.person_id, ($3 - d.day) / 7 as back, avg(d.mean[1] + d.mean[6]) as positive,
         avg(d.mean[2] + d.mean[3] + d.mean[5]) as negative,
         count(*) filter (where extract(isodow from d.day) < 6) as days
  from person p join day_rollup d on d.person_id = p.id and d.day between $2 and $3
  where p.organisation_id = $1 group by 1, 2
) w order by person_id, back
"""
WEEKDAYS: Final = """
select d.person_id, extract(isodow from d.day)::int - 1 as slot, avg(d.mean[2] + d.mean[3] + d.mean[5]) as negative
from person p join day_rollup d on d.person_id = p.id and d.day between $2 and $3
where p.organisation_id = $1 group by 1, 2
"""
# By the clock where the person was then, as `clocks` says it.
HOURS: Final = """
select h.person_id, extract(hour from h.hour at time zone 'UTC' + lived.ahead)::int as slot,
       avg(h.mean[2] + h.mean[3] + h.mean[5]) as negative
from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::interval[]) as lived(person_id, since, until, ahead)
join hour_rollup h on h.person_id = lived.person_id and h.hour >= lived.since and h.hour < lived.until
group by 1, 2
"""
SUPPORT: Final = """
select n.person_id, coalesce(bool_or(n.helpful), false) as helpful,
       coalesce(bool_or(not n.helpful), false) as not_helpful
from person p join notice n on n.person_id = p.id and n.created_at >= $2 and n.created_at < $3
where p.organisation_id = $1 and n.kind in ('lower_moderate', 'lower_high') group by 1
"""
WHO5: Final = """
select distinct on (s.person_id) s.person_id, s.score, s.created_at
from person p join self_report s on s.person_id = p.id and s.created_at >= $2 and s.created_at < $3
where p.organisation_id = $1 and s.instrument = 'who5' order by s.person_id, s.created_at desc
"""
GROUPS: Final = """
select r.person_id, mode() within group (order by r.gender_group) as gender,
       mode() within group (order by r.age_band) as age
from reading r where r.person_id = any($1) and r.captured_at >= $2 and r.captured_at < $3 group by 1
"""

SPOKE_BY_PHOTO: Final = """
select id as person_id from unnest($1::uuid[]) id
where exists (select 1 from day_rollup d where d.person_id = id and d.day between $2 and $3)
"""
SPOKE_BY_ANSWER: Final = """
select id as person_id from unnest($1::uuid[]) id where exists (
  select 1 from self_report s
  where s.person_id = id and s.instrument = 'who5' and s.created_at >= $2 and s.created_at < $3
)
"""
WEEKS_WITH_DATA: Final = """
select distinct date_trunc('week', d.day)::date as week
from person p join day_rollup d on d.person_id = p.id and d.day >= :first and d.day < :end
where p.organisation_id = :me
union
select date_trunc('week', s.created_at at time zone 'UTC')::date
from person p join self_report s on s.person_id = p.id and s.created_at >= :since and s.created_at < :until
where p.organisation_id = :me and s.instrument = 'who5'
order by week
"""


# Other words, another policy, or a year that is over: an answer is waited for, a month where it ended.
ASKED_AGAIN: Final = frozenset({"expired", "policy_changed", "text_changed"})


class Home(NamedTuple):
    """Where somebody lives and has lived, for `zone_of`."""

    timezone: str
    preferences: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Eligible:
    """Who may be counted today, by what they agreed to and did not object to."""

    department: Mapping[UUID, UUID | None]
    home: Mapping[UUID, Home]
    photos: frozenset[UUID]
    # Whose yes is asked for again: not counted until it is given, but nobody who left.
    photos_asked_again: frozenset[UUID]
    demographics: frozenset[UUID]

    def staying(self, panel: str) -> frozenset[UUID]:
        """For whom a circle waits, whether or not they can be counted now."""
        return self.photos | self.photos_asked_again if panel == "expression" else frozenset(self.department)


@dataclass(frozen=True, slots=True)
class Standing:
    """A circle as it stands in the database."""

    id: UUID
    size: int
    dissolved: bool
    members: frozenset[UUID]


def moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


# The clocks of the world are quarters of an hour apart, and are put forward and back on one.
QUARTER: Final = timedelta(minutes=15)
Clock = tuple[datetime, datetime, timedelta]


def clocks(homes: Mapping[UUID, Home], start: datetime, end: datetime) -> tuple[list[Any], ...]:
    """For HOURS: whose clock was from when until when how far ahead of UTC.

    Not left to the database, which may lack names that browsers give: Debian 13 has no Asia/Calcutta. One person there
    would be an error for everybody.
    """
    known: dict[str, list[Clock]] = {}
    found: tuple[list[Any], ...] = ([], [], [], [])
    for person, home in homes.items():
        lived = f"{home.timezone} {home.preferences.get('zones')}"
        if lived not in known:
            known[lived] = _clock(home, start, end)
        for one in known[lived]:
            for column, value in zip(found, (person, *one), strict=True):
                column.append(value)
    return found


def _clock(home: Home, start: datetime, end: datetime) -> list[Clock]:
    def ahead(at: datetime) -> timedelta:
        return at.astimezone(ZoneInfo(zone_of(home, at))).utcoffset() or timedelta()

    moments = (start + QUARTER * step for step in range((end - start) // QUARTER))
    stretches = [(offset, list(run)) for offset, run in groupby(moments, ahead)]
    return [(run[0], run[-1] + QUARTER, offset) for offset, run in stretches]


async def lock(session: AsyncSession, organisation_id: UUID) -> Organisation:
    """Two processes that publish at once take turns."""
    key = f"insights:{organisation_id}"
    await session.exec(text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), params={"key": key})  # type: ignore[call-overload]
    return await session.get_one(Organisation, organisation_id)


async def eligible(session: AsyncSession, organisation: Organisation, now: datetime) -> Eligible:
    found = await session.exec(
        select(Person.id, Person.department_id, Person.timezone, Person.preferences).where(
            Person.organisation_id == organisation.id
        )
    )
    counted = [one for one in found if one[3].get("insights", {}).get("counted", True)]
    people = {id_: unit for id_, unit, _, _ in counted}
    homes = {id_: Home(zone, chosen) for id_, _, zone, chosen in counted}
    photos = await _standings(session, organisation, "score_photos", now)
    demographics = await _standings(session, organisation, "demographics", now)
    return Eligible(
        people, homes,
        photos=frozenset(one for one in people if photos.get(one) == "in_force"),
        photos_asked_again=frozenset(one for one in people if photos.get(one) in ASKED_AGAIN),
        demographics=frozenset(one for one in people if demographics.get(one) == "in_force"),
    )  # fmt: skip


async def _standings(
    session: AsyncSession, organisation: Organisation, purpose: str, now: datetime
) -> dict[UUID, ConsentStanding]:
    """Of everybody who was asked about the purpose: people.policy.standing decides, here as everywhere."""
    newest = (
        select(Consent)
        .join(Person, col(Person.id) == Consent.person_id)
        .where(Person.organisation_id == organisation.id, Consent.purpose == purpose)
        .ext(distinct_on(col(Consent.person_id)))
        .order_by(col(Consent.person_id), col(Consent.created_at).desc())
    )
    closed = purpose in named(organisation.policy).closed
    return {
        said.person_id: standing(
            Given(said.granted, said.text_version, said.created_at, said.expires_at),
            closed=closed, policy_since=organisation.policy_since, now=now,
        )
        for said in await session.exec(newest)
    }  # fmt: skip


async def rows(
    connection: asyncpg.Connection[Any], statement: str, *values: object
) -> dict[UUID, list[asyncpg.Record]]:
    found: dict[UUID, list[asyncpg.Record]] = {}
    for row in await connection.fetch(statement, *values):
        found.setdefault(row["person_id"], []).append(row)
    return found


async def accounts(session: AsyncSession, organisation_id: UUID) -> dict[UUID | None, int]:
    """By department, and everybody under None."""
    found = await session.exec(
        select(Person.department_id, func.count())
        .where(Person.organisation_id == organisation_id)
        .group_by(col(Person.department_id))
    )
    counts = {unit: number for unit, number in found}
    return {**counts, None: sum(counts.values())}


async def circles(session: AsyncSession, organisation_id: UUID, panel: str) -> list[Standing]:
    found = await session.exec(
        select(Circle, func.array_agg(CircleMember.person_id))
        .outerjoin(CircleMember, col(CircleMember.circle_id) == Circle.id)
        .where(Circle.organisation_id == organisation_id, Circle.panel == panel)
        .group_by(col(Circle.id))
        .order_by(col(Circle.id))
    )
    return [
        Standing(circle.id, circle.size, circle.dissolved_in is not None, frozenset(one for one in members if one))
        for circle, members in found
    ]


async def save_circles(session: AsyncSession, made: Sequence[tuple[Circle, Sequence[UUID]]]) -> None:
    if not made:
        return
    session.add_all([circle for circle, _ in made])
    await session.flush()
    values = [{"circle_id": circle.id, "person_id": person} for circle, members in made for person in members]
    for start in range(0, len(values), 5000):
        await session.exec(insert(CircleMember).values(values[start : start + 5000]))


async def dissolve(session: AsyncSession, ids: Sequence[UUID], week: date) -> None:
    if ids:
        await session.exec(update(Circle).where(col(Circle.id).in_(ids)).values(dissolved_in=week))


async def forget_circles(session: AsyncSession, organisation_id: UUID, before: date) -> None:
    """Circles that ended before the oldest figure that is kept: nothing that they were part of is there any more."""
    await session.exec(
        delete(Circle).where(col(Circle.organisation_id) == organisation_id, col(Circle.dissolved_in) < before)
    )


async def silent(session: AsyncSession, panel: str, people: Iterable[UUID], first: date, last: date) -> frozenset[UUID]:
    """Who of the people did not check in, or answer, between the two days."""
    asked = list(people)
    statement = SPOKE_BY_PHOTO if panel == "expression" else SPOKE_BY_ANSWER
    values = (first, last) if panel == "expression" else (moment(first), moment(last))
    spoke = await rows(await raw_connection(session), statement, asked, *values)
    return frozenset(asked) - spoke.keys()


async def forget_expression(session: AsyncSession, organisation: Organisation) -> None:
    """Under a policy that keeps what faces say with their owners: published figures go as well, with the messages to HR
    and the alerts that name them."""
    organisation_id = organisation.id
    only = func.jsonb_build_object("wellbeing", col(InsightWeek.figures)["wellbeing"])
    mine = col(InsightWeek.organisation_id) == organisation_id
    faces = col(InsightWeek.figures).op("?")("trend")
    await session.exec(update(InsightWeek).where(mine, faces).values(figures=only))
    await session.exec(
        delete(Circle).where(col(Circle.organisation_id) == organisation_id, col(Circle.panel) == "expression")
    )
    watched = col(InsightAlert.organisation_id) == organisation_id, col(InsightAlert.measure) != "who5"
    await session.exec(update(InsightAlert).where(*watched).values(met_in=None, before=None, after=None))
    people = select(Person.id).where(Person.organisation_id == organisation_id)
    told = col(Notice.person_id).in_(people), col(Notice.kind).in_(("group_alert", "group_summary"))
    await session.exec(delete(Notice).where(*told, col(Notice.created_at) < organisation.policy_since))


async def newest_week(session: AsyncSession, organisation_id: UUID) -> date | None:
    found = await session.exec(select(func.max(InsightWeek.week)).where(InsightWeek.organisation_id == organisation_id))
    return found.one()


async def weeks_with_data(session: AsyncSession, organisation_id: UUID, first: date, last: date) -> list[date]:
    """Mondays, from `first` to `last`, of the weeks in which anybody checked in or answered; oldest first."""
    found = await session.exec(
        text(WEEKS_WITH_DATA),  # type: ignore[call-overload]
        params={
            "me": organisation_id,
            "first": first,
            "end": last + WEEK,
            "since": moment(first),
            "until": moment(last + WEEK),
        },
    )
    return list(found.scalars())


async def save_weeks(session: AsyncSession, weeks: Sequence[InsightWeek]) -> None:
    session.add_all(weeks)
    await session.flush()


async def small(session: AsyncSession, organisation_id: UUID, most: int) -> bool:
    some = select(Person.id).where(Person.organisation_id == organisation_id).limit(most + 1).subquery()
    return (await session.exec(select(func.count()).select_from(some))).one() <= most


async def organisations(session: AsyncSession) -> list[UUID]:
    return list(await session.exec(select(Organisation.id).order_by(col(Organisation.created_at))))


async def forget_old(session: AsyncSession, organisation_id: UUID, before: date) -> None:
    """Figures and the log of queries, once they are as old as readings may become."""
    await session.exec(
        delete(InsightWeek).where(col(InsightWeek.organisation_id) == organisation_id, col(InsightWeek.week) < before)
    )
    await session.exec(
        delete(InsightQuery).where(
            col(InsightQuery.organisation_id) == organisation_id, col(InsightQuery.at) < moment(before)
        )
    )
