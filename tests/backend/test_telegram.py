"""The bot over real HTTP: a Bot API on this machine, the real adapter, the real backend."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession
from telegram import Chat, Message, Update

from backend.config import Settings
from backend.db import transaction
from backend.notify.bot_process import run_until
from backend.notify.desk import TelegramDesk
from backend.preferences import preferences_of
from backend.resources import Resources
from backend.tables import ChatMessage, Notice, Person, Reading, SelfReport, Snapshot, TelegramLink
from bot.fake_api import FakeTelegram
from bot.telegram import AT_ONCE, InTurn
from tests.backend.conftest import Account
from tests.backend.queue_run import run_queue
from tests.backend.risk_news import raised
from tests.conftest import free_port

Sessions = async_sessionmaker[AsyncSession]
GROUP = -100200


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram().running() as fake:
        yield fake


def settings_for(config: Settings, fake: FakeTelegram, **change: Any) -> Settings:
    values = {"telegram_token": SecretStr(fake.token), "telegram_api": fake.url, **change}
    return config.model_copy(update=values)


@asynccontextmanager
async def bot(config: Settings, dsn: str) -> AsyncIterator[None]:
    """The bot process's work, as a task."""
    stop = asyncio.Event()
    running = asyncio.create_task(run_until(config, dsn, stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(running, 30)


@pytest.fixture
async def listening(config: Settings, dsn: str, telegram: FakeTelegram) -> AsyncIterator[FakeTelegram]:
    async with bot(settings_for(config, telegram), dsn):
        await telegram.until(lambda: "getupdates" in telegram.calls)
        yield telegram


async def link(account: Account, fake: FakeTelegram, chat: int = 7) -> None:
    """From consent to a linked chat, the way a person goes."""
    await account.consent("telegram")
    code = (await account.http.post("/me/telegram/code")).json()["code"]
    before = len(fake.to(chat))
    await fake.write(f"/start {code}", chat)
    await fake.until(lambda: len(fake.to(chat)) > before)


async def rows(sessions: Sessions, table: type[Any], person: str) -> list[Any]:
    async with sessions() as session:
        return list(await session.exec(select(table).where(table.person_id == UUID(person))))


async def talked(fake: FakeTelegram, act: Any, chat: int = 7) -> list[str]:
    """What the bot says after something the person did."""
    before = len(fake.to(chat))
    await act
    await fake.until(lambda: len(fake.to(chat)) > before)
    await asyncio.sleep(0.1)  # an answer may have more than one message
    return fake.texts(chat)[before:]


async def test_a_code_from_the_app_links_the_chat_once(
    ana: Account, sign_up: Any, listening: FakeTelegram, sessions: Sessions
) -> None:
    refused = await ana.http.post("/me/telegram/code")
    assert (refused.status_code, refused.json()["code"]) == (403, "consent_missing")
    await ana.consent("telegram")
    code = (await ana.http.post("/me/telegram/code")).json()["code"]
    assert "/unlink" in (await talked(listening, listening.write(code)))[0]
    assert (await ana.http.get("/me/telegram")).json()["linked"] is True
    assert [row.chat_id for row in await rows(sessions, TelegramLink, ana.id)] == [7]
    again = await talked(listening, listening.write(f"/start {code}", 8), 8)
    assert "don't know this code" in again[0]


async def test_a_stranger_is_told_how_to_link_and_learns_nothing(listening: FakeTelegram) -> None:
    for words in ("hello", "/week", "/mood", "ABCDEFGHJK"):
        said = await talked(listening, listening.write(words, 99), 99)
        assert "code" in said[0]


async def test_a_stranger_in_a_crisis_gets_help_at_once(listening: FakeTelegram) -> None:
    for act in (listening.write("I want to kill myself", 99), listening.send_photo(b"", 99, caption="I want to die")):
        assert "call" in " ".join(await talked(listening, act, 99))


async def test_a_stranger_in_a_crisis_can_answer_what_the_bot_asks(listening: FakeTelegram) -> None:
    hint = await talked(listening, listening.write("I can't do this anymore, I just want to disappear", 99), 99)
    assert "ending your life" in hint[0]
    assert "take it seriously" in (await talked(listening, listening.write("yes", 99), 99))[0]
    assert "cold water" in (await talked(listening, listening.tap("c:crisis:ground", 99), 99))[0]
    assert "Thank you" in (await talked(listening, listening.tap("c:crisis:safe", 99), 99))[0]
    assert listening.sent[-1].get("reply_markup") is None, "no button that asks for a code"
    assert "code" in (await talked(listening, listening.write("hello", 99), 99))[0]


async def test_a_crisis_is_answered_where_the_database_fails(
    listening: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: Any) -> None:
        raise ConnectionError("no connection is free")

    monkeypatch.setattr(TelegramDesk, "locale_of", fails)
    assert "broke on our side" in (await talked(listening, listening.write("hello", 99), 99))[0]
    assert "take it seriously" in (await talked(listening, listening.write("I want to kill myself", 99), 99))[0]


async def test_a_conversation_with_buttons(ana: Account, listening: FakeTelegram, sessions: Sessions) -> None:
    await link(ana, listening)
    await talked(listening, listening.write("/mood"))
    assert "c:mood:2" in listening.buttons()
    await talked(listening, listening.tap("c:mood:2"))
    assert [report.score for report in await rows(sessions, SelfReport, ana.id)] == [2]
    assert len(listening.answered) == 1
    assert {message.channel for message in await rows(sessions, ChatMessage, ana.id)} == {"telegram"}
    # the same conversation is in the app
    items = (await ana.http.get("/chat/messages")).json()["items"]
    assert items[-1]["text"] == listening.texts()[-1]
    # a button that is tapped twice answers its own question only
    await talked(listening, listening.tap("c:menu:gad2"))
    often = listening.buttons()[3]
    for button in (often, often, "c:answer:gad2:1:0"):
        await talked(listening, listening.tap(button))
    assert often == "c:answer:gad2:0:3"
    reports = await rows(sessions, SelfReport, ana.id)
    assert [report.answers for report in reports if report.instrument == "gad2"] == [[3, 0]]


async def test_a_crisis_is_answered_with_numbers_and_not_written_down(
    ana: Account, listening: FakeTelegram, sessions: Sessions
) -> None:
    await link(ana, listening)
    for act in (
        listening.write("The day was long, and then another one came. " * 50 + "I want to kill myself"),
        listening.write("/help I want to end my life"),
        listening.send_photo(b"a picture", caption="I want to die"),
    ):
        assert "•" in " ".join(await talked(listening, act))
    assert all(message.author == "bot" for message in await rows(sessions, ChatMessage, ana.id))
    assert "getfile" not in listening.calls, "the picture above such words is not even fetched"
    assert await rows(sessions, Snapshot, ana.id) == []


async def test_checking_in_with_a_photo_takes_the_same_road(
    ana: Account, listening: FakeTelegram, sessions: Sessions, resources: Resources, dsn: str, face: bytes
) -> None:
    await link(ana, listening)
    before = len(listening.to(7))
    await listening.send_photo(face)
    async with asyncio.timeout(30):
        while not await rows(sessions, Snapshot, ana.id):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await run_queue(dsn, sessions, resources)
    await listening.until(lambda: len(listening.to(7)) >= before + 2)
    reading = (await rows(sessions, Reading, ana.id))[0]
    assert reading.source == "telegram"
    assert "Your expression looked mostly" in listening.texts()[-1]
    await talked(listening, listening.tap(listening.buttons()[1]))
    assert (await rows(sessions, Reading, ana.id))[0].agrees is False


async def test_what_is_no_photo_is_said_so(ana: Account, listening: FakeTelegram, sessions: Sessions) -> None:
    await link(ana, listening)
    before = len(listening.to(7))
    await listening.send_photo(b"this is not a picture")
    await listening.until(lambda: len(listening.to(7)) >= before + 2)
    assert "Nothing was kept" in listening.texts()[-1]
    assert await rows(sessions, Snapshot, ana.id) == []


async def test_a_photo_that_telegram_does_not_hand_over_is_asked_for_again_or_answered(
    ana: Account, listening: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.PAUSES", (0.01,))
    await link(ana, listening)
    away, too_big = (502, "Bad Gateway"), (400, "Bad Request: file is too big")
    for refused, said in (
        ([away], "could not be read as a photo"),
        ([too_big], "too large"),
        ([away, away], "Something broke"),
    ):
        listening.refusing["getfile"] = refused
        before = len(listening.to(7))
        await listening.send_photo(b"this is not a picture")
        await listening.until(lambda before=before: len(listening.to(7)) >= before + 2)
        assert said in listening.texts()[-1]


async def test_a_photo_without_consent_to_score_is_not_kept(
    sign_up: Any, listening: FakeTelegram, sessions: Sessions, face: bytes
) -> None:
    account: Account = await sign_up()
    await link(account, listening)
    before = len(listening.to(7))
    await listening.send_photo(face)
    await listening.until(lambda: len(listening.to(7)) >= before + 2)
    assert "not allowed photos" in listening.texts()[-1]
    assert await rows(sessions, Snapshot, account.id) == []


async def test_one_persons_many_photos_hold_up_nobody_else() -> None:
    processor, over = InTurn(), asyncio.Event()

    def update(chat: int) -> Update:
        return Update(1, Message(1, dt.datetime.now(dt.UTC), Chat(chat, "private")))

    waiting = [asyncio.create_task(processor.process_update(update(7), over.wait())) for _ in range(AT_ONCE + 8)]
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await processor.process_update(update(8), asyncio.sleep(0))
    over.set()
    await asyncio.gather(*waiting)


async def test_pause_and_unlink(ana: Account, listening: FakeTelegram, sessions: Sessions) -> None:
    await link(ana, listening)
    await talked(listening, listening.write("/pause"))
    await talked(listening, listening.tap("c:pause:7"))
    async with sessions() as session:
        assert preferences_of(await session.get_one(Person, UUID(ana.id))).paused_until is not None
    assert "forgotten" in (await talked(listening, listening.write("/unlink")))[0]
    assert await rows(sessions, TelegramLink, ana.id) == []
    assert "code" in (await talked(listening, listening.write("/week")))[0]


async def test_the_week_is_a_picture(ana: Account, listening: FakeTelegram) -> None:
    await link(ana, listening)
    await talked(listening, listening.write("/mood"))
    await talked(listening, listening.tap("c:mood:4"))
    await talked(listening, listening.write("/week"))
    picture = listening.to(7)[-1]
    assert picture["photo"][0]["file_size"] > 5_000


async def test_consent_that_ended_closes_the_chat(ana: Account, listening: FakeTelegram, sessions: Sessions) -> None:
    await link(ana, listening)
    await ana.http.put("/me/consents/telegram", json={"granted": False})
    assert "code" in (await talked(listening, listening.write("/week")))[0]


async def test_groups_are_refused_and_left(ana: Account, listening: FakeTelegram) -> None:
    await link(ana, listening)
    said = await talked(listening, listening.write("/week", GROUP), GROUP)
    assert "private" in said[0]
    await listening.until(lambda: GROUP in listening.left)


async def test_an_outage_of_the_api_is_outlived_and_nothing_said_meanwhile_is_lost(
    ana: Account, listening: FakeTelegram
) -> None:
    await link(ana, listening)
    await listening.stop()
    await listening.write("/mood")
    await asyncio.sleep(1.5)
    await listening.start()
    await listening.until(lambda: "c:mood:3" in listening.buttons(), 60)


@asynccontextmanager
async def dead(fake: FakeTelegram) -> AsyncIterator[list[float]]:
    """The port takes connections and hangs up, as a gateway does whose server is gone; each attempt is counted."""
    attempts: list[float] = []

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        attempts.append(asyncio.get_running_loop().time())
        writer.close()

    await fake.stop()
    server = await asyncio.start_server(hang_up, "127.0.0.1", fake.port)
    try:
        yield attempts
    finally:
        server.close()
        await server.wait_closed()
        await fake.start()


# Seconds that the API is away. Four see eight rounds of growing pauses; set 30 to see the whole of it.
OUTAGE = float(os.environ.get("EVENKEEL_TEST_OUTAGE", "4"))


async def test_an_outage_of_several_rounds_loses_neither_what_was_said_nor_a_note(
    ana: Account, listening: FakeTelegram, sessions: Sessions, resources: Resources, dsn: str
) -> None:
    await link(ana, listening)
    await ana.http.put("/me/notifications", json={"quiet_from": None, "quiet_to": None})
    worker = Resources(settings_for(resources.config, listening), resources.vault)
    before = len(listening.to(7))
    async with dead(listening) as attempts:
        await listening.write("/mood")
        await raised(sessions, ana, "high")
        await run_queue(dsn, sessions, worker)
        await asyncio.sleep(OUTAGE)
        pauses = [later - earlier for earlier, later in pairwise(attempts)]
    assert len(attempts) >= 6
    assert max(pauses) > 2 * min(pauses), "attempts come more and more seldom"
    await listening.until(lambda: len(listening.to(7)) > before, 60)
    await run_queue(dsn, sessions, worker)
    said = listening.texts(7)[before:]
    assert sum("You have a note" in text for text in said) == 1
    assert len(listening.to(7)) == before + 2, "the question for the mood and the note, each once"


async def test_a_bot_that_starts_during_an_outage_begins_when_it_is_over(
    config: Settings, dsn: str, telegram: FakeTelegram
) -> None:
    await telegram.stop()
    async with bot(settings_for(config, telegram), dsn):
        await asyncio.sleep(1)
        await telegram.start()
        await telegram.write("hello", 55)
        await telegram.until(lambda: bool(telegram.to(55)), 60)


async def test_of_two_processes_one_polls_and_the_other_takes_over(
    config: Settings, dsn: str, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backend.notify import bot_process

    monkeypatch.setattr(bot_process, "STANDBY", 0.1)
    mine = settings_for(config, telegram)
    async with bot(mine, dsn):
        await telegram.until(lambda: "getupdates" in telegram.calls)
        second = bot(mine, dsn)
        await second.__aenter__()
        await asyncio.sleep(0.5)
        assert telegram.calls.count("getme") == 1
    await telegram.until(lambda: telegram.calls.count("getme") == 2)
    await telegram.write("hello", 56)
    await telegram.until(lambda: bool(telegram.to(56)))
    await second.__aexit__(None, None, None)


async def test_by_webhook_with_its_secret(config: Settings, dsn: str, telegram: FakeTelegram) -> None:
    import httpx

    port = free_port()
    mine = settings_for(
        config, telegram, telegram_webhook_secret=SecretStr("s3cret"), telegram_webhook_port=port,
        public_url=f"http://127.0.0.1:{port}",
    )  # fmt: skip
    async with bot(mine, dsn):
        await telegram.until(lambda: telegram.webhook is not None)
        assert await telegram.write("hello", 57) == 200
        assert "code" in telegram.texts(57)[0]
        async with httpx.AsyncClient() as client:
            forged = await client.post(f"http://127.0.0.1:{port}/telegram/webhook", json={"update_id": 1})
        assert forged.status_code == 403
        assert "getupdates" not in telegram.calls


async def test_a_note_arrives_says_nothing_and_can_be_rated(
    ana: Account, listening: FakeTelegram, sessions: Sessions, resources: Resources, dsn: str
) -> None:
    await link(ana, listening)
    await ana.http.put("/me/notifications", json={"quiet_from": None, "quiet_to": None})
    await raised(sessions, ana, "high")
    worker = Resources(settings_for(resources.config, listening), resources.vault)
    await run_queue(dsn, sessions, worker)
    note = listening.texts()[-1]
    assert "You have a note" in note
    assert "lower" not in note
    await talked(listening, listening.tap(listening.buttons()[1]))
    assert (await rows(sessions, Notice, ana.id))[0].helpful is False


async def test_a_mood_is_asked_with_buttons_answered_with_one_tap_or_put_off(
    ana: Account, listening: FakeTelegram, sessions: Sessions, resources: Resources, dsn: str
) -> None:
    from backend.notify.plan import plan
    from backend.notify.policy import PROMPT

    await link(ana, listening)
    await ana.http.put("/me/notifications", json={"quiet_from": None, "quiet_to": None, "prompts": 1})
    hours = dt.datetime.now(dt.UTC).hour - 12
    await ana.http.patch(
        "/me", json={"timezone": f"Etc/GMT{hours:+d}" if hours else "Etc/GMT"}
    )  # noon: not the day's end
    async with transaction(sessions) as session:
        person = await session.get_one(Person, UUID(ana.id))
        asked = await plan(session, person, "mood:test:0", PROMPT, {})
    worker = Resources(settings_for(resources.config, listening), resources.vault)
    await run_queue(dsn, sessions, worker)
    assert f"s:{asked}" in listening.buttons()
    assert "half an hour" in (await talked(listening, listening.tap(f"s:{asked}")))[0]
    await run_queue(dsn, sessions, worker)  # the half hour is over
    assert f"s:{asked}" in listening.buttons()
    await ana.http.put("/me/notifications", json={"quiet_from": "11:00", "quiet_to": "23:00"})
    assert "not today" in (await talked(listening, listening.tap(f"s:{asked}")))[0], "quiet hours have begun"
    await talked(listening, listening.tap("c:mood:5"))
    assert [report.score for report in await rows(sessions, SelfReport, ana.id)] == [5]


async def test_who_blocks_the_bot_is_forgotten(
    ana: Account, listening: FakeTelegram, sessions: Sessions, resources: Resources, dsn: str
) -> None:
    await link(ana, listening)
    await ana.http.put("/me/notifications", json={"quiet_from": None, "quiet_to": None})
    listening.blocked.add(7)
    await raised(sessions, ana, "high")
    await run_queue(dsn, sessions, Resources(settings_for(resources.config, listening), resources.vault))
    assert await rows(sessions, TelegramLink, ana.id) == []


async def test_the_token_is_in_no_log(
    ana: Account, listening: FakeTelegram, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    import logging

    from backend.logs import setup_logging

    root = logging.getLogger()
    before = root.handlers[:]
    setup_logging("INFO", as_json=False)
    try:
        await talked(listening, listening.write("hello", 58), 58)
        captured = capfd.readouterr()
        assert listening.token not in captured.out + captured.err + caplog.text
    finally:
        root.handlers[:] = before
