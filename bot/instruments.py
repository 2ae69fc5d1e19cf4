"""Questionnaires: WHO-5, PHQ-2/9, GAD-2/7 and the one-tap mood. Scoring and cut-offs; texts in `questionnaires/`.

Screening, never a diagnosis: the words shown to people say so. Called by the dialogue and by the self-report endpoint.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

LANGUAGES: Final = ("en", "zh", "ko")


@dataclass(frozen=True, slots=True)
class Band:
    """From this total upwards (in the published scale) the result is called `name`."""

    at_least: int
    name: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """One questionnaire as published: how many items, which values, how it is added up and read."""

    name: str
    items: int
    values: tuple[int, ...]
    bands: tuple[Band, ...]  # ascending
    factor: int = 1  # WHO-5 multiplies its raw sum by 4 to reach 0–100
    follow_up: str | None = None
    follow_up_from: int | None = None  # this total or more extreme leads to `follow_up`
    low_is_bad: bool = False
    crisis_item: int | None = None  # index of the item on suicidal thoughts: any answer above 0 matters
    every_days: int | None = None  # its recall period: asked no more often

    @property
    def maximum(self) -> int:
        return self.items * max(self.values) * self.factor

    @property
    def minimum(self) -> int:
        return self.items * min(self.values) * self.factor


_LIKERT: Final = (0, 1, 2, 3)

INSTRUMENTS: Final[Mapping[str, Instrument]] = {
    "who5": Instrument(
        "who5", 5, (0, 1, 2, 3, 4, 5),
        # Topp et al. 2015: 50 or below is poor wellbeing, 28 or below calls for a depression questionnaire.
        (Band(0, "very_low"), Band(29, "low"), Band(51, "good")),
        factor=4, follow_up="phq2", follow_up_from=50, low_is_bad=True, every_days=14,
    ),
    "phq2": Instrument(
        # Kroenke et al. 2003: 3 or more of 6.
        "phq2", 2, _LIKERT, (Band(0, "negative"), Band(3, "positive")),
        follow_up="phq9", follow_up_from=3, every_days=14,
    ),
    "phq9": Instrument(
        # Kroenke et al. 2001: 5, 10, 15, 20. Item 9 asks about thoughts of being better off dead.
        "phq9", 9, _LIKERT,
        (Band(0, "minimal"), Band(5, "mild"), Band(10, "moderate"), Band(15, "moderately_severe"), Band(20, "severe")),
        crisis_item=8, every_days=14,
    ),
    "gad2": Instrument(
        # Kroenke et al. 2007: 3 or more of 6.
        "gad2", 2, _LIKERT, (Band(0, "negative"), Band(3, "positive")),
        follow_up="gad7", follow_up_from=3, every_days=14,
    ),
    "gad7": Instrument(
        # Spitzer et al. 2006: 5, 10, 15.
        "gad7", 7, _LIKERT, (Band(0, "minimal"), Band(5, "mild"), Band(10, "moderate"), Band(15, "severe")),
        every_days=14,
    ),
    "mood": Instrument("mood", 1, (1, 2, 3, 4, 5), (Band(1, "low"), Band(3, "middle"), Band(4, "high"))),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    instrument: str
    total: int
    maximum: int
    band: str
    follow_up: str | None
    crisis: bool  # the person marked thoughts of death or self-harm: show the crisis answer now


@dataclass(frozen=True, slots=True)
class Text:
    """What is shown, in one language."""

    title: str
    intro: str
    items: tuple[str, ...]
    answers: tuple[tuple[int, str], ...]
    bands: Mapping[str, str]
    note: str  # source and "not a diagnosis"


class UnusableAnswers(ValueError):
    """The answers do not fit the questionnaire; nothing is stored."""


def score(name: str, answers: Sequence[int]) -> Result:
    """Add up, name the band, and say what follows. Raises UnusableAnswers for anything but a complete set."""
    instrument = _instrument(name)
    if len(answers) != instrument.items:
        raise UnusableAnswers(f"{name} has {instrument.items} questions, got {len(answers)} answers")
    for number, value in enumerate(answers, start=1):
        if isinstance(value, bool) or value not in instrument.values:
            raise UnusableAnswers(f"answer {number} must be one of {instrument.values}, got {value!r}")
    total = sum(answers) * instrument.factor
    band = [b.name for b in instrument.bands if total >= b.at_least][-1]
    item = instrument.crisis_item
    crisis = item is not None and answers[item] > 0
    return Result(name, total, instrument.maximum, band, _follow_up(instrument, total), crisis)


def _instrument(name: str) -> Instrument:
    try:
        return INSTRUMENTS[name]
    except KeyError:
        raise UnusableAnswers(f"unknown questionnaire {name!r}; known: {', '.join(INSTRUMENTS)}") from None


def _follow_up(instrument: Instrument, total: int) -> str | None:
    limit = instrument.follow_up_from
    if limit is None:
        return None
    reached = total <= limit if instrument.low_is_bad else total >= limit
    return instrument.follow_up if reached else None


def due(name: str, last: date | None, today: date) -> bool:
    """May it be offered again? Not more often than its recall period."""
    every = _instrument(name).every_days
    return every is None or last is None or today - last >= timedelta(days=every)


@cache
def text_of(name: str, locale: str) -> Text:
    """Texts in the language of a locale; English where there is no translation."""
    _instrument(name)
    raw = _texts(_language(locale))[name]
    return Text(
        title=raw["title"],
        intro=raw["intro"],
        items=tuple(raw["items"]),
        answers=tuple(zip(INSTRUMENTS[name].values, raw["answers"], strict=True)),
        bands=raw["bands"],
        note=raw["note"],
    )


def explain(result: Result, locale: str) -> str:
    """The result in plain words, with its number and the note that it is no diagnosis."""
    text = text_of(result.instrument, locale)
    score_line = f"{text.title}: {result.total}/{result.maximum}"
    return "\n".join(part for part in (text.bands[result.band], score_line, text.note) if part)


def _language(locale: str) -> str:
    head = locale.replace("_", "-").split("-")[0].lower()
    return head if head in LANGUAGES else "en"


@cache
def _texts(language: str) -> dict[str, Any]:
    path = files("bot") / "questionnaires" / f"{language}.toml"
    return tomllib.loads(path.read_text("utf-8"))
