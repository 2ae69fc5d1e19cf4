"""Draws the PNG icons from the two SVG marks with a Chromium: `python mobile_client/scripts/icons.py`."""

from __future__ import annotations

import shutil
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent.parent / "public" / "icons"
ICONS = (
    ("mark", 192, "icon-192"),
    ("mark", 512, "icon-512"),
    ("maskable", 512, "icon-maskable-512"),
    ("maskable", 180, "icon-180"),
)


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for source, size, target in ICONS:
            page = browser.new_page(viewport={"width": size, "height": size})
            svg = (FOLDER / f"{source}.svg").read_text().replace("<svg ", f'<svg width="{size}" height="{size}" ', 1)
            page.set_content(f"<body style='margin:0'>{svg}</body>")
            picture = Image.open(BytesIO(page.screenshot(omit_background=True)))
            picture.quantize(64, method=Image.Quantize.FASTOCTREE).save(FOLDER / f"{target}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
