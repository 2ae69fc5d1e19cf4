"""Office cameras and their keys."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from backend import audit
from backend.admin import store
from backend.admin.schemas import CameraIn, CameraOut, CameraWithKey
from backend.camera.notice import PAGE_HEADERS, sign
from backend.camera.policy import standing
from backend.deps import Admin, Session, State
from backend.errors import NotFound, PolicyForbids
from backend.people.tokens import secret_hash
from backend.policy import named
from backend.tables import Camera, Person

router = APIRouter(prefix="/cameras")

# Recognisable in a leaked file, and by scanners that look for keys.
PREFIX = "evk_camera_"


def new_key() -> str:
    return PREFIX + secrets.token_urlsafe(32)


async def _camera(session: Session, me: Person, camera_id: UUID) -> Camera:
    camera = await store.camera(session, me.organisation_id, camera_id)
    if camera is None:
        raise NotFound
    return camera


def _described(camera: Camera) -> dict[str, Any]:
    said = standing(camera.last_seen_at, camera.revoked_at, datetime.now(UTC))
    return {**camera.model_dump(exclude={"key_hash"}), "standing": said}


@router.get("")
async def list_cameras(me: Admin, session: Session) -> list[CameraOut]:
    return [CameraOut.model_validate(_described(one)) for one in await store.cameras(session, me.organisation_id)]


@router.post("", status_code=201)
async def create_camera(wanted: CameraIn, me: Admin, session: Session) -> CameraWithKey:
    """The key is shown once; only its hash is kept."""
    if not named((await store.organisation(session, me)).policy).cameras:
        raise PolicyForbids("The deployment policy in force allows no office cameras.")
    key = new_key()
    camera = Camera(organisation_id=me.organisation_id, key_hash=secret_hash(key), **wanted.model_dump())
    session.add(camera)
    await session.flush()
    await audit.record(session, me.organisation_id, me, "camera.created", camera=camera.id)
    return CameraWithKey.model_validate({**_described(camera), "key": key})


@router.post("/{camera_id}/key", status_code=201)
async def renew_key(camera_id: UUID, me: Admin, session: Session) -> CameraWithKey:
    """A new key; the old one stops working at once."""
    if not named((await store.organisation(session, me)).policy).cameras:
        raise PolicyForbids("The deployment policy in force allows no office cameras.")
    camera = await _camera(session, me, camera_id)
    key = new_key()
    camera.key_hash, camera.revoked_at = secret_hash(key), None
    session.add(camera)
    await audit.record(session, me.organisation_id, me, "camera.key_renewed", camera=camera.id)
    return CameraWithKey.model_validate({**_described(camera), "key": key})


@router.delete("/{camera_id}", status_code=204)
async def revoke_camera(camera_id: UUID, me: Admin, session: Session) -> None:
    """Its key stops working with the next frame."""
    camera = await _camera(session, me, camera_id)
    camera.revoked_at = camera.revoked_at or datetime.now(UTC)
    session.add(camera)
    await audit.record(session, me.organisation_id, me, "camera.revoked", camera=camera.id)


@router.get("/{camera_id}/sign", response_class=HTMLResponse)
async def print_sign(
    camera_id: UUID,
    me: Admin,
    session: Session,
    state: State,
    locale: Annotated[str, Query(max_length=20, description="en, zh or ko; another one gets English")] = "en",
) -> HTMLResponse:
    """A page to print and hang beside the camera: what it does, for whom, and a QR code to the whole policy."""
    camera = await _camera(session, me, camera_id)
    organisation = await store.organisation(session, me)
    address = f"{state.config.origin}/api/v1/cameras/{camera.id}/policy"
    return HTMLResponse(sign(organisation.name, camera, address, locale), headers=PAGE_HEADERS)
