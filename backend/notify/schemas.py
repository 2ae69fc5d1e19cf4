"""Notices as they cross the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from backend.notify.texts import words
from backend.tables import Notice


class NoticeOut(BaseModel):
    id: UUID
    kind: str
    title: str
    text: str
    facts: dict[str, Any]
    created_at: datetime
    helpful: bool | None


class NoticePage(BaseModel):
    items: list[NoticeOut]
    next_cursor: str | None


class HelpfulIn(BaseModel):
    helpful: bool


def notice_out(notice: Notice, locale: str) -> NoticeOut:
    title, text = words(notice.kind, locale)
    return NoticeOut.model_validate({**notice.model_dump(), "title": title, "text": text})
