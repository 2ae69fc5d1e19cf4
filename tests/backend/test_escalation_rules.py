"""Pure: what opens a case, on whose terms, when it is due, and what an administrator may choose."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.escalation.policy import (
    AFTER,
    DEFAULT,
    STEPS,
    EscalationPolicy,
    Offer,
    may_follow,
    overdue,
    reminder_due,
    status_for,
    why,
)
from backend.policy import CONSENTED, EU_WORKPLACE
from ml.risk.levels import LEVELS, RAISED

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = NOW.date()


def days(*levels: str, gap: int = 1) -> list[tuple[date, str]]:
    """The newest today, `gap` days apart."""
    return [(TODAY - timedelta(days=gap * back), level) for back, level in enumerate(reversed(levels))][::-1]


def offer(days_ago: float, answered: bool = False) -> Offer:
    return Offer(NOW - timedelta(days=days_ago), answered)


@pytest.mark.parametrize("sharing", ["never", "ask", "automatic"])
@pytest.mark.parametrize("because", [None, "high", "lasting", "unanswered"])
def test_no_case_without_a_rule_and_somebody_who_agreed(because: str | None, sharing: str) -> None:
    wanted = {"ask": "asked", "automatic": "new"}.get(sharing) if because else None
    assert status_for(because, sharing, CONSENTED) == wanted
    assert status_for(because, sharing, EU_WORKPLACE) is None


def test_a_high_level_opens_at_once_and_a_moderate_one_after_some_days() -> None:
    assert why(days("none", "high"), [], NOW, DEFAULT) == "high"
    assert why(days("moderate", "moderate", "moderate", "moderate"), [], NOW, DEFAULT) is None
    assert why(days(*["moderate"] * 5), [], NOW, DEFAULT) == "lasting"
    assert why(days("moderate", "moderate", "low", "moderate", "moderate"), [], NOW, DEFAULT) is None


def test_days_without_a_check_in_do_not_hide_a_lasting_level_but_one_day_is_not_a_week() -> None:
    assert why(days("moderate", "moderate", "moderate", gap=2), [], NOW, DEFAULT) == "lasting"
    assert why(days("moderate", "moderate", gap=6), [], NOW, DEFAULT) is None


def test_what_lies_too_far_back_opens_nothing() -> None:
    assert why(days(*["high"] * 5), [], NOW + timedelta(days=4), DEFAULT) is None


def test_support_that_nobody_answered_opens_a_case_and_any_answer_does_not() -> None:
    low = days("moderate", "moderate", "moderate")
    longer = EscalationPolicy(moderate_days=28, unanswered_days=2)
    assert why(low, [offer(2)], NOW, longer) == "unanswered"
    assert why(low, [offer(1.9)], NOW, longer) is None
    assert why(low, [offer(2, answered=True)], NOW, longer) is None
    assert why(low, [offer(2), offer(1, answered=True)], NOW, longer) is None
    assert why(low, [offer(9)], NOW, longer) is None, "offered in another dip"


def test_days_are_those_of_the_person() -> None:
    """Half past midnight in Seoul is the day before in UTC: it is in this dip all the same."""
    now = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("Asia/Seoul"))
    first = now.replace(hour=0, minute=30) - timedelta(days=2)
    longer = EscalationPolicy(moderate_days=28, unanswered_days=2)
    assert (
        why(days("moderate", "moderate", "moderate"), [Offer(first.astimezone(UTC), False)], now, longer)
        == "unanswered"
    )


@given(st.lists(st.sampled_from(LEVELS), max_size=28), st.floats(0, 30), st.booleans(), st.integers(1, 28))
def test_nothing_below_a_moderate_newest_level_ever_opens_a_case(
    levels: list[str], ago: float, answered: bool, moderate_days: int
) -> None:
    policy = EscalationPolicy(moderate_days=moderate_days, unanswered_days=2)
    found = why(days(*levels), [offer(ago, answered)], NOW, policy)
    assert found is None or levels[-1] in RAISED


def test_steps_go_forward_only() -> None:
    reached = {status: [step for step in STEPS if may_follow(status, step)] for status in ("new", *AFTER.values())}
    assert reached == {
        "new": ["acknowledge", "contact"],
        "acknowledged": ["contact", "resolve"],
        "contacted": ["resolve"],
        "resolved": [],
    }


def test_each_state_has_its_date_and_a_settled_case_none() -> None:
    assert DEFAULT.due("new", NOW) == NOW + timedelta(hours=48)
    assert DEFAULT.due("contacted", NOW) == NOW + timedelta(days=14)
    assert DEFAULT.due("resolved", NOW) is None
    assert overdue("acknowledged", NOW - timedelta(seconds=1), NOW)
    assert not overdue("resolved", NOW - timedelta(days=1), NOW)


def test_reminders_come_daily_and_end() -> None:
    late = NOW - timedelta(hours=1)
    assert reminder_due(late, None, 0, NOW, DEFAULT)
    assert not reminder_due(NOW + timedelta(hours=1), None, 0, NOW, DEFAULT)
    assert not reminder_due(late, NOW - timedelta(hours=23), 1, NOW, DEFAULT)
    assert reminder_due(late, NOW - timedelta(hours=24), 1, NOW, DEFAULT)
    assert not reminder_due(late, NOW - timedelta(days=9), DEFAULT.reminders, NOW, DEFAULT)


def test_an_administrator_chooses_within_bounds_only() -> None:
    for name, (low, high) in EscalationPolicy.bounds().items():
        assert low <= getattr(DEFAULT, name) <= high, name
        assert getattr(EscalationPolicy.from_json({name: float(high)}), name) == high
        for wrong in (low - 1, high + 1, True, "3", low + 0.5):
            with pytest.raises(ValueError, match=name):
                EscalationPolicy.from_json({name: wrong})
    with pytest.raises(ValueError, match="from_level"):
        EscalationPolicy.from_json({"from_level": 1})
    assert EscalationPolicy.from_json(DEFAULT.to_json()) == DEFAULT
