"""One turn of the conversation: look, decide (bot.dialogue), act, save. Called by the chat route and by Telegram.

Two short transactions with the optional language model between them: a slow model holds no database connection.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.chat import store
from backend.chat.context import context_of
from backend.chat.free import answer_freely, recent_lines
from backend.chat.policy import DEFAULT
from backend.config import Settings
from backend.db import transaction
from backend.people import store as people
from backend.preferences import preferences_of, save_preferences
from backend.selfreport.submit import submit
from backend.tables import ChatMessage, Person
from bot.dialogue.machine import respond
from bot.dialogue.scene import Scene
from bot.dialogue.speech import language_of, load
from bot.dialogue.steps import crisis
from bot.dialogue.turns import (
    Action,
    CallLLM,
    DialogueState,
    KeepPrivate,
    OfferShare,
    Outcome,
    RecordHelped,
    RecordMood,
    Reply,
    RequestDelete,
    Resume,
    SetPause,
    ShowWeek,
    StartInstrument,
    SubmitInstrument,
    Turn,
)

Channel = Literal["inapp", "telegram"]
# What is left for the screen to do: the chat itself shares nothing and erases no account.
Cue = Literal["share", "erase_account", "week", "instrument"]


@dataclass(frozen=True, slots=True)
class Talked:
    replies: tuple[Reply, ...]
    cues: tuple[Cue, ...]


async def talk(
    sessions: async_sessionmaker[AsyncSession], config: Settings, person_id: UUID, turn: Turn, channel: Channel
) -> Talked:
    async with transaction(sessions) as session:
        person = await session.get_one(Person, person_id)
        state = await _standing(session, person_id)
        context = await context_of(session, person, config)
        history = await recent_lines(session, person) if context.llm else []
    outcome = respond(state, turn, context)
    wanted = next((action for action in outcome.actions if isinstance(action, CallLLM)), None)
    replies = await answer_freely(config, wanted, outcome, history, person) if wanted else outcome.replies
    async with transaction(sessions) as session:
        person = await session.get_one(Person, person_id, with_for_update={"key_share": True})
        meanwhile = await _standing(session, person_id)
        if meanwhile != state:
            # They spoke on another device while this was thought about; a crisis that began there has not ended.
            outcome = respond(meanwhile, turn, context)
            replies = outcome.replies
        forgotten = RequestDelete("conversation") in outcome.actions
        if forgotten:
            await store.forget_conversation(session, person_id)
        else:
            await store.save_state(session, person_id, outcome.state.to_json())
            await _remember(session, person, turn, outcome, replies, channel)
        cues = [await _act(session, person, action) for action in outcome.actions]
    return Talked(replies, tuple(cue for cue in cues if cue))


async def _standing(session: AsyncSession, person_id: UUID) -> DialogueState:
    state = DialogueState.from_json(await store.state_of(session, person_id))
    spoke_at = await store.spoke_at(session, person_id)
    long_ago = spoke_at is not None and datetime.now(UTC) - spoke_at > DEFAULT.pending
    return state.anew() if long_ago else state


async def open_crisis(session: AsyncSession, config: Settings, person: Person) -> tuple[Reply, ...]:
    """Thoughts of death in a form of the app are answered as in the chat, where a yes or no to what is asked is then
    understood. Called by the route of questionnaires, in its transaction."""
    await people.hold(session, person)
    context, language = await context_of(session, person, config), language_of(person.locale)
    state = replace(DialogueState.from_json(await store.state_of(session, person.id)), locale=language)
    outcome = crisis.open_(Scene(state, Turn(), context, language, "crisis"), oblique=True)
    await store.save_state(session, person.id, outcome.state.to_json())
    await _remember(session, person, Turn(), outcome, outcome.replies, "inapp")
    return outcome.replies


async def _remember(
    session: AsyncSession, person: Person, turn: Turn, outcome: Outcome, replies: tuple[Reply, ...], channel: Channel
) -> None:
    """What was said in a crisis is not written down; the numbers to call stay in view."""
    said = None if KeepPrivate() in outcome.actions else await _said(session, person, turn, outcome.state)
    kind = "questionnaire" if any(reply.kind == "questionnaire" for reply in replies) else "text"
    rows: list[tuple[str, str, str, list[dict[str, Any]]]] = [("person", kind, said, [])] if said else []
    rows += [("bot", reply.kind, reply.text, _choices(reply)) for reply in replies]
    now = datetime.now(UTC)
    for number, (author, kind, text, choices) in enumerate(rows):
        session.add(
            ChatMessage(
                id=uuid4(),
                person_id=person.id,
                author=author,
                channel=channel,
                kind=kind,
                text=text[:4000],
                choices=choices,
                created_at=now + timedelta(microseconds=number),  # keeps their order
            )
        )


async def _said(session: AsyncSession, person: Person, turn: Turn, state: DialogueState) -> str | None:
    """A tap is shown by its label: as it was offered, or as a command or a notice has it; never by its id."""
    if turn.choice is None:
        return turn.text
    offered = await store.label_of(session, person.id, turn.choice)
    if offered is None:
        with suppress(KeyError):
            return load(language_of(state.locale or person.locale)).label(turn.choice)
    return offered


def _choices(reply: Reply) -> list[dict[str, Any]]:
    return [{"id": choice.id, "label": choice.label} for choice in reply.choices]


async def _act(session: AsyncSession, person: Person, action: Action) -> Cue | None:
    """What can be done at once is done; what needs a screen comes back as a cue."""
    match action:
        case SetPause(days):
            _pause(session, person, days)
        case Resume():
            _resume(session, person)
        case RecordMood(value):
            await submit(session, person, "mood", (value,))
        case SubmitInstrument(instrument, answers):
            await submit(session, person, instrument, answers)
        case RecordHelped(exercise, helpful):
            await store.remember_result(session, person.id, exercise, helpful)
        case RequestDelete("account"):
            return "erase_account"
        case OfferShare():
            return "share"
        case ShowWeek():
            return "week"
        case StartInstrument():
            return "instrument"
    return None


def _pause(session: AsyncSession, person: Person, days: int | None) -> None:
    known = preferences_of(person)
    until = datetime.now(UTC) + timedelta(days=days) if days else None
    save_preferences(person, known.with_pause(forever=days is None, until=until))
    session.add(person)


def _resume(session: AsyncSession, person: Person) -> None:
    save_preferences(person, preferences_of(person).with_pause(forever=False, until=None))
    session.add(person)
