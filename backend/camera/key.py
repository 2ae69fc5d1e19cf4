"""Which camera is asking: its API key, not revoked, in an organisation whose policy allows cameras."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from fastapi.security import APIKeyHeader

from backend.camera import store
from backend.deps import State, bearer
from backend.errors import Forbidden, PolicyForbids, Unauthorised
from backend.people.tokens import secret_hash
from backend.policy import named
from backend.state import AppState

header = APIKeyHeader(name="X-API-Key", auto_error=False, description="A camera's key, made by an administrator")


@dataclass(frozen=True, slots=True)
class Eye:
    """A camera that may look now."""

    camera_id: UUID
    organisation_id: UUID
    timezone: str
    frames_only: bool
    key: str = field(repr=False)


async def eye_of(state: AppState, key: str | None) -> Eye:
    """Asked anew by whoever waits: a key that is revoked meanwhile ends the waiting."""
    if not key:
        raise Unauthorised("A camera's key is needed, as the header X-API-Key.")
    async with state.sessions() as session, session.begin():
        found = await store.by_key(session, secret_hash(key))
        if found is None:
            raise Unauthorised("This key is not valid any more. The administrator can make another one.")
        camera, organisation = found
        if not named(organisation.policy).cameras:
            raise PolicyForbids("The deployment policy in force allows no office cameras; nothing was kept.")
        await store.seen(session, camera.id)
    return Eye(camera.id, organisation.id, organisation.timezone, camera.frames_only, key)


async def get_eye(
    state: State,
    key: Annotated[str | None, Depends(header)],
    token: Annotated[str | None, Depends(bearer)],
) -> Eye:
    return await eye_of(state, key or token)


CameraEye = Annotated[Eye, Depends(get_eye)]


async def get_reader(eye: CameraEye) -> Eye:
    if eye.frames_only:
        raise Forbidden(
            "This key is for a tablet or a thin device: it sends frames, and learns and says nothing of people."
        )
    return eye


# A camera whose agent reads faces itself.
ReadingEye = Annotated[Eye, Depends(get_reader)]


async def get_sender(eye: CameraEye) -> Eye:
    """What the sign of a camera that reads faces itself promises: no picture of it comes here."""
    if not eye.frames_only:
        raise Forbidden(
            "This key is for a camera that reads faces itself and sends no pictures. Thin devices have their own."
        )
    return eye


# A tablet or a thin device, whose frames the server reads.
FramesEye = Annotated[Eye, Depends(get_sender)]
