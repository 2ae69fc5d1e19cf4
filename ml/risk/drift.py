"""The sustained signal: a lasting shift of a person's days away from their own baseline.

One number a day, how negative against positive the expression was, is compared with the person's own baseline (their
weekdays taken into account, their variance shrunk towards other people's) and accumulated by a one-sided CUSUM. The
steps are scaled by how strongly days hang together, so that one threshold means the same number of false alarms for
jumpy and for inert people alike. `docs/risk.md` says which alternatives were measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.emotions import FloatArray, index_of
from ml.risk.policy import RiskPolicy

_NEGATIVE: Final = [index_of(name) for name in ("sad", "angry", "fear")]
_POSITIVE: Final = [index_of(name) for name in ("happy", "surprise")]
_EPSILON: Final = 0.05  # keeps the noise of almost absent expressions from dominating the logarithm
_USUAL_RATE: Final = 0.8  # check-ins a day that thresholds are calibrated for
_RATE_DAYS: Final = 28  # over which a person's own rate is followed
_LOWEST_RATE: Final = 0.4  # below, evidence would come from a handful of days
_LONG_GONE: Final = 10_000  # days: "no episode yet"
_WEEKDAY_COUNT_CAP: Final = 12.0  # weekday habits older than about three months are forgotten


@dataclass(frozen=True, slots=True)
class Population:
    """What is borrowed from other people until a person's own days can say it."""

    dependence: float  # correlation of one day's index with the next day's
    spread: float  # an ordinary person's deviation of the index

    def __post_init__(self) -> None:
        if not (0.0 <= self.dependence < 1.0 and self.spread > 0.0):
            raise ValueError("dependence lies in [0, 1) and spread is positive")


PRIOR: Final = Population(dependence=0.35, spread=0.55)  # the middle of the training worlds of benchmarks/risk.py
_PRIOR_PEOPLE: Final = 30  # fewer are not asked, so one person's assessment follows from their own days only
_LEAST_DEPENDENCE: Final = 0.2  # noise of single photos hides that moods last: never believe in less
_ENOUGH_DAYS: Final = 21  # a person shorter observed says little about dependence
_SAMPLE: Final = 2000  # people looked at: more change the third digit only


@dataclass(frozen=True, slots=True)
class DriftTrace:
    """One value for each person and day, [P, D]."""

    value: FloatArray  # the accumulated evidence
    open: NDArray[np.bool_]  # an episode is open
    days_open: NDArray[np.int64]  # calendar days since it opened, 1 on the first
    observed: NDArray[np.int64]  # days with data so far, today included
    usual_until: NDArray[np.int64]  # how many of those belong to the person's usual self
    learned: NDArray[np.int64]  # days in the baseline
    learning: NDArray[np.bool_]  # too few of them to say anything


def index(days: FloatArray) -> FloatArray:
    """Negative against positive, [..., 10] → [...]: log-odds of the sums, averaged with the log-ratio of the parts.

    The sums follow whichever expression is large, the parts average the noise of all five.
    """
    sad, angry, fear = (days[..., i] + _EPSILON for i in _NEGATIVE)
    happy, surprise = (days[..., i] + _EPSILON for i in _POSITIVE)
    whole = np.log((sad + angry + fear - 2 * _EPSILON) / (happy + surprise - _EPSILON))
    parts = np.log(sad * angry * fear) / 3 - np.log(happy * surprise) / 2  # one logarithm for a whole product
    result: FloatArray = 0.5 * (whole + parts)
    return result


