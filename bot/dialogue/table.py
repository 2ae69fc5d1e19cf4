"""The whole conversation on one screen: in which place, on which event, which step.

An event is the head of a tapped choice ("mood" of "mood:3"), an intent understood from text, or "text" when nothing was
understood. A place's own row wins over ANYWHERE; "*" is the place's answer to everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from bot.dialogue.scene import Scene
from bot.dialogue.steps import crisis, exercises, questionnaires, requests, talk
from bot.dialogue.turns import Outcome, Place

Step = Callable[[Scene], Outcome]

_TOPICS: Final[Mapping[str, Step]] = dict.fromkeys(talk.TOPICS, talk.topic)
_HEARD: Final[Mapping[str, Step]] = dict.fromkeys(talk.TOPICS, talk.listen)

ANYWHERE: Final[Mapping[str, Step]] = {
    **_TOPICS,
    "start": talk.greet,
    "greeting": talk.greet,
    "how_are_you": talk.bot_is_fine,
    "mood": talk.mood,
    "fine": talk.fine,
    "small_talk": talk.small_talk,
    "thanks": talk.thanks,
    "goodbye": talk.goodbye,
    "later": talk.later,
    "identity": talk.identity,
    "diagnosis": talk.diagnosis,
    "professional": talk.professional,
    "disagree": talk.disagree,
    "help": talk.help_,
    "app": talk.app,
    "talk": talk.keep_talking,
    "yes": talk.yes,
    "no": talk.no,
    "idea": exercises.suggest,
    "breathe": exercises.breathe,
    "ground": exercises.ground,
    "plan": exercises.plan,
    "try": exercises.begin,
    "other": exercises.suggest,
    "helped": exercises.helped,
    "leave": exercises.leave,
    "week": requests.week,
    "privacy": requests.privacy,
    "share": requests.share,
    "stop": requests.stop,
    "pause": requests.pause,
    "resume": requests.resume,
    "delete": requests.delete,
    "questionnaire": questionnaires.begin,
    "crisis": crisis.menu,
    "text": talk.puzzled,
}

# What ends an exercise or a questionnaire from within, whatever was asked.
_EXITS: Final[Mapping[str, Step]] = {
    "start": talk.greet,
    "mood": talk.mood,
    "week": requests.week,
    "privacy": requests.privacy,
    "pause": requests.pause,
    "delete": requests.delete,
    "share": requests.share,
    "help": talk.help_,
    "questionnaire": questionnaires.begin,
    "stop": exercises.leave,
    "no": exercises.leave,
    "leave": exercises.leave,
    "goodbye": talk.goodbye,
    "later": talk.later,
}


def _offered(questions: Step, exercise: Step) -> Step:
    """The answer to an offer: of more questions where a questionnaire is pending, otherwise of an exercise."""
    return lambda scene: (questions if scene.state.instrument else exercise)(scene)


def _kept_and_on(scene: Scene) -> Outcome:
    kept = requests.kept(scene)
    on = step_for("open", scene.event)(replace(scene, state=replace(scene.state, place="open")))
    return replace(on, replies=(*kept.replies, *on.replies))


def _and_stay(step: Step) -> Step:
    """In a crisis a button or a command is answered, and what was asked is asked again: none of them ends it."""

    def answered(scene: Scene) -> Outcome:
        told, stayed = step(scene), crisis.stay(scene)
        return replace(stayed, replies=(*told.replies, *stayed.replies), actions=(*told.actions, *stayed.actions))

    return answered


def _delete_in_crisis(scene: Scene) -> Outcome:
    """The buttons of the question confirm it. With the conversation goes what is known of the crisis."""
    if scene.argument == "conversation":
        return requests.deleted(scene)
    return _and_stay(requests.deleted)(scene)


TABLE: Final[Mapping[Place, Mapping[str, Step]]] = {
    "open": {},
    "checkin": {"no": talk.later, "yes": talk.ask_mood},
    "listen": {
        **_HEARD,
        "yes": exercises.suggest,
        "no": talk.no_advice,
        "greeting": talk.listen,
        "small_talk": talk.listen,
        "text": talk.listen,
    },
    "offer": {
        "yes": _offered(questionnaires.begin, exercises.begin),
        "no": _offered(talk.no, talk.no_advice),
        "text": talk.listen,
    },
    "exercise": {
        **_EXITS,
        "next": exercises.advance,
        "yes": exercises.advance,
        "thanks": exercises.enough,
        "fine": exercises.enough,
        "breathe": exercises.breathe,
        "ground": exercises.ground,
        "*": exercises.wrote,
    },
    "after": {
        "yes": exercises.helped,
        "no": exercises.helped,
        "fine": exercises.helped,
        "text": exercises.helped,
        "stop": exercises.leave,
    },
    # Who tells of something there is heard; what is asked can wait.
    "questionnaire": {
        **_TOPICS,
        **_EXITS,
        "answer": questionnaires.answer,
        "no": questionnaires.again,
        "*": questionnaires.again,
    },
    # For how long is read from a button: "for three days" and "don't pause" would both be a week.
    "pausing": {"pause": requests.pause, "yes": requests.paused, "no": talk.later},
    # Whoever speaks of something else has not confirmed; it is said, and then answered. "Cancel" stops no messages.
    "deleting": {
        "delete": requests.deleted,
        "yes": requests.delete,
        "no": requests.kept,
        "stop": requests.kept,
        "text": requests.kept,
        "later": requests.kept,
        "*": _kept_and_on,
    },
    "crisis": {
        "start": crisis.stay,
        "affirmed": crisis.affirmed,
        "denied": crisis.denied,
        "safe": crisis.safe,
        "breathe": crisis.ground,
        "ground": crisis.ground,
        "privacy": _and_stay(requests.privacy),
        "week": _and_stay(requests.week),
        "pause": _and_stay(requests.pause),
        "stop": _and_stay(requests.stop),
        "resume": _and_stay(requests.resume),
        "delete": _delete_in_crisis,
        "no": _and_stay(requests.kept),  # tapped, below that question; what is typed is an answer to the other
        "crisis": crisis.menu,
        "*": crisis.stay,
    },
}


def step_for(place: Place, event: str) -> Step:
    row = TABLE[place]
    found = row.get(event) or row.get("*") or ANYWHERE.get(event)
    return found or ANYWHERE["text"]
