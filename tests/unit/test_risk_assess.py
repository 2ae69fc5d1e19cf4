"""The whole assessment: levels, learning, missing days, hysteresis, reasons, policy, population, patterns."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from benchmarks.risk import judge
from benchmarks.risk_worlds import STABLE, STRONG, TRAIN, Simulation, simulate
from ml.emotions import expand
from ml.risk import drift, patterns
from ml.risk.assess import assess, replay
from ml.risk.levels import Level
from ml.risk.policy import RiskPolicy
from ml.risk.reasons import LANGUAGES, Reason, sentence

USUAL = np.array([0.35, 0.10, 0.05, 0.03, 0.05, 0.07, 0.35])
LOW = np.array([0.08, 0.38, 0.12, 0.04, 0.12, 0.03, 0.23])


def days_of(*parts: tuple[np.ndarray, int], seed: int = 0) -> np.ndarray:
    """One person's days around the given means, [1, D, 10]."""
    rng = np.random.default_rng(seed)
    return np.concatenate([expand(rng.dirichlet(mean * 60, n)) for mean, n in parts])[None]


@pytest.fixture(scope="module")
def world() -> Simulation:
    return simulate(TRAIN[0], 400, 5)


def test_a_lasting_decline_is_seen_grows_and_clears_again() -> None:
    levels = replay(days_of((USUAL, 28), (LOW, 14), (USUAL, 28))).level[0]
    assert (levels[:28] < Level.MODERATE).all()
    assert (levels[28:35] >= Level.MODERATE).any()
    assert levels[41] == Level.HIGH
    assert (levels[56:] < Level.MODERATE).all()
    changes = np.diff((levels >= Level.MODERATE).astype(int))
    assert (changes == 1).sum() == 1  # one episode, not several


def test_one_terrible_day_is_low_and_no_episode() -> None:
    history = days_of((USUAL, 28), (LOW, 1), (USUAL, 7))
    found = replay(history)
    assert found.acute[0, 28]
    assert found[0, 28].level == Level.LOW
    assert "unusual_day" in {reason.code for reason in found[0, 28].reasons}
    assert (found.level[0] < Level.MODERATE).all()


def test_a_better_week_never_alarms() -> None:
    better = np.array([0.7, 0.02, 0.02, 0.01, 0.02, 0.08, 0.15])
    found = replay(days_of((USUAL, 28), (better, 14)))
    assert (found.level[0] < Level.MODERATE).all()
    assert (found.value[0, 29:] == 0).all()


def test_first_weeks_are_learning_whatever_happens() -> None:
    policy = RiskPolicy()
    history = days_of((USUAL, 6), (LOW, policy.learning_days - 7))
    found = replay(history)
    assert found.learning.all()
    assert (found.level == Level.NONE).all()
    assert found[0, 3].reasons[0].code == "learning"
    assert "4 of 14 days" in found[0, 3].reasons_text()


def test_the_last_day_of_replay_is_what_assess_says(world: Simulation) -> None:
    last, every = assess(world.days, weekday_of_last=3), replay(world.days, weekday_of_last=3)
    np.testing.assert_array_equal(last.level, every.level[:, -1])
    np.testing.assert_allclose(last.usual, every.usual[:, -1], atol=1e-9)
    np.testing.assert_allclose(last.recent, every.recent[:, -1], atol=1e-9)
    assert [one.level for one in last][:5] == [every[i, -1].level for i in range(5)]


def test_replay_sees_only_the_past(world: Simulation) -> None:
    people = drift.PRIOR
    full = replay(world.days[:60], population=people)
    half = replay(world.days[:60, :50], weekday_of_last=(6 - 34) % 7, population=people)
    np.testing.assert_array_equal(full.level[:, :50], half.level)


def test_people_do_not_influence_each_other_once_the_population_is_given(world: Simulation) -> None:
    together = replay(world.days, population=drift.PRIOR)
    alone = replay(world.days[7:8], population=drift.PRIOR)
    np.testing.assert_array_equal(together.level[7], alone.level[0])
    np.testing.assert_allclose(together.value[7], alone.value[0])


def test_missing_days_change_nothing_and_never_raise_a_level() -> None:
    history = days_of((USUAL, 28), (LOW, 8))
    gap = np.full((1, 5, 10), np.nan)
    found = replay(np.concatenate([history, gap], axis=1))
    assert found.open[0, 35]
    assert found.open[0, 36:].all()
    assert found[0, 40].reasons[0].code == "still_open"
    assert not found[0, 40].observed
    partly = history.copy()
    partly[0, 30, 4] = np.nan  # a day is whole or missing
    assert not replay(partly).observed[0, 30]
    nobody = replay(np.full((2, 30, 10), np.nan))
    assert (nobody.level == Level.NONE).all()
    assert nobody.learning.all()


def test_after_two_weeks_without_data_an_episode_ends_as_not_known() -> None:
    silence = np.full((1, 20, 10), np.nan)
    found = replay(np.concatenate([days_of((USUAL, 28), (LOW, 8)), silence], axis=1))
    limit = RiskPolicy().missing_limit
    assert found.open[0, 35 + limit - 1]
    assert not found.open[0, 35 + limit :].any()


