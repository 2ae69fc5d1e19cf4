"""What a text is about: an intent name, or "text" when the classifier is not sure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from bot.dialogue import ngrams
from bot.dialogue.safety.fold import fold
from bot.dialogue.turns import Place

NOT_UNDERSTOOD: Final = "text"


@dataclass(frozen=True, slots=True)
class Threshold:
    # A wrong guess costs more than asking back: on 1,080 utterances by a writer whom the model had not learnt from,
    # this asked back one time in thirty and answered 97 % of the others rightly.
    certainty: float = 0.3
    # Where the person is telling something, it takes more: what is not understood there is listened to. In an exercise
    # it is nearly always the answer: "once around the block" asks for no grounding.
    listening: float = 0.45
    in_exercise: float = 0.65

    def in_place(self, place: Place) -> float:
        return {"listen": self.listening, "exercise": self.in_exercise}.get(place, self.certainty)


THRESHOLD: Final = Threshold()


@cache
def _weights() -> ngrams.Linear:
    return ngrams.load(files("bot.dialogue") / "intents.npz")


def intent(text: str, place: Place = "open") -> str:
    name, certainty = guess(text)
    return name if certainty >= THRESHOLD.in_place(place) else NOT_UNDERSTOOD


def guess(text: str) -> tuple[str, float]:
    """The likeliest intent and how likely it is."""
    model = _weights()
    probabilities = model.probabilities(fold(text))
    best = int(probabilities.argmax())
    return model.labels[best], float(probabilities[best])
