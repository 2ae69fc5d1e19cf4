"""Work about people: making a face template, and the daily look at consents and leftovers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.announce import announce
from backend.events import EnrolmentAsked
from backend.people import store
from backend.people.consent import consents_of
from backend.people.enrol import sealed_for
from backend.people.policy import THROTTLE
from backend.resources import Resources
from backend.tables import Enrolment, FaceTemplate

# An enrolment is made within seconds; after this nobody waits for it, and its photos must not stay.
FORGOTTEN = timedelta(minutes=15)


async def enrol_face(session: AsyncSession, event: EnrolmentAsked, resources: Resources) -> None:
    """Step after EnrolmentAsked: photos → sealed template; the photos go in the same transaction."""
    enrolment = await store.enrolment(session, event.enrolment_id)
    if enrolment is None or enrolment.status != "waiting":
        return
    consents = await consents_of(session, event.person_id)
    if not (consents.allows("office_camera") or consents.allows("score_photos")):
        await _finish(session, enrolment, [_problem(None, "consent_missing", "The consent was withdrawn.")])
        return
    photos = await store.photos_of(session, enrolment.id)
    opened = [resources.vault.open(photo.sealed, sealed_for(enrolment.id, photo.number)) for photo in photos]
    made, problems = await asyncio.get_running_loop().run_in_executor(
        resources.threads, _template_of, resources, opened
    )
    if made is not None:
        sealed = resources.vault.seal(made.template, f"template:{event.person_id}")
        await store.save_template(
            session,
            FaceTemplate(
                person_id=event.person_id,
                sealed=sealed,
                photos=len(photos),
                model_version=made.model,
                created_at=datetime.now(UTC),
            ),
        )
        resting = resources.vault.seal(made.resting, f"resting:{event.person_id}") if made.resting else None
        await store.save_resting(session, event.person_id, resting)
    await _finish(session, enrolment, problems)


@dataclass(frozen=True, slots=True)
class _Made:
    template: bytes
    model: str
    # The action units of the face at rest: none without the extra `clips`, or where no photo looks neutral.
    resting: bytes | None


def _template_of(resources: Resources, photos: Sequence[bytes]) -> tuple[_Made | None, list[dict[str, Any]]]:
    from ml.faces.enrolment import EnrolmentRefused
    from ml.units.resting import to_bytes

    try:
        template = resources.faces.enrol(photos)
    except EnrolmentRefused as refused:
        return None, [_problem(one.index, one.code, one.sentence) for one in refused.problems]
    resting = resources.faces.resting_units(photos)
    return _Made(template.to_bytes(), template.model, None if resting is None else to_bytes(resting)), []


def _problem(photo: int | None, code: str, message: str) -> dict[str, Any]:
    return {"photo": photo, "code": code, "message": message}


async def refuse_enrolment(session: AsyncSession, event: EnrolmentAsked, _: Resources) -> None:
    """When it failed for good: the person learns it, and no photo stays behind."""
    enrolment = await store.enrolment(session, event.enrolment_id)
    if enrolment is not None and enrolment.status == "waiting":
        await _give_up(session, enrolment)


async def _give_up(session: AsyncSession, enrolment: Enrolment) -> None:
    sentence = "The photos could not be read. None was kept; please try again."
    await _finish(session, enrolment, [_problem(None, "unreadable", sentence)])


async def _finish(session: AsyncSession, enrolment: Enrolment, problems: list[dict[str, Any]]) -> None:
    enrolment.status = "refused" if problems else "done"
    enrolment.problems = problems
    session.add(enrolment)
    await store.drop_photos(session, enrolment.id)
    await announce(session, f"enrolment:{enrolment.id}")


async def tidy(session: AsyncSession, _: Resources) -> None:
    """Periodic: no photo of a lost enrolment stays; old reset codes and failure counters go."""
    for enrolment in await store.forgotten_enrolments(session, FORGOTTEN):
        await _give_up(session, enrolment)
    await store.drop_old_resets(session)
    await store.drop_old_failures(session, THROTTLE.forget_after)
