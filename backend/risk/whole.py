"""The work behind `evenkeel risk`: history out of this installation's database, and everybody assessed at once."""

from __future__ import annotations

import numpy as np
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.config import Settings
from backend.db import raw_connection
from backend.errors import SetupError
from backend.keycheck import check_key
from backend.resources import Resources
from backend.risk.bulk import Slice, slices
from backend.risk.tasks import assess_everybody
from backend.vault import known_vault
from ml.emotions import EMOTIONS
from ml.risk.replay import Days


async def assess_all(session: AsyncSession, config: Settings) -> int:
    vault = known_vault(config)
    await check_key(session, vault)
    return await assess_everybody(session, Resources(config, vault))


async def recorded(session: AsyncSession, name: str | None) -> Days:
    """Days of the database under numbers instead of names: what comes out may be shown around."""
    connection = await raw_connection(session)
    known = await connection.fetch("select id from organisation where $1::text is null or name = $1", name)
    if name is not None and not known:
        raise SetupError(f"There is no organisation named {name!r}: `evenkeel organisation list`.")
    parts = [part for row in known async for part in slices(connection, row["id"])]
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
