"""Questionnaires in the conversation: one item at a time, follow-ups, and the crisis answer after PHQ-9 item 9."""

from __future__ import annotations

from dataclasses import replace

from bot import instruments
from bot.dialogue.scene import Scene
from bot.dialogue.steps import crisis
from bot.dialogue.turns import Action, Choice, Outcome, Reply, StartInstrument, SubmitInstrument


def begin(scene: Scene) -> Outcome:
    """Starts what was tapped or offered, else what is due, WHO-5 when nothing else is."""
    name = scene.argument if scene.argument in instruments.INSTRUMENTS else scene.state.instrument
    name = name or next(iter(scene.context.due), "who5")
    return _ask(scene, name, (), instruments.text_of(name, scene.language).intro, StartInstrument(name))


def choice_of(name: str, item: int, value: int | str) -> str:
    """Names what it answers: older buttons stay on screens, and a tap may come twice."""
    return f"answer:{name}:{item}:{value}"


def answer(scene: Scene) -> Outcome:
    """Answers the item it was offered for: the one asked now, or an earlier one, which it corrects."""
    name, given = scene.state.instrument or "who5", scene.state.answers
    values = instruments.INSTRUMENTS[name].values
    offered = {choice_of(name, item, value): (item, value) for item in range(len(given) + 1) for value in values}
    if f"answer:{scene.argument}" not in offered:
        return again(scene)
    item, value = offered[f"answer:{scene.argument}"]
    return _ask(scene, name, (*given[:item], value, *given[item + 1 :]))


def again(scene: Scene) -> Outcome:
    """What is no answer gets the item once more."""
    return _ask(scene, scene.state.instrument or "who5", scene.state.answers, scene.line("say.tap_an_answer"))


def _ask(scene: Scene, name: str, answers: tuple[int, ...], lead: str = "", *actions: Action) -> Outcome:
    text = instruments.text_of(name, scene.language)
    number, total = len(answers), len(text.items)
    if number >= total:
        return _finish(scene, name, answers)
    item = f"{lead}\n\n{number + 1}/{total} · {text.items[number]}".strip()
    options = tuple(Choice(choice_of(name, number, v), label) for v, label in text.answers)
    reply = Reply(item, (*options, *scene.choices("leave")), "questionnaire", f"{name}.{number}")
    return scene.go(reply, actions=actions, place="questionnaire", instrument=name, answers=answers)


def _finish(scene: Scene, name: str, answers: tuple[int, ...]) -> Outcome:
    result = instruments.score(name, answers)
    submit = SubmitInstrument(name, answers)
    if result.crisis:
        outcome = crisis.open_(scene, oblique=True)
        return replace(outcome, actions=(submit, *outcome.actions))
    said = Reply(instruments.explain(result, scene.language), kind="questionnaire", key=f"{name}.{result.band}")
    if result.follow_up is None:
        closing = scene.say("say.after_questionnaire", "talk", "idea", "later")
        return scene.go(said, closing, actions=(submit,), place="listen")
    asked = scene.say("say.few_more", f"menu:{result.follow_up}", "later", kind="questionnaire")
    return scene.go(said, asked, actions=(submit,), place="offer", exercise=None, instrument=result.follow_up)
