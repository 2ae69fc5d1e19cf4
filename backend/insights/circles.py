"""Pure: who is counted together. A circle of at least five people is counted as a whole or not at all.

Each circle brings at least five people who are in no earlier circle. So whatever is added and subtracted,
between departments, weeks and groups, at least five people remain in the result: the newest circle in it has five
that nothing else can cancel (docs/decisions/0015-circles.md has the proof).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

from backend.insights.policy import DEFAULT, InsightPolicy


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be counted and is in no circle now."""

    id: UUID
    department: UUID | None
    gender: str | None = None
    age: str | None = None
    # In no circle so far; the others left theirs behind when it lost somebody.
    fresh: bool = True


def form(waiting: Iterable[Candidate], random: Random, policy: InsightPolicy = DEFAULT) -> list[tuple[UUID, ...]]:
    """New circles: within a department where it has five fresh people, else across departments that have too few."""
    by_department: dict[UUID | None, list[Candidate]] = defaultdict(list)
    for candidate in sorted(waiting, key=lambda one: one.id):
        by_department[candidate.department].append(candidate)
    circles: list[tuple[UUID, ...]] = []
    scattered: list[Candidate] = []
    for department, people in by_department.items():
        fresh = [one for one in people if one.fresh]
        if department is not None and len(fresh) >= policy.floor:
            circles += _of_department(people, random, policy)
        elif department is None or len(people) < policy.floor:
            scattered += fresh
    return circles + (_split(scattered, random, policy) if len(scattered) >= policy.floor else [])


def _of_department(people: Sequence[Candidate], random: Random, policy: InsightPolicy) -> list[tuple[UUID, ...]]:
    fresh = [one for one in people if one.fresh]
    by_gender = _parts(fresh, lambda one: one.gender, policy)
    parts = [part for half in by_gender for part in _parts(half, lambda one: one.age, policy)]
    circles = [circle for part in parts for circle in _split(part, random, policy)]
    return _with_riders(circles, [one for one in people if not one.fresh], random, policy)


def _parts(
    people: Sequence[Candidate], group: Callable[[Candidate], Hashable], policy: InsightPolicy
) -> list[Sequence[Candidate]]:
    """By group where every part is large enough to stand alone, so that groups can be shown; else undivided."""
    found: dict[Hashable, list[Candidate]] = defaultdict(list)
    for one in people:
        found[group(one)].append(one)
    return list(found.values()) if all(len(part) >= policy.floor for part in found.values()) else [people]


def _split(people: Sequence[Candidate], random: Random, policy: InsightPolicy) -> list[tuple[UUID, ...]]:
    """As many circles as there can be, by chance: small ones lose least when one person goes."""
    shuffled = [one.id for one in people]
    random.shuffle(shuffled)
    number = len(shuffled) // policy.floor
    return [tuple(shuffled[start::number]) for start in range(number)]


def _with_riders(
    circles: list[tuple[UUID, ...]], riders: Sequence[Candidate], random: Random, policy: InsightPolicy
) -> list[tuple[UUID, ...]]:
    """Those whose circle ended ride along, at most as many as a circle has fresh people at the least."""
    left = [one.id for one in riders]
    random.shuffle(left)
    share = min(policy.floor, -(-len(left) // len(circles)))
    return [circle + tuple(left[at * share : (at + 1) * share]) for at, circle in enumerate(circles)]
