"""An organisation that has been at it for months: people, weeks, answers and cases, so that HR's pages have something on
them. Weeks go into the database at once; what is published from them, and every alert, is the product's own doing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.db import make_engine, make_sessions, raw_connection, transaction
from backend.insights.policy import last_settled
from backend.insights.publish import publish_due
from backend.insights.tasks import watch
from backend.people.policy import TERMS
from backend.postgres import EmbeddedPostgres
from backend.tables import (
    Case,
    CaseEvent,
    Consent,
    Department,
    InsightAlert,
    Notice,
    Organisation,
    Person,
    Reading,
    SelfReport,
)
from ml.emotions import expand
from tests.clock import now, today

HOURS = range(8, 18)
# Mid-morning is the heaviest, as in the corporate document's figure.
BY_HOUR = {8: 0.0, 9: 0.05, 10: 0.12, 11: 0.07, 12: -0.02, 13: -0.03, 14: 0.02, 15: 0.03, 16: 0.0, 17: -0.02}
BY_WEEKDAY = (0.05, 0.02, 0.0, 0.0, -0.04)


@dataclass(frozen=True)
class Circle:
    """People who are alike enough to be shown as a group."""

    unit: str
    number: int
    gender: str
    age: str
    negative: float
    # How much heavier the last six weeks are than the ones before.
    lately: float = 0.0


CROWD = (
    Circle("Workshop", 6, "female", "30-39", 0.16, 0.16),
    Circle("Workshop", 6, "female", "40-49", 0.12, 0.14),
    Circle("Workshop", 6, "male", "30-39", 0.20, 0.18),
    Circle("Workshop", 6, "male", "40-49", 0.15, 0.15),
    Circle("Office", 7, "female", "18-29", 0.13),
    Circle("Office", 7, "male", "18-29", 0.17),
    Circle("Night shift", 3, "male", "50-59", 0.25),
)
NAMES = ("Ana Ferreira", "Jonas Weber", "Mina Park", "Li Wei", "Sofia Rossi", "Tom Okafor", "Elif Kaya", "Marek Nowak")


@asynccontextmanager
async def database(home: Path) -> AsyncIterator[AsyncSession]:
    """One transaction on the running product's own database."""
    engine = make_engine(EmbeddedPostgres(home).dsn("evenkeel"), pool_size=1)
    try:
        async with transaction(make_sessions(engine)) as session:
            yield session
    finally:
        await engine.dispose()


def vector(happy: float, sad: float) -> list[float]:
    """The rest is neutral, but for a little of everything else."""
    return [float(value) for value in expand([happy, sad, 0.02, 0.01, 0.02, 0.03, 0.92 - happy - sad])]


async def steady_weeks(home: Path, username: str, days: int, until: date) -> None:
    """An ordinary history for somebody: bright and calm days with a little variation, up to `until`."""
    chance = Random(7)
    async with database(home) as session:
        person = (await session.exec(select(Person).where(Person.username == username))).one()
        rows = []
        for back in range(days):
            day = until - timedelta(days=back)
            mean = vector(0.5 + chance.gauss(0, 0.08), 0.1 + chance.gauss(0, 0.02))
            rows.append((person.id, day, 1, 1, mean, [0.0] * 10))
        await _copy(session, "day_rollup", DAY, rows)


DAY = ("person_id", "day", "hours", "readings", "mean", "m2")
HOUR = ("person_id", "hour", "day", "readings", "mean", "m2")


