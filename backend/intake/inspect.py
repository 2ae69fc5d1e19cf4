"""The cheap checks of an upload, before anything is stored: size, kind and pixels, from its own bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from fastapi import UploadFile

from backend.config import Settings
from backend.errors import BodyTooLarge
from backend.reading.problems import PhotoUnreadable
from ml.faces.photo import PhotoError, inspect


async def checked_photo(file: UploadFile, config: Settings) -> bytes:
    """File names and announced types are not believed."""
    return await looked_at(await content_of(file, config, "photo", "smaller"), inspect)


async def content_of(file: UploadFile, config: Settings, what: str, better: str) -> bytes:
    limit = config.max_upload_mb * 1_000_000
    content = await file.read(limit + 1)
    if len(content) > limit:
        raise BodyTooLarge(
            f"The {what} is larger than {config.max_upload_mb} MB. Send a {better} one; nothing was kept."
        )
    return content


async def looked_at(
    content: bytes, inspect: Callable[[bytes], object], refusal: type[PhotoUnreadable] = PhotoUnreadable
) -> bytes:
    """The same bytes, once `inspect` found them readable."""
    try:
        await asyncio.to_thread(inspect, content)
    except PhotoError as error:
        raise refusal(error.code, str(error), status=error.status) from error
    return content
