"""`evenkeel`: run it, look into it, use its parts. Every command imports what it needs when it runs."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from backend.command import in_database, plainly, ready
from backend.errors import SetupError

app = typer.Typer(
    help="Evenkeel: wellbeing at work, self-hosted. `evenkeel up` starts everything.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
@plainly
def up(
    demo: Annotated[bool, typer.Option(help="Make a demo organisation with logins on first start")] = True,
) -> None:
    """Start everything: database, migrations, API, worker, and the Telegram bot where a token is set."""
    from backend.up import run_up

    raise typer.Exit(run_up(ready(), demo=demo))


@app.command()
@plainly
def api() -> None:
    """Start one API process (any number may run behind a reverse proxy)."""
    from backend.serve import serve_api

    serve_api(ready())


@app.command()
@plainly
def worker() -> None:
    """Start one worker: reads photos, keeps roll-ups and assessments, sends messages. Any number may run."""
    from backend.db import locate, wait_for_schema
    from backend.worker import run_worker

    config = ready()

    async def run() -> None:
        dsn = await locate(config)
        await wait_for_schema(dsn)
        await run_worker(config, dsn)

    asyncio.run(run())


@app.command()
@plainly
def migrate(
    revision: Annotated[str, typer.Argument(help="head, base, a revision, or -1 for one step down")] = "head",
) -> None:
    """Bring the database's schema to a revision."""
    from backend.db import check_server, locate, refuse_to_empty
    from backend.db import migrate as run

    async def go() -> None:
        dsn = await locate(config)
        await check_server(dsn)
        await refuse_to_empty(dsn, revision)
        await run(dsn, revision)

    config = ready()
    asyncio.run(go())
    typer.echo(f"The schema is at {revision}.")


@app.command()
@plainly
def demo() -> None:
    """Make the demo organisation and print its logins (again, if it is there)."""
    from backend.db import locate, wait_for_schema
    from backend.demo import describe, ensure_demo

    config = ready()

    async def go() -> None:
        dsn = await locate(config)
        await wait_for_schema(dsn, seconds=1)
        typer.echo(describe(await ensure_demo(config, dsn)))

    asyncio.run(go())


@app.command()
@plainly
def doctor() -> None:
    """Check database, models, mail, bot, disk and settings; says what to do about each finding."""
    from backend.doctor import examine

    findings = asyncio.run(examine(ready()))
    for finding in findings:
        mark = {"ok": typer.style("ok  ", fg="green"), "warn": typer.style("warn", fg="yellow")}.get(
            finding.grade, typer.style("FAIL", fg="red")
        )
        typer.echo(f"{mark}  {finding.what}: {finding.detail}")
    raise typer.Exit(1 if any(finding.grade == "fail" for finding in findings) else 0)


keys = typer.Typer(help="The master key that seals photos and face templates.", no_args_is_help=True)
app.add_typer(keys, name="keys")


@keys.command("new")
def new_key() -> None:
    """Print a new key for EVENKEEL_SECRET_KEY."""
    from backend.vault import new_master

    typer.echo(new_master())


@keys.command("show")
@plainly
def show_key() -> None:
    """Print this installation's key, for a second machine's EVENKEEL_SECRET_KEY."""
    import base64

    from backend.vault import known_vault

    typer.echo(",".join(base64.urlsafe_b64encode(key).decode() for key in known_vault(ready()).masters))


@app.command()
@plainly
def outbox(
    full: Annotated[bool, typer.Option("--full", help="Show the texts as well")] = False,
) -> None:
    """Show the mails that landed in the data directory because no mail server is set."""
    from backend.notify.outbox import listing
    from backend.notify.postbox import outbox as folder

    config = ready()
    lines = list(listing(folder(config), full=full))
    typer.echo("\n".join(lines) if lines else f"No mails in {folder(config)}.")


