"""What commands share: settings and log, one transaction, one clear sentence where something is wrong."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from functools import wraps
from typing import Any

import typer

from backend.errors import SetupError


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


def ready() -> Any:
    import structlog

    from backend.config import settings, unknown
    from backend.logs import setup_logging

    config = settings()
    setup_logging(config.log_level, as_json=config.log_json)
    for sentence in unknown(os.environ):
        structlog.get_logger().warning(sentence)
    return config


def in_database(config: Any, act: Callable[[Any], Any]) -> Any:
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
