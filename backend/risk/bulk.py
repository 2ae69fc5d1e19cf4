"""Everybody at once: days out by binary COPY into numpy, assessments back by COPY and one set-based upsert.

Called nightly by the worker and by `evenkeel risk assess-all` and `risk replay --from-database`. Organisations are
read in slices of people, so that memory stays bounded whatever their size.
"""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

import asyncpg
import numpy as np
from numpy.typing import NDArray

from ml.emotions import EMOTIONS
from ml.risk.assess import Assessment, Assessments, assess
from ml.risk.drift import Population, estimate_population
from ml.risk.policy import RiskPolicy

# Person-days held in memory at once: about 40 MB of vectors, a few hundred with what the kernel makes of them.
CELLS: Final = 2**19
EPOCH: Final = date(2000, 1, 1)  # PostgreSQL counts days from here
HEADER: Final = 19  # bytes before the first row of a binary COPY

# One row of `person_id uuid, day date, mean float8[10]` as binary COPY writes it.
ROW: Final = np.dtype(
    [
        ("fields", ">i2"),
        ("uuid_length", ">i4"), ("person", "V16"),
        ("day_length", ">i4"), ("day", ">i4"),
        ("array_length", ">i4"), ("array_header", "V20"),
        ("mean", [("length", ">i4"), ("value", ">f8")], len(EMOTIONS)),
    ]
)  # fmt: skip

READ: Final = """
select d.person_id, d.day, d.mean from day_rollup d join person p on p.id = d.person_id
where p.organisation_id = $1 and d.person_id >= $2 and d.person_id <= $3 order by 1, 2
"""
SPAN: Final = """
select count(distinct d.person_id), min(d.day), max(d.day) from day_rollup d join person p on p.id = d.person_id
where p.organisation_id = $1
"""
STAGE: Final = """
create temporary table if not exists assessed (
  person_id uuid, day date, level text, learning boolean, acute boolean, sustained boolean, reasons jsonb,
  numbers jsonb, policy_version text, assessed_at timestamptz
) on commit delete rows
"""
COLUMNS: Final = (
    "person_id", "day", "level", "learning", "acute", "sustained", "reasons", "numbers", "policy_version",
    "assessed_at",
)  # fmt: skip
# PostgreSQL keeps the plan of the first slice, made when nobody may have an assessment yet: it would look through the
# whole table once a person, four minutes for 100,000 people instead of seconds.
BY_INDEX: Final = "set local enable_seqscan = off"
AS_PLANNED: Final = "set local enable_seqscan = on"
# Before the upsert: whose newest level is another than before.
CHANGED: Final = """
select n.person_id, n.day, n.level, coalesce(b.level, 'none') as before from assessed n left join lateral
(select level from assessment a where a.person_id = n.person_id order by day desc limit 1) b on true
where n.level is distinct from coalesce(b.level, 'none')
"""
# What a job assessed while we were computing is newer than ours. A day deleted meanwhile is gone, with its person or
# because they withdrew: no assessment may outlive what it was made from. So the day is held: one that is being deleted
# this moment is passed over, and who deletes it later waits and finds ours.
UPSERT: Final = f"""
insert into assessment ({", ".join(COLUMNS)})
select {", ".join("n." + name for name in COLUMNS)} from assessed n
join day_rollup d on d.person_id = n.person_id and d.day = n.day for key share of d skip locked
on conflict (person_id, day) do update set level = excluded.level, learning = excluded.learning, acute = excluded.acute,
  sustained = excluded.sustained, reasons = excluded.reasons, numbers = excluded.numbers,
  policy_version = excluded.policy_version, assessed_at = excluded.assessed_at
where assessment.assessed_at < excluded.assessed_at
"""  # noqa: S608 - column names of ours


@dataclass(frozen=True)
class Slice:
    """Some people's days, each person's newest day with data in the last column."""

    people: list[UUID]
    history: NDArray[np.float64]  # [P, D, 10]
    newest: NDArray[np.int64]  # ordinal of each person's newest day

    @property
    def weekday_of_last(self) -> NDArray[np.int64]:
        return (self.newest + 6) % 7  # ordinal 1 was a Monday


