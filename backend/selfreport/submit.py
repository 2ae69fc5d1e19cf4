"""Taking a self-report: scored by the published rules, stored, explained. Called by the route and by the chat."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.errors import Problem
from backend.selfreport import store
from backend.tables import Person, SelfReport
from bot import instruments
from bot.instruments import Result, UnusableAnswers


class AnswersInvalid(Problem):
    status, code, title = 422, "answers_invalid", "These answers do not fit the questionnaire"


async def submit(
    session: AsyncSession, person: Person, instrument: str, answers: tuple[int, ...]
) -> tuple[SelfReport, Result]:
    try:
        result = instruments.score(instrument, answers)
    except UnusableAnswers as error:
        raise AnswersInvalid(f"{error}. Nothing was stored.") from error
    report = await store.add(session, person.id, instrument, answers, result.total, result.band)
    return report, result
