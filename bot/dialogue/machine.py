"""`respond`: the one door into the dialogue. Crisis first, in every language and every place; then the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot import instruments
from bot.dialogue import safety, understanding
from bot.dialogue.safety.fold import fold
from bot.dialogue.scene import Scene
from bot.dialogue.speech import language_of, load, script_language
from bot.dialogue.steps import crisis
from bot.dialogue.steps.questionnaires import choice_of
from bot.dialogue.table import step_for
from bot.dialogue.turns import Context, DialogueState, Outcome, Place, Turn

_MOOD_FACES = {"😄": 5, "😀": 5, "🙂": 4, "😊": 4, "😐": 3, "🙁": 2, "😕": 2, "😢": 1, "😞": 1}
_ASKED_AT: Mapping[str, Place] = {"helped": "after", "pause": "pausing", "delete": "deleting", "crisis": "crisis"}
# Longer Latin text than this is taken for English even where the locale says otherwise.
_ENGLISH_WORDS = 4


def respond(state: DialogueState, turn: Turn, context: Context) -> Outcome:
    """Pure: the same state, turn and context give the same outcome. Called by the chat router and by Telegram."""
    state = replace(state, locale=_written_in(turn) or state.locale)
    language = state.locale or language_of(context.locale)
    if turn.text:
        alarm = safety.check(turn.text)
        if alarm.crisis:
            return crisis.open_(Scene(state, turn, context, language, "text"), oblique=alarm.oblique)
    event, argument = _event(state, turn, language)
    scene = Scene(state, turn, context, language, event, argument)
    return step_for(state.place, event)(scene)


def _written_in(turn: Turn) -> str | None:
    """The script of what was written decides; a few Latin letters ("ok"), or a tap, say nothing."""
    if not turn.text:
        return None
    return script_language(turn.text) or ("en" if len(turn.text.split()) >= _ENGLISH_WORDS else None)


def _event(state: DialogueState, turn: Turn, language: str) -> tuple[str, str]:
    if turn.choice is not None:
        return _choice(turn.choice)
    text = (turn.text or "").strip()
    if not text:
        return "start", ""
    if choice := _typed_choice(state, language, fold(text)):
        return _choice(choice)
    if state.place == "crisis":
        return understanding.answer(text, state.asked), ""  # "make it stop" is no wish to pause messages
    if state.place == "checkin" and (value := _tapped_mood(text)):
        return "mood", str(value)
    return understanding.intent(text, _asking(state, language)), ""


def _typed_choice(state: DialogueState, language: str, folded: str) -> str | None:
    """The choice whose label was typed, where it can be meant: "not really" is no answer to "how are you?"."""
    if state.place == "questionnaire" and state.instrument:
        answers = instruments.text_of(state.instrument, language).answers
        number = folded if folded.isdecimal() else None  # also where it is none of them: asked for again
        value = next((str(value) for value, label in answers if fold(label) == folded), number)
        if value:
            return choice_of(state.instrument, len(state.answers), value)
    choice = load(language).choices.get(folded, "")
    home = _ASKED_AT.get(choice.partition(":")[0], "" if state.place == "crisis" else state.place)
    return choice if choice not in ("", "yes", "no") and home == state.place else None


def _asking(state: DialogueState, language: str) -> understanding.Asking:
    if state.place != "exercise" or state.exercise is None:
        return state.place
    return "exercise" if load(language).exercise(state.exercise).written else "guided"


def _choice(choice: str) -> tuple[str, str]:
    head, _, argument = choice.partition(":")
    if head != "menu":
        return head, argument
    return ("questionnaire", argument) if argument in {"phq9", "gad7", "phq2", "gad2", "who5"} else (argument, "")


def _tapped_mood(text: str) -> int | None:
    if text in {"1", "2", "3", "4", "5"}:
        return int(text)
    return next((value for face, value in _MOOD_FACES.items() if text.startswith(face)), None)
