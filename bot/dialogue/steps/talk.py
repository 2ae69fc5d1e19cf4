"""Greeting, the mood question, topics, listening, and the small courtesies."""

from __future__ import annotations

from typing import Final

from bot.dialogue.scene import Scene
from bot.dialogue.steps.crisis import lines_for
from bot.dialogue.steps.requests import week_standing
from bot.dialogue.turns import Action, CallLLM, Outcome, RecordMood, Reply

MOODS: Final = ("mood:5", "mood:4", "mood:3", "mood:2", "mood:1")
TOPICS: Final = (
    "stress", "overload", "conflict", "sleep", "tired", "loneliness", "anxiety", "low_mood", "grief", "trouble",
    "anger", "good_news",
)  # fmt: skip
LOW_MOOD: Final = 2
HIGH_MOOD: Final = 4
OFFER_EVERY: Final = 3  # messages of somebody who tells: asked each time, it would be the bot that does not listen


def _hello(scene: Scene) -> str:
    name = scene.context.display_name
    return scene.line("say.hello_name", name=name) if name else scene.line("say.hello")


def greet(scene: Scene) -> Outcome:
    """Opens with the person's name and, where there is one, a plain word about their last days."""
    standing = week_standing(scene.context)
    noticed = {"lower": "say.noticed_lower", "higher": "say.noticed_higher"}.get(standing)
    parts = [_hello(scene), scene.line(noticed) if noticed else "", scene.line("say.how_are_you")]
    text = " ".join(part for part in parts if part)
    reply = Reply(text, scene.choices(*MOODS), key="say.how_are_you")
    return scene.go(reply, place="checkin", topic=None, exercise=None, step=0, offered=())


def bot_is_fine(scene: Scene) -> Outcome:
    """ "How are you?" is answered without pretending to have feelings, and returned."""
    return scene.go(scene.say("say.bot_is_fine", *MOODS), place="checkin")


def ask_mood(scene: Scene) -> Outcome:
    return scene.go(scene.say("say.how_are_you", *MOODS), place="checkin")


def mood(scene: Scene) -> Outcome:
    """One tap. A low answer is met with care, not with cheer."""
    if scene.argument not in {"1", "2", "3", "4", "5"}:
        return ask_mood(scene)
    value = int(scene.argument)
    saved: tuple[Action, ...] = (RecordMood(value),)
    if value <= LOW_MOOD:
        reply, topic = scene.say("say.mood_low", "talk", "idea", *_questionnaire(scene), "later"), "low_mood"
    elif value >= HIGH_MOOD:
        reply, topic = scene.say("say.mood_high", *_questionnaire(scene), "later"), "good_news"
    else:
        reply, topic = scene.say("say.mood_middle", "talk", "idea", *_questionnaire(scene), "later"), None
    return scene.go(reply, actions=saved, place="listen", topic=topic, mood=value, offered=(), listened=0)


def _questionnaire(scene: Scene) -> tuple[str, ...]:
    return ("menu:questionnaire",) if scene.context.due else ()


def fine(scene: Scene) -> Outcome:
    """ "I'm okay": taken at its word. After a low answer it is not celebrated."""
    low = scene.state.mood is not None and scene.state.mood <= LOW_MOOD
    key = "say.okay_after_low" if low else "say.fine"
    return scene.go(scene.say(key, "menu:breathe", "menu:week", "later"), place="open")


def topic(scene: Scene) -> Outcome:
    """Names what was heard and asks one open question."""
    name = scene.event
    return scene.go(scene.say(f"topics.{name}.heard"), place="listen", topic=name, offered=(), listened=0)


