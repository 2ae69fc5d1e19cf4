"""An error class carries its consequence: which HTTP answer it is, or whether a job is tried again.

Every answer that is not a success is RFC 9457 problem+json with a stable `code` and a sentence that says what
happened and what to do.
"""

from __future__ import annotations

from typing import Any, ClassVar


class Problem(Exception):
    """Raised anywhere below the HTTP edge; `app.py` turns it into the answer."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"
    title: ClassVar[str] = "The request could not be understood"

    def __init__(self, detail: str = "", *, headers: dict[str, str] | None = None, **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.headers = headers or {}
        self.extra = extra

    def body(self) -> dict[str, Any]:
        return problem_body(self.status, self.code, self.title, self.detail, **self.extra)


def problem_body(status: int, code: str, title: str, detail: str, **extra: Any) -> dict[str, Any]:
    return {
        "type": f"about:blank#{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        **extra,
    }


class NotFound(Problem):
    status, code, title = 404, "not_found", "There is nothing here, or it is not yours to see"


class Unauthorised(Problem):
    status, code, title = 401, "not_signed_in", "Please sign in"

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"}, **extra)


class Forbidden(Problem):
    status, code, title = 403, "not_allowed", "Your account does not allow this"


class ConsentMissing(Problem):
    status, code, title = 403, "consent_missing", "This needs your consent first"


class PolicyForbids(Problem):
    status, code, title = 403, "policy_forbids", "Your organisation's policy does not allow this"


class Conflict(Problem):
    status, code, title = 409, "conflict", "This collides with something that exists"


class Invalid(Problem):
    status, code, title = 422, "invalid_input", "Something in the request is not valid"


class IdempotencyKeyReused(Problem):
    status, code = 422, "idempotency_key_reused"
    title = "This Idempotency-Key was used for another photo"


class BodyTooLarge(Problem):
    status, code, title = 413, "too_large", "The upload is too large"


class TooManyRequests(Problem):
    status, code, title = 429, "too_many_requests", "Too many requests; wait a moment and try again"


class Unavailable(Problem):
    status, code, title = 503, "unavailable", "The service is not ready; try again in a moment"


class Gone(Conflict):
    """The account or the row that the request was about was deleted while it was under way."""

    code, title = "gone_meanwhile", "What this is about was deleted in this moment"


class Crashed(Problem):
    status, code, title = 500, "internal_error", "Internal error"

    def __init__(self) -> None:
        super().__init__("Something broke on our side. Nothing that was accepted is lost; try again in a moment.")


class JobError(Exception):
    """Base of errors that a step raises on purpose."""


class RetryLater(JobError):
    """Something outside failed (a mail server, a network): the job is tried again with growing delays."""


class PermanentError(JobError):
    """Trying again cannot help: the job is held for a person to look at."""


class SetupError(Exception):
    """The installation cannot start like this; the CLI prints the one sentence and exits with 2."""