@dataclass(frozen=True)
class Change:
    person_id: UUID
    day: date
    level: str
    before: str


async def slices(connection: asyncpg.Connection, organisation: UUID) -> AsyncIterator[Slice]:
    """All people of an organisation with data, by ranges of their ids."""
    count, first, last = await connection.fetchrow(SPAN, organisation)
    if not count:
        return
    parts = max(1, -(-count * ((last - first).days + 1) // CELLS))
    bounds = [part * 2**128 // parts for part in range(parts + 1)]
    for low, high in pairwise(bounds):
        out = io.BytesIO()
        await connection.copy_from_query(
            READ, organisation, UUID(int=low), UUID(int=high - 1), output=_writer(out), format="binary"
        )
        rows = np.frombuffer(out.getvalue()[HEADER:-2], dtype=ROW)
        if len(rows):
            yield _aligned(rows)


def _writer(out: io.BytesIO) -> Any:
    async def write(chunk: bytes) -> None:
        out.write(chunk)

    return write


def _aligned(rows: NDArray[Any]) -> Slice:
    raw = rows["person"].tobytes()
    ids = np.frombuffer(raw, dtype=">u8").reshape(-1, 2)
    starts = np.concatenate([[True], (ids[1:] != ids[:-1]).any(1)])
    who = np.cumsum(starts) - 1
    day = rows["day"].astype(np.int64) + EPOCH.toordinal()
    last = np.flatnonzero(np.concatenate([starts[1:], [True]]))  # rows come by person and day
    newest = day[last]
    back = newest[who] - day
    history = np.full((len(newest), int(back.max()) + 1, len(EMOTIONS)), np.nan)
    history[who, history.shape[1] - 1 - back] = rows["mean"]["value"]
    people = [UUID(bytes=raw[16 * at : 16 * at + 16]) for at in np.flatnonzero(starts)]
    return Slice(people, history, newest)


async def assess_organisation(
    connection: asyncpg.Connection, organisation: UUID, policy: RiskPolicy, population: Population | None
) -> tuple[int, list[Change], Population | None]:
    """Newest day of everybody assessed and stored: how many, whose level changed, and what people have in common."""
    await connection.execute(STAGE)
    total, changes = 0, []
    started = datetime.now(UTC)  # before the days are read: what a job assesses from then on knows more
    async for part in slices(connection, organisation):
        # The first slice, thousands of people or all there are, says what is common; where nobody has days, what was
        # known stays.
        population = estimate_population(part.history) if total == 0 else population
        found = assess(part.history, policy, part.weekday_of_last, population=population)
        await connection.copy_records_to_table("assessed", records=_records(part, found, started), columns=COLUMNS)
        await connection.execute(BY_INDEX)
        changes += [Change(*row) for row in await connection.fetch(CHANGED)]
        await connection.execute(UPSERT)
        await connection.execute(AS_PLANNED)
        await connection.execute("delete from assessed")
        total += len(part.people)
        started = datetime.now(UTC)
    return total, changes, population


def _records(part: Slice, found: Assessments, now: datetime) -> Iterator[tuple[Any, ...]]:
    for at, person_id in enumerate(part.people):
        yield (person_id, date.fromordinal(int(part.newest[at])), *stored(found[at]), now)


def stored(one: Assessment) -> tuple[Any, ...]:
    """An assessment as its columns from `level` to `policy_version`."""
    numbers = {
        "lof": one.acute.lof,
        "r_count": one.acute.r_count,
        "evidence": round(one.sustained.value, 4),
        "days_open": one.sustained.days,
    }
    reasons = [_rounded(reason.to_json()) for reason in one.reasons]
    flags = (one.level.label, one.learning, one.acute.fired, one.sustained.open)
    return (*flags, json.dumps(reasons), json.dumps(numbers), "1")


def _rounded(reason: dict[str, Any]) -> dict[str, Any]:
    """Six digits are more than anybody reads, and the same whichever way the sums were added up."""
    return {**reason, "numbers": {name: round(value, 6) for name, value in reason["numbers"].items()}}
