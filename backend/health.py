"""Is it alive, is it ready, how is it doing: for load balancers and Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from backend.deps import State
from backend.errors import Unavailable

router = APIRouter(include_in_schema=False)

JOBS = Gauge("evenkeel_jobs", "Jobs in the queue by step and status", ["step", "status"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(state: State) -> dict[str, str]:
    try:
        async with state.sessions() as session:
            await session.exec(text("select 1 from person limit 1"))  # type: ignore[call-overload]
    except (SQLAlchemyError, OSError) as error:
        raise Unavailable("The database does not answer yet.") from error
    return {"status": "ready"}


@router.get("/metrics")
async def metrics(state: State) -> Response:
    async with state.sessions() as session:
        rows = await session.exec(  # type: ignore[call-overload]
            text("select entrypoint, status::text, count(*) from pgqueuer group by 1, 2")
        )
        JOBS.clear()
        for step, status, number in rows:
            JOBS.labels(step, status).set(number)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
