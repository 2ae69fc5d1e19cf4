"""Everybody at once gives what one at a time gives."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.db import raw_connection, transaction
from backend.events import RollupUpdated
from backend.jobs import emit
from backend.people import consent
from backend.resources import Resources
from backend.risk import bulk
from backend.risk.tasks import assess_everybody
from backend.tables import Assessment, DayRollup, Organisation
from ml.emotions import expand
from tests.backend.conftest import Account, Home, make_home
from tests.clock import today

Sessions = async_sessionmaker[AsyncSession]


async def live(sessions: Sessions, people: list[Account], days: int, low_last: int = 0, seed: int = 3) -> None:
    """Days of a few people, some missing; the first person's last days are low."""
    random = np.random.default_rng(seed)
    async with transaction(sessions) as session:
        for number, person in enumerate(people):
            for back in range(days):
                if back and random.random() < 0.1:
                    continue
                odds = np.array([2.0, 0.0, -0.5, -1.5, -1.0, -0.5, 2.5]) + random.normal(0, 0.25, 7)
                if number == 0 and back < low_last:
                    odds += [-2.5, 2.5, 1.5, 0, 1, -1, 0]
                mean = list(expand(np.exp(odds) / np.exp(odds).sum()))
                day = today() - timedelta(days=back)
                session.add(
                    DayRollup(person_id=UUID(person.id), day=day, hours=1, readings=1, mean=mean, m2=[0.0] * 10)
                )


async def newest(sessions: Sessions, people: list[Account]) -> dict[UUID, tuple[object, ...]]:
    async with sessions() as session:
        found = await session.exec(
            select(Assessment).where(
                col(Assessment.person_id).in_([UUID(p.id) for p in people]), Assessment.day == today()
            )
        )
        return {a.person_id: (a.level, a.learning, a.acute, a.sustained, a.reasons, a.numbers) for a in found}


@pytest.fixture
async def five(sign_up: Callable, sessions: Sessions) -> tuple[Home, list[Account]]:
    home = await make_home(sessions)
    return home, [await sign_up(home=home) for _ in range(5)]


