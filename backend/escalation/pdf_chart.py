"""Levels over time as bars: height and shade say the same, so that it reads without colour, a missing day is a dot."""

from __future__ import annotations

from typing import Final

from backend.escalation import words
from backend.escalation.pdf_paper import GROUND, KEEL, LINE, MARGIN, MUTED, Colour, Paper
from backend.escalation.schemas import CaseReport
from ml.risk.levels import LEVELS

HEIGHT: Final = 30.0
LEFT: Final = 34.0
WIDTH: Final = 170.0 - LEFT
# Light to dark: the order survives a grey printer.
SHADES: Final[dict[str, Colour]] = {
    "none": (0xBF, 0xDA, 0xD8),
    "low": (0x7F, 0xB5, 0xB3),
    "moderate": (0xC9, 0x77, 0x2B),
    "high": (0x7A, 0x2E, 0x0E),
}


def draw_levels(pdf: Paper, report: CaseReport) -> None:
    pdf.keep_together(HEIGHT + 18)
    top, left = pdf.get_y() + 3, MARGIN + LEFT
    _grid(pdf, report.locale, top, left)
    column = WIDTH / max(len(report.days), 7)
    offered = {one.day for one in report.support}
    for number, one in enumerate(report.days):
        x = left + number * column
        _bar(pdf, one.level, x, top, column)
        if one.day in offered:
            _marker(pdf, x + column / 2, top + HEIGHT + 2.2)
        if number % _every(len(report.days)) == 0:
            pdf.write_at(x, top + HEIGHT + 3.5, f"{one.day:%m-%d}", 7.5, MUTED)
    _legend(pdf, left, top + HEIGHT + 9.8, offered=bool(offered))
    pdf.set_xy(MARGIN, top + HEIGHT + 13)


def _every(days: int) -> int:
    """So many days between two dates under the bars that they do not touch."""
    return 1 if days <= 7 else 2 if days <= 14 else 4


def _step(level: str) -> float:
    """Even the usual range is a visible bar: a check-in was there."""
    return HEIGHT * (LEVELS.index(level) + 0.35) / (len(LEVELS) - 0.65)


def _grid(pdf: Paper, locale: str, top: float, left: float) -> None:
    pdf.set_fill_color(*GROUND)
    pdf.rect(left, top, WIDTH, HEIGHT, style="F")
    pdf.set_draw_color(*LINE)
    for level in LEVELS:
        y = top + HEIGHT - _step(level)
        pdf.line(left, y, left + WIDTH, y)
        pdf.write_at(MARGIN, y - 2, words.level(level, locale), 8, MUTED)


def _bar(pdf: Paper, level: str | None, x: float, top: float, column: float) -> None:
    if level is None:
        pdf.set_fill_color(*MUTED)
        pdf.circle(x + column / 2, top + HEIGHT - 1, 0.5, style="F")
        return
    height = _step(level)
    pdf.set_fill_color(*SHADES[level])
    pdf.rect(x + column * 0.18, top + HEIGHT - height, column * 0.64, height, style="F")


def _legend(pdf: Paper, left: float, y: float, *, offered: bool) -> None:
    pdf.set_fill_color(*MUTED)
    pdf.circle(left + 1.2, y, 0.5, style="F")
    pdf.write_at(left + 3, y - 1.9, pdf.say["nothing"], 8, MUTED)
    if offered:
        _marker(pdf, left + 45, y + 0.4)
        pdf.write_at(left + 47, y - 1.9, pdf.say["marker"], 8, MUTED)


def _marker(pdf: Paper, x: float, y: float) -> None:
    pdf.set_fill_color(*KEEL)
    pdf.polygon([(x, y - 1.4), (x + 1.2, y + 0.6), (x - 1.2, y + 0.6)], style="F")
