"""A person's own readings: look, delete, say whether they match."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from backend.deps import Me, Session
from backend.errors import NotFound
from backend.events import SnapshotRead
from backend.jobs import emit
from backend.paging import Cursor
from backend.people.store import lock_person
from backend.reading import store
from backend.reading.schemas import FeedbackIn, ReadingOut, ReadingPage, reading_out
from backend.tables import Person, Reading

router = APIRouter(tags=["check-in"])


@router.get("/readings")
async def list_readings(
    me: Me,
    session: Session,
    start: Annotated[datetime | None, Query(alias="from", description="Captured at or after")] = None,
    end: Annotated[datetime | None, Query(alias="to", description="Captured before")] = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ReadingPage:
    """Your readings, newest first."""
    found = await store.page(
        session, me.id, start=_zoned(start), end=_zoned(end), after=Cursor.decode(cursor), limit=limit
    )
    more = len(found) > limit
    last = found[limit - 1] if more else None
    return ReadingPage(
        items=[reading_out(reading) for reading in found[:limit]],
        next_cursor=Cursor(last.captured_at, last.id).encode() if last else None,
    )


def _zoned(moment: datetime | None) -> datetime | None:
    """A time without zone in a query is UTC."""
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


async def _own(session: Session, me: Person, reading_id: UUID) -> Reading:
    reading = await store.of_person(session, me.id, reading_id)
    if reading is None:
        raise NotFound
    return reading


@router.get("/readings/{reading_id}")
async def read_reading(reading_id: UUID, me: Me, session: Session) -> ReadingOut:
    return reading_out(await _own(session, me, reading_id))


@router.delete("/readings/{reading_id}", status_code=204)
async def delete_reading(reading_id: UUID, me: Me, session: Session) -> None:
    """Deletes a reading; its hour, its day and what followed from them are computed again."""
    await lock_person(session, me.id)  # a camera may be sending the same reading again in this moment
    reading = await _own(session, me, reading_id)
    await store.remove(session, reading)
    if reading.vector is not None:
        await emit(session, SnapshotRead(person_id=me.id, hour=reading.hour, day=reading.day))


@router.post("/readings/{reading_id}/feedback")
async def give_feedback(reading_id: UUID, feedback: FeedbackIn, me: Me, session: Session) -> ReadingOut:
    """Does this match how you feel? Your word is kept beside the reading, it does not change it."""
    reading = await _own(session, me, reading_id)
    reading.agrees = feedback.agrees
    reading.felt = feedback.felt
    session.add(reading)
    await session.flush()
    return reading_out(reading)
