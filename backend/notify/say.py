"""What a notice says: everything inside the app, outside it only what the person chose to have said there."""

from __future__ import annotations

from backend.notify.policy import ABOUT_GROUPS, PROMPT
from backend.notify.texts import DISCREET, words
from backend.preferences import preferences_of
from backend.tables import Notice, Person
from bot.dialogue import speech


def in_full(notice: Notice, locale: str) -> tuple[str, str]:
    """Title and text, with what helped this person before."""
    if notice.kind in ABOUT_GROUPS:
        return str(notice.facts["title"]), str(notice.facts["text"])
    title, text = words(notice.kind, locale, notice.variant)
    helped = notice.facts.get("helped")
    return title, f"{text} {_helped(str(helped), locale)}" if helped else text


def _helped(exercise: str, locale: str) -> str:
    spoken = speech.load(speech.language_of(locale))
    known = exercise in spoken.exercises
    return spoken.line("say.helped_before", 0, title=spoken.exercise(exercise).title) if known else ""


def outside(notice: Notice, person: Person) -> tuple[str, str]:
    """Prompts and group figures tell nothing about anybody; else it is "you have a note" unless chosen otherwise."""
    if notice.kind == PROMPT or notice.kind in ABOUT_GROUPS or preferences_of(person).details:
        return in_full(notice, person.locale)
    return DISCREET.get(person.locale, DISCREET["en"])
