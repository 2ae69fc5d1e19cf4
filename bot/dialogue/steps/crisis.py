"""The crisis answer: people first, then numbers to call, grounding and a safety plan. No LLM, no log, no HR."""

from __future__ import annotations

from bot.dialogue.scene import Scene
from bot.dialogue.speech import helplines
from bot.dialogue.turns import Asked, KeepPrivate, Outcome, Reply

_MENU = ("crisis:lines", "crisis:ground", "crisis:plan", "crisis:safe")


def lines_for(country: str | None, language: str) -> str:
    """The helplines of a country as text; without one, how to find a line anywhere, and the emergency number."""
    data = helplines()
    entry = data["countries"].get((country or "").upper(), data["anywhere"])
    rows = [f"• {line['name'][language]}: {line['number']} ({line['hours'][language]})" for line in entry["lines"]]
    emergency = data["emergency_label"][language].format(number=entry["emergency"])
    return "\n".join([*rows, f"• {emergency}"])


def _private(scene: Scene, *replies: Reply, asked: Asked = "") -> Outcome:
    cleared = {"topic": None, "exercise": None, "step": 0}
    return scene.go(*replies, actions=(KeepPrivate(),), place="crisis", asked=asked, **cleared)


def open_(scene: Scene, *, oblique: bool = False) -> Outcome:
    """Said plainly: that it was heard, the question itself, and who is there now."""
    first = scene.say("crisis.heard_oblique" if oblique else "crisis.heard", kind="crisis")
    numbers = lines_for(scene.context.country, scene.language)
    second = scene.say("crisis.numbers", *_MENU, kind="crisis", lines=numbers)
    return _private(scene, first, second, asked="in_danger" if oblique else "")


def lines(scene: Scene) -> Outcome:
    numbers = lines_for(scene.context.country, scene.language)
    return _private(scene, scene.say("crisis.numbers", *_MENU, kind="crisis", lines=numbers))


def ground(scene: Scene) -> Outcome:
    return _private(scene, scene.say("crisis.grounding", *_MENU, kind="crisis"))


def safety_plan(scene: Scene) -> Outcome:
    return _private(scene, scene.say("crisis.safety_plan", *_MENU, kind="crisis"))


def stay(scene: Scene) -> Outcome:
    """Anything else said now: we stay with it, we do not change the subject and do not go to an LLM."""
    if scene.state.asked == "in_danger":
        return _private(scene, scene.say("crisis.ask_again", *_MENU, kind="crisis"), asked="in_danger")
    if scene.state.asked == "safe":
        return ask_if_safe(scene)
    return _private(scene, scene.say("crisis.stay", *_MENU, kind="crisis"))


def menu(scene: Scene) -> Outcome:
    step = {"lines": lines, "ground": ground, "plan": safety_plan, "safe": safe}.get(scene.argument, stay)
    return step(scene)


def affirmed(scene: Scene) -> Outcome:
    """Yes, to what the bot asked last."""
    return open_(scene) if scene.state.asked == "in_danger" else stay(scene)


def denied(scene: Scene) -> Outcome:
    """No, to what the bot asked last. A hint that was none is believed; who said it plainly is asked to be sure."""
    return {"in_danger": misread, "safe": lines, "": ask_if_safe}[scene.state.asked](scene)


def misread(scene: Scene) -> Outcome:
    reply = scene.say("crisis.misread", "crisis:lines", "talk", "later", kind="crisis")
    return scene.go(reply, actions=(KeepPrivate(),), place="open")


def ask_if_safe(scene: Scene) -> Outcome:
    return _private(scene, scene.say("crisis.are_you_safe", *_MENU, kind="crisis"), asked="safe")


def safe(scene: Scene) -> Outcome:
    """The person says they are safe for now: believed, and the way back stays open."""
    reply = scene.say("crisis.safe", "menu:breathe", "later", kind="crisis")
    return scene.go(reply, actions=(KeepPrivate(),), place="open")
