"""What a clip says as a whole: phases, brief expressions and the mean vector. Pure: numbers in, data out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.emotions import EXPRESSIONS, EmotionVector, expand
from ml.faces.advice import Reason

Floats = NDArray[np.float64]

_NEUTRAL: Final = EXPRESSIONS.index("neutral")


@dataclass(frozen=True, slots=True)
class TimelinePolicy:
    # Fewer readable frames than this share say too little about the clip: it is not scored.
    readable: float = 0.3
    # The leading expression is taken from means over this long, or one doubtful frame would break a phase in two.
    smooth: float = 0.5
    # A shorter phase is a passing doubt between two expressions.
    phase: float = 0.4
    # Gaps of unread frames up to this long are bridged; longer ones end a phase.
    gap: float = 0.4
    # A brief expression rises by at least this over what the clip shows of it otherwise, and back: between frames of a
    # calm face the probabilities move by up to 0.15.
    rise: float = 0.30
    # Onset and offset are where it passes this share of the rise: nearer to the foot, noise decides.
    foot: float = 0.25
    # Longer than this it is simply an expression; a phase then says so.
    brief: float = 1.5
    # Micro-expressions last under half a second (Ekman; the source paper likewise).
    micro: float = 0.5
    # One that is called so must be seen in at least three pictures, and the clip must have enough of them a second.
    micro_frames: int = 3
    micro_rate: float = 20.0


POLICY: Final = TimelinePolicy()


@dataclass(frozen=True, slots=True)
class Phase:
    top: str
    start: float
    end: float
    share: float
    """Mean probability of `top` in it."""


@dataclass(frozen=True, slots=True)
class Brief:
    """An expression that came and went: all three moments lie within the clip."""

    expression: str
    onset: float
    apex: float
    offset: float
    rise: float
    micro: bool

    @property
    def seconds(self) -> float:
        return self.offset - self.onset


@dataclass(frozen=True, slots=True)
class Summary:
    vector: EmotionVector | None
    confidence: float | None
    abstained: Reason | None
    phases: tuple[Phase, ...]
    brief: tuple[Brief, ...]
    rate: float
    """Pictures a second that were looked at."""
    shows_micro: bool
    """Whether the rate could show an expression of under half a second."""


def summarise(
    times: Sequence[float],
    probabilities: Sequence[Sequence[float] | None],
    reasons: Sequence[Reason | None],
    policy: TimelinePolicy = POLICY,
) -> Summary:
    """`probabilities` are seven a frame or None where it could not be read, and `reasons` says why not."""
    rate = rate_of(times)
    rows = [k for k, row in enumerate(probabilities) if row is not None]
    shows_micro = rate >= policy.micro_rate
    if not rows or len(rows) < policy.readable * len(times):
        why = Counter(reason for reason in reasons if reason).most_common(1)
        return Summary(None, None, why[0][0] if why else "no_face", (), (), rate, shows_micro)
    at = np.array([times[k] for k in rows])
    seven = np.array([probabilities[k] for k in rows], dtype=np.float64)
    mean = seven.mean(axis=0)
    return Summary(
        vector=EmotionVector(tuple(float(v) for v in np.clip(expand(mean / mean.sum()), 0.0, 1.0))),
        confidence=float(seven.max(axis=1).mean()),
        abstained=None,
        phases=phases(at, seven, rate, policy),
        brief=brief_expressions(at, seven, rate, policy),
        rate=rate,
        shows_micro=shows_micro,
    )


def rate_of(times: Sequence[float]) -> float:
    if len(times) < 2:
        return 0.0
    return float(1 / max(float(np.median(np.diff(times))), 1e-3))


def smoothed(at: Floats, values: Floats, seconds: float) -> Floats:
    """Means over a centred window of time; frames may be missing."""
    low = np.searchsorted(at, at - seconds / 2 - 1e-9)
    high = np.searchsorted(at, at + seconds / 2 + 1e-9, side="right")
    total = np.vstack([np.zeros(values.shape[1]), np.cumsum(values, axis=0)])
    return np.asarray((total[high] - total[low]) / (high - low)[:, None])


def phases(at: Floats, seven: Floats, rate: float, policy: TimelinePolicy = POLICY) -> tuple[Phase, ...]:
    """Stretches in which one expression leads; those too short to mean anything join their longer neighbour."""
    calm = smoothed(at, seven, policy.smooth)
    step = 1 / rate if rate else 0.0
    # Few pictures a second are no gaps.
    policy = replace(policy, gap=max(policy.gap, 1.5 * step))
    # Each picture stands until the next, however unevenly a phone records; the last one, and one before a gap, a step.
    until = np.where(np.diff(at) <= policy.gap, at[1:], at[:-1] + step)
    ends = np.append(until, at[-1] + step)
    runs = _runs(calm.argmax(axis=1), at, ends, policy)
    return tuple(
        Phase(EXPRESSIONS[top], float(at[a]), float(ends[b - 1]), float(seven[a:b, top].mean())) for top, a, b in runs
    )


def _runs(top: NDArray[np.intp], at: Floats, ends: Floats, policy: TimelinePolicy) -> list[tuple[int, int, int]]:
    """(expression, first row, row after the last), without gaps longer than allowed and without flickers."""
    cuts = [0, *(np.flatnonzero((np.diff(top) != 0) | (np.diff(at) > policy.gap)) + 1), len(top)]
    found = [(int(top[a]), int(a), int(b)) for a, b in pairwise(cuts)]
    while len(found) > 1:
        lengths = [ends[b - 1] - at[a] for _, a, b in found]
        shortest = int(np.argmin(lengths))
        if lengths[shortest] >= policy.phase:
            break
        found = _joined(found, shortest, lengths)
    return _merged(found, at, policy)


def _joined(found: list[tuple[int, int, int]], k: int, lengths: list[float]) -> list[tuple[int, int, int]]:
    left = k > 0 and (k == len(found) - 1 or lengths[k - 1] >= lengths[k + 1])
    other = k - 1 if left else k + 1
    first, last = sorted((k, other))
    whole = (found[other][0], found[first][1], found[last][2])
    return [*found[:first], whole, *found[last + 1 :]]


def _merged(found: list[tuple[int, int, int]], at: Floats, policy: TimelinePolicy) -> list[tuple[int, int, int]]:
    """Neighbours of one expression are one phase again, unless nothing was read between them for a while."""
    merged = [found[0]]
    for top, a, b in found[1:]:
        last = merged[-1]
        if last[0] == top and at[a] - at[last[2] - 1] <= policy.gap:
            merged[-1] = (top, last[1], b)
        else:
            merged.append((top, a, b))
    return merged


def brief_expressions(at: Floats, seven: Floats, rate: float, policy: TimelinePolicy = POLICY) -> tuple[Brief, ...]:
    """Every expression but neutral that rises out of what surrounds it and falls back within the brief time."""
    found = [
        one
        for column in range(seven.shape[1])
        if column != _NEUTRAL
        for one in _peaks(at, _despiked(seven[:, column]), column, rate, policy)
    ]
    return tuple(sorted(found, key=lambda one: one.onset))


def _despiked(values: Floats) -> Floats:
    """The median of three neighbours: a single frame that jumps is the network's mistake, not a face's."""
    if len(values) < 3:
        return values
    inner = np.median(np.stack([values[:-2], values[1:-1], values[2:]]), axis=0)
    return np.concatenate([values[:1], inner, values[-1:]])


def _peaks(at: Floats, values: Floats, column: int, rate: float, policy: TimelinePolicy) -> list[Brief]:
    """Around each highest frame, down to its feet on both sides; feet beyond the clip's ends count as none."""
    found: list[Brief] = []
    left = values.copy()
    while True:
        apex = int(left.argmax())
        window = np.abs(at - at[apex]) <= policy.brief
        ground = max(_ground(values, window, apex, before=True), _ground(values, window, apex, before=False))
        rise = float(values[apex] - ground)
        if left[apex] < policy.rise:
            return found
        a, b = _feet(values, apex, ground + policy.foot * rise)
        left[a : b + 1] = 0.0
        if rise < policy.rise or a == 0 or b == len(values) - 1:
            continue
        seconds = float(at[b] - at[a])
        if seconds <= policy.brief:
            found.append(_brief(at, a, apex, b, column, rise, seconds, rate, policy))


def _ground(values: Floats, window: NDArray[np.bool_], apex: int, *, before: bool) -> float:
    side = window.copy()
    side[apex:] &= not before
    side[: apex + 1] &= before
    return float(values[side].min()) if side.any() else float(values[apex])


def _feet(values: Floats, apex: int, level: float) -> tuple[int, int]:
    a = b = apex
    while a > 0 and values[a] > level:
        a -= 1
    while b < len(values) - 1 and values[b] > level:
        b += 1
    return a, b


def _brief(
    at: Floats,
    a: int,
    apex: int,
    b: int,
    column: int,
    rise: float,
    seconds: float,
    rate: float,
    policy: TimelinePolicy,
) -> Brief:
    seen = b - a - 1  # the feet themselves lie below the level
    micro = seconds < policy.micro and seen >= policy.micro_frames and rate >= policy.micro_rate
    return Brief(EXPRESSIONS[column], float(at[a]), float(at[apex]), float(at[b]), rise, micro)
