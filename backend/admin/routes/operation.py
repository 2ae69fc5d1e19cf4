"""Work that failed, and what administrators did."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pgqueuer import AsyncpgDriver, Queries

from backend import audit
from backend.admin import store
from backend.admin.schemas import AuditOut, AuditPage, JobOut
from backend.db import raw_connection
from backend.deps import Admin, Session
from backend.errors import NotFound
from backend.paging import CursorInvalid
from backend.tables import Person

router = APIRouter()

JobId = Annotated[int, Path(ge=1, le=2**62)]


@router.get("/jobs")
async def list_failed_jobs(me: Admin, session: Session) -> list[JobOut]:
    """Jobs that are held after failing: which step and which kind of error, nothing about whom."""
    return [JobOut.model_validate(job) for job in await store.failed_jobs(session, me.organisation_id)]


async def _take(session: Session, me: Person, job_id: int) -> tuple[str, bytes]:
    if not await store.failed_jobs(session, me.organisation_id, job_id):
        raise NotFound
    taken = await store.take_failed_job(session, job_id)
    if taken is None:
        raise NotFound
    return taken


@router.post("/jobs/{job_id}/retry", status_code=202)
async def retry_job(job_id: JobId, me: Admin, session: Session) -> dict[str, str]:
    """As a new job: the old one's tries no longer count against it."""
    step, payload = await _take(session, me, job_id)
    await Queries(AsyncpgDriver(await raw_connection(session))).enqueue(step, payload)
    await audit.record(session, me.organisation_id, me, "job.retried", step=step)
    return {"detail": "The job is tried again."}


@router.delete("/jobs/{job_id}", status_code=204)
async def discard_job(job_id: JobId, me: Admin, session: Session) -> None:
    step, _ = await _take(session, me, job_id)
    await audit.record(session, me.organisation_id, me, "job.discarded", step=step)


@router.get("/audit")
async def read_audit_log(
    me: Admin, session: Session, cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> AuditPage:
    """Administrative acts, newest first. `evenkeel audit verify` checks that none was changed or taken out."""
    found = await store.audit_page(session, me.organisation_id, _before(cursor), limit)
    more = len(found) > limit
    items = [
        AuditOut.model_validate({**entry.model_dump(), "actor": name, "by": _by(entry.actor, name)})
        for entry, name in found[:limit]
    ]
    return AuditPage(items=items, next_cursor=str(items[-1].id) if more else None)


def _by(actor: str, name: str | None) -> str:
    """A user name tells nothing: somebody may be called as the installation is."""
    if actor == audit.SYSTEM:
        return "installation"
    return "erased" if name is None else "person"


def _before(cursor: str | None) -> int | None:
    if not cursor:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise CursorInvalid("Take `next_cursor` from the page before, or leave the cursor out.")
    return int(cursor)