async def _copy(session: AsyncSession, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    connection = await raw_connection(session)
    await connection.copy_records_to_table(table, records=rows, columns=columns)


async def live_as_an_organisation(home: Path, hr_username: str, weeks: int = 26) -> None:
    """Once per installation; the demo's own organisation, around the demo's own HR person."""
    async with database(home) as session:
        hr = (await session.exec(select(Person).where(Person.username == hr_username))).one()
        organisation = await session.get_one(Organisation, hr.organisation_id)
        if (await session.exec(select(Department).where(Department.name == "Night shift"))).first():
            return
        colleague = _person(organisation.id, None, "Clara Lindqvist", role="hr")
        session.add(colleague)
        people = await _people(session, organisation)
        await _live(session, people, weeks)
        await session.flush()
        for measure, unit, change in (("balance", "Workshop", 0.15), ("who5", None, 10.0)):
            session.add(
                InsightAlert(
                    organisation_id=organisation.id, measure=measure, weeks=4, change=change,
                    department_id=await _unit(session, organisation.id, unit) if unit else None, actor_id=hr.id,
                )
            )  # fmt: skip
        await publish_due(session, organisation.id, today(), Random(3))
        await watch(session, organisation.id)
        workshop = [person for person, circle in people if circle.unit != "Night shift"]
        await _cases(session, organisation.id, workshop[:8], hr, colleague)


def _person(organisation: UUID, unit: UUID | None, name: str, role: str = "employee") -> Person:
    return Person(
        id=uuid4(), organisation_id=organisation, department_id=unit, username=f"w{uuid4().hex[:20]}", password_hash="x",
        phone="+4930901820", display_name=name, role=role,
    )  # fmt: skip


async def _unit(session: AsyncSession, organisation: UUID, name: str) -> UUID:
    wanted = select(Department).where(Department.organisation_id == organisation, Department.name == name)
    found = (await session.exec(wanted)).first()
    if found is None:
        found = Department(organisation_id=organisation, name=name)
        session.add(found)
        await session.flush()
    return found.id


async def _people(session: AsyncSession, organisation: Organisation) -> list[tuple[Person, Circle]]:
    made: list[tuple[Person, Circle]] = []
    for circle in CROWD:
        unit = await _unit(session, organisation.id, circle.unit)
        for _ in range(circle.number):
            name = NAMES[len(made)] if len(made) < len(NAMES) else f"Colleague {len(made) + 1}"
            made.append((_person(organisation.id, unit, name), circle))
    session.add_all([person for person, _ in made])
    await session.flush()
    for person, _ in made:
        for purpose in ("score_photos", "demographics"):
            session.add(Consent(person_id=person.id, purpose=purpose, granted=True, text_version=TERMS.text_version))
    return made


async def _live(session: AsyncSession, people: Sequence[tuple[Person, Circle]], weeks: int) -> None:
    newest = last_settled(today())
    chance = Random(11)
    days: list[tuple[Any, ...]] = []
    hours: list[tuple[Any, ...]] = []
    for at, (person, circle) in enumerate(people):
        own = chance.gauss(0, 0.03)
        for back in range(weeks):
            monday = newest - timedelta(weeks=back)
            heavy = circle.negative + own + circle.lately * max(0, 6 - back) / 6 + chance.gauss(0, 0.01)
            for weekday, extra in enumerate(BY_WEEKDAY):
                day = monday + timedelta(days=weekday)
                days.append((person.id, day, 8, 8, _mood(heavy + extra), [0.0] * 10))
                hours += [_hour(person.id, day, hour, heavy + extra) for hour in HOURS if back < 4]
            if (weeks - 1 - back) % 10 == 0:  # from the oldest week on: groups are formed then
                session.add(_estimate(person.id, monday, circle))
            if back % 4 == at % 4:
                session.add(_answer(person.id, monday, round(72 - 90 * heavy + chance.gauss(0, 3))))
        if circle.lately and at % 3:
            session.add(_offer(person.id, newest, helpful=(None, True, True, False)[at % 4]))
    await _copy(session, "day_rollup", DAY, days)
    await _copy(session, "hour_rollup", HOUR, hours)


def _mood(negative: float) -> list[float]:
    sad = min(max(negative, 0.0), 0.7)
    return vector(min(0.55 - 0.7 * sad, 0.6), sad)


def _hour(person: UUID, day: date, hour: int, heavy: float) -> tuple[Any, ...]:
    return (person, datetime.combine(day, time(hour), UTC), day, 1, _mood(heavy + BY_HOUR[hour]), [0.0] * 10)


def _estimate(person: UUID, monday: date, circle: Circle) -> Reading:
    at = datetime.combine(monday, time(12), UTC)
    return Reading(
        person_id=person, source="phone", captured_at=at, hour=at, day=monday, vector=_mood(circle.negative),
        model_name="keel", model_version="1", gender_group=circle.gender, age_band=circle.age,
    )  # fmt: skip


def _answer(person: UUID, monday: date, score: int) -> SelfReport:
    at = datetime.combine(monday, time(11), UTC)
    return SelfReport(person_id=person, instrument="who5", answers=[3] * 5, score=score, band="", created_at=at)


def _offer(person: UUID, monday: date, helpful: bool | None) -> Notice:
    at = datetime.combine(monday, time(14), UTC)
    return Notice(
        person_id=person, key=f"world:{monday}", kind="lower_moderate", due_at=at, created_at=at, helpful=helpful
    )


LOWER = (
    "none",
    "none",
    "low",
    "none",
    None,
    None,
    "low",
    "moderate",
    "moderate",
    "moderate",
    None,
    "moderate",
    "high",
    "high",
)
LIGHTER = (
    None,
    "none",
    "none",
    "low",
    "none",
    "none",
    None,
    "low",
    "moderate",
    "moderate",
    "moderate",
    "moderate",
    "moderate",
)


def shared(
    person: Person, unit: str, levels: Sequence[str | None], because: str, ended: date, note: str = ""
) -> dict[str, Any]:
    """As backend.escalation.share writes it."""
    days = [(ended - timedelta(days=len(levels) - 1 - at), level) for at, level in enumerate(levels)]
    return {
        "person": person.display_name, "unit": unit, "note": note, "because": because, "level": levels[-1] or "none",
        "days": [{"day": str(day), "level": level} for day, level in days if level],
        "reasons": [
            {"code": "lasting", "component": None, "numbers": {"days": 6}},
            {"code": "above_usual", "component": "sad", "numbers": {"days": 4, "of_days": 5}},
            {"code": "below_usual", "component": "happy", "numbers": {"days": 4, "of_days": 5}},
        ],
        "support": [
            {"day": str(ended - timedelta(days=5)), "kind": "lower_moderate", "helpful": False},
            {"day": str(ended - timedelta(days=1)), "kind": "lower_high", "helpful": None},
        ],
        "action_units": [{"unit": "AU15", "share": 0.62}, {"unit": "AU4", "share": 0.48}, {"unit": "AU1", "share": 0.31}],
    }  # fmt: skip


@dataclass(frozen=True)
class Story:
    """How far one case has come: (hours ago, action, note)."""

    levels: Sequence[str | None]
    because: str
    steps: Sequence[tuple[float, str, str]]
    due_in_hours: float | None
    note: str = ""
    reminders: int = 0


STORIES = (
    Story(LOWER, "high", ((3, "opened", ""), (2, "shared", "")), 46),
    Story(LIGHTER, "lasting", ((74, "opened", ""), (70, "shared", "")), -22, reminders=1),
    Story(LOWER, "high", (
        (52, "opened", ""), (50, "shared", ""), (27, "acknowledge", "Read it; a call is planned for Thursday."),
        (26, "assign", ""),
    ), 45),
    Story(LIGHTER, "lasting", (
        (150, "opened", ""), (148, "shared", ""), (120, "acknowledge", ""),
        (72, "contact", "We agreed on fewer evening shifts for two weeks, and talk again on Friday."),
    ), 240),
    Story((), "person", ((20, "opened", ""),), 28, note="I would like to talk about my shifts in December."),
    Story(LIGHTER, "unanswered", (
        (400, "opened", ""), (398, "shared", ""), (380, "acknowledge", ""), (330, "contact", "A walk and a good talk."),
        (100, "resolve", "All agreed; content with how it is now."),
    ), None),
)  # fmt: skip
AFTER = {
    "opened": "asked",
    "shared": "new",
    "acknowledge": "acknowledged",
    "contact": "contacted",
    "resolve": "resolved",
}


async def _cases(
    session: AsyncSession, organisation: UUID, people: Sequence[Person], hr: Person, colleague: Person
) -> None:
    for at, (story, person) in enumerate(reversed(list(zip(STORIES, people, strict=False)))):
        await _case(session, organisation, person, story, hr if at % 2 else colleague)


async def _case(session: AsyncSession, organisation: UUID, person: Person, story: Story, hr: Person) -> None:
    moments = [(now() - timedelta(hours=hours), action, note) for hours, action, note in story.steps]
    opened, own = moments[0][0], story.because == "person"
    words = {"person": person.display_name, "unit": "Workshop", "note": story.note}
    document = words if own else shared(person, "Workshop", story.levels, story.because, opened.date(), story.note)
    touched = any(action == "acknowledge" for _, action, _ in moments)
    status = "new" if own else next(AFTER[action] for _, action, _ in reversed(moments) if action in AFTER)
    case = Case(
        id=uuid4(), organisation_id=organisation, person_id=person.id, key=f"world:{person.id}", status=status,
        level=str(document.get("level", "none")), opened_by="person" if own else "policy", shared=document,
        opened_at=opened, shared_at=moments[min(1, len(moments) - 1)][0], reminders=story.reminders,
        due_at=now() + timedelta(hours=story.due_in_hours) if story.due_in_hours else None, version=len(moments),
        assignee_id=hr.id if touched else None, closed_at=moments[-1][0] if status == "resolved" else None,
    )  # fmt: skip
    session.add(case)
    await session.flush()
    reached = "new" if own else "asked"
    for moment, action, note in moments:
        reached = reached if own else AFTER.get(action, reached)
        actor = person.id if action == "shared" or own else None if action == "opened" else hr.id
        session.add(
            CaseEvent(
                case_id=case.id, actor_id=actor, action=action, status=reached, note=note, at=moment,
                assignee_id=hr.id if action in ("acknowledge", "assign", "contact", "resolve") else None,
            )
        )  # fmt: skip
    await session.flush()


async def a_case(home: Path) -> str:
    """The case with most to show."""
    async with database(home) as session:
        wanted = select(Case.id).where(Case.status == "acknowledged", col(Case.key).startswith("world:"))
        return str((await session.exec(wanted)).one())


async def waiting_jobs(home: Path, step: str) -> int:
    """How many jobs of a step are still on their way."""
    async with database(home) as session:
        count = text("select count(*) from pgqueuer where entrypoint = :step")
        return int((await session.exec(count, params={"step": step})).scalar_one())  # type: ignore[call-overload]
