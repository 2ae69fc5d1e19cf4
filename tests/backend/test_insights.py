"""Group figures over real HTTP and a real database: what is shown, what is hidden and why, and that it stays."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import delete, text
from sqlmodel import col, select

from backend.app import create_app
from backend.db import transaction
from backend.insights import alerts, gather, summary
from backend.insights.policy import PEOPLE, ROUNDING, last_settled, protect, worsened
from backend.insights.publish import publish_due
from backend.insights.router import INSIGHTS
from backend.insights.tasks import publish_everything, summarise, watch
from backend.insights.texts import PROTECTION
from backend.people import consent
from backend.people.erase import erase_account
from backend.tables import (
    Circle,
    CircleMember,
    DayRollup,
    InsightAlert,
    InsightWeek,
    Notice,
    Organisation,
    Person,
    RateWindow,
    SelfReport,
)
from backend.zones import move
from tests.backend.insights_world import Crowd, crowd_of
from tests.backend.mailbox import confirm_address
from tests.clock import now, today


def last_week() -> date:
    return last_settled(today())


@pytest.fixture
async def crowd(sessions, sign_up, home) -> Crowd:
    """An organisation of its own with an HR person who is signed in."""
    return await crowd_of(sessions, sign_up, home)


async def page(crowd: Crowd, view: str, **asked: str) -> dict:
    answer = await crowd.hr.http.get(f"/hr/insights/{view}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def values(shown: dict, week: int = -1) -> dict:
    return {figure["key"]: figure["value"] for figure in shown["weeks"][week]["figures"]}


async def test_a_small_organisation_sees_its_figures_at_once(crowd: Crowd):
    await crowd.join("Workshop", 12, happy=0.6, sad=0.2)
    await crowd.days(last_week(), weeks=3)
    weekend = "update day_rollup set day = day + 4 where day in (:tuesday, :wednesday) and person_id = any(:people)"
    async with transaction(crowd.sessions) as session:
        tuesday, wednesday = last_week() + timedelta(days=1), last_week() + timedelta(days=2)
        people = list(crowd.mood)
        await session.exec(text(weekend), params={"tuesday": tuesday, "wednesday": wednesday, "people": people})
    shown = await page(crowd, "trend", department="Workshop")
    assert [week["week"] for week in shown["weeks"]] == [str(last_week() - timedelta(weeks=back)) for back in (2, 1, 0)]
    assert values(shown) == {"balance": pytest.approx(0.4, abs=0.05), "positive": 0.6, "negative": 0.2}
    assert {figure["people"] for figure in shown["weeks"][-1]["figures"]} == {10}
    assert shown["hidden"] is None
    assert values(await page(crowd, "stress")) == {
        "normal": 0.8,
        "mild": 0.2,
        "high": 0.2,
    }  # bounds: all but one at most
    participation = await page(crowd, "participation")
    assert values(participation, -2)["days"] == 0.95  # at least
    assert values(participation)["days"] == 0.6, "Saturday and Sunday are no working days"


async def test_fewer_than_five_are_hidden_and_it_says_why(crowd: Crowd):
    await crowd.join("Workshop", 4, happy=0.5, sad=0.1)
    await crowd.days(last_week(), weeks=2)
    shown = await page(crowd, "trend")
    assert shown["weeks"] == []
    assert shown["hidden"] == "too_few"
    assert "at least five" in shown["reasons"]["too_few"]
    async with sessions_of(crowd) as session:
        assert (await session.exec(select(Circle).where(Circle.organisation_id == crowd.organisation))).all() == []


async def test_a_hidden_department_does_not_follow_from_the_total(crowd: Crowd):
    """The total leaves out whoever its parts leave out."""
    await crowd.join("Workshop", 10, happy=0.6, sad=0.1)
    await crowd.join("Office", 3, happy=0.0, sad=0.9)
    await crowd.days(last_week(), weeks=1)
    whole, part = await page(crowd, "trend"), await page(crowd, "trend", department="Workshop")
    assert values(whole) == values(part)
    office = await page(crowd, "trend", department="Office")
    assert {figure["hidden"] for figure in office["weeks"][-1]["figures"]} == {"too_few"}


async def test_small_departments_are_counted_together(crowd: Crowd):
    for name in ("A", "B", "C"):
        await crowd.join(name, 3, happy=0.5, sad=0.1)
    await crowd.days(last_week(), weeks=1)
    assert values(await page(crowd, "trend"))["balance"] == pytest.approx(0.4, abs=0.05)
    assert values(await page(crowd, "trend", department="A")) == {"balance": None, "positive": None, "negative": None}


async def test_only_those_who_agreed_and_did_not_object_count(crowd: Crowd):
    people = await crowd.join("Workshop", 6, happy=0.6, sad=0.1)
    await crowd.join("Workshop", 5, happy=0.0, sad=0.8, agreed=False)
    await crowd.days(last_week(), weeks=1)
    async with transaction(crowd.sessions) as session:
        person = await session.get_one(Person, people[0])
        person.preferences = {"insights": {"counted": False}}
        session.add(person)
    shown = await page(crowd, "trend")
    assert values(shown)["balance"] == pytest.approx(0.5, abs=0.05)
    async with sessions_of(crowd) as session:
        counted = set((await session.exec(select(CircleMember.person_id).join(Circle).where(
            Circle.organisation_id == crowd.organisation))).all())  # fmt: skip
    assert counted == set(people[1:])


async def test_published_weeks_never_change(crowd: Crowd):
    """Late readings, deleted ones, a withdrawal and an erasure: what was published stays, what comes after follows."""
    people = await crowd.join("Workshop", 6, happy=0.6, sad=0.1)
    await crowd.days(last_week() - timedelta(weeks=1), weeks=1)
    assert await crowd.publish(last_week() - timedelta(weeks=1)) == [last_week() - timedelta(weeks=1)]
    before = await stored(crowd)
    async with transaction(crowd.sessions) as session:
        await session.exec(delete(DayRollup).where(col(DayRollup.person_id) == people[1]))
        await consent.record(session, people[0], "score_photos", granted=False, sharing=None)
    await crowd.days(last_week(), weeks=1, of=people[2:])
    shown = await page(crowd, "trend", department="Workshop")
    assert [week["week"] for week in shown["weeks"]] == [str(last_week() - timedelta(weeks=1))]
    assert values(shown) == {"balance": 0.5, "positive": 0.6, "negative": 0.1}
    assert await stored(crowd) == before, "five of six are left, and they are not counted without the sixth"


async def stored(crowd: Crowd) -> list[tuple[date, dict]]:
    async with sessions_of(crowd) as session:
        found = select(InsightWeek.week, InsightWeek.figures).where(InsightWeek.organisation_id == crowd.organisation)
        return list((await session.exec(found.order_by(col(InsightWeek.id)))).all())


async def test_somebody_on_holiday_is_carried_and_nobody_notices(crowd: Crowd):
    people = await crowd.join("Workshop", 6, happy=0.6, sad=0.1)
    await crowd.days(last_week() - timedelta(weeks=1), weeks=1)
    await crowd.days(last_week(), weeks=1, of=people[1:])
    first, second = (await page(crowd, "trend"))["weeks"]
    assert first["figures"] == second["figures"]


@pytest.mark.parametrize("words", ["text_version = '2020-01.1'", "expires_at = now() - interval '2 days'"])
async def test_who_is_asked_again_suspends_a_circle_and_ends_none(crowd: Crowd, words: str):
    """New words, or a year that is over: everybody has a month to answer, and the same people are counted after it."""
    people = await crowd.join("Workshop", 6, happy=0.6, sad=0.1)
    weeks = [last_week() - timedelta(weeks=back) for back in (2, 1, 0)]
    await crowd.days(weeks[-1], weeks=3)
    await crowd.publish(weeks[0])
    async with transaction(crowd.sessions) as session:
        changed = f"update consent set {words} where person_id = any(:people)"
        await session.exec(text(changed), params={"people": people})
        for person in people[1:]:
            await consent.record(session, person, "score_photos", granted=True, sharing=None)
    assert await crowd.publish(weeks[1]) == [], "five of six are not counted without the sixth"
    async with transaction(crowd.sessions) as session:
        await consent.record(session, people[0], "score_photos", granted=True, sharing=None)
    assert await crowd.publish(weeks[2]) == weeks[1:]


async def test_a_newcomer_waits_for_four_others(crowd: Crowd):
    await crowd.join("Workshop", 6, happy=0.6, sad=0.1)
    await crowd.days(last_week() - timedelta(weeks=2), weeks=1)
    await crowd.publish(last_week() - timedelta(weeks=2))
    await crowd.join("Workshop", 1, happy=0.0, sad=0.9)
    await crowd.days(last_week() - timedelta(weeks=1), weeks=1)
    await crowd.publish(last_week() - timedelta(weeks=1))
    await crowd.join("Workshop", 4, happy=0.0, sad=0.9)
    await crowd.days(last_week(), weeks=1)
    first, second, third = (await page(crowd, "trend"))["weeks"]
    assert first["figures"] == second["figures"]
    assert third["figures"][0]["value"] == pytest.approx((6 * 0.5 - 5 * 0.9) / 11, abs=0.1)


async def test_hours_and_weekdays(crowd: Crowd, monkeypatch: pytest.MonkeyPatch):
    people = await crowd.join("Workshop", 6, happy=0.6, sad=0.2)
    await crowd.days(last_week(), weeks=1)
    await crowd.hours(last_week(), 10, sad=0.5)
    await crowd.hours(last_week(), 11, sad=0.9, of=people[:5])
    async with transaction(crowd.sessions) as session:
        mover = await session.get_one(Person, people[0])
        move(mover, "Asia/Seoul", now())  # the hours before were lived by the old clock
        (await session.get_one(Person, people[1])).timezone = "Old/Name"
    monkeypatch.setattr(gather, "ZoneInfo", lambda zone: ZoneInfo("UTC" if zone == "Old/Name" else zone))
    shown = values(await page(crowd, "hours"))
    assert shown["hour.10"] == 0.5
    assert shown["hour.11"] is None, "not everybody has an eleven o'clock, and the rest are not counted alone"
    assert shown["weekday.0"] == 0.2
    assert list(shown)[:3] == ["hour.0", "hour.1", "hour.2"]


async def test_groups_where_agreed_and_never_within_a_department(crowd: Crowd):
    women = await crowd.join("Workshop", 7, happy=0.7, sad=0.1, gender="female", age="30-39")
    await crowd.join("Workshop", 6, happy=0.2, sad=0.6, gender="male", age="40-49")
    await crowd.join("Workshop", 6, happy=0.2, sad=0.6)
    await crowd.days(last_week() - timedelta(weeks=1), weeks=1)
    shown = values(await page(crowd, "groups"))
    assert shown == {
        "gender.female": pytest.approx(0.6, abs=0.05), "gender.male": pytest.approx(-0.4, abs=0.05),
        "age.30-39": pytest.approx(0.6, abs=0.05), "age.40-49": pytest.approx(-0.4, abs=0.05),
    }  # fmt: skip
    crossed = await page(crowd, "groups", department="Workshop")
    assert (crossed["weeks"], crossed["hidden"]) == ([], "no_crossing")
    assert "single people" in crossed["reasons"]["no_crossing"]
    async with transaction(crowd.sessions) as session:
        await consent.record(session, women[0], "demographics", granted=False, sharing=None)
    await crowd.days(last_week(), weeks=1)
    later = values(await page(crowd, "groups"))
    assert (later["gender.female"], later["gender.male"]) == (None, shown["gender.male"]), (
        "six women are not shown alone"
    )


async def test_support_and_well_being(crowd: Crowd):
    people = await crowd.join("Workshop", 10, happy=0.6, sad=0.2)
    await crowd.days(last_week(), weeks=1)
    moment = datetime.combine(last_week() + timedelta(days=2), datetime.min.time(), UTC)
    async with transaction(crowd.sessions) as session:
        for number, person in enumerate(people):
            session.add(
                SelfReport(person_id=person, instrument="who5", answers=[3] * 5, score=60, band="x", created_at=moment)
            )
            if number < 5:
                session.add(Notice(person_id=person, key="k", kind="lower_moderate", due_at=moment, created_at=moment,
                                   helpful=True if number < 4 else None))  # fmt: skip
    assert values(await page(crowd, "support")) == {"offered": 0.5, "helpful": 0.4, "not_helpful": 0.2}
    assert values(await page(crowd, "wellbeing")) == {"who5": 60.0}
    overview = (await crowd.hr.http.get("/hr/insights")).json()
    assert overview["organisation"]["who5"]["value"] == 60.0
    assert [unit["name"] for unit in overview["departments"]] == ["Workshop"]
    assert overview["floor"] == 5
    assert len(overview["protection"]) == 5
    assert all("WHO-5" in points[0] for points in PROTECTION.values()), "there, who agreed to photos does not matter"


async def test_under_the_eu_policy_nothing_of_a_face_is_shown_or_kept(crowd: Crowd):
    people = await crowd.join("Workshop", 6, happy=0.6, sad=0.2)
    await crowd.days(last_week(), weeks=1)
    moment = datetime.combine(last_week() + timedelta(days=2), datetime.min.time(), UTC)
    async with transaction(crowd.sessions) as session:
        for person in people:
            session.add(
                SelfReport(person_id=person, instrument="who5", answers=[3] * 5, score=60, band="x", created_at=moment)
            )
    assert values(await page(crowd, "trend"))["balance"]
    async with transaction(crowd.sessions) as session:
        organisation = await session.get_one(Organisation, crowd.organisation)
        organisation.policy, organisation.policy_since = "eu-workplace", datetime.now(UTC)
        session.add(organisation)
    for view in ("trend", "stress", "hours", "groups", "participation", "support"):
        shown = await page(crowd, view)
        assert (shown["weeks"], shown["hidden"]) == ([], "policy"), view
        assert "stays with its owner" in shown["reasons"]["policy"]
    assert values(await page(crowd, "wellbeing")) == {"who5": 60.0}
    refused = await crowd.hr.http.post("/hr/insights/alerts", json={"measure": "balance", "weeks": 2, "change": 0.2})
    assert (refused.status_code, refused.json()["code"]) == (403, "policy_forbids")
    async with transaction(crowd.sessions) as session:
        await publish_due(session, crowd.organisation, today())
    async with sessions_of(crowd) as session:
        kept = (await session.exec(select(InsightWeek.figures).where(
            InsightWeek.organisation_id == crowd.organisation))).all()  # fmt: skip
    assert kept
    assert all(set(figures) == {"wellbeing"} for figures in kept)


async def test_alerts_and_messages_from_before_the_eu_policy_name_no_figure(crowd: Crowd):
    await falling(crowd)
    await crowd.hr.http.get("/hr/insights")
    await crowd.hr.http.post("/hr/insights/alerts", json={"measure": "balance", "weeks": 2, "change": 0.2})
    async with transaction(crowd.sessions) as session:
        await watch(session, crowd.organisation)
        await summarise(session, crowd.organisation, today())
    (alert,) = (await crowd.hr.http.get("/hr/insights/alerts")).json()["items"]
    assert alert["before"]["value"] > alert["after"]["value"]
    assert {one["kind"] for one in (await crowd.hr.http.get("/notices")).json()["items"]} >= {"group_alert"}
    async with transaction(crowd.sessions) as session:
        organisation = await session.get_one(Organisation, crowd.organisation)
        organisation.policy, organisation.policy_since = "eu-workplace", datetime.now(UTC)
        session.add(organisation)
    (alert,) = (await crowd.hr.http.get("/hr/insights/alerts")).json()["items"]
    assert (alert["met_in"], alert["before"], alert["after"]) == (None, None, None)
    async with transaction(crowd.sessions) as session:
        await publish_due(session, crowd.organisation, today())
    assert (await crowd.hr.http.get("/notices")).json()["items"] == []
    async with sessions_of(crowd) as session:
        left = await session.exec(select(InsightAlert.before).where(InsightAlert.organisation_id == crowd.organisation))
        assert list(left) == [None]


async def test_the_file_says_the_same_with_reasons_in_words(crowd: Crowd):
    await crowd.join("=Workshop", 6, happy=0.6, sad=0.2)
    await crowd.join("Office", 2, happy=0.6, sad=0.2)
    await crowd.days(last_week(), weeks=1)
    answer = await crowd.hr.http.get("/hr/insights/trend.csv", params={"department": "=Workshop"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.startswith("\ufeffweek,"), "spreadsheets take UTF-8 for something else without the mark"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["key"], row["value"], row["people_at_least"]) for row in rows] == [
        ("balance", "0.4", "5"), ("positive", "0.6", "5"), ("negative", "0.2", "5"),
    ]  # fmt: skip
    assert {row["department"] for row in rows} == {"'=Workshop"}
    hidden = await crowd.hr.http.get("/hr/insights/trend.csv", params={"department": "Office"})
    assert all("at least five" in row["hidden"] for row in csv.DictReader(io.StringIO(hidden.text)))


def test_the_page_for_works_councils_names_the_steps_that_are_rounded_to():
    said = " ".join((Path(__file__).parents[2] / "docs" / "insights.md").read_text("utf-8").split())
    for kind, steps in (("Means to", ROUNDING.means), ("shares to", ROUNDING.shares)):
        shares = [f"{step:.0%}"[:-1] for _, step in steps] + [f"{ROUNDING.finest:.0%}"[:-1]]
        below = ", ".join(str(people) for people, _ in steps)
        sentence = f"{kind} {', '.join(shares[:-1])} or {shares[-1]} %"
        assert sentence in said
        assert f"(below {below}, from {steps[-1][0]} people)" in said.split(sentence)[1][:90]


async def test_every_question_is_written_down(crowd: Crowd):
    await page(
        crowd, "stress", **{"from": str(last_week() - timedelta(days=3)), "to": str(last_week() + timedelta(days=2))}
    )
    asked = (await crowd.hr.http.get("/hr/insights/queries")).json()["items"]
    assert [(query["by"], query["view"], query["file"]) for query in asked] == [(crowd.hr.username, "stress", False)]
    assert asked[0]["first_week"] == str(last_week() - timedelta(weeks=1)), (
        "whole weeks only, whatever day is asked for"
    )
    await crowd.join("Workshop", 6, happy=0.6, sad=0.2)
    await crowd.days(last_week(), weeks=1)
    for _ in range(2):
        await crowd.hr.http.get("/hr/insights")
    asked = (await crowd.hr.http.get("/hr/insights/queries")).json()["items"]
    assert [query["view"] for query in asked] == ["overview", "stress"], "it names figures of each department, too"


@pytest.mark.parametrize(
    "asked",
    [{"from": "2026-05-01", "to": "2026-04-01"}, {"from": "2020-01-01", "to": "2026-01-01"}, {"to": "0001-01-01"}],
)
async def test_spans_that_make_no_sense_are_refused(crowd: Crowd, asked: dict[str, str]):
    answer = await crowd.hr.http.get("/hr/insights/trend", params=asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_departments_of_others_do_not_exist(crowd: Crowd):
    assert (await crowd.hr.http.get("/hr/insights/trend", params={"department": "Elsewhere"})).status_code == 404


async def test_erasing_leaves_figures_and_no_trace_of_the_person(crowd: Crowd, resources):
    people = await crowd.join("Workshop", 6, happy=0.6, sad=0.2)
    await crowd.days(last_week(), weeks=1)
    shown = await page(crowd, "trend")
    async with transaction(crowd.sessions) as session:
        await erase_account(session, resources.vault, await session.get_one(Person, people[0]))
    async with sessions_of(crowd) as session:
        for table in ("insight_circle", "insight_member", "insight_week", "insight_query"):
            found = await session.exec(
                text(f"select count(*) from {table} t where t::text like :me"), params={"me": f"%{people[0]}%"}
            )
            assert found.scalar_one() == 0, table
    assert (await page(crowd, "trend"))["weeks"] == shown["weeks"]


# Alerts and the summary ------------------------------------------------------------------------------------------
async def falling(crowd: Crowd) -> None:
    people = await crowd.join("Workshop", 10, happy=0.7, sad=0.1)
    for back, happy in ((2, 0.7), (1, 0.55), (0, 0.4)):
        await crowd.days(last_week() - timedelta(weeks=back), weeks=1, of=people, happy=happy, sad=0.1)


async def test_an_alert_comes_once_when_a_trend_falls_for_two_weeks(crowd: Crowd):
    await falling(crowd)
    department = (await crowd.hr.http.get("/hr/insights")).json()["departments"][0]["id"]
    wanted = {"measure": "balance", "department_id": department, "weeks": 2, "change": 0.2}
    made = await crowd.hr.http.post("/hr/insights/alerts", json=wanted)
    assert made.status_code == 201, made.text
    assert made.json()["sentence"] == "Workshop: positive minus negative falls by 0.2 or more over 2 weeks"
    steady = await crowd.hr.http.post("/hr/insights/alerts", json={"measure": "negative", "weeks": 2, "change": 0.1})
    async with transaction(crowd.sessions) as session:
        await watch(session, crowd.organisation)
        await watch(session, crowd.organisation)
    notices = (await crowd.hr.http.get("/notices")).json()["items"]
    assert [notice["kind"] for notice in notices] == ["group_alert"]
    assert "Workshop" in notices[0]["text"]
    listed = {alert["id"]: alert for alert in (await crowd.hr.http.get("/hr/insights/alerts")).json()["items"]}
    assert listed[made.json()["id"]]["met_in"] == str(last_week())
    met = listed[made.json()["id"]]
    assert met["before"]["value"] > met["after"]["value"]
    assert listed[steady.json()["id"]]["met_in"] is None


async def test_an_alert_says_figures_as_the_page_does(crowd: Crowd, sessions):
    async with transaction(sessions) as session:
        for back, figure in ((2, {"value": 0.2, "bound": "at_most"}), (1, {"value": 0.4}), (0, {"value": 0.6})):
            session.add(InsightWeek(organisation_id=crowd.organisation, week=last_week() - timedelta(weeks=back),
                                    figures={"stress": {"high": figure}}))  # fmt: skip
        session.add(InsightAlert(organisation_id=crowd.organisation, measure="high", weeks=2, change=0.2))
        await session.flush()
        await watch(session, crowd.organisation)
    (notice,) = (await crowd.hr.http.get("/notices")).json()["items"]
    assert "rises by 20 percentage points or more over 2 weeks: at most 20% → 60%" in notice["text"]
    (listed,) = (await crowd.hr.http.get("/hr/insights/alerts")).json()["items"]
    said = [(listed[name]["value"], listed[name]["bound"]) for name in ("before", "after")]
    assert said == [(0.2, "at_most"), (0.6, "exact")]


def test_a_bound_that_moves_with_the_size_of_the_group_sets_off_no_alert():
    """Stress at zero of 15, of 14, of 7 people; two of seven and then nobody; everybody of 10, then most of 20."""
    none_of = {people: protect(0, people, PEOPLE).to_json() for people in (15, 14, 7)}
    assert not worsened([none_of[15], none_of[14], none_of[14]], "high", 0.1)
    assert not worsened([none_of[15], none_of[14], none_of[7]], "high", 0.1)
    two = protect(2 / 7, 7, PEOPLE).to_json()
    assert not worsened([two, none_of[7], none_of[7]], "high", 0.1)
    assert not worsened([two, none_of[7], {"value": 0.4}], "high", 0.1), "better in between"
    all_of = {people: protect(1, people, PEOPLE).to_json() for people in (10, 20)}
    assert not worsened([all_of[10], all_of[20], all_of[20]], "high", 0.05)
    assert not worsened([{"value": 0.9}, {"value": 0.9}, {"value": 0.8, "bound": "at_least"}], "balance", 0.1)
    assert worsened([none_of[15], none_of[14], {"value": 0.3}], "high", 0.1)
    assert worsened([{"value": 0.3}, {"value": 0.5}, all_of[10]], "high", 0.1)


async def test_alerts_keep_within_bounds(crowd: Crowd):
    bounds = (await crowd.hr.http.get("/hr/insights/alerts")).json()["bounds"]
    for measure, bound in bounds.items():
        for change in (bound["low"] * 0.9, bound["high"] * 1.1):
            answer = await crowd.hr.http.post("/hr/insights/alerts", json={"measure": measure, "change": change})
            assert answer.status_code == 422, (measure, change)
    assert (
        await crowd.hr.http.post("/hr/insights/alerts", json={"measure": "who5", "change": 10, "weeks": 9})
    ).status_code == 422
    made = (await crowd.hr.http.post("/hr/insights/alerts", json={"measure": "who5", "change": 10})).json()
    assert (await crowd.hr.http.delete(f"/hr/insights/alerts/{made['id']}")).status_code == 204
    assert (await crowd.hr.http.get("/hr/insights/alerts")).json()["items"] == []


async def test_hidden_weeks_set_off_no_alert(crowd: Crowd, sessions):
    alert = InsightAlert(organisation_id=crowd.organisation, measure="balance", weeks=2, change=0.1)
    async with transaction(sessions) as session:
        for back, figures in ((2, {"value": 0.5}), (1, {"hidden": "too_few"}), (0, {"value": 0.0})):
            session.add(InsightWeek(organisation_id=crowd.organisation, week=last_week() - timedelta(weeks=back),
                                    figures={"trend": {"balance": figures}}))  # fmt: skip
        session.add(alert)
        await session.flush()
        assert not await alerts.newly_met(session, alert, last_week())


async def test_the_monthly_summary_is_a_mail_with_a_way_out(crowd: Crowd, work, config, sessions, resources):
    await crowd.join("Workshop", 10, happy=0.7, sad=0.1)
    await crowd.days(last_week(), weeks=6)
    await crowd.publish(last_week())
    address = f"{crowd.hr.username}@example.org"
    assert (await crowd.hr.http.patch("/me", json={"email": address})).status_code == 200
    await crowd.hr.consent("email")
    await confirm_address(crowd.hr, sessions)
    async with transaction(sessions) as session:
        await summarise(session, crowd.organisation, today())
        await summarise(session, crowd.organisation, today())
    await work()
    mails = [path.read_text() for path in (config.home / "outbox").glob("*.eml") if address in path.read_text()]
    assert len(mails) == 1
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mails[0]
    assert "multipart/alternative" in mails[0]
    first, _ = summary.month_before(today())
    assert f"Your monthly summary: {first:%Y-%m}" in mails[0]
    assert "Positive minus negative: 0.6" in mails[0]
    assert "High: at most 20%" in mails[0], "a bound is said as one, as on the page"
    assert "Working days with a check-in: at least 95%" in mails[0]


async def test_the_summary_counts_departments_in_the_newest_week_of_its_month(crowd: Crowd, sessions):
    """The last week of the month was a holiday, and the first of the next one is published already."""
    unit = await crowd.department("Workshop")
    async with transaction(sessions) as session:
        for week in (date(2026, 9, 21), date(2026, 10, 5)):
            for one in (None, unit):
                figures = {"wellbeing": {"who5": {"value": 60}}} if week.month == 9 else {}
                session.add(
                    InsightWeek(organisation_id=crowd.organisation, department_id=one, week=week, figures=figures)
                )
        await session.flush()
        await summarise(session, crowd.organisation, date(2026, 10, 15))
    (notice,) = (await crowd.hr.http.get("/notices")).json()["items"]
    assert "Departments with figures: 1 of" in notice["text"]


async def test_nobody_is_written_to_who_does_not_want_it(crowd: Crowd, sessions):
    await falling(crowd)
    await crowd.publish(last_week())
    answer = await crowd.hr.http.put("/hr/insights/messages", json={"summary": False, "alerts": False})
    assert answer.status_code == 200
    async with transaction(sessions) as session:
        session.add(InsightAlert(organisation_id=crowd.organisation, measure="balance", weeks=2, change=0.2))
        await session.flush()
        await watch(session, crowd.organisation)
        await summarise(session, crowd.organisation, today())
    assert (await crowd.hr.http.get("/notices")).json()["items"] == []


async def test_opting_out_is_ones_own(crowd: Crowd, ana):
    assert (await ana.http.get("/me/insights")).json() == {"counted": True}
    assert (await ana.http.put("/me/insights", json={"counted": False})).json() == {"counted": False}
    assert (await ana.http.get("/me/insights")).json() == {"counted": False}


async def test_the_hourly_work_publishes_every_organisation(crowd: Crowd, sessions, resources):
    await crowd.join("Workshop", 6, happy=0.6, sad=0.2)
    await crowd.days(last_week(), weeks=2)
    async with transaction(sessions) as session:
        await publish_everything(session, resources)
    async with sessions_of(crowd) as session:
        weeks = (
            await session.exec(select(InsightWeek.week).where(InsightWeek.organisation_id == crowd.organisation))
        ).all()
    assert set(weeks) == {last_week(), last_week() - timedelta(weeks=1)}


def sessions_of(crowd: Crowd):
    return crowd.sessions()


async def test_a_script_that_asks_and_asks_is_slowed_down(crowd: Crowd, config, dsn, sessions):
    """Counted in the database, by person; whoever is refused is told when to come back."""
    app = create_app(config.model_copy(update={"rate_limits": True}), dsn)
    start = INSIGHTS.start(datetime.now(UTC))
    me = (await crowd.hr.http.get("/me")).json()["id"]
    async with transaction(sessions) as session:
        used = {"key": f"{INSIGHTS.name}:{me}", "window_start": start, "hits": INSIGHTS.hits - 1}
        session.add(RateWindow(**used))
    async with app.router.lifespan_context(app):
        limited = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url="http://evenkeel.test/api/v1",
            headers=crowd.hr.http.headers,
        )
        answers = [await limited.get(f"/hr/insights/{view}") for view in ("trend", "stress", "hours.csv")]
        await limited.aclose()
    assert [answer.status_code for answer in answers] == [200, 429, 429]
    assert 0 < int(answers[1].headers["retry-after"]) <= 3600
