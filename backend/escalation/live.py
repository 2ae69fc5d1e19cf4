"""The live line of HR's table: waits for announcements, holds no database connection, looks now and then whether the
sign-in still stands.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from backend.people import store
from backend.state import AppState


@dataclass(frozen=True, slots=True)
class LivePolicy:
    # Proxies close what says nothing for a minute or less.
    heartbeat: float = 20.0
    # Several changes of one moment are one piece of news.
    gather: float = 0.2
    # An hour, then the client connects anew: nothing lives for ever, and deployments drain.
    longest: float = 3600.0


DEFAULT: Final = LivePolicy()


@dataclass(frozen=True, slots=True)
class Watch:
    """Whose line it is: checked again by sign-in, not by the access token, which lives shorter."""

    person_id: UUID
    family_id: str | None
    epoch: int
    organisation_id: UUID


async def watch(state: AppState, who: Watch, seconds: float, policy: LivePolicy = DEFAULT) -> AsyncIterator[str]:
    """Events as text. The first is sent before anything can be missed: the client loads after it."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + seconds
    with state.announcements.subscribed(f"cases:{who.organisation_id}") as announced:
        yield _event("hello")
        while (left := ends - loop.time()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(announced.wait(), min(left, policy.heartbeat))
            if state.announcements.closing:
                break
            if refusal := await _refusal(state, who):
                yield _event("end", refusal)
                return
            if announced.is_set():
                await asyncio.sleep(min(policy.gather, max(ends - loop.time(), 0)))
                announced.clear()
                yield _event("cases")
            else:
                yield ": still here\n\n"
    yield _event("end", "again")


async def _refusal(state: AppState, who: Watch) -> str | None:
    """Why the line must close, if it must; a connection for a moment only."""
    async with state.sessions() as session:
        family = UUID(who.family_id) if who.family_id else None
        person = await store.signed_in(session, who.person_id, family)
    if person is None or person.session_epoch != who.epoch:
        return "not_signed_in"
    return None if person.role == "hr" and person.organisation_id == who.organisation_id else "not_allowed"


def _event(name: str, code: str | None = None) -> str:
    return f"event: {name}\ndata: {json.dumps({'code': code} if code else {})}\n\n"
