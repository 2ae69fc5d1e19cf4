"""`evenkeel risk`: replay a policy on a CSV or on this installation's own history, and assess everybody now.

Commands import what they need when they run: each process of ours starts through the command line.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.command import in_database, plainly, ready

if TYPE_CHECKING:
    from ml.risk.replay import Days

app = typer.Typer(help="Mood and risk: try a policy on recorded days, assess everybody.", no_args_is_help=True)


@app.command("replay")
@plainly
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
    from ml.risk.cli import replay_days

    replay_days(_recorded(organisation) if from_database else days, out, picture, policy, lang)


@app.command("assess-all")
@plainly
def everybody() -> None:
    """Assess the newest day of everybody now, as the nightly run does."""
    from backend.risk.whole import assess_all

    config = ready()
    typer.echo(f"{in_database(config, lambda session: assess_all(session, config))} people assessed.")


def _recorded(organisation: str | None) -> Days:
    from backend.risk.whole import recorded

    found: Days = in_database(ready(), lambda session: recorded(session, organisation))
    return found
