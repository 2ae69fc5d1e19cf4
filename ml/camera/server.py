"""The agent's line to the server: what can be asked and sent, and the two ways in which it fails."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import uuid4

import httpx

from ml.camera.policy import LINK, LinkPolicy
from ml.camera.templates import Known, unpack

Reading = dict[str, Any]
ELSEWHERE = "something else answers at this address"


class Away(Exception):
    """The server does not answer, or not now: keep, and try again."""


class Refused(Exception):
    """The key was revoked, or the policy allows no cameras: forget everybody and stop."""


class Invalid(Exception):
    """The server will never take this."""


@dataclass(frozen=True, slots=True)
class News:
    version: str
    people: list[Known]


class Server:
    """Safe to use from several threads."""

    def __init__(self, address: str, key: str, policy: LinkPolicy = LINK) -> None:
        self._key = key
        self._policy = policy
        # How far this machine's clock is ahead of the server's, where it matters.
        self.ahead = timedelta()
        self._http = httpx.Client(
            base_url=address.rstrip("/") + "/api/v1/cameras",
            headers={"X-API-Key": key},
            timeout=policy.timeout,
            follow_redirects=False,
        )

    def close(self) -> None:
        self._http.close()

    def templates(self, known: str | None, wait: float) -> News | None:
        """None when nothing changed in the time that was waited."""
        headers = {"Prefer": f"wait={wait:g}"} | ({"If-None-Match": f'"{known}"'} if known else {})
        answer = self._ask("GET", "/templates", headers=headers, timeout=self._policy.timeout + wait)
        if answer.status_code == 304:
            return None
        try:
            found = answer.json()
            return News(found["version"], unpack(self._key, found["version"], found["sealed"]))
        except (ValueError, KeyError, TypeError) as error:
            raise Away(ELSEWHERE) from error

    def send(self, readings: Sequence[Reading]) -> int:
        """How many were refused for good; when this returns, the others are stored."""
        answer = self._ask("POST", "/readings", json={"readings": list(readings)})
        try:
            return len(answer.json()["refused"])
        except (ValueError, KeyError, TypeError) as error:
            raise Away(ELSEWHERE) from error

    def send_frames(self, frames: Sequence[bytes], captured_at: str) -> None:
        files = [("file", (f"{number}.jpg", frame, "image/jpeg")) for number, frame in enumerate(frames)]
        headers = {"Idempotency-Key": str(uuid4()), "Prefer": "wait=0"}
        self._ask("POST", "/frames", files=files, data={"captured_at": captured_at}, headers=headers)

    def heartbeat(self, health: dict[str, Any]) -> None:
        self._ask("POST", "/heartbeat", json=health)

    def _ask(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, **content)
        except (httpx.HTTPError, OSError) as error:
            raise Away(type(error).__name__) from error
        # A captive portal, a login page or a gateway whose backend is gone answers too, with anything. Only our own
        # words end anything; 413 is a proxy's limit, and means what it says.
        if answer.is_redirect or not (answer.status_code in (204, 304, 413) or _is_ours(answer)):
            raise Away(f"{ELSEWHERE} (status {answer.status_code})")
        self._compare_clocks(answer.headers.get("date", ""))
        if answer.status_code in (401, 403):
            raise Refused(_sentence(answer))
        if answer.status_code == 429 or answer.status_code >= 500:
            raise Away(f"status {answer.status_code}")
        if answer.status_code >= 400:
            raise Invalid(_sentence(answer))
        return answer

    def _compare_clocks(self, date: str) -> None:
        """Readings are dated by the server's clock where this machine's is wrong: it would refuse the future."""
        with suppress(ValueError, TypeError):
            ahead = datetime.now(UTC) - parsedate_to_datetime(date)
            self.ahead = ahead if abs(ahead.total_seconds()) > self._policy.clock else timedelta()


def _is_ours(answer: httpx.Response) -> bool:
    """Each refusal of Evenkeel is a problem with a code; gateways say theirs in JSON too."""
    if not answer.is_error:
        return "json" in answer.headers.get("content-type", "")
    try:
        return "problem+json" in answer.headers.get("content-type", "") and "code" in answer.json()
    except (ValueError, TypeError):
        return False


def _sentence(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}"
