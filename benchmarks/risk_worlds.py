"""The published simulation: people whose days we make up, in several worlds that differ on purpose.

A world fixes how days come about (how noise is shaped, how days depend on each other, how many readings a day has, what
a decline changes and by how much); `simulate` draws people from it. `benchmarks/risk.py` reports
TRAIN, where thresholds were tuned, and TEST, whose worlds differ.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.emotions import EXPRESSIONS, FloatArray, expand

STABLE, SHOCKED, STRONG, MILD = range(4)
KINDS: Final = ("stable", "acute shocks", "strong decline", "mild decline")

# Which way each expression goes in a decline, as logits: happy, sad, angry, disgust, fear, surprise, neutral.
BROAD: Final = (-1.0, 1.0, 0.6, 0.2, 0.6, -0.4, 0.0)
SAD: Final = (-0.8, 1.2, 0.0, 0.0, 0.0, 0.0, 0.0)
TENSE: Final = (-0.5, 0.3, 1.2, 0.4, 0.8, -0.3, 0.0)
FLAT: Final = (-1.2, 0.5, 0.0, 0.0, 0.0, -0.6, 0.4)


@dataclass(frozen=True, slots=True)
class World:
    name: str
    base: tuple[float, ...] = (0.8, -0.6, -1.2, -2.0, -1.4, -0.9, 1.2)  # logits of an ordinary day
    base_spread: float = 0.5  # how people differ
    direction: tuple[float, ...] = BROAD
    strong: float = 2.2  # size of a decline, in deviations of the person's own log-odds
    mild: float = 1.15
    valence: float = 0.35  # shared good day / bad day noise
    own: float = 0.35  # noise of each expression by itself
    person_noise: float = 0.3  # log-deviation of the noise between people
    phi: float = 0.35  # how much of a day stays in the next
    tails: float = 5.0  # Student's t degrees of freedom
    weekday: float = 0.25  # deviation of weekday effects
    missing: float = 0.2
    weekends_off: bool = False
    readings: int = 0  # a day averages this many sharp readings (0: the day's probabilities as such)
    concentration: float = 6.0
    ramp: int = 0  # days until a decline is complete
    shock: float = 4.0
    shock_rate: float = 0.02  # of days, for people with shocks
    additive: bool = False  # noise and declines act on probabilities instead of logits
    days: int = 84


def simulate(world: World, people: int, seed: int) -> Simulation:
    """A quarter each of stable, shocked, strongly and mildly declining people."""
    rng = np.random.default_rng(seed)
    kind = np.arange(people) % 4
    logits, sizes = _ordinary(world, people, rng)
    onset = np.where(kind >= STRONG, rng.integers(28, world.days - 14, people), -1)
    shift = _shift(world, kind, onset, rng) * sizes[:, None]
    days = _days(world, logits, shift, rng)
    gone = rng.random((people, world.days)) < world.missing
    start = rng.integers(0, 7)
    if world.weekends_off:
        gone |= (start + np.arange(world.days)) % 7 >= 5
    days[gone] = np.nan
    return Simulation(world, days, kind, onset, int((start + world.days - 1) % 7))


@dataclass(frozen=True, slots=True)
class Simulation:
    world: World
    days: FloatArray  # [P, D, 10]
    kind: NDArray[np.int64]
    onset: NDArray[np.int64]  # day a decline starts, −1 for none
    weekday_of_last: int


def _autocorrelated(world: World, shape: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
    """AR(1) over axis 1 with unit deviation and Student's t innovations."""
    noise = rng.standard_t(world.tails, shape) / np.sqrt(world.tails / (world.tails - 2))
    for day in range(1, shape[1]):
        noise[:, day] = world.phi * noise[:, day - 1] + np.sqrt(1 - world.phi**2) * noise[:, day]
    return noise


