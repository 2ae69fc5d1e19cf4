"""Which fonts a text needs. All come from packages, so that a server without any font sets every name."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from unicodedata import bidirectional

from fontTools.ttLib import TTFont
from fpdf import FPDF

from backend.escalation.pdf_paper import FONT

# (package, file in it): Noto Sans with Chinese and Korean letters (Open Font License), DejaVu for the rest.
CHINESE: Final = ("pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf")
KOREAN: Final = ("pylopdf_fonts_ko", "NotoSansKR-Regular.otf")
REST: Final = ("matplotlib", "mpl-data/fonts/ttf/DejaVuSans.ttf")
ORDER: Final = {"en": (KOREAN, CHINESE, REST), "ko": (KOREAN, CHINESE, REST), "zh": (CHINESE, KOREAN, REST)}


def prepare(pdf: FPDF, locale: str, text: str) -> None:
    """Loads fonts in the language's order until every letter has one: loading takes a third of a second each."""
    missing = {ord(letter) for letter in text if not letter.isspace()}
    fallback: list[str] = []
    for number, source in enumerate(ORDER[locale]):
        name = FONT if number == 0 else f"fallback{number}"
        if number and not missing & _letters(source):
            continue
        pdf.add_font(name, fname=_path(source))
        missing -= _letters(source)
        if number:
            fallback.append(name)
    pdf.set_fallback_fonts(fallback, exact_match=False)
    # Hebrew and Arabic would be set backwards, letter by letter; the others need no shaping, which costs time.
    pdf.set_text_shaping(any(bidirectional(letter) in ("R", "AL") for letter in text))


@cache
def _letters(source: tuple[str, str]) -> frozenset[int]:
    """Code points that a font has; a name in the text may need a second font."""
    with TTFont(_path(source), lazy=True) as font:
        return frozenset(font.getBestCmap() or {})


def _path(source: tuple[str, str]) -> Path:
    """Beside the package, without importing it."""
    package, file = source
    found = find_spec(package)
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0]) / file
