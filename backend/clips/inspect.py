"""The cheap checks of a clip, before anything is stored: size, kind and length, from its own bytes."""

from __future__ import annotations

import asyncio

from fastapi import UploadFile

from backend.config import Settings
from backend.errors import BodyTooLarge
from backend.reading.problems import PhotoUnreadable
from ml.clips.container import ClipError, inspect


class ClipUnreadable(PhotoUnreadable):
    title = "The clip could not be read"


async def checked_clip(file: UploadFile, config: Settings) -> bytes:
    """File names and announced types are not believed."""
    limit = config.max_upload_mb * 1_000_000
    content = await file.read(limit + 1)
    if len(content) > limit:
        raise BodyTooLarge(f"The clip is larger than {config.max_upload_mb} MB. Send a shorter one; nothing was kept.")
    try:
        await asyncio.to_thread(inspect, content)
    except ClipError as error:
        raise ClipUnreadable(error.code, str(error), status=error.status) from error
    return content
