"""Pure: from the week's circles to the figures that are published, each protected before it leaves here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from backend.insights.policy import BALANCE, PEOPLE, UNIT, WHO5, Figure, Scale, protect
from ml.emotions import FloatArray

HOURS: Final = tuple(f"hour.{hour}" for hour in range(24))
WEEKDAYS: Final = tuple(f"weekday.{day}" for day in range(7))
GENDERS: Final = ("gender.female", "gender.male")

# What is known of each person for a week, by panel and view, and on which scale it lies.
VIEWS_OF: Final[Mapping[str, Mapping[str, Mapping[str, Scale]]]] = {
    "expression": {
        "trend": {"balance": BALANCE, "positive": UNIT, "negative": UNIT},
        "stress": {"normal": PEOPLE, "mild": PEOPLE, "high": PEOPLE},
        "hours": dict.fromkeys(HOURS + WEEKDAYS, UNIT),
        "participation": {"days": UNIT, "answered": PEOPLE},
        "support": {"offered": PEOPLE, "helpful": PEOPLE, "not_helpful": PEOPLE},
    },
    "wellbeing": {"wellbeing": {"who5": WHO5}},
}
COLUMNS: Final = {panel: [key for keys in views.values() for key in keys] for panel, views in VIEWS_OF.items()}

Label = TypeVar("Label")
Chosen = NDArray[np.bool_]
Document = dict[str, dict[str, dict[str, object]]]


@dataclass(frozen=True, slots=True)
class Member:
    """A person as the week sees them; `values` in the order of the panel's COLUMNS, NaN where nothing is known."""

    id: UUID
    department: UUID | None
    values: FloatArray
    gender: str | None = None
    age: str | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """The circles of a panel that are whole this week, summed up: nothing below works on single people."""

    panel: str
    size: FloatArray
    sums: FloatArray
    known: FloatArray  # 1 where every member has a value
    # What all members of a circle share, or None.
    department: Sequence[UUID | None]
    gender: Sequence[str | None]
    age: Sequence[str | None]

    @classmethod
    def of(cls, panel: str, circles: Iterable[Sequence[Member]]) -> Counted:
        full = [circle for circle in circles if circle]
        tables = [np.stack([member.values for member in circle]) for circle in full]
        width = len(COLUMNS[panel])
        return cls(
            panel,
            np.array([len(circle) for circle in full], dtype=np.float64),
            np.array([np.nan_to_num(table).sum(0) for table in tables]).reshape(-1, width),
            np.array([~np.isnan(table).any(0) for table in tables], dtype=np.float64).reshape(-1, width),
            [_shared(member.department for member in circle) for circle in full],
            [_shared(member.gender for member in circle) for circle in full],
            [_shared(member.age for member in circle) for circle in full],
        )

    def means(self, chosen: Chosen) -> dict[str, tuple[float, int]]:
        """By key: the mean over those of the chosen circles in which everybody has a value, and how many people."""
        known = self.known[chosen]
        people = self.size[chosen] @ known
        means = (self.sums[chosen] * known).sum(0) / np.maximum(people, 1)
        found = zip(COLUMNS[self.panel], means.tolist(), people.tolist(), strict=True)
        return {key: (mean, int(number)) for key, mean, number in found}

    def people(self, chosen: Chosen) -> int:
        return int(self.size[chosen].sum())


def _shared(values: Iterable[Label | None]) -> Label | None:
    found = set(values)
    return found.pop() if len(found) == 1 else None


def publishable(counted: Counted, department: UUID | None, accounts: int) -> Document:
    """Everything that is said of the organisation (no department) or of one department."""
    chosen = _where(counted.department, department) if department else np.ones(len(counted.size), dtype=np.bool_)
    means = counted.means(chosen)
    document: Document = {
        view: {key: protect(*means[key], scale).to_json() for key, scale in keys.items()}
        for view, keys in VIEWS_OF[counted.panel].items()
    }
    if counted.panel == "expression":
        document["participation"]["covered"] = _covered(counted.people(chosen), accounts).to_json()
        if department is None:
            document["groups"] = _groups(counted)
    return document


def _groups(counted: Counted) -> dict[str, dict[str, object]]:
    ages = sorted({f"age.{age}" for age in counted.age if age})
    found = {}
    for key in (*GENDERS, *ages):
        kind, _, name = key.partition(".")
        chosen = _where(counted.gender if kind == "gender" else counted.age, name)
        found[key] = protect(*counted.means(chosen)["balance"], BALANCE).to_json()
    return found


def _where(labels: Sequence[object], wanted: object) -> Chosen:
    return np.array([label == wanted for label in labels], dtype=np.bool_)


def _covered(people: int, accounts: int) -> Figure:
    """In tenths, downwards: it moves when a circle comes or goes, never for one person."""
    if not people or not accounts:
        return Figure(hidden="too_few")
    return Figure(min(10 * people // accounts, 10) / 10, "at_least", people - people % 5)


def says_anything(document: Document) -> bool:
    return any("value" in figure for keys in document.values() for figure in keys.values())