def _ordinary(world: World, people: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Logits of ordinary days [P, D, 7], and what one deviation of the person's log-odds is in valence units."""
    size = len(EXPRESSIONS)
    base = np.array(world.base) + rng.normal(0, world.base_spread, (people, 1, size))
    scale = np.exp(rng.normal(0, world.person_noise, (people, 1, 1)))
    valence = _autocorrelated(world, (people, world.days, 1), rng) * world.valence
    own = _autocorrelated(world, (people, world.days, size), rng) * world.own
    weekday = rng.normal(0, world.weekday, (people, 7))[:, np.arange(world.days) % 7, None]
    logits = base + scale * (own + np.array(BROAD) * (valence + weekday * world.valence))
    return logits, _unit(world, logits, base, rng)


def _unit(world: World, logits: FloatArray, base: FloatArray, rng: np.random.Generator) -> FloatArray:
    """How far along the decline one deviation of the person's own daily log-odds is: sizes mean the same anywhere."""
    still = np.zeros(logits.shape[:2])
    noise = log_odds(_days(world, logits, still, rng)).std(1)
    step = 0.3
    there = log_odds(_days(replace(world, readings=0), base + 0 * logits, still + step, rng))
    here = log_odds(_days(replace(world, readings=0), base + 0 * logits, still, rng))
    per_step: FloatArray = (there - here).mean(1) / step
    return noise / per_step


def log_odds(days: FloatArray) -> FloatArray:
    """Negative against positive expression, the scale on which sizes of declines are given."""
    result: FloatArray = np.log((days[..., [1, 2, 4]].sum(-1) + 0.02) / (days[..., [0, 5]].sum(-1) + 0.02))
    return result


def _shift(world: World, kind: NDArray[np.int64], onset: NDArray[np.int64], rng: np.random.Generator) -> FloatArray:
    day = np.arange(world.days)
    since = day[None] - onset[:, None]
    grown = np.clip((since + 1) / max(world.ramp, 1), 0, 1) * (onset >= 0)[:, None] * (since >= 0)
    size = np.select([kind == STRONG, kind == MILD], [world.strong, world.mild], 0.0)
    shocks = (rng.random((len(kind), world.days)) < world.shock_rate) & (kind == SHOCKED)[:, None]
    result: FloatArray = grown * size[:, None] + shocks * world.shock
    return result


def _days(world: World, logits: FloatArray, shift: FloatArray, rng: np.random.Generator) -> FloatArray:
    direction = np.array(world.direction)
    moved = logits + shift[..., None] * direction
    if world.additive:
        return _additive_days(logits, shift, direction)
    p = _softmax(moved)
    if world.readings:
        count = 1 + rng.poisson(world.readings - 1, p.shape[:2])
        concentration = p * (world.concentration * count[..., None])
        p = _softmax(np.log(rng.gamma(np.maximum(concentration, 1e-3)) + 1e-12))
    return expand(p)


def _additive_days(logits: FloatArray, shift: FloatArray, direction: FloatArray) -> FloatArray:
    """The same people, but every deviation is straight in probability: large values move as much as small ones."""
    centre = logits.mean(1, keepdims=True)
    p = _softmax(centre)
    slope = 0.12 * (logits - centre) + 0.12 * shift[..., None] * direction
    p = np.clip(p + slope - slope.mean(-1, keepdims=True), 0.0, None)
    return expand(p / p.sum(-1, keepdims=True))


def _softmax(logits: FloatArray) -> FloatArray:
    p = np.exp(logits - logits.max(-1, keepdims=True))
    result: FloatArray = p / p.sum(-1, keepdims=True)
    return result


TRAIN: Final = (
    World("plain"),
    World("inert", phi=0.6, weekday=0.0, missing=0.1, valence=0.5, own=0.2),
    World("few readings", readings=3, concentration=4.0, valence=0.3, own=0.2),
    World("sadness only", direction=SAD, own=0.45, valence=0.2, tails=8.0),
    World("one factor", own=0.05, valence=0.6, phi=0.4),
    World("additive", additive=True, own=0.3, valence=0.3),
)
TEST: Final = (
    World("restless", base=(0.3, 0.1, -0.8, -2.4, -1.0, -1.3, 1.6), own=0.7, valence=0.4, phi=0.25, tails=3.5),
    World("steady", base_spread=0.8, own=0.12, valence=0.15, phi=0.5, person_noise=0.5, weekday=0.5),
    World("office week", weekends_off=True, missing=0.1, direction=TENSE, weekday=0.6, phi=0.3),
    World("one photo a day", readings=1, concentration=5.0, own=0.2, valence=0.3, phi=0.2, missing=0.3),
    World("many photos", readings=12, concentration=3.0, phi=0.5, valence=0.45, direction=FLAT),
    World("slow", ramp=6, phi=0.4, strong=2.6, mild=1.4, weekday=0.3),
    World("additive, inert", additive=True, phi=0.55, own=0.2, valence=0.5, tails=4.0, days=70),
)
