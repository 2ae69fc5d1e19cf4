"""`evenkeel bot …`: evaluate the crisis detection, train the three small models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(help="The wellbeing bot.", no_args_is_help=False)


@app.command()
def evaluate(
    corpus: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV: lang, kind, label, text.")],
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False,
) -> None:
    """Crisis detection on a labelled corpus: rates by kind and language, every miss and every false alarm."""
    from bot import evaluate as evaluation

    try:
        report = evaluation.evaluate(evaluation.read(corpus))
    except evaluation.UnreadableCorpus as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    typer.echo(json.dumps(report, ensure_ascii=False, indent=2) if as_json else _readable(report))


def _readable(report: dict[str, Any]) -> str:
    rows = [f"{report['total']} utterances"]
    for kind, rates in report["by_kind"].items():
        rows.append(f"{kind:>9}  " + "  ".join(f"{lang} {rate:.3f}" for lang, rate in rates.items()))
    rows.append(f"recall {_rate(report['recall'])}   false alarms {_rate(report['false_alarm_rate'])}")
    rows += [f"missed       [{m['lang']} {m['kind']}] {m['text']}" for m in report["misses"]]
    rows += [f"false alarm  [{m['lang']} {m['kind']}] {m['text']}" for m in report["false_alarms"]]
    return "\n".join(rows)


def _rate(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


@app.command()
def train() -> None:
    """Train the three classifiers from bot/dialogue/examples and write their .npz files."""
    from bot import training

    typer.echo(f"intents  {training.train_intents():>8} bytes  {training.INTENT_MODEL.name}")
    typer.echo(f"answers  {training.train_answers():>8} bytes  {training.ANSWER_MODEL.name}")
    typer.echo(f"crisis   {training.train_crisis():>8} bytes  {training.CRISIS_MODEL.name}")
