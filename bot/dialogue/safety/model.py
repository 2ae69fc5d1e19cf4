"""The classifier behind the rules: letter n-grams and logistic regression. Trained by `evenkeel bot train`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from bot.dialogue import ngrams


@dataclass(frozen=True, slots=True)
class Threshold:
    # Chosen on the training file, its lines held out in turn.
    value: float = 0.5


THRESHOLD: Final = Threshold()


@cache
def _weights() -> ngrams.Linear:
    return ngrams.load(files("bot.dialogue.safety") / "crisis.npz")


def crisis_probability(annotated: str) -> float:
    return float(_weights().probabilities(annotated)[1])
