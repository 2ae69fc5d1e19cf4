"""Exactly what HR would see of a person: built once, previewed by the person, then fixed in the case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.escalation import store, words
from backend.escalation.policy import EscalationPolicy
from backend.people.store import place_of
from backend.policy import named
from backend.risk import store as assessments
from backend.tables import Assessment, Notice, Person


async def shared_document(
    session: AsyncSession, person: Person, day: date, policy: EscalationPolicy, *, note: str = "", because: str = ""
) -> dict[str, Any]:
    """Levels, reasons, support; never photos, readings, vectors. The deployment policy filters last."""
    first = day - timedelta(days=policy.shared_days - 1)
    zone = ZoneInfo(person.timezone)
    organisation, _ = await place_of(session, person)
    document = {**await words_only(session, person, note), "because": because}
    # A day on which the usual range was still being learnt has no level: "not known" must not read as "as usual".
    rows = [row for row in await assessments.between(session, person.id, first, day) if not row.learning]
    if rows:
        document |= {
            "level": rows[-1].level,
            "days": [{"day": str(row.day), "level": row.level} for row in rows],
            "reasons": _reasons(rows[-1]),
            "support": [
                _offered(notice, zone)
                for notice in await store.support_since(session, person.id, datetime.combine(first, time(), zone))
            ],
            "action_units": _shares(await store.action_units_between(session, person.id, first, day)),
        }
    return named(organisation.policy).for_hr(document)


async def words_only(session: AsyncSession, person: Person, note: str) -> dict[str, Any]:
    """Who, and what they wish to say."""
    _, department = await place_of(session, person)
    return {
        "person": person.display_name or person.username,
        "unit": department.name if department else None,
        "note": note,
    }


def _reasons(row: Assessment) -> list[dict[str, Any]]:
    """Which reasons, over how many days; the measured values stay with the person."""
    kept = [
        {**reason, "numbers": {name: number for name, number in reason["numbers"].items() if name in words.COUNTS}}
        for reason in row.reasons
    ]
    return [reason for reason in kept if words.known(reason["code"])]


def _offered(notice: Notice, zone: ZoneInfo) -> dict[str, Any]:
    """On the person's own day, as the levels beside it."""
    return {"day": str(notice.created_at.astimezone(zone).date()), "kind": notice.kind, "helpful": notice.helpful}


def _shares(readings: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """How often each action unit was clearly seen in the readings that measured them, the most frequent first."""
    seen, total = Counter[str](), 0
    for units in readings:
        total += 1
        seen.update(unit for unit, grade in units["intensity"].items() if grade >= CLEAR)
    shares = [{"unit": unit, "share": round(number / total, 2)} for unit, number in seen.items()]
    return sorted(shares, key=lambda one: (-float(str(one["share"])), str(one["unit"])))[:MOST]


# FACS' B, slight: below it lies what a camera's noise makes too.
CLEAR = 2.0
# As many as a person can take in, and as the consent text names; the rest are rare.
MOST = 6


def presented(shared: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """The document in somebody's language: the same for the person before and for HR after."""
    seen = dict(shared)
    if "because" in shared:
        seen["because_text"] = words.because(shared["because"], locale)
    if "reasons" in shared:
        seen["reasons"] = [words.reason(one, locale) for one in shared["reasons"]]
    if "support" in shared:
        seen["support"] = [{**one, "text": words.support(one["kind"], locale)} for one in shared["support"]]
    if "action_units" in shared:
        seen["action_units"] = [
            {**one, "name": words.action_unit(one["unit"], locale)} for one in shared["action_units"]
        ]
    return seen
