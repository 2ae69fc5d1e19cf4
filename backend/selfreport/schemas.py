"""Questionnaires and self-reports as they cross the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.selfreport.policy import Agreement
from backend.tables import SelfReport
from bot import instruments
from bot.dialogue.turns import Reply

Instrument = Literal["who5", "phq2", "phq9", "gad2", "gad7", "mood"]
ReplyKind = Literal["text", "exercise", "questionnaire", "week", "crisis"]


class AnswerOut(BaseModel):
    value: int
    label: str


class InstrumentOut(BaseModel):
    instrument: Instrument
    title: str
    intro: str
    items: list[str]
    answers: list[AnswerOut]
    note: str
    due: bool = Field(description="May be offered now: its recall period is over")


class ReportIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"instrument": "who5", "answers": [3, 3, 2, 3, 4]}}
    )

    instrument: Instrument
    answers: list[int] = Field(min_length=1, max_length=20, description="One value an item, in their order")


class ChoiceOut(BaseModel):
    id: str
    label: str


class ReplyOut(BaseModel):
    text: str
    choices: list[ChoiceOut] = []
    kind: ReplyKind = "text"


class ReportOut(BaseModel):
    id: UUID
    instrument: Instrument
    answers: list[int]
    score: int
    maximum: int
    band: str
    text: str = Field(description="The result in plain words; never a diagnosis")
    created_at: datetime
    follow_up: Instrument | None = Field(default=None, description="A longer questionnaire that would say more")
    crisis: bool = Field(default=False, description="The answers speak of thoughts of death: show `replies` now")
    replies: list[ReplyOut] = Field(default=[], description="The crisis answer, with numbers to call")


class ReportPage(BaseModel):
    items: list[ReportOut]
    next_cursor: str | None


class AgreementOut(BaseModel):
    """How often the reading of your expression matched what you said yourself."""

    days: int
    asked: int = Field(description="Readings that you judged")
    matched: int = Field(description="… and found right")
    compared: int = Field(description="Moods that you tapped within an hour of a reading")
    same_side: int = Field(description="… where both lay on the same side")
    share: float | None = Field(description="Share of agreement over both; null without any answer")
    enough: bool = Field(description="False while there are too few answers to say much")


def reply_out(reply: Reply) -> ReplyOut:
    choices = [ChoiceOut(id=choice.id, label=choice.label) for choice in reply.choices]
    return ReplyOut(text=reply.text, choices=choices, kind=reply.kind)


def report_out(report: SelfReport, locale: str, replies: list[ReplyOut] | None = None) -> ReportOut:
    """Scored again from the stored answers: the explanation follows the rules as they are now."""
    result = instruments.score(report.instrument, report.answers)
    return ReportOut.model_validate(
        {
            **report.model_dump(include={"id", "instrument", "answers", "score", "band", "created_at"}),
            "maximum": result.maximum,
            "text": instruments.explain(result, locale),
            "follow_up": result.follow_up,
            "crisis": result.crisis,
            "replies": replies or [],
        }
    )


def agreement_out(found: Agreement, days: int) -> AgreementOut:
    return AgreementOut(
        days=days,
        asked=found.asked,
        matched=found.matched,
        compared=found.compared,
        same_side=found.same_side,
        share=found.share,
        enough=found.enough,
    )
