"""Texts in files that a spreadsheet opens."""

from __future__ import annotations

from typing import Final

# What spreadsheets take for the start of a formula; East Asian ones take the wide signs for it as well.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def plain(cell: object) -> str:
    """A name such as "=1+1" must not become a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
