"""The classifier behind the rules: letter n-grams and logistic regression. Trained by `evenkeel bot train`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from bot.dialogue import ngrams


@dataclass(frozen=True, slots=True)
class Threshold:
    # Chosen on two batches that the model had not learnt from, and on ordinary conversation: below it everyday remarks
    # set it off, above it plain statements are lost. The best value hardly differs between the languages: one for all.
    value: float = 0.5
    # Below this a hint found by the rules is dropped: no hint of our corpora comes near it.
    surely_none: float = 0.08
    short: int = 120  # letters; in longer texts a hint drowns among the rest, so the rules alone decide


THRESHOLD: Final = Threshold()


@cache
def _weights() -> ngrams.Linear:
    return ngrams.load(files("bot.dialogue.safety") / "crisis.npz")


def crisis_probability(annotated: str) -> float:
    return float(_weights().probabilities(annotated)[1])
