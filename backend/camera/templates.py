"""Whom a camera may know: the templates of people whose consent is in force, sealed for that camera."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.camera import store
from backend.camera.key import Eye, eye_of
from backend.state import AppState
from backend.tables import FaceTemplate
from backend.vault import Vault
from ml.camera.templates import Known, pack

# What the triggers of the migration announce.
NEWS: Final = "camera-templates"
# A consent that runs out announces nothing: whoever waits looks again this often (s).
LOOK_AGAIN: Final = 5.0


async def in_force(session: AsyncSession, organisation_id: UUID) -> list[FaceTemplate]:
    """Sealed as they are stored."""
    enrolled = await store.enrolled(session, organisation_id)
    allowed = await store.allowed(session, organisation_id, [one.person_id for one in enrolled])
    return [one for one in enrolled if one.person_id in allowed]


def version_of(templates: Sequence[FaceTemplate]) -> str:
    digest = hashlib.sha256()
    for one in templates:
        digest.update(one.person_id.bytes + hashlib.sha256(one.sealed).digest())
    return digest.hexdigest()[:32]


def opened(vault: Vault, one: FaceTemplate) -> bytes:
    return vault.open(one.sealed, f"template:{one.person_id}")


def sealed_for(eye: Eye, vault: Vault, version: str, templates: Sequence[FaceTemplate]) -> str:
    return pack(eye.key, version, (Known(str(one.person_id), opened(vault, one)) for one in templates))


async def changed_since(state: AppState, eye: Eye, known: str | None, seconds: float) -> list[FaceTemplate] | None:
    """The templates, as soon as they differ from the version that the agent has; None when the time is up or the
    process is to stop."""
    deadline = asyncio.get_running_loop().time() + seconds
    with state.announcements.subscribed(NEWS) as announced:
        while True:
            async with state.sessions() as session:
                templates = await in_force(session, eye.organisation_id)
            if version_of(templates) != known:
                return templates
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0 or state.announcements.closing:
                return None
            with suppress(TimeoutError):
                await asyncio.wait_for(announced.wait(), min(left, LOOK_AGAIN))
            announced.clear()
            await eye_of(state, eye.key)
