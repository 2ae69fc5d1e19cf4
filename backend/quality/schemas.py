"""How good the readings and the alerts are, as HR sees it."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ModelName(BaseModel):
    name: str
    version: str
    is_served: bool = Field(description="Whether these figures were measured on the very weights that are in use")


class Metrics(BaseModel):
    """Against one kind of truth."""

    n: int
    accuracy: float
    macro_f1: float
    precision: float | None = None
    recall: float | None = None
    auc: float | None = None
    calibration_error: float | None = Field(
        default=None, description="How far stated confidence and being right lie apart, on average"
    )


class ClassFigures(BaseModel):
    name: str
    n: int
    precision: float | None
    recall: float | None
    f1: float | None


class Against(BaseModel):
    metrics: Metrics
    confusion: list[list[int]] = Field(description="Rows: the truth; columns: what was read; in the order of labels")
    per_class: list[ClassFigures]


class AbstentionPoint(BaseModel):
    threshold: float
    abstained: float
    accuracy_named: float
    accuracy_unnamed: float


class Abstention(BaseModel):
    min_confidence: float = Field(description="Below it nothing is named")
    curve: list[AbstentionPoint]


class ModelCard(BaseModel):
    model: ModelName
    data: str
    labels: list[str]
    people: Against = Field(description="Against the majority of ten people's votes: what is served")
    label: Against = Field(description="Against the dataset's one label: what papers report")
    abstention: Abstention


class Detector(BaseModel):
    name: str
    ours: bool
    false_per_person_week: float
    strong_caught_in_7_days: float
    mild_caught_in_14_days: float
    median_days_strong: float | None = Field(description="null: not found within the simulation, in part of it")
    median_days_mild: float | None


class FalseAlerts(BaseModel):
    description: str
    simulated_people: int
    budget_per_person_week: float
    weeks_between: float | None = Field(description="Between two false alerts of one person; null: there was none")
    per_hundred_people_month: float
    detectors: list[Detector]


class Quality(BaseModel):
    locale: str
    model: ModelCard | None = Field(description="null where this installation has no card beside its model")
    false_alerts: FalseAlerts | None
    limits: list[str]
