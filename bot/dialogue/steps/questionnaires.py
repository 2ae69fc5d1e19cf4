"""Questionnaires in the conversation: one item at a time, follow-ups, and the crisis answer after PHQ-9 item 9."""

from __future__ import annotations

from bot import instruments
from bot.dialogue.scene import Scene
from bot.dialogue.steps import crisis
from bot.dialogue.turns import Choice, Outcome, Reply, StartInstrument, SubmitInstrument


def begin(scene: Scene) -> Outcome:
    """Starts what is due, WHO-5 when nothing else is."""
    name = scene.argument if scene.argument in instruments.INSTRUMENTS else ""
    name = name or next(iter(scene.context.due), "who5")
    return _ask(scene, name, ())


def choice_of(name: str, item: int, value: int) -> str:
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
    return _ask(scene, scene.state.instrument or "who5", scene.state.answers, reminded=True)


def _ask(scene: Scene, name: str, answers: tuple[int, ...], *, reminded: bool = False) -> Outcome:
    text = instruments.text_of(name, scene.language)
    if len(answers) >= len(text.items):
        return _finish(scene, name, answers)
    begun = not answers and scene.state.instrument != name
    lead = f"{text.intro}\n\n" if begun else scene.line("say.tap_an_answer") + "\n\n" if reminded else ""
    item = f"{lead}{len(answers) + 1}/{len(text.items)} · {text.items[len(answers)]}"
    options = tuple(Choice(choice_of(name, len(answers), v), label) for v, label in text.answers)
    reply = Reply(item, (*options, *scene.choices("leave")), "questionnaire", f"{name}.{len(answers)}")
    actions = (StartInstrument(name),) if begun else ()
    return scene.go(reply, actions=actions, place="questionnaire", instrument=name, answers=answers)


def _finish(scene: Scene, name: str, answers: tuple[int, ...]) -> Outcome:
    result = instruments.score(name, answers)
    submit = SubmitInstrument(name, answers)
    done = {"instrument": None, "answers": ()}
    if result.crisis:
        outcome = crisis.open_(scene, oblique=True)
        opened = {"place": outcome.state.place, "asked": outcome.state.asked}
        return scene.go(*outcome.replies, actions=(submit, *outcome.actions), **opened, **done)
    said = Reply(instruments.explain(result, scene.language), key=f"{name}.{result.band}")
    if result.follow_up is None:
        closing = scene.say("say.after_questionnaire", "talk", "idea", "later")
        return scene.go(said, closing, actions=(submit,), place="listen", **done)
    asked = scene.say("say.few_more", f"menu:{result.follow_up}", "later")
    return scene.go(said, asked, actions=(submit,), place="open", **done)
