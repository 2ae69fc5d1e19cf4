"""Loss and validation accuracy of a run as one picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure


def draw_curves(history: Sequence[dict[str, float]], target: Path, *, title: str) -> None:
    """Left the training loss, right both heads on validation, over epochs."""
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    epochs = [line["epoch"] for line in history]
    left.plot(epochs, [line["loss"] for line in history], color="#555555")
    left.set(xlabel="epoch", ylabel="training loss", title=title)
    right.plot(epochs, [line["ferplus"] for line in history], label="FER+ majority")
    right.plot(epochs, [line["label"] for line in history], label="original label")
    right.set(xlabel="epoch", ylabel="validation accuracy", ylim=(0, 1))
    right.legend(loc="lower right", frameon=False)
    figure.savefig(target, dpi=110)
