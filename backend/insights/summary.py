"""The monthly summary for HR: what was published in a month, in words, from protected figures only."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.insights import store
from backend.insights.policy import View, week_of
from backend.insights.present import allowed
from backend.insights.texts import KEYS, ORGANISATION, SUMMARY, say
from backend.tables import Organisation

LINES: Final[tuple[tuple[View, str], ...]] = (
    ("trend", "balance"),
    ("stress", "high"),
    ("participation", "days"),
    ("support", "helpful"),
    ("wellbeing", "who5"),
)

Values = dict[tuple[View, str], tuple[float | None, float | None]]


def month_before(today: date) -> tuple[date, date]:
    """First and last day of the month that is over."""
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


async def values_of(session: AsyncSession, organisation: Organisation, first: date, last: date) -> Values:
    """Of each line the first and the last published value of the month; weeks belong to the month of their Monday."""
    monday = week_of(first + timedelta(days=6))
    found: Values = {}
    for view, key in LINES:
        if allowed(view, organisation.policy):
            weeks = await store.weeks(session, organisation.id, None, view, monday, last)
            values = [figures[key]["value"] for _, figures in weeks if "value" in figures.get(key, {})]
            found[view, key] = (values[0], values[-1]) if values else (None, None)
    return found


async def shown_departments(session: AsyncSession, organisation_id: UUID, last: date) -> tuple[int, int]:
    """How many departments have any figure in the newest week, of how many."""
    _, newest = await store.span(session, organisation_id)
    figures = await store.newest(session, organisation_id, min(newest, week_of(last))) if newest else {}
    shown = sum(1 for unit, document in figures.items() if unit is not None and _says_anything(document))
    return shown, len(await store.departments(session, organisation_id))


def _says_anything(document: dict[str, Any]) -> bool:
    return any("value" in figure for view in ("trend", "wellbeing") for figure in document.get(view, {}).values())


def words(values: Values, departments: tuple[int, int], month: str, locale: str) -> dict[str, str]:
    """Title and text as the notice carries them; one line a figure."""
    said = SUMMARY.get(locale, SUMMARY["en"])
    lines = [_line(said, say(KEYS[key], locale), pair) for (_, key), pair in values.items()]
    text = "\n".join(
        [
            said["opening"].format(month=month, where=say(ORGANISATION, locale)),
            *lines,
            said["departments"].format(shown=departments[0], all=departments[1]),
            said["closing"],
        ]
    )
    return {"title": said["title"].format(month=month), "text": text, "month": month}


def _line(said: Any, label: str, pair: tuple[float | None, float | None]) -> str:
    before, after = pair
    if after is None:
        return str(said["hidden"].format(label=label))
    form = said["single"] if before in (None, after) else said["line"]
    return str(form.format(label=label, before=_number(before), after=_number(after)))


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"
