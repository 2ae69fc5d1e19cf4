"""The classifier behind the rules: letter n-grams and logistic regression. Trained by `evenkeel bot train`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from bot.dialogue import ngrams


@dataclass(frozen=True, slots=True)
class Threshold:
    # Chosen on batches that the model had not learnt from, and on the sentences of the app: below it everyday remarks
    # set it off, above it plain statements are lost. The best value hardly differs between the languages: one for all.
    value: float = 0.5
    # Below these a find of the rules is dropped; they know words, the classifier what is said around them.
    # Plain words need much to be dropped: of 753 such finds in unlearnt text 110 of 187 harmless ones lie below 0.15,
    # and 4 of 566 in danger.
    plain_is_none: float = 0.15
    hint_is_none: float = 0.35
    few: int = 8  # letters, those of East Asia count twice: one word ("me", "enough") is left to the rules
    short: int = 120  # letters; in longer texts a hint drowns among the rest, so the rules alone decide


THRESHOLD: Final = Threshold()


@cache
def _weights() -> ngrams.Linear:
    return ngrams.load(files("bot.dialogue.safety") / "crisis.npz")


def letters(folded: str) -> int:
    return sum(2 if letter > "\u1100" else 1 for letter in folded)


def crisis_probability(annotated: str) -> float:
    return float(_weights().probabilities(annotated)[1])
