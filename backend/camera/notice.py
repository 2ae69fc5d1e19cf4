"""The sign to print beside a camera, and the page that its QR code leads to: plain HTML, no script, nothing loaded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from itertools import groupby
from typing import Final

import segno

from backend.camera.texts import WORDS, Words
from backend.people import texts
from backend.tables import Camera

# The page's one style sheet is in the page; nothing else may run or load.
PAGE_HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
}

STYLE: Final = """
body { font: 18px/1.5 system-ui, sans-serif; color: #1c2b2f; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 2rem; line-height: 1.2; } .lead { font-size: 1.3rem; } li { margin: .5rem 0; }
figure { margin: 2rem 0; text-align: center; } svg { width: 14rem; height: 14rem; }
.place { color: #4a5d62; } .address { font-size: .8rem; overflow-wrap: anywhere; }
@page { size: A4; margin: 20mm; }
"""


def sign(organisation: str, camera: Camera, address: str, locale: str) -> str:
    language = texts.best_locale(locale)
    words = WORDS[language]
    code = segno.make(address, error="m").svg_inline(scale=4, omitsize=True, title=words.scan)
    figure = (
        f"<figure>{code}<figcaption>{escape(words.scan)}<br>"
        f'<span class="address">{escape(address)}</span></figcaption></figure>'
    )
    return _page(language, words, organisation, camera, figure)


def policy_page(organisation: str, camera: Camera, accept_language: str, *, active: bool) -> str:
    language = texts.best_locale(accept_language.split(",")[0].split(";")[0].strip())
    words = WORDS[language]
    agreements = "".join(
        f"<h2>{escape(title)}</h2>" + _blocks(text)
        for title, text in (by_locale[language] for by_locale in texts.AGREEMENTS.values())
    )
    off = "" if active else f'<p class="lead"><strong>{escape(words.off)}</strong></p>'
    return _page(language, words, organisation, camera, off + agreements)


def _blocks(text: str) -> str:
    """The notation of `people/texts.py`, as the app draws it (me/blocks.ts)."""
    paragraphs = (paragraph.splitlines() for paragraph in text.split("\n\n"))
    return "".join(_block(tag, lines) for paragraph in paragraphs for tag, lines in groupby(paragraph, _tag))


def _tag(line: str) -> str:
    return "h3" if line.startswith("#") else "li" if line.startswith("- ") else "p"


def _block(tag: str, lines: Iterable[str]) -> str:
    plain = [escape(re.sub(r"^(#+|-)\s+", "", line.strip())) for line in lines if line.strip()]
    if tag == "p":
        return f"<p>{' '.join(plain)}</p>" if plain else ""
    drawn = "".join(f"<{tag}>{line}</{tag}>" for line in plain)
    return f"<ul>{drawn}</ul>" if tag == "li" else drawn


def _page(language: str, words: Words, organisation: str, camera: Camera, rest: str) -> str:
    known, *others = words.points
    pictures = words.read_by_the_server if camera.frames_only else words.read_on_the_spot
    points = "".join(f"<li>{escape(point)}</li>" for point in (known, pictures, *others))
    where = " · ".join(part for part in (organisation, camera.place or camera.name) if part)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(words.title)}</title>'
        f"<style>{STYLE}</style></head><body><h1>{escape(words.title)}</h1>"
        f'<p class="place">{escape(where)}</p><p class="lead">{escape(words.lead)}</p><ul>{points}</ul>'
        f"{rest}</body></html>"
    )
