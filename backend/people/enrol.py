"""Asking for an enrolment: the photos are sealed and announced to the road in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.errors import ConsentMissing, Problem
from backend.events import EnrolmentAsked
from backend.jobs import emit
from backend.people.consent import consents_of
from backend.people.schemas import EnrolmentProblem
from backend.tables import Enrolment, EnrolmentPhoto, Person
from backend.vault import Vault

MOST = 5


class PhotosRefused(Problem):
    """The first problem's code; all of them in `errors`, each with the photo it is about."""

    status, title = 422, "These photos cannot be enrolled"

    def __init__(self, code: str, detail: str, **extra: Any) -> None:
        super().__init__(detail, **extra)
        self._code = code

    @property
    def code(self) -> str:  # type: ignore[override]
        return self._code

    @classmethod
    def of(cls, problems: Sequence[EnrolmentProblem]) -> PhotosRefused:
        errors = [
            {"field": "files" if one.photo is None else f"files.{one.photo}", "message": one.message, "code": one.code}
            for one in problems
        ]
        sentences = " ".join(dict.fromkeys(one.message for one in problems))
        return cls(problems[0].code if problems else "unreadable", sentences, errors=errors)


Photo = TypeVar("Photo")


def wanted_count(photos: list[Photo]) -> list[Photo]:
    if not 1 <= len(photos) <= MOST:
        raise PhotosRefused("photo_count", f"Please send 1 to {MOST} photos of yourself, as `files`.")
    return photos


def sealed_for(enrolment_id: object, number: int) -> str:
    """What a waiting photo is sealed to."""
    return f"enrolment:{enrolment_id}:{number}"


async def ask_for_enrolment(session: AsyncSession, vault: Vault, person: Person, photos: Sequence[bytes]) -> Enrolment:
    consents = await consents_of(session, person.id)
    if not (consents.allows("office_camera") or consents.allows("score_photos")):
        raise ConsentMissing(
            "Allow “office camera” or “read my photos” in your consents first; these photos were not kept.",
            purpose="office_camera",
        )
    enrolment = Enrolment(id=uuid4(), person_id=person.id)
    session.add(enrolment)
    await session.flush()
    for number, photo in enumerate(photos):
        sealed = vault.seal(photo, sealed_for(enrolment.id, number))
        session.add(EnrolmentPhoto(enrolment_id=enrolment.id, number=number, sealed=sealed))
    await emit(session, EnrolmentAsked(person_id=person.id, enrolment_id=enrolment.id))
    return enrolment
