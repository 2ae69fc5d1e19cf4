"""Rate limits that hold across API processes: fixed windows counted in the database."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Any

from fastapi import Request
from sqlalchemy import text

from backend.deps import Caller, State
from backend.errors import TooManyRequests
from backend.state import AppState

COUNT = text(
    "insert into rate_window as w (key, window_start, hits) values (:key, :start, 1) "
    "on conflict (key, window_start) do update set hits = w.hits + 1 returning hits"
)


@dataclass(frozen=True, slots=True)
class Limit:
    name: str
    hits: int
    window: timedelta

    def start(self, now: datetime) -> datetime:
        seconds = self.window.total_seconds()
        return datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)


# Photos: an album of a month sent at once after a holiday offline still passes.
PHOTOS = Limit("photos", 600, timedelta(minutes=1))
# Clips: each is seconds of work for a worker.
CLIPS = Limit("clips", 20, timedelta(minutes=1))
# Sign-ins and registrations from one address: an office shares one, an attacker needs millions.
SIGN_IN = Limit("sign-in", 60, timedelta(minutes=1))
# Mails that confirm an address go to whatever address was typed: nobody needs ten an hour, a stranger wants none.
ADDRESSES = Limit("addresses", 10, timedelta(hours=1))
# An export reads everything of a person.
EXPORTS = Limit("exports", 10, timedelta(hours=1))
# Chatting fast is fine, a script is not.
CHAT = Limit("chat", 60, timedelta(minutes=1))

# A camera's agent asks and sends some times a second at most; after an outage its buffer comes in large batches.
CAMERA = Limit("camera", 3000, timedelta(minutes=1))


async def count(state: AppState, limit: Limit, who: str) -> None:
    """A transaction of its own: a refused request must count too. Before the request's own: whoever holds a connection
    while asking for another waits for the rest who do the same."""
    if not state.config.rate_limits:
        return
    now = datetime.now(UTC)
    start = limit.start(now)
    async with state.sessions() as session, session.begin():
        hits = (
            await session.exec(COUNT, params={"key": f"{limit.name}:{who}", "start": start})  # type: ignore[call-overload]
        ).scalar_one()
    if hits > limit.hits:
        wait = int((start + limit.window - now).total_seconds()) + 1
        raise TooManyRequests(
            f"Too many requests; try again in {wait} seconds. Nothing was lost.",
            headers={"Retry-After": str(wait)},
        )


def by_person(limit: Limit) -> Callable[..., Coroutine[Any, Any, None]]:
    async def check(state: State, me: Caller) -> None:
        await count(state, limit, str(me.id))

    return check


def address_of(request: Request) -> str:
    """The client's, or the one that a trusted proxy names: uvicorn believes no other. Of IPv6 the first half, which is
    what a household gets: the rest is its own to choose, another one for every attempt."""
    host = request.client.host if request.client else "unknown"
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv4Address) or address.ipv4_mapped:
        return host
    return str(IPv6Network((address, 64), strict=False))


def by_address(limit: Limit) -> Callable[..., Coroutine[Any, Any, None]]:
    async def check(request: Request, state: State) -> None:
        await count(state, limit, address_of(request))

    return check
