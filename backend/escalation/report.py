"""The report of a case: everything that was shared, laid out for a conversation. Page and PDF are made from this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from backend.escalation import texts, words
from backend.escalation.schemas import CaseReport, history_out, row_of
from backend.escalation.share import presented
from backend.escalation.store import Happened, Line


def report_of(line: Line, events: Iterable[Happened], locale: str, now: datetime) -> CaseReport:
    """From the fixed document of the case alone: nothing that came after the sharing is looked up."""
    lang = words.language(locale)
    row, shared = row_of(line, now), presented(line.shared, lang)
    return CaseReport.model_validate(
        {
            **row,
            "locale": lang,
            "because_text": shared.get("because_text", ""),
            "note": shared.get("note", ""),
            "days": _calendar(shared),
            "reasons": shared.get("reasons", []),
            "support": shared.get("support", []),
            "action_units": shared.get("action_units", []),
            "guidance": _guidance(row, lang),
            "limits": texts.NOT_A_DIAGNOSIS[lang] if row["level"] else "",
            "history": history_out(events, row["name"]),
        }
    )


def _guidance(row: Mapping[str, Any], lang: str) -> list[dict[str, Any]]:
    """Nobody is told of an agreement that they did not give."""
    agreed = row["opened_by"] == "policy" and row["level"]
    begin = texts.BEGIN["agreed" if agreed else "open"][lang]
    return [
        {"title": title, "lines": [line.format(begin=begin) for line in lines]} for title, lines in texts.GUIDANCE[lang]
    ]


def _calendar(shared: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every day from the first to the last, those without a check-in too: a gap is information."""
    levels = {date.fromisoformat(one["day"]): one["level"] for one in shared.get("days", [])}
    if not levels:
        return []
    first, last = min(levels), max(levels)
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return [{"day": day, "level": levels.get(day)} for day in days]
