"""Enrolling a face: the photos become an encrypted template in a worker, and are deleted there."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, File, Header, Response, UploadFile
from fastapi.responses import JSONResponse

from backend.deps import Caller, Me, Session, State
from backend.errors import NotFound
from backend.intake.inspect import checked_photo
from backend.intake.policy import wanted_wait
from backend.limits import PHOTOS, by_person
from backend.people import store
from backend.people.enrol import PhotosRefused, ask_for_enrolment, wanted_count
from backend.people.schemas import EnrolmentOut, EnrolmentProblem, FaceTemplateOut
from backend.state import AppState
from backend.tables import FaceTemplate, Person

router = APIRouter(prefix="/me/face-template", tags=["account"])

# Five photos take about a second; whoever asks for an answer later than this says so with Prefer: wait=N.
DEFAULT_WAIT = 10.0


@router.post(
    "",
    status_code=201,
    response_model=FaceTemplateOut,
    responses={202: {"model": EnrolmentOut, "description": "Accepted; ask at Location how it went"}},
    dependencies=[Depends(by_person(PHOTOS))],
)
async def enrol_face(
    me: Caller,
    state: State,
    files: Annotated[list[UploadFile], File(description="1 to 5 photos of you alone")] = [],  # noqa: B006
    file: Annotated[list[UploadFile], File(description="The same under another name")] = [],  # noqa: B006
    prefer: Annotated[str | None, Header(description="wait=N: seconds to wait; default 10")] = None,
) -> Response:
    """Enrol from 1 to 5 photos; replaces what was enrolled before. The photos are deleted once they are read."""
    sent = wanted_count([*files, *file])
    photos = [await checked_photo(photo, state.config) for photo in sent]
    async with state.sessions() as session, session.begin():
        enrolment = await ask_for_enrolment(session, state.vault, me, photos)
    return _answer(await _wait_for(state, me, enrolment.id, _seconds(prefer)))


def _seconds(prefer: str | None) -> float:
    return wanted_wait(prefer) if prefer else DEFAULT_WAIT


async def _wait_for(state: AppState, me: Person, enrolment_id: UUID, seconds: float) -> EnrolmentOut:
    return await state.announcements.look_until(
        f"enrolment:{enrolment_id}",
        seconds,
        lambda: _current(state, me, enrolment_id),
        lambda current: current.status != "waiting",
    )


async def _current(state: AppState, me: Person, enrolment_id: UUID) -> EnrolmentOut:
    async with state.sessions() as session:
        return await _describe(session, me, enrolment_id)


async def _describe(session: Session, me: Person, enrolment_id: UUID) -> EnrolmentOut:
    enrolment = await store.enrolment_of(session, me.id, enrolment_id)
    if enrolment is None:
        raise NotFound
    template = await session.get(FaceTemplate, me.id) if enrolment.status == "done" else None
    problems = [EnrolmentProblem.model_validate(problem) for problem in enrolment.problems]
    out = FaceTemplateOut.model_validate(template.model_dump()) if template else None
    return EnrolmentOut.model_validate(
        {"id": enrolment.id, "status": enrolment.status, "template": out, "problems": problems}
    )


def _answer(current: EnrolmentOut) -> Response:
    if current.status == "refused":
        raise PhotosRefused.of(current.problems)
    if current.template is not None:
        return JSONResponse(current.template.model_dump(mode="json"), 201)
    headers = {"location": f"/api/v1/me/face-template/enrolments/{current.id}"}
    return JSONResponse(current.model_dump(mode="json"), 202, headers=headers)


@router.get("")
async def read_face_template(me: Me, session: Session) -> FaceTemplateOut:
    """Whether and when your face was enrolled; 404 when it is not."""
    template = await session.get(FaceTemplate, me.id)
    if template is None:
        raise NotFound("No face is enrolled.")
    return FaceTemplateOut.model_validate(template.model_dump())


@router.get("/enrolments/{enrolment_id}")
async def read_enrolment(enrolment_id: UUID, me: Me, session: Session) -> EnrolmentOut:
    """How an enrolment went, when the answer did not wait for it."""
    return await _describe(session, me, enrolment_id)


@router.delete("", status_code=204)
async def delete_face_template(me: Me, session: Session) -> None:
    """Erases the template; cameras do not know you from the next frame on."""
    await store.lock_person(session, me.id)
    await store.drop_template(session, me.id)
