"""Web push to a push service on this machine: encrypted, signed, empty of meaning, forgotten when it is gone."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.config import Settings
from backend.notify.channels import webpush
from backend.resources import Resources
from backend.tables import Delivery, Notice, PushSubscription
from backend.vault import Vault
from tests.backend.conftest import Account
from tests.backend.queue_run import run_queue
from tests.backend.risk_news import raised

Sessions = async_sessionmaker[AsyncSession]


@dataclass
class PushService:
    """Takes what a browser's vendor would take."""

    status: int = 201
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    def serve(self) -> ThreadingHTTPServer:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                service.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(service.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None: ...

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server


@pytest.fixture
def service() -> Iterator[PushService]:
    made = PushService()
    server = made.serve()
    yield made
    server.shutdown()


@pytest.fixture
def local_service(config: Settings) -> Iterator[None]:
    """The API takes endpoints on this machine, for these tests alone."""
    before = config.push_hosts
    config.push_hosts = f"{before},127.0.0.1"
    yield
    config.push_hosts = before


def subscription(port: int) -> dict[str, Any]:
    """What a browser makes."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(
        Encoding.X962, PublicFormat.UncompressedPoint
    )  # fmt: skip
    encode = lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("=")  # noqa: E731
    return {
        "endpoint": f"http://127.0.0.1:{port}/push/{encode(point[1:9])}",
        "expirationTime": None,
        "keys": {"p256dh": encode(point), "auth": encode(b"0123456789abcdef")},
    }


async def subscribe(account: Account, port: int) -> dict[str, Any]:
    made = subscription(port)
    answer = await account.http.post("/me/webpush", json=made)
    assert answer.status_code == 201, answer.text
    await account.http.patch("/me/notifications", json={"quiet_from": None, "quiet_to": None})
    return made


async def status(sessions: Sessions, account: Account) -> str | None:
    async with sessions() as session:
        found = await session.exec(
            select(Delivery.status)
            .join(Notice)
            .where(Notice.person_id == UUID(account.id), Delivery.channel == "webpush")
        )
        return found.first()


async def left(sessions: Sessions, account: Account) -> int:
    async with sessions() as session:
        found = await session.exec(select(PushSubscription).where(PushSubscription.person_id == UUID(account.id)))
        return len(found.all())


@pytest.mark.usefixtures("local_service")
async def test_a_browser_is_woken_with_a_signature_that_its_vendor_can_check_and_no_content(
    ana: Account, service: PushService, sessions: Sessions, resources: Resources, dsn: str
) -> None:
    key = (await ana.http.get("/me/webpush/key")).json()["key"]
    await subscribe(ana, service.port)
    await raised(sessions, ana, "high")
    await run_queue(dsn, sessions, resources)
    headers, body = service.taken[0]
    assert body == b""
    token = headers["authorization"].split("t=")[1].split(",")[0]
    public = webpush.private_key(resources.vault).public_key()
    claims = jwt.decode(token, public, ["ES256"], audience=f"http://127.0.0.1:{service.port}")
    assert claims["sub"].startswith("mailto:")
    assert f"k={key}" in headers["authorization"]
    assert await status(sessions, ana) == "sent"


@pytest.mark.usefixtures("local_service")
async def test_a_browser_that_is_gone_is_forgotten(
    ana: Account, service: PushService, sessions: Sessions, resources: Resources, dsn: str
) -> None:
    await subscribe(ana, service.port)
    service.status = 410
    await raised(sessions, ana, "high")
    await run_queue(dsn, sessions, resources)
    assert await left(sessions, ana) == 0
    assert await status(sessions, ana) == "withheld"


@pytest.mark.usefixtures("local_service")
async def test_a_service_that_refuses_us_costs_nobody_their_subscription(
    ana: Account, service: PushService, sessions: Sessions, resources: Resources, dsn: str
) -> None:
    """Apple answers 403 to the default contact: once it is mended, the same browsers are woken again."""
    await subscribe(ana, service.port)
    service.status = 403
    await raised(sessions, ana, "moderate")
    await run_queue(dsn, sessions, resources)
    assert await status(sessions, ana) == "failed"
    assert await left(sessions, ana) == 1
    service.status = 201
    await raised(sessions, ana, "high")
    await run_queue(dsn, sessions, resources)
    assert len(service.taken) == 2
    assert await left(sessions, ana) == 1


@pytest.mark.usefixtures("local_service")
async def test_a_service_in_trouble_is_tried_again(
    ana: Account, service: PushService, sessions: Sessions, resources: Resources, dsn: str
) -> None:
    await subscribe(ana, service.port)
    service.status = 503
    await raised(sessions, ana, "high")
    await run_queue(dsn, sessions, resources)
    assert await status(sessions, ana) == "planned"
    service.status = 201
    await run_queue(dsn, sessions, resources)
    assert await status(sessions, ana) == "sent"
    assert await left(sessions, ana) == 1


@pytest.mark.usefixtures("local_service")
async def test_unsubscribing_ends_it_and_nobody_ends_it_for_another(
    ana: Account, sign_up: Any, service: PushService, sessions: Sessions
) -> None:
    made = await subscribe(ana, service.port)
    other: Account = await sign_up()
    await other.http.request("DELETE", "/me/webpush", json={"endpoint": made["endpoint"]})
    assert await left(sessions, ana) == 1
    await ana.http.request("DELETE", "/me/webpush", json={"endpoint": made["endpoint"]})
    assert await left(sessions, ana) == 0


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:5432/",
        "https://internal.example.org/push",
        "http://fcm.googleapis.com/push",  # not encrypted on its way
        "https://fcm.googleapis.com.evil.example/push",
        "https://169.254.169.254/latest/meta-data",
        "not an address",
    ],
)
async def test_only_known_push_services_are_called(ana: Account, endpoint: str) -> None:
    answer = await ana.http.post("/me/webpush", json={**subscription(1), "endpoint": endpoint})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_the_real_services_are_taken(config: Settings) -> None:
    for endpoint in (
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://wns2-par02p.notify.windows.com/w/?token=abc",
    ):
        assert webpush.acceptable(endpoint, config)


def test_the_key_is_the_same_in_every_process_and_another_for_another_installation() -> None:
    assert webpush.public_key(Vault((b"a" * 32,))) == webpush.public_key(Vault((b"a" * 32,)))
    assert webpush.public_key(Vault((b"a" * 32,))) != webpush.public_key(Vault((b"b" * 32,)))
    assert len(base64.urlsafe_b64decode(webpush.public_key(Vault((b"a" * 32,))) + "=")) == 65
