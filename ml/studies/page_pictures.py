"""Pictures of docs/seeds.md, drawn without a display from the same results files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ml.emotions import EXPRESSIONS
from ml.expression.card_pictures import draw_confusion

Results = Callable[[str], Any]

# The seed's Table 4 on CASME II, for the bars beside ours.
PUBLISHED = {"light CNN": 0.9562, "plain CNN": 0.8714, "ANN": 0.8132, "SVM": 0.7596, "decision tree": 0.1854}


def draw(folder: Path, results: Results) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    confusion = results("geometry")["public"]["confusion"]
    draw_confusion(confusion, folder / "geometry_confusion.png", "Eight ratios, PublicTest, FER+")
    _units(results("units"), folder / "units.png")
    _silhouettes(results("subdivisions")["emotions"], folder / "silhouettes.png")


def _units(found: dict[str, Any], target: Path) -> None:
    figure = Figure(figsize=(10, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    _bars(left, {row["classifier"]: row["accuracy"] for row in found["classifiers"]})
    _shares(right, np.asarray(found["confusion"]))
    figure.savefig(target, dpi=110)


def _silhouettes(emotions: list[dict[str, Any]], target: Path) -> None:
    figure = Figure(figsize=(10, 4.4), layout="constrained")
    panels = figure.subplots(2, 4, sharex=True, sharey=True).ravel()
    for axes, emotion in zip(panels, emotions, strict=False):
        curve = {int(k): value for k, value in emotion["curve"].items()}
        axes.plot(list(curve), list(curve.values()), color="#1f6f8b", linewidth=1.2)
        axes.plot(emotion["k"], curve[emotion["k"]], "o", color="#c9772b")
        axes.set(title=f"{emotion['emotion']}: {emotion['k']}", ylim=(0, 0.5))
    for axes in panels[len(emotions) :]:
        axes.axis("off")
    figure.supxlabel("number of sub-divisions; the chosen one is marked", fontsize=9)
    figure.supylabel("silhouette", fontsize=9)
    figure.savefig(target, dpi=110)


def _bars(axes: Axes, ours: dict[str, float]) -> None:
    names = list(PUBLISHED)
    place = np.arange(len(names))
    axes.bar(place - 0.2, [PUBLISHED[name] for name in names], 0.4, label="published, CASME II", color="#b8c4cc")
    axes.bar(place + 0.2, [ours[name] for name in names], 0.4, label="ours, PublicTest FER+", color="#1f6f8b")
    axes.axhline(ours["commonest"], color="#888888", linestyle="--", linewidth=1, label="ours: always the commonest")
    axes.set_xticks(place, names, rotation=20, ha="right")
    axes.set(ylim=(0, 1), ylabel="accuracy", title="Emotion from action units")
    axes.legend(frameon=False, fontsize=8)


def _shares(axes: Axes, counts: np.ndarray[Any, Any]) -> None:
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    ticks = range(len(EXPRESSIONS))
    axes.set_xticks(ticks, EXPRESSIONS, rotation=45, ha="right")
    axes.set_yticks(ticks, EXPRESSIONS)
    for row in ticks:
        for column in ticks:
            ink = "white" if shares[row, column] > 0.55 else "black"
            axes.text(column, row, f"{100 * shares[row, column]:.0f}", ha="center", va="center", color=ink, fontsize=8)
    axes.set(xlabel="read as", ylabel="most voters saw", title="The light CNN, % of each")
