"""The one-click link at the foot of each mail (RFC 8058): it says who, does one thing, and cannot be guessed."""

from __future__ import annotations

import base64
import binascii
import hmac
from uuid import UUID

from backend.config import Settings
from backend.vault import Vault


def token_for(person_id: UUID, vault: Vault) -> str:
    return base64.urlsafe_b64encode(person_id.bytes).decode().rstrip("=") + "." + _seal(person_id, vault)


def person_of(token: str, vault: Vault) -> UUID | None:
    name, _, seal = token.partition(".")
    try:
        person_id = UUID(bytes=base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)))
    except (ValueError, binascii.Error):
        return None
    return person_id if hmac.compare_digest(seal.encode(), _seal(person_id, vault).encode()) else None


def _seal(person_id: UUID, vault: Vault) -> str:
    return vault.digest(person_id.bytes, "unsubscribe")[:40]


def link_for(person_id: UUID, vault: Vault, config: Settings) -> str:
    return f"{config.origin}/api/v1/unsubscribe/{token_for(person_id, vault)}"
