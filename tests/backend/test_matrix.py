"""Walks THE MATRIX over the live OpenAPI: a route that is not in it fails, and so does every unexpected status."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.app import create_app
from backend.db import transaction
from backend.people.policy import TERMS
from backend.people.tokens import ALGORITHM, AccessTokens, secret_hash
from backend.tables import (
    Camera,
    Case,
    Clip,
    Consent,
    Department,
    Enrolment,
    FaceTemplate,
    InsightAlert,
    Invite,
    Notice,
    Organisation,
    Person,
    Reading,
    RefreshToken,
    SelfReport,
    Snapshot,
)
from backend.vault import Vault
from tests.backend.matrix import COLUMNS, ROUTES, Row

PEOPLE = {
    "self": "employee",
    "other": "employee",
    "hr": "hr",
    "hr_elsewhere": "hr",
    "admin": "admin",
    "second": "admin",
}


@dataclass
class World:
    """Two organisations; Ana is `self`. Made anew for each request, so that a deletion spoils nothing."""

    session: AsyncSession
    home: Organisation
    department: Department
    people: dict[str, Person]
    camera: Camera
    camera_key: str

    @property
    def ana(self) -> Person:
        return self.people["self"]

    async def add(self, made: Any, name: str = "id") -> Any:
        self.session.add(made)
        await self.session.flush()
        return getattr(made, name)


def person(organisation: Organisation, role: str) -> Person:
    return Person(
        organisation_id=organisation.id, username=f"m{uuid4().hex}", password_hash="x", phone="+4930901820", role=role
    )


async def make_world(session: AsyncSession, vault: Vault) -> World:
    home, elsewhere = Organisation(name="Here"), Organisation(name="Elsewhere")
    session.add_all([home, elsewhere])
    await session.flush()
    department, key = Department(organisation_id=home.id, name=uuid4().hex), f"evk_camera_{uuid4().hex}"
    people = {name: person(elsewhere if name == "hr_elsewhere" else home, role) for name, role in PEOPLE.items()}
    camera = Camera(organisation_id=home.id, name="Door", key_hash=secret_hash(key))
    session.add_all([department, camera, *people.values()])
    await session.flush()
    people["self"].department_id = department.id
    for one in people.values():
        session.add(Consent(person_id=one.id, purpose="score_photos", granted=True, text_version=TERMS.text_version))
    ana = people["self"].id
    sealed = vault.seal(b"numbers", f"template:{ana}")
    session.add(FaceTemplate(person_id=ana, sealed=sealed, photos=1, model_version="1"))
    await session.flush()
    return World(session, home, department, people, camera, key)


async def a_reading(world: World) -> UUID:
    now = datetime.now(UTC)
    values = {"captured_at": now, "hour": now, "day": now.date(), "vector": [0.1] * 10, "source": "phone"}
    return await world.add(Reading(person_id=world.ana.id, model_name="m", model_version="1", **values))


async def a_snapshot(world: World) -> UUID:
    return await world.add(
        Snapshot(
            person_id=world.ana.id, source="phone", captured_at=datetime.now(UTC), idempotency_key="k", body_digest="d"
        )
    )


async def a_clip(world: World, *, read: bool = False) -> UUID:
    now = datetime.now(UTC)
    id = await world.add(
        Snapshot(person_id=world.ana.id, source="clip", captured_at=now, idempotency_key="k", body_digest="d")
    )
    if not read:
        return id
    values = {"captured_at": now, "hour": now, "day": now.date(), "vector": [0.1] * 10, "source": "clip"}
    reading = Reading(person_id=world.ana.id, snapshot_id=id, model_name="m", model_version="1", **values)
    reading_id = await world.add(reading)
    lists = {name: [] for name in ("seconds", "expressions", "expression", "abstained")}
    timeline = {**lists, "units": None, "intensity": None}
    numbers = {"seconds": 3, "frames": 0, "frames_read": 0, "rate": 30, "shows_micro": True}
    return await world.add(Clip(reading_id=reading_id, **numbers, phases=[], brief=[], timeline=timeline), "reading_id")


async def a_case(world: World, status: str = "new") -> UUID:
    return await world.add(
        Case(organisation_id=world.home.id, person_id=world.ana.id, key="k", level="high", status=status)
    )


async def a_job(world: World) -> int:
    row = await world.session.exec(
        text(
            "insert into pgqueuer (priority, status, entrypoint, payload, created, updated, heartbeat, execute_after) values "
            "(0, 'failed', 'risk.assess_person', convert_to(:payload, 'UTF8'), now(), now(), now(), now()) returning id"
        ),
        params={"payload": f'{{"person_id": "{world.ana.id}"}}'},
    )
    return int(row.scalar_one())


MAKERS = {
    "family_id": lambda world: world.add(
        RefreshToken(
            family_id=uuid4(),
            person_id=world.ana.id,
            token_hash=uuid4().hex,
            expires_at=datetime.now(UTC) + timedelta(1),
        ),
        "family_id",
    ),
    "purpose": lambda _: text_value("demographics"),
    "reply": lambda _: text_value("share"),
    "action": lambda _: text_value("acknowledge"),
    "token": lambda _: text_value("wrong"),
    "consent_id": lambda world: world.add(
        Consent(person_id=world.ana.id, purpose="email", granted=True, text_version=TERMS.text_version)
    ),
    "enrolment_id": lambda world: world.add(Enrolment(person_id=world.ana.id)),
    "snapshot_id": a_snapshot,
    "clip_id": a_clip,
    "watched_id": lambda world: a_clip(world, read=True),
    "reading_id": a_reading,
    "report_id": lambda world: world.add(
        SelfReport(person_id=world.ana.id, instrument="who5", answers=[1] * 5, score=20, band="low")
    ),
    "notice_id": lambda world: world.add(
        Notice(person_id=world.ana.id, key="k", kind="steadier", due_at=datetime.now(UTC))
    ),
    "prompt_id": lambda world: world.add(
        Notice(person_id=world.ana.id, key="k", kind="mood_prompt", due_at=datetime.now(UTC))
    ),
    "case_id": a_case,
    "asked_id": lambda world: a_case(world, "asked"),
    "department_id": lambda world: world.add(Department(organisation_id=world.home.id, name=uuid4().hex)),
    "code": lambda world: world.add(Invite(code=uuid4().hex[:20], organisation_id=world.home.id), "code"),
    "person_id": lambda world: world.add(person(world.home, "employee")),
    "camera_id": lambda world: text_value(world.camera.id),
    "job_id": a_job,
    "view": lambda _: text_value("trend"),
    "alert_id": lambda world: world.add(
        InsightAlert(organisation_id=world.home.id, measure="who5", weeks=2, change=10)
    ),
}


async def text_value(value: object) -> object:
    return value


@pytest.fixture(scope="module")
def tokens(config, resources) -> AccessTokens:
    return AccessTokens(resources.vault, config)


def headers(column: str, world: World, tokens: AccessTokens) -> dict[str, str]:
    if column == "anonymous":
        return {}
    if column == "camera":
        return {"authorization": f"Bearer {world.camera_key}", "x-api-key": world.camera_key}
    if column == "expired":
        past = datetime.now(UTC) - timedelta(hours=1)
        claims = {"sub": str(world.ana.id), "epoch": 0, "iat": past, "exp": past}
        return {"authorization": f"Bearer {jwt.encode(claims, tokens.vault.derive('access-token'), ALGORITHM)}"}
    return {"authorization": f"Bearer {tokens.issue(world.people[column])}"}


def with_photo(extra: dict[str, Any], face: bytes) -> dict[str, Any]:
    files = {name: (filename, face) for name, (filename, _) in extra.get("files", {}).items()}
    return {**extra, "files": files} if files else extra


async def ask(http: httpx.AsyncClient, method: str, path: str, route: Row, who: dict[str, str], face: bytes) -> int:
    extra = with_photo(dict(route.extra), face)
    who |= extra.pop("extra_headers", {})
    answer = await http.request(method, path, headers=who, json=route.body, **extra)
    if answer.status_code >= 400:
        assert answer.headers["content-type"].startswith(("application/problem+json", "text/html")), answer.text
    return answer.status_code


@pytest.mark.parametrize("name", ROUTES)
async def test_everybody_gets_the_status_they_must_get(name, sessions, app_client, tokens, request):
    method, template = name.split()
    route, got = ROUTES[name], []
    face = request.getfixturevalue("face") if "files" in route.extra else b""
    async with app_client() as http:
        for column in COLUMNS:
            async with transaction(sessions) as session:
                world = await make_world(session, tokens.vault)
                world.camera.frames_only = template == "/cameras/frames"
                path = template
                for part in re.findall(r"{(\w+)}", template):
                    path = path.replace(f"{{{part}}}", str(await MAKERS[part](world)))
            got.append(await ask(http, method, path, route, headers(column, world, tokens), face))
    assert dict(zip(COLUMNS, got, strict=True)) == dict(zip(COLUMNS, route.expected, strict=True))


def shape(path: str) -> str:
    """Paths compare by their shape: what a parameter is called does not matter."""
    return re.sub(r"{\w+}", "{}", path)


def test_every_live_route_is_in_the_matrix_and_nothing_else(config):
    schema = create_app(config, "postgresql://unused").openapi()
    live = {
        f"{method.upper()} {shape(path.removeprefix('/api/v1'))}"
        for path, methods in schema["paths"].items()
        for method in methods
    }
    known = {shape(name) for name in ROUTES}
    assert live - known == set(), "these routes need a row in tests/backend/matrix.py"
    assert known - live == set(), "these rows have no route any more"
