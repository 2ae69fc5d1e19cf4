"""Group figures as they cross the wire. No class here has a field for anything about one person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.insights.policy import ALERT_WEEKS, Bound, Measure, Reason, View


class DepartmentRef(BaseModel):
    id: UUID
    name: str


class FigureOut(BaseModel):
    key: str = Field(
        description="trend: balance, positive, negative · stress: normal, mild, high · hours: hour.0 … hour.23, "
        "weekday.0 (Monday) … weekday.6 · groups: gender.… and age.… · participation: days, answered, covered · "
        "support: offered, helpful, not_helpful · wellbeing: who5"
    )
    label: str = Field(description="In words, in your language")
    value: float | None = Field(description="Rounded; null where it is hidden")
    bound: Bound = Field(description="at_most or at_least: close to an edge only the bound is said")
    people: int | None = Field(description="At least so many people stand behind it, in steps of five")
    hidden: Reason | None = Field(description="Why there is no value; `reasons` has the sentence")


class WeekFigures(BaseModel):
    week: date = Field(description="Its Monday")
    until: date = Field(description="Its Sunday")
    figures: list[FigureOut]


class ScaleOut(BaseModel):
    low: float
    high: float
    unit: Literal["share", "balance", "points"]


class InsightPage(BaseModel):
    view: View
    title: str
    about: str = Field(description="What the figures are and what they are not, in your language")
    department: DepartmentRef | None = Field(description="null: the whole organisation")
    first: date = Field(alias="from", description="Monday of the first week asked for")
    last: date = Field(alias="to", description="Monday of the last week asked for")
    scale: ScaleOut
    weeks: list[WeekFigures] = Field(description="Published calendar weeks, oldest first; they never change")
    hidden: Reason | None = Field(description="Why the whole page is empty")
    reasons: dict[Reason, str] = Field(description="“Why is this hidden?”: a sentence for each reason on the page")
    next_publication: date

    model_config = ConfigDict(populate_by_name=True)


class ScopeFigures(BaseModel):
    """The newest figures of the organisation or of one department."""

    id: UUID | None = Field(description="null: the whole organisation")
    name: str
    balance: FigureOut
    who5: FigureOut


class Overview(BaseModel):
    policy: Literal["eu-workplace", "consented"]
    floor: int = Field(description="No figure stands for fewer people")
    views: list[View] = Field(description="Those that the deployment policy allows")
    first_week: date | None = Field(description="Oldest published week")
    last_week: date | None = Field(description="Newest published week")
    next_publication: date
    organisation: ScopeFigures
    departments: list[ScopeFigures]
    reasons: dict[Reason, str]
    protection: list[str] = Field(description="How people are protected, as points, in your language")


class AlertIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"measure": "balance", "weeks": 2, "change": 0.2}}
    )

    measure: Measure
    department_id: UUID | None = Field(default=None, description="null: the whole organisation")
    weeks: Annotated[int, Field(ge=ALERT_WEEKS[0], le=ALERT_WEEKS[1])] = 2
    change: float = Field(
        allow_inf_nan=False, description="In the measure's own unit, within `bounds` of the list of alerts"
    )


class AlertOut(BaseModel):
    id: UUID
    measure: Measure
    department: DepartmentRef | None
    weeks: int
    change: float
    sentence: str = Field(description="The rule in words, in your language")
    created_at: datetime
    met_in: date | None = Field(description="Newest published week for which it was met")
    before: FigureOut | None = Field(description="The first figure of those weeks, as the page says it")
    after: FigureOut | None


class ChangeBounds(BaseModel):
    low: float
    high: float


class AlertList(BaseModel):
    items: list[AlertOut]
    bounds: dict[Measure, ChangeBounds] = Field(description="Smallest and largest `change`; smaller is rounding")
    weeks: ChangeBounds
    most: int


class Messages(BaseModel):
    """What comes to you as a notice, and by e-mail where you allowed e-mail."""

    model_config = ConfigDict(extra="forbid")

    summary: bool = Field(description="Once a month: what was published")
    alerts: bool = Field(description="When an alert is met")


class QueryOut(BaseModel):
    id: UUID
    at: datetime
    by: str | None = Field(description="User name; null once that account was erased")
    view: str
    department: DepartmentRef | None
    first_week: date
    last_week: date
    file: bool = Field(description="As a file")


class QueryPage(BaseModel):
    items: list[QueryOut]
    next_cursor: str | None


class Counted(BaseModel):
    """Whether you are counted in figures about groups. Nobody can see what you chose."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"counted": True}})

    counted: bool
