"""Argon2id, away from the event loop: a hash takes tens of milliseconds on purpose."""

from __future__ import annotations

import asyncio
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

HASHER = PasswordHasher()


async def hash_password(password: str) -> str:
    return await asyncio.to_thread(HASHER.hash, password)


async def password_matches(stored: str | None, password: str) -> bool:
    """Takes as long for a name that does not exist, so that names cannot be tried out."""
    return await asyncio.to_thread(_matches, stored or _nobody(), password) and stored is not None


def _matches(stored: str, password: str) -> bool:
    try:
        return HASHER.verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return False


@lru_cache
def _nobody() -> str:
    return HASHER.hash("nobody has this password")
