"""Publishing: each settled calendar week once, in order, from whole circles; what was published never changes.

Called by the nightly and hourly work, and by a page of a small organisation whose newest week nobody published yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random, SystemRandom
from uuid import UUID, uuid4

import numpy as np
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.db import raw_connection
from backend.insights import gather, store
from backend.insights.circles import Candidate, form
from backend.insights.figures import COLUMNS, Counted, Document, Member, publishable, says_anything
from backend.insights.gather import Eligible, Standing, moment
from backend.insights.policy import DEFAULT, WEEK, last_settled, stress_of, week_of
from backend.policy import named
from backend.tables import Circle, InsightWeek, Organisation

# A page does not make its reader wait for a large organisation's figures: the hourly work has them.
AT_ONCE = 500


async def publish_if_small(session: AsyncSession, organisation_id: UUID, today: date) -> None:
    """Called by pages, so that a small organisation need not wait for the hourly work."""
    newest = await gather.newest_week(session, organisation_id)
    if (newest is None or newest < last_settled(today)) and await gather.small(session, organisation_id, AT_ONCE):
        await publish_due(session, organisation_id, today)


async def publish_due(
    session: AsyncSession, organisation_id: UUID, today: date, random: Random | None = None, most: int | None = None
) -> list[date]:
    """Every settled week that is not published yet, oldest first and at most so many; returns those that were."""
    organisation = await gather.lock(session, organisation_id)
    if not named(organisation.policy).face_derived_for_hr:
        await gather.forget_expression(session, organisation)
    due = await _due(session, organisation_id, today)
    if not due:
        return []
    eligible = await gather.eligible(session, organisation, datetime.now(UTC))
    counts = await gather.accounts(session, organisation_id)
    desk = Desk(session, organisation, eligible, counts, random or SystemRandom())
    published: list[date] = []
    for week in due:
        if len(published) == most:
            break
        published += [week] if await desk.publish(week) else []
    return published


async def _due(session: AsyncSession, organisation_id: UUID, today: date) -> list[date]:
    """Weeks after the newest published one about which there is anything."""
    newest, last = await gather.newest_week(session, organisation_id), last_settled(today)
    first = newest + WEEK if newest else week_of(today - DEFAULT.keep) + WEEK
    return await gather.weeks_with_data(session, organisation_id, first, last) if first <= last else []


@dataclass(frozen=True)
class Desk:
    """What publishing the weeks of one organisation needs."""

    session: AsyncSession
    organisation: Organisation
    eligible: Eligible
    accounts: Mapping[UUID | None, int]
    random: Random

    async def publish(self, week: date) -> bool:
        """False where fewer than five people could be counted: then the week stays open."""
        panels = ["wellbeing"]
        if named(self.organisation.policy).face_derived_for_hr:
            panels.append("expression")
        await gather.forget_circles(self.session, self.organisation.id, week - DEFAULT.keep)
        counted = [await self._count(panel, week) for panel in panels]
        departments = [unit.id for unit in await store.departments(self.session, self.organisation.id)]
        whole = self._document(counted, None)
        if not says_anything(whole):
            return False
        scopes: dict[UUID | None, Document] = {None: whole} | {
            unit: self._document(counted, unit) for unit in departments
        }
        await gather.save_weeks(
            self.session,
            [
                InsightWeek(organisation_id=self.organisation.id, department_id=unit, week=week, figures=document)
                for unit, document in scopes.items()
            ],
        )
        return True

    def _document(self, counted: Iterable[Counted], unit: UUID | None) -> Document:
        said: Document = {}
        for panel in counted:
            said |= publishable(panel, unit, self.accounts.get(unit, 0))
        return said

    async def _count(self, panel: str, week: date) -> Counted:
        """Circles are mended first: broken ones end, and who waits long enough in number forms new ones."""
        members = await (self._expression(week) if panel == "expression" else self._wellbeing(week))
        standing = await gather.circles(self.session, self.organisation.id, panel)
        speaking = self.eligible.staying(panel) - await self._silent(panel, week, standing, members)
        open_ = [circle for circle in standing if not circle.dissolved]
        whole = [circle for circle in open_ if is_whole(circle, speaking)]
        await gather.dissolve(self.session, [circle.id for circle in open_ if circle not in whole], week)
        made = form(_waiting(members.values(), standing, whole), self.random)
        await gather.save_circles(self.session, [self._circle(panel, week, people) for people in made])
        everybody = [circle.members for circle in whole] + [frozenset(people) for people in made]
        present = [people for people in everybody if people <= members.keys()]
        return Counted.of(panel, [[members[one] for one in sorted(people)] for people in present])

    async def _silent(
        self, panel: str, week: date, standing: Iterable[Standing], members: Mapping[UUID, Member]
    ) -> frozenset[UUID]:
        """Of those that circles wait for, who has said nothing for so long that the others are let go."""
        awaited = {one for circle in standing if not circle.dissolved for one in circle.members} - members.keys()
        return await gather.silent(self.session, panel, awaited, week + WEEK - DEFAULT.silence, week + WEEK)

    def _circle(self, panel: str, week: date, people: Sequence[UUID]) -> tuple[Circle, Sequence[UUID]]:
        made = Circle(id=uuid4(), organisation_id=self.organisation.id, panel=panel, size=len(people), formed_in=week)
        return made, people

    async def _wellbeing(self, week: date) -> dict[UUID, Member]:
        connection, end = await raw_connection(self.session), week + WEEK
        found = await gather.rows(
            connection, gather.WHO5, self.organisation.id, moment(end - DEFAULT.answers), moment(end)
        )
        return {
            person: Member(person, self.eligible.department[person], np.array([float(answers[0]["score"])]))
            for person, answers in found.items()
            if person in self.eligible.department
        }

    async def _expression(self, week: date) -> dict[UUID, Member]:
        connection, me, end = await raw_connection(self.session), self.organisation.id, week + WEEK
        sunday, carried = end - timedelta(days=1), end - DEFAULT.carry
        span = (moment(carried), moment(end))
        means = await gather.rows(connection, gather.WEEK_MEANS, me, carried, sunday)
        people = [person for person in means if person in self.eligible.photos]
        homes = {person: self.eligible.home[person] for person in people}
        hours = await gather.rows(connection, gather.HOURS, *gather.clocks(homes, *span))
        weekdays = await gather.rows(connection, gather.WEEKDAYS, me, carried, sunday)
        support = await gather.rows(connection, gather.SUPPORT, me, *span)
        answered = await gather.rows(connection, gather.WHO5, me, *span)
        asked = [person for person in people if person in self.eligible.demographics]
        groups = await gather.rows(connection, gather.GROUPS, asked, moment(end - DEFAULT.answers), moment(end))
        members = {}
        for person in people:
            mean = means[person][0]
            values = dict(_expression_of(mean["positive"], mean["negative"]), days=mean["days"] / 5)
            values |= {f"hour.{row['slot']}": row["negative"] for row in hours.get(person, ())}
            values |= {f"weekday.{row['slot']}": row["negative"] for row in weekdays.get(person, ())}
            values["answered"] = float(person in answered)
            values |= _support_of(support.get(person, ()))
            known = groups.get(person)
            members[person] = Member(
                person, self.eligible.department[person], _row(values),
                gender=known[0]["gender"] if known else None, age=known[0]["age"] if known else None,
            )  # fmt: skip
        return members


def _expression_of(positive: float, negative: float) -> dict[str, float]:
    bands = dict.fromkeys(("normal", "mild", "high"), 0.0) | {stress_of(positive, negative): 1.0}
    return {"balance": positive - negative, "positive": positive, "negative": negative, **bands}


def _support_of(rows: Sequence[Mapping[str, bool]]) -> dict[str, float]:
    """Somebody who was offered none has an answer to each of the three as well: no."""
    helpful = any(row["helpful"] for row in rows)
    refused = any(row["not_helpful"] for row in rows) and not helpful
    return {"offered": float(bool(rows)), "helpful": float(helpful), "not_helpful": float(refused)}


def _row(values: Mapping[str, float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([values.get(key, np.nan) for key in COLUMNS["expression"]])


def is_whole(circle: Standing, allowed: frozenset[UUID]) -> bool:
    """Nobody withdrew, objected, fell silent, or is gone. Who is on holiday or asked again only suspends it."""
    return len(circle.members) == circle.size and circle.members <= allowed


def _waiting(members: Iterable[Member], standing: Iterable[Standing], whole: Iterable[Standing]) -> list[Candidate]:
    taken = {person for circle in whole for person in circle.members}
    used = {person for circle in standing for person in circle.members}
    return [
        Candidate(one.id, one.department, one.gender, one.age, fresh=one.id not in used)
        for one in members
        if one.id not in taken
    ]
