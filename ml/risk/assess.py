"""One assessment for each person: level, the two signals behind it, and the reasons in data and in words.

`assess` looks at the last day of many people's histories (backend.risk: on new data and nightly); `replay` gives every
day (evenkeel risk replay, benchmarks). Both read the same walk, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.emotions import EMOTIONS, NEGATIVE, POSITIVE, FloatArray, index_of
from ml.risk import drift, three_sigma
from ml.risk.levels import Level
from ml.risk.lof import lof
from ml.risk.policy import RiskPolicy
from ml.risk.reasons import Reason, text

HISTORY_DAYS: Final = 91  # what a caller should load: thirteen weeks; fewer work, down to one day
DEFAULT: Final = RiskPolicy()


@dataclass(frozen=True, slots=True)
class Acute:
    """The source paper's signal for one day against the week before; lof is None where it is not defined."""

    fired: bool
    lof: float | None
    r_count: int
    components: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sustained:
    """The accumulated evidence for a lasting shift, and for how many days an episode has been open."""

    value: float
    open: bool
    days: int


@dataclass(frozen=True, slots=True)
class Assessment:
    level: Level
    learning: bool  # too few days to say anything about a lasting change; then the level is none
    observed: bool  # the day itself has data
    acute: Acute
    sustained: Sustained
    reasons: tuple[Reason, ...]

    def reasons_text(self, lang: str = "en") -> str:
        return text(self.reasons, lang)


@dataclass(frozen=True, slots=True)
class Assessments:
    """Assessments of many, as arrays of one common shape; indexing gives one `Assessment` with its reasons."""

    level: NDArray[np.int8]
    learning: NDArray[np.bool_]
    observed: NDArray[np.bool_]
    acute: NDArray[np.bool_]
    lof: FloatArray
    components: NDArray[np.bool_]  # [..., 10] beyond the 3σ limit
    value: FloatArray
    open: NDArray[np.bool_]
    days_open: NDArray[np.int64]
    learned: NDArray[np.int64]  # days in the baseline; begins anew when an episode has become the new usual
    usual: FloatArray  # [..., 10]
    spread: FloatArray  # [..., 10]
    recent: FloatArray  # [..., 10] mean of the last observed days
    outside: NDArray[np.int64]  # [..., 10] of those, how many were beyond one spread on the bad side
    recent_days: NDArray[np.int64]
    policy: RiskPolicy

    def __len__(self) -> int:
        return len(self.level)

    def __iter__(self) -> Iterator[Assessment]:
        """Only over the batch of `assess`: one a person."""
        return (self[i] for i in range(len(self)))

    def __getitem__(self, at: int | tuple[int, int]) -> Assessment:
        components = tuple(n for n, hit in zip(EMOTIONS, self.components[at], strict=True) if hit)
        factor = float(self.lof[at])
        return Assessment(
            level=Level(int(self.level[at])),
            learning=bool(self.learning[at]),
            observed=bool(self.observed[at]),
            acute=Acute(bool(self.acute[at]), factor if np.isfinite(factor) else None, len(components), components),
            sustained=Sustained(float(self.value[at]), bool(self.open[at]), int(self.days_open[at])),
            reasons=tuple(_reasons(self, at)),
        )


def assess(
    history: FloatArray,
    policy: RiskPolicy = DEFAULT,
    weekday_of_last: int | NDArray[np.integer] = 6,
    population: drift.Population | None = None,
) -> Assessments:
    """The last day of each of [P, D, 10] histories (calendar days, NaN where there is no data; Monday is 0).

    `population` is what young baselines borrow; None estimates it from these people, blended with a prior, so a
    caller who assesses one person at a time should pass the organisation's (drift.estimate_population).
    """
    return _in_blocks(history, policy, np.asarray(weekday_of_last), population, last_only=True)


def replay(
    history: FloatArray,
    policy: RiskPolicy = DEFAULT,
    weekday_of_last: int | NDArray[np.integer] = 6,
    population: drift.Population | None = None,
) -> Assessments:
    """Every day of every person, [P, D]: what `assess` would have said that evening."""
    return _in_blocks(history, policy, np.asarray(weekday_of_last), population, last_only=False)


_BLOCK: Final = 1024  # people at once: a block's arrays stay near the processor
_THREADS: Final = 2  # more gain little: the memory bus is the limit


