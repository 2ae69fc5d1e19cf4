"""`evenkeel units calibrate`: computes the scale of the action units anew. `backend/cli.py` registers it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Action units: what is a neutral face, and what is the most.", no_args_is_help=True)

SCALE = Path(__file__).with_name("scale.json")


@app.callback()
def units() -> None:
    """Keeps `calibrate` a command of its own while it is the only one."""


@app.command("calibrate")
def calibrate_scale(
    data: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="npz: images, ferplus, usage")],
    out: Annotated[Path, typer.Option(help="Where the scale is written")] = SCALE,
) -> None:
    """Measure the landmarker on labelled faces and write the scale: rest, on and full of every unit."""
    from ml.expression.cli import faces_of
    from ml.units.calibrate import calibrate
    from ml.units.landmarker import ExtraMissing

    faces_of(data, "training")  # a wrong file ends here, in a sentence
    try:
        scale = calibrate(data, out)
    except ExtraMissing as missing:
        typer.secho(str(missing), fg="red", err=True)
        raise typer.Exit(2) from missing
    typer.echo(f"{out}: {scale['faces']} faces, {scale['neutral']} of them neutral")
