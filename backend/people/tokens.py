"""Access tokens: short JWTs that carry who and which session epoch, nothing about the person."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from backend.config import Settings
from backend.errors import Unauthorised
from backend.tables import Person
from backend.vault import Vault

ALGORITHM = "HS256"
# Two machines' clocks are never quite the same: a token is not refused because its issuer's is ahead.
CLOCKS = timedelta(seconds=30)


@dataclass(frozen=True)
class AccessTokens:
    vault: Vault
    config: Settings

    @property
    def life(self) -> timedelta:
        return timedelta(minutes=self.config.access_token_minutes)

    def issue(self, person: Person, family: str | None = None) -> str:
        now = datetime.now(UTC)
        claims = {"sub": str(person.id), "epoch": person.session_epoch, "iat": now, "exp": now + self.life}
        return jwt.encode({**claims, "family": family}, self.vault.derive("access-token"), ALGORITHM)

    def read(self, token: str) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                self.vault.derive("access-token"),
                [ALGORITHM],
                leeway=CLOCKS,
                options={"require": ["sub", "exp", "epoch"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise Unauthorised("Your sign-in has run out. Refresh it or sign in again.") from error
        except jwt.InvalidTokenError as error:
            raise Unauthorised("This is not a valid sign-in. Please sign in again.") from error


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    """Random secrets of 256 bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
