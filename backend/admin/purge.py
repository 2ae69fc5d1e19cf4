"""What has been kept long enough goes: one table of what is old when, walked once for each organisation, and what the
machinery leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Delete, TextClause, delete, func, text
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
    Mail,
    Notice,
    Person,
    Reading,
    RefreshToken,
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


@dataclass(frozen=True, slots=True)
class TraceTerms:
    """What nobody decides on: it holds no findings, and without an end it outgrows everything else."""

    # Long enough to look into last week's trouble. A job in the queue keeps its lines: its kills are counted from them.
    queue_log: timedelta = timedelta(days=7)
    # To whom a mail went, and about what; of one that was given up the text too, a link to a new password in it.
    mails: timedelta = timedelta(days=30)
    # A refresh token that has run out is refused whether or not its row is there; access tokens live an hour at most.
    refresh_tokens: timedelta = timedelta(days=1)


TRACE_TERMS = TraceTerms()
QUEUE_LOG = text(
    "delete from pgqueuer_log where created < :before and not exists (select from pgqueuer where pgqueuer.id = job_id)"
)
QUEUE_FIGURES = text("delete from pgqueuer_statistics where created < :before")


async def purge_traces(session: AsyncSession) -> dict[str, int]:
    """Rows removed by table, those with none left out."""
    now = datetime.now(UTC)
    queue = {"before": now - TRACE_TERMS.queue_log}
    done_at = func.coalesce(col(Mail.sent_at), col(Mail.created_at))
    done = delete(Mail).where(col(Mail.status) != "planned", done_at < now - TRACE_TERMS.mails)
    ended = delete(RefreshToken).where(col(RefreshToken.expires_at) < now - TRACE_TERMS.refresh_tokens)
    removed = {
        "pgqueuer_log": await _run(session, QUEUE_LOG.bindparams(**queue)),
        "pgqueuer_statistics": await _run(session, QUEUE_FIGURES.bindparams(**queue)),
        "mail": await _run(session, done),
        "refresh_token": await _run(session, ended),
    }
    return {table: number for table, number in removed.items() if number}


def purge_outbox(home: Path) -> int:
    """Mails that are files because there is no mail server say to whom and about what, like the rows above."""
    before = (datetime.now(UTC) - TRACE_TERMS.mails).timestamp()
    old = [path for path in (home / "outbox").glob("*.eml") if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _statement(rule: Rule, organisation_id: UUID, before: datetime) -> Delete:
    people = select(Person.id).where(Person.organisation_id == organisation_id)
    return delete(rule.table).where(col(rule.owner).in_(people), rule.old(before))


async def _run(session: AsyncSession, statement: Delete | TextClause) -> int:
    return int((await session.exec(statement)).rowcount)  # type: ignore[arg-type]
