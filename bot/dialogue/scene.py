"""One turn, read: what the steps of the dialogue look at and answer with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot.dialogue import speech
from bot.dialogue.turns import Action, Choice, Context, DialogueState, Outcome, Reply, ReplyKind, Turn


@dataclass(frozen=True, slots=True)
class Scene:
    state: DialogueState
    turn: Turn
    context: Context
    language: str
    event: str  # the head of a choice id, or an intent, or "start"
    argument: str = ""  # what follows the colon in a choice id

    @property
    def words(self) -> speech.Speech:
        return speech.load(self.language)

    def line(self, key: str, **slots: object) -> str:
        return self.words.line(key, self.state.turns, **slots)

    def say(self, key: str, *choices: str, kind: ReplyKind = "text", **slots: object) -> Reply:
        """A reply in the person's language; choices are ids, their labels come from the content."""
        return Reply(self.line(key, **slots), self.choices(*choices), kind, key)

    def choices(self, *ids: str) -> tuple[Choice, ...]:
        return tuple(Choice(i, self.words.label(i)) for i in ids)

    def go(self, *replies: Reply, actions: tuple[Action, ...] = (), **changes: Any) -> Outcome:
        """The outcome of this turn; `changes` are fields of the state. What is not asked again is not pending."""
        state = replace(self.state, puzzled=0, asked="", instrument=None, answers=(), turns=self.state.turns + 1)
        return Outcome(replace(state, **changes), replies, actions)