def _in_blocks(
    history: FloatArray,
    policy: RiskPolicy,
    weekday_of_last: NDArray[np.integer],
    population: drift.Population | None,
    last_only: bool,
) -> Assessments:
    history = _checked(history)
    people, days = history.shape[:2]
    shared = population or drift.estimate_population(history)
    weekday = np.broadcast_to((weekday_of_last - (days - 1)) % 7, (people,)).astype(np.int64)
    starts = range(0, max(people, 1), _BLOCK)

    def one(i: int) -> Assessments:
        return _block(history[i : i + _BLOCK], policy, weekday[i : i + _BLOCK], shared, last_only)

    with ThreadPoolExecutor(max_workers=min(_THREADS, len(starts))) as pool:  # numpy lets go of the GIL
        parts = list(pool.map(one, starts))
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in Assessments.__slots__
        if name != "policy"
    }
    return Assessments(**joined, policy=policy)


def _checked(history: FloatArray) -> FloatArray:
    history = np.asarray(history, dtype=np.float64)
    if history.ndim != 3 or history.shape[2] != len(EMOTIONS) or history.shape[1] < 1:
        raise ValueError(f"history is people × days × {len(EMOTIONS)} numbers, got shape {history.shape}")
    incomplete = ~np.isfinite(history @ np.ones(len(EMOTIONS)))  # one number not finite makes the sum so
    if incomplete.any():  # a day is whole or missing
        history = np.where(incomplete[..., None], np.nan, history)
    return history


def _block(
    history: FloatArray,
    policy: RiskPolicy,
    weekday_of_first: NDArray[np.int64],
    population: drift.Population,
    last_only: bool,
) -> Assessments:
    walk = drift.trace(history, policy, weekday_of_first, population)
    days = slice(-1, None) if last_only else slice(None)
    here = np.isfinite(history[:, days, 0])
    packed = _Packed(history)
    seen, until = walk.observed[:, days], walk.usual_until[:, days]
    acute, factor, components = _acute(history[:, days], here, packed, seen, policy)
    usual, spread = packed.mean_and_spread(np.maximum(until - policy.baseline_days, 0), until, policy.sigma_floor)
    recent, outside, recent_days = _recent(packed, until, seen, usual, spread)
    learning = walk.learning[:, days]
    level = _level(acute, learning, walk.value[:, days], walk.open[:, days], walk.days_open[:, days], policy)
    found = {
        "level": level, "learning": learning, "observed": here, "acute": acute, "lof": factor,
        "components": components, "value": walk.value[:, days], "open": walk.open[:, days],
        "days_open": walk.days_open[:, days], "learned": walk.learned[:, days], "usual": usual, "spread": spread,
        "recent": recent, "outside": outside, "recent_days": recent_days,
    }  # fmt: skip
    return Assessments(**{k: v[:, 0] if last_only else v for k, v in found.items()}, policy=policy)


def _level(
    acute: NDArray[np.bool_],
    learning: NDArray[np.bool_],
    value: FloatArray,
    is_open: NDArray[np.bool_],
    days_open: NDArray[np.int64],
    policy: RiskPolicy,
) -> NDArray[np.int8]:
    """One strange day is worth a gentle look (low) at most; only evidence that lasts raises more."""
    high = is_open & (value >= policy.high_at) & (days_open >= policy.high_after_days)
    level = np.select([high, is_open, acute | (value >= policy.low_at)], [3, 2, 1], default=0)
    return np.where(learning, 0, level).astype(np.int8)


class _Packed:
    """Observed days moved together, so that "the seven days before" are neighbours whatever is missing."""

    def __init__(self, history: FloatArray) -> None:
        order = np.argsort(~np.isfinite(history[..., 0]), axis=1, kind="stable")
        self.days = np.take_along_axis(history, order[..., None], axis=1)
        self._filled = np.where(np.isnan(self.days), 0.0, self.days)

    def at(self, index: NDArray[np.int64]) -> FloatArray:
        """Observed days number `index` [P, T] → [P, T, 10]; before the first: NaN."""
        found = np.take_along_axis(self.days, np.maximum(index, 0)[..., None], axis=1)
        return np.where((index >= 0)[..., None], found, np.nan)

    def mean_and_spread(
        self, start: NDArray[np.int64], end: NDArray[np.int64], floor: float
    ) -> tuple[FloatArray, FloatArray]:
        """Over observed days [start, end); NaN where there is none."""
        n = np.maximum(end - start, 0)[..., None].astype(np.float64)
        n[n == 0] = np.nan
        mean = self._total(0, start, end) / n
        variance = np.maximum(self._total(1, start, end) / n - np.square(mean), 0.0)
        return mean, np.maximum(np.sqrt(variance), floor)

    def _total(self, power: int, start: NDArray[np.int64], end: NDArray[np.int64]) -> FloatArray:
        """Sum of the values (0) or their squares (1) over observed days [start, end)."""
        result: FloatArray
        if start.shape[1] == 1:  # one day asked for: running sums over all days would be wasted
            at = np.arange(self.days.shape[1])
            chosen = ((at >= start) & (at < end)).astype(np.float64)[:, None]
            result = chosen @ (np.square(self._filled) if power else self._filled)
        else:
            sums = self._running[power]
            result = np.take_along_axis(sums, end[..., None], axis=1)
            result -= np.take_along_axis(sums, start[..., None], axis=1)
        return result

    @cached_property
    def _running(self) -> FloatArray:
        people, days, size = self._filled.shape
        sums = np.zeros((2, people, days + 1, size))
        np.cumsum(self._filled, axis=1, out=sums[0, :, 1:])
        np.cumsum(np.square(self._filled), axis=1, out=sums[1, :, 1:])
        return sums


