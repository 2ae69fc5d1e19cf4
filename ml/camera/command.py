"""`evenkeel camera SOURCE --server URL --key KEY`: the office agent beside a camera."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer


def command(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help="rtsp://… · http://… (MJPEG) · a USB camera's number · a video · a directory of images; or several. "
            "An address with a password is better in the environment",
            envvar="EVENKEEL_CAMERA_SOURCE",
            show_default=False,
        ),
    ],
    server: Annotated[str, typer.Option(help="Address of Evenkeel", envvar="EVENKEEL_CAMERA_SERVER")],
    key: Annotated[
        str | None, typer.Option(help="The camera's key; better in the environment", envvar="EVENKEEL_CAMERA_KEY")
    ] = None,
    key_file: Annotated[Path | None, typer.Option(help="A file that holds the key", show_default=False)] = None,
    every: Annotated[int, typer.Option(help="Use every Nth frame", min=1)] = 12,
    minutes: Annotated[
        float | None,
        typer.Option(help="At most one reading a person in so many minutes; default: 10, recordings 0", min=0),
    ] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Play recordings as fast as they can be read")] = False,
    thin: Annotated[
        bool, typer.Option("--thin", help="Send frames to the server instead of reading them here")
    ] = False,
    preview: Annotated[
        str | None,
        typer.Option(help="For setting up: a port for a page on this machine, or a folder", show_default=False),
    ] = None,
    metrics: Annotated[int | None, typer.Option(help="Port for Prometheus on loopback", show_default=False)] = None,
    buffer: Annotated[
        Path | None, typer.Option(help="Where readings wait, sealed; default: in the data directory")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No statistics line")] = False,
) -> None:
    """Recognise people who opted in, read their expression, send vectors. Everybody else stays unseen."""
    # The command line is imported by processes that must not load a model runtime: everything heavy starts here.
    from ml.camera.agent import Agent, Options
    from ml.camera.sources import SourceError, parse
    from ml.score import data_dir

    found = _key(key, key_file)
    if not found.isascii() or not found.isprintable() or not found:
        typer.secho("A key is needed: --key-file, --key or EVENKEEL_CAMERA_KEY.", fg="red", err=True)
        raise typer.Exit(2)
    if not _is_address(server):
        typer.secho("--server is an address such as https://evenkeel.example.", fg="red", err=True)
        raise typer.Exit(2)
    try:
        parsed = [parse(one) for one in sources]
    except SourceError as error:
        typer.secho(str(error), fg="red", err=True)
        raise typer.Exit(2) from error
    options = Options(
        sources=parsed,
        server=server,
        key=found,
        data_dir=data_dir(),
        buffer_dir=buffer or data_dir() / "camera",
        every=every,
        minutes=minutes,
        fast=fast,
        thin=thin,
        preview=preview,
        metrics=metrics,
        quiet=quiet,
    )
    try:
        agent = Agent(options)
        agent.open()
    except (OSError, OverflowError) as error:  # the latter for a port that there is not
        typer.secho(f"It cannot start like this (--buffer, --metrics, --preview): {error}", fg="red", err=True)
        raise typer.Exit(2) from error
    raise typer.Exit(agent.run())


def _key(given: str | None, file: Path | None) -> str:
    """Whoever names a file means it, whatever the environment holds."""
    try:
        return (file.read_text() if file else given or "").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _is_address(server: str) -> bool:
    try:
        parts = urlsplit(server)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def register(app: typer.Typer) -> None:
    """Adds the command to `evenkeel`; called by backend.cli."""
    app.command(name="camera")(command)
