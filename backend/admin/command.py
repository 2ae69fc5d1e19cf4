"""`evenkeel organisation`: for whoever has the machine, when nobody can register yet or no administrator is left."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from backend.command import in_database, plainly, ready
from backend.errors import SetupError

app = typer.Typer(help="Organisations, and the way in for their administrators.", no_args_is_help=True)


@app.command("create")
@plainly
def create_organisation(
    name: Annotated[str, typer.Argument(help="What people know it by")],
    policy: Annotated[
        str,
        typer.Option(help="consented, or eu-workplace where what faces show must stay with its owner: docs/privacy.md"),
    ] = "consented",
    country: Annotated[
        str, typer.Option(help="Two letters, such as DE: whose helplines the bot names where a time zone tells none")
    ] = "",
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
            f"{fault['loc'][0]} {given[str(fault['loc'][0])]!r}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        )
        raise SetupError(f"This organisation cannot be made. {wrong}") from error
    config = ready()
    invite = in_database(config, lambda session: founding.found(session, wanted))
    typer.echo(f"{wanted.name} is there, under the policy {wanted.policy}.")
    _say_way_in(config, invite)


@app.command("invite")
@plainly
def invite_administrator(name: Annotated[str, typer.Argument(help="The organisation's name")]) -> None:
    """Make an invite for another administrator: the way back in where none is left."""
    from backend.admin import founding

    config = ready()
    _say_way_in(config, in_database(config, lambda session: founding.invite_administrator(session, name)))


@app.command("delete")
@plainly
def delete_organisation(
    name: Annotated[str, typer.Argument(help="The organisation's name")],
    confirm: Annotated[str | None, typer.Option(help="The name once more, instead of typing it when asked")] = None,
) -> None:
    """Erase an organisation: every account in it, and all that belongs to it. Cannot be undone."""
    from backend.admin import founding
    from backend.people.erase import erase_outbox
    from backend.vault import known_vault

    again = confirm or typer.prompt(f"Everybody's account in {name} is erased, for good. Type the name to go on")
    if again != name:
        raise SetupError("That is another name. Nothing was erased.")
    config = ready()
    vault = known_vault(config)
    addresses = in_database(config, lambda session: founding.dissolve(session, vault, name))
    erase_outbox(config.home, addresses)
    typer.echo(f"{name} is gone.")


@app.command("list")
@plainly
def list_organisations() -> None:
    """Show the organisations of this installation."""
    from backend.admin import founding

    found = in_database(ready(), founding.standings)
    if not found:
        typer.echo("No organisation yet: evenkeel organisation create NAME")
    for one in found:
        which = one.organisation
        typer.echo(f"{which.name}   {which.policy}   {which.country or 'no country'}   {which.timezone}   ", nl=False)
        typer.echo(f"members {one.members}, administrators {one.administrators}")


def _say_way_in(config: Any, invite: Any) -> None:
    typer.echo(f"Whoever registers at {config.origin} with this code, once and until {invite.expires_at:%Y-%m-%d}, ")
    typer.echo(f"is administrator:   {invite.code}")
