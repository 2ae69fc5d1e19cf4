"""The cheap checks of an upload, before anything is stored: size, kind and pixels, from its own bytes."""

from __future__ import annotations

import asyncio

from fastapi import UploadFile

from backend.config import Settings
from backend.errors import BodyTooLarge
from backend.reading.problems import PhotoUnreadable
from ml.faces.photo import PhotoError, inspect


async def checked_photo(file: UploadFile, config: Settings) -> bytes:
    """File names and announced types are not believed."""
    limit = config.max_upload_mb * 1_000_000
    content = await file.read(limit + 1)
    if len(content) > limit:
        raise BodyTooLarge(f"The photo is larger than {config.max_upload_mb} MB. Send a smaller one; nothing was kept.")
    try:
        await asyncio.to_thread(inspect, content)
    except PhotoError as error:
        raise PhotoUnreadable(error.code, str(error), status=error.status) from error
    return content
