"""Pure: does an assessment open a case, on whose terms, and which step may follow which?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from backend.policy import DeploymentPolicy

# An HR user moves a case one step at a time; "contacted" may be skipped when a talk already settled it.
STEPS: Final[Mapping[str, frozenset[str]]] = {
    "acknowledge": frozenset({"new"}),
    "contact": frozenset({"new", "acknowledged"}),
    "resolve": frozenset({"acknowledged", "contacted"}),
}
AFTER: Final[Mapping[str, str]] = {"acknowledge": "acknowledged", "contact": "contacted", "resolve": "resolved"}


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    # Below this HR cannot do better than the bot, and every case costs somebody's privacy.
    from_level: str = "high"
    # Two working days: the promise that the person reads when agreeing.
    answer_within: timedelta = timedelta(days=2)
    # Levels of the last two weeks show where it comes from; more would be a file on a person.
    shared_days: int = 14


DEFAULT: Final = EscalationPolicy()
LEVELS: Final = ("none", "low", "moderate", "high")


def settings_of(stored: Mapping[str, Any]) -> EscalationPolicy:
    """An organisation's own thresholds, within what is safe: nothing below moderate ever opens a case."""
    level = stored.get("from_level", DEFAULT.from_level)
    return EscalationPolicy(from_level=level if level in ("moderate", "high") else DEFAULT.from_level)


def status_for(
    level: str, sharing: str, deployment: DeploymentPolicy, policy: EscalationPolicy = DEFAULT
) -> str | None:
    """'asked' waits for the person's yes, 'new' goes to HR at once, None: no case."""
    if not deployment.assessments_open_cases or sharing == "never":
        return None
    if LEVELS.index(level) < LEVELS.index(policy.from_level):
        return None
    return "new" if sharing == "automatic" else "asked"


def may_follow(status: str, step: str) -> bool:
    return status in STEPS[step]