def estimate_population(history: FloatArray) -> Population:
    """From [P, D, 10] histories, blended with the prior by how many people there are; from a few, the prior itself.

    Dependence comes from neighbouring days against days five and six apart: a level shift in between touches one pair
    in many, and pairs seven apart would share their weekday.
    """
    x = index(history[:: max(1, len(history) // _SAMPLE)])
    x = x[np.isfinite(x).sum(1) >= _ENOUGH_DAYS]
    if x.shape[0] == 0 or x.shape[1] < _ENOUGH_DAYS:
        return PRIOR
    near, far = _step(x, 1), (_step(x, 5) + _step(x, 6)) / 2
    usable = np.isfinite(near) & np.isfinite(far) & (far > 0)
    if usable.sum() < _PRIOR_PEOPLE:
        return PRIOR
    ratio = float(np.median(near[usable] / far[usable]))
    spread = float(np.median(np.nanstd(x[usable], axis=1)))
    trust = usable.sum() / (usable.sum() + _PRIOR_PEOPLE)
    dependence = float(np.clip(1 - ratio**2, _LEAST_DEPENDENCE, 0.75))
    return Population(
        float(PRIOR.dependence + trust * (dependence - PRIOR.dependence)),
        float(max(PRIOR.spread + trust * (spread - PRIOR.spread), 0.01)),
    )


def _step(x: FloatArray, lag: int) -> FloatArray:
    """Mean absolute difference of days `lag` apart, for each person; NaN where no such pair exists."""
    step = np.abs(x[:, lag:] - x[:, :-lag])
    count = np.isfinite(step).sum(1)
    result: FloatArray = np.where(count > 0, np.nansum(step, 1) / np.maximum(count, 1), np.nan)
    return result


class _Walk:
    """Everybody's state on one day; `step` moves all of them to the next."""

    def __init__(self, people: int, policy: RiskPolicy, population: Population) -> None:
        self.policy, self.population = policy, population
        inflation = (1 + population.dependence) / (1 - population.dependence)
        self.scale = inflation**policy.dependence_power
        self.people = np.arange(people)
        self.n, self.mean, self.squares = np.zeros(people), np.zeros(people), np.zeros(people)
        self.habit, self.habit_n = np.zeros((people, 7)), np.zeros((people, 7))
        self.value, self.open = np.zeros(people), np.zeros(people, dtype=bool)
        self.days_open = np.zeros(people, dtype=np.int64)
        self.closed_for = np.full(people, _LONG_GONE)
        self.unseen_for = np.zeros(people, dtype=np.int64)
        self.rate = np.full(people, _USUAL_RATE)
        self.observed, self.onset = np.zeros(people, dtype=np.int64), np.zeros(people, dtype=np.int64)

    def step(self, x: FloatArray, weekday: NDArray[np.int64]) -> None:
        seen = np.isfinite(x)
        x = np.where(seen, x, self.mean)
        self.observed += seen
        self.rate += np.where(self.observed > 0, seen - self.rate, 0.0) / _RATE_DAYS
        self.unseen_for = np.where(seen, 0, self.unseen_for + 1)
        usual = self.habit[self.people, weekday]
        count = self.habit_n[self.people, weekday]
        plain = x - usual * count / (count + self.policy.weekday_days)
        self._accumulate(plain, seen & (self.n >= self.policy.learning_days))
        self._open_and_close(seen)
        self._learn(x, plain, seen & ~self.open & (self.value < self.policy.low_at), weekday)

    def _spread(self) -> FloatArray:
        prior = self.policy.prior_days
        result: FloatArray = np.sqrt((self.squares + prior * self.population.spread**2) / (self.n + prior))
        return result

    def _accumulate(self, plain: FloatArray, ready: NDArray[np.bool_]) -> None:
        policy, n = self.policy, np.maximum(self.n, 1)
        z = (plain - self.mean) / (self._spread() * np.sqrt(1 + 1 / n))
        gain = np.clip(z, -policy.clip, policy.clip) - policy.allowance
        often = (np.maximum(self.rate, _LOWEST_RATE) / _USUAL_RATE) ** policy.rate_power
        gain /= self.scale * (1 + policy.young_days / n) * often
        moved = np.clip(self.value + gain, 0.0, policy.evidence_cap * policy.moderate_at)
        self.value = np.where(ready, moved, self.value)
        self.onset = np.where(self.value > 0, self.onset, self.observed)

    def _open_and_close(self, seen: NDArray[np.bool_]) -> None:
        policy = self.policy
        lost = self.unseen_for >= policy.missing_limit
        self.value = np.where(lost, 0.0, self.value)
        stays = self.open & (self.value >= policy.clear_at)
        fresh = seen & ~self.open & (self.value >= policy.moderate_at) & (self.closed_for >= policy.cooldown_days)
        self.open = stays | fresh
        self.days_open = np.where(self.open, self.days_open + 1, 0)
        self.closed_for = np.where(self.open, 0, np.minimum(self.closed_for + 1, _LONG_GONE))
        worn = self.days_open >= policy.new_normal_days
        self.n = np.where(worn, 0.0, self.n)  # what has lasted a quarter is the new usual: learn it
        self.value = np.where(worn, 0.0, self.value)
        self.open &= ~worn
        self.days_open = np.where(worn, 0, self.days_open)

    def _learn(self, x: FloatArray, plain: FloatArray, learn: NDArray[np.bool_], weekday: NDArray[np.int64]) -> None:
        """Running mean and squares; full after `baseline_days`, from then on old days fade."""
        keep = self.policy.baseline_days
        full = self.n >= keep
        n = np.where(learn, np.minimum(self.n + 1, keep), self.n)
        share = np.where(learn, 1 / np.maximum(n, 1), 0.0)
        gap = plain - self.mean
        self.squares = np.where(self.n == 0, 0.0, self.squares * np.where(full, 1 - share, 1.0))
        self.squares = self.squares + np.where(learn, np.square(gap) * (1 - share), 0.0)
        self.mean, self.n = self.mean + share * gap, n
        habit, count = self.habit[self.people, weekday], self.habit_n[self.people, weekday]
        count = np.where(learn, np.minimum(count + 1, _WEEKDAY_COUNT_CAP), count)
        away = np.where(learn, (x - self.mean - habit) / np.maximum(count, 1), 0.0)
        self.habit[self.people, weekday], self.habit_n[self.people, weekday] = habit + away, count

    def usual_until(self) -> NDArray[np.int64]:
        """The baseline ends where the evidence began to grow, or five days ago when nothing is growing."""
        rising = self.open | (self.value >= self.policy.low_at)
        return np.where(rising, self.onset, np.maximum(self.observed - 5, 0))


def trace(
    history: FloatArray, policy: RiskPolicy, weekday_of_first: NDArray[np.int64], population: Population
) -> DriftTrace:
    """Walk through the days once for everybody together; called by `assess` and `replay`."""
    x = np.ascontiguousarray(index(history).T)
    days, people = x.shape
    walk = _Walk(people, policy, population)
    value = np.zeros((days, people))
    is_open, learning = np.zeros((2, days, people), dtype=bool)
    days_open, observed, usual, learned = (np.zeros((days, people), dtype=np.int64) for _ in range(4))
    for day in range(days):
        walk.step(x[day], (weekday_of_first + day) % 7)
        value[day], is_open[day], days_open[day] = walk.value, walk.open, walk.days_open
        observed[day], usual[day], learned[day] = walk.observed, walk.usual_until(), walk.n
        learning[day] = ~walk.open & (walk.n < policy.learning_days)
    return DriftTrace(value.T, is_open.T, days_open.T, observed.T, usual.T, learned.T, learning.T)
