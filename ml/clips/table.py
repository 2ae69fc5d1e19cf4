"""A clip in the terminal: what it shows as a whole, its phases, what came and went, its action units."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from ml.clips.watch import ClipReading
from ml.score_table import bar
from ml.units.answer import MISSING


def show(clip: ClipReading, name: str) -> None:
    console = Console()
    summary = clip.summary
    console.print(
        f"[bold]{name}[/bold]: {clip.seconds:.1f} s, {len(clip.frames)} pictures at {summary.rate:.3g} a second, "
        f"{clip.readable} read",
        highlight=False,
    )
    if summary.vector is None:
        console.print(f"  not scored ({summary.abstained}). {clip.reading.sentence}", highlight=False)
        return
    console.print(_phases(clip))
    for brief in summary.brief:
        kind = "micro-expression" if brief.micro else "brief expression"
        console.print(f"  {kind}: {brief.expression} {brief.onset:.2f} to {brief.offset:.2f} s", highlight=False)
    if not summary.shows_micro:
        console.print("  Too few pictures a second to show expressions of under half a second.", highlight=False)
    _units(console, clip)


def _phases(clip: ClipReading) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("from", "to", "expression", "", "share"):
        table.add_column(column, justify="right" if column in ("from", "to", "share") else "left")
    for phase in clip.summary.phases:
        table.add_row(f"{phase.start:.2f}", f"{phase.end:.2f}", phase.top, bar(phase.share, 20), f"{phase.share:.0%}")
    return table


def _units(console: Console, clip: ClipReading) -> None:
    if not clip.sees_units:
        console.print(f"  {MISSING}", highlight=False)
        return
    if clip.units is not None:
        console.print(f"  action units on average: {clip.units.in_words}", highlight=False)
