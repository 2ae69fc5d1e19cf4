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


def answer(scene: Scene) -> Outcome:
    name = scene.state.instrument
    if name is None or not scene.argument.isdigit():
        return again(scene)
    value = int(scene.argument)
    if value not in instruments.INSTRUMENTS[name].values:
        return again(scene)
    return _ask(scene, name, (*scene.state.answers, value))


def again(scene: Scene) -> Outcome:
    """Text instead of a tap: take a number or the label as the answer, otherwise show the item again."""
    name = scene.state.instrument or "who5"
    value = instruments.read_answer(name, scene.turn.text or "", scene.language)
    if value is not None:
        return _ask(scene, name, (*scene.state.answers, value))
    return _ask(scene, name, scene.state.answers, reminded=True)


def _ask(scene: Scene, name: str, answers: tuple[int, ...], *, reminded: bool = False) -> Outcome:
    text = instruments.text_of(name, scene.language)
    if len(answers) >= len(text.items):
        return _finish(scene, name, answers)
    begun = not answers and scene.state.instrument != name
    lead = f"{text.intro}\n\n" if begun else scene.line("say.tap_an_answer") + "\n\n" if reminded else ""
    item = f"{lead}{len(answers) + 1}/{len(text.items)} · {text.items[len(answers)]}"
    options = tuple(Choice(f"answer:{v}", label) for v, label in text.answers)
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
