"""Readings as a table with bars in the terminal."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ml.emotions import EXPRESSIONS
from ml.faces.reading import FaceReading
from ml.score_files import Scored

_BAR: Final = 10
_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
# A single photo gets all its bars; a folder one line a face.
_DETAILED: Final = 3


def bar(share: float, width: int = _BAR) -> str:
    """A bar of eighth blocks, always `width` wide."""
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)


def show(results: Sequence[Scored]) -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file's name may be in another encoding than the terminal, and not every terminal has the bars' letters.
        sys.stdout.reconfigure(errors="replace")
    console = Console()
    if sum(len(r.readings) for r in results) <= _DETAILED:
        _show_each(console, results)
    else:
        console.print(_overview(results))


def _show_each(console: Console, results: Sequence[Scored]) -> None:
    for result in results:
        console.print(f"\n[bold]{escape(str(result.path))}[/bold]", highlight=False)
        if not result.readings:
            error = result.error
            console.print(f"  refused ({error[0]}). {error[1]}" if error else "  no face found", highlight=False)
        for number, reading in enumerate(result.readings, start=1):
            console.print(f"  face {number}: {_outcome(reading)}", highlight=False)
            if reading.vector:
                for name in EXPRESSIONS:
                    share = reading.vector[name]
                    console.print(f"    {name:<9}{bar(share, 30)}{share:>5.0%}", highlight=False)
            if reading.units is not None:
                console.print(f"    action units: {reading.units.in_words}", highlight=False)


def _overview(results: Sequence[Scored]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, width in (("photo", 12), ("face", 4), ("expression", 10), ("", _BAR), ("sure", 4), ("then", 9)):
        right = name in ("face", "sure")
        table.add_column(name, justify="right" if right else "left", no_wrap=True, min_width=width)
    for result in results:
        name = escape(result.path.name)
        if not result.readings:
            table.add_row(name, "", f"refused: {result.error[0]}" if result.error else "no face found")
        for number, reading in enumerate(result.readings, start=1):
            table.add_row(name, str(number), *_line(reading))
    return table


def _line(reading: FaceReading) -> tuple[str, ...]:
    if reading.vector is None:
        return (f"not scored: {reading.abstained}",)
    ranked = sorted(EXPRESSIONS, key=reading.vector.__getitem__, reverse=True)
    then = ", ".join(f"{name} {reading.vector[name]:.0%}" for name in ranked[1:3] if reading.vector[name] >= 0.05)
    share = reading.vector[ranked[0]]
    return ranked[0], bar(share), f"{share:.0%}", then


def _outcome(reading: FaceReading) -> str:
    if reading.vector is None:
        return f"not scored ({reading.abstained}). {reading.sentence}"
    return f"[bold]{reading.top}[/bold], {reading.confidence:.0%} sure"
