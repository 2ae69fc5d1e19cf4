"""Pure decisions about group figures: which weeks, who is counted together, how exactly a figure may be said."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

View = Literal["trend", "stress", "hours", "groups", "participation", "support", "wellbeing"]
VIEWS: Final[tuple[View, ...]] = ("trend", "stress", "hours", "groups", "participation", "support", "wellbeing")
Panel = Literal["expression", "wellbeing"]
# Whose figures stand in which view: those who check in by photo, or those who answer the WHO-5.
PANEL_OF: Final[Mapping[View, Panel]] = {view: "wellbeing" if view == "wellbeing" else "expression" for view in VIEWS}

Reason = Literal["too_few", "policy", "no_crossing", "not_yet"]
Bound = Literal["exact", "at_most", "at_least"]
Measure = Literal["balance", "negative", "high", "who5"]

WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class InsightPolicy:
    # Below five a figure is about persons, not about a group (DESIGN: the floor may be raised, never lowered).
    floor: int = 5
    # A phone that was offline over the weekend still counts: a week is settled on Wednesday.
    settle: timedelta = timedelta(days=2)
    # Somebody on holiday is counted with the newest week of the last four, so that an absence shows nowhere.
    carry: timedelta = timedelta(weeks=4)
    # A WHO-5 speaks of two weeks and is asked monthly at most; a quarter keeps most people in.
    answers: timedelta = timedelta(weeks=13)
    # A circle waits a season for somebody who fell silent, then lets the others go.
    silence: timedelta = timedelta(weeks=26)
    # Figures are kept as long as the readings they came from may be: two years.
    keep: timedelta = timedelta(days=730)
    # The most weeks a page shows.
    most_weeks: int = 106


DEFAULT: Final = InsightPolicy()


# Weeks -----------------------------------------------------------------------------------------------------------
def week_of(day: date) -> date:
    """Its Monday."""
    return day - timedelta(days=day.weekday())


def last_settled(today: date, policy: InsightPolicy = DEFAULT) -> date:
    """The newest week that may be published today."""
    return week_of(today - policy.settle) - WEEK


def next_publication(today: date, policy: InsightPolicy = DEFAULT) -> date:
    """The day on which the next week is published."""
    return last_settled(today, policy) + 2 * WEEK + policy.settle


# Stress ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class StressBands:
    """Normal, mild, high by the share of negative expression (sad, angry, fear) in a person's mean of the week."""

    # More than half of what was read is negative: nothing else outweighs it.
    high: float = 0.5
    # A quarter, and more than the positive: clearly there, with neutral around it.
    mild: float = 0.25


STRESS: Final = StressBands()


def stress_of(positive: float, negative: float, bands: StressBands = STRESS) -> str:
    if negative >= bands.high:
        return "high"
    return "mild" if negative >= bands.mild and negative > positive else "normal"


# How exactly a figure may be said -------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Scale:
    low: float
    high: float
    # Shares of people: 0 % or 100 % would say it of each one, so the edges are wider than for means.
    of_people: bool = False

    @property
    def span(self) -> float:
        return self.high - self.low


UNIT: Final = Scale(0.0, 1.0)
PEOPLE: Final = Scale(0.0, 1.0, of_people=True)
BALANCE: Final = Scale(-1.0, 1.0)
WHO5: Final = Scale(0.0, 100.0)


@dataclass(frozen=True, slots=True)
class Rounding:
    # (fewer than so many people, step as a share of the scale). Means: about as much as one person can move them, so
    # that a figure does not pretend to know more than it does.
    means: tuple[tuple[int, float], ...] = ((20, 0.05), (100, 0.02))
    # Shares: each person is a yes or a no, so the step is a whole person at the least.
    shares: tuple[tuple[int, float], ...] = ((10, 0.2), (20, 0.1), (50, 0.05), (100, 0.02))
    finest: float = 0.01
    # No mean may lie so near an edge that everybody must: whoever is in it can still differ by half the scale.
    edge_of_means: float = 0.5
    # Of shares: at least one person and a half, so "all of them" and "all but one" read the same.
    edge_of_shares: float = 1.5

    def step(self, people: int, scale: Scale) -> float:
        steps = self.shares if scale.of_people else self.means
        return next((step for below, step in steps if people < below), self.finest) * scale.span

    def edge(self, people: int, scale: Scale) -> float:
        return (self.edge_of_shares if scale.of_people else self.edge_of_means) / people * scale.span


ROUNDING: Final = Rounding()


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it may be shown, or why it may not."""

    value: float | None = None
    bound: Bound = "exact"
    people: int | None = None  # at least so many; rounded down to fives
    hidden: Reason | None = None

    def to_json(self) -> dict[str, object]:
        if self.hidden:
            return {"hidden": self.hidden}
        return {"value": self.value, "people": self.people} | ({} if self.bound == "exact" else {"bound": self.bound})


def protect(mean: float, people: int, scale: Scale, policy: InsightPolicy = DEFAULT) -> Figure:
    """The last thing that happens to a figure before it is stored: the floor, the edges, the rounding."""
    if people < policy.floor:
        return Figure(hidden="too_few")
    step, edge = ROUNDING.step(people, scale), ROUNDING.edge(people, scale)
    stands_for = people - people % 5
    if mean <= scale.low + edge:
        return Figure(_on_grid(math.ceil(edge / step - 1e-9), step, scale), "at_most", stands_for)
    if mean >= scale.high - edge:
        return Figure(_on_grid(math.floor((scale.span - edge) / step + 1e-9), step, scale), "at_least", stands_for)
    return Figure(_on_grid(round((mean - scale.low) / step), step, scale), "exact", stands_for)


def _on_grid(steps: int, step: float, scale: Scale) -> float:
    return round(scale.low + steps * step, 4)


# Alerts ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class AlertTerms:
    view: View
    worse: int  # -1: worse when it falls; 1: when it rises
    least: float  # below, rounding alone would set it off
    most: float


ALERTS: Final[Mapping[Measure, AlertTerms]] = {
    "balance": AlertTerms("trend", -1, 0.1, 1.0),
    "negative": AlertTerms("trend", 1, 0.05, 0.5),
    "high": AlertTerms("stress", 1, 0.05, 0.5),
    "who5": AlertTerms("wellbeing", -1, 5.0, 50.0),
}
ALERT_WEEKS: Final = (2, 8)
# More than a person can act on.
MOST_ALERTS: Final = 50


_SIDES: Final[Mapping[str, int]] = {"at_most": -1, "at_least": 1}


def worsened(figures: Sequence[Mapping[str, Any]], measure: Measure, change: float) -> bool:
    """Over consecutive published weeks, oldest first: never better in between, and worse by `change` in the end.

    A bound moves with the size of the group alone, so the last figure may not be one on the good side, nor the first
    one on the bad side."""
    worse = ALERTS[measure].worse
    if not all("value" in figure for figure in figures):
        return False
    values = [worse * figure["value"] for figure in figures]
    sides = [worse * _SIDES.get(figure.get("bound", "exact"), 0) for figure in figures]
    in_order = sorted(values) == values and sorted(sides) == sides
    return in_order and sides[0] < 1 and sides[-1] > -1 and values[-1] - values[0] >= change - 1e-9
