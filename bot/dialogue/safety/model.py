"""The classifier behind the rules: letter n-grams, logistic regression, plain numpy. Trained by `evenkeel bot train`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from bot.dialogue import ngrams


@dataclass(frozen=True, slots=True)
class Threshold:
    # Chosen in cross-validation on the training file: the lowest certainty at which at most 1 % of its benign lines fire.
    value: float = 0.80


THRESHOLD: Final = Threshold()


@cache
def _weights() -> ngrams.Linear:
    return ngrams.load(files("bot.dialogue.safety") / "crisis.npz")


def crisis_probability(folded: str) -> float:
    return float(_weights().probabilities(folded)[1])