def test_identical_days_and_zero_variance_are_calm() -> None:
    history = np.tile(expand(USUAL), (3, 40, 1))
    history[1, -1] += 0.001  # a thousandth more of everything
    found = replay(history)
    assert (found.level == Level.NONE).all()
    assert np.isfinite(found.value).all()


def test_a_new_normal_is_learned_after_a_quarter() -> None:
    policy = replace(RiskPolicy(), new_normal_days=28)
    found = replay(days_of((USUAL, 28), (LOW, 80)), policy)
    assert found.open[0, 50]
    assert found.learning[0, 60]
    assert not found.open[0, 75:].any()
    learning = [at for at in range(50, 80) if found.learning[0, at]]
    have = [found[0, at].reasons[0].numbers["have"] for at in learning]
    assert have == list(range(1, policy.learning_days))  # counted anew, not stuck at the old range's days


def test_the_false_alarm_budget_holds_on_a_training_world_and_declines_are_caught() -> None:
    sim = simulate(TRAIN[0], 1200, 77)
    figures = judge(replay(sim.days, weekday_of_last=sim.weekday_of_last).level >= Level.MODERATE, sim)
    assert figures.false_per_week <= 0.02
    assert figures.strong_in_7 >= 0.75
    assert figures.mild_in_14 >= 0.5
    assert {STABLE, STRONG} <= set(sim.kind.tolist())


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40), st.floats(0, 1))
def test_any_history_gives_a_defined_answer(seed: int, days: int, missing: float) -> None:
    rng = np.random.default_rng(seed)
    history = expand(rng.dirichlet(np.full(7, 0.3), (3, days)))  # spiky: many exact zeros nearly
    history[rng.random((3, days)) < missing] = np.nan
    history[0] = np.round(history[0], 1)  # ties and duplicates
    found = replay(history)
    assert np.isfinite(found.value).all()
    assert ((found.level >= 0) & (found.level <= 3)).all()
    for day in range(days):
        assert isinstance(found[0, day].reasons_text(), str)


def test_reasons_carry_the_numbers_and_survive_storage() -> None:
    found = assess(days_of((USUAL, 28), (LOW, 7)))[0]
    moved = [reason for reason in found.reasons if reason.code in ("above_usual", "below_usual")]
    assert {reason.component for reason in moved} <= {"sad", "happy", "angry", "fear", "surprise"}
    first = moved[0].numbers
    assert first["days"] <= first["of_days"] <= 5
    assert abs(first["recent"] - first["usual"]) > first["spread"]
    stored = json.loads(json.dumps([reason.to_json() for reason in found.reasons]))
    assert tuple(Reason.from_json(data) for data in stored) == found.reasons
    assert "against" in found.reasons_text()


def test_the_sentence_of_the_design() -> None:
    numbers = {"days": 4.0, "of_days": 5.0, "recent": 0.31, "usual": 0.12, "spread": 0.04}
    said = sentence(Reason("above_usual", "sad", numbers))
    assert (
        said == "Sadness was above your usual range on 4 of the last 5 days with check-ins: 0.31 against 0.12 ± 0.04."
    )
    for lang in LANGUAGES:
        assert "0.31" in sentence(Reason("above_usual", "sad", numbers), lang)
    assert sentence(Reason("above_usual", "sad", numbers), "xx") == said


def test_no_sentence_diagnoses() -> None:
    found = replay(days_of((USUAL, 28), (LOW, 14)))
    text = " ".join(found[0, day].reasons_text() for day in range(42)).lower()
    for word in ("depress", "diagnos", "disorder", "ill", "alert", "!"):
        assert word not in text.replace("still", "")


def test_history_of_the_wrong_shape_is_refused() -> None:
    for bad in (np.zeros((3, 10)), np.zeros((3, 5, 7)), np.zeros((3, 0, 10))):
        with pytest.raises(ValueError, match="people × days"):
            assess(bad)
    assert len(assess(np.zeros((0, 5, 10)))) == 0


