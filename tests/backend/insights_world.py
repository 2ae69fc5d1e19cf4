"""An organisation with people, their days and hours, for tests of group figures; weeks are published at will."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert

from backend.db import transaction
from backend.insights.policy import DEFAULT, WEEK
from backend.insights.publish import publish_due
from backend.people.policy import TERMS
from backend.tables import Consent, DayRollup, Department, HourRollup, Person, Reading
from backend.tables.columns import now
from ml.emotions import expand


def vector(happy: float, sad: float) -> list[float]:
    """The rest is neutral."""
    return [float(value) for value in expand([happy, sad, 0, 0, 0, 0, 1 - happy - sad])]


@dataclass
class Crowd:
    sessions: Any
    organisation: UUID
    hr: Any
    departments: dict[str, UUID] = field(default_factory=dict)
    mood: dict[UUID, tuple[float, float]] = field(default_factory=dict)

    async def department(self, name: str) -> UUID:
        if name not in self.departments:
            async with transaction(self.sessions) as session:
                made = Department(organisation_id=self.organisation, name=name)
                session.add(made)
            self.departments[name] = made.id
        return self.departments[name]

    async def join(
        self, department: str, number: int, *, happy: float, sad: float, agreed: bool = True,
        gender: str | None = None, age: str | None = None,
    ) -> list[UUID]:  # fmt: skip
        unit = await self.department(department)
        people = [
            Person(organisation_id=self.organisation, department_id=unit, username=f"c{uuid4().hex}",
                   password_hash="x", phone="+4930901820")
            for _ in range(number)
        ]  # fmt: skip
        async with transaction(self.sessions) as session:
            session.add_all(people)
            await session.flush()
            for person in people:
                purposes = (["score_photos"] if agreed else []) + (["demographics"] if gender else [])
                session.add_all(
                    Consent(person_id=person.id, purpose=purpose, granted=True, text_version=TERMS.text_version)
                    for purpose in purposes
                )
                if gender:
                    session.add(reading(person.id, gender, age))
                self.mood[person.id] = (happy, sad)
        return [person.id for person in people]

    async def days(
        self,
        last: date,
        weeks: int,
        of: Sequence[UUID] | None = None,
        happy: float | None = None,
        sad: float | None = None,
    ) -> None:
        """Monday to Friday of so many weeks up to the one that begins on `last`."""
        rows = []
        for person in of if of is not None else self.mood:
            mine = (self.mood[person][0] if happy is None else happy, self.mood[person][1] if sad is None else sad)
            for week in range(weeks):
                days = [last - WEEK * week + timedelta(days=day) for day in range(5)]
                rows += [
                    {
                        "person_id": person,
                        "day": day,
                        "hours": 1,
                        "readings": 1,
                        "mean": vector(*mine),
                        "m2": [0.0] * 10,
                    }
                    for day in days
                ]
        async with transaction(self.sessions) as session:
            await session.exec(insert(DayRollup).values(rows).on_conflict_do_nothing())

    async def hours(self, week: date, hour: int, sad: float, of: Sequence[UUID] | None = None) -> None:
        moment = datetime.combine(week, time(hour), UTC)
        async with transaction(self.sessions) as session:
            session.add_all(
                HourRollup(person_id=person, hour=moment, day=week, readings=1, mean=vector(0, sad), m2=[0.0] * 10)
                for person in (of or self.mood)
            )

    async def publish(self, week: date, seed: int = 1) -> list[date]:
        """As on the day on which this week is the newest that may be published."""
        async with transaction(self.sessions) as session:
            return await publish_due(session, self.organisation, week + WEEK + DEFAULT.settle, Random(seed))


def reading(person: UUID, gender: str, age: str | None) -> Reading:
    values = {"captured_at": now() - timedelta(days=30), "hour": now(), "day": now().date(), "vector": [0.1] * 10}
    return Reading(
        person_id=person, source="phone", model_name="m", model_version="1", gender_group=gender, age_band=age, **values
    )


async def crowd_of(sessions: Any, sign_up: Any, home: Any) -> Crowd:
    """HR has no days of its own, so it counts nowhere."""
    hr = await sign_up("hr", home)
    return Crowd(sessions, home.organisation.id, hr, {home.department.name: home.department.id})
