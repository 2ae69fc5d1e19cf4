"""Every threshold of the risk assessment in one frozen place, with the reason beside each number.

An administrator may set them within `bounds()`; `RiskPolicy.from_json` refuses everything else.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class RiskPolicy:
    # --- acute: one day against the week before it (the source paper's rule)
    acute_days: int = 7  # the paper's weekly window, counted in days with data
    acute_min_days: int = 5  # K = 4 neighbours and today make six points; fewer say nothing
    lof_neighbours: int = 4  # the paper's K
    lof_threshold: float = 1.5  # the paper's threshold; 2 is its stricter alternative
    sigma_factor: float = 3.0  # the paper's 3σ
    sigma_floor: float = 0.02  # under σ: a person who never varies must not alarm at 0.001 (see docs/risk.md)
    acute_min_components: int = 2  # sad up lifts "negative" too: one component alone is mostly noise
    # --- sustained: a shift that lasts, against the person's own days
    learning_days: int = 14  # two of every weekday; with 12 the same false alarms caught slightly less
    baseline_days: int = 42  # six whole weeks: 28 caught 3 % fewer lasting declines, 56 no more
    prior_days: int = 10  # the population's variance counts like ten own days; 5 to 15 differ by 1 %
    weekday_days: int = 8  # a weekday habit is half believed after eight such days
    allowance: float = 0.7  # own deviations a day that do not count: 0.55 catches mild better, strong worse
    clip: float = 2.0  # no day counts for more, so a shock cannot open an episode by itself
    dependence_power: float = 0.6  # steps shrink with the dependence of days: evens out false alarms
    rate_power: float = 0.65  # false alarms are counted by the week: who checks in more often needs more days
    young_days: float = 8.0  # a baseline of n days shrinks steps by 1 + 8/n: it is itself uncertain
    moderate_at: float = 1.72  # evidence that opens an episode: 0.016 false ones a person-week in training
    high_at: float = 2.6  # half as much again
    low_at: float = 1.25  # two thirds: worth a gentle look; from here the baseline is frozen
    clear_at: float = 0.9  # an open episode closes at half the value that opened it (hysteresis)
    evidence_cap: float = 1.75  # × moderate_at: a long episode must not take a season to clear
    cooldown_days: int = 7  # after an episode closes no new one opens for a week
    high_after_days: int = 5  # "high" needs an episode that has lasted a working week
    missing_limit: int = 14  # after two weeks without data an open episode ends as "not known"
    new_normal_days: int = 90  # an episode as long as a quarter: learn the person's range anew

    @staticmethod
    def bounds() -> dict[str, tuple[float, float]]:
        """What an administrator may choose from, inclusive; the interface shows it beside the number."""
        return dict(_BOUNDS)

    def problems(self) -> list[str]:
        """Plain sentences about every value outside its bounds or contradicting another; empty when fine."""
        found = [
            f"{name} is {getattr(self, name)}, allowed is {low:g} to {high:g}"
            for name, (low, high) in _BOUNDS.items()
            if not low <= getattr(self, name) <= high
        ]
        return found + [text for wrong, text in self._contradictions() if wrong]

    def _contradictions(self) -> list[tuple[bool, str]]:
        return [
            (self.acute_min_days > self.acute_days, "acute_min_days is above acute_days"),
            (self.lof_neighbours > self.acute_min_days, "lof_neighbours is above acute_min_days"),
            (self.learning_days > self.baseline_days, "learning_days is above baseline_days"),
            (not self.low_at <= self.moderate_at <= self.high_at, "low_at, moderate_at, high_at must rise"),
            (self.clear_at > self.moderate_at, "clear_at is above moderate_at"),
            (self.high_at > self.evidence_cap * self.moderate_at, "high_at is above evidence_cap × moderate_at"),
        ]

    def validated(self) -> RiskPolicy:
        """This policy, or ValueError with everything that is wrong in one message."""
        if found := self.problems():
            raise ValueError("; ".join(found))
        return self

    def to_json(self) -> dict[str, float | int]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any] | str) -> RiskPolicy:
        """From a parsed object or its text; unknown names and wrong types are errors, absent ones keep the default."""
        given = json.loads(data) if isinstance(data, str) else data
        if not isinstance(given, dict):
            raise ValueError("a risk policy is a JSON object")
        kinds = {f.name: (int if f.type == "int" else float) for f in fields(cls)}
        if unknown := sorted(set(given) - set(kinds)):
            raise ValueError(f"unknown setting {', '.join(unknown)}")
        return cls(**{name: _number(name, value, kinds[name]) for name, value in given.items()}).validated()


def _number(name: str, value: Any, kind: type) -> Any:
    try:
        number = kind(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    except (OverflowError, ValueError):  # infinity is no whole number, and JSON can say 1e999
        number = None
    if number is None or (kind is int and number != value):
        raise ValueError(f"{name} must be {'a whole number' if kind is int else 'a number'}, got {value!r}")
    return number


_BOUNDS: Final[dict[str, tuple[float, float]]] = {
    "acute_days": (5, 14),
    "acute_min_days": (5, 14),
    "lof_neighbours": (2, 10),
    "lof_threshold": (1.2, 5.0),
    "sigma_factor": (2.0, 6.0),
    "sigma_floor": (0.005, 0.1),
    "acute_min_components": (1, 10),
    "learning_days": (10, 28),
    "baseline_days": (14, 56),
    "prior_days": (3, 40),
    "weekday_days": (1, 100),
    "allowance": (0.25, 1.5),
    "clip": (1.5, 4.0),
    "dependence_power": (0.0, 1.0),
    "rate_power": (0.0, 1.0),
    "young_days": (0.0, 20.0),
    "moderate_at": (1.2, 10.0),
    "high_at": (1.2, 20.0),
    "low_at": (0.5, 10.0),
    "clear_at": (0.3, 10.0),
    "evidence_cap": (1.2, 4.0),
    "cooldown_days": (0, 28),
    "high_after_days": (1, 28),
    "missing_limit": (3, 60),
    "new_normal_days": (28, 365),
}
