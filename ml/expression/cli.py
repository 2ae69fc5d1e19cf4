"""`evenkeel evaluate` and `evenkeel train`; `backend/cli.py` registers both. torch is imported by `train` alone."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ml.expression.dataset import Faces
    from ml.expression.evaluate import Measured

DataFile = Annotated[
    Path, typer.Option("--data", exists=True, dir_okay=False, help="npz: images, label, usage, ferplus")
]


def _fail(message: str) -> typer.Exit:
    typer.secho(message, fg="red", err=True)
    return typer.Exit(2)


def faces_of(data: Path, split: str | None) -> Faces:
    """The rows of a file, or one sentence and the end of the command."""
    from ml.expression.dataset import SPLITS, load

    if split is not None and split not in SPLITS:
        raise _fail(f"--split is training or public, not {split!r}; without it every row is used")
    try:
        faces = load(data)
        return faces.split(split) if split else faces
    except (ValueError, OSError) as error:
        raise _fail(f"{data} cannot be used: {error}") from error


def evaluate(
    data: DataFile,
    split: Annotated[str | None, typer.Option(help="training or public; every row without it")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
    weights: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Other weights than those shipped")
    ] = None,
) -> None:
    """Measure the shipped expression model on a file: accuracy, F1, AUC, calibration, confusion."""
    from ml.expression.classifier import ExpressionClassifier, ModelMismatch
    from ml.expression.evaluate import measure

    faces = faces_of(data, split)
    try:
        model = ExpressionClassifier(weights, threads=1)
    except KeyError as missing:
        raise _fail(f"the record beside {weights} lacks {missing}") from missing
    except (ModelMismatch, OSError, ValueError) as error:  # ValueError: the record is no JSON
        raise _fail(f"the weights cannot be used: {error}") from error
    measured = measure(faces, model)
    if as_json:
        typer.echo(json.dumps(measured.result.as_dict()))
    else:
        _print(measured)


def _print(measured: Measured) -> None:
    from rich.console import Console
    from rich.table import Table

    from ml.emotions import EXPRESSIONS

    figures = Table(title="Expression model")
    figures.add_column("figure")
    figures.add_column("value", justify="right")
    for key, value in measured.result.as_dict().items():
        if isinstance(value, int | float) or value is None:
            figures.add_row(key, _figure(value))
    classes = Table(title="Each expression")
    for column in ("expression", "label F1", "label n", "FER+ F1", "FER+ n"):
        classes.add_column(column, justify="left" if column == "expression" else "right")
    for k, name in enumerate(EXPRESSIONS):
        label, people = measured.label, measured.ferplus
        row = (f"{label.f1[k]:.3f}", str(label.support[k]), f"{people.f1[k]:.3f}", str(people.support[k]))
        classes.add_row(name, *row)
    console = Console()
    console.print(figures)
    console.print(classes)


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.4f}"


def train(
    recipe: Annotated[str, typer.Argument(help="A recipe's name; `evenkeel train list` names them all")],
    data: Annotated[Path | None, typer.Option("--data", help="npz: images, label, usage, ferplus")] = None,
    out: Annotated[Path, typer.Option(help="Folder for checkpoint, log and curves; a run there is continued")] = Path(
        "runs"
    ),
    minutes: Annotated[float | None, typer.Option(help="End after this time instead of the recipe's end")] = None,
    epochs: Annotated[float | None, typer.Option(help="End after this many passes instead of the recipe's end")] = None,
    threads: Annotated[int, typer.Option(help="CPU threads of one process")] = 2,
    workers: Annotated[int, typer.Option(help="One-thread processes that train together; for busy cores")] = 1,
    begin: Annotated[
        Path | None, typer.Option("--from", help="Folder of a finished run whose weights a new run begins with")
    ] = None,
    taught_by: Annotated[
        list[Path] | None, typer.Option(help="Folder of a finished run to learn from; may be repeated")
    ] = None,
) -> None:
    """Train one recipe; stop it at any time, the same command continues. Needs the extra `train` (torch)."""
    try:
        # By name: what serves must not depend on torch, and import-linter holds that for every written import.
        trainer: Any = import_module("ml.train.command")
    except ModuleNotFoundError as error:
        raise _fail(f"{error.name} is missing: .venv/bin/pip install --editable '.[train]'") from error
    try:
        trainer.run(
            recipe,
            data,
            out,
            minutes=minutes,
            epochs=epochs,
            threads=threads,
            workers=workers,
            begin=begin,
            teachers=taught_by or [],
        )
    except ValueError as error:
        raise _fail(str(error)) from error


def register(app: typer.Typer) -> None:
    """Add both commands to an application; called by `backend/cli.py`."""
    app.command("evaluate")(evaluate)
    app.command("train")(train)
