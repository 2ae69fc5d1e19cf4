"""What crosses the wire between the server and its cameras. Counts and vectors; never a name, never a picture back."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, FiniteFloat, field_validator

from backend.camera.policy import LIMITS
from backend.people.schemas import Closed
from ml.emotions import EMOTIONS, EXPRESSIONS

Share = Annotated[float, Field(ge=0, le=1)]
Short = Annotated[str, Field(max_length=120, pattern=r"^[^\x00-\x1f]*$")]
Count = Annotated[int, Field(ge=0, le=2**53)]


class Model(Closed):
    name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]+$")]
    version: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f]+$")]


class ReadingIn(Closed):
    id: UUID = Field(description="Made by the camera; sent again, the reading is kept once")
    person_id: UUID = Field(description="As it came with the templates")
    captured_at: AwareDatetime
    vector: Annotated[list[Share], Field(min_length=len(EMOTIONS), max_length=len(EMOTIONS))] = Field(
        description="Ten numbers: " + ", ".join(EMOTIONS) + "; the first seven add up to 1"
    )
    confidence: Share | None = None
    quality: dict[Annotated[str, Field(max_length=30, pattern=r"^[^\x00-\x1f]*$")], FiniteFloat] = Field(
        default_factory=dict, max_length=20
    )
    model: Model

    @field_validator("vector")
    @classmethod
    def _a_distribution(cls, vector: list[float]) -> list[float]:
        if abs(sum(vector[: len(EXPRESSIONS)]) - 1) > 0.01:
            raise ValueError("the first seven numbers must add up to 1")
        return vector


class ReadingsIn(Closed):
    readings: Annotated[list[ReadingIn], Field(max_length=LIMITS.readings)]


class Refused(BaseModel):
    id: UUID
    code: str = Field(description="not_recognised: nobody whom this camera may know (any more); captured_at_invalid")


class ReadingsOut(BaseModel):
    accepted: int
    duplicates: int = Field(description="Were here before")
    refused: list[Refused] = Field(description="Will never be kept; drop them")


class FramesOut(BaseModel):
    id: UUID
    status: Literal["accepted", "read", "rejected"]
    recognised: int | None = Field(description="How many people whom this camera may know; null while it waits")
    accepted: int | None = Field(description="How many readings were added; null while it waits")


class TemplatesOut(BaseModel):
    version: str = Field(description="Also the ETag; it changes with each consent, withdrawal and enrolment")
    people: int
    sealed: str = Field(description="Base64, sealed with a key derived from the camera's API key")


class SourceHealth(Closed):
    name: Short
    state: Literal["starting", "watching", "reconnecting", "ended"]
    frames: Count = 0
    faces: Count = 0
    frames_per_second: Annotated[float, Field(ge=0, le=10_000)] = 0


class Health(Closed):
    agent: Annotated[str, Field(max_length=40, pattern=r"^[^\x00-\x1f]*$")] = ""
    sources: Annotated[list[SourceHealth], Field(default_factory=list, max_length=64)]
    readings: Count = 0
    buffered: Count = 0
    dropped: Count = 0
