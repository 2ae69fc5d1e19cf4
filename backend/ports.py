"""Is the port free? Asked before anything else is loaded or started."""

from __future__ import annotations

import socket

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
