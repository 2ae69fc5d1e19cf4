"""Free talk: a language model may word an answer where the person agreed; on any trouble the bot's own words stand."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.chat import store
from backend.config import Settings
from backend.tables import Person
from bot import llm
from bot.dialogue.turns import CallLLM, Outcome, Reply

# Enough for a thread; the client keeps fewer still.
HISTORY = 8


async def recent_lines(session: AsyncSession, person: Person) -> list[llm.Line]:
    """What was said lately, oldest first. Answers and results of questionnaires are not among it, nor is a crisis."""
    found = await store.page(session, person.id, None, HISTORY)
    return [
        llm.Line("user" if message.author == "person" else "assistant", message.text)
        for message in reversed(found[:HISTORY])
        if message.kind == "text"
    ]


async def answer_freely(
    config: Settings, wanted: CallLLM, outcome: Outcome, history: Sequence[llm.Line], person: Person
) -> tuple[Reply, ...]:
    """The model's words with the choices that our own answer would have offered."""
    key = config.llm_key.get_secret_value() if config.llm_key else None
    client = llm.Client(llm.Settings(config.llm_url or "", config.llm_model, key))
    names = [name for name in (person.display_name, *person.display_name.split(), person.username) if name]
    try:
        said = await client.reply(wanted.said, locale=wanted.locale, topic=wanted.topic, history=history, names=names)
    finally:
        await client.close()
    if said is None:
        return outcome.replies
    choices = outcome.replies[-1].choices if outcome.replies else ()
    return (Reply(said, choices, key="free"),)
