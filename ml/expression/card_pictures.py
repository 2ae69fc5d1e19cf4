"""Pictures of the model card: confusion, reliability, abstention. Drawn without a display."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from ml.emotions import EXPRESSIONS
from ml.expression.metrics import Reliability


def draw_confusion(counts: Sequence[Sequence[int]], target: Path, title: str) -> None:
    """Shares of each true expression, with the counts written in."""
    values = np.asarray(counts)
    shares = values / np.maximum(values.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(5.6, 5), layout="constrained")
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    ticks = range(len(EXPRESSIONS))
    axes.set_xticks(ticks, EXPRESSIONS, rotation=45, ha="right")
    axes.set_yticks(ticks, EXPRESSIONS)
    axes.set(xlabel="read as", ylabel="is", title=title)
    for row in ticks:
        for column in ticks:
            ink = "white" if shares[row, column] > 0.55 else "black"
            axes.text(
                column,
                row,
                f"{100 * shares[row, column]:.0f}%\n{values[row, column]}",
                ha="center",
                va="center",
                color=ink,
                fontsize=7,
            )
    figure.savefig(target, dpi=110)


def draw_reliability(bins: Reliability, target: Path) -> None:
    """How often the first choice is right against how sure the model says it is; below, how many rows."""
    figure = Figure(figsize=(4.6, 5), layout="constrained")
    upper, lower = figure.subplots(2, 1, height_ratios=(3, 1), sharex=True)
    full = bins.count > 0
    upper.plot([0, 1], [0, 1], color="#999999", linestyle="--", linewidth=1)
    upper.plot(bins.confidence[full], bins.accuracy[full], marker="o")
    upper.set(ylabel="right (share)", ylim=(0, 1), title=f"Served head, PublicTest: ECE {bins.ece:.3f}")
    width = 1 / len(bins.count)
    lower.bar((np.arange(len(bins.count)) + 0.5) * width, bins.count, width=0.9 * width)
    lower.set(xlabel="confidence", ylabel="faces", xlim=(0, 1))
    figure.savefig(target, dpi=110)


def draw_abstention(curve: Sequence[dict[str, float]], chosen: float, target: Path) -> None:
    """Accuracy of what is still named against the share left unnamed."""
    figure = Figure(figsize=(5, 3.6), layout="constrained")
    axes = figure.subplots()
    axes.plot([100 * line["abstained"] for line in curve], [line["accuracy_named"] for line in curve], marker=".")
    here = min(curve, key=lambda line: abs(line["threshold"] - chosen))
    axes.plot(
        100 * here["abstained"], here["accuracy_named"], "o", label=f"served: confidence below {chosen:g} is unnamed"
    )
    axes.set(xlabel="left unnamed (%)", ylabel="accuracy of the named", title="Abstention, validation")
    axes.legend(loc="lower right", frameon=False)
    figure.savefig(target, dpi=110)