@keys.command("rotate")
@plainly
def rotate_keys(
    finish: Annotated[
        bool, typer.Option(help="After every process was restarted: seal all anew, drop the old key")
    ] = False,
) -> None:
    """Another master key, in two steps with a restart between them."""
    from backend import rotate

    config = ready()

    if finish:
        number = in_database(config, lambda session: rotate.finish(session, config))
        rotate.forget_old(config)
        typer.echo(f"{number} values are sealed with the new key; the old one is gone.")
    else:
        rotate.keep(config, in_database(config, lambda session: rotate.begin(session, config)))
        typer.echo("A new key is in front of the old one. Restart every process, then: evenkeel keys rotate --finish")


audit_log = typer.Typer(help="What administrators did.", no_args_is_help=True)
app.add_typer(audit_log, name="audit")


@audit_log.command("verify")
@plainly
def verify_audit(
    expect: Annotated[str | None, typer.Option(help="A head noted before: shows whether the end was cut off")] = None,
) -> None:
    """Check the hash chain: no entry was changed, taken out or slipped in."""
    from backend import audit

    verdict = in_database(ready(), lambda session: audit.verify(session, expect))
    if verdict.broken_at is not None:
        typer.secho(f"BROKEN at entry {verdict.broken_at}: {verdict.entries} entries before it are whole.", fg="red")
        raise typer.Exit(1)
    if not verdict.expected_found:
        typer.secho("CUT: the head that you noted is not part of the chain any more.", fg="red")
        raise typer.Exit(1)
    typer.echo(f"{verdict.entries} entries, none changed. Note this head outside: {verdict.head}")


receipt = typer.Typer(help="Receipts of consents and erasures.", no_args_is_help=True)
app.add_typer(receipt, name="receipt")


@receipt.command("verify")
@plainly
def verify_receipt(
    file: Annotated[Path, typer.Argument(help="The downloaded receipt")],
    key: Annotated[str | None, typer.Option(help="Public key, instead of asking the installation's database")] = None,
) -> None:
    """Check that a receipt was issued here and not changed since."""
    import json

    from backend.people import receipts
    from backend.vault import known_vault

    try:
        document = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise SetupError(f"{file} cannot be read as a receipt: {error}") from error
    config = ready()
    keys = [key] if key else in_database(config, lambda session: receipts.known_keys(session, known_vault(config)))
    try:
        receipts.verify(document, keys)
    except receipts.ReceiptInvalid as invalid:
        typer.secho(f"NOT VALID: {invalid}", fg="red")
        raise typer.Exit(1) from invalid
    typer.echo(f"Valid: {document['act']}, issued at {document['issued_at']}, number {document['id']}")


def _add_parts() -> None:
    """Commands of `ml` and `bot`; each lists its own, and imports heavy things only when run."""
    from backend.admin.command import app as organisation
    from backend.notify.command import register as add_bot_run
    from backend.risk.cli import app as risk
    from bot.cli import app as bot
    from ml.camera.command import register as add_camera
    from ml.clips.command import register as add_clip
    from ml.expression.cli import register as add_expression
    from ml.score import register as add_score
    from ml.studies.cli import app as study
    from ml.units.command import app as units

    add_score(app)
    add_camera(app)
    add_clip(app)
    add_expression(app)
    app.add_typer(organisation, name="organisation")
    app.add_typer(risk, name="risk")
    app.add_typer(units, name="units")
    add_bot_run(bot)
    app.add_typer(bot, name="bot")
    app.add_typer(study, name="study")


_add_parts()


def openapi_document() -> str:
    """The committed docs/openapi.json, byte for byte."""
    import json

    from backend.app import create_app
    from backend.config import Settings

    schema = create_app(Settings(home=Path("unused")), "postgresql://unused").openapi()
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


@app.command("openapi", hidden=True)
def print_openapi() -> None:
    sys.stdout.write(openapi_document())


if __name__ == "__main__":
    app()
