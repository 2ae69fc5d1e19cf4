"""The words: the same keys in every language, the voice, and helplines that somebody has looked at within a year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.dialogue import speech
from bot.dialogue.steps import crisis, exercises, talk

LANGUAGES = speech.LANGUAGES


def leaves(node: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in node.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def words(language: str) -> dict[str, Any]:
    return dict(leaves(dict(speech.load(language).data)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things(language: str) -> None:
    english, other = words("en"), words(language)
    assert english.keys() == other.keys()
    for key, value in english.items():
        if key.endswith(".steps"):
            assert len(value) == len(other[key]), key
        slots = [set(re.findall(r"\{\w+\}", str(v))) for v in (value, other[key])]
        assert slots[0] == slots[1], key


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_voice_is_calm(language: str) -> None:
    for key, value in words(language).items():
        for text in [value] if isinstance(value, str) else value if isinstance(value, list) else []:
            assert "!" not in text, f"{key}: {text}"
            assert not re.search(
                r"you are depressed|well done|great job|streak|as a human|我是真人|저는 사람입니다", text, re.I
            )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_has_words_and_fitting_exercises(language: str) -> None:
    said = speech.load(language)
    for topic in talk.TOPICS:
        assert said.lines(f"topics.{topic}.heard")
    for fitting in exercises.FITTING.values():
        assert set(fitting) <= set(said.exercises)
    assert set(said.exercises) == {name for fitting in exercises.FITTING.values() for name in fitting}


def test_helplines_were_checked_within_a_year() -> None:
    checked = date.fromisoformat(speech.helplines()["checked_on"])
    today = datetime.now(UTC).date()
    assert checked <= today + timedelta(days=1)
    assert today - checked <= timedelta(days=365), "open every source in helplines.json, then set checked_on"


def test_every_country_has_a_number_an_emergency_and_a_source() -> None:
    data = speech.helplines()
    assert {"US", "GB", "KR", "CN", "TW", "HK", "JP", "DE", "FR", "AU", "IN"} <= data["countries"].keys()
    for code, entry in [*data["countries"].items(), ("anywhere", data["anywhere"])]:
        assert entry["emergency"], code
        assert entry["lines"], code
        for line in entry["lines"]:
            assert line["number"], code
            assert line["source"].startswith("http"), code
            assert set(line["name"]) == set(line["hours"]) == set(LANGUAGES), code


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_country_still_gets_an_answer(language: str) -> None:
    for country in (None, "", "XX"):
        assert "112" in crisis.lines_for(country, language)
        assert "findahelpline.com" in crisis.lines_for(country, language)
    assert "109" in crisis.lines_for("kr", language)
    assert "12356" in crisis.lines_for("CN", language)
