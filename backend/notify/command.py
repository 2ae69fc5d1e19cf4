"""`evenkeel bot run`, on the bot's own command group; the Telegram library is imported when it runs."""

from __future__ import annotations

import asyncio

import typer

from backend.errors import SetupError


def register(bot: typer.Typer) -> None:
    @bot.command()
    def run() -> None:
        """Run the Telegram bot: one process polls, any others stand by; by webhook where its secret is set."""
        from backend.config import settings
        from backend.logs import setup_logging
        from backend.notify.bot_process import run_bot

        config = settings()
        setup_logging(config.log_level, as_json=config.log_json)
        try:
            asyncio.run(run_bot(config))
        except SetupError as error:
            typer.secho(str(error), fg="red", err=True)
            raise typer.Exit(2) from error
