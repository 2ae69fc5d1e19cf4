"""A person's notices."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from backend.deps import Me, Session
from backend.errors import NotFound
from backend.notify import store
from backend.notify.schemas import HelpfulIn, NoticeOut, NoticePage, notice_out
from backend.paging import Cursor

router = APIRouter(prefix="/notices", tags=["support"])


@router.get("")
async def list_notices(
    me: Me, session: Session, cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> NoticePage:
    """Your notices, newest first."""
    found = await store.page(session, me.id, Cursor.decode(cursor), limit)
    last = found[limit - 1] if len(found) > limit else None
    return NoticePage(
        items=[notice_out(notice, me.locale) for notice in found[:limit]],
        next_cursor=Cursor(last.created_at, last.id).encode() if last else None,
    )


@router.post("/{notice_id}/feedback")
async def rate_notice(notice_id: UUID, feedback: HelpfulIn, me: Me, session: Session) -> NoticeOut:
    """Was this helpful? What was not is not sent again."""
    notice = await store.of_person(session, me.id, notice_id)
    if notice is None:
        raise NotFound
    notice.helpful = feedback.helpful
    session.add(notice)
    await session.flush()
    return notice_out(notice, me.locale)
