"""Which message, in which words, where and when: pure decisions, case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.notify.policy import (
    DEFAULT,
    OUTWARD,
    PROMPT,
    Past,
    after_risk_change,
    channels_for,
    choose_words,
    moment_for,
    night_of,
    prompt_due,
    questionnaire_due,
    still_asked,
    welcome,
)
from backend.notify.texts import TEXTS, VARIANTS, variants_of, words
from backend.preferences import Preferences

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
PLAIN = Preferences()


def past(kind: str, days: float, variant: str = "", helpful: bool | None = None) -> Past:
    return Past(kind, variant, NOW - timedelta(days=days), helpful)


@pytest.mark.parametrize(
    ("level", "before", "kind"),
    [
        ("moderate", "none", "lower_moderate"),
        ("high", "moderate", "lower_high"),
        ("high", "none", "lower_high"),
        ("none", "moderate", "steadier"),
        ("none", "low", None),
        ("low", "none", None),
        ("moderate", "high", None),
        ("moderate", "moderate", None),
    ],
)
def test_a_raise_brings_support_and_only_a_real_dip_brings_the_good_news(
    level: str, before: str, kind: str | None
) -> None:
    planned = after_risk_change(date(2026, 11, 18), level, before)
    assert (planned.kind if planned else None) == kind


def test_at_most_so_many_a_week() -> None:
    week = [past("lower_moderate", days) for days in (2, 4, 6)]
    assert not welcome("steadier", week, PLAIN, NOW)
    assert welcome("steadier", week[:2], PLAIN, NOW)
    assert welcome("steadier", [*week[:2], past("lower_moderate", 7.1)], PLAIN, NOW)


def test_the_week_counts_neither_mood_prompts_nor_news_on_cases() -> None:
    others = [past(PROMPT, 1), past(PROMPT, 2), past("case_status", 1), past("share_question", 3)]
    assert welcome("lower_moderate", others, PLAIN, NOW)


def test_yesterdays_message_rests_unless_a_heavier_one_follows() -> None:
    assert not welcome("lower_moderate", [past("lower_moderate", 0.5)], PLAIN, NOW)
    assert not welcome("steadier", [past("lower_high", 0.5)], PLAIN, NOW)
    assert welcome("lower_high", [past("lower_moderate", 0.5)], PLAIN, NOW)
    assert welcome("lower_moderate", [past("lower_moderate", 1)], PLAIN, NOW)


@pytest.mark.parametrize("quiet", [replace(PLAIN, paused=True), replace(PLAIN, paused_until=NOW + timedelta(days=1))])
def test_a_pause_holds_back_all_of_our_own_accord_and_nothing_that_was_asked_for(quiet: Preferences) -> None:
    for kind in ("lower_high", "steadier", PROMPT):
        assert not welcome(kind, [], quiet, NOW)
        assert channels_for(kind, quiet, OUTWARD, NOW) == ()
    assert welcome("case_status", [], quiet, NOW)


def test_a_pause_ends_by_itself() -> None:
    assert welcome("steadier", [], replace(PLAIN, paused_until=NOW - timedelta(minutes=1)), NOW)


def test_what_did_not_help_is_never_sent_again_and_nothing_is_said_twice_in_a_fortnight() -> None:
    names = variants_of("lower_moderate")
    first = choose_words("lower_moderate", names, [], NOW)
    assert first == ""
    second = choose_words("lower_moderate", names, [past("lower_moderate", 3, "")], NOW)
    assert second not in (None, "")
    assert choose_words("lower_moderate", names, [past("lower_moderate", 300, "", helpful=False)], NOW) != ""
    refused = [past("lower_moderate", 100, name, helpful=False) for name in names]
    assert choose_words("lower_moderate", names, refused, NOW) is None
    lately = [past("lower_moderate", 2 + at, name) for at, name in enumerate(names)]
    assert choose_words("lower_moderate", names, lately, NOW) is None


@given(
    st.lists(
        st.tuples(st.sampled_from(variants_of("lower_high")), st.floats(0, 60), st.sampled_from([None, True, False]))
    )
)
def test_chosen_words_are_always_fresh_and_never_refused(history: list[tuple[str, float, bool | None]]) -> None:
    before = [past("lower_high", days, name, helpful) for name, days, helpful in history]
    chosen = choose_words("lower_high", variants_of("lower_high"), before, NOW)
    same = [old for old in before if old.variant == chosen]
    assert all(old.helpful is not False and NOW - old.at >= DEFAULT.same_words for old in same)


@pytest.mark.parametrize(
    ("zone", "now", "goes"),
    [
        ("Europe/Berlin", "2026-11-18T23:30", "2026-11-19T06:00"),  # 00:30 there: at seven
        ("Europe/Berlin", "2026-11-18T21:30", "2026-11-19T06:00"),  # 22:30 there
        ("Europe/Berlin", "2026-11-18T20:30", "2026-11-18T20:30"),  # 21:30: awake
        ("Asia/Seoul", "2026-11-18T12:59", "2026-11-18T12:59"),  # 21:59
        ("Asia/Seoul", "2026-11-18T13:00", "2026-11-18T22:00"),  # 22:00: the night begins
        ("America/New_York", "2026-11-18T12:00", "2026-11-18T12:00"),  # 7:00: it is over
        ("America/New_York", "2026-11-18T11:59", "2026-11-18T12:00"),
        # the night in which Berlin's clocks go back an hour
        ("Europe/Berlin", "2026-10-25T00:30", "2026-10-25T06:00"),
    ],
)
def test_what_rings_waits_for_the_morning_where_the_person_lives(zone: str, now: str, goes: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert moment_for("telegram", PLAIN, zone, moment) == datetime.fromisoformat(goes).replace(tzinfo=UTC)


def test_a_mail_rings_for_nobody_but_keeps_quiet_hours_that_were_set() -> None:
    night = NOW.replace(hour=23)
    assert moment_for("email", PLAIN, "UTC", night) == night
    own = replace(PLAIN, quiet=("20:00", "09:00"))
    assert moment_for("email", own, "UTC", night) == datetime(2026, 11, 19, 9, tzinfo=UTC)
    none = replace(PLAIN, quiet=("", ""))
    assert night_of(none) is None
    assert moment_for("telegram", none, "UTC", night) == night


@given(st.times(), st.times(), st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)))
def test_the_moment_is_never_in_the_past_and_never_in_the_quiet_hours(begin: time, end: time, now: datetime) -> None:
    chosen = replace(PLAIN, quiet=(f"{begin:%H:%M}", f"{end:%H:%M}"))
    moment = moment_for("webpush", chosen, "UTC", now.replace(tzinfo=UTC))
    assert timedelta() <= moment - now.replace(tzinfo=UTC) <= timedelta(days=1)
    assert moment_for("webpush", chosen, "UTC", moment) == moment


def test_channels_are_those_that_are_open_and_switched_on() -> None:
    assert channels_for("lower_high", PLAIN, {"email", "telegram"}, NOW) == ("telegram", "email")
    assert channels_for("lower_high", replace(PLAIN, off=frozenset({"email"})), {"email"}, NOW) == ()


def test_a_mood_prompt_goes_where_one_tap_answers_it() -> None:
    assert channels_for(PROMPT, PLAIN, {"email"}, NOW) == ()
    assert channels_for(PROMPT, PLAIN, OUTWARD, NOW) == ("telegram",)


@pytest.mark.parametrize(
    ("clock", "wanted", "key"),
    [
        ("10:30", 1, "mood:2026-11-18:0"),
        ("11:29", 2, "mood:2026-11-18:0"),
        ("11:30", 2, None),
        ("10:29", 2, None),
        ("15:45", 2, "mood:2026-11-18:1"),
        ("15:45", 1, None),
        ("10:45", 0, None),
    ],
)
def test_moods_are_asked_at_most_twice_a_day_at_local_times(clock: str, wanted: int, key: str | None) -> None:
    seoul = datetime.fromisoformat(f"2026-11-18T{clock}+09:00").astimezone(UTC)
    planned = prompt_due(replace(PLAIN, prompts=wanted), "Asia/Seoul", seoul)
    assert (planned.key if planned else None) == key


@pytest.mark.parametrize(
    ("clock", "answered", "reminded", "comes"),
    [
        ("2026-11-20T11:10", 14, None, True),  # ten past noon in Berlin, a fortnight later
        ("2026-11-20T11:10", 13, None, False),
        ("2026-11-20T12:30", 14, None, False),  # the hour is over; tomorrow at noon then
        ("2026-11-20T10:50", 14, None, False),
        ("2026-11-20T11:10", 40, 3, False),  # reminded three days ago
        ("2026-11-20T11:10", 40, 15, True),
    ],
)
def test_the_questionnaire_is_brought_to_mind_once_a_fortnight_at_noon(
    clock: str, answered: int, reminded: int | None, comes: bool
) -> None:
    now = datetime.fromisoformat(clock).replace(tzinfo=UTC)
    last = now - timedelta(days=answered)
    told = now - timedelta(days=reminded) if reminded else None
    planned = questionnaire_due(PLAIN, "Europe/Berlin", last, told, now)
    assert (planned is not None) is comes
    if planned:
        assert planned.key == "who5:2026-11-20"
    assert questionnaire_due(replace(PLAIN, paused=True), "Europe/Berlin", last, told, now) is None
    assert welcome("who5_due", [], PLAIN, now)
    assert not welcome("who5_due", [], replace(PLAIN, paused=True), now)


def test_every_text_is_there_in_every_language_without_shouting_or_diagnosis() -> None:
    forbidden = ("depress", "diagnos", "alert", "!", "抑郁", "우울")
    for kind, by_locale in [*TEXTS.items(), *((k, v) for k, each in VARIANTS.items() for v in each.values())]:
        assert set(by_locale) == {"en", "zh", "ko"}, kind
        for title, text in by_locale.values():
            assert title
            assert text
            assert not any(word in f"{title} {text}".lower() for word in forbidden), (kind, text)


def test_a_variant_has_words_of_its_own() -> None:
    for kind in VARIANTS:
        said = {words(kind, "en", name) for name in variants_of(kind)}
        assert len(said) == len(variants_of(kind))


def test_preferences_survive_the_database() -> None:
    chosen = Preferences(("21:00", ""), True, NOW, frozenset({"email"}), True, 2)
    assert Preferences.from_json(chosen.to_json()) == chosen
    assert Preferences.from_json({}) == PLAIN


def test_a_question_about_this_moment_is_not_put_hours_later() -> None:
    assert still_asked(PROMPT, NOW, NOW + timedelta(minutes=50))
    assert not still_asked(PROMPT, NOW, NOW + timedelta(hours=2))
    assert still_asked("lower_moderate", NOW, NOW + timedelta(hours=9))


def test_quiet_hours_that_end_in_a_repeated_hour_hold_in_its_second_pass() -> None:
    """Havana, 1 November 2026: the hour from midnight comes twice; 04:20 UTC is in the first pass, 05:20 in the second."""
    quiet = Preferences(quiet=("22:00", "00:30"))
    for hour in (4, 5):
        now = datetime(2026, 11, 1, hour, 20, tzinfo=UTC)
        assert moment_for("email", quiet, "America/Havana", now) == now + timedelta(minutes=10)
