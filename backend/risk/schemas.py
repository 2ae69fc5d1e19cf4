"""Assessments as the person sees them: levels, and reasons in words and numbers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

from backend.tables import Assessment
from ml.risk.reasons import Reason, sentence


class ReasonOut(BaseModel):
    code: str
    component: str | None
    sentence: str
    numbers: dict[str, float]


class AssessmentOut(BaseModel):
    day: date
    level: Literal["none", "low", "moderate", "high"]
    learning: bool
    acute: bool
    sustained: bool
    reasons: list[ReasonOut]
    numbers: dict[str, Any]
    assessed_at: datetime


class CurrentRisk(BaseModel):
    assessment: AssessmentOut | None
    not_a_diagnosis: str


def assessment_out(row: Assessment, locale: str) -> AssessmentOut:
    reasons = [Reason.from_json(reason) for reason in row.reasons]
    return AssessmentOut.model_validate(
        {
            **row.model_dump(exclude={"reasons", "person_id", "policy_version"}),
            "reasons": [{**reason.to_json(), "sentence": sentence(reason, locale)} for reason in reasons],
        }
    )


NOT_A_DIAGNOSIS = {
    "en": "This compares your check-ins with your own usual range. It is not a diagnosis and not for emergencies.",
    "zh": "这里只是把你的记录与你自己平时的范围作比较。它不是诊断，也不用于紧急情况。",
    "ko": "평소 내 범위와 비교한 결과예요. 진단이 아니며 응급 상황에는 쓰이지 않아요.",
}
