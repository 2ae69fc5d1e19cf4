"""What a policy would have done on recorded days: a CSV in, one assessment for each person and day out.

Called by `evenkeel risk replay` (ml.risk.cli). In: person, day (2026-05-04, or a running number), then the ten names of
ml/emotions.py; a missing day may be absent or blank. Out: every calendar day of a person from their first row to their
last, so that an open episode is not torn apart by a day without data.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.emotions import EMOTIONS, FloatArray
from ml.risk import drift
from ml.risk.assess import DEFAULT, Assessments, replay
from ml.risk.policy import RiskPolicy

HEADER: Final = ("person", "day", *EMOTIONS)
OUT_HEADER: Final = ("person", "day", "level", "acute", "sustained", "reasons")
_BLANK: Final = {"", "nan", "na", "null", "none"}
_LONGEST: Final = 3660  # ten years: longer is a typing mistake in a date and would fill the memory
_SHOWN: Final = 10  # mistakes listed in one message
_CHUNK: Final = 500  # people assessed at once, with all their days


class BadCsv(ValueError):
    """The file cannot be used; the message names the lines."""


@dataclass(frozen=True, slots=True)
class Days:
    """Many people's days on one calendar; first and last bound each person's own rows."""

    people: tuple[str, ...]
    values: FloatArray  # [P, D, 10]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    origin: int  # ordinal of column 0
    dated: bool  # ISO dates rather than running numbers

    def label(self, column: int) -> str:
        day = self.origin + column
        return date.fromordinal(day).isoformat() if self.dated else str(day)

    @property
    def weekday_of_last(self) -> int:
        """Monday is 0; for running numbers any fixed phase will do."""
        column = int(self.values.shape[1]) - 1
        return (self.origin + column + (6 if self.dated else 0)) % 7


def read_days(path: Path) -> Days:
    """Parse and check the file; BadCsv lists the first mistakes with their line numbers."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.reader(file)
        try:
            columns = _columns(next(rows, []))
            parsed = _parse(rows, columns)
        except UnicodeDecodeError as error:
            raise BadCsv(f"{path.name} is not a UTF-8 text file") from error
        except csv.Error as error:
            raise BadCsv(
                f"{path.name}, from line {rows.line_num} on: {error}; is a quotation mark never closed?"
            ) from error
    return _on_calendar(parsed)


def _columns(header: list[str]) -> list[int]:
    names = [name.strip() for name in header]
    if missing := [name for name in HEADER if name not in names]:
        raise BadCsv(f"line 1: no column {', '.join(missing)}; expected {','.join(HEADER)}")
    return [names.index(name) for name in HEADER]


@dataclass(slots=True)
class _Row:
    person: str
    day: int
    dated: bool
    values: list[float] | None


