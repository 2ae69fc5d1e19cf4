"""Group figures of a large organisation: publishing its weeks, then each page, measured at the database.

    python -m benchmarks.insights [--people 10000] [--weeks 104]

Two years of day vectors, eight weeks of hours, answers and notices; their values do not matter for the time. A page's
time is what its statements take in PostgreSQL and back (asyncpg, one connection), without HTTP; the same over HTTP is
a few milliseconds more. What publishing costs is said as well, since a page is only quick because that was done before.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.db import DATABASE, make_engine, make_sessions, migrate, transaction
from backend.insights import router
from backend.insights.policy import VIEWS, WEEK, View, last_settled
from backend.insights.publish import publish_due
from backend.people.policy import TERMS
from backend.postgres import EmbeddedPostgres
from backend.tables import Person

DEPARTMENTS = 100

PEOPLE = """
insert into person (id, organisation_id, department_id, username, password_hash, phone, display_name, role, locale,
                    timezone, session_epoch, preferences)
select gen_random_uuid(), $1, ($2::uuid[])[1 + n % cardinality($2)], 'p' || n, 'x', '+4930901820', '',
       case when n = 0 then 'hr' else 'employee' end, 'en', 'Europe/Berlin', 0, '{}'
from generate_series(0, $3::int - 1) n
"""
CONSENTS = """
insert into consent (id, person_id, purpose, granted, text_version, created_at, expires_at)
select gen_random_uuid(), p.id, purpose, true, $1, now(), now() + interval '365 days'
from person p, unnest(array['score_photos', 'demographics']) purpose
"""
# Five days a week with a tenth of them missing; everybody has a mood of their own, and each day some noise.
VECTOR = "array[h, s, 0.05, 0.02, 0.03, 0.05, 0.85 - h - s, (h + 0.05) / 2, (s + 0.08) / 3, (0.87 - h - s) / 2]"
DAYS = f"""
insert into day_rollup (person_id, day, hours, readings, mean, m2)
select id, day, 1, 2, {VECTOR}, array_fill(0.0::float8, array[10]) from (
  select p.id, d::date as day, 0.3 + 0.3 * random() * mood as h, 0.1 + 0.15 * random() as s
  from (select id, random() as mood from person where ('x' || substr(id::text, 1, 2))::bit(8)::int % 8 = $3) p,
       generate_series($1::date, $2::date, interval '1 day') d
  where extract(isodow from d) < 6 and random() < 0.9 order by 1, 2
) v
"""
HOURS = f"""
insert into hour_rollup (person_id, hour, day, readings, mean, m2)
select id, at, at::date, 1, {VECTOR}, array_fill(0.0::float8, array[10]) from (
  select p.id, d + make_interval(hours => hour) as at, 0.3 + 0.3 * random() as h, 0.1 + 0.15 * random() as s
  from person p, generate_series($1::date, $2::date, interval '1 day') d, unnest(array[8, 9, 10, 14]) hour
  where extract(isodow from d) < 6 and random() < 0.7 order by 1, 2
) v
"""
READINGS = """
insert into reading (id, person_id, source, captured_at, hour, day, vector, quality, model_name, model_version,
                     age_band, gender_group)
select gen_random_uuid(), id, 'phone', at, at, at::date, array_fill(0.1::float8, array[10]), '{}', 'm', '1',
       (array['18-29', '30-39', '40-49'])[1 + n % 3], (array['female', 'male'])[1 + n % 2]
from (select id, row_number() over (order by id) as n from person) p,
     generate_series($1::timestamptz, $2::timestamptz, interval '7 days') at
"""
ANSWERS = """
insert into self_report (id, person_id, instrument, answers, score, band, created_at)
select gen_random_uuid(), p.id, 'who5', array[3,3,3,3,3], (40 + random() * 40)::int, 'x', at
from person p, generate_series($1::timestamptz, $2::timestamptz, interval '28 days') at where random() < 0.8
"""
NOTICES = """
insert into notice (id, person_id, key, kind, variant, facts, due_at, created_at, helpful)
select gen_random_uuid(), p.id, 'n' || at, 'lower_moderate', '', '{}', at, at, random() < 0.6
from person p, generate_series($1::timestamptz, $2::timestamptz, interval '28 days') at where random() < 0.1
"""


async def fill(dsn: str, people: int, first: date, last: date) -> UUID:
    connection, organisation = await asyncpg.connect(dsn), uuid4()
    await connection.execute("set synchronous_commit = off")
    await connection.execute(
        "insert into organisation (id, name, policy, country, timezone, settings, policy_since) "
        "values ($1, 'bench', 'consented', '', 'UTC', '{}', now() - interval '3 years')",
        organisation,
    )
    units = [uuid4() for _ in range(DEPARTMENTS)]
    await connection.executemany(
        "insert into department (id, organisation_id, name) values ($1, $2, $3)",
        [(unit, organisation, f"Department {number}") for number, unit in enumerate(units)],
    )
    await connection.execute(PEOPLE, organisation, units, people)
    await connection.execute(CONSENTS, TERMS.text_version)
    for part in range(8):
        await connection.execute(DAYS, first, last + timedelta(days=6), part)
    recent = last - 7 * WEEK
    await connection.execute(HOURS, recent, last + timedelta(days=6))
    start, end = _moment(max(first, last - 26 * WEEK)), _moment(last)
    for statement in (READINGS, ANSWERS, NOTICES):
        await connection.execute(statement, start, end)
    await connection.execute("vacuum analyze")
    await connection.close()
    return organisation


def _moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


class Clock:
    """Time between sending a statement and its answer, summed up; one connection at a time."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.spent, self.statements = 0.0, 0
        event.listen(engine.sync_engine, "before_cursor_execute", self._before)
        event.listen(engine.sync_engine, "after_cursor_execute", self._after)

    def _before(self, *_: object) -> None:
        self._started = time.perf_counter()

    def _after(self, *_: object) -> None:
        self.spent += time.perf_counter() - self._started
        self.statements += 1

    def reset(self) -> None:
        self.spent, self.statements = 0.0, 0


