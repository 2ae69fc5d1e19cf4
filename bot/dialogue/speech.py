"""The words, one file a language (`content/*.toml`); every language has the same keys, a test sees to it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Final

from bot.dialogue.safety.fold import fold

LANGUAGES: Final = ("en", "zh", "ko")
_CONTENT: Final = files("bot.dialogue") / "content"


def language_of(locale: str | None) -> str:
    """`zh-TW`, `ko_KR` or `fr` to one of the three languages we have words in."""
    head = (locale or "en").replace("_", "-").split("-")[0].lower()
    return head if head in LANGUAGES else "en"


def script_language(text: str) -> str | None:
    """The language that the script of a text gives away; None for Latin letters, which say little."""
    hangul = sum("가" <= c <= "힣" or "ㄱ" <= c <= "ㅣ" for c in text)
    han = sum("\u4e00" <= c <= "\u9fff" for c in text)
    if hangul == han == 0:
        return None
    return "ko" if hangul >= han else "zh"


@dataclass(frozen=True, slots=True)
class Exercise:
    id: str
    title: str
    offer: str
    steps: tuple[str, ...]
    written: bool  # the person writes an answer to each step


@dataclass(frozen=True)
class Speech:
    """All words of one language."""

    language: str
    data: Mapping[str, Any]

    def lines(self, key: str) -> list[str]:
        """The wordings under a dotted key; a single text counts as one wording."""
        node: Any = self.data
        for part in key.split("."):
            node = node[part]
        return [node] if isinstance(node, str) else list(node)

    def line(self, key: str, turn: int, **slots: object) -> str:
        wordings = self.lines(key)
        return wordings[turn % len(wordings)].format(**slots)

    def label(self, choice: str) -> str:
        return str(self.data["buttons"][choice.replace(":", "_")])

    @cached_property
    def choices(self) -> Mapping[str, str]:
        """Choices by their folded labels: whoever types what a button says means the button."""
        labels = [fold(label) for label in self.data["buttons"].values()]
        ids = (name.replace("_", ":", 1) for name in self.data["buttons"])
        return {label: choice for label, choice in zip(labels, ids, strict=True) if labels.count(label) == 1}

    def exercise(self, name: str) -> Exercise:
        raw = self.data["exercises"][name]
        return Exercise(name, raw["title"], raw["offer"], tuple(raw["steps"]), bool(raw.get("written")))

    @property
    def exercises(self) -> tuple[str, ...]:
        return tuple(self.data["exercises"])


@cache
def load(language: str) -> Speech:
    return Speech(language, tomllib.loads((_CONTENT / f"{language}.toml").read_text("utf-8")))


@cache
def helplines() -> dict[str, Any]:
    """`content/helplines.json`: also shipped to the phone client, which shows it offline."""
    data: dict[str, Any] = json.loads((_CONTENT / "helplines.json").read_text("utf-8"))
    return data
