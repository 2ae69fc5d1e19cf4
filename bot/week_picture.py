"""A person's own week as a picture for Telegram: days as dots, their usual range as a band, gaps as gaps.

No words in it, so that no font of any language is needed; the words stand below it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bot.dialogue.turns import DayMood, OwnRange

# The palette of the product's look: paper, ink, line, keel.
PAPER, INK, LINE, KEEL = "#F7F6F2", "#1E2A32", "#DFE3E0", "#0F6E6E"


def draw(days: Sequence[DayMood], usual: OwnRange | None) -> bytes:
    """PNG, 1080×720. Called in a thread: drawing takes a tenth of a second."""
    with matplotlib.rc_context({"font.size": 13}):
        figure = Figure(figsize=(7.2, 4.8), dpi=150, facecolor=PAPER)
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0.06, 0.14, 0.9, 0.8), facecolor=PAPER)
        if usual is not None:
            axes.axhspan(usual.low, usual.high, color=KEEL, alpha=0.14, linewidth=0)
        axes.axhline(0, color=LINE, linewidth=1)
        levels = [float("nan") if day.level is None else day.level for day in days]
        at = range(len(days))
        axes.plot(at, levels, color=KEEL, linewidth=2, alpha=0.5)
        axes.scatter(at, levels, s=130, color=KEEL, zorder=3, edgecolor=PAPER, linewidth=2)
        axes.set_xlim(-0.5, len(days) - 0.5)
        axes.set_ylim(-1.05, 1.05)
        axes.set_xticks(list(at), [f"{day.day.day}.{day.day.month}." for day in days], color=INK)
        axes.set_yticks([-1, 0, 1], ["−", "0", "+"], color=INK)
        axes.tick_params(length=0)
        for side in axes.spines.values():
            side.set_visible(False)
        picture = io.BytesIO()
        figure.savefig(picture, format="png", facecolor=PAPER)
    return picture.getvalue()
