"""One suggestion at a time, only when asked for; exercises step by step, to be left at any moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.dialogue.scene import Scene
from bot.dialogue.turns import Outcome, RecordHelped, Reply

# Best supported first: behavioural activation for low mood, worry time and thought records from CBT for anxiety,
# stimulus control for sleep, slow breathing for acute tension.
FITTING: Final[Mapping[str | None, tuple[str, ...]]] = {
    "stress": ("breathing", "muscles", "one_thing", "kind_word"),
    "overload": ("one_thing", "ask_for_help", "breathing", "small_step"),
    "conflict": ("breathing", "i_message", "thought_check", "kind_word"),
    "sleep": ("wind_down", "worry_time", "muscles", "breathing"),
    "loneliness": ("reach_out", "kind_word", "small_step"),
    "anxiety": ("grounding", "breathing", "worry_time", "thought_check"),
    "low_mood": ("small_step", "kind_word", "reach_out", "thought_check"),
    "tired": ("muscles", "wind_down", "kind_word", "ask_for_help"),
    "trouble": ("one_thing", "reach_out", "worry_time", "kind_word"),
    "grief": ("reach_out", "kind_word", "small_step"),
    "anger": ("breathing", "i_message", "muscles"),
    "good_news": ("savour",),
    None: ("breathing", "small_step", "grounding"),
}


def choose(scene: Scene) -> str | None:
    """What helped before comes first; what did not help, and what was just offered, does not come again."""
    fitting = FITTING.get(scene.state.topic, FITTING[None])
    barred = {*scene.context.did_not_help, *scene.state.offered}
    known = [e for e in scene.context.helped if e in fitting or scene.state.topic is None]
    return next((e for e in (*known, *fitting) if e not in barred and e in scene.words.exercises), None)


def suggest(scene: Scene) -> Outcome:
    name = choose(scene)
    if name is None:
        return scene.go(scene.say("say.no_more_ideas"), place="listen")
    exercise = scene.words.exercise(name)
    remembered = name in scene.context.helped
    lead = scene.line("say.helped_before", title=exercise.title) if remembered else ""
    text = f"{lead} {exercise.offer}".strip()
    reply = Reply(text, scene.choices("try", "other", "later"), key=f"exercises.{name}.offer")
    return scene.go(reply, place="offer", exercise=name, offered=(*scene.state.offered, name))


def begin(scene: Scene) -> Outcome:
    """Yes to a suggestion; where none is pending, to having one."""
    name = scene.state.exercise
    return _step(scene, name, 0) if name else suggest(scene)


def breathe(scene: Scene) -> Outcome:
    return _step(scene, "breathing", 0)


def ground(scene: Scene) -> Outcome:
    return _step(scene, "grounding", 0)


def plan(scene: Scene) -> Outcome:
    return _step(scene, "small_step", 0)


def advance(scene: Scene) -> Outcome:
    return _step(scene, scene.state.exercise or "breathing", scene.state.step + 1)


def wrote(scene: Scene) -> Outcome:
    """Text in the middle of an exercise: an answer where one was asked for, otherwise a gentle "shall we go on?"."""
    name = scene.state.exercise or "breathing"
    if scene.words.exercise(name).written:
        return advance(scene)
    return scene.go(scene.say("say.shall_we_go_on", "next", "leave", kind="exercise"))


def enough(scene: Scene) -> Outcome:
    """ "Thanks, that was good" ends an exercise as its last step does."""
    name = scene.state.exercise or "breathing"
    return _step(scene, name, len(scene.words.exercise(name).steps))


def leave(scene: Scene) -> Outcome:
    return scene.go(scene.say("say.left_exercise"), place="open", exercise=None, step=0)


def _step(scene: Scene, name: str, number: int) -> Outcome:
    exercise = scene.words.exercise(name)
    if number >= len(exercise.steps):
        question = "say.did_writing_help" if exercise.written else "say.did_it_help"
        asked = scene.say(question, "helped:yes", "helped:some", "helped:no")
        named = tuple(replace(choice, id=f"{choice.id}:{name}") for choice in asked.choices)
        return scene.go(replace(asked, choices=named), place="after", exercise=name, step=number)
    buttons = ("leave",) if exercise.written else ("next", "leave")
    key = f"exercises.{name}.steps"
    reply = Reply(exercise.steps[number], scene.choices(*buttons), "exercise", f"{key}.{number}")
    return scene.go(reply, place="exercise", exercise=name, step=number)


def helped(scene: Scene) -> Outcome:
    """A tapped choice names its exercise: older buttons stay on screens while another one is done."""
    said, _, tapped = scene.argument.partition(":")
    name = tapped if tapped in scene.words.exercises else scene.state.exercise
    answer = {"yes": "yes", "no": "no"}.get(said or scene.event, "some")
    saved = (RecordHelped(name, answer == "yes"),) if name and answer != "some" else ()
    choices = {"yes": (), "some": ("other", "later"), "no": ("other", "talk", "later")}[answer]
    place = "open" if answer == "yes" else "offer"
    return scene.go(scene.say(f"say.helped_{answer}", *choices), actions=saved, place=place, exercise=None, step=0)
