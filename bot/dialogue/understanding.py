"""What a text is about: an intent name, or "text" when the classifier is not sure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from bot.dialogue import ngrams
from bot.dialogue.safety.fold import fold

NOT_UNDERSTOOD: Final = "text"


@dataclass(frozen=True, slots=True)
class Threshold:
    # A wrong guess costs more than asking back: on held-out utterances (docs/bot-model-card.md) this asks back one time
    # in nine and answers 97 % of the others rightly.
    certainty: float = 0.18


THRESHOLD: Final = Threshold()


@cache
def _weights() -> ngrams.Linear:
    return ngrams.load(files("bot.dialogue") / "intents.npz")


def intent(text: str) -> str:
    name, certainty = guess(text)
    return name if certainty >= THRESHOLD.certainty else NOT_UNDERSTOOD


def guess(text: str) -> tuple[str, float]:
    """The likeliest intent and how likely it is."""
    model = _weights()
    probabilities = model.probabilities(fold(text))
    best = int(probabilities.argmax())
    return model.labels[best], float(probabilities[best])
