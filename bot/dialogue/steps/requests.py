"""What people ask of the product: their week, privacy, a pause, deletion, sharing."""

from __future__ import annotations

from statistics import fmean
from typing import Final, Literal

from bot.dialogue.scene import Scene
from bot.dialogue.turns import Context, OfferShare, Outcome, RequestDelete, Resume, SetPause, ShowWeek

Standing = Literal["unknown", "lower", "usual", "higher"]
# Fewer than three days say nothing about a week.
ENOUGH_DAYS: Final = 3
PAUSES: Final = ("1", "7", "30", "0")  # days; 0 until they are wanted again
WEEK: Final = "7"


def week_standing(context: Context) -> Standing:
    """The person's last days against their own usual range; never against anybody else's."""
    levels = [d.level for d in context.days if d.level is not None]
    if len(levels) < ENOUGH_DAYS or context.usual is None:
        return "unknown"
    mean = fmean(levels)
    if mean < context.usual.low:
        return "lower"
    return "higher" if mean > context.usual.high else "usual"


def week(scene: Scene) -> Outcome:
    standing = week_standing(scene.context)
    recorded = sum(d.level is not None for d in scene.context.days)
    if recorded == 0:
        return scene.go(scene.say("say.week_empty", "menu:mood"), place="open")
    choices = ("idea", "talk", "later") if standing == "lower" else ()
    reply = scene.say(f"say.week_{standing}", *choices, kind="week", recorded=recorded)
    topic = "low_mood" if standing == "lower" else scene.state.topic
    return scene.go(reply, actions=(ShowWeek(),), place="listen" if choices else "open", topic=topic)


def privacy(scene: Scene) -> Outcome:
    """Who sees what, with the person's own sharing setting in the answer."""
    text = scene.say(f"say.privacy_{scene.context.sharing}", "menu:delete", "menu:pause")
    return scene.go(text, place="open")


def share(scene: Scene) -> Outcome:
    return scene.go(scene.say("say.share"), actions=(OfferShare(),), place="open")


def pause(scene: Scene) -> Outcome:
    if scene.argument in PAUSES:
        return paused(scene)
    return scene.go(scene.say("say.pause_how_long", *(f"pause:{days}" for days in PAUSES), "later"), place="pausing")


def paused(scene: Scene) -> Outcome:
    """Says for how long with the words of the button, in the middle of a sentence."""
    days = scene.argument if scene.argument in PAUSES else WEEK
    if days == "0":
        return stop(scene)
    span = scene.words.label(f"pause:{days}").lower()
    return scene.go(scene.say("say.paused", span=span), actions=(SetPause(int(days)),), place="open")


def stop(scene: Scene) -> Outcome:
    """Stop acts at once; no question back."""
    return scene.go(scene.say("say.stopped", "menu:resume"), actions=(SetPause(None),), place="open")


def resume(scene: Scene) -> Outcome:
    return scene.go(scene.say("say.resumed"), actions=(Resume(),), place="open")


def delete(scene: Scene) -> Outcome:
    return scene.go(scene.say("say.delete_sure", "delete:conversation", "delete:account", "no"), place="deleting")


def deleted(scene: Scene) -> Outcome:
    """Only a button says which of the two, and is no misunderstanding: "keep it" reads like a yes."""
    if scene.argument == "account":
        return scene.go(scene.say("say.delete_account"), actions=(RequestDelete("account"),), place="open")
    if scene.argument == "conversation":
        return scene.go(scene.say("say.deleted"), actions=(RequestDelete("conversation"),), place="open", topic=None)
    return delete(scene)


def kept(scene: Scene) -> Outcome:
    return scene.go(scene.say("say.kept"), place="open")