async def page(sessions: async_sessionmaker[AsyncSession], hr: UUID, view: View, unit: str | None, first: date) -> int:
    """What the route does with a page of all weeks; returns how many figures it shows."""
    async with transaction(sessions) as session:
        person = await session.get_one(Person, hr)
        shown = await router.read_insights(view, person, session, unit, first, None)
    return sum(figure.value is not None for week in shown.weeks for figure in week.figures)


async def measure_pages(
    sessions: async_sessionmaker[AsyncSession], clock: Clock, hr: UUID, first: date, runs: int
) -> None:
    print("\n| page, all weeks | figures | at the database, median (worst) ms | with Python, median ms |")
    print("|---|---|---|---|")
    for view in VIEWS:
        for unit in (None, "Department 7"):
            if view != "groups" or unit is None:
                await _measure_page(sessions, clock, hr, view, unit, first, runs)


async def _measure_page(
    sessions: async_sessionmaker[AsyncSession],
    clock: Clock,
    hr: UUID,
    view: View,
    unit: str | None,
    first: date,
    runs: int,
) -> None:
    database: list[float] = []
    whole: list[float] = []
    figures = await page(sessions, hr, view, unit, first)
    for _ in range(runs):
        clock.reset()
        started = time.perf_counter()
        await page(sessions, hr, view, unit, first)
        whole.append(1000 * (time.perf_counter() - started))
        database.append(1000 * clock.spent)
    name = f"{view}{', a department' if unit else ''}"
    print(f"| {name} | {figures} | {_median(database)} ({max(database):.1f}) | {_median(whole)} |")


def _median(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.1f}"


async def measure(home: Path, people: int, weeks: int, runs: int) -> None:
    server = EmbeddedPostgres(home)
    server.ensure()
    admin = await asyncpg.connect(server.dsn("postgres"))
    await admin.execute(f'create database "{DATABASE}"')
    await admin.close()
    dsn = server.dsn(DATABASE)
    await migrate(dsn)
    last = last_settled(datetime.now(UTC).date())
    first = last - WEEK * (weeks - 1)
    started = time.monotonic()
    organisation = await fill(dsn, people, first, last)
    connection = await asyncpg.connect(dsn)
    days = await connection.fetchval("select count(*) from day_rollup")
    hr = await connection.fetchval("select id from person where role = 'hr'")
    print(f"filled: {people} people, {days} day vectors, {time.monotonic() - started:.0f} s")
    engine = make_engine(dsn)
    clock, sessions = Clock(engine), make_sessions(engine)
    await _publish(sessions, organisation, f"{weeks} weeks at once")
    await connection.execute("delete from insight_week where week = $1", last)
    await _publish(sessions, organisation, "one week, as every Wednesday")
    await connection.execute("vacuum analyze insight_week")
    await connection.close()
    await measure_pages(sessions, clock, hr, first, runs)
    print(f"\nat most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    await engine.dispose()
    server.stop_if_idle()


async def _publish(sessions: async_sessionmaker[AsyncSession], organisation: UUID, what: str) -> None:
    started = time.monotonic()
    async with transaction(sessions) as session:
        weeks = await publish_due(session, organisation, datetime.now(UTC).date())
    print(f"published: {what} ({len(weeks)} weeks) in {time.monotonic() - started:.1f} s")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=10_000)
    options.add_argument("--weeks", type=int, default=104)
    options.add_argument("--runs", type=int, default=20)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="evk-bench-") as folder:
        Path(folder).chmod(0o711)
        asyncio.run(measure(Path(folder) / "home", chosen.people, chosen.weeks, chosen.runs))


if __name__ == "__main__":
    main()
