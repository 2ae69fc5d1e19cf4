"""`evenkeel bot run`, on the bot's own command group; the Telegram library is imported when it runs."""

from __future__ import annotations

import asyncio

import typer

from backend.command import plainly, ready


def register(bot: typer.Typer) -> None:
    @bot.command()
    @plainly
    def run() -> None:
        """Run the Telegram bot: one process polls, any others stand by; by webhook where its secret is set."""
        from backend.notify.bot_process import run_bot

        asyncio.run(run_bot(ready()))
