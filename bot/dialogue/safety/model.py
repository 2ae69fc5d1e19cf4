"""The classifier behind the rules: letter n-grams and logistic regression. Trained by `evenkeel bot train`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from bot.dialogue import ngrams


@dataclass(frozen=True, slots=True)
class Threshold:
    # Fixed before the last blind batch was measured. Higher loses more hints than it saves false alarms, and a missed
    # crisis costs more than a question asked in vain.
    value: float = 0.55


THRESHOLD: Final = Threshold()


@cache
def _weights() -> ngrams.Linear:
    return ngrams.load(files("bot.dialogue.safety") / "crisis.npz")


def crisis_probability(annotated: str) -> float:
    return float(_weights().probabilities(annotated)[1])
