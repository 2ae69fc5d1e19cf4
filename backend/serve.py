"""One API process under uvicorn."""

from __future__ import annotations

import asyncio
from types import FrameType

import uvicorn

from backend.app import create_app
from backend.config import Settings
from backend.db import locate, wait_for_schema
from backend.keycheck import own_vault
from backend.ports import check_port


class Server(uvicorn.Server):
    """Ends the lines that stay open (server-sent events) and answers who waits for a reading at the first signal; other
    requests may finish."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        state = getattr(getattr(self.config.app, "state", None), "evenkeel", None)
        if state is not None:
            state.announcements.close()


def serve_api(config: Settings) -> None:
    check_port(config.host, config.port)
    dsn = asyncio.run(_find_database(config))
    server = Server(
        uvicorn.Config(
            create_app(config, dsn),
            host=config.host,
            port=config.port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(config.trusted_proxies),
            forwarded_allow_ips=config.trusted_proxies or None,
            timeout_graceful_shutdown=10,
        )
    )
    server.run()


async def _find_database(config: Settings) -> str:
    dsn = await locate(config)
    await wait_for_schema(dsn)
    await own_vault(config, dsn)
    return dsn
