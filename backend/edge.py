"""What wraps each request before any route: its id, its log line, its metrics, its size limit, its headers."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from uuid import uuid4

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.errors import BodyTooLarge, Crashed, Problem

log = structlog.get_logger("http")

REQUESTS = Counter("evenkeel_requests_total", "Requests by route and status", ["method", "route", "status"])
SECONDS = Histogram("evenkeel_request_seconds", "Time to answer by route", ["method", "route"])

REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")

SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
    "content-security-policy": (
        "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
}
# A year; only where the administrator has said that people come over HTTPS, and for this host alone: what a company
# serves below the same name is not ours to decide.
HTTPS = {"strict-transport-security": "max-age=31536000"}


class Edge:
    """Outermost: gives the request an id, logs and counts the answer, adds the security headers."""

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self.app = app
        self.headers = SECURITY_HEADERS | (HTTPS if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}  # the same answer; the server leaves out its body
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.match(given) else uuid4().hex
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started, status, answering = time.perf_counter(), 500, False

        async def send_marked(message: Message) -> None:
            nonlocal status, answering
            if message["type"] == "http.response.start":
                status, answering = message["status"], True
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("cache-control", "no-store")
            await send(message)

        try:
            await self.app(scope, receive, send_marked)
        except Exception as error:
            # Here, since the framework's own answer to a crash has neither the request's id nor our headers.
            log.error("request failed", exc_info=error)
            if answering:
                raise  # half an answer: the connection ends
            await _refuse(Crashed(), scope, receive, send_marked)
        finally:
            _account(scope, status, time.perf_counter() - started)
            structlog.contextvars.unbind_contextvars("request_id")


def _account(scope: Scope, status: int, seconds: float) -> None:
    """By route template, never by address: an address may carry an id."""
    route = getattr(scope.get("route"), "path", "(none)")
    REQUESTS.labels(scope["method"], route, status).inc()
    SECONDS.labels(scope["method"], route).observe(seconds)
    if route not in ("/healthz", "/readyz", "/metrics"):
        log.info("answered", method=scope["method"], route=route, status=status, ms=round(seconds * 1000, 1))


# More than the largest batch of a camera's readings. Looking at each of a million fields that are wrong would stop the
# process for many seconds, and whoever sends them needs no account.
WORDS = 2_000_000
FILES = ("multipart/", "image/", "application/octet-stream")


class BodyLimit:
    """Refuses a body that is too large: by its announced length before reading, else while it comes in. A body that
    carries no file has less room."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.most = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        announced = headers.get("content-length", "0")
        carries_file = headers.get("content-type", "").lower().startswith(FILES)
        limit = self.most if carries_file else min(self.most, WORDS)
        if announced.isdigit() and int(announced) > limit:
            await self._refuse(limit, scope, receive, send)
            return
        seen, answered = 0, False

        async def receive_counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise _Overrun
            return message

        async def send_unless_over(message: Message) -> None:
            nonlocal answered
            if answered or seen <= limit:
                answered = True
                await send(message)
            # else the framework's own answer: it takes the overrun for a body that it cannot parse

        with suppress(_Overrun):
            await self.app(scope, receive_counted, send_unless_over)
        if seen > limit and not answered:
            await self._refuse(limit, scope, receive, send)

    async def _refuse(self, limit: int, scope: Scope, receive: Receive, send: Send) -> None:
        advice = "Send a smaller photo; nothing was kept." if limit == self.most else "Nothing was kept."
        problem = BodyTooLarge(f"The upload is larger than {limit // 1_000_000} MB. {advice}")
        problem.headers["connection"] = "close"
        await _refuse(problem, scope, receive, send)


async def _refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    from backend.app import problem_response

    await problem_response(problem)(scope, receive, send)


class _Overrun(Exception):
    pass
