"""`evenkeel`: run it, look into it, use its parts. Every command imports what it needs when it runs."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from backend.errors import SetupError

app = typer.Typer(
    help="Evenkeel: wellbeing at work, self-hosted. `evenkeel up` starts everything.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def plainly(command: Callable[..., Any]) -> Callable[..., Any]:
    """One clear sentence and exit code 2 where the installation cannot do what was asked."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except SetupError as error:
            typer.secho(str(error), fg="red", err=True)
            raise typer.Exit(2) from error

    return run


def _ready() -> Any:
    from backend.config import settings
    from backend.logs import setup_logging

    config = settings()
    setup_logging(config.log_level, as_json=config.log_json)
    return config


@app.command()
@plainly
def up(
    demo: Annotated[bool, typer.Option(help="Make a demo organisation with logins on first start")] = True,
) -> None:
    """Start everything: database, migrations, API, worker, and the Telegram bot where a token is set."""
    from backend.up import run_up

    raise typer.Exit(run_up(_ready(), demo=demo))


@app.command()
@plainly
def api() -> None:
    """Start one API process (any number may run behind a reverse proxy)."""
    from backend.serve import serve_api

    serve_api(_ready())


@app.command()
@plainly
def worker() -> None:
    """Start one worker: reads photos, keeps roll-ups and assessments, sends messages. Any number may run."""
    from backend.db import locate, wait_for_schema
    from backend.worker import run_worker

    config = _ready()

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
    from backend.db import check_server, locate
    from backend.db import migrate as run

    async def go() -> None:
        dsn = await locate(config)
        await check_server(dsn)
        await run(dsn, revision)

    config = _ready()
    asyncio.run(go())
    typer.echo(f"The schema is at {revision}.")


@app.command()
@plainly
def demo() -> None:
    """Make the demo organisation and print its logins (again, if it is there)."""
    from backend.db import locate
    from backend.demo import describe, ensure_demo

    config = _ready()

    async def go() -> None:
        typer.echo(describe(await ensure_demo(config, await locate(config))))

    asyncio.run(go())


@app.command()
@plainly
def doctor() -> None:
    """Check database, models, mail, bot, disk and settings; says what to do about each finding."""
    from backend.doctor import examine

    findings = asyncio.run(examine(_ready()))
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

    from backend.vault import load_vault

    typer.echo(",".join(base64.urlsafe_b64encode(key).decode() for key in load_vault(_ready()).masters))


@app.command()
@plainly
def outbox(
    full: Annotated[bool, typer.Option("--full", help="Show the texts as well")] = False,
) -> None:
    """Show the mails that landed in the data directory because no mail server is set."""
    from backend.notify.outbox import listing
    from backend.notify.postbox import outbox as folder

    config = _ready()
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

    config = _ready()

    async def go(session: Any) -> str:
        if not finish:
            await rotate.begin(session, config)
            return "A new key is in front of the old one. Restart every process, then: evenkeel keys rotate --finish"
        return f"{await rotate.finish(session, config)} values are sealed with the new key; the old one is gone."

    said = _in_database(config, go)
    if finish:
        rotate.forget_old(config)
    typer.echo(said)


organisations = typer.Typer(help="Organisations, and the way in for their administrators.", no_args_is_help=True)
app.add_typer(organisations, name="organisation")


@organisations.command("create")
@plainly
def create_organisation(
    name: Annotated[str, typer.Argument(help="What people know it by")],
    policy: Annotated[
        str, typer.Option(help="eu-workplace, or consented where HR and cameras may learn from faces: docs/privacy.md")
    ] = "eu-workplace",
    country: Annotated[str, typer.Option(help="Two letters, such as DE: whose helplines the bot names")] = "",
    timezone: Annotated[str, typer.Option(help="Such as Europe/Berlin")] = "UTC",
) -> None:
    """Make an organisation and an invite for its first administrator."""
    from pydantic import ValidationError

    from backend.admin import founding
    from backend.admin.schemas import OrganisationIn

    given = {"name": name, "policy": policy, "country": country, "timezone": timezone}
    try:
        wanted = OrganisationIn.model_validate(given)
    except ValidationError as error:
        wrong = "; ".join(
            f"{fault['loc'][0]} {given[str(fault['loc'][0])]!r}: {fault['msg']}" for fault in error.errors()
        )
        raise SetupError(f"This organisation cannot be made. {wrong}") from error
    config = _ready()
    invite = _in_database(config, lambda session: founding.found(session, wanted))
    typer.echo(f"{wanted.name} is there, under the policy {wanted.policy}.")
    _say_way_in(config, invite)


@organisations.command("invite")
@plainly
def invite_administrator(name: Annotated[str, typer.Argument(help="The organisation's name")]) -> None:
    """Make an invite for another administrator: the way back in where none is left."""
    from backend.admin import founding

    config = _ready()
    _say_way_in(config, _in_database(config, lambda session: founding.invite_administrator(session, name)))


@organisations.command("list")
@plainly
def list_organisations() -> None:
    """Show the organisations of this installation."""
    from backend.admin import founding

    found = _in_database(_ready(), founding.standings)
    if not found:
        typer.echo("No organisation yet: evenkeel organisation create NAME")
    for one in found:
        which = one.organisation
        typer.echo(f"{which.name}   {which.policy}   {which.country or 'no country'}   {which.timezone}   ", nl=False)
        typer.echo(f"members {one.members}, administrators {one.administrators}")


def _say_way_in(config: Any, invite: Any) -> None:
    typer.echo(f"Whoever registers at {config.origin} with this code, once and until {invite.expires_at:%Y-%m-%d}, ")
    typer.echo(f"is administrator:   {invite.code}")


audit_log = typer.Typer(help="What administrators did.", no_args_is_help=True)
app.add_typer(audit_log, name="audit")


@audit_log.command("verify")
@plainly
def verify_audit(
    expect: Annotated[str | None, typer.Option(help="A head noted before: shows whether the end was cut off")] = None,
) -> None:
    """Check the hash chain: no entry was changed, taken out or slipped in."""
    from backend import audit

    verdict = _in_database(_ready(), lambda session: audit.verify(session, expect))
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
    from backend.vault import load_vault

    try:
        document = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise SetupError(f"{file} cannot be read as a receipt: {error}") from error
    config = _ready()
    keys = [key] if key else _in_database(config, lambda session: receipts.known_keys(session, load_vault(config)))
    try:
        receipts.verify(document, keys)
    except receipts.ReceiptInvalid as invalid:
        typer.secho(f"NOT VALID: {invalid}", fg="red")
        raise typer.Exit(1) from invalid
    typer.echo(f"Valid: {document['act']}, issued at {document['issued_at']}, number {document['id']}")


def _in_database(config: Any, act: Callable[[Any], Any]) -> Any:
    """One transaction of a command."""
    from backend.db import locate, make_engine, make_sessions, transaction, wait_for_schema

    async def go() -> Any:
        dsn = await locate(config)
        await wait_for_schema(dsn, seconds=1)
        engine = make_engine(dsn, pool_size=1)
        try:
            async with transaction(make_sessions(engine)) as session:
                return await act(session)
        finally:
            await engine.dispose()

    return asyncio.run(go())


def _add_parts() -> None:
    """Commands of `ml` and `bot`; each lists its own, and imports heavy things only when run."""
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
