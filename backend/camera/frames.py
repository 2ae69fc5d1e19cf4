"""Frames of thin devices and kiosks: checked, sealed, stored and announced to the road in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from fastapi import Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.datastructures import FormData, UploadFile

from backend.camera import store
from backend.camera.key import Eye
from backend.camera.policy import LIMITS
from backend.camera.schemas import FramesOut
from backend.errors import IdempotencyKeyReused, Invalid, TooManyRequests
from backend.events import FramesAccepted
from backend.intake.inspect import checked_photo, looked_at
from backend.intake.policy import CapturedAtInvalid, capture_time, checked_key
from backend.jobs import emit
from backend.state import AppState
from backend.tables import CameraBurst, CameraFrame
from backend.vault import Vault
from ml.faces.photo import inspect


@dataclass(frozen=True, slots=True)
class Sent:
    frames: Sequence[bytes]
    source: str
    captured_at: datetime | None


async def sent_in(request: Request, state: AppState) -> Sent:
    """A form with one or more `file`s, or one picture as the whole body."""
    if not request.headers.get("content-type", "").startswith("multipart/"):
        return Sent([await looked_at(await request.body(), inspect)], "camera", None)
    async with request.form(max_files=LIMITS.frames + 1) as form:
        files = [one for one in form.getlist("file") if isinstance(one, UploadFile)]
        if not 1 <= len(files) <= LIMITS.frames:
            raise Invalid(f"Send 1 to {LIMITS.frames} frames as `file`; nothing was kept.")
        frames = [await checked_photo(one, state.config) for one in files]  # type: ignore[arg-type]
        source = _word(form, "source") or "camera"
        if source not in ("camera", "kiosk"):
            raise Invalid("`source` is camera or kiosk.")
        return Sent(frames, source, _moment(_word(form, "captured_at")))


def _word(form: FormData, name: str) -> str | None:
    value = form.get(name)
    return value if isinstance(value, str) and value else None


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise CapturedAtInvalid("captured_at is not a time in ISO 8601.") from error


def context_of(burst_id: UUID, number: int) -> str:
    """What a waiting frame is sealed to."""
    return f"camera-frame:{burst_id}:{number}"


async def accept_frames(session: AsyncSession, vault: Vault, eye: Eye, sent: Sent, key: str | None) -> CameraBurst:
    """The new burst, or the one that this Idempotency-Key made before."""
    now = datetime.now(UTC)
    burst = CameraBurst(
        id=uuid4(),
        camera_id=eye.camera_id,
        source=sent.source,
        captured_at=capture_time(sent.captured_at, eye.timezone, now),
        received_at=now,
        idempotency_key=checked_key(key) or f"auto-{uuid4()}",
        body_digest=vault.digest(f"{sent.source} {sent.captured_at}".encode() + b"".join(sent.frames), "body"),
    )
    if not await store.add_burst(session, burst):
        before = await store.burst_by_key(session, eye.camera_id, burst.idempotency_key)
        if before.body_digest != burst.body_digest:
            raise IdempotencyKeyReused(
                "This Idempotency-Key came with other frames before. Use a new key for each request."
            )
        return before
    if await store.waiting(session, eye.camera_id) > LIMITS.waiting:
        raise TooManyRequests(
            "Frames of this camera wait already and these would be read too late; nothing was kept. Send newer ones.",
            headers={"Retry-After": "5"},
        )
    for number, frame in enumerate(sent.frames):
        sealed = vault.seal(frame, context_of(burst.id, number))
        session.add(CameraFrame(burst_id=burst.id, number=number, sealed=sealed))
    # Before a tablet somebody stands and waits; before a camera nobody does.
    await emit(session, FramesAccepted(burst_id=burst.id), priority=int(sent.source == "kiosk"))
    return burst


async def wait_for(state: AppState, burst_id: UUID, seconds: float) -> FramesOut:
    """The worker announces what it found."""
    return await state.announcements.look_until(
        f"camera-burst:{burst_id}",
        seconds,
        lambda: _current(state, burst_id),
        lambda current: current.status != "accepted",
    )


async def _current(state: AppState, burst_id: UUID) -> FramesOut:
    async with state.sessions() as session:
        burst = await session.get_one(CameraBurst, burst_id)
        fields: dict[str, Any] = burst.model_dump(include={"id", "status", "recognised", "accepted"})
        return FramesOut.model_validate(fields)
