"""News of the table as it happens: server-sent events over an ordinary authorised request, no token in an address."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.responses import StreamingResponse

from backend.deps import Hr, State, bearer
from backend.escalation.live import DEFAULT, Watch, watch
from backend.intake.policy import wanted_wait
from backend.people.tokens import AccessTokens

router = APIRouter(tags=["hr"])


@router.get(
    "/hr/escalations/live",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Server-sent events"}},
)
async def follow_escalations(
    hr: Hr,
    state: State,
    token: Annotated[str, Depends(bearer)],
    prefer: Annotated[str | None, Header(description="wait=N: end after N seconds; default: an hour")] = None,
) -> StreamingResponse:
    """`hello` at the start, `cases` whenever a case changed (load the table again), `end` with a `code` when the line
    closes: `again` (connect anew), `not_signed_in`, `not_allowed`. A comment every 20 seconds keeps proxies awake.

    Read it with `fetch` and an Authorization header. It outlives the access token that opened it; a sign-in that was
    ended, or a role that was taken, closes it within half a minute."""
    claims = AccessTokens(state.vault, state.config).read(token)
    who = Watch(hr.id, claims.get("family"), claims["epoch"], hr.organisation_id)
    seconds = wanted_wait(prefer) if prefer else DEFAULT.longest
    return StreamingResponse(
        watch(state, who, seconds),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )
