"""The cheap checks of a clip, before anything is stored: size, kind and length, from its own bytes."""

from __future__ import annotations

from fastapi import UploadFile

from backend.config import Settings
from backend.intake.inspect import content_of, looked_at
from backend.reading.problems import PhotoUnreadable
from ml.clips.container import inspect


class ClipUnreadable(PhotoUnreadable):
    title = "The clip could not be read"


async def checked_clip(file: UploadFile, config: Settings) -> bytes:
    """File names and announced types are not believed."""
    return await looked_at(await content_of(file, config, "clip", "shorter"), inspect, ClipUnreadable)
