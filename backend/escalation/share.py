"""Exactly what HR would see of a person: built once, previewed by the person, then fixed in the case."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.escalation.policy import EscalationPolicy
from backend.policy import named
from backend.risk import store as assessments
from backend.tables import Assessment, Person
from ml.risk.reasons import Reason, sentence


async def shared_document(
    session: AsyncSession, person: Person, deployment: str, day: date, policy: EscalationPolicy, note: str = ""
) -> dict[str, Any]:
    """Levels and reasons in words, never photos, readings or vectors; filtered by the deployment policy last."""
    first = day - timedelta(days=policy.shared_days - 1)
    rows = await assessments.between(session, person.id, first, day)
    document = {
        "person": person.display_name or person.username,
        "note": note,
        "level": rows[-1].level if rows else "none",
        "days": [{"day": str(row.day), "level": row.level} for row in rows],
        "reasons": _sentences(rows[-1]) if rows else [],
    }
    return named(deployment).for_hr(document)


def _sentences(row: Assessment) -> list[str]:
    return [sentence(Reason.from_json(reason), "en") for reason in row.reasons]
