"""The API process: one ASGI application for the phone client, HR, administrators and cameras."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, NoResultFound
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from backend.announce import Announcements
from backend.api import router
from backend.client import CLIENT, mount_client
from backend.config import Settings
from backend.db import Unreachable, make_engine, make_sessions, transaction
from backend.edge import BodyLimit, Edge
from backend.errors import Gone, Problem, Unavailable, problem_body
from backend.health import router as health_router
from backend.keycheck import check_key
from backend.openapi import TAGS, describe
from backend.state import AppState
from backend.vault import load_vault

log = structlog.get_logger()

# Room for the multipart frame around a photo of the largest size.
FRAME = 100_000
MOST_ERRORS = 40
SOON = {"Retry-After": "5"}
# A full disk, too many connections, a server that shuts down, two requests that waited for each other: the request was
# right and can come again.
PASSES = (
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.TransactionRollbackError,
)


def create_app(config: Settings, dsn: str) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = make_engine(dsn)
        state = AppState(config, engine, make_sessions(engine), load_vault(config), Announcements(dsn))
        async with transaction(state.sessions) as session:
            await check_key(session, state.vault)
        await state.announcements.start()
        app.state.evenkeel = state
        yield
        await state.announcements.stop()
        await engine.dispose()

    app = FastAPI(
        title="Evenkeel",
        version="1",
        description="Wellbeing at work: check in with a photo, see your own range, get support when it helps.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        openapi_tags=TAGS,
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
    )
    app.include_router(router, prefix="/api/v1")
    app.include_router(health_router)
    mount_client(app, Path(__file__).parent.parent / "mobile_client" / "dist")
    _install_handlers(app)
    _install_database_handlers(app)
    describe(app)
    app.add_middleware(BodyLimit, limit=config.max_upload_mb * 1_000_000 + FRAME)
    if config.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=[origin.strip().rstrip("/") for origin in config.cors_origins.split(",")],
            allow_credentials=True,
            allow_methods=["*"],
            allow_headers=["*"],
        )
    app.add_middleware(Edge, https=config.secure_cookies)
    return app


def problem_response(problem: Problem) -> JSONResponse:
    return JSONResponse(problem.body(), problem.status, headers=problem.headers, media_type="application/problem+json")


def outage() -> Unavailable:
    return Unavailable("The database cannot serve now. Nothing that was accepted is lost; try again.", headers=SOON)


def _install_handlers(app: FastAPI) -> None:
    @app.exception_handler(Problem)
    async def on_problem(_: Request, problem: Problem) -> JSONResponse:
        return problem_response(problem)

    @app.exception_handler(RequestValidationError)
    async def on_invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return _plain(
            422,
            "invalid_input",
            "Something in the request is not valid",
            _sentence(error),
            errors=_errors(error),
        )

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> JSONResponse:
        return _plainly_refused(request, error)

    @app.exception_handler(ClientDisconnect)
    async def on_cut_off(_: Request, __: ClientDisconnect) -> JSONResponse:
        """Nobody hears this; the log and the figures do: a tablet that lost its network is no crash of ours."""
        return _plain(400, "bad_request", "The request broke off", "The connection ended before the request did.")


def _install_database_handlers(app: FastAPI) -> None:
    @app.exception_handler(DBAPIError)
    async def on_database(_: Request, error: DBAPIError) -> JSONResponse:
        """SQLSTATE class 22: a value that no column can hold, such as a NUL in a text. The sender can mend that."""
        cause = error.orig.__cause__ if error.orig else None
        if isinstance(cause, asyncpg.DataError):
            return _plain(422, "invalid_input", "Something in the request is not valid", "A value cannot be stored.")
        if error.connection_invalidated or isinstance(cause, PASSES):
            log.error("the database cannot serve", error=type(cause).__name__)
            return problem_response(outage())
        if isinstance(cause, asyncpg.ForeignKeyViolationError):
            return problem_response(Gone("Nothing was stored."))
        raise error

    @app.exception_handler(NoResultFound)
    @app.exception_handler(StaleDataError)
    async def on_gone(_: Request, error: Exception) -> JSONResponse:
        log.warning("gone meanwhile", exc_info=error)
        return problem_response(Gone("Nothing was stored."))

    @app.exception_handler(Unreachable)
    @app.exception_handler(NoConnectionFree)
    async def on_outage(_: Request, error: Exception) -> JSONResponse:
        log.error("the database cannot serve", error=str(error))
        return problem_response(outage())


def _plainly_refused(request: Request, error: HTTPException) -> JSONResponse:
    if error.status_code in (404, 405):
        return _no_route(request)
    code = {400: "bad_request", 401: "not_signed_in"}.get(error.status_code, "http_error")
    return _plain(error.status_code, code, str(error.detail), str(error.detail), headers=dict(error.headers or {}))


def _no_route(request: Request) -> JSONResponse:
    """The framework names the methods of one route, and the client's catch-all hides that there are others."""
    routes = [route for route in request.app.routes if getattr(route, "name", "") != CLIENT]
    allowed = [
        method
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if any(route.matches({**request.scope, "method": method})[0] == Match.FULL for route in routes)
    ]
    if not allowed:
        sentence = "There is no such address in the API"
        return _plain(404, "not_found", sentence, sentence)
    methods = ", ".join(["GET", "HEAD", *allowed[1:]] if allowed[0] == "GET" else allowed)
    detail = f"This address takes {methods}."
    return _plain(405, "method_not_allowed", "Method not allowed", detail, headers={"allow": methods})


def _plain(
    status: int, code: str, title: str, detail: str, headers: dict[str, str] | None = None, **extra: Any
) -> JSONResponse:
    body = problem_body(status, code, title, detail, **extra)
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


def _errors(error: RequestValidationError) -> list[dict[str, str]]:
    """Where and what, without echoing the input: it may be a password. Each once, though a route and what it depends on
    read the same body, and as many as a form has fields: a body can be wrong in a hundred thousand places."""
    said = {(_field(item), _message(item)): None for item in error.errors()[:MOST_ERRORS]}
    return [{"field": field, "message": message} for field, message in said]


def _field(item: dict[str, Any]) -> str:
    """None where the body is no JSON at all: its place in the text is not a field."""
    return "" if item["type"] == "json_invalid" else ".".join(str(part) for part in item["loc"][1:])


def _message(item: dict[str, Any]) -> str:
    if item["type"] == "json_invalid":
        return f"The body is not JSON, from character {item['loc'][-1]} on"
    if "UploadFile" in item["msg"]:
        return "A file belongs here, not a text"
    return str(item["msg"]).removeprefix("Value error, ")


def _sentence(error: RequestValidationError) -> str:
    return "; ".join(
        f"{item['field']}: {item['message']}" if item["field"] else item["message"] for item in _errors(error)
    )
