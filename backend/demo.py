"""A small organisation to try things with, made once; its logins are in EVENKEEL_HOME/demo.json (mode 0600)."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.config import Settings
from backend.db import make_engine, make_sessions, transaction
from backend.people.codes import invite_code
from backend.people.register import register
from backend.people.schemas import Registration
from backend.people.store import by_username
from backend.tables import Department, Invite, Organisation
from backend.vault import write_private

NAME = "Harbour Works (demo)"


async def ensure_demo(config: Settings, dsn: str) -> dict[str, Any]:
    """What demo.json holds; the organisation and its three logins are made when they are not there."""
    path = config.home / "demo.json"
    engine = make_engine(dsn, pool_size=2)
    try:
        async with transaction(make_sessions(engine)) as session:
            known = json.loads(path.read_text()) if path.is_file() else None
            content = known if known and await _anybody_is_there(session, known) else await _make(session, config)
    finally:
        await engine.dispose()
    content["url"] = config.origin
    write_private(path, json.dumps(content, indent=1) + "\n")
    return content


async def _anybody_is_there(session: AsyncSession, known: dict[str, Any]) -> bool:
    """By the logins: whoever tries the administrator's pages gives the organisation another name."""
    names = [login["username"] for login in known["logins"].values()]
    return any([await by_username(session, name) is not None for name in names])


async def _make(session: AsyncSession, config: Settings) -> dict[str, Any]:
    organisation = Organisation(name=NAME, policy="consented", country="DE", timezone="UTC")
    session.add(organisation)
    await session.flush()
    departments = [Department(organisation_id=organisation.id, name=name) for name in ("Workshop", "Office")]
    session.add_all(departments)
    await session.flush()
    code = invite_code()
    session.add(Invite(code=code, organisation_id=organisation.id, department_id=departments[0].id, uses_left=100_000))
    logins = {}
    suffix = secrets.token_hex(2) if await _names_are_taken(session) else ""
    for role, name in (("employee", "Ana"), ("hr", "Hye-jin"), ("admin", "Arun")):
        logins[role] = await _person(session, organisation, role, name, suffix)
    return {"url": config.origin, "invite_code": code, "logins": logins}


async def _names_are_taken(session: AsyncSession) -> bool:
    return await by_username(session, "demo-employee") is not None


async def _person(
    session: AsyncSession, organisation: Organisation, role: str, name: str, suffix: str
) -> dict[str, str]:
    invite = Invite(code=invite_code(), organisation_id=organisation.id, role=role, uses_left=1)
    session.add(invite)
    await session.flush()
    username, password = f"demo-{role}{suffix}", secrets.token_urlsafe(12)
    await register(
        session,
        Registration(
            username=username,
            password=password,
            phone="+4930901820",
            invite_code=invite.code,
            display_name=name,
            timezone="UTC",
        ),
    )
    return {"username": username, "password": password}


def describe(content: dict[str, Any]) -> str:
    lines = [
        "",
        f"  Evenkeel runs at {content['url']}   ({datetime.now(UTC):%Y-%m-%d %H:%M} UTC, Ctrl-C stops it)",
        f"  Invite code for new accounts: {content['invite_code']}",
        *(
            f"  Demo {role:<9} {login['username']:<16} password {login['password']}"
            for role, login in content["logins"].items()
        ),
        "",
    ]
    return "\n".join(lines)
