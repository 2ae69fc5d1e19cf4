"""Pure: does what was assessed open a case, on whose terms, which step may follow which, and when is it due?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, Final

from backend.policy import DeploymentPolicy
from ml.risk.levels import dip_at_the_end

# An HR user moves a case one step at a time; "acknowledged" may be skipped when somebody called at once.
STEPS: Final[Mapping[str, frozenset[str]]] = {
    "acknowledge": frozenset({"new"}),
    "contact": frozenset({"new", "acknowledged"}),
    "resolve": frozenset({"acknowledged", "contacted"}),
}
AFTER: Final[Mapping[str, str]] = {"acknowledge": "acknowledged", "contact": "contacted", "resolve": "resolved"}
# Somebody in HR owes the person something; "asked" waits for the person alone.
WAITING: Final = ("new", "acknowledged", "contacted")


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """An administrator may set each within its bounds. Nothing below a moderate level ever opens a case."""

    # A working week of moderate days: before that the bot's support has not had its chance.
    moderate_days: int = 5
    # Support that nobody answered for half a week did not reach the person.
    unanswered_days: int = 4
    # Two weeks of levels show where it comes from, as the consent says; more would be a file on a person.
    shared_days: int = 14
    # Two days, and the person sees the date beside what was shared; then one step after the other.
    acknowledge_hours: int = 48
    contact_hours: int = 72
    resolve_days: int = 14
    # A reminder a day while nobody acts, for a week: after that more mail does not help.
    remind_hours: int = 24
    reminders: int = 7
    # After a no, or a case that was settled, nobody is asked again for two weeks.
    pause_days: int = 14
    # A question that was not answered in a week speaks of days that are over: it lapses.
    question_days: int = 7

    @staticmethod
    def bounds() -> dict[str, tuple[float, float]]:
        return dict(_BOUNDS)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> EscalationPolicy:
        """Unknown names and values outside the bounds are errors; absent ones keep the default."""
        if unknown := sorted(set(data) - {field.name for field in fields(cls)}):
            raise ValueError(f"unknown setting {', '.join(unknown)}")
        return cls(**{name: _whole(name, value) for name, value in data.items()})

    def to_json(self) -> dict[str, int]:
        return asdict(self)

    def due(self, status: str, now: datetime) -> datetime | None:
        """By when HR takes the next step; None where nothing is owed."""
        within = {
            "new": timedelta(hours=self.acknowledge_hours),
            "acknowledged": timedelta(hours=self.contact_hours),
            "contacted": timedelta(days=self.resolve_days),
        }.get(status)
        return now + within if within else None


def _whole(name: str, value: Any) -> int:
    low, high = _BOUNDS[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or not low <= value <= high:
        raise ValueError(f"{name} is {value!r}, allowed are whole numbers from {low:g} to {high:g}")
    return int(value)


_BOUNDS: Final[dict[str, tuple[float, float]]] = {
    "moderate_days": (1, 28),  # 1: the first moderate day; above four weeks it would never help
    "unanswered_days": (2, 60),  # a weekend at least; 60 is as good as never
    "shared_days": (1, 14),  # the consent text names two weeks: fewer may be shared, not more
    "acknowledge_hours": (4, 168),
    "contact_hours": (4, 336),
    "resolve_days": (1, 90),
    "remind_hours": (4, 168),
    "reminders": (1, 30),
    "pause_days": (7, 90),  # asking every day would wear a no down
    "question_days": (2, 28),
}

DEFAULT: Final = EscalationPolicy()
# The longest that somebody may put a next step off by hand.
LONGEST_DUE: Final = timedelta(days=90)
# Days without data at the end say nothing about today.
FRESH: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Offer:
    """Support that was offered, and whether the person answered it in any way."""

    at: datetime
    answered: bool


def why(
    days: Sequence[tuple[date, str]], offers: Iterable[Offer], now: datetime, policy: EscalationPolicy
) -> str | None:
    """Which rule opens a case, if one does; `days` are the assessed ones with their levels, oldest first, and `now` is
    said in the zone that they are days of."""
    run = _low_run(days)
    if not run or now.date() - run[-1][0] > FRESH:
        return None
    if run[-1][1] == "high":
        return "high"
    span = (run[-1][0] - run[0][0]).days + 1
    if span >= policy.moderate_days and len(run) >= min(3, policy.moderate_days):
        return "lasting"
    return "unanswered" if _unanswered(offers, run[0][0], now, policy) else None


def _low_run(days: Sequence[tuple[date, str]]) -> Sequence[tuple[date, str]]:
    """The days at the end that are all moderate or high."""
    return days[dip_at_the_end([level for _, level in days]) :]


def _unanswered(offers: Iterable[Offer], since: date, now: datetime, policy: EscalationPolicy) -> bool:
    """Offered in this dip, long enough ago, and none of this dip's offers was answered."""
    made = [offer for offer in offers if offer.at.astimezone(now.tzinfo).date() >= since]
    waited = timedelta(days=policy.unanswered_days)
    return any(now - offer.at >= waited for offer in made) and not any(offer.answered for offer in made)


def status_for(because: str | None, sharing: str, deployment: DeploymentPolicy) -> str | None:
    """'asked' waits for the person's yes, 'new' goes to HR at once, None: no case."""
    if because is None or sharing == "never" or not deployment.assessments_open_cases:
        return None
    return "new" if sharing == "automatic" else "asked"


def may_follow(status: str, step: str) -> bool:
    return status in STEPS[step]


def overdue(status: str, due_at: datetime | None, now: datetime) -> bool:
    return status in WAITING and due_at is not None and due_at < now


def reminder_due(
    due_at: datetime | None, reminded_at: datetime | None, reminders: int, now: datetime, policy: EscalationPolicy
) -> bool:
    """Past its time, not reminded lately, and not so often that it is noise."""
    if due_at is None or due_at >= now or reminders >= policy.reminders:
        return False
    return reminded_at is None or now - reminded_at >= timedelta(hours=policy.remind_hours)
