"""Withdrawal: what each purpose had gathered is erased, and counted for the receipt.

Called by `consent.record`, when a consent ran out, and when the deployment policy closes a purpose.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Delete, Update, delete, update
from sqlalchemy.engine import CursorResult
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.events import SnapshotRead
from backend.jobs import emit
from backend.people import store
from backend.policy import DeploymentPolicy
from backend.tables import (
    Assessment,
    Case,
    DayRollup,
    Delivery,
    Enrolment,
    FaceTemplate,
    HourRollup,
    Notice,
    Reading,
    Snapshot,
    TelegramCode,
    TelegramLink,
)

Counts = dict[str, int]
# A kiosk recognises people as a camera does, by the same consent.
CAMERAS = ("camera", "kiosk")


async def erase_purpose(session: AsyncSession, person_id: UUID, purpose: str, *, keep_template: bool = False) -> Counts:
    """Rows erased by kind. The caller holds the person's lock."""
    counts = await ERASERS[purpose](session, person_id)
    if purpose == "score_photos" and not keep_template:
        counts |= await _template(session, person_id)
    return counts


async def _photos(session: AsyncSession, person_id: UUID) -> Counts:
    await store.wait_for_reading(session, person_id)
    unshared, asked = await _cases_that(session, person_id, col(Case.status) == "asked")
    return {
        "readings": await _rows(session, delete(Reading).where(col(Reading.person_id) == person_id)),
        "snapshots": await _rows(session, delete(Snapshot).where(col(Snapshot.person_id) == person_id)),
        "hours": await _rows(session, delete(HourRollup).where(col(HourRollup.person_id) == person_id)),
        "days": await _rows(session, delete(DayRollup).where(col(DayRollup.person_id) == person_id)),
        "assessments": await _rows(session, delete(Assessment).where(col(Assessment.person_id) == person_id)),
        "notices": await _notices(session, person_id, "risk:") + asked,
        "unshared_cases": unshared,
    }


async def _camera(session: AsyncSession, person_id: UUID) -> Counts:
    """Template and camera readings go; the hours that they were part of are computed again from what is left."""
    await store.wait_for_reading(session, person_id)
    touched = select(col(Reading.hour), col(Reading.day)).where(
        col(Reading.person_id) == person_id, col(Reading.source).in_(CAMERAS)
    )
    hours = set((await session.exec(touched)).all())
    readings = await _rows(
        session, delete(Reading).where(col(Reading.person_id) == person_id, col(Reading.source).in_(CAMERAS))
    )
    snapshots = await _rows(
        session, delete(Snapshot).where(col(Snapshot.person_id) == person_id, col(Snapshot.source).in_(CAMERAS))
    )
    for hour, day in hours:
        await emit(session, SnapshotRead(person_id=person_id, hour=hour, day=day))
    return {"snapshots": snapshots, "readings": readings, **await _template(session, person_id)}


async def _template(session: AsyncSession, person_id: UUID) -> Counts:
    await session.exec(delete(Enrolment).where(col(Enrolment.person_id) == person_id))
    gone = await _rows(session, delete(FaceTemplate).where(col(FaceTemplate.person_id) == person_id))
    return {"face_templates": gone}


async def _groups(session: AsyncSession, person_id: UUID) -> Counts:
    await store.wait_for_reading(session, person_id)
    known = col(Reading.age_band).is_not(None) | col(Reading.gender_group).is_not(None)
    emptied = update(Reading).where(col(Reading.person_id) == person_id, known).values(age_band=None, gender_group=None)
    return {"age_and_gender_groups": await _rows(session, emptied)}


async def _cases(session: AsyncSession, person_id: UUID) -> Counts:
    return {
        "cases": await _rows(session, delete(Case).where(col(Case.person_id) == person_id)),
        "notices": await _notices(session, person_id, "case:"),
    }


async def _cases_that(session: AsyncSession, person_id: UUID, which: ColumnElement[bool]) -> tuple[int, int]:
    """With what was planned to say about them: a question about a case that is gone is not asked."""
    gone = await session.exec(delete(Case).where(col(Case.person_id) == person_id, which).returning(col(Case.id)))
    cases = gone.scalars().all()
    return len(cases), sum([await _notices(session, person_id, f"case:{case}:") for case in cases])


async def narrow_cases(session: AsyncSession, person_id: UUID, policy: DeploymentPolicy) -> Counts:
    """Cases that an assessment opened go; one that the person opened stays, without what the policy keeps back."""
    cases, notices = await _cases_that(session, person_id, col(Case.opened_by) == "policy")
    for case in await session.exec(select(Case).where(Case.person_id == person_id)):
        case.shared, case.level = policy.for_hr(case.shared), "none"
        session.add(case)
    return {"cases": cases, "notices": notices}


async def _telegram(session: AsyncSession, person_id: UUID) -> Counts:
    await session.exec(delete(TelegramCode).where(col(TelegramCode.person_id) == person_id))
    links = await _rows(session, delete(TelegramLink).where(col(TelegramLink.person_id) == person_id))
    return {"telegram_links": links, "deliveries": await _deliveries(session, person_id, "telegram")}


async def _email(session: AsyncSession, person_id: UUID) -> Counts:
    return {"deliveries": await _deliveries(session, person_id, "email")}


async def _notices(session: AsyncSession, person_id: UUID, prefix: str) -> int:
    return await _rows(
        session, delete(Notice).where(col(Notice.person_id) == person_id, col(Notice.key).startswith(prefix))
    )


async def _deliveries(session: AsyncSession, person_id: UUID, channel: str) -> int:
    own = select(Notice.id).where(Notice.person_id == person_id)
    return await _rows(
        session, delete(Delivery).where(col(Delivery.notice_id).in_(own), col(Delivery.channel) == channel)
    )


async def _rows(session: AsyncSession, statement: Delete | Update) -> int:
    result: CursorResult[Any] = await session.exec(statement)
    return int(result.rowcount)


ERASERS: dict[str, Callable[[AsyncSession, UUID], Awaitable[Counts]]] = {
    "score_photos": _photos,
    "office_camera": _camera,
    "demographics": _groups,
    "share_escalations": _cases,
    "telegram": _telegram,
    "email": _email,
}
