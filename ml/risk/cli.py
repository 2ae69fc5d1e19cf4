"""What a policy would have done on recorded days, as tables; `backend.risk.cli` makes it `evenkeel risk replay`."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from ml.risk.levels import LEVELS
from ml.risk.policy import RiskPolicy
from ml.risk.replay import BadCsv, Days, Outcome, read_days, run, weeks


def replay_days(days: Path | Days | None, out: Path, picture: Path | None, policy: Path | None, lang: str) -> None:
    """From a CSV, or from days that somebody else loaded; mistakes in any of the files end with exit code 2."""
    try:
        chosen = RiskPolicy.from_json(policy.read_text("utf-8")) if policy else RiskPolicy()
        recorded = days if isinstance(days, Days) else read_days(days or Path())
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
    for name in ("week of", "person-days", "new episodes", *LEVELS):
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
