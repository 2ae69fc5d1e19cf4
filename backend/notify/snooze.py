"""Putting off the question for one's mood: it comes again, a few times at most."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.errors import Conflict
from backend.events import NoticeDue
from backend.jobs import emit
from backend.notify import store
from backend.notify.policy import DEFAULT, PROMPT
from backend.tables import Notice

SNOOZE: Final = timedelta(minutes=30)


class PutOffEnough(Conflict):
    code, title = "put_off_enough", "This was put off a few times already"


async def snooze(session: AsyncSession, notice: Notice, wait: timedelta) -> None:
    """Called by the route and by Telegram's button."""
    times = int(notice.facts.get("snoozed", 0))
    if notice.kind != PROMPT:
        raise Conflict("Only the question for your mood can be put off.")
    if times >= DEFAULT.snoozes:
        raise PutOffEnough("This was put off a few times already; it will not come again.")
    notice.facts = {**notice.facts, "snoozed": times + 1}
    notice.due_at = datetime.now(UTC) + wait
    session.add(notice)
    await store.forget_deliveries(session, notice.id)
    await emit(session, NoticeDue(person_id=notice.person_id, notice_id=notice.id), delay=wait)
