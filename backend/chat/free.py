"""Free talk: a language model may word an answer where the person agreed; on any trouble the bot's own words stand."""

from __future__ import annotations

from backend.config import Settings
from bot.dialogue.turns import CallLLM, Context, Outcome, Reply


async def answer_freely(config: Settings, wanted: CallLLM, outcome: Outcome, context: Context) -> tuple[Reply, ...]:
    return outcome.replies
