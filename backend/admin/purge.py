"""What has been kept long enough goes: one table of what is old when, walked once for each organisation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Delete, delete
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.admin.policy import RetentionPolicy
from backend.tables import (
    AccessLog,
    Assessment,
    Case,
    ChatMessage,
    DayRollup,
    HourRollup,
    Notice,
    Person,
    Reading,
    SelfReport,
    Snapshot,
)


@dataclass(frozen=True, slots=True)
class Rule:
    kind: str
    table: type[SQLModel]
    owner: Any
    old: Callable[[datetime], ColumnElement[bool]]


RULES: tuple[Rule, ...] = (
    Rule("readings", Reading, Reading.person_id, lambda t: col(Reading.captured_at) < t),
    Rule("readings", Snapshot, Snapshot.person_id, lambda t: col(Snapshot.captured_at) < t),
    Rule("readings", HourRollup, HourRollup.person_id, lambda t: col(HourRollup.hour) < t),
    Rule("readings", DayRollup, DayRollup.person_id, lambda t: col(DayRollup.day) < t.date()),
    Rule("readings", Assessment, Assessment.person_id, lambda t: col(Assessment.day) < t.date()),
    Rule("self_reports", SelfReport, SelfReport.person_id, lambda t: col(SelfReport.created_at) < t),
    Rule("chat", ChatMessage, ChatMessage.person_id, lambda t: col(ChatMessage.created_at) < t),
    Rule("notices", Notice, Notice.person_id, lambda t: col(Notice.created_at) < t),
    Rule("closed_cases", Case, Case.person_id, lambda t: col(Case.closed_at) < t),
    Rule("access_log", AccessLog, AccessLog.subject_id, lambda t: col(AccessLog.at) < t),
)


async def purge(session: AsyncSession, organisation_id: UUID, policy: RetentionPolicy) -> dict[str, int]:
    """Rows removed by table, those with none left out."""
    now = datetime.now(UTC)
    removed: dict[str, int] = {}
    for rule in RULES:
        before = now - timedelta(days=policy.to_json()[rule.kind])
        if number := await _run(session, _statement(rule, organisation_id, before)):
            removed[str(rule.table.__tablename__)] = number
    return removed


def _statement(rule: Rule, organisation_id: UUID, before: datetime) -> Delete:
    people = select(Person.id).where(Person.organisation_id == organisation_id)
    return delete(rule.table).where(col(rule.owner).in_(people), rule.old(before))


async def _run(session: AsyncSession, statement: Delete) -> int:
    return int((await session.exec(statement)).rowcount)
