"""Codes that people type from paper or another screen: invites, the link to Telegram."""

from __future__ import annotations

import secrets
from typing import Final

# No 0/O, 1/I. Each letter is five bits.
LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def letters(count: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(count))


def invite_code() -> str:
    """Sixty bits, in groups that a person can copy; trying is limited by address."""
    return "-".join(letters(4) for _ in range(3))
