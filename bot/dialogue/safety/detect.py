"""Crisis or not, and how plainly said. Called by the machine before anything else looks at a turn.

Written rules decide first: sayings that mean no death are taken out, what is left is searched for what people say in a
crisis, and each find is checked for a negation, a quotation or somebody else's death. Where the rules find nothing, a
small classifier over letters has the last word (`model`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Final

from bot.dialogue.safety import model
from bot.dialogue.safety.fold import views


@dataclass(frozen=True, slots=True)
class Alarm:
    crisis: bool
    oblique: bool = False  # meant but not said in so many words: the answer asks plainly
    reason: str = ""  # what was found; for tests and the model card, never logged with a person


@dataclass(frozen=True)
class Language:
    """The patterns of one language; what each is for stands in `patterns/*.toml`."""

    masks: re.Pattern[str]
    plain: re.Pattern[str]
    oblique: re.Pattern[str]
    someone_else: re.Pattern[str]
    negation: re.Pattern[str]
    not_a_negation: re.Pattern[str]
    taken_back: re.Pattern[str]
    not_any_more: re.Pattern[str]
    past: re.Pattern[str]
    well: re.Pattern[str]
    relapse: re.Pattern[str]
    reported: re.Pattern[str]
    someone_said: re.Pattern[str]
    speech: re.Pattern[str]
    grief: re.Pattern[str]
    core: re.Pattern[str]
    ambiguous: re.Pattern[str]
    workplace: re.Pattern[str]
    me: re.Pattern[str]


# A language looks at a text that has letters of its script.
_SCRIPTS: Final = {"en": re.compile(r"[a-z]"), "zh": re.compile(r"[\u3400-\u9fff]"), "ko": re.compile(r"[가-힣ㄱ-ㅣ]")}
_QUOTED: Final = re.compile(r"\"[^\"]{2,}\"")
_ENDS: Final = " .!?。!?…"
_SOMEONE_ELSE: Final = "someone else in danger"
_CLAUSE_END: Final = re.compile(r"[.!?;\n。!?;…]+")


@cache
def vocabulary(name: str) -> Language:
    raw = tomllib.loads((files("bot.dialogue.safety") / "patterns" / f"{name}.toml").read_text("utf-8"))
    return Language(**{f.name: re.compile("|".join(f"(?:{p})" for p in raw[f.name])) for f in fields(Language)})


@cache
def _any(name: str) -> re.Pattern[str]:
    """A pattern that holds for every language."""
    raw = tomllib.loads((files("bot.dialogue.safety") / "patterns" / "any.toml").read_text("utf-8"))
    return re.compile("|".join(f"(?:{p})" for p in raw[name]))


def check(text: str) -> Alarm:
    """Every language looks at every text: people mix them, and the locale of the app is no evidence."""
    folded = views(text)
    certainty = cache(lambda: max(model.crisis_probability(annotated(view)) for view in folded))
    for name, script in _SCRIPTS.items():
        for view in folded:
            if not script.search(view):
                continue
            alarm = _by_rules(vocabulary(name), _prepared(view, name))
            if alarm.crisis and (not _may_be_outvoted(alarm, view) or certainty() >= _least(alarm)):
                return alarm
    if model.letters(folded[0]) < model.THRESHOLD.few:
        return Alarm(False)
    return Alarm(certainty() >= model.THRESHOLD.value, oblique=True, reason=f"classifier {certainty():.2f}")


def _may_be_outvoted(alarm: Alarm, view: str) -> bool:
    """Not in a long text, where the find drowns among the rest, nor where somebody makes another's words their own."""
    if alarm.reason == _SOMEONE_ELSE or len(view) > model.THRESHOLD.short:
        return False
    return not _any("identifies").search(view)


def _least(alarm: Alarm) -> float:
    return model.THRESHOLD.hint_is_none if alarm.oblique else model.THRESHOLD.plain_is_none


def _prepared(folded: str, name: str) -> str:
    """The English patterns know no apostrophes: people leave them out."""
    return re.sub(r"(?<=[a-z])'(?=[a-z])", "", folded) if name == "en" else folded


def _by_rules(language: Language, text: str) -> Alarm:
    said = _without_quotations(language, _any("earnest").sub(" ", text))
    if language.someone_else.search(said):
        return Alarm(True, oblique=True, reason=_SOMEONE_ELSE)
    for clause in _clauses(language.masks.sub(" ", said)):
        for pattern, oblique in ((language.plain, False), (language.oblique, True)):
            for found in pattern.finditer(clause):
                about_work = oblique and _about_work(language, clause, found)
                if not about_work and not _taken_away(language, clause, found, said):
                    return Alarm(True, oblique, found.group().strip())
    return Alarm(False)


