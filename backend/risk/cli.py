"""`evenkeel risk`: replay a policy on a CSV or on this installation's own history, and assess everybody now."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from backend.config import Settings, settings
from backend.db import locate, make_engine, make_sessions, raw_connection, transaction
from backend.errors import SetupError
from backend.resources import Resources
from backend.risk.bulk import Slice, slices
from backend.vault import load_vault
from ml.emotions import EMOTIONS
from ml.risk import cli as pure
from ml.risk.replay import Days

app = typer.Typer(help="Mood and risk: try a policy on recorded days, assess everybody.", no_args_is_help=True)


@app.command("replay")
def replay(
    days: Annotated[
        Path | None, typer.Argument(help="CSV: person, day, then the ten emotion names.", dir_okay=False)
    ] = None,
    out: Annotated[Path, typer.Option(help="Where to write the assessments (CSV).", dir_okay=False)] = Path(
        "assessments.csv"
    ),
    from_database: Annotated[bool, typer.Option(help="Use this installation's own history instead of a CSV.")] = False,
    organisation: Annotated[str | None, typer.Option(help="With --from-database: only the one of this name.")] = None,
    picture: Annotated[Path | None, typer.Option(help="Also draw a PNG.", dir_okay=False)] = None,
    policy: Annotated[Path | None, typer.Option(help="A policy as JSON; absent settings keep defaults.")] = None,
    lang: Annotated[str, typer.Option(help="Language of the reasons: en, zh or ko.")] = "en",
) -> None:
    """Assess every person and day as the product would have, and say how many alerts that makes."""
    if (days is None) == (not from_database):
        raise typer.BadParameter("give either a CSV file or --from-database")
    recorded = asyncio.run(_recorded(settings(), organisation)) if from_database else None
    pure.replay_days(recorded if recorded is not None else days, out, picture, policy, lang)


@app.command("assess-all")
def assess_all() -> None:
    """Assess the newest day of everybody now, as the nightly run does."""
    typer.echo(f"{asyncio.run(_assess_all(settings()))} people assessed.")


async def _assess_all(config: Settings) -> int:
    from backend.risk.tasks import assess_everybody

    engine = make_engine(await locate(config))
    try:
        async with transaction(make_sessions(engine)) as session:
            return await assess_everybody(session, Resources(config, load_vault(config)))
    finally:
        await engine.dispose()


async def _recorded(config: Settings, name: str | None) -> Days:
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
