"""Guessing passwords gets slow, without letting anybody shut a colleague out.

Failures are counted by account *and* where they come from. A browser that has signed in to the account before carries
a device cookie and has a counter of its own, so that somebody who guesses from the same office address slows down
only strangers' browsers.
"""

from __future__ import annotations

import hmac
import math
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.errors import TooManyRequests
from backend.people import store
from backend.people.policy import THROTTLE
from backend.vault import Vault

DEVICE_COOKIE = "evenkeel_device"


@dataclass(frozen=True)
class Devices:
    """Device cookies: random, and bound to one account by a keyed digest, so that nothing needs to be stored."""

    vault: Vault

    def new(self, username: str) -> str:
        nonce = secrets.token_urlsafe(16)
        return f"{nonce}.{self._proof(nonce, username)}"

    def key(self, username: str, address: str, cookie: str | None) -> str:
        """What failures are counted under; a digest, so that the table tells nobody who signs in from where."""
        nonce, _, proof = (cookie or "").partition(".")
        known = bool(nonce) and hmac.compare_digest(proof, self._proof(nonce, username))
        place = f"device:{nonce}" if known else f"address:{address}"
        return self.vault.digest(f"{username.lower()}|{place}".encode(), "sign-in-failure")

    def _proof(self, nonce: str, username: str) -> str:
        return self.vault.digest(f"{nonce}|{username.lower()}".encode(), "device-cookie")


async def admit(session: AsyncSession, key: str) -> bool:
    """Refuses who is too fast. Where there were pauses already, the attempt is counted before its password is looked
    at, and True says so: of many that come in the same moment, one is tried."""
    row = await store.failures(session, key)
    if row is None or row.failures < THROTTLE.free:
        return False
    wait = THROTTLE.wait(row.failures, row.last_at, datetime.now(UTC))
    if wait:
        seconds = math.ceil(wait.total_seconds())
        raise TooManyRequests(
            f"Several wrong passwords in a row. Try again in {seconds} seconds, or set a new password by mail.",
            headers={"Retry-After": str(seconds)},
        )
    await store.count_failure(session, key)
    return True