def _acute(
    today: FloatArray, here: NDArray[np.bool_], packed: _Packed, seen: NDArray[np.int64], policy: RiskPolicy
) -> tuple[NDArray[np.bool_], FloatArray, NDArray[np.bool_]]:
    """LOF of each day among the days with data before it, and which components passed the 3σ limit."""
    back = [packed.at(seen - 1 - i) for i in range(1, policy.acute_days + 1)]
    week = np.stack(back, axis=2)
    enough = here & (seen - 1 >= policy.acute_min_days)
    points = np.concatenate([today[:, :, None], week], axis=2)
    with np.errstate(invalid="ignore"):
        factor = np.where(enough, lof(points, policy.lof_neighbours)[..., 0], np.nan)
    mean, sigma = three_sigma.baseline_of(week, policy.sigma_floor)
    components = enough[..., None] & three_sigma.exceeds(today, mean, sigma, policy.sigma_factor)
    fired = (factor > policy.lof_threshold) & (components.sum(-1) >= policy.acute_min_components)
    return fired, factor, components


_RECENT: Final = 5  # days a person still remembers


def _recent(
    packed: _Packed, until: NDArray[np.int64], seen: NDArray[np.int64], usual: FloatArray, spread: FloatArray
) -> tuple[FloatArray, NDArray[np.int64], NDArray[np.int64]]:
    """Mean of up to five observed days after the usual ones, and how many lay beyond one spread."""
    days = np.clip(seen - until, 0, _RECENT)
    mean, _ = packed.mean_and_spread(seen - days, seen, 0.0)
    outside = np.zeros(usual.shape, dtype=np.int64)
    for back in range(_RECENT):
        day = packed.at(np.where(back < days, seen - 1 - back, -1))
        with np.errstate(invalid="ignore"):
            outside += three_sigma.exceeds(day, usual, spread, 1.0)
    return mean, outside, days


_SAID: Final = 2  # components named in a reason; more is a table, not a sentence


def _reasons(batch: Assessments, at: int | tuple[int, int]) -> list[Reason]:
    policy = batch.policy
    if not batch.observed[at]:
        return [Reason("still_open" if batch.open[at] else "no_data", None, {})]
    if batch.learning[at]:
        have = {"have": float(batch.learned[at]), "need": float(policy.learning_days)}
        return [Reason("learning", None, have)]
    found = []
    lasting = {"days": float(batch.days_open[at]), "value": float(batch.value[at])}
    if batch.open[at]:
        found.append(Reason("lasting", None, {**lasting, "threshold": policy.moderate_at}))
    elif batch.value[at] >= policy.low_at:
        found.append(Reason("drifting", None, {"value": lasting["value"], "threshold": policy.moderate_at}))
    if found:
        found += _component_reasons(batch, at)
    if batch.acute[at]:
        numbers = {"r_count": float(batch.components[at].sum()), "lof": float(batch.lof[at])}
        found.append(Reason("unusual_day", None, numbers))
    return found


def _component_reasons(batch: Assessments, at: int | tuple[int, int]) -> list[Reason]:
    """The expressions that moved most, in own spreads, among those that were outside on most recent days."""
    toward = three_sigma.DIRECTIONS * (batch.recent[at] - batch.usual[at]) / batch.spread[at]
    candidates = [index_of(name) for name in (*NEGATIVE, *POSITIVE) if name not in ("positive", "negative")]
    moved = [i for i in candidates if 2 * batch.outside[at][i] > batch.recent_days[at]]
    return [_moved(batch, at, i) for i in sorted(moved, key=lambda i: -toward[i])[:_SAID]]


def _moved(batch: Assessments, at: int | tuple[int, int], component: int) -> Reason:
    numbers = {
        "days": float(batch.outside[at][component]),
        "of_days": float(batch.recent_days[at]),
        "recent": float(batch.recent[at][component]),
        "usual": float(batch.usual[at][component]),
        "spread": float(batch.spread[at][component]),
    }
    up = three_sigma.DIRECTIONS[component] > 0
    return Reason("above_usual" if up else "below_usual", EMOTIONS[component], numbers)