def _parse(rows: Iterable[list[str]], columns: list[int]) -> list[_Row]:
    found: list[_Row] = []
    mistakes: list[str] = []
    seen: dict[tuple[str, int], int] = {}
    for line, cells in enumerate(rows, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        try:
            row = _row(cells, columns)
            _only_once(row, line, seen)
            _same_kind(row, found)
        except ValueError as error:
            mistakes.append(f"line {line}: {error}")
            if len(mistakes) >= _SHOWN:
                break
        else:
            found.append(row)
    if mistakes:
        raise BadCsv("\n".join(mistakes))
    if not found:
        raise BadCsv("the file has a header but no days")
    return found


def _row(cells: list[str], columns: list[int]) -> _Row:
    if len(cells) <= max(columns):
        raise ValueError(f"{len(cells)} cells, expected {max(columns) + 1}")
    person, day, *numbers = (cells[column].strip() for column in columns)
    if not person:
        raise ValueError("the person is empty")
    ordinal, dated = _day(day)
    blank = any(number.lower() in _BLANK for number in numbers)  # a day is whole or missing
    checked = [_value(name, number) for name, number in zip(EMOTIONS, numbers, strict=True)]
    return _Row(person, ordinal, dated, None if blank else checked)


def _day(text: str) -> tuple[int, bool]:
    running = text.lstrip("-").isdigit() and len(text) != len("20260504")  # as a number, months would be 70 days apart
    try:
        return (int(text), False) if running else (date.fromisoformat(text[:10]).toordinal(), True)
    except ValueError:
        raise ValueError(f"day {text!r} is neither a date like 2026-05-04 nor a whole number") from None


def _value(name: str, text: str) -> float:
    if text.lower() in _BLANK:
        return float("nan")
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{name} is {text!r}, expected a number from 0 to 1") from None
    if not -1e-6 <= value <= 1 + 1e-6:
        raise ValueError(f"{name} is {text}, expected a number from 0 to 1")
    return min(max(value, 0.0), 1.0)


def _only_once(row: _Row, line: int, seen: dict[tuple[str, int], int]) -> None:
    earlier = seen.setdefault((row.person, row.day), line)
    if earlier != line:
        raise ValueError(f"{row.person} has this day already in line {earlier}")


def _same_kind(row: _Row, found: list[_Row]) -> None:
    if found and found[0].dated != row.dated:
        raise ValueError("dates and running numbers are mixed")


def _on_calendar(rows: list[_Row]) -> Days:
    people = {name: i for i, name in enumerate(dict.fromkeys(row.person for row in rows))}
    who = np.array([people[row.person] for row in rows])
    when = np.array([row.day for row in rows])
    origin, length = int(when.min()), int(when.max() - when.min()) + 1
    if length > _LONGEST:
        raise BadCsv(f"the days span {length} days, more than ten years: is one of the dates mistyped?")
    values = np.full((len(people), length, len(EMOTIONS)), np.nan)
    for i, row in enumerate(rows):
        if row.values is not None:
            values[who[i], when[i] - origin] = row.values
    first, last = np.full(len(people), length), np.zeros(len(people), dtype=np.int64)
    np.minimum.at(first, who, when - origin)
    np.maximum.at(last, who, when - origin)
    return Days(tuple(people), values, first, last, origin, rows[0].dated)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the policy would have done; `levels` is −1 outside a person's own days."""

    days: Days
    levels: NDArray[np.int8]  # [P, D]
    started: NDArray[np.bool_]  # [P, D] an episode of moderate or more begins
    acute: NDArray[np.bool_]

    @property
    def person_weeks(self) -> float:
        return float((self.levels >= 0).sum() / 7)


def run(days: Days, out: Path, policy: RiskPolicy = DEFAULT, lang: str = "en") -> Outcome:
    """Assess everybody, write the CSV, return the figures for the table and the picture."""
    shape = days.values.shape[:2]
    levels, acute = np.full(shape, -1, dtype=np.int8), np.zeros(shape, dtype=bool)
    population = drift.estimate_population(days.values)
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(OUT_HEADER)
        for start in range(0, shape[0], _CHUNK):
            block = slice(start, start + _CHUNK)
            found = replay(days.values[block], policy, days.weekday_of_last, population)
            writer.writerows(_lines(days, found, start, lang))
            levels[block], acute[block] = found.level, found.acute
    column = np.arange(shape[1])
    outside = (column < days.first[:, None]) | (column > days.last[:, None])
    levels[outside] = -1
    alarmed = levels >= 2
    started = alarmed & ~np.pad(alarmed, ((0, 0), (1, 0)))[:, :-1]
    return Outcome(days, levels, started, acute & ~outside)


def _lines(days: Days, found: Assessments, start: int, lang: str) -> Iterator[tuple[str, str, str, int, str, str]]:
    for row in range(len(found)):
        person = start + row
        for column in range(int(days.first[person]), int(days.last[person]) + 1):
            one = found[row, column]
            acute = one.acute.r_count if one.acute.fired else 0
            sustained = f"{one.sustained.value:.3f}"
            label = days.label(column)
            yield days.people[person], label, one.level.label, acute, sustained, one.reasons_text(lang)


@dataclass(frozen=True, slots=True)
class Week:
    first_day: str
    person_days: int
    counts: tuple[int, int, int, int]  # days at none, low, moderate, high
    started: int


def weeks(outcome: Outcome) -> list[Week]:
    """Calendar weeks (or blocks of seven running days): the table and the first panel of the picture."""
    days, found = outcome.days, []
    offset = (days.origin + 6) % 7 if days.dated else 0  # ordinal 1 is a Monday
    for start in range(-offset, days.values.shape[1], 7):
        part = slice(max(start, 0), start + 7)
        levels = outcome.levels[:, part]
        none, low, moderate, high = (int((levels == level).sum()) for level in range(4))
        counts = (none, low, moderate, high)
        found.append(Week(days.label(max(start, 0)), sum(counts), counts, int(outcome.started[:, part].sum())))
    return found
