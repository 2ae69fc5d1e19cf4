"""One API process under uvicorn."""

from __future__ import annotations

import asyncio
import socket

import uvicorn

from backend.app import create_app
from backend.config import Settings
from backend.db import locate
from backend.errors import SetupError


def check_port(host: str, port: int) -> None:
    """Before anything is started: a taken port is said in one sentence."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SetupError(
                f"Port {port} on {host} cannot be used ({error.strerror}). Choose another one: PORT=8001 make run"
            ) from error


def serve_api(config: Settings) -> None:
    check_port(config.host, config.port)
    dsn = asyncio.run(locate(config))
    server = uvicorn.Server(
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
