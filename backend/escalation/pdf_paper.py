"""A4 paper with Evenkeel's head and foot, and the few kinds of text that a report is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final
from unicodedata import category

from fpdf import FPDF
from fpdf.enums import TextMode, XPos, YPos

Colour = tuple[int, int, int]

INK: Final[Colour] = (0x1E, 0x2A, 0x32)
MUTED: Final[Colour] = (0x5B, 0x6B, 0x75)
LINE: Final[Colour] = (0xDF, 0xE3, 0xE0)
GROUND: Final[Colour] = (0xF7, 0xF6, 0xF2)
KEEL: Final[Colour] = (0x0F, 0x6E, 0x6E)

MARGIN: Final = 20.0
FONT: Final = "text"
# Stands for the number of pages until it is known: one sign, so that the line is measured as it will be, and of private
# use, so that nobody's words have it.
PAGES: Final = "\ue000"


def printable(text: str) -> str:
    """A tab and other control signs, as pasted text has them, would each be a box; so would signs of private use."""
    return "".join(" " if category(sign) in ("Cc", "Co") and sign != "\n" else sign for sign in text)


class Paper(FPDF):
    """Knows nothing of cases."""

    def __init__(self, say: Mapping[str, str], opened: str) -> None:
        super().__init__(unit="mm", format="A4")
        self.say, self.opened = say, opened
        self.set_margins(MARGIN, 24, MARGIN)
        self.set_auto_page_break(True, margin=24)
        self.alias_nb_pages(PAGES)

    def header(self) -> None:
        self.set_xy(MARGIN, 10)
        self._type(10, KEEL)
        self.cell(85, 6, "Evenkeel")
        self._type(9, MUTED)
        self.cell(85, 6, self.say["confidential"], align="R")
        self._rule(17)
        self.set_xy(MARGIN, 24)

    def footer(self) -> None:
        self._rule(280)
        self.set_xy(MARGIN, 282)
        self._type(8, MUTED)
        # A long name takes more lines: what is said after it must not run over the number and off the paper.
        self.multi_cell(130, 3.5, printable(self.opened), align="L", new_x=XPos.RIGHT, new_y=YPos.TOP)
        self.cell(40, 3.5, self.say["page"].format(page=self.page_no(), pages=PAGES), align="R")

    def heading(self, text: str, size: float) -> None:
        """Heavier by a thin outline: the embedded fonts have one weight."""
        with self.local_context(text_mode=TextMode.FILL_STROKE, line_width=0.25, draw_color=INK):
            self.write_text(text, size, INK)
        self.ln(2)

    def section(self, title: str) -> None:
        self.keep_together(22)
        self.ln(3.5)
        with self.local_context(text_mode=TextMode.FILL_STROKE, line_width=0.12, draw_color=INK):
            self.write_text(title, 12.5, INK)
        self.ln(0.8)

    def write_text(
        self, text: str, size: float = 10.5, colour: Colour = INK, *, width: float = 0, stay: bool = False
    ) -> None:
        """`stay` keeps the left edge, for columns."""
        self._type(size, colour)
        self.multi_cell(
            width, size * 0.5, printable(text), align="L", new_x=XPos.LEFT if stay else XPos.LMARGIN, new_y=YPos.NEXT
        )

    def bullets(self, lines: Sequence[str]) -> None:
        for line in lines:
            self.keep_together(9)
            self._type(10.5, KEEL)
            self.cell(5, 5.25, "•", new_x=XPos.RIGHT, new_y=YPos.TOP)
            with self.indented(5):
                self.write_text(line)
            self.ln(0.6)

    def boxed(self, text: str) -> None:
        self.ln(1)
        self._type(9.5, MUTED)
        self.set_fill_color(*GROUND)
        self.multi_cell(0, 5, text, align="L", fill=True, padding=3, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    @contextmanager
    def indented(self, by: float) -> Iterator[None]:
        self.set_left_margin(MARGIN + by)
        self.set_x(MARGIN + by)
        yield
        self.set_left_margin(MARGIN)
        self.set_x(MARGIN)

    def keep_together(self, height: float) -> None:
        """A new page rather than a torn paragraph."""
        if self.will_page_break(height):
            self.add_page()

    def _type(self, size: float, colour: Colour) -> None:
        self.set_font(FONT, size=size)
        self.set_text_color(*colour)

    def _rule(self, y: float) -> None:
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)
        self.line(MARGIN, y, 210 - MARGIN, y)

    def write_at(self, x: float, y: float, text: str, size: float, colour: Colour) -> None:
        """One line somewhere, such as an axis needs; the place to go on writing stays."""
        here = self.get_x(), self.get_y()
        self._type(size, colour)
        self.set_xy(x, y)
        self.cell(0, size * 0.45, text)
        self.set_xy(*here)
