"""docs/seeds.md from the committed results: every figure of ours on that page is looked up, none is typed.

`page.txt` is the page with places to fill in: `{{FILE:PATH|FORMAT}}`, where FILE is a results file, PATH names keys and
picks list items by their fields (`splits[split=random,truth=label].accuracy`), and FORMAT is one of `FORMATS`.
`evenkeel study page` calls `write`; a contract test renders again and compares.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from ml.studies import page_tables

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
TEMPLATE: Final = HERE / "page.txt"
PAGE: Final = ROOT / "docs" / "seeds.md"

# Our studies lie beside this file; what other parts of the project measured lies where they keep it.
ELSEWHERE: Final[Mapping[str, str]] = {
    "model_card": "docs/model_card.json",
    "networks": "benchmarks/seeds_comparison/results.json",
    "risk": "benchmarks/results/risk.json",
}

_PLACE: Final = re.compile(r"\{\{([^{}|]+)(?:\|([^{}]+))?\}\}")

FORMATS: Final[Mapping[str, Callable[[Any], str]]] = {
    "share": lambda value: f"{value:.3f}" if isinstance(value, float) else str(value),
    "percent": lambda value: f"{100 * value:.1f} %",
    "count": lambda value: f"{value:,}",
    "points": lambda value: f"{100 * value:+.1f}",
    "number": lambda value: f"{value:.2f}",
    "length": lambda value: str(len(value)),
    "text": str,
}


class NoSuchFigure(LookupError):
    """The template asks for something that no results file has."""


def results_file(name: str) -> Path:
    return ROOT / ELSEWHERE[name] if name in ELSEWHERE else HERE / "results" / f"{name}.json"


@lru_cache
def _results(name: str) -> Any:
    return json.loads(results_file(name).read_text(encoding="utf-8"))


def look_up(name: str, path: str) -> Any:
    """`splits[split=random].accuracy` in a results file; a file that is a list is picked from as `[network=vgg16]`."""
    try:
        value: Any = _results(name)
        for step in re.split(r"\.(?![^\[]*\])", path):
            value = _step(value, step)
    except (KeyError, IndexError, TypeError, StopIteration, OSError) as error:
        raise NoSuchFigure(f"{name}:{path}") from error
    return value


def _step(value: Any, step: str) -> Any:
    key, bracket, wanted = step.rstrip("]").partition("[")
    inner = value[key] if key else value
    if not bracket:
        return inner
    wishes = dict(wish.split("=", 1) for wish in wanted.split(","))
    return next(item for item in inner if all(str(item[k]) == v for k, v in wishes.items()))


def render(template: str) -> str:
    """The page; `{{table:NAME}}` is a whole table of `page_tables`."""

    def fill(place: re.Match[str]) -> str:
        name, _, path = place[1].strip().partition(":")
        if name == "table":
            return page_tables.TABLES[path](_results)
        return FORMATS[place[2] or "share"](look_up(name, path))

    return _PLACE.sub(fill, template)


def write(target: Path = PAGE) -> None:
    """Page and pictures."""
    from ml.studies import page_pictures

    target.write_text(render(TEMPLATE.read_text(encoding="utf-8")), encoding="utf-8")
    page_pictures.draw(target.parent / "seeds", _results)
