"""What crosses the wire when a photo comes in."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from backend.reading.schemas import ReadingOut


class ProblemOut(BaseModel):
    code: str
    detail: str


class SnapshotOut(BaseModel):
    id: UUID
    status: Literal["accepted", "read", "rejected"] = Field(
        description="accepted: waits for its reading; read: see `reading`; rejected: see `problem`"
    )
    reading: ReadingOut | None = None
    problem: ProblemOut | None = None
