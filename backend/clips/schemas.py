"""A clip and its timeline as they cross the wire."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.intake.schemas import ProblemOut
from backend.reading.schemas import Expression, ReadingOut


class PhaseOut(BaseModel):
    top: Expression
    start: float = Field(description="Seconds from the clip's start")
    end: float
    share: float = Field(description="Mean share of `top` in it")


class BriefOut(BaseModel):
    expression: Expression
    onset: float = Field(description="Seconds from the clip's start")
    apex: float
    offset: float
    seconds: float
    rise: float = Field(description="How far it rose above what surrounds it")
    micro: bool = Field(description="Under half a second, and the clip has pictures enough to show it")
    units: str | None = Field(description="Action units at the apex, such as 6B+12C")


class TimelineOut(BaseModel):
    """Columns: the n-th entry of each list belongs to the n-th picture."""

    seconds: list[float]
    expressions: list[str] = Field(description="Order of the seven shares in `expression`")
    expression: list[list[float] | None] = Field(description="Null where the picture could not be read")
    abstained: list[str | None]
    units: list[str] | None = Field(description="Order of `intensity`; null without action units on this server")
    intensity: list[list[float] | None] | None = Field(description="0 to 5 for each action unit")


class ClipTimelineOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    seconds: float
    frames: int
    frames_read: int
    rate: float = Field(description="Pictures a second that were looked at")
    shows_micro: bool = Field(description="Whether that is enough to show an expression of under half a second")
    phases: list[PhaseOut]
    brief: list[BriefOut] = Field(description="Expressions that came and went within the clip")
    timeline: TimelineOut


class ClipOut(BaseModel):
    id: UUID
    status: Literal["accepted", "read", "rejected"] = Field(
        description="accepted: waits for its reading; read: see `reading` and `clip`; rejected: see `problem`"
    )
    reading: ReadingOut | None = None
    clip: ClipTimelineOut | None = None
    problem: ProblemOut | None = None