def _clauses(text: str) -> Iterator[str]:
    for sentence in _CLAUSE_END.split(text):
        yield from (part for part in _any("contrast").split(sentence) if part and part.strip())
    # What stretches over a comma or a full stop ("Thank you for everything. Goodbye.") is read as a whole as well.
    whole = _CLAUSE_END.sub(", ", text)
    if whole.strip(" ,") and len(_CLAUSE_END.split(text.rstrip(_ENDS))) > 1:
        yield whole


def _without_quotations(language: Language, text: str) -> str:
    """Quoted words are taken out where somebody else, or a work, is named as their source."""
    rest = _QUOTED.sub(" ", text)
    if _any("identifies").search(rest):  # "the song says ..., that is how I feel"
        return text
    if rest == text or not (language.reported.search(rest) or _others_said(language, rest)):
        return text
    return rest


def _others_said(language: Language, text: str) -> bool:
    return bool(language.someone_said.search(text) and language.speech.search(text))


def _taken_away(language: Language, clause: str, found: re.Match[str], said: str) -> bool:
    """Negated, quoted, fiction or news, or the death of somebody else."""
    before, after = clause[: found.start()], clause[found.end() :]
    if _negated(language, before, found.group()):
        return True
    if language.core.search(found.group()) and language.taken_back.search(after):
        return True
    if _over(language, said) or _joked(language, said):
        return True
    return _of_others(language, clause, before, said)


def _negated(language: Language, before: str, words: str) -> bool:
    """A negation before the find, or inside it before the word that matters."""
    core = language.core.search(words)
    upto = before + words[: core.start()] if core else before
    return bool(language.negation.search(upto)) and not language.not_a_negation.search(before + words)


def _over(language: Language, said: str) -> bool:
    """Past and well since. "Now" alone is not enough: "I used to be happy, now I want to die"."""
    if language.not_any_more.search(said):
        return True
    past_and_well = language.past.search(said) and language.well.search(said)
    return bool(past_and_well) and not language.relapse.search(said)


def _joked(language: Language, said: str) -> bool:
    """Laughed about, and about a trifle or work. Laughing alone takes nothing back."""
    return bool(_any("laughs").search(said)) and bool(_any("trifle").search(said) or language.workplace.search(said))


def _about_work(language: Language, clause: str, found: re.Match[str]) -> bool:
    """ "I want out", "I can't go on": of life, or of this contract?"""
    return bool(language.ambiguous.search(found.group()) and language.workplace.search(clause))


def _of_others(language: Language, clause: str, before: str, said: str) -> bool:
    if language.reported.search(said) and not _speaks_of_self(language, said):
        return True
    if not language.grief.search(clause) or language.me.search(before[-12:]):
        return False
    return not _any("self").search(clause)


def _speaks_of_self(language: Language, said: str) -> bool:
    return bool(
        _any("self").search(_any("reading").sub(" ", said)) or _any("identifies").search(_QUOTED.sub(" ", said))
    )


# One sign for each thing that the rules saw; the classifier reads them as letters and learns what each is worth.
_SIGNS: Final = {
    "masks": "①", "core": "②", "reported": "③", "grief": "④", "denied": "⑤", "over": "⑥", "workplace": "⑦",
    "plain": "⑧", "oblique": "⑨",
}  # fmt: skip
_ANY_SIGNS: Final = {"affirms": "⑩", "laughs": "⑪", "identifies": "⑫", "earnest": "⑬", "trifle": "⑭"}


def annotated(folded: str) -> str:
    """What the classifier reads, here and in training: the text without its sayings, and what the rules saw in it."""
    signs = {sign for name, sign in _ANY_SIGNS.items() if _any(name).search(_prepared(folded, "en"))}
    for name, script in _SCRIPTS.items():
        if script.search(folded):
            language, text = vocabulary(name), _prepared(folded, name)
            signs |= {_SIGNS[what] for what in _seen(language, text)}
            folded = language.masks.sub(" ", text)
    return f"{folded} {' '.join(sign * 2 for sign in sorted(signs))}"


def _seen(language: Language, text: str) -> Iterator[str]:
    rest = language.masks.sub(" ", text)
    core = language.core.search(rest)
    yield from ("masks",) * (rest != text) + ("core",) * bool(core)
    for what in ("reported", "grief", "workplace"):
        if getattr(language, what).search(text):
            yield what
    if core and (_negated(language, rest[: core.start()], "") or language.taken_back.search(rest[core.end() :])):
        yield "denied"
    if _over(language, text):
        yield "over"
    found = _by_rules(language, text)
    if found.crisis:
        yield "oblique" if found.oblique else "plain"
