"""Texts in files that a spreadsheet opens."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any, Final

# What spreadsheets take for the start of a formula; East Asian ones take the wide signs for it as well.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_of(rows: Iterable[Iterable[Any]]) -> str:
    """With the mark at its beginning: spreadsheets take UTF-8 for something else without it."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return "\ufeff" + out.getvalue()


def plain(cell: object) -> str:
    """A name such as "=1+1" must not become a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
