"""Another master key, without an hour of downtime: first every process learns the new key, then everything is sealed
with it and the old key goes. Called by `evenkeel keys rotate` and `evenkeel keys rotate --finish`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Final

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import audit
from backend.config import Settings
from backend.errors import SetupError
from backend.keycheck import check_any_key
from backend.people.receipts import KEYS_ROTATED, public_key
from backend.tables import KeyCheck, PushSubscription
from backend.vault import Vault, key_file, known_vault, new_master, write_private

# Table, the columns that name a row, and what its value is sealed to (the names are the columns').
SEALED: Final[tuple[tuple[str, tuple[str, ...], str], ...]] = (
    ("blob", ("snapshot_id",), "{snapshot_id}"),
    ("face_template", ("person_id",), "template:{person_id}"),
    ("resting_face", ("person_id",), "resting:{person_id}"),
    ("enrolment_photo", ("enrolment_id", "number"), "enrolment:{enrolment_id}:{number}"),
    ("camera_frame", ("burst_id", "number"), "camera-frame:{burst_id}:{number}"),
)


async def begin(session: AsyncSession, config: Settings) -> Vault:
    """A new key in front of the old ones. Processes take it up when they are restarted."""
    vault = known_vault(config)
    await check_any_key(session, vault)
    if len(vault.masters) > 1 and config.secret_key is None:
        raise SetupError("A rotation is under way: restart every process, then run `evenkeel keys rotate --finish`.")
    if config.secret_key is not None:
        if len(vault.masters) < 2:
            raise SetupError(
                "The key comes from EVENKEEL_SECRET_KEY: set it to the new key (`evenkeel keys new`), a comma and the "
                "old key, everywhere; run this again; then restart every process."
            )
        rotated = vault
    else:
        rotated = Vault((base64.urlsafe_b64decode(new_master()), *vault.masters))
    await session.exec(insert(KeyCheck).values(fingerprint=rotated.fingerprint).on_conflict_do_nothing())
    # Browsers were subscribed with a key that follows from the old one; those that are still wanted come again by
    # themselves when the app is opened.
    await session.exec(delete(PushSubscription))
    retired = public_key(rotated, rotated.masters[1])
    await audit.record(session, None, None, KEYS_ROTATED, retired_receipt_key=retired)
    return rotated


def keep(config: Settings, vault: Vault) -> None:
    """After the commit: a key that the database does not know yet would keep every process from starting."""
    if config.secret_key is None:
        _write(config, vault.masters)


async def finish(session: AsyncSession, config: Settings) -> int:
    """Seals everything with the newest key and forgets the others; how many values were sealed again."""
    vault = known_vault(config)
    await check_any_key(session, vault)
    if len(vault.masters) < 2:
        raise SetupError("No rotation is under way: `evenkeel keys rotate` begins one.")
    number = 0
    for table, names, context in SEALED:
        number += await _seal_again(session, vault, table, names, context)
    await session.exec(delete(KeyCheck).where(col(KeyCheck.fingerprint) != vault.fingerprint))
    await audit.record(session, None, None, "keys.finished", sealed_again=number)
    return number


def forget_old(config: Settings) -> None:
    """After the commit: only now nothing needs the old key any more."""
    if config.secret_key is None:
        _write(config, known_vault(config).masters[:1])


async def _seal_again(session: AsyncSession, vault: Vault, table: str, names: tuple[str, ...], context: str) -> int:
    columns = ", ".join(names)
    where = " and ".join(f"{name} = :{name}" for name in names)
    rows = await session.exec(  # type: ignore[call-overload]
        text(f"select {columns}, sealed from {table} for update")  # noqa: S608 - names from SEALED alone
    )
    number = 0
    for *key, sealed in rows.all():
        if bytes(sealed[:8]) == vault.current_tag:
            continue
        values = dict(zip(names, key, strict=True))
        bound = context.format(**values)
        fresh = vault.seal(vault.open(bytes(sealed), bound), bound)
        await session.exec(  # type: ignore[call-overload]
            text(f"update {table} set sealed = :sealed where {where}"),  # noqa: S608
            params={**values, "sealed": fresh},
        )
        number += 1
    return number


def _write(config: Settings, masters: Sequence[bytes]) -> None:
    content = {"masters": [base64.urlsafe_b64encode(master).decode() for master in masters]}
    write_private(key_file(config) or config.home / "keys.json", json.dumps(content))
