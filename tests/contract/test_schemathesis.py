"""Random requests against the whole API, signed in as whoever a route is for: no 5xx, and every answer as described.

Bounded by a fixed seed and a few examples a route; EVENKEEL_EXAMPLES in the environment asks for more.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Thread
from uuid import uuid4

import asyncpg
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.app import create_app
from backend.config import Settings
from backend.db import make_engine, make_sessions, migrate, transaction
from backend.people.policy import TERMS
from backend.people.tokens import AccessTokens
from backend.tables import Consent, Organisation, Person
from backend.vault import load_vault

EXAMPLES = int(os.environ.get("EVENKEEL_EXAMPLES", "3"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# These end the very account that asks; the matrix and their own tests try them.
FATAL = {("DELETE", "/api/v1/me"), ("DELETE", "/api/v1/me/sessions"), ("PUT", "/api/v1/admin/policy")}

document = create_app(Settings(), "postgresql://unused").openapi()
schema = schemathesis.openapi.from_dict(document)


@dataclass
class Served:
    url: str
    tokens: dict[str, str]

    def headers(self, path: str) -> dict[str, str]:
        part = path.removeprefix("/api/v1/").split("/")[0]
        return {"authorization": f"Bearer {self.tokens.get(part, self.tokens['me'])}"}


async def prepare(server_dsn: str, config: Settings) -> tuple[str, dict[str, str]]:
    """A database of its own, with one person for each kind of route."""
    name = f"fuzz_{uuid4().hex[:12]}"
    server = await asyncpg.connect(server_dsn)
    await server.execute(f"create database {name}")
    await server.close()
    dsn = server_dsn.replace("/postgres?", f"/{name}?") if "?" in server_dsn else f"{server_dsn}/{name}"
    await migrate(dsn)
    engine = make_engine(dsn)
    issue = AccessTokens(load_vault(config), config).issue
    tokens = {}
    async with transaction(make_sessions(engine)) as session:
        organisation = Organisation(name="Fuzz")
        session.add(organisation)
        await session.flush()
        for part, role in (("me", "employee"), ("hr", "hr"), ("admin", "admin")):
            person = Person(
                organisation_id=organisation.id, username=part, password_hash="x", phone="+4930901820", role=role
            )
            session.add(person)
            await session.flush()
            session.add(
                Consent(person_id=person.id, purpose="score_photos", granted=True, text_version=TERMS.text_version)
            )
            tokens[part] = issue(person)
    await engine.dispose()
    return dsn, tokens


@pytest.fixture(scope="module")
def served(server_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A real server on a free port."""
    config = Settings(home=tmp_path_factory.mktemp("fuzz"), rate_limits=False, access_token_minutes=60)
    dsn, tokens = asyncio.run(prepare(server_dsn, config))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(create_app(config, dsn), log_config=None, access_log=False))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
        yield Served(f"http://127.0.0.1:{port}", tokens)
        server.should_exit = True
        thread.join(20)


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_request_breaks_the_api(case: Case, served: Served) -> None:
    if (case.method.upper(), case.operation.path) in FATAL:
        pytest.skip("ends the account that asks")
    if case.operation.path == "/api/v1/hr/escalations/live":
        pytest.skip("a line that stays open; tests/backend/test_escalation_live.py listens to it")
    case.call_and_validate(base_url=served.url, headers=served.headers(case.operation.path), checks=CHECKS)


def test_the_checks_would_notice_a_server_error(served: Served) -> None:
    """A test of the test: an address that answers with a web page instead of JSON must not pass."""
    case = schema["/api/v1/me"]["GET"].Case()
    with pytest.raises(BaseExceptionGroup, match="Undocumented Content-Type"):
        case.call_and_validate(base_url=f"{served.url}/nowhere", checks=CHECKS)
