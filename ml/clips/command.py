"""`evenkeel clip FILE`: a video's expressions over time, as a table, JSON, a picture, and a video with it drawn in."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ml.clips.watch import ClipReading


def command(
    file: Annotated[Path, typer.Argument(help="A clip of 3 to 20 seconds: MP4, WebM, MOV or AVI", show_default=False)],
    out: Annotated[
        Path | None, typer.Option(help="Write the clip with boxes, points, label and bars (.mp4, .webm, .avi)")
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw the timeline into this PNG")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything as one JSON object on standard output")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar")] = False,
) -> None:
    """Read the expressions and action units in a clip. Nothing is stored or sent."""
    # The command line is imported by processes that must not load a model runtime: everything heavy starts here.
    from ml.clips.annotate import CodecMissing
    from ml.faces.photo import PhotoError

    if any(path is not None and path.exists() and file.exists() and path.samefile(file) for path in (out, picture)):
        _refuse(file, "same_file", "What is written would overwrite the clip itself; give it another name.", as_json)
    for path in (out, picture):
        if path is not None and (why := _unwritable(path)):
            _refuse(file, "not_writable", f"{path} cannot be written: {why}.", as_json)
    try:
        clip = _watch(file, out, quiet)
    except PhotoError as error:
        _refuse(file, error.code, str(error), as_json)
    except FileNotFoundError:
        _refuse(file, "not_found", "There is no such file.", as_json)
    except (IsADirectoryError, PermissionError) as error:
        _refuse(file, "unreadable_file", f"The file cannot be opened: {error.strerror}.", as_json)
    except CodecMissing as error:
        _refuse(file, "codec_missing", str(error), as_json)
    if picture is not None:
        from ml.clips.picture import draw

        draw(clip, picture, file.name)
    if as_json:
        print(json.dumps({"file": str(file), "reading": clip.as_reading_dict(), "clip": clip.as_dict()}))
    else:
        from ml.clips.table import show

        show(clip, file.name)


def _unwritable(path: Path) -> str | None:
    """Why not, said before minutes of reading. Its folder is made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return str(error.strerror)
    if path.is_dir():
        return "it is a folder"
    return None if os.access(path if path.exists() else path.parent, os.W_OK) else "permission denied"


def _refuse(file: Path, code: str, sentence: str, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"file": str(file), "error": {"code": code, "message": sentence}}))
    else:
        print(f"{file}: refused ({code}). {sentence}", file=sys.stderr)
    raise typer.Exit(1)


def _watch(file: Path, out: Path | None, quiet: bool) -> ClipReading:
    from contextlib import ExitStack

    from ml.clips.annotate import Annotated as AnnotatedClip
    from ml.clips.frames import announced, frames_of
    from ml.clips.watch import watch
    from ml.pipeline import FacePipeline
    from ml.score import data_dir

    _check(file)
    rate, seconds = announced(str(file))
    pipeline = FacePipeline(data_dir())
    with ExitStack() as stack:
        copy = stack.enter_context(AnnotatedClip(out, rate)) if out is not None else None
        progress = stack.enter_context(_bar(seconds, quiet))
        return watch(pipeline, frames_of(str(file)), progress=progress, keep=copy.add if copy else None)


def _check(file: Path) -> None:
    """As the server does at its door; beside what that takes, AVI, which no phone records but cameras do."""
    from ml.clips.container import LIMITS, ClipTooLarge, check_length, inspect
    from ml.clips.frames import announced

    if file.stat().st_size > LIMITS.max_bytes:
        _, seconds = announced(str(file))
        check_length(seconds or LIMITS.shortest)
        raise ClipTooLarge
    data = file.read_bytes()
    if not (data[:4] == b"RIFF" and data[8:12] == b"AVI "):
        inspect(data)


def _bar(seconds: float, quiet: bool) -> Any:
    from contextlib import contextmanager

    from rich.console import Console
    from rich.progress import Progress

    @contextmanager
    def shown() -> Any:
        with Progress(console=Console(stderr=True), disable=quiet or not sys.stderr.isatty(), transient=True) as bar:
            task = bar.add_task("reading", total=seconds or None)
            yield lambda done: bar.update(task, completed=done)

    return shown()


def register(app: typer.Typer) -> None:
    """Adds the command to `evenkeel`; called by backend.cli."""
    app.command(name="clip")(command)
