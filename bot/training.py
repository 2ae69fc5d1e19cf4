"""Training of the three small models: what a text is about, the classifier behind the crisis rules, and what was
answered when the bot asked whether somebody is in danger.

All learn from our own example files (`dialogue/examples`). scikit-learn is used here and nowhere else in the bot;
`evenkeel bot train` writes three .npz files that the dialogue reads with plain numpy.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from bot.dialogue import ngrams
from bot.dialogue.safety.detect import annotated, vocabulary
from bot.dialogue.safety.fold import fold

LANGUAGES: Final = ("en", "zh", "ko")
EXAMPLES: Final = Path(__file__).parent / "dialogue" / "examples"
CRISIS_MODEL: Final = Path(__file__).parent / "dialogue" / "safety" / "crisis.npz"
INTENT_MODEL: Final = Path(__file__).parent / "dialogue" / "intents.npz"
ANSWER_MODEL: Final = Path(__file__).parent / "dialogue" / "answers.npz"


@dataclass(frozen=True, slots=True)
class Recipe:
    features: int
    strength: float  # inverse of the regularisation
    folds: int = 5


# Sizes: a hash of 2^18 keeps collisions rare for the crisis files; the intents have fewer n-grams, but 41 columns.
# Strengths: best of 4, 16, 64, 256 on lines that were held out.
CRISIS: Final = Recipe(features=1 << 18, strength=64.0)
INTENTS: Final = Recipe(features=1 << 15, strength=64.0)
ANSWERS: Final = Recipe(features=1 << 14, strength=64.0)
_SENTENCE_END: Final = re.compile(r"(?<=[.!?。！？])\s*")
MOST_A_LINE: Final = 24  # expansions of one example line, so that a rich one does not drown the others


@dataclass(frozen=True, slots=True)
class Example:
    language: str
    label: str
    text: str
    line: str  # where it stands: examples from one line stay in one fold

    @property
    def folded(self) -> str:
        return fold(self.text)

    @property
    def annotated(self) -> str:
        return annotated(self.folded)


def expand(pattern: str, seed: int = 0) -> list[str]:
    """ "I {want|wish} to" to its readings; at most MOST_A_LINE, chosen by a fixed seed."""
    parts = [part.strip("{}").split("|") for part in re.findall(r"\{[^}]*\}|[^{}]+", pattern)]
    readings = ["".join(choice) for choice in itertools.islice(itertools.product(*parts), 4096)]
    if len(readings) > MOST_A_LINE:
        readings = random.Random(seed).sample(readings, MOST_A_LINE)
    return [" ".join(r.split()) for r in readings]


def crisis_examples() -> Iterator[Example]:
    for language in LANGUAGES:
        label = "benign"
        for number, line in enumerate(_lines(EXAMPLES / f"crisis_{language}.txt")):
            if line in {"+", "-"}:
                label = "crisis" if line == "+" else "benign"
                continue
            for text in expand(line, number):
                yield Example(language, label, text, f"crisis {language} {number}")
    for example in intent_examples():
        yield replace(example, label="benign")
    for language in LANGUAGES:
        for number, text in enumerate(own_words(language)):
            yield Example(language, "benign", text, f"own words {language} {number}")


def own_words(language: str) -> list[str]:
    """Sentences that the bot itself says, less those about death: even-tempered talk that nobody thinks of as examples.

    Without them the classifier took 8 to 21 of 100 sentences of the app's screens for a hint, with them 3 to 8.
    """
    folders = ("dialogue/content", "questionnaires")
    words = [tomllib.loads((Path(__file__).parent / f / f"{language}.toml").read_text("utf-8")) for f in folders]
    sentences = {s for text in _strings(words) for s in _SENTENCE_END.split(text) if "{" not in s and len(s) > 4}
    return sorted(s for s in sentences if not vocabulary(language).core.search(fold(s)))


def _strings(tree: object) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict | list):
        for part in tree.values() if isinstance(tree, dict) else tree:
            yield from _strings(part)


def intent_examples() -> Iterator[Example]:
    return _labelled("intents")


def answer_examples() -> Iterator[Example]:
    """Everyday messages too: whoever speaks of something else has not answered."""
    yield from _labelled("answers")
    for example in intent_examples():
        if example.label not in {"yes", "no", "fine", "disagree"}:
            yield replace(example, label="other")


def _labelled(what: str) -> Iterator[Example]:
    for language in LANGUAGES:
        label = ""
        for number, line in enumerate(_lines(EXAMPLES / f"{what}_{language}.txt")):
            if line.startswith("["):
                label = line.strip("[]")
                continue
            for text in expand(line, number):
                yield Example(language, label, text, f"{what} {language} {number}")


def _lines(path: Path) -> list[str]:
    if not path.exists():
        return []
    return [line for raw in path.read_text("utf-8").splitlines() if (line := raw.strip()) and not line.startswith("#")]


def matrix(folded: Sequence[str], size: int) -> csr_matrix:
    rows = [ngrams.features(text, size) for text in folded]
    indptr = np.cumsum([0, *(len(row) for row in rows)])
    indices = np.concatenate([np.fromiter(row.keys(), dtype=np.int64, count=len(row)) for row in rows])
    data = np.concatenate([np.fromiter(row.values(), dtype=np.float64, count=len(row)) for row in rows])
    return csr_matrix((data, indices, indptr), shape=(len(folded), size))


def _classifier(recipe: Recipe) -> Any:
    # To the end: stopped at scikit-learn's usual tolerance, a handful of new lines moved the false alarms by a third.
    return LogisticRegression(C=recipe.strength, class_weight="balanced", max_iter=3000, tol=1e-6)


def weights(examples: Sequence[Example]) -> NDArray[np.float64]:
    """A line with twenty readings counts more than one with a single reading, but not twenty times as much."""
    readings = Counter(e.line for e in examples)
    return np.array([1.0 / math.sqrt(readings[e.line]) for e in examples])


def fit(examples: Sequence[Example], texts: Sequence[str], recipe: Recipe, labels: Sequence[str]) -> dict[str, Any]:
    """Fit on everything and turn the weights into bytes."""
    target = np.array([labels.index(e.label) for e in examples])
    model = _classifier(recipe).fit(matrix(texts, recipe.features), target, sample_weight=weights(examples))
    coefficients, bias = model.coef_.T, model.intercept_
    if len(labels) == 2:  # scikit-learn keeps one column for two classes
        coefficients, bias = np.hstack([0 * coefficients, coefficients]), np.array([0.0, bias[0]])
    scale = np.maximum(np.abs(coefficients).max(axis=0), 1e-9) / 127
    return {
        "labels": np.array(labels),
        "weights": np.round(coefficients / scale).astype(np.int8),
        "scale": scale,
        "bias": bias,
    }


def cross_validate(
    examples: Sequence[Example], texts: Sequence[str], recipe: Recipe, labels: Sequence[str]
) -> tuple[Any, Any]:
    """Out-of-fold probabilities; all expansions of one example line are held out together."""
    target = np.array([labels.index(e.label) for e in examples])
    groups, counted = [e.line for e in examples], weights(examples)
    features = matrix(texts, recipe.features)
    probabilities = np.zeros((len(examples), len(labels)))
    for train, test in GroupKFold(recipe.folds).split(features, target, groups):
        model = _classifier(recipe).fit(features[train], target[train], sample_weight=counted[train])
        probabilities[np.ix_(test, model.classes_)] = model.predict_proba(features[test])
    return target, probabilities


def digest(examples: Sequence[Example], recipe: Recipe) -> str:
    """Of all that a model follows from: a test tells whether the committed one belongs to the committed examples."""
    told = "\n".join([repr(recipe), *(f"{e.label}\t{e.text}\t{e.line}" for e in examples)])
    return hashlib.sha256(told.encode()).hexdigest()


def save(path: Path, model: dict[str, Any], learnt_from: str) -> int:
    np.savez_compressed(path, **model, learnt_from=np.array(learnt_from))
    return path.stat().st_size


def train_crisis(path: Path = CRISIS_MODEL) -> int:
    examples = list(crisis_examples())
    model = fit(examples, [e.annotated for e in examples], CRISIS, ["benign", "crisis"])
    return save(path, model, digest(examples, CRISIS))


def train_intents(path: Path = INTENT_MODEL) -> int:
    return _train(path, list(intent_examples()), INTENTS)


def train_answers(path: Path = ANSWER_MODEL) -> int:
    return _train(path, list(answer_examples()), ANSWERS)


def _train(path: Path, examples: list[Example], recipe: Recipe) -> int:
    model = fit(examples, [e.folded for e in examples], recipe, sorted({e.label for e in examples}))
    return save(path, model, digest(examples, recipe))