async def test_the_nightly_run_agrees_with_the_step_after_each_reading(
    five: tuple[Home, list[Account]],
    sessions: Sessions,
    resources: Resources,
    work: Callable[[], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, people = five
    await live(sessions, people, days=40, low_last=8)
    monkeypatch.setattr(bulk, "CELLS", 80)  # several slices, two people each
    async with transaction(sessions) as session:
        assert await assess_everybody(session, resources) >= 5
    at_once = await newest(sessions, people)
    async with transaction(sessions) as session:
        for person in people:
            await emit(session, RollupUpdated(person_id=UUID(person.id), day=today() - timedelta(days=39)))
    await work()
    one_by_one = await newest(sessions, people)
    assert len(at_once) == 5
    assert at_once == one_by_one
    assert at_once[UUID(people[0].id)][0] in ("moderate", "high")
    assert {at_once[UUID(person.id)][0] for person in people[1:]} <= {"none", "low"}


async def test_a_change_that_the_nightly_run_finds_is_answered(
    five: tuple[Home, list[Account]], sessions: Sessions, resources: Resources, work: Callable[[], Awaitable[None]]
) -> None:
    _, people = five
    await live(sessions, people, days=40, low_last=8)
    async with transaction(sessions) as session:
        await assess_everybody(session, resources)
    await work()
    assert [notice["kind"] for notice in (await people[0].http.get("/notices")).json()["items"]]
    assert (await people[1].http.get("/notices")).json()["items"] == []


async def test_a_newer_assessment_is_not_overwritten(
    five: tuple[Home, list[Account]], sessions: Sessions, resources: Resources
) -> None:
    _, people = five
    await live(sessions, people, days=20)
    async with transaction(sessions) as session:
        session.add(
            Assessment(
                person_id=UUID(people[0].id), day=today(), level="low", policy_version="later",
                assessed_at=datetime.now(UTC) + timedelta(minutes=1),
            )
        )  # fmt: skip
    async with transaction(sessions) as session:
        await assess_everybody(session, resources)
    async with sessions() as session:
        kept = await session.get_one(Assessment, (UUID(people[0].id), today()))
    assert kept.policy_version == "later"


async def test_days_come_out_of_the_database_as_they_went_in(
    five: tuple[Home, list[Account]], sessions: Sessions
) -> None:
    home, people = five
    await live(sessions, people, days=12)
    async with sessions() as session:
        stored = {
            (row.person_id, row.day): row.mean
            for row in await session.exec(
                select(DayRollup).where(col(DayRollup.person_id).in_([UUID(p.id) for p in people]))
            )
        }
        connection = await raw_connection(session)
        (part,) = [part async for part in bulk.slices(connection, home.organisation.id)]
    found = {
        (person, date.fromordinal(int(part.newest[at]) - part.history.shape[1] + 1 + int(column))): list(
            part.history[at, column]
        )
        for at, person in enumerate(part.people)
        for column in np.flatnonzero(np.isfinite(part.history[at, :, 0]))
    }
    assert found == stored
    assert [date.fromordinal(int(day)) for day in part.newest] == [today()] * 5
    assert list(part.weekday_of_last) == [today().weekday()] * 5


async def test_what_people_have_in_common_is_kept_beside_what_an_administrator_changes_meanwhile(
    five: tuple[Home, list[Account]], sign_up: Callable, sessions: Sessions, resources: Resources,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    home, people = five
    admin: Account = await sign_up("admin", home=home)
    await live(sessions, people, days=30)
    read = bulk.slices

    async def and_meanwhile(*of: Any) -> AsyncIterator[bulk.Slice]:
        async for part in read(*of):
            if UUID(people[1].id) in part.people:
                answer = await admin.http.put("/admin/retention", json={"days": {"chat": 30}})
                assert answer.status_code == 200
            yield part

    monkeypatch.setattr(bulk, "slices", and_meanwhile)
    async with transaction(sessions) as session:
        await assess_everybody(session, resources)
    async with sessions() as session:
        organisation = await session.get_one(Organisation, home.organisation.id)
    assert set(organisation.settings["population"]) == {"dependence", "spread"}
    assert organisation.settings["retention"]["chat"] == 30


async def test_replay_from_the_database_names_nobody(
    five: tuple[Home, list[Account]], sessions: Sessions, dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    from typer.testing import CliRunner

    from backend.config import Settings
    from backend.risk import cli

    home, people = five
    await live(sessions, people, days=30, low_last=8)
    monkeypatch.setattr("backend.config.settings", lambda: Settings(home=tmp_path, DATABASE_URL=dsn))
    # It would write to the command's output, which is closed when the command ends.
    monkeypatch.setattr("backend.logs.setup_logging", lambda *_, **__: None)
    words = ["replay", "--from-database", "--organisation", home.organisation.name, "--out", str(tmp_path / "a.csv")]
    result = await asyncio.to_thread(CliRunner().invoke, cli.app, words)
    assert result.exit_code == 0, result.output
    written = (tmp_path / "a.csv").read_text()
    assert written.splitlines()[0] == "person,day,level,acute,sustained,reasons"
    assert "person 5" in written
    assert not any(person.username in written or person.id in written for person in people)
    words[words.index(home.organisation.name)] = "A name that nobody has"
    result = await asyncio.to_thread(CliRunner().invoke, cli.app, words)
    assert (result.exit_code, "no organisation named" in result.output) == (2, True)


async def test_no_assessment_comes_back_for_days_that_went_meanwhile(
    five: tuple[Home, list[Account]], sessions: Sessions, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody withdraws while the nightly run computes; the others are assessed all the same."""
    _, people = five
    await live(sessions, people, days=20)
    read = bulk.slices

    async def and_then_withdraw(*of: Any) -> AsyncIterator[bulk.Slice]:
        async for part in read(*of):
            if UUID(people[1].id) in part.people:
                answer = await people[1].http.put("/me/consents/score_photos", json={"granted": False})
                assert answer.status_code == 200
            yield part

    monkeypatch.setattr(bulk, "slices", and_then_withdraw)
    async with transaction(sessions) as session:
        await assess_everybody(session, resources)
    assert set(await newest(sessions, people)) == {UUID(person.id) for person in people} - {UUID(people[1].id)}


async def test_no_assessment_comes_back_for_somebody_who_withdraws_this_moment(
    five: tuple[Home, list[Account]], sessions: Sessions, resources: Resources
) -> None:
    _, people = five
    await live(sessions, people, days=20)
    async with transaction(sessions) as withdrawing:
        await consent.record(withdrawing, UUID(people[1].id), "score_photos", granted=False, sharing=None)
        async with transaction(sessions) as session:
            await assess_everybody(session, resources)
    assert set(await newest(sessions, people)) == {UUID(person.id) for person in people} - {UUID(people[1].id)}


async def test_what_a_job_assessed_since_the_days_were_read_is_kept(
    five: tuple[Home, list[Account]], sessions: Sessions, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, people = five
    await live(sessions, people, days=20)
    read, me = bulk.slices, UUID(people[0].id)

    async def meanwhile(*of: Any) -> AsyncIterator[bulk.Slice]:
        async for part in read(*of):
            if me in part.people:
                async with transaction(sessions) as session:
                    session.add(Assessment(person_id=me, day=today(), level="low", policy_version="job"))
            yield part

    monkeypatch.setattr(bulk, "slices", meanwhile)
    async with transaction(sessions) as session:
        await assess_everybody(session, resources)
    async with sessions() as session:
        assert (await session.get_one(Assessment, (me, today()))).policy_version == "job"
