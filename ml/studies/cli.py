"""`evenkeel study`: the seeds' experiments on our data, one command a table; `backend/cli.py` registers it."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from ml.expression.cli import faces_of

app = typer.Typer(
    no_args_is_help=True, help="Repeat the published studies; figures land in docs/seeds.md (needs the extra `train`)."
)
RESULTS = Path(__file__).parent / "results"

DataFile = Annotated[
    Path, typer.Option("--data", exists=True, dir_okay=False, help="npz: images, label, usage, ferplus")
]
Cache = Annotated[Path, typer.Option(help="Folder for what is measured of each face once (minutes)")]
Quick = Annotated[bool, typer.Option("--quick", help="A few hundred faces and passes: does it run? Nothing is kept")]
Out = Annotated[Path, typer.Option(help="Folder for the results file")]


def _study(name: str, data: Path, cache: Path, quick: bool, out: Path) -> None:
    try:
        # By name: what serves must not depend on torch, and import-linter holds that for every written import.
        study: Any = import_module(f"ml.studies.{name}")
    except ModuleNotFoundError as error:
        typer.secho(
            f"{error.name} is missing; in Evenkeel's folder: .venv/bin/pip install --editable '.[train,clips]'",
            fg="red",
            err=True,
        )
        raise typer.Exit(2) from error
    faces_of(data, "training")  # a wrong file ends here, in a sentence
    results = study.run(data, cache, quick=quick)
    if quick:
        typer.echo(json.dumps(results))
        return
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"{name}.json"
    file.write_text(json.dumps(results, indent=1) + "\n")
    typer.echo(f"{file}; `evenkeel study page` writes docs/seeds.md anew")


CACHE = Path("runs/study")


@app.command()
def geometry(data: DataFile, cache: Cache = CACHE, quick: Quick = False, out: Out = RESULTS) -> None:
    """Eight face ratios and a five-layer perceptron; split at random, by near-duplicates, and on PublicTest."""
    _study("geometry", data, cache, quick, out)


@app.command()
def units(data: DataFile, cache: Cache = CACHE, quick: Quick = False, out: Out = RESULTS) -> None:
    """Emotion from action units: the light CNN against SVM, tree and perceptron, with the ablations."""
    _study("units", data, cache, quick, out)


@app.command()
def subdivisions(data: DataFile, cache: Cache = CACHE, quick: Quick = False, out: Out = RESULTS) -> None:
    """K-means over action units for each emotion, k by silhouette."""
    _study("subdivisions", data, cache, quick, out)


@app.command()
def ensemble(data: DataFile, cache: Cache = CACHE, quick: Quick = False, out: Out = RESULTS) -> None:
    """The expression network alone against network + action units + geometry, on PublicTest."""
    _study("ensemble", data, cache, quick, out)


@app.command()
def page(out: Annotated[Path, typer.Option(help="Where the page goes")] = Path("docs/seeds.md")) -> None:
    """Write the comparison page from the committed results files."""
    from ml.studies.page import write

    write(out)
    typer.echo(str(out))
