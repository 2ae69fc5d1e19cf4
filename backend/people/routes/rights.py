"""Your rights: everything in one file, who looked, and erasure."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from backend.deps import Caller, Me, Session, State
from backend.limits import EXPORTS, by_person
from backend.paging import Cursor
from backend.people import access
from backend.people.erase import erase_account, erase_outbox
from backend.people.export import export_of
from backend.people.routes.sign_in import COOKIE, COOKIE_PATH
from backend.people.schemas import AccessPage, Look, Receipt
from backend.tables import AccessLog, Person

router = APIRouter(tags=["account"])


@router.get(
    "/me/export",
    response_class=Response,
    responses={200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}},
    dependencies=[Depends(by_person(EXPORTS))],
)
async def export_me(me: Me, state: State, session: Session) -> Response:
    """Everything about you: JSON, CSV and a README in one zip."""
    content = await export_of(session, state.vault, me)
    name = f"evenkeel-{datetime.now(UTC):%Y-%m-%d}.zip"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/zip", headers=headers)


@router.delete("/me")
async def erase_me(me: Caller, state: State, response: Response) -> Receipt:
    """Erases the account and everything about you, at once. The answer is a signed receipt: keep it, we do not."""
    async with state.sessions() as session, session.begin():
        receipt, addresses = await erase_account(session, state.vault, me)
    await asyncio.to_thread(erase_outbox, state.config.home, addresses)
    response.delete_cookie(COOKIE, path=COOKIE_PATH)
    return Receipt.model_validate(receipt)


@router.get("/me/access-log")
async def read_access_log(
    me: Me,
    session: Session,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AccessPage:
    """Who looked at what of yours, when and why; newest first."""
    found = await access.page(session, me.id, Cursor.decode(cursor), limit)
    more = len(found) > limit
    last = found[limit - 1][0] if more else None
    return AccessPage(
        items=[_look(look, actor) for look, actor in found[:limit]],
        next_cursor=Cursor(last.at, last.id).encode() if last else None,
    )


def _look(look: AccessLog, actor: Person | None) -> Look:
    name = (actor.display_name or actor.username) if actor else "somebody whose account was erased"
    return Look.model_validate({**look.model_dump(), "actor": name})
