"""`evenkeel score PHOTO|DIR...`: what the pipeline sees in photos, as a table, as JSON lines or as a picture."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer


def data_dir() -> Path:
    """Where the converted networks are kept: the installation's home, as for the server."""
    return Path(os.environ.get("EVENKEEL_HOME", ".home")).expanduser().resolve() / "data"


def command(
    photos: Annotated[list[Path], typer.Argument(help="Photos, or folders of photos", show_default=False)],
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON lines {file, readings}; box is left, top, right, bottom")
    ] = False,
    picture: Annotated[
        Path | None, typer.Option(help="Draw boxes, points and bars into this PNG", show_default=False)
    ] = None,
    units: Annotated[bool, typer.Option("--units", help="Action units too (needs the extra `clips`)")] = False,
    max_faces: Annotated[int, typer.Option(help="At most so many faces a photo", min=1)] = 20,
) -> None:
    """Read the expressions in photos: every face, largest first. Nothing is stored or sent."""
    # The command line is imported by processes that must not load a model runtime: everything heavy starts here.
    from ml.pipeline import FacePipeline
    from ml.score_files import find_photos, score_all, summary

    pipeline = FacePipeline(data_dir())
    if units and not pipeline.sees_units:
        from ml.units.answer import MISSING

        print(MISSING, file=sys.stderr)
    results = []
    for result in score_all(pipeline, find_photos(photos), max_faces, units):
        results.append(result)
        if as_json:
            print(json.dumps(result.as_dict()), flush=True)
    if not as_json:
        from ml.score_table import show

        show(results)
    if picture is not None:
        from ml.score_picture import draw

        try:
            drawn = draw(results, picture)
        except OSError as error:
            print(f"{picture} cannot be written: {error.strerror}.", file=sys.stderr)
            raise typer.Exit(2) from error
        print(f"{picture}: {drawn} of {len(results)} photos drawn", file=sys.stderr)
    print(summary(results), file=sys.stderr)
    if not results or any(r.error for r in results):
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Adds the command to `evenkeel`; called by backend.cli."""
    app.command(name="score")(command)
