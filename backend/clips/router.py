"""Clips come in on the photos' road; what they add is a timeline."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Header, Response, UploadFile
from fastapi.responses import JSONResponse

from backend.clips import store
from backend.clips.inspect import ClipUnreadable, checked_clip
from backend.clips.problems import clip_sentence, clip_status
from backend.clips.schemas import ClipOut, ClipTimelineOut
from backend.deps import Caller, Me, Session, State
from backend.errors import NotFound
from backend.intake import store as intake
from backend.intake.accept import Photo, accept
from backend.intake.policy import wanted_wait
from backend.intake.schemas import ProblemOut
from backend.limits import CLIPS, count
from backend.reading import store as readings
from backend.reading.schemas import reading_out
from backend.state import AppState
from backend.tables import Person

router = APIRouter(tags=["check-in"])

HERE = "/api/v1/clips"


@router.post(
    "/clips",
    status_code=201,
    response_model=ClipOut,
    responses={202: {"model": ClipOut, "description": "Accepted; ask at Location for the reading"}},
)
async def send_clip(
    me: Caller,
    state: State,
    file: UploadFile,
    captured_at: Annotated[datetime | None, Form(description="When the clip was taken; default: now")] = None,
    idempotency_key: Annotated[str | None, Header(description="Send the same key when you try again")] = None,
    prefer: Annotated[str | None, Header(description="wait=N: seconds to wait for the reading")] = None,
) -> Response:
    """Check in with a clip of 3 to 20 seconds (MP4, WebM or MOV). It is deleted as soon as it has been read."""
    await count(state, CLIPS, str(me.id))
    content = await checked_clip(file, state.config)
    async with state.sessions() as session, session.begin():
        snapshot = await accept(session, state.vault, me, Photo(content, "clip", captured_at, idempotency_key))
    wait = wanted_wait(prefer)
    current = await _wait_for(state, me, snapshot.id, wait)
    if current.status == "rejected" and current.problem:
        code = current.problem.code
        raise ClipUnreadable(code, current.problem.detail, status=clip_status(code), clip=str(current.id))
    headers = {"location": f"{HERE}/{current.id}"} | ({"preference-applied": f"wait={wait:g}"} if wait else {})
    status = 202 if current.status == "accepted" else 201
    return JSONResponse(current.model_dump(mode="json"), status, headers=headers)


async def _wait_for(state: AppState, me: Person, snapshot_id: UUID, seconds: float) -> ClipOut:
    """The worker announces the reading; a replayed clip may be read already."""

    async def look() -> ClipOut:
        async with state.sessions() as session:
            return await describe(session, me, snapshot_id)

    return await state.announcements.look_until(
        f"snapshot:{snapshot_id}", seconds, look, lambda current: current.status != "accepted"
    )


async def describe(session: Session, me: Person, snapshot_id: UUID) -> ClipOut:
    snapshot = await intake.of_person(session, me.id, snapshot_id)
    if snapshot is None or snapshot.source != "clip":
        raise NotFound
    reading = await readings.of_snapshot(session, snapshot.id)
    clip = await store.of_reading(session, me.id, reading.id) if reading else None
    problem = ProblemOut(code=snapshot.problem, detail=clip_sentence(snapshot.problem)) if snapshot.problem else None
    return ClipOut(
        id=snapshot.id,
        status=snapshot.status,
        reading=reading_out(reading) if reading else None,
        clip=ClipTimelineOut.model_validate(clip) if clip else None,
        problem=problem,
    )


@router.get("/clips/{snapshot_id}")
async def read_clip(snapshot_id: UUID, me: Me, session: Session) -> ClipOut:
    """Where a clip is on its way: accepted, read or rejected."""
    return await describe(session, me, snapshot_id)


@router.get("/readings/{reading_id}/timeline")
async def read_timeline(reading_id: UUID, me: Me, session: Session) -> ClipTimelineOut:
    """The timeline of a reading that was made from a clip; 404 for one of a photo."""
    clip = await store.of_reading(session, me.id, reading_id)
    if clip is None:
        raise NotFound("This reading has no timeline: it was not made from a clip.")
    return ClipTimelineOut.model_validate(clip)
