"""A reading as it crosses the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from backend.people.schemas import Closed
from backend.tables import Reading
from ml.emotions import EXPRESSIONS, EmotionVector
from ml.faces.advice import ADVICE, Reason

Expression = Literal["happy", "sad", "angry", "disgust", "fear", "surprise", "neutral"]


class ModelOut(BaseModel):
    name: str
    version: str


class UnitOut(BaseModel):
    unit: str = Field(examples=["AU12"])
    name: str = Field(description="As in the source paper's Table 1", examples=["Lip corner puller"])
    words: str = Field(description="What one sees", examples=["corners of the mouth pulled up"])
    intensity: float = Field(description="1 (a trace) to 5")
    letter: Literal["A", "B", "C", "D", "E"] = Field(description="The same as FACS writes it")
    side: Literal["L", "R"] | None = Field(description="The person's own left or right, where only that side moves")
    weak: bool = Field(description="Read with more doubt than the others")
    left: float | None = None
    right: float | None = None


class ActionUnitsOut(BaseModel):
    measured: bool
    calibrated: bool | None = Field(default=None, description="Measured from the person's own neutral face")
    code: str | None = Field(default=None, examples=["6B+12C"])
    present: list[UnitOut] = []
    intensity: dict[str, float] = Field(default={}, description="0 to 5 for every unit that is read")
    missing: str | None = Field(default=None, description="The part of Evenkeel that is not installed")
    detail: str | None = Field(default=None, description="Why nothing was measured, and what to do about it")


class SubdivisionOut(BaseModel):
    name: str = Field(description="As the source paper counts them: Happiness_ME2", examples=["Happiness_ME2"])
    units: list[str] = Field(description="The action units that such faces share", examples=[["AU12C", "AU6B"]])
    words: str = Field(description="The same in plain words")


class SecondOpinionOut(BaseModel):
    by: Literal["geometry"] = Field(description="From the shape of the face alone; right less often than the reading")
    expression: dict[str, float]
    top: Expression
    agrees: bool | None = Field(description="Whether it names the same expression as the reading")
    ratios: dict[str, float] = Field(description="Eight lengths of the face in units of its width")


class ReadingOut(BaseModel):
    id: UUID
    captured_at: datetime
    source: str
    expression: dict[str, float] | None = Field(description="The seven expressions; they add up to 1")
    vector: list[float] | None = Field(description="Ten numbers: " + ", ".join(EXPRESSIONS) + ", and three groups")
    top: Expression | None
    confidence: float | None
    abstained: Reason | None = Field(description="Why nothing was scored; null when it was")
    advice: str | None = Field(default=None, description="What to do about it, in a sentence")
    quality: dict[str, Any]
    action_units: ActionUnitsOut | None = Field(default=None, description="Null where nothing was scored")
    subdivision: SubdivisionOut | None = Field(default=None, description="Needs action units")
    second_opinion: SecondOpinionOut | None = None
    model: ModelOut
    agrees: bool | None = Field(default=None, description="Your answer to: does this match how you feel?")
    felt: str | None = None


class ReadingPage(BaseModel):
    items: list[ReadingOut]
    next_cursor: str | None


class FeedbackIn(Closed):
    agrees: bool
    felt: Expression | None = None


def reading_out(reading: Reading) -> ReadingOut:
    vector = EmotionVector(tuple(reading.vector)) if reading.vector else None
    return ReadingOut(
        **reading.model_dump(
            include={
                "id",
                "captured_at",
                "source",
                "confidence",
                "abstained",
                "quality",
                "action_units",
                "subdivision",
                "second_opinion",
                "agrees",
                "felt",
            }
        ),
        expression=vector.expression if vector else None,
        vector=list(vector.values) if vector else None,
        top=vector.top if vector else None,
        advice=ADVICE[reading.abstained] if reading.abstained else None,
        model=ModelOut(name=reading.model_name, version=reading.model_version),
    )
