"""docs/seeds.md says what the committed result files say, and nothing of ours on it is typed by hand."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ml.studies import page

PLACE = re.compile(r"\{\{[^}]*\}\}")


@pytest.fixture(scope="module")
def template() -> str:
    return page.TEMPLATE.read_text(encoding="utf-8")


def test_the_committed_page_is_what_the_results_give(template: str) -> None:
    committed = page.PAGE.read_text(encoding="utf-8")
    assert committed == page.render(template), "run `evenkeel study page` and commit docs/seeds.md"


def test_another_figure_in_a_results_file_is_another_page(
    template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = json.loads(page.results_file("geometry").read_text())
    before = found["splits"][0]["accuracy"]
    found["splits"][0]["accuracy"] = 0.123
    (tmp_path / "geometry.json").write_text(json.dumps(found))
    monkeypatch.setattr(
        page, "results_file", lambda name: tmp_path / "geometry.json" if name == "geometry" else real(name)
    )
    page._results.cache_clear()
    try:
        changed = page.render(template)
    finally:
        page._results.cache_clear()
    assert "| 0.123 |" in changed
    assert changed != page.PAGE.read_text(encoding="utf-8"), f"{before} stood there"


real = page.results_file


def test_no_figure_of_ours_is_typed(template: str) -> None:
    """In tables with a column of ours, that column holds places to fill in, or words."""
    typed = []
    ours: list[int] = []
    for line in template.splitlines():
        if not line.startswith("|"):
            ours = []
        if not line.startswith("| "):
            continue
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if not ours:
            ours = [k for k, cell in enumerate(cells) if cell.strip("| ").startswith("ours")] or [-1]
            continue
        for k in ours:
            # Thresholds that we set are no measurements; a section's name may hold a digit.
            words = re.sub(
                r"we accept at [\d. and]+|seven days|FER-2013|\[[^\]]*\]\([^)]*\)", "", PLACE.sub("", cells[k])
            )
            if k >= 0 and re.search(r"\d", words):
                typed.append(cells[k])
    assert not typed


def test_a_figure_that_no_file_has_stops_the_page() -> None:
    with pytest.raises(page.NoSuchFigure, match=r"geometry:public\.label\.luck"):
        page.render("{{geometry:public.label.luck}}")
    with pytest.raises(page.NoSuchFigure):
        page.render("{{geometry:splits[split=by moonlight].accuracy}}")


def test_every_picture_and_page_that_it_names_is_there() -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert links
    assert [link for link in links if not (page.PAGE.parent / link).exists()] == []


def test_all_five_documents_are_there(template: str) -> None:
    heads = re.findall(r"^## (\w+)", template, re.MULTILINE)
    assert heads[:5] == ["Corporate", "Dashboard", "Mobile", "Geometry", "Action"]
