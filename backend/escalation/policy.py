"""Pure: does an assessment open a case, and how may it travel?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    # Below this HR cannot do better than the bot, and every case costs somebody's privacy.
    from_level: str = "high"
    # Two working days: the promise that the person reads when agreeing.
    answer_within: timedelta = timedelta(days=2)


DEFAULT = EscalationPolicy()


def status_for(level: str, sharing: str, policy: EscalationPolicy = DEFAULT) -> str | None:
    """'asked' waits for the person's yes, 'new' goes to HR at once, None: no case."""
    if level != policy.from_level or sharing == "never":
        return None
    return "new" if sharing == "automatic" else "asked"