def listen(scene: Scene) -> Outcome:
    """Hears the person out, and asks permission before any advice: at first, and now and then while they go on."""
    heard = scene.state.topic
    if scene.event == "grief" != heard:
        return topic(scene)  # a loss is never one more thing on a list
    if scene.event in TOPICS and heard in (None, "low_mood", "good_news"):
        heard = scene.event  # what a tapped mood suggested gives way to what is said; a named topic stays
    actions = _llm(scene, heard)
    if heard == "good_news":
        key, place = ("say.savoured", "open") if scene.state.listened else ("say.savour", "listen")
        return scene.go(scene.say(key), actions=actions, place=place, topic=heard, listened=1)
    listened = (scene.state.listened + 1) % OFFER_EVERY
    if scene.state.listened:
        return scene.go(scene.say("say.with_you"), actions=actions, place="listen", topic=heard, listened=listened)
    key = "say.may_i" if heard else "say.tell_me_more"
    reply = scene.say(key, "idea", "talk", "later")
    return scene.go(reply, actions=actions, place="listen", topic=heard, listened=listened)


def keep_talking(scene: Scene) -> Outcome:
    return scene.go(scene.say("say.go_on"), place="listen", listened=1)


def app(scene: Scene) -> Outcome:
    """How the app works: where to look, for the bot changes no settings but its own messages."""
    return scene.go(scene.say("say.app", "menu:help"), place="open")


def puzzled(scene: Scene) -> Outcome:
    """Not understood: say so, and after the second time show what we can do."""
    times = scene.state.puzzled + 1
    if times == 1:
        replies = _free(scene, "say.puzzled")
    else:
        replies = (scene.say("say.puzzled_again", "menu:mood", "menu:breathe", "menu:week", "menu:help"),)
    return scene.go(*replies, actions=_llm(scene, scene.state.topic), puzzled=times)


def _free(scene: Scene, key: str) -> tuple[Reply, ...]:
    return (scene.say(key),)


def _llm(scene: Scene, topic: str | None) -> tuple[Action, ...]:
    """Free talk may go to the LLM where the person agreed; our own reply stays as the fallback."""
    if not (scene.context.llm and scene.turn.text):
        return ()
    return (CallLLM(scene.turn.text, topic, scene.language),)


def thanks(scene: Scene) -> Outcome:
    return scene.go(scene.say("say.thanks"), place="open")


def goodbye(scene: Scene) -> Outcome:
    low = scene.state.mood is not None and scene.state.mood <= LOW_MOOD
    return scene.go(scene.say("say.goodbye_low" if low else "say.goodbye"), place="open", topic=None)


def later(scene: Scene) -> Outcome:
    return scene.go(scene.say("say.later"), place="open", exercise=None, step=0)


def small_talk(scene: Scene) -> Outcome:
    return scene.go(*_free(scene, "say.small_talk"), actions=_llm(scene, None), place="open")


def identity(scene: Scene) -> Outcome:
    return scene.go(scene.say("say.identity"))


def diagnosis(scene: Scene) -> Outcome:
    """ "Am I depressed?": never answered, and never brushed aside."""
    return scene.go(scene.say("say.diagnosis", "menu:questionnaire", "talk", "later"), place="open")


def professional(scene: Scene) -> Outcome:
    """Whoever looks for a person finds numbers here, without having to say that it is a crisis."""
    numbers = lines_for(scene.context.country, scene.language)
    return scene.go(scene.say("say.professional", lines=numbers), place="open")


def disagree(scene: Scene) -> Outcome:
    """The person knows better than a reading or the bot."""
    return scene.go(scene.say("say.disagree"), place="listen", topic=None)


def help_(scene: Scene) -> Outcome:
    menu = ("menu:mood", "menu:breathe", "menu:ground", "menu:plan", "menu:week", "menu:privacy")
    return scene.go(scene.say("say.help", *menu), place="open")


def no(scene: Scene) -> Outcome:
    return scene.go(scene.say("say.respect_no"), place="open")


def no_advice(scene: Scene) -> Outcome:
    return scene.go(scene.say("say.no_advice"), place="listen", listened=1)


def yes(scene: Scene) -> Outcome:
    return scene.go(scene.say("say.yes_open", "menu:mood", "idea", "menu:help"), place="listen")
