"""Questionnaires over HTTP: published scoring, the crisis answer, and agreement with the readings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.db import transaction
from backend.selfreport.policy import DEFAULT, Mood, Scored, agreement, balance, due, side
from backend.tables import Organisation, Reading
from ml.emotions import EmotionVector
from tests.backend.conftest import Account, Home

Sessions = async_sessionmaker[AsyncSession]
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


async def submit(account: Account, instrument: str, answers: list[int]) -> dict[str, Any]:
    answer = await account.http.post("/selfreports", json={"instrument": instrument, "answers": answers})
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def test_the_questionnaires_come_complete_and_in_the_persons_language(ana: Account, sign_up: Any) -> None:
    listed = {one["instrument"]: one for one in (await ana.http.get("/selfreports/instruments")).json()}
    assert set(listed) == {"who5", "phq2", "phq9", "gad2", "gad7", "mood"}
    assert [len(listed[name]["items"]) for name in ("who5", "phq9", "gad7")] == [5, 9, 7]
    assert listed["who5"]["due"] is True
    chinese: Account = await sign_up(locale="zh")
    there = {one["instrument"]: one for one in (await chinese.http.get("/selfreports/instruments")).json()}
    assert there["who5"]["items"] != listed["who5"]["items"]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in there["who5"]["items"][0])


@pytest.mark.parametrize(
    ("instrument", "answers", "score", "maximum", "band", "follow_up"),
    [
        ("who5", [5] * 5, 100, 100, "good", None),
        ("who5", [2, 2, 3, 3, 2], 48, 100, "low", "phq2"),
        ("who5", [1, 1, 2, 2, 1], 28, 100, "very_low", "phq2"),
        ("phq2", [1, 2], 3, 6, "positive", "phq9"),
        ("phq2", [1, 1], 2, 6, "negative", None),
        ("gad2", [3, 0], 3, 6, "positive", "gad7"),
        ("gad7", [2, 2, 2, 2, 1, 1, 0], 10, 21, "moderate", None),
        ("phq9", [1, 1, 1, 1, 1, 0, 0, 0, 0], 5, 27, "mild", None),
        ("mood", [4], 4, 5, "high", None),
    ],
)
async def test_scores_and_bands_are_the_published_ones(
    ana: Account, instrument: str, answers: list[int], score: int, maximum: int, band: str, follow_up: str | None
) -> None:
    report = await submit(ana, instrument, answers)
    got = (report["score"], report["maximum"], report["band"], report["follow_up"], report["crisis"])
    assert got == (score, maximum, band, follow_up, False)
    assert report["replies"] == []


@pytest.mark.parametrize("value", [1, 2, 3])
async def test_thoughts_of_death_are_answered_at_once_with_numbers(
    ana: Account, home: Home, sessions: Sessions, value: int
) -> None:
    async with transaction(sessions) as session:
        organisation = await session.get_one(Organisation, home.organisation.id)
        organisation.country = "DE"
        session.add(organisation)
    report = await submit(ana, "phq9", [0] * 8 + [value])
    assert report["crisis"] is True
    assert {reply["kind"] for reply in report["replies"]} == {"crisis"}
    assert any("0800" in reply["text"] for reply in report["replies"])
    assert report["replies"][-1]["choices"]


async def test_after_thoughts_of_death_numbers_are_of_where_one_is_and_a_yes_in_the_chat_is_understood(
    sign_up: Any, home: Home, sessions: Sessions
) -> None:
    async with transaction(sessions) as session:
        (await session.get_one(Organisation, home.organisation.id)).country = "DE"
    away: Account = await sign_up(timezone="Asia/Seoul")
    report = await submit(away, "phq9", [0] * 8 + [1])
    assert any("109" in reply["text"] for reply in report["replies"])
    kept = (await away.http.get("/chat/messages")).json()["items"]
    assert [(one["author"], one["text"]) for one in kept] == [("bot", reply["text"]) for reply in report["replies"]]
    answer = (await away.http.post("/chat/messages", json={"text": "yes"})).json()
    assert {reply["kind"] for reply in answer["replies"]} == {"crisis"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"instrument": "who5", "answers": [1, 2]}, "answers_invalid"),
        ({"instrument": "who5", "answers": [1, 2, 3, 4, 6]}, "answers_invalid"),
        ({"instrument": "mood", "answers": [0]}, "answers_invalid"),
        ({"instrument": "tarot", "answers": [1]}, "invalid_input"),
        ({"instrument": "who5", "answers": []}, "invalid_input"),
        ({"instrument": "who5", "answers": [1, 2, 3, 4, "x"]}, "invalid_input"),
    ],
)
async def test_unusable_answers_are_refused_and_nothing_is_stored(
    ana: Account, body: dict[str, Any], code: str
) -> None:
    answer = await ana.http.post("/selfreports", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await ana.http.get("/selfreports")).json()["items"] == []


async def test_reports_are_listed_newest_first_filtered_paged_and_deleted(ana: Account, sign_up: Any) -> None:
    for value in (1, 2, 3):
        await submit(ana, "mood", [value])
    await submit(ana, "who5", [3] * 5)
    items = (await ana.http.get("/selfreports")).json()["items"]
    assert [item["score"] for item in items] == [60, 3, 2, 1]
    moods = (await ana.http.get("/selfreports", params={"instrument": "mood", "limit": 2})).json()
    rest = await ana.http.get("/selfreports", params={"instrument": "mood", "cursor": moods["next_cursor"]})
    assert [item["score"] for item in moods["items"] + rest.json()["items"]] == [3, 2, 1]
    other: Account = await sign_up()
    assert (await other.http.delete(f"/selfreports/{items[0]['id']}")).status_code == 404
    assert (await other.http.get("/selfreports")).json()["items"] == []
    assert (await ana.http.delete(f"/selfreports/{items[0]['id']}")).status_code == 204
    assert len((await ana.http.get("/selfreports")).json()["items"]) == 3


async def test_a_questionnaire_is_not_due_again_before_its_recall_period(ana: Account) -> None:
    await submit(ana, "who5", [3] * 5)
    listed = {one["instrument"]: one["due"] for one in (await ana.http.get("/selfreports/instruments")).json()}
    assert listed["who5"] is False
    assert listed["mood"] is True


def test_the_days_of_a_recall_period_are_those_of_where_the_person_lives() -> None:
    seoul, answered = ZoneInfo("Asia/Seoul"), datetime(2026, 1, 1, 16, tzinfo=UTC)  # there it is the second
    assert not due("who5", answered, seoul, datetime(2026, 1, 15, 14, tzinfo=UTC))
    assert due("who5", answered, seoul, datetime(2026, 1, 15, 15, tzinfo=UTC))


async def test_agreement_is_counted_from_judgements_and_moods(ana: Account, sessions: Sessions) -> None:
    vector = list(EmotionVector.from_probabilities([0.8, 0.1, 0, 0, 0, 0, 0.1]).values)
    now = datetime.now(UTC)
    async with transaction(sessions) as session:
        for agrees in (True, True, False, None):
            session.add(
                Reading(
                    id=uuid4(), person_id=UUID(ana.id), source="phone", captured_at=now, hour=now, day=now.date(),
                    vector=vector, confidence=0.9, model_name="m", model_version="1", agrees=agrees,
                )
            )  # fmt: skip
    await submit(ana, "mood", [5])
    await submit(ana, "mood", [1])
    found = (await ana.http.get("/selfreports/agreement")).json()
    assert (found["asked"], found["matched"], found["compared"], found["same_side"]) == (3, 2, 2, 1)
    assert found["share"] == pytest.approx(3 / 5)
    assert found["enough"] is False


def test_a_mood_far_from_any_reading_is_not_compared() -> None:
    reading = Scored(NOW, 0.6, None)
    near, far = Mood(NOW + DEFAULT.near, 5), Mood(NOW + DEFAULT.near + timedelta(seconds=1), 5)
    assert agreement([reading], [near]).compared == 1
    assert agreement([reading], [far]).compared == 0
    assert agreement([], [near]).share is None


@pytest.mark.parametrize("seed", range(5))
def test_a_mood_is_compared_with_the_reading_nearest_in_time(seed: int) -> None:
    random = Random(seed)
    readings = [
        Scored(NOW + timedelta(minutes=random.randrange(600)), random.choice((-0.5, 0.5)), None) for _ in range(40)
    ]
    moods = [Mood(NOW + timedelta(minutes=random.randrange(600), seconds=1), random.choice((1, 5))) for _ in range(30)]
    unique = {reading.at: reading for reading in readings}.values()
    found = agreement(unique, moods)
    assert found.compared == len(moods)
    nearest = [min(unique, key=lambda reading: abs(reading.at - mood.at)) for mood in moods]
    assert found.same_side == sum(
        (mood.value == 5) == (near.balance > 0) for mood, near in zip(moods, nearest, strict=True)
    )


def test_enough_is_ten_answers() -> None:
    judged = [Scored(NOW, 0.5, True)] * 9
    assert not agreement(judged, []).enough
    assert agreement(judged, [Mood(NOW, 4)]).enough


@pytest.mark.parametrize(("level", "expected"), [(0.15, 0), (0.16, 1), (-0.16, -1), (0.0, 0)])
def test_a_middle_says_neither(level: float, expected: int) -> None:
    assert side(level) == expected


def test_balance_is_positive_against_negative() -> None:
    assert balance(EmotionVector.from_probabilities([0.5, 0.1, 0.1, 0, 0.1, 0.2, 0]).values) == pytest.approx(0.4)
