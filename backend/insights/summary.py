"""The monthly summary for HR: what was published in a month, in words, from protected figures only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.insights import store
from backend.insights.policy import View, week_of
from backend.insights.present import SCALES, allowed
from backend.insights.texts import KEYS, ORGANISATION, SUMMARY, say
from backend.tables import Organisation

LINES: Final[tuple[tuple[View, str], ...]] = (
    ("trend", "balance"),
    ("stress", "high"),
    ("participation", "days"),
    ("support", "helpful"),
    ("wellbeing", "who5"),
)

Said = Mapping[str, Any]
# Of each line the first and the last figure of the month as it was published, or None where there was none.
Values = dict[tuple[View, str], tuple[Said, Said] | None]


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
            said = [figures[key] for _, figures in weeks if "value" in figures.get(key, {})]
            found[view, key] = (said[0], said[-1]) if said else None
    return found


async def shown_departments(session: AsyncSession, organisation_id: UUID, first: date, last: date) -> tuple[int, int]:
    """How many departments have any figure in the newest week of the month, of how many."""
    weeks = await store.weeks(session, organisation_id, None, "trend", first, last)
    figures = await store.newest(session, organisation_id, weeks[-1][0]) if weeks else {}
    shown = sum(1 for unit, document in figures.items() if unit is not None and _says_anything(document))
    return shown, len(await store.departments(session, organisation_id))


def _says_anything(document: dict[str, Any]) -> bool:
    return any("value" in figure for view in ("trend", "wellbeing") for figure in document.get(view, {}).values())


def words(values: Values, departments: tuple[int, int], month: str, locale: str) -> dict[str, str]:
    """Title and text as the notice carries them; one line a figure."""
    said = SUMMARY.get(locale, SUMMARY["en"])
    lines = [_line(locale, view, say(KEYS[key], locale), pair) for (view, key), pair in values.items()]
    text = "\n".join(
        [
            said["opening"].format(month=month, where=say(ORGANISATION, locale)),
            *lines,
            said["departments"].format(shown=departments[0], all=departments[1]),
            said["closing"],
        ]
    )
    return {"title": said["title"].format(month=month), "text": text, "month": month}


def _line(locale: str, view: View, label: str, pair: tuple[Said, Said] | None) -> str:
    said = SUMMARY.get(locale, SUMMARY["en"])
    if pair is None:
        return said["hidden"].format(label=label)
    before, after = (spoken(view, one, locale) for one in pair)
    return said["single" if before == after else "line"].format(label=label, before=before, after=after)


def spoken(view: View, one: Said, locale: str) -> str:
    """A figure as the page says it: shares in per cent, and a bound as a bound."""
    value = f"{one['value']:.0%}" if SCALES[view].unit == "share" else f"{one['value']:g}"
    return SUMMARY.get(locale, SUMMARY["en"])[one["bound"]].format(value=value) if one.get("bound") else value
