"""Talking with the bot over HTTP: what is kept, what is done, and what stays private."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.config import Settings
from backend.db import transaction
from backend.tables import ChatMessage, ChatState, DayRollup, ExerciseResult, Organisation, Person, SelfReport
from bot.dialogue.steps.crisis import lines_for
from ml.emotions import EmotionVector
from tests.backend.conftest import Account, Home

Sessions = async_sessionmaker[AsyncSession]


async def say(somebody: Account, text: str | None = None, choice: str | None = None) -> dict[str, Any]:
    body = {name: value for name, value in (("text", text), ("choice", choice)) if value is not None}
    answer = await somebody.http.post("/chat/messages", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def thread(somebody: Account, **query: Any) -> list[dict[str, Any]]:
    answer = await somebody.http.get("/chat/messages", params=query)
    assert answer.status_code == 200
    return answer.json()["items"]  # type: ignore[no-any-return]


async def rows(sessions: Sessions, table: type[Any], person: str) -> list[Any]:
    async with sessions() as session:
        return list(await session.exec(select(table).where(table.person_id == UUID(person))))


async def test_an_answer_has_replies_with_choices_that_can_be_tapped(ana: Account) -> None:
    opened = await say(ana)
    reply = opened["replies"][0]
    assert reply["kind"] == "text"
    assert {choice["id"] for choice in reply["choices"]} == {f"mood:{n}" for n in range(1, 6)}
    answer = await say(ana, choice="mood:2")
    assert answer["replies"][0]["text"]


async def test_the_conversation_is_kept_in_order_and_pages_backwards(ana: Account) -> None:
    for number in range(4):
        await say(ana, f"I have so much on my desk, part {number}")
    items = await thread(ana)
    assert [item["author"] for item in items[:2]] == ["person", "bot"]
    assert [item["created_at"] for item in items] == sorted(item["created_at"] for item in items)
    first = (await ana.http.get("/chat/messages", params={"limit": 3})).json()
    second = (await ana.http.get("/chat/messages", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in second["items"] + first["items"]] == [item["id"] for item in items[-6:]]


async def test_where_the_conversation_stands_survives_between_requests(ana: Account) -> None:
    await say(ana, choice="menu:breathe")
    begun = await say(ana, choice="try:breathing")
    step = begun["replies"][-1]
    assert step["kind"] == "exercise"
    assert (await say(ana, choice="next"))["replies"][-1]["text"] != step["text"]


async def test_a_question_of_yesterday_is_not_pending_any_more(ana: Account, sessions: Sessions) -> None:
    await say(ana, choice="menu:delete")
    async with transaction(sessions) as session:
        state = await session.get_one(ChatState, UUID(ana.id))
        state.updated_at -= timedelta(hours=25)
        session.add(state)
    await say(ana, choice="delete:conversation")
    assert await thread(ana)


async def test_a_tapped_choice_is_shown_by_its_label(ana: Account) -> None:
    reply = (await say(ana))["replies"][-1]
    label = next(choice["label"] for choice in reply["choices"] if choice["id"] == "mood:4")
    await say(ana, choice="mood:4")
    await say(ana, choice="menu:week")  # a command of Telegram: nobody offered it
    assert [item["text"] for item in await thread(ana) if item["author"] == "person"] == [label, "My week"]


async def test_a_mood_that_was_tapped_is_a_self_report(ana: Account, sessions: Sessions) -> None:
    await say(ana)
    await say(ana, choice="mood:2")
    reports = await rows(sessions, SelfReport, ana.id)
    assert [(report.instrument, report.score) for report in reports] == [("mood", 2)]


async def test_a_pause_acts_at_once_and_can_be_taken_back(ana: Account) -> None:
    await say(ana, choice="menu:pause")
    await say(ana, choice="pause:7")
    state = (await ana.http.get("/me/notifications")).json()
    assert state["paused"] is True
    assert datetime.fromisoformat(state["paused_until"]) > datetime.now(UTC) + timedelta(days=6)
    await say(ana, choice="menu:resume")
    assert (await ana.http.get("/me/notifications")).json()["paused"] is False


async def test_a_questionnaire_in_the_chat_becomes_a_self_report(ana: Account, sessions: Sessions) -> None:
    begun = await say(ana, choice="menu:who5")
    assert begun["cues"] == ["instrument"]
    for item in range(5):
        await say(ana, choice=f"answer:who5:{item}:3")
    report = (await rows(sessions, SelfReport, ana.id))[0]
    assert (report.instrument, report.score, list(report.answers)) == ("who5", 60, [3] * 5)


async def test_wanting_to_share_opens_a_screen_and_shares_nothing(ana: Account, sessions: Sessions) -> None:
    from backend.tables import Case

    answer = await say(ana, choice="share")
    assert answer["cues"] == ["share"]
    assert await rows(sessions, Case, ana.id) == []


async def test_deleting_the_conversation_leaves_nothing_of_it(ana: Account, sessions: Sessions) -> None:
    await say(ana, "I am tired of all this work")
    await say(ana, choice="menu:delete")
    await say(ana, choice="delete:conversation")
    assert await rows(sessions, ChatMessage, ana.id) == []
    assert [row.state for row in await rows(sessions, ChatState, ana.id)] == [{}], "only when somebody spoke"
    assert await thread(ana) == []


async def test_what_is_said_in_a_crisis_is_answered_with_numbers_and_not_written_down(
    ana: Account, home: Home, sessions: Sessions
) -> None:
    async with transaction(sessions) as session:
        organisation = await session.get_one(Organisation, home.organisation.id)
        organisation.country = "DE"
        session.add(organisation)
    said = "I want to kill myself tonight"
    answer = await say(ana, said)
    assert {reply["kind"] for reply in answer["replies"]} == {"crisis"}
    assert "0800 1110111" in "".join(reply["text"] for reply in answer["replies"]).replace("111 0", "1110")
    kept = await rows(sessions, ChatMessage, ana.id)
    assert kept
    assert all(message.author == "bot" for message in kept)
    assert not any("tonight" in message.text for message in kept)
    after = await say(ana, "the monthly report is late as well")
    assert after["replies"][0]["kind"] == "crisis"  # it stays with the person, it does not change the subject


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Europe/Warsaw", "PL"),
        ("Asia/Calcutta", "IN"),  # as browsers still call it
        ("Europe/Luxembourg", None),  # no lines known there: international ones, not the office's
        ("UTC", "JP"),  # no place: the organisation's
    ],
)
async def test_the_numbers_are_those_of_where_the_person_is(
    sign_up: Any, sessions: Sessions, home: Home, zone: str, country: str | None
) -> None:
    async with transaction(sessions) as session:
        organisation = await session.get_one(Organisation, home.organisation.id)
        organisation.country = "JP"
        session.add(organisation)
    somebody: Account = await sign_up(timezone=zone)
    answer = await say(somebody, "I want to die")
    said = " ".join(reply["text"] for reply in answer["replies"])
    assert lines_for(country, "en") in said


async def test_a_crisis_leaves_no_trace_in_events_notices_or_cases(
    ana: Account, sessions: Sessions, work: Callable[[], Any]
) -> None:
    from sqlalchemy import text

    from backend.tables import Case, Notice

    await say(ana, "I want to die")
    await work()
    assert await rows(sessions, Notice, ana.id) == []
    assert await rows(sessions, Case, ana.id) == []
    async with sessions() as session:
        found = await session.exec(
            text("select count(*) from pgqueuer where convert_from(payload, 'UTF8') like '%die%'")
        )  # type: ignore[call-overload]
        queued = found.scalar_one()
    assert queued == 0


async def test_the_bot_answers_in_the_language_of_the_account(sign_up: Any) -> None:
    korean: Account = await sign_up(locale="ko", display_name="지우")
    opened = await say(korean)
    assert any("가" <= letter <= "힣" for letter in opened["replies"][0]["text"])
    await korean.http.patch("/me", json={"locale": "en"})
    assert (await say(korean, choice="menu:help"))["replies"][0]["text"].isascii(), "nothing was written in Korean"
    assert [item["text"] for item in await thread(korean) if item["author"] == "person"] == ["What can you do?"]


async def test_what_did_not_help_is_not_offered_again(ana: Account, sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        session.add(ExerciseResult(person_id=UUID(ana.id), exercise="breathing", helpful=False))
        session.add(ExerciseResult(person_id=UUID(ana.id), exercise="small_step", helpful=True))
    from backend.chat.context import context_of

    async with sessions() as session:
        person = await session.get_one(Person, UUID(ana.id))
        context = await context_of(session, person, Settings())
    assert context.did_not_help == ("breathing",)
    assert context.helped == ("small_step",)


async def test_the_bot_knows_a_week_below_the_usual_range(ana: Account, sessions: Sessions) -> None:
    today = datetime.now(UTC).date()
    async with transaction(sessions) as session:
        for back in range(35):
            happy = 0.1 if back < 7 else 0.7 + 0.02 * (back % 3)
            vector = EmotionVector.from_probabilities([happy, 0.9 - happy, 0, 0, 0, 0, 0.1]).values
            session.add(
                DayRollup(
                    person_id=UUID(ana.id), day=today - timedelta(days=back), hours=2, readings=4,
                    mean=list(vector), m2=[0.0] * 10,
                )
            )  # fmt: skip
    opened = await say(ana)
    assert "lower than usual" in opened["replies"][0]["text"]
    week = await say(ana, choice="menu:week")
    assert week["cues"] == ["week"]


async def test_somebody_else_sees_nothing_of_it(ana: Account, sign_up: Any) -> None:
    await say(ana, "only for me")
    other: Account = await sign_up()
    hr: Account = await sign_up(role="hr")
    assert await thread(other) == []
    assert await thread(hr) == []


@pytest.mark.parametrize(
    "body", [{"text": ""}, {"text": "x", "choice": "mood:1"}, {"text": "x" * 2001}, {"words": "x"}]
)
async def test_what_cannot_be_said_is_refused(ana: Account, body: dict[str, str]) -> None:
    answer = await ana.http.post("/chat/messages", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_a_choice_nobody_offered_is_answered_and_breaks_nothing(ana: Account) -> None:
    for choice in (
        "answer:who5:0:9",
        "menu:pause",
        "pause:²",
        "pause:9999999",
        "mood:77",
        "x" * 64,
        "menu:",
        f"helped:{uuid4().hex}",
    ):
        assert (await say(ana, choice=choice))["replies"]
    shown = [item["text"] for item in await thread(ana) if item["author"] == "person"]
    assert shown == ["Pause messages"], "an id is nobody's words"


@dataclass
class Model:
    """A language model on this machine, behind the usual HTTP interface."""

    answer: str = "That sounds like a long day. What was the hardest part?"
    heard: list[dict[str, Any]] = field(default_factory=list)
    asked: threading.Event = field(default_factory=threading.Event)
    awake: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.awake.set()

    def serve(self) -> ThreadingHTTPServer:
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                model.heard.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                model.asked.set()
                model.awake.wait(30)
                body = json.dumps({"choices": [{"message": {"content": model.answer}}]}).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None: ...

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server


@pytest.fixture
def model(config: Settings) -> Iterator[Model]:
    made = Model()
    server = made.serve()
    config.llm_url = f"http://127.0.0.1:{server.server_port}/v1"
    yield made
    config.llm_url = None
    server.shutdown()


async def test_a_language_model_answers_only_who_agreed_and_learns_no_name(sign_up: Any, model: Model) -> None:
    somebody: Account = await sign_up(display_name="Marguerite")
    await say(somebody, "qwertz asdf")
    assert model.heard == []
    settings = await somebody.http.put("/chat/settings", json={"free_talk": True})
    assert settings.json() == {"free_talk": True, "available": True}
    answers = ("Nearly every day", "Several days")
    for said in ({"choice": "menu:gad2"}, {"choice": "answer:gad2:0:3"}, {"text": answers[1]}):
        asked = await say(somebody, **said)
    texts = [reply["text"] for reply in asked["replies"]]
    assert "GAD-2: 4/6" in texts[0]
    assert set(answers) < {item["text"] for item in await thread(somebody)}, "the person sees their own answers"
    answer = await say(somebody, "I am Marguerite and qwertz asdf zxcv")
    assert answer["replies"][0]["text"] == model.answer
    heard = json.dumps(model.heard, ensure_ascii=False)
    assert "marguerite" not in heard.lower()
    assert not any(text in heard for text in (*answers, "GAD-2", texts[1]))


async def test_a_crisis_never_reaches_the_language_model(ana: Account, model: Model) -> None:
    await ana.http.put("/chat/settings", json={"free_talk": True})
    answer = await say(ana, "I want to kill myself")
    assert answer["replies"][0]["kind"] == "crisis"
    await say(ana, "nobody can help me any more with this")
    await say(ana, choice="crisis:safe")
    await say(ana, "I can't do this anymore, I just want to disappear")
    misread = (await say(ana, "no, I meant leaving the company"))["replies"][0]
    assert model.heard == []
    await say(ana, "qwertz asdf zxcv")
    assert [message["role"] for message in model.heard[0]["messages"]] == ["system", "user"]
    assert (misread["kind"], misread["text"] in json.dumps(model.heard)) == ("crisis", False)


async def test_a_crisis_that_begins_while_the_model_thinks_is_not_ended_by_its_answer(
    ana: Account, model: Model
) -> None:
    await ana.http.put("/chat/settings", json={"free_talk": True})
    model.awake.clear()
    slow = asyncio.create_task(say(ana, "qwertz asdf zxcv"))
    assert await asyncio.to_thread(model.asked.wait, 30)
    await say(ana, "I want to kill myself")  # on another device
    model.awake.set()
    for answer in (await slow, await say(ana, "qwertz asdf zxcv")):
        assert {reply["kind"] for reply in answer["replies"]} == {"crisis"}
    assert len(model.heard) == 1


async def test_what_the_model_must_not_say_is_replaced_by_our_own_words(ana: Account, model: Model) -> None:
    await ana.http.put("/chat/settings", json={"free_talk": True})
    model.answer = "You are depressed. Take 20 mg of something."
    answer = await say(ana, "qwertz asdf zxcv")
    assert model.heard
    assert model.answer not in [reply["text"] for reply in answer["replies"]]
