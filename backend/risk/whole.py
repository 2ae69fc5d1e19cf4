"""The work behind `evenkeel risk`: history out of this installation's database, and everybody assessed at once."""

from __future__ import annotations

import numpy as np

from backend.config import Settings
from backend.db import locate, make_engine, make_sessions, raw_connection, transaction
from backend.errors import SetupError
from backend.keycheck import own_vault
from backend.resources import Resources
from backend.risk.bulk import Slice, slices
from backend.risk.tasks import assess_everybody
from ml.emotions import EMOTIONS
from ml.risk.replay import Days


async def assess_all(config: Settings) -> int:
    dsn = await locate(config)
    engine = make_engine(dsn)
    try:
        resources = Resources(config, await own_vault(config, dsn))
        async with transaction(make_sessions(engine)) as session:
            return await assess_everybody(session, resources)
    finally:
        await engine.dispose()


async def recorded(config: Settings, name: str | None) -> Days:
    """Days of the database under numbers instead of names: what comes out may be shown around."""
    engine = make_engine(await locate(config))
    try:
        async with transaction(make_sessions(engine)) as session:
            connection = await raw_connection(session)
            known = await connection.fetch("select id from organisation where $1::text is null or name = $1", name)
            parts = [part for row in known async for part in slices(connection, row["id"])]
    finally:
        await engine.dispose()
    if not parts:
        raise SetupError("There are no days in the database yet; nothing to replay.")
    return _joined(parts)


def _joined(parts: list[Slice]) -> Days:
    """All slices on one calendar."""
    end = max(int(part.newest.max()) for part in parts)
    origin = min(int(part.newest.min()) - part.history.shape[1] + 1 for part in parts)
    values = np.full((sum(len(part.people) for part in parts), end - origin + 1, len(EMOTIONS)), np.nan)
    row = 0
    for part in parts:
        width = part.history.shape[1]
        for days, newest in zip(part.history, part.newest, strict=True):
            stop = int(newest) - origin + 1
            values[row, stop - width : stop] = days
            row += 1
    seen = np.isfinite(values[..., 0])
    names = tuple(f"person {number}" for number in range(1, len(values) + 1))
    last = values.shape[1] - 1 - seen[:, ::-1].argmax(1)
    return Days(names, values, seen.argmax(1), last, origin, dated=True)
