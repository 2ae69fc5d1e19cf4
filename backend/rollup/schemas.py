"""Hours, days and weeks as they cross the wire."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from ml.emotions import EMOTIONS

VECTOR = "Ten numbers: " + ", ".join(EMOTIONS)


class HourOut(BaseModel):
    hour: datetime = Field(description="The instant at which the local hour begins")
    clock: int = Field(description="That hour on the clock where you were, 0 to 23", ge=0, le=23)
    readings: int
    vector: list[float] = Field(description=VECTOR)


class DayHours(BaseModel):
    day: date
    timezone: str
    hours: list[HourOut]


class DayOut(BaseModel):
    day: date
    hours: int
    readings: int
    vector: list[float] = Field(description=VECTOR)


class DayRange(BaseModel):
    start: date
    end: date
    days: list[DayOut] = Field(description="Days with data only: a gap stays a gap")
    usual_low: list[float] | None = Field(description="Lower edge of your usual range, by component")
    usual_high: list[float] | None = Field(description="Upper edge of your usual range, by component")


class WeekOut(BaseModel):
    last: date
    days: list[DayOut | None] = Field(description="Seven days up to and including `last`; null where there is none")
    mean: list[float] | None = Field(description=VECTOR)


class ProfileOut(BaseModel):
    mean: list[float | None] = Field(description="null where there are too few check-ins to say anything")
    error: list[float | None] = Field(description="Standard error of each mean")
    count: list[int]
    peak: int | None = Field(description="The slot with the highest mean")


class ChangeOut(BaseModel):
    component: str
    now: float
    before: float
    error: float
    notable: bool


class PatternsOut(BaseModel):
    since: date
    by_hour: ProfileOut = Field(description="Negative expression by hour of your day, 0 to 23")
    by_weekday: ProfileOut = Field(description="Negative expression by weekday, Monday first")
    since_last_week: list[ChangeOut] | None = Field(description="null unless both weeks have three days")
