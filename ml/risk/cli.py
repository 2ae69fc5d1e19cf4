"""`evenkeel risk replay`: what a policy would have done on days recorded in a CSV (registered by backend.cli)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ml.risk.policy import RiskPolicy
from ml.risk.replay import BadCsv, Outcome, read_days, run, weeks

app = typer.Typer(help="Mood and risk: try a policy on recorded days.", no_args_is_help=True)


@app.callback()
def main() -> None:
    """Keeps `replay` a named command while it is the only one."""


@app.command("replay")
def replay_command(
    days: Annotated[Path, typer.Argument(help="CSV: person, day, then the ten emotion names.", dir_okay=False)],
    out: Annotated[Path, typer.Option(help="Where to write the assessments (CSV).", dir_okay=False)],
    picture: Annotated[Path | None, typer.Option(help="Also draw a PNG.", dir_okay=False)] = None,
    policy: Annotated[Path | None, typer.Option(help="A policy as JSON; absent settings keep defaults.")] = None,
    lang: Annotated[str, typer.Option(help="Language of the reasons: en, zh or ko.")] = "en",
) -> None:
    """Assess every person and day as the product would have, and say how many alerts that makes."""
    try:
        chosen = RiskPolicy.from_json(policy.read_text("utf-8")) if policy else RiskPolicy()
        recorded = read_days(days)
        outcome = run(recorded, out, chosen, lang)
        if picture:
            from ml.risk.picture import draw  # matplotlib takes a second to import

            draw(outcome, picture)
    except (BadCsv, json.JSONDecodeError, ValueError, OSError) as error:
        typer.secho(str(error), fg=typer.colors.RED, err=True)
        raise typer.Exit(2) from error
    show(outcome, Console())
    typer.echo(f"Assessments: {out}" + (f" · picture: {picture}" if picture else ""))


def show(outcome: Outcome, console: Console) -> None:
    """The tables: totals, alerts a week, and the people with most alerts."""
    episodes, people = int(outcome.started.sum()), len(outcome.days.people)
    rate = episodes / outcome.person_weeks
    console.print(
        f"{people} people, {outcome.person_weeks:.0f} person-weeks: {episodes} episodes of moderate or higher, "
        f"{rate:.4f} a person-week; {int(outcome.acute.sum())} unusual single days (low)."
    )
    console.print(_by_week(outcome))
    console.print(_by_person(outcome))


def _by_week(outcome: Outcome) -> Table:
    table = Table(title="Alerts a week")
    for name in ("week of", "person-days", "new episodes", "none", "low", "moderate", "high"):
        table.add_column(name, justify="left" if name == "week of" else "right")
    for week in weeks(outcome):
        table.add_row(week.first_day, str(week.person_days), str(week.started), *map(str, week.counts))
    return table


def _by_person(outcome: Outcome, shown: int = 15) -> Table:
    table = Table(title=f"Per person (the {shown} with most days at moderate or higher)")
    for name in ("person", "episodes", "days moderate", "days high"):
        table.add_column(name, justify="left" if name == "person" else "right")
    moderate, high = (outcome.levels == 2).sum(1), (outcome.levels == 3).sum(1)
    for i in sorted(range(len(moderate)), key=lambda i: -int(moderate[i] + high[i]))[:shown]:
        if moderate[i] + high[i]:
            name = outcome.days.people[i]
            table.add_row(name, str(outcome.started[i].sum()), str(moderate[i]), str(high[i]))
    return table


if __name__ == "__main__":
    app()
