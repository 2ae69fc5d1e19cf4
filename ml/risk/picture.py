"""The picture of a replay: alerts a week, episodes per person, days by level."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ml.risk.levels import LEVELS
from ml.risk.replay import Outcome, weeks

_COLOURS = ("#DFE3E0", "#9DB0B8", "#5CC5BE", "#0F6E6E")  # calm: levels are shades, never red


def draw(outcome: Outcome, path: Path) -> None:
    """Called by `evenkeel risk replay --picture`."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 7.5), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplot_mosaic([["weeks", "weeks"], ["people", "levels"]], height_ratios=[3, 2])
    _weeks(panels["weeks"], outcome)
    _people(panels["people"], outcome)
    _levels(panels["levels"], outcome)
    rate = outcome.started.sum() / outcome.person_weeks
    figure.suptitle(f"{len(outcome.days.people)} people · {rate:.4f} episodes a person-week")
    figure.savefig(path, dpi=110, format="png")


def _weeks(axes: Any, outcome: Outcome) -> None:
    found = weeks(outcome)
    at = np.arange(len(found))
    axes.bar(at, [week.started for week in found], color=_COLOURS[3])
    axes.set_xticks(at, [week.first_day for week in found], rotation=60, ha="right", fontsize=8)
    axes.set_title("New episodes of moderate or higher, by week")
    axes.spines[["top", "right"]].set_visible(False)


def _people(axes: Any, outcome: Outcome) -> None:
    counts = np.bincount(outcome.started.sum(1))
    axes.bar(np.arange(len(counts)), counts, color=_COLOURS[2])
    axes.set_xticks(np.arange(len(counts)))
    axes.set_title("People by number of episodes")
    axes.spines[["top", "right"]].set_visible(False)


def _levels(axes: Any, outcome: Outcome) -> None:
    total = max(int((outcome.levels >= 0).sum()), 1)
    shares = [100 * int((outcome.levels == level).sum()) / total for level in range(4)]
    bars = axes.barh(np.arange(4), shares, color=_COLOURS, tick_label=LEVELS)
    axes.bar_label(bars, fmt="%.1f %%", padding=3)
    axes.set_xlim(0, 115)
    axes.set_title("Person-days by level")
    axes.spines[["top", "right"]].set_visible(False)
