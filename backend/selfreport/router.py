"""Questionnaires: which there are, answering one, what you said before, and how often the reading agreed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query

from backend.chat.talk import open_crisis
from backend.deps import Me, Session, State
from backend.errors import NotFound
from backend.paging import Cursor
from backend.selfreport import store
from backend.selfreport.policy import Mood, Scored, agreement, balance, due
from backend.selfreport.schemas import (
    AgreementOut,
    AnswerOut,
    Instrument,
    InstrumentOut,
    ReportIn,
    ReportOut,
    ReportPage,
    agreement_out,
    reply_out,
    report_out,
)
from backend.selfreport.submit import submit
from bot import instruments

router = APIRouter(prefix="/selfreports", tags=["support"])


@router.get("/instruments")
async def list_instruments(me: Me, session: Session) -> list[InstrumentOut]:
    """The questionnaires, in your language, and which of them are due."""
    last = await store.last_by_instrument(session, me.id)
    now, zone = datetime.now(UTC), ZoneInfo(me.timezone)
    return [_instrument(name, me.locale, due(name, last.get(name), zone, now)) for name in instruments.INSTRUMENTS]


def _instrument(name: str, locale: str, may_be_offered: bool) -> InstrumentOut:
    text = instruments.text_of(name, locale)
    return InstrumentOut.model_validate(
        {
            "instrument": name,
            "title": text.title,
            "intro": text.intro,
            "items": list(text.items),
            "answers": [AnswerOut(value=value, label=label) for value, label in text.answers],
            "note": text.note,
            "due": may_be_offered,
        }
    )


@router.post("", status_code=201)
async def submit_report(wanted: ReportIn, me: Me, state: State, session: Session) -> ReportOut:
    """Answer a questionnaire. Thoughts of death are answered at once, with people who can help."""
    report, result = await submit(session, me, wanted.instrument, tuple(wanted.answers))
    replies = await open_crisis(session, state.config, me) if result.crisis else ()
    return report_out(report, me.locale, [reply_out(reply) for reply in replies])


@router.get("")
async def list_reports(
    me: Me,
    session: Session,
    instrument: Instrument | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> ReportPage:
    """What you answered, newest first."""
    found = await store.page(session, me.id, instrument, Cursor.decode(cursor), limit)
    last = found[limit - 1] if len(found) > limit else None
    return ReportPage(
        items=[report_out(report, me.locale) for report in found[:limit]],
        next_cursor=Cursor(last.created_at, last.id).encode() if last else None,
    )


@router.delete("/{report_id}", status_code=204)
async def delete_report(report_id: UUID, me: Me, session: Session) -> None:
    report = await store.of_person(session, me.id, report_id)
    if report is None:
        raise NotFound
    await session.delete(report)


@router.get("/agreement")
async def read_agreement(me: Me, session: Session, days: Annotated[int, Query(ge=7, le=365)] = 90) -> AgreementOut:
    """How often the reading of your expression matched your own word. Only you see this."""
    since = datetime.now(UTC) - timedelta(days=days)
    readings = [
        Scored(at, balance(vector), agrees) for at, vector, agrees in await store.scored_since(session, me.id, since)
    ]
    moods = [Mood(row.created_at, row.score) for row in await store.moods_since(session, me.id, since)]
    return agreement_out(agreement(readings, moods), days)
