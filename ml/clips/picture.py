"""The timeline of a clip as a picture: expressions, phases below, brief ones marked; strongest action units."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from ml.clips.watch import ClipReading
from ml.emotions import EXPRESSIONS
from ml.units.names import AUS, BY_CODE

# As in the phone client (colour-blind safe); never colour alone, each line also carries its name.
COLOURS: Final = {
    "happy": "#D99A00",
    "surprise": "#2E86C1",
    "neutral": "#7A8B94",
    "sad": "#5B6BB5",
    "fear": "#8E5BA6",
    "angry": "#B5523B",
    "disgust": "#6B8E3D",
}
_INK: Final = "#1E2A32"
_UNITS: Final = 6


def draw(clip: ClipReading, path: Path, title: str) -> None:
    from matplotlib.figure import Figure

    strongest = _strongest(clip)
    figure = Figure(figsize=(11, 6.5 if strongest else 4.5), layout="constrained", facecolor="#F7F6F2")
    grid = figure.subplots(
        2 if strongest else 1, 1, sharex=True, squeeze=False, height_ratios=[3, 2][: 1 + bool(strongest)]
    )
    _expressions(grid[0, 0], clip)
    grid[0, 0].set_title(title, loc="left", color=_INK)
    if strongest:
        _units(grid[1, 0], clip, strongest)
    grid[-1, 0].set_xlabel("seconds")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, format="png")


def _series(clip: ClipReading) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """[frames, 7]; NaN where nothing was read, so that gaps stay gaps."""
    blank = [np.nan] * len(EXPRESSIONS)
    return np.array([list(s.reading.vector.values[:7]) if s.reading.vector else blank for s in clip.frames])


def _expressions(axes: object, clip: ClipReading) -> None:
    from matplotlib.axes import Axes

    assert isinstance(axes, Axes)
    at = [seen.seconds for seen in clip.frames]
    series = _series(clip)
    for column, name in enumerate(EXPRESSIONS):
        values = series[:, column]
        axes.plot(at, values, color=COLOURS[name], linewidth=1.8)
        if np.nanmax(values, initial=0.0) >= 0.25:
            top = int(np.nanargmax(values))
            axes.annotate(
                name, (at[top], values[top]), (0, 4), textcoords="offset points", color=COLOURS[name], ha="center"
            )
    for phase in clip.summary.phases:
        axes.axvspan(phase.start, phase.end, ymax=0.04, color=COLOURS[phase.top])
    for brief in clip.summary.brief:
        axes.axvspan(brief.onset, brief.offset, color=COLOURS[brief.expression], alpha=0.15)
        label = f"{brief.expression} {brief.seconds:.2f} s{' micro' if brief.micro else ''}"
        axes.annotate(label, (brief.apex, 1.06), ha="center", fontsize=8, color=_INK)
    if clip.summary.abstained:
        axes.annotate(f"not scored: {clip.summary.abstained}", (0.5, 0.5), xycoords="axes fraction", ha="center")
    axes.set(ylim=(0, 1.14), xlim=(0, clip.seconds), ylabel="share")
    axes.spines[["top", "right"]].set_visible(False)


def _strongest(clip: ClipReading) -> list[int]:
    """Rows of the action units that the clip shows most of, in the face's order."""
    seen = [s.reading.units.intensity for s in clip.frames if s.reading.units is not None]
    if not seen:
        return []
    most = np.quantile(np.array(seen), 0.9, axis=0)
    return sorted(int(row) for row in np.argsort(most)[::-1][:_UNITS] if most[row] >= 1.0)


def _units(axes: object, clip: ClipReading, rows: list[int]) -> None:
    from matplotlib.axes import Axes

    assert isinstance(axes, Axes)
    blank = [np.nan] * len(AUS)
    table = np.array([list(s.reading.units.intensity) if s.reading.units is not None else blank for s in clip.frames])
    at = [seen.seconds for seen in clip.frames]
    edges = np.append(at, clip.seconds)
    mesh = axes.pcolormesh(edges, np.arange(len(rows) + 1), table[:, rows].T, cmap="cividis", vmin=0, vmax=5)
    axes.set_yticks(np.arange(len(rows)) + 0.5, [f"{AUS[row]}  {BY_CODE[AUS[row]].words}" for row in rows], fontsize=9)
    axes.invert_yaxis()
    if axes.figure is not None:
        bar = axes.figure.colorbar(mesh, ax=axes, ticks=range(6), pad=0.01)
        bar.ax.set_yticklabels(["0", "A", "B", "C", "D", "E"])