def test_a_policy_travels_as_json_within_bounds() -> None:
    policy = RiskPolicy(moderate_at=2.2, cooldown_days=3)
    assert RiskPolicy.from_json(json.dumps(policy.to_json())) == policy
    assert RiskPolicy.from_json({"learning_days": 20}) == RiskPolicy(learning_days=20)
    assert set(RiskPolicy.bounds()) == set(policy.to_json())
    assert RiskPolicy().problems() == []
    for name, (low, high) in RiskPolicy.bounds().items():
        assert low <= getattr(RiskPolicy(), name) <= high


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"moderate_at": 0.1}, "moderate_at is 0.1, allowed is"),
        ({"unheard_of": 1}, "unknown setting unheard_of"),
        ({"learning_days": "many"}, "learning_days must be a whole number"),
        ({"learning_days": 12.5}, "learning_days must be a whole number"),
        ('{"learning_days": 1e999}', "learning_days must be a whole number"),
        ({"allowance": True}, "allowance must be a number"),
        ({"low_at": 5.0}, "must rise"),
        ({"moderate_at": float("nan")}, "moderate_at is nan"),
        ([1], "JSON object"),
    ],
)
def test_a_policy_out_of_bounds_is_refused_with_a_reason(data: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        RiskPolicy.from_json(data)  # type: ignore[arg-type]


def test_a_stricter_policy_alarms_less(world: Simulation) -> None:
    lax = replay(world.days, RiskPolicy(moderate_at=1.5, low_at=1.1))
    strict = replay(world.days, RiskPolicy(moderate_at=4.0, high_at=6.0))
    assert (strict.level >= 2).sum() < (replay(world.days).level >= 2).sum() < (lax.level >= 2).sum()


def test_the_population_is_estimated_and_falls_back_to_the_prior() -> None:
    inert, loose = (replace(TRAIN[0], phi=phi, weekday=0.0, missing=0.1) for phi in (0.65, 0.0))
    dependence = [drift.estimate_population(simulate(w, 400, 3).days).dependence for w in (inert, loose)]
    assert dependence[0] == pytest.approx(0.6, abs=0.12)
    assert dependence[1] == pytest.approx(0.2, abs=0.03)  # the floor: photo noise hides dependence
    assert drift.estimate_population(np.full((5, 40, 10), np.nan)) == drift.PRIOR
    assert drift.estimate_population(np.zeros((5, 40, 10)) + 0.1) == drift.PRIOR
    few = simulate(inert, 40, 3).days
    assert drift.estimate_population(few[:20]) == drift.PRIOR  # their own days only
    assert drift.PRIOR.dependence < drift.estimate_population(few).dependence < dependence[0]  # half believed
    with pytest.raises(ValueError, match="dependence"):
        drift.Population(1.0, 0.5)


def test_ten_oclock_is_found_and_thin_slots_stay_unknown() -> None:
    rng = np.random.default_rng(4)
    hours = np.repeat(np.arange(8, 18), 12)
    vectors = expand(rng.dirichlet(USUAL * 80, len(hours)))
    vectors[hours == 10] = expand(rng.dirichlet(LOW * 80, 12))
    vectors[-1] = np.nan
    found = patterns.by_hour(vectors, hours, "sad")
    assert found.peak == 10
    assert found.count[17] == 11
    assert np.isnan(found.mean[3])
    assert found.mean[10] == pytest.approx(vectors[hours == 10][:, 1].mean())
    assert patterns.by_hour(vectors[:1], hours[:1]).peak is None
    assert patterns.by_weekday(vectors[:21], np.arange(21) % 7).count.tolist() == [3] * 7
    for slots in (np.array([24]), np.array([-1])):
        with pytest.raises(ValueError, match="slots"):
            patterns.by_hour(vectors[:1], slots)


@pytest.mark.parametrize("days", [3, 7])
def test_weeks_in_which_nothing_changed_rarely_have_a_notable_change(days: int) -> None:
    rng, weeks, found = np.random.default_rng(5), 400, 0
    for _ in range(weeks):
        fortnight = np.full((14, 10), np.nan)
        fortnight[:days], fortnight[7 : 7 + days] = expand(rng.dirichlet(USUAL * 25, 2 * days)).reshape(2, days, 10)
        found += any(one.notable for one in patterns.change_since_last_week(fortnight) or ())
    assert found < 0.08 * weeks


def test_what_counts_as_notable_is_welchs_test() -> None:
    days = days_of((USUAL, 4), (LOW, 5))[0]
    fortnight = np.full((14, 10), np.nan)
    fortnight[3:7], fortnight[7:12] = days[:4], days[4:]
    welch = ttest_ind(days[:4], days[4:], equal_var=False).pvalue
    found = patterns.change_since_last_week(fortnight) or ()
    assert [one.notable for one in found] == [bool(p < 0.01) for p in welch]
    assert sum(one.notable for one in found) > 0


def test_change_since_last_week() -> None:
    days = days_of((USUAL, 7), (LOW, 7))[0]
    change = {one.component: one for one in patterns.change_since_last_week(days) or ()}
    assert change["sad"].notable
    assert change["sad"].now > change["sad"].before
    same = np.tile(expand(USUAL), (14, 1))
    same[10:] = np.nan  # means of three and of seven equal days differ in their last digit
    assert not any(one.notable for one in patterns.change_since_last_week(same) or ())
    days[2:7] = np.nan
    assert patterns.change_since_last_week(days) is None
    with pytest.raises(ValueError, match="14 days"):
        patterns.change_since_last_week(days[:13])


def test_who_checks_in_once_a_week_is_not_told_of_days_that_were_not_seen() -> None:
    """Five check-ins in five weeks are not "the last five days"."""
    weekly = np.full((1, 7 * 30, 10), np.nan)
    weekly[0, 6::7] = days_of((USUAL, 20), (LOW, 10))[0]
    found = replay(weekly)
    last = found[0, weekly.shape[1] - 1]
    moved = [reason for reason in last.reasons if reason.code in ("above_usual", "below_usual")]
    assert moved
    assert all("days with check-ins" in sentence(reason) for reason in moved)
    assert all("有记录" in sentence(reason, "zh") and "기록이 있는" in sentence(reason, "ko") for reason in moved)
