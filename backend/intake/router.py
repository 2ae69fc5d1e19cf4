"""Photos come in; the answer is the reading, if it is ready in the time that the client wants to wait."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Header, Response, UploadFile
from fastapi.responses import JSONResponse

from backend.deps import Caller, Me, Session, State
from backend.errors import NotFound
from backend.intake import store
from backend.intake.accept import Photo, accept
from backend.intake.inspect import checked_photo
from backend.intake.policy import wanted_wait
from backend.intake.schemas import ProblemOut, SnapshotOut
from backend.limits import PHOTOS, count
from backend.reading import store as readings
from backend.reading.problems import PhotoUnreadable, problem_sentence
from backend.reading.schemas import reading_out
from backend.state import AppState
from backend.tables import Person, Snapshot

router = APIRouter(tags=["check-in"])

HERE = "/api/v1/snapshots"


@router.post(
    "/snapshots",
    status_code=201,
    response_model=SnapshotOut,
    responses={202: {"model": SnapshotOut, "description": "Accepted; ask at Location for the reading"}},
)
async def send_photo(
    me: Caller,
    state: State,
    file: UploadFile,
    captured_at: Annotated[datetime | None, Form(description="When the photo was taken; default: now")] = None,
    idempotency_key: Annotated[str | None, Header(description="Send the same key when you try again")] = None,
    prefer: Annotated[str | None, Header(description="wait=N: seconds to wait for the reading")] = None,
) -> Response:
    """Check in with a photo. It is deleted as soon as it has been read."""
    await count(state, PHOTOS, str(me.id))
    content = await checked_photo(file, state.config)
    photo = Photo(content, "phone", captured_at, idempotency_key)
    async with state.sessions() as session, session.begin():
        snapshot = await accept(session, state.vault, me, photo)
    wait = wanted_wait(prefer)
    if wait:
        current = await _wait_for(state, me, snapshot, wait)
    elif snapshot.status == "accepted":
        current = SnapshotOut(id=snapshot.id, status="accepted")
    else:
        current = await _current(state, me, snapshot.id)
    return _answer(current, applied=wait)


async def _wait_for(state: AppState, me: Person, snapshot: Snapshot, seconds: float) -> SnapshotOut:
    """The worker announces the reading; a replayed photo may be read already."""
    return await state.announcements.look_until(
        f"snapshot:{snapshot.id}",
        seconds,
        lambda: _current(state, me, snapshot.id),
        lambda current: current.status != "accepted",
    )


async def _current(state: AppState, me: Person, snapshot_id: UUID) -> SnapshotOut:
    async with state.sessions() as session:
        return await describe(session, me, snapshot_id)


async def describe(session: Session, me: Person, snapshot_id: UUID) -> SnapshotOut:
    snapshot = await store.of_person(session, me.id, snapshot_id)
    if snapshot is None:
        raise NotFound
    reading = await readings.of_snapshot(session, snapshot.id)
    problem = ProblemOut(code=snapshot.problem, detail=problem_sentence(snapshot.problem)) if snapshot.problem else None
    return SnapshotOut(
        id=snapshot.id,
        status=snapshot.status,
        reading=reading_out(reading) if reading else None,
        problem=problem,
    )


def _answer(current: SnapshotOut, applied: float) -> Response:
    if current.status == "rejected" and current.problem:
        raise PhotoUnreadable(current.problem.code, current.problem.detail, snapshot=str(current.id))
    headers = {"location": f"{HERE}/{current.id}"}
    if applied:
        headers["preference-applied"] = f"wait={applied:g}"
    status = 202 if current.status == "accepted" else 201
    return JSONResponse(current.model_dump(mode="json"), status, headers=headers)


@router.get("/snapshots/{snapshot_id}")
async def read_snapshot(snapshot_id: UUID, me: Me, session: Session) -> SnapshotOut:
    """Where a photo is on its way: accepted, read or rejected."""
    return await describe(session, me, snapshot_id)
