"""What cameras and kiosks may do with their key: learn whom they may know, and add readings of those."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from backend.camera import store
from backend.camera.accept import accept_readings
from backend.camera.frames import accept_frames, sent_in, wait_for
from backend.camera.key import CameraEye, FramesEye, ReadingEye
from backend.camera.notice import PAGE_HEADERS, policy_page
from backend.camera.schemas import FramesOut, Health, ReadingsIn, ReadingsOut, Refused, TemplatesOut
from backend.camera.templates import changed_since, sealed_for, version_of
from backend.deps import Session, State
from backend.errors import NotFound
from backend.intake.policy import wanted_wait
from backend.limits import CAMERA, count
from backend.policy import named

router = APIRouter(prefix="/cameras", tags=["camera"])

Prefer = Annotated[str | None, Header(description="wait=N: seconds to wait")]
# Reading a burst takes a second or two; whoever wants an earlier answer says so with Prefer: wait=N.
DEFAULT_WAIT = 10.0

PICTURE: dict[str, Any] = {"type": "string", "format": "binary"}
FORM: dict[str, Any] = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "array", "items": PICTURE, "minItems": 1, "maxItems": 8},
        "captured_at": {"type": "string", "format": "date-time"},
        "source": {"type": "string", "enum": ["camera", "kiosk"], "default": "camera"},
    },
}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"multipart/form-data": {"schema": FORM}, "image/jpeg": {"schema": PICTURE}},
    }
}


@router.get(
    "/templates",
    response_model=TemplatesOut,
    responses={304: {"description": "Nothing changed", "content": {}}},
)
async def read_templates(
    eye: ReadingEye,
    state: State,
    if_none_match: Annotated[str | None, Header(description="The version that the agent has")] = None,
    prefer: Prefer = None,
) -> Response:
    """Whom this camera may know now. With `Prefer: wait=N` the answer comes as soon as that changes."""
    await count(state, CAMERA, str(eye.camera_id))
    known = if_none_match.strip('W/" ') if if_none_match else None
    templates = await changed_since(state, eye, known, wanted_wait(prefer))
    if templates is None:
        return Response(status_code=304, headers={"etag": f'"{known}"'})
    version = version_of(templates)
    sealed = sealed_for(eye, state.vault, version, templates)
    body = TemplatesOut(version=version, people=len(templates), sealed=sealed)
    return JSONResponse(body.model_dump(mode="json"), headers={"etag": f'"{version}"'})


@router.post("/readings", status_code=201)
async def add_readings(sent: ReadingsIn, eye: ReadingEye, state: State, session: Session) -> ReadingsOut:
    """Readings scored at the edge; when this is answered they are stored. Send a batch again whenever in doubt."""
    await count(state, CAMERA, str(eye.camera_id))
    outcome = await accept_readings(session, eye, sent.readings)
    return ReadingsOut(
        accepted=outcome.accepted,
        duplicates=outcome.duplicates,
        refused=[Refused(id=id_, code=code) for id_, code in outcome.refused],
    )


@router.post(
    "/frames",
    status_code=201,
    response_model=FramesOut,
    responses={202: {"model": FramesOut, "description": "Accepted; not read in the time that was waited"}},
    openapi_extra=BODY,
)
async def send_frames(
    request: Request,
    eye: FramesEye,
    state: State,
    idempotency_key: Annotated[str | None, Header(description="Send the same key when you try again")] = None,
    prefer: Prefer = None,
) -> Response:
    """One frame, or a burst of up to eight of the same few seconds. They are deleted as soon as they are read."""
    await count(state, CAMERA, str(eye.camera_id))
    sent = await sent_in(request, state)
    async with state.sessions() as session, session.begin():
        burst = await accept_frames(session, state.vault, eye, sent, idempotency_key)
    found = await wait_for(state, burst.id, wanted_wait(prefer) if prefer else DEFAULT_WAIT)
    return JSONResponse(found.model_dump(mode="json"), 202 if found.status == "accepted" else 201)


@router.post("/heartbeat", status_code=204)
async def beat(health: Health, eye: CameraEye, state: State, session: Session) -> None:
    """How the agent is doing, for the administrator's list of cameras. Counts only."""
    await count(state, CAMERA, str(eye.camera_id))
    await store.note_health(session, eye.camera_id, health.model_dump())


@router.get("/{camera_id}/policy", response_class=HTMLResponse)
async def read_camera_policy(
    camera_id: UUID,
    state: State,
    session: Session,
    accept_language: Annotated[str, Header(max_length=200)] = "en",
) -> HTMLResponse:
    """For whoever scans the sign beside a camera: what it does, and what it does not. Open to everybody."""
    found = await store.camera_of(session, camera_id)
    if found is None:
        raise NotFound
    camera, organisation = found
    active = camera.revoked_at is None and named(organisation.policy).cameras
    page = policy_page(organisation.name, camera, accept_language, active=active)
    return HTMLResponse(page, headers=PAGE_HEADERS)
