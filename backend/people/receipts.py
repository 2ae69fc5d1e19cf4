"""Signed receipts: what was agreed, withdrawn or erased, as a file that the person keeps and anybody can verify.

Ed25519 over canonical JSON. The signing key is derived from the master key; public keys of earlier master keys are in
the audit log, so that old receipts stay verifiable after a rotation.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.people.belongings import written
from backend.tables import AuditEntry
from backend.vault import Vault

Receipt = dict[str, Any]
KIND: Final = "evenkeel-receipt-1"
KEYS_ROTATED: Final = "keys.rotated"


class ReceiptInvalid(Exception):
    """The sentence says what is wrong with it."""


def issue(vault: Vault, act: str, facts: dict[str, Any], receipt_id: UUID | None = None) -> Receipt:
    receipt: Receipt = {
        "kind": KIND,
        "id": str(receipt_id or uuid4()),
        "act": act,
        "issued_at": datetime.now(UTC).isoformat(),
        "facts": json.loads(json.dumps(facts, default=written)),
        "public_key": public_key(vault),
    }
    return {**receipt, "signature": _text(_signer(vault).sign(_covered(receipt)))}


def verify(receipt: Any, keys: Collection[str]) -> None:
    """Raises ReceiptInvalid, else everything in it is as it was issued by the holder of one of `keys`."""
    if not isinstance(receipt, dict) or receipt.get("kind") != KIND:
        raise ReceiptInvalid("This is not a receipt of Evenkeel.")
    key = str(receipt.get("public_key"))
    if key not in keys:
        raise ReceiptInvalid("This receipt was signed with a key that is not this installation's.")
    try:
        signature = base64.b64decode(str(receipt.get("signature")), validate=True)
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(signature, _covered(receipt))
    except (InvalidSignature, ValueError) as error:
        raise ReceiptInvalid("This receipt was changed after it was signed.") from error


def public_key(vault: Vault, master: bytes | None = None) -> str:
    return _text(_signer(vault, master).public_key().public_bytes_raw())


async def known_keys(session: AsyncSession, vault: Vault) -> list[str]:
    """The key in use first, then those that signed before it."""
    retired = await session.exec(select(AuditEntry.details).where(AuditEntry.action == KEYS_ROTATED))
    keys = [public_key(vault, master) for master in vault.masters]
    return list(dict.fromkeys(keys + [str(details["retired_receipt_key"]) for details in retired]))


def _signer(vault: Vault, master: bytes | None = None) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(vault.derive("receipt-signing", master))


def _covered(receipt: Receipt) -> bytes:
    content = {name: value for name, value in receipt.items() if name != "signature"}
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
