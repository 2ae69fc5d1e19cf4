"""What is stored in a case, in somebody's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from backend.escalation import texts
from ml.risk.reasons import NAMES

# Numbers of a reason that are days, not measurements: these may leave the person.
COUNTS: Final = frozenset({"days", "of_days"})


def language(locale: str | None) -> str:
    short = (locale or "en")[:2].lower()
    return short if short in texts.LANGUAGES else "en"


def known(code: str) -> bool:
    """Reasons that say something to somebody else; "still learning" does not."""
    return code in texts.REASONS


def reason(one: Mapping[str, Any], locale: str) -> str:
    lang = language(locale)
    name = NAMES[lang].get(one.get("component") or "", "")
    counts = {key: int(number) for key, number in one.get("numbers", {}).items()}
    said = texts.REASONS[one["code"]][lang].format(name=name, **counts)
    return said[:1].upper() + said[1:]


def because(code: str, locale: str) -> str:
    found = texts.BECAUSE.get(code)
    return found[language(locale)] if found else ""


def support(kind: str, locale: str) -> str:
    found = texts.SUPPORT.get(kind)
    return found[language(locale)] if found else kind


def level(code: str, locale: str) -> str:
    return texts.LEVELS[language(locale)].get(code, code)


def action_unit(unit: str, locale: str) -> str:
    """In plain words; one that we have no words for keeps its code."""
    return texts.ACTION_UNITS[language(locale)].get(unit, unit)
