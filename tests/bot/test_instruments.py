"""Scoring, cut-offs and texts of the questionnaires."""

from __future__ import annotations

from datetime import date

import pytest

from bot import instruments
from bot.instruments import UnusableAnswers, due, explain, score, text_of


@pytest.mark.parametrize(
    ("answers", "total", "band", "follow_up"),
    [
        ((0, 0, 0, 0, 0), 0, "very_low", "phq2"),
        ((1, 2, 1, 2, 1), 28, "very_low", "phq2"),
        ((2, 2, 1, 2, 1), 32, "low", "phq2"),
        ((3, 3, 2, 2, 2), 48, "low", "phq2"),
        ((3, 3, 3, 2, 2), 52, "good", None),
        ((5, 5, 5, 5, 5), 100, "good", None),
    ],
)
def test_who5_runs_from_0_to_100(answers: tuple[int, ...], total: int, band: str, follow_up: str | None) -> None:
    result = score("who5", answers)
    assert (result.total, result.band, result.follow_up, result.crisis) == (total, band, follow_up, False)
    assert result.maximum == 100


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (0, "minimal"),
        (4, "minimal"),
        (5, "mild"),
        (9, "mild"),
        (10, "moderate"),
        (14, "moderate"),
        (15, "moderately_severe"),
        (19, "moderately_severe"),
        (20, "severe"),
        (24, "severe"),
    ],
)
def test_phq9_bands(total: int, band: str) -> None:
    answers = [min(3, max(0, total - 3 * n)) for n in range(8)] + [0]
    assert score("phq9", answers).band == band


@pytest.mark.parametrize("value", [1, 2, 3])
def test_phq9_item_9_leads_to_the_crisis_answer_whatever_the_total(value: int) -> None:
    assert score("phq9", [0] * 8 + [value]).crisis
    assert not score("phq9", [3] * 8 + [0]).crisis


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (0, "minimal"),
        (4, "minimal"),
        (5, "mild"),
        (9, "mild"),
        (10, "moderate"),
        (14, "moderate"),
        (15, "severe"),
        (21, "severe"),
    ],
)
def test_gad7_bands(total: int, band: str) -> None:
    assert score("gad7", [min(3, max(0, total - 3 * n)) for n in range(7)]).band == band


@pytest.mark.parametrize(("short", "long"), [("phq2", "phq9"), ("gad2", "gad7")])
def test_the_short_form_leads_to_the_long_one_from_three(short: str, long: str) -> None:
    assert score(short, (1, 1)).follow_up is None
    assert score(short, (1, 2)).follow_up == long
    assert score(short, (3, 3)).band == "positive"


@pytest.mark.parametrize("answers", [(), (1, 2), (1, 2, 3, 4, 6), (1, 2, 3, 4, -1), (True, 1, 1, 1, 1), (1,) * 6])
def test_incomplete_or_impossible_answers_are_refused(answers: tuple[int, ...]) -> None:
    with pytest.raises(UnusableAnswers):
        score("who5", answers)


def test_an_unknown_questionnaire_is_named() -> None:
    with pytest.raises(UnusableAnswers, match="bdi"):
        score("bdi", (1,))


@pytest.mark.parametrize("language", instruments.LANGUAGES)
@pytest.mark.parametrize("name", instruments.INSTRUMENTS)
def test_every_language_has_every_item_answer_and_band(name: str, language: str) -> None:
    text, instrument = text_of(name, language), instruments.INSTRUMENTS[name]
    assert len(text.items) == instrument.items
    assert [value for value, _ in text.answers] == list(instrument.values)
    assert set(text.bands) == {band.name for band in instrument.bands}
    assert len(set(text.items)) == instrument.items


def test_the_short_forms_are_the_first_two_items_of_the_long_ones() -> None:
    for language in instruments.LANGUAGES:
        assert text_of("phq2", language).items == text_of("phq9", language).items[:2]
        assert text_of("gad2", language).items == text_of("gad7", language).items[:2]


def test_a_result_says_that_it_is_no_diagnosis() -> None:
    assert "not a diagnosis" in explain(score("phq9", [3] * 8 + [0]), "en")
    assert "不是诊断" in explain(score("gad7", [3] * 7), "zh-CN")
    assert "진단" in explain(score("who5", [0] * 5), "ko")


def test_who5_comes_fortnightly() -> None:
    assert due("who5", None, date(2026, 5, 1))
    assert not due("who5", date(2026, 5, 1), date(2026, 5, 14))
    assert due("who5", date(2026, 5, 1), date(2026, 5, 15))
