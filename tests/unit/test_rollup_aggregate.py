"""Hours, days and weeks: the same rows in any order, correct around clock changes and moves."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.rollup import aggregate as agg
from ml.emotions import expand

VECTOR = st.lists(st.floats(0.01, 1), min_size=7, max_size=7).map(
    lambda raw: tuple(float(v) for v in expand(np.array(raw) / sum(raw)))
)
VECTORS = st.lists(VECTOR, max_size=12)


def close(a: agg.Moments, b: agg.Moments) -> None:
    assert a.n == b.n
    np.testing.assert_allclose(a.mean, b.mean, atol=1e-12)
    np.testing.assert_allclose(a.m2, b.m2, atol=1e-12)


@given(VECTORS, st.randoms(use_true_random=False))
def test_moments_are_bit_for_bit_the_same_in_any_order(vectors: list, rng: random.Random) -> None:
    shuffled = vectors[:]
    rng.shuffle(shuffled)
    assert agg.of(shuffled) == agg.of(vectors)


@given(VECTORS, VECTORS, VECTORS)
def test_merging_and_unmerging_equal_counting_again(a: list, b: list, c: list) -> None:
    merged = agg.merge(agg.of(a), agg.merge(agg.of(b), agg.of(c)))
    close(merged, agg.of(a + b + c))
    close(agg.merge(agg.merge(agg.of(c), agg.of(a)), agg.of(b)), merged)
    close(agg.unmerge(merged, agg.of(b)), agg.of(a + c))


def test_moments_match_numpy_and_reject_what_is_not_a_vector() -> None:
    rows = expand(np.random.default_rng(1).dirichlet(np.ones(7), 20))
    found = agg.of(rows.tolist())
    np.testing.assert_allclose(found.mean, rows.mean(0))
    np.testing.assert_allclose(found.deviation, rows.std(0))
    assert agg.EMPTY.deviation == (0.0,) * 10
    for bad in ([0.1] * 9, [float("nan")] * 10):
        with pytest.raises(ValueError, match="vector"):
            agg.of([bad])
    with pytest.raises(ValueError, match="cannot take"):
        agg.unmerge(agg.of(rows[:1].tolist()), agg.of(rows.tolist()))


MOVES = [
    agg.ZoneChange(datetime(2026, 1, 1, tzinfo=UTC), "Europe/Berlin"),
    agg.ZoneChange(datetime(2026, 3, 29, 10, 20, tzinfo=UTC), "Asia/Kolkata"),  # half-hour zone, mid-hour
]
READINGS = st.lists(st.tuples(st.integers(0, 6 * 24 * 60), VECTOR), max_size=25, unique_by=lambda pair: pair[0]).map(
    lambda pairs: [
        agg.TimedVector(f"r{i}", datetime(2026, 3, 26, tzinfo=UTC) + timedelta(minutes=minute), vector)
        for i, (minute, vector) in enumerate(pairs)
    ]
)


@settings(max_examples=60)
@given(READINGS, st.randoms(use_true_random=False))
def test_any_order_twice_and_half_deleted_end_in_the_same_rows(readings: list, rng: random.Random) -> None:
    expected = agg.roll_up(readings, MOVES)
    events = readings * 2
    rng.shuffle(events)
    assert agg.roll_up(events, MOVES[::-1]) == expected
    kept = [r for r in readings if rng.random() < 0.5]
    assert agg.roll_up([r for r in events if r in kept], MOVES) == agg.roll_up(kept, MOVES)


def test_a_burst_of_photos_does_not_dominate_the_day() -> None:
    calm, sad = expand([0.6, 0.1, 0, 0, 0, 0, 0.3]), expand([0.0, 0.9, 0, 0, 0, 0, 0.1])
    at = datetime(2026, 5, 4, 9, tzinfo=UTC)
    readings = [agg.TimedVector(f"s{i}", at + timedelta(minutes=i), tuple(sad)) for i in range(30)]
    readings.append(agg.TimedVector("c", at + timedelta(hours=2), tuple(calm)))
    hours, days = agg.roll_up(readings, [])
    assert [h.n for h in hours.values()] == [30, 1]
    day = days[date(2026, 5, 4)]
    np.testing.assert_allclose(day.mean, (calm + sad) / 2)
    assert day.readings == 31


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 29), "Europe/Berlin", 23),
        (date(2026, 10, 25), "Europe/Berlin", 25),
        (date(2026, 5, 4), "Asia/Kolkata", 24),
        (date(2026, 3, 8), "America/New_York", 23),
        (date(2026, 5, 4), "UTC", 24),
    ],
)
def test_days_have_23_24_or_25_hours(day: date, zone: str, hours: int) -> None:
    keys = agg.hours_of_day(day, zone)
    assert len(keys) == hours
    start, end = agg.day_bounds(day, zone)
    assert keys[0] == start
    assert end - start == timedelta(hours=hours)
    assert {agg.day_key(key, zone) for key in keys} == {day}


def test_the_repeated_hour_is_two_hours() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 summer time
    second = first + timedelta(hours=1)  # 02:30 again, winter time
    berlin = ZoneInfo("Europe/Berlin")
    assert first.astimezone(berlin).hour == second.astimezone(berlin).hour == 2
    assert agg.hour_key(second, "Europe/Berlin") - agg.hour_key(first, "Europe/Berlin") == timedelta(hours=1)


def test_hours_of_half_hour_zones_start_on_the_local_clock() -> None:
    assert agg.hour_key(datetime(2026, 5, 4, 9, 45, tzinfo=UTC), "Asia/Kolkata").minute == 30
    with pytest.raises(ValueError, match="zone"):
        agg.hour_key(datetime(2026, 5, 4, 9), "UTC")


def test_a_person_who_moves_keeps_the_days_already_lived() -> None:
    before, after = datetime(2026, 3, 29, 10, 0, tzinfo=UTC), datetime(2026, 3, 29, 19, 0, tzinfo=UTC)
    assert agg.zone_at(before, MOVES) == "Europe/Berlin"
    assert agg.zone_at(after, MOVES[::-1]) == "Asia/Kolkata"
    assert agg.zone_at(datetime(2025, 1, 1, tzinfo=UTC), MOVES, "UTC") == "UTC"
    rows = [agg.TimedVector(str(i), at, (0.1,) * 10) for i, at in enumerate((before, after))]
    assert list(agg.roll_up(rows, MOVES)[1]) == [date(2026, 3, 29), date(2026, 3, 30)]


def test_a_week_is_seven_days_with_its_gaps() -> None:
    last = date(2026, 3, 4)
    week = agg.week_of({last: (0.2,) * 10, last - timedelta(days=6): (0.4,) * 10, date(2026, 1, 1): (1.0,) * 10}, last)
    assert [row is None for row in week.days] == [False, True, True, True, True, True, False]
    assert week.moments.mean == pytest.approx((0.3,) * 10)
    assert agg.week_key(last) == date(2026, 3, 2)


def test_a_day_without_readings_is_no_row() -> None:
    assert agg.day_of([]) is None
    assert agg.day_of([agg.EMPTY]) is None
